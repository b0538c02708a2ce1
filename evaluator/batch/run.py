"""A batch from its input to its output folder.

In: a `Job`. Out: the manifest, and a folder with `profiles`, `findings`, `missing` and `rejected` as Parquet files, one
of each per partition. Every row that was read is either answered or set aside; the two are counted and must add up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from evaluator._version import __version__
from evaluator.batch.answering import Answerer, ByHand, InSql, OnCluster
from evaluator.batch.columnar.children import Children
from evaluator.batch.columnar.slices import Slice
from evaluator.batch.columns import Columns, Wishes
from evaluator.batch.engines import ENGINES, IN_SQL, LOCAL, choose, money
from evaluator.batch.extras import need
from evaluator.batch.folder import Population, open_population
from evaluator.batch.rows import Case, Defaults, Rejection, Rows
from evaluator.batch.store import FILES, FINDINGS, Cell, Digest, Store, clean, literal
from evaluator.batch.wide import DUCKDB, FindingsLayout, columns_in, in_order, pivoted, with_columns
from evaluator.batch.workspace import Json, Part, Workspace
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.record import record
from evaluator.rulebook.digest import bytes_digest, rulebook_digest
from evaluator.rulebook.model import Rulebook

SCHEMA_VERSION: Final = 1
ROWS, TABLE_ROWS = 20_000, 2 * 122_880
"""Rows worked on together, one by one or as a table.

