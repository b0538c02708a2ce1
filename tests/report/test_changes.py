"""The page on a change of rules: every kind of change, whom it moves, and what is left out of long lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from evaluator.advise.compare import Comparison, compare
from evaluator.report.changes import MOST, change_blocks, change_data
from evaluator.report.pages import render
from tests.agreement.small import POLICY, VOCABULARY, filled

OLD = """
incentives:
  - id: a
    judged_by: 成立日期
    when: 任数 > 5
    amount: 1万元
  - id: b
    judged_by: 成立日期
    when: 真
    amount: 2万元
  - id: listed
    each: 项目
    judged_by: 日期
    when: '通过 and 级别 = "国际"'
    amount: 3万元
  - id: spelt
    judged_by: 成立日期
    when: 投资额 >= 100万元
    amount: 4万元
supports:
  - id: gone
    when: 某数 > 3
targets:
  - id: t
    metric: 率
    schedule: [{by: 2025, test: '>= 90%'}]
stacking:
  - id: tree
    scope: entity
    highest_of: [a, b]
"""
NEW = """
incentives:
  - id: a
    judged_by: 成立日期
    when: {all: ['任数 > 5', '任数 < 5']}
    amount: 1万元
  - id: b
    judged_by: 成立日期
    when: 真
    amount: 2万元
  - id: twin
    judged_by: 成立日期
    when: 真
    amount: 2万元
  - id: listed
    each: 项目
    judged_by: 日期
    when: '通过 and 级别 = "国家"'
    amount: 3万元
  - id: spelt
    judged_by: 成立日期
    when: not (投资额 < 100万元)
    amount: 4万元
targets:
  - id: t
    metric: 率
    schedule: [{by: 2025, test: '>= 95%'}]
stacking:
  - id: tree
    scope: entity
    sum: {of: [a, b], cap: 1万元}
"""
PEOPLE = """
kind: enterprise
name: {name}
jurisdiction: 甲省/乙市
facts:
  成立日期: 2024-05-01
  真: {yes}
  颜色: {hue}
  名称: {name}
  项目: [{{级别: {level}, 日期: 2024-05-01, 通过: true}}]
"""


def written(folder: Path, rules: str) -> Path:
    for part in ("vocabulary", "test-2023"):
        (folder / part).mkdir(parents=True)
    (folder / "vocabulary" / "all.yaml").write_text(VOCABULARY, encoding="utf-8")
    header = POLICY.format(place="甲省/乙市", published="2023-01-01", since="2023-01-01", until="open")
    header = header.replace("until: open", "until: {date: 2027-12-31, basis: stated}")
    (folder / "test-2023" / "policy.yaml").write_text(header, encoding="utf-8")
    (folder / "test-2023" / "rules.yaml").write_text(filled(dedent(rules)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    base = tmp_path_factory.mktemp("change")
    people = base / "people"
    people.mkdir()
    for name, yes, hue, level in (("甲公司", "true", "红", "国家"), ("乙公司", "false", "蓝", "国际")):
        text = PEOPLE.format(name=name, yes=yes, hue=hue, level=level)
        (people / f"{name}.yaml").write_text(text, encoding="utf-8")
    (people / "丙公司.yaml").write_text("kind: enterprise\njurisdiction: 甲省/乙市\n", encoding="utf-8")
    return compare(
        written(base / "old", OLD),
        written(base / "new", NEW),
        names=("旧", "新"),
        as_of=date(2025, 6, 30),
        population=people,
        by=["真", "颜色", "名称", "项目"],
    )


def verdicts(found: Comparison) -> Mapping[str, str]:
    return {change.id.removeprefix("test-2023/"): change.verdict for change in found.changes}


def test_each_change_is_told_as_what_it_is(found: Comparison) -> None:
    told = verdicts(found)
    assert told["a"] == "less-generous"
    assert told["gone"] == "removed"
    assert told["twin"] == "added"
    assert told["listed"] == "incomparable"
    assert told["t"] == "stricter"
    assert told["tree"] == "less-generous"
    assert "b" not in told


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        (
            "zh",
            [
                "找不到任何主体还能满足它",
                "会重复享受",
                "合计由 2万元 变为 1万元",
                "更严",
                "要求收紧",
                "级别:国际",
                "受益 1，受损 1",
            ],
        ),
        (
            "en",
            [
                "no profile was found that still meets it",
                "is paid beside it",
                "the total goes from 20,000 yuan to 10,000 yuan",
                "less generous",
                "1 gain, 1 lose",
            ],
        ),
    ],
)
def test_the_page_says_all_of_it_in_words(found: Comparison, lang: str, parts: list[str]) -> None:
    page = render(change_blocks(found, "zh" if lang == "zh" else "en"), "md", lang)
    for part in parts:
        assert part in page, (part, page)


def test_groups_are_named_by_their_values(found: Comparison) -> None:
    data = change_data(found)
    json.dumps(data)
    population = data["population"]
    assert isinstance(population, dict)
    names = {fact: {group["group"] for group in groups} for fact, groups in population["by"].items()}
    assert names["真"] == {"是", "否", "?"}
    assert names["颜色"] == {"红", "蓝", "?"}
    assert names["名称"] == {"甲公司", "乙公司", "?"}
    assert names["项目"] == {"?"}  # a list is no group
    moved = {Path(entry["name"]).stem: entry["gain"] for entry in population["profiles"]}
    assert moved == {"甲公司": "40000", "乙公司": "-30000", "丙公司": "0"}  # of the last only what is at most possible


BEFORE = """
supports:
  - id: gone
    when: '旧数 > 3旧元 and (some e in 旧项目 satisfies (e.通过 and e.新近))'
  - id: kept
    when: '旧数 > 3旧元 or 真'
