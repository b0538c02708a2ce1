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
