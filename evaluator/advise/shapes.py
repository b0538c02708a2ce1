"""Rules that ask alike: the same gates, tests and amounts over facts that differ in name only.

Most shipped rules are attested duties and simple targets. What is proved of one of a shape holds of all, so it is asked
once. In: a rule. Out: a key that is equal for like rules of like policies.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields

from evaluator.engines.smt.terms import Term
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Fact, Field, Metric, Name
from evaluator.source import Span

_SKIPPED = frozenset(
    {"id", "title", "cite", "span", "responsible", "readings", "evidence", "window", "figure", "schedule", "modality"}
)


def shape(rule: model.AnyRule) -> Hashable:
    """What a rule asks, apart from names, words and citations; its facts and metrics are numbered as they come."""
    return _Shape().of(rule)


class _Shape:
    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def of(self, value: object) -> Hashable:
        match value:
            case Metric() | Fact():
                return self._field(value)
            case Field():
                return (value.id, repr(value.type), value.low, value.high)
            case model.Policy():
                dates = (value.published.date, value.last_named.date, self.of(value.in_force))
                return (value.jurisdiction, *dates, self._field(value.still_in_force))
            case Name() | Span() | Term():
                return None
            case tuple():
                return tuple(self.of(part) for part in value)
            case bool() | int() | str() | None:
                return (type(value).__name__, value)
            case model.Rule() | ir.Node() | ir.Items():
                return self._record(value)
            case _ if hasattr(type(value), "__dataclass_fields__"):
                return self._record(value)
            case _:
                assert isinstance(value, Hashable)
                return value

    def _record(self, value: object) -> Hashable:
        named = [entry.name for entry in fields(type(value)) if entry.name not in _SKIPPED]  # type: ignore[arg-type] # a record is what dataclasses take
        return (type(value).__name__, *(self.of(getattr(value, name)) for name in named))

    def _field(self, field: Fact | Metric) -> Hashable:
        sort = type(field).__name__
        number = self.numbers.setdefault((sort, field.id), len(self.numbers))
        flow = isinstance(field, Metric) and field.flow
        return (sort, number, repr(field.type), field.low, field.high, field.of, flow)
