"""Typed expressions and rules read back as words."""

# ruff: noqa: E501 - one case, one line

from __future__ import annotations

import pytest

from evaluator.report.phrases import Lang
from evaluator.report.sentences import amount, applies_when, sentences
from evaluator.report.wording import Wording
from evaluator.rulebook import model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.shipped import rules_folder
from tests.agreement.small import rulebook


def said(when: str, lang: Lang = "zh", more: str = "") -> str:
    book = rulebook(f"incentives:\n  - id: r\n    {more}\n    when: '{when}'\n    amount: 1万元\n")
    rule = book.rules["test-2023/r"]
    assert isinstance(rule, model.Award)
    assert rule.when is not None
    return Wording(lang, book.vocabulary).word(rule.when)


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("真", "真", "yes"),
        ("not(真)", "非真", "not yes"),
        ("not(真 and 假)", "并非（真，且假）", "not (yes and no)"),
        ("真 = false", "非真", "not yes"),
        ('颜色 = "红"', "颜色为“红”", "hue is “red”"),
        ('颜色 in ("红", "蓝")', "颜色为“红”或“蓝”", "hue is “red” or “blue”"),
        ('真 and (颜色 = "红" or 假)', "真，且（颜色为“红”，或假）", "yes and (hue is “red” or no)"),
        ('等级 >= "中"', "等级不低于“中”", "grade is at least “mid”"),
        ("投资额 > 2000万元", "投资额高于2000万元", "invested is more than 20,000,000 yuan"),
        ("投资额 <= 15000万元", "投资额不高于1.5亿元", "invested is at most 150,000,000 yuan"),
        ('成立日期 < date("2020-01-31")', "成立日期早于2020-01-31", "founded is before 2020-01-31"),
        ("count(项目) >= 2", "项目的数量不少于2", "the number of projects is at least 2"),
        (
            'count(项目[角色 = "主持"]) < 2',
            "项目（角色为“主持”）的数量少于2",
            "the number of projects (role is “lead”) is less than 2",
        ),
        ("sum(项目.份数) >= 3", "项目的份数合计不低于3", "the sum of parts over projects is at least 3"),
        ("max(项目.份数) = 3", "项目中最大的份数为3", "the greatest parts among projects is 3"),
        ("some x in 项目 satisfies x.通过", "项目中有一项：通过", "one of projects has: passed"),
        ("every x in 项目 satisfies x.通过", "项目中每一项：通过", "each of projects has: passed"),
        ("(某数 + 1) * 2 > 三 - 零", "(某数 + 1) × 2高于三 − 零", "(some + 1) × 2 is more than three − zero"),
        ("(if 真 then 1 else 2) = 三", "（若真，则1，否则2）为三", "(1 if yes, else 2) is three"),
        ("min(三, 零) > 0", "（三、零中最小者）高于0", "(the least of three, zero) is more than 0"),
        ("floor(三) = 3", "三向下取整为3", "three rounded down is 3"),
        ("-三 < 0", "−三低于0", "−three is less than 0"),
        (
            "some x in 项目 satisfies (some y in 其他 satisfies y.日期 < x.日期 and y.日期 > 成立日期)",
            "项目中有一项：其他中有一项：日期早于本项的日期，且日期晚于成立日期",
            "one of projects has: one of others has: day is before day of this entry and day is after founded",
        ),
        (
            "count(项目[count(其他[日期 < item.日期]) > 0]) > 0",
            "项目（其他（日期早于日期）的数量多于0）的数量多于0",
            "the number of projects (the number of others (day is before day) is more than 0) is more than 0",
        ),
        (
            "max(项目.日期) >= 成立日期",
            "项目中最晚的日期不早于成立日期",
            "the latest day among projects is not before founded",
        ),
        ('主体类型 = "企业"', "属于企业", "it is enterprise"),
        ("成立日期.year >= 2020", "成立日期的年份不低于2020", "the year of founded is at least 2020"),
    ],
)
def test_conditions_read_as_clauses(when: str, zh: str, en: str) -> None:
    assert said(when) == zh
    assert said(when, "en") == en


