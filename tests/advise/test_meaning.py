"""What a change of the rules means: seeded changes are reported as what they are, each with a true witness."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from evaluator.advise.meaning import Change, changes, reworded
from evaluator.advise.solved import Solved
from evaluator.advise.witness import compared
from evaluator.engines.decide import decide
from evaluator.rulebook import model
from evaluator.testing import variants_of
from tests.advise.world import rulebook
from tests.agreement import small
from tests.agreement.shipped import shipped

OLD = """
incentives:
  - id: grant
    when: {all: [投资额 >= 100万元, {not: 假}, '等级 in ("中", "高")']}
    amount: {rate: 5%, base: 投资额, cap: 50万元}
  - id: listed
    each: 项目
    judged_by: 日期
    when: {all: [通过, {any: ['级别 = "国际"', 份数 > 3]}]}
    amount: {table: {by: 级别, rows: {国际: 30万元, 国家: 20万元}}}
targets:
  - id: rate
    metric: 率
    schedule: [{by: 2025, test: '>= 94%'}]
obligations:
  - id: set-up
    for: [city]
    requires: 已设立
    due: 2024-12-31
stacking:
  - id: highest
    scope: entity
    highest_of: [grant, listed]
"""

CHANGES: dict[str, tuple[str, str, str, str]] = {
    "swapped operator": ("投资额 >= 100万元", "投资额 > 100万元", "grant", "less-generous"),
    "shifted figure of a condition": ("投资额 >= 100万元", "投资额 >= 80万元", "grant", "more-generous"),
    "shifted amount": ("国际: 30万元", "国际: 25万元", "listed", "less-generous"),
    "dropped exclusion": ("{not: 假}, ", "", "grant", "more-generous"),
    "added condition": ("{not: 假}", "真, {not: 假}", "grant", "less-generous"),
    "wider choice": ('("中", "高")', '("低", "中", "高")', "grant", "more-generous"),
    "shifted rate": ("rate: 5%", "rate: 4%", "grant", "less-generous"),
    "shifted cap": ("cap: 50万元", "cap: 60万元", "grant", "more-generous"),
    "dropped row": (", 国家: 20万元", "", "listed", "less-generous"),
    "shifted figure of an entry": ("份数 > 3", "份数 >= 3", "listed", "more-generous"),
    "both ways": ("国际: 30万元, 国家: 20万元", "国际: 35万元, 国家: 10万元", "listed", "incomparable"),
    "stricter target": ("'>= 94%'", "'>= 95%'", "rate", "stricter"),
    "looser target": ("'>= 94%'", "'>= 93.5%'", "rate", "looser"),
    "other deadline": ("due: 2024-12-31", "due: 2026-12-31", "set-up", "looser"),
    "softer duty": ("requires: 已设立", "requires: 已设立\n    modality: encourage", "set-up", "looser"),
}
SAME = {
    "order of conditions": ("[投资额 >= 100万元, {not: 假},", "[{not: 假}, 投资额 >= 100万元,"),
    "comparison turned round": ("投资额 >= 100万元", "{not: 投资额 < 100万元}"),
    "double negation": ("[通过,", "[{not: {not: 通过}},"),
    "another unit": ("投资额 >= 100万元", "投资额 >= 1000000元"),
    "order of rows": ("国际: 30万元, 国家: 20万元", "国家: 20万元, 国际: 30万元"),
    "another title": ("  - id: grant\n", "  - id: grant\n    title: {zh: 另名, en: another}\n"),
}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> model.Rulebook:
    return rulebook(OLD, tmp_path_factory.mktemp("old"))


def assert_true(old: model.Rulebook, new: model.Rulebook, change: Change) -> None:
    """Each witness gives under either rulebook, whole, what it is said to give, and the two differ."""
    for witness in change.witnesses:
        sides = []
        for book, said in ((old, witness.before), (new, witness.after)):
            found = {
                one.id: one for one in decide(book, witness.profile, as_of=witness.as_of, rules=[change.id]).findings
            }
            now = found.get(witness.finding)
            assert (now is None) is (said is None)
            if now is not None and said is not None:
                assert (now.outcome, now.breach, now.amount) == (said.outcome, said.breach, said.amount)
            sides.append(now)
        assert compared(*sides) is not None


@pytest.mark.parametrize("name", CHANGES)
def test_a_seeded_change_is_reported_as_what_it_is(name: str, old: model.Rulebook, tmp_path: Path) -> None:
    before, after, id, verdict = CHANGES[name]
    assert before in OLD
    new = rulebook(OLD.replace(before, after), tmp_path)
    (change,) = changes(old, new)
    assert (change.id, change.verdict) == (f"test-2023/{id}", verdict)
    assert change.proved
    assert change.witnesses
    assert_true(old, new, change)


@pytest.mark.parametrize("name", SAME)
def test_what_only_looks_different_is_proved_equivalent(name: str, old: model.Rulebook, tmp_path: Path) -> None:
    before, after = SAME[name]
    assert before in OLD
    new = rulebook(OLD.replace(before, after), tmp_path)
    assert changes(old, new) == ()
    assert new.files != old.files
    assert len(reworded(old, new)) <= 1


def test_a_duplicated_award_is_said_to_be_like_the_other(old: model.Rulebook, tmp_path: Path) -> None:
    grant = OLD[OLD.index("  - id: grant") : OLD.index("  - id: listed")]
    new = rulebook(OLD.replace("  - id: listed", grant.replace("id: grant", "id: again") + "  - id: listed"), tmp_path)
    (change,) = changes(old, new)
    assert (change.id, change.verdict, change.like) == ("test-2023/again", "added", "test-2023/grant")


def test_a_removed_rule_is_shown_with_whom_it_was_for(old: model.Rulebook, tmp_path: Path) -> None:
    new = rulebook(OLD[: OLD.index("obligations:")] + OLD[OLD.index("stacking:") :], tmp_path)
    (change,) = changes(old, new)
    assert change.verdict == "removed"
    assert change.witnesses[0].before is not None
    assert change.witnesses[0].after is None


@pytest.mark.parametrize(
    ("tree", "verdict"),
    [("silent: [grant, listed]", "more-generous"), ("sum: {of: [grant, listed], cap: 1万元}", "less-generous")],
)
def test_another_way_of_combining_is_shown_by_the_total(
    tree: str, verdict: str, old: model.Rulebook, tmp_path: Path
) -> None:
    new = rulebook(OLD.replace("highest_of: [grant, listed]", tree), tmp_path)
    (change,) = changes(old, new)
    assert (change.id, change.verdict, change.stacking) == ("test-2023/highest", verdict, True)
    assert change.totals is not None
    assert change.totals[0] != change.totals[1]


def test_a_rule_that_nobody_can_meet_any_more_is_said_to_be_unreachable(old: model.Rulebook, tmp_path: Path) -> None:
    new = rulebook(OLD.replace("{not: 假}", "{not: 假}, 假"), tmp_path)
    (change,) = changes(old, new)
    assert change.unreachable


def test_of_two_conditions_that_no_form_shows_to_be_one_nothing_is_claimed(tmp_path: Path) -> None:
    rules = """
    supports:
      - id: help
        when: {WHEN}
    """
    one, other = (
        rulebook(dedent(rules).replace("{WHEN}", when), tmp_path / name)
        for name, when in (("a", "{any: [真, {all: [真, 假]}]}"), ("b", "真"))
    )
    (change,) = changes(one, other)
    assert (change.verdict, change.proved) == ("unproved", False)


def test_a_smallest_witness_gives_no_fact_that_the_difference_does_not_need(
    old: model.Rulebook, tmp_path: Path
) -> None:
    new = rulebook(OLD.replace("'>= 94%'", "'>= 95%'"), tmp_path)
    (change,) = changes(old, new)
    (witness,) = change.witnesses
    assert witness.profile.facts == {}
    assert [len(years) for years in witness.profile.metrics.values()] == [1]


@pytest.mark.parametrize("policy", ["chengde-2023", "henan-2018"])
def test_every_other_version_of_a_shipped_award_is_told_from_it(policy: str) -> None:
    from dataclasses import replace

    for id, rule in shipped().rules.items():
        if rule.policy.id != policy or rule.kind != "incentive":
            continue
        one = replace(shipped(), rules={id: rule}, stackings=())
        for variant in variants_of(rule):
            (change,) = changes(one, replace(one, rules={id: variant}))
            assert change.witnesses, indent(str(variant), "  ")
            assert_true(one, replace(one, rules={id: variant}), change)


PAID = """
incentives:
  - id: a
    judged_by: 成立日期
    when: 真
    amount: 5% * 投资额
    HOW
