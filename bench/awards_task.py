"""The task of `bench.compiled`: one rulebook of 28 outputs, profiles of 0 to 20 items, and the same for a rules engine.

Three outputs about standards (by level for those led, by level for those joined, a bonus for several), three quality
awards, pilots, one duty and 20 targets. The rules engine is given them as a graph of decision tables and expressions,
and as expressions alone; dates are day numbers for both, so that neither parses any.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

Data: TypeAlias = dict[str, object]
AS_OF: Final = date(2025, 6, 30)
SINCE: Final = date(2023, 9, 6)
YEAR: Final = 2024
LED: Final = {"international": 300_000, "national": 200_000, "industry": 100_000}
JOINED: Final = {"international": 100_000, "national": 50_000}
BONUS: Final = 150_000
PRIZES: Final = {"china": 5_000_000, "provincial": 1_000_000, "municipal": 500_000}
PILOT: Final = 20_000
FIGURES: Final = tuple(range(80, 100))
"""What the twenty figures of the year have to reach, in percent."""

_ZH: Final = {
    "international": "国际标准",
    "national": "国家标准",
    "industry": "行业标准",
    "lead": "主持",
    "join": "参与",
    "china": "中国质量奖",
    "provincial": "省长质量奖",
    "municipal": "市长质量奖",
}


def _choices(*ids: str) -> str:
    return "[" + ", ".join(f"{{id: {id}, zh: {_ZH[id]}, en: {id}}}" for id in ids) + "]"


_VOCABULARY = f"""
kinds: [{{id: enterprise, label: {{zh: 企业, en: enterprise}}, group: organisation}},
        {{id: province, label: {{zh: 省, en: province}}, group: region, level: 1}}]
units: [{{id: 元, dimension: money, factor: 1}}, {{id: "%", dimension: ratio, factor: 0.01}}]
places: [{{path: 甲省, kind: province}}]
records:
  - id: standard
    label: {{zh: 标准记录, en: standard}}
    fields:
      - {{id: level, label: {{zh: 级别, en: level}}, type: choice, choices: {_choices(*LED)}}}
      - {{id: role, label: {{zh: 角色, en: role}}, type: choice, choices: {_choices("lead", "join")}}}
      - {{id: published, label: {{zh: 发布日期, en: published}}, type: date}}
  - id: prize
    label: {{zh: 奖项记录, en: prize}}
    fields:
      - {{id: prize, label: {{zh: 奖项, en: prize}}, type: choice, choices: {_choices(*PRIZES)}}}
      - {{id: awarded, label: {{zh: 获奖日期, en: awarded}}, type: date}}
  - id: pilot
    label: {{zh: 试点记录, en: pilot}}
    fields:
      - {{id: passed, label: {{zh: 通过, en: passed}}, type: bool}}
      - {{id: evaluated, label: {{zh: 评估日期, en: evaluated}}, type: date}}
facts:
  - {{id: standards, label: {{zh: 标准, en: standards}}, of: [enterprise], type: list, record: standard}}
  - {{id: prizes, label: {{zh: 荣誉, en: prizes}}, of: [enterprise], type: list, record: prize}}
  - {{id: pilots, label: {{zh: 试点, en: pilots}}, of: [enterprise], type: list, record: pilot}}
  - {{id: system, label: {{zh: 已建立制度, en: system}}, of: [enterprise], type: bool}}
