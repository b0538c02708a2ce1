"""Unknown leaves of a trace as facts to ask for."""

from __future__ import annotations

from collections.abc import Iterable

from evaluator.engines.decision import Missing
from evaluator.engines.trace import Step, unknown_leaves
from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import Fact, Field


def missing_of(steps: Iterable[Step]) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
    """(facts to ask for, decisions still open), each once, in the order read."""
    leaves: dict[str, Step] = {}
    unknown_leaves(steps, leaves)
    if not leaves:
        return (), ()
    missing: list[Missing] = []
    decisions: list[Missing] = []
    for path, leaf in leaves.items():
        node = leaf.node
        found = node.fact if type(node) is ir.FactRef else _field(leaf)
        if type(found) is Fact and found.decision:
            decisions.append(Missing(path, found))
        else:
            missing.append(Missing(path, found, type(node) is ir.PlaceWithin))
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
