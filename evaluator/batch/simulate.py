"""A made-up population of any size, the same for the same seed on every machine.

Each cell is drawn from the MD5 sum of seed, row and name, so it depends on nothing else: not on the order of rows, nor
on how many there are, nor on a generator's version. Draws are whole numbers below a million, three from one sum;
nothing is a float.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Final, assert_never

from evaluator.batch.extras import connect, need
from evaluator.batch.marginals import Marginal, Marginals
from evaluator.batch.store import literal
from evaluator.batch.tables import quoted
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.record import record
from evaluator.rulebook import model
from evaluator.rulebook.reads import sources
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Fact,
    Field,
    ListType,
    NumberType,
    TextType,
)
from evaluator.rulebook.yamlfile import Text

if TYPE_CHECKING:
    import duckdb

DRAW: Final = 1_000_000
SUFFIXES: Final = (".csv", ".parquet", ".jsonl")
KEY: Final = "编号"
_HIGH: Final = 10_000
"""Where nothing bounds a number, it lies below this, in the unit of its fact."""


@record
class Plan:
    """A population to make."""

    rulebook: model.Rulebook
    marginals: Marginals
    rows: int
    seed: int


def simulate(plan: Plan, out: Path) -> tuple[str, ...]:
    """Write the population to a file (`.csv`, `.parquet`, `.jsonl`), or to a folder with a table for each list.

    Returns the headings of the profiles. Raises RuleError when it cannot be written.
    """
    need("duckdb")
    import duckdb

    if out.exists():
        hint = "name another with `--out`, or move the old one away"
        raise RuleError([Diagnostic("exists", "there is something here already", where=str(out), help=hint)])
    if out.suffix and out.suffix.lower() not in SUFFIXES:
        help = "name a folder, or a file in " + ", ".join(f"`{suffix}`" for suffix in SUFFIXES)
        raise RuleError([Diagnostic("format", f"`{out.suffix}` cannot be written", where=str(out), help=help)])
    facts = facts_asked(plan)
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with connect() as connection:
            if out.suffix:
                _write_file(connection, plan, facts, aside, out.suffix.lower())
            else:
                _write_folder(connection, plan, facts, aside)
        aside.rename(out)
    except (OSError, duckdb.Error) as error:
        if aside.is_dir():
            rmtree(aside, ignore_errors=True)
        aside.unlink(missing_ok=True)
        reason = str(error).split("\n", 1)[0]
        raise RuleError([Diagnostic("unwritable", f"cannot write: {reason}", where=str(out))]) from error
    return tuple(name for name, _ in _columns(_Drawer(plan), facts))


def facts_asked(plan: Plan) -> tuple[Fact, ...]:
    """What the awards that can concern the population ask of its kind, each fact once, in the order read."""
    kind = str(plan.marginals.kind)
    found: dict[str, Fact] = {}
    for place, weight in plan.marginals.places.items():
        if not weight:
            continue
        for rule in plan.rulebook.candidates(str(place), kind):
            if not isinstance(rule, model.Award):
                continue
            for field in sources(rule):
                if isinstance(field, Fact) and kind in field.of and not isinstance(field.type, TextType):
                    found.setdefault(field.id, field)
    return tuple(found.values())


def _write_file(
    connection: duckdb.DuckDBPyConnection, plan: Plan, facts: Sequence[Fact], path: Path, suffix: str
) -> None:
    drawer = _Drawer(plan)
    columns = _columns(drawer, facts)
    if suffix == ".csv":
        columns = [(name, f"to_json({sql})" if _is_list(facts, name) else sql) for name, sql in columns]
    formats = {".csv": "FORMAT csv, HEADER", ".parquet": "FORMAT parquet, COMPRESSION zstd", ".jsonl": "FORMAT json"}
    _copy(connection, f"SELECT {_select(columns)} FROM {drawer.people()}", path, formats[suffix])


def _write_folder(connection: duckdb.DuckDBPyConnection, plan: Plan, facts: Sequence[Fact], folder: Path) -> None:
    folder.mkdir()
    drawer = _Drawer(plan)
    columns = _columns(drawer, facts)
    shown = [
        (name, f"CASE WHEN len({sql}) = 0 THEN '无' END" if _is_list(facts, name) else sql) for name, sql in columns
    ]
    _copy(connection, f"SELECT {_select(shown)} FROM {drawer.people()}", folder / "profiles.csv", "FORMAT csv, HEADER")
    for name, sql in columns:
        if _is_list(facts, name):
            entries = f"SELECT row AS {KEY}, unnest({sql}, max_depth := 2) FROM {drawer.people()}"
            _copy(connection, entries, folder / f"{name}.csv", "FORMAT csv, HEADER")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
    connection.execute(f"COPY ({query}) TO {literal(str(path))} ({options})")


def _select(columns: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{sql} AS {quoted(name)}" for name, sql in columns)


def _is_list(facts: Sequence[Fact], name: str) -> bool:
    return any(isinstance(fact.type, ListType) and name == _heading(fact) for fact in facts)


def _heading(fact: Fact) -> str:
    return fact.id if fact.attested else fact.label.zh


# ------------------------------------------------------------------ columns


def _columns(drawer: _Drawer, facts: Sequence[Fact]) -> list[tuple[str, str]]:
    """Headings with the expressions that draw their cells."""
    marginals = drawer.plan.marginals
    columns = [
        (KEY, "row"),
        ("名称", "concat('虚构主体', row)"),
        ("kind", literal(str(marginals.kind))),
        ("所在地", _one_of(drawer.sum("place"), marginals.places)),
    ]
    for name, weights in marginals.columns.items():
        columns.append((str(name), _one_of(drawer.sum(f"column:{name}"), weights)))
    for fact in facts:
        given = _of(marginals.facts, fact)
        sum_ = drawer.sum(f"fact:{fact.id}")
        if isinstance(fact.type, ListType):
            value = drawer.entries(f"fact:{fact.id}", sum_, fact.type, given)
        else:
            value = drawer.value(sum_, fact, given)
        columns.append((_heading(fact), drawer.known(sum_, given, value)))
    return columns


def _of(named: Mapping[Text, Marginal], field: Field) -> Marginal:
    return next((found for word, found in named.items() if word in (field.label.zh, field.id)), Marginal())


def _draw(sum_: str, place: int = 0) -> str:
    """A whole number from 0 to a million, the last left out; a sum gives three, one for each place."""
    return f"CAST({sum_} // {DRAW**place}::UBIGINT % {DRAW}::UBIGINT AS BIGINT)"


def _one_of(sum_: str, weights: Mapping[Text, int] | Mapping[str, int]) -> str:
    """One of several texts, by weight."""
    total, passed, arms = sum(weights.values()), 0, []
    for word, weight in weights.items():
        passed += weight
        if weight:
            arms.append(f"WHEN {_draw(sum_)} < {passed * DRAW // total} THEN {literal(str(word))}")
    return f"CASE {' '.join(arms)} END"


class _Drawer:
    """Expressions that draw cells, and the sums that they are drawn from."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sums: dict[str, str] = {}

    def sum(self, name: str) -> str:
        """The sum of a row for one name: a column of `people`."""
        column = quoted(f"sum:{name}")
        self.sums[column] = self._sum("row", name)
        return column

    def _sum(self, at: str, name: str) -> str:
        return f"md5_number_lower(concat('{self.plan.seed}|', {at}, {literal('|' + name)}))"

    def people(self) -> str:
        """The rows with their sums."""
        sums = ", ".join(f"{sql} AS {column}" for column, sql in self.sums.items())
        return f"(SELECT row, {sums} FROM range(1, {self.plan.rows + 1}) AS numbers(row)) AS people"

    def known(self, sum_: str, given: Marginal, value: str) -> str:
        """The value, NULL with the share that is left open."""
        unknown = self.plan.marginals.unknown if given.unknown is None else given.unknown
        return f"CASE WHEN {_draw(sum_, 2)} >= {unknown * DRAW // 100} THEN {value} END"

    def value(self, sum_: str, field: Field, given: Marginal) -> str:
        """A value of the type of `field`, which is no list."""
        type_ = field.type
        match type_:
            case BoolType():
                holds = self.plan.marginals.holds if given.holds is None else given.holds
                return f"({_draw(sum_)} < {holds * DRAW // 100})"
            case NumberType():
                low, high = self._bounds(field, given, type_)
                span = max(high - low, 0) + 1
                return f"({low} + {_draw(sum_)} * {_draw(sum_, 1)} // {DRAW} * {span} // {DRAW})"
            case ChoiceType():
                return _one_of(sum_, given.shares or {choice.label.zh: 1 for choice in type_.choices})
            case DateType():
                first, last = self.plan.marginals.dates.days
                days = max((last - first).days, 0) + 1
                return f"(DATE '{first.isoformat()}' + CAST({_draw(sum_)} % {days} AS INTEGER))"
            case TextType() | ListType():
                raise AssertionError(f"nothing draws a {type(type_).__name__} here")
            case _:
                assert_never(type_)

    def entries(self, name: str, sum_: str, type_: ListType, given: Marginal) -> str:
        """A list of entries, empty with the share that has none."""
        record = self.plan.rulebook.vocabulary.records[type_.record]
        fields = [field for field in record.fields if not isinstance(field.type, TextType)]
        none = given.none * DRAW // 100
        size = f"CASE WHEN {_draw(sum_)} < {none} THEN 0 ELSE 1 + {_draw(sum_, 1)} % {given.most} END"
        sums = ", ".join(f"f{index}: {self._sum('row, $$.$$, i', f'{name}:{f.id}')}" for index, f in enumerate(fields))
        cells = []
        for index, field in enumerate(fields):
            own = _of(self.plan.marginals.fields, field)
            value = self.value(f"e.f{index}", field, own)
            cells.append(f"{literal(field.label.zh)}: {self.known(f'e.f{index}', own, value)}")
        drawn = f"list_transform(range(1, 1 + {size}), lambda i: {{{sums}}})"
        return f"list_transform({drawn}, lambda e: {{{', '.join(cells)}}})"

    def _bounds(self, field: Field, given: Marginal, type_: NumberType) -> tuple[int, int]:
        """Whole numbers, in the unit of the fact, within its domain."""
        unit = self.plan.rulebook.vocabulary.units.get(type_.unit)
        factor = Fraction(1 if unit is None else unit.factor)
        low = 0 if field.low is None else -int(-Fraction(field.low) / factor // 1)
        high = max(low, _HIGH) if field.high is None else int(Fraction(field.high) / factor // 1)
        return (low if given.low is None else given.low), (high if given.high is None else given.high)


__all__ = ["Plan", "facts_asked", "simulate"]
