"""Paths to awards: each replays to its award by `decide`, no part of one does, and none shorter is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.advise.asking import Asker
from evaluator.advise.paths import Path, later, months_of, paths, proper_parts
from evaluator.advise.sketch import FactSlot, Sketch, lay_over
from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from evaluator.rulebook.vocabulary import Exact
from evaluator.testing import Question, questions
from tests.advise.world import asker, world
from tests.agreement.shipped import shipped

MANY = settings(derandomize=True, deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])


def outcome(asked: Asker, rule: str, changes: Sketch, day: date) -> Outcome:
    """What `decide` says of the whole profile with the changes."""
    profile = lay_over(asked.profile, changes)
    findings = decide(asked.rulebook, profile, as_of=day, rules=[rule]).findings
    return findings[0].outcome


def assert_shortest(asked: Asker, path: Path) -> None:
    assert outcome(asked, path.rule.id, path.changes, path.date) is Outcome.SATISFIED
    assert path.date >= later(asked.as_of, months_of(path.changes))
    for part in proper_parts(path):
        for day in {path.date, later(asked.as_of, months_of(part))}:
            assert outcome(asked, path.rule.id, part, day) is not Outcome.SATISFIED


@MANY
@given(question=questions(shipped(), kind="enterprise"))
def test_every_path_replays_and_no_part_of_it_does(question: Question) -> None:
    asked = Asker(shipped(), question.profile(), question.as_of, policies=[question.policy])
    for path in paths(asked):
        assert_shortest(asked, path)
        assert {unit.changed.changeable for unit in path.units}.isdisjoint({None})


FACTS: dict[str, tuple[object, ...]] = {
    "投资额": (None, 0, 99, 100, 250),
    "真": (None, True, False),
    "未知": (None, True, False),
    "等级": (None, "低", "中", "高"),
    "某数": (None, 0, 3, 4, 10),
    "颜色": (None, "红", "蓝"),
}


def profiles() -> st.SearchStrategy[dict[str, object]]:
    parts = {word: st.sampled_from(values) for word, values in FACTS.items()}
    item = st.fixed_dictionaries(
        {"级别": st.sampled_from(("国际", "国家", "行业")), "日期": st.sampled_from(("2022-05-01", "2024-05-01"))},
        optional={"通过": st.booleans()},
    )
    projects = st.lists(item, max_size=2)
    return st.fixed_dictionaries(parts, optional={"项目": projects})


@MANY
@given(facts=profiles())
def test_every_path_in_a_small_world_replays_and_no_part_of_it_does(facts: dict[str, object]) -> None:
    asked = asker(facts)
    for path in paths(asked, each=20):
        assert_shortest(asked, path)


def brute_force(asked: Asker, rule: str, values: Mapping[str, tuple[Exact | bool | str, ...]]) -> set[frozenset[str]]:
    """The smallest sets of facts some values of which bring the award, found by trying all of them."""
    facts = asked.rulebook.facts
    found: set[frozenset[str]] = set()
    for size in range(1, len(values) + 1):
        for chosen in combinations(values, size):
            if any(smaller <= set(chosen) for smaller in found):
                continue
            for given_ in product(*(values[id] for id in chosen)):
                sketch: Sketch = {FactSlot(facts[id]): value for id, value in zip(chosen, given_, strict=True)}
                if outcome(asked, rule, sketch, later(asked.as_of, months_of(sketch))) is Outcome.SATISFIED:
                    found.add(frozenset(chosen))
                    break
    return found


@settings(derandomize=True, deadline=None, max_examples=150)
@given(facts=profiles())
def test_no_shorter_path_is_left_out(facts: dict[str, object]) -> None:
    asked = asker(facts)
    known = asked.profile.facts
    up = {
        "yes": (True,),
        "grade": tuple(grade for grade in ("low", "mid", "high") if _rank(grade) > _rank(known.get("grade"))),
        "invested": tuple(v for v in (990_000, 1_000_000, 2_500_000) if v > _number(known.get("invested"))),
        "some": tuple(v for v in (0, 3, 4) if v < _number(known.get("some"), 11)),
    }
    for rule in ("invested", "either"):
        own = {
            frozenset(unit.of.id for unit in path.units)
            for path in paths(asked, each=20)
            if path.rule.id.endswith(f"/{rule}")
        }
        found = asked.decision.findings
        reached = next(one for one in found if one.id == f"test-2023/{rule}").outcome is Outcome.SATISFIED
        assert own == (set() if reached else brute_force(asked, f"test-2023/{rule}", up))


def _rank(grade: object) -> int:
    return ("low", "mid", "high").index(grade) if isinstance(grade, str) else -1


def _number(value: object, otherwise: int = -1) -> int:
    return value if isinstance(value, int) else otherwise


def only(found: tuple[Path, ...], rule: str) -> Iterator[Path]:
    return (path for path in found if path.rule.id == f"test-2023/{rule}")


def test_a_path_names_the_least_change_the_gain_and_the_earliest_date() -> None:
    found = paths(asker({"投资额": 80, "真": True, "某数": 5, "等级": "低", "未知": True}))
    path = next(only(found, "invested"))
    assert list(path.changes.values()) == [1_000_000]
    assert (path.date, path.months) == (date(2025, 12, 30), 6)
    assert path.amount == 50_000
    assert path.gain == 20_000  # of the three awards only the highest is paid, and 30,000 are certain without it


def test_a_new_entry_is_of_the_day_when_it_can_be_there_and_of_the_kind_that_pays_most() -> None:
    found = paths(asker({"项目": [], "真": False}))
    path = next(only(found, "listed"))
    values = {slot.field.id: value for slot, value in path.changes.items()}  # type: ignore[union-attr]  # fields of an entry
    assert values["level"] == "a"
    assert values["day"] == date(2026, 3, 30).toordinal()
    assert path.amount == 300_000


def test_an_entry_that_is_there_can_be_brought_to_count() -> None:
    asked = asker({"项目": [{"级别": "国际", "日期": "2024-05-01", "通过": False}]})
    sizes = {(len(path.units), path.months) for path in only(paths(asked), "listed")}
    assert (1, 2) in sizes


def test_what_cannot_be_changed_is_never_touched() -> None:
    found = paths(asker({"颜色": "蓝"}))
    assert not list(only(found, "fixed"))


def test_a_reached_award_has_no_path() -> None:
    assert not list(only(paths(asker({"真": True})), "either"))


@pytest.mark.parametrize(("facts", "number"), [({"未知": False, "真": False}, 1), ({"未知": True, "真": False}, 0)])
def test_a_rule_that_does_not_apply_may_be_made_to(facts: dict[str, object], number: int) -> None:
    asked = asker(facts)
    found = list(only(paths(asked), "help"))
    assert len(found) == number
    for path in found:
        assert_shortest(asked, path)


def test_the_rulebook_of_these_tests_is_whole() -> None:
    assert len(world().rules) == 7
