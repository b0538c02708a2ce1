"""What a scheduled figure asks, in words, and the type in which its gap is counted."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from evaluator.report.phrases import Lang
from evaluator.report.reading import Reader
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import Type, exact

_SIGNS: Final = {">=": "≥ ", ">": "> ", "<=": "≤ ", "<": "< ", "=": "= "}

_ASKED: Final[dict[str, tuple[str, str]]] = {
    "approx": ("{value} 左右", "about {value}"),
    "between": ("{value} 至 {to}", "{value} to {to}"),
    "increase": ("有提升", "a rise"),
    "decrease": ("有下降", "a fall"),
    "none": ("文件未写数值", "no figure stated"),
    "growth": ("增长 ", "growth "),
    "average growth": ("年均增长 ", "yearly growth "),
    "cumulative": ("累计 ", "in all "),
    "each": ("各{kind} ", "each {kind} "),
    "share": ("{kind}占比 ", "share of {kind} "),
}


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


def asked(entry: model.Entry, reader: Reader) -> str:
    """The figure as it is asked: `≥ 94%`, `增长 ≥ 10%`, `> 全省制造业产品质量合格率`."""
    figure, lang = entry.figure, reader.lang
    over = ""
    if entry.over is not None:
        kind = reader.name(reader.printer.vocabulary.kinds[entry.over.kind].label)
        over = _phrase(entry.over.how, lang).format(kind=kind)
    quantity = ""
    for key in ("average growth", "growth", "cumulative"):
        if figure.quantity.startswith(key):
            quantity = _phrase(key, lang)
            break
    value, to = _amount(entry, figure.value, reader), _amount(entry, figure.value_to, reader)
    if figure.comparator in _SIGNS:
        shown = _SIGNS[figure.comparator] + (_reference(entry, reader) if figure.value is None else value)
    else:
        shown = _phrase(figure.comparator, lang).format(value=value, to=to)
    return f"{over}{quantity}{shown}".strip()


def _reference(entry: model.Entry, reader: Reader) -> str:
    """The other figure that the entry is compared with."""
    if entry.required is not None:
        return reader.read(entry.required)
    return entry.figure.reference or ""


def _amount(entry: model.Entry, value: object, reader: Reader) -> str:
    """A figure as its file writes it, with the unit."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else reader.printer.value(value, entry.measured.type)
    if not isinstance(value, int | Fraction):
        return reader.printer.value(value, entry.measured.type)
    unit = reader.printer.vocabulary.units.get(entry.figure.unit)
    number = value if unit is None else exact(value * unit.factor)
    return reader.printer.quantity(number, entry.figure.unit)


def _phrase(key: str, lang: Lang) -> str:
    zh, en = _ASKED[key]
    return en if lang == "en" else zh
