from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evaluator.report.json import decision_json
from evaluator.report.schema import decision_schema
from tests.report.asked import ASSOCIATION, CITY, ENTERPRISE, PROVINCE_ONLY, ask

VALIDATOR = Draft202012Validator(decision_schema())


def printed(profile: str, as_of: str = "2026-01-31", **question: tuple[str, ...]) -> dict[str, Any]:
    """The decision as a program reads it back, valid by its schema."""
    data: dict[str, Any] = json.loads(json.dumps(decision_json(ask(profile, as_of, **question)), ensure_ascii=False))
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []
    return data


def finding(data: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in data["findings"] if entry["id"] == id)
    return found


def test_schema_is_valid() -> None:
    Draft202012Validator.check_schema(decision_schema())


@pytest.mark.parametrize("profile", [ENTERPRISE, CITY, ASSOCIATION, PROVINCE_ONLY])
@pytest.mark.parametrize("as_of", ["2023-01-01", "2024-06-30", "2026-01-31", "2030-01-31"])
def test_every_decision_fits_the_schema(profile: str, as_of: str) -> None:
    assert printed(profile, as_of)["as_of"] == as_of


def test_awards_are_bounds_in_yuan_with_their_lines() -> None:
    award = finding(printed(ENTERPRISE), "lake-2024/leading")
    assert award["outcome"] == "satisfied"
    assert award["amount"] == {
        "guaranteed": "300000",
        "potential": "500000",
        "stated": True,
        "lines": [
            {
                "item": "标准[1]",
                "period": 2024,
                "payer": None,
                "recipient": None,
                "guaranteed": "300000",
                "potential": "300000",
                "state": "accrued",
            },
            {
                "item": "标准[2]",
                "period": 2024,
                "payer": None,
                "recipient": None,
                "guaranteed": "0",
                "potential": "200000",
                "state": "accrued",
            },
        ],
    }
    assert award["later"] == []
    assert "标准[2].角色" in award["missing"]


def test_an_unstated_amount_is_null_and_counted_apart() -> None:
    data = printed(ENTERPRISE)
    assert finding(data, "lake-2024/talks")["amount"] == {
        "guaranteed": None,
        "potential": None,
        "stated": False,
        "lines": [],
    }
    assert (data["totals"]["unstated"], data["totals"]["unstated_open"]) == (0, 1)
    granted = printed(ENTERPRISE + "  出口企业: true\n")
    assert (granted["totals"]["unstated"], granted["totals"]["unstated_open"]) == (1, 0)


def test_a_decision_still_to_be_made_is_no_missing_fact() -> None:
    award = finding(printed(ENTERPRISE), "lake-2024/upgrade")
    assert (award["missing"], award["decisions"]) == ([], ["核定金额"])


def test_totals_are_decimal_texts_and_null_where_nothing_bounds_them() -> None:
    totals = printed(ENTERPRISE)["totals"]
    assert (totals["guaranteed"], totals["potential"]) == ("340000", "1120000")
    by_period = totals["by_period"].values()
    assert sum(Decimal(part["guaranteed"]) for part in by_period) == Decimal(totals["guaranteed"])
    open_list = ENTERPRISE[: ENTERPRISE.index("  标准:")] + "  投资额: 80\n"
    assert printed(open_list)["totals"]["potential"] is None


def test_figures_are_in_the_unit_of_their_metric() -> None:
    missed = finding(printed(CITY), "lake-2024/pass-rate#2025")
    assert (missed["unit"], missed["measured"], missed["gap"], missed["breach"]) == ("%", "93.99", "0.01", True)
    assert missed["asked"] == "≥ 94%"
    growth = finding(printed(CITY), "lake-2024/rd-growth#2024")
    assert (growth["unit"], growth["measured"], growth["gap"], growth["breach"]) == ("万元", "1080", "20", False)


def test_a_figure_before_its_date_shows_the_test_so_far() -> None:
    early = finding(printed(CITY, "2024-06-30"), "lake-2024/pass-rate#2025")
    assert (early["outcome"], early["reason_code"], early["due"]) == ("not_due", "not-due", "2025-12-31")
    assert early["so_far"] == {"outcome": "not_satisfied", "period": 2024, "gap": "1.6", "measured": "92.4"}


