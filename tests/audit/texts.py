"""The source texts, where they lie beside the repository; tests that read them are skipped elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

TEXTS = Path(__file__).parents[2].parent / "shared" / "policies"
RULES = Path(__file__).parents[2] / "rules"
POLICIES = ("chengde-2023", "guangdong-2016", "henan-2018", "linxia-2023", "xianning-2016")

# The texts are not ours to distribute; where they lie beside the clone, as in CI, nothing is skipped.
needs_texts = pytest.mark.skipif(
    not all((TEXTS / f"{policy}.txt").is_file() for policy in POLICIES),
    reason="the source texts are not distributed with the repository",
)
