"""Frozen, slotted records: what `dataclasses` makes, in a fraction of the time that it takes to make them.

The typed forms of this package are some 150 small classes, and compiling six methods for each of them, as
`@dataclass(frozen=True, slots=True)` does, was most of a command's start-up. `@record` (keyword-only) and `@row`
(positional) compile one `__init__` per class and share the rest. `dataclasses.fields` and `dataclasses.replace` work on
them. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from inspect import get_annotations
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")
_FIELDS: Final = "__dataclass_fields__"
_MANY: Final = 6  # fewer fields are written faster one by one than an object changes its class
_BECOME: Final[Any] = object.__dict__["__class__"].__set__


def field(*, default: Any = MISSING, compare: bool = True, repr: bool = True) -> Any:
    """A field with a default, or one that is no part of the record's identity (`compare`) or of its text (`repr`)."""
    made: Any = Field  # its parameters are not typed for use outside `dataclasses`
    return made(default, MISSING, True, repr, None, compare, MappingProxyType({}), True)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """`cls` as a record of its annotated fields, those of its base first, given by keyword."""
    return _make(cls, star="*,")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def row(cls: type[T]) -> type[T]:
    """`cls` as a record whose fields are given in order."""
    return _make(cls, star="")


def _make(cls: type[T], *, star: str) -> type[T]:
    inherited: dict[str, Field[Any]] = {}
    for base in reversed(cls.__mro__[1:]):
        inherited.update(getattr(base, _FIELDS, {}))
    fields = dict(inherited)
    namespace = {key: value for key, value in cls.__dict__.items() if key not in ("__dict__", "__weakref__")}
    own = list(get_annotations(cls))
    for name in own:
        given = namespace.pop(name, MISSING)
        entry: Any = given if isinstance(given, Field) else field(default=given)
        entry.name, entry.type, entry._field_type = name, cls.__annotations__[name], _FIELD_TYPE
        fields[name] = entry
    slots = tuple(name for name in own if name not in inherited)
    bases = cls.__bases__
    opened: type | None = None
    if not star and len(fields) >= _MANY:
        opened = type(cls.__name__, bases, {"__slots__": slots})
        bases, slots = (opened,), ()
    namespace["__slots__"] = slots
    namespace[_FIELDS] = fields
    namespace["__match_args__"] = ()
    made: Any = type(cls).__new__(type(cls), cls.__name__, bases, namespace)
    made.__qualname__ = cls.__qualname__
    compared = [name for name, entry in fields.items() if entry.compare]
    setters: dict[str, Any] = {
        "__init__": _initializer(made, fields, star, opened),
        "__setattr__": _refuse_set,
        "__delattr__": _refuse_delete,
        "__repr__": _represent,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    setters.update(_identity(made, compared))
    for name, method in setters.items():
        if name not in cls.__dict__ or name in ("__getstate__",):
            setattr(made, name, method)
    finished: type[T] = made
    return finished


def _dataclass_field_type() -> object:
    """The mark by which `dataclasses.fields` knows a plain field."""
    from dataclasses import dataclass

    @dataclass
    class Probe:
        x: int

    return Probe.__dataclass_fields__["x"]._field_type  # type: ignore[attr-defined] # what fields() looks at


_FIELD_TYPE: Final = _dataclass_field_type()


def _initializer(cls: type, fields: dict[str, Field[Any]], star: str, opened: type | None) -> Callable[..., None]:
    """`__init__` that gets past `__setattr__`, which refuses: it writes each slot through its descriptor.

    A row of many fields is instead, while it is written, of the class `opened`, which does not refuse.
    """
    scope: dict[str, Any] = {"_become": _BECOME, "_made": cls, "_opened": opened}
    parameters, body = [], []
    for name, entry in fields.items():
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        if entry.default is MISSING:
            parameters.append(name)
        else:
            scope[f"_default_{name}"] = entry.default
            parameters.append(f"{name}=_default_{name}")
        body.append(f" _set_{name}(self,{name})" if opened is None else f" self.{name}={name}")
    if opened is not None:
        body = [" _become(self,_opened)", *body, " _become(self,_made)"]
    source = f"def __init__(self,{star if parameters else ''}{','.join(parameters)}):\n" + ("\n".join(body) or " pass")
    exec(source, scope)
    made: Callable[..., None] = scope["__init__"]
    return made


def _identity(cls: type, names: list[str]) -> dict[str, Any]:
    """Equality and hash over the compared fields of one class."""
    if not names:
        return {
            "__eq__": lambda self, other: other.__class__ is self.__class__,
            "__hash__": lambda self: hash(self.__class__),
        }
    key = attrgetter(*names)

    def equal(self: object, other: object) -> bool:
        if self is other:
            return True
        if other.__class__ is not self.__class__:
            return False
        return bool(key(self) == key(other))

    def digest(self: object) -> int:
        return hash((self.__class__, key(self)))

    return {"__eq__": equal, "__hash__": digest}


def _refuse_set(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _represent(self: object) -> str:
    entries: dict[str, Field[Any]] = getattr(self, _FIELDS)
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name, entry in entries.items() if entry.repr)
    return f"{type(self).__qualname__}({shown})"


def _state(self: object) -> dict[str, object]:
    return {name: getattr(self, name) for name in getattr(self, _FIELDS)}


def _restore(self: object, state: dict[str, object]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)
