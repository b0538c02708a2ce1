"""Amounts of the reference engine: what an award pays for one item or for the profile, as exact bounds in yuan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import assert_never, cast

from evaluator.engines.decide.env import Env
from evaluator.engines.decide.walk import walk
from evaluator.engines.intervals import (
    Bound,
    Number,
    Undefined,
    add,
    between,
    ends,
    extreme,
    hull,
    multiply,
    subtract,
    undecidable,
)
from evaluator.engines.tables import always_pays
from evaluator.engines.trace import Step
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import Exact, exact


def amount_of(amount: model.Amount, env: Env) -> tuple[Number, list[Step]]:
    """The amount before it is known whether it is due, and what was read for it."""
    match amount:
        case model.Fixed(value=value):
            step = walk(value, env)
            return cast(Number, step.value), [step]
        case model.Table():
            return _table(amount, env)
        case model.Bounded():
            return _bounded(amount, env)
        case model.Brackets():
            return _brackets(amount, env)
        case model.Steps():
            return _steps(amount, env)
        case model.Sum(parts=parts):
            total: Number = 0
            read: list[Step] = []
            for part in parts:
                worth, below = amount_of(part, env)
                total = add(total, worth)
                read.extend(below)
            return total, read
        case model.Limited():
            return _limited(amount, env)
        case model.Unstated():
            return Interval(0, None, settled=True), []
        case _:
            assert_never(amount)


def payable(value: Number) -> tuple[Exact, Bound]:
    """Guaranteed and potential: floored at nothing, rounded half up to the fen."""
    low, high = ends(value)
    guaranteed = to_fen(max(low, 0)) if low is not None else 0
    return guaranteed, None if high is None else to_fen(max(high, 0))


def to_fen(value: Exact) -> Exact:
    """Rounded half up to 0.01 yuan."""
    if isinstance(value, int):
        return value
    return exact(Fraction((value * 100 + Fraction(1, 2)).__floor__(), 100))


def _limited(limited: model.Limited, env: Env) -> tuple[Number, list[Step]]:
    """Rounded, then at least the floor, then at most the cap."""
    value, read = amount_of(limited.amount, env)
    if limited.rounding is not None:
        value = _rounded(limited.rounding, value)
    for how, bound in (("max", limited.floor), ("min", limited.cap)):
        if bound is not None:
            step = walk(bound, env)
            read = [*read, step]
            value = extreme(how, [value, cast(Number, step.value)])
    return value, read


def _rounded(rounding: model.Rounding, value: Number) -> Number:
    """To whole multiples; the order of two amounts is kept, so the bounds are rounded as they are."""
    if isinstance(value, Truth | Undefined):
        return value
    low, high = (None if end is None else round_to(rounding, end) for end in ends(value))
    return between(low, high, settled=isinstance(value, Interval) and value.settled)


def round_to(rounding: model.Rounding, value: Exact) -> Exact:
    """An exact amount in whole multiples of `rounding.to` yuan."""
    steps = Fraction(value) / rounding.to
    match rounding.how:
        case "half-up":
            whole = (steps + Fraction(1, 2)).__floor__()
        case "down":
            whole = steps.__floor__()
        case "up":
            whole = steps.__ceil__()
        case _:
            assert_never(rounding.how)
    return exact(Fraction(rounding.to) * whole)


def _table(table: model.Table, env: Env) -> tuple[Number, list[Step]]:
    steps: list[Step] = []
    certain: list[Number] = []
    possible: list[Number] = []
    loose = False
    for row in table.rows:
        condition = walk(row.condition, env)
        holds = cast(Truth, condition.value)
        if holds is FALSE:
            steps.append(Step(row, FALSE, (condition,)))
            continue
        value, below = amount_of(row.value, env)
        steps.append(Step(row, holds, (condition, *below)))
        if holds is TRUE:
            certain.append(value)
        else:
            possible.append(value)
            loose = loose or holds is UNKNOWN
    if table.hit in ("U", "A") and any(value != certain[0] for value in certain):
        steps.append(Step(table.rows[0], Undefined("two rows of the table apply")))
    join = hull if loose else undecidable
    if possible and not certain and table.hit != "C+" and always_pays(table):
        return join(possible), steps
    return _hit(table.hit, certain, possible, join), steps


def _hit(hit: str, certain: list[Number], possible: list[Number], join: Callable[[Sequence[Number]], Number]) -> Number:
    """The value of a table from the rows that hold and those that may hold; `join` is what choosing between values is.

    Rows that apply together where only one may are an amount between theirs, which no fact narrows.
    """
    if hit == "C+":
        result: Number = 0
        for value in certain:
            result = add(result, value)
        for value in possible:
            result = add(result, join([0, value]))
        return result
    if hit in ("C<", "C>") and certain:
        how = "min" if hit == "C<" else "max"
        decided = extreme(how, certain)
        return join([decided, extreme(how, certain + possible)]) if possible else decided
    options = certain + possible if certain else [0, *possible]
    return options[0] if all(value == options[0] for value in options) else join(options)


def _bounded(amount: model.Bounded, env: Env) -> tuple[Number, list[Step]]:
    """From the lower to the upper end (the upper where they cross); a decision given counts as far as they allow."""
    steps = [walk(amount.low, env), walk(amount.high, env)]
    low, high = (cast(Number, step.value) for step in steps)
    decided: Number = Interval(None, None, settled=True)
    if amount.decided is not None:
        steps.append(walk(amount.decided, env))
        decided = cast(Number, steps[-1].value)
        if isinstance(decided, Truth):
            decided = Interval(None, None)
    return extreme("min", [extreme("max", [decided, low]), high]), steps


def _brackets(amount: model.Brackets, env: Env) -> tuple[Number, list[Step]]:
    base = walk(amount.base, env)
    value = cast(Number, base.value)
    if not isinstance(value, Truth | Undefined):
        low, high = ends(value)
        settled = isinstance(value, Interval) and value.settled
        if amount.whole:
            value = _on_whole(amount, low, high, settled=settled)
        else:
            paid_high = None if high is None else _sliced(amount, high)
            value = between(0 if low is None else _sliced(amount, low), paid_high, settled=settled)
    return _capped(value, amount.cap, env, [base])


def _on_whole(amount: model.Brackets, low: Bound, high: Bound, *, settled: bool) -> Number:
    """The range of the rate of a base's own bracket times the base, over all bases from `low` to `high`."""
    first = 0 if low is None or low < 0 else low
    if high is not None and high <= first:
        return exact(whole_rate(amount, high) * max(high, 0)) if high == low else 0
    lows: list[Exact] = []
    highs: list[Bound] = []
    for index, (over, rate) in enumerate(amount.slices):
        top: Bound = amount.slices[index + 1][0] if index + 1 < len(amount.slices) else None
        if (high is not None and over > high) or (top is not None and top < first):
            continue
        if over == high and index and amount.edge == "lower":
            continue  # a base exactly at the bound belongs to the bracket below
        if top == first and index + 1 < len(amount.slices) and amount.edge == "upper":
            continue
        start = max(over, first)
        end = high if top is None else top if high is None else min(top, high)
        lows.append(start * rate)
        highs.append(0 if rate == 0 else None if end is None else end * rate)
    least, most = min(lows), None if None in highs else max(end for end in highs if end is not None)
    return between(exact(least), None if most is None else exact(most), settled=settled)


