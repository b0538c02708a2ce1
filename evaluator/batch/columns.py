"""Headings to what they name: who and where, facts, figures by year, lists, and what is only carried along.

A fact is named by its id or its Chinese label, a figure of a year as `制造业产品质量合格率[2025]` (or
`…@2025`). A heading that names nothing is an error with a suggestion, as it is in a profile; `--map`, `--keep` and
`--ignore` say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.record import record
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Fact, ListType, Metric

Role: TypeAlias = Literal["kind", "name", "jurisdiction", "code", "fact", "figure", "list", "kept", "ignored", "blank"]

HEADS: Final[Mapping[str, Role]] = {
    "kind": "kind",
    "主体类别": "kind",
    "name": "name",
    "名称": "name",
    "jurisdiction": "jurisdiction",
    "所在地": "jurisdiction",
    "code": "code",
    "统一社会信用代码": "code",
}
"""Headings of what is no fact; a fact of that name goes before."""
KEYS: Final = ("编号", "id", "key")
"""Headings that tie the tables of a folder together, unless `--key` names another."""

_YEAR = re.compile(r"(.+?)\s*(?:\[(\d{4})\]|［(\d{4})］|@(\d{4}))")


@record
class Wishes:
    """What was asked about the columns: other names, those to group by, to keep, to leave out, and the key.

    `option` is what carries a column along on the command line, for advice.
    """

    named: Mapping[str, str]
    by: Collection[str] = ()
    keep: Collection[str] = ()
    ignore: Collection[str] = ()
    key: str | None = None
    option: str = "--keep"


@record
class Column:
    """What one column of a table is."""

    heading: str
    role: Role
    fact: Fact | None = None
    metric: Metric | None = None
    year: int = 0


class Columns:
    """Finds what headings name; each is looked up once."""

    def __init__(self, rulebook: Rulebook, wishes: Wishes) -> None:
        self.rulebook, self.vocabulary, self.wishes = rulebook, rulebook.vocabulary, wishes
        self._known: dict[str, Column | Diagnostic] = {}

    def of_table(self, headings: Sequence[str], where: str) -> tuple[Column, ...]:
        """The columns of a table with these headings. Raises RuleError with everything that is wrong."""
        problems: list[Diagnostic] = []
        columns: list[Column] = []
        told: dict[object, str] = {}
        for heading in headings:
            found = self.find(heading, where)
            if isinstance(found, Diagnostic):
                problems.append(found)
                continue
            columns.append(found)
            meant = meaning(found)
            if meant is not None and meant in told:
                message = f"`{told[meant]}` and `{heading}` name the same"
                problems.append(Diagnostic("duplicate-column", message, None, "leave one of them out", where=where))
            elif meant is not None:
                told[meant] = heading
        named = [*self.wishes.named, *self.wishes.by, *self.wishes.keep, *self.wishes.ignore]
        for word in dict.fromkeys(word for word in named if word not in headings):
            help = did_you_mean(word, headings)
            problems.append(Diagnostic("unknown-column", f"there is no column `{word}`", None, help, where=where))
        if problems:
            raise RuleError(problems)
        return tuple(columns)

    def find(self, heading: str, where: str) -> Column | Diagnostic:
        """What one heading names, or why it names nothing."""
        known = self._known.get(heading)
        if known is None:
            known = self._known[heading] = self._find(heading, where)
        return known

    def _find(self, heading: str, where: str) -> Column | Diagnostic:
        if heading in self.wishes.ignore:
            return Column(heading=heading, role="ignored")
        if not heading:
            return Column(heading=heading, role="blank")
        word = self.wishes.named.get(heading, heading)
        found = self._named(heading, word)
        if found is not None:
            return found
        if heading in self.wishes.by or heading in self.wishes.keep or self._is_key(heading):
            return Column(heading=heading, role="kept")
        return self._unknown(word, where)

    def _is_key(self, heading: str) -> bool:
        return heading == self.wishes.key or (self.wishes.key is None and heading in KEYS)

    def _named(self, heading: str, word: str) -> Column | None:
        fact = self.rulebook.facts.get(word) or self.vocabulary.facts_by_label.get(word)
        if fact is not None:
            return Column(heading=heading, role="list" if isinstance(fact.type, ListType) else "fact", fact=fact)
        if word in HEADS:
            return Column(heading=heading, role=HEADS[word])
        dated = _YEAR.fullmatch(word)
        if dated is not None:
            metric = self.vocabulary.metric(dated[1]) or self.rulebook.yearly.get(dated[1])
            if metric is not None:
                year = int(dated[2] or dated[3] or dated[4])
                return Column(heading=heading, role="figure", metric=metric, year=year)
        return None

    def _unknown(self, word: str, where: str) -> Diagnostic:
        metric = self.vocabulary.metric(word)
        if metric is not None:
            help = f"`{word}` is a metric; name its year, such as `{word}[2025]`"
            return Diagnostic("unknown-column", f"the column `{word}` names no year", None, help, where=where)
        facts = self.rulebook.facts.values()
        words = [*(fact.label.zh for fact in facts if not fact.attested), *self.rulebook.facts, *HEADS]
        near = did_you_mean(word, words)
        advice = f"carry it along with `{self.wishes.option} {word}`, or leave it out with `--ignore {word}`"
        help = advice if near is None else f"{near.rstrip('?')}? else {advice}"
        return Diagnostic("unknown-column", f"there is no fact `{word}`", None, help, where=where)


def meaning(column: Column) -> object:
    """What no two columns of a table may both give; None for a column that gives nothing."""
    match column.role:
        case "fact" | "list":
            return None if column.fact is None else ("fact", column.fact.id)
        case "figure":
            return None if column.metric is None else ("figure", column.metric.id, column.year)
        case "kept" | "ignored" | "blank":
            return None
        case _:
            return column.role
