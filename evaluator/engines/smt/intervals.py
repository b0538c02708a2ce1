"""Numbers that may be known only between bounds, as formulas; arithmetic as in `evaluator.engines.intervals`.

A number is, under an assignment, exactly one of: undefined, unknown (anything or undefined), or from `low` to `high`,
either of which may be absent. A number that is known is an interval of one point. Where everything is given, all flags
are plain `False`, both ends are one term, and what is built is as small as the rule itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias

from evaluator.engines.smt import terms
from evaluator.engines.smt.terms import (
    Logic,
    Quantity,
    Term,
    at_most,
    below,
    both,
    choose,
    either,
    no,
    pick,
    plus,
    same,
    times,
)
from evaluator.engines.smt.truth import Truth
from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact


@row
class Number:
    """Where `undefined` and `unknown` are false: from `low` (unless `no_low`) to `high` (unless `no_high`).

    `settled`: no fact can narrow it. `empty`: undefined because it is a ratio over nobody.
    """

    low: Quantity
    high: Quantity
    no_low: Logic = False
    no_high: Logic = False
    undefined: Logic = False
    unknown: Logic = False
    settled: Logic = False
    empty: Logic = False

    @property
    def plain(self) -> bool:
        """Whether it is always known."""
        flags = (self.no_low, self.no_high, self.undefined, self.unknown)
        return all(flag is False for flag in flags) and _identical(self.low, self.high)

    @property
    def ranged(self) -> Logic:
        """When it has bounds: neither undefined nor unknown."""
        return no(either(self.undefined, self.unknown))

    @property
    def known(self) -> Logic:
        """When it is one number."""
        if _identical(self.low, self.high):
            point: Logic = True
        else:
            point = same(self.low, self.high)
        return both(self.ranged, no(self.no_low), no(self.no_high), point)

    @property
    def closed(self) -> Logic:
        """When it is known, or no fact can narrow it."""
        return either(self.settled, self.known)


def _identical(left: Quantity, right: Quantity) -> bool:
    return left is right or (not isinstance(left, Term) and not isinstance(right, Term) and left == right)


def known(value: Quantity) -> Number:
    """A number that is known."""
    return Number(value, value)


UNKNOWN: Final = Number(0, 0, unknown=True)
UNDEFINED: Final = Number(0, 0, undefined=True)
Operation: TypeAlias = Literal["<", "<=", ">", ">="]


def interval(low: Exact | None, high: Exact | None, settled: Logic = False) -> Number:
    """The interval with these bounds; None is none."""
    return Number(
        0 if low is None else low, 0 if high is None else high, low is None, high is None, False, False, settled
    )


def when(condition: Logic, then: Number, otherwise: Number) -> Number:
    """`then` where the condition holds, else `otherwise`."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    low = choose(condition, then.low, otherwise.low)
    high = low if then.plain and otherwise.plain else choose(condition, then.high, otherwise.high)
    return Number(
        low,
        high,
        pick(condition, then.no_low, otherwise.no_low),
        pick(condition, then.no_high, otherwise.no_high),
        pick(condition, then.undefined, otherwise.undefined),
        pick(condition, then.unknown, otherwise.unknown),
        pick(condition, then.settled, otherwise.settled),
        pick(condition, then.empty, otherwise.empty),
    )


# ------------------------------------------------------------------ comparison


def compare(op: Operation, left: Number, right: Number) -> Truth:
    """`left op right` where all of both agree; else unknown."""
    if op in (">", ">="):
        left, right = right, left
        op = "<" if op == ">" else "<="
    order, other = (below, at_most) if op == "<" else (at_most, below)
    if left.plain and right.plain:
        holds = order(left.low, right.low)
        return Truth(holds, no(holds))
    ranged = both(left.ranged, right.ranged)
    true = both(ranged, no(left.no_high), no(right.no_low), order(left.high, right.low))
    false = both(ranged, no(true), no(left.no_low), no(right.no_high), other(right.high, left.low))
    return _decided(true, false, left, right, ranged)