obligations:
  - id: dropped
    requires: {attest: {zh: 做了没有？, en: "Was it done?"}}
  - id: yearly
    every: {from: 2023, to: 2024}
    requires: {attest: {zh: 当年做了没有？, en: "Was it done in that year?"}}
"""
AFTER = """
supports:
  - id: kept
    when: 真
"""
OLDER = """
units: [{id: 旧元, dimension: money, factor: 1}]
records:
  - {id: older, label: {zh: 旧记录, en: older}, fields: [{id: pass, label: {zh: 通过, en: pass}, type: bool}, {id: recent, label: {zh: 新近, en: recent}, type: bool}]}
facts:
  - {id: older-number, label: {zh: 旧数, en: older number}, of: [enterprise], type: number, unit: 旧元}
  - {id: older-list, label: {zh: 旧项目, en: older list}, of: [enterprise], type: list, record: older}
"""  # noqa: E501 - one entry, one line


@pytest.mark.parametrize("fields", ["none", "one"])
def test_what_only_the_old_rules_name_is_still_named(tmp_path: Path, fields: str) -> None:
    old, new = written(tmp_path / "old", BEFORE), written(tmp_path / "new", AFTER)
    (old / "vocabulary" / "more.yaml").write_text(OLDER, encoding="utf-8")
    if fields == "one":  # the list stays, with a field less
        kept = OLDER.replace(", {id: recent, label: {zh: 新近, en: recent}, type: bool}", "")
        (new / "vocabulary" / "more.yaml").write_text(kept, encoding="utf-8")
    found = compare(old, new, names=("旧", "新"), as_of=date(2025, 6, 30))
    told = verdicts(found)
    assert (told["gone"], told["kept"], told["dropped"], told["yearly"]) == (
        "removed",
        "less-generous",
        "removed",
        "removed",
    )
    page = render(change_blocks(found, "zh"), "md", "zh")
    for part in ("旧数 4", "新近:是", "test-2023/dropped 是", "test-2023/yearly 2023:是"):
        assert part in page, (part, page)
    json.dumps(change_data(found))


READING = """
incentives:
  - id: first
    judged_by: 成立日期
    when: 真
    amount: {}
  - id: half
    judged_by: 成立日期
    when: 真
    amount: 'award("first") * 50%'
"""


def test_what_changes_through_another_award_is_said_so(tmp_path: Path) -> None:
    folders = [written(tmp_path / side, READING.format(amount)) for side, amount in (("a", "4万元"), ("b", "6万元"))]
    found = compare(*folders, names=("旧", "新"), as_of=date(2025, 6, 30))
    page = render(change_blocks(found, "en"), "text", "en")
    assert "it reads what changed: rule [test-2023/first]" in page.replace("\n", " ")
    data = change_data(found)["changes"]
    assert isinstance(data, list)
    assert [entry["through"] for entry in data] == [[], ["test-2023/first"]]


def test_what_is_too_much_for_a_page_is_counted(found: Comparison) -> None:
    long = replace(found, edits=found.edits[:1] * (MOST + 2), reworded=("test-2023/b", "test-2023/no-longer-there"))
    page = render(change_blocks(long, "zh"), "text", "zh")
    assert "……还有 2 处" in page
    assert "只改文字" in page
    assert "test-2023/no-longer-there [test-2023/no-longer-there]" in page.replace("\n", "")


def test_nothing_changed_is_said(found: Comparison) -> None:
    none = replace(found, changes=(), reworded=(), edits=(), moves=None, broken=(), invalid=())
    page = render(change_blocks(none, "en"), "text", "en")
    assert "nothing changed in meaning" in page
    assert page.count("none.") == 2
    assert "population" not in change_data(none)
