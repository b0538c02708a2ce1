"""The expression language: FEEL of OMG DMN 1.5, parsed, printed and evaluated.

Reading rules needs the parser alone, so the evaluating half is loaded at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.feel.ast import Node, UnaryTests
from evaluator.feel.errors import FeelError, Problem
from evaluator.feel.parser import parse, parse_unary_tests

if TYPE_CHECKING:
    from evaluator.feel.evaluate import evaluate
    from evaluator.feel.unparse import unparse
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


def __getattr__(name: str) -> object:
    match name:
        case "evaluate":
            from evaluator.feel.evaluate import evaluate as found
        case "unparse":
            from evaluator.feel.unparse import unparse as found
        case "YearsMonths":
            from evaluator.feel.values import YearsMonths as found  # noqa: N813 - any attribute goes by `found`
        case "feel_years_months":
            from evaluator.feel.values import feel_years_months as found
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found
