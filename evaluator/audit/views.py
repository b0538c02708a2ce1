"""What an audit against the text needs of a policy folder, and nothing more.

`PolicyView` and `RuleView` are filled by `views_yaml` from rule files; each knows its place in its file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from evaluator.audit.document import Correction, Defect
from evaluator.audit.numerals import Numeral
from evaluator.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CiteView:
    """A cited sentence and the figures that the rule says are printed there."""

    article: str
    sentence: int
    figures: tuple[str, ...] = ()
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedFigure:
    """A figure that a test or an amount uses: `operator` as written, `between` for a range, none for an amount."""

    numeral: Numeral
    operator: str | None
    exact: bool = True
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One line of a schedule, or the whole rule where there is none: its cites, figures and years.

    `inferred` marks a deadline that the text leaves open and a reading fills in.
    """

    cites: tuple[CiteView, ...]
    used: tuple[UsedFigure, ...] = ()
    years: tuple[int, ...] = ()
    first_year: int | None = None
    vague: str | None = None
    modality: str | None = None
    inferred: bool = False
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule as far as the text can contradict it; `words` are its title, its question and what it measures."""

    id: str
    kind: str
    words: str
    cites: tuple[CiteView, ...]
    entries: tuple[EntryView, ...]
    modality: str | None = None
    responsible: tuple[str, ...] = ()
    attested: bool = False
    stub: bool = False
    span: Span | None = field(default=None, compare=False)

    @property
    def all_cites(self) -> tuple[CiteView, ...]:
        """The citations of the rule and of its entries, each once."""
        return tuple(dict.fromkeys((*self.cites, *(cite for entry in self.entries for cite in entry.cites))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Programmatic:
    """Sentences that the register says are no rule."""

    article: str
    sentences: tuple[int, ...]
    reason: str
    note: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A numeral that the register says no rule uses."""

    article: str
    sentence: int
    numeral: str
    reason: str
    note: str = ""
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """A policy and the register of its text; `years` and `days` are those of its own dates."""

    id: str
    source: str | None
    number: str | None = None
    years: frozenset[int] = frozenset()
    corrections: tuple[Correction, ...] = ()
    defects: tuple[Defect, ...] = ()
    programmatic: tuple[Programmatic, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    places: dict[Correction | Defect, Span] = field(default_factory=dict, compare=False)
    span: Span | None = field(default=None, compare=False)
