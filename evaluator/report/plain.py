"""Data of a YAML file as plain data, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from evaluator.rulebook.yamlfile import SPAN

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


def plain_data(value: object) -> Json:
    """Data of a YAML file as JSON: keys are texts, decimals are strings, places are dropped."""
    match value:
        case None | bool() | int():
            return value
        case Decimal():
            return format(value, "f")
        case Mapping():
            return {str(key): plain_data(part) for key, part in value.items() if key != SPAN}
        case list() | tuple():
            return [plain_data(part) for part in value]
        case _:
            return str(value)
