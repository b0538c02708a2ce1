"""The vocabulary for people: facts with the fields of lists, metrics, and the questions that rules declare."""

from __future__ import annotations

from typing import Final

from evaluator.report.phrases import Lang
from evaluator.report.rules_data import attested, type_name
from evaluator.report.table import indented
from evaluator.report.wording import Wording
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import ChoiceType, Field, ListType, NumberType, Type

_WORDS: Final = {
    "facts": ("事实", "Facts"),
    "metrics": ("指标（按年给出）", "Metrics (given by year)"),
    "attestations": ("规则自带的问题", "Questions that rules declare"),
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
            known = words.vocabulary.units.get(unit)
            if words.lang != "en" or known is None:
                return unit
            return words.say(*_TYPES["number"]) if known.en == known.id else known.en
        case ChoiceType(choices=choices):
            return words.say(" / ", " / ").join(words.name(choice.label) for choice in choices)
        case _:
            return words.say(*_TYPES[type_name(type_)])


def vocabulary_text(rulebook: Rulebook, lang: Lang, cells: int) -> list[str]:
    """Facts, metrics and questions, each with its label and id, then its type and who has it."""
    words = Wording(lang, rulebook.vocabulary)
    vocabulary = rulebook.vocabulary

    def entry(field: Field, of: tuple[str, ...], margin: str = "  ") -> list[str]:
        about = [type_word(field.type, words), *([words.kinds(of)] if of else [])]
        first = indented(f"{words.name(field.label)}  {field.id}", cells, margin)
        return [*first, *indented(" · ".join(about), cells, margin + "    ")]

    lines = [words.say(*_WORDS["facts"]), ""]
    for fact in vocabulary.facts.values():
        lines += entry(fact, fact.of)
        if isinstance(fact.type, ListType):
            for field in vocabulary.records[fact.type.record].fields:
                lines += entry(field, (), "    ")
    lines += ["", words.say(*_WORDS["metrics"]), ""]
    for metric in vocabulary.metrics.values():
        lines += entry(metric, metric.of)
    lines += ["", words.say(*_WORDS["attestations"]), ""]
    for question in attested(rulebook):
        lines += entry(question, question.of)
    return lines
