"""What amounts come to once their parts are known: tables, brackets, steps, rounding; the same for every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import assert_never

from evaluator.engines import fen
from evaluator.engines.intervals import Bound, Number, Undefined, add, between, ends, extreme
from evaluator.engines.truth import UNKNOWN, Truth
from evaluator.rulebook import model
from evaluator.rulebook.values import Interval
from evaluator.rulebook.vocabulary import Exact, exact


def payable(value: Number) -> tuple[Exact, Bound]:
    """Guaranteed and potential: floored at nothing, rounded half up to the fen."""
    low, high = ends(value)
    guaranteed = fen.half_up(max(low, 0)) if low is not None else 0
    return guaranteed, None if high is None else fen.half_up(max(high, 0))


def rounded_to(rounding: model.Rounding, value: Number) -> Number:
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


def hit(
    policy: str, certain: list[Number], possible: list[Number], join: Callable[[Sequence[Number]], Number]
) -> Number:
    """The value of a table from the rows that hold and those that may hold; `join` is what choosing between values is.

    Rows that apply together where only one may are an amount between theirs, which no fact narrows.
    """
    if policy == "C+":
        result: Number = 0
        for value in certain:
            result = add(result, value)
        for value in possible:
            result = add(result, join([0, value]))
        return result
    if policy in ("C<", "C>") and certain:
        how = "min" if policy == "C<" else "max"
        decided = extreme(how, certain)
        return join([decided, extreme(how, certain + possible)]) if possible else decided
    options = certain + possible if certain else [0, *possible]
    return options[0] if all(value == options[0] for value in options) else join(options)


def bracketed(amount: model.Brackets, base: Number) -> Number:
    """What the brackets give for a base, on slices or on the whole of it, before the cap."""
    if isinstance(base, Truth | Undefined):
        return base
    low, high = ends(base)
    settled = isinstance(base, Interval) and base.settled
    if amount.whole:
        return _on_whole(amount, low, high, settled=settled)
    most = None if high is None else sliced(amount, high)
    return between(0 if low is None else sliced(amount, low), most, settled=settled)


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


def sliced(amount: model.Brackets, base: Exact) -> Exact:
    """The sum of every slice of `base` at its rate."""
    total: Exact = 0
    for index, (over, rate) in enumerate(amount.slices):
        top = amount.slices[index + 1][0] if index + 1 < len(amount.slices) else base
        part = min(base, top) - over
        if part > 0:
            total += part * rate
    return exact(total)


def counted(amount: model.Steps, rest: Number, size: Number) -> Number:
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
        0 if low is None or size_high is None else steps_in(amount, low, size_high),
        0 if high is not None and high <= 0 else None if high is None else steps_in(amount, high, size_low),
        settled=settled,
    )


def steps_in(amount: model.Steps, rest: Exact, size: Exact) -> Exact:
    """How many steps fit; whole ones, or with the part of the last."""
    if rest <= 0:
        return 0
    quotient = Fraction(rest) / size
    return quotient.__floor__() if amount.whole else exact(quotient)
