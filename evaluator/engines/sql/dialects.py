"""How each operator is written in each dialect: the one table, held to its meaning by a probe test on every engine.

`{0}`, `{1}` are operands, each in parentheses where it needs them. Whole numbers that may need more than 64 bits are
HUGEINT in DuckDB, DECIMAL(38,0) in Spark and NUMERIC in PostgreSQL; none of the three rounds them, and all raise an
error where they overflow (Spark with `spark.sql.ansi.enabled`, its default from 4.0).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.engines.sql.nodes import BIGINT, Sql, SqlKind
from evaluator.record import record

Dialect: TypeAlias = Literal["duckdb", "spark", "postgres"]
DIALECTS: Final[tuple[Dialect, ...]] = ("duckdb", "spark", "postgres")


@record
class Operator:
    """One operator: how it is written, by dialect; '...' joins any number of operands."""

    duckdb: str
    spark: str
    postgres: str

    def text(self, dialect: Dialect) -> str:
        """The template of one dialect."""
        return {"duckdb": self.duckdb, "spark": self.spark, "postgres": self.postgres}[dialect]


def _same(text: str) -> Operator:
    return Operator(duckdb=text, spark=text, postgres=text)


_FIRST, _LAST = "DATE '0001-01-01'", "DATE '9999-12-31'"
_CLAMPED = "CASE WHEN {{0}} IS NOT NULL THEN least(greatest({}, " + _FIRST + "), " + _LAST + ") END"

_EUCLID = (
    "aggregate(sequence(1, 190), struct(CAST({} AS DECIMAL(38,0)) AS a, CAST({} AS DECIMAL(38,0)) AS b), "
    "(e, i) -> CASE WHEN e.b = 0 THEN e ELSE struct(e.b AS a, CAST(e.a % e.b AS DECIMAL(38,0)) AS b) END, e -> e.a)"
)  # numbers of 38 digits take fewer steps than 190

OPERATORS: Final[dict[str, Operator]] = {
    # truth: SQL's AND, OR and NOT are Kleene's
    "and": _same("{0} AND ..."),
    "or": _same("{0} OR ..."),
    "not": _same("NOT {0}"),
    "is_null": _same("{0} IS NULL"),
    "<": _same("{0} < {1}"),
    "<=": _same("{0} <= {1}"),
    ">": _same("{0} > {1}"),
    ">=": _same("{0} >= {1}"),
    "=": _same("{0} = {1}"),
    "<>": _same("{0} <> {1}"),
    "starts_with": Operator(
        duckdb="starts_with({0}, {1})", spark="startswith({0}, {1})", postgres="starts_with({0}, {1})"
    ),
    # the first so many steps of a path, or all where it has fewer
    "upper_path": Operator(
        duckdb="array_to_string(list_slice(string_split({0}, '/'), 1, {1}), '/')",
        spark="substring_index({0}, '/', {1})",
        postgres="array_to_string((string_to_array({0}, '/'))[1:{1}], '/')",
    ),
    # choice: GREATEST and LEAST pass over NULL in all three
    "coalesce": _same("coalesce({0}, {1})"),
    "greatest": _same("greatest({0}, ...)"),
    "least": _same("least({0}, ...)"),
    # whole numbers; `//` and `div` cut towards zero, so a floor is taken from what is not negative
    "add": _same("{0} + {1}"),
    "negate": _same("-{0}"),
    "multiply": _same("{0} * {1}"),
    "abs": _same("abs({0})"),
    "floor_divide": Operator(
        duckdb="CASE WHEN {0} >= 0 THEN {0} // nullif({1}, 0) ELSE -(({1} - 1 - {0}) // nullif({1}, 0)) END",
        spark="CAST(({0} - pmod({0}, nullif({1}, 0))) / nullif({1}, 0) AS DECIMAL(38,0))",
        postgres="floor(div({0} - mod(mod({0}, nullif({1}, 0)) + {1}, nullif({1}, 0)), nullif({1}, 0)))",
    ),
    "gcd": Operator(duckdb="gcd({0}, {1})", spark=_EUCLID.format("{0}", "{1}"), postgres="gcd({0}, {1})"),
    # dates, kept within the calendar; GREATEST would make its first day of NULL
    "add_months": Operator(
        duckdb=_CLAMPED.format("CAST({0} + to_months({1}) AS DATE)"),
        spark=_CLAMPED.format("add_months({0}, {1})"),
        postgres=_CLAMPED.format("CAST({0} + {1} * INTERVAL '1 month' AS DATE)"),
    ),
    "add_days": Operator(
        duckdb=_CLAMPED.format("{0} + {1}"),
        spark=_CLAMPED.format("date_add({0}, {1})"),
        postgres=_CLAMPED.format("{0} + {1}"),
    ),
    "year": Operator(duckdb="year({0})", spark="year({0})", postgres="CAST(extract(year FROM {0}) AS BIGINT)"),
    # aggregates; all but `count` pass over NULL and are NULL of no rows
    "sum": _same("sum({0})"),
    "min": _same("min({0})"),
    "max": _same("max({0})"),
    "some": Operator(duckdb="bool_or({0})", spark="bool_or({0})", postgres="bool_or({0})"),
    "count": Operator(
        duckdb="count(*) FILTER (WHERE {0})", spark="count_if({0})", postgres="count(*) FILTER (WHERE {0})"
    ),
    # the least common multiple of whole numbers above 0, none of them NULL
    "lcm": Operator(
        duckdb="list_reduce(list_prepend(CAST(1 AS HUGEINT), list(CAST({0} AS HUGEINT))), lambda a, b: lcm(a, b))",
        spark="aggregate(collect_list(CAST({0} AS DECIMAL(38,0))), CAST(1 AS DECIMAL(38,0)), "
        "(m, n) -> CAST(m / " + _EUCLID.format("m", "n") + " * n AS DECIMAL(38,0)))",
        postgres="(WITH RECURSIVE w(n, v, a) AS (SELECT 1, CAST(1 AS NUMERIC), array_agg(CAST({0} AS NUMERIC)) "
        "UNION ALL SELECT w.n + 1, lcm(w.v, w.a[w.n]), w.a FROM w WHERE w.n <= cardinality(w.a)) "
        "SELECT w.v FROM w ORDER BY w.n DESC LIMIT 1)",
    ),
}
"""Every operator but those with a form of their own in `write`: lit, case, in, rank, yuan, fen, outcome."""

OUTCOME: Final = "finding_outcome"
"""The type of outcomes in a database of ours, where `setup.Setup` makes it."""
WIDE: Final = Operator(duckdb="HUGEINT", spark="DECIMAL(38,0)", postgres="NUMERIC")
NARROW: Final = _same("BIGINT")
_TYPES: Final[dict[SqlKind, Operator]] = {
    "bool": _same("BOOLEAN"),
    "int": NARROW,
    "text": Operator(duckdb="VARCHAR", spark="STRING", postgres="TEXT"),
    "date": _same("DATE"),
    "money": _same("DECIMAL(38,2)"),
    "outcome": _same(OUTCOME),
}
MONEY_64: Final = Operator(
    duckdb="CAST(CAST({0} AS DECIMAL(19,0)) * CAST('0.01' AS DECIMAL(2,2)) AS DECIMAL(38,2))",
    spark="CAST(CAST({0} AS DECIMAL(19,0)) * CAST('0.01' AS DECIMAL(2,2)) AS DECIMAL(38,2))",
    postgres="CAST({0} * CAST('0.01' AS NUMERIC(2,2)) AS DECIMAL(38,2))",
)
MONEY: Final = Operator(
    duckdb="CAST(CAST({0} AS DECIMAL(36,0)) * CAST('0.01' AS DECIMAL(2,2)) AS DECIMAL(38,2))",
    spark="CAST(CAST({0} AS DECIMAL(35,0)) * CAST('0.01' AS DECIMAL(2,2)) AS DECIMAL(38,2))",
    postgres="CAST({0} * CAST('0.01' AS NUMERIC(2,2)) AS DECIMAL(38,2))",
)
"""Whole fen as yuan, of 64 bits and of more: a product, never a quotient (DECIMAL / DECIMAL is a DOUBLE in DuckDB)."""
WHOLE_YUAN: Final = _same("CAST({0} AS DECIMAL(38,2))")


def quoted(name: str, dialect: Dialect) -> str:
    """A name of a table or column."""
    if dialect == "spark":
        return "`" + name.replace("`", "``") + "`"
    return '"' + name.replace('"', '""') + '"'


def literal(node: Sql, dialect: Dialect) -> str:
    """A constant; NULL takes its type from where it stands."""
    value = node.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if node.kind == "date":
        return f"DATE '{date.fromordinal(int(value)).isoformat()}'"
    if isinstance(value, int):
        text = f"CAST('{value}' AS {WIDE.text(dialect)})" if node.is_wide else str(value)
        return f"({text})" if value < 0 else text
    if node.kind == "outcome":
        return f"CAST({text_literal(value, dialect)} AS {OUTCOME})"
    return text_literal(value, dialect)


def constant(value: int | str | date, dialect: Dialect) -> str:
    """A cell of a table of constants, whose columns are typed as a whole."""
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    return text_literal(value, dialect) if isinstance(value, str) else str(value)


def text_literal(value: str, dialect: Dialect) -> str:
    """A text constant."""
    if dialect == "spark":
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + value.replace("'", "''") + "'"


def type_of(node: Sql, dialect: Dialect) -> str:
    """The type of a node's values."""
    return WIDE.text(dialect) if node.is_wide else _TYPES[node.kind].text(dialect)


