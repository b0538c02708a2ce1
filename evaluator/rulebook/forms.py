"""Shapes of files from the annotations of the documents that hold them.

A `@document` is a record whose fields say, in their annotations, what may stand in a mapping of a file; pydantic-core
checks data against them and builds the records. The annotations are read here, once, into pydantic-core's own schema
language, because importing pydantic and letting it inspect some forty models is most of a command's start-up.
What annotations may use is the table `NAMES`; whatever else stands there is an error at the first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, dataclass_transform, get_args

from evaluator.record import field, record
from evaluator.rulebook.yamlfile import SPAN, Text
from evaluator.source import Span

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator

T = TypeVar("T")
Schema = dict[str, Any]


@record
class Document:
    """What every mapping of a file shares: its place, and which keys were written."""

    span: Span | None = field(default=None, compare=False, repr=False)
    given: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    @property
    def place(self) -> Span | None:
        """Where the mapping stands, when it was read from a file."""
        return self.span


D = TypeVar("D", bound=Document)
_CLASSES: Final[dict[str, type[Document]]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def document(cls: type[T]) -> type[T]:
    """`cls` as a record that can be read from a mapping; a trailing `_` of a field is no part of its key."""
    made = record(cls)
    _CLASSES[made.__name__] = made  # type: ignore[assignment]  # every document derives from Document
    return made


class Form:
    """A shape: its schema, and the documents that its value may be or hold."""

    __slots__ = ("documents", "schema")

    def __init__(self, schema: Schema, documents: tuple[str, ...] = ()) -> None:
        self.schema, self.documents = schema, documents

    def __or__(self, other: Form | None) -> Form:
        if other is None:
            return Form({"type": "nullable", "schema": self.schema}, self.documents)
        parts = [*self.schema["choices"]] if self.schema["type"] == "union" else [self.schema]
        return Form({"type": "union", "choices": [*parts, other.schema]}, self.documents + other.documents)


class _Family:
    """A name that takes parameters in brackets."""

    def __init__(self, make: Callable[[tuple[Any, ...]], Form]) -> None:
        self.make = make

    def __getitem__(self, parameters: object) -> Form:
        return self.make(parameters if isinstance(parameters, tuple) else (parameters,))


def plain(function: Callable[[object], object], json: Schema) -> Form:
    """A shape checked by a function that raises PydanticCustomError; `json` is what schemas say of it."""
    call = {"type": "no-info", "function": function}
    return Form({"type": "function-plain", "function": call, "json_schema_input_schema": json})


def tagged(message: str, tag: Callable[[object], str | None], error: str = "shape", **choices: Form) -> Form:
    """One of several shapes, told apart by `tag`; `message` says what should stand there."""
    return Form(
        {
            "type": "tagged-union",
            "choices": {name: form.schema for name, form in choices.items()},
            "discriminator": tag,
            "custom_error_type": error,
            "custom_error_message": f"should be {message}",
        },
        tuple(name for form in choices.values() for name in form.documents),
    )


def words(alias: object) -> Form:
    """One of the words of a `Literal`."""
    return Form({"type": "literal", "expected": list(get_args(alias))})


def reference(name: str) -> Form:
    """The document of that name."""
    return Form({"type": "definition-ref", "schema_ref": name}, (name,))


def _tuple(parameters: tuple[Any, ...], least: int = 0) -> Form:
    if len(parameters) == 2 and parameters[1] is Ellipsis:
        parameters = parameters[:1]
    elif len(parameters) > 1:
        items = [form.schema for form in parameters]
        return Form({"type": "tuple", "items_schema": items}, tuple(n for form in parameters for n in form.documents))
    schema: Schema = {"type": "tuple", "items_schema": [parameters[0].schema], "variadic_item_index": 0}
    if least:
        schema["min_length"] = least
    return Form(schema, parameters[0].documents)


def _before(function: Callable[[object], object], form: Form) -> Form:
    call = {"type": "no-info", "function": function}
    return Form({"type": "function-before", "function": call, "schema": form.schema}, form.documents)


def as_list(value: object) -> object:
    """One entry for a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def without_span(value: object) -> object:
    """A mapping of free keys without the place that the reader of YAML notes in it."""
    if isinstance(value, dict) and SPAN in value:
        return {key: entry for key, entry in value.items() if key != SPAN}
    return value


def _mapping(parameters: tuple[Any, ...]) -> Form:
    keys, values = parameters
    schema = {"type": "dict", "keys_schema": keys.schema, "values_schema": values.schema}
    return _before(without_span, Form(schema, values.documents))


def _text(value: object) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text.of(value)
    raise _problem("string_type", "should be a text")


def _count(value: object) -> Text:
    """A whole number as it is, or an expression for one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Text.of(str(value))
    return _text(value)


def _figure(value: object) -> Text:
    """A number as it is, or an expression for one."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Text.of(str(value))
    return _text(value)


def kebab(value: object) -> Text:
    """An id; anything else raises."""
    text = _text(value)
    if text and not text.strip("abcdefghijklmnopqrstuvwxyz0123456789-") and text[0] != "-" and text[-1] != "-":
        return text
    raise _problem("id", "should be an id of small letters, digits and hyphens")


