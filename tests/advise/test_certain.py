"""What is certain, and the smallest set of given facts that decides it, against all subsets."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings

from evaluator.advise.certain import certain, given_facts, hidden
from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from tests.advise.test_paths import profiles
from tests.advise.world import asker


@settings(derandomize=True, deadline=None, max_examples=150)
@given(facts=profiles())
def test_the_facts_named_decide_it_and_no_fewer_do(facts: dict[str, object]) -> None:
    asked = asker(facts)
    for one in certain(asked):
        assert one.smallest
        amount = one.finding.amount

        def decides(kept: tuple[object, ...]) -> bool:
            profile = hidden(asked.profile, kept)  # type: ignore[arg-type]  # facts given
            found = decide(asked.rulebook, profile, as_of=asked.as_of, rules=[one.finding.rule.id]).findings[0]  # noqa: B023 - asked at once
            same = amount is None or found.amount is None or found.amount.guaranteed == amount.guaranteed  # noqa: B023 - as above
            return found.outcome is one.finding.outcome and same  # noqa: B023 - as above

        assert decides(one.facts)
        everything = tuple(given_facts(asked.profile, asked.rulebook))
        for size in range(min(len(one.facts), 3)):
            assert not any(decides(kept) for kept in combinations(everything, size))


def test_of_several_facts_that_would_each_do_one_is_named() -> None:
    found = {one.finding.id: one for one in certain(asker({"真": True, "等级": "高", "某数": 1}))}
    assert len(found["test-2023/either"].facts) == 1


def test_what_is_open_is_not_called_certain() -> None:
    found = certain(asker({"真": True}))
    assert [one.finding.id for one in found if one.finding.outcome is Outcome.UNKNOWN] == []
    assert "test-2023/invested" not in {one.finding.id for one in found}


def test_only_the_entries_and_fields_that_matter_are_named() -> None:
    items = [
        {"级别": "国际", "日期": "2024-05-01", "通过": True, "份数": 3},
        {"级别": "国家", "日期": "2024-05-01", "通过": False},
    ]
    found = {one.finding.id: one for one in certain(asker({"项目": items}))}
    assert [given.path for given in found["test-2023/listed"].facts] == ["项目[1].级别", "项目[1].日期", "项目[1].通过"]