@pytest.mark.parametrize(
    ("window", "zh", "en"),
    [
        ("{from: 03-01, until: 04-30, applied: 成立日期}", "成立日期在2023—2028年每年03-01至04-30，且成立日期不晚于所问之日", "founded lies from 03-01 to 04-30 of a year, from 2023 to 2028 and founded is not after the date asked about"),
        ("{from: 11-01, until: 02-29, applied: 成立日期}", "成立日期在2022—2028年每年11-01至02-28，且成立日期不晚于所问之日", "founded lies from 11-01 to 02-28 of a year, from 2022 to 2028 and founded is not after the date asked about"),
        ("{from: 2024-03-01, until: 成立日期, applied: 成立日期}", "成立日期不早于2024-03-01，且成立日期不晚于成立日期，且成立日期不晚于所问之日", "founded is not before 2024-03-01 and founded is not after founded and founded is not after the date asked about"),
    ],
)  # fmt: skip
def test_windows_read_as_clauses(window: str, zh: str, en: str) -> None:
    book = rulebook(f"supports:\n  - id: r\n    window: {window}")
    rule = book.rules["test-2023/r"]
    assert isinstance(rule, model.Award)
    assert rule.when is not None
    assert Wording("zh", book.vocabulary).word(rule.when) == zh
    assert Wording("en", book.vocabulary).word(rule.when) == en


def test_days_of_years_that_do_not_follow_are_told_one_by_one() -> None:
    spans = ("2023-03-01", "2023-04-30"), ("2025-03-01", "2025-04-30")
    when = " or ".join(f'成立日期 >= date("{first}") and 成立日期 <= date("{last}")' for first, last in spans)
    assert said(when).startswith("（成立日期不早于2023-03-01，且成立日期不晚于2023-04-30），或")


def figure(metric: str, entry: str, more: str = "") -> tuple[str, str]:
    """The sentences of a target with one line, in both languages."""
    book = rulebook(f"targets:\n  - id: r\n    metric: {metric}\n    {more}\n    schedule: [{{{entry}}}]\n")
    rule = book.rules["test-2023/r"]
    (zh,), (en,) = (
        sentences(rule, words) for words in (Wording("zh", book.vocabulary), Wording("en", book.vocabulary))
    )
    return zh, en