"""
LATER = """on: '成立日期 + duration("P1Y")'"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            f"instalments: [{{share: 50%}}, {{share: 50%, {LATER}}}]",
            f"instalments: [{{share: 60%}}, {{share: 40%, {LATER}}}]",
        ),
        (
            "payers: [{payer: {zh: 市, en: city}, share: 50%}, {payer: {zh: 县, en: county}, share: 50%}]",
            "payers: [{payer: {zh: 市, en: city}, share: 60%}, {payer: {zh: 县, en: county}, share: 40%}]",
        ),
    ],
)
def test_a_change_of_who_pays_or_when_is_never_called_equivalent(one: str, other: str) -> None:
    books = [small.rulebook(PAID.replace("HOW", how)) for how in (one, other)]
    (change,) = changes(books[0], books[1], Solved())
    assert change.verdict not in ("equivalent", "unproved")
    witness = change.witnesses[0]
    assert witness.before is not None
    assert witness.after is not None
    assert witness.before.amount is not None
    assert witness.after.amount is not None
    assert witness.before.amount.lines != witness.after.amount.lines


@pytest.mark.parametrize(
    "how", [f"instalments: [{{share: 100%, {LATER}}}]", "payers: [{payer: {zh: 市, en: city}, share: 100%}]"]
)
def test_the_same_payment_written_otherwise_is_proved_equivalent(how: str) -> None:
    old = small.rulebook(PAID.replace("HOW", how))
    new = small.rulebook(PAID.replace("HOW", how).replace("when: 真", "when: not(not(真) or 真 and not(真))"))
    assert [change.verdict for change in changes(old, new, Solved())] in ([], ["equivalent"])