def type_name(name: str, dialect: Dialect) -> str:
    """A type of `layout` in a dialect."""
    if name == "VARCHAR":
        return _TYPES["text"].text(dialect)
    return name


def parameter_type(cells: Sequence[int | str | date], dialect: Dialect) -> str:
    """The type of a column of constants."""
    if isinstance(cells[0], date):
        return "DATE"
    if isinstance(cells[0], str):
        return _TYPES["text"].text(dialect)
    whole = [int(str(cell)) for cell in cells]
    return NARROW.text(dialect) if max(map(abs, whole)) < BIGINT else WIDE.text(dialect)


def listed(key: str, table: str, names: Sequence[str], rows: Sequence[Sequence[str]], dialect: Dialect) -> str:
    """Several rows made of each row `s` of `table`: a source called `u`, with the key beside the names."""
    shown = [quoted(name, dialect) for name in names]
    match dialect:
        case "duckdb":
            made = [
                "{" + ", ".join(f"{name}: {cell}" for name, cell in zip(shown, cells, strict=True)) + "}"
                for cells in rows
            ]
            return f"(SELECT {key}, unnest([{', '.join(made)}], recursive := true) FROM {table} s) u"
        case "spark":
            made = [
                "struct(" + ", ".join(f"{cell} AS {name}" for name, cell in zip(shown, cells, strict=True)) + ")"
                for cells in rows
            ]
            return f"(SELECT {key}, inline(array({', '.join(made)})) FROM {table} s) u"
        case "postgres":
            made = [f"({', '.join(cells)})" for cells in rows]
            values = f"(VALUES {', '.join(made)}) AS v({', '.join(shown)})"
            return f"(SELECT {key}, v.* FROM {table} s CROSS JOIN LATERAL {values}) u"
        case _:
            assert_never(dialect)


