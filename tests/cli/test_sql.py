"""`evaluator sql` and `evaluator rules list --engine sql`."""

from __future__ import annotations

import duckdb
import pytest
from click.testing import CliRunner

from evaluator.cli import main

ASKED = ("chengde-2023", "--kind", "enterprise", "--rule", "standards-leading", "--as-of", "2025-06-30")


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output


def test_tables_and_query_run_as_they_are_printed() -> None:
    with duckdb.connect() as connection:
        code, tables = _run("sql", *ASKED, "--result", "tables")
        assert code == 0
        connection.execute(tables)
        connection.execute(
            'INSERT INTO profiles (profile, kind, place, "list:standards", "members:complete") '
            "VALUES (7, 'enterprise', '河北省/承德市', TRUE, FALSE)"
        )
        for result in ("findings", "stackings", "totals", "wide"):
            code, text = _run("sql", *ASKED, "--result", result)
            assert code == 0
            rows = connection.execute(text).fetchall()
            if result == "findings":
                assert rows[0][:4] == (7, "chengde-2023/standards-leading", "", "not_satisfied")


def test_a_wide_row_of_some_columns_has_those_and_no_other() -> None:
    with duckdb.connect() as connection:
        connection.execute(_run("sql", *ASKED, "--result", "tables")[1])
        connection.execute(
            'INSERT INTO profiles (profile, kind, place, "list:standards", "members:complete") '
            "VALUES (7, 'enterprise', '河北省/承德市', TRUE, FALSE)"
        )
        whole = _run("sql", *ASKED, "--result", "wide")[1]
        code, text = _run("sql", *ASKED, "--result", "wide", "--column", "*:outcome", "--column", "total:guar*")
        assert code == 0
        assert len(text) < len(whole)
        found = connection.execute(text)
        names = [name for name, *_ in found.description or ()]
        assert names == ["profile", "chengde-2023/standards-leading:outcome", "total:guaranteed"]
        shown = ", ".join(f'"{name}"' for name in names)
        assert found.fetchall() == connection.execute(f"SELECT {shown} FROM ({whole}) t").fetchall()


def test_columns_that_no_result_has_are_all_named() -> None:
    code, text = _run("sql", *ASKED, "--result", "wide", "--column", "*:outcom", "--column", "total", "--column", "*")
    assert code == 3
    assert "`*:outcom`" in text
    assert "`total`" in text
    code, text = _run("sql", *ASKED, "--column", "*:outcome")
    assert code == 2
    assert "--result wide" in text


@pytest.mark.parametrize("dialect", ["spark", "postgres"])
def test_every_dialect_has_its_text(dialect: str) -> None:
    code, text = _run("sql", *ASKED, "--dialect", dialect)
    assert code == 0
    assert text.startswith("WITH ")
    assert "unnest" not in text


def test_wrong_names_are_refused() -> None:
    assert _run("sql", "chengde")[0] == 3
    assert _run("sql", "chengde-2023", "--rule", "nothing")[0] == 3
    assert _run("sql", "chengde-2023", "--kind", "nobody")[0] == 3


def test_nothing_of_the_shipped_rules_is_unknown_to_sql() -> None:
    assert _run("rules", "list", "--engine", "sql") == (0, "")
    assert _run("rules", "list", "--engine", "sql", "--format", "json") == (0, "[]\n")
