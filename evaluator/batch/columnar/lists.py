"""Cells that hold a list, in SQL: how much of the list is known, and its entries as rows of a staging table.

A list is a JSON text, or a column of lists of structs; a word may stand for an empty or an open one. As with single
cells, nothing is said of what is not plain: the entry is marked, and its whole row is read by the reader of rows.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

from evaluator.batch.cells import EMPTY_LIST, OPEN_LIST
from evaluator.batch.columnar.scalars import Cell, Place, Scalars
from evaluator.batch.columnar.shapes import Shape
from evaluator.batch.columnar.wording import FALSE, NULL, TRUE, every
from evaluator.batch.rows import MAX_ITEMS
from evaluator.engines.sql.layout import read_of
from evaluator.record import record
from evaluator.rulebook.history import AWARD, PAYMENT
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Fact, Field, ListType, Record

UNSAFE: Final = r",[ \t\r\n]*[\]}]|[0-9]{11,}\.[0-9]|\.[0-9]{8,}|[0-9]{9,}\.[0-9]{5,}|[0-9][eE][-+]?[0-9]"
"""What DuckDB reads in a JSON text otherwise than Python: a comma too many, and numbers that a double would round."""


@record
class ListCell:
    """A list in a cell: `state` as its staging column has it, `blank`: nothing stands there.

    `entries` is what to unnest where `state` is true, JSON texts (`element` is None) or structs of the shape `element`.
    """

    fact: Fact
    state: str
    blank: str
    entries: str
    element: Shape | None


class Lists:
    """Reads lists."""

    def __init__(self, scalars: Scalars, rulebook: Rulebook) -> None:
        self.scalars, self.w, self.rulebook = scalars, scalars.w, rulebook
        self.awards = tuple(id for id, rule in rulebook.rules.items() if rule.kind == "incentive")

    def cell(self, fact: Fact, place: Place) -> ListCell:
        """A cell of a list fact."""
        raw, shape = place.raw, place.shape
        if place.form == "typed" and shape is not None and shape.name == "list":
            state = f"CASE WHEN {self._size(raw)} <= {self._most(shape)} THEN {TRUE} END"
            return ListCell(fact=fact, state=state, blank=f"{raw} IS NULL", entries=raw, element=shape.element)
        if self.w.flavour == "spark" or (place.form == "typed" and (shape is None or shape.name != "text")):
            blank = self.w.is_blank(raw) if shape is not None and shape.name == "text" else f"{raw} IS NULL"
            return ListCell(fact=fact, state=NULL, blank=blank, entries=NULL, element=None)
        json_line = place.form == "json"
        text = raw if json_line else place.cut
        blank = f"({raw} IS NULL OR {raw} = '\"\"')" if json_line else self.w.is_blank(raw)
        size = f"json_array_length({text}) <= {MAX_ITEMS}"  # which must not see what is no JSON
        unread = [] if json_line else [f"NOT json_valid({text})", self.w.holds(text, UNSAFE)]
        arms = [
            (self.w.among(text, _words(EMPTY_LIST, json_line)), TRUE),
            (self.w.among(text, _words(OPEN_LIST, json_line)), FALSE),
            (f"{text} NOT LIKE '[%'", NULL),
            *((condition, NULL) for condition in unread),
            (size, TRUE),
        ]
        entries = f"CASE WHEN {text} LIKE '[%' THEN {text} END"
        return ListCell(fact=fact, state=self.w.case(arms), blank=blank, entries=entries, element=None)

    def _size(self, raw: str) -> str:
        return f"len({raw})" if self.w.flavour == "duckdb" else f"size({raw})"

    def _most(self, shape: Shape) -> int:
        return MAX_ITEMS if shape.element.name == "struct" else 0

    # ------------------------------------------------------------------ entries

    def entries(self, cell: ListCell, table: str, keys: Sequence[str]) -> str:
        """The entries of a list of each row of `table`, whose columns are `keys`, `raw` and `state`: keys, item, the
        columns of the fields, and whether all of it is plain.
        """
        record = self.record(cell.fact)
        kept = ", ".join(keys)
        if cell.element is None:
            source, cells, whole = self._from_json(record, table, kept)
        else:
            source, cells, whole = self._from_structs(record, cell.element, table, kept)
        columns, tests = [], [whole]
        for field, place in cells:
            if isinstance(field.type, ListType):
                tests.append(f"{place.raw} IS NULL" if place.raw != NULL else TRUE)
                continue
            read = None if place.raw == NULL else self.field(record, field, place)
            staged = read_of(field).columns
            for column, value in zip(staged, (NULL,) * len(staged) if read is None else read.values, strict=True):
                columns.append(f"{self.w.typed(value, column.type)} AS {self.w.name(column.name)}")
            if read is not None:
                tests.append(f"({read.values[0]} IS NOT NULL OR {read.blank})")
        shown = ", ".join([kept, "item", *columns, f"coalesce({every(tests)}, {FALSE}) AS ok"])
        return f"SELECT {shown} FROM ({source}) AS e"

    def field(self, record: Record, field: Field, place: Place) -> Cell:
        """A field of an entry."""
        named = record.id == PAYMENT.id and field.id == AWARD.id
        return self.scalars.cell(field, place, self.awards if named else None)

    def record(self, fact: Fact) -> Record:
        """What the entries of a list are."""
        assert isinstance(fact.type, ListType)
        return self.rulebook.vocabulary.records[fact.type.record]

    def _from_json(self, record: Record, table: str, kept: str) -> tuple[str, list[tuple[Field, Place]], str]:
        """Entries of JSON texts: each an object whose keys name fields, every field once and all in one way."""
        ids = [field.id for field in record.fields if field.id != field.label.zh]
        labels = [field.label.zh for field in record.fields]
        shape = json.dumps(dict.fromkeys([*labels, *ids], "JSON"), ensure_ascii=False)
        parts = []
        cells: list[tuple[Field, Place]] = []
        for index, field in enumerate(record.fields):
            names = dict.fromkeys([field.label.zh, field.id])
            found = ", ".join(f"t.{self.w.name(name)}" for name in names)
            parts.append(f"CAST(coalesce({found}) AS VARCHAR) AS f{index}")  # as JSON it would be read once more
            cells.append((field, Place(raw=f"f{index}", form="json", entry=True)))
        arrays = f"SELECT {kept}, from_json(raw, '[\"JSON\"]') AS a FROM {table} WHERE state AND raw IS NOT NULL"
        rows = f"SELECT {kept}, CAST(unnest(a) AS VARCHAR) AS e, generate_subscripts(a, 1) AS item FROM ({arrays})"
        parsed = f"SELECT *, from_json(e, {self.w.literal(shape)}) AS t, json_keys(e) AS k FROM ({rows})"
        listed = {name: ", ".join(map(self.w.literal, words)) for name, words in (("l", labels), ("i", ids))}
        whole = [
            "left(e, 1) = '{'",
            f"list_has_all([{', '.join(filter(None, listed.values()))}], k)",
            "len(k) = len(list_distinct(k))",
        ]
        if ids:
            whole.append(f"NOT (list_has_any(k, [{listed['l']}]) AND list_has_any(k, [{listed['i']}]))")
        return f"SELECT {kept}, item, e, k, {', '.join(parts)} FROM ({parsed})", cells, every(whole)

    def _from_structs(
        self, record: Record, element: Shape, table: str, kept: str
    ) -> tuple[str, list[tuple[Field, Place]], str]:
        """Entries of a column of lists of structs, whose fields have to name fields, each once."""
        cells: list[tuple[Field, Place]] = []
        parts = []
        known = True
        given: dict[str, tuple[str, Shape]] = {}
        for name, shape in element.parts if element.name == "struct" else ():
            field = record.find(name)
            known = known and field is not None and field.id not in given
            if field is not None:
                given[field.id] = name, shape
        for index, field in enumerate(record.fields):
            if field.id in given:
                name, shape = given[field.id]
                parts.append(f"e.{self.w.name(name)} AS f{index}")
                cells.append((field, Place(raw=f"f{index}", form="typed", shape=shape, entry=True)))
            else:
                cells.append((field, Place(raw=NULL, form="typed")))
        if self.w.flavour == "duckdb":
            rows = f"SELECT {kept}, unnest(raw) AS e, generate_subscripts(raw, 1) AS item FROM {table} WHERE state"
        else:
            rows = f"SELECT {kept}, e, p + 1 AS item FROM {table} LATERAL VIEW posexplode(raw) x AS p, e WHERE state"
        whole = "e IS NOT NULL" if known else FALSE
        return f"SELECT {', '.join([kept, 'item', 'e', *parts])} FROM ({rows})", cells, whole


def _words(words: Collection[str], quoted: bool) -> list[str]:
    """Words in the order of their letters, as JSON texts where they stand in JSON."""
    return [json.dumps(word, ensure_ascii=False) if quoted else word for word in sorted(words)]