def whole_rate(amount: model.Brackets, base: Exact) -> Exact:
    """The rate of the bracket in which `base` lies."""
    rate: Exact = 0
    for index, (over, own) in enumerate(amount.slices):
        if base > over or (base == over and (index == 0 or amount.edge == "upper")):
            rate = own
    return rate


def _sliced(amount: model.Brackets, base: Exact) -> Exact:
    """The sum of every slice of `base` at its rate."""
    total: Exact = 0
    for index, (over, rate) in enumerate(amount.slices):
        top = amount.slices[index + 1][0] if index + 1 < len(amount.slices) else base
        part = min(base, top) - over
        if part > 0:
            total += part * rate
    return exact(total)


def _steps(amount: model.Steps, env: Env) -> tuple[Number, list[Step]]:
    base, every, per = walk(amount.base, env), walk(amount.every, env), walk(amount.amount, env)
    read = [base, every, per]
    start: Number = 0
    if amount.over is not None:
        over = walk(amount.over, env)
        read.append(over)
        start = cast(Number, over.value)
    count = _counted(amount, subtract(cast(Number, base.value), start), cast(Number, every.value))
    return _capped(multiply(count, cast(Number, per.value)), amount.cap, env, read)


def _counted(amount: model.Steps, rest: Number, size: Number) -> Number:
    """How many steps fit into `rest`; undefined where a step is nothing, unknown where it may be."""
    if isinstance(rest, Undefined) or isinstance(size, Undefined):
        return rest if isinstance(rest, Undefined) else size
    if isinstance(rest, Truth) or isinstance(size, Truth):
        return UNKNOWN
    (low, high), (size_low, size_high) = ends(rest), ends(size)
    settled = all(part.settled for part in (rest, size) if isinstance(part, Interval))
    if size_low is None or size_low <= 0:
        never = not isinstance(size, Interval) or size.settled or (size_high is not None and size_high <= 0)
        return Undefined("a step of nothing") if never else UNKNOWN
    return between(
        0 if low is None or size_high is None else _count(amount, low, size_high),
        0 if high is not None and high <= 0 else None if high is None else _count(amount, high, size_low),
        settled=settled,
    )


def _count(amount: model.Steps, rest: Exact, size: Exact) -> Exact:
    """How many steps fit; whole ones, or with the part of the last."""
    if rest <= 0:
        return 0
    quotient = Fraction(rest) / size
    return quotient.__floor__() if amount.whole else exact(quotient)


def _capped(value: Number, cap: ir.Expr | None, env: Env, read: list[Step]) -> tuple[Number, list[Step]]:
    if cap is None:
        return value, read
    step = walk(cap, env)
    return extreme("min", [value, cast(Number, step.value)]), [*read, step]
