"""What the bench of the SQL engine compares is the same: SQL by hand and by the engine, row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench import awards_by_hand, sql, sql_others, sql_rules

NUMBER = 3_000


def run_both(folder: Path, queries: dict[str, sql.Prepared]) -> None:
    for name, query in queries.items():
        query.write(folder / f"{name}.json")
        assert sql.run(folder, name, NUMBER) > 0


def test_the_task_by_hand_gives_the_rows_of_the_engine(tmp_path: Path) -> None:
    awards_by_hand.write_tables(tmp_path, NUMBER)
    run_both(
        tmp_path, {"engine": sql.task_query(tmp_path / "rules"), "hand": sql.Prepared(text=awards_by_hand.query())}
    )
    columns = ["profile", *awards_by_hand.columns()]
    sql.compare(tmp_path, columns)
    with duckdb.connect() as connection:
        for column in awards_by_hand.columns():
            if column.endswith(":outcome"):
                text = f"SELECT DISTINCT \"{column}\" FROM '{tmp_path}/hand-0.parquet' ORDER BY 1"
                assert connection.execute(text).fetchall() == [("not_satisfied",), ("satisfied",), ("unknown",)]
        changed = f"SELECT * REPLACE ('unknown' AS \"task/led:outcome\") FROM '{tmp_path}/engine-0.parquet'"
        connection.execute(f"COPY ({changed}) TO '{tmp_path}/other.parquet' (FORMAT parquet)")
    (tmp_path / "other.parquet").rename(tmp_path / "engine-0.parquet")
    with pytest.raises(ValueError, match="do not give the same rows"):
        sql.compare(tmp_path, columns)


def test_the_outputs_that_other_engines_give_are_those_of_the_wide_result(tmp_path: Path) -> None:
    awards_by_hand.write_tables(tmp_path, NUMBER, vague=False)
    task = sql.task_query(tmp_path / "wide")
    same = sql.task_query(tmp_path / "same", sql_others.columns())
    for name, query in {"engine": task, "same": same}.items():
        query.write(tmp_path / f"{name}.json")
        assert sql.run(tmp_path, name, NUMBER, warm=True) > 0
    with duckdb.connect() as connection:
        shown = ", ".join(f'"{column}"' for column in ("profile", *sql_others.columns()))
        expected = connection.execute(f"SELECT {shown} FROM '{tmp_path}/engine-0.parquet' ORDER BY 1").fetchall()
        found = connection.execute(f"SELECT {shown} FROM '{tmp_path}/same-0.parquet' ORDER BY 1").fetchall()
        described = connection.execute(f"DESCRIBE SELECT * FROM '{tmp_path}/same-0.parquet'").fetchall()
    assert found == expected
    assert len(found) == NUMBER
    assert len(described) == 1 + len(sql_others.columns()) == 29


def test_the_join_by_hand_gives_the_rows_of_the_engine(tmp_path: Path) -> None:
    book, places = sql_rules.many(tmp_path / "rules", 38, 10)
    sql_rules.profiles(tmp_path, NUMBER, places)
    run_both(tmp_path, {"engine": sql.many_query(book), "hand": sql.join_by_hand(places, 38)})
    sql.compare(tmp_path, ["*"])