def equal(left: Number, right: Number) -> Truth:
    """Whether two numbers are the same."""
    if left.plain and right.plain:
        holds = same(left.low, right.low)
        return Truth(holds, no(holds))
    ranged = both(left.ranged, right.ranged)
    apart = either(
        both(no(left.no_high), no(right.no_low), below(left.high, right.low)),
        both(no(left.no_low), no(right.no_high), below(right.high, left.low)),
    )
    true = both(left.known, right.known, same(left.low, right.low))
    return _decided(true, both(ranged, no(true), apart), left, right, ranged)


def _decided(true: Logic, false: Logic, left: Number, right: Number, ranged: Logic) -> Truth:
    """What is neither true nor false: indeterminate when a side is undefined, or no fact can narrow either side."""
    undefined = either(left.undefined, right.undefined)
    open_ = both(ranged, no(both(left.closed, right.closed)))
    unknown = both(no(undefined), no(true), no(false), either(left.unknown, right.unknown, open_))
    return Truth(true, false, unknown)


# ------------------------------------------------------------------ arithmetic


def add(left: Number, right: Number) -> Number:
    """The sum."""
    if left.plain and right.plain:
        return known(plus(left.low, right.low))
    return _partly(
        left,
        right,
        Number(
            plus(left.low, right.low),
            plus(left.high, right.high),
            either(left.no_low, right.no_low),
            either(left.no_high, right.no_high),
            settled=both(left.closed, right.closed),
        ),
    )


def _partly(left: Number, right: Number, result: Number) -> Number:
    """`result` where both have bounds; else undefined or unknown as they are."""
    undefined = either(left.undefined, right.undefined)
    unknown = both(no(undefined), either(left.unknown, right.unknown))
    return Number(
        result.low,
        result.high,
        result.no_low,
        result.no_high,
        either(undefined, both(no(unknown), result.undefined)),
        either(unknown, both(no(undefined), result.unknown)),
        result.settled,
        either(both(left.undefined, left.empty), both(no(left.undefined), right.undefined, right.empty)),
    )


def negate(value: Number) -> Number:
    """The number with its sign changed; the bounds change places."""
    low = terms.minus(value.high)
    high = low if _identical(value.low, value.high) else terms.minus(value.low)
    return Number(low, high, value.no_high, value.no_low, value.undefined, value.unknown, value.settled, value.empty)


