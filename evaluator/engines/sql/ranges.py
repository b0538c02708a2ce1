"""Between which whole numbers a node lies, and what that alone decides of it.

A range is its two ends, each None where it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

Range: TypeAlias = tuple[int | None, int | None]

ANY: Final[Range] = (None, None)
MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
"""Each comparison with its sides exchanged."""


def holds(op: str, a: object, b: object) -> bool:
    """Whether two values compare so."""
    if op in ("=", "<>"):
        return (a == b) is (op == "=")
    assert isinstance(a, int)
    assert isinstance(b, int)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


def decided(op: str, a: Range, b: Range) -> bool | None:
    """What the ranges of two numbers that are never NULL already decide."""
    if op in (">", ">="):
        return decided(MIRRORED[op], b, a)
    (a_low, a_high), (b_low, b_high) = a, b
    if op in ("=", "<>"):
        apart = (a_high is not None and b_low is not None and a_high < b_low) or (
            a_low is not None and b_high is not None and a_low > b_high
        )
        return (op == "<>") if apart else None
    strict = op == "<"
    if a_high is not None and b_low is not None and (a_high < b_low or (a_high == b_low and not strict)):
        return True
    if a_low is not None and b_high is not None and (a_low > b_high or (a_low == b_high and strict)):
        return False
    return None


def extreme(how: object, bounds: Sequence[int | None], *, some: bool = False) -> int | None:
    """The least or greatest bound; None where one is open, or (`some`) where all are."""
    known = [bound for bound in bounds if bound is not None]
    if not known or (len(known) < len(bounds) and not some):
        return None
    return max(known) if how is max else min(known)


def hull(ranges: Iterable[Range]) -> Range:
    """The least range that holds all of these; nothing but 0 where there are none."""
    found = list(ranges)
    if not found:
        return (0, 0)
    return extreme(min, [low for low, _ in found]), extreme(max, [high for _, high in found])


def added(a: int | None, b: int | None) -> int | None:
    """The sum of two bounds, open where one is."""
    return None if a is None or b is None else a + b


def product(a: Range, b: Range) -> Range:
    """The range of a product."""
    (a_low, a_high), (b_low, b_high) = a, b
    if a_low is None or a_high is None or b_low is None or b_high is None:
        floor = 0 if a_low is not None and b_low is not None and a_low >= 0 and b_low >= 0 else None
        return floor, None
    ends = (a_low * b_low, a_low * b_high, a_high * b_low, a_high * b_high)
    return min(ends), max(ends)
