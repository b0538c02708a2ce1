"""Terms that a document defines: what a rule that names one says, and what is wrong with one."""

from __future__ import annotations

from datetime import date

import pytest

from evaluator.engines.decide import decide
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.suspect import suspicions
from tests.rulebook.tiny import Tiny

RULE = """
incentives:
  - id: more
    title: {{zh: 例, en: example}}
    cite: {{article: 九, sentence: 1}}
    modality: must
    for: {kinds}
    {keys}
"""


def write(tiny: Tiny, terms: str, keys: str, kinds: str = "enterprise") -> None:
    tiny.write("tiny-2023/more.yaml", f"terms:\n{terms}\n{RULE.format(keys=keys, kinds=kinds)}")


def paid(tiny: Tiny, facts: dict[str, object]) -> object:
    book = tiny.load()
    profile = make_profile({"kind": "enterprise", "jurisdiction": "甲省/乙市", "facts": facts}, book)
    found = decide(book, profile, as_of=date(2025, 6, 30), rules=["tiny-2023/more"]).findings[0]
    assert found.amount is not None
    return found.amount.guaranteed


SCALE = "  - {id: scale, label: {zh: 比例, en: scale}, is: {table: {by: 规模以上, rows: {'true': 10%, 'false': 5%}}}}"
SUM = "  - {id: base, label: {zh: 定额, en: base}, each: 标准, is: {table: {by: 级别, rows: {国际标准: 30万元, 国家标准: 20万元}}}}"  # noqa: E501 - one term, one line
STANDARDS = [
    {"级别": "国际标准", "发布日期": "2024-03-01", "费用": 5},
    {"级别": "国家标准", "发布日期": "2024-05-01", "费用": 7},
]


def test_a_condition_of_the_document_is_asked_of_every_rule_that_names_it(tiny: Tiny) -> None:
    fit = "  - {id: fit, label: {zh: 符合条件, en: fit}, is: {all: [规模以上], unless: ['营业收入 < 100万元']}}"
    write(tiny, fit, "when: 符合条件\n    amount: 1万元")
    assert paid(tiny, {"规模以上": True, "营业收入": 100}) == 10000
    assert paid(tiny, {"规模以上": True, "营业收入": 99}) == 0


def test_a_table_of_rates_is_a_rate(tiny: Tiny) -> None:
    write(tiny, SCALE, "amount: {rate: 比例, base: 营业收入}")
    assert paid(tiny, {"规模以上": True, "营业收入": 30}) == 30000
    assert paid(tiny, {"规模以上": False, "营业收入": 30}) == 15000


def test_a_term_of_an_entry_is_read_of_the_entry_at_hand(tiny: Tiny) -> None:
    write(tiny, SUM, "each: 标准\n    judged_by: 发布日期\n    amount: 定额 - 费用")
    assert paid(tiny, {"标准": STANDARDS}) == 250000 + 130000


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("sum(标准.定额)", 500000),
        ("sum(标准[定额 > 25万元].定额)", 300000),
        ("sum(for x in 标准 return x.定额 * 2)", 1000000),
        ("if some x in 标准 satisfies x.定额 = 20万元 then 1万元 else 0元", 10000),
        ("max(标准.base)", 300000),
    ],
)
def test_a_term_of_entries_is_a_field_of_theirs(tiny: Tiny, amount: str, expected: int) -> None:
    write(tiny, SUM, f"amount: {amount}")
    assert paid(tiny, {"标准": STANDARDS}) == expected


def test_a_term_within_a_filter_is_of_the_innermost_entry_of_its_list(tiny: Tiny) -> None:
    amount = "count(标准[定额 > 本项.定额]) * 1万元"
    write(tiny, SUM, f"each: 标准\n    judged_by: 发布日期\n    amount: '{amount}'")
    assert paid(tiny, {"标准": STANDARDS}) == 10000


def test_terms_may_stand_in_trees_and_in_each_other(tiny: Tiny) -> None:
    limit = "  - {id: limit, label: {zh: 上限, en: limit}, is: 营业收入 * 比例}"
    tree = "\nstacking:\n  - {id: t, title: {zh: 合计, en: sum}, scope: entity, sum: {of: [more], cap: 上限}}"
    write(tiny, f"{SCALE}\n{limit}", f"amount: 9万元{tree}")
    book = tiny.load()
    profile = make_profile(
        {"kind": "enterprise", "jurisdiction": "甲省/乙市", "facts": {"规模以上": True, "营业收入": 20}}, book
    )
    decision = decide(book, profile, as_of=date(2025, 6, 30), rules=["tiny-2023/more"])
    assert decision.totals.guaranteed == 20000


