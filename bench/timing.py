"""Interleaved medians and bounds. All times are whole nanoseconds, all ratios exact."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low
from time import perf_counter_ns, process_time_ns
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measured bound: `value` is at most (or, with `least`, at least) `bound`; `detail` says what was measured.

    Without a bound it is told only.
    """

    name: str
    value: Fraction
    bound: Fraction | None
    unit: str
    detail: str
    least: bool = False

    @property
    def held(self) -> bool:
        """Whether the bound holds, if there is one."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.least else self.value <= self.bound


WALL: Final[Clock] = perf_counter_ns
PROCESSOR: Final[Clock] = process_time_ns
"""The time of this process alone: what other programs take from a busy machine is not counted."""


def interleaved(works: Sequence[Callable[[], object]], rounds: int, clock: Clock) -> tuple[int, ...]:
    """The median time of each work in nanoseconds; one of each in turn, `rounds` times, so that all meet the same load.

    What a work returns is released outside its time.
    """
    times: list[list[int]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            gc.collect()
            start = clock()
            made = work()
            taken.append(clock() - start)
            del made
    return tuple(median_low(taken) for taken in times)


def decimal(value: Fraction, places: int) -> str:
    """`value` rounded half up to so many decimals, with thousands marked."""
    scaled = (value * 10**places * 2 + 1) // 2
    whole, part = divmod(scaled, 10**places)
    return f"{whole:,}" + (f".{part:0{places}}" if places else "")


def milliseconds(nanoseconds: int) -> str:
    """A time for people."""
    return f"{decimal(Fraction(nanoseconds, 1_000_000), 1)} ms"


def table(results: Sequence[Result]) -> str:
    """The results as lines of text: what, measured, bound, whether it holds, and how it came about."""
    head = ("measurement", "measured", "bound", "", "how")
    rows = [head, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _row(result: Result) -> tuple[str, str, str, str, str]:
    bound = result.bound
    if bound is None:
        return result.name, f"{decimal(result.value, 2)}{result.unit}", "", "told", result.detail
    places = 0 if result.least and min(result.value, bound) >= 10 else 2
    sign = ">=" if result.least else "<="
    return (
        result.name,
        f"{decimal(result.value, places)}{result.unit}",
        f"{sign} {decimal(bound, min(places, 1))}{result.unit}",
        "held" if result.held else "MISSED",
        result.detail,
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, measured, bound, held, how = row
    cells = (name.ljust(widths[0]), measured.rjust(widths[1]), bound.rjust(widths[2]), held.ljust(widths[3]), how)
    return "  ".join(cells).rstrip()