DuckDB gives each of its threads 122,880 rows at the least: a table of fewer keeps one processor busy.
"""
SAMPLE: Final = 500
"""Of about so many profiles the reference engine tells which facts are missing."""

Finish: TypeAlias = Callable[[Path, Store, Mapping[str, Json]], None]
"""Adds reports to a folder before it gets its name: given the folder, a database and the manifest."""
Progress: TypeAlias = Callable[[int, int], None]
"""Told after each partition: rows done, and how many there are about."""


@record
class Job:
    """What is asked: which table, about which day, by which rules, into which folder."""

    input: Path
    out: Path
    rulebook: Rulebook
    as_of: date
    wishes: Wishes
    defaults: Defaults
    sheet: str | None = None
    engine: str = "auto"
    master: str = LOCAL
    memory_limit: str = "1GB"
    partition_rows: int | None = None
    findings: FindingsLayout = "long"


@record
class Result:
    """What came of it. `resumed` counts the partitions that an earlier run had finished; `again`: all was there."""

    out: Path
    manifest: Mapping[str, Json]
    resumed: int
    again: bool

    @property
    def rejected(self) -> int:
        """How many rows were set aside, those of child tables included."""
        found = self.manifest["counts"]
        assert isinstance(found, dict)
        own, children = found["rejected"], found["items_rejected"]
        assert isinstance(own, int)
        assert isinstance(children, int)
        return own + children


def run(job: Job, finish: Finish, progress: Progress) -> Result:
    """Answer the whole table. `finish` adds reports to the folder before it gets its name.

    Raises RuleError when the table cannot be read or the output not be written; rows that do not fit are set aside.
    """
    need("duckdb")
    need("openpyxl")
    _refuse_patterns(job.out)
    population = open_population(job.input, job.rulebook, job.wishes, sheet=job.sheet)
    rows = _rows(job, population)
    engine = choose(job.engine, population.estimate)
    workspace = Workspace(job.out, _plan(job, population, engine))
    done = workspace.finished()
    if done is not None:
        return Result(out=job.out, manifest=done, resumed=0, again=True)
    with workspace.opened() as goes_on:
        batch = _Batch(job, population, rows, engine, workspace)
        try:
            manifest = batch.run(goes_on, progress)
            finish(workspace.folder, batch.store, manifest)
        finally:
            batch.store.close()
        workspace.finish(manifest)
    return Result(out=job.out, manifest={"plan": workspace.plan, **manifest}, resumed=batch.resumed, again=False)


def _rows(job: Job, population: Population) -> Rows:
    """What reads the rows, after its headings were looked up."""
    table = population.table
    return Rows(
        job.rulebook,
        Columns(job.rulebook, job.wishes),
        table.headings,
        texts=table.texts,
        defaults=job.defaults,
        kept=tuple(dict.fromkeys((*job.wishes.by, *job.wishes.keep))),
        where=str(table.path),
    )


def _refuse_patterns(out: Path) -> None:
    """DuckDB takes some signs of a path for a pattern of many files."""
    if any(sign in str(out) for sign in "*?[]{}"):
        message = "the path holds a sign that stands for many files"
        help = "name an output without any of `* ? [ ] { }`"
        raise RuleError([Diagnostic("path", message, where=str(out), help=help)])


def _plan(job: Job, population: Population, engine: str) -> dict[str, Json]:
    """Everything that the answer depends on: a run with the same plan may go on where another stopped."""
    policies = list(job.rulebook.policies)
    wishes, defaults = job.wishes, job.defaults
    return {
        "schema_version": SCHEMA_VERSION,
        "rulebook": {
            "version": __version__,
            "sha256": rulebook_digest(job.rulebook, policies),
            "files_sha256": bytes_digest(job.rulebook, policies),
        },
        "as_of": job.as_of.isoformat(),
        "input": {name: dict(told) for name, told in population.files.items()},
        "sheet": job.sheet,
        "kind": defaults.kind,
        "place": defaults.place,
        "columns": {
            "map": dict(wishes.named),
            "by": list(wishes.by),
            "keep": list(wishes.keep),
            "ignore": list(wishes.ignore),
            "key": wishes.key,
        },
        "engine": engine,
        "partition_rows": _partition_rows(job, engine),
        "layout": job.findings,
    }


def _partition_rows(job: Job, engine: str) -> int:
    """How many rows are worked on together: in SQL as many as are worth planning a query for."""
    return job.partition_rows or (TABLE_ROWS if engine in IN_SQL else ROWS)


class _Batch:
    def __init__(self, job: Job, population: Population, rows: Rows, engine: str, workspace: Workspace) -> None:
        self.job, self.population, self.engine, self.workspace = job, population, engine, workspace
        self.resumed = 0
        self.store = Store(workspace.folder, rows.kept, job.memory_limit)
        self.rows = rows
        self.every = max(population.estimate // SAMPLE, 1)

    def run(self, goes_on: bool, progress: Progress) -> dict[str, Json]:
        """Every partition, then what the manifest says of them."""
        parts: list[Part] = []
        size, job = _partition_rows(self.job, self.engine), self.job
        done = 0
        spill = self.workspace.folder / "spill"
        with ExitStack() as stack:
            children = stack.enter_context(
                closing(Children(self.store, self.population, self.rows, spill / "children"))
            )
            orphans = children.orphans
            answerer = self._answerer(children)
            slices = stack.enter_context(closing(answerer.slices))
            while True:
                part = self.workspace.part(len(parts)) if goes_on else None
                if part is not None:
                    slices.skip(part.counts.read, part.next)
                    self.resumed += 1
                elif (slice_ := slices.take(size)) is not None:
                    part = self._part(len(parts), slice_, answerer)
                else:
                    break
                parts.append(part)
                done += part.counts.read
                progress(done, max(self.population.estimate, done))
        self.population.refuse_change()
        return self._manifest(parts if job.findings == "long" else self._widened(parts), orphans, done)

    def _answerer(self, children: Children) -> Answerer:
        table, job = self.population.table, self.job
        if self.engine in ENGINES:
            engine = ENGINES[self.engine](job.rulebook, job.as_of)
            return ByHand(self.store, table, self.rows, engine, children)
        if self.engine == "spark":
            return OnCluster(self.store, table, self.rows, job.as_of, children, job.findings, job.master)
        return InSql(self.store, table, self.rows, job.as_of, children, job.findings)

    def _part(self, number: int, slice_: Slice, answerer: Answerer) -> Part:
        store = self.store
        store.clear()
        answered = answerer.answer(slice_, self.workspace.files(number), self.every)
        store.add("missing", self._missing(answered.sampled))
        store.add("rejected", map(rejection_row, answered.rejections))
        counts, elsewhere = answered.counts, answered.elsewhere
        totals = store.count("totals") + (0 if elsewhere is None else elsewhere.answered)
        if counts.read != counts.answered + counts.rejected or totals != counts.answered:
            raise AssertionError(f"rows were lost in partition {number}: {counts}")
        files = dict(answered.files)
        if store.count(FINDINGS) or not files:
            files[self._findings_in(store, self.workspace.files(number).findings(0))] = FINDINGS
        return self.workspace.finish_part(number, store, counts, files, elsewhere, answerer.slices.where())

    def _findings_in(self, store: Store, path: Path) -> Path:
        """Write the findings that stand in the store."""
        if self.job.findings == "long":
            store.copy(f"SELECT * FROM {FINDINGS}", path)
        else:
            query, columns = pivoted(store.database)
            store.copy(with_columns(query, columns, in_order(columns, self.job.rulebook), DUCKDB), path)
        return path

    def _widened(self, parts: Sequence[Part]) -> list[Part]:
        """The partitions after each file of wide findings got the columns that any of them has."""
        database, folder = self.store.database, self.workspace.folder
        files = {name: folder / name for part in parts for name in part.files if name.startswith(f"{FINDINGS}/")}
        own = {name: columns_in(database, path) for name, path in files.items()}
        columns = in_order({column for found in own.values() for column in found}, self.job.rulebook)
        widened: list[Part] = []
        for part in parts:
            written: dict[Path, Path] = {}
            for name in part.files:
                if own.get(name, columns) != columns:
                    aside = files[name].with_name(f".{files[name].name}")
                    read = f"SELECT * FROM read_parquet({literal(str(files[name]))})"
                    self.store.copy(with_columns(read, own[name], columns, DUCKDB), aside)
                    written[aside] = files[name]
            widened.append(self.workspace.replace_files(part, written) if written else part)
        return widened

    def _missing(self, cases: Sequence[Case]) -> Iterator[tuple[Cell, ...]]:
        """What the reference engine misses of every n-th profile: rule, fact, and the money that hangs on it."""
        from evaluator.engines.decide import decide

        for case in cases:
            for finding in decide(self.job.rulebook, case.profile, as_of=self.job.as_of).findings:
                amount = finding.amount
                if amount is None:
                    continue
                bounded = amount.stated and amount.potential is not None
                left = amount.potential - amount.guaranteed if bounded and amount.potential is not None else None
                for fact in dict.fromkeys(_fact(entry.path) for entry in (*finding.missing, *finding.decisions)):
                    yield case.row, finding.rule.id, fact, "true" if amount.stated else "false", money(left)

    def _manifest(self, parts: list[Part], orphans: list[Rejection], done: int) -> dict[str, Json]:
        digest = Digest()
        for part in parts:
            digest = digest.plus(part.digest)
        read, answered = sum(part.counts.read for part in parts), sum(part.counts.answered for part in parts)
        rejected, findings = sum(part.counts.rejected for part in parts), sum(part.counts.findings for part in parts)
        if read != done or read != answered + rejected:
            raise AssertionError(f"{done} rows were read, {answered} answered and {rejected} set aside")
        if not read:
            where = str(self.population.table.path)
            raise RuleError([Diagnostic("no-rows", "the table holds no profile", where=where)])
        if orphans:
            self.store.clear()
            self.store.add("rejected", map(rejection_row, orphans))
            self.store.copy(FILES["rejected"], self.workspace.folder / "rejected" / "children.parquet")
        return {
            "tables": {
                table.path.name: {"format": table.format, "encoding": table.encoding}
                for table in self.population.tables
            },
            "counts": {
                "read": read,
                "answered": answered,
                "rejected": rejected,
                "findings": findings,
                "items_rejected": len(orphans),
            },
            "by_hand": sum(part.counts.by_hand for part in parts),
            "engine": self.engine,
            "missing_of_every": self.every,
            "digest": digest.text(),
            "parts": [part.data() for part in parts],
        }


def rejection_row(found: Rejection) -> tuple[Cell, ...]:
    """One row of `rejected`."""
    return (
        clean(found.table),
        found.row,
        found.line,
        clean(found.column),
        found.code,
        clean(found.reason),
        clean(found.help),
    )


def _fact(path: str) -> str:
    """A path of a missing fact without the number of the entry: `标准[3].角色` is `标准[].角色`."""
    return _ENTRY.sub("[]", path)


_ENTRY: Final = re.compile(r"\[\d{1,6}\](?=\.)")
