"""The next question: which missing fact, once known, settles most.

In: an `Asker`. Out: `Question`s in order. Each fact that an open award lacks is given each answer that can matter (yes
and no, every choice, both sides of every figure it is compared with, an empty list and one with an entry that counts)
and the awards are decided again; what counts is how much of the open money, and how many open findings, an answer
settles on average and at the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import Final

from evaluator.advise.asking import Asker, Worth
from evaluator.advise.figures import ordinary
from evaluator.advise.goals import goals_of, reads_entry, tests_of, ways_to
from evaluator.advise.sketch import FactSlot, FieldSlot, FigureSlot, ListSlot, Sketch, Slot
from evaluator.advise.ways import Ways
from evaluator.engines.decision import Finding, Missing, Outcome
from evaluator.engines.trace import Step
from evaluator.engines.trace import is_open as is_unsettled
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import ItemList, Scalar
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, DateType, Exact, Fact, ListType, NumberType

ENTRIES: Final = 3


@row
class Question:
    """A missing fact and what an answer settles: awards freed of having no bound, open money in yuan, open findings.

    `mean` over the answers that can matter, `least` under the worst of them. `findings` are those that lack the fact.
    """

    missing: Missing
    findings: tuple[str, ...]
    answers: tuple[tuple[Sketch, Worth], ...]
    unbounded: Fraction
    mean: Fraction
    least: Exact
    decided: Fraction


def questions(asker: Asker) -> tuple[Question, ...]:
    """The questions about open awards, the one that settles most first."""
    return tuple(sorted(_questions(asker), key=_order))


def _order(question: Question) -> tuple[Fraction, Fraction, Exact, Fraction, str]:
    return (-question.unbounded, -question.mean, -question.least, -question.decided, question.missing.path)


def _questions(asker: Asker) -> Iterator[Question]:
    lacking: dict[str, tuple[Missing, Slot, list[str]]] = {}
    for finding in asker.decision.findings:
        if not isinstance(finding.rule, model.Award):
            continue
        slots = dict(slots_of(finding.trace, asker))
        for missing in (*finding.missing, *finding.decisions):
            slot = slots.get(missing.path)
            if slot is not None:
                lacking.setdefault(missing.path, (missing, slot, []))[2].append(finding.id)
    before = asker.worth(asker.decision.findings)
    for missing, slot, findings in lacking.values():
        answers = tuple(
            (sketch, asker.worth(asker.under(sketch), sketch)) for sketch in answers_to(slot, asker, findings)
        )
        settled = [before.open - after.open for _, after in answers]
        yield Question(
            missing,
            tuple(findings),
            answers,
            Fraction(sum(before.unbounded - after.unbounded for _, after in answers), len(answers)),
            Fraction(sum(settled)) / len(answers),
            min(settled),
            Fraction(sum(before.undecided - after.undecided for _, after in answers), len(answers)),
        )


def slots_of(trace: Step, asker: Asker) -> Iterator[tuple[str, Slot]]:
    """The slots of what the trace read and did not find, by path; members of a region are not asked about."""
    entries: dict[str, tuple[Fact, int]] = {}
    for fact in asker.rulebook.facts.values():
        known = asker.profile.facts.get(fact.id)
        if isinstance(known, ItemList):
            entries.update((item.path, (fact, index)) for index, item in enumerate(known.items))
    yield from _slots(trace, entries)


def _slots(step: Step, entries: dict[str, tuple[Fact, int]]) -> Iterator[tuple[str, Slot]]:
    if step.path and is_unsettled(step.value):
        match step.node:
            case ir.FactRef(fact=fact):
                yield step.path, FactSlot(fact)
            case ir.Items(fact=fact):
                yield step.path, ListSlot(fact)
            case ir.FieldRef(field=field):
                owner = entries.get(step.path.rpartition(".")[0])
                if owner is not None:
                    yield step.path, FieldSlot(owner[0], owner[1], field)
            case ir.MetricRef(metric=metric, year=year):
                found = step.path.rpartition("[")[2].rstrip("]")
                year = year if year is not None else int(found) if found.isdecimal() else None
                if year is not None:
                    yield step.path, FigureSlot(metric, year)
            case _:
                pass
    for below in step.steps:
        yield from _slots(below, entries)


def answers_to(slot: Slot, asker: Asker, findings: Sequence[str]) -> list[Sketch]:
    """The answers that can matter to these findings."""
    if isinstance(slot, ListSlot):
        return _lists(slot.list, asker, findings)
    field = slot.fact if isinstance(slot, FactSlot) else slot.metric if isinstance(slot, FigureSlot) else slot.field
    match field.type:
        case BoolType():
            return [{slot: True}, {slot: False}]
        case ChoiceType(choices=choices):
            return [{slot: choice.id} for choice in choices]
        case NumberType() | DateType():
            return [{slot: value} for value in _sides(slot, asker, findings)]
        case _:
            return [{slot: "某"}]


def _sides(slot: Slot, asker: Asker, findings: Sequence[str]) -> list[Scalar]:
    """Both sides of every figure with which the slot is compared, and an ordinary value."""
    found: dict[Scalar, None] = {}
    ways = Ways(asker.profile, asker.as_of, asker.rulebook, whole=False)
    leaf = _leaf(slot)
    found[ordinary(leaf, asker.as_of, asker.rulebook.vocabulary)] = None
    for id in findings:
        rule = asker.rulebook.rules[id]
        bound = (ways.entries(slot.list)[slot.entry],) if isinstance(slot, FieldSlot) else ()
        for test in tests_of(rule):
            for want in (True, False):
                if isinstance(rule, model.Award) and rule.each is None and bound:
                    continue
                for sketch in islice(ways.holds(test, want, bound if reads_entry(test) else ()), ENTRIES):
                    if set(sketch) == {slot}:
                        found[sketch[slot]] = None
    return list(found)


def _leaf(slot: Slot) -> ir.FactRef | ir.FieldRef | ir.MetricRef:
    match slot:
        case FactSlot(fact=fact):
            return ir.FactRef(type=fact.type, fact=fact)
        case FigureSlot(metric=metric, year=year):
            return ir.MetricRef(type=metric.type, metric=metric, year=year)
        case FieldSlot(field=field):
            return ir.FieldRef(type=field.type, field=field, depth=0)
        case _:
            raise AssertionError("a list has no leaf")


def _lists(list_: Fact, asker: Asker, findings: Sequence[str]) -> list[Sketch]:
    """Nothing more than is listed, and a further entry that counts, for each finding."""
    answers: list[Sketch] = [{ListSlot(list_): True}]
    assert isinstance(list_.type, ListType)
    fields = asker.rulebook.vocabulary.records[list_.type.record].fields
    for id in findings:
        rule = asker.rulebook.rules[id]
        ways = Ways(asker.profile, asker.as_of, asker.rulebook)
        for goal in goals_of(rule):
            for sketch in islice(ways_to(goal, ways), ENTRIES):
                whole: dict[Slot, Scalar] = {
                    FieldSlot(list_, -1, slot.field): value
                    for slot, value in sketch.items()
                    if isinstance(slot, FieldSlot) and slot.list is list_ and slot.entry < 0 and slot.field in fields
                }
                if whole:
                    whole[ListSlot(list_)] = True
                    if whole not in answers:
                        answers.append(whole)
                    break
    return answers


def is_open(finding: Finding) -> bool:
    """Whether a fact can still change the finding's outcome or stated amount."""
    amount = finding.amount
    if finding.outcome is Outcome.UNKNOWN:
        return True
    return amount is not None and amount.stated and amount.guaranteed != amount.potential
