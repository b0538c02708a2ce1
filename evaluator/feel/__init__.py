"""The expression language: FEEL of OMG DMN 1.5, parsed, printed and evaluated.

Reading rules needs the parser alone, so the evaluating half is loaded at its first use. (Its modules may not be named
like the functions here: importing a submodule sets the attribute of its name.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.feel.ast import Node, UnaryTests
from evaluator.feel.errors import FeelError, Problem
from evaluator.feel.parser import parse, parse_unary_tests

if TYPE_CHECKING:
    from evaluator.feel.evaluation import evaluate
    from evaluator.feel.unparsing import unparse
    from evaluator.feel.values import YearsMonths, feel_years_months

__all__ = [
    "FeelError",
    "Node",
    "Problem",
    "UnaryTests",
    "YearsMonths",
    "evaluate",
    "feel_years_months",
    "parse",
    "parse_unary_tests",
    "unparse",
]

_LATER = {
    "YearsMonths": "evaluator.feel.values",
    "evaluate": "evaluator.feel.evaluation",
    "feel_years_months": "evaluator.feel.values",
    "unparse": "evaluator.feel.unparsing",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(_LATER[name]), name)
    return found
