"""Amounts as formulas: what an award pays for one item or for the profile, arm for arm as the reference engine does."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from evaluator.engines.smt import intervals, terms
from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.sums import half_up
from evaluator.engines.smt.terms import (
    Logic,
    Quantity,
    at_most,
    both,
    choose,
    either,
    greatest,
    least,
    no,
)
from evaluator.engines.smt.truth import Truth
from evaluator.engines.smt.walk import Env, number, test
from evaluator.engines.tables import leftover
from evaluator.rulebook import ir, model

NOTHING = intervals.known(0)


def amount_of(amount: model.Amount, env: Env) -> Number:
    """The amount before it is known whether it is due."""
    match amount:
        case model.Fixed(value=value):
            return number(value, env)
        case model.Table():
            return _table(amount, env)
        case model.Bounded(low=low, high=high, decided=decided):
            chosen = intervals.interval(None, None, settled=True)
            if decided is not None:
                chosen = number(decided, env)
                chosen = intervals.when(chosen.unknown, intervals.interval(None, None), chosen)
            floored = intervals.extreme("max", [chosen, number(low, env)])
            return intervals.extreme("min", [floored, number(high, env)])
        case model.Brackets(base=base, cap=cap):
            found = _whole(amount, number(base, env)) if amount.whole else _brackets(amount, number(base, env))
            return _capped(found, cap, env)
        case model.Steps(cap=cap):
            return _capped(_steps(amount, env), cap, env)
        case model.Sum(parts=parts):
            together = NOTHING
            for part in parts:
                together = intervals.add(together, amount_of(part, env))
            return together
        case model.Limited(rounding=rounding, floor=floor, cap=cap):
            worth = amount_of(amount.amount, env)
            if rounding is not None and env.world.rounded:
                worth = _rounded(rounding, worth)
            if floor is not None:
                worth = intervals.extreme("max", [worth, number(floor, env)])
            return _capped(worth, cap, env)
        case model.Unstated():
            return intervals.interval(0, None, settled=True)
        case _:
            assert_never(amount)


def payable(value: Number, *, rounded: bool = True) -> tuple[Quantity, Quantity, Logic]:
    """Guaranteed, potential, and when nothing bounds the potential: floored at nothing, rounded to the fen.

    Rounding never turns the order of two amounts round; what is about order is proved more easily without it.
    """
    to_fen = half_up if rounded else _as_it_is
    has_low = both(value.ranged, no(value.no_low))
    low = choose(has_low, to_fen(greatest(value.low, 0)), 0)
    if value.plain:
        return low, low, False
    has_high = both(value.ranged, no(value.no_high))
    return low, to_fen(greatest(value.high, 0)), no(has_high)


def _as_it_is(value: Quantity) -> Quantity:
    return value


# ------------------------------------------------------------------ tables


def rows_of(table: model.Table, env: Env) -> list[tuple[Truth, Number]]:
    """When each row holds, and what it pays."""
    return [(test(row.condition, env), amount_of(row.value, env)) for row in table.rows]


def _table(table: model.Table, env: Env) -> Number:
    rows = rows_of(table, env)
    certain = [holds.true for holds, _ in rows]
    possible = [no(either(holds.true, holds.false)) for holds, _ in rows]
    if all(here is False for here in possible) and table.hit == "C+":
        return _sum(rows, False)
    loose = either(*(holds.unknown for holds, _ in rows))
    values = [value for _, value in rows]
    some, maybe = either(*certain), either(*possible)
    result = _hit(table.hit, rows, values, certain, possible, loose)
    rest = leftover(table)
    if rest is not None:
        joined = _joined(loose, values, possible)
        result = intervals.when(both(maybe, no(some), test(rest, env).false), joined, result)
    return result


def _joined(loose: Logic, values: Sequence[Number], there: Sequence[Logic]) -> Number:
    """One of the values that are there: the choice is open where `loose`, else nobody's."""
    return intervals.when(loose, intervals.hull(values, there), intervals.undecidable(values, there))


