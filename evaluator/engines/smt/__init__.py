"""The solver engine: what no profile, or some profile, can bring about, over all profiles of a kind at once.

Read `world` (the variables), `walk` (expressions), `amounts` and `findings` (rules), `solver` (the question): the same
nodes, arm for arm, as the reference engine reads, answered for every profile instead of one.
"""

from __future__ import annotations

from evaluator.engines.smt.findings import OUTCOMES, Answer, answers
from evaluator.engines.smt.profiles import profile_of, values_of
from evaluator.engines.smt.solver import Found, Never, Reply, Unsure, ask, require
from evaluator.engines.smt.world import World

__all__ = [
    "OUTCOMES",
    "Answer",
    "Found",
    "Never",
    "Reply",
    "Unsure",
    "World",
    "answers",
    "ask",
    "profile_of",
    "require",
    "values_of",
]
