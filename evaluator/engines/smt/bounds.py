"""How many entries of each list have to be looked at, so that every figure that rules compare with can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import children, expressions, walk
from evaluator.rulebook.vocabulary import Exact, Fact

MOST: Final = 12
"""More entries are not looked at, for a question grows with the square of them."""


def needed(rules: Iterable[model.AnyRule]) -> Mapping[str, int]:
    """By the id of a list: one more entry than the largest figure with which its size or a place in it is compared."""
    found: dict[str, int] = {}
    for rule in rules:
        each = rule.each if isinstance(rule, model.Award) else None
        for part in expressions(rule):
            for fact, figure in _compared(part, each):
                found[fact.id] = max(found.get(fact.id, 0), figure + 1)
    return found


def _compared(node: ir.Expr, each: Fact | None) -> Iterator[tuple[Fact, int]]:
    """Lists whose size, or a place in which, is compared below `node`, with the figure."""
    match node:
        case ir.Compare(left=left, right=right) | ir.Equal(left=left, right=right):
            figures = [_whole(part.value) for part in walk(node) if isinstance(part, ir.Constant)]
            most = max((figure for figure in figures if figure is not None), default=None)
            if most is not None:
                yield from ((fact, most) for side in (left, right) for fact in _sized(side, each))
        case _:
            pass
    for child in children(node):
        yield from _compared(child, each)


def _sized(node: ir.Expr, each: Fact | None) -> Iterator[Fact]:
    """The lists of which a number counts entries."""
    match node:
        case ir.Count(items=items):
            yield items.fact
        case ir.Position() if each is not None:
            yield each
        case ir.Arithmetic(op="+" | "-", left=left, right=right):
            yield from (*_sized(left, each), *_sized(right, each))
        case _:
            return


def _whole(value: Exact | str | bool) -> int | None:
    """A figure that entries can be counted up to."""
    return None if isinstance(value, bool | str) or value < 0 else int(value)
