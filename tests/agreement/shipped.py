"""The rules that ship with the package, loaded once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook

RULES = Path(__file__).parents[2] / "rules"


@cache
def shipped() -> Rulebook:
    """The shipped rulebook, whole."""
    return load_rulebook(RULES)
