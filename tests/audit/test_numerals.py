from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.audit.chinese import chinese_int
from evaluator.audit.numerals import Role, figure_of, needs_account, numerals, years_of


def told(text: str) -> list[tuple[str, str, str, str | None]]:
    return [
        (item.text, item.role.value, str(item.value) + (f"-{item.value_to}" if item.value_to else ""), item.unit)
        for item in numerals(text)
    ]


@pytest.mark.parametrize(
    ("text", "printed", "value", "unit"),
    [
        ("给予30万元资助", "30万元", "300000", "元"),
        ("12.5万元", "12.5万元", "125000", "元"),
        ("５０万元", "５０万元", "500000", "元"),
        ("1,000万元", "1,000万元", "10000000", "元"),
        ("超过100亿元", "100亿元", "10000000000", "元"),
        ("产值五十亿元的", "五十亿元", "5000000000", "元"),
        ("产值百亿元的", "百亿元", "10000000000", "元"),
        ("农田32万亩", "32万亩", "320000", "亩"),
        ("98.5%", "98.5%", "197/2", "%"),
        ("百分之十五", "百分之十五", "15", "%"),
        ("提高2个百分点", "2个百分点", "2", "个百分点"),
        ("3—5个产业", "3—5个", "3-5", "个"),
        ("5%—20%", "5%—20%", "5-20", "%"),
        ("5万元至10万元", "5万元至10万元", "50000-100000", "元"),
        ("30万～50万元", "30万～50万元", "300000-500000", "元"),
        ("不少于三家", "三家", "3", "家"),
        ("十二个县", "十二个", "12", "个"),
        ("指数达到85,", "85", "85", None),
        ("20余家", "20余家", "20", "家"),
    ],
)
def test_quantities_have_their_value_and_unit(text: str, printed: str, value: str, unit: str | None) -> None:
    assert told(text) == [(printed, "quantity", value, unit)]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("到2025年", Role.YEAR),
        ("2023—2027年", Role.YEAR),
        ("2018年9月21日", Role.DATE),
        ("2016-05-10", Role.DATE),
        ("豫发〔2018〕22号", Role.DOCUMENT),
        ("“3+3”产业", Role.NAME),
        ("“3?15”", Role.NAME),
        ("拨打12345", Role.NAME),
        ("5A级景区", Role.NAME),
        ("3D打印", Role.NAME),
        ("PM2.5浓度", Role.NAME),
        ("世界500强", Role.NAME),
        ("《规划(2013—2020年)》", Role.NAME),
        ("“五个百亿级产业”", Role.NAME),
        ("三年行动", Role.DURATION),
        ("培育一批企业", Role.INDEFINITE),
        ("数个品牌", Role.INDEFINITE),
        ("千亿级集群", Role.INDEFINITE),
        ("第三方机构", Role.ORDINAL),
        ("十届六次全会", Role.ORDINAL),
    ],
)
def test_roles_tell_figures_from_other_numbers(text: str, role: Role) -> None:
    assert [item.role for item in numerals(text)][:1] == [role]


@pytest.mark.parametrize("text", ["统一管理", "进一步", "每万人口", "十分重要", "最后一公里", "一个窗口", "一次性"])
def test_words_that_count_nothing_hold_no_numeral(text: str) -> None:
    assert numerals(text) == ()


def test_misread_digits_are_doubtful() -> None:
    numeral = figure_of("超过lOOO家")
    assert numeral is not None
    assert (numeral.value, numeral.unit) == (Fraction(1000), "家")
    assert numeral.doubtful


def test_account_is_asked_for_arabic_numerals_and_for_chinese_counts() -> None:
    asked = [item.text for item in numerals("到2025年,第三方办三家,培育一批,打造四大领域,产值百亿元,“3+3”")]
    kept = [
        item.text
        for item in numerals("到2025年,第三方办三家,培育一批,打造四大领域,产值百亿元,“3+3”")
        if needs_account(item)
    ]
    assert asked == ["2025年", "第三方", "三家", "一批", "四大", "百亿元", "3+3"]
    assert kept == ["2025年", "三家", "百亿元", "3+3"]


def test_years_of_a_span_are_both_its_ends() -> None:
    assert [year for item in numerals("2023—2027年") for year in years_of(item)] == [2023, 2027]


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(["个", "家", "万元", "%", "项"]))
def test_any_arabic_quantity_is_read_exactly(number: int, unit: str) -> None:
    numeral = figure_of(f"达到{number}{unit}以上")
    assert numeral is not None
    assert numeral.value == Fraction(number) * (10_000 if unit == "万元" else 1)
    assert numeral.text == f"{number}{unit}"


@pytest.mark.parametrize(
    ("word", "value"),
    [("十", 10), ("二十", 20), ("十二", 12), ("一百零五", 105), ("两千", 2000), ("五十亿", 5 * 10**9),
     ("一百二十万", 1200000), ("三万五千", 35000), ("二〇二三", 2023), ("一二百", None), ("", None), ("甲", None)],
)  # fmt: skip
def test_chinese_numbers(word: str, value: int | None) -> None:
    assert chinese_int(word) == value
