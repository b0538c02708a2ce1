"""Amounts of the reference engine: what an award pays for one item or for the profile, as exact bounds in yuan."""

from __future__ import annotations

from typing import assert_never, cast

from evaluator.engines.decide.env import Env
from evaluator.engines.decide.walk import walk
from evaluator.engines.intervals import (
    Number,
    Undefined,
    add,
    extreme,
    hull,
    multiply,
    subtract,
    undecidable,
)
from evaluator.engines.payable import bracketed, counted, hit, rounded_to
from evaluator.engines.tables import leftover
from evaluator.engines.trace import Step
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval


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


def _limited(limited: model.Limited, env: Env) -> tuple[Number, list[Step]]:
    """Rounded, then at least the floor, then at most the cap."""
    value, read = amount_of(limited.amount, env)
    if limited.rounding is not None:
        value = rounded_to(limited.rounding, value)
    for how, bound in (("max", limited.floor), ("min", limited.cap)):
        if bound is not None:
            step = walk(bound, env)
            read = [*read, step]
            value = extreme(how, [value, cast(Number, step.value)])
    return value, read


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
    if possible and not certain:
        rest = leftover(table)
        if rest is not None and walk(rest, env).value is FALSE:
            return join(possible), steps
    return hit(table.hit, certain, possible, join), steps


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
    value = bracketed(amount, cast(Number, base.value))
    return _capped(value, amount.cap, env, [base])


def _steps(amount: model.Steps, env: Env) -> tuple[Number, list[Step]]:
    base, every, per = walk(amount.base, env), walk(amount.every, env), walk(amount.amount, env)
    read = [base, every, per]
    start: Number = 0
    if amount.over is not None:
        over = walk(amount.over, env)
        read.append(over)
        start = cast(Number, over.value)
    count = counted(amount, subtract(cast(Number, base.value), start), cast(Number, every.value))
    return _capped(multiply(count, cast(Number, per.value)), amount.cap, env, read)


def _capped(value: Number, cap: ir.Expr | None, env: Env, read: list[Step]) -> tuple[Number, list[Step]]:
    if cap is None:
        return value, read
    step = walk(cap, env)
    return extreme("min", [value, cast(Number, step.value)]), [*read, step]
