"""Fit the arguments of a call to the overloads of a built-in function.

A parameter is written `name: type`, or `name?: type` when it may be left out; alternatives are joined by `|`, and
`null` among them lets null pass. Without that, null as an argument makes the result null. `*name` takes all the
arguments that are left as a list, or one list that holds them; `**name` takes no such list. As the standard has
it, a single value passes for a list of one, and a list of one for its item.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from evaluator.feel.values import FunctionValue, RangeValue, UndefinedError, YearsMonths

_TYPES: dict[str, tuple[type, ...]] = {
    "any": (object,),
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "date": (dt.date,),
    "time": (dt.time,),
    "date and time": (dt.datetime,),
    "days": (dt.timedelta,),
    "months": (YearsMonths,),
    "list": (list,),
    "context": (dict,),
    "range": (RangeValue,),
    "function": (FunctionValue,),
    "null": (type(None),),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an overload."""

    name: str
    types: frozenset[str]
    optional: bool
    stars: int

    def fit(self, value: object) -> object:
        """The value as this parameter takes it; raises where it does not."""
        if value is None and "null" not in self.types and "any" not in self.types:
            raise UndefinedError
        if self._takes(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self._takes(value[0]):
            return value[0]
        if "list" in self.types:
            return [value]
        raise UndefinedError

    def _takes(self, value: object) -> bool:
        if isinstance(value, dt.datetime) and "date" in self.types:
            return "date and time" in self.types  # Python's datetime is a date, FEEL's is not
        return any(isinstance(value, _TYPES[name]) for name in self.types)


@dataclass(frozen=True, slots=True)
class Overload:
    """Parameters, and the function that takes their values by position, optional ones left out at the end."""

    parameters: tuple[Parameter, ...]
    function: Callable[..., object]

    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in their order."""
        return tuple(parameter.name for parameter in self.parameters)

    def bind(self, args: list[object], names: tuple[str, ...] | None) -> list[object]:
        """The values for the parameters; raises where the arguments do not fit."""
        parameters = self.parameters
        if names is not None:
            args = self._by_position(args, names)
        elif parameters and parameters[-1].stars:
            fixed = len(parameters) - 1
            rest = args[fixed:]
            if not rest:
                raise UndefinedError
            single = len(rest) == 1 and parameters[-1].stars == 1
            args = [*args[:fixed], rest[0] if single else rest]
        least = sum(not parameter.optional for parameter in parameters)
        if not least <= len(args) <= len(parameters):
            raise UndefinedError
        return [parameter.fit(value) for parameter, value in zip(parameters, args, strict=False)]

    def _by_position(self, args: list[object], names: tuple[str, ...]) -> list[object]:
        given = dict(zip(names, args, strict=True))
        known = self.names()
        if len(given) < len(names) or not given.keys() <= set(known):
            raise UndefinedError
        last = max(index for index, name in enumerate(known) if name in given)
        if any(not self.parameters[index].optional and known[index] not in given for index in range(len(known))):
            raise UndefinedError
        return [given.get(name) for name in known[: last + 1]]


def _parameter(text: str) -> Parameter:
    name, _, types = text.partition(": ")
    bare = name.lstrip("*")
    return Parameter(bare.rstrip("?"), frozenset(types.split("|")), name.endswith("?"), stars=len(name) - len(bare))


def overload(function: Callable[..., object], *parameters: str) -> Overload:
    """An overload from the notation above."""
    return Overload(tuple(_parameter(text) for text in parameters), function)


def function_value(name: str, overloads: tuple[Overload, ...]) -> FunctionValue:
    """The value that the name of a built-in function has; the first overload that fits is called."""

    def call(args: list[object], names: tuple[str, ...] | None) -> object:
        # `before` has (point, range) and (range, point): there the order of the names tells which is meant.
        for candidate in sorted(overloads, key=lambda each: each.names() != names) if names else overloads:
            try:
                values = candidate.bind(args, names)
            except UndefinedError:
                continue
            return candidate.function(*values)
        raise UndefinedError

    return FunctionValue(name, overloads[0].names(), call)
