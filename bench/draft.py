"""Prints how near drafts come to the finished rules: `python bench/draft.py RULES TEXTS`."""

from __future__ import annotations

import sys
from pathlib import Path

from evaluator.audit.draft_score import score_folder
from evaluator.audit.views_yaml import read_policy


def main(rules: Path, texts: Path) -> None:
    """One line per policy and one for all: numerals, duties, stubs that match."""
    sums = [[0, 0], [0, 0], [0, 0]]
    for folder in sorted(path.parent for path in rules.glob("*/policy.yaml")):
        source = read_policy(folder)[0].source
        if source is None or not (texts / source).is_file():
            continue
        result = score_folder(folder, texts / source)
        measures = (result.numerals, result.duties, result.stubs)
        for total, measure in zip(sums, measures, strict=True):
            total[0] += measure[0]
            total[1] += measure[1]
        print(_line(folder.name, measures))
    print(_line("all", [(hits, total) for hits, total in sums]))


def _line(name: str, measures: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> str:
    shares = (
        f"{word} {hits}/{total} ({1000 * hits // total / 10 if total else 100}%)"
        for word, (hits, total) in zip(("numerals", "duties", "stubs"), measures, strict=True)
    )
    return f"{name:16} {'  '.join(shares)}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
