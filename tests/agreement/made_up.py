"""Made-up measures that use every construct, with their recorded cases: the fixtures and the drafters' cookbook.

The fixtures are a set that has every construct twice, and measures written as cities and districts write theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluator.audit.scenarios import Scenario, load_scenarios
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from tests.test_docs import write

FIXTURES = Path(__file__).parents[1] / "fixtures"
NAMES = ("fixtures", "measures", "cookbook.md")


@dataclass(frozen=True)
class MadeUp:
    """A rulebook with its recorded cases."""

    rulebook: Rulebook
    scenarios: tuple[Scenario, ...]


@cache
def made_up(name: str) -> MadeUp:
    """The fixtures, or the files of a page."""
    if name in ("fixtures", "measures"):
        return _read(FIXTURES if name == "fixtures" else FIXTURES / name)
    with TemporaryDirectory() as folder:
        write(name, Path(folder))
        return _read(Path(folder))


def _read(folder: Path) -> MadeUp:
    rulebook = load_rulebook(folder / "rules")
    return MadeUp(rulebook, tuple(load_scenarios(folder / "scenarios", rulebook)))


def partial(profile: Profile) -> Iterator[Profile]:
    """The profile as it is, and with each of its facts and figures not given."""
    yield profile
    for id in profile.facts:
        yield replace(profile, facts={key: value for key, value in profile.facts.items() if key != id})
    for id in profile.metrics:
        yield replace(profile, metrics={key: years for key, years in profile.metrics.items() if key != id})
