"""A made-up population of any size, the same for the same seed on every machine.

Each cell is drawn from seed, row and its name, so it depends on nothing else: not on the order of rows, nor on how many
there are, nor on a generator's version. The MD5 sum of seed and row gives two numbers, that of a name two factors and a
summand; a draw is the sum of the products by a prime, so that any two cells of a row are independent. Nothing is a
float.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import md5
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

PRIME: Final = 2**31 - 1
"""Draws are whole numbers from 0 up to this, itself left out."""
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
        ("所在地", drawer.one_of("place", marginals.places, 0)),
    ]
    for name, weights in marginals.columns.items():
        columns.append((str(name), drawer.one_of(f"column:{name}", weights, 0)))
    for fact in facts:
        given = _of(marginals.facts, fact)
        columns.append((_heading(fact), drawer.cell(f"fact:{fact.id}", fact, given)))
    return columns


def _of(named: Mapping[Text, Marginal], field: Field) -> Marginal:
    return next((found for word, found in named.items() if word in (field.label.zh, field.id)), Marginal())


def _number(text: str) -> int:
    """A number below PRIME that goes with a text, and is not 0."""
    return int.from_bytes(md5(text.encode(), usedforsecurity=False).digest()[:8], "big") % (PRIME - 1) + 1


class _Drawer:
    """Expressions that draw cells over the rows of `people`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def people(self) -> str:
        """The rows, each with its two numbers."""
        sum_ = f"md5_number_lower(concat('{self.plan.seed}|', row))"
        numbers = f"SELECT row, {sum_} AS h FROM range(1, {self.plan.rows + 1}) AS numbers(row)"
        halves = f"CAST(h & {PRIME} AS BIGINT) AS a, CAST((h >> 32) & {PRIME} AS BIGINT) AS b"
        return f"(SELECT row, {halves} FROM ({numbers})) AS people"

    def draw(self, name: str) -> str:
        """A whole number from 0 to PRIME, the last left out."""
        a, b, more = (_number(f"{part}|{name}") for part in "abc")
        return f"((a * {a} + b * {b} + {more}) % {PRIME})"

    def one_of(self, name: str, weights: Mapping[Text, int] | Mapping[str, int], unknown: int) -> str:
        """One of several texts, by weight; NULL with the share that is left open."""
        total, passed, least = sum(weights.values()), 0, _share(unknown)
        drawn = self.draw(name)
        arms = [f"WHEN {drawn} < {least} THEN NULL"] if least else []
        for word, weight in weights.items():
            passed += weight
            if weight:
                below = least + (PRIME - least) * passed // total
                arms.append(f"WHEN {drawn} < {below} THEN {literal(str(word))}")
        return f"CASE {' '.join(arms)} END"

    def cell(self, name: str, field: Field, given: Marginal) -> str:
        """A value of the type of `field`, NULL with the share that is left open."""
        unknown = self.plan.marginals.unknown if given.unknown is None else given.unknown
        known = f"{self.draw(name)} >= {_share(unknown)}"
        type_ = field.type
        match type_:
            case BoolType():
                holds = self.plan.marginals.holds if given.holds is None else given.holds
                least = _share(unknown)
                return f"CASE WHEN {known} THEN {self.draw(name)} < {least + (PRIME - least) * holds // 100} END"
            case NumberType():
                low, high = self._bounds(field, given, type_)
                span = max(high - low, 0) + 1
                far = f"((({self.draw(f'{name}|1')} >> 11) * ({self.draw(f'{name}|2')} >> 11)) >> 20)"  # mostly near
                return f"CASE WHEN {known} THEN {low} + ({far} * {span} >> 20) END"
            case ChoiceType():
                return self.one_of(name, given.shares or {choice.label.zh: 1 for choice in type_.choices}, unknown)
            case DateType():
                first, last = self.plan.marginals.dates.days
                days = max((last - first).days, 0) + 1
                day = f"DATE '{first.isoformat()}' + CAST({self.draw(f'{name}|1')} % {days} AS INTEGER)"
                return f"CASE WHEN {known} THEN {day} END"
            case ListType():
                return f"CASE WHEN {known} THEN {self._entries(name, type_, given)} END"
            case TextType():
                raise AssertionError(f"nothing draws the text {field.id}")
            case _:
                assert_never(type_)

    def _entries(self, name: str, type_: ListType, given: Marginal) -> str:
        """A list of entries, empty with the share that has none."""
        record = self.plan.rulebook.vocabulary.records[type_.record]
        fields = [field for field in record.fields if not isinstance(field.type, TextType | ListType)]
        some = f"{self.draw(f'{name}|some')} >= {_share(given.none)}"
        size = f"CASE WHEN {some} THEN 1 + {self.draw(f'{name}|size')} % {given.most} ELSE 0 END"
        entries = []
        for nth in range(given.most):
            cells = []
            for field in fields:
                own = _of(self.plan.marginals.fields, field)
                cells.append(f"{literal(field.label.zh)}: {self.cell(f'{name}|{nth}|{field.id}', field, own)}")
            entries.append(f"CASE WHEN {size} > {nth} THEN {{{', '.join(cells)}}} END")
        return f"[{', '.join(entries)}][:{size}]"

    def _bounds(self, field: Field, given: Marginal, type_: NumberType) -> tuple[int, int]:
        """Whole numbers, in the unit of the fact, within its domain."""
        unit = self.plan.rulebook.vocabulary.units.get(type_.unit)
        factor = Fraction(1 if unit is None else unit.factor)
        low = 0 if field.low is None else -int(-Fraction(field.low) / factor // 1)
        high = max(low, _HIGH) if field.high is None else int(Fraction(field.high) / factor // 1)
        return (low if given.low is None else given.low), (high if given.high is None else given.high)


def _share(percent: int) -> int:
    """Below which draws lie, of so many per cent of all."""
    return percent * PRIME // 100


__all__ = ["Plan", "facts_asked", "simulate"]
