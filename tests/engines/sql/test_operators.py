"""What each operator means, probed on DuckDB and, where it is installed, on Spark."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from evaluator.engines.sql.dialects import MONEY, OPERATORS, Dialect, write
from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.relation import Builder

SCOPE = Scope("t", "t", ("k",))
NARROW, BIG = (-9, 9), (None, None)


def _int(b: Builder, name: str, *, wide: bool = False) -> Sql:
    return b.column(SCOPE, name, "int", range=BIG if wide else NARROW)


def _written(node: Sql, cells: dict[str, str], dialect: Dialect) -> str:
    if node.op == "col":
        return cells[str(node.atoms[1])]
    return write(node, [f"({_written(arg, cells, dialect)})" for arg in node.args], dialect)


def _probes() -> list[tuple[str, Sql, dict[str, str], object]]:
    b = Builder()
    x, y, wide = _int(b, "x"), _int(b, "y"), _int(b, "w", wide=True)
    p, q = (b.column(SCOPE, name, "bool") for name in "pq")
    day, word = b.column(SCOPE, "d", "date"), b.column(SCOPE, "s", "text")
    null, t, f = "CAST(NULL AS BOOLEAN)", "TRUE", "FALSE"
    probes: list[tuple[str, Sql, dict[str, str], object]] = []
    for left, right, both, either in (
        (t, null, None, True), (f, null, False, None), (null, null, None, None), (t, f, False, True),
    ):  # fmt: skip
        probes.append(("and", b.and_(p, q), {"p": left, "q": right}, both))
        probes.append(("or", b.or_(p, q), {"p": left, "q": right}, either))
    probes.append(("not", b.not_(p), {"p": null}, None))
    probes.append(("case", b.case([(p, b.text("a"))], b.text("b")), {"p": null}, "b"))
    probes.append(("coalesce", b.coalesce(p, b.false), {"p": null}, False))
    none = "CAST(NULL AS BIGINT)"
    for a, c, least, greatest in (("1", none, 1, 1), (none, none, None, None), ("-3", "2", -3, 2)):
        probes.append(("least", b.least(x, y), {"x": a, "y": c}, least))
        probes.append(("greatest", b.greatest(x, y), {"x": a, "y": c}, greatest))
    for a, c, quotient in (
        ("7", "2", 3),
        ("-7", "2", -4),
        ("-8", "2", -4),
        ("0", "5", 0),
        ("7", "0", None),
        (none, "2", None),
    ):
        cells = {"x": f"CAST({a} AS BIGINT)", "y": f"CAST({c} AS BIGINT)"}
        probes.append((f"floor {a}/{c}", b.floor_divide(x, y), cells, quotient))
    big = {"w": "CAST('-12345678901234567890123456789' AS {WIDE})", "y": "CAST(10 AS BIGINT)"}
    probes.append(("floor of much", b.floor_divide(wide, y), big, -1234567890123456789012345679))
    probes.append(("product of much", b.multiply(wide, y), big, -123456789012345678901234567890))
    for given, months, moved in (
        ("2024-01-31", 1, date(2024, 2, 29)), ("2024-03-31", -1, date(2024, 2, 29)), ("9999-12-31", 5, date.max),
    ):  # fmt: skip
        probes.append(("months", b.later("add_months", day, months), {"d": f"DATE '{given}'"}, moved))
    nothing = {"d": "CAST(NULL AS DATE)"}
    probes.append(("months of NULL", b.later("add_months", day, 1), nothing, None))
    probes.append(("days", b.later("add_days", day, 1), {"d": "DATE '2023-12-31'"}, date(2024, 1, 1)))
    probes.append(("days of NULL", b.later("add_days", day, 1), nothing, None))
    probes.append(("year", b.year(day), {"d": "DATE '2023-12-31'"}, 2023))
    probes.append(("in", b.one_of(word, ("a", "b")), {"s": "CAST(NULL AS {TEXT})"}, None))
    probes.append(("starts", b.starts_with(word, "甲/"), {"s": "'甲/乙'"}, True))
    probes.append(("starts with %", b.starts_with(word, "%"), {"s": "'甲'"}, False))
    return probes


PROBES = _probes()


def _query(node: Sql, cells: dict[str, str], dialect: Dialect) -> str:
    types = {"duckdb": ("HUGEINT", "VARCHAR"), "spark": ("DECIMAL(38,0)", "STRING")}[dialect]
    filled = {name: cell.replace("{WIDE}", types[0]).replace("{TEXT}", types[1]) for name, cell in cells.items()}
    return f"SELECT {_written(node, filled, dialect)} AS found"


@pytest.mark.parametrize(
    ("name", "node", "cells", "value"), PROBES, ids=[f"{at}-{p[0]}" for at, p in enumerate(PROBES)]
)
def test_operator_means_this_on_duckdb(name: str, node: Sql, cells: dict[str, str], value: object) -> None:
    found = duckdb.connect().execute(_query(node, cells, "duckdb")).fetchone()
    assert found == (value,)


def test_operators_mean_the_same_on_spark() -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'evaluator[spark]'")
    from tests.agreement.spark import session

    wrong = [
        (name, row[0], value)
        for name, node, cells, value in PROBES
        if (row := session().sql(_query(node, cells, "spark")).collect()[0])[0] != value
    ]
    assert wrong == []


PATHS = [("甲省/乙市/丙县", steps, "/".join(("甲省", "乙市", "丙县")[:steps])) for steps in (1, 2, 3, 4)] + [
    ("", 1, "")
]


@pytest.mark.parametrize(("path", "steps", "upper"), PATHS)
def test_the_upper_part_of_a_path(path: str, steps: int, upper: str) -> None:
    text = OPERATORS["upper_path"].duckdb.format("given", steps)
    assert duckdb.connect().execute(f"SELECT {text} FROM (SELECT '{path}' AS given)").fetchall() == [(upper,)]


def test_the_upper_part_of_a_path_on_spark() -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'evaluator[spark]'")
    from tests.agreement.spark import session

    operator = OPERATORS["upper_path"].spark
    cells = ", ".join(operator.format(f"'{path}'", steps) for path, steps, _ in PATHS)
    assert list(session().sql(f"SELECT {cells}").collect()[0]) == [upper for _, _, upper in PATHS]


def test_money_is_a_product() -> None:
    found = duckdb.connect().execute(f"SELECT {MONEY.duckdb.format('12345')}").fetchall()
    assert found == [(Decimal("123.45"),)]
    assert not any("/ 100" in operator.text("duckdb") for operator in OPERATORS.values())
