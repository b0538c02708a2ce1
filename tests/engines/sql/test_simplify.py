"""What is written shorter has the same value in every row: each rewriting over all values of the columns it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import duckdb
import pytest

from evaluator.engines.sql.dialects import write
from evaluator.engines.sql.nodes import Scope, Sql, factor
from evaluator.engines.sql.relation import Builder
from evaluator.engines.sql.setup import Setup
from evaluator.engines.sql.simplify import tabulated, where

ROWS, ITEMS = Scope("t", "t", ("k",)), Scope("i", "i", ("k", "n"))
TRUTHS = ("TRUE", "FALSE", "CAST(NULL AS BOOLEAN)")
WORDS = ("'a'", "'b'", "'c'", "CAST(NULL AS VARCHAR)")


def text(node: Sql) -> str:
    if node.op == "col":
        return f'"{node.atoms[1]}"'
    return write(node, [f"({text(arg)})" for arg in node.args], "duckdb")


def values(nodes: Sequence[Sql], columns: Mapping[str, Sequence[str]], among: str = "TRUE") -> list[tuple[object, ...]]:
    """The values of nodes in every combination of values of the columns, where a test holds."""
    rows = " UNION ALL ".join(
        "SELECT " + ", ".join(f'{cell} AS "{name}"' for name, cell in zip(columns, cells, strict=True))
        for cells in product(*columns.values())
    )
    shown = ", ".join(f"CAST({text(node)} AS VARCHAR)" for node in nodes)
    return duckdb.connect().execute(f"SELECT {shown} FROM ({rows}) WHERE {among}").fetchall()


def raw(b: Builder, op: str, *args: Sql) -> Sql:
    """An operation as it is, nothing folded."""
    return b._make(op, args, args[0].kind, nullable=True)


def truth(b: Builder, name: str) -> Sql:
    return b.column(ROWS, name, "bool")


def test_a_condition_need_not_say_that_its_parts_are_known() -> None:
    b = Builder()
    p, q, r = (truth(b, name) for name in "pqr")
    said = raw(b, "or", raw(b, "and", raw(b, "coalesce", p, b.false), q), raw(b, "coalesce", r, b.false))
    whole = b._make("case", (said, b.text("x"), b.text("y")), "text", nullable=False)
    short = b.case([(said, b.text("x"))], b.text("y"))
    assert len(text(short)) < len(text(whole))
    found = values([whole, short], dict.fromkeys("pqr", TRUTHS))
    assert len(found) == 27
    assert all(one == other for one, other in found)


def test_operands_in_another_order_make_the_same_node_where_their_order_means_nothing() -> None:
    b = Builder()
    p, q = truth(b, "p"), truth(b, "q")
    x, y = b.column(ROWS, "x", "int"), b.column(ROWS, "y", "int")
    for make in (b.and_, b.or_):
        assert make(q, p) is make(p, q)
    for combine in (b.add, b.multiply, b.greatest, b.least):
        assert combine(y, x) is combine(x, y)
    assert b.coalesce(q, p) is not b.coalesce(p, q)
    assert b.floor_divide(y, x) is not b.floor_divide(x, y)
    assert b.aggregate("count", ITEMS, b.and_(q, p)) is b.aggregate("count", ITEMS, b.and_(p, q))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
@pytest.mark.parametrize("last", [True, False])
def test_cases_of_truths_are_one_truth(first: bool, second: bool, last: bool) -> None:
    b = Builder()
    p, q, r = (truth(b, name) for name in "pqr")
    parts = (p, b.boolean(first), q, b.boolean(second), b.coalesce(r, b.boolean(last)))
    whole = b._make("case", parts, "bool", nullable=False)
    short = b.case([(p, parts[1]), (q, parts[3])], parts[4])
    assert short.op != "case"
    assert all(one == other for one, other in values([whole, short], dict.fromkeys("pqr", TRUTHS)))


def test_a_truth_and_its_opposite_are_not_both_asked() -> None:
    b = Builder()
    p = truth(b, "p")
    short = b.case([(p, b.false), (b.not_(p), b.true)], b.false)
    assert short is b.fails(p)


def test_what_is_divided_by_nothing_can_be_null() -> None:
    b = Builder()
    for divisor in (b.zero, b.null("int")):
        share = b.floor_divide(b.zero, divisor)
        assert share.nullable
        assert values([share, b.coalesce(share, b.integer(7))], {"k": ("1",)}) == [(None, "7")]


def test_a_value_where_a_condition_holds() -> None:
    b = Builder()
    p, q = truth(b, "p"), truth(b, "q")
    near = b.not_(b.fails(q))
    branches = [
        (b.fails(b.and_(p, q)), b.text("away")),
        (b.is_null(b.and_(p, q)), b.text("open")),
        (b.not_(q), b.text("never")),
    ]
    whole = b.case(branches, b.text("here"))
    asked = b.and_(p, near)
    short = where(b, asked, whole)
    assert len(text(short)) < len(text(whole)) / 2
    found = values([whole, short], dict.fromkeys("pq", TRUTHS), among=text(asked))
    assert sorted(found) == [("here", "here"), ("open", "open")]


@pytest.mark.parametrize("nullable", [True, False])
def test_what_reads_one_choice_is_a_table_of_it(nullable: bool) -> None:
    b = Builder()
    word = b.column(ROWS, "w", "text", nullable=nullable)
    is_a, is_b = (b.compare("=", word, b.text(name)) for name in "ab")
    maybe = b.or_(b.holds(is_a), b.is_null(is_a))
    amount = b.greatest(
        b.case([(maybe, b.integer(3))], b.null("int")),
        b.case([(is_b, b.integer(2))], b.null("int")),
        b.case([(b.not_(b.one_of(word, ("a", "b"))), b.zero)], b.null("int")),
    )
    test = b.compare(">=", b.coalesce(amount, b.zero), b.integer(2))
    nodes = [amount, tabulated(b, amount), test, tabulated(b, test)]
    assert text(nodes[1]) != text(amount)
    for one, other, third, fourth in values(nodes, {"w": WORDS if nullable else WORDS[:3]}):
        assert (one, third) == (other, fourth)


def test_what_reads_more_is_left_as_it_is() -> None:
    b = Builder()
    word, flag = b.column(ROWS, "w", "text"), truth(b, "p")
    for node in (
        b.case([(b.compare("=", word, b.text("a")), b.integer(1))], b.integer(2)),
        b.and_(flag, b.compare("=", word, b.text("a"))),
        b.compare("=", word, b.column(ROWS, "v", "text")),
    ):
        columns: dict[str, Sequence[str]] = {"w": WORDS, "v": WORDS, "p": TRUTHS}
        assert all(one == other for one, other in values([node, tabulated(b, node)], columns))
    assert tabulated(b, b.and_(flag, b.compare("=", word, b.text("a")))) is b.and_(
        flag, b.compare("=", word, b.text("a"))
    )


def limits(b: Builder, how: str, day: int) -> Sql:
    first, last = b.column(ROWS, "first", "date"), b.column(ROWS, "last", "date")
    one, other = (last, first) if how == "<=" else (first, last)
    sure = b.compare(how, one, b.day(day))
    never = b.compare({"<=": ">", ">=": "<"}[how], other, b.day(day))
    return b.case([(sure, b.true), (never, b.false)], b.boolean(None))


@pytest.mark.parametrize("days", [(5, 7, 3), (5, 3, 7), (5, 5, 5), (2, 7, 9), (8, 7, 6)])
def test_of_limits_of_one_date_the_nearest_count(days: tuple[int, int, int]) -> None:
    b = Builder()
    parts = [limits(b, ">=", days[0]), limits(b, "<=", days[1]), limits(b, "<=", days[2]), limits(b, ">=", 1)]
    whole, short = raw(b, "and", *parts), b.and_(*parts)
    assert len(text(short)) < len(text(whole))
    known = [f"DATE '0001-01-{day:02}'" for day in range(1, 11)]
    columns = {"first": [*known, "CAST(NULL AS DATE)"], "last": [*known, "CAST(NULL AS DATE)"]}
    found = values([whole, short], columns, among='("first" <= "last" OR ("first" IS NULL AND "last" IS NULL))')
    assert len(found) == 56
    assert all(one == other for one, other in found)


def test_the_sum_of_one_amount_is_a_count() -> None:
    b = Builder()
    p = b.column(ITEMS, "p", "bool")
    due = b.aggregate("sum", ITEMS, b.case([(p, b.integer(300))], b.zero))
    perhaps = b.aggregate("sum", ITEMS, b.case([(b.not_(p), b.zero)], b.integer(300)))
    assert "sum" not in repr(due) + repr(perhaps)
    rows = " UNION ALL ".join(f"SELECT {cell} AS p" for cell in (*TRUTHS, "TRUE"))
    shown = f"SELECT {text(due)}, {text(perhaps)} FROM ({rows})"
    assert duckdb.connect().execute(shown).fetchall() == [(600, 900)]


def test_a_common_factor_is_multiplied_once() -> None:
    b = Builder()
    p, n = truth(b, "p"), b.column(ROWS, "n", "int", range=(0, 10))
    amount = b.coalesce(b.case([(p, b.times(n, 600))], b.add(b.times(n, 900), b.integer(300))), b.integer(1500))
    assert factor(amount) == 300
    part = b.divided(amount, 100)
    found = values([amount, b.times(part, 100)], {"p": TRUTHS, "n": ("CAST(0 AS BIGINT)", "CAST(7 AS BIGINT)")})
    assert all(one == other for one, other in found)
    assert factor(b.times(n, 7)) == 7
    assert factor(n) == 1


@pytest.mark.parametrize(("scale", "shown"), [(100, "7.00"), (1, "0.07"), (50, "3.50")])
def test_yuan_of_fen(scale: int, shown: str) -> None:
    b = Builder()
    fen = b.times(b.column(ROWS, "n", "int", range=(0, 10)), scale)
    assert values([b.yuan(fen)], {"n": ("CAST(7 AS BIGINT)",)}) == [(shown,)]
    assert (b.yuan(fen).op == "yuan") is (scale == 100)
    assert values([b.yuan(b.null("int"))], {"n": ("1",)}) == [(None,)]


def test_outcomes_of_their_own_type() -> None:
    b, setup = Builder(), Setup("x_")
    p, word = truth(b, "p"), b.column(ROWS, "w", "text")
    told = b.outcome(b.case([(p, b.text("satisfied"))], b.text("unknown")))
    read = b.outcome(word)
    assert setup.table("rules", ["a", "b", "c"], [(1, "x", 2**70), (2, "y", 0)]) == "x_rules"
    with duckdb.connect() as connection:
        for _ in range(2):
            for statement, given in setup.statements():
                connection.execute(statement, given)
        shown = f"SELECT {text(told)}, {text(read)} FROM (SELECT TRUE AS p, 'not_due' AS w)"
        result = connection.execute(shown)
        assert [str(column[1]).startswith("ENUM") for column in result.description] == [True, True]
        assert result.fetchall() == [("satisfied", "not_due")]
        assert connection.execute('SELECT * FROM "x_rules" ORDER BY a').fetchall() == [(1, "x", 2**70), (2, "y", 0)]
