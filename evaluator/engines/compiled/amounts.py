"""Amounts on the general path: what an award pays for one item or for the profile, as exact bounds in yuan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, assert_never

from evaluator.engines.compiled.env import Env
from evaluator.engines.compiled.general import General
from evaluator.engines.intervals import Number, add, extreme, hull, multiply, subtract, undecidable
from evaluator.engines.payable import bracketed, counted, hit, rounded_to
from evaluator.engines.tables import leftover
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval

Pay: TypeAlias = Callable[[Env], Number]


def amount_of(amount: model.Amount, general: General) -> Pay:
    """The amount before it is known whether it is due."""
    match amount:
        case model.Fixed(value=value):
            return general.number(value)
        case model.Table():
            return _table(amount, general)
        case model.Bounded():
            return _bounded(amount, general)
        case model.Brackets():
            base, brackets = general.number(amount.base), amount
            return _capped(lambda env: bracketed(brackets, base(env)), amount.cap, general)
        case model.Steps():
            return _capped(_steps(amount, general), amount.cap, general)
        case model.Sum(parts=parts):
            return _sum([amount_of(part, general) for part in parts])
        case model.Limited():
            return _limited(amount, general)
        case model.Unstated():
            unstated = Interval(0, None, settled=True)
            return lambda env: unstated
        case _:
            assert_never(amount)


def _table(table: model.Table, general: General) -> Pay:
    rows = [(general.truth(row.condition), amount_of(row.value, general)) for row in table.rows]
    policy, rest = table.hit, leftover(table)
    none = None if rest is None else general.truth(rest)

    def paid(env: Env) -> Number:
        certain: list[Number] = []
        possible: list[Number] = []
        loose = False
        for condition, value in rows:
            holds = condition(env)
            if holds is TRUE:
                certain.append(value(env))
            elif holds is not FALSE:
                possible.append(value(env))
                loose = loose or holds is UNKNOWN
        join = hull if loose else undecidable
        if none is not None and possible and not certain and none(env) is FALSE:
            return join(possible)
        return hit(policy, certain, possible, join)

    return paid


def _bounded(amount: model.Bounded, general: General) -> Pay:
    low, high = general.number(amount.low), general.number(amount.high)
    decided = None if amount.decided is None else general.number(amount.decided)

    def paid(env: Env) -> Number:
        chosen: Number = Interval(None, None, settled=True)
        if decided is not None:
            chosen = decided(env)
            if isinstance(chosen, Truth):
                chosen = Interval(None, None)
        return extreme("min", [extreme("max", [chosen, low(env)]), high(env)])

    return paid


def _sum(parts: Sequence[Pay]) -> Pay:
    def paid(env: Env) -> Number:
        total: Number = 0
        for part in parts:
            total = add(total, part(env))
        return total

    return paid


def _limited(limited: model.Limited, general: General) -> Pay:
    """Rounded, then at least the floor, then at most the cap."""
    whole, rounding = amount_of(limited.amount, general), limited.rounding
    bounds = [
        (how, general.number(bound))
        for how, bound in (("max", limited.floor), ("min", limited.cap))
        if bound is not None
    ]

    def paid(env: Env) -> Number:
        value = whole(env)
        if rounding is not None:
            value = rounded_to(rounding, value)
        for how, bound in bounds:
            value = extreme(how, [value, bound(env)])
        return value

    return paid


def _steps(amount: model.Steps, general: General) -> Pay:
    base, every, per = general.number(amount.base), general.number(amount.every), general.number(amount.amount)
    over = None if amount.over is None else general.number(amount.over)

    def paid(env: Env) -> Number:
        start = 0 if over is None else over(env)
        return multiply(counted(amount, subtract(base(env), start), every(env)), per(env))

    return paid


def _capped(paid: Pay, cap: ir.Expr | None, general: General) -> Pay:
    if cap is None:
        return paid
    most = general.number(cap)
    return lambda env: extreme("min", [paid(env), most(env)])
