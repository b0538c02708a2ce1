"""Conditions whose answer their form alone decides: they can never hold, or always do, whatever the facts are.

In: a typed expression. Out: its innermost conditions of that kind. Sound, not complete: figures are held against the
bounds of the vocabulary, choices against their list, and the tests of one fact in one combination against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from evaluator.record import row
from evaluator.rulebook import ir
from evaluator.rulebook.possible import bounds, values
from evaluator.rulebook.reads import children
from evaluator.rulebook.vocabulary import BOOL, BoolType, ChoiceType, Exact

Sort: TypeAlias = Literal["never", "always"]
_SWAPPED: Final[dict[ir.CompareOp, ir.CompareOp]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@row
class _Range:
    """The numbers from `low` to `high`; `open_low` and `open_high` leave the end itself out."""

    low: Exact | None
    high: Exact | None
    open_low: bool = False
    open_high: bool = False

    def within(self, other: _Range) -> _Range:
        """What lies in both."""
        low, open_low = _inner((self.low, self.open_low), (other.low, other.open_low), sign=1)
        high, open_high = _inner((self.high, self.open_high), (other.high, other.open_high), sign=-1)
        return _Range(low, high, open_low, open_high)

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))


def _inner(
    left: tuple[Exact | None, bool], right: tuple[Exact | None, bool], *, sign: int
) -> tuple[Exact | None, bool]:
    """The end that leaves less; of one and the same the open one."""
    if left[0] is None or right[0] is None:
        return right if left[0] is None else left
    if left[0] == right[0]:
        return left[0], left[1] or right[1]
    return max(left, right, key=lambda end: sign * (end[0] or 0))


def constants(node: ir.Expr) -> Iterator[tuple[ir.Expr, Sort]]:
    """The innermost conditions of an expression that never or always hold; a test of nothing (`-`) is none."""
    inner = [found for child in children(node) if not _any_entry(node, child) for found in constants(child)]
    yield from inner
    if inner or not isinstance(node.type, BoolType) or node in (ir.AllOf(operands=()), ir.AnyOf(operands=())):
        return
    sort = _sort(node)
    if sort is not None:
        yield node, sort


def _any_entry(node: ir.Expr, child: ir.Expr) -> bool:
    """Whether `child` asks nothing of the entries of a list but that there is one."""
    return isinstance(node, ir.Exists) and child is node.that and child == ir.Constant(type=BOOL, value=True)


def _sort(node: ir.Expr) -> Sort | None:
    if isinstance(node, ir.Compare | ir.Equal) and node.left == node.right:
        return "always" if isinstance(node, ir.Equal) or node.op in ("<=", ">=") else "never"
    possible = values(node)
    if "true" not in possible or _contradicts(_flat(node, ir.AllOf), negated=False):
        return "never"
    if "false" not in possible or _contradicts(_flat(node, ir.AnyOf), negated=True):
        return "always"
    return None


def _flat(node: ir.Expr, form: type[ir.AllOf] | type[ir.AnyOf]) -> tuple[ir.Expr, ...]:
    """The operands of nested combinations of one form; none of another node."""
    if not isinstance(node, form):
        return ()
    return tuple(part for operand in node.operands for part in (_flat(operand, form) or (operand,)))


def _contradicts(operands: tuple[ir.Expr, ...], *, negated: bool) -> bool:
    """Whether no value of some fact passes all of its tests (or, `negated`, fails all of them)."""
    ranges: dict[ir.Expr, _Range] = {}
    choices: dict[ir.Expr, frozenset[object]] = {}
    for operand in operands:
        tested = _tested(operand)
        if tested is not None:
            subject, one, other = tested
            passing = other if negated else one
            if passing is not None:
                ranges[subject] = ranges.get(subject, _Range(*bounds(subject))).within(passing)
        listed = _listed(operand)
        if listed is not None:
            subject, kept = listed
            whole = _every_choice(subject)
            choices[subject] = choices.get(subject, whole) & (whole - kept if negated else kept)
    return any(found.empty for found in ranges.values()) or any(not left for left in choices.values())


def _tested(node: ir.Expr) -> tuple[ir.Expr, _Range | None, _Range | None] | None:
    """A test of a number, date or rank against a figure: what it is of, which values pass, and which fail."""
    if isinstance(node, ir.Not):
        inner = _tested(node.operand)
        return None if inner is None else (inner[0], inner[2], inner[1])
    if isinstance(node, ir.Equal) and not isinstance(node.left.type, ChoiceType | BoolType):
        left, right = _figure(node.left), _figure(node.right)
        figure, subject = (right, node.left) if left is None else (left, node.right)
        return None if figure is None else (subject, _Range(figure, figure), None)
    if not isinstance(node, ir.Compare):
        return None
    left, right, op = _figure(node.left), _figure(node.right), node.op
    if right is not None:
        subject, figure = node.left, right
    elif left is not None:
        subject, figure, op = node.right, left, _SWAPPED[op]
    else:
        return None
    strict = op in ("<", ">")
    above, below = _Range(figure, None, open_low=strict), _Range(None, figure, open_high=strict)
    if op in (">", ">="):
        return subject, above, _Range(None, figure, open_high=not strict)
    return subject, below, _Range(figure, None, open_low=not strict)


def _figure(node: ir.Expr) -> Exact | None:
    """The number that a node stands for, or the rank of a choice."""
    if isinstance(node, ir.Constant) and not isinstance(node.value, bool | str):
        return node.value
    if (
        isinstance(node, ir.Rank)
        and isinstance(node.operand, ir.Constant)
        and isinstance(node.operand.type, ChoiceType)
    ):
        return [choice.id for choice in node.operand.type.choices].index(str(node.operand.value))
    return None


def _listed(node: ir.Expr) -> tuple[ir.Expr, frozenset[object]] | None:
    """A test of a choice against one or several of its values: what it is of, and which pass."""
    match node:
        case ir.Not(operand=operand):
            inner = _listed(operand)
            return None if inner is None else (inner[0], _every_choice(inner[0]) - inner[1])
        case ir.Equal(left=left, right=right) if isinstance(left.type, ChoiceType):
            subject, one = (right, left) if isinstance(left, ir.Constant) else (left, right)
            return (subject, frozenset([one.value])) if isinstance(one, ir.Constant) else None
        case ir.AnyOf(operands=operands) if operands:
            parts = [_listed(operand) for operand in operands]
            subjects = {part[0] for part in parts if part is not None}
            if len(subjects) != 1 or any(part is None for part in parts):
                return None
            return subjects.pop(), frozenset(value for part in parts if part is not None for value in part[1])
        case _:
            return None


def _every_choice(subject: ir.Expr) -> frozenset[object]:
    assert isinstance(subject.type, ChoiceType)
    return frozenset(choice.id for choice in subject.type.choices)
