"""Answers under other readings: what each changes, and that nothing else does."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import evaluator
from evaluator.audit.readings import alternatives
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, UnderReading
from evaluator.rulebook.alternatives import under
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.overrides import parse_override
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.shipped import rules_folder

HENAN, CHENGDE = "河南省/郑州市", "河北省/承德市"
CQA, GOVERNOR = ({"奖项": prize, "获奖日期": "2019-09-01"} for prize in ("中国质量奖", "省长质量奖"))


@cache
def shipped() -> Rulebook:
    return load_rulebook(rules_folder())


def asked(kind: str, place: str, day: str, facts: dict[str, Any], *rules: str) -> Decision:
    profile = make_profile({"kind": kind, "jurisdiction": place, **facts}, shipped())
    return decide(shipped(), profile, as_of=date.fromisoformat(day), rules=rules)


def row(decision: Decision, of: str, id: str) -> UnderReading:
    (found,) = (row for row in alternatives(decision).rows if (row.alternative.of, row.alternative.id) == (of, id))
    return found


CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "readings.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}:{case['reading']}")
def test_shipped_readings_change_what_they_say(case: dict[str, Any]) -> None:
    decision = asked(case["kind"], case["place"], str(case["day"]), case["given"], case["rule"])
    found = row(decision, case["rule"], case["reading"])
    assert found.finding is not None
    assert found.other is not None
    assert [found.finding.outcome.value, found.other.outcome.value] == case["outcome"]
    assert found.changes == found.differs == (found.finding.outcome != found.other.outcome)
    if "amount" in case:
        assert found.after is not None
        assert (found.after.guaranteed, found.after.potential) == (case["amount"], case["amount"])
        assert found.totals.guaranteed == case["amount"]


def test_trees_are_read_otherwise_with_their_totals() -> None:
    decision = asked("enterprise", HENAN, "2020-12-31", {"facts": {"荣誉": [CQA, GOVERNOR]}})
    assert (decision.totals.guaranteed, decision.totals.potential) == (5_000_000, 6_000_000)
    for id, amount in (("all-add-up", 6_000_000), ("highest-only", 5_000_000)):
        found = row(decision, "henan-2018/quality-awards", id)
        assert found.after is not None
        assert (found.after.guaranteed, found.after.potential) == (amount, amount)
        assert (found.totals.guaranteed, found.totals.potential) == (amount, amount)
        assert found.changes
        assert found.differs


def test_an_award_that_a_reading_takes_away_leaves_its_tree() -> None:
    decision = asked("association", HENAN, "2020-12-31", {"facts": {"荣誉": [CQA, GOVERNOR]}})
    found = row(decision, "henan-2018/china-quality-award", "enterprises-only")
    assert (found.totals.guaranteed, found.totals.potential) == (1_000_000, 1_000_000)


def test_a_reading_is_the_answer_of_a_rulebook_so_written() -> None:
    """Worked out from the alternative, and from the rule with those values put in by `--set`."""
    rule = "henan-2018/china-quality-award"
    found = row(asked("association", HENAN, "2020-12-31", {"facts": {"荣誉": [CQA]}}), rule, "enterprises-only")
    changed = load_rulebook(rules_folder(), overrides=[parse_override(f"{rule}.for=enterprise")])
    profile = make_profile({"kind": "association", "jurisdiction": HENAN, "facts": {"荣誉": [CQA]}}, changed)
    (other,) = decide(changed, profile, as_of=date(2020, 12, 31), rules=[rule]).findings
    assert found.other is not None
    assert (found.other.outcome, found.other.amount) == (other.outcome, other.amount)


def test_only_rules_of_the_answer_are_read_otherwise() -> None:
    decision = asked("enterprise", CHENGDE, "2025-06-30", {}, "chengde-2023/standards-leading")
    found = alternatives(decision)
    assert {row.alternative.of for row in found.rows} == {"chengde-2023/standards-leading"}
    rule = shipped().rules["chengde-2023/standards-leading"]
    assert found.told_only == sum(len(reading.alternatives) for reading in rule.readings) - len(found.rows)


def test_each_reading_is_worked_out_once_for_a_whole_answer() -> None:
    decision = asked("province", "河南省", "2021-01-31", {"metrics": {"工业强镇数": {2020: 1}}})
    rows = alternatives(decision).rows
    assert len({(row.id, row.alternative.id) for row in rows}) == len(rows)
    assert [row.alternative.of for row in rows if row.changes] == ["henan-2018/industrial-towns"]


def test_a_rule_read_otherwise_alone_comes_out_as_in_a_whole_answer() -> None:
    profile = make_profile(
        {"kind": "province", "jurisdiction": "河南省", "metrics": {"工业强镇数": {2020: 1}}}, shipped()
    )
    decision = decide(shipped(), profile, as_of=date(2021, 1, 31))
    for found in alternatives(decision).rows:
        whole = decide(under(shipped(), found.alternative), profile, as_of=date(2021, 1, 31))
        assert found.other is not None
        (same,) = (finding for finding in whole.findings if finding.id == found.id)
        assert (same.outcome, same.gap, same.amount) == (found.other.outcome, found.other.gap, found.other.amount)
        assert found.totals == whole.totals


def test_it_is_a_public_name() -> None:
    assert evaluator.alternatives is alternatives
