"""Folders of tables: what is wrong with their shape is told before a row is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from evaluator.batch.folder import Population, open_population
from evaluator.diagnostics import RuleError
from tests.batch.batches import answered, counts, read, reasons, rulebook, wishes, write_csv, write_lines

PROFILES = ["编号", "所在地", "标准"]
ENTRIES = ["编号", "级别", "角色", "发布日期"]
ENTRY = ["a", "国际标准", "主持", "2024-05-01"]


def problems(folder: Path, **given: Any) -> str:
    with pytest.raises(RuleError) as caught:
        open_population(folder, rulebook(), wishes(**given))
    return str(caught.value)


def test_a_folder_needs_one_table_of_profiles(tmp_path: Path) -> None:
    assert "the folder has no tables of profiles" in problems(tmp_path)
    write_csv(tmp_path / "profiles.csv", PROFILES, [])
    write_csv(tmp_path / "主体.csv", PROFILES, [])
    assert "the folder has 2 tables of profiles" in problems(tmp_path)


@pytest.mark.parametrize(
    ("headings", "name", "told"),
    [
        (["编号", "级别", "角色名"], "标准.csv", "`标准项目` has no field `角色名`"),
        (["级别"], "标准.csv", "the table has no column `编号`"),
        (["编号", "级别", "level"], "标准.csv", "two columns name `级别`"),
        (["编号", "级别"], "标淮.csv", "there is no list `标淮`"),
    ],
)
def test_a_child_table_names_a_list_its_fields_and_the_key(
    tmp_path: Path, headings: list[str], name: str, told: str
) -> None:
    write_csv(tmp_path / "profiles.csv", PROFILES, [["a", "", ""]])
    write_csv(tmp_path / name, headings, [])
    assert told in problems(tmp_path)


def test_the_tables_need_a_key(tmp_path: Path) -> None:
    write_csv(tmp_path / "profiles.csv", ["所在地"], [[""]])
    write_csv(tmp_path / "标准.csv", ENTRIES, [])
    assert "no column ties the tables together" in problems(tmp_path)


def test_a_child_table_names_its_columns(tmp_path: Path) -> None:
    write_csv(tmp_path / "profiles.csv", PROFILES, [["a", "", ""]])
    write_lines(tmp_path / "标准.jsonl", [{"编号": "a"}])
    assert "a child table names its columns" in problems(tmp_path)


def test_profiles_may_be_json_lines_and_entries_parquet(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_lines(folder / "profiles.jsonl", [{"id": 7, "jurisdiction": "甲省/乙市"}, {"jurisdiction": "甲省/乙市"}])
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (SELECT 7 AS id, '国际标准' AS 级别, '主持' AS 角色, DATE '2024-05-01' AS 发布日期, 1.5 AS 费用)
            TO '{folder}/标准.parquet'"""
        )
    result = answered(folder, tmp_path / "out", wishes=wishes(key="id"))
    assert counts(result)["answered"] == 2
    found = read(tmp_path / "out", "findings", "row, rule, outcome, guaranteed")
    assert (1, "tiny-2023/leading", "satisfied", 300_000) in found
    assert (2, "tiny-2023/leading", "unknown", 0) in found


def test_an_entry_whose_key_cannot_be_read_ends_the_batch(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(folder / "profiles.csv", PROFILES, [["a", "", ""]])
    write_csv(folder / "标准.csv", ["级别", "角色", "编号"], [["国际标准"]])
    with pytest.raises(RuleError, match="the row has 1 cells"):
        answered(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_entry_without_a_key_is_set_aside(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_csv(folder / "profiles.csv", PROFILES, [["a", "", ""]])
    write_csv(folder / "标准.csv", ENTRIES, [["", *ENTRY[1:]], ENTRY])
    result = answered(folder, tmp_path / "out")
    assert reasons(tmp_path / "out") == [(1, "编号", "unknown-key")]
    assert counts(result) | {"findings": 0} == {
        "read": 1, "answered": 1, "rejected": 0, "findings": 0, "items_rejected": 1,
    }  # fmt: skip


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", PROFILES, [["a", "", ""]])
    population: Population = open_population(table, rulebook(), wishes())
    population.refuse_change()
    write_csv(table, PROFILES, [["a", "", ""], ["b", "", ""]])
    with pytest.raises(RuleError, match="the file changed while it was read"):
        population.refuse_change()
