"""Tables staged twice, by SQL and by hand, and what came of it, to be held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from evaluator.batch.columnar.children import Children
from evaluator.batch.columnar.groups import Groups
from evaluator.batch.columnar.reader import TableReader
from evaluator.batch.columnar.slices import RowSlices
from evaluator.batch.columnar.stage import Staged, Stager
from evaluator.batch.columns import Columns, Wishes
from evaluator.batch.folder import open_population
from evaluator.batch.rows import Defaults, Rejection, Rows
from evaluator.batch.store import Store
from evaluator.engines.sql.layout import (
    ITEM,
    KIND,
    MEMBER,
    MEMBERS,
    MEMBERS_COMPLETE,
    PLACE,
    PROFILE,
    PROFILES,
    Layout,
    Table,
    items_table,
    list_column,
    read_of,
)
from evaluator.record import record
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import ListType
from tests.batch.batches import AS_OF


@record
class Told:
    """What staging a table comes to: its staging tables row by row, and the rows set aside."""

    tables: Mapping[str, Sequence[Mapping[str, object]]]
    rest: Mapping[int, object]
    rejections: Sequence[Rejection]
    by_hand: int


class AllGroups(Groups):
    """Groups whose rules read everything that there is."""

    def layout(self, group: int) -> Layout:
        """Tables with a column for every fact, and for the figures of some years."""
        vocabulary = self.rulebook.vocabulary
        facts = [fact for fact in self.rulebook.facts.values() if not isinstance(fact.type, ListType)]
        lists = [fact for fact in self.rulebook.facts.values() if isinstance(fact.type, ListType)]
        read = [read_of(fact) for fact in facts]
        read += [read_of(metric, year) for metric in vocabulary.metrics.values() for year in (2024, 2025)]
        fields = {
            fact.id: vocabulary.records[fact.type.record].fields for fact in lists if isinstance(fact.type, ListType)
        }
        return Layout(
            as_of=self.as_of,
            profiles=Table(
                name=PROFILES,
                keys=(PROFILE, KIND, PLACE),
                reads=tuple(read),
                lists=(*(list_column(fact.id) for fact in lists), MEMBERS_COMPLETE),
            ),
            items={
                id: Table(name=items_table(id), keys=(PROFILE, ITEM), reads=tuple(map(read_of, found)))
                for id, found in fields.items()
            },
            member_items={},
            members=Table(name=MEMBERS, keys=(PROFILE, MEMBER, KIND, PLACE), reads=tuple(read)),
        )


def staged(
    path: Path, book: Rulebook, wishes: Wishes, *, by_hand: bool, slice_rows: int = 10_000, **given: Any
) -> Told:
    """All rows of a table, staged slice by slice."""
    population = open_population(path, book, wishes)
    table = population.table
    kept = tuple(dict.fromkeys((*wishes.by, *wishes.keep)))
    defaults = given.pop("defaults", Defaults(kind=None, place=None))
    rows = Rows(
        book, Columns(book, wishes), table.headings, texts=table.texts, defaults=defaults, kept=kept, where=str(path)
    )
    folder = path.parent / f"work-{path.name}-{by_hand}"
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder, kept, "500MB")
    tables: dict[str, list[Mapping[str, object]]] = {}
    rest: dict[int, object] = {}
    rejections: list[Rejection] = []
    hands = 0
    try:
        with ExitStack() as stack:
            children = stack.enter_context(closing(Children(store, population, rows, folder / "children")))
            reader = stack.enter_context(closing(TableReader(store, table, rows, folder)))
            stager = Stager(store, AllGroups(book, AS_OF, "duckdb", rows, "long"), rows, children)
            slices = stack.enter_context(closing(RowSlices(table))) if by_hand else reader.slices
            while (slice_ := slices.take(slice_rows)) is not None:
                found = stager.stage(slice_, None if by_hand else reader.plan)
                _collect(store, found, tables, rest)
                rejections += found.rejections
                hands += found.by_hand
    finally:
        store.close()
    return Told(tables=tables, rest=rest, rejections=rejections, by_hand=hands)


def _collect(
    store: Store, found: Staged, tables: dict[str, list[Mapping[str, object]]], rest: dict[int, object]
) -> None:
    names = store.database.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND "
        "(table_name IN ('staged', 'members') OR starts_with(table_name, 'items_'))"
    ).fetchall()
    for (name,) in names:
        result = store.database.execute(f'SELECT * FROM "{name}" ORDER BY ALL')
        headings = [entry[0] for entry in result.description]
        for row in result.fetchall():
            cells = {
                heading: cell
                for heading, cell in zip(headings, row, strict=True)
                if cell is not None and not heading.startswith("raw:") and heading not in ("ok", "grp")
            }
            if cells.get("members:complete") is True:
                del cells["members:complete"]
            if cells.get("head:name") == "":
                del cells["head:name"]
            tables.setdefault(name, []).append(cells)
    for case in found.rest:
        rest[case.row] = case


def differences(path: Path, book: Rulebook, wishes: Wishes, **given: Any) -> list[str]:
    """What SQL stages otherwise than the reader of rows does, in words."""
    told = {hand: staged(path, book, wishes, by_hand=hand, **given) for hand in (True, False)}
    return compared(told[True], told[False])


def compared(expected: Told, found: Told) -> list[str]:
    """The differences between two stagings."""
    problems: list[str] = []
    for name in sorted(expected.tables.keys() | found.tables.keys()):
        want, have = (sorted(map(repr, map(_ordered, told.tables.get(name, ())))) for told in (expected, found))
        problems += [f"{name}: by hand {row}" for row in want if row not in have]
        problems += [f"{name}: in SQL {row}" for row in have if row not in want]
        if len(want) != len(have):
            problems.append(f"{name}: {len(want)} rows by hand, {len(have)} in SQL")
    if expected.rest.keys() != found.rest.keys():
        problems.append(f"rest: {expected.rest.keys()} and {found.rest.keys()}")
    if list(expected.rejections) != list(found.rejections):
        problems.append(f"rejections: {expected.rejections} and {found.rejections}")
    return problems


def _ordered(row: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted(row.items())
