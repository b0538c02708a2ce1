"""`instance of`: whether a value has a type. In: a value and a type of the tree. Out: true or false."""

from __future__ import annotations

from typing import assert_never

from evaluator.feel.ast import ContextType, FunctionType, ListType, NamedType, RangeType, Type
from evaluator.feel.values import FunctionValue, RangeValue, UndefinedError, kind

_NAMES = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "function": "function",
    "range": "range",
}


def instance_of(value: object, type_: Type) -> bool:
    """Whether `value` is of `type_`; null is of type `Null` alone. A type that is not known has no answer."""
    match type_:
        case NamedType(name="Any"):
            return value is not None
        case NamedType(name="Null" | "null"):
            return value is None
        case NamedType(name=name):
            if name not in _NAMES:
                raise UndefinedError
            return kind(value) == _NAMES[name]
        case ListType(item=item):
            return isinstance(value, list) and all(_conforms(each, item) for each in value)
        case RangeType(item=item):
            if not isinstance(value, RangeValue):
                return False
            return all(end is None or instance_of(end, item) for end in (value.low, value.high))
        case ContextType(entries=entries):
            if not isinstance(value, dict):
                return False
            return all(key in value and _conforms(value[key], of) for key, of in entries)
        case FunctionType(parameters=parameters):
            if not isinstance(value, FunctionValue) or len(value.parameters) != len(parameters):
                return False
            pairs = zip(value.types, parameters, strict=False)  # a built-in function declares none
            return all(declared is None or _narrower(given, declared) for declared, given in pairs)
        case _:
            assert_never(type_)


def _narrower(type_: Type, wide: Type) -> bool:
    """Whether every value of `type_` is one of `wide`."""
    match type_, wide:
        case _, NamedType(name="Any"):
            return True
        case (NamedType(name=one), NamedType(name=other)):
            return _NAMES.get(one, one) == _NAMES.get(other, other)
        case (ListType(), NamedType(name="list")) | (RangeType(), NamedType(name="range")):
            return True
        case (ContextType(), NamedType(name="context")) | (FunctionType(), NamedType(name="function")):
            return True
        case (ListType(item=one), ListType(item=other)) | (RangeType(item=one), RangeType(item=other)):
            return _narrower(one, other)
        case ContextType(entries=entries), ContextType(entries=wanted):
            of = dict(entries)
            return all(key in of and _narrower(of[key], each) for key, each in wanted)
        case _:
            return type_ == wide


def _conforms(value: object, type_: Type) -> bool:
    return value is None or instance_of(value, type_)
