"""Typed expressions as formulas: one exhaustive match, arm for arm that of the reference engine.

In: a node, and an `Env` (a world of profiles, the year of the finding, the entries bound). Out: its value under every
profile of the world at once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import assert_never

from evaluator.engines.smt import intervals, terms, truth
from evaluator.engines.smt.dates import months_later
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.terms import Logic, Quantity, at_most, both, choose, either, greatest, least, no, plus, times
from evaluator.engines.smt.terms import same as same_number
from evaluator.engines.smt.truth import FALSE, TRUE, Truth
from evaluator.engines.smt.world import (
    Blank,
    Code,
    Entry,
    Value,
    World,
    code_of,
    codes_equal,
    codes_joined,
)
from evaluator.record import row
from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import ChoiceType, TextType, exact


def _no_awards(rule: str, entry: Entry | None, env: Env) -> Number:
    raise AssertionError("conditions that are asked alone read no awards")


@row
class Env:
    """What the walk reads; `awarded` tells what another award comes to, or one entry of it (`awards`).

    `position` is the place of the entry at hand among those that count.
    """

    world: World
    period: int | None = None
    items: tuple[Entry, ...] = ()
    awarded: Callable[[str, Entry | None, Env], Number] = _no_awards
    position: Number = intervals.UNKNOWN

    def at(self, period: int | None) -> Env:
        """The same question about another year."""
        return Env(self.world, period, self.items, self.awarded, self.position)

    def of(self, member: World) -> Env:
        """The same question about a member."""
        return Env(member, self.period, self.items, self.awarded, self.position)

    def bound(self, depth: int, entry: Entry) -> Env:
        """With an entry bound at `depth`."""
        return Env(self.world, self.period, (*self.items[:depth], entry), self.awarded, self.position)

    def placed(self, position: Number) -> Env:
        """With the entry at hand in its place."""
        return Env(self.world, self.period, self.items, self.awarded, position)


def walk(node: ir.Expr, env: Env) -> Value:
    """The value of `node` in every profile of the world."""
    match node:
        case ir.Constant():
            return _constant(node, env)
        case ir.FactRef(fact=fact):
            return env.world.fact(fact)
        case ir.FieldRef(field=field, depth=depth):
            return env.items[depth].read(field)
        case ir.MetricRef(metric=metric, year=year, offset=offset):
            if year is None and env.period is not None:
                year = env.period + offset
            return env.world.figure(metric, year)
        case ir.Cumulative(metric=metric, start=start):
            last = env.period if env.period is not None else start
            result = intervals.known(0)
            for year in range(start, last + 1):
                result = intervals.add(result, _as_number(env.world.figure(metric, year)))
            return result
        case ir.AsOf():
            return intervals.known(env.world.as_of)
        case ir.AwardAmount(rule=rule, same_item=same_item):
            return env.awarded(rule, env.items[0] if same_item else None, env)
        case ir.Position():
            return env.position
        case ir.AllOf(operands=operands):
            return truth.all_of([test(operand, env) for operand in operands])
        case ir.AnyOf(operands=operands):
            return truth.any_of([test(operand, env) for operand in operands])
        case ir.Not(operand=operand):
            return truth.negation(test(operand, env))
        case ir.AtLeast(n=n, operands=operands):
            return truth.at_least(n, [test(operand, env) for operand in operands])
        case ir.Compare(op=op, left=left, right=right):
            return intervals.compare(op, number(left, env), number(right, env))
        case ir.Equal(left=left, right=right):
            return equal_values(walk(left, env), walk(right, env))
        case ir.Rank():
            return _rank(node, env)
        case ir.GrowthTest():
            return _growth(node, env)
        case ir.Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, number(left, env), number(right, env))
        case ir.Negate(operand=operand):
            return intervals.negate(number(operand, env))
        case ir.Rounded(how=how, operand=operand):
            return intervals.rounded(how, number(operand, env))
        case ir.Extreme(how=how, operands=operands):
            return intervals.extreme(how, [number(operand, env) for operand in operands])
        case ir.If(condition=condition, then=then, otherwise=otherwise):
            return _if(test(condition, env), walk(then, env), walk(otherwise, env))
        case ir.MonthsLater(operand=operand, months=months):
            return _shifted(number(operand, env), lambda day: months_later(day, months))
        case ir.DaysLater(operand=operand, days=days):
            first, last = date.min.toordinal(), date.max.toordinal()
            return _shifted(number(operand, env), lambda day: least(greatest(plus(day, days), first), last))
        case ir.YearOf(operand=operand):
            return _shifted(number(operand, env), terms.year)
        case ir.Count():
            return _count(node, env)
        case ir.Total():
            return _total(node, env)
        case ir.ExtremeOf():
            return _extreme_of(node, env)
        case ir.Exists():
            return _exists(node, env)
        case ir.ForAll():
            return _for_all(node, env)
        case ir.KindIn(kinds=kinds):
            return TRUE if env.world.kind in kinds else FALSE
        case ir.PlaceWithin(place=place):
            return env.world.within(place)
        case ir.EachMember(that=that):
            members, complete = members_of(node, env)
            tests = [truth.when(here, test(that, env.of(member)), TRUE) for member, here in members]
            return truth.all_of([*tests, Truth(complete, False, no(complete))])
        case ir.MemberShare(where=where):
            return _share(node, where, env)
        case _:
            assert_never(node)


def test(node: ir.Expr, env: Env) -> Truth:
    """The value of a condition."""
    value = walk(node, env)
    assert isinstance(value, Truth)
    return value


def number(node: ir.Expr, env: Env) -> Number:
    """The value of a number or a date."""
    return _as_number(walk(node, env))


def _as_number(value: Value) -> Number:
    assert isinstance(value, Number)
    return value


def _constant(node: ir.Constant, env: Env) -> Value:
    value = node.value
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, str):
        if isinstance(node.type, ChoiceType):
            return Code(code_of(node.type, value))
        assert isinstance(node.type, TextType)
        return Code(env.world.text(value))
    return intervals.known(value)


def equal_values(left: Value, right: Value) -> Truth:
    """Whether two values of one type are equal."""
    if isinstance(left, Truth) and isinstance(right, Truth):
        return truth.same(left, right)
    if isinstance(left, Code) and isinstance(right, Code):
        return codes_equal(left, right)
    return intervals.equal(_as_number(left), _as_number(right))


def _if(condition: Truth, then: Value, otherwise: Value) -> Value:
    if isinstance(then, Truth) and isinstance(otherwise, Truth):
        return truth.joined(condition, then, otherwise)
    if isinstance(then, Code) and isinstance(otherwise, Code):
        return codes_joined(condition, then, otherwise)
    return intervals.joined(condition, _as_number(then), _as_number(otherwise))


def _arithmetic(op: ir.ArithmeticOp, left: Number, right: Number) -> Number:
    match op:
        case "+":
            return intervals.add(left, right)
        case "-":
            return intervals.subtract(left, right)
        case "*":
            return intervals.multiply(left, right)
        case "/":
            return intervals.divide(left, right)


def _rank(node: ir.Rank, env: Env) -> Number:
    value, type_ = walk(node.operand, env), node.operand.type
    assert isinstance(value, Code)
    assert isinstance(type_, ChoiceType)
    return rank_of(value, type_)


def rank_of(value: Code, type_: ChoiceType) -> Number:
    """The place of a choice among those of its type; any place where it is not known."""
    plain = no(either(value.unknown, value.indeterminate))
    if plain is True:
        return intervals.known(value.code)
    whole = intervals.interval(0, len(type_.choices) - 1, value.indeterminate)
    return intervals.when(plain, intervals.known(value.code), whole)


def _growth(node: ir.GrowthTest, env: Env) -> Truth:
    value, base, rate = number(node.value, env), number(node.base, env), number(node.rate, env)
    years = 1 if node.since is None or env.period is None else max(env.period - node.since, 1)
    factor = intervals.add(intervals.known(1), rate)
    required = base
    for _ in range(years):
        required = intervals.multiply(required, factor)
    result = intervals.equal(value, required) if node.op == "=" else intervals.compare(node.op, value, required)
    zero = both(
        base.ranged,
        either(base.no_low, at_most(base.low, 0)),
        either(base.no_high, at_most(0, base.high)),
    )
    undecided = Truth(False, False, both(no(base.closed)))
    return truth.when(zero, undecided, result)


def _shifted(value: Number, move: Callable[[Quantity], Quantity]) -> Number:
    low = move(value.low)
    if value.plain:
        return intervals.known(low)
    high = move(value.high)
    return Number(low, high, value.no_low, value.no_high, value.undefined, value.unknown, value.settled, value.empty)


# ------------------------------------------------------------------ lists


def entries_of(items: ir.Items, env: Env) -> tuple[list[tuple[Logic, Env, Truth]], Logic]:
    """Every possible entry: when it is there, the question with it bound, whether it passes the filter."""
    listed = env.world.listed(items.fact)
    entries: list[tuple[Logic, Env, Truth]] = []
    for slot in listed.slots:
        inside = env.bound(items.depth, slot)
        passes = TRUE if items.where is None else test(items.where, inside)
        entries.append((slot.present, inside, passes))
    return entries, listed.complete


def _count(node: ir.Count, env: Env) -> Number:
    entries, complete = entries_of(node.items, env)
    certain: Quantity = 0
    high: Quantity = 0
    none_unknown: Logic = True
    for here, _, passes in entries:
        certain = plus(certain, choose(both(here, passes.true), 1, 0))
        high = plus(high, choose(both(here, no(passes.false)), 1, 0))
        none_unknown = both(none_unknown, no(both(here, passes.unknown)))
    if complete is True and all(passes.unknown is False and passes.indeterminate is False for _, _, passes in entries):
        return intervals.known(certain)
    return Number(certain, high, False, no(complete), settled=both(complete, none_unknown))


def _total(node: ir.Total, env: Env) -> Number:
    entries, complete = entries_of(node.items, env)
    nothing = intervals.known(0)
    result = nothing
    for here, inside, passes in entries:
        value = number(node.value, inside)
        amount = intervals.when(passes.true, value, nothing)
        if passes.unknown is not False or passes.indeterminate is not False:
            loose = intervals.when(passes.indeterminate, intervals.undecidable([nothing, value]), amount)
            amount = intervals.when(passes.unknown, intervals.hull([nothing, value]), loose)
        result = intervals.add(result, intervals.when(here, amount, nothing))
    if complete is True:
        return result
    further = _further(node.value, node.items, env)
    remainder = Number(
        0,
        0,
        no(both(no(further.no_low), at_most(0, further.low))),
        no(both(no(further.no_high), at_most(further.high, 0))),
    )
    remainder = intervals.when(further.ranged, remainder, intervals.UNKNOWN)
    return intervals.when(complete, result, intervals.add(result, remainder))


def _further(value: ir.Expr, items: ir.Items, env: Env) -> Number:
    """What `value` can be in an entry of which nothing is known."""
    return number(value, env.bound(items.depth, Blank(items.fact)))


def _extreme_of(node: ir.ExtremeOf, env: Env) -> Number:
    entries, complete = entries_of(node.items, env)
    values = [number(node.value, inside) for _, inside, _ in entries]
    certain = [both(here, passes.true) for here, _, passes in entries]
    maybe = [both(here, no(passes.true), no(passes.false)) for here, _, passes in entries]
    loose = either(no(complete), *(both(here, passes.unknown) for here, _, passes in entries))
    surely = intervals.extreme(node.how, values, certain)
    any_certain = either(*certain)
    if complete is not True:
        values.append(_further(node.value, node.items, env))
        certain.append(False)
        maybe.append(no(complete))
    any_maybe = either(*maybe)
    all_there = [either(one, other) for one, other in zip(certain, maybe, strict=True)]
    whole = intervals.extreme(node.how, values, all_there)
    joined = intervals.when(loose, intervals.hull([surely, whole]), intervals.undecidable([surely, whole]))
    result = intervals.when(either(no(any_maybe), surely.undefined), surely, joined)
    return intervals.when(any_certain, result, intervals.when(loose, intervals.UNKNOWN, intervals.UNDEFINED))


def _exists(node: ir.Exists, env: Env) -> Truth:
    entries, complete = entries_of(node.items, env)
    values = [Truth(False, complete, no(complete))]
    for here, inside, passes in entries:
        found = truth.all_of([passes, test(node.that, inside)])
        values.append(truth.when(here, found, FALSE))
    return truth.any_of(values)


def _for_all(node: ir.ForAll, env: Env) -> Truth:
    entries, complete = entries_of(node.items, env)
    values = [Truth(complete, False, no(complete))]
    for here, inside, passes in entries:
        found = truth.any_of([truth.negation(passes), test(node.that, inside)])
        values.append(truth.when(here, found, TRUE))
    return truth.all_of(values)


# ------------------------------------------------------------------ members


def members_of(node: ir.EachMember | ir.MemberShare, env: Env) -> tuple[list[tuple[World, Logic]], Logic]:
    """Every possible member with when it is one, and when there are surely no others."""
    world = env.world
    found: list[tuple[str, Logic]] | None
    if env.period is not None:
        register = world.vocabulary.members(world.place, node.kind, date(env.period, 12, 31))
        found = None if register is None else [(place.path, True) for place in register[: world.most]]
    else:
        found = _over_time(world, node.kind)
    if found is not None:
        return [(world.member(node.kind, path), here) for path, here in found], True
    return world.unregistered(node.kind)


def _over_time(world: World, kind: str) -> list[tuple[str, Logic]] | None:
    """Registered members with when they are ones, by the date of the question; None where no register is kept."""
    if world.vocabulary.members(world.place, kind, date.fromordinal(world.days[0])) is None:
        return None
    prefix = world.place + "/"
    found: list[tuple[str, Logic]] = []
    for place in world.vocabulary.places.values():
        if place.kind != kind or not place.path.startswith(prefix):
            continue
        since: Logic = place.since is None or at_most(place.since.toordinal(), world.as_of)
        until: Logic = place.until is None or at_most(plus(world.as_of, 1), place.until.toordinal())
        here = both(since, until)
        if here is not False:
            found.append((place.path, here))
    return found[: world.most]


def _share(node: ir.MemberShare, where: ir.Expr, env: Env) -> Number:
    members, complete = members_of(node, env)
    steps = [(test(where, env.of(member)), here) for member, here in members]
    size: Quantity = 0
    passed: Quantity = 0
    possible: Quantity = 0
    none_unknown: Logic = True
    for found, here in steps:
        size = plus(size, choose(here, 1, 0))
        passed = plus(passed, choose(both(here, found.true), 1, 0))
        possible = plus(possible, choose(both(here, no(found.false)), 1, 0))
        none_unknown = both(none_unknown, no(both(here, found.unknown)))
    low, high = _portion(passed, size, len(steps)), _portion(possible, size, len(steps))
    closed = Number(low, high, settled=none_unknown)
    nobody = Number(0, 0, undefined=True, empty=True)
    result = intervals.when(same_number(size, 0), nobody, closed)
    return intervals.when(complete, result, intervals.interval(0, 1))


def _portion(part: Quantity, whole: Quantity, most: int) -> Quantity:
    """The quotient of two counts, of which the second is at most `most`; each case divides by a constant."""
    result: Quantity = 0
    for size in range(1, most + 1):
        result = choose(same_number(whole, size), times(part, exact(Fraction(1, size))), result)
    return result
