"""Answers under other readings, as text and as JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from wcwidth import wcswidth

from evaluator.audit.readings import alternatives
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.report.json import decision_json
from evaluator.report.phrases import Lang
from evaluator.report.schema import decision_schema
from evaluator.report.text import decision_text
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.profile import bind
from evaluator.rulebook.yamlfile import parse
from evaluator.source import Source
from tests.report.asked import CITY, ENTERPRISE, RULES

GOLDEN = Path(__file__).parent / "golden"
SHARED = "{id: shared-too, set: {when: null}, label: {zh: 参与的也给, en: sharing counts too}}"
ASSOCIATIONS = "{id: of-associations-too, set: {for: [enterprise, association]}}"
LAST = "      - {by: 2027, test: '> 全省产品合格率'}\n"
SCHEDULE = "[{by: 2024, test: '>= 92%'}, {by: 2025, test: '>= 94%'}]"
ENTRY = (
    "      - {{question: {0}, chosen: as-printed, "
    "alternatives: [{{id: {1}, set: {{{2}}}}}], note: {{zh: 甲, en: a}}}}\n"
)
WRITTEN = {
    "alternatives: [per-entity]": f"alternatives: [per-entity, {SHARED}, {ASSOCIATIONS}]",
    "alternatives: [both]": "alternatives: [all-add-up, highest-only, other]",
    LAST: f"{LAST}    readings:\n"
    + ENTRY.format("measure", "rounded", "schedule.2025.test: '>= 95%'")
    + ENTRY.format("deadline", "a-year-later", "schedule.2025.by: 2026")
    + ENTRY.format("scope", "two", f"schedule: {SCHEDULE}"),
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Decision]:
    """Decides a profile by the made-up rulebook with other readings written into it."""
    folder = Path(shutil.copytree(RULES, tmp_path / "rules"))
    file = folder / "lake-2024" / "rules.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in WRITTEN.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    rulebook = load_rulebook(folder)

    def decided(profile: str) -> Decision:
        profile = profile.replace("发布日期: 2024}", "发布日期: 2024-05-01}")
        bound = bind(parse(Source("<profile>", profile))[0], rulebook, {})
        decision = decide(rulebook, bound, as_of=date(2026, 1, 31))
        return replace(decision, readings=alternatives(decision))

    return decided


def printed(decision: Decision) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(decision_json(decision), ensure_ascii=False))
    assert [error.message for error in Draft202012Validator(decision_schema()).iter_errors(data)] == []
    return data


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("who", "profile"), [("enterprise", ENTERPRISE), ("city", CITY)])
def test_other_readings_read_as_recorded(
    golden: Callable[[Path, str], None], read: Callable[[str], Decision], who: str, profile: str, lang: Lang
) -> None:
    decision = read(profile)
    lines = decision_text(decision, lang=lang, cells=80).splitlines()
    assert [line for line in lines if wcswidth(line) > 80] == []
    plain = decision_text(replace(decision, readings=None), lang=lang, cells=80).splitlines()
    golden(GOLDEN / f"{who}.{lang}.readings.txt", "\n".join(line for line in lines if line not in plain) + "\n")


def test_each_reading_is_told_with_its_outcome_amount_and_totals(read: Callable[[str], Decision]) -> None:
    data = printed(read(ENTERPRISE))
    found = {entry["alternative"]: entry for entry in data["readings"]}
    assert list(found) == ["shared-too", "of-associations-too", "all-add-up", "highest-only"]
    assert found["shared-too"] == {
        "rule": "lake-2024/leading",
        "finding": "lake-2024/leading",
        "question": "unit",
        "chosen": "per-item",
        "alternative": "shared-too",
        "outcome": "satisfied",
        "guaranteed": "500000",
        "potential": "500000",
        "stated": True,
        "totals": {"guaranteed": "540000", "potential": "1120000"},
        "changes": True,
    }
    assert (found["highest-only"]["guaranteed"], found["highest-only"]["potential"]) == ("300000", "500000")
    assert found["all-add-up"]["outcome"] is None
    assert found["of-associations-too"]["changes"] is False


def test_an_entry_that_a_reading_has_not_comes_out_as_nothing(read: Callable[[str], Decision]) -> None:
    data = printed(read(CITY))
    gone = [entry for entry in data["readings"] if entry["alternative"] == "two"]
    assert [(entry["finding"][-4:], entry["outcome"]) for entry in gone] == [
        ("2024", "satisfied"),
        ("2025", "not_satisfied"),
        ("2027", None),
    ]


def test_readings_are_null_when_they_were_not_asked_for(read: Callable[[str], Decision]) -> None:
    assert printed(replace(read(ENTERPRISE), readings=None))["readings"] is None


def test_without_a_reading_that_changes_anything_only_those_worked_out_are_spoken_of(
    read: Callable[[str], Decision],
) -> None:
    text = decision_text(read("kind: enterprise\njurisdiction: 云泽省/临港市\n"), lang="zh", cells=100)
    assert "算得出的读法都不改变结果" in text
    assert "种读法，结果不变" not in text
