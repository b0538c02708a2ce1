"""Loading and checking the whole rulebook, against PyYAML's C loader composing the same files."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import yaml

import evaluator
from bench.timing import PROCESSOR, Result, interleaved, milliseconds
from evaluator.rulebook.shipped import rules_folder

ROUNDS: Final = 9
BOUND: Final = Fraction(3)


def measure() -> list[Result]:
    """The ratio of the two medians, in one process with all modules imported.

    The texts are in memory for the YAML library, and nothing keeps its nodes; the rulebook is read from its files.
    Raises AttributeError where PyYAML was built without its C loader.
    """
    rulebook = evaluator.load()
    texts = [(rules_folder() / name).read_text(encoding="utf-8") for name in rulebook.files]

    def compose() -> None:
        for text in texts:
            list(yaml.compose_all(text, Loader=yaml.CSafeLoader))

    composed, loaded = interleaved([compose, evaluator.load], ROUNDS, PROCESSOR)
    return [
        Result(
            name="loading and checking the whole rulebook",
            value=Fraction(loaded, composed),
            bound=BOUND,
            unit=" x",
            detail=f"{len(rulebook.rules):,} rules in {milliseconds(loaded)} against {milliseconds(composed)} "
            f"to compose {len(texts)} files, medians of {ROUNDS}",
        )
    ]
