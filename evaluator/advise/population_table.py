"""A change of the rules over a table of profiles, of any size: both versions answer it as a batch, SQL compares them.

In: two rulebooks and a table as `evaluator batch` reads it. Out: `Moves`. The two batches stand in a folder of their
own for as long as they are compared; what bounds the memory of a batch bounds it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from evaluator.advise.population import NO_GROUP, Moves, Shift, Sum
from evaluator.batch.columns import Wishes
from evaluator.batch.extras import connect
from evaluator.batch.rows import Defaults
from evaluator.batch.run import Job, Result, run
from evaluator.batch.store import KEPT
from evaluator.batch.tables import literal, quoted
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.rulebook.vocabulary import Exact, exact

if TYPE_CHECKING:
    import duckdb

    from evaluator.rulebook.model import Rulebook

SHOWN: Final = 1_000
"""Of so many profiles that are moved it is told how."""
_ANSWER: Final = ("outcome", "guaranteed")
_SUMS: Final = (
    "count(*), count(*) FILTER (gain > 0), count(*) FILTER (gain < 0), sum(before), sum(after), "
    "CASE WHEN count(most_before) = count(*) THEN sum(most_before) END, "
    "CASE WHEN count(most_after) = count(*) THEN sum(most_after) END"
)


def table_moves(
    old: Rulebook, new: Rulebook, table: Path, as_of: date, by: Sequence[str], ignore: Sequence[str]
) -> Moves:
    """Both versions over a table. Raises RuleError where it cannot be read."""
    wishes = Wishes(named={}, by=tuple(by), ignore=tuple(ignore), option="--by")
    with TemporaryDirectory(prefix="evaluator-") as name:
        folder = Path(name)
        results = [
            run(
                Job(
                    input=table,
                    out=folder / side,
                    rulebook=book,
                    as_of=as_of,
                    wishes=wishes,
                    defaults=Defaults(kind=None, place=None),
                ),
                lambda path, store, manifest: None,
                lambda done, total: None,
            )
            for side, book in (("old", old), ("new", new))
        ]
        with connect() as database:
            database.execute("SET memory_limit = '1GB'")
            database.execute(f"SET temp_directory = {literal(str(folder / 'spill'))}")
            return _Comparer(database, results, by).moves(str(table))


class _Comparer:
    """Compares two finished batches over one table."""

    def __init__(self, database: duckdb.DuckDBPyConnection, results: Sequence[Result], by: Sequence[str]) -> None:
        self.database, self.by = database, by
        self.read = int(str(results[0].manifest["counts"]["read"]))  # type: ignore[index, call-overload]  # a manifest has counts
        for side, result in zip(("old", "new"), results, strict=True):
            for what in ("profiles", "findings"):
                files = literal(f"{result.out}/{what}/*.parquet")
                database.execute(f"CREATE VIEW {side}_{what} AS SELECT * FROM read_parquet({files})")

    def moves(self, where: str) -> Moves:
        """Everything that is told of a table."""
        groups = "".join(f", n.{quoted(KEPT + word)} AS {quoted(KEPT + word)}" for word in self.by)
        self.database.execute(
            f"CREATE TABLE pairs AS SELECT row, n.name, n.place{groups}, "
            "o.guaranteed AS before, o.potential AS most_before, n.guaranteed AS after, n.potential AS most_after, "
            "n.guaranteed - o.guaranteed AS gain FROM old_profiles o JOIN new_profiles n USING (row)"
        )
        self.database.execute(self._differences())
        whole = next(self._sums("''", unnamed=""), None)
        if whole is None:
            message = "no row of the table is a profile under both versions"
            help = "`evaluator batch` writes the reason of each row to `rejected`"
            raise RuleError([Diagnostic("no-rows", message, where=where, help=help)])
        return Moves(
            whole,
            tuple(self._sums("place")),
            {word: tuple(self._sums(quoted(KEPT + word))) for word in self.by},
            self._count(
                "SELECT count(*) FROM pairs LEFT JOIN because USING (row) WHERE gain <> 0 OR rules IS NOT NULL"
            ),
            tuple(self._shifts()),
            self.read - whole.profiles,
        )

    def _differences(self) -> str:
        """For each profile the findings in which its answers differ; only rules are joined that answer otherwise."""
        answer = ", ".join(_ANSWER)
        counted = " UNION ALL ".join(
            f"SELECT rule, entry, sum(CAST(hash(row, {answer}) AS HUGEINT)) AS mark, count(*) AS number "
            f"FROM {side}_findings GROUP BY rule, entry"
            for side in ("old", "new")
        )
        others = (
            f"SELECT rule, entry FROM ({counted}) GROUP BY rule, entry "
            "HAVING count(*) = 1 OR min(mark) <> max(mark) OR min(number) <> max(number)"
        )
        sides = (
            f"SELECT f.row, f.rule, f.entry, {', '.join(f'f.{word}' for word in _ANSWER)} FROM {side}_findings f "
            "JOIN others x ON x.rule = f.rule AND x.entry IS NOT DISTINCT FROM f.entry"
            for side in ("old", "new")
        )
        old, new = sides
        differs = " OR ".join(f"o.{word} IS DISTINCT FROM n.{word}" for word in _ANSWER)
        return (
            f"CREATE TABLE because AS WITH others AS MATERIALIZED ({others}) "
            "SELECT row, list(id ORDER BY id) AS rules FROM ("
            "SELECT coalesce(o.row, n.row) AS row, coalesce(o.rule, n.rule) || "
            "CASE WHEN coalesce(o.entry, n.entry, '') = '' THEN '' ELSE '#' || coalesce(o.entry, n.entry) END AS id "
            f"FROM ({old}) o FULL JOIN ({new}) n ON o.row = n.row AND o.rule = n.rule "
            f"AND o.entry IS NOT DISTINCT FROM n.entry WHERE {differs}) SEMI JOIN pairs USING (row) GROUP BY row"
        )

    def _sums(self, group: str, *, unnamed: str = NO_GROUP) -> Iterator[Sum]:
        query = f"SELECT coalesce(nullif({group}, ''), '{unnamed}') AS g, {_SUMS} FROM pairs GROUP BY g ORDER BY g"
        for name, number, gain, lose, *money in self.database.execute(query).fetchall():
            before, after, most_before, most_after = map(_yuan, money)
            yield Sum(name, number, gain, lose, before or 0, after or 0, most_before, most_after)

    def _shifts(self) -> Iterator[Shift]:
        groups = "".join(f", {quoted(KEPT + word)}" for word in self.by)
        query = (
            "SELECT row, name, place, before, most_before, after, most_after, coalesce(rules, []) "
            f"{groups} FROM pairs LEFT JOIN because USING (row) WHERE gain <> 0 OR rules IS NOT NULL "
            f"ORDER BY abs(gain) DESC, row LIMIT {SHOWN}"
        )
        for number, name, place, before, most_before, after, most_after, rules, *kept in self.database.execute(
            query
        ).fetchall():
            named = dict(zip(self.by, (word or NO_GROUP for word in kept), strict=True))
            yield Shift(
                name or str(number),
                place or "",
                named,
                (_yuan(before) or 0, _yuan(most_before)),
                (_yuan(after) or 0, _yuan(most_after)),
                tuple(rules),
            )

    def _count(self, query: str) -> int:
        found = self.database.execute(query).fetchone()
        assert found is not None
        return int(found[0])


def _yuan(value: Decimal | None) -> Exact | None:
    return None if value is None else exact(Fraction(value))
