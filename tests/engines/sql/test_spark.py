"""Spark against the reference engine and DuckDB, on the same queries in its own dialect."""

from __future__ import annotations

import random
from datetime import date

import pytest

from evaluator.engines.decide import decide
from evaluator.engines.sql.query import compile_rules
from tests.agreement.near import shown, whole_profiles
from tests.agreement.shipped import shipped
from tests.agreement.small import enterprise, rulebook
from tests.agreement.sql import differences, profiles_of
from tests.agreement.strategies import asked, reveal, whole
from tests.agreement.tables import FACTS, cases_rulebook

pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'evaluator[spark]'")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")  # of pyspark itself

AS_OF = date(2025, 6, 30)
AMOUNTS = """
supports:
  - id: s0
    when: 'floor(任数 / 2) >= 1 and ceiling(任数 / 3) <= 1'
  - id: s1
    when: 'abs(任数 - 2) * 1.5 > 三 / 2'
  - id: s2
    when: '成立日期 + duration("P1M") <= date("2024-07-01") and 成立日期.year = 2024'
  - id: s3
    when: 'max(for x in 项目[通过] return x.份数 * 2) >= 4 or count(项目[级别 = "国际"]) >= 2'
incentives:
  - id: x0
    judged_by: 成立日期
    when: '任数 >= 0'
    amount: {table: {by: [颜色, 任数], hit: C+, rows: [{if: ['"红"', '> 1'], then: 3.333% * 投资额}, {if: ['-', '-'], then: 1万元}]}}
  - id: x1
    judged_by: 成立日期
    amount: {brackets: {base: 投资额, rates: [{over: 0万元, rate: 1.5%}, {over: 3万元, rate: 2%}], on: slice, cap: 5万元}}
  - id: x2
    judged_by: 成立日期
    amount: {steps: {base: 任数, every: '2', amount: 0.7万元, count: whole}}
  - id: y0
    each: 项目
    judged_by: 日期
    when: '角色 = "主持"'
    amount: {rate: 5%, base: 金额, cap: 2万元, floor: 1万元}
stacking:
  - id: tree
    scope: entity
    highest_of: [x0, {sum: {of: [x1, y0], cap: 6万元}}]
"""  # noqa: E501 - one rule, one line


def test_truth_tables_have_their_values() -> None:
    from tests.agreement import spark

    book = cases_rulebook()
    profiles = profiles_of(book, [enterprise(FACTS), enterprise({})])
    rules = list(book.rules.values())
    differ: list[str] = []
    for start in range(0, len(rules), 100):
        part = rules[start : start + 100]
        rows = spark.answers(compile_rules(book, AS_OF, part), profiles)
        for profile, row in zip(profiles, rows, strict=True):
            decision = decide(book, profile, as_of=AS_OF, rules=[rule.id for rule in part])
            differ += differences(decision, row)
    assert differ == []


def test_amounts_dates_and_stacking_agree() -> None:
    from tests.agreement import spark

    book = rulebook(AMOUNTS)
    profiles = shown(whole_profiles(150, 7), book, 7)
    rows = spark.answers(compile_rules(book, AS_OF), profiles)
    differ: list[str] = []
    for profile, row in zip(profiles, rows, strict=True):
        differ += differences(decide(book, profile, as_of=AS_OF, rules=list(book.rules)), row)
    assert differ == []
    paid = {row["test-2023/x1:guaranteed"] for row in rows}
    assert len(paid) > 3


@pytest.mark.parametrize("name", ["chengde-2023-enterprise", "henan-2018-city", "linxia-2023-county"])
def test_shipped_rules_agree(name: str) -> None:
    from tests.agreement import spark

    book = shipped()
    what = next(what for what in asked(book) if str(what) == name)
    rules = [rule for rule in book.rules.values() if rule.policy.id == what.policy.id and what.kind in rule.kinds]
    choose = random.Random(name)
    levels = (0.3, 0.5, 0.7, 0.9, 1.0)
    data = [reveal(whole(what, book.vocabulary, seed), seed, choose.choice(levels)) for seed in range(20)]
    profiles = profiles_of(book, data)
    rows = spark.answers(compile_rules(book, AS_OF, rules), profiles)
    differ: list[str] = []
    for profile, row in zip(profiles, rows, strict=True):
        own = [rule.id for rule in book.candidates(profile.place, profile.kind) if rule in rules]
        differ += differences(decide(book, profile, as_of=AS_OF, rules=own or ["-"]), row)
    assert differ == []


def test_folded_rules_yield_the_rows_that_duckdb_yields() -> None:
    from tests.agreement import spark
    from tests.agreement.sql import long_rows

    book = rulebook(
        "incentives:\n"
        + "".join(
            f"  - id: r{k}\n    judged_by: 成立日期\n    when: 任数 >= {k}\n    amount: {k}.5万元\n" for k in range(6)
        )
    )
    profiles = shown(whole_profiles(40, 11), book, 11)
    compiled = compile_rules(book, AS_OF, folding=True)
    assert len(compiled.folded) == 1
    assert not compiled.findings
    assert spark.long_rows(compiled, profiles) == long_rows(compiled, profiles)