def _hit(
    hit: str,
    rows: Sequence[tuple[Truth, Number]],
    values: Sequence[Number],
    certain: Sequence[Logic],
    possible: Sequence[Logic],
    loose: Logic,
) -> Number:
    if hit == "C+":
        return _sum(rows, loose)
    some = either(*certain)
    there = [either(one, other) for one, other in zip(certain, possible, strict=True)]
    options = _options(loose, values, certain, there, some)
    if hit not in ("C<", "C>"):
        return options
    how = ir_least(hit)
    decided = intervals.extreme(how, values, certain)
    whole = intervals.extreme(how, values, there)
    joined = _joined(loose, [decided, whole], [True, True])
    extreme = intervals.when(either(*possible), joined, decided)
    return intervals.when(some, extreme, options)


def ir_least(hit: str) -> ir.Least:
    """Which of several amounts a table takes."""
    return "min" if hit == "C<" else "max"


def _options(
    loose: Logic, values: Sequence[Number], certain: Sequence[Logic], there: Sequence[Logic], some: Logic
) -> Number:
    """The rows that hold or may hold (and nothing, where none surely does): their one value, or one of several."""
    listed = [NOTHING, *values]
    present = [no(some), *there]
    joined = _joined(loose, listed, present)
    first, equal = _first(listed, present)
    return intervals.when(equal, first, joined)


def _first(values: Sequence[Number], there: Sequence[Logic]) -> tuple[Number, Logic]:
    """The first that is there, and whether all that are there are the same."""
    first = values[-1]
    for value, here in reversed(list(zip(values, there, strict=True))[:-1]):
        first = intervals.when(here, value, first)
    pairs = [
        either(no(here), no(other), intervals.identical(value, others))
        for index, (value, here) in enumerate(zip(values, there, strict=True))
        for others, other in list(zip(values, there, strict=True))[index + 1 :]
    ]
    return first, both(*pairs)


def _sum(rows: Sequence[tuple[Truth, Number]], loose: Logic) -> Number:
    result = NOTHING
    for holds, value in rows:
        result = intervals.add(result, intervals.when(holds.true, value, NOTHING))
    for holds, value in rows:
        maybe = no(either(holds.true, holds.false))
        if maybe is not False:
            result = intervals.add(
                result, intervals.when(maybe, _joined(loose, [NOTHING, value], [True, True]), NOTHING)
            )
    return result


# ------------------------------------------------------------------ brackets and steps


def _brackets(amount: model.Brackets, base: Number) -> Number:
    paid = Number(
        choose(base.no_low, 0, _sliced(amount, base.low)),
        _sliced(amount, base.high),
        False,
        base.no_high,
        settled=base.closed,
    )
    if base.plain:
        return intervals.known(paid.high)
    return Number(paid.low, paid.high, False, paid.no_high, base.undefined, base.unknown, paid.settled, base.empty)


def _whole(amount: model.Brackets, base: Number) -> Number:
    """The range of the rate of a base's own bracket times the base, over all bases that it may be."""
    if base.plain:
        return intervals.known(terms.times(1, _on_whole(amount, base.low)))
    first = choose(base.no_low, 0, greatest(base.low, 0))
    empty = both(no(base.no_high), at_most(base.high, first))
    parts: list[Number] = []
    there: list[Logic] = []
    for index, (over, rate) in enumerate(amount.slices):
        last = index + 1 == len(amount.slices)
        top = None if last else amount.slices[index + 1][0]
        away: Logic = both(no(base.no_high), terms.below(base.high, over))
        if index and amount.edge == "lower":
            away = either(away, both(no(base.no_high), terms.same(base.high, over)))
        end, no_end = base.high, base.no_high
        if top is not None:
            away = either(away, terms.below(top, first))
            if amount.edge == "upper":
                away = either(away, terms.same(first, top))
            end, no_end = choose(base.no_high, top, least(base.high, top)), False
        if rate == 0:
            end, no_end = 0, False
        start = greatest(over, first)
        parts.append(Number(terms.times(start, rate), terms.times(end, rate), False, no_end, settled=base.closed))
        there.append(no(away))
    spread = intervals.undecidable(parts, there)
    point = both(base.known, empty)
    nothing = choose(point, _on_whole(amount, base.high), 0)
    result = intervals.when(empty, intervals.known(nothing), spread)
    return Number(
        result.low,
        result.high,
        result.no_low,
        result.no_high,
        base.undefined,
        base.unknown,
        base.settled,
        base.empty,
    )