def test_a_figure_compared_with_another_shows_that_one() -> None:
    profile = CITY.replace("高新产业占比", "全省产品合格率: {2027: 95.5}\n  高新产业占比")
    profile = profile.replace("2025: 93.99", "2027: 95.5")
    equal = finding(printed(profile, "2028-01-31"), "lake-2024/pass-rate#2027")
    assert (equal["measured"], equal["required"], equal["gap"]) == ("95.5", "95.5", "0")
    assert equal["outcome"] == "not_satisfied"


def test_reasons_are_a_code_and_a_chinese_clause() -> None:
    vague = finding(printed(CITY), "lake-2024/high-tech#2025")
    assert (vague["outcome"], vague["reason_code"]) == ("indeterminate", "approx")
    assert "左右" in vague["reason"]
    elsewhere = printed(ENTERPRISE.replace("湖口市\nfacts", "临港市\nfacts"), policies=("lake-2024",))
    assert {(one["outcome"], one["reason_code"]) for one in elsewhere["findings"]} >= {("not_applicable", "place")}


def test_citations_name_document_article_sentence_and_figures() -> None:
    award = finding(printed(ENTERPRISE), "lake-2024/upgrade")
    assert award["citation"] == {
        "policy": "lake-2024",
        "title": "湖口市质量行动方案",
        "number": "湖政〔2024〕1号",
        "article": "二.(二)",
        "sentence": 1,
        "figures": ["50万元"],
    }
    assert [(cite["article"], cite["sentence"]) for cite in award["citations"]] == [("二.(二)", 1), ("三", 4)]


def test_the_trace_is_nested_with_texts_values_and_open_paths() -> None:
    trace = finding(printed(CITY), "lake-2024/new-standards#2025")["trace"]
    test = trace["steps"][-1]
    assert (trace["node"], test["node"], test["text"], test["value"]) == (
        "target",
        "compare",
        "新增标准数 ≥ 6项",
        "unknown",
    )
    assert test["steps"][0] == {
        "node": "metric_ref",
        "text": "新增标准数",
        "value": {"low": "0", "high": None},
        "path": "新增标准数[2025]",
        "steps": [],
    }


def test_questions_are_told_once_for_all_findings() -> None:
    data = printed(ENTERPRISE)
    asked = {path for one in data["findings"] for path in (*one["missing"], *one["decisions"])}
    assert set(data["questions"]) == asked
    assert data["questions"]["出口企业"] == {"label": "出口企业", "question": "是否有出口业务？", "evidence": None}


def test_stackings_name_their_members_and_bounds() -> None:
    (stacking,) = printed(ENTERPRISE)["stackings"]
    assert stacking["members"] == ["lake-2024/leading", "lake-2024/upgrade"]
    assert (stacking["guaranteed"], stacking["potential"]) == ("300000", "1000000")
    assert stacking["citation"]["article"] == "三"


def test_assumptions_stand_apart_from_the_profile() -> None:
    data = printed(ENTERPRISE, assume=("标准[2].角色=主持",))
    assert data["assumptions"] == {"标准[2].角色": "主持"}
    assert data["profile"]["facts"]["标准"][1] == {"级别": "国家标准", "发布日期": 2024}
    assert data["profile"]["facts"]["投资额"] == "120.5"


def test_changes_are_told_as_before_and_after() -> None:
    data = printed(ENTERPRISE, change=("lake-2024/leading.amount.table.rows.国际标准=40万元",))
    change = {
        "rule": "lake-2024/leading",
        "path": "amount.table.rows.国际标准",
        "before": "30万元",
        "after": "40万元",
    }
    assert data["changes"] == [change]
    assert finding(data, "lake-2024/leading")["amount"]["guaranteed"] == "400000"


def test_a_changed_figure_changes_the_digest_of_the_rules_but_not_of_the_files() -> None:
    plain = printed(ENTERPRISE)["rulebook"]
    changed = printed(ENTERPRISE, change=("lake-2024/leading.amount.table.rows.国际标准=40万元",))["rulebook"]
    assert plain["sha256"] != changed["sha256"]
    assert plain["files_sha256"] == changed["files_sha256"]


def test_policies_tell_their_period_and_its_basis() -> None:
    policies = {policy["id"]: policy for policy in printed(ENTERPRISE)["policies"]}
    assert policies["lake-2024"]["in_force"]["until"] == {"date": "2027-12-31", "basis": "inferred"}
    assert policies["port-2024"]["in_force"]["until"] is None