def iso_date(value: object) -> Text:
    """A whole date, kept as text; anything else raises."""
    from datetime import date

    text = _text(value)
    try:
        date.fromisoformat(text)
    except ValueError:
        raise _problem("date", "should be a date such as 2025-06-30") from None
    if len(text) != 10 or text[7] != "-":  # a week date of ISO 8601 is as long
        raise _problem("date", "should be a date such as 2025-06-30")
    return text


def _problem(kind: str, message: str) -> Exception:
    from pydantic_core import PydanticCustomError

    return PydanticCustomError(kind, message)


def _whole(**bounds: int) -> Form:
    return Form({"type": "int", "strict": True, **bounds})


TEXT: Final = plain(_text, {"type": "str"})
ID: Final = plain(kebab, {"type": "str", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"})

NAMES: Final[dict[str, object]] = {
    "None": None,
    "Text": TEXT,
    "Expression": TEXT,
    "Due": TEXT,
    "Count": plain(_count, {"type": "union", "choices": [{"type": "int"}, {"type": "str"}]}),
    "Figure": plain(_figure, {"type": "union", "choices": [{"type": "int"}, {"type": "decimal"}, {"type": "str"}]}),
    "Id": ID,
    "IsoDate": plain(iso_date, {"type": "str", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
    "Year": _whole(ge=1949, le=2200),
    "Positive": _whole(ge=1),
    "Level": _whole(ge=1, le=9),
    "Months": _whole(ge=0, le=1200),
    "Number": Form(
        {"type": "union", "choices": [{"type": "int", "strict": True}, {"type": "decimal", "strict": True}]}
    ),
    "bool": Form({"type": "bool", "strict": True}),
    "tuple": _Family(_tuple),
    "Several": _Family(lambda parameters: _tuple(parameters, least=1)),
    "OneOrSeveral": _Family(lambda parameters: _before(as_list, _tuple(parameters, least=1))),
    "Listed": _Family(lambda parameters: _before(as_list, _tuple(parameters))),
    "dict": _Family(_mapping),
    "Literal": _Family(lambda parameters: Form({"type": "literal", "expected": list(parameters)})),
}
"""What annotations may name. Documents are known by their own names; modules add their unions of shapes."""


class _Scope(dict[str, object]):
    def __missing__(self, name: str) -> object:
        if name in NAMES:
            return NAMES[name]
        if name in _CLASSES:
            return reference(name)
        raise NameError(f"no form is called {name!r}")


@cache
def forms_of(name: str) -> Mapping[str, tuple[str, Form, object]]:
    """Of each field of a document: its key, its form, and its default (or MISSING)."""
    found: dict[str, tuple[str, Form, object]] = {}
    for entry in fields(_CLASSES[name]):
        if entry.name in ("span", "given"):
            continue
        form = eval(str(entry.type), {"__builtins__": {}}, _Scope())  # annotations of our own modules only
        assert isinstance(form, Form)
        found[entry.name] = (entry.name.removesuffix("_"), form, entry.default)
    return found


def schema_of(cls: type[Document]) -> Schema:
    """The pydantic-core schema of a document, with those of all documents that it can hold."""
    pending, done = [cls.__name__], dict[str, Schema]()
    while pending:
        name = pending.pop()
        if name not in done:
            done[name] = _definition(name)
            pending += [other for _, form, _ in forms_of(name).values() for other in form.documents]
    return {"type": "definitions", "schema": reference(cls.__name__).schema, "definitions": list(done.values())}


def _definition(name: str) -> Schema:
    cls = _CLASSES[name]
    keys: Schema = {
        "span": {
            "type": "model-field",
            "schema": {"type": "default", "schema": {"type": "any"}, "default": None},
            "validation_alias": SPAN,
        }
    }
    for attribute, (key, form, default) in forms_of(name).items():
        schema = form.schema
        if default is not MISSING:
            schema = {"type": "default", "schema": schema, "default": default}
        keys[attribute] = {"type": "model-field", "schema": schema, "validation_alias": key}

    def build(read: tuple[dict[str, Any], object, set[str]]) -> Document:
        values, _, written = read
        return cls(**values, given=frozenset(written))

    return {
        "type": "function-after",
        "ref": name,
        "function": {"type": "no-info", "function": build},
        "schema": {"type": "model-fields", "model_name": name, "extra_behavior": "forbid", "fields": keys},
        "metadata": {
            "pydantic_js_updates": {"title": name, "description": cls.__doc__, "additionalProperties": False},
        },
    }


def validator(cls: type[Document]) -> SchemaValidator:
    """What checks data and builds the document, or raises pydantic-core's ValidationError."""
    known = _VALIDATORS.get(cls.__name__)
    if known is None:
        from pydantic_core import SchemaValidator

        known = _VALIDATORS[cls.__name__] = SchemaValidator(schema_of(cls))
    return known


_VALIDATORS: Final[dict[str, SchemaValidator]] = {}


def inside(cls: type[Document], key: str | int) -> Iterator[type[Document]]:
    """The documents that the value of `key` can be or hold."""
    for name, form, _ in forms_of(cls.__name__).values():
        if name == key:
            yield from (_CLASSES[other] for other in form.documents)


def keys_of(cls: type[Document]) -> list[str]:
    """The keys of a document in the order of its fields."""
    return [key for key, _, _ in forms_of(cls.__name__).values()]
