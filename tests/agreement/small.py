"""A small made-up world for tests of engines: one vocabulary, and rulebooks over it written as YAML in the test."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from textwrap import dedent, indent

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, Finding
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, make_profile

_FIELDS = """
  - {id: level, label: {zh: 级别, en: level}, type: choice, choices: [{id: a, zh: 国际, en: a}, {id: b, zh: 国家, en: b}, {id: c, zh: 行业, en: c}]}
  - {id: role, label: {zh: 角色, en: role}, type: choice, choices: [{id: lead, zh: 主持, en: lead}, {id: join, zh: 参与, en: join}]}
  - {id: day, label: {zh: 日期, en: day}, type: date}
  - {id: spent, label: {zh: 金额, en: spent}, type: number, unit: 万元}
  - {id: parts, label: {zh: 份数, en: parts}, type: number, min: 0, max: 10}
  - {id: change, label: {zh: 增减, en: change}, type: number}
  - {id: passed, label: {zh: 通过, en: passed}, type: bool}
"""  # noqa: E501 - one field, one line

VOCABULARY = f"""
kinds:
  - {{id: enterprise, label: {{zh: 企业, en: enterprise}}, group: organisation}}
  - {{id: association, label: {{zh: 团体, en: association}}, group: organisation}}
  - {{id: province, label: {{zh: 省, en: province}}, group: region, level: 1}}
  - {{id: city, label: {{zh: 市, en: city}}, group: region, level: 2}}
  - {{id: county, label: {{zh: 县, en: county}}, group: region, level: 3}}
units:
  - {{id: 元, dimension: money, factor: 1}}
  - {{id: 万元, dimension: money, factor: 10000}}
  - {{id: "%", dimension: ratio, factor: 0.01}}
  - {{id: 个, dimension: 个, factor: 1}}
places:
  - {{path: 甲省, kind: province}}
  - {{path: 甲省/乙市, kind: city}}
  - {{path: 甲省/己市, kind: city}}
  - {{path: 甲省/乙市/丙县, kind: county}}
  - {{path: 甲省/乙市/丁县, kind: county}}
  - {{path: 甲省/乙市/戊县, kind: county, from: 2024-07-01}}
  - {{path: 甲省/乙市/旧县, kind: county, until: 2020-01-01}}
  - {{path: 庚省, kind: province}}
  - {{path: 庚省/辛市, kind: city}}
records:
  - {{id: project, label: {{zh: 项目记录, en: project}}, fields: [{", ".join(line.strip()[2:] for line in _FIELDS.strip().splitlines())}]}}
facts:
  - {{id: projects, label: {{zh: 项目, en: projects}}, of: [enterprise, association], type: list, record: project}}
  - {{id: others, label: {{zh: 其他, en: others}}, of: [enterprise], type: list, record: project}}
  - {{id: empty, label: {{zh: 空列, en: empty}}, of: [enterprise], type: list, record: project}}
  - {{id: partial, label: {{zh: 缺列, en: partial}}, of: [enterprise], type: list, record: project}}
  - {{id: ungiven, label: {{zh: 未列, en: ungiven}}, of: [enterprise], type: list, record: project}}
  - {{id: yes, label: {{zh: 真, en: yes}}, of: [enterprise], type: bool}}
  - {{id: no, label: {{zh: 假, en: no}}, of: [enterprise], type: bool}}
  - {{id: maybe, label: {{zh: 未知, en: maybe}}, of: [enterprise], type: bool}}
  - {{id: zero, label: {{zh: 零, en: zero}}, of: [enterprise], type: number}}
  - {{id: three, label: {{zh: 三, en: three}}, of: [enterprise], type: number}}
  - {{id: some, label: {{zh: 某数, en: some}}, of: [enterprise], type: number, min: 0, max: 10}}
  - {{id: any, label: {{zh: 任数, en: any}}, of: [enterprise], type: number}}
  - {{id: invested, label: {{zh: 投资额, en: invested}}, of: [enterprise], type: number, unit: 万元}}
  - {{id: decided, label: {{zh: 核定金额, en: decided}}, of: [enterprise], type: number, unit: 万元, decision: true}}
  - {{id: grade, label: {{zh: 等级, en: grade}}, of: [enterprise], type: choice, ordered: true, choices: [{{id: low, zh: 低, en: low}}, {{id: mid, zh: 中, en: mid}}, {{id: high, zh: 高, en: high}}]}}
  - {{id: hue, label: {{zh: 颜色, en: hue}}, of: [enterprise], type: choice, choices: [{{id: red, zh: 红, en: red}}, {{id: blue, zh: 蓝, en: blue}}]}}
  - {{id: founded, label: {{zh: 成立日期, en: founded}}, of: [enterprise], type: date}}
  - {{id: word, label: {{zh: 名称, en: word}}, of: [enterprise], type: text}}
  - {{id: set-up, label: {{zh: 已设立, en: set up}}, of: [city, county], type: bool}}
parameters:
  - {{id: base-rate, label: {{zh: 基准率, en: base rate}}, unit: "%", values: [{{from: 2023-01-01, value: 3}}, {{from: 2024-03-01, value: 4.5}}], until: 2024-06-30, question: {{zh: 基准率是多少？, en: Which is the base rate?}}}}
