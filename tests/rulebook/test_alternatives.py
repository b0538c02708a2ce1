"""Other readings: which can be worked out, and what the rule becomes under each."""

from __future__ import annotations

import pickle

import pytest

from evaluator.rulebook import model
from evaluator.rulebook.alternatives import under
from evaluator.rulebook.digest import rulebook_digest
from evaluator.rulebook.forms import forms_of
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Alternative, Rulebook
from evaluator.rulebook.overrides import parse_override
from evaluator.rulebook.reading_keys import FORMS, KEYS
from evaluator.rulebook.shipped import rules_folder
from tests.rulebook.tiny import Tiny
from tests.rulebook.typed import show, show_amount

STEPS = """\
incentives:
  - id: more
    title: {{zh: 例, en: example}}
    cite: {{article: 九, sentence: 1}}
    modality: must
    for: enterprise
    applies_when: 规模以上
    amount: {{steps: {{base: 营业收入, every: 100万元, amount: 1万元, count: whole}}}}
    readings:
      - {{question: unit, chosen: {chosen}, alternatives: [{alternative}], note: {{zh: 例, en: example}}}}
"""
TREE = """\
stacking:
  - id: together
    title: {{zh: 叠加, en: together}}
    scope: entity
    {form}: [leading, size]
    readings:
      - {{question: combination, chosen: {chosen}, alternatives: [{alternative}], note: {{zh: 例, en: example}}}}
"""


def more(tiny: Tiny, alternative: str, chosen: str = "whole") -> tuple[Alternative, ...]:
    tiny.write("tiny-2023/more.yaml", STEPS.format(chosen=chosen, alternative=alternative))
    return tiny.load().alternatives


def award(alternative: Alternative) -> model.Award:
    assert isinstance(alternative.becomes, model.Award)
    return alternative.becomes


def tree(tiny: Tiny, alternative: str, form: str = "silent", chosen: str = "silent") -> tuple[Rulebook, Alternative]:
    tiny.write("tiny-2023/more.yaml", TREE.format(form=form, chosen=chosen, alternative=alternative))
    rulebook = tiny.load()
    return rulebook, rulebook.alternatives[0]


def test_a_value_of_a_key_that_is_a_reading_needs_no_set(tiny: Tiny) -> None:
    (found,) = more(tiny, "pro-rata")
    assert (found.of, found.id, found.reading.chosen) == ("tiny-2023/more", "pro-rata", "whole")
    amount = award(found).amount
    assert isinstance(amount, model.Steps)
    assert amount.whole is False
    assert found.label is not None
    assert found.label.zh == "不足一步的按比例计"


def test_how_an_amount_is_rounded_is_a_reading(tiny: Tiny) -> None:
    text = STEPS.format(chosen="half-up", alternative="down, up")
    tiny.write("tiny-2023/more.yaml", text.replace("whole}}", "pro-rata}, round: {to: 1000元, how: half-up}}"))
    ways = [other.becomes.amount for other in tiny.load().alternatives if isinstance(other.becomes, model.Award)]
    rounded = [amount.rounding for amount in ways if isinstance(amount, model.Limited)]
    assert [rounding.how for rounding in rounded if rounding is not None] == ["down", "up"]


@pytest.mark.parametrize(("chosen", "alternative"), [("per-step", "pro-rata"), ("whole", "half"), ("pro-rata", "half")])
def test_an_id_that_stands_for_no_value_is_told_only(tiny: Tiny, chosen: str, alternative: str) -> None:
    assert more(tiny, alternative, chosen) == ()


def test_a_set_changes_a_value_adds_a_key_and_takes_one_away(tiny: Tiny) -> None:
    deep, added, gone = more(
        tiny,
        "{id: ten, set: {amount.steps.amount: 10万元, amount.steps.every: 50万元}}, "
        "{id: test, set: {when: 规模以上}, label: {zh: 甲, en: a}}, {id: all, set: {applies_when: null}}",
    )
    assert "100000" in show_amount(award(deep).amount)
    assert show(award(added).when) == "规模以上"
    assert added.label is not None
    assert (added.label.zh, deep.label) == ("甲", None)
    assert len(award(gone).gates) == len(award(deep).gates) - 1


def test_a_reading_of_an_entry_changes_its_rule(tiny: Tiny) -> None:
    other = "{id: out, set: {schedule.2025.test: '> 94%'}}"
    reading = f"{{question: edge, chosen: in, alternatives: [{other}], note: {{zh: 例, en: e}}}}"
    tiny.replace("tiny-2023/incentives.yaml", "test: '>= 94%'}", f"test: '>= 94%', readings: [{reading}]}}")
    (found,) = tiny.load().alternatives
    assert isinstance(found.becomes, model.Target)
    assert show(found.becomes.entries[0].test) == "(> 合格率@period 0.94)"


