"""`evaluator batch` and `evaluator simulate` as typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main
from tests.batch.batches import HEADINGS, ROW, RULES, write_csv

BAD = [*ROW[:3], "maybe", *ROW[4:]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a table of two profiles, one of them wrong."""
    write_csv(tmp_path / "t.csv", HEADINGS, [ROW, BAD])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVALUATOR_RULES", str(RULES))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.usefixtures("folder")
def test_rows_set_aside_are_exit_code_1() -> None:
    result = typed("batch", "t.csv", "--out", "out", "--as-of", "2025-06-30")
    assert (result.exit_code, result.stderr) == (1, "")
    assert "读入 2 行＝回答 1 行＋退回 1 行" in result.stdout
    assert Path("out/rejected.csv").is_file()
    again = typed("batch", "t.csv", "--out", "out", "--as-of", "2025-06-30", "--lang", "en")
    assert again.exit_code == 1
    assert "the same question was answered before" in again.stdout


def test_all_answered_is_exit_code_0(folder: Path) -> None:
    write_csv(folder / "g.csv", HEADINGS, [ROW], "gb18030")
    result = typed("batch", "g.csv", "--out", "out", "--as-of", "2025-06-30", "--lang", "en", "--by", "信用等级")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "g.csv: gb18030" in result.stdout
    assert "By 信用等级" in result.stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["t.csv", "--out", "o", "--ignore", "营业收入", "--map", "名=x"], 3, "there is no column `名`"),
        (["u.csv", "--out", "o"], 3, "there is no such file"),
        (["t.csv", "--out", "o", "--memory-limit", "lots"], 2, "`lots` is no size"),
        (["t.csv", "--out", "o", "--map", "a"], 2, "two names with `=`"),
        (["t.csv", "--out", "o", "--budget", "x=1元"], 3, "there is no rule or policy `x`"),
        (["t.csv", "--out", "o*"], 3, "the path holds a sign"),
        (["t.csv"], 2, "--out"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], code: int, told: str) -> None:
    result = typed("batch", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert told in result.stderr


@pytest.mark.usefixtures("folder")
def test_a_made_up_population_is_answered() -> None:
    made = typed("simulate", "--rows", "20", "--out", "p.parquet", "--lang", "en")
    assert (made.exit_code, made.stderr) == (0, "")
    assert made.stdout.startswith("20 made-up profiles with ")
    result = typed("batch", "p.parquet", "--out", "out", "--as-of", "2025-06-30")
    assert result.exit_code == 0
    assert "读入 20 行＝回答 20 行＋退回 0 行" in result.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import evaluator",
        "from evaluator.cli import main; main(['--help'], standalone_mode=False)",
        "from evaluator.cli import main; main(['batch', '--help'], standalone_mode=False)",
    ],
)
def test_help_loads_no_heavy_library(code: str) -> None:
    heavy = {"duckdb", "openpyxl", "rich", "pyspark", "z3", "pyarrow", "numpy"}
    script = f"{code}\nimport sys\nprint(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("library", ["duckdb", "openpyxl"])
def test_a_missing_library_is_one_line_with_the_remedy(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from evaluator.batch import extras

    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == library else object())
    result = typed("batch", "t.csv", "--out", "out", "--as-of", "2025-06-30")
    assert result.exit_code == 3
    assert f"`{library}` is not installed" in result.stderr
    assert "pip install 'evaluator[batch]'" in result.stderr
