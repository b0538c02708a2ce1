"""`evaluator sources` and `evaluator draft` as people run them."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main

TEXT = """某市质量提升办法
一、支持措施
(一)标准。对主持国际标准的企业给予30万元奖励。到2025年,新增国家标准5项以上。
(二)管理。各县应当建立质量监测制度。
"""
REPO = Path(__file__).parents[2]


def evaluator(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "mou-2024.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def rules(tmp_path: Path, text: Path) -> Path:
    folder = tmp_path / "rules"
    copytree(REPO / "rules" / "vocabulary", folder / "vocabulary")
    assert evaluator("draft", text, "--out", folder / "mou-2024").exit_code == 0
    return folder


def test_a_draft_is_a_folder_with_a_stub_for_every_promise_figure_and_duty(tmp_path: Path, text: Path) -> None:
    out = tmp_path / "new"
    result = evaluator("draft", text, "--id", "mou-2024", "--out", out)
    assert result.exit_code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()}
    assert set(written) >= {"policy.yaml", "incentives.yaml", "targets.yaml", "obligations.yaml"}
    assert "30万元" in written["incentives.yaml"]
    assert "5项" in written["targets.yaml"]
    assert "stub: true" in written["obligations.yaml"]
    assert "utf-8" in result.output


def test_a_draft_overwrites_nothing(tmp_path: Path, text: Path) -> None:
    out = tmp_path / "here"
    out.mkdir()
    result = evaluator("draft", text, "--out", out)
    assert result.exit_code == 3
    assert "there is something here already" in result.output
    assert list(out.iterdir()) == []


def test_a_draft_needs_an_id_and_a_text(tmp_path: Path) -> None:
    odd = tmp_path / "办法.txt"
    odd.write_text(TEXT, encoding="utf-8")
    result = evaluator("draft", odd)
    assert result.exit_code == 3
    assert "--id" in result.output
    assert evaluator("draft", tmp_path / "none.txt").exit_code == 3


def test_an_empty_text_makes_no_draft(tmp_path: Path) -> None:
    (tmp_path / "mou-2024.txt").write_text("\n", encoding="utf-8")
    result = evaluator("draft", tmp_path / "mou-2024.txt", "--out", tmp_path / "made")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "error[no-text]: the file is empty" in result.stderr
    assert not (tmp_path / "made").exists()


def test_a_folder_that_cannot_be_written_is_one_diagnostic(tmp_path: Path, text: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    result = evaluator("draft", text, "--out", blocked / "below")
    assert result.exit_code == 3
    assert "cannot write the folder" in result.output


def test_sources_finds_nothing_wrong_with_a_draft_against_its_text(rules: Path, tmp_path: Path) -> None:
    result = evaluator("sources", "--rules", rules, "--texts", tmp_path)
    assert result.exit_code == 0, result.output
    assert "mou-2024" in result.output
    assert "全部已处置" in result.output
    english = evaluator("sources", "--rules", rules, "--texts", tmp_path, "--lang", "en")
    assert "no citation is wrong" in english.output


def test_sources_names_a_figure_that_is_not_printed(rules: Path, tmp_path: Path) -> None:
    path = rules / "mou-2024" / "incentives.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("30万元", "35万元"), encoding="utf-8")
    for lang, summary in (("zh", "处需要处理"), ("en", "findings to deal with")):
        result = evaluator("sources", "--rules", rules, "--texts", tmp_path, "--lang", lang)
        assert result.exit_code == 1
        assert "incentives.yaml" in result.output
        assert summary in result.output


def test_sources_says_which_folder_or_policy_is_missing(rules: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no text here belongs" in evaluator("sources", "--rules", rules, "--texts", empty).output
    assert evaluator("sources", "--rules", rules, "--texts", tmp_path / "none").exit_code == 3
    other = evaluator("sources", "--rules", rules, "--texts", tmp_path, "--policy", "mou-2025")
    assert other.exit_code == 3
    assert "did you mean `mou-2024`?" in other.output


def test_check_accepts_a_draft_as_a_draft_and_decide_decides_nothing_by_it(rules: Path, tmp_path: Path) -> None:
    checked = evaluator("check", rules)
    assert checked.exit_code == 0, checked.output
    assert "草稿" in checked.output
    profile = tmp_path / "enterprise.yaml"
    profile.write_text("{kind: enterprise, jurisdiction: 河北省/承德市}", encoding="utf-8")
    decided = evaluator("decide", profile, "--rules", rules, "--policy", "mou-2024", "--format", "json")
    assert decided.exit_code == 0, decided.output
    findings = json.loads(decided.output)["findings"]
    assert {(finding["outcome"], finding["reason_code"]) for finding in findings} == {("indeterminate", "stub")}


def test_a_draft_finds_its_place_where_only_one_has_that_name(tmp_path: Path) -> None:
    text = tmp_path / "plan-2024.txt"
    text.write_text(TEXT.replace("某市质量", "承德市人民政府质量"), encoding="utf-8")
    result = evaluator("draft", text, "--out", tmp_path / "plan-2024")
    assert result.exit_code == 0, result.output
    policy = (tmp_path / "plan-2024" / "policy.yaml").read_text(encoding="utf-8")
    assert "jurisdiction: 河北省/承德市" in policy


def test_sources_holds_no_policy_accounted_for_without_its_text(rules: Path, text: Path) -> None:
    head = rules / "mou-2024" / "policy.yaml"
    copytree(rules / "mou-2024", rules / "other-2024")
    other = rules / "other-2024" / "policy.yaml"
    other.write_text(
        head.read_text(encoding="utf-8").replace("mou-2024.txt", "other-2024.txt").replace("mou-2024", "other-2024"),
        encoding="utf-8",
    )
    asked = evaluator("sources", "--texts", text.parent, "--rules", rules)
    assert asked.exit_code == 1
    assert "`other-2024.txt`, the text of `other-2024`, is not there" in asked.stderr
    named = evaluator("sources", "--texts", text.parent, "--rules", rules, "--policy", "mou-2024")
    assert "other-2024" not in named.output
