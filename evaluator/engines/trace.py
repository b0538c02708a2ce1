"""The trace: what was read and what came of it, node by node. Collects from it the facts that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from evaluator.engines.intervals import Undefined
from evaluator.engines.truth import UNKNOWN, Truth
from evaluator.rulebook import ir
from evaluator.rulebook.model import AnyRule, Row
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import Exact

Result: TypeAlias = Truth | Exact | str | Interval | Undefined | ItemList
TraceNode: TypeAlias = "ir.Expr | ir.Items | Item | AnyRule | Row"


class Step:
    """One node of the rule, its value, and the steps below it. `path` is where a leaf was read.

    Made for every node that is walked, so it is a plain class: it is never changed after it was made.
    """

    __slots__ = ("node", "path", "steps", "value")

    def __init__(self, node: TraceNode, value: Result, steps: Sequence[Step] = (), path: str = "") -> None:
        self.node = node
        self.value = value
        self.steps = steps
        self.path = path

    def __repr__(self) -> str:
        return f"Step({type(self.node).__name__}, {self.value!r}, {self.path!r}, {list(self.steps)!r})"


def is_open(value: Result) -> bool:
    """Whether a fact could still change the value."""
    if value is UNKNOWN:
        return True
    return isinstance(value, Interval) and not value.settled


def unknown_leaves(steps: Iterable[Step], found: dict[str, Step]) -> None:
    """Put into `found`, by path, the leaves that undecided ones of `steps` and below read and did not find.

    A row of a table is undecided whatever its value: it may hold and still pay an open amount.
    """
    for step in steps:
        value = step.value
        if value is UNKNOWN or (type(value) is Interval and not value.settled) or type(step.node) is Row:
            if step.path:
                found.setdefault(step.path, step)
            if step.steps:
                unknown_leaves(step.steps, found)


def first_undefined(step: Step) -> Undefined | None:
    """The first value below `step` that is undefined."""
    if isinstance(step.value, Undefined):
        return step.value
    for child in step.steps:
        found = first_undefined(child)
        if found is not None:
            return found
    return None
