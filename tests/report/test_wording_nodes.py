"""Every kind of node in words, on pages and in traces."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest

from evaluator.report.wording import Wording
from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import (
    BOOL,
    DATE,
    MONEY,
    PLAIN,
    RATIO,
    Choice,
    ChoiceType,
    Name,
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

SAID_ALIKE: list[tuple[ir.Expr, str, str]] = [
    (million, "100万元", "1,000,000 yuan"),
    (ir.AwardAmount(rule="lake-2024/leading"), "奖补“lake-2024/leading”的金额", "the amount of lake-2024/leading"),
    (
        ir.AwardAmount(rule="lake-2024/leading", same_item=True),
        "奖补“lake-2024/leading”的金额（同一项）",
        "the amount of lake-2024/leading (same entry)",
    ),
    (ir.Position(), "序号", "its position"),
    (ir.Constant(type=DATE, value=738_000), "2021-07-29", "2021-07-29"),
    (ir.Constant(type=BOOL, value=True), "是", "yes"),
    (invested, "投资额", "investment"),
    (level, "级别", "level"),
    (rate, "产品合格率", "pass rate"),
    (ir.MetricRef(type=RATIO, metric=PASS_RATE, year=2022), "2022年产品合格率", "pass rate of 2022"),
    (ir.MetricRef(type=RATIO, metric=PASS_RATE, offset=-1), "上年产品合格率", "pass rate of the year before"),
    (
        ir.Cumulative(type=NEW.type, metric=NEW, start=2023),
        "2023年起累计新增标准数",
        "new standards added up since 2023",
    ),
    (ir.AsOf(), "所问之日", "the date asked about"),
    (ir.AllOf(operands=()), "无条件", "always"),
    (ir.Not(operand=exports), "非出口企业", "not exporter"),
    (ir.Rank(type=PLAIN, operand=grade), "等级", "grade"),
    (
        ir.Arithmetic(
            type=MONEY, op="*", left=tenth, right=ir.Arithmetic(type=MONEY, op="-", left=invested, right=million)
        ),
        "10% × (投资额 − 100万元)",
        "10% × (investment − 1,000,000 yuan)",
    ),
    (ir.Negate(type=MONEY, operand=invested), "−投资额", "−investment"),
    (ir.Rounded(type=MONEY, how="floor", operand=invested), "投资额向下取整", "investment rounded down"),
    (
        ir.Extreme(type=MONEY, how="min", operands=(invested, million)),
        "投资额，最高100万元",
        "investment, at most 1,000,000 yuan",
    ),
    (
        ir.Extreme(type=MONEY, how="max", operands=(invested, ir.Negate(type=MONEY, operand=invested), million)),
        "投资额、−投资额、100万元中最大者",
        "the greatest of investment, −investment, 1,000,000 yuan",
    ),
    (
        ir.If(type=MONEY, condition=exports, then=million, otherwise=invested),
        "若出口企业，则100万元，否则投资额",
        "1,000,000 yuan if exporter, else investment",
    ),
    (ir.MonthsLater(operand=published, months=-6), "发布日期前6个月", "6 months before date of publication"),
    (ir.DaysLater(operand=published, days=30), "发布日期后30天", "30 days after date of publication"),
    (ir.YearOf(operand=published), "发布日期的年份", "the year of date of publication"),
    (ir.Total(type=MONEY, items=every, value=invested), "标准的投资额合计", "the sum of investment over standards"),
    (
        ir.ExtremeOf(type=DATE, how="max", items=every, value=published),
        "标准中最晚的发布日期",
        "the latest date of publication among standards",
    ),
    (ir.KindIn(kinds=("enterprise", "association")), "属于企业或团体", "it is enterprise or association"),
    (ir.PlaceWithin(place="云泽省"), "位于云泽省", "it lies in Yunze"),
    (ir.EachMember(kind="county", that=exports), "所辖每个县：出口企业", "every county within it: exporter"),
    (
        ir.MemberShare(type=RATIO, kind="county", where=exports),
        "所辖县中符合（出口企业）的占比",
        "the share of its members (county: exporter)",
    ),
    (ir.AnyOf(operands=()), "恒不成立", "never"),
    (ir.MetricRef(type=RATIO, metric=PASS_RATE, offset=-2), "2年前的产品合格率", "pass rate 2 years before"),
    (
        ir.AllOf(operands=(ir.AnyOf(operands=(exports, ir.Not(operand=exports))), exports)),
        "（出口企业，或非出口企业），且出口企业",
        "(exporter or not exporter) and exporter",
    ),
    (ir.Equal(left=exports, right=ir.Constant(type=BOOL, value=False)), "非出口企业", "not exporter"),
    (ir.AnyOf(operands=(ir.Equal(left=exports, right=ir.Constant(type=BOOL, value=True)),)), "出口企业", "exporter"),
    (
        ir.Rounded(type=PLAIN, how="ceiling", operand=ir.Arithmetic(type=PLAIN, op="/", left=invested, right=million)),
        "(投资额 ÷ 100万元)向上取整",
        "(investment ÷ 1,000,000 yuan) rounded up",
    ),
]

COMPARED: list[tuple[ir.Expr, tuple[str, str], tuple[str, str]]] = [
    (
        ir.AllOf(operands=(rich, exports)),
        ("投资额不低于100万元，且出口企业", "investment is at least 1,000,000 yuan and exporter"),
        ("投资额 ≥ 100万元，且出口企业", "investment ≥ 1,000,000 yuan and exporter"),
    ),
    (
        ir.AnyOf(operands=(exports, ir.AllOf(operands=(rich, exports)))),
        (
            "出口企业，或（投资额不低于100万元，且出口企业）",
            "exporter or (investment is at least 1,000,000 yuan and exporter)",
        ),
        ("出口企业，或（投资额 ≥ 100万元，且出口企业）", "exporter or (investment ≥ 1,000,000 yuan and exporter)"),
    ),
    (
        ir.AtLeast(n=1, operands=(exports, rich)),
        (
            "以下至少1项成立：出口企业；投资额不低于100万元",
            "at least 1 of these: exporter; investment is at least 1,000,000 yuan",
        ),
        ("以下至少1项成立：出口企业；投资额 ≥ 100万元", "at least 1 of these: exporter; investment ≥ 1,000,000 yuan"),
    ),
    (national, ("级别为“国家标准”", "level is “national standard”"), ("级别 = 国家标准", "level = national standard")),
    (
        ir.Compare(op=">=", left=ir.Rank(type=PLAIN, operand=grade), right=ir.Constant(type=PLAIN, value=1)),
        ("等级不低于“优良”", "grade is at least “good”"),
        ("等级 ≥ 优良", "grade ≥ good"),
    ),
    (
        ir.GrowthTest(op=">=", value=invested, base=rate, rate=tenth, since=None),
        ("投资额较产品合格率增长不低于10%", "growth of investment over pass rate is at least 10%"),
        ("投资额较产品合格率增长 ≥ 10%", "growth of investment over pass rate ≥ 10%"),
    ),
    (
        ir.GrowthTest(op=">", value=invested, base=rate, rate=tenth, since=2020),
        ("投资额自2020年起年均增长高于10%", "yearly growth of investment since 2020 is more than 10%"),
        ("投资额自2020年起年均增长 > 10%", "yearly growth of investment since 2020 > 10%"),
    ),
    (
        ir.Count(type=PLAIN, items=some),
        ("标准（级别为“国家标准”）的数量", "the number of standards (level is “national standard”)"),
        ("标准（级别 = 国家标准）的数量", "the number of standards (level = national standard)"),
    ),
    (
        ir.Exists(items=every, that=national),
        ("标准中有一项：级别为“国家标准”", "one of standards has: level is “national standard”"),
        ("标准中有一项：级别 = 国家标准", "one of standards has: level = national standard"),
    ),
    (
        ir.ForAll(items=every, that=national),
        ("标准中每一项：级别为“国家标准”", "each of standards has: level is “national standard”"),
        ("标准中每一项：级别 = 国家标准", "each of standards has: level = national standard"),
    ),
    (
        ir.AllOf(operands=(ir.Exists(items=every, that=national), exports)),
        (
            "（标准中有一项：级别为“国家标准”），且出口企业",
            "(one of standards has: level is “national standard”) and exporter",
        ),
        (
            "（标准中有一项：级别 = 国家标准），且出口企业",
            "(one of standards has: level = national standard) and exporter",
        ),
    ),
    (
        ir.AnyOf(operands=(national, ir.Equal(left=level, right=ir.Constant(type=level.type, value="industry")))),
        ("级别为“国家标准”或“industry”", "level is “national standard” or “industry”"),
        ("级别 = 国家标准或industry", "level = national standard or industry"),
    ),
    (
        ir.Not(operand=rich),
        ("并非（投资额不低于100万元）", "not (investment is at least 1,000,000 yuan)"),
        ("并非（投资额 ≥ 100万元）", "not (investment ≥ 1,000,000 yuan)"),
    ),
    (
        ir.Equal(left=rich, right=exports),
        ("（投资额不低于100万元）为出口企业", "(investment is at least 1,000,000 yuan) is exporter"),
        ("（投资额 ≥ 100万元） = 出口企业", "(investment ≥ 1,000,000 yuan) = exporter"),
    ),
    (
        ir.Compare(
            op=">",
            left=ir.Extreme(type=MONEY, how="max", operands=(invested, million)),
            right=ir.Arithmetic(type=MONEY, op="+", left=million, right=million),
        ),
        (
            "（投资额，最低100万元）高于100万元 + 100万元",
            "(investment, at least 1,000,000 yuan) is more than 1,000,000 yuan + 1,000,000 yuan",
        ),
        (
            "（投资额，最低100万元） > 100万元 + 100万元",
            "(investment, at least 1,000,000 yuan) > 1,000,000 yuan + 1,000,000 yuan",
        ),
    ),
    (
        ir.Compare(op="<", left=ir.Count(type=PLAIN, items=every), right=ir.Constant(type=PLAIN, value=2)),
        ("标准的数量少于2", "the number of standards is less than 2"),
        ("标准的数量 < 2", "the number of standards < 2"),
    ),
    (
        ir.Compare(op="<=", left=published, right=ir.AsOf()),
        ("发布日期不晚于所问之日", "date of publication is not after the date asked about"),
        ("发布日期 ≤ 所问之日", "date of publication ≤ the date asked about"),
    ),
    (
        ir.Compare(op=">", left=rate, right=ir.MetricRef(type=RATIO, metric=PASS_RATE, offset=-1)),
        ("产品合格率高于其上年的数值", "pass rate is more than its own figure of the year before"),
        ("产品合格率 > 上年产品合格率", "pass rate > pass rate of the year before"),
    ),
    (
        ir.GrowthTest(
            op="=", value=rate, base=ir.MetricRef(type=RATIO, metric=PASS_RATE, year=2022), rate=tenth, since=None
        ),
        ("产品合格率较其2022年的数值增长为10%", "growth of pass rate over its own figure of 2022 is 10%"),
        ("产品合格率较2022年产品合格率增长 = 10%", "growth of pass rate over pass rate of 2022 = 10%"),
    ),
]


def test_every_kind_of_node_is_worded_here() -> None:
    assert {type(row[0]) for row in [*SAID_ALIKE, *COMPARED]} == set(get_args(ir.Expr))


def said(node: ir.Expr, *, signs: bool) -> tuple[str, str]:
    return Wording("zh", WORDS, signs=signs).word(node), Wording("en", WORDS, signs=signs).word(node)


@pytest.mark.parametrize(("node", "zh", "en"), SAID_ALIKE, ids=[type(row[0]).__name__ for row in SAID_ALIKE])
def test_pages_and_traces_say_most_nodes_alike(node: ir.Expr, zh: str, en: str) -> None:
    assert said(node, signs=False) == (zh, en)
    assert said(node, signs=True) == (zh, en)


@pytest.mark.parametrize(("node", "page", "trace"), COMPARED, ids=[type(row[0]).__name__ for row in COMPARED])
def test_a_page_compares_in_words_and_a_trace_by_signs(
    node: ir.Expr, page: tuple[str, str], trace: tuple[str, str]
) -> None:
    assert said(node, signs=False) == page
    assert said(node, signs=True) == trace


def test_joining_nodes_have_a_heading() -> None:
    words = Wording("zh", WORDS)
    assert words.heading(ir.AllOf(operands=(rich, exports))) == "以下全部成立"
    assert words.heading(ir.AnyOf(operands=(rich, exports))) == "以下任一成立"
    assert words.heading(ir.AtLeast(n=2, operands=(rich, exports))) == "以下至少2项成立"


def test_kinds_and_places_outside_the_vocabulary_stand_as_they_are() -> None:
    assert said(ir.KindIn(kinds=("guild",)), signs=False) == ("属于guild", "it is guild")
    assert said(ir.PlaceWithin(place="甲省/乙市"), signs=False) == ("位于甲省乙市", "it lies in 甲省/乙市")