def values_table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], dialect: Dialect) -> str:
    """A table of constants, of columns of those names and types."""
    made = ", ".join(f"({', '.join(cells)})" for cells in rows)
    names = ", ".join(quoted(name, dialect) for name, _ in columns)
    cast = ", ".join(f"CAST({quoted(name, dialect)} AS {kind}) AS {quoted(name, dialect)}" for name, kind in columns)
    return f"SELECT {cast} FROM (VALUES {made}) AS v({names})"


_TYPED: Final = frozenset({"add", "negate", "multiply", "case", "coalesce", "greatest", "least", "floor_divide", "sum"})


def _typed(arg: Sql, text: str, dialect: Dialect) -> str:
    """A whole number in an operation as 64 bits: DuckDB takes a short literal for 32, and overflows."""
    if arg.is_literal and arg.kind == "int" and arg.value is not None and not arg.is_wide:
        return f"CAST({text} AS {NARROW.text(dialect)})"
    return text


def write(node: Sql, args: list[str], dialect: Dialect) -> str:
    """One node over the texts of its operands."""
    if node.op in _TYPED:
        args = [_typed(arg, text, dialect) for arg, text in zip(node.args, args, strict=True)]
    match node.op:
        case "lit":
            return literal(node, dialect)
        case "case":
            pairs = [f"WHEN {args[at]} THEN {args[at + 1]}" for at in range(0, len(args) - 1, 2)]
            return f"CASE {' '.join(pairs)} ELSE {args[-1]} END"
        case "in":
            return f"{args[0]} IN ({', '.join(args[1:])})"
        case "rank":
            within, (by, then), first = args[:-2], args[-2:], " DESC" if node.atoms[0] else ""
            return f"row_number() OVER (PARTITION BY {', '.join(within)} ORDER BY {by}{first}, {then})"
        case "sum" if dialect == "duckdb":  # HUGEINT, whatever is added
            return f"sum({args[0]})" if node.is_wide else f"CAST(sum({args[0]}) AS BIGINT)"
        case "outcome":
            return f"CAST({args[0]} AS {OUTCOME})"
        case "yuan":
            return WHOLE_YUAN.text(dialect).format(args[0])
        case "fen":
            return (MONEY if node.args[0].is_wide else MONEY_64).text(dialect).format(args[0])
        case "add" | "multiply" | "sum" | "negate" if node.is_wide:
            first = args[0] if node.args[0].is_wide else f"CAST({args[0]} AS {WIDE.text(dialect)})"
            args = [first, *args[1:]]
        case _:
            pass
    template = OPERATORS[node.op].text(dialect)
    if "..." in template:
        before, _, after = template.partition("{0}")
        joiner, _, after = after.partition("...")
        return before + joiner.join(args) + after
    return template.format(*args)
