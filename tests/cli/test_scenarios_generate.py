"""`evaluator scenarios generate`: files that read back, agree, and are in words for a person to confirm."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from evaluator.audit.scenarios import load_scenarios, run_scenarios
from evaluator.cli import main
from tests.agreement.shipped import shipped


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["scenarios", "generate", *arguments])


def test_what_is_generated_reads_back_and_agrees(tmp_path: Path) -> None:
    result = run("--policy", "chengde-2023", "--out", str(tmp_path / "made"))
    assert result.exit_code == 0, result.output
    scenarios = load_scenarios(tmp_path / "made", shipped())
    assert len(scenarios) > 1000
    differing = [found.scenario.id for found in run_scenarios(scenarios, shipped()) if found.differences]
    assert differing == []


def test_a_case_says_what_it_is_about_and_that_it_is_to_be_confirmed() -> None:
    text = run("--rule", "chengde-2023/standards-leading").stdout
    assert "待确认：只差一步不满足：角色为“主持”（标准[1].角色 参与）" in text
    assert "base: standards-leading-1" in text


def test_a_rule_that_does_not_exist_is_refused() -> None:
    result = run("--rule", "nowhere")
    assert result.exit_code == 3


def test_a_folder_that_exists_is_not_written_over(tmp_path: Path) -> None:
    assert run("--rule", "standards-leading", "--out", str(tmp_path)).exit_code == 3


def test_rules_for_which_nothing_could_be_built_are_named() -> None:
    result = run("--rule", "chengde-2023/county-ledgers", "--lang", "en")
    assert "county-ledgers" in result.stderr