def _on_whole(amount: model.Brackets, base: Quantity) -> Quantity:
    """The rate of the bracket in which a base lies, times the base, and never below nothing."""
    result: Quantity = 0
    for index, (over, rate) in enumerate(amount.slices):
        inside = terms.below(over, base) if index and amount.edge == "lower" else at_most(over, base)
        result = choose(inside, terms.times(greatest(base, 0), rate), result)
    return result


def _rounded(rounding: model.Rounding, value: Number) -> Number:
    """To whole multiples; the order of two amounts is kept, so the bounds are rounded as they are."""
    low, high = _round_to(rounding, value.low), _round_to(rounding, value.high)
    return Number(
        low,
        low if value.plain else high,
        value.no_low,
        value.no_high,
        value.undefined,
        value.unknown,
        value.settled,
        value.empty,
    )


def _round_to(rounding: model.Rounding, value: Quantity) -> Quantity:
    steps = terms.over(value, rounding.to)
    match rounding.how:
        case "half-up":
            whole = terms.floor(terms.plus(steps, Fraction(1, 2)))
        case "down":
            whole = terms.floor(steps)
        case "up":
            whole = terms.minus(terms.floor(terms.minus(steps)))
        case _:
            assert_never(rounding.how)
    return terms.times(whole, rounding.to)


def _sliced(amount: model.Brackets, base: Quantity) -> Quantity:
    total: Quantity = 0
    for index, (over, rate) in enumerate(amount.slices):
        top = amount.slices[index + 1][0] if index + 1 < len(amount.slices) else None
        part = terms.plus(base if top is None else least(base, top), -over)
        total = terms.plus(total, terms.times(greatest(part, 0), rate))
    return total


def _steps(amount: model.Steps, env: Env) -> Number:
    base, size, per = number(amount.base, env), number(amount.every, env), number(amount.amount, env)
    start = NOTHING if amount.over is None else number(amount.over, env)
    rest = intervals.subtract(base, start)
    return intervals.multiply(_counted(amount, rest, size), per)


def _counted(amount: model.Steps, rest: Number, size: Number) -> Number:
    """How many steps fit into `rest`; undefined where a step is nothing, unknown where it may be."""
    undefined = either(rest.undefined, size.undefined)
    unknown = both(no(undefined), either(rest.unknown, size.unknown))
    nothing = both(no(undefined), no(unknown), either(size.no_low, at_most(size.low, 0)))
    never = either(size.closed, both(no(size.no_high), at_most(size.high, 0)))
    low = choose(either(rest.no_low, size.no_high), 0, _count(amount, rest.low, size.high))
    high = _count(amount, rest.high, size.low)
    empty = both(undefined, no(rest.undefined), size.empty)
    return Number(
        low,
        high if not (rest.plain and size.plain) else low,
        False,
        rest.no_high,
        either(undefined, both(nothing, never)),
        either(unknown, both(nothing, no(never))),
        both(rest.closed, size.closed),
        either(both(rest.undefined, rest.empty), empty),
    )


def _count(amount: model.Steps, rest: Quantity, size: Quantity) -> Quantity:
    quotient = terms.over(rest, size)
    return choose(at_most(rest, 0), 0, terms.floor(quotient) if amount.whole else quotient)


def _capped(value: Number, cap: ir.Expr | None, env: Env) -> Number:
    return value if cap is None else intervals.extreme("min", [value, number(cap, env)])