def subtract(left: Number, right: Number) -> Number:
    """The difference."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """The product."""
    if left.plain and right.plain:
        return known(times(left.low, right.low))
    for one, other in ((left, right), (right, left)):
        if one.plain and not isinstance(one.low, Term):
            return _partly(left, right, _scaled(other, one.low))
    corners = [
        _corner(x, x_none, i, y, y_none, j)
        for x, x_none, i in ((left.low, left.no_low, -1), (left.high, left.no_high, 1))
        for y, y_none, j in ((right.low, right.no_low, -1), (right.high, right.no_high, 1))
    ]
    low, _ = _fold(terms.least, [(corner.value, no(corner.above)) for corner in corners])
    high, _ = _fold(terms.greatest, [(corner.value, no(corner.below)) for corner in corners])
    no_low = either(*(corner.below for corner in corners))
    no_high = either(*(corner.above for corner in corners))
    return _partly(left, right, Number(low, high, no_low, no_high, settled=both(left.closed, right.closed)))


def _scaled(value: Number, factor: Exact) -> Number:
    """The number times a constant."""
    if factor == 0:
        return known(0)
    low, high = times(value.low, factor), times(value.high, factor)
    no_low, no_high = value.no_low, value.no_high
    if factor < 0:
        low, high, no_low, no_high = high, low, no_high, no_low
    return Number(low, high, no_low, no_high, settled=value.closed)


@row
class _Corner:
    """The product of two bounds: `value`, unless it is infinite above or below."""

    value: Quantity
    above: Logic
    below: Logic


def _corner(x: Quantity, x_none: Logic, i: int, y: Quantity, y_none: Logic, j: int) -> _Corner:
    zero = either(both(no(x_none), same(x, 0)), both(no(y_none), same(y, 0)))
    infinite = both(either(x_none, y_none), no(zero))
    x_up, y_up = pick(x_none, i > 0, below(0, x)), pick(y_none, j > 0, below(0, y))
    up = terms.alike(x_up, y_up)
    value = times(choose(x_none, 0, x), choose(y_none, 0, y))
    return _Corner(value, both(infinite, up), both(infinite, no(up)))


def _fold(
    join: Callable[[Quantity, Quantity], Quantity], values: Sequence[tuple[Quantity, Logic]]
) -> tuple[Quantity, Logic]:
    """The least or greatest of those that are there, and whether any is."""
    result, some = values[0]
    for value, there in values[1:]:
        joined = join(result, value)
        result = choose(both(some, there), joined, choose(there, value, result))
        some = either(some, there)
    return result, some


def divide(left: Number, right: Number) -> Number:
    """The quotient; undefined where the divisor is zero, unknown where it may be."""
    if right.plain and not isinstance(right.low, Term):
        if right.low == 0:
            return UNDEFINED if left.undefined is False else Number(0, 0, undefined=True, empty=left.empty)
        return multiply(left, known(terms.over(1, right.low)))
    by_known = _by_known(left, right)
    if right.plain:
        return by_known
    zero = both(
        either(right.no_low, at_most(right.low, 0)),
        either(right.no_high, at_most(0, right.high)),
    )
    above = both(no(right.no_low), below(0, right.low))
    upper = terms.over(1, choose(same(right.low, 0), 1, right.low))
    lower = terms.over(1, choose(same(right.high, 0), 1, right.high))
    has_upper = both(no(right.no_low), no(same(right.low, 0)))
    has_lower = both(no(right.no_high), no(same(right.high, 0)))
    inverse = Number(
        choose(both(above, no(has_lower)), 0, lower),
        choose(both(no(above), no(has_upper)), 0, upper),
        both(no(above), no(has_lower)),
        both(above, no(has_upper)),
        settled=right.settled,
    )
    plain = multiply(Number(left.low, left.high, left.no_low, left.no_high, settled=left.settled), inverse)
    result = when(zero, when(right.settled, UNDEFINED, UNKNOWN), plain)
    return when(right.known, by_known, _partly(left, right, result))


def _by_known(left: Number, right: Number) -> Number:
    """The quotient where the divisor is known."""
    zero = same(right.low, 0)
    if left.plain:
        value = terms.over(left.low, right.low)
        return Number(value, value, undefined=zero)
    inverse = terms.over(1, right.low)
    product = multiply(left, known(inverse))
    return when(both(zero, no(left.undefined)), UNDEFINED, product)


def extreme(how: Literal["min", "max"], values: Sequence[Number], there: Sequence[Logic] | None = None) -> Number:
    """The least (`min`) or greatest (`max`) of those that are `there` (by default all)."""
    present: Sequence[Logic] = [True] * len(values) if there is None else there
    join = terms.least if how == "min" else terms.greatest
    if all(value.plain for value in values):
        value, _ = _fold(join, [(value.low, here) for value, here in zip(values, present, strict=True)])
        return known(value)
    pairs = list(zip(values, present, strict=True))
    undefined = either(*(both(here, value.undefined) for value, here in pairs))
    unknown = both(no(undefined), either(*(both(here, value.unknown) for value, here in pairs)))
    low, some_low = _fold(join, [(value.low, both(here, no(value.no_low))) for value, here in pairs])
    high, some_high = _fold(join, [(value.high, both(here, no(value.no_high))) for value, here in pairs])
    open_low = either(*(both(here, value.no_low) for value, here in pairs))
    open_high = either(*(both(here, value.no_high) for value, here in pairs))
    return Number(
        low,
        high,
        no(some_low) if how == "max" else open_low,
        no(some_high) if how == "min" else open_high,
        undefined,
        unknown,
        both(*(either(no(here), value.closed) for value, here in pairs)),
        _empty(pairs),
    )


def _empty(pairs: Sequence[tuple[Number, Logic]]) -> Logic:
    """Whether the first that is undefined is a ratio over nobody."""
    result: Logic = False
    for value, here in reversed(pairs):
        result = pick(both(here, value.undefined), value.empty, result)
    return result


def hull(values: Sequence[Number], there: Sequence[Logic] | None = None) -> Number:
    """The smallest interval that holds all of them; unknown when one may be undefined."""
    present: Sequence[Logic] = [True] * len(values) if there is None else there
    pairs = list(zip(values, present, strict=True))
    undefined = both(*(either(no(here), value.undefined) for value, here in pairs))
    unknown = both(no(undefined), either(*(both(here, no(value.ranged)) for value, here in pairs)))
    low, high, no_low, no_high = _widest(pairs)
    return Number(low, high, no_low, no_high, undefined, unknown, False, both(undefined, _empty(pairs)))


def undecidable(values: Sequence[Number], there: Sequence[Logic] | None = None) -> Number:
    """One of these values, and no fact says which: their hull, which only a fact behind a value itself can narrow."""
    present: Sequence[Logic] = [True] * len(values) if there is None else there
    pairs = list(zip(values, present, strict=True))
    unknown = either(*(both(here, value.unknown) for value, here in pairs))
    undefined = both(no(unknown), either(*(both(here, value.undefined) for value, here in pairs)))
    low, high, no_low, no_high = _widest(pairs)
    settled = both(*(either(no(here), value.closed) for value, here in pairs))
    return Number(low, high, no_low, no_high, undefined, unknown, settled, both(undefined, _empty(pairs)))


def _widest(pairs: Sequence[tuple[Number, Logic]]) -> tuple[Quantity, Quantity, Logic, Logic]:
    low, _ = _fold(terms.least, [(value.low, here) for value, here in pairs])
    high, _ = _fold(terms.greatest, [(value.high, here) for value, here in pairs])
    no_low = either(*(both(here, value.no_low) for value, here in pairs))
    no_high = either(*(both(here, value.no_high) for value, here in pairs))
    return low, high, no_low, no_high


def identical(left: Number, right: Number) -> Logic:
    """Whether two numbers are the same in all that can be told of them."""
    if left.plain and right.plain:
        return same(left.low, right.low)
    bounds = both(
        terms.alike(left.no_low, right.no_low),
        either(left.no_low, same(left.low, right.low)),
        terms.alike(left.no_high, right.no_high),
        either(left.no_high, same(left.high, right.high)),
        terms.alike(left.closed, right.closed),
    )
    return either(
        both(left.undefined, right.undefined),
        both(left.unknown, right.unknown),
        both(left.ranged, right.ranged, bounds),
    )


def joined(condition: Truth, then: Number, otherwise: Number) -> Number:
    """`if condition then … else …`; undecided, the hull of both branches."""
    if condition.unknown is False and condition.indeterminate is False:
        return when(condition.true, then, otherwise)
    settled = condition.indeterminate
    loose = when(settled, undecidable([then, otherwise]), hull([then, otherwise]))
    numbers = when(either(then.unknown, otherwise.unknown), UNKNOWN, loose)
    common = when(identical(then, otherwise), then, numbers)
    return when(condition.true, then, when(condition.false, otherwise, common))


def rounded(how: Literal["floor", "ceiling", "abs"], value: Number) -> Number:
    """`floor`, `ceiling` or `abs`."""
    low, high = _whole(how, value.low), _whole(how, value.high)
    if value.plain:
        return known(low)
    rest = (value.undefined, value.unknown, value.settled, value.empty)
    if how != "abs":
        return Number(low, high, value.no_low, value.no_high, *rest)
    inside = both(either(value.no_low, at_most(value.low, 0)), either(value.no_high, at_most(0, value.high)))
    smallest, some = _fold(terms.least, [(low, no(value.no_low)), (high, no(value.no_high))])
    open_high = either(value.no_low, value.no_high)
    return Number(choose(either(inside, no(some)), 0, smallest), terms.greatest(low, high), False, open_high, *rest)


def _whole(how: str, end: Quantity) -> Quantity:
    if how == "abs":
        return choose(at_most(0, end), end, terms.minus(end))
    return terms.floor(end) if how == "floor" else terms.minus(terms.floor(terms.minus(end)))
