"""The four truth values as formulas: when a condition is true, when false, when unknown; indeterminate is the rest.

The combinations are those of `evaluator.engines.truth`, table for table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evaluator.engines.smt.terms import Logic, at_most, below, both, either, how_many, no, pick, plus
from evaluator.record import row


@row
class Truth:
    """When the value is true, false and unknown; at most one of the three, and none of them is indeterminate."""

    true: Logic
    false: Logic
    unknown: Logic = False

    @property
    def indeterminate(self) -> Logic:
        """When no fact can settle it."""
        return no(either(self.true, self.false, self.unknown))


TRUE: Final = Truth(True, False)
FALSE: Final = Truth(False, True)
UNKNOWN: Final = Truth(False, False, True)
INDETERMINATE: Final = Truth(False, False, False)


def known(value: Logic) -> Truth:
    """A truth value that is true or false."""
    return Truth(value, no(value))


def all_of(values: Sequence[Truth]) -> Truth:
    """False > unknown > indeterminate > true."""
    false = either(*(value.false for value in values))
    unknown = both(no(false), either(*(value.unknown for value in values)))
    return Truth(both(*(value.true for value in values)), false, unknown)


def any_of(values: Sequence[Truth]) -> Truth:
    """True > unknown > indeterminate > false."""
    true = either(*(value.true for value in values))
    unknown = both(no(true), either(*(value.unknown for value in values)))
    return Truth(true, both(*(value.false for value in values)), unknown)


def negation(value: Truth) -> Truth:
    """Swaps true and false, keeps the other two."""
    return Truth(value.false, value.true, value.unknown)


def at_least(n: int, values: Sequence[Truth]) -> Truth:
    """Whether `n` or more hold: what all ways of settling the unknown ones agree on, else unknown."""
    true = how_many(value.true for value in values)
    unknown = how_many(value.unknown for value in values)
    indeterminate = how_many(value.indeterminate for value in values)
    holds = at_most(n, true)
    fails = below(plus(plus(true, unknown), indeterminate), n)
    open_low = both(no(holds), at_most(n, plus(true, indeterminate)))
    settled = both(open_low, below(plus(true, unknown), n))
    return Truth(holds, fails, no(either(holds, fails, settled)))


def when(condition: Logic, then: Truth, otherwise: Truth) -> Truth:
    """`then` where the condition holds, else `otherwise`."""
    return Truth(
        pick(condition, then.true, otherwise.true),
        pick(condition, then.false, otherwise.false),
        pick(condition, then.unknown, otherwise.unknown),
    )


def same(left: Truth, right: Truth) -> Truth:
    """Whether two truth values are equal: indeterminate > unknown > the comparison."""
    undecided = either(left.indeterminate, right.indeterminate)
    unknown = both(no(undecided), either(left.unknown, right.unknown))
    equal = either(both(left.true, right.true), both(left.false, right.false))
    differ = either(both(left.true, right.false), both(left.false, right.true))
    return Truth(equal, differ, unknown)


def joined(condition: Truth, then: Truth, otherwise: Truth) -> Truth:
    """`if condition then … else …`; undecided, what both branches have in common."""
    equal = either(
        both(then.true, otherwise.true),
        both(then.false, otherwise.false),
        both(then.unknown, otherwise.unknown),
        both(then.indeterminate, otherwise.indeterminate),
    )
    loose = either(no(condition.indeterminate), then.unknown, otherwise.unknown)
    common = Truth(
        both(equal, then.true), both(equal, then.false), either(both(equal, then.unknown), both(no(equal), loose))
    )
    return when(condition.true, then, when(condition.false, otherwise, common))
