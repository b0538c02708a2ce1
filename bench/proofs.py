"""Every property of the whole rulebook in one run, and a single question about a table or a pair of rules."""

from __future__ import annotations

from fractions import Fraction
from statistics import median_low
from time import perf_counter_ns
from typing import Final

import evaluator
from bench.timing import Result
from evaluator.advise import prove

PROCESSES: Final = 2
RUN: Final = Fraction(60)
QUESTION: Final = Fraction(200)
TABLES_AND_PAIRS: Final = frozenset({"table-overlap", "table-gap", "same-matter", "targets-agree", "duties-agree"})


def measure() -> list[Result]:
    """One run by the clock on the wall, in two processes; each question is timed from its formula to its answer."""
    rulebook = evaluator.load()
    begun = perf_counter_ns()
    report = prove(rulebook, processes=PROCESSES)
    seconds = Fraction(perf_counter_ns() - begun, 10**9)
    times = [took for about, took in report.times if about in TABLES_AND_PAIRS]
    return [
        Result(
            name="every property of the whole rulebook",
            value=seconds,
            bound=RUN,
            unit=" s",
            detail=f"{len(rulebook.rules):,} rules, {len(report.times):,} questions, {PROCESSES} processes",
        ),
        Result(
            name="one question about a table or a pair of rules",
            value=Fraction(median_low(times)),
            bound=QUESTION,
            unit=" ms",
            detail=f"median of {len(times)}, the longest {max(times)} ms",
        ),
    ]
