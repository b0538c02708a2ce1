"""Slots of a sketch and their values as people read them: `标准[6].级别`, `国际标准`, `30万元`."""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.advise.sketch import FactSlot, FieldSlot, FigureSlot, ListSlot, Sketch, Slot, Unit, only
from evaluator.report.values import Printer
from evaluator.report.wording import Wording
from evaluator.rulebook.values import Scalar
from evaluator.rulebook.vocabulary import DateType, Field


def field_of(slot: Slot) -> Field:
    """The fact, metric or field that a slot holds a value of."""
    match slot:
        case FactSlot(fact=field) | ListSlot(list=field) | FieldSlot(field=field):
            return field
        case FigureSlot(metric=metric):
            return metric


def path_of(slot: Slot) -> str:
    """Where the slot stands in a profile, as its file writes it; a further entry of a list is `[+]`."""
    match slot:
        case FactSlot(fact=fact):
            return fact.id if fact.attested else fact.label.zh
        case FigureSlot(metric=metric, year=year):
            return f"{metric.id if '/' in metric.id else metric.label.zh}[{year}]"
        case FieldSlot(list=list_, entry=entry, field=field):
            return f"{list_.label.zh}[{'+' if entry < 0 else entry + 1}].{field.label.zh}"
        case ListSlot(list=list_):
            return f"{list_.label.zh}[]"


def value_text(slot: Slot, value: Scalar, printer: Printer) -> str:
    """The value with its unit."""
    return printer.value(value, field_of(slot).type)


def changes(sketch: Sketch, units: tuple[Unit, ...], words: Wording) -> Iterator[str]:
    """Each unit of a sketch as one clause."""
    for unit in units:
        part = only(sketch, (unit,))
        label = words.name(unit.of.label)
        shown = [
            (
                words.name(field_of(slot).label),
                value_text(slot, value, words.printer),
                isinstance(field_of(slot).type, DateType),
            )
            for slot, value in part.items()
            if not isinstance(slot, ListSlot)
        ]
        if unit.at is not None and unit.at < 0:
            said = [f"{name}{words.say('：', ': ')}{value}" for name, value, day in shown if not day]
            listed = words.say("、", ", ").join(said)
            yield words.say("新增一项“{0}”（{1}）", "one more entry of “{0}” ({1})", label, listed)
        elif unit.field is not None and unit.at is not None:
            yield words.say(
                "“{0}”第{1}项的{2}：{3}", "“{0}”, entry {1}: {2} becomes {3}", label, str(unit.at + 1), *shown[0][:2]
            )
        elif unit.at is not None:
            yield words.say("{0}（{1}年）达到{2}", "{0} ({1}): {2}", label, str(unit.at), shown[0][1])
        else:
            yield words.say("{0}：{1}", "{0}: {1}", label, shown[0][1])
