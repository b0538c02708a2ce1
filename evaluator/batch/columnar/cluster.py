"""A slice staged and answered on Spark: executors read the parts of a table and write findings and profiles.

Only rows that are not plain come to the driver, which reads them as ever and hands their staging rows on as Parquet; of
tables that are no Parquet it stages all. What an executor wrote is moved into its place; the folder of the batch has to
be one that driver and workers share.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Final

from evaluator.batch.columnar.answer import asked_of, of, view_of
from evaluator.batch.columnar.children import Children
from evaluator.batch.columnar.groups import Groups, Prepared
from evaluator.batch.columnar.lists import Lists
from evaluator.batch.columnar.plan import Given, TablePlan, plan_of
from evaluator.batch.columnar.scalars import Scalars
from evaluator.batch.columnar.shapes import of_spark
from evaluator.batch.columnar.slices import AT, Slice
from evaluator.batch.columnar.stage import CHECKED, GIVEN, HEADS, STAGED, Staged, Stager, staging_table
from evaluator.batch.columnar.wording import Wording
from evaluator.batch.rows import Rows
from evaluator.batch.store import KEPT, Elsewhere, Store, awards_of, literal, outcomes_of, totals_of
from evaluator.batch.wide import FindingsLayout, in_order, long_of
from evaluator.engines.sql.layout import PROFILES
from evaluator.record import record

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OWN: Final = "own_"
"""What the views begin with that hold what was staged on the cluster, and `HAND` those of the driver's rows."""
HAND: Final = "hand_"


@record
class Answered:
    """What the cluster wrote: files of findings, and the relations and files of everything else."""

    files: dict[Path, str]
    elsewhere: Elsewhere
    unknown: tuple[int, ...]