metrics:
"""
_POLICY = f"""
id: task
title: {{zh: 任务, en: task}}
number: null
issuer: {{zh: 甲省, en: Jia}}
jurisdiction: 甲省
published: {{date: {SINCE}, basis: stated}}
in_force: {{from: {{date: {SINCE}, basis: stated}}, until: {{date: 2027-12-31, basis: stated}}}}
last_named: {{date: 2027-12-31, basis: stated}}
"""
_COMMON = "title: {zh: 条, en: rule}, cite: {article: 一, sentence: 1}, for: [enterprise], modality: must"


def _amount(table: Mapping[str, int]) -> str:
    rows = ", ".join(f"{_ZH[key]}: {yuan}元" for key, yuan in table.items())
    return f"{{table: {{by: 级别, rows: {{{rows}}}}}}}"


def write_rules(folder: Path) -> Path:
    """The rulebook of the task, written to a folder."""
    (folder / "vocabulary").mkdir(parents=True)
    (folder / "task").mkdir()
    metrics = [
        f"  - {{id: figure-{index}, label: {{zh: 指标{index}, en: figure {index}}}, of: [enterprise], unit: '%'}}"
        for index in range(len(FIGURES))
    ]
    (folder / "vocabulary" / "all.yaml").write_text(_VOCABULARY + "\n".join(metrics), encoding="utf-8")
    (folder / "task" / "policy.yaml").write_text(_POLICY, encoding="utf-8")
    counted = f'标准[角色 = "主持" and 发布日期 >= date("{SINCE}") and 发布日期 <= 询问日]'
    lines = [
        "incentives:",
        f"  - {{id: led, {_COMMON}, each: 标准, judged_by: 发布日期, when: '角色 = \"主持\"', amount: {_amount(LED)}}}",
        f"  - {{id: joined, {_COMMON}, each: 标准, judged_by: 发布日期, when: '角色 = \"参与\"',"
        f" amount: {_amount(JOINED)}}}",
        f"  - {{id: several, {_COMMON}, when: 'count({counted}) >= 3', amount: {BONUS}元}}",
    ]
    lines += [
        f"  - {{id: {prize}, {_COMMON}, each: 荣誉, judged_by: 获奖日期, when: '奖项 = \"{_ZH[prize]}\"',"
        f" amount: {yuan}元}}"
        for prize, yuan in PRIZES.items()
    ]
    lines.append(f"  - {{id: pilots, {_COMMON}, each: 试点, judged_by: 评估日期, when: 通过, amount: {PILOT}元}}")
    lines += ["obligations:", f"  - {{id: system, {_COMMON}, requires: 已建立制度}}", "targets:"]
    lines += [
        f"  - {{id: t{index}, {_COMMON}, metric: 指标{index}, schedule: [{{by: {YEAR}, test: '>= {figure}%'}}]}}"
        for index, figure in enumerate(FIGURES)
    ]
    (folder / "task" / "rules.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def profiles(number: int, seed: int) -> list[Data]:
    """So many complete profiles as people give them, of 0 to 20 items each."""
    choose = random.Random(seed)
    return [_profile(choose) for _ in range(number)]


def _profile(choose: random.Random) -> Data:
    standards: list[Data] = []
    prizes: list[Data] = []
    pilots: list[Data] = []
    for _ in range(choose.randint(0, 20)):
        day = date.fromordinal(choose.randint(date(2023, 1, 1).toordinal(), date(2025, 12, 31).toordinal())).isoformat()
        match choose.randrange(4):
            case 0 | 1:
                level, role = choose.choice(tuple(LED)), choose.choice(("lead", "join"))
                standards.append({"level": level, "role": role, "published": day})
            case 2:
                prizes.append({"prize": choose.choice(tuple(PRIZES)), "awarded": day})
            case _:
                pilots.append({"passed": choose.random() < 0.5, "evaluated": day})
    figures = {f"figure-{index}": {YEAR: choose.randint(75, 100)} for index in range(len(FIGURES))}
    facts = {"standards": standards, "prizes": prizes, "pilots": pilots, "system": choose.random() < 0.5}
    return {"kind": "enterprise", "jurisdiction": "甲省", "facts": facts, "metrics": figures}


def flat(data: Mapping[str, object]) -> Data:
    """The same for the rules engine: fields at the top, days as numbers, the year's figures as a list of fields."""
    facts, metrics = data["facts"], data["metrics"]
    assert isinstance(facts, dict)
    assert isinstance(metrics, dict)

    def days(items: Sequence[Data]) -> list[Data]:
        found = []
        for item in items:
            turned = dict(item)
            for word in ("published", "awarded", "evaluated"):
                if word in turned:
                    turned[word] = date.fromisoformat(str(turned[word])).toordinal()
            found.append(turned)
        return found

    lists = {word: days(facts[word]) for word in ("standards", "prizes", "pilots")}
    return {
        **lists,
        "system": facts["system"],
        **{f"f{index}": metrics[f"figure-{index}"][YEAR] for index in range(20)},
    }


