"""The shipped rules against their texts: no finding unharmed, every seeded error found."""

from __future__ import annotations

import shutil
from itertools import zip_longest
from pathlib import Path

import pytest

from evaluator.audit.sources import audit_policy, audit_sources, coverage_table
from evaluator.audit.views_yaml import read_policy
from tests.audit.seeding import Fault, faults
from tests.audit.texts import POLICIES, RULES, TEXTS, needs_texts

WANTED = 20


@needs_texts
@pytest.mark.parametrize("policy", POLICIES)
def test_unharmed_rules_agree_with_their_text(policy: str) -> None:
    audit = audit_policy(RULES / policy, TEXTS / f"{policy}.txt")
    assert [item.render() for item in audit.diagnostics] == []
    assert audit.coverage.open_sentences == 0
    assert audit.coverage.open_numerals == 0


@needs_texts
def test_every_policy_has_a_row_of_coverage() -> None:
    rows = coverage_table(audit_sources(RULES, TEXTS))
    assert [row[0] for row in rows] == ["policy", *POLICIES]
    assert len({len(row) for row in rows}) == 1


@needs_texts
@pytest.mark.parametrize("policy", POLICIES)
def test_seeded_errors_are_found(policy: str, tmp_path: Path) -> None:
    folder = tmp_path / policy
    shutil.copytree(RULES / policy, folder)
    seeds = chosen(folder, TEXTS / f"{policy}.txt")
    for file in {seed.file for seed in seeds}:
        text = Path(file).read_text(encoding="utf-8")
        for seed in sorted((item for item in seeds if item.file == file), key=lambda item: -item.start):
            text = text[: seed.start] + seed.text + text[seed.end :]
        Path(file).write_text(text, encoding="utf-8")
    audit = audit_policy(folder, TEXTS / f"{policy}.txt")
    missed = [(seed.what, seed.place, seed.text) for seed in seeds if not any(map(seed.found, audit.diagnostics))]
    assert len(seeds) == WANTED
    assert missed == []


def chosen(folder: Path, text: Path) -> list[Fault]:
    """Twenty faults in twenty sentences, the sorts by turns."""
    policy, rules = read_policy(folder)
    document = audit_policy(folder, text).document
    seeds: list[Fault] = []
    for row in zip_longest(*faults(policy, rules, document)):
        for fault in row:
            # Neighbouring sentences are kept apart: a citation that moves by one must not fill a dropped one.
            near = {(fault.place[0], fault.place[1] + step) for step in (-1, 0, 1)} if fault is not None else set()
            if fault is not None and len(seeds) < WANTED and not near & {seed.place for seed in seeds}:
                seeds.append(fault)
    return seeds
