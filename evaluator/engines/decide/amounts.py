"""Amounts of the reference engine: what an award pays for one item or for the profile, as exact bounds in yuan."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never, cast

from evaluator.engines.decide.walk import Env, walk
from evaluator.engines.intervals import Bound, Number, Undefined, add, between, compare, ends, extreme, hull, multiply
from evaluator.engines.trace import Step
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
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


def _table(table: model.Table, env: Env) -> tuple[Number, list[Step]]:
    steps: list[Step] = []
    certain: list[Number] = []
    possible: list[Number] = []
    undecided = False
    for row in table.rows:
        condition = walk(row.condition, env)
        holds = cast(Truth, condition.value)
        if holds is FALSE:
            steps.append(Step(row, FALSE, (condition,)))
            continue
        value = walk(row.value, env)
        steps.append(Step(row, holds, (condition, value)))
        if holds is TRUE:
            certain.append(cast(Number, value.value))
        else:
            possible.append(cast(Number, value.value))
            undecided = undecided or holds is INDETERMINATE
    return _hit(table.hit, certain, possible, undecided=undecided), steps


def _hit(hit: str, certain: list[Number], possible: list[Number], *, undecided: bool) -> Number:
    """The value of a table from the rows that hold and those that may hold."""
    if undecided:
        return Undefined("undecidable row")
    if hit == "C+":
        result: Number = 0
        for value in certain:
            result = add(result, value)
        for value in possible:
            result = add(result, hull([0, value]))
        return result
    if hit in ("C<", "C>"):
        return _least_or_greatest("min" if hit == "C<" else "max", certain, possible)
    if len(certain) > 1 and (hit == "U" or any(value != certain[0] for value in certain)):
        return Undefined("two rows of the table apply")
    if certain:
        return certain[0] if not possible else UNKNOWN
    return hull([0, *possible]) if possible else 0


def _least_or_greatest(how: str, certain: list[Number], possible: list[Number]) -> Number:
    if not certain:
        return hull([0, *possible]) if possible else 0
    decided = extreme(how, certain)
    return hull([decided, extreme(how, certain + possible)]) if possible else decided


def _bounded(amount: model.Bounded, env: Env) -> tuple[Number, list[Step]]:
    """From the lower to the upper end; a decision given lies where it was decided, within both."""
    low, high = walk(amount.low, env), walk(amount.high, env)
    steps = [low, high]
    low_end, _ = ends(cast(Number, low.value))
    _, high_end = ends(cast(Number, high.value))
    if isinstance(low.value, Undefined) or isinstance(high.value, Undefined):
        return Undefined("a bound of the amount has no value"), steps
    if amount.decided is None:
        return Interval(low_end, high_end, settled=True), steps
    decided = walk(amount.decided, env)
    steps.append(decided)
    if isinstance(decided.value, int | Fraction):
        value: Number = decided.value
        if compare("<", value, cast(Number, low.value)) is TRUE:
            value = cast(Number, low.value)
        elif compare(">", value, cast(Number, high.value)) is TRUE:
            value = cast(Number, high.value)
        return value, steps
    return Interval(low_end, high_end), steps


def _brackets(amount: model.Brackets, env: Env) -> tuple[Number, list[Step]]:
    base = walk(amount.base, env)
    if isinstance(base.value, Undefined):
        return base.value, [base]
    low, high = ends(cast(Number, base.value))
    value = between(None if low is None else _sliced(amount, low), None if high is None else _sliced(amount, high))
    return _capped(value, amount.cap, env, [base])


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
    undefined = next((step.value for step in read if isinstance(step.value, Undefined)), None)
    if undefined is not None:
        return undefined, read
    (low, high), (start_low, start_high) = ends(cast(Number, base.value)), ends(start)
    size_low, size_high = ends(cast(Number, every.value))
    if size_low is None or size_low <= 0:
        size_low = None
    count = between(
        0 if low is None or start_high is None or size_high is None else _count(amount, low - start_high, size_high),
        None if high is None or start_low is None or size_low is None else _count(amount, high - start_low, size_low),
    )
    return _capped(multiply(count, cast(Number, per.value)), amount.cap, env, read)


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
