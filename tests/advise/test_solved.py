"""What the solver adds: exact ranges where numbers are missing, and proof that rules written otherwise are the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.advise.asking import Asker
from evaluator.advise.meaning import changes
from evaluator.advise.next_questions import is_open
from evaluator.advise.ranges import spread
from evaluator.advise.solved import Solved, installed
from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from evaluator.engines.smt.unsupported import unsupported
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import make_profile
from evaluator.testing import variants_of
from tests.advise.world import rulebook
from tests.agreement import small
from tests.test_docs import write

# z3 comes with the extra `prove`; what needs no solver is tested beside this file without it.
pytestmark = pytest.mark.skipif(not installed(), reason="the solver's library is an extra")

RULES = """
incentives:
  - id: either-side
    when: {any: [某数 >= 3, 某数 < 3]}
    amount: 1万元
  - id: both-read-it
    when: 真
    amount: (if 某数 >= 5 then 3万元 else 1万元) + (if 某数 < 5 then 3万元 else 1万元)
  - id: stepped
    when: {any: [真, 某数 > 7]}
    amount: {table: {by: [某数], hit: C+, rows: [{if: ['> 2'], then: 2万元}, {if: ['<= 4'], then: 1万元}]}}
  - id: of-items
    each: 项目
    judged_by: 日期
    when: {any: [通过, 份数 >= 4]}
    amount: {table: {by: 级别, rows: {国际: 3万元, 国家: 2万元}}}
"""
ITEM = st.fixed_dictionaries(
    {"日期": st.just("2024-05-01")},
    optional={
        "通过": st.booleans(),
        "级别": st.sampled_from(("国际", "国家", "行业")),
        "份数": st.sampled_from((3, 4)),
    },
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(RULES, tmp_path_factory.mktemp("solved"))


def asked(book: Rulebook, facts: dict[str, object]) -> Asker:
    return Asker(book, make_profile(small.enterprise(facts), book), date(2025, 6, 30))


def completions(facts: dict[str, object]) -> list[dict[str, object]]:
    """Every way of filling in what is missing, with values on both sides of each figure of the rules."""
    numbers = [Fraction(n, 2) for n in range(21)]
    own = [
        [{**facts, "某数": number, "真": flag}]
        for number in ([facts["某数"]] if facts.get("某数") is not None else numbers)
        for flag in ([facts["真"]] if facts.get("真") is not None else [True, False])
    ]
    items = facts.get("项目")
    assert isinstance(items, list)
    filled = [
        [
            {**item, "通过": passed, "级别": level, "份数": parts}
            for passed in ([item["通过"]] if "通过" in item else [True, False])
            for level in ([item["级别"]] if "级别" in item else ["国际", "国家", "行业"])
            for parts in ([item["份数"]] if "份数" in item else [3, 4])
        ]
        for item in items
    ]
    return [{**one, "项目": list(chosen)} for (one,) in own for chosen in product(*filled)]


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    number=st.sampled_from((None, 0, 3, 4, 5, 8)),
    flag=st.sampled_from((None, True, False)),
    items=st.lists(ITEM, max_size=1),
)
def test_the_range_equals_brute_force(
    book: Rulebook, number: int | None, flag: bool | None, items: list[dict[str, object]]
) -> None:
    facts: dict[str, object] = {"某数": number, "真": flag, "项目": items}
    asker = asked(book, facts)
    for finding in asker.decision.findings:
        if not is_open(finding):
            continue
        amounts, outcomes = set(), set()
        for whole in completions(facts):
            profile = make_profile(small.enterprise(whole), book)
            found = decide(book, profile, as_of=asker.as_of, rules=[finding.rule.id]).findings[0]
            assert found.amount is not None
            amounts.add(found.amount.guaranteed)
            outcomes.add(found.outcome)
        over = spread(asker, finding, Solved())
        assert over.exact
        assert (over.low, over.high, over.outcomes) == (min(amounts), max(amounts), frozenset(outcomes)), finding.id
        assert finding.amount is not None
        assert finding.amount.guaranteed <= over.low
        assert finding.amount.potential is None or (over.high is not None and over.high <= finding.amount.potential)


def test_a_figure_or_its_opposite_is_settled(book: Rulebook) -> None:
    asker = asked(book, {"真": True})
    finding = next(one for one in asker.decision.findings if one.id == "test-2023/either-side")
    assert finding.outcome is Outcome.UNKNOWN
    over = spread(asker, finding, Solved())
    assert (over.outcomes, over.low, over.high) == (frozenset({Outcome.SATISFIED}), 10_000, 10_000)


def test_a_list_that_may_hold_more_is_left_to_the_interval(book: Rulebook) -> None:
    asker = asked(book, {})
    finding = next(one for one in asker.decision.findings if one.id == "test-2023/of-items")
    assert not spread(asker, finding, Solved()).exact


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{any: [真, {all: [真, 假]}]}", "真"),
        ("{all: [投资额 >= 100万元, 投资额 >= 80万元]}", "投资额 >= 100万元"),
        ("{any: [{all: [真, 假]}, {all: [真, {not: 假}]}]}", "{all: [真, {any: [假, {not: 假}]}]}"),
        ("投资额 + 投资额 >= 200万元", "投资额 >= 100万元"),
    ],
)
def test_rules_that_no_profile_tells_apart_are_proved_equivalent(one: str, other: str, tmp_path: Path) -> None:
    rules = "supports:\n  - id: help\n    when: {}\n"
    books = [rulebook(rules.replace("{}", text), tmp_path / str(index)) for index, text in enumerate((one, other))]
    (change,) = changes(books[0], books[1], Solved())
    assert (change.verdict, change.proved) == ("equivalent", True)


SHARED = """
incentives:
  - id: first
    judged_by: 成立日期
    when: {first}
    amount: {amount}
  - id: half
    judged_by: 成立日期
    when: {half}
    amount: 'award("first") * 50%'
