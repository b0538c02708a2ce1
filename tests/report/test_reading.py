from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest

from evaluator.engines.intervals import Undefined
from evaluator.engines.truth import INDETERMINATE, TRUE, UNKNOWN
from evaluator.report.phrases import Lang
from evaluator.report.reading import Reader
from evaluator.report.values import Printer, money
from evaluator.rulebook import ir
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
STANDARDS, INVESTMENT, EXPORTER = (WORDS.facts[id] for id in ("standards", "investment", "exporter"))
FIELDS = {field.id: field for field in WORDS.records["standard"].fields}
PASS_RATE, NEW = WORDS.metrics["pass-rate"], WORDS.metrics["new-standards"]

invested = ir.FactRef(type=INVESTMENT.type, fact=INVESTMENT)
exports = ir.FactRef(type=BOOL, fact=EXPORTER)
million = ir.Constant(type=MONEY, value=1_000_000)
tenth = ir.Constant(type=RATIO, value=Fraction(1, 10))
rich = ir.Compare(op=">=", left=invested, right=million)
level = ir.FieldRef(type=FIELDS["level"].type, field=FIELDS["level"], depth=0)
published = ir.FieldRef(type=DATE, field=FIELDS["published"], depth=0)
national = ir.Equal(left=level, right=ir.Constant(type=FIELDS["level"].type, value="national"))
some = ir.Items(fact=STANDARDS, depth=0, where=national)
every = ir.Items(fact=STANDARDS, depth=0, where=None)
rate = ir.MetricRef(type=RATIO, metric=PASS_RATE)
grade = ir.FactRef(
    type=GRADES, fact=type(INVESTMENT)(id="grade", label=Name(zh="等级", en="grade"), type=GRADES, of=("city",))
)

READ: list[tuple[ir.Expr, str, str]] = [
    (million, "100万元", "1,000,000 yuan"),
    (ir.Constant(type=DATE, value=738_000), "2021-07-29", "2021-07-29"),
    (ir.Constant(type=BOOL, value=True), "是", "yes"),
    (invested, "投资额", "investment"),
    (level, "级别", "level"),
    (rate, "产品合格率", "pass rate"),
    (ir.MetricRef(type=RATIO, metric=PASS_RATE, year=2022), "2022年产品合格率", "pass rate of 2022"),
    (ir.MetricRef(type=RATIO, metric=PASS_RATE, offset=-1), "上期产品合格率", "pass rate of the period before"),
    (ir.Cumulative(type=NEW.type, metric=NEW, start=2023), "2023年起累计新增标准数", "new standards summed from 2023"),
    (ir.AsOf(), "所问之日", "the date asked about"),
    (ir.AllOf(operands=(rich, exports)), "投资额 ≥ 100万元 且 出口企业", "investment ≥ 1,000,000 yuan and exporter"),
    (
        ir.AnyOf(operands=(exports, ir.AllOf(operands=(rich, exports)))),
        "出口企业 或 (投资额 ≥ 100万元 且 出口企业)",
        "exporter or (investment ≥ 1,000,000 yuan and exporter)",
    ),
    (ir.AllOf(operands=()), "任意", "any"),
    (ir.Not(operand=exports), "并非（出口企业）", "not (exporter)"),
    (
        ir.AtLeast(n=1, operands=(exports, rich)),
        "以下至少 1 项成立：出口企业、投资额 ≥ 100万元",
        "at least 1 of: exporter, investment ≥ 1,000,000 yuan",
    ),
    (national, "级别 = 国家标准", "level = national standard"),
    (
        ir.Compare(op=">=", left=ir.Rank(type=PLAIN, operand=grade), right=ir.Constant(type=PLAIN, value=1)),
        "等级 ≥ 优良",
        "grade ≥ good",
    ),
    (ir.Rank(type=PLAIN, operand=grade), "等级", "grade"),
    (
        ir.GrowthTest(op=">=", value=invested, base=rate, rate=tenth, since=None),
        "投资额较产品合格率增长 ≥ 10%",
        "investment grown over pass rate ≥ 10%",
    ),
    (
        ir.GrowthTest(op=">", value=invested, base=rate, rate=tenth, since=2020),
        "投资额 自2020年起年均增长 > 10%",
        "investment grown since 2020 on average per year > 10%",
    ),
    (
        ir.Arithmetic(
            type=MONEY, op="*", left=tenth, right=ir.Arithmetic(type=MONEY, op="-", left=invested, right=million)
        ),
        "10% × (投资额 − 100万元)",
        "10% × (investment − 1,000,000 yuan)",
    ),
    (ir.Negate(type=MONEY, operand=invested), "−投资额", "−investment"),
    (ir.Rounded(type=MONEY, how="floor", operand=invested), "投资额 的整数部分", "investment rounded down"),
    (
        ir.Extreme(type=MONEY, how="min", operands=(invested, million)),
        "投资额、100万元 中的最小值",
        "least of investment, 1,000,000 yuan",
    ),
    (
        ir.If(type=MONEY, condition=exports, then=million, otherwise=invested),
        "若 出口企业 则 100万元，否则 投资额",
        "if exporter then 1,000,000 yuan, else investment",
    ),
    (ir.MonthsLater(operand=published, months=-6), "发布日期 前 6 个月", "6 months before date of publication"),
    (ir.DaysLater(operand=published, days=30), "发布日期 后 30 天", "30 days after date of publication"),
    (ir.YearOf(operand=published), "发布日期 的年份", "year of date of publication"),
    (
        ir.Count(type=PLAIN, items=some),
        "标准（级别 = 国家标准） 的项数",
        "number of standards where level = national standard",
    ),
    (ir.Total(type=MONEY, items=every, value=invested), "标准 的投资额合计", "sum of investment over standards"),
    (
        ir.ExtremeOf(type=DATE, how="max", items=every, value=published),
        "标准 中最大的发布日期",
        "greatest date of publication of standards",
    ),
    (
        ir.Exists(items=every, that=national),
        "标准 中有一项：级别 = 国家标准",
        "one of standards has: level = national standard",
    ),
    (
        ir.ForAll(items=every, that=national),
        "标准 每项都：级别 = 国家标准",
        "each of standards has: level = national standard",
    ),
    (ir.KindIn(kinds=("enterprise", "association")), "属于企业、团体", "it is enterprise or association"),
    (ir.PlaceWithin(place="云泽省"), "位于云泽省", "it lies in 云泽省"),
    (ir.EachMember(kind="county", that=exports), "各县都：出口企业", "each county has: exporter"),
    (ir.MemberShare(type=RATIO, kind="county", where=exports), "出口企业 的县占比", "share of county with exporter"),
]


def test_every_kind_of_node_is_read_here() -> None:
    assert {type(node) for node, _, _ in READ} == set(get_args(ir.Expr))


@pytest.mark.parametrize(("node", "zh", "en"), READ, ids=[type(node).__name__ for node, _, _ in READ])
def test_nodes_read_as_clauses_in_both_languages(node: ir.Expr, zh: str, en: str) -> None:
    assert Reader(Printer(WORDS, "zh")).read(node) == zh
    assert Reader(Printer(WORDS, "en")).read(node) == en


def test_only_joining_nodes_have_a_heading() -> None:
    reader = Reader(Printer(WORDS, "zh"))
    assert reader.heading(ir.AllOf(operands=(rich, exports))) == "以下全部成立"
    assert reader.heading(ir.AnyOf(operands=(rich, exports))) == "以下任一成立"
    assert reader.heading(ir.AtLeast(n=2, operands=(rich, exports))) == "以下至少 2 项成立"
    assert reader.heading(rich) is None


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
