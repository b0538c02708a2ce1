"""`coverage_floor.py REPORT.json PERCENT`: lines and branches, each on its own, must reach it; else exit code 1."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(report: Path, floor: int) -> int:
    """0 when both shares reach `floor` per cent."""
    totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    held = True
    for word, covered, of in (
        ("lines", totals["covered_lines"], totals["num_statements"]),
        ("branches", totals["covered_branches"], totals["num_branches"]),
    ):
        reached = 100 * covered >= floor * of
        held = held and reached
        share = 10_000 * covered // of
        verdict = "held" if reached else "MISSED"
        print(f"{word:<9} {covered:>6} of {of:>6}  {share // 100}.{share % 100:02}%  >= {floor}%  {verdict}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
