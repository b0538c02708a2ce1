"""All columns of a table in SQL: one SELECT that gives each row's staging values, and whether the row is plain.

In: what each column is (`evaluator.batch.columns`) and how its cells are given. Out: a `TablePlan`. The names of staged
columns are those of `evaluator.engines.sql.layout`; beside them stand `head:…` (kind, place, name and code as given),
`kept:…` (what is carried along) and `raw:…` (the data of a list, still to be unnested).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from evaluator.batch.columnar.lists import ListCell, Lists
from evaluator.batch.columnar.scalars import Cell, Form, Place, Scalars
from evaluator.batch.columnar.shapes import Shape
from evaluator.batch.columnar.slices import AT
from evaluator.batch.columnar.wording import NULL, TRUE, Wording, either, every
from evaluator.batch.columns import Column
from evaluator.batch.store import KEPT
from evaluator.engines.sql.layout import list_column, read_of
from evaluator.record import record
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import BoolType, Fact, Field, Metric

HEADS: Final = ("kind", "jurisdiction", "name", "code")
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1)
_CODE: Final = f"[0-9]{{8}}[{_ALPHABET}]{{10}}"
"""The unified social credit code of GB 32100-2015: a sum of its 18 signs, so weighted, that 31 divides."""


@record
class Given:
    """How the cells of a table are given: its columns in order, with the shape of each where they are typed.

    `test` is what must hold of a whole row besides.
    """

    columns: Sequence[Column]
    form: Form
    shapes: Sequence[Shape | None]
    test: str = TRUE


@record
class TablePlan:
    """How a table is read: each staged column with its expression (`values`) over the columns `r0`, `r1`, … and `cuts`.

    `cuts` are texts without the blanks around them (`t0`, `t1`, …), for those that are looked at more than once.
    `facts`: by which staged column one knows that a fact or figure was given, for those that some kinds do not have.
    """

    wording: Wording
    cuts: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    plain: str
    lists: tuple[ListCell, ...]
    facts: tuple[tuple[str, Fact | Metric], ...]

    @property
    def staged(self) -> tuple[str, ...]:
        """The names of the staged columns."""
        return tuple(name for name, _ in self.values)

    def checked(self, relation: str) -> str:
        """The rows of the relation of a slice: number, staged values, and whether they are plain."""
        w = self.wording
        cells = ", ".join(f"{value} AS {w.name(name)}" for name, value in self.values)
        shown = ", ".join([AT, *map(w.name, self.staged), f"coalesce({self.plain}, FALSE) AS plain"])
        cut = "".join(f", {value} AS {name}" for name, value in self.cuts)
        return f"SELECT {shown} FROM (SELECT *, {cells} FROM (SELECT *{cut} FROM ({relation}) AS r) AS t) AS v"

    def misfit(self, kind: str) -> str:
        """Whether a row gives something that a profile of that kind has not."""
        w = self.wording
        return either(f"{w.name(name)} IS NOT NULL" for name, field in self.facts if kind not in field.of)


class _Planner:
    """Collects the staged columns of one table, and what must hold of a plain row."""

    def __init__(self, wording: Wording, rulebook: Rulebook, given: Given, kept: Sequence[str]) -> None:
        self.w, self.given, self.kept = wording, given, kept
        self.scalars = Scalars(wording, rulebook.vocabulary.units)
        self.lists_of = Lists(self.scalars, rulebook)
        self.cuts: dict[int, str] = {}
        self.values: dict[str, str] = {}
        self.tests: list[str] = [given.test]
        self.quick: list[str] = [given.test]
        """As `tests`, of which each is true at least where its like here is: few cells need a second look."""
        self.lists: list[ListCell] = []
        self.facts: list[tuple[str, Fact | Metric]] = []

    def places(self) -> Iterator[tuple[Column, Place]]:
        for index, (column, shape) in enumerate(zip(self.given.columns, self.given.shapes, strict=True)):
            raw, text = f"r{index}", self.given.form == "words" or (shape is not None and shape.name == "text")
            seldom = column.fact is not None and isinstance(column.fact.type, BoolType)  # words are found uncut
            if text and not seldom:
                self.cuts[index] = self.w.trimmed(raw)
            cut = NULL if not text else self.w.trimmed(raw) if seldom else f"t{index}"
            yield column, Place(raw=raw, form=self.given.form, shape=shape, cut=cut)

    def plan(self) -> TablePlan:
        for column, place in self.places():
            unread = column.role == "ignored" and place.form == "typed"
            if column.role != "list" and not unread:  # the entries of a list are looked at one by one
                self._must(self.scalars.harmless(place))
            if column.heading in self.kept:
                self._carry(column.heading, place)
            match column.role:
                case "fact" | "figure":
                    self._scalar(column, place)
                case "list":
                    self._list(column, place)
                case "blank":
                    self._must(self._is_empty(place))
                case "kept" | "ignored":
                    pass
                case "kind" | "jurisdiction" | "name" | "code":
                    self._head(column.role, place)
        for heading in self.kept:
            self.values.setdefault(KEPT + heading, self.w.null("VARCHAR"))
        for head in HEADS:
            self.values.setdefault(f"head:{head}", self.w.null("VARCHAR"))
        return TablePlan(
            wording=self.w,
            cuts=tuple((f"t{index}", text) for index, text in self.cuts.items()),
            values=tuple(self.values.items()),
            plain=f"CASE WHEN {every(self.quick)} THEN TRUE ELSE {every(self.tests)} END",
            lists=tuple(self.lists),
            facts=tuple(self.facts),
        )

    def _must(self, test: str) -> None:
        """What holds of a plain row."""
        self.tests.append(test)
        self.quick.append(test)

    def _test(self, name: str, blank: str, place: Place) -> None:
        """A cell is plain when it gives a value, which stands under that name, or nothing."""
        value = f"{self.w.name(name)} IS NOT NULL"
        self.tests.append(f"({value} OR {blank})")
        self.quick.append(f"({value} OR {place.raw} IS NULL)")

    def _scalar(self, column: Column, place: Place) -> None:
        field: Field | None = column.fact if column.role == "fact" else column.metric
        assert isinstance(field, Fact | Metric)
        columns = read_of(field, column.year if column.role == "figure" else None).columns
        cell = self.scalars.cell(field, place)
        for staged, value in zip(columns, cell.values, strict=True):
            self.values[staged.name] = value if value == place.raw else self.w.typed(value, staged.type)
        self.facts.append((columns[0].name, field))
        if cell.values[0] != place.raw or cell.blank != f"{place.raw} IS NULL":  # else every cell is plain
            self._test(columns[0].name, cell.blank, place)

    def _list(self, column: Column, place: Place) -> None:
        assert column.fact is not None
        cell = self.lists_of.cell(column.fact, place)
        name = list_column(column.fact.id).name
        entries = cell.entries if cell.element is not None else self.w.typed(cell.entries, "VARCHAR")
        self.values |= {name: self.w.typed(cell.state, "BOOLEAN"), f"raw:{column.fact.id}": entries}
        self.lists.append(cell)
        self.facts.append((name, column.fact))
        self._test(name, cell.blank, place)

    def _carry(self, heading: str, place: Place) -> None:
        name = KEPT + heading
        cell = self.scalars.carried(place)
        self.values[name] = cell.values[0]
        self._test(name, cell.blank, place)

    def _is_empty(self, place: Place) -> str:
        text = place.form == "words" or (place.shape is not None and place.shape.name == "text")
        return self.w.is_blank(place.raw) if text else f"{place.raw} IS NULL"

    def _head(self, role: str, place: Place) -> None:
        cell = self._name(place) if role == "name" and place.form == "json" else self._text(place)
        name = f"head:{role}"
        self.values[name] = cell.values[0]
        self._test(name, cell.blank, place)
        if role == "code":
            self._must(is_code(self.w, self.w.name(name)))

    def _name(self, place: Place) -> Cell:
        """A name in JSON: blanks are none, while in another text of the head they are something wrong."""
        text, raw = self.scalars.json_text(place.raw), place.raw
        value = f"CASE WHEN {raw} LIKE '\"%' AND NOT {self.w.is_blank(text)} THEN {text} END"
        return Cell(values=(value,), blank=f"({raw} IS NULL OR ({raw} LIKE '\"%' AND {text} IS NOT NULL))")

    def _text(self, place: Place) -> Cell:
        """A text of the head of a profile."""
        raw = place.raw
        if place.form == "words":
            return Cell(values=(f"nullif({place.cut}, '')",), blank=self.w.is_blank(raw))
        if place.form == "json":
            text = f"CASE WHEN {raw} LIKE '\"_%' AND {raw} <> '\"\"' THEN {self.scalars.json_text(raw)} END"
            return Cell(values=(text,), blank=f"({raw} IS NULL OR {raw} = '\"\"')")
        if place.shape is not None and place.shape.name == "text":
            return Cell(values=(f"CASE WHEN NOT {self.w.is_blank(raw)} THEN {raw} END",), blank=self.w.is_blank(raw))
        return Cell(values=(self.w.null("VARCHAR"),), blank=f"{raw} IS NULL")


def plan_of(wording: Wording, rulebook: Rulebook, given: Given, kept: Sequence[str]) -> TablePlan:
    """How a table of these columns is read."""
    return _Planner(wording, rulebook, given, kept).plan()


def is_code(w: Wording, code: str) -> str:
    """Whether a text is NULL or a unified social credit code with its check digit."""
    signs = []
    for place, weight in enumerate(_WEIGHTS, 1):
        signs.append(f"{weight} * ({w.position(w.literal(_ALPHABET), f'substr({code}, {place}, 1)')} - 1)")
    checks = f"({' + '.join(signs)}) % 31 = 0"
    return f"CASE WHEN {code} IS NULL THEN TRUE WHEN {w.matches(code, _CODE)} THEN {checks} ELSE FALSE END"


__all__ = ["HEADS", "Given", "TablePlan", "is_code", "plan_of"]