"""


@pytest.mark.parametrize("solver", [None, Solved()])
def test_a_rule_that_reads_a_changed_award_changes_with_it(solver: Solved | None, tmp_path: Path) -> None:
    texts = [SHARED.format(first="真", half="假 or 真", amount=amount) for amount in ("4万元", "6万元")]
    books = [rulebook(text, tmp_path / str(index)) for index, text in enumerate(texts)]
    first, half = changes(books[0], books[1], solver)
    assert (first.id, first.verdict, first.through) == ("test-2023/first", "more-generous", ())
    assert (half.id, half.verdict, half.through) == ("test-2023/half", "more-generous", ("test-2023/first",))
    (witness,) = half.witnesses
    assert witness.before is not None
    assert witness.after is not None
    assert witness.before.amount is not None
    assert witness.after.amount is not None
    assert (witness.before.amount.guaranteed, witness.after.amount.guaranteed) == (20_000, 30_000)


@pytest.mark.parametrize(
    ("first", "half", "told"),
    [
        ("真", "{any: [真, {all: [假, {any: [真, 假]}]}]}", {"half": "equivalent"}),
        ("{all: [真, {any: [真, 假]}]}", "{any: [假, 真]}", {"first": "equivalent"}),
        (
            "{all: [真, {any: [真, 假]}]}",
            "{any: [真, {all: [假, {any: [真, 假]}]}]}",
            {"first": "equivalent", "half": "equivalent"},
        ),
    ],
)
def test_rules_that_read_awards_are_compared_by_solver(
    first: str, half: str, told: dict[str, str], tmp_path: Path
) -> None:
    texts = (
        SHARED.format(first="真", half="{any: [假, 真]}", amount="4万元"),
        SHARED.format(first=first, half=half, amount="4万元"),
    )
    books = [rulebook(text, tmp_path / str(index)) for index, text in enumerate(texts)]
    found = changes(books[0], books[1], Solved())
    assert {change.id.removeprefix("test-2023/"): change.verdict for change in found} == told
    assert all(change.proved for change in found)


def test_of_a_rule_that_reads_another_award_than_before_nothing_is_claimed(tmp_path: Path) -> None:
    text = SHARED.format(first="真", half="真", amount="4万元")
    other = text.replace("- id: first", "- id: second").replace('award("first")', 'award("second")')
    books = [rulebook(one, tmp_path / str(index)) for index, one in enumerate((text, other))]
    assert Solved().equivalent(books[0], books[1], "test-2023/half") is None


def test_a_difference_that_no_boundary_case_shows_is_found_with_a_true_witness(tmp_path: Path) -> None:
    rules = "supports:\n  - id: help\n    when: {}\n"
    texts = ("{any: [真, {all: [真, 假]}]}", "{any: [真, {all: [假, 未知, '颜色 = \"红\"', 某数 > 9]}]}")
    books = [rulebook(rules.replace("{}", text), tmp_path / str(index)) for index, text in enumerate(texts)]
    (change,) = changes(books[0], books[1], Solved())
    assert change.witnesses
    assert change.verdict == "more-generous"


@pytest.mark.parametrize(("page", "every"), [("guide.zh.md", 1), ("cookbook.zh.md", 6)])
def test_of_every_seeded_change_of_the_drafters_pages_the_meaning_is_told(
    page: str, every: int, tmp_path: Path
) -> None:
    """Each other version of a rule is told from it by a witness that both engines agree on, or proved equivalent."""
    write(page, tmp_path)
    book = replace(load_rulebook(tmp_path / "rules"), stackings=())
    variants = [variant for rule in book.rules.values() for variant in variants_of(rule)][::every]
    assert len(variants) > 25
    for variant in variants:
        found = changes(book, replace(book, rules={**book.rules, variant.id: variant}), Solved(60_000))
        (change,) = (one for one in found if not one.through)
        assert all(variant.id in one.through for one in found if one.through)
        if not change.witnesses and unsupported(book, (variant,)):
            assert change.verdict == "unproved", variant.id  # what the solver does not compare is not claimed
            continue
        assert change.witnesses or change.verdict == "equivalent", variant.id
        assert change.proved