metrics:
  - {{id: rate, label: {{zh: 率, en: rate}}, of: [province, city, county], unit: "%", min: 0, max: 100}}
  - {{id: province-rate, label: {{zh: 全省率, en: rate of the province}}, of: [city, county], unit: "%", min: 0, max: 100}}
  - {{id: stock, label: {{zh: 存量, en: stock}}, of: [province, city, county], unit: 个}}
  - {{id: added, label: {{zh: 新增, en: added}}, of: [city, county], unit: 个, flow: true}}
  - {{id: balance, label: {{zh: 余额, en: balance}}, of: [city], unit: 万元, min: -100}}
  - {{id: class, label: {{zh: 等第, en: class}}, of: [city], type: choice, ordered: true, choices: [{{id: low, zh: 低, en: low}}, {{id: mid, zh: 中, en: mid}}, {{id: high, zh: 高, en: high}}]}}
  - {{id: reached, label: {{zh: 达标, en: reached}}, of: [city, county], type: bool}}
"""  # noqa: E501 - one entry, one line

POLICY = """
id: test-2023
title: {{zh: 试行办法, en: trial}}
number: null
issuer: {{zh: 乙市, en: Yi}}
jurisdiction: {place}
published: {{date: {published}, basis: stated}}
in_force:
  from: {{date: {since}, basis: stated}}
  until: {until}
last_named: {{date: 2027-12-31, basis: stated}}
"""

_COMMON = {
    "incentives": "for: [enterprise]",
    "supports": "for: [enterprise]",
    "targets": "for: [city]",
    "obligations": "for: [city]",
}


def rulebook(
    rules: str,
    *,
    place: str = "甲省/乙市",
    published: str = "2023-01-01",
    since: str = "2023-01-01",
    until: str | None = "2027-12-31",
    more: str = "",
) -> Rulebook:
    """The rulebook of one policy `test-2023` whose rule files hold `rules` (top-level keys as in a rule file).

    Each rule may leave out title, cite, modality and `for`; they are filled in with the same words for all. `more` is
    a vocabulary file beside the common one.
    """
    end = "open" if until is None else f"{{date: {until}, basis: stated}}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sub in ("vocabulary", "test-2023"):
            (folder / sub).mkdir()
        (folder / "vocabulary" / "all.yaml").write_text(VOCABULARY, encoding="utf-8")
        if more:
            (folder / "vocabulary" / "more.yaml").write_text(dedent(more), encoding="utf-8")
        header = POLICY.format(place=place, published=published, since=since, until=end)
        (folder / "test-2023" / "policy.yaml").write_text(header, encoding="utf-8")
        (folder / "test-2023" / "rules.yaml").write_text(filled(dedent(rules)), encoding="utf-8")
        return load_rulebook(folder)


def filled(rules: str) -> str:
    """The rules with the fields that they leave out, so that a test shows only what it is about."""
    lines: list[str] = []
    section = ""
    entry: list[str] = []

    def close() -> None:
        text = "\n".join(entry)
        if section == "terms":  # they have no title, and need no citation
            lines.extend(entry)
            entry.clear()
        for field in ("title: {zh: 条, en: rule}", "cite: {article: 一, sentence: 1}", "modality: must"):
            if entry and f"\n    {field.split(':')[0]}:" not in f"\n{text}":
                entry.append(f"    {field}")
        if entry and section in _COMMON and "\n    for:" not in f"\n{text}":
            entry.append(f"    {_COMMON[section]}")
        if entry and section == "stacking":
            entry[:] = [line for line in entry if not line.startswith("    modality")]
        lines.extend(entry)
        entry.clear()

    for line in rules.splitlines():
        if line and not line.startswith(" "):
            close()
            section = line.rstrip(":")
            lines.append(line)
        elif line.startswith("  - "):
            close()
            entry.append(line)
        elif line.strip():
            entry.append(line)
    close()
    return "\n".join(lines) + "\n"


def supports(conditions: Mapping[str, str]) -> Rulebook:
    """A support `id` for each condition, written as the YAML of `when`."""
    parts = [f"  - id: {id}\n    when: {condition}" for id, condition in conditions.items()]
    return rulebook("supports:\n" + "\n".join(parts))


def enterprise(facts: Mapping[str, object], *, place: str = "甲省/乙市") -> dict[str, object]:
    """The data of an enterprise's profile."""
    return {"kind": "enterprise", "jurisdiction": place, "facts": dict(facts)}


def answer(book: Rulebook, data: Mapping[str, object] | Profile, as_of: str = "2025-06-30") -> Decision:
    """The decision on a profile's data."""
    profile = data if isinstance(data, Profile) else make_profile(data, book)
    return decide(book, profile, as_of=date.fromisoformat(as_of))


def finding(decision: Decision, id: str) -> Finding:
    """The finding `id`, the policy's name left out."""
    return next(found for found in decision.findings if found.id.partition("/")[2] == id)


def one(rule: str, facts: Mapping[str, object] | None = None, as_of: str = "2025-06-30") -> Finding:
    """The finding of an incentive `a` of an enterprise; `rule` is its YAML without the id."""
    book = rulebook("incentives:\n  - id: a\n" + indent(dedent(rule).strip(), "    "))
    return finding(answer(book, enterprise(facts or {}), as_of), "a")


def paths(found: Finding) -> list[str]:
    """What is missing, as paths."""
    return [entry.path for entry in found.missing]


def bounds(found: Finding) -> tuple[object, object]:
    """(guaranteed, potential) of an award, in yuan."""
    assert found.amount is not None
    return found.amount.guaranteed, found.amount.potential
