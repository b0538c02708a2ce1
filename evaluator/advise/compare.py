"""Two versions of a rulebook: what text changed, what it means, whom it moves, which recorded cases now differ.

In: two folders, and optionally a population and recorded cases. Out: one `Comparison`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.advise.meaning import Change, Equivalence, changes, reworded
from evaluator.advise.population import Moves, moves
from evaluator.advise.texts import Edit, edits
from evaluator.advise.words import with_words_of
from evaluator.diagnostics import RuleError
from evaluator.record import row
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook

if TYPE_CHECKING:
    from evaluator.audit.scenarios import Result, Scenario


@row
class Comparison:
    """What differs between two rulebooks; `names` is how they were asked for.

    `broken` are recorded cases that agreed with the old rules and differ from the new ones; `invalid` what the new
    rulebook does not accept of them.
    """

    names: tuple[str, str]
    old: Rulebook
    new: Rulebook
    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    reworded: tuple[str, ...]
    moves: Moves | None
    as_of: date
    broken: tuple[Result, ...]
    invalid: tuple[str, ...]

    @property
    def named(self) -> Rulebook:
        """The new rulebook with the names that only the old one has, for profiles that were found under either."""
        return with_words_of(self.new, self.old)


def compare(
    old: Path,
    new: Path,
    *,
    names: tuple[str, str],
    as_of: date,
    population: Path | None = None,
    by: Sequence[str] = (),
    ignore: Sequence[str] = (),
    scenarios: Path | None = None,
    solver: Equivalence | None = None,
) -> Comparison:
    """Compare two rulebook folders.

    `by` groups the population by facts (or columns of a table), `ignore` leaves columns of a table out. Raises
    RuleError for what cannot be read.
    """
    before, after = load_rulebook(old), load_rulebook(new)
    broken, invalid = _broken(before, after, scenarios) if scenarios is not None else ((), ())
    return Comparison(
        names,
        before,
        after,
        edits(old, new),
        changes(before, after, solver),
        reworded(before, after),
        None if population is None else moves(before, after, population, as_of, by, ignore),
        as_of,
        broken,
        invalid,
    )


def _broken(old: Rulebook, new: Rulebook, path: Path) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """The cases that agreed before and differ now, and the problems of files that no longer fit."""
    from evaluator.audit.scenarios import run_scenarios

    before, _ = _loaded(path, old)
    after, invalid = _loaded(path, new)
    agreed = {
        (result.scenario.file, result.scenario.id) for result in run_scenarios(before, old) if not result.differences
    }
    found = [
        result
        for result in run_scenarios(after, new)
        if result.differences and (result.scenario.file, result.scenario.id) in agreed
    ]
    return tuple(found), invalid


def _loaded(path: Path, rulebook: Rulebook) -> tuple[list[Scenario], tuple[str, ...]]:
    """The cases of every file that fits the rulebook, and the first problem of each that does not."""
    from evaluator.audit.scenarios import load_scenarios

    found: list[Scenario] = []
    invalid: list[str] = []
    for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
        try:
            found += load_scenarios(file, rulebook)
        except RuleError as error:
            first = error.diagnostics[0]
            invalid.append(f"{first.span or first.where or file}: {first.message}")
    return found, tuple(invalid)
