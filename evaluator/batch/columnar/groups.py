"""Whom the same rules concern: profiles by kind and place, and the queries that answer for them.

Profiles are asked together where their rules are the same, so that no query holds a rule that none of its profiles has;
where rules differ from place to place and few profiles have the same, one query holds the rules of all of them, each
joined to the places that it concerns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from evaluator.batch.rows import Rows
from evaluator.batch.wide import FindingsLayout, columns_of
from evaluator.diagnostics import RuleError
from evaluator.engines.sql.dialects import Dialect
from evaluator.engines.sql.layout import Layout, layout
from evaluator.engines.sql.query import compile_rules
from evaluator.engines.sql.results import findings, totals, wide
from evaluator.engines.sql.setup import Setup
from evaluator.record import record, row
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile

LEAST: Final = 500
"""So many profiles of a slice are worth a query of their own, where there are many groups."""
SEVERAL: Final = 16
"""Up to so many groups each have a query of their own, however few they are."""


@row
class Head:
    """Kind and place as given, as they are in a profile, and the group of those whom the same rules concern."""

    given_kind: str
    given_place: str
    kind: str
    place: str
    group: int


@record
class Prepared:
    """The tables of some rules, and the queries that answer over them.

    `setup` has to be made once before they are asked, where they have one (in DuckDB). `findings` gives a row for each
    finding, or one for each profile with these `columns`.
    """

    layout: Layout
    setup: Setup | None
    findings: str
    totals: str
    columns: tuple[str, ...]


class Groups:
    """The groups of one rulebook at one date, made as profiles turn up; what is made once is kept."""

    def __init__(self, rulebook: Rulebook, as_of: date, dialect: Dialect, rows: Rows, findings: FindingsLayout) -> None:
        self.rulebook, self.as_of, self.dialect, self.rows, self.findings = rulebook, as_of, dialect, rows, findings
        self.rules: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}
        self._heads: dict[tuple[str, str], Head | None] = {}
        self._layouts: dict[int, Layout] = {}
        self._prepared: dict[frozenset[str], Prepared | None] = {}
        self._pool: set[str] = set()

    def head(self, kind: str, place: str) -> Head | None:
        """What kind and place (empty: not given) make of a profile; None when they make none."""
        key = kind, place
        if key not in self._heads:
            defaults = self.rows.defaults
            found = self.rows.head(kind or defaults.kind, place or defaults.place, None)
            self._heads[key] = (
                Head(kind, place, found.kind, found.place, self.group(found.kind, found.place))
                if isinstance(found, Profile)
                else None
            )
        return self._heads[key]

    def group(self, kind: str, place: str) -> int:
        """The number of the group of a profile."""
        ids = tuple(rule.id for rule in self.rulebook.candidates(place, kind))
        if ids not in self._numbers:
            self._numbers[ids] = len(self.rules)
            self.rules.append(ids)
        return self._numbers[ids]

    def layout(self, group: int) -> Layout:
        """The tables that the rules of a group read."""
        found = self._layouts.get(group)
        if found is None:
            rules = [self.rulebook.rules[id] for id in self.rules[group]]
            found = self._layouts[group] = layout(self.rulebook, self.as_of, rules)
        return found

    def together(self, sizes: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """Groups (with how many profiles each has) as they are asked: alone, or several in one query."""
        if len(sizes) <= SEVERAL:
            return [(group,) for group, _ in sizes]
        asked: list[tuple[int, ...]] = [(group,) for group, size in sizes if size >= LEAST]
        pooled = tuple(group for group, size in sizes if size < LEAST)
        return [*asked, pooled] if pooled else asked

    def prepared(self, groups: Sequence[int]) -> Prepared | None:
        """The queries for these groups; None where the SQL engine does not know one of their rules."""
        rules = frozenset(rule for group in groups for rule in self.rules[group])
        if len(groups) > 1:  # so that the next slice, with a few other groups, finds its query made
            self._pool |= rules
            rules = frozenset(self._pool)
        if rules not in self._prepared:
            self._prepared[rules] = self._prepare(rules)
        return self._prepared[rules]

    def _prepare(self, ids: Iterable[str]) -> Prepared | None:
        wanted = frozenset(ids)
        rules = [rule for id, rule in self.rulebook.rules.items() if id in wanted]
        long = self.findings == "long"
        try:
            model = compile_rules(self.rulebook, self.as_of, rules, folding=long)
        except RuleError:  # `evaluator rules list --engine sql` tells what it does not know
            return None
        ids = {} if long else {found.id: found.paid is not None for found in model.findings}
        setup = Setup(f"q{len(self._prepared)}_") if self.dialect == "duckdb" else None
        return Prepared(
            layout=model.layout,
            setup=setup,
            findings=(findings if long else wide)(model, self.dialect, setup),
            totals=totals(model, self.dialect, setup),
            columns=tuple(columns_of(ids)),
        )


__all__ = ["Groups", "Head", "Prepared"]
