"""Decisions a second in process, and what rules of other places cost them."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

import evaluator
from bench.timing import PROCESSOR, Result, interleaved, milliseconds
from evaluator.engines.trace import Step
from evaluator.rulebook.shipped import rules_folder

POLICY: Final = "chengde-2023"
PLACE: Final = "河北省/承德市"
AS_OF: Final = date(2025, 6, 30)
BATCH: Final = 150
ROUNDS: Final = 9
FURTHER_RULES: Final = 1_000
RATE: Final = Fraction(1_500)
SLOWER: Final = Fraction(6, 5)

PROFILE: Final[dict[str, object]] = {
    "kind": "enterprise",
    "name": "承德某装备制造有限公司",
    "jurisdiction": PLACE,
    "facts": {
        "标准": [
            {"级别": "国际标准", "角色": "主持", "发布日期": "2024-03-01"},
            {"级别": "国家标准", "角色": "主持", "发布日期": "2024-05-20"},
            {"级别": "国家标准", "角色": "参与", "发布日期": "2024-09-10"},
            {"级别": "行业标准", "角色": "主持", "发布日期": "2023-11-30"},
            {"级别": "行业标准", "发布日期": "2024"},
        ],
        "荣誉": [
            {"奖项": "市政府质量奖", "获奖日期": "2023-10-01"},
            {"奖项": "省长质量奖", "获奖日期": "2024-10-01"},
            {"奖项": "中国质量奖提名奖", "获奖日期": "2025-03-01"},
        ],
        "标准化示范试点": [
            {"试点级别": "国家级", "通过考核评估": True, "考核评估日期": "2024-12-01"},
            {"试点级别": "省级", "考核评估日期": "2025-04-01"},
        ],
        "规模以上工业企业": True,
        "列入市科技计划": True,
    },
}
"""Ten items, some with open fields, and two single facts; all else is unknown."""

_PLACE_LINE: Final = re.compile(r"^jurisdiction: .*$", re.MULTILINE)
_ID_LINE: Final = re.compile(rf"^id: {POLICY}$", re.MULTILINE)


def measure() -> tuple[Result, Result]:
    """Decisions a second with the shipped rules, and the ratio of times with further rules to without.

    Every decision is made anew and every step of its trace is read within the time.
    """
    shipped = evaluator.load()
    with tempfile.TemporaryDirectory() as folder:
        extended = evaluator.load(further_rules(Path(folder)))
    further = len(extended.rules) - len(shipped.rules)
    assert further >= FURTHER_RULES
    alone, among = interleaved([batch(shipped), batch(extended)], ROUNDS, PROCESSOR)
    findings = decided(shipped).findings
    steps = sum(read(finding.trace) for finding in findings)
    rate = Result(
        name="full decisions a second in process",
        value=Fraction(BATCH * 1_000_000_000, alone),
        bound=RATE,
        unit="/s",
        least=True,
        detail=f"{len(findings)} findings, {steps} steps read; {BATCH} in {milliseconds(alone)}, median of {ROUNDS}",
    )
    cost = Result(
        name="the same with further rules of other places",
        value=Fraction(among, alone),
        bound=SLOWER,
        unit=" x",
        detail=f"{further:,} rules beside {len(shipped.rules):,}; {BATCH} in {milliseconds(among)}",
    )
    return rate, cost


def batch(rulebook: evaluator.Rulebook) -> Callable[[], int]:
    """A work that decides BATCH times and reads each trace whole."""
    profile = evaluator.make_profile(PROFILE, rulebook)

    def work() -> int:
        steps = 0
        for _ in range(BATCH):
            for finding in evaluator.decide(rulebook, profile, as_of=AS_OF).findings:
                steps += read(finding.trace)
        return steps

    work()  # what is made once for a rulebook is made before the time is taken
    return work


def decided(rulebook: evaluator.Rulebook) -> evaluator.Decision:
    """One decision about the profile; every finding is of the one policy that concerns it."""
    decision = evaluator.decide(rulebook, evaluator.make_profile(PROFILE, rulebook), as_of=AS_OF)
    assert {policy.id for policy in decision.policies} == {POLICY}
    return decision


def read(step: Step) -> int:
    """How many steps there are, each of them looked at."""
    return 1 + sum(map(read, step.steps))


def further_rules(folder: Path) -> Path:
    """The shipped rulebook written to `folder`, with at least FURTHER_RULES copies of rules under other places."""
    rules = folder / "rules"
    shutil.copytree(rules_folder(), rules)
    places, made, number = ["places:"], 0, 0
    per_policy = sum(rule.policy.id == POLICY for rule in evaluator.load(also=[POLICY], place=PLACE).rules.values())
    while made < FURTHER_RULES:
        number += 1
        province, id = f"外省{number:03}", f"elsewhere-{number:03}"
        shutil.copytree(rules / POLICY, rules / id, ignore=shutil.ignore_patterns("vocabulary.yaml"))
        header = rules / id / "policy.yaml"
        text = _ID_LINE.sub(f"id: {id}", header.read_text(encoding="utf-8"))
        header.write_text(_PLACE_LINE.sub(f"jurisdiction: {province}/外市", text), encoding="utf-8")
        places.append(f"  - {{path: {province}, kind: province, en: Elsewhere {number}}}")
        places.append(f"  - {{path: {province}/外市, kind: city, en: Elsewhere city {number}}}")
        made += per_policy
    (rules / "vocabulary" / "elsewhere.yaml").write_text("\n".join(places) + "\n", encoding="utf-8")
    return rules
