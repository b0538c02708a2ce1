"""A slice of a table answered: profile by profile in Python, or all of them by SQL.

In: a slice. Out: what a partition consists of, in the tables of a store and in files of findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from evaluator.batch.columnar.answer import Answers
from evaluator.batch.columnar.children import Children
from evaluator.batch.columnar.cluster import Cluster
from evaluator.batch.columnar.groups import Groups
from evaluator.batch.columnar.reader import TableReader
from evaluator.batch.columnar.slices import RowSlices, Slice, Slices
from evaluator.batch.columnar.stage import Stager
from evaluator.batch.engines import Engine, OneByOne
from evaluator.batch.rows import Case, Rejection, Rows
from evaluator.batch.spark import session
from evaluator.batch.store import Cell, Counts, Elsewhere, Store, clean
from evaluator.batch.tables import Table
from evaluator.batch.wide import FindingsLayout
from evaluator.batch.workspace import PartFiles
from evaluator.record import record


@record
class Answered:
    """A partition: what was counted, the files of findings beside those in the store, and profiles to sample.

    Each file goes with a relation that gives its rows in the long form.
    """

    counts: Counts
    rejections: Sequence[Rejection]
    files: Mapping[Path, str]
    sampled: Sequence[Case]
    elsewhere: Elsewhere | None = None


class Answerer(Protocol):
    """Answers a table slice by slice."""

    slices: Slices

    def answer(self, slice_: Slice, files: PartFiles, every: int) -> Answered:
        """Answer a slice into the store; of every n-th row the profile is given back."""


class ByHand:
    """Reads every row in Python and has an engine answer the profiles."""

    def __init__(self, store: Store, table: Table, rows: Rows, engine: Engine, children: Children) -> None:
        self.store, self.rows, self.engine, self.children = store, rows, engine, children
        self.slices: Slices = RowSlices(table)

    def answer(self, slice_: Slice, files: PartFiles, every: int) -> Answered:
        """As the protocol says."""
        cases: list[Case] = []
        rejections: list[Rejection] = []
        rejected = 0
        for row, entries in self.children.with_entries(slice_.aside.values()):
            found = self.rows.read(row, entries)
            if isinstance(found, Case):
                cases.append(found)
            else:
                rejected += 1
                rejections += found
        answer_cases(self.store, self.engine, cases)
        return Answered(
            counts=Counts(read=slice_.count, answered=len(cases), rejected=rejected, by_hand=slice_.count),
            rejections=rejections,
            files={},
            sampled=[case for case in cases if case.row % every == 0],
        )


def answer_cases(store: Store, engine: Engine, cases: Sequence[Case]) -> None:
    """Profiles that were read by Python, into the tables of the store."""
    if cases:
        store.add("cases", map(_profile_row, cases))
        engine.answer(cases, store)


def _profile_row(case: Case) -> tuple[Cell, ...]:
    profile = case.profile
    return (case.row, clean(profile.name), profile.code, profile.kind, profile.place, *map(clean, case.kept))


class InSql:
    """Reads plain rows by SQL and asks all profiles of a slice at once, those whom the same rules concern together.

    What the SQL engine does not know, or its tables cannot hold, the compiled engine answers instead.
    """

    def __init__(
        self, store: Store, table: Table, rows: Rows, as_of: date, children: Children, findings: FindingsLayout
    ) -> None:
        self.store, self.rows = store, rows
        self.reader = TableReader(store, table, rows, store.folder / "spill")
        self.slices = self.reader.slices
        groups = Groups(rows.rulebook, as_of, "duckdb", rows, findings)
        self.stager = Stager(store, groups, rows, children)
        self.answers = Answers(store, groups, self.stager, findings)
        self.rest = OneByOne(rows.rulebook, as_of)

    def answer(self, slice_: Slice, files: PartFiles, every: int) -> Answered:
        """As the protocol says."""
        staged = self.stager.stage(slice_, self.reader.plan)
        written, unknown = self.answers.answer(staged, files.findings)
        left = self._read(slice_, self.answers.numbers(unknown)) if unknown else []
        answer_cases(self.store, self.rest, [*staged.rest, *left])
        answered = self.store.count("cases")
        numbers = [n for n in range(slice_.first, slice_.first + slice_.count) if n % every == 0]
        return Answered(
            counts=Counts(read=slice_.count, answered=answered, rejected=staged.rejected, by_hand=staged.by_hand),
            rejections=staged.rejections,
            files=written,
            sampled=self._read(slice_, numbers),
        )

    def _read(self, slice_: Slice, numbers: Iterable[int]) -> list[Case]:
        """Those rows of a slice that are profiles."""
        found = self.stager.read(slice_, list(numbers))
        return [case for case in found if isinstance(case, Case)]


class OnCluster:
    """The same on a Spark cluster, whose executors read and write the tables."""

    def __init__(
        self, store: Store, table: Table, rows: Rows, as_of: date, children: Children, findings: FindingsLayout,
        master: str,
    ) -> None:  # fmt: skip
        self.store = store
        self.reader = TableReader(store, table, rows, store.folder / "spill")
        self.slices = self.reader.slices
        groups = Groups(rows.rulebook, as_of, "spark", rows, findings)
        spill = store.folder / "spill" / "spark"
        self.cluster = Cluster(session(master), store, rows, groups, children, findings, spill)
        self.rest = OneByOne(rows.rulebook, as_of)

    def answer(self, slice_: Slice, files: PartFiles, every: int) -> Answered:
        """As the protocol says."""
        staged = self.cluster.stage(slice_, self.reader.plan)
        answered = self.cluster.answer(staged, files.findings, files.profiles)
        left = self._read(slice_, self.cluster.numbers(answered.unknown))
        answer_cases(self.store, self.rest, [*staged.rest, *left])
        numbers = [n for n in range(slice_.first, slice_.first + slice_.count) if n % every == 0]
        return Answered(
            counts=Counts(
                read=slice_.count,
                answered=answered.elsewhere.answered + self.store.count("cases"),
                rejected=staged.rejected,
                by_hand=staged.by_hand,
            ),
            rejections=staged.rejections,
            files=answered.files,
            sampled=self._read(slice_, numbers),
            elsewhere=answered.elsewhere,
        )

    def _read(self, slice_: Slice, numbers: Iterable[int]) -> list[Case]:
        found = self.cluster.stager.read(slice_, list(numbers))
        return [case for case in found if isinstance(case, Case)]
