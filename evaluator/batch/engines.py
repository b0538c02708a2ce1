"""Profiles in, finding rows out: the engines that answer one after another, and which engine a table is given to.

Every engine gives the same rows of `findings` and `totals`. The reference engine is the measure; `compiled` answers few
profiles fastest, `duckdb` many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

from evaluator.batch.rows import Case
from evaluator.batch.store import Cell, Store
from evaluator.engines.decision import Decision, Finding, Totals
from evaluator.rulebook.convert import plain
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Exact

if TYPE_CHECKING:
    from evaluator.engines.compiled import Brief

FEW: Final = 2_000
"""Up to so many profiles are answered one by one; a query for a table only pays from there on."""


LOCAL: Final = "local[*]"
"""Spark on this machine alone."""
ONE_BY_ONE: Final = "compiled"
"""The engine for few profiles."""


class Engine(Protocol):
    """Answers profiles, partition by partition."""

    name: str

    def answer(self, cases: Sequence[Case], store: Store) -> None:
        """Add the findings and totals of these profiles to the store's tables."""


def money(value: Exact | None) -> str | None:
    """Yuan to the fen, exactly. Amounts are rounded to it before they are added up."""
    if value is None:
        return None
    assert (Fraction(value) * 100).denominator == 1, value
    return plain(value)


class Reference:
    """The reference engine, one profile after another."""

    name = "decide"

    def __init__(self, rulebook: Rulebook, as_of: date) -> None:
        self.rulebook, self.as_of = rulebook, as_of

    def answer(self, cases: Sequence[Case], store: Store) -> None:
        """As the protocol says."""
        from evaluator.engines.decide import decide

        totals: list[tuple[Cell, ...]] = []

        def findings() -> Iterator[tuple[Cell, ...]]:
            for case in cases:
                decision = decide(self.rulebook, case.profile, as_of=self.as_of)
                totals.append(total_row(case.row, decision.totals))
                yield from finding_rows(case.row, decision)

        store.add("findings", findings())
        store.add("totals", totals)


def finding_rows(row: int, decision: Decision) -> Iterator[tuple[Cell, ...]]:
    """The rows of `findings` of one profile."""
    for finding in decision.findings:
        yield finding_row(row, finding)


def finding_row(row: int, finding: Finding) -> tuple[Cell, ...]:
    """One row of `findings`."""
    amount = finding.amount
    head = (row, finding.rule.id, finding.entry, finding.outcome.value, "true" if finding.breach else "false")
    if amount is None:
        return (*head, None, None, None)
    return (*head, "true" if amount.stated else "false", money(amount.guaranteed), money(amount.potential))


def total_row(row: int, totals: Totals) -> tuple[Cell, ...]:
    """One row of `totals`."""
    return row, money(totals.guaranteed), money(totals.potential), totals.unstated, totals.unstated_open


class OneByOne:
    """The compiled engine, one profile after another."""

    name = "compiled"

    def __init__(self, rulebook: Rulebook, as_of: date) -> None:
        from evaluator.engines.compiled import compile

        self.compiled = compile(rulebook, as_of=as_of)

    def answer(self, cases: Sequence[Case], store: Store) -> None:
        """As the protocol says."""
        totals: list[tuple[Cell, ...]] = []

        def findings() -> Iterator[tuple[Cell, ...]]:
            for case in cases:
                answer = self.compiled(case.profile)
                totals.append(total_row(case.row, answer.totals))
                for found in answer.findings:
                    yield _brief_row(case.row, found)

        store.add("findings", findings())
        store.add("totals", totals)


def _brief_row(row: int, found: Brief) -> tuple[Cell, ...]:
    rule, _, entry = found.finding.partition("#")
    head = (row, rule, entry, found.outcome.value, "true" if found.breach else "false")
    if found.stated is None:
        return (*head, None, None, None)
    return (*head, "true" if found.stated else "false", money(found.guaranteed), money(found.potential))


IN_SQL: Final = ("duckdb", "spark")
ENGINES: Final[dict[str, Callable[[Rulebook, date], Engine]]] = {"decide": Reference, "compiled": OneByOne}
"""The engines that take one profile after another; those of `IN_SQL` take whole tables."""


def choose(name: str, estimate: int) -> str:
    """The engine of that name; for `auto` the one that suits about so many profiles."""
    if name == "auto":
        return ONE_BY_ONE if estimate < FEW else IN_SQL[0]
    return name
