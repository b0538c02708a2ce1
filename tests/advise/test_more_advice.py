"""Questions, choices, proofs of certainty, exact ranges and populations on small rulebooks made for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from evaluator.advise import certain as certainty
from evaluator.advise import solved
from evaluator.advise.asking import Asker
from evaluator.advise.certain import certain, hidden
from evaluator.advise.choice import choices
from evaluator.advise.meaning import Change, changes
from evaluator.advise.next_questions import questions
from evaluator.advise.population import moves
from evaluator.advise.questions import SIZE, DisagreementError
from evaluator.advise.solved import Solved
from evaluator.advise.thresholds import thresholds
from evaluator.advise.witness import compared
from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from evaluator.engines.smt import Reply, Unsure, ask
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.values import ItemList
from tests.agreement.small import enterprise, rulebook

AS_OF = date(2025, 6, 30)
PASSED = {"级别": "国际", "日期": "2024-05-01", "通过": True, "份数": 2}


def asker(text: str, facts: Mapping[str, object]) -> Asker:
    book = rulebook(text)
    return Asker(book, make_profile(enterprise(facts), book), AS_OF)


def award(when: str, amount: str = "1万元", id: str = "a", more: str = "") -> str:
    return f"  - id: {id}\n    when: {when}\n    amount: {amount}\n{more}"


# ------------------------------------------------------------------ the next question


def test_a_missing_word_is_asked_with_some_other_word() -> None:
    (entry,) = questions(asker("incentives:\n" + award('名称 = "甲"'), {}))
    assert entry.missing.path == "名称"
    assert [list(sketch.values()) for sketch, _ in entry.answers] == [["某"]]
    assert entry.mean == 10_000


def test_a_missing_number_of_an_entry_is_asked_with_both_sides_of_the_figure() -> None:
    text = "incentives:\n  - id: a\n    each: 项目\n    judged_by: 日期\n    when: 份数 >= 4\n    amount: 1万元\n"
    (entry,) = questions(asker(text, {"项目": [{"日期": "2024-05-01"}]}))
    assert entry.missing.path == "项目[1].份数"
    assert {value for sketch, _ in entry.answers for value in sketch.values()} == {3, 4, 10}


def test_a_number_of_an_entry_that_is_only_counted_is_asked_with_an_ordinary_value() -> None:
    (entry,) = questions(
        asker("incentives:\n" + award("count(项目[份数 >= 4]) >= 1"), {"项目": [{"日期": "2024-05-01"}]})
    )
    assert entry.missing.path == "项目[1].份数"
    assert [list(sketch.values()) for sketch, _ in entry.answers] == [[10]]


def test_an_entry_of_a_list_that_counts_for_several_awards_is_one_answer() -> None:
    text = "incentives:\n" + award("count(项目[通过]) >= 1") + award("count(项目[通过]) >= 1", "2万元", "b")
    text += award("{all: [真, '(if count(项目) > 0 then 1 else 2) > 1']}", "3万元", "c")
    found = {entry.missing.path: entry for entry in questions(asker(text, {}))}
    lists = found["项目"]
    assert lists.findings == ("test-2023/a", "test-2023/b", "test-2023/c")
    assert [len(sketch) for sketch, _ in lists.answers] == [1, 2]


# ------------------------------------------------------------------ choices


@pytest.mark.parametrize(("scope", "groups"), [("item", ["项目[1]", "项目[2]"]), ("period", [2024])])
def test_choices_are_made_item_by_item_or_year_by_year(scope: str, groups: Sequence[object]) -> None:
    each = "    each: 项目\n    judged_by: 日期\n"
    text = "incentives:\n" + award("通过", more=each) + award("份数 >= 2", "2万元", "b", each)
    text += f"stacking:\n  - id: tree\n    scope: {scope}\n    highest_of: [a, b]\n"
    found = choices(asker(text, {"项目": [PASSED, PASSED]}))
    assert [choice.group for choice in found] == groups
    for choice in found:
        assert choice.best.rules == ("test-2023/b",)
        assert choice.best.guaranteed == (20_000 if scope == "item" else 40_000)
        assert [other.guaranteed * 2 for other in choice.others] == [choice.best.guaranteed]


def test_an_entry_whose_year_is_not_known_is_in_no_year() -> None:
    each = "    each: 项目\n    judged_by: 日期\n"
    text = "incentives:\n" + award("通过", more=each) + award("份数 >= 2", "2万元", "b", each)
    text += "stacking:\n  - id: tree\n    scope: period\n    highest_of: [a, b]\n"
    found = choices(asker(text, {"项目": [PASSED, {**PASSED, "日期": None}]}))
    assert [choice.group for choice in found] == [2024]


@pytest.mark.parametrize("tree", ["silent: [a, b]", "sum: {of: [a, b], cap: 3万元}", "highest_of: [a, b]"])
def test_where_nothing_is_due_there_is_nothing_to_choose(tree: str) -> None:
    text = "incentives:\n" + award("真") + award("假", "2万元", "b")
    text += f"stacking:\n  - id: tree\n    scope: entity\n    {tree}\n"
    assert choices(asker(text, {"真": False, "假": False})) == ()


# ------------------------------------------------------------------ what is certain


MANY = "incentives:\n" + award("{any: [{all: [真, 假]}, {all: [未知, '某数 > 3']}]}")


def test_a_search_that_is_cut_off_says_that_the_set_is_only_irreducible(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"真": True, "假": True, "未知": True, "某数": 4}
    (whole,) = certain(asker(MANY, facts))
    assert (len(whole.facts), whole.smallest) == (2, True)
    monkeypatch.setattr(certainty, "MOST", 3)
    (cut,) = certain(asker(MANY, facts))
    assert not cut.smallest
    asked = asker(MANY, facts)
    assert _outcome(asked, cut.facts) is Outcome.SATISFIED
    for one in cut.facts:
        assert _outcome(asked, [other for other in cut.facts if other is not one]) is Outcome.UNKNOWN


def test_facts_behind_the_award_that_is_read_are_named() -> None:
    text = "incentives:\n" + award("'award(\"b\") > 1万元'") + award("真", "2万元", "b")
    found = {one.finding.id: one for one in certain(asker(text, {"真": True, "假": True}))}
    assert [given.path for given in found["test-2023/a"].facts] == ["真"]


def test_figures_that_an_award_does_not_read_are_not_named() -> None:
    book = rulebook("incentives:\n  - id: a\n    for: [city]\n    when: 已设立\n    amount: 1万元\n")
    city = {"kind": "city", "jurisdiction": "甲省/乙市", "facts": {"已设立": True}, "metrics": {"率": {2024: 50}}}
    (found,) = certain(Asker(book, make_profile(city, book), AS_OF))
    assert [given.path for given in found.facts] == ["已设立"]


def _outcome(asked: Asker, kept: Sequence[certainty.Given]) -> Outcome:
    shown = hidden(asked.profile, tuple(kept))
    return decide(asked.rulebook, shown, as_of=AS_OF).findings[0].outcome


def test_entries_of_an_open_list_decide_and_its_end_is_not_given() -> None:
    facts = {"项目": {"complete": False, "items": [PASSED]}, "真": True}
    (found,) = certain(asker("incentives:\n" + award("count(项目[通过]) >= 1"), facts))
    assert [given.path for given in found.facts] == ["项目[1].通过"]


# ------------------------------------------------------------------ figures and what they are compared with


def test_a_figure_compared_twice_alike_is_one_line() -> None:
    text = "incentives:\n" + award(
        "{all: ['某数 >= 3', {any: ['某数 >= 3', 'word = 1 and 某数 < 7']}]}".replace("word = 1", "真")
    )
    (measured,) = thresholds(asker(text, {"某数": 5, "真": True}))
    assert [(line.op, line.figure) for line in (*measured.above, *measured.below)] == [("<", 7), (">=", 3)]


def test_a_figure_on_the_right_is_told_as_one_on_the_left() -> None:
    (measured,) = thresholds(asker("incentives:\n" + award("3 <= 某数"), {"某数": 5}))
    (line,) = measured.below
    assert (measured.value, line.op, line.figure, line.holds) == (5, ">=", 3, True)


def test_numbers_without_a_fact_are_no_threshold() -> None:
    assert thresholds(asker("incentives:\n" + award("3 <= 4"), {})) == ()


# ------------------------------------------------------------------ exact ranges


def spread(text: str, facts: Mapping[str, object], as_of: date = AS_OF, **more: object) -> object:
    book = rulebook(text)
    profile = make_profile({**enterprise(facts), **more}, book)
    return Solved().spread(book, profile, as_of, next(iter(book.rules)))


def test_an_end_that_is_not_come_to_in_so_many_steps_is_not_claimed() -> None:
    assert spread("incentives:\n" + award("真", "投资额"), {"真": True}) is None
    assert spread("incentives:\n" + award("真", "投资额"), {"真": True, "投资额": 3}) == (
        {Outcome.SATISFIED},
        30_000,
        30_000,
    )


def test_without_a_place_or_with_members_nothing_is_claimed() -> None:
    city = {"kind": "city", "metrics": {"率": {2024: 50, 2025: 51}}}
    growth = (
        "targets:\n  - id: t\n    metric: 率\n    schedule: [{by: 2025, test: '>= 10%', quantity: {growth: 2024}}]\n"
    )
    when = date(2026, 6, 30)
    assert spread(growth, {}, when, **city) == ({Outcome.NOT_SATISFIED}, 0, 0)
    open_ = {**city, "metrics": {"率": {2024: 50}}}
    assert spread(growth, {}, when, **open_) == ({Outcome.SATISFIED, Outcome.NOT_SATISFIED}, 0, 0)
    assert spread(growth, {}, when, **city, members=[{"name": "丙县", "facts": {}}]) is None


def test_an_amount_that_is_not_stated_has_outcomes_and_no_ends() -> None:
    both = frozenset({Outcome.SATISFIED, Outcome.NOT_SATISFIED})
    assert spread("incentives:\n" + award("真", "unstated"), {}) == (both, 0, 0)


@pytest.mark.parametrize(
    ("given", "outcomes"),
    [
        ("2024", {Outcome.SATISFIED, Outcome.NOT_SATISFIED}),
        ("2024-02", {Outcome.SATISFIED}),
        ("2024-09", {Outcome.NOT_SATISFIED}),
    ],
)
def test_a_date_given_by_its_month_or_year_is_any_day_of_it(given: str, outcomes: set[Outcome]) -> None:
    found = spread("incentives:\n" + award('成立日期 < date("2024-07-01")'), {"成立日期": given})
    assert isinstance(found, tuple)
    assert found[0] == outcomes


def test_amounts_of_too_many_values_are_left_to_the_interval() -> None:
    amount = "'floor(某数 * 100) * 1元'"
    text = "incentives:\n" + award("真", amount)
    assert spread(text, {"真": True, "某数": 4}) == (frozenset({Outcome.SATISFIED}), 400, 400)


class Replies:
    """A solver that answers so many questions, and then no more."""

    def __init__(self, known: int) -> None:
        self.known = known

    def __call__(self, *args: object, **more: object) -> Reply:
        self.known -= 1
        return ask(*args, **more) if self.known >= 0 else Unsure(SIZE)  # type: ignore[arg-type]  # as it was called


def test_wherever_the_solver_gives_up_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "incentives:\n" + award("真", "if 某数 >= 5 then 3万元 else 1万元")
    whole = (frozenset({Outcome.SATISFIED, Outcome.NOT_SATISFIED}), 0, 30_000)
    found = []
    for known in range(16):
        monkeypatch.setattr(solved, "ask", Replies(known))
        found.append(spread(text, {}))
        monkeypatch.undo()
    assert set(found) == {None, whole}
    assert found == sorted(found, key=lambda one: one is not None)


def test_a_solver_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solved, "STEPS", 1)
    text = "incentives:\n" + award("真", "if 某数 >= 5 then 3万元 else 1万元")
    assert spread(text, {"真": True}) is None


def test_an_amount_that_the_replay_contradicts_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solved, "evaluate", lambda *_: 7)
    with pytest.raises(DisagreementError, match="does not give 7"):
        spread("incentives:\n" + award("真"), {})


# ------------------------------------------------------------------ equivalence


def equivalent(old: str, new: str, rule: str = "test-2023/a") -> object:
    return Solved().equivalent(rulebook(old), rulebook(new), rule)


TARGET = "targets:\n  - id: a\n    for: [{}]\n    metric: 率\n    schedule: [{{by: {}, test: '>= 90%'}}]\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TARGET.format("city", 2025), TARGET.format("city", 2026)),  # no finding in common
        (TARGET.format("province", 2025), TARGET.format("province", 2025)),  # nobody can stand there
        (TARGET.format("city", 2025), TARGET.format("city, province", 2025)),
    ],
)
def test_versions_with_other_findings_or_bodies_are_not_compared(old: str, new: str) -> None:
    assert equivalent(old, new) is None


def test_a_fact_of_another_type_is_not_compared() -> None:
    fact = "facts:\n  - {{id: novel, label: {{zh: 新事, en: novel}}, of: [enterprise], type: {}}}\n"
    old = rulebook("incentives:\n" + award("新事 > 3"), more=fact.format("number"))
    new = rulebook("incentives:\n" + award("新事"), more=fact.format("bool"))
    assert Solved().equivalent(old, new, "test-2023/a") is None
    assert Solved().equivalent(old, old, "test-2023/a") is True


@pytest.mark.parametrize(
    ("old", "new"),
    [(award("真"), award("真", "2万元")), (award("真"), award("假")), (award("真"), award("{any: [真, '某数 > 3']}"))],
)
def test_versions_that_differ_are_told_apart_by_a_profile(old: str, new: str) -> None:
    books = [rulebook("incentives:\n" + rules) for rules in (old, new)]
    found = Solved().equivalent(books[0], books[1], "test-2023/a")
    assert isinstance(found, tuple)
    profile, as_of = found
    one, other = (decide(book, profile, as_of=as_of).findings[0] for book in books)
    assert compared(one, other) is not None


@pytest.mark.parametrize(("old", "new"), [("1万元", "unstated"), ("unstated", "1万元")])
def test_an_amount_stated_by_one_version_alone_tells_them_apart(old: str, new: str) -> None:
    found = equivalent("incentives:\n" + award("真", old), "incentives:\n" + award("真", new))
    assert isinstance(found, tuple)


def test_an_amount_of_one_version_alone_tells_them_apart() -> None:
    old = "supports:\n  - id: a\n    when: 真\n"
    found = equivalent(old, "incentives:\n" + award("真"))
    assert isinstance(found, tuple)


def test_without_an_answer_versions_are_not_called_equivalent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solved, "ask", Replies(0))
    text = "incentives:\n" + award("真")
    assert equivalent(text, text) is None


# ------------------------------------------------------------------ better or worse


def findings(text: str, facts: Mapping[str, object]) -> list[object]:
    return list(asker(text, facts).decision.findings)


def test_answers_are_compared_by_outcome_amount_and_instalments() -> None:
    def one(amount: str, more: str = "") -> object:
        return findings("incentives:\n" + award("真", amount, more=more), {"真": True})[0]

    plain, larger, unstated = one("1万元"), one("2万元"), one("unstated")
    parts = "    instalments: [{share: 40%}, {share: 60%, on: 'date(\"2027-01-01\")'}]\n"
    support = findings("supports:\n  - id: a\n    when: 真\n", {"真": True})[0]
    assert compared(None, plain) == 0  # type: ignore[arg-type]  # a finding
    assert compared(None, None) is None
    assert compared(plain, plain) is None  # type: ignore[arg-type]  # as above
    assert compared(plain, larger) == 1  # type: ignore[arg-type]  # as above
    assert compared(larger, plain) == -1  # type: ignore[arg-type]  # as above
    assert compared(plain, unstated) == 0  # type: ignore[arg-type]  # as above
    assert compared(plain, support) == 0  # type: ignore[arg-type]  # as above
    assert compared(one("1万元", parts), one("2万元", parts)) == 1  # type: ignore[arg-type]  # as above


def test_a_smaller_claw_back_is_better() -> None:
    def one(amount: str) -> object:
        text = f"obligations:\n  - id: o\n    for: [enterprise]\n    requires: 真\n    claw_back: {amount}\n"
        return findings(text, {"真": False})[0]

    assert compared(one("3万元"), one("2万元")) == 1  # type: ignore[arg-type]  # findings


# ------------------------------------------------------------------ trees that change


EACH = "    each: 项目\n    judged_by: 日期\n"
LISTED = "incentives:\n" + award("通过", more=EACH) + award("份数 >= 2", "2万元", "b", EACH)
HIGHEST = "stacking:\n  - id: tree\n    scope: entity\n    highest_of: [a, b]\n"


def changed(old: str, new: str) -> Change:
    (change,) = [one for one in changes(rulebook(old), rulebook(new), None) if one.stacking]
    return change


def test_a_tree_that_is_added_or_removed_shows_what_it_leaves_of_both() -> None:
    added, removed = changed(LISTED, LISTED + HIGHEST), changed(LISTED + HIGHEST, LISTED)
    assert (added.verdict, removed.verdict) == ("added", "removed")
    assert added.totals is not None
    assert [total.guaranteed for total in added.totals] == [30_000, 20_000]
    (witness,) = added.witnesses
    items = witness.profile.facts["projects"]
    assert isinstance(items, ItemList)
    assert len(items.items) == 2  # one for each award


def test_a_tree_of_which_nobody_is_granted_anything_is_told_without_a_witness() -> None:
    never = "incentives:\n" + award("{all: [真, {not: 真}]}") + award("{all: [假, {not: 假}]}", "2万元", "b")
    change = changed(never, never + HIGHEST)
    assert (change.verdict, change.witnesses, change.totals) == ("added", (), None)
    half = "incentives:\n" + award("真") + award("{all: [假, {not: 假}]}", "2万元", "b")
    assert changed(half, half + HIGHEST).witnesses


# ------------------------------------------------------------------ populations


OLD = "incentives:\n" + award('颜色 = "红"') + award("真", "2万元", "b")
NEW = "incentives:\n" + award('颜色 = "红"', "3万元") + award("真", "1万元", "c")
PERSON = "kind: enterprise\nname: {}\njurisdiction: 甲省/乙市\nfacts: {{{}}}\n"


def test_who_gains_and_who_loses_is_told_by_group(tmp_path: Path) -> None:
    people = {"one": "颜色: 红, 真: true", "two": "颜色: 蓝, 真: true, 项目: []", "three": "真: false, 某数: 3"}
    for name, facts in people.items():
        (tmp_path / f"{name}.yaml").write_text(PERSON.format(name, facts), encoding="utf-8")
    found = moves(rulebook(OLD), rulebook(NEW), tmp_path, AS_OF, ["颜色", "真", "项目", "某数"])
    gains = {shift.name: shift.gain for shift in found.shifts}
    assert gains == {"one": 10_000, "two": -10_000, "three": 0}
    groups = {shift.name: tuple(shift.groups.values()) for shift in found.shifts}
    assert groups == {"one": ("红", "是", "?", "?"), "two": ("蓝", "是", "?", "?"), "three": ("?", "否", "?", "3")}
    assert {entry.group: (entry.gain, entry.lose) for entry in found.groups["颜色"]} == {
        "红": (1, 0),
        "蓝": (0, 1),
        "?": (0, 0),
    }
    assert (found.whole.profiles, found.whole.gain, found.whole.lose, found.moved) == (3, 1, 1, 3)


@pytest.mark.parametrize("more_data", ["metrics: {}\n", ""])
def test_what_one_rulebook_has_no_word_for_is_left_out_there(more_data: str, tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(PERSON.format("one", "真: true, 新事: 5") + more_data, encoding="utf-8")
    more = "facts:\n  - {id: novel, label: {zh: 新事, en: novel}, of: [enterprise], type: number}\n"
    new = rulebook("incentives:\n" + award("新事 > 3", "3万元"), more=more)
    (shift,) = moves(rulebook(OLD), new, path, AS_OF, ["新事"]).shifts
    assert (shift.before[0], shift.after[0], dict(shift.groups)) == (20_000, 30_000, {"新事": "5"})


def test_what_neither_rulebook_can_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(PERSON.format("one", "真: 5"), encoding="utf-8")
    book = rulebook(OLD)
    with pytest.raises(RuleError) as caught:
        moves(book, book, tmp_path, AS_OF)
    assert [problem.code for problem in caught.value.diagnostics] != ["unknown-fact"]


@pytest.mark.parametrize(("by", "code"), [(["无此事"], "unknown-fact"), ([], "population")])
def test_an_empty_population_or_an_unknown_group_is_an_error(by: list[str], code: str, tmp_path: Path) -> None:
    book = rulebook(OLD)
    with pytest.raises(RuleError) as caught:
        moves(book, book, tmp_path, AS_OF, by)
    assert [problem.code for problem in caught.value.diagnostics] == [code]
