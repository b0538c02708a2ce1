"""What a population comes to, in every form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from evaluator.batch.population import Budget, load_summary, read_budgets, summarise
from evaluator.batch.run import Result
from evaluator.batch.workspace import Json
from evaluator.diagnostics import RuleError
from evaluator.report.population_chart import chart
from evaluator.report.population_sheet import STARTERS, harmless, write_workbook
from evaluator.report.population_text import batch_text, report_lines
from evaluator.report.table import width
from tests.batch.batches import answered, rulebook, wishes, write_csv
from tests.rulebook.tiny import copy_tiny

HEADINGS = ["名称", "所在地", "规模以上", "标准", "行业 类"]
ENTRY = '[{"级别": "国际标准", "角色": "主持", "发布日期": "2024-05-01"}]'
OPEN = '[{"级别": "国际标准", "发布日期": "2024-05-01"}]'
YI = "甲省/乙市"
ROWS = [
    ["a", YI, "是", ENTRY, "装备"],
    ["b", YI, "否", OPEN, "装备"],
    ["c", YI, "", "", "食品"],
    ["d", "庚省/辛市", "是", "无", ""],
    ["=cmd()", YI, "maybe", "无", "@x"],
]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    base = tmp_path_factory.mktemp("reports")
    return answered(write_csv(base / "t.csv", HEADINGS, ROWS), base / "out", wishes=wishes(by=["行业 类"]))


def test_rules_sum_up(result: Result) -> None:
    rules = {entry.rule: entry for entry in load_summary(result.out).rules}
    leading = rules["tiny-2023/leading"]
    assert (leading.satisfied, leading.undetermined, leading.not_satisfied) == (1, 2, 0)
    assert (int(leading.guaranteed), int(leading.potential), leading.unbounded) == (300_000, 600_000, 1)
    size = rules["tiny-2023/size"]
    assert (size.satisfied, size.undetermined, size.not_satisfied) == (1, 1, 1)
    assert (int(size.guaranteed), int(size.potential), size.unbounded) == (50_000, 100_000, 0)
    assert rules["other-2020/name"].pays is False


def test_groups_add_up_to_the_whole(result: Result) -> None:
    groups = load_summary(result.out).groups
    assert list(groups) == ["", "place", "行业 类"]
    (whole,) = groups[""]
    assert (whole.profiles, whole.entitled, whole.undetermined) == (4, 1, 2)
    assert (int(whole.guaranteed), int(whole.potential), whole.unbounded) == (350_000, 650_000, 1)
    for entries in groups.values():
        assert sum(entry.profiles for entry in entries) == 4
        assert sum(entry.guaranteed for entry in entries) == 350_000
        assert sum(entry.unbounded for entry in entries) == 1
    assert {entry.group for entry in groups["行业 类"]} == {"装备", "食品", ""}


def test_facts_that_leave_money_open_are_named(result: Result) -> None:
    absent = {entry.fact: entry for entry in load_summary(result.out).absent}
    assert (absent["标准"].profiles, absent["标准"].unbounded) == (1, 1)
    assert (absent["标准[].角色"].profiles, int(absent["标准[].角色"].open)) == (1, 300_000)
    assert (absent["规模以上"].profiles, int(absent["规模以上"].open)) == (1, 50_000)


@pytest.mark.parametrize(
    ("budget", "verdict"),
    [("29万元", "exceeded"), ("30万元", "may-be-exceeded"), ("60万元", "may-be-exceeded"), ("1件", "unlike-types")],
)
def test_budgets_are_held_against_what_is_certain_and_possible(
    tmp_path: Path, budget: str, verdict: str, result: Result
) -> None:
    import duckdb

    given = {"tiny-2023/leading": budget, "tiny-2023/size": "10万元"}
    if verdict == "unlike-types":
        with pytest.raises(RuleError, match=verdict):
            read_budgets(given, rulebook())
        return
    with duckdb.connect() as connection:
        for name in ("outcomes", "profiles", "missing"):
            (tmp_path / name).symlink_to(result.out / name)
        summarise(tmp_path, connection, ["行业 类"], read_budgets(given, rulebook()))
    leading, size = load_summary(tmp_path).budgets
    assert (leading.verdict, size.verdict) == (verdict, "kept")
    assert size.budget == 100_000


def test_a_budget_of_no_rule_is_refused() -> None:
    with pytest.raises(RuleError, match="there is no rule or policy `tiny-2023/sise`"):
        read_budgets({"tiny-2023/sise": "1元"}, rulebook())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_keeps_to_the_terminal(result: Result, lang: str) -> None:
    text = batch_text(result, rulebook(), "zh" if lang == "zh" else "en", 80)
    assert all(width(line) <= 80 for line in text.splitlines() if str(result.out) not in line)
    assert ("读入 5 行＝回答 4 行＋退回 1 行" if lang == "zh" else "5 rows read = 4 answered + 1 set aside") in text
    assert str(result.manifest["digest"]) in text


# ------------------------------------------------------------------ nothing becomes a formula


@pytest.mark.parametrize("start", STARTERS)
def test_a_csv_cell_never_begins_a_formula(start: str) -> None:
    for text in (f"{start}1+1", f"  {start}1+1"):
        assert harmless(text) == f"'{text}"
    assert harmless(f"1{start}1") == f"1{start}1"


def test_rejected_rows_are_a_csv_for_people(result: Result) -> None:
    raw = (result.out / "rejected.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(",5,6,规模以上,value,")


def sheets(path: Path) -> dict[str, list[Sequence[object]]]:
    book = load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def test_the_spreadsheet_holds_the_same_figures(result: Result) -> None:
    found = sheets(result.out / "report" / "report.xlsx")
    assert list(found) == ["概况", "按规则", "按地区", "按行业 类", "缺失事实", "退回"]
    row = next(row for row in found["按规则"] if row[1] == "tiny-2023/leading")
    assert row[8:] == [300_000, 600_000, 1]
    assert found["按地区"][-1][:2] == ["合计", 4]
    assert found["退回"][1][1:5] == [5, 6, "规模以上", "value"]


def test_no_cell_of_the_spreadsheet_is_a_formula(tmp_path: Path, result: Result) -> None:
    path = tmp_path / "t.xlsx"
    texts = [f"{start}HYPERLINK(1)" for start in STARTERS]
    rejected = [("", 1, 2, text, "code", text, None) for text in texts]
    write_workbook(path, load_summary(result.out), rejected, [(text, text) for text in texts], rulebook(), "zh")
    book = load_workbook(path)
    told = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert sum("HYPERLINK" in str(cell.value) for cell in told) == 4 * len(texts)
    assert {cell.data_type for cell in told} <= {"s", "n"}


# ------------------------------------------------------------------ chart


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_is_whole_and_tells_its_figures(result: Result, lang: str) -> None:
    text = chart(load_summary(result.out), rulebook(), "zh" if lang == "zh" else "en")
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title description"
    description = root.find(f"{space}desc")
    assert description is not None
    assert ("30万元" if lang == "zh" else "300,000 yuan") in str(description.text)
    bars = [rect for rect in root.iter(f"{space}rect") if rect.get("x") == "300"]
    assert [int(str(bar.get("width"))) for bar in bars] == [360, 180, 60, 30]
    assert not any(element.tag.endswith(("script", "image", "a")) for element in root.iter())


def test_markup_in_a_title_stays_text(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    from evaluator.report import population_chart

    monkeypatch.setattr(population_chart, "title_of", lambda id, rulebook, lang: "<script>&")
    text = chart(load_summary(result.out), rulebook(), "zh")
    assert "<script>" not in text
    ElementTree.fromstring(text)


def test_a_pool_of_the_rules_is_a_budget(tmp_path: Path) -> None:
    pooled = copy_tiny(tmp_path)
    text = (pooled.folder / "tiny-2023" / "incentives.yaml").read_text(encoding="utf-8")
    pooled.write("tiny-2023/incentives.yaml", text + POOL)
    (name, allotted), *_ = read_budgets({}, pooled.load()).items()
    assert (name, allotted.yuan) == ("tiny-2023/purse", 400_000)
    assert allotted.rules == {"tiny-2023/leading", "tiny-2023/size"}
    own = read_budgets({"tiny-2023": "1万元"}, rulebook())["tiny-2023"]
    assert own.rules >= {"tiny-2023/leading", "tiny-2023/advice"}
    assert not any(rule.startswith("other-2020/") for rule in own.rules)


POOL = """\
stacking:
  - id: purse
    title: {zh: 专项资金总额, en: purse}
    cite: {article: 一, sentence: 1}
    scope: entity
    pool: {of: [leading, size], budget: 40万元, exceeded: proportional}
"""


def test_the_text_tells_of_children_resumption_encodings_and_budgets(result: Result) -> None:
    counts: dict[str, Json] = {"read": 9, "answered": 7, "rejected": 2, "findings": 1, "items_rejected": 3}
    told: dict[str, Json] = {**result.manifest, "counts": counts}
    text = batch_text(Result(out=result.out, manifest=told, resumed=4, again=False), rulebook(), "en", 80)
    assert "9 rows read = 7 answered + 2 set aside" in text
    assert "3 more rows of child tables set aside" in text
    assert "4 partitions of an earlier run were kept" in text
    assert "t.csv: utf-8" in text


def test_rows_beyond_what_a_screen_holds_are_counted(result: Result) -> None:
    summary = load_summary(result.out)
    many = replace(summary, absent=summary.absent * 20, budgets=(BUDGET,))
    lines = report_lines(many, rulebook(), 7, "zh", 80)
    assert any("行，见 report/missing.parquet" in line for line in lines)
    assert any("每 7 个主体问一个" in line for line in lines)
    assert any("超出" in line and "主持标准资助" in line for line in lines)


BUDGET = Budget(name="tiny-2023/leading", budget=Decimal(1), guaranteed=Decimal(2), potential=Decimal(2), unbounded=0)
