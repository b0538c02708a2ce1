"""Unknown leaves of a trace as facts to ask for."""

from __future__ import annotations

from collections.abc import Iterable

from evaluator.engines.decision import Missing
from evaluator.engines.trace import Step, unknown_leaves
from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import Fact, Field, Name

PLACE = Name(zh="所在地（到市、县）", en="place (city and county)")
MEMBERS = Name(zh="成员名单及其情况", en="the members and their figures")


def missing_of(steps: Iterable[Step]) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
    """(facts to ask for, decisions still open), each once, in the order read."""
    leaves: dict[str, Step] = {}
    for step in steps:
        unknown_leaves(step, leaves)
    missing: list[Missing] = []
    decisions: list[Missing] = []
    for path, leaf in leaves.items():
        field = _field(leaf)
        if field is None:
            place = isinstance(leaf.node, ir.PlaceWithin)
            label = PLACE if place else MEMBERS
            question = Name(zh=f"请补充{label.zh}。", en=f"Which is the {label.en}?")
            missing.append(Missing(path, label, question, None))
        elif isinstance(field, Fact) and field.decision:
            decisions.append(Missing(path, field.label, field.question, field.evidence))
        else:
            missing.append(Missing(path, field.label, field.question, field.evidence))
    return tuple(missing), tuple(decisions)


def _field(leaf: Step) -> Field | None:
    match leaf.node:
        case ir.FactRef(fact=fact) | ir.Items(fact=fact):
            return fact
        case ir.FieldRef(field=field):
            return field
        case ir.MetricRef(metric=metric) | ir.Cumulative(metric=metric):
            return metric
        case _:
            return None
