"""What a scheduled figure asks, in words, and the type in which its gap is counted."""

from __future__ import annotations

from typing import Final

from evaluator.report.wording import SIGNS, Wording
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Exact, Type, exact

_ASKED: Final[dict[str, tuple[str, str]]] = {
    "approx": ("{0} 左右", "about {0}"),
    "between": ("{0} 至 {1}", "{0} to {1}"),
    "increase": ("有提升", "a rise"),
    "decrease": ("有下降", "a fall"),
    "none": ("文件未写数值", "no figure stated"),
    "growth": ("增长 ", "growth "),
    "average growth": ("年均增长 ", "yearly growth "),
    "cumulative": ("累计 ", "in all "),
    "each": ("各{0} ", "each {0} "),
    "share": ("{0}占比 ", "share of {0} "),
}
_QUANTITIES: Final = ("average growth", "growth", "cumulative")


def gap_type(entry: model.Entry) -> Type:
    """The type of what the entry's test compares: its gap is counted in that unit."""
    tests = (entry.test, entry.member_test, entry.fails_unless)
    found = next((type_ for test in tests if test is not None for type_ in [_compared(test)] if type_), None)
    return found or entry.measured.type


def _compared(test: ir.Expr) -> Type | None:
    match test:
        case ir.Compare(left=left) | ir.Equal(left=left):
            return left.type
        case ir.GrowthTest(value=value):
            return value.type
        case ir.AllOf(operands=operands) if operands:
            return _compared(operands[0])
        case _:
            return None


def asked(entry: model.Entry, words: Wording) -> str:
    """The figure as it is asked: `≥ 94%`, `增长 ≥ 10%`, `> 全省制造业产品质量合格率`."""
    figure = entry.figure
    over = "" if entry.over is None else words.say(*_ASKED[entry.over.how], words.kind(entry.over.kind))
    quantity = next((words.say(*_ASKED[key]) for key in _QUANTITIES if figure.quantity.startswith(key)), "")
    value = figure_value(entry, figure.value, words)
    if figure.comparator in SIGNS:
        shown = f"{SIGNS[figure.comparator]} {_reference(entry, words) if figure.value is None else value}"
    else:
        shown = words.say(*_ASKED[figure.comparator], value, figure_value(entry, figure.value_to, words))
    return f"{over}{quantity}{shown}".strip()


def figure_value(entry: model.Entry, value: Exact | str | bool | None, words: Wording) -> str:
    """A value of the entry as its file writes it, with its unit; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return words.printer.value(value, entry.measured.type)
    unit = words.vocabulary.units.get(entry.figure.unit)
    return words.printer.quantity(value if unit is None else exact(value * unit.factor), entry.figure.unit)


def _reference(entry: model.Entry, words: Wording) -> str:
    """The other figure that the entry is compared with."""
    return (entry.figure.reference or "") if entry.required is None else words.word(entry.required)