@pytest.mark.parametrize(
    ("metric", "entry", "more", "zh", "en"),
    [
        ("率", "by: 2025, test: '>= 94%'", "", "市，到2025年（应当）：率不低于94%。", "city, by 2025 (required): rate is at least 94%."),
        ("率", "by: 2025-06-30, period: 2025, test: '> 全省率'", "", "市，在2025-06-30前（应当）：率高于全省率。", "city, by 2025-06-30 (required): rate is more than rate of the province."),
        ("率", "by: none, test: '>= 94%'", "modality: strive", "市，未定期限（力争）：率不低于94%。", "city, without a date (strived for): rate is at least 94%."),
        ("率", "every: {from: 2023, to: 2025}, test: '> 上期'", "", "市，2023—2025年每年（应当）：率高于其上年的数值。", "city, each year from 2023 to 2025 (required): rate is more than its own figure of the year before."),
        ("率", "hold: {from: 2023, to: 2025}, test: '[90%..95%]'", "", "市，2023—2025年保持（应当）：率不低于90%，且率不高于95%。", "city, throughout 2023 to 2025 (required): rate is at least 90% and rate is at most 95%."),
        ("率", "by: 2025, vague: approx, value: 19.5%", "", "市，到2025年（应当）：率约为19.5%（原文为“左右”）。", "city, by 2025 (required): rate should be about 19.5% (no tolerance stated)."),
        ("率", "by: 2025, vague: increase, base: 2023, fails_unless: '> 基期'", "", "市，到2025年（应当）：率提高（原文未定幅度）；至少须：率高于其2023年的数值。", "city, by 2025 (required): rate should rise (by how much is not stated); at least: rate is more than its own figure of 2023."),
        ("存量", "by: 2025, test: '>= 10%'", "quantity: {growth: 2022}", "市，到2025年（应当）：存量较其2022年的数值增长不低于10%。", "city, by 2025 (required): growth of stock over its own figure of 2022 is at least 10%."),
        ("存量", "by: 2025, test: '>= 10%'", "quantity: {average_growth: 2022}", "市，到2025年（应当）：存量自2022年起年均增长不低于10%。", "city, by 2025 (required): yearly growth of stock since 2022 is at least 10%."),
        ("新增", "by: 2025, test: '>= 10个'", "quantity: {cumulative: 2023}", "市，到2025年（应当）：2023年起累计新增不低于10个。", "city, by 2025 (required): added added up since 2023 is at least 10."),
        ("率", "by: 2025, test: '>= 94%'", "over: {each: county}", "市，到2025年（应当）：所辖每个县：率不低于94%。", "city, by 2025 (required): every county within it: rate is at least 94%."),
        ("达标", "by: 2025, test: '>= 80%'", "over: {share: county, where: 'true'}", "市，到2025年（应当）：所辖县中符合（达标）的占比不低于80%。", "city, by 2025 (required): the share of its members (county: reached) is at least 80%."),
    ],
)  # fmt: skip
def test_figures_read_as_sentences(metric: str, entry: str, more: str, zh: str, en: str) -> None:
    assert figure(metric, entry, more) == (zh, en)


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        ("30万元", "30万元", "300,000 yuan"),
        ("{table: {by: 颜色, rows: {红: 1万元, 蓝: 2000元}}}", "“红” 1万元；“蓝” 2000元", "“red” 10,000 yuan; “blue” 2,000 yuan"),
        ("{up_to: 50万元, decided: 核定金额}", "最高50万元（以核定金额为准）", "up to 500,000 yuan (as set by decided)"),
        ("{between: [1万元, 2万元]}", "1万元至2万元", "10,000 yuan to 20,000 yuan"),
        ("{rate: 5%, base: 投资额, cap: 50万元}", "5% × 投资额，最高50万元", "5% × invested, at most 500,000 yuan"),
        ("{brackets: {base: 投资额, on: slice, rates: [{over: 0万元, rate: 1%}, {over: 100万元, rate: 2%}]}}", "投资额分段：超过0元的部分1%，超过100万元的部分2%", "of invested: 1% above 0 yuan, 2% above 1,000,000 yuan"),
        ("{steps: {base: 投资额, every: 100万元, amount: 1万元, count: whole, cap: 5万元}}", "投资额每100万元给1万元（不足一档不计），最高5万元", "10,000 yuan for every 1,000,000 yuan of invested (whole steps only), at most 50,000 yuan"),
        ("unstated", "原文未写金额", "no amount stated"),
        ("{rate: 5%, base: 投资额, minus: 核定金额}", "5% × 投资额，减去核定金额", "5% × invested, less decided"),
        ("{up_to: 5万元, minus: 1万元}", "最高5万元，减去1万元", "up to 50,000 yuan, less 10,000 yuan"),
        ("{rate: 5%, base: 投资额, cap: 9万元, nothing_below: 1万元}", "5% × 投资额，最高9万元，不足1万元的不给", "5% × invested, at most 90,000 yuan, nothing below 10,000 yuan"),
        ("{brackets: {base: 某数, per: 1, on: slice, rates: [{over: 0, rate: 100元}, {over: 3, rate: 50元}]}}", "某数分段：超过0的部分每1给100元，超过3的部分每1给50元", "of some: 100 yuan per 1 above 0, 50 yuan per 1 above 3"),
    ],
)  # fmt: skip
def test_amounts_read_as_clauses(form: str, zh: str, en: str) -> None:
    book = rulebook(f"incentives:\n  - id: r\n    when: 真\n    amount: {form}\n")
    rule = book.rules["test-2023/r"]
    assert isinstance(rule, model.Award)
    assert rule.amount is not None
    assert amount(rule.amount, Wording("zh", book.vocabulary)) == zh
    assert amount(rule.amount, Wording("en", book.vocabulary)) == en


def test_the_gate_of_a_rule_stands_with_its_kinds() -> None:
    book = rulebook("incentives:\n  - id: r\n    applies_when: 假\n    when: 真\n    amount: 1万元\n")
    rule = book.rules["test-2023/r"]
    assert sentences(rule, Wording("zh", book.vocabulary)) == ("企业（限假），真的，给予1万元。",)
    plain = rulebook("incentives:\n  - id: r\n    when: 真\n    amount: 1万元\n").rules["test-2023/r"]
    assert applies_when(plain) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shipped_rule_is_read_back_whole(lang: Lang) -> None:
    book = load_rulebook(rules_folder())
    words = Wording(lang, book.vocabulary)
    for rule in book.rules.values():
        for sentence in sentences(rule, words):
            assert sentence.endswith("。" if lang == "zh" else ".")
            assert "  " not in sentence
            assert "None" not in sentence
