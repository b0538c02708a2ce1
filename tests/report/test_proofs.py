"""The report on what was proved: each finding in words and as data, with a profile that reads back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from evaluator.advise import Report, Status, prove
from evaluator.report.phrases import Lang
from evaluator.report.proofs import profile_lines, proofs_data, proofs_text
from evaluator.rulebook.profile import load_profile, make_profile
from tests.advise.test_faults import FAULTS, LIMITS, broken
from tests.agreement.small import rulebook

MORE: Mapping[str, str] = {
    "no limit": """
        incentives:
          - id: a
            judged_by: 成立日期
            when: 任数 > 5
            amount: 1% * 投资额
          - id: b
            judged_by: 成立日期
            when: 任数 > 5
            amount: 1% * 投资额
    """,
    "members": """
        targets:
          - id: a
            metric: 存量
            over: {each: county}
            schedule: [{by: 2024, test: '>= 5个'}, {by: 2025, test: '>= 4个'}]
    """,
    "duties that exclude each other": """
        obligations:
          - id: a
            for: [city]
            requires: 已设立
            due: 2024-12-31
          - id: b
            for: [city]
            requires: not (已设立)
            due: 2024-12-31
    """,
}


def reports() -> Mapping[str, Report]:
    texts = {name: broken(text, change) for name, (_, text, change) in FAULTS.items()} | dict(MORE)
    return {name: prove(rulebook(text), limits=LIMITS) for name, text in texts.items()}


@pytest.fixture(scope="module")
def found() -> Mapping[str, Report]:
    return reports()


@pytest.mark.parametrize("name", [*FAULTS, "members"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_finding_is_told_with_its_rule_its_profile_and_what_was_decided(
    name: str, lang: Lang, found: Mapping[str, Report]
) -> None:
    report = found[name]
    lines = proofs_text(report, lang, 100)
    text = "".join(line.strip() for line in lines)
    failed = [verdict for verdict in report.verdicts if verdict.status is Status.FAILS]
    assert failed
    assert all(len(line) <= 100 for line in lines)
    for verdict in failed:
        assert all(rule.id in text for rule in verdict.rules)
        for case in verdict.cases:
            assert "".join(line.strip() for line in profile_lines(case.profile)) in text
            assert case.as_of.isoformat() in text


@pytest.mark.parametrize("name", [*FAULTS, *MORE])
def test_the_data_are_plain_and_complete(name: str, found: Mapping[str, Report]) -> None:
    report = found[name]
    data = json.loads(json.dumps(proofs_data(report)))
    (policy,) = data["policies"]
    assert [entry["property"] for entry in policy["findings"]] == [verdict.about for verdict in report.verdicts]
    for entry, verdict in zip(policy["findings"], report.verdicts, strict=True):
        assert entry["status"] == verdict.status.value
        assert len(entry["cases"]) == len(verdict.cases)
        assert entry["citations"]
        for case, shown in zip(entry["cases"], verdict.cases, strict=True):
            assert case["as_of"] == shown.as_of.isoformat()
            assert len(case["decided"]) == len(shown.shown)


def test_profiles_that_are_shown_read_back(found: Mapping[str, Report], tmp_path: Path) -> None:
    shown = [(report, case.profile) for report in found.values() for one in report.verdicts for case in one.cases]
    assert len(shown) > 10
    for report, profile in shown:
        file = tmp_path / "shown.yaml"
        file.write_text("\n".join(profile_lines(profile)), encoding="utf-8")
        given = _given(profile)
        assert isinstance(given, dict)
        one, other = load_profile(file, report.rulebook), make_profile(given, report.rulebook)
        assert replace(one, given={}) == replace(other, given={})


def _given(value: object) -> object:
    """A profile as a program gives it."""
    match value:
        case Fraction():
            return Decimal(value.numerator) / value.denominator
        case Mapping():
            return {key: _given(part) for key, part in value.items() if part not in ({}, [])}
        case str():
            return value
        case Sequence():
            return [_given(part) for part in value]
        case _:
            return value


def test_nested_parts_of_a_profile_stand_on_their_entry() -> None:
    lines = profile_lines(
        {
            "kind": "city",
            "empty": {},
            "members": [{"name": "丙县", "metrics": {"存量": {2024: Fraction(5, 2)}}, "facts": {"已设立": True}}],
            "facts": {"项目": [{"日期": date(2024, 5, 1), "级别": ["国际", "国家"], "通过": False}]},
        }
    )
    assert lines == [
        "kind: city",
        "members:",
        "  - {name: 丙县, metrics: {存量: {2024: 2.5}}, facts: {已设立: true}}",
        "facts:",
        "  项目:",
        "    - {日期: 2024-05-01, 级别: [国际, 国家], 通过: false}",
    ]
