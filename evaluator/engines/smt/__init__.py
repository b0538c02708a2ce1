"""The solver engine: what no profile, or some profile, can bring about, over all profiles of a kind at once.

Read `world` (the variables), `walk` (expressions), `amounts`, `selection`, `payment` and `awards` (what is paid),
`findings` (outcomes), `stacking` and `totals` (sums), `solver` (the question): the same nodes, arm for arm, as the
reference engine reads, answered for every profile instead of one.
"""

from __future__ import annotations

from evaluator.engines.smt.findings import OUTCOMES, Answer, answers
from evaluator.engines.smt.profiles import profile_of, values_of
from evaluator.engines.smt.solver import Found, Never, Reply, Unsure, ask, require
from evaluator.engines.smt.stacking import Stacked, stacked
from evaluator.engines.smt.totals import Totals, totals
from evaluator.engines.smt.world import World

__all__ = [
    "OUTCOMES",
    "Answer",
    "Found",
    "Never",
    "Reply",
    "Stacked",
    "Totals",
    "Unsure",
    "World",
    "answers",
    "ask",
    "profile_of",
    "require",
    "stacked",
    "totals",
    "values_of",
]
