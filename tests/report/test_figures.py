from __future__ import annotations

import pytest

from evaluator.report.figures import asked, gap_type
from evaluator.report.wording import Wording
from evaluator.rulebook.model import Entry, Target
from evaluator.rulebook.vocabulary import NumberType
from tests.report.asked import rulebook


def entry(rule: str, key: str) -> Entry:
    target = rulebook().rules[rule]
    assert isinstance(target, Target)
    return next(found for found in target.entries if found.key == key)


@pytest.mark.parametrize(
    ("rule", "key", "zh", "en"),
    [
        ("lake-2024/pass-rate", "2025", "≥ 94%", "≥ 94%"),
        ("lake-2024/pass-rate", "2027", "> 全省产品合格率", "> pass rate of the province"),
        ("lake-2024/high-tech", "2025", "19.5% 左右", "about 19.5%"),
        ("lake-2024/rd-growth", "2024", "增长 ≥ 10%", "growth ≥ 10%"),
        ("lake-2024/new-standards", "2024", "≥ 6项", "≥ 6 items"),
        ("port-2024/green", "2025", "≥ 先进", "≥ advanced"),
        ("port-2024/counties-green", "2025", "县占比 ≥ 60%", "share of county ≥ 60%"),
        ("port-2024/counters-each", "2025", "各县 2个 至 4个", "each county 2 to 4"),
        ("port-2024/platform", "2024-06-30", "= 是", "= yes"),
        ("port-2024/spending", "2025", "年均增长 ≥ 8%", "yearly growth ≥ 8%"),
        ("port-2024/spending", "2026", "有提升", "a rise"),
        ("port-2024/total-standards", "2025", "累计 = 12项", "in all = 12 items"),
    ],
)
def test_figures_read_as_they_are_asked(rule: str, key: str, zh: str, en: str) -> None:
    words = rulebook().vocabulary
    assert asked(entry(rule, key), Wording("zh", words, signs=True)) == zh
    assert asked(entry(rule, key), Wording("en", words, signs=True)) == en


@pytest.mark.parametrize(
    ("rule", "key", "unit"),
    [
        ("lake-2024/pass-rate", "2025", "%"),
        ("lake-2024/rd-growth", "2024", "万元"),
        ("port-2024/counters-each", "2025", "个"),
        ("port-2024/total-standards", "2025", "项"),
        ("port-2024/spending", "2026", "万元"),
        ("lake-2024/high-tech", "2025", "%"),
    ],
)
def test_gaps_are_counted_in_the_unit_of_what_is_compared(rule: str, key: str, unit: str) -> None:
    type_ = gap_type(entry(rule, key))
    assert isinstance(type_, NumberType)
    assert type_.unit == unit