class Cluster:
    """Stages and answers slices on a Spark session; `folder` is for what need not last."""

    def __init__(
        self, session: SparkSession, store: Store, rows: Rows, groups: Groups, children: Children,
        findings: FindingsLayout, folder: Path,
    ) -> None:  # fmt: skip
        self.session, self.store, self.rows, self.groups, self.findings = session, store, rows, groups, findings
        self.w, self.folder = Wording("spark"), folder
        self.lists = Lists(Scalars(self.w, rows.rulebook.vocabulary.units), rows.rulebook)
        self.stager = Stager(store, groups, rows, children)
        self.columns: list[str] = []
        self._own: dict[str, set[str]] = {}
        self._hand: dict[str, set[str]] = {}

    # ------------------------------------------------------------------ staging

    def stage(self, slice_: Slice, plan: TablePlan | None) -> Staged:
        """Stage a slice of Parquet; `plan` reads what the driver stages, of any other table."""
        rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._own, self._hand = {}, {}
        if not slice_.parts:
            staged = self.stager.stage(slice_, plan)
            self._hand_on()
            return staged
        odd = self._stage(slice_)
        left = {row.number: row for row in slice_.rows(odd)}
        staged = self.stager.stage(
            Slice(first=slice_.first, count=len(left), relation=None, size=0, aside=left, rows=slice_.rows), None
        )
        self._hand_on()
        sizes = dict(staged.sizes)
        for group, count in self._rows(f"SELECT grp, count(*) FROM {OWN}{STAGED} GROUP BY grp"):
            sizes[int(str(group))] = sizes.get(int(str(group)), 0) + int(str(count))
        return Staged(
            sizes=sorted(sizes.items()), rest=staged.rest, rejections=staged.rejections, rejected=staged.rejected,
            by_hand=staged.by_hand,
        )  # fmt: skip

    def _stage(self, slice_: Slice) -> list[int]:
        """The views of the plain rows of a slice; returns the numbers of the others."""
        plan = self._plan(slice_)
        self._keep(CHECKED, plan.checked("SELECT * FROM relation"))
        heads = self._heads(plan)
        handed_on = [name for name in plan.staged if not name.startswith("raw:") and name not in GIVEN]
        columns = ", ".join(f"c.{self.w.name(name)}" for name in handed_on)
        misfits = " ".join(
            f"WHEN {self.w.literal(kind)} THEN {misfit}" for kind in heads if (misfit := plan.misfit(kind)) != "FALSE"
        )
        fits = f"NOT coalesce(CASE h.kind {misfits} ELSE FALSE END, FALSE)" if misfits else "TRUE"
        given = " AND ".join(f"coalesce(c.{self.w.name(name)}, '') = h.given_{nth}" for nth, name in enumerate(GIVEN))
        self._keep(
            "fitting",
            f"SELECT c.{AT}, h.kind, h.place, h.grp, {columns} FROM {OWN}{CHECKED} c JOIN {HEADS} h ON {given} "
            f"WHERE c.plain AND {fits}",
        )
        bad = []
        for cell in plan.lists:
            fact = cell.fact.id
            source = (
                f"(SELECT {AT}, s.grp, c.{self.w.name(f'raw:{fact}')} AS raw, s.{self.w.name(f'list:{fact}')} AS state "
                f"FROM {OWN}{CHECKED} c JOIN {OWN}fitting s USING ({AT})) AS t"
            )
            if cell.element is not None:
                self._keep(f"items_{fact}", self.lists.entries(cell, source, (AT, "grp")))
                bad.append(f"SELECT {AT} FROM {self._view(f'items_{fact}')} WHERE NOT ok")
        broken = f"({' UNION '.join(bad)})" if bad else f"(SELECT {AT} FROM {OWN}fitting WHERE FALSE)"
        self._keep("broken", f"SELECT DISTINCT {AT} FROM {broken}")
        for name in ("fitting", *(f"items_{cell.fact.id}" for cell in plan.lists if cell.element is not None)):
            view = self._view(name)
            whole = self.session.sql(f"SELECT * FROM {view} LEFT ANTI JOIN {OWN}broken USING ({AT})")
            whole.createOrReplaceTempView(self._view(STAGED if name == "fitting" else name))
        self._own[STAGED] = self._own.pop("fitting")
        found = self._rows(f"SELECT {AT} FROM {OWN}{CHECKED} LEFT ANTI JOIN {OWN}{STAGED} USING ({AT}) ORDER BY {AT}")
        return [int(str(number)) for (number,) in found]

    def _plan(self, slice_: Slice) -> TablePlan:
        """How the slice is read, after making the view `relation` of it."""
        from pyspark.sql import DataFrame

        frames: list[DataFrame] = []
        schema = self.session.read.parquet(_uri(slice_.parts[0].path)).schema
        last = slice_.first + slice_.count - 1
        for part in slice_.parts:
            frame = self.session.read.schema(schema).parquet(_uri(part.path))
            cells = [
                f"{'NULL' if column.role == 'ignored' else self.w.name(field.name)} AS r{index}"
                for index, (field, column) in enumerate(zip(schema.fields, self.rows.fixed, strict=True))
            ]
            number = f"_metadata.row_index + {part.before} + 1"
            frames.append(
                frame.selectExpr(f"{number} AS {AT}", *cells).where(f"{AT} BETWEEN {slice_.first} AND {last}")
            )
        whole = frames[0]
        for frame in frames[1:]:
            whole = whole.union(frame)
        whole.createOrReplaceTempView("relation")
        shapes = [of_spark(field.dataType) for field in schema.fields]
        return plan_of(
            self.w, self.rows.rulebook, Given(columns=self.rows.fixed, form="typed", shapes=shapes), self.rows.kept
        )

    def _heads(self, plan: TablePlan) -> list[str]:
        """The view `heads`: what kinds and places are, as given; returns the kinds."""
        given = ", ".join(f"coalesce({self.w.name(name)}, '')" for name in GIVEN)
        found = self._rows(f"SELECT DISTINCT {given} FROM {OWN}{CHECKED} WHERE plain")
        heads = [head for kind, place in found if (head := self.groups.head(str(kind), str(place))) is not None]
        rows = [
            f"({', '.join(map(self.w.literal, (h.given_kind, h.given_place, h.kind, h.place)))}, {h.group})"
            for h in heads
        ]
        values = f"VALUES {', '.join(rows)}" if rows else "VALUES ('', '', '', '', -1)"
        self.session.sql(
            f"SELECT * FROM {values} AS t(given_0, given_1, kind, place, grp) WHERE grp >= 0"
        ).createOrReplaceTempView(HEADS)
        return list(dict.fromkeys(head.kind for head in heads))

    def _hand_on(self) -> None:
        """The views of what the driver staged."""
        tables = self.store.database.execute(
            f"SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND {staging_table()}"
        ).fetchall()
        for nth, (name,) in enumerate(tables):
            path = self.folder / f"hand-{nth}.parquet"
            self.store.copy(f"SELECT * FROM {self.stager.w.name(name)}", path)
            frame = self.session.read.parquet(_uri(path))
            frame.createOrReplaceTempView(self.w.name(f"{HAND}{name}"))
            self._hand[name] = set(frame.columns)

    # ------------------------------------------------------------------ answering

    def answer(self, staged: Staged, findings: Callable[[int], Path], profiles: Path) -> Answered:
        """Write the findings of each query, and the profiles, as files of these names with a number behind."""
        asked = [(groups, self.groups.prepared(groups)) for groups in self.groups.together(staged.sizes)]
        known = [(groups, prepared) for groups, prepared in asked if prepared is not None]
        unknown = tuple(group for groups, prepared in asked if prepared is None for group in groups)
        new = {column for _, prepared in known for column in prepared.columns}
        self.columns = in_order({*self.columns, *new}, self.rows.rulebook)
        files: dict[Path, str] = {}
        parts: list[str] = []
        totals: list[str] = []
        for nth, (groups, prepared) in enumerate(known, start=1):
            written = self._ask(nth, prepared, groups, findings(nth))
            for path in written:
                read = f"read_parquet({literal(str(path))})"
                files[path] = read if self.findings == "long" else long_of(read, prepared.columns, self.stager.w)
            found = f"found_{nth}"
            self.session.read.parquet(*map(_uri, written)).createOrReplaceTempView(found)
            parts.append(
                f"SELECT * FROM {found if self.findings == 'long' else long_of(found, prepared.columns, self.w)}"
            )
            totals.append(
                f"SELECT profile AS row, guaranteed, potential, unstated, unstated_open FROM {OWN}totals_{nth}"
            )
        return Answered(files=files, elsewhere=self._summed(parts, totals, unknown, profiles), unknown=unknown)

    def _ask(self, nth: int, prepared: Prepared, groups: Sequence[int], path: Path) -> list[Path]:
        for table in prepared.layout.tables:
            source = STAGED if table.name == PROFILES else table.name
            sources: list[tuple[str, Collection[str]]] = [
                (self.w.name(f"{where}{source}"), columns[source])
                for where, columns in ((OWN, self._own), (HAND, self._hand))
                if source in columns
            ]
            query = view_of(self.w, table, groups, sources or [("", ())])
            self.session.sql(query).createOrReplaceTempView(self.w.name(table.name))
        self._keep(f"totals_{nth}", prepared.totals)
        return self._write(asked_of(self.w, prepared, self.findings, self.columns), path)

    def numbers(self, groups: Sequence[int]) -> list[int]:
        """The staged rows of these groups."""
        found: list[int] = []
        for where, columns in ((OWN, self._own), (HAND, self._hand)):
            if groups and STAGED in columns:
                found += [int(str(n)) for (n,) in self._rows(f"SELECT {AT} FROM {where}{STAGED} WHERE {of(groups)}")]
        return sorted(found)

    def _summed(self, parts: Iterable[str], totals: Iterable[str], unknown: Sequence[int], profiles: Path) -> Elsewhere:
        found, sums = " UNION ALL ".join(parts), " UNION ALL ".join(totals)
        nothing = "WHERE FALSE"
        if not found:
            cells = ", ".join(f"{self.w.null(type_)} AS {name}" for name, type_ in self.store.columns["findings"])
            found = f"SELECT {cells} {nothing}"
            cells = ", ".join(f"{self.w.null(type_)} AS {name}" for name, type_ in self.store.columns["totals"])
            sums = f"SELECT {cells} {nothing}"
        self.session.sql(found).createOrReplaceTempView("found")
        self.session.sql(sums).createOrReplaceTempView("sums")
        self._keep("outcomes", outcomes_of("found", self.w))
        self._keep("totals", totals_of("sums", self.w))
        cases = " UNION ALL ".join(
            self._cases(where, columns) for where, columns in ((OWN, self._own), (HAND, self._hand))
        )
        chosen = f" WHERE NOT ({of(unknown)})" if unknown else ""
        kept = "".join(f", c.{self.w.name(KEPT + heading)}" for heading in self.store.kept)
        written = self._write(
            f"SELECT c.row, c.name, c.code, c.kind, c.place{kept}, t.guaranteed, t.potential, t.unstated, "
            f"t.unstated_open, a.entitled, a.undetermined FROM (SELECT * FROM ({cases}) AS s{chosen}) AS c "
            f"JOIN sums t ON t.row = c.row LEFT JOIN ({awards_of('found')}) AS a ON a.row = c.row",
            profiles,
        )
        answered = self._rows(f"SELECT coalesce(sum(profiles), 0) FROM {OWN}totals")[0][0]
        return Elsewhere(
            outcomes=self._read_back("outcomes"), totals=self._read_back("totals"), profiles=tuple(written),
            answered=int(str(answered)),
        )  # fmt: skip

    def _cases(self, where: str, columns: dict[str, set[str]]) -> str:
        """What is carried along of staged profiles."""
        texts = [("name", "coalesce(replace(`head:name`, '\\0', '\ufffd'), '')"), ("code", "`head:code`")]
        texts += [("kind", "kind"), ("place", "place")]
        texts += [(KEPT + heading, self.w.name(KEPT + heading)) for heading in self.store.kept]
        if STAGED not in columns:
            texts = [(name, "CAST(NULL AS STRING)") for name, _ in texts]
        cells = ", ".join(f"{value} AS {self.w.name(name)}" for name, value in texts)
        if STAGED not in columns:
            return f"SELECT CAST(NULL AS BIGINT) AS row, {cells}, 0 AS grp WHERE FALSE"
        return f"SELECT {AT} AS row, {cells}, grp FROM {where}{STAGED}"

    # ------------------------------------------------------------------ files

    def _keep(self, name: str, query: str) -> None:
        """The rows of a query as a view that is not worked out again."""
        path = self.folder / name
        self.session.sql(query).write.mode("overwrite").parquet(_uri(path))
        frame = self.session.read.parquet(_uri(path))
        frame.createOrReplaceTempView(self.w.name(f"{OWN}{name}"))
        self._own[name] = set(frame.columns)

    def _view(self, name: str) -> str:
        return self.w.name(f"{OWN}{name}")

    def _read_back(self, name: str) -> str:
        return f"read_parquet({literal(str(self.folder / name / '*.parquet'))})"

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.session.sql(query).collect()]

    def _write(self, query: str, path: Path) -> list[Path]:
        """The rows of a query as files beside each other, with their number behind the name of `path`."""
        aside = self.folder / f"written-{path.parent.name}-{path.stem}"
        self.session.sql(query).write.mode("overwrite").option("compression", "zstd").parquet(_uri(aside))
        written: list[Path] = []
        for nth, part in enumerate(sorted(aside.glob("*.parquet"))):
            written.append(path.with_name(f"{path.stem}-{nth:05}{path.suffix}"))
            part.replace(written[-1])
        return written


def _uri(path: Path) -> str:
    """A path as Spark takes it, which knows no signs that stand for others."""
    return f"file://{path.resolve()}"
