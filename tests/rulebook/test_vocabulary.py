"""The typed vocabulary: names, bounds in base units, and the dated register of members."""

from __future__ import annotations

from datetime import date

import pytest

from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import ChoiceType, Name, NumberType, exact
from tests.rulebook.tiny import Tiny


def test_facts_and_metrics_answer_to_id_and_label(rulebook: Rulebook) -> None:
    vocabulary = rulebook.vocabulary
    assert vocabulary.fact("营业收入") is vocabulary.fact("revenue") is vocabulary.facts["revenue"]
    assert vocabulary.metric("合格率") is vocabulary.metric("pass-rate") is vocabulary.metrics["pass-rate"]
    assert vocabulary.fact("合格率") is None
    assert vocabulary.metric("营业收入") is None


def test_bounds_are_kept_in_base_units(rulebook: Rulebook) -> None:
    facts = rulebook.vocabulary.facts
    assert (facts["investment"].low, facts["investment"].high) == (0, 1_000_000_000)
    assert (facts["research-share"].low, facts["research-share"].high) == (0, 1)
    assert (facts["score"].low, facts["score"].high) == (None, None)
    assert facts["patents"].low == 0
    assert facts["awarded"].decision
    assert rulebook.vocabulary.metrics["average"].low is None


def test_types_compare_by_dimension_and_not_by_unit() -> None:
    assert NumberType(dimension="money", unit="元") == NumberType(dimension="money", unit="万元")
    assert NumberType(dimension="money", unit="元") != NumberType(dimension="件", unit="元")


def test_choices_have_ranks_and_are_found_by_id_and_label(rulebook: Rulebook) -> None:
    grade = rulebook.vocabulary.facts["grade"].type
    assert isinstance(grade, ChoiceType)
    assert [grade.rank(choice) for choice in ("c", "b", "a")] == [0, 1, 2]
    found = grade.find("甲等")
    assert found is not None
    assert found.id == "a"
    assert grade.find("A") is None


def test_texts_are_had_in_both_languages() -> None:
    assert (Name(zh="省", en="province").text("zh"), Name(zh="省", en="province").text("en")) == ("省", "province")


def test_whole_numbers_are_ints() -> None:
    from fractions import Fraction

    assert type(exact(Fraction(6, 3))) is int
    assert exact(Fraction(1, 3)) == Fraction(1, 3)


@pytest.mark.parametrize(
    ("on", "names"),
    [
        ("1970-01-01", ["丙县", "戊县"]),
        ("1980-01-01", ["丙县", "丁县", "戊县"]),
        ("2023-12-31", ["丙县", "丁县", "戊县"]),
        ("2024-01-01", ["丙县", "丁县"]),
        ("2025-01-01", ["丙县", "丁县", "己县"]),
        ("2029-12-31", ["丙县", "丁县", "己县"]),
        ("2030-01-01", ["丙县", "丁县"]),
    ],
)
def test_members_are_those_of_the_register_on_that_day(rulebook: Rulebook, on: str, names: list[str]) -> None:
    for region in ("甲省/乙市", "甲省"):
        members = rulebook.vocabulary.members(region, "county", date.fromisoformat(on))
        assert members is not None
        assert [member.path.rpartition("/")[2] for member in members] == names


def test_a_register_that_is_not_kept_to_the_end_gives_no_members(rulebook: Rulebook, tiny: Tiny) -> None:
    on = date(2025, 6, 30)
    assert rulebook.vocabulary.members("庚省", "county", on) is None
    assert rulebook.vocabulary.members("庚省/辛市", "county", on) is None
    assert [place.path for place in rulebook.vocabulary.members("庚省", "city", on) or ()] == ["庚省/辛市"]
    assert rulebook.vocabulary.members("甲省/乙市/丙县", "county", on) is None
    tiny.replace(
        "vocabulary/base.yaml",
        "{path: 甲省/乙市, kind: city, en: Yi}",
        "{path: 甲省/乙市, kind: city}\n  - {path: 甲省/申市, kind: city}",
    )
    assert tiny.load().vocabulary.members("甲省", "county", on) is None  # the counties of 申市 are not registered


def test_labels_with_signs_in_them_can_be_named(tiny: Tiny) -> None:
    tiny.replace("vocabulary/facts.yaml", "zh: 得分,", "zh: R&D得分（2023版）,")
    tiny.replace("tiny-2023/incentives.yaml", "when: 规模以上", "when: R&D得分（2023版） > 3")
    assert "R&D得分（2023版）" in tiny.load().vocabulary.odd_names
