"""Budgets shared by many profiles, worked out by hand."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator.audit.pools import Shared, share_out
from evaluator.cli import main
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, make_profile
from tests.rulebook.tiny import copy_tiny

AWARD = """
incentives:
  - id: grant
    title: {zh: 补助, en: grant}
    cite: {article: 九, sentence: 1}
    for: enterprise
    modality: must
    amount: 投资额
stacking:
  - id: budget
    title: {zh: 补助预算, en: budget of the grant}
    scope: entity
    pool: {of: [grant], budget: 100万元, exceeded: EXCEEDED}
"""
DAY = date(2025, 6, 30)


def book(folder: Path, exceeded: str) -> Rulebook:
    tiny = copy_tiny(folder)
    tiny.write("tiny-2023/more.yaml", AWARD.replace("EXCEEDED", exceeded))
    return tiny.load()


def firms(rulebook: Rulebook, *facts: dict[str, object]) -> list[Profile]:
    return [
        make_profile({"kind": "enterprise", "name": name, "jurisdiction": "甲省/乙市", "facts": given}, rulebook)
        for name, given in zip("甲乙丙丁", facts, strict=False)
    ]


def paid(shared: Shared) -> list[tuple[object, object]]:
    return [claim.paid for claim in shared.claims]


def test_all_are_paid_in_full_within_the_budget(tmp_path: Path) -> None:
    rulebook = book(tmp_path, "proportional")
    (shared,) = share_out(rulebook, firms(rulebook, {"投资额": 60}, {"投资额": 40}), as_of=DAY)
    assert paid(shared) == [(600_000, 600_000), (400_000, 400_000)]
    assert shared.factor == (1, 1)


def test_beyond_the_budget_all_get_the_same_share_of_their_claims(tmp_path: Path) -> None:
    rulebook = book(tmp_path, "proportional")
    (shared,) = share_out(rulebook, firms(rulebook, {"投资额": 100}, {"投资额": 50}), as_of=DAY)
    assert shared.factor == (Fraction(2, 3), Fraction(2, 3))
    assert paid(shared) == [(Fraction("666666.66"),) * 2, (Fraction("333333.33"),) * 2]
    assert shared.paid[1] is not None
    assert shared.paid[1] <= shared.pool.budget


def test_an_open_claim_leaves_the_share_of_the_others_open(tmp_path: Path) -> None:
    rulebook = book(tmp_path, "proportional")
    (shared,) = share_out(rulebook, firms(rulebook, {"投资额": 100}, {}), as_of=DAY)
    assert shared.claims[0].paid == (Fraction("999.00"), 1_000_000)  # 100万元 of at most 100万元 + 10亿元
    assert shared.claims[1].paid == (0, Fraction("999000.99"))


def test_in_order_the_first_are_paid_in_full(tmp_path: Path) -> None:
    rulebook = book(tmp_path, "{by: 成立日期}")
    given: list[dict[str, object]] = [
        {"投资额": 70, "成立日期": "2020-05-01"},
        {"投资额": 70, "成立日期": "2019-05-01"},
        {"投资额": 70, "成立日期": "2021-05-01"},
    ]
    (shared,) = share_out(rulebook, firms(rulebook, *given), as_of=DAY)
    assert paid(shared) == [(300_000, 300_000), (700_000, 700_000), (0, 0)]


@pytest.mark.parametrize(("day", "expected"), [("2019", (300_000, 700_000)), ("2020", (300_000, 300_000))])
def test_an_open_day_leaves_the_order_open(tmp_path: Path, day: str, expected: tuple[int, int]) -> None:
    rulebook = book(tmp_path, "{by: 成立日期}")
    other: dict[str, object] = {"投资额": 70, "成立日期": "2019-06-01"}
    (shared,) = share_out(rulebook, firms(rulebook, {"投资额": 70, "成立日期": day}, other), as_of=DAY)
    assert shared.claims[0].paid == expected


def test_nobody_with_a_claim_is_no_pool(tmp_path: Path) -> None:
    rulebook = book(tmp_path, "proportional")
    assert share_out(rulebook, firms(rulebook, {"投资额": 0}), as_of=DAY) == ()


def test_the_command_tells_claims_and_payments(tmp_path: Path) -> None:
    book(tmp_path, "proportional")
    for name, sum_ in (("a", 100), ("b", 100)):
        text = f"{{kind: enterprise, name: {name}, jurisdiction: 甲省/乙市, facts: {{投资额: {sum_}}}}}"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    args = ["pool", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--as-of", "2025-06-30"]
    args += ["--rules", str(tmp_path / "rules")]
    told = CliRunner().invoke(main, [*args, "--format", "json"])
    assert told.exit_code == 0, told.output
    (one,) = json.loads(told.output)
    assert one["paid"] == {"guaranteed": "1000000", "potential": "1000000"}
    assert one["factor"] == {"low": "1/2", "high": "1/2"}
    assert "50%" in CliRunner().invoke(main, [*args, "--lang", "en"]).output
