"""The base of the pydantic models: profiles, registers and scenarios, which no command reads that only decides.

Rule and vocabulary files, which every command reads, are `forms` of the same manners.
"""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticOmit

from evaluator.rulebook.forms import as_list, iso_date, kebab
from evaluator.rulebook.yamlfile import SPAN, Text
from evaluator.source import Span


class _Hidden:
    """Keeps a field out of JSON Schemas (as pydantic's SkipJsonSchema does, whose module is slow to import)."""

    def __get_pydantic_json_schema__(self, schema: object, handler: object) -> NoReturn:
        raise PydanticOmit


class Model(BaseModel):
    """What every mapping of a file shares: no unknown keys, no later change, and its place."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True, populate_by_name=True
    )

    span: Annotated[Any, Field(alias=SPAN, repr=False, exclude=True), _Hidden()] = None

    @property
    def place(self) -> Span | None:
        """Where the mapping stands, when it was read from a file."""
        return self.span if isinstance(self.span, Span) else None


def as_list_or_none(value: object) -> object:
    """One entry for a list of one; nothing stays nothing."""
    return value if value is None else as_list(value)


Id = Annotated[Text, AfterValidator(kebab)]
IsoDate = Annotated[Text, AfterValidator(iso_date)]


class Label(Model):
    """A text for people."""

    zh: Text
    en: Text
