"""How near drafts come to the finished rules; by itself, policy by policy: `python -m bench.draft RULES TEXTS`."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Final

from bench.timing import Result
from evaluator.audit.draft_score import DraftScore, score_folder
from evaluator.audit.views_yaml import read_policy
from evaluator.rulebook.shipped import rules_folder

TEXTS: Final = Path(__file__).parents[2] / "shared" / "policies"
BOUNDS: Final = (
    ("numerals of the rules in drafted stubs", "numerals", 95),
    ("duties with a drafted stub at their sentence", "duties", 85),
    ("drafted stubs that match a rule", "stubs", 75),
)


def measure() -> list[Result]:
    """The three shares over all policies whose texts lie in `../shared/policies`; nothing without the texts."""
    scores = scored(rules_folder(), TEXTS)
    if not scores:
        print(f"not measured: drafts, for want of the texts in {TEXTS.parent.name}/{TEXTS.name} beside the checkout")
        return []
    results = []
    for name, part, bound in BOUNDS:
        hits, total = (sum(pair) for pair in zip(*(getattr(score, part) for score in scores.values()), strict=True))
        detail = f"{hits} of {total} over {len(scores)} policies"
        results.append(Result(name=name, value=Fraction(100 * hits, total), bound=Fraction(bound), unit=" %",
                              detail=detail, least=True))  # fmt: skip
    return results


def scored(rules: Path, texts: Path) -> dict[str, DraftScore]:
    """The score of every policy whose text is there."""
    found: dict[str, DraftScore] = {}
    for folder in sorted(path.parent for path in rules.glob("*/policy.yaml")):
        source = read_policy(folder)[0].source
        if source is not None and (texts / source).is_file():
            found[folder.name] = score_folder(folder, texts / source)
    return found


def main(rules: Path, texts: Path) -> None:
    """One line per policy and one for all: numerals, duties, stubs that match."""
    sums = [[0, 0], [0, 0], [0, 0]]
    for name, result in scored(rules, texts).items():
        measures = (result.numerals, result.duties, result.stubs)
        for total, measure in zip(sums, measures, strict=True):
            total[0] += measure[0]
            total[1] += measure[1]
        print(_line(name, measures))
    print(_line("all", [(hits, total) for hits, total in sums]))


def _line(name: str, measures: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> str:
    shares = (
        f"{word} {hits}/{total} ({1000 * hits // total / 10 if total else 100}%)"
        for word, (hits, total) in zip(("numerals", "duties", "stubs"), measures, strict=True)
    )
    return f"{name:16} {'  '.join(shares)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
