"""What must hold for a rule to come out in one's favour, and the single tests that it consists of.

In: a typed rule. Out: goals for `Ways`: conditions of the profile, and conditions of one entry of the list whose
entries count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from evaluator.advise.sketch import Sketch
from evaluator.advise.ways import Bound, Ways
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import children, expressions, walk


@row
class Goal:
    """One finding: conditions of the profile, conditions of one entry of `each`, and the year that is read.

    `vague`: it can be missed, and never be said to be met. `besides` is tested too, and decides only what is missed.
    """

    finding: str
    rule: model.AnyRule
    gates: tuple[ir.Expr, ...]
    tests: tuple[ir.Expr, ...]
    each: bool = False
    period: int | None = None
    vague: bool = False
    besides: tuple[ir.Expr | None, ...] = ()


def goals_of(rule: model.AnyRule) -> Iterator[Goal]:
    """A goal for each finding; a vague figure by what suffices, else by what its words entail."""
    if rule.stub:
        return
    match rule:
        case model.Award(each=each, counts=counts, when=when):
            tests = tuple(test for test in (counts, when) if test is not None)
            yield Goal(rule.id, rule, rule.gates, tests, each is not None)
        case model.Target(entries=entries):
            for entry in entries:
                test = next(
                    (part for part in (entry.test, entry.holds_if, entry.fails_unless) if part is not None), None
                )
                year = entry.period if entry.period is not None else rule.policy.published.date.year
                yield Goal(
                    _id(rule, entry.key),
                    rule,
                    rule.gates,
                    () if test is None else (test,),
                    period=year,
                    vague=entry.test is None and entry.holds_if is None,
                    besides=(entry.fails_unless,) if entry.fails_unless not in (None, test) else (),
                )
        case model.Obligation(requires=requires, duties=duties):
            for duty in duties:
                yield Goal(_id(rule, duty.key), rule, rule.gates, (requires,), period=duty.year)
        case _:
            assert_never(rule)


def _id(rule: model.AnyRule, key: str) -> str:
    return f"{rule.id}#{key}" if key else rule.id


def rows_of(rule: model.AnyRule) -> tuple[ir.Expr, ...]:
    """The conditions of the rows of the amount's tables, wherever they stand; none where there is no table."""
    tables = [amount for amount in amounts_of(rule) if isinstance(amount, model.Table)]
    return tuple(part.condition for table in tables for part in table.rows)


def amounts_of(rule: model.AnyRule) -> tuple[model.Amount, ...]:
    """The amount of an award and every amount within it."""
    amount = rule.amount if isinstance(rule, model.Award) else None
    return () if amount is None else tuple(_within(amount))


def _within(amount: model.Amount) -> Iterator[model.Amount]:
    yield amount
    match amount:
        case model.Table(rows=rows):
            for part in rows:
                yield from _within(part.value)
        case model.Sum(parts=parts):
            for inner in parts:
                yield from _within(inner)
        case model.Limited(amount=inner):
            yield from _within(inner)
        case model.Fixed() | model.Bounded() | model.Brackets() | model.Steps() | model.Unstated():
            pass
        case _:
            assert_never(amount)


def ways_to(goal: Goal, ways: Ways, extra: tuple[ir.Expr, ...] = ()) -> Iterator[Sketch]:
    """Sketches under which the goal is reached, with `extra` conditions of the entry (or the profile) beside it."""
    gates = [ways.step(gate, True) for gate in goal.gates if settable(gate)]
    tests = (*goal.tests, *extra)
    if not goal.each:
        yield from ways.all([*gates, *(ways.step(test, True) for test in tests)])
        return
    assert isinstance(goal.rule, model.Award)
    assert goal.rule.each is not None
    for bound in (*ways.entries(goal.rule.each), ways.new(goal.rule.each)):
        yield from ways.all([*gates, ways.opened(bound), *(ways.step(test, True, (bound,)) for test in tests)])


def settable(gate: ir.Expr) -> bool:
    """Whether a gate reads anything but the date, the kind and the place."""
    return any(isinstance(node, _LEAVES) for node in walk(gate))


_LEAVES = (ir.FactRef, ir.FieldRef, ir.MetricRef, ir.Cumulative, ir.Count, ir.Total, ir.ExtremeOf, ir.Exists, ir.ForAll)


def single_tests(node: ir.Expr) -> Iterator[ir.Expr]:
    """The tests of a condition that are no combination of others, in the order written; before its parts an `any`."""
    match node:
        case ir.AnyOf() | ir.AllOf() | ir.Not() | ir.AtLeast():
            if isinstance(node, ir.AnyOf | ir.AtLeast):
                yield node
            for child in children(node):
                yield from single_tests(child)
        case _:
            yield node


def bound_entries(goal: Goal, ways: Ways) -> tuple[tuple[Bound, ...], ...]:
    """What the tests of the goal are asked about: each entry of its list, or nothing but the profile."""
    if not goal.each:
        return ((),)
    assert isinstance(goal.rule, model.Award)
    assert goal.rule.each is not None
    return tuple((bound,) for bound in ways.entries(goal.rule.each))


def tests_of(rule: model.AnyRule) -> Iterator[ir.Compare | ir.Equal]:
    """The comparisons of a rule that stand outside of filters of lists and of questions to members."""
    yield from tests_in(expressions(rule))


def tests_in(expressions: Iterable[ir.Expr]) -> Iterator[ir.Compare | ir.Equal]:
    """The comparisons of these expressions, as `tests_of` has them."""
    for expression in expressions:
        for node in outside(expression):
            if isinstance(node, ir.Compare | ir.Equal):
                yield node


def outside(node: ir.Expr) -> Iterator[ir.Expr]:
    """`node` and what stands under it, but for what is asked of entries that it binds and of members."""
    yield node
    if not isinstance(node, _BINDING):
        for child in children(node):
            yield from outside(child)


def reads_entry(test: ir.Expr) -> bool:
    """Whether a test reads the entry that its rule is asked about."""
    return any(isinstance(node, ir.FieldRef) for node in outside(test))


_BINDING = (ir.Count, ir.Total, ir.ExtremeOf, ir.Exists, ir.ForAll, ir.EachMember, ir.MemberShare)
