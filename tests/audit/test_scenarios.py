"""Scenario files: what they may say, what is wrong with them, and how what came out is compared."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from textwrap import dedent, indent

import pytest

from evaluator.audit.coverage import repeated
from evaluator.audit.scenario_profiles import merged
from evaluator.audit.scenarios import Difference, Result, load_scenarios, run_scenarios
from evaluator.diagnostics import RuleError
from evaluator.rulebook.model import Rulebook
from tests.agreement.small import rulebook

RULES = """
incentives:
  - id: grant
    each: 项目
    judged_by: 日期
    when: '角色 = "主持"'
    amount: 10万元
  - id: prize
    when: 真
    amount: {up_to: 50万元, decided: 核定金额}
targets:
  - id: goal
    metric: 率
    schedule: [{by: 2024, test: '>= 90%'}, {by: 2025, test: '>= 94%'}]
"""
LED = "{kind: enterprise, jurisdiction: 甲省/乙市, facts: {项目: [{角色: 主持, 日期: 2024-02-01}], 真: true}}"
CITY = "{kind: city, jurisdiction: 甲省/乙市, metrics: {率: {2024: 91, 2025: 93.5}}}"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebook(RULES)


def write(folder: Path, *cases: str) -> Path:
    """A scenario file of these cases; purpose and date are filled in."""
    path = folder / "test-2023" / "cases.yaml"
    path.parent.mkdir(exist_ok=True)
    lines = ["scenarios:"]
    for case in cases:
        text = dedent(case).strip("\n")
        for field in ("purpose: {zh: 案例, en: case}", "as_of: 2026-01-31"):
            if field.split(":")[0] not in text:
                text += f"\n{field}"
        lines.append("  - " + indent(text, "    ").lstrip())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def results(folder: Path, book: Rulebook, *cases: str) -> tuple[Result, ...]:
    return tuple(run_scenarios(load_scenarios(write(folder, *cases), book), book))


def differences(folder: Path, book: Rulebook, case: str) -> tuple[Difference, ...]:
    (result,) = results(folder, book, case)
    return result.differences


def problem(folder: Path, book: Rulebook, *cases: str) -> str:
    with pytest.raises(RuleError) as caught:
        load_scenarios(write(folder, *cases), book)
    assert len(caught.value.diagnostics) == 1, str(caught.value)
    assert caught.value.diagnostics[0].span is not None
    return str(caught.value)


def test_everything_that_agrees_leaves_no_difference(tmp_path: Path, book: Rulebook) -> None:
    found = differences(
        tmp_path,
        book,
        f"""
        id: a
        profile: {LED}
        expect:
          totals: {{guaranteed: 100000, potential: 600000, unstated: 0, unstated_open: 0}}
          outcomes: {{satisfied: [grant, test-2023/prize]}}
          findings:
            grant: {{guaranteed: 100000, potential: 100000, stated: true, breach: false, missing: [], article: 一}}
            prize: {{guaranteed: 0, potential: 500000, decisions: [核定金额], reason: null}}
        """,
    )
    assert found == ()


@pytest.mark.parametrize(
    ("finding", "field", "expected", "found"),
    [
        ("grant", "outcome: not_satisfied", "not_satisfied", "satisfied"),
        ("grant", "guaranteed: 100000.5", Fraction(200001, 2), 100000),
        ("grant", "potential: null", None, 100000),
        ("grant", "missing: [项目]", ("项目",), ()),
        ("grant", "article: 二", ("二",), ("一",)),
        ("grant", "breach: true", True, False),
        ("prize", "decisions: []", (), ("核定金额",)),
        ("prize", "stated: false", False, True),
        ("prize", "reason: missing", "missing", None),
    ],
)
def test_each_field_that_differs_is_a_difference_at_its_place(
    tmp_path: Path, book: Rulebook, finding: str, field: str, expected: object, found: object
) -> None:
    case = f"id: a\nprofile: {LED}\nexpect:\n  findings:\n    {finding}:\n      {field}"
    (difference,) = differences(tmp_path, book, case)
    assert (difference.expected.finding, difference.expected.field) == (f"test-2023/{finding}", field.split(":")[0])
    assert (difference.expected.value, difference.found) == (expected, found)
    span = difference.expected.span
    assert span is not None
    assert field in span.source.line_text(span.line)


def test_totals_differ_by_the_yuan(tmp_path: Path, book: Rulebook) -> None:
    case = f"id: a\nprofile: {LED}\nexpect: {{totals: {{guaranteed: 100001, potential: 600000}}}}"
    (difference,) = differences(tmp_path, book, case)
    assert (difference.expected.finding, difference.expected.field, difference.found) == (
        "totals",
        "guaranteed",
        100000,
    )


def test_gap_is_in_the_unit_of_its_figure(tmp_path: Path, book: Rulebook) -> None:
    case = "id: a\nprofile: {0}\nexpect: {{findings: {{goal#2025: {{gap: {1}, breach: true}}}}}}"
    assert differences(tmp_path, book, case.format(CITY, "0.5")) == ()
    (difference,) = differences(tmp_path, book, case.format(CITY, "0.4"))
    assert difference.found == Fraction(1, 2)


def test_a_finding_that_does_not_come_out_differs(tmp_path: Path, book: Rulebook) -> None:
    case = f"id: a\nprofile: {CITY}\nexpect: {{outcomes: {{satisfied: [goal#2024], not_applicable: [grant]}}}}"
    (difference,) = differences(tmp_path, book, case)
    assert (difference.expected.finding, difference.decided) == ("test-2023/grant", False)


def test_policies_and_rules_are_asked_as_the_command_asks_them(tmp_path: Path, book: Rulebook) -> None:
    elsewhere = CITY.replace("甲省/乙市", "庚省/辛市")
    named = f"id: a\npolicies: [test-2023]\nprofile: {elsewhere}\nexpect: {{outcomes: {{not_applicable: [goal#2024]}}}}"
    one = f"id: b\nrules: [goal]\nprofile: {elsewhere}\nexpect: {{findings: {{goal#2025: {{reason: place}}}}}}"
    assert [result.differences for result in results(tmp_path, book, named, one)] == [(), ()]


def test_assumptions_fill_what_the_profile_leaves_open(tmp_path: Path, book: Rulebook) -> None:
    case = f"id: a\nassume: {{核定金额: 20}}\nprofile: {LED}\nexpect: {{findings: {{prize: {{guaranteed: 200000}}}}}}"
    assert differences(tmp_path, book, case) == ()


# ------------------------------------------------------------------ profiles


def test_profile_may_stand_in_a_file_of_its_own(tmp_path: Path, book: Rulebook) -> None:
    case = "id: a\nprofile: city.yaml\nexpect: {outcomes: {satisfied: [goal#2024]}}"
    path = write(tmp_path, case)
    (path.parent / "city.yaml").write_text(f"# a city\n{CITY}\n", encoding="utf-8")
    (result,) = run_scenarios(load_scenarios(path, book), book)
    assert result.differences == ()


def test_change_is_laid_over_the_profile_of_the_base(tmp_path: Path, book: Rulebook) -> None:
    base = f"id: a\nprofile: {LED}\nexpect: {{outcomes: {{satisfied: [grant, prize]}}}}"
    less = "id: b\nbase: a\nchange: {facts: {真: null, 核定金额: 30}}\nexpect: {outcomes: {unknown: [prize]}}"
    more = "id: c\nbase: b\nchange: {facts: {真: true}}\nexpect: {totals: {guaranteed: 400000, potential: 400000}}"
    same = "id: d\nbase: a\nexpect: {outcomes: {satisfied: [grant]}}"
    assert [result.differences for result in results(tmp_path, book, base, less, more, same)] == [(), (), (), ()]


def test_members_are_merged_by_name() -> None:
    base = {"members": [{"name": "丙县", "facts": {"a": 1}}, {"name": "丁县"}]}
    change = {"members": [{"name": "丙县", "facts": {"b": 2}}, {"name": "戊县"}]}
    assert merged(base, change) == {
        "members": [{"name": "丙县", "facts": {"a": 1, "b": 2}}, {"name": "丁县"}, {"name": "戊县"}]
    }
    open_base = {"members": {"complete": False, "items": [{"name": "丙县"}]}}
    assert merged(open_base, {"members": [{"name": "丁县"}]}) == {
        "members": {"complete": False, "items": [{"name": "丙县"}, {"name": "丁县"}]}
    }
    assert merged(open_base, {"members": {"complete": True}}) == {
        "members": {"complete": True, "items": [{"name": "丙县"}]}
    }


def test_a_wrong_value_of_a_change_is_reported_where_it_stands(tmp_path: Path, book: Rulebook) -> None:
    base = f"id: a\nprofile: {LED}\nexpect: {{outcomes: {{satisfied: [grant]}}}}"
    wrong = "id: b\nbase: a\nchange:\n  facts:\n    颜色: 绿\nexpect: {outcomes: {satisfied: [grant]}}"
    said = problem(tmp_path, book, base, wrong)
    assert "`绿` is no choice of `颜色`" in said
    assert "颜色: 绿" in said


# ------------------------------------------------------------------ what is wrong


ASK = "\nexpect: {outcomes: {satisfied: [grant]}}"
OF_LED, OF_CITY = f"id: a\nprofile: {LED}", f"id: a\nprofile: {CITY}"
STRANGE = CITY.replace("率", "绿")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (OF_LED + ASK.replace("grant", "grand"), "did you mean `grant`?"),
        (OF_CITY + ASK.replace("grant", "goal"), "its findings are `goal#2024`, `goal#2025`"),
        (OF_CITY + "\nexpect: {findings: {goal#2026: {breach: true}}}", "did you mean `goal#202"),
        (OF_LED + "\nexpect: {outcomes: {satisfied: [grant], unknown: [grant]}}", "expected to be `satisfied` too"),
        (OF_LED + ASK[:-1] + ", findings: {grant: {outcome: unknown}}}", "expected to be `satisfied` too"),
        (OF_LED + ASK.replace("satisfied", "satisified"), "did you mean `satisfied`?"),
        (OF_LED + "\nexpect: {}", "expects nothing"),
        ("id: a" + ASK, "either a `profile` or a `base`"),
        (OF_LED + "\nchange: {}" + ASK, "`change` goes with `base`"),
        ("id: a\nbase: b" + ASK, "no other scenario `b`"),
        ("id: a\nbase: a" + ASK, "no other scenario `a`"),
        ("id: a\nprofile: missing.yaml" + ASK, "cannot read the file"),
        ("id: a\nprofile: 3" + ASK, "a profile or a file's name"),
        (OF_LED + "\nexpect: {stackings: {togetherr: {guaranteed: 1}}}", "there is no stacking `togetherr` by itself"),
        (OF_LED + "\npolicies: [test-2024]" + ASK, "did you mean `test-2023`?"),
        (OF_LED + "\nrules: [grand]" + ASK, "did you mean `grant`?"),
        (OF_LED + "\nas_of: 2026-02-30" + ASK, "a date such as"),
        (f"id: a\nprofile: {STRANGE}" + ASK, "no metric `绿`"),
    ],
)
def test_what_is_wrong_is_one_diagnostic_with_a_hint(tmp_path: Path, book: Rulebook, case: str, said: str) -> None:
    assert said in problem(tmp_path, book, case)


def test_two_scenarios_of_a_file_have_different_ids(tmp_path: Path, book: Rulebook) -> None:
    case = f"id: a\nprofile: {LED}\nexpect: {{outcomes: {{satisfied: [grant]}}}}"
    assert "two scenarios `a`" in problem(tmp_path, book, case, case)


def test_scenarios_based_on_each_other_are_refused(tmp_path: Path, book: Rulebook) -> None:
    pair = [f"id: {id}\nbase: {base}{ASK}" for id, base in ("ab", "ba")]
    with pytest.raises(RuleError, match="is based on"):
        load_scenarios(write(tmp_path, *pair), book)


def test_an_empty_folder_is_no_success(tmp_path: Path, book: Rulebook) -> None:
    with pytest.raises(RuleError, match="no scenario file"):
        load_scenarios(tmp_path, book)


def test_a_folder_is_read_whole_and_by_policy(tmp_path: Path, book: Rulebook) -> None:
    write(tmp_path, f"id: a\nprofile: {LED}\nexpect: {{outcomes: {{satisfied: [grant]}}}}")
    assert [case.id for case in load_scenarios(tmp_path, book)] == ["a"]
    assert load_scenarios(tmp_path, book, policies=["other-2020"]) == ()


# ------------------------------------------------------------------ choices, instalments, payers, what is owed back

PAID = """
incentives:
  - id: grant
    when: 真
    amount: 10万元
    instalments: [{share: 40%}, {share: 60%, on: 'date("2026-06-30")'}]
    payers: [{payer: {zh: 市, en: city}, share: 70%}, {payer: {zh: 县, en: county}, share: 30%}]
  - id: prize
    when: 真
    amount: 5万元
  - id: bonus
    when: 真
    amount: 3万元
  - id: first
    amount: 4万元
  - id: second
    amount: 5万元
  - id: topped
    amount: 2万元
