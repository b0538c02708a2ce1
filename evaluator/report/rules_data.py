"""Rules and vocabulary as plain data for JSON: the contract of `rules list` and `vocabulary` (DESIGN, section 6).

Numbers are ints where they are whole and exact decimal texts where they are not; money is in yuan, a figure of a
schedule in its own `unit`. Ids of facts, fields and metrics are those of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias, assert_never

from evaluator.rulebook import ir, model
from evaluator.rulebook.convert import plain
from evaluator.rulebook.reads import amount_parts, sources, walk
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Exact,
    Fact,
    Field,
    ListType,
    Metric,
    Name,
    NumberType,
    TextType,
    Type,
    Unit,
    exact,
)

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


def number(value: Exact) -> Json:
    """An int where the number is whole, else its exact decimal text."""
    return value if isinstance(value, int) else plain(value)


def rule_data(rule: model.AnyRule, units: Mapping[str, Unit]) -> dict[str, Json]:
    """One rule as `rules list --format json` prints it; `units` are those of the vocabulary."""
    return {
        "id": rule.id,
        "policy": rule.policy.id,
        "kind": rule.kind,
        "for": list(rule.kinds),
        "article": rule.cite[0].article,
        "title": _name(rule.title),
        "modality": rule.modality,
        "amounts": [number(value) for value in amounts(rule)],
        "schedule": [_scheduled(entry) for entry in rule.schedule]
        if isinstance(rule, model.Target)
        else _dues(rule, units),
        "metric": rule.metric.id if isinstance(rule, model.Target) else None,
        "facts": list(dict.fromkeys(field.id for field in sources(rule))),
    }


def amounts(rule: model.AnyRule) -> tuple[Exact, ...]:
    """Every figure in yuan that the amount of a rule can pay: rows of tables, fixed sums, caps and steps."""
    if not isinstance(rule, model.Award) or rule.amount is None:
        return ()
    parts = _paying(rule.amount)
    found = [
        node.value
        for part in parts
        for node in walk(part)
        if isinstance(node, ir.Constant)
        and isinstance(node.type, NumberType)
        and node.type.dimension == "money"
        and isinstance(node.value, int | Fraction)
        and node.value > 0
    ]
    return tuple(dict.fromkeys(found))


def _paying(amount: model.Amount) -> tuple[ir.Expr, ...]:
    """The expressions of an amount that can be paid: not the tests of its rows."""
    match amount:
        case model.Table(rows=rows):
            return tuple(part for row in rows for part in _paying(row.value))
        case model.Sum(parts=parts):
            return tuple(expression for part in parts for expression in _paying(part))
        case model.Limited(amount=inner, floor=floor, cap=cap):
            return (*_paying(inner), *(bound for bound in (floor, cap) if bound is not None))
        case _:
            return amount_parts(amount)


def _scheduled(figure: model.Scheduled) -> Json:
    value = figure.value
    shown: Json = number(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else value
    return {
        "by": None if figure.by is None else figure.by.isoformat(),
        "every": None if figure.every is None else {"from": figure.every[0], "to": figure.every[1]},
        "hold": figure.hold,
        "comparator": figure.comparator,
        "value": shown,
        "value_to": None if figure.value_to is None else number(figure.value_to),
        "unit": figure.unit or None,
        "reference": figure.reference,
        "over": figure.over,
        "quantity": figure.quantity,
    }


def _dues(rule: model.AnyRule, units: Mapping[str, Unit]) -> list[Json]:
    """The dates of a duty, in the form of a schedule, with the figure where the duty is one.

    A duty due from publication that asks for no figure has none.
    """
    if not isinstance(rule, model.Obligation):
        return []
    years = [duty.year for duty in rule.duties if duty.year is not None]
    due = rule.duties[0].due
    dated = not years and due is not None and due != rule.policy.published.date
    figure = _figure(rule.member_requires or rule.requires, units)
    if not years and not dated and figure is None:
        return []
    comparator, value, unit = figure or ("none", None, None)
    return [
        {
            "by": due.isoformat() if dated and due is not None else None,
            "every": {"from": min(years), "to": max(years)} if years else None,
            "hold": False,
            "comparator": comparator,
            "value": value,
            "value_to": None,
            "unit": unit,
            "reference": None,
            "over": "self" if rule.over is None else f"each {rule.over.kind}",
            "quantity": None if figure is None else "level",
        }
    ]


def _figure(requires: ir.Expr, units: Mapping[str, Unit]) -> tuple[str, Json, str | None] | None:
    """Comparator, value in its unit, and unit of a duty that is a number compared with a constant."""
    if not isinstance(requires, ir.Compare) or not isinstance(requires.left, ir.FactRef | ir.MetricRef):
        return None
    left, right = requires.left, requires.right
    if not isinstance(right, ir.Constant) or not isinstance(right.value, int | Fraction):
        return None
    unit = left.type.unit if isinstance(left.type, NumberType) else ""
    factor = units[unit].factor if unit else 1
    return requires.op, number(exact(Fraction(right.value) / factor)), unit or None


def rule_detail(
    rule: model.AnyRule, units: Mapping[str, Unit], alternatives: Iterable[model.Alternative] = ()
) -> dict[str, Json]:
    """One rule whole: as in the list, with citations, readings and responsible bodies.

    `computed` are the readings of which `alternatives` tell what they change.
    """
    computed = [one for one in alternatives if one.of == rule.id and not isinstance(one.becomes, model.Stacking)]
    cites = dict.fromkeys(rule.cite)
    if isinstance(rule, model.Target):
        cites.update(dict.fromkeys(cite for entry in rule.entries for cite in entry.cite))
    return {
        **rule_data(rule, units),
        "responsible": list(rule.responsible),
        "citations": [
            {"article": cite.article, "sentence": cite.sentence, "figures": list(cite.figures)} for cite in cites
        ],
        "readings": [
            {
                "question": reading.question,
                "chosen": reading.chosen,
                "alternatives": list(reading.alternatives),
                "computed": [one.id for one in computed if one.reading == reading],
                "note": _name(reading.note),
            }
            for reading in rule.readings
        ],
    }


# ------------------------------------------------------------------ vocabulary


def vocabulary_data(rulebook: model.Rulebook) -> list[Json]:
    """Every fact, field of a list's entries, metric and attested question; `kind` says which of these it is.

    `entity` are the kinds of profile that have it; `list` is, for a field, the list fact whose entries have it.
    """
    vocabulary = rulebook.vocabulary
    found: list[Json] = []
    for fact in vocabulary.facts.values():
        found.append(_entry(fact, "fact", fact.of, None))
        if isinstance(fact.type, ListType):
            fields = vocabulary.records[fact.type.record].fields
            found += [_entry(field, "field", fact.of, fact.id) for field in fields]
    found += [_entry(metric, "metric", metric.of, None) for metric in vocabulary.metrics.values()]
    found += [_entry(fact, "attestation", fact.of, None) for fact in attested(rulebook)]
    return found


def attested(rulebook: model.Rulebook) -> Iterator[Fact | Metric]:
    """The questions that rules and policies declare themselves; those asked for each year are metrics."""
    for fact in rulebook.facts.values():
        if fact.attested:
            yield fact
    yield from rulebook.yearly.values()


def _entry(field: Field, kind: str, entity: tuple[str, ...], list_: str | None) -> Json:
    choices: Json = None
    if isinstance(field.type, ChoiceType):
        choices = [{"id": choice.id, "label": _name(choice.label)} for choice in field.type.choices]
    return {
        "id": field.id,
        "label": _name(field.label),
        "kind": kind,
        "type": type_name(field.type),
        "unit": (field.type.unit or None) if isinstance(field.type, NumberType) else None,
        "choices": choices,
        "ordered": field.type.ordered if isinstance(field.type, ChoiceType) else False,
        "yearly": isinstance(field, Metric),
        "question": None if field.question is None else _name(field.question),
        "evidence": None if field.evidence is None else _name(field.evidence),
        "entity": list(entity),
        "list": list_,
    }


def type_name(type_: Type) -> str:
    """A type as vocabulary files call it."""
    match type_:
        case BoolType():
            return "bool"
        case NumberType():
            return "number"
        case ChoiceType():
            return "choice"
        case DateType():
            return "date"
        case TextType():
            return "text"
        case ListType():
            return "list"
        case _:
            assert_never(type_)


def _name(name: Name) -> Json:
    return {"zh": name.zh, "en": name.en}