@pytest.mark.parametrize(
    ("terms", "keys", "said"),
    [
        (
            "  - {id: a, label: {zh: 甲项, en: a}, is: 乙项 + 1}\n  - {id: b, label: {zh: 乙项, en: b}, is: 甲项 + 1}",
            "amount: 1万元",
            "the term depends on itself: `甲项` → `乙项` → `甲项`",
        ),
        ("  - {id: a, label: {zh: 甲项, en: a}, is: 没有的 > 3}", "amount: 1万元", "nothing is called `没有的`"),
        ("  - {id: a, label: {zh: 甲项, en: a}, each: 标准项, is: 费用}", "amount: 1万元", "`标准项` is not a list"),
        ("  - {id: a, label: {zh: 甲 项, en: a}, is: 3万元}", "amount: 1万元", "`甲 项` is not one word"),
        (
            "  - {id: a, label: {zh: 营业收入, en: a}, is: 3万元}",
            "amount: 1万元",
            "`营业收入` is the name of something else",
        ),
        (
            "  - {id: a, label: {zh: 甲项, en: a}, is: 3万元}\n  - {id: a, label: {zh: 乙项, en: a}, is: 3万元}",
            "amount: 1万元",
            "`a` is the name of something else too",
        ),
        ("  - {id: a, label: {zh: 甲项, en: a}, is: {up_to: 3万元}}", "amount: 甲项", "is no term"),
        ("  - {id: a, label: {zh: 甲项, en: a}, is: {rate: 5%}}", "amount: 甲项", "`rate` needs its `base`"),
        (SUM, "amount: 定额", "`定额` is about an entry of `标准`, and none is at hand here"),
        (SUM, "amount: sum(获奖.定额)", "`奖` has no field `定额`"),
        (
            "  - {id: a, label: {zh: 甲项, en: a}, is: 投资额}",
            "amount: 甲项",
            "in the term `甲项`: `投资额` is no fact of",
        ),
        ("  - {id: a, label: {zh: 甲项, en: a}}", "amount: 1万元", "`is` is missing"),
        ("  - {id: a, label: {zh: 甲项, en: a}, is: [3]}", "amount: 1万元", "should be an expression, a condition"),
    ],
)
def test_what_is_wrong_with_a_term_is_said(tiny: Tiny, terms: str, keys: str, said: str) -> None:
    write(tiny, terms, keys, kinds="[enterprise, association]" if "投资额" in terms else "enterprise")
    assert said in tiny.problems()


def test_a_term_that_is_wrong_is_told_once_where_it_stands(tiny: Tiny) -> None:
    write(tiny, "  - {id: a, label: {zh: 甲项, en: a}, is: 营业收入 > 3}", "when: 甲项\n    amount: 1万元")
    heads = [line for line in tiny.problems().splitlines() if "error[" in line]
    assert len(heads) == 1
    assert heads[0].startswith("tiny-2023/more.yaml:2:41: error[unlike-types]")


def test_a_term_in_a_term_is_told_where_it_stands(tiny: Tiny) -> None:
    terms = "  - {id: a, label: {zh: 甲项, en: a}, is: 乙项 + 1}\n  - {id: b, label: {zh: 乙项, en: b}, is: 没有的}"
    write(tiny, terms, "amount: 甲项 * 1万元")
    heads = [line for line in tiny.problems().splitlines() if "error[" in line]
    assert heads == ["tiny-2023/more.yaml:3:41: error[unknown-name]: nothing is called `没有的`"]


def test_a_term_that_no_rule_names_is_told(tiny: Tiny) -> None:
    write(tiny, f"{SCALE}\n{SUM}", "amount: {rate: 比例, base: 营业收入}")
    told = [one.message for one in suspicions(tiny.load(), date(2025, 6, 30)) if one.code == "unused-term"]
    assert told == ["no rule names the term `定额`"]


def test_what_a_term_says_is_part_of_the_digest_and_its_name_is_not(tiny: Tiny) -> None:
    from evaluator.rulebook.digest import rulebook_digest

    def digest(terms: str, rate: str) -> str:
        write(tiny, terms, f"amount: {{rate: {rate}, base: 营业收入}}")
        return rulebook_digest(tiny.load(), ["tiny-2023"])

    named = digest(SCALE, "比例")
    assert digest(SCALE.replace("比例", "系数"), "系数") == named
    assert digest(SCALE.replace("10%", "12%"), "比例") != named
