"""Properties of the reference engine over all shipped rules, on profiles drawn near the figures of the rules."""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, product
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision, Finding, Outcome
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, ListType, Metric, NumberType
from evaluator.testing import Asked, Data, World, asked, nodes, profiles, reveal, value
from tests.agreement.laws import amount, assert_refines, assert_totals_add_up, within
from tests.agreement.shipped import shipped

ASKED = asked(shipped())
ORGANISATIONS = [what for what in ASKED if shipped().vocabulary.kinds[what.kind].group == "organisation"]
SEEDS = st.integers(0, 2**20)


def _examples(number: int) -> settings:
    return settings(
        derandomize=True,
        deadline=None,
        max_examples=number,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def _decide(what: Asked, data: Mapping[str, object], as_of: date) -> Decision:
    book = shipped()
    return decide(book, make_profile(data, book), as_of=as_of, policies=[what.policy.id])


def _as_of(what: Asked, seed: int) -> date:
    return random.Random(seed).choice(what.days)


def _outcomes(decision: Decision) -> dict[str, tuple[object, ...]]:
    return {
        found.id: (found.outcome, found.breach, found.gap, None if found.amount is None else amount(found))
        for found in decision.findings
    }


def test_every_policy_is_asked_by_every_kind_that_its_rules_name() -> None:
    named = {(rule.policy.id, kind) for rule in shipped().rules.values() for kind in rule.kinds}
    assert {(what.policy.id, what.kind) for what in ASKED} == named


# ------------------------------------------------------------------ learning


@pytest.mark.parametrize("what", ASKED, ids=str)
@_examples(8)
@given(data=st.data(), seed=SEEDS)
def test_learning_refines(what: Asked, data: st.DataObject, seed: int) -> None:
    whole = data.draw(profiles(what, shipped().vocabulary))
    as_of = _as_of(what, seed)
    steps = [_decide(what, reveal(whole, seed, level), as_of) for level in (0.0, 0.45, 0.7, 1.0)]
    for before, after in pairwise(steps):
        assert_refines(before, after)
    for decision in steps:
        assert_totals_add_up(decision)
    assert not [found.id for found in steps[-1].findings if found.outcome is Outcome.UNKNOWN]


@pytest.mark.parametrize("what", ASKED, ids=str)
@_examples(4)
@given(data=st.data(), seed=SEEDS)
def test_order_of_facts_and_items_is_irrelevant(what: Asked, data: st.DataObject, seed: int) -> None:
    partial = reveal(data.draw(profiles(what, shipped().vocabulary)), seed, 0.7)
    as_of = _as_of(what, seed)
    before, after = _decide(what, partial, as_of), _decide(what, _reversed(partial), as_of)
    assert _outcomes(before) == _outcomes(after)
    assert before.totals == after.totals
    for one, other in zip(before.findings, after.findings, strict=True):
        assert len(one.missing) == len(other.missing)


def _reversed(data: object) -> Data:
    """The same profile with every mapping and every list the other way round."""

    def turn(part: object) -> object:
        if isinstance(part, dict):
            return {word: turn(part[word]) for word in reversed(list(part))}
        if isinstance(part, list):
            return [turn(entry) for entry in reversed(part)]
        return part

    return cast(Data, turn(data))


# ------------------------------------------------------------------ what is granted


@pytest.mark.parametrize("what", ORGANISATIONS, ids=str)
@_examples(10)
@given(data=st.data(), seed=SEEDS, level=st.sampled_from((0.5, 0.8, 1.0)))
def test_a_further_item_never_lowers_a_total(what: Asked, data: st.DataObject, seed: int, level: float) -> None:
    choose = random.Random(seed)
    whole = data.draw(profiles(what, shipped().vocabulary))
    as_of = _as_of(what, seed)
    before = _decide(what, reveal(whole, seed, level), as_of)
    lists = [fact for fact in what.facts if isinstance(fact.type, ListType)]
    world = World(shipped().vocabulary, what.days)
    for fact in lists:
        more = deepcopy(whole)
        items = cast("list[object]", cast(Data, more["facts"])[fact.id])
        record = shipped().vocabulary.records[cast(ListType, fact.type).record]
        items.append({part.label.zh: value(part, choose, what.figures, world) for part in record.fields})
        after = _decide(what, reveal(more, seed, level), as_of)
        assert after.totals.guaranteed >= before.totals.guaranteed
        assert after.totals.potential is None or (
            before.totals.potential is not None and after.totals.potential >= before.totals.potential
        )


@pytest.mark.parametrize("what", ASKED, ids=str)
@_examples(3)
@given(data=st.data(), seed=SEEDS)
def test_nothing_is_satisfied_elsewhere_or_before_publication(what: Asked, data: st.DataObject, seed: int) -> None:
    partial = reveal(data.draw(profiles(what, shipped().vocabulary)), seed, 0.8)
    elsewhere = {**partial, "jurisdiction": _elsewhere(what), "members": []}
    early = what.policy.published.date - timedelta(days=1)
    for decision, reason in (
        (_decide(what, elsewhere, date(2025, 6, 30)), "place"),
        (_decide(what, partial, early), "published"),
    ):
        for found in decision.findings:
            assert found.outcome is Outcome.NOT_APPLICABLE
            assert found.reason is not None
            assert found.reason.code in (reason, "kind")
        assert (decision.totals.guaranteed, decision.totals.potential) == (0, 0)


def _elsewhere(what: Asked) -> str:
    steps = ["新疆维吾尔自治区", "某市", "某县"]
    return "/".join(steps[: len(what.place.split("/"))])


@pytest.mark.parametrize("what", ORGANISATIONS, ids=str)
@_examples(5)
@given(data=st.data(), seed=SEEDS)
def test_award_is_not_satisfied_by_what_lies_outside_its_period(what: Asked, data: st.DataObject, seed: int) -> None:
    whole = data.draw(profiles(what, shipped().vocabulary))
    facts = cast(Data, whole["facts"])
    for fact in what.facts:
        if isinstance(fact.type, ListType):
            for item in cast("list[Data]", facts[fact.id]):
                item.update({word: "2015-12-31" for word, given in item.items() if _is_day(given)})
    for found in _decide(what, whole, what.policy.last_named.date).findings:
        if isinstance(found.rule, model.Award) and found.rule.counts is not None:
            assert found.outcome in (Outcome.NOT_SATISFIED, Outcome.NOT_APPLICABLE)


def _is_day(given: object) -> bool:
    return isinstance(given, str) and len(given) == 10 and given[4] == "-"


# ------------------------------------------------------------------ completions


@pytest.mark.parametrize("what", ORGANISATIONS, ids=str)
@_examples(15)
@given(data=st.data(), seed=SEEDS)
def test_bounds_are_those_of_all_completions(what: Asked, data: st.DataObject, seed: int) -> None:
    choose = random.Random(seed)
    whole = data.draw(profiles(what, shipped().vocabulary))
    as_of = _as_of(what, seed)
    holes = _holes(whole, what)
    if not holes:
        return
    chosen = choose.sample(holes, min(len(holes), choose.choice((1, 1, 2))))
    partial = deepcopy(whole)
    for list_id, index, label, _ in chosen:
        del _item(partial, list_id, index)[label]
    open_ = {found.id: found for found in _decide(what, partial, as_of).findings if found.amount is not None}
    found_amounts: dict[str, list[Finding]] = {}
    for values in product(*(options for *_, options in chosen)):
        for (list_id, index, label, _), given_ in zip(chosen, values, strict=True):
            _item(partial, list_id, index)[label] = given_
        for found in _decide(what, partial, as_of).findings:
            found_amounts.setdefault(found.id, []).append(found)
    for id, found in open_.items():
        completed = [amount(entry) for entry in found_amounts[id]]
        assert all(within(entry, amount(found)) for entry in completed)
        highs = [high for _, high in completed]
        if found.amount is not None and found.amount.stated:
            assert amount(found)[0] == min(low for low, _ in completed)
            assert amount(found)[1] == (None if None in highs else max(high for high in highs if high is not None))


def _item(data: Data, list_id: str, index: int) -> Data:
    return cast("list[Data]", cast(Data, data["facts"])[list_id])[index]


def _holes(whole: Data, what: Asked) -> list[tuple[str, int, str, list[object]]]:
    """Fields of items that have few values: (list, index, label, every value)."""
    found: list[tuple[str, int, str, list[object]]] = []
    for fact in what.facts:
        if not isinstance(fact.type, ListType):
            continue
        for index in range(len(cast("list[Data]", cast(Data, whole["facts"])[fact.id]))):
            for part in shipped().vocabulary.records[fact.type.record].fields:
                match part.type:
                    case BoolType():
                        found.append((fact.id, index, part.label.zh, [True, False]))
                    case ChoiceType(choices=choices):
                        found.append((fact.id, index, part.label.zh, [choice.label.zh for choice in choices]))
                    case _:
                        pass
    return found


# ------------------------------------------------------------------ figures and tables

HOLDS = {
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    "<": lambda left, right: left < right,
}


def _edges() -> list[tuple[model.Target, model.Entry, ir.Compare, Metric, Fraction]]:
    """Every figure that a region must reach itself, with or without a date."""
    found = []
    for rule in shipped().rules.values():
        if not isinstance(rule, model.Target):
            continue
        for entry in rule.entries:
            for test in (entry.test, entry.fails_unless if entry.period is not None else None):
                if entry.over is not None or not isinstance(test, ir.Compare):
                    continue
                measured, figure = test.left, test.right
                if isinstance(figure, ir.Constant) and isinstance(measured, ir.MetricRef | ir.Cumulative):
                    found.append((rule, entry, test, measured.metric, Fraction(cast(Fraction, figure.value))))
    return found


EDGES = _edges()


@pytest.mark.parametrize(
    ("rule", "entry", "test", "metric", "figure"), EDGES, ids=[f"{rule.id}#{entry.key}" for rule, entry, *_ in EDGES]
)
def test_figure_decides_at_just_below_and_just_above(
    rule: model.Target, entry: model.Entry, test: ir.Compare, metric: Metric, figure: Fraction
) -> None:
    book = shipped()
    what = next(what for what in ASKED if what.policy.id == rule.policy.id and what.kind in rule.kinds)
    assert isinstance(metric.type, NumberType)
    factor = Fraction(book.vocabulary.units[metric.type.unit].factor) if metric.type.unit else Fraction(1)
    period = entry.period or rule.policy.published.date.year
    start = test.left.start if isinstance(test.left, ir.Cumulative) else period
    gates = {part.fact.id: True for gate in rule.gates for part in nodes(gate) if isinstance(part, ir.FactRef)}
    tried = 0
    for step in (Fraction(-1, 10**6), Fraction(0), Fraction(1, 10**6)):
        given = figure / factor + step
        if (metric.low is not None and given * factor < metric.low) or (
            metric.high is not None and given * factor > metric.high
        ):
            continue
        tried += 1
        years: dict[int, object] = dict.fromkeys(range(start, period), 0) | {period: given}
        data = {"kind": what.kind, "jurisdiction": what.place, "facts": gates, "metrics": {metric.id: years}}
        decision = decide(book, make_profile(data, book), as_of=date(period + 1, 6, 30), rules=[rule.id])
        found = next(found for found in decision.findings if found.entry == entry.key)
        holds = HOLDS[test.op](given * factor, figure)
        if entry.test is None:
            assert (found.outcome is Outcome.NOT_SATISFIED) is not holds
        else:
            missed = Outcome.INDETERMINATE if entry.period is None else Outcome.NOT_SATISFIED
            assert found.outcome is (Outcome.SATISFIED if holds else missed)
            assert found.gap == (0 if holds or step == 0 else abs(step) * factor)
    assert tried >= 2


def test_figures_of_every_policy_are_tried_at_their_edge() -> None:
    assert {rule.policy.id for rule, *_ in EDGES} == set(shipped().policies)


def _tables() -> list[tuple[model.Award, model.Table]]:
    awards = [rule for rule in shipped().rules.values() if isinstance(rule, model.Award)]
    return [(rule, rule.amount) for rule in awards if isinstance(rule.amount, model.Table)]


def test_every_choice_of_a_table_is_paid_as_its_row_says_or_not_at_all() -> None:
    book = shipped()
    assert _tables()
    for rule, table in _tables():
        keys = {part.field for row in table.rows for part in nodes(row.condition) if isinstance(part, ir.FieldRef)}
        assert len(keys) == 1
        key = keys.pop()
        assert isinstance(key.type, ChoiceType)
        assert rule.each is not None
        rows = {row.label: cast(ir.Constant, cast(model.Fixed, row.value).value).value for row in table.rows}
        assert set(rows) <= {choice.label.zh for choice in key.type.choices}
        when = _chosen(rule.when)
        for choice in key.type.choices:
            item: dict[str, object] = {key.label.zh: choice.label.zh, "发布日期": "2024-05-01"}
            for label, constant in when.items():
                if label != key.label.zh:
                    type_ = cast(ChoiceType, constant.type)
                    item[label] = next(entry.label.zh for entry in type_.choices if entry.id == constant.value)
            data = {"kind": rule.kinds[0], "jurisdiction": rule.policy.jurisdiction, "facts": {rule.each.id: [item]}}
            decision = decide(book, make_profile(data, book), as_of=date(2025, 6, 30), rules=[rule.id])
            expected = rows.get(choice.label.zh, 0)
            assert amount(decision.findings[0]) == (expected, expected)


def _chosen(when: ir.Expr | None) -> dict[str, ir.Constant]:
    """The choice that a condition asks of each field; the first where it allows several."""
    found: dict[str, ir.Constant] = {}
    for part in nodes(when):
        match part:
            case ir.Equal(left=ir.FieldRef(field=field), right=ir.Constant(type=ChoiceType()) as constant):
                found.setdefault(field.label.zh, constant)
            case _:
                pass
    return found
