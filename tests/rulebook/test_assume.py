"""Assumptions: every kind of path that `missing` prints, and what cannot be supposed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from evaluator.diagnostics import RuleError
from evaluator.rulebook.assume import parse_assumption
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, load_profile, make_profile
from evaluator.rulebook.values import ItemList

ENTERPRISE: Mapping[str, object] = {
    "kind": "enterprise",
    "jurisdiction": "甲省",
    "facts": {"standards": [{"级别": "国际标准"}, {"role": None}], "营业收入": 3},
}
CITY: Mapping[str, object] = {
    "kind": "city",
    "jurisdiction": "甲省/乙市",
    "metrics": {"pass-rate": {2024: 90}},
    "members": [{"name": "丙县"}],
}


def items(profile: Profile) -> ItemList:
    return cast(ItemList, profile.facts["standards"])


def suppose(data: Mapping[str, object], rulebook: Rulebook, *texts: str) -> Profile:
    return make_profile(data, rulebook, dict(map(parse_assumption, texts)))


def test_a_fact(rulebook: Rulebook) -> None:
    profile = suppose(ENTERPRISE, rulebook, "规模以上=是", "score = 3", "行业=农业")
    assert profile.facts["large"] is True
    assert profile.facts["score"] == 3
    assert profile.facts["trade"] == "农业"


def test_a_list(rulebook: Rulebook) -> None:
    profile = suppose({"kind": "enterprise"}, rulebook, "标准=[{级别: 国际标准}]")
    assert items(profile).items[0].values == {"level": "international"}


def test_a_field_of_an_entry_by_label_or_id(rulebook: Rulebook) -> None:
    profile = suppose(ENTERPRISE, rulebook, "标准[1].角色=主持", "标准[2].role=参与", "standards[2].级别=国家标准")
    assert [item.values for item in items(profile).items] == [
        {"level": "international", "role": "lead"},
        {"level": "national", "role": "take-part"},
    ]


def test_a_field_given_as_nothing_under_its_id_can_be_supposed_by_label(rulebook: Rulebook) -> None:
    profile = suppose(ENTERPRISE, rulebook, "标准[2].角色=参与")
    assert items(profile).items[1].values == {"role": "take-part"}


def test_a_field_of_an_entry_of_an_open_list(rulebook: Rulebook) -> None:
    data = {"kind": "enterprise", "facts": {"标准": {"complete": False, "items": [{"级别": "国际标准"}]}}}
    profile = suppose(data, rulebook, "标准[1].角色=主持")
    assert items(profile).items[0].values["role"] == "lead"
    assert not items(profile).complete


def test_a_figure_of_a_year(rulebook: Rulebook) -> None:
    profile = suppose(CITY, rulebook, "合格率[2025]=93", "产值[2024]=3")
    assert set(profile.metrics["pass-rate"]) == {2024, 2025}
    assert profile.metrics["output"] == {2024: 30_000}


def test_a_figure_of_a_member_listed_or_not(rulebook: Rulebook) -> None:
    profile = suppose(CITY, rulebook, "members[丙县].合格率[2025]=93", "members[丁县].设有窗口=是")
    assert [member.name for member in profile.members] == ["丙县", "丁县"]
    assert set(profile.members[0].metrics["pass-rate"]) == {2025}
    assert profile.members[1].facts == {"has-desk": True}
    assert profile.members_complete


def test_supposing_something_of_one_member_closes_no_list_of_members(rulebook: Rulebook) -> None:
    data = {"kind": "city", "jurisdiction": "甲省/乙市"}
    profile = suppose(data, rulebook, "members[丙县].设有窗口=是")
    assert not profile.members_complete
    opened = {**data, "members": {"complete": False}}
    assert [member.name for member in suppose(opened, rulebook, "members[丙县].设有窗口=是").members] == ["丙县"]


def test_an_attested_duty_once_by_year_and_of_a_member(rulebook: Rulebook) -> None:
    profile = suppose(
        CITY, rulebook, "tiny-2023/plan=true", "tiny-2023/report[2023]=true", "members[丙县].tiny-2023/desk=false"
    )
    assert profile.facts == {"tiny-2023/plan": True}
    assert profile.metrics["tiny-2023/report"] == {2023: True}
    assert profile.members[0].facts == {"tiny-2023/desk": False}


def test_that_a_policy_is_still_in_force(rulebook: Rulebook) -> None:
    assert suppose(ENTERPRISE, rulebook, "tiny-2023/in-force=true").facts["tiny-2023/in-force"] is True


def test_a_place_within_the_one_given(rulebook: Rulebook) -> None:
    assert suppose(ENTERPRISE, rulebook, "jurisdiction=甲省/乙市").place == "甲省/乙市"
    assert suppose({"kind": "enterprise"}, rulebook, "jurisdiction=甲省").place == "甲省"


def test_the_profile_and_what_it_repeats_stay_as_they_were(rulebook: Rulebook) -> None:
    data = {"kind": "enterprise", "facts": {"标准": [{}]}}
    profile = suppose(data, rulebook, "标准[1].角色=主持")
    assert data == {"kind": "enterprise", "facts": {"标准": [{}]}}
    assert profile.given == data


@pytest.mark.parametrize(
    ("data", "text", "message", "help"),
    [
        (ENTERPRISE, "营业收入=4", "`营业收入` is given already", "change the profile, or drop the assumption"),
        (ENTERPRISE, "revenue=4", "`revenue` is given already", "change the profile, or drop the assumption"),
        (ENTERPRISE, "标准[1].level=national", "`标准[1].level` is given already", "change the profile"),
        (ENTERPRISE, "标谁=4", "there is no fact `标谁`", "did you mean `标准`?"),
        (ENTERPRISE, "标准[3].角色=主持", "there is nothing at `标准[3].角色`", "counted from 1"),
        (ENTERPRISE, "标准[0].角色=主持", "there is nothing at `标准[0].角色`", "counted from 1"),
        (ENTERPRISE, "标准[²].角色=主持", "there is nothing at `标准[²].角色`", "counted from 1"),
        (ENTERPRISE, "标准[1].级=主持", "`标准项目` has no field `级`", "did you mean `级别`?"),
        (ENTERPRISE, "标准[1]=主持", "there is nothing at `标准[1]`", "counted from 1"),
        (ENTERPRISE, "营业收入.a.b=4", "`营业收入` of the profile is no mapping", None),
        (ENTERPRISE, "jurisdiction=庚省", "the jurisdiction is given as `甲省`", "name a place within 甲省"),
        (ENTERPRISE, "[]=3", "`[]` names no fact", "write `--assume 事实=值`"),
        (CITY, "pass-rate[2024]=3", "`pass-rate[2024]` is given already", "change the profile"),
        (
            {"kind": "enterprise", "facts": {"标准": [3]}},
            "标准[1].角色.x=1",
            "there is nothing at `标准[1].角色.x`",
            "counted",
        ),
        ({"kind": "city", "facts": []}, "设有窗口=是", "`facts` of the profile is no mapping", None),
        ({"kind": "city", "members": 3}, "members[丙县].设有窗口=是", "`members` of the profile is no list", None),
    ],
)
def test_what_cannot_be_supposed_is_said(
    rulebook: Rulebook, data: Mapping[str, object], text: str, message: str, help: str | None
) -> None:
    with pytest.raises(RuleError) as caught:
        suppose(data, rulebook, text)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.where, problem.message) == ("assume", "--assume", message)
    assert (problem.help is None) is (help is None)
    assert help is None or help in str(problem.help)


def test_a_wrong_value_is_shown_where_it_was_supposed(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("kind: enterprise\nfacts:\n  标准: [{级别: 国际标准}]\n", encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_profile(path, rulebook, dict([parse_assumption("标准[1].角色=领导")]))
    (problem,) = caught.value.diagnostics
    assert problem.code == "unknown-choice"
    assert str(problem.span) == "--assume:1:1"


@pytest.mark.parametrize("text", ["规模以上", "=是", "规模以上=", "规模以上=  ", "规模以上=~", "规模以上=# 是", ""])
def test_an_assumption_without_fact_or_value_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_assumption(text)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.message) == ("assume", "an assumption is written FACT=VALUE")


@pytest.mark.parametrize(("given", "supposed"), [(2024, "2024-06"), (2024, "2024-06-01"), ("2024-06", "2024-06-30")])
def test_a_date_of_which_only_the_year_or_month_is_given_can_be_narrowed(
    rulebook: Rulebook, given: object, supposed: str
) -> None:
    data = {**ENTERPRISE, "facts": {"standards": [{"发布日期": given}]}}
    narrowed = items(suppose(data, rulebook, f"标准[1].发布日期={supposed}")).items[0]
    plain = items(make_profile({**data, "facts": {"standards": [{"发布日期": supposed}]}}, rulebook)).items[0]
    assert narrowed.values == plain.values


@pytest.mark.parametrize(("given", "supposed"), [(2024, "2023-06"), ("2024-06", "2024-07-01"), ("2024-06-01", "2024")])
def test_a_date_is_not_widened_or_moved(rulebook: Rulebook, given: object, supposed: str) -> None:
    data = {**ENTERPRISE, "facts": {"standards": [{"发布日期": given}]}}
    with pytest.raises(RuleError, match="is given already"):
        suppose(data, rulebook, f"标准[1].发布日期={supposed}")
