"""The vocabulary for people: facts with the fields of lists, metrics, and the questions that rules declare."""

from __future__ import annotations

from typing import Final

from evaluator.report.phrases import Lang
from evaluator.report.rules_data import attested, type_name
from evaluator.report.table import Column, table
from evaluator.report.wording import Wording
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import ChoiceType, Field, ListType, NumberType, Type

_WORDS: Final = {
    "facts": ("事实", "Facts"),
    "metrics": ("指标（按年给出）", "Metrics (given by year)"),
    "attestations": ("规则自带的问题", "Questions that rules declare"),
    "label": ("名称", "label"),
    "id": ("编号", "id"),
    "type": ("类型", "type"),
    "of": ("主体", "of"),
}
_TYPES: Final = {
    "bool": ("是/否", "yes/no"),
    "number": ("数", "number"),
    "choice": ("选项", "choice"),
    "date": ("日期", "date"),
    "text": ("文字", "text"),
    "list": ("清单", "list"),
}


def type_word(type_: Type, words: Wording) -> str:
    """A type for people: the unit of a number, the values of a choice."""
    match type_:
        case NumberType(unit=unit) if unit:
            return unit
        case ChoiceType(choices=choices):
            return words.say(" / ", " / ").join(words.name(choice.label) for choice in choices)
        case _:
            return words.say(*_TYPES[type_name(type_)])


def vocabulary_text(rulebook: Rulebook, lang: Lang, cells: int) -> list[str]:
    """Three tables, with the fields of a list under it."""
    words = Wording(lang, rulebook.vocabulary)
    vocabulary = rulebook.vocabulary

    def row(field: Field, of: tuple[str, ...], mark: str = "") -> tuple[str, ...]:
        return (mark + words.name(field.label), field.id, type_word(field.type, words), words.kinds(of))

    columns = [
        Column(words.say(*_WORDS["label"]), flexible=True, least=16),
        Column(words.say(*_WORDS["id"]), flexible=True, least=14),
        Column(words.say(*_WORDS["type"]), flexible=True, least=10),
        Column(words.say(*_WORDS["of"]), flexible=True, least=8),
    ]
    facts: list[tuple[str, ...]] = []
    for fact in vocabulary.facts.values():
        facts.append(row(fact, fact.of))
        if isinstance(fact.type, ListType):
            facts += [row(field, (), "└ ") for field in vocabulary.records[fact.type.record].fields]
    metrics = [row(metric, metric.of) for metric in vocabulary.metrics.values()]
    questions = [row(fact, fact.of) for fact in attested(rulebook)]
    lines: list[str] = []
    for key, rows in (("facts", facts), ("metrics", metrics), ("attestations", questions)):
        if rows:
            lines += [words.say(*_WORDS[key]), "", *table(columns, rows, cells), ""]
    return lines[:-1]
