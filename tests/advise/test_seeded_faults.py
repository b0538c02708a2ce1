"""Faults seeded in the shipped policies are found: by `prove` without the original, or by `diff` with a true witness.

A sample runs with the suite; `SEEDED_FAULTS=120` runs as many, and `SEEDED_FAULTS_SEED` draws others.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evaluator.advise import Status, prove
from evaluator.advise.meaning import changes
from evaluator.advise.solved import Solved, installed
from evaluator.advise.witness import Witness
from evaluator.engines.decide import decide
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from tests.advise.seeding import KINDS, Mutant, mutants, original, places

pytestmark = pytest.mark.skipif(not installed(), reason="the solver's library is an extra")

COUNT = int(os.environ.get("SEEDED_FAULTS", "20"))
SEED = int(os.environ.get("SEEDED_FAULTS_SEED", "6"))
DRAWN = mutants(COUNT, SEED)


def _name(mutant: Mutant) -> str:
    return f"{mutant.kind}-{mutant.policy}-{mutant.rule}".replace(" ", "-")


@pytest.mark.parametrize("mutant", [one for one in DRAWN if one.about], ids=_name)
def test_prove_finds_it_without_the_original(tmp_path: Path, mutant: Mutant) -> None:
    book = load_rulebook(mutant.write(tmp_path))
    rules = [id for id in book.rules if id.split("/")[-1] in (mutant.rule, f"{mutant.rule}-again")]
    found = prove(book, rules=rules, properties=mutant.about)
    failing = [verdict for verdict in found.verdicts if verdict.status is Status.FAILS]
    assert failing
    assert all(verdict.rules[0].id in rules and verdict.rules[0].cite for verdict in failing)


@pytest.mark.parametrize("mutant", [one for one in DRAWN if not one.about], ids=_name)
def test_diff_tells_what_it_changes(tmp_path: Path, mutant: Mutant) -> None:
    old = load_rulebook(original(mutant.policy, tmp_path / "old"))
    new = load_rulebook(mutant.write(tmp_path / "new"))
    found = changes(old, new, Solved())
    if mutant.same:
        assert all(change.verdict == "equivalent" and change.proved for change in found)
        return
    (change,) = found
    assert change.id.split("/")[-1] == mutant.rule
    assert change.verdict not in ("equivalent", "unproved")
    assert change.witnesses
    for witness in change.witnesses:
        before, after = (_said(book, change.id, witness) for book in (old, new))
        assert before != after
        assert {witness.before is not None, witness.after is not None} == {True}


def _said(book: Rulebook, rule: str, witness: Witness) -> list[tuple[object, ...]]:
    """What the reference engine says of the witness, asked again."""
    findings = decide(book, witness.profile, as_of=witness.as_of, rules=[rule]).findings
    return [(one.id, one.outcome, one.breach, one.amount, one.gap) for one in findings]


def test_every_kind_has_places() -> None:
    assert all(places(kind) for kind in KINDS)
    assert len(set(DRAWN)) == COUNT