obligations:
  - id: stay
    for: [enterprise]
    requires: {attest: {zh: 是否留在本地？, en: Has it stayed?}}
    due: 2025-06-30
    claw_back: award("bonus") * 50%
stacking:
  - id: either
    scope: entity
    choose_one: [prize, bonus]
  - id: whole
    scope: entity
    sum: {of: [inner, topped], cap: 9万元}
    payers: [{payer: {zh: 市, en: city}, share: 2/3}, {payer: {zh: 县, en: county}, share: 1/3}]
    recipients: [{recipient: {zh: 团队, en: team}, share: 100%}]
  - id: inner
    scope: entity
    highest_of: [first, second]
"""
STAYED = "{kind: enterprise, jurisdiction: 甲省/乙市, facts: {真: true, test-2023/stay: false}}"


@pytest.fixture(scope="module")
def paid_book() -> Rulebook:
    return rulebook(PAID)


def test_choices_later_lines_payers_and_claw_back_are_compared(tmp_path: Path, paid_book: Rulebook) -> None:
    found = differences(
        tmp_path,
        paid_book,
        f"""
        id: a
        choose: {{either: bonus}}
        profile: {STAYED}
        expect:
          totals:
            guaranteed: 140000
            later: {{guaranteed: 60000, potential: 60000}}
            claw_back: {{guaranteed: 15000, potential: 15000}}
          findings:
            grant:
              guaranteed: 40000
              later: {{guaranteed: 60000, potential: 60000}}
              payers: {{市: {{guaranteed: 28000, potential: 28000}}, 县: {{guaranteed: 12000}}}}
            stay: {{outcome: not_satisfied, claw_back: {{guaranteed: 15000, potential: 15000}}}}
          stackings:
            either: {{guaranteed: 30000, later: {{guaranteed: 0, potential: 0}}}}
            whole:
              guaranteed: 70000
              potential: 70000
              payers: {{市: {{guaranteed: 46666.67}}, 县: {{guaranteed: 23333.33, potential: 23333.33}}}}
              recipients: {{团队: {{guaranteed: 70000}}}}
        """,
    )
    assert found == ()


def test_without_a_choice_the_best_is_taken(tmp_path: Path, paid_book: Rulebook) -> None:
    case = f"id: a\nprofile: {STAYED}\nexpect: {{totals: {{guaranteed: 140000}}}}"
    (difference,) = differences(tmp_path, paid_book, case)
    assert difference.found == 160000


@pytest.mark.parametrize(
    ("expect", "field", "found"),
    [
        ("totals: {later: {guaranteed: 1}}", "later.guaranteed", 60000),
        ("totals: {claw_back: {potential: null}}", "claw_back.potential", 15000),
        ("findings: {grant: {later: {potential: 1}}}", "later.potential", 60000),
        ("findings: {grant: {payers: {县: {potential: 1}}}}", "payers.县.potential", 12000),
        ("findings: {grant: {payers: {省: {guaranteed: 0}}}}", "payers.省.guaranteed", None),
        ("findings: {grant: {recipients: {市: {guaranteed: 0}}}}", "recipients.市.guaranteed", None),
        ("findings: {stay: {claw_back: {guaranteed: 0}}}", "claw_back.guaranteed", 15000),
        ("findings: {stay: {later: {guaranteed: 0}}}", "later.guaranteed", None),
        ("findings: {grant: {claw_back: {guaranteed: 0}}}", "claw_back.guaranteed", None),
        ("stackings: {whole: {guaranteed: 1}}", "guaranteed", 70000),
        ("stackings: {whole: {payers: {省: {guaranteed: 0}}}}", "payers.省.guaranteed", None),
        ("stackings: {whole: {recipients: {团队: {potential: 1}}}}", "recipients.团队.potential", 70000),
        ("stackings: {whole: {later: {potential: 1}}}", "later.potential", 0),
    ],
)
def test_each_part_of_a_sum_that_differs_is_a_difference_at_its_place(
    tmp_path: Path, paid_book: Rulebook, expect: str, field: str, found: object
) -> None:
    (difference,) = differences(tmp_path, paid_book, f"id: a\nprofile: {STAYED}\nexpect:\n  {expect}")
    assert (difference.expected.field, difference.found) == (field, found)
    span = difference.expected.span
    assert span is not None
    assert expect in span.source.line_text(span.line)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("{eithe: bonus}", "there is no stacking `eithe`"),
        ("{either: grant}", "`grant` is no award that `test-2023/either` lets one choose"),
    ],
)
def test_choice_that_cannot_be_made_is_refused_where_it_stands(
    tmp_path: Path, paid_book: Rulebook, choice: str, message: str
) -> None:
    case = f"id: a\nchoose: {choice}\nprofile: {STAYED}\nexpect: {{totals: {{guaranteed: 0}}}}"
    assert message in problem(tmp_path, paid_book, case)


def test_cases_that_differ_only_in_a_choice_are_not_repeated(tmp_path: Path, paid_book: Rulebook) -> None:
    cases = [
        f"id: {id}\n{choose}\nprofile: {STAYED}\nexpect: {{totals: {{guaranteed: {total}}}}}"
        for id, choose, total in (("a", "choose: {either: bonus}", 140000), ("b", "choose: {either: prize}", 160000))
    ]
    found = results(tmp_path, paid_book, *cases)
    assert [result.differences for result in found] == [(), ()]
    assert repeated(found) == ()
