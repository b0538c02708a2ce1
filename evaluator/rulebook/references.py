"""Awards that read the amounts of other awards: which on which, and that none comes back to itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evaluator.rulebook import ir, model
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.reads import expressions, walk


def references(rule: model.AnyRule) -> Iterator[ir.AwardAmount]:
    """Where a rule reads what another award comes to."""
    for expression in expressions(rule):
        for node in walk(expression):
            if isinstance(node, ir.AwardAmount):
                yield node


def refuse_circles(rules: Mapping[str, model.AnyRule], reader: Reader) -> None:
    """No award depends on itself, directly or through others; a problem for each circle, where it is closed."""
    edges = {id: tuple(references(rule)) for id, rule in rules.items()}
    done: set[str] = set()
    for start in edges:
        _follow(start, (), edges, done, rules, reader)


def _follow(
    id: str,
    path: tuple[str, ...],
    edges: Mapping[str, tuple[ir.AwardAmount, ...]],
    done: set[str],
    rules: Mapping[str, model.AnyRule],
    reader: Reader,
) -> None:
    if id in done:
        return
    for node in edges.get(id, ()):
        if node.rule in (*path, id):
            circle = [*path, id, node.rule]
            told = " → ".join(f"`{step.rpartition('/')[2]}`" for step in circle[circle.index(node.rule) :])
            span = node.span or rules[id].span
            help = "an award can be a share of another one only when that one does not depend on it"
            reader.problem("award-circle", f"the amount depends on itself: {told}", span, help)
        else:
            _follow(node.rule, (*path, id), edges, done, rules, reader)
    done.add(id)
