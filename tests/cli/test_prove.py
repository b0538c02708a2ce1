"""`evaluator prove`: exit codes, the four formats, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main
from tests.rulebook.tiny import copy_tiny

FALLING = """
targets:
  - id: rate-falls
    title: {zh: 合格率, en: pass rate}
    cite: {article: 三, sentence: 1}
    for: [city]
    modality: plan
    metric: 合格率
    schedule: [{by: 2024, test: '>= 95%'}, {by: 2025, test: '>= 90%'}]
"""


def prove(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["prove", *arguments])


@pytest.fixture
def rules(tmp_path: Path) -> str:
    tiny = copy_tiny(tmp_path)
    metric = next(
        path for path in sorted((tiny.folder / "vocabulary").glob("*.yaml")) if "metrics:" in path.read_text("utf-8")
    )
    labels = metric.read_text(encoding="utf-8").partition("metrics:")[2]
    label = labels.partition("zh: ")[2].partition(",")[0]
    policy = next(path.parent for path in tiny.folder.glob("*/policy.yaml"))
    tiny.write(f"{policy.name}/falling.yaml", FALLING.replace("合格率\n    schedule", f"{label}\n    schedule"))
    return str(tiny.folder)


def test_a_refuted_property_is_exit_code_one(rules: str) -> None:
    result = prove("--rules", rules, "--property", "later-targets", "--lang", "en")
    assert result.exit_code == 1, result.output
    assert "what is asked of 2025 is less than what is asked of 2024" in result.output


def test_what_holds_is_exit_code_zero(rules: str) -> None:
    result = prove("--rules", rules, "--property", "refinement")
    assert result.exit_code == 0, result.output
    assert "多知道一点，结论不变" in result.output


def test_json_names_rules_citations_and_both_languages(rules: str) -> None:
    data = json.loads(prove("--rules", rules, "--property", "later-targets", "--format", "json").stdout)
    (finding,) = [entry for policy in data["policies"] for entry in policy["findings"]]
    assert finding["property"] == "later-targets"
    assert finding["status"] == "fails"
    assert finding["entry"] == "2025"
    assert finding["citations"][0]["article"] == "三"
    assert set(finding["message"]) == {"zh", "en"}


def test_sarif_points_at_the_entry(rules: str) -> None:
    data = json.loads(prove("--rules", rules, "--property", "later-targets", "--format", "sarif").stdout)
    (run,) = data["runs"]
    (result,) = run["results"]
    (location,) = result["locations"]
    assert data["version"] == "2.1.0"
    assert result["level"] == "error"
    assert result["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert location["physicalLocation"]["artifactLocation"]["uri"].endswith("falling.yaml")
    assert location["physicalLocation"]["region"]["startLine"] >= 9


def test_junit_counts_failures_per_policy(rules: str) -> None:
    top = ET.fromstring(prove("--rules", rules, "--property", "later-targets", "--format", "junit").stdout.encode())
    (suite,) = [suite for suite in top.findall("testsuite") if suite.get("failures") != "0"]
    assert suite.get("failures") == "1"
    failure = cast(ET.Element, suite.find("testcase/failure"))
    assert "2025" in str(failure.get("message"))


def test_properties_are_listed_with_their_meaning() -> None:
    result = prove("--list", "--lang", "en")
    assert result.exit_code == 0
    assert "refinement\n  learning never changes a decision: " in result.output


def test_a_misspelt_name_is_refused_with_a_suggestion(rules: str) -> None:
    result = prove("--rules", rules, "--property", "later-target")
    assert result.exit_code == 3
    assert "did you mean `later-targets`?" in result.output
    assert prove("--rules", rules, "--rule", "nowhere/none").exit_code == 3


def test_an_amount_that_is_none_is_refused(rules: str) -> None:
    result = prove("--rules", rules, "--property", "cliff", "--cliff", "10件")
    assert result.exit_code == 3
    assert "--cliff" in result.output


def test_a_missing_library_is_told_in_one_line(rules: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = prove("--rules", rules, "--property", "outcomes")
    assert result.exit_code == 3
    assert "pip install 'evaluator[prove]'" in result.output
