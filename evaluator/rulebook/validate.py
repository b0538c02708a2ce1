"""Plain data to pydantic documents; what pydantic finds wrong becomes diagnostics with places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast, get_args

from pydantic_core import ErrorDetails, ValidationError

from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.rulebook.convert import shown
from evaluator.rulebook.forms import Document, forms_of, inside, keys_of, validator
from evaluator.rulebook.reading_keys import possible
from evaluator.rulebook.yamlfile import SPAN, Loaded

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="Document | BaseModel")
Sort: TypeAlias = "type[Document] | type[BaseModel]"
Path = tuple[str | int, ...]

_SHOULD: Final = {
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "is_instance_of": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
}
"""What is wanted, by pydantic's name of the problem; what this does not name is said in the document's own words."""

_OWN: Final = ("is_instance_of", "greater_than_equal", "less_than_equal", "date", "id", "shape", "over")
"""Of several problems at one place (the members of a union) these say most."""

_WRONG_SHAPE: Final = ("model_type", "dict_type", "tuple_type")


def validate(model: type[M], loaded: Loaded, problems: list[Diagnostic]) -> M | None:
    """The document, or None after adding to `problems` everything that is wrong with it."""
    found = _validated(cast("Sort", model), loaded, problems)
    return cast("M | None", found)


def _validated(model: Sort, loaded: Loaded, problems: list[Diagnostic]) -> Document | BaseModel | None:
    if not isinstance(loaded.data, dict):
        found = "nothing" if loaded.data is None else "no mapping"
        keys = ", ".join(f"`{key}:`" for key in _keys(model, ()))
        help = f"it is a mapping with keys such as {keys}"
        problems.append(
            Diagnostic("shape", f"the file holds {found}", loaded.span_at(()), help, where=loaded.source.name)
        )
        return None
    try:
        return _read(model, loaded.data)
    except ValidationError as error:
        details = _telling(error.errors(include_url=False), loaded.data)
        seen: set[object] = set()
        for detail in details:
            diagnostic = _diagnostic(detail, loaded, model, details)
            place = (diagnostic.span, diagnostic.message if detail["type"] in ("missing", "extra_forbidden") else "")
            if place not in seen or diagnostic.span is None:
                seen.add(place)
                problems.append(diagnostic)
        return None


def _telling(details: list[ErrorDetails], data: object) -> list[ErrorDetails]:
    """The problems worth telling, the most telling first.

    Passed over: that a list is short of entries, or of another shape than the other members of its union, when
    something is wrong inside it.
    """
    paths = [detail["loc"] for detail in details]

    def consequence(detail: ErrorDetails) -> bool:
        path = detail["loc"]
        if detail["type"] == "too_short":
            return any(len(other) > len(path) and other[: len(path)] == path for other in paths)
        of_union = len(_real(path, data)) < len(path)  # the last step is no key, but a member's name
        return (
            of_union
            and detail["type"] in _WRONG_SHAPE
            and any(len(other) > len(path) and other[: len(path) - 1] == path[:-1] for other in paths)
        )

    return sorted((detail for detail in details if not consequence(detail)), key=lambda d: d["type"] not in _OWN)


def _diagnostic(detail: ErrorDetails, loaded: Loaded, model: Sort, details: list[ErrorDetails]) -> Diagnostic:
    path: Path = detail["loc"]
    last = path[-1] if path else ""
    named = _last_key(path, loaded.data)
    span = loaded.span_at(path)
    where = None if span is not None else f"{loaded.source.name}: {named}"
    given = detail["input"]
    context = detail.get("ctx", {})
    code, key, help = "value", False, None
    match detail["type"]:
        case "missing" if isinstance(last, int):
            code, message = "missing-key", f"`{named}` lacks its entry {last + 1}"
        case "missing":
            code, message = "missing-key", f"`{last}` is missing"
            help = _possible(model, path)
        case "extra_forbidden":
            code, message, key = "unknown-key", f"unknown key `{last}`", True
            help = _elsewhere(model, path, given)
            if help is None:
                help = did_you_mean(str(last), [known for known in _keys(model, path[:-1]) if known != last])
        case "invalid_key":
            message, help = f"a key is a word{_but(given)}", "put it in quotes if it is meant"
            key = True
        case "literal_error":
            words = _expected(path, loaded.data, details)
            message = f"{shown(given)} is no value of `{named}`"
            help = did_you_mean(str(given), words) or "expected one of " + ", ".join(f"`{word}`" for word in words)
        case "too_short":
            message, help = f"`{named}` is empty", "it needs at least one entry"
        case "too_long":
            message = f"`{named}` has {context.get('actual_length')} entries, and {context.get('max_length')} fit"
        case "greater_than_equal":
            message = f"`{named}` should be at least {context.get('ge')}{_but(given)}"
        case "less_than_equal":
            message = f"`{named}` should be at most {context.get('le')}{_but(given)}"
        case sort:
            wanted = _SHOULD.get(sort) or detail["msg"].removeprefix("should be ")
            what, _, forms = wanted.partition(": ")
            if "`" in what:  # the colon stands in an example
                what, forms = wanted, ""
            message = f"`{named}` should be {what}{_but(given)}"
            help = f"write {forms}" if forms else _write(sort, named, given, _keys(model, path))
    return Diagnostic(code, message, loaded.span_at(path, key=True) if key else span, help, where=where)


def _elsewhere(model: Sort, path: Path, given: object) -> str | None:
    """What an unknown key probably is: the rest of an expression cut at its comma, or a key of another kind of rule."""
    word = str(path[-1])
    if given is None and re.search(r"[()*/=<>\s]", word):
        return "an expression with a comma stands in quotes inside `{…}`, such as `{rate: 'min(5%, 比例)', …}`"
    if len(path) == 3 and isinstance(path[1], int):
        for other in _own_keys(model):
            if other != path[0] and any(word in _own_keys(known) for known in _inside(model, other)):
                return f"`{word}` is a key of what stands under `{other}`"
    return None


def _possible(model: Sort, path: Path) -> str | None:
    """Which words a missing key can have; of a key that is a reading, that the text decides it."""
    key, parent = path[-1], next((step for step in reversed(path[:-1]) if isinstance(step, str)), "")
    words = list(dict.fromkeys(word for known in _at(model, path[:-1]) for word in _words(known, key)))
    if not words:
        return None
    listed = ", ".join(f"`{word}`" for word in words)
    if possible(str(parent), str(key)):
        return f"the text decides: {listed}; where it is silent, choose one and say so in `readings`"
    return f"expected one of {listed}"


def _words(model: Sort, key: str | int) -> Iterator[str]:
    """The words of a closed list that a key of a document can have."""
    if issubclass(model, Document):
        for name, form, _ in forms_of(model.__name__).values():
            if name == key and form.schema["type"] == "literal":
                yield from map(str, form.schema["expected"])


def _but(given: object) -> str:
    return ", and nothing stands there" if given is None else f", and {shown(given)} is not"


def _write(sort: str, named: str, given: object, keys: list[str]) -> str | None:
    """What to write instead of something of the wrong shape."""
    if sort == "string_type" and named in ("date", "due", "from", "until"):
        return "write the whole date, such as 2025-06-30"
    if sort == "string_type" and isinstance(given, int) and not isinstance(given, bool):
        return f"give the number its unit, such as `{given}万元`, or put it in quotes"
    if sort == "model_type" and keys:
        return "write `{" + ", ".join(f"{key}: …" for key in keys[:4]) + "}`"
    return None


def _last_key(path: Path, data: object) -> str:
    """The last key of the file on the way; the names that pydantic gives to members of a union are passed over."""
    named = ""
    for step in path:
        if isinstance(data, dict) and step in data:
            named, data = str(step), data[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
    return named


def _expected(path: Path, data: object, details: list[ErrorDetails]) -> list[str]:
    """The words that may stand at `path`, of all members of a union."""
    words: list[str] = []
    for detail in details:
        if detail["type"] == "literal_error" and _real(detail["loc"], data) == _real(path, data):
            expected = str(detail.get("ctx", {}).get("expected", ""))
            words += [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    return list(dict.fromkeys(words))


def _real(path: Path, data: object) -> Path:
    """The steps of a path that the data has."""
    steps: list[str | int] = []
    for step in path:
        inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if inside:
            steps.append(step)
            data = data[step]  # type: ignore[index]  # `inside` tells that it is a mapping or a list
    return tuple(steps)


def _keys(model: Sort, path: Path) -> list[str]:
    """The keys that may stand in the mapping to which `path` leads, in the order of their documents."""
    return list(dict.fromkeys(key for known in _at(model, path) for key in _own_keys(known)))


def _at(model: Sort, path: Path) -> list[Sort]:
    """The documents that the mapping to which `path` leads can be."""
    models: list[Sort] = [model]
    for step in path:
        inner = [found for known in models for found in _inside(known, step)]
        models = inner or models  # an index, or the name that pydantic gives to a member of a union
    return models


def _read(model: Sort, data: object) -> Document | BaseModel:
    """The document that the data holds; raises pydantic-core's ValidationError."""
    if issubclass(model, Document):
        made: Document = validator(model).validate_python(data)
        return made
    return model.model_validate(data)


def _own_keys(model: Sort) -> list[str]:
    if issubclass(model, Document):
        return keys_of(model)
    return [field.alias or name for name, field in model.model_fields.items() if field.alias != SPAN]


def _inside(model: Sort, step: str | int) -> list[Sort]:
    """The documents that the value of the key `step` of `model` can be, or be made of."""
    if issubclass(model, Document):
        return list(inside(model, step))
    model.model_rebuild()
    for name, field in model.model_fields.items():
        if step == (field.alias or name):
            return list(_models(field.annotation))
    return []


def _models(annotation: object) -> Iterator[Sort]:
    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
