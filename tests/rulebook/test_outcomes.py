"""The outcomes that a rule's form allows, against what the engine gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest

from evaluator.engines.decide import decide
from evaluator.rulebook import ir, model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.outcomes import finding_ids, outcomes_of
from evaluator.rulebook.possible import values
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.shipped import rules_folder
from evaluator.rulebook.values import Item, ItemList, Scalar, Value
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, DateType, Field, ListType, NumberType
from tests.agreement.small import rulebook as small_rulebook


@pytest.fixture(scope="module")
def shipped() -> model.Rulebook:
    return load_rulebook(rules_folder())


def test_the_shipped_rules_have_the_outcomes_of_their_form(shipped: model.Rulebook) -> None:
    expected = {
        "chengde-2023/standards-leading": {"satisfied", "not_satisfied", "unknown", "not_applicable"},
        "chengde-2023/manufacturing-pass-rate#2025": {
            "satisfied", "not_satisfied", "unknown", "not_applicable", "not_due",
        },
        "chengde-2023/high-tech-share#2025": {"indeterminate", "not_due", "not_applicable"},
        "chengde-2023/high-tech-share#2027": {
            "not_satisfied", "unknown", "indeterminate", "not_due", "not_applicable",
        },
    }  # fmt: skip
    found = {
        id: set(outcomes)
        for rule in shipped.rules.values()
        for id, outcomes in outcomes_of(rule, shipped.vocabulary, shipped.rules).items()
        if id in expected
    }
    assert found == expected


def test_every_finding_of_every_shipped_rule_has_outcomes(shipped: model.Rulebook) -> None:
    for rule in shipped.rules.values():
        outcomes = outcomes_of(rule, shipped.vocabulary, shipped.rules)
        assert tuple(outcomes) == finding_ids(rule)
        assert all("not_applicable" in found and len(found) >= 2 for found in outcomes.values())


# ------------------------------------------------------------------ against the engine


def profiles(rulebook: model.Rulebook, rule: model.AnyRule, kind: str) -> Iterator[Profile]:
    """Everything high, low, growing, or true but for what duties ask; then nothing given; here and elsewhere."""
    vocabulary = rulebook.vocabulary
    level = vocabulary.kinds[kind].level
    place = rule.policy.jurisdiction
    steps = place.split("/")
    if level is not None:
        steps = steps[:level]
        while len(steps) < level:
            children = vocabulary.children.get("/".join(steps), ())
            steps.append(children[0].path.rpartition("/")[2] if children else "x")
        place = "/".join(steps)
    years = range(2014, 2029)

    def scalar(field: Field, style: str) -> Scalar:
        match field.type:
            case BoolType():
                return style in ("high", "mixed") or (style == "undone" and "/" not in field.id)
            case ChoiceType(choices=choices):
                return choices[0 if style == "low" else -1].id if style != "mixed" else choices[0].id
            case NumberType():
                low = 0 if field.low is None else field.low
                high = 10**12 if field.high is None else field.high
                return low if style == "low" else high
            case DateType():
                return (rule.policy.published.date + timedelta(days=30)).toordinal()
            case _:
                return "x"

    def facts(style: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for fact in rulebook.facts.values():
            if kind not in fact.of:
                continue
            if isinstance(fact.type, ListType):
                fields = vocabulary.records[fact.type.record].fields
                options = [
                    [choice.id for choice in field.type.choices]
                    if isinstance(field.type, ChoiceType)
                    else [scalar(field, style)]
                    for field in fields
                ]
                items = [
                    Item({field.id: value for field, value in zip(fields, row, strict=True)}, f"{fact.label.zh}[1]")
                    for row in product(*options)
                ]
                found[fact.id] = ItemList(tuple(items) if style != "low" else (), True)
            else:
                found[fact.id] = scalar(fact, style)
        return found

    def metrics(style: str, growing: bool) -> dict[str, dict[int, Scalar]]:
        found: dict[str, dict[int, Scalar]] = {}
        for metric in [*vocabulary.metrics.values(), *rulebook.yearly.values()]:
            if kind in metric.of:
                number = isinstance(metric.type, NumberType)
                found[metric.id] = {
                    year: (year - 2010) if number and growing else scalar(metric, style) for year in years
                }
        return found

    for style, growing in (("high", False), ("low", False), ("mixed", True), ("undone", False)):
        for where in (place, "浙江省" if level is None else place):
            yield Profile(
                kind=kind, name="", place=where, code=None, facts=facts(style), metrics=metrics(style, growing)
            )
    yield Profile(kind=kind, name="", place=place, code=None, facts={}, metrics={})
    yield Profile(kind=kind, name="", place="" if level is None else place, code=None, facts={}, metrics={})


@pytest.mark.parametrize("policy", sorted(path.parent.name for path in rules_folder().glob("*/policy.yaml")))
def test_the_engine_never_gives_an_outcome_that_the_form_excludes(policy: str) -> None:
    rulebook = load_rulebook(rules_folder())
    rules = [rule for rule in rulebook.rules.values() if rule.policy.id == policy]
    allowed = {
        id: set(found) for rule in rules for id, found in outcomes_of(rule, rulebook.vocabulary, rulebook.rules).items()
    }
    reached: dict[str, set[str]] = defaultdict(set)
    published = rules[0].policy.published.date
    days = [published - timedelta(days=1), published, date(2019, 12, 31), date(2026, 1, 31), date(2031, 1, 1)]
    for kind in sorted({kind for rule in rules for kind in rule.kinds}):
        for profile in profiles(rulebook, rules[0], kind):
            for day in days:
                for finding in decide(rulebook, profile, as_of=day, policies=[policy]).findings:
                    reached[finding.id].add(finding.outcome.value)
    excess = {id: found - allowed[id] for id, found in reached.items() if found - allowed[id]}
    assert excess == {}
    pairs = sum(len(found) for found in allowed.values())
    assert (
        sum(len(reached[id] & found) for id, found in allowed.items()) >= pairs * 98 // 100
    )  # the rest needs a profile made for it


# ------------------------------------------------------------------ form by form

AWARD = "incentives:\n  - id: r\n    {0}\n    amount: {1}\n"
TARGET = "targets:\n  - id: r\n    metric: {0}\n    {2}\n    schedule: [{{{1}}}]\n"
ALWAYS = {"satisfied", "not_satisfied", "unknown", "not_applicable"}
DATED = ALWAYS | {"not_due"}


def outcomes(rules: str) -> dict[str, set[str]]:
    book = small_rulebook(rules)
    return {
        id.partition("/")[2]: set(found)
        for rule in book.rules.values()
        for id, found in outcomes_of(rule, book.vocabulary, book.rules).items()
    }


@pytest.mark.parametrize(
    ("when", "amount", "expected"),
    [
        ("when: 真", "1万元", ALWAYS),
        ("applies_when: 真", "1万元", ALWAYS - {"not_satisfied"}),
        ("when: '三 / 零 > 1'", "1万元", ALWAYS | {"indeterminate"}),
        ("when: '三 / 2 > 1'", "1万元", ALWAYS),
        ("when: '某数 <= 10'", "1万元", ALWAYS - {"not_satisfied"}),
        ("when: '某数 > 10'", "1万元", {"not_satisfied", "unknown", "not_applicable"}),
        ("when: 'some x in 项目 satisfies x.通过'", "1万元", ALWAYS),
        ("when: 'every x in 项目 satisfies x.通过'", "1万元", ALWAYS),
        ("when: 'if 真 then 假 else 未知'", "1万元", ALWAYS),
        ("when: 'not(真)'", "1万元", ALWAYS),
        ("when: '某数 = 5'", "1万元", ALWAYS),
        ("when: '某数 = 11'", "1万元", {"not_satisfied", "unknown", "not_applicable"}),
        ("when: '颜色 = \"红\"'", "1万元", ALWAYS),
        ("when: 真", "投资额 / 三", ALWAYS),
        ("when: 真", "unstated", ALWAYS),
        ("when: 真", "{table: {by: 颜色, rows: {红: 1万元, 蓝: 2万元}}}", ALWAYS),
        (
            "when: 真",
            "{table: {by: 某数, rows: [{if: '> 1', then: 1万元}, {if: '> 2', then: 2万元}]}}",
            ALWAYS,
        ),
        ("each: 项目\n    judged_by: 日期\n    when: 通过", "1万元", ALWAYS),
        (
            "each: 项目\n    judged_by: 日期\n    order: listed\n    limit: {count: '三 / 零', per: all}",
            "1万元",
            ALWAYS | {"indeterminate"},
        ),
        ("stub: true\n    when: 真", "1万元", {"indeterminate"}),
        ("applies_when: 'false'", "1万元", {"not_applicable"}),
        ("when: 'max(项目.份数) > 1'", "1万元", ALWAYS | {"indeterminate"}),
    ],
)
def test_awards_have_the_outcomes_of_their_tests_and_amounts(when: str, amount: str, expected: set[str]) -> None:
    assert outcomes(AWARD.format(when, amount)) == {"r": expected}


@pytest.mark.parametrize(
    ("metric", "entry", "more", "expected"),
    [
        ("率", "by: 2025, test: '>= 90%'", "", {"r#2025": DATED}),
        (
            "率",
            "by: 2025, test: '<= 100%'",
            "",
            {"r#2025": DATED - {"not_satisfied", "unknown"}},
        ),
        ("率", "by: 2023-01-01, period: 2023, test: '>= 90%'", "", {"r#2023-01-01": ALWAYS}),
        ("率", "by: none, test: '>= 90%'", "", {"r": ALWAYS - {"not_satisfied"} | {"indeterminate"}}),
        ("率", "by: 2025, vague: approx, value: 90%", "", {"r#2025": {"indeterminate", "not_due", "not_applicable"}}),
        (
            "率",
            "by: 2025, vague: increase, base: 2023, fails_unless: '> 基期'",
            "",
            {"r#2025": DATED - {"satisfied"} | {"indeterminate"}},
        ),
        (
            "率",
            "by: 2025, vague: indefinite, fails_unless: '>= 1%', holds_if: '>= 5%'",
            "",
            {"r#2025": DATED | {"indeterminate"}},
        ),
        ("存量", "by: 2025, test: '>= 10%'", "quantity: {growth: 2022}", {"r#2025": DATED | {"indeterminate"}}),
        ("新增", "by: 2025, test: '>= 10个'", "quantity: {cumulative: 2023}", {"r#2025": DATED}),
        ("达标", "by: 2025, test: '>= 80%'", "over: {share: county, where: 'true'}", {"r#2025": DATED}),
        ("率", "by: 2025, test: '>= 80%'", "over: {each: county}", {"r#2025": DATED}),
        ("等第", "by: 2025, test: '>= \"中\"'", "", {"r#2025": DATED}),
        ("等第", "by: 2025, test: '>= \"低\"'", "", {"r#2025": DATED - {"not_satisfied", "unknown"}}),
        ("率", "every: {from: 2023, to: 2024}, test: '> 上期'", "", {"r#2023": DATED, "r#2024": DATED}),
    ],
)
def test_figures_have_the_outcomes_of_their_form(
    metric: str, entry: str, more: str, expected: dict[str, set[str]]
) -> None:
    assert outcomes(TARGET.format(metric, entry, more)) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {"r": ALWAYS}),
        ("due: 2023-01-01", {"r": ALWAYS}),
        ("due: 2023-01-02", {"r": DATED}),
        ("every: {from: 2023, to: 2024}", {"r#2023": DATED, "r#2024": DATED}),
        ("over: {each: county}", {"r": ALWAYS}),
    ],
)
def test_duties_are_not_due_only_after_publication(more: str, expected: dict[str, set[str]]) -> None:
    rules = f"obligations:\n  - id: r\n    requires: {{attest: {{zh: 做了吗？, en: Done?}}}}\n    {more}\n"
    assert outcomes(rules) == expected


def test_a_region_has_no_open_place_but_an_organisation_has() -> None:
    within = ir.PlaceWithin(place="甲省")
    assert values(within, organisation=True) == {"true", "false", "unknown"}
    assert values(within, organisation=False) == {"true", "false"}


def test_at_least_needs_enough_operands_that_can_hold() -> None:
    yes = ir.Constant(type=BoolType(), value=True)
    no = ir.Constant(type=BoolType(), value=False)
    kind = ir.KindIn(kinds=("city",))
    assert values(ir.AtLeast(n=2, operands=(yes, yes, kind))) == {"true"}
    assert values(ir.AtLeast(n=2, operands=(yes, no, kind))) == {"true", "false"}
    assert values(ir.AtLeast(n=2, operands=(no, no, kind))) == {"false"}
