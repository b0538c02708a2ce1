"""JSON lines and sheets whose cells are of every shape: each row is answered, or set aside with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evaluator.batch import rows as rows_module
from evaluator.batch.rows import Defaults
from tests.batch.batches import HEADINGS, ROW, answered, read, reasons, wishes, write_csv, write_lines

GOOD: dict[str, Any] = {"jurisdiction": "甲省/乙市", "规模以上": True, "营业收入": 120}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ({**GOOD, "kind": ["enterprise"]}, ("", "value")),
        ({**GOOD, "kind": {"a": 1}}, ("", "value")),
        ({**GOOD, "jurisdiction": ["甲省/乙市"]}, ("", "value")),
        ({**GOOD, "code": ["91"]}, ("", "value")),
        ({**GOOD, "name": 7}, ("name", "value")),
        ({**GOOD, "营业收入": [1]}, ("营业收入", "value")),
        ({**GOOD, "营业收入": True}, ("营业收入", "value")),
        ({**GOOD, "规模以上工业": True}, ("规模以上工业", "unknown-column")),
        ({**GOOD, "revenue": 5}, ("revenue", "duplicate-column")),
        ({**GOOD, "标准": "[1]"}, ("标准", "list")),
        ({**GOOD, "合格率[2025]": 90}, ("合格率[2025]", "wrong-kind")),
        ({**GOOD, "设有窗口": True}, ("设有窗口", "wrong-kind")),
    ],
)
def test_a_cell_of_another_shape_sets_its_row_aside(
    line: dict[str, Any], wrong: tuple[str, str], tmp_path: Path
) -> None:
    lines: list[dict[str, Any]] = [GOOD, line, GOOD]
    answered(write_lines(tmp_path / "t.jsonl", lines), tmp_path / "out")
    assert [(row, column) for row, column, _ in reasons(tmp_path / "out")] == [(2, wrong[0])]
    assert [code for _, _, code in reasons(tmp_path / "out")] == [wrong[1]]
    assert len(read(tmp_path / "out", "profiles", "row")) == 2


def test_what_a_line_leaves_out_is_told_for_all_and_what_it_says_is_kept(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"facts": {"规模以上": True, "信用等级": "甲等"}},
        {"kind": "association", "jurisdiction": "庚省/辛市", "facts": {}},
        {"facts": {"规模以上": "maybe"}},
    ]
    answered(
        write_lines(tmp_path / "t.jsonl", lines),
        tmp_path / "out",
        defaults=Defaults(kind="enterprise", place="甲省/乙市"),
        wishes=wishes(by=["规模以上", "信用等级"]),
    )
    assert read(tmp_path / "out", "profiles", "row, kind, place") == [
        (1, "enterprise", "甲省/乙市"),
        (2, "association", "庚省/辛市"),
    ]
    assert [row for row, _, _ in reasons(tmp_path / "out")] == [3]


def test_few_remembered_cells_change_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[*ROW[:4], str(number), *ROW[5:]] for number in range(30)]
    rows += [["association", "某协会", "甲省", "否", "", "", ""], ["city", "某市", "甲省/乙市", "", "", "", ""]]
    table = write_csv(tmp_path / "t.csv", HEADINGS, rows)
    answered(table, tmp_path / "one")
    monkeypatch.setattr(rows_module, "REMEMBERED", 2)
    answered(table, tmp_path / "two")
    for name in ("findings", "profiles"):
        assert read(tmp_path / "one", name) == read(tmp_path / "two", name)


def test_a_cell_beyond_the_headings_is_told(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", ["kind", "jurisdiction", ""], [["enterprise", "甲省/乙市", "x"]])
    answered(table, tmp_path / "out")
    assert reasons(tmp_path / "out") == [(1, "", "heading")]
