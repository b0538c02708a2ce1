"""Plain data to pydantic documents; what pydantic finds wrong becomes diagnostics with places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.rulebook.yamlfile import SPAN, Loaded

D = TypeVar("D", bound=BaseModel)


def validate(model: type[D], loaded: Loaded, problems: list[Diagnostic]) -> D | None:
    """The document, or None after adding to `problems` everything that is wrong with it."""
    if not isinstance(loaded.data, dict):
        found = "nothing" if loaded.data is None else "no mapping"
        span = loaded.span_at(())
        problem = Diagnostic("shape", f"the file holds {found}", span, where=loaded.source.name)
        problems.append(problem)
        return None
    try:
        return model.model_validate(loaded.data)
    except ValidationError as error:
        seen: set[object] = set()
        for detail in error.errors(include_url=False):
            diagnostic = _diagnostic(detail, loaded, model)
            place = (diagnostic.span, diagnostic.message if detail["type"] in ("missing", "extra_forbidden") else "")
            if place not in seen:
                seen.add(place)
                problems.append(diagnostic)
        return None


def _diagnostic(detail: ErrorDetails, loaded: Loaded, model: type[BaseModel]) -> Diagnostic:
    path, last = detail["loc"], detail["loc"][-1] if detail["loc"] else ""
    named = next((step for step in reversed(path) if isinstance(step, str) and step.isidentifier()), "")
    span = loaded.span_at(path)
    match detail["type"]:
        case "missing":
            return Diagnostic("missing-key", f"`{last}` is missing", span)
        case "extra_forbidden":
            help = did_you_mean(str(last), _keys(model, path[:-1]))
            return Diagnostic("unknown-key", f"unknown key `{last}`", loaded.span_at(path, key=True), help)
        case "literal_error":
            expected = str(detail.get("ctx", {}).get("expected", ""))
            words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
            help = did_you_mean(str(detail["input"]), words) or f"expected {expected}"
            return Diagnostic("value", f"`{detail['input']}` is no value of `{named}`", span, help)
        case _:
            message = detail["msg"][:1].lower() + detail["msg"][1:]
            if message.startswith("input "):
                message = message.removeprefix("input ")
            shown = "" if isinstance(detail["input"], dict | list) else f", and `{detail['input']}` is not"
            return Diagnostic("value", f"`{named}` {message}{shown}", span)


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand in the mapping to which `path` leads, in the order of their documents."""
    models = [model]
    for step in path:
        inner = [found for known in models for found in _inside(known, step)]
        models = inner or models  # an index, or the name that pydantic gives to a member of a union
    keys = [
        field.alias or name for known in models for name, field in known.model_fields.items() if field.alias != SPAN
    ]
    return list(dict.fromkeys(keys))


def _inside(model: type[BaseModel], step: str | int) -> list[type[BaseModel]]:
    """The documents that the value of the key `step` of `model` can be, or be made of."""
    model.model_rebuild()
    for name, field in model.model_fields.items():
        if step == (field.alias or name):
            return list(_models(field.annotation))
    return []


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
