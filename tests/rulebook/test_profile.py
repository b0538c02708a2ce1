"""Profiles that are right: what each way of writing a value becomes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from evaluator.diagnostics import RuleError
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, load_profile, make_profile
from evaluator.rulebook.values import Interval, ItemList


def enterprise(rulebook: Rulebook, **facts: object) -> Profile:
    return make_profile({"kind": "enterprise", "jurisdiction": "甲省/乙市", "facts": facts}, rulebook)


def days(first: str, last: str) -> Interval:
    return Interval(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("营业收入", 3, 30_000),
        ("revenue", 3, 30_000),
        ("营业收入", "3万元", 30_000),
        ("营业收入", "30000元", 30_000),
        ("营业收入", " 3.5 万元 ", 35_000),
        ("营业收入", "3", 30_000),
        ("营业收入", "+3", 30_000),
        ("营业收入", Decimal("0.00015"), Fraction(3, 2)),
        ("营业收入", Fraction(1, 3), Fraction(10_000, 3)),
        ("研发占比", Decimal("92.4"), Fraction("0.924")),
        ("研发占比", "92.4%", Fraction("0.924")),
        ("得分", -3, -3),
        ("得分", "-3.50", Fraction(-7, 2)),
        ("规模以上", True, True),
        ("规模以上", "是", True),
        ("规模以上", "否", False),
        ("规模以上", "no", False),
        ("信用等级", "甲等", "a"),
        ("信用等级", "a", "a"),
        ("信用等级", "A", "a"),
        ("成立日期", "2024-06-30", date(2024, 6, 30).toordinal()),
        ("成立日期", date(2024, 6, 30), date(2024, 6, 30).toordinal()),
        ("成立日期", "2024-02", days("2024-02-01", "2024-02-29")),
        ("成立日期", "2024-12", days("2024-12-01", "2024-12-31")),
        ("成立日期", "2024", days("2024-01-01", "2024-12-31")),
        ("成立日期", 2024, days("2024-01-01", "2024-12-31")),
        ("成立日期", 9999, days("9999-01-01", "9999-12-31")),
        ("行业", "农业", "农业"),
        ("行业", 3, "3"),
    ],
)
def test_each_way_of_writing_a_value_is_read(rulebook: Rulebook, name: str, given: object, value: object) -> None:
    (found,) = enterprise(rulebook, **{name: given}).facts.values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "given",
    [
        0.1,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e999999"),
        Decimal("1e-999999"),
        10**5000,
        -(10**5000),
        Fraction(1, 10**41),
        None.__class__,
        b"3",
        object(),
        "9" * 100,
    ],
    ids=lambda given: repr(given)[:20] if not isinstance(given, int) else "huge",
)
def test_what_is_no_exact_number_is_refused_in_words(rulebook: Rulebook, given: object) -> None:
    with pytest.raises(RuleError) as caught:
        enterprise(rulebook, 得分=given)
    (problem,) = caught.value.diagnostics
    assert problem.code in ("value", "float")
    assert problem.where == "<profile>: facts.得分"
    assert len(problem.message) < 150


@pytest.mark.parametrize(
    ("name", "given", "code", "said"),
    [
        ("得分", "9" * 50, "value", "too many digits"),
        ("得分", int("9" * 50), "value", "too many digits"),
        ("得分", "1." + "3" * 31, "value", "too many digits"),
        ("得分", Decimal("1e400"), "value", "too many digits"),
        ("营业收入", "1,000", "value", "is a number in 万元, and `1,000` is not"),
        ("营业收入", "1，000", "value", "is a number in 万元, and `1，000` is not"),
        ("成立日期", 24, "date", "is a date, and `24` is not"),
    ],
)
def test_a_slip_is_told_as_what_it_is(rulebook: Rulebook, name: str, given: object, code: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        enterprise(rulebook, **{name: given})
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert said in problem.message


def test_a_code_without_quotes_is_told_to_be_quoted(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError) as caught:
        make_profile({"kind": "enterprise", "code": 911308000000000000}, rulebook)
    assert caught.value.diagnostics[0].help == "put it in quotes"


def test_a_place_written_in_one_run_is_recognised(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError) as caught:
        make_profile({"kind": "enterprise", "jurisdiction": "甲省乙市"}, rulebook)
    assert caught.value.diagnostics[0].help == "did you mean `甲省/乙市`?"


@pytest.mark.parametrize("name", ["规模以上", "信用等级", "成立日期", "标准", "行业"])
@pytest.mark.parametrize("given", [10**5000, 0.5, b"x"], ids=["huge", "float", "bytes"])
def test_no_value_of_a_mapping_breaks_the_reader(rulebook: Rulebook, name: str, given: object) -> None:
    with pytest.raises(RuleError):
        enterprise(rulebook, **{name: given})


def test_a_fact_given_as_nothing_is_unknown(rulebook: Rulebook) -> None:
    assert enterprise(rulebook, 营业收入=None, 标准=None).facts == {}


def test_headings_with_nothing_under_them_give_nothing(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("kind: city\njurisdiction: 甲省/乙市\nfacts:\nmetrics:\n  合格率:\nmembers:\n", encoding="utf-8")
    profile = load_profile(path, rulebook)
    assert profile.facts == {}
    assert profile.metrics == {"pass-rate": {}}
    assert profile.members == ()
    assert not profile.members_complete


def test_lists_keep_their_entries_and_whether_there_may_be_more(rulebook: Rulebook) -> None:
    item = {"级别": "国际标准", "role": "lead", "发布日期": "2024", "费用": 3, "已采用": None}
    for given, complete in (
        ([item], True),
        ({"complete": False, "items": [item]}, False),
        ({"complete": True, "items": [item]}, True),
        ({"items": [item]}, True),
    ):
        profile = enterprise(rulebook, 标准=given)
        found = profile.facts["standards"]
        assert isinstance(found, ItemList)
        assert found.complete is complete
        assert found.items[0].values == {
            "level": "international",
            "role": "lead",
            "published": days("2024-01-01", "2024-12-31"),
            "cost": 30_000,
        }
        assert found.items[0].path == "标准[1]"


def test_an_empty_list_is_known_to_be_empty_and_an_open_one_is_not(rulebook: Rulebook) -> None:
    assert enterprise(rulebook, 标准=[]).facts["standards"] == ItemList((), True)
    assert enterprise(rulebook, 标准={"complete": False}).facts["standards"] == ItemList((), False)


def test_figures_are_read_by_year_whatever_the_year_is_written_as(rulebook: Rulebook) -> None:
    given = {"合格率": {2023: Decimal("92.4"), "2024": "93%", 2025: None}, "air": {2024: "优"}}
    profile = make_profile({"kind": "city", "jurisdiction": "甲省/乙市", "metrics": given}, rulebook)
    assert profile.metrics == {"pass-rate": {2023: Fraction("0.924"), 2024: Fraction("0.93")}, "air": {2024: "good"}}


@pytest.mark.parametrize(
    "year",
    ["²", "25", "2025年", True, None, 10**5000, 1948, 2201],
    ids=lambda year: repr(year)[:9] if year != 10**5000 else "huge",
)
def test_what_is_no_year_is_refused(rulebook: Rulebook, year: object) -> None:
    data: dict[str, object] = {"kind": "city", "jurisdiction": "甲省/乙市", "metrics": {"合格率": {year: 93}}}
    with pytest.raises(RuleError) as caught:
        make_profile(data, rulebook)
    assert [problem.code for problem in caught.value.diagnostics] == ["year"]


def test_attested_duties_are_facts_and_yearly_ones_go_by_year(rulebook: Rulebook) -> None:
    facts = {"tiny-2023/plan": True, "tiny-2023/report": {2023: "是", 2024: None}, "tiny-2023/in-force": "是"}
    profile = make_profile({"kind": "city", "jurisdiction": "甲省/乙市", "facts": facts}, rulebook)
    assert profile.facts == {"tiny-2023/plan": True, "tiny-2023/in-force": True}
    assert profile.metrics == {"tiny-2023/report": {2023: True}}


def test_members_are_the_registered_places_of_that_name(rulebook: Rulebook) -> None:
    members = [
        {"name": "丙县", "facts": {"设有窗口": True, "tiny-2023/desk": False}, "metrics": {"合格率": {2025: 90}}},
        {"name": "丁县", "kind": "county"},
        {"name": "午区", "kind": "county"},
    ]
    profile = make_profile({"kind": "city", "jurisdiction": "甲省/乙市", "members": members}, rulebook)
    assert [(member.name, member.kind, member.place, member.path) for member in profile.members] == [
        ("丙县", "county", "甲省/乙市/丙县", "members[丙县]"),
        ("丁县", "county", "甲省/乙市/丁县", "members[丁县]"),
        ("午区", "county", "甲省/乙市/午区", "members[午区]"),
    ]
    assert profile.members[0].facts == {"has-desk": True, "tiny-2023/desk": False}
    assert profile.members[0].metrics == {"pass-rate": {2025: Fraction("0.9")}}
    assert profile.members_complete


def test_members_may_be_listed_in_part(rulebook: Rulebook) -> None:
    for members, complete in (
        ({"complete": False, "items": [{"name": "丙县"}]}, False),
        ({"complete": True, "items": []}, True),
        ([], True),
        (None, False),
    ):
        data: dict[str, object] = {"kind": "city", "jurisdiction": "甲省/乙市", "members": members}
        assert make_profile(data, rulebook).members_complete is complete
    assert not make_profile({"kind": "city", "jurisdiction": "甲省/乙市"}, rulebook).members_complete


def test_a_region_without_register_has_members_of_a_named_kind_only(rulebook: Rulebook) -> None:
    data = {
        "kind": "city",
        "jurisdiction": "庚省/辛市",
        "members": [{"name": "壬县"}, {"name": "癸县", "kind": "county"}],
    }
    with pytest.raises(RuleError) as caught:
        make_profile(data, rulebook)
    (problem,) = caught.value.diagnostics
    assert problem.code == "unknown-kind"
    assert "壬县" in problem.message


def test_a_place_may_lie_below_what_is_registered(rulebook: Rulebook) -> None:
    for place in ("甲省", "甲省/乙市/丙县/某镇", "庚省/辛市/某县", "", "甲省/乙市/"):
        profile = make_profile({"kind": "enterprise", "jurisdiction": place}, rulebook)
        assert profile.place == place.strip("/")


def test_a_right_social_credit_code_is_kept(rulebook: Rulebook) -> None:
    code = "91110000600037341L"
    assert make_profile({"kind": "enterprise", "code": code}, rulebook).code == code


def test_json_is_read_as_yaml_is(rulebook: Rulebook, tmp_path: Path) -> None:
    data = {
        "kind": "enterprise",
        "name": "某厂",
        "jurisdiction": "甲省/乙市",
        "facts": {"营业收入": "3万元", "得分": 0.1, "标准": [{"级别": "国际标准", "已采用": True, "页数": None}]},
    }
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    profile = load_profile(path, rulebook)
    assert profile.facts["score"] == Fraction("0.1")
    assert profile.facts["revenue"] == 30_000
    path.write_text(json.dumps(data), encoding="utf-8")  # with \u escapes
    assert load_profile(path, rulebook).facts == profile.facts


def test_facts_of_policies_that_were_not_read_are_passed_over(rulebook: Rulebook) -> None:
    from dataclasses import replace

    partial = replace(rulebook, unread=frozenset({"far-2020"}))
    data = {"kind": "enterprise", "facts": {"far-2020/anything": True}}
    assert make_profile(data, partial).facts == {}
    with pytest.raises(RuleError):
        make_profile(data, rulebook)


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda path: None, "unreadable", "no such file"),
        (lambda path: path.mkdir(), "unreadable", "is a directory"),
        (lambda path: path.write_bytes("kind: 企业\n".encode("gbk")), "encoding", "not UTF-8"),
        (lambda path: path.write_bytes(b"#" * (4 * 1024 * 1024 + 1)), "too-large", "larger than 4 MiB"),
    ],
    ids=["missing", "directory", "gbk", "too-large"],
)
def test_a_file_that_cannot_be_read_is_one_problem_with_path_and_hint(
    rulebook: Rulebook, tmp_path: Path, make: object, code: str, words: str
) -> None:
    path = tmp_path / "profile.yaml"
    assert callable(make)
    make(path)
    with pytest.raises(RuleError) as caught:
        load_profile(path, rulebook)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.where) == (code, str(path))
    assert words in problem.message
    assert problem.help


def test_a_byte_order_mark_is_no_part_of_the_text(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_bytes(b"\xef\xbb\xbfkind: enterprise\n")
    assert load_profile(path, rulebook).kind == "enterprise"
