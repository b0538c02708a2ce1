"""Amounts in the query: what an award pays for one item or for the profile, between bounds.

In: an amount and an `Env`. Out: a `Num` in yuan, before it is known whether it is due. Form by form what
`evaluator.engines.decide.amounts` says.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import gcd
from typing import assert_never

from evaluator.engines.sql.ends import End
from evaluator.engines.sql.lower import number, truth, unknown
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.scope import Env
from evaluator.engines.sql.simplify import tabulated
from evaluator.engines.tables import leftover
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Exact


def amount_of(amount: model.Amount, env: Env) -> Num:
    """The amount before it is known whether it is due."""
    n = env.numbers
    match amount:
        case model.Fixed(value=value):
            return number(value, env)
        case model.Table():
            return _table(amount, env)
        case model.Bounded():
            return _bounded(amount, env)
        case model.Brackets():
            return _brackets(amount, env)
        case model.Steps():
            return _steps(amount, env)
        case model.Sum(parts=parts):
            total = n.exact(0)
            for part in parts:
                total = n.add(total, amount_of(part, env))
            return total
        case model.Limited():
            return _limited(amount, env)
        case model.Unstated():
            return n.interval(n.bound(0), n.bound(None), settled=env.builder.true)
        case _:
            assert_never(amount)


def payable(value: Num, env: Env) -> tuple[Sql, Sql]:
    """Guaranteed and potential in whole fen: floored at nothing, rounded half up; potential NULL where not bounded."""
    b, n = env.builder, env.numbers
    nothing = b.zero
    low = b.coalesce(b.greatest(n.fen(value.low), nothing), nothing)
    fen = n.fen(value.high)
    high = b.case([(b.is_null(fen), b.null("int"))], b.greatest(fen, nothing))
    return tabulated(b, low), tabulated(b, high)


def is_open(value: Num, env: Env) -> Sql:
    """Whether a fact could still change a value."""
    b = env.builder
    return b.or_(value.unknown, b.not_(b.or_(value.undefined, env.numbers.is_fixed(value))))


def _limited(limited: model.Limited, env: Env) -> Num:
    """Rounded, then at least the floor, then at most the cap."""
    n = env.numbers
    value = amount_of(limited.amount, env)
    if limited.rounding is not None:
        low = _round_to(limited.rounding, value.low, env)
        high = low if value.low is value.high else _round_to(limited.rounding, value.high, env)
        value = Num(low, high, value.unknown, value.undefined, value.settled)
    if limited.floor is not None:
        value = n.extreme("max", (value, number(limited.floor, env)))
    return value if limited.cap is None else n.extreme("min", (value, number(limited.cap, env)))


def _round_to(rounding: model.Rounding, end: End, env: Env) -> End:
    """A bound in whole multiples of `rounding.to` yuan."""
    n = env.numbers
    steps = n.multiply(n.point(end), n.exact(1 / Fraction(rounding.to)))
    match rounding.how:
        case "half-up":
            whole = n.floor(n.add(steps, n.exact(Fraction(1, 2))).low)
        case "down":
            whole = n.floor(steps.low)
        case "up":
            whole = n.ceiling(steps.low)
        case _:
            assert_never(rounding.how)
    return n.multiply(n.point(whole), n.exact(rounding.to)).low


def _table(table: model.Table, env: Env) -> Num:
    b, n = env.builder, env.numbers
    rows = [(truth(row.condition, env), amount_of(row.value, env)) for row in table.rows]
    surely = [b.holds(holds.value) for holds, _ in rows]
    perhaps = [b.is_null(holds.value) for holds, _ in rows]
    loose = b.or_(*(unknown(holds, env) for holds, _ in rows))
    values = [value for _, value in rows]
    if table.hit == "C+":
        return _summed(surely, perhaps, loose, values, env)
    some, maybe = b.or_(*surely), b.or_(*perhaps)
    chosen = [b.or_(one, other) for one, other in zip(surely, perhaps, strict=True)]
    nothing, hulled = b.not_(some), b.false
    rest = leftover(table)
    if rest is not None:
        anyway = b.and_(nothing, maybe, b.fails(truth(rest, env).value))
        nothing, hulled = b.and_(nothing, b.not_(anyway)), b.and_(anyway, loose)
    options = _one_of(chosen, values, nothing, loose, hulled, env)
    if table.hit not in ("C<", "C>"):
        return options
    how = "min" if table.hit == "C<" else "max"
    decided = extreme_among(how, surely, values, env)
    widened = extreme_among(how, chosen, values, env)
    joined = n.pick([(loose, n.hull((decided, widened)))], n.undecidable((decided, widened)))
    return n.pick([(b.not_(some), options), (b.not_(maybe), decided)], joined)


def _summed(surely: list[Sql], perhaps: list[Sql], loose: Sql, values: list[Num], env: Env) -> Num:
    """The sum of the rows that hold, and between nothing and the sum of those that may."""
    n, b = env.numbers, env.builder
    zero = n.exact(0)
    total = zero
    for one, other, value in zip(surely, perhaps, values, strict=True):
        open_ = n.pick([(loose, n.hull((zero, value)))], n.undecidable((zero, value))) if other is not b.false else zero
        total = n.add(total, n.pick([(one, value), (other, open_)], zero))
    return total


def _among(chosen: Sql, value: Num, env: Env) -> Num:
    """A number whose ends are passed over where it is not chosen."""
    b = env.builder
    if chosen is b.true:
        return value
    low = End(b.case([(chosen, value.low.num)], b.null("int")), value.low.den)
    high = low if value.low is value.high else End(b.case([(chosen, value.high.num)], b.null("int")), value.high.den)
    return Num(low, high, b.and_(chosen, value.unknown), b.and_(chosen, value.undefined), value.settled)


def _ends(chosen: list[Sql], values: list[Num], env: Env) -> tuple[list[Num], Sql, Sql]:
    """The numbers as chosen, and whether a chosen one has no lower, no upper bound."""
    b, n = env.builder, env.numbers
    kept = [_among(flag, value, env) for flag, value in zip(chosen, values, strict=True)]
    open_low = b.or_(*(b.and_(flag, n.no_bound(value.low)) for flag, value in zip(chosen, values, strict=True)))
    open_high = b.or_(*(b.and_(flag, n.no_bound(value.high)) for flag, value in zip(chosen, values, strict=True)))
    return kept, open_low, open_high


def _without(open_: Sql, end: End, env: Env) -> End:
    return End(env.builder.case([(open_, env.builder.null("int"))], end.num), end.den)


def _fixed(chosen: list[Sql], values: list[Num], env: Env) -> Sql:
    b, n = env.builder, env.numbers
    return b.and_(*(b.or_(b.not_(flag), n.is_fixed(value)) for flag, value in zip(chosen, values, strict=True)))


def extreme_among(how: str, chosen: list[Sql], values: list[Num], env: Env) -> Num:
    """The least or greatest of the numbers that are chosen, of which there is one at least."""
    b, n = env.builder, env.numbers
    kept, open_low, open_high = _ends(chosen, values, env)
    lows, highs = [value.low for value in kept], [value.high for value in kept]
    if how == "max":
        low, high = n.greatest(lows), _without(open_high, n.greatest(highs), env)
    else:
        low, high = _without(open_low, n.least(lows), env), n.least(highs)
    unknown_, undefined = n.either(*kept)
    return n.masked(low, high, unknown_, undefined, _fixed(chosen, values, env) if len(values) else b.false)


def _one_of(chosen: list[Sql], values: list[Num], nothing: Sql, loose: Sql, hulled: Sql, env: Env) -> Num:
    """One of the numbers chosen, or nothing where that is an option.

    Alike ones are that number, but for `hulled`: a fact still says which row it is.
    """
    b, n = env.builder, env.numbers
    zero = n.exact(0)
    chosen, values = [*chosen, nothing], [*values, zero]
    kept, open_low, open_high = _ends(chosen, values, env)
    lows, highs = [value.low for value in kept], [value.high for value in kept]
    low, high = _without(open_low, n.least(lows), env), _without(open_high, n.greatest(highs), env)
    unknown_ = b.or_(*(value.unknown for value in kept))
    some_undefined = b.or_(*(value.undefined for value in kept))
    all_undefined = b.and_(*(b.or_(b.not_(flag), value.undefined) for flag, value in zip(chosen, values, strict=True)))
    alike = b.false  # of exact ones that are alike it need not be said
    if any(value.settled is not b.false for value in values):
        alike = _alike(chosen, values, env)
    lacking = b.or_(unknown_, b.and_(loose, some_undefined, b.not_(all_undefined)))
    undefined = b.and_(some_undefined, b.not_(lacking))
    settled = b.and_(_fixed(chosen, values, env), b.or_(b.not_(loose), alike), b.not_(hulled))
    return n.masked(low, high, b.and_(lacking, b.not_(undefined)), undefined, settled)


def _alike(chosen: list[Sql], values: list[Num], env: Env) -> Sql:
    """Whether all numbers chosen are the same."""
    b, n = env.builder, env.numbers
    pairs = [
        b.or_(b.not_(b.and_(chosen[at], chosen[other])), n.same(values[at], values[other]))
        for at in range(len(values))
        for other in range(at)
    ]
    return b.and_(*pairs)


def _bounded(amount: model.Bounded, env: Env) -> Num:
    """From the lower to the upper end (the upper where they cross); a decision given counts as far as they allow."""
    b, n = env.builder, env.numbers
    low, high = number(amount.low, env), number(amount.high, env)
    anything = n.interval(n.bound(None), n.bound(None), settled=b.boolean(amount.decided is None))
    decided = anything
    if amount.decided is not None:
        decided = number(amount.decided, env)
        decided = replace(decided, unknown=b.false, settled=b.and_(decided.settled, b.not_(decided.unknown)))
    inner = _raw_extreme("max", (decided, low), env)
    return _raw_extreme("min", (inner, high), env)


def _raw_extreme(how: str, values: tuple[Num, Num], env: Env) -> Num:
    return env.numbers.extreme(how, values)


def _brackets(amount: model.Brackets, env: Env) -> Num:
    b, n = env.builder, env.numbers
    base = number(amount.base, env)
    none = b.or_(base.unknown, base.undefined)
    if amount.whole:
        return _capped(_on_whole(amount, base, env), amount.cap, env)
    low = n.choose([(b.and_(n.no_bound(base.low), b.not_(none)), n.bound(0))], _sliced(amount, base.low, env))
    high = low if base.low is base.high and not base.low.num.nullable else _sliced(amount, base.high, env)
    value = Num(low, high, base.unknown, base.undefined, base.settled)
    return _capped(value, amount.cap, env)


def _on_whole(amount: model.Brackets, base: Num, env: Env) -> Num:
    """The range of the rate of a base's own bracket times the base, over all bases between its ends."""
    b, n = env.builder, env.numbers
    low, high, zero = base.low, base.high, n.bound(0)
    first = n.choose([(b.not_(b.holds(n.sign(">", low))), zero)], low)
    one = b.holds(n.cmp("<=", high, first))
    lows: list[End] = []
    highs: list[End] = []
    endless: list[Sql] = []
    rates: list[tuple[Sql, End]] = [(b.holds(n.sign("<=", high)), zero)]
    for index, (over, rate) in reversed(list(enumerate(amount.slices))):
        start = n.bound(over)
        at = ">=" if index == 0 or amount.edge == "upper" else ">"
        rates.append((b.holds(n.cmp(at, high, start)), n.multiply(n.point(high), n.exact(rate)).low))
        left_out = [b.holds(n.cmp("<", high, start))]
        if index and amount.edge == "lower":
            left_out.append(b.holds(n.cmp("=", high, start)))
        end = high
        if index + 1 < len(amount.slices):
            top = n.bound(amount.slices[index + 1][0])
            left_out.append(b.holds(n.cmp("<=" if amount.edge == "upper" else "<", top, first)))
            end = n.least([high, top])
        chosen = b.not_(b.or_(*left_out))
        least = n.multiply(n.point(n.greatest([start, first])), n.exact(rate)).low
        most = zero if rate == 0 else n.multiply(n.point(end), n.exact(rate)).low
        lows.append(End(b.case([(chosen, least.num)], b.null("int")), least.den))
        highs.append(End(b.case([(chosen, most.num)], b.null("int")), most.den))
        endless.append(b.and_(chosen, n.no_bound(most)))
    exact = n.choose([(b.not_(n.is_exact(base)), zero), *rates], zero)
    paid_low = n.choose([(one, exact)], n.least(lows))
    open_high = n.choose([(b.or_(*endless), n.bound(None))], n.greatest(highs))
    paid_high = n.choose([(one, exact)], open_high)
    return n.masked(paid_low, paid_high, base.unknown, base.undefined, base.settled)


