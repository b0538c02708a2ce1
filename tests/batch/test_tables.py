"""Files to rows: encodings, broken tables, spreadsheets and Parquet, each to the cell."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from evaluator.batch.tables import MAX_LINE, Row, encoding_of, open_table
from evaluator.diagnostics import RuleError

TEXT = "名称,规模以上\r\n某企业,是\r\n"


def rows(path: Path, sheet: str | None = None) -> list[Row]:
    return list(open_table(path, sheet=sheet).rows())


def cells(path: Path) -> list[object]:
    return [list(row.cells) if not isinstance(row.cells, dict) else row.cells for row in rows(path)]


def problems(path: Path) -> str:
    with pytest.raises(RuleError) as caught:
        rows(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("gb18030"), "gb18030"),
    ],
)
def test_the_encoding_of_a_csv_is_found_out_and_told(tmp_path: Path, raw: bytes, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(raw)
    table = open_table(path)
    assert table.encoding == encoding
    assert table.headings == ("名称", "规模以上")
    assert cells(path) == [["某企业", "是"]]


def test_a_character_cut_by_a_chunk_is_no_break(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"x" + "名称".encode() * 400_000)
    assert encoding_of(path) == "utf-8"


@pytest.mark.parametrize("raw", [TEXT.encode("utf-16"), "naïve,é\nü,ö\n".encode("latin-1"), b"a,b\n\xff\xff\xff\n"])
def test_another_encoding_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(raw)
    with pytest.raises(RuleError, match="unknown-encoding"):
        open_table(path)


def test_rows_know_their_number_and_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"x\ny"\n\n2,z\n', encoding="utf-8")
    assert [(row.number, row.line) for row in rows(path)] == [(1, 2), (2, 5)]


def test_a_row_of_another_length_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1\n1,2\n1,2,3\n", encoding="utf-8")
    assert [row.problem is None for row in rows(path)] == [False, True, False]


@pytest.mark.parametrize("text", ['a,b\n1,"x\n2,y\n', 'a,b\n1,"x"y\n'])
def test_a_quote_that_swallows_rows_ends_the_reading(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    assert "error[csv]" in problems(path)


@pytest.mark.parametrize(
    ("name", "text"), [("t.csv", ""), ("t.csv", ",,\n1,2,3\n"), ("t.txt", "a\n1\n"), ("t.xlsx", "a\n")]
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert "error[" in problems(path)


# ------------------------------------------------------------------ JSON lines


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"a": 1, "a": 2}', "duplicate-key"),
        ('{"a": NaN}', "value"),
        ("[1]", "shape"),
        ("{", "json"),
        ('{"a": ' + "[" * 60 + "]" * 60 + "}", "too-deep"),
        ("[" * 100_000, "json"),
        ('{"\\u0000span": 1}', "key"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_the_next_is_read(tmp_path: Path, line: str, code: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f'{line}\n\n{{"b": 0.10}}\n', encoding="utf-8")
    bad, good = rows(path)
    assert bad.problem is not None
    assert bad.problem.code == code
    assert (good.number, good.line, good.problem) == (2, 3, None)
    assert isinstance(good.cells, dict)
    assert str(good.cells["b"]) == "0.10"


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"a": "' + b"x" * MAX_LINE)
    assert "error[too-large]" in problems(path)


# ------------------------------------------------------------------ spreadsheets


def book(path: Path, fill: Callable[[Workbook], None]) -> Path:
    made = Workbook()
    fill(made)
    made.save(path)
    return path


def test_cells_of_a_spreadsheet_are_exact(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        sheet = made.active
        assert sheet is not None
        sheet.append(["a", "b", "c", "d", "e"])
        sheet.append([0.1, 3.0, True, date(2024, 2, 29), " "])
        sheet.append([None] * 5)
        sheet.append([datetime(2024, 2, 29), "甲", 10**14, 92.4, None])
        sheet["D4"].number_format = "0.0%"

    path = book(tmp_path / "t.xlsx", fill)
    assert [(row.number, row.line) for row in rows(path)] == [(1, 2), (2, 4)]
    assert cells(path) == [
        [Decimal("0.1"), 3, True, date(2024, 2, 29), None],
        [date(2024, 2, 29), "甲", 10**14, "9240.0%", None],
    ]


@pytest.mark.parametrize(("stored", "shown"), [(0.924, "92.4%"), (1, "100%"), (0.07, "7%"), (0.29, "29%")])
def test_a_cell_shown_as_a_percentage_is_one(tmp_path: Path, stored: object, shown: str) -> None:
    def fill(made: Workbook) -> None:
        sheet = made.active
        assert sheet is not None
        sheet.append(["a"])
        sheet.append([stored])
        sheet["A2"].number_format = "0.00%"

    ((cell,),) = [row.cells for row in rows(book(tmp_path / "t.xlsx", fill))]
    assert Decimal(str(cell).removesuffix("%")) == Decimal(shown.removesuffix("%"))
    assert str(cell).endswith("%")


def test_a_formula_without_its_value_sets_the_row_aside(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        sheet = made.active
        assert sheet is not None
        sheet.append(["a", "b"])
        sheet.append(["=1+1", 2])

    (row,) = rows(book(tmp_path / "t.xlsx", fill))
    assert row.problem is not None
    assert row.problem.code == "formula"


def test_a_sheet_is_named_and_a_wrong_name_refused(tmp_path: Path) -> None:
    def fill(made: Workbook) -> None:
        sheet = made.create_sheet("企业")
        sheet.append(["a"])
        sheet.append([1])

    path = book(tmp_path / "t.xlsx", fill)
    assert [list(row.cells) for row in rows(path, "企业")] == [[1]]
    with pytest.raises(RuleError, match="there is no sheet `企`"):
        open_table(path, sheet="企")


# ------------------------------------------------------------------ Parquet


def test_cells_of_parquet_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            """CREATE TABLE t AS SELECT 0.10::DECIMAL(10,2) AS a, 0.1::DOUBLE AS b, 0.1::FLOAT AS c,
            DATE '2024-02-29' AS d, [{'级别': '国际标准', '费用': 0.3::DOUBLE}] AS e, NULL::BIGINT AS f,
            9223372036854775807::BIGINT AS g, '' AS "h""; DROP TABLE t; --" """
        )
        connection.execute(f"COPY t TO '{path}'")
    table = open_table(path)
    assert table.headings[-1] == 'h"; DROP TABLE t; --'
    (row,) = table.rows()
    assert [str(cell) for cell in list(row.cells)[:4]] == ["0.10", "0.1", "0.1", "2024-02-29"]
    assert list(row.cells)[4:] == [[{"级别": "国际标准", "费用": Decimal("0.3")}], None, 2**63 - 1, None]


def test_a_column_that_no_fact_can_hold_sets_its_rows_aside(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT '\\xAA'::BLOB AS a UNION ALL SELECT NULL) TO '{path}'")
    found = rows(path)
    assert sorted(row.problem is None for row in found) == [False, True]
