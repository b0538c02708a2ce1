"""`evaluator run`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main

CASE = """
scenarios:
  - id: three-led
    purpose: {zh: 主持三项标准, en: leads three standards}
    as_of: 2025-06-30
    profile:
      kind: enterprise
      jurisdiction: 河北省/承德市
      facts:
        标准:
          - {级别: 国际标准, 角色: 主持, 发布日期: 2024}
          - {级别: 国家标准, 角色: 主持, 发布日期: 2024}
          - {级别: 国家标准, 角色: 主持, 发布日期: 2024}
    expect:
      totals: {guaranteed: 700000, potential: null}
      outcomes: {satisfied: [standards-leading]}
      findings:
        standards-leading: {guaranteed: GUARANTEED, article: 二.(一).1}
        standardisation-pilot-passed: {outcome: OUTCOME}
"""


def scenario(folder: Path, guaranteed: str = "700000", outcome: str = "unknown") -> Path:
    path = folder / "chengde-2023" / "cases.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(CASE.replace("GUARANTEED", guaranteed).replace("OUTCOME", outcome), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments)], env={"COLUMNS": "80"})


def test_cases_that_agree_are_counted_by_policy(tmp_path: Path) -> None:
    scenario(tmp_path)
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].split() == ["chengde-2023", "1", "1", "0"]
    assert result.stderr == ""


def test_a_difference_shows_both_sides_and_why(tmp_path: Path) -> None:
    path = scenario(tmp_path, "600000", "satisfied")
    result = run(path)
    assert result.exit_code == 1
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0] == "✗ chengde-2023/three-led  主持三项标准"
    assert f"{path}:3:9" in lines
    assert any(line.startswith("guaranteed  应为 600000") for line in lines)
    assert "实为 700000" in lines
    at = lines.index("chengde-2023/standardisation-pilot-passed")
    assert [line.split("：")[0].split("  ")[0] for line in lines[at + 1 : at + 6]] == [
        "outcome", "实为 unknown", "原因", "缺少", "依据",
    ]  # fmt: skip
    assert lines[at + 4] == "缺少：标准化示范试点"
    english = run(path, "--lang", "en").stdout
    assert "leads three standards" in english
    assert "missing: 标准化示范试点" in english


def test_lines_fit_the_terminal(tmp_path: Path) -> None:
    from evaluator.report.table import width

    for lang in ("zh", "en"):
        result = run(scenario(tmp_path, "1", "satisfied"), "--coverage", "--policy", "chengde-2023", "--lang", lang)
        wide = [line for line in result.stdout.splitlines() if width(line) > 80 and str(tmp_path) not in line]
        assert wide == []


def test_differences_are_data(tmp_path: Path) -> None:
    result = run(scenario(tmp_path, "600000.5"), "--format", "json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert (data["scenarios"], data["differing"]) == (1, 1)
    assert data["policies"] == {"chengde-2023": {"scenarios": 1, "differing": 1}}
    (difference,) = data["results"][0]["differences"]
    assert difference["finding"] == "chengde-2023/standards-leading"
    assert (difference["field"], difference["expected"], difference["found"]) == ("guaranteed", "600000.5", 700000)
    assert difference["citation"] == [{"article": "二.(一).1", "sentence": 2}]
    assert difference["line"] == 18
    assert "coverage" not in data


def test_coverage_lists_what_no_case_asks_for(tmp_path: Path) -> None:
    data = json.loads(run(scenario(tmp_path), "--coverage", "--policy", "chengde-2023", "--format", "json").stdout)
    open_ = {(entry["finding"], entry["outcome"]) for entry in data["coverage"]["open"]}
    assert ("chengde-2023/standards-leading", "satisfied") not in open_
    assert ("chengde-2023/standards-leading", "unknown") in open_
    assert {row["policy"] for row in data["coverage"]["rows"]} == {"chengde-2023"}
    text = run(scenario(tmp_path), "--coverage", "--policy", "chengde-2023").stdout
    assert "没有案例问到的结果" in text
    assert "chengde-2023/standards-leading  not_satisfied, unknown, not_applicable" in text
    assert "chengde-2023  奖补" in text
    assert "obligation" not in text


def test_repeated_cases_are_named(tmp_path: Path) -> None:
    path = scenario(tmp_path)
    second = CASE.split("scenarios:\n")[1].replace("three-led", "again").replace("河北省/承德市", "河北省/承德市")
    first = path.read_text(encoding="utf-8")
    path.write_text(first + second.replace("GUARANTEED", "700000").replace("OUTCOME", "unknown"), encoding="utf-8")
    assert "chengde-2023/again：与 chengde-2023/three-led 相同" in run(path, "--coverage").stdout


def test_a_file_that_is_wrong_prints_diagnostics_and_nothing_else(tmp_path: Path) -> None:
    result = run(scenario(tmp_path, outcome="satisfyed"))
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "did you mean `satisfied`?" in result.stderr


@pytest.mark.parametrize("arguments", [["no-such-folder"], ["--policy", "chengde-2024"], ["--rules", "no-such-folder"]])
def test_what_is_not_there_is_a_diagnostic(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "error[" in result.stderr


def test_an_empty_file_holds_no_scenarios_to_agree(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("# to be written\n", encoding="utf-8")
    result = run(path)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "error[no-scenarios]: the file is empty" in result.stderr
