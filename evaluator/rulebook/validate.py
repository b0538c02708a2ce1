"""Plain data to pydantic documents; what pydantic finds wrong becomes diagnostics with places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.rulebook.documents import Document
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
            diagnostic = _diagnostic(detail, loaded)
            place = (diagnostic.span, diagnostic.message if detail["type"] in ("missing", "extra_forbidden") else "")
            if place not in seen:
                seen.add(place)
                problems.append(diagnostic)
        return None


def _diagnostic(detail: ErrorDetails, loaded: Loaded) -> Diagnostic:
    path, last = detail["loc"], detail["loc"][-1] if detail["loc"] else ""
    named = next((step for step in reversed(path) if isinstance(step, str) and step.isidentifier()), "")
    span = loaded.span_at(path)
    match detail["type"]:
        case "missing":
            return Diagnostic("missing-key", f"`{last}` is missing", span)
        case "extra_forbidden":
            help = did_you_mean(str(last), sorted(set(_keys(Document))))
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


def _keys(model: type[BaseModel]) -> Iterator[str]:
    for child in model.__subclasses__():
        yield from (field.alias or name for name, field in child.model_fields.items() if field.alias != SPAN)
        yield from _keys(child)