# ------------------------------------------------------------------ by hand


def by_hand(data: Data) -> Data:
    """The task as a plain Python function over `flat` data: nothing unknown, no rulebook."""
    first, last = SINCE.toordinal(), AS_OF.toordinal()
    led = joined = counted = pilots = 0
    for item in data["standards"]:  # type: ignore[attr-defined]  # a list of items, as `flat` makes it
        if first <= item["published"] <= last:
            if item["role"] == "lead":
                led += LED[item["level"]]
                counted += 1
            else:
                joined += JOINED.get(item["level"], 0)
    prizes = dict.fromkeys(PRIZES, 0)
    for item in data["prizes"]:  # type: ignore[attr-defined]  # as above
        if first <= item["awarded"] <= last:
            prizes[item["prize"]] += PRIZES[item["prize"]]
    for item in data["pilots"]:  # type: ignore[attr-defined]  # as above
        if item["passed"] and first <= item["evaluated"] <= last:
            pilots += PILOT
    found: Data = {"led": led, "joined": joined, "several": BONUS if counted >= 3 else 0, **prizes, "pilots": pilots}
    found["system"] = data["system"]
    for index, figure in enumerate(FIGURES):
        found[f"t{index}"] = data[f"f{index}"] >= figure  # type: ignore[operator]  # a number, as `flat` makes it
    return found


# ------------------------------------------------------------------ for the rules engine

_FIRST, _LAST = SINCE.toordinal(), AS_OF.toordinal()


def expressions() -> dict[str, str]:
    """Each output as one expression of the rules engine."""

    def table(amounts: Mapping[str, int]) -> str:
        text = "0"
        for key, yuan in reversed(tuple(amounts.items())):
            text = f"#.level == '{key}' ? {yuan} : ({text})"
        return text

    def within(word: str) -> str:
        return f"#.{word} >= {_FIRST} and #.{word} <= {_LAST}"

    def standards(role: str) -> str:
        return f"filter(standards, #.role == '{role}' and {within('published')})"

    found = {
        "led": f"sum(map({standards('lead')}, {table(LED)}))",
        "joined": f"sum(map({standards('join')}, {table(JOINED)}))",
        "several": f"len({standards('lead')}) >= 3 ? {BONUS} : 0",
    }
    for prize, yuan in PRIZES.items():
        found[prize] = f"count(prizes, #.prize == '{prize}' and {within('awarded')}) * {yuan}"
    found["pilots"] = f"count(pilots, #.passed and {within('evaluated')}) * {PILOT}"
    found["system"] = "system"
    found |= {f"t{index}": f"f{index} >= {figure}" for index, figure in enumerate(FIGURES)}
    return found


def graph(*, tables: bool) -> str:
    """A decision graph in JSON: with the targets and the duty in a decision table, or of one expression node."""
    written = expressions()
    in_table = [word for word in written if tables and (word == "system" or word[0] == "t")]
    nodes = [_node("in", "inputNode", {}), _node("out", "outputNode", {})]
    rows = [{"id": word, "key": word, "value": text} for word, text in written.items() if word not in in_table]
    nodes.append(_node("sums", "expressionNode", {"expressions": rows}))
    edges = [("in", "sums"), ("sums", "out")]
    for word in in_table:
        field, test = ("system", "true") if word == "system" else (f"f{word[1:]}", f">= {FIGURES[int(word[1:])]}")
        columns: Data = {
            "hitPolicy": "first",
            "inputs": [{"id": "i", "name": field, "field": field}],
            "outputs": [{"id": "o", "name": word, "field": word}],
            "rules": [{"_id": "y", "i": test, "o": "true"}, {"_id": "n", "i": "", "o": "false"}],
        }
        nodes.append(_node(word, "decisionTableNode", columns))
        edges += [("in", word), (word, "out")]
    linked = [
        {"id": f"e{index}", "type": "edge", "sourceId": source, "targetId": target}
        for index, (source, target) in enumerate(edges)
    ]
    return json.dumps({"nodes": nodes, "edges": linked})


def _node(id: str, sort: str, content: Data) -> Data:
    return {"id": id, "name": id, "type": sort, "position": {"x": 0, "y": 0}, "content": content}
