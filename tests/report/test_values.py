"""Values printed as people write them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from evaluator.engines.intervals import Undefined
from evaluator.engines.truth import INDETERMINATE, TRUE, UNKNOWN
from evaluator.report.phrases import Lang
from evaluator.report.values import Printer, money
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import (
    BOOL,
    DATE,
    MONEY,
    PLAIN,
    RATIO,
    TEXT,
    Choice,
    ChoiceType,
    Field,
    Name,
    NumberType,
    Type,
    Unit,
)
from tests.report.asked import rulebook

WORDS = rulebook().vocabulary
GRADES = ChoiceType(
    choices=(
        Choice(id="fair", label=Name(zh="合格", en="fair")),
        Choice(id="good", label=Name(zh="优良", en="good")),
    ),
    ordered=True,
)


@pytest.mark.parametrize(
    ("value", "type_", "zh", "en"),
    [
        (TRUE, BOOL, "是", "yes"),
        (UNKNOWN, BOOL, "未提供", "not given"),
        (INDETERMINATE, BOOL, "无法判定", "cannot be decided"),
        (Undefined("division by zero"), PLAIN, "无法计算：除数为零", "it cannot be computed: division by zero"),
        (False, BOOL, "否", "no"),
        (Fraction(924, 1000), RATIO, "92.4%", "92.4%"),
        (Fraction(1, 3), RATIO, "33.3333333333%", "33.3333333333%"),
        (7, NumberType(dimension="项", unit="项"), "7项", "7 items"),
        (7, PLAIN, "7", "7"),
        (Interval(0, 1), RATIO, "0% 至 100%", "0% to 100%"),
        (Interval(None, None), DATE, "未提供", "not given"),
        (Interval(0, None), MONEY, "未提供", "not given"),
        (Interval(5, None), PLAIN, "至少 5", "at least 5"),
        (Interval(None, 5), PLAIN, "至多 5", "at most 5"),
        (ItemList((), True), PLAIN, "共 0 项", "0 in all"),
        (ItemList((Item({}, "标准[1]"),), False), PLAIN, "已知 1 项，未列全", "1 known, the list is open"),
        (Item({}, "标准[1]"), PLAIN, "标准[1]", "标准[1]"),
        ("good", GRADES, "优良", "good"),
        ("some text", TEXT, "some text", "some text"),
        (None, PLAIN, "", ""),
    ],
)
def test_values_read_as_people_write_them(value: object, type_: Type, zh: str, en: str) -> None:
    assert Printer(WORDS, "zh").value(value, type_) == zh
    assert Printer(WORDS, "en").value(value, type_) == en


@pytest.mark.parametrize(
    ("yuan", "lang", "text"),
    [
        (300_000, "zh", "30万元"),
        (300_000, "en", "300,000 yuan"),
        (Fraction(12345678901, 100), "zh", "123456789.01元"),
        (Fraction(12345678901, 100), "en", "123,456,789.01 yuan"),
        (120_500_000, "zh", "1.205亿元"),
        (9_999, "zh", "9999元"),
        (0, "zh", "0元"),
        (-20_000, "zh", "-2万元"),
        (-20_000, "en", "-20,000 yuan"),
        (Fraction(-1, 2), "en", "-0.5 yuan"),
        (123_456_789, "zh", "12345.6789万元"),
        (None, "zh", "无上限"),
        (None, "en", "no limit"),
    ],
)
def test_money_keeps_every_digit(yuan: int | Fraction | None, lang: Lang, text: str) -> None:
    assert money(yuan, lang) == text


def test_an_unknown_unit_or_choice_is_shown_as_it_is() -> None:
    printer = Printer(WORDS, "en")
    assert printer.value(3, NumberType(dimension="匹", unit="匹")) == "3"
    assert printer.value("other", GRADES) == "other"
    assert printer.unit(Field(id="x", label=Name(zh="x", en="x"), type=BOOL).type) == ""


def test_a_number_stands_in_its_unit_and_in_english_as_a_whole_count() -> None:
    acres = NumberType(dimension="亩", unit="万亩")
    units = {
        "亩": Unit(id="亩", dimension="亩", factor=1, en="mu"),
        "万亩": Unit(id="万亩", dimension="亩", factor=10_000, en="ten thousand mu"),
    }
    words = replace(WORDS, units={**WORDS.units, **units})
    assert Printer(words, "zh").number(15_000, acres) == "1.5万亩"
    assert Printer(words, "en").number(15_000, acres) == "15,000 mu"
    assert Printer(WORDS, "en").number(1500, NumberType(dimension="个", unit="个")) == "1,500"
