"""Figures as `rules list` prints them, of the shipped policies."""

from __future__ import annotations

from datetime import date
from functools import cache

from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook, Scheduled, Target
from evaluator.rulebook.shipped import rules_folder


@cache
def rulebook() -> Rulebook:
    return load_rulebook(rules_folder(), place="河北省/承德市")


def schedule(rule: str) -> tuple[Scheduled, ...]:
    target = rulebook().rules[f"chengde-2023/{rule}"]
    assert isinstance(target, Target)
    return target.schedule


def test_a_figure_to_be_kept_has_its_years_and_the_last_day() -> None:
    kept = schedule("agri-monitoring-pass-rate")[1]
    assert (kept.by, kept.every, kept.hold) == (date(2025, 12, 31), (2024, 2025), True)


def test_a_yearly_figure_has_its_years_only() -> None:
    yearly = schedule("technical-upgrades")[0]
    assert (yearly.by, yearly.every, yearly.hold) == (None, (2023, 2027), False)


def test_growth_is_a_percentage_whatever_the_metric_is_given_in() -> None:
    assert [entry.unit for entry in schedule("rd-spending")] == ["%", "%", "%"]
    assert schedule("rd-spending")[2].reference == "provincial-rd-average-growth"
