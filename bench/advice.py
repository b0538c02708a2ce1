"""Advice for made-up enterprises, each path tried again; and two versions of each shipped policy compared."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from shutil import copytree
from statistics import median_low
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Final

import evaluator
from bench.timing import Result
from evaluator.advise.advice import advise
from evaluator.advise.paths import Path as Way
from evaluator.advise.paths import proper_parts
from evaluator.advise.sketch import Sketch, lay_over
from evaluator.batch.columns import Columns, Wishes
from evaluator.batch.folder import open_population
from evaluator.batch.marginals import NAME, load_marginals
from evaluator.batch.rows import Case, Defaults, Rows
from evaluator.batch.simulate import Plan, simulate
from evaluator.engines.decision import Outcome
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.shipped import rules_folder

PROFILES: Final = 500
SEED: Final = 20251
AS_OF: Final = date(2025, 6, 30)
ANSWER: Final = Fraction(1_000)
DIFF: Final = Fraction(5)
ROUNDS: Final = 3
COMMAND: Final = Path(sys.executable).with_name("evaluator")


def measure() -> list[Result]:
    """Raises AssertionError for a path that does not bring its award, or of which a part does."""
    return [_advice(), *_versions()]


# ------------------------------------------------------------------ advice


def people(rulebook: Rulebook, number: int, seed: int) -> Iterator[Profile]:
    """Made-up enterprises with what `evaluator simulate` gives them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people.parquet"
        marginals = load_marginals(rules_folder() / NAME, rulebook)
        simulate(Plan(rulebook=rulebook, marginals=marginals, rows=number, seed=seed), path)
        wishes = Wishes(named={}, keep=tuple(map(str, marginals.columns)))
        table = open_population(path, rulebook, wishes).table
        rows = Rows(
            rulebook,
            Columns(rulebook, wishes),
            table.headings,
            texts=table.texts,
            defaults=Defaults(kind=None, place=None),
            kept=(),
            where=str(path),
        )
        for row in table.rows():
            case = rows.read(row)
            assert isinstance(case, Case), case
            yield case.profile


def _advice() -> Result:
    rulebook = evaluator.load()
    times: list[int] = []
    replayed = parts = 0
    for profile in people(rulebook, PROFILES, SEED):
        begun = perf_counter_ns()
        advice = advise(rulebook, profile, as_of=AS_OF)
        times.append(perf_counter_ns() - begun)
        for way in advice.paths:
            assert _reaches(rulebook, profile, way, way.changes), (profile, way)
            replayed += 1
            for part in proper_parts(way):
                assert not _reaches(rulebook, profile, way, part), (profile, way, part)
                parts += 1
    assert replayed > PROFILES, replayed
    return Result(
        name="advice for a made-up enterprise, every rule",
        value=Fraction(median_low(times), 10**6),
        bound=ANSWER,
        unit=" ms",
        detail=f"median of {len(times)}, the longest {max(times) // 10**6} ms; "
        f"{replayed:,} paths replayed, {parts:,} smaller ones do not do",
    )


def _reaches(rulebook: Rulebook, profile: Profile, way: Way, changes: Sketch) -> bool:
    changed = lay_over(profile, changes)
    decision = evaluator.decide(rulebook, changed, as_of=way.date, rules=[way.rule.id])
    return next(found for found in decision.findings if found.rule.id == way.rule.id).outcome is Outcome.SATISFIED


# ------------------------------------------------------------------ versions


def _versions() -> Iterator[Result]:
    """The command as a process, for each policy with one figure of an award or target changed."""
    for policy in sorted(path.parent.name for path in rules_folder().glob("*/policy.yaml")):
        with TemporaryDirectory() as folder:
            sides = [Path(folder) / name for name in ("old", "new")]
            for side in sides:
                for part in ("vocabulary", policy):
                    copytree(rules_folder() / part, side / part)
            changed = _another_figure(sides[1] / policy)
            command = [str(COMMAND), "diff", *map(str, sides), "--as-of", AS_OF.isoformat(), "--format", "json"]
            times = []
            for _ in range(ROUNDS):
                begun = perf_counter_ns()
                done = subprocess.run(command, check=True, capture_output=True)
                times.append(perf_counter_ns() - begun)
                assert b'"verdict"' in done.stdout, done.stdout
        yield Result(
            name=f"two versions of {policy}",
            value=Fraction(median_low(times), 10**9),
            bound=DIFF,
            unit=" s",
            detail=f"evaluator diff as a process, {changed} of its figures raised, median of {ROUNDS}",
        )


def _another_figure(folder: Path) -> int:
    """Raise the first figure of each file of rules; how many were."""
    changed = 0
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        raised, number = re.subn(
            r"(>= ?|amount: ?)(\d+)", lambda found: f"{found[1]}{int(found[2]) + 2}", text, count=1
        )
        path.write_text(raised, encoding="utf-8")
        changed += number
    assert changed, folder
    return changed
