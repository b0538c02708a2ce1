"""What a finished batch comes to: by rule, place and group, against budgets, and which facts leave money open.

In: the Parquet files of a batch. Out: small tables as Parquet files in its `report` folder, read back as a `Summary`.
Money is in yuan; a sum of what is at most possible holds of those without a bound what is certain, and counts them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evaluator.batch.extras import connect
from evaluator.batch.store import KEPT, literal
from evaluator.batch.tables import quoted
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.record import record
from evaluator.rulebook.convert import ValueProblem, plain, read_value
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.stacking import leaves, pools
from evaluator.rulebook.vocabulary import MONEY, Exact, Field, Name

if TYPE_CHECKING:
    import duckdb

FOLDER: Final = "report"

_MONEY: Final = """coalesce(sum(guaranteed), 0)::DECIMAL(38,2) AS guaranteed,
    coalesce(sum(coalesce(potential, guaranteed)), 0)::DECIMAL(38,2) AS potential"""
_GROUP: Final = f"""count(*)::BIGINT AS profiles,
    count(*) FILTER (entitled > 0)::BIGINT AS entitled,
    count(*) FILTER (coalesce(entitled, 0) = 0 AND undetermined > 0)::BIGINT AS undetermined,
    {_MONEY}, count(*) FILTER (potential IS NULL)::BIGINT AS unbounded"""


@record
class ByRule:
    """One rule, or one entry of its schedule: outcomes of the profiles it applies to, and its money.

    `pays`: it is about money; not `stated`: its text names no amount.
    """

    rule: str
    entry: str
    satisfied: int
    undetermined: int
    not_satisfied: int
    not_due: int
    breaches: int
    pays: bool
    guaranteed: Decimal
    potential: Decimal
    unbounded: int
    stated: bool


@record
class ByGroup:
    """The profiles of one group: how many are entitled to some award, of how many that is open, and their totals."""

    group: str
    profiles: int
    entitled: int
    undetermined: int
    guaranteed: Decimal
    potential: Decimal
    unbounded: int


@record
class Absent:
    """A fact that is missing: for how many of the profiles asked, and the money of the awards that wait for it.

    `unbounded` counts awards that nothing bounds, `unstated` those whose text names no amount.
    """

    fact: str
    profiles: int
    open: Decimal
    unbounded: int
    unstated: int


@record
class Budget:
    """Money set aside for a rule, policy or pool, and what the rules promise."""

    name: str
    budget: Decimal
    guaranteed: Decimal
    potential: Decimal
    unbounded: int

    @property
    def verdict(self) -> str:
        """`exceeded` by what is certain, `may-be-exceeded` by what is possible, else `kept`."""
        if self.guaranteed > self.budget:
            return "exceeded"
        return "may-be-exceeded" if self.unbounded or self.potential > self.budget else "kept"


@record
class Summary:
    """All tables. `groups` is by heading; the first, empty heading holds the whole, `place` the places."""

    rules: tuple[ByRule, ...]
    groups: Mapping[str, tuple[ByGroup, ...]]
    absent: tuple[Absent, ...]
    budgets: tuple[Budget, ...]


@record
class Allotted:
    """Yuan that are there for some rules together."""

    yuan: Exact
    rules: frozenset[str]


def read_budgets(given: Mapping[str, str], rulebook: Rulebook) -> dict[str, Allotted]:
    """Budgets by the id of a pool of the rulebook, and `RULE=5000万元` texts by the id of a rule or policy.

    Raises RuleError with what is wrong with the texts.
    """
    field = Field(id="budget", label=Name(zh="预算", en="budget"), type=MONEY, low=0)
    problems: list[Diagnostic] = []
    found: dict[str, Allotted] = {}
    for stacking in rulebook.stackings:
        for pool in pools(stacking.tree):
            found[stacking.id] = Allotted(yuan=pool.budget, rules=frozenset(leaves(pool)))
    known = {**rulebook.policies, **rulebook.rules}
    for name, text in given.items():
        if name not in known:
            message = f"there is no rule or policy `{name}`"
            problems.append(Diagnostic("unknown-rule", message, None, did_you_mean(name, known), where="--budget"))
        rules = frozenset(id for id, rule in rulebook.rules.items() if name in (id, rule.policy.id))
        try:
            value = read_value(field, text, rulebook.vocabulary.units)
            assert isinstance(value, int | Fraction)
            found[name] = Allotted(yuan=value, rules=rules)
        except ValueProblem as problem:
            problems.append(Diagnostic(problem.code, str(problem), None, problem.help, where="--budget"))
    if problems:
        raise RuleError(problems)
    return found


def summarise(
    folder: Path, database: duckdb.DuckDBPyConnection, by: Collection[str], budgets: Mapping[str, Allotted]
) -> None:
    """Write the tables of a batch in `folder` into its `report` folder."""
    report = folder / FOLDER
    report.mkdir(exist_ok=True)
    queries = {"rules": _rules(folder), "missing": _missing(folder), "groups": _groups(folder, by)}
    for name, query in queries.items():
        _copy(database, query, report / f"{name}.parquet")
    _copy(database, _budgets(report, budgets), report / "budgets.parquet")


def load_summary(folder: Path) -> Summary:
    """The tables of a finished batch."""
    report = folder / FOLDER
    with connect() as database:
        rules = _fetch(database, report / "rules.parquet")
        groups: dict[str, list[ByGroup]] = {"": [], "place": []}
        for heading, *rest in _fetch(database, report / "groups.parquet"):
            groups.setdefault(str(heading), []).append(ByGroup(**dict(zip(_GROUP_NAMES, rest, strict=True))))
        absent = _fetch(database, report / "missing.parquet")
        budgets = _fetch(database, report / "budgets.parquet")
    return Summary(
        rules=tuple(ByRule(**dict(zip(_RULE_NAMES, entry, strict=True))) for entry in rules),
        groups={heading: tuple(entries) for heading, entries in groups.items()},
        absent=tuple(Absent(**dict(zip(_MISSING_NAMES, entry, strict=True))) for entry in absent),
        budgets=tuple(Budget(**dict(zip(_BUDGET_NAMES, entry, strict=True))) for entry in budgets),
    )


_RULE_NAMES: Final = (
    "rule", "entry", "satisfied", "undetermined", "not_satisfied", "not_due", "breaches", "pays", "guaranteed",
    "potential", "unbounded", "stated",
)  # fmt: skip
_GROUP_NAMES: Final = ("group", "profiles", "entitled", "undetermined", "guaranteed", "potential", "unbounded")
_MISSING_NAMES: Final = ("fact", "profiles", "open", "unbounded", "unstated")
_BUDGET_NAMES: Final = ("name", "budget", "guaranteed", "potential", "unbounded")


def _copy(database: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    database.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")


def _fetch(database: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[Any, ...]]:  # as the file has its types
    return database.execute(f"SELECT * FROM read_parquet({literal(str(path))})").fetchall()


def _files(folder: Path, name: str) -> str:
    return f"read_parquet({literal(str(folder / name / '*.parquet'))})"


def _rules(folder: Path) -> str:
    def count(condition: str) -> str:
        return f"coalesce(sum(profiles) FILTER ({condition}), 0)::BIGINT"

    return f"""SELECT rule, entry,
    {count("outcome = 'satisfied'")} AS satisfied,
    {count("outcome IN ('unknown', 'indeterminate')")} AS undetermined,
    {count("outcome = 'not_satisfied'")} AS not_satisfied,
    {count("outcome = 'not_due'")} AS not_due,
    {count("breach")} AS breaches,
    bool_or(guaranteed IS NOT NULL) AS pays,
    coalesce(sum(guaranteed * profiles), 0)::DECIMAL(38,2) AS guaranteed,
    coalesce(sum(coalesce(potential, guaranteed) * profiles), 0)::DECIMAL(38,2) AS potential,
    {count("stated AND potential IS NULL")} AS unbounded,
    coalesce(bool_or(stated), false) AS stated
    FROM {_files(folder, "outcomes")} WHERE outcome <> 'not_applicable'
    GROUP BY rule, entry ORDER BY guaranteed DESC, potential DESC, unbounded DESC, rule, entry"""


def _groups(folder: Path, by: Collection[str]) -> str:
    profiles = _files(folder, "profiles")
    parts = [f"SELECT 0 AS nth, '' AS heading, '' AS name, {_GROUP} FROM {profiles}"]
    columns = [("place", "place"), *((heading, KEPT + heading) for heading in by)]
    for nth, (heading, column) in enumerate(columns, start=1):
        name = f"coalesce({quoted(column)}, '')"
        parts.append(
            f"SELECT {nth} AS nth, {literal(heading)} AS heading, {name} AS name, {_GROUP} "
            f"FROM {profiles} GROUP BY {name}"
        )
    return (
        f"SELECT * EXCLUDE (nth) FROM ({' UNION ALL '.join(parts)}) ORDER BY nth, guaranteed DESC, profiles DESC, name"
    )


def _missing(folder: Path) -> str:
    return f"""SELECT fact, count(DISTINCT row)::BIGINT AS profiles,
    coalesce(sum(open), 0)::DECIMAL(38,2) AS open, count(*) FILTER (stated AND open IS NULL)::BIGINT AS unbounded,
    count(*) FILTER (NOT stated)::BIGINT AS unstated
    FROM {_files(folder, "missing")} GROUP BY fact ORDER BY unbounded DESC, open DESC, unstated DESC, fact"""


def _budgets(report: Path, budgets: Mapping[str, Allotted]) -> str:
    rules = f"read_parquet({literal(str(report / 'rules.parquet'))})"
    parts = [
        f"SELECT {literal(name)} AS name, {plain(budget.yuan)}::DECIMAL(38,2) AS budget, {_MONEY}, "
        f"coalesce(sum(unbounded), 0)::BIGINT AS unbounded FROM {rules} "
        f"WHERE rule IN ({', '.join(map(literal, sorted(budget.rules)))})"
        for name, budget in budgets.items()
    ]
    empty = f"SELECT '' AS name, 0::DECIMAL(38,2) AS budget, {_MONEY}, 0::BIGINT AS unbounded FROM {rules} HAVING false"
    return " UNION ALL ".join(parts or [empty])


__all__ = ["Absent", "Allotted", "Budget", "ByGroup", "ByRule", "Summary", "load_summary", "read_budgets", "summarise"]
