"""The compiled engine: the same answers as `decide` by either path, and no other path where all is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

import evaluator
from evaluator.engines.compiled import Brief, Compiled, runtime
from evaluator.engines.compiled.decider import Decider
from evaluator.engines.compiled.general import General
from evaluator.rulebook.model import Award, Rulebook
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.values import Interval
from tests.agreement.batches import SEEDS, random_batch
from tests.agreement.engines import COMPILED, Answer, Batch, Engine, by_decide, disagreements
from tests.agreement.shipped import shipped
from tests.agreement.small import answer, enterprise, rulebook

AS_OF = date(2025, 6, 30)
BOOK = """
incentives:
  - id: a
    each: 项目
    judged_by: 日期
    when: '级别 in ("国际", "国家") and 份数 / 2 >= 1'
    amount: {table: {by: 级别, rows: {国际: 30万元, 国家: 0.005元}}}
  - id: b
    when: '某数 > 1 / 3 and max(项目.增减) >= 0'
    amount: {steps: {base: 某数, every: '1', amount: 1万元, count: pro-rata}}
  - id: c
    when: 真
    amount: unstated
supports:
  - id: d
    when: 'some x in 项目 satisfies x.通过 and x.日期.year = 2024'
stacking:
  - id: tree
    scope: item
    highest_of: [a, b]
"""
ITEM = {"级别": "国际", "份数": 2, "增减": 0, "通过": True, "日期": "2024-05-01"}
KNOWN = {"项目": [ITEM, {**ITEM, "级别": "国家"}, {**ITEM, "份数": 1}], "某数": "2.5", "真": True}


def asked(book: Rulebook, data: dict[str, object]) -> Batch:
    """One profile, with what `decide` answers."""
    profiles = (make_profile(data, book),)
    return Batch("one", book, profiles, AS_OF, tuple(by_decide(book, profiles, AS_OF)))


def refuse(self: object, number: int, profile: Profile) -> object:
    raise AssertionError(f"rule {number} left the generated code")


def test_what_is_exactly_known_is_answered_by_generated_code_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Decider, "slow_award", refuse)
    monkeypatch.setattr(Decider, "slow_duty", refuse)
    book = rulebook(BOOK)
    batch = asked(book, enterprise(KNOWN))
    assert not list(disagreements(COMPILED, batch))
    [row] = [row for row in batch.expected[0].rows if row[0].endswith("/a")]
    assert row[3:] == (Fraction(30_000_001, 100), Fraction(30_000_001, 100), True)
    with pytest.raises(AssertionError, match="left the generated code"):
        evaluator.compile(book, as_of=AS_OF)(make_profile(enterprise({**KNOWN, "某数": None}), book))


@pytest.mark.parametrize("missing", sorted(KNOWN))
def test_a_missing_fact_is_answered_as_decide_answers_it(missing: str) -> None:
    facts = {word: value for word, value in KNOWN.items() if word != missing}
    batch = asked(rulebook(BOOK), enterprise(facts))
    assert "unknown" in {row[1] for row in batch.expected[0].rows}
    assert not list(disagreements(COMPILED, batch))


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_the_general_path_answers_what_is_known_too(seed: int) -> None:
    batch = random_batch(seed)[0]
    assert not list(disagreements(Engine("general path", _by_general_path, _drafts), batch))


def _drafts(book: Rulebook) -> dict[str, str]:
    return {rule.id: "a draft has no path" for rule in book.rules.values() if rule.stub}


def _by_general_path(book: Rulebook, profiles: Sequence[Profile], as_of: date) -> list[Answer]:
    """Every rule on the general path; trees and totals left out."""
    answers: list[Answer] = []
    general = General(book.vocabulary, as_of)
    for profile in profiles:
        rules = book.candidates(profile.place, profile.kind)
        decider = Decider(book, rules, profile.kind, profile.place, general)
        found: list[Brief] = []
        for number, rule in enumerate(rules):
            if isinstance(rule, Award):
                found.append(decider.slow_award(number, profile)[0])
            elif not rule.stub:
                found += decider.slow_duty(number, profile)
        answers.append(Answer(tuple((brief[0], brief[1].value, *brief[2:]) for brief in found), None, None))
    return answers


def test_places_that_the_same_rules_concern_share_one_function() -> None:
    compiled = evaluator.compile(shipped(), as_of=AS_OF)
    places = ("河北省/承德市/双桥区", "河北省/承德市/双滦区", "河北省/承德市", "河北省", "广东省")
    profiles = [make_profile({"kind": "enterprise", "jurisdiction": place}, shipped()) for place in places]
    for profile in profiles:
        compiled(profile)
    first, second, city, province, elsewhere = (compiled.decider(profile) for profile in profiles)
    assert first is second is city
    assert len({id(first), id(province), id(elsewhere)}) == 3


def test_named_rules_are_answered_wherever_the_profile_is() -> None:
    book = shipped()
    profile = make_profile({"kind": "enterprise", "jurisdiction": "广东省"}, book)
    named: tuple[tuple[list[str], list[str]], ...] = (["chengde-2023"], []), ([], ["chengde-2023/standards-leading"])
    for policies, rules in named:
        found = Compiled(book, AS_OF, policies, rules)(profile).findings
        wanted = evaluator.decide(book, profile, as_of=AS_OF, policies=policies, rules=rules).findings
        assert wanted
        assert [(brief.finding, brief.outcome) for brief in found] == [(one.id, one.outcome) for one in wanted]


def test_totals_are_those_of_decide_without_any_tree() -> None:
    book = rulebook(BOOK.partition("stacking")[0])
    briefs = evaluator.compile(book, as_of=AS_OF)(make_profile(enterprise(KNOWN), book))
    assert briefs.totals == answer(book, enterprise(KNOWN)).totals
    assert briefs.stacked == ()
    assert briefs.totals.unstated == 1


@pytest.mark.parametrize(
    ("value", "paid"),
    [(5, 5), (-5, 0), (Fraction(-1, 3), 0), (Fraction(1, 3), Fraction(33, 100)), (Fraction(1, 200), Fraction(1, 100))],
)
def test_what_is_payable_is_never_negative_and_rounded_to_the_fen(value: int, paid: int) -> None:
    assert runtime.pay(value) == paid


def test_dates_stay_within_the_calendar() -> None:
    assert runtime.days(date.max.toordinal(), 3) == date.max.toordinal()
    assert runtime.days(date.min.toordinal(), -3) == date.min.toordinal()
    assert runtime.months(date(2024, 1, 31).toordinal(), 1) == date(2024, 2, 29).toordinal()


def test_what_is_partly_known_is_refused_by_generated_code() -> None:
    part = Interval(1, 2)
    for attempt in (
        lambda: runtime.months(part, 1),  # type: ignore[arg-type]  # what the types exclude is what is tried
        lambda: runtime.days(part, 1),  # type: ignore[arg-type]  # as above
        lambda: runtime.pay(part),  # type: ignore[arg-type]  # as above
        lambda: runtime.divide(1, 0),
        lambda: runtime.nonzero(0),
        lambda: runtime.only((1, 2)),
        lambda: runtime.full(part),
        lambda: part - 1,  # type: ignore[operator]  # as above
        lambda: part < 1,  # type: ignore[operator]  # as above
    ):
        with pytest.raises(runtime.OPEN):
            attempt()
    assert runtime.only((2, 2)) == 2
    assert runtime.only(()) == 0
