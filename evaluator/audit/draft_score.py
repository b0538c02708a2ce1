"""How near a draft comes to the finished rules of the same document.

In: drafted and finished rules as views, and the text. Out: three shares: of the numerals that the finished rules
use, how many stand in a stub with their figure and unit; of the finished duties, how many have a stub at their
sentence; of the stubs, how many match a finished rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluator.audit.against import same_figure
from evaluator.audit.draft import draft
from evaluator.audit.encoding import read_text
from evaluator.audit.numerals import Numeral, numerals, years_of
from evaluator.audit.views import RuleView
from evaluator.audit.views_yaml import read_policy

Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftScore:
    """Hits and totals of the three measures."""

    numerals: tuple[int, int]
    duties: tuple[int, int]
    stubs: tuple[int, int]

    @property
    def shares(self) -> tuple[Fraction, Fraction, Fraction]:
        """The three shares; of nothing, all is found."""
        return tuple(  # type: ignore[return-value]  # one share for each of three
            Fraction(hits, total) if total else Fraction(1) for hits, total in (self.numerals, self.duties, self.stubs)
        )


def score_folder(folder: Path, text: Path) -> DraftScore:
    """Draft `text` anew and compare with the finished policy in `folder`."""
    policy, finished = read_policy(folder)
    # The text is read as a drafter gets it: without the register's corrections and readings.
    files = draft(read_text(text)[0], policy.id)
    with TemporaryDirectory() as directory:
        for name, content in files.items():
            if name != "vocabulary.yaml":
                (Path(directory) / name).write_text(content, encoding="utf-8")
        drafted = read_policy(Path(directory))[1]
    return score(drafted, finished)


def score(drafted: Sequence[RuleView], finished: Sequence[RuleView]) -> DraftScore:
    """Compare the stubs with the finished rules of the same document."""
    wanted = {place: list(_distinct(rule for rule in finished if place in _places(rule)))
              for place in {place for rule in finished for place in _places(rule)}}  # fmt: skip
    wanted_figures = {place: list(_figures(rules, place)) for place, rules in wanted.items()}
    stubs_at: dict[Place, list[RuleView]] = {}
    for stub in drafted:
        for place in _places(stub):
            stubs_at.setdefault(place, []).append(stub)
    hits = total = 0
    for place, figures in wanted_figures.items():
        have = list(_figures(stubs_at.get(place, []), place))
        years = {year for stub in stubs_at.get(place, []) for entry in stub.entries for year in entry.years}
        for figure in figures:
            total += 1
            hits += any(_like(figure, other) for other in have) or bool(set(years_of(figure)) & years)
    duties = [rule for rule in finished if rule.kind in ("obligation", "support")]
    found = sum(1 for rule in duties if any(place in stubs_at for place in _places(rule)))
    matching = sum(1 for stub in drafted if _matches(stub, wanted, wanted_figures))
    return DraftScore(numerals=(hits, total), duties=(found, len(duties)), stubs=(matching, len(drafted)))


def _matches(stub: RuleView, wanted: dict[Place, list[RuleView]], figures: dict[Place, list[Numeral]]) -> bool:
    """A stub matches when a finished rule rests on its sentence and, if it has a figure, uses that figure."""
    for place in _places(stub):
        if place in wanted:
            own = [] if stub.kind == "obligation" else list(_figures([stub], place))
            if not own or any(_like(one, other) for one in own for other in figures[place]):
                return True
    return False


def _places(rule: RuleView) -> tuple[Place, ...]:
    return tuple(dict.fromkeys((cite.article, cite.sentence) for cite in rule.all_cites))


def _figures(rules: Sequence[RuleView], place: Place) -> Iterator[Numeral]:
    """The different figures that the rules say are printed in the sentence at `place`."""
    seen: list[Numeral] = []
    for rule in rules:
        for cite in rule.all_cites:
            for printed in cite.figures if (cite.article, cite.sentence) == place else ():
                for numeral in numerals(printed):
                    if not any(_like(numeral, other) for other in seen):
                        seen.append(numeral)
                        yield numeral


def _like(left: Numeral, right: Numeral) -> bool:
    if left.value is None and right.value is None:  # 一批, 5A级
        return left.role is right.role and left.text[:2] == right.text[:2]
    return same_figure(left, right)


def _distinct(rules: Iterator[RuleView]) -> Iterator[RuleView]:
    seen: set[str] = set()
    for rule in rules:
        if rule.id not in seen:
            seen.add(rule.id)
            yield rule
