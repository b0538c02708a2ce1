"""`evaluator check`: the whole rulebook, with the registers of its texts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.register_documents import check_registers
from evaluator.rulebook.shipped import rules_folder
from tests.rulebook.tiny import copy_tiny


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)], env={"COLUMNS": "80"})


def copy(folder: Path) -> Path:
    shutil.copytree(rules_folder(), folder / "rules")
    return folder / "rules"


def test_the_shipped_rulebook_is_valid_and_counted() -> None:
    result = check()
    assert result.exit_code == 0, result.output
    rulebook = load_rulebook(rules_folder())
    rows = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines() if line and line[0] in "cghlx合"}
    for policy in rulebook.policies:
        kinds = [rule.kind for rule in rulebook.rules.values() if rule.policy.id == policy]
        counts = [kinds.count("incentive"), kinds.count("support"), kinds.count("target"), kinds.count("obligation")]
        assert rows[policy] == [*map(str, counts), str(len(kinds))]
    assert rows["合计"][-1] == str(len(rulebook.rules))


def test_a_policy_folder_stands_for_its_rulebook() -> None:
    assert check(rules_folder() / "henan-2018").stdout == check().stdout
    assert check(rules_folder() / "henan-2018" / "targets.yaml").exit_code == 0


def test_problems_of_rules_and_of_registers_are_printed_together(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    policy = folder / "henan-2018" / "policy.yaml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("reason: heading", "reason: headline", 1), encoding="utf-8")
    rules = folder / "chengde-2023" / "incentives.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace('角色 = "主持"', '角色 = "领导"', 1), encoding="utf-8")
    result = check(folder)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "did you mean `heading`?" in result.stderr
    assert "领导" in result.stderr
    assert result.stderr.count("error[") == 2


@pytest.mark.parametrize(
    ("register", "said"),
    [
        ("sauce: a.txt", "did you mean `source`?"),
        ("programmatic:\n  - {article: 一, sentences: [], reason: heading}", "`sentences` is empty"),
        ("programmatic:\n  - {article: 一, sentences: [0], reason: heading}", "should be at least 1"),
        ("waivers:\n  - {article: 一, sentence: 1, reason: name}", "`numeral` is missing"),
        ("defects:\n  - {article: 一, sentence: 1, printed: lO, reading: 10, note: {zh: a, en: b}}", "a text"),
        ("articles:\n  - {printed: (一), id: 一}", "`note` is missing"),
        ("[1, 2]", "no mapping"),
        ("source: a.txt\n---\nsource: b.txt", "a third"),
        ("source: a.txt\nsource: b.txt", "stands twice"),
    ],
)
def test_a_register_is_checked_at_its_place(tmp_path: Path, register: str, said: str) -> None:
    tiny = copy_tiny(tmp_path)
    policy = next(tiny.folder.glob("*/policy.yaml"))
    header = policy.read_text(encoding="utf-8").split("\n---")[0].rstrip("\n")
    policy.write_text(f"{header}\n---\n{register}\n", encoding="utf-8")
    (problem,) = check_registers(tiny.folder)
    assert said in problem.render()
    assert problem.span is not None
    result = check(tiny.folder)
    assert result.exit_code == 3
    assert result.stderr.count("error[") == 1


def test_a_broken_header_is_reported_once(tmp_path: Path) -> None:
    tiny = copy_tiny(tmp_path)
    policy = next(tiny.folder.glob("*/policy.yaml"))
    policy.write_text("id: [\n" + policy.read_text(encoding="utf-8"), encoding="utf-8")
    result = check(tiny.folder)
    assert result.exit_code == 3
    assert result.stderr.count("error[yaml]") == 1


def test_a_folder_that_is_no_rulebook_is_a_diagnostic(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result.exit_code == 3
    assert "no rulebook" in result.stderr


def test_what_is_suspect_is_told_after_the_summary_and_is_no_error(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "vocabulary" / "more.yaml").write_text(
        "facts: [{id: idle, label: {zh: 闲置事实, en: idle}, of: [enterprise], type: bool}]\n", encoding="utf-8"
    )
    result = check(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    summary, _, warnings = result.stdout.partition("more.yaml:1:9: warning[unused-fact]")
    assert "合计" in summary
    assert "闲置事实" in warnings


def test_a_rule_that_no_scenario_names_is_told(tmp_path: Path) -> None:
    tiny = copy_tiny(tmp_path)
    cases = tmp_path / "scenarios" / "tiny-2023" / "cases.yaml"
    cases.parent.mkdir(parents=True)
    cases.write_text(
        "scenarios:\n  - id: one\n    purpose: {zh: 例, en: e}\n    as_of: 2025-01-01\n    rules: [size]\n"
        "    profile: {kind: enterprise, jurisdiction: 甲省/乙市}\n"
        "    expect: {findings: {leading: {outcome: not_satisfied}}}\n",
        encoding="utf-8",
    )
    assert "unnamed-rule" not in check(tiny.folder).stdout
    result = check(tiny.folder, "--scenarios", tmp_path / "scenarios")
    assert result.exit_code == 0, result.output
    told = [line for line in result.stdout.splitlines() if "warning[unnamed-rule]" in line]
    named = {"tiny-2023/size", "tiny-2023/leading"}
    assert len(told) == len(load_rulebook(tiny.folder).rules) - len(named)
    assert not [line for line in told if "`tiny-2023/size`" in line or "`tiny-2023/leading`" in line]


def test_the_shipped_scenarios_name_every_shipped_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unnamed-rule" not in check().stdout
    monkeypatch.setattr("evaluator.audit.coverage.named_rules", lambda scenarios: {"chengde-2023/standards-leading"})
    assert check().stdout.count("warning[unnamed-rule]") == len(load_rulebook(rules_folder()).rules) - 1


def test_a_scenario_file_that_is_wrong_is_a_problem(tmp_path: Path) -> None:
    result = check("--scenarios", tmp_path)
    assert result.exit_code == 3
    assert "error[no-scenarios]" in result.stderr
