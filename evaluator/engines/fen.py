"""Rounding to 0.01 yuan, the smallest sum that is paid; exact numbers in yuan in and out."""

from __future__ import annotations

from fractions import Fraction

from evaluator.rulebook.vocabulary import Exact, exact


def half_up(value: Exact) -> Exact:
    """To the nearest fen, a half up."""
    return value if isinstance(value, int) else exact(Fraction((value * 100 + Fraction(1, 2)).__floor__(), 100))


def down(value: Exact) -> Exact:
    """To the fen below."""
    return value if isinstance(value, int) else exact(Fraction((value * 100).__floor__(), 100))


def up(value: Exact) -> Exact:
    """To the fen above."""
    return value if isinstance(value, int) else exact(Fraction((value * 100).__ceil__(), 100))
