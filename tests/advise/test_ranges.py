"""The exact range of an open award: what all completions agree on is settled, and it lies within decide's interval."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings

from evaluator.advise.next_questions import is_open
from evaluator.advise.ranges import settled, spread
from evaluator.engines.decide import decide
from evaluator.engines.decision import Finding, Outcome
from evaluator.rulebook.profile import make_profile
from tests.advise.test_paths import profiles
from tests.advise.world import asker, world
from tests.agreement.small import enterprise


def finding(facts: dict[str, object], rule: str) -> Finding:
    return next(one for one in asker(facts).decision.findings if one.id == f"test-2023/{rule}")


def test_a_fact_or_its_opposite_is_settled() -> None:
    asked = asker({"颜色": "蓝"})
    assert finding({"颜色": "蓝"}, "either-way").outcome is Outcome.UNKNOWN
    found = {one.id: over for one, over in settled(asked)}
    over = found["test-2023/either-way"]
    assert (over.outcomes, over.low, over.high, over.exact) == (frozenset({Outcome.SATISFIED}), 50_000, 50_000, True)


def test_a_table_over_an_open_choice_has_its_least_row_for_certain() -> None:
    over = {one.id: over for one, over in settled(asker({}))}["test-2023/either-way"]
    assert (over.low, over.high) == (20_000, 50_000)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(facts=profiles())
def test_the_range_equals_brute_force_where_few_values_are_missing(facts: dict[str, object]) -> None:
    shown = {word: value for word, value in facts.items() if word in ("颜色", "未知", "真")}
    known = {"投资额": 80, "等级": "低", "某数": 9, "项目": [], **shown}
    asked = asker(known)
    missing = [word for word in ("颜色", "未知", "真") if known[word] is None]
    domains = {"颜色": ("红", "蓝"), "未知": (True, False), "真": (True, False)}
    for one in asked.decision.findings:
        if not is_open(one) or one.amount is None:
            continue
        ends, outcomes = [], set()
        for values in product(*(domains[word] for word in missing)):
            profile = make_profile(enterprise({**known, **dict(zip(missing, values, strict=True))}), world())
            found = decide(world(), profile, as_of=asked.as_of, rules=[one.rule.id]).findings[0]
            assert found.amount is not None
            ends.append(found.amount.guaranteed)
            outcomes.add(found.outcome)
        over = spread(asked, one)
        assert over.exact
        assert (over.low, over.high, over.outcomes) == (min(ends), max(ends), frozenset(outcomes))
        assert one.amount.guaranteed <= over.low
        assert one.amount.potential is None or (over.high is not None and over.high <= one.amount.potential)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(facts=profiles())
def test_the_range_always_lies_within_the_interval_of_decide(facts: dict[str, object]) -> None:
    asked = asker(facts)
    for one in asked.decision.findings:
        if one.amount is not None and one.amount.stated:
            over = spread(asked, one)
            assert one.amount.guaranteed <= over.low
            assert one.amount.potential is None or (over.high is not None and over.high <= one.amount.potential)


def test_a_missing_number_leaves_the_ends_unproved() -> None:
    asked = asker({"真": True})
    assert not spread(asked, next(one for one in asked.decision.findings if one.id == "test-2023/invested")).exact