def test_how_awards_combine_can_be_another_form_or_none(tiny: Tiny) -> None:
    rulebook, highest = tree(tiny, "highest-only")
    assert isinstance(highest.becomes, model.Stacking)
    assert isinstance(highest.becomes.tree, model.HighestOf)
    assert isinstance(under(rulebook, highest).stackings[0].tree, model.HighestOf)
    rulebook, none = tree(tiny, "all-add-up")
    assert none.becomes is None
    assert under(rulebook, none).stackings == ()
    _, silent = tree(tiny, "silent", "highest_of", "highest-of")
    assert isinstance(silent.becomes, model.Stacking)
    assert isinstance(silent.becomes.tree, model.Silent)


def test_within_what_awards_combine_is_a_reading(tiny: Tiny) -> None:
    _, found = tree(tiny, "item", chosen="entity")
    assert isinstance(found.becomes, model.Stacking)
    assert found.becomes.scope == "item"
    text = TREE.format(form="silent", chosen="entity", alternative="period")
    tiny.write("tiny-2023/more.yaml", text.replace("[leading, size]", "[leading, {highest_of: [size]}]"))
    (deep,) = tiny.load().alternatives
    assert isinstance(deep.becomes, model.Stacking)
    assert deep.becomes.scope == "period"


def test_a_rulebook_under_a_reading_differs_in_that_rule_alone(tiny: Tiny) -> None:
    more(tiny, "pro-rata")
    rulebook = tiny.load()
    other = under(rulebook, rulebook.alternatives[0])
    assert {id for id in rulebook.rules if rulebook.rules[id] != other.rules[id]} == {"tiny-2023/more"}
    assert list(other.rules) == list(rulebook.rules)


@pytest.mark.parametrize("yearly", [False, True])
def test_a_question_that_a_reading_attests_is_known_under_it(tiny: Tiny, yearly: bool) -> None:
    other = "{id: other, set: {requires: {attest: {zh: 甲？, en: A?}}}}"
    reading = f"{{question: measure, chosen: known, alternatives: [{other}], note: {{zh: 例, en: e}}}}"
    text = (
        "obligations:\n  - id: more\n    title: {zh: 例, en: e}\n    cite: {article: 九, sentence: 1}\n"
        f"    for: enterprise\n    modality: must\n    requires: 规模以上\n    readings: [{reading}]\n"
        + ("    every: {from: 2023, to: 2024}\n" if yearly else "")
    )
    tiny.write("tiny-2023/more.yaml", text)
    rulebook = tiny.load()
    found = under(rulebook, rulebook.alternatives[0])
    assert "tiny-2023/more" not in {**rulebook.facts, **rulebook.yearly}
    assert "tiny-2023/more" in (found.yearly if yearly else found.facts)


def test_what_a_reading_changes_is_part_of_the_digest(tiny: Tiny) -> None:
    digests = set()
    for figure in (10, 20):
        more(tiny, f"{{id: ten, set: {{amount.steps.amount: {figure}万元}}}}")
        digests.add(rulebook_digest(tiny.load(), ["tiny-2023"]))
    assert len(digests) == 2


def test_a_figure_that_is_tried_may_leave_a_reading_without_its_place(tiny: Tiny) -> None:
    more(tiny, "pro-rata, {id: ten, set: {amount.steps.amount: 10万元}}")
    for text, left in (("amount=1万元", []), ("amount.steps.amount=10万元", ["pro-rata"])):
        changed = load_rulebook(tiny.folder, overrides=[parse_override(f"tiny-2023/more.{text}")])
        assert [other.id for other in changed.alternatives] == left


def test_alternatives_survive_the_cache(tiny: Tiny) -> None:
    found = more(tiny, "pro-rata")
    assert pickle.loads(pickle.dumps(found)) == found


def test_keys_that_are_readings_are_those_of_the_documents() -> None:
    homes = {
        ("steps", "count"): "Steps",
        ("brackets", "on"): "Brackets",
        ("brackets", "edge"): "Brackets",
        ("limit", "per"): "Limit",
        ("", "order"): "IncentiveDocument",
        ("order", "first"): "OrderBy",
        ("round", "how"): "Rounding",
        ("follows", "once"): "Follows",
        ("", "scope"): "StackingDocument",
    }
    assert set(homes) == set(KEYS)
    for (parent, key), home in homes.items():
        form = next(form for name, form, _ in forms_of(home).values() if name == key)
        schema = form.schema["schema"] if form.schema["type"] == "nullable" else form.schema
        schema = schema["choices"]["text"] if schema["type"] == "tagged-union" else schema
        assert set(schema["expected"]) == set(KEYS[parent, key])
    assert {form for form, _ in FORMS.values() if form is not None} <= set(forms_of("StackNode"))


def test_shipped_rules_have_readings_that_can_be_worked_out() -> None:
    rulebook = load_rulebook(rules_folder())
    awards = [entry for entry in rulebook.alternatives if isinstance(entry.becomes, model.Award)]
    assert len(awards) >= 10
    assert all(entry.label is not None for entry in rulebook.alternatives)