def _sliced(amount: model.Brackets, base: End, env: Env) -> End:
    """The sum of every slice of `base` at its rate; no bound of none."""
    b, n = env.builder, env.numbers
    total = n.exact(0)
    for index, (over, rate) in enumerate(amount.slices):
        top = base
        if index + 1 < len(amount.slices):
            top = n.least([base, n.bound(amount.slices[index + 1][0])])
        part = n.subtract(n.point(top), n.exact(over)).low
        total = n.add(total, n.multiply(n.point(n.greatest([part, n.bound(0)])), n.exact(rate)))
    return End(b.case([(n.no_bound(base), b.null("int"))], total.low.num), total.low.den)


def _steps(amount: model.Steps, env: Env) -> Num:
    n = env.numbers
    base, every, per = number(amount.base, env), number(amount.every, env), number(amount.amount, env)
    start = n.exact(0) if amount.over is None else number(amount.over, env)
    count = _counted(n.subtract(base, start), every, env, whole=amount.whole)
    return _capped(n.multiply(count, per), amount.cap, env)


def _counted(rest: Num, size: Num, env: Env, *, whole: bool) -> Num:
    """How many steps fit into `rest`; undefined where a step is nothing, unknown where it may be."""
    b, n = env.builder, env.numbers
    unknown_, undefined = n.either(rest, size)
    given = b.not_(b.or_(unknown_, undefined))
    small = b.coalesce(n.sign("<=", size.low), b.true)
    never = b.or_(n.is_fixed(size), b.coalesce(n.sign("<=", size.high), b.false))
    undefined = b.or_(undefined, b.and_(given, small, never))
    unknown_ = b.or_(unknown_, b.and_(given, small, b.not_(never)))
    if rest.low is rest.high and size.low is size.high and not rest.low.num.nullable and not size.low.num.nullable:
        low = high = _fitting(rest.low, size.low, env, whole=whole)
    else:
        ends_open = b.or_(n.no_bound(rest.low), n.no_bound(size.high))
        low = n.choose([(ends_open, n.bound(0))], _fitting(rest.low, size.high, env, whole=whole))
        high = n.choose(
            [(b.holds(n.sign("<=", rest.high)), n.bound(0)), (n.no_bound(rest.high), n.bound(None))],
            _fitting(rest.high, size.low, env, whole=whole),
        )
    return n.masked(low, high, unknown_, undefined, n.settled(rest, size))


def _fitting(rest: End, size: End, env: Env, *, whole: bool) -> End:
    """How many steps fit; whole ones, or with the part of the last. `size` is positive wherever it is read."""
    b, n = env.builder, env.numbers
    if size.num.is_literal and size.num.value and isinstance(size.den, int):
        quotient = n.multiply(n.point(rest), n.exact(_fraction(size))).low
    else:
        above, below = size.den, rest.den
        if isinstance(above, int) and isinstance(below, int):
            shared = gcd(above, below)
            above, below = above // shared, below // shared
        top = b.multiply(rest.num, n.node(above))
        under = b.multiply(size.num, n.node(below))
        quotient = n.reduced(top, b.greatest(under, b.integer(1)))
    if whole:
        quotient = n.floor(quotient)
    return n.choose([(b.holds(n.sign("<=", rest)), n.bound(0))], quotient)


def _fraction(size: End) -> Exact:
    assert isinstance(size.den, int)
    return Fraction(size.den, int(size.num.value or 1))


def _capped(value: Num, cap: ir.Expr | None, env: Env) -> Num:
    return value if cap is None else env.numbers.extreme("min", (value, number(cap, env)))
