"""The made-up measure set: it uses every construct at least twice, and its cases come out as worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

from click.testing import CliRunner

from evaluator.audit.scenarios import load_scenarios, run_scenarios
from evaluator.cli import main
from evaluator.rulebook import ir, model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.suspect import suspicions
from tests.agreement.strategies import nodes

FIXTURES = Path(__file__).parents[1] / "fixtures"
RULEBOOK = load_rulebook(FIXTURES / "rules")

CLASSES = (*get_args(ir.Expr), *get_args(model.Amount), *get_args(model.Stack), *get_args(model.AnyRule))
FORMS = (
    *(f"order {order}" for order in ("listed", "amount", "key, least first", "key, greatest first")),
    *("group", "limit", "instalments", "instalment with a day", "instalment with a condition", "payers", "recipients"),
    *(
        "window",
        "position",
        "same item",
        "due on a day worked out",
        "claw-back",
        "follows once paid",
        "follows once due",
    ),
    *("brackets on slices", "brackets on the whole", "steps, whole", "steps, pro rata", "cap", "floor", "rounding"),
    *("scope item", "scope entity", "scope period", "within item", "within period", "pool, proportional"),
    *("pool, in order", "parameter", "payments received", "decided"),
)


def _used() -> Iterator[str]:
    for rule in RULEBOOK.rules.values():
        for node in nodes(rule):
            yield type(node).__name__
            yield from _forms(node)
        if isinstance(rule, model.Award):
            yield from ["window"] if rule.window else []
            yield from ["payers"] if rule.payers else []
            yield from ["recipients"] if rule.recipients else []
            yield from ["instalments"] if rule.instalments else []
        if isinstance(rule, model.Obligation):
            gates = [node for gate in rule.gates for node in nodes(gate)]
            yield from ["follows once due"] if any(isinstance(node, ir.AwardAmount) for node in gates) else []
            yield from ["follows once paid"] if any(isinstance(node, ir.Exists) for node in gates) else []
            yield from ["claw-back"] if rule.claw_back is not None else []
    for stacking in RULEBOOK.stackings:
        yield f"scope {stacking.scope}"
        for node in nodes(stacking.tree):
            yield type(node).__name__
            yield from _forms(node)
    yield from ["parameter"] * len(RULEBOOK.vocabulary.parameters)


def _forms(node: object) -> Iterator[str]:
    match node:
        case model.Table(hit=hit):
            yield f"hit {hit}"
        case model.Selection(order=order, greatest_first=greatest, group=group, limit=limit):
            key = f"key, {'greatest' if greatest else 'least'} first"
            yield f"order {order if isinstance(order, str) else key}"
            yield from [name for name, part in (("group", group), ("limit", limit)) if part is not None]
        case model.Instalment(on=on, when=when):
            yield from ["instalment with a day"] if on is not None else []
            yield from ["instalment with a condition"] if when is not None else []
        case model.Brackets(whole=whole):
            yield f"brackets on {'the whole' if whole else 'slices'}"
        case model.Steps(whole=whole):
            yield f"steps, {'whole' if whole else 'pro rata'}"
        case model.Limited(cap=cap, floor=floor, rounding=rounding):
            given = (("cap", cap), ("floor", floor), ("rounding", rounding))
            yield from [name for name, part in given if part is not None]
        case model.Bounded(decided=decided) if decided is not None:
            yield "decided"
        case model.Duty(due_on=due_on) if due_on is not None:
            yield "due on a day worked out"
        case model.Scoped(scope=scope):
            yield f"within {scope}"
        case model.Pool(order=order):
            yield "pool, proportional" if order is None else "pool, in order"
        case ir.AwardAmount(same_item=True):
            yield "same item"
        case ir.Position():
            yield "position"
        case ir.Items(fact=fact) if fact.id == "payments":
            yield "payments received"
        case _:
            pass


def test_every_construct_is_used_at_least_twice() -> None:
    used = Counter(_used())
    wanted = [*(entry.__name__ for entry in CLASSES), *FORMS]
    assert {name: used[name] for name in wanted if used[name] < 2} == {}


def test_every_case_comes_out_as_worked_out_by_hand() -> None:
    results = list(run_scenarios(load_scenarios(FIXTURES / "scenarios", RULEBOOK), RULEBOOK))
    assert len(results) >= 20
    assert [(result.scenario.id, result.differences) for result in results if result.differences] == []


MEASURES = FIXTURES / "measures"
"""Seven made-up documents in the manner of real ones, encoded from the pages for drafters alone."""


def test_every_case_of_the_measures_comes_out_as_worked_out_by_hand() -> None:
    book = load_rulebook(MEASURES / "rules")
    results = list(run_scenarios(load_scenarios(MEASURES / "scenarios", book), book))
    assert len(results) >= 80
    assert [(result.scenario.id, result.differences) for result in results if result.differences] == []
    named = {expected.finding.partition("#")[0] for result in results for expected in result.scenario.expected}
    asked = {rule for result in results for rule in result.scenario.rules}
    policies = {policy for result in results for policy in result.scenario.policies}
    told = {id for id, rule in book.rules.items() if id in named | asked or rule.policy.id in policies}
    assert set(book.rules) - told == set()


def test_nothing_but_its_age_is_suspect_in_the_measures() -> None:
    found = suspicions(load_rulebook(MEASURES / "rules"), date(2025, 6, 30))
    assert [one.message for one in found] == ["`quality-2018` was last in force on 2023-03-31"]


def test_the_measures_are_in_canonical_form() -> None:
    result = CliRunner().invoke(main, ["fmt", "--check", str(MEASURES / "rules")])
    assert result.exit_code == 0, result.output
