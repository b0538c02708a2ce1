"""The trace as a tree in words: what was asked, what was read, and what came of it.

In: the steps of a finding. Out: lines, one per node; nodes that only restate a value are folded into their parent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from evaluator.engines.decision import Finding
from evaluator.engines.intervals import Undefined
from evaluator.engines.trace import Step, is_open
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth
from evaluator.record import row
from evaluator.report.phrases import word
from evaluator.report.table import indented
from evaluator.report.wording import Wording
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item
from evaluator.rulebook.vocabulary import MONEY, PLAIN, Field, Type

_MARKS: Final = {TRUE: "✓", FALSE: "✗", UNKNOWN: "?", INDETERMINATE: "~"}
_LEAVES: Final = (ir.Constant, ir.FactRef, ir.FieldRef, ir.MetricRef, ir.AsOf, ir.Rank, ir.Items)


Members: TypeAlias = Callable[[ir.EachMember | ir.MemberShare], Sequence[str]]


def explain(finding: Finding, words: Wording, cells: int, members: Members) -> list[str]:
    """The tree of one finding, in lines of at most `cells`; `members` names those that a node asks one by one."""
    lines: list[str] = []
    tree = _Tree(words, cells, members)
    for index, step in enumerate(finding.trace.steps):
        if isinstance(step.node, ir.Constant):
            continue  # the amount in words holds it
        label = _gate(finding.rule, step, index, words)
        lines.extend(tree.lines(step, "  ", label))
    return lines


def _gate(rule: model.AnyRule, step: Step, index: int, words: Wording) -> str:
    """What a gate asks: publication, kind, place, or the rule's own condition."""
    match step.node:
        case ir.KindIn():
            key = "gate.kind"
        case ir.PlaceWithin():
            key = "gate.place"
        case _ if index == 0:
            key = "gate.published"
        case _ if index < len(rule.gates) and step.node is rule.gates[index]:
            key = "gate.applies"
        case _:
            return ""
    return word(key, words.lang) + word("colon", words.lang)


@row
class _Tree:
    """Lays out nodes and those below them."""

    words: Wording
    cells: int
    members: Members

    def lines(self, step: Step, indent: str, label: str = "", entries: Type = PLAIN) -> Iterator[str]:
        """A node and those below it; deep nodes stay at a depth that leaves room for words.

        `entries` is the type of the values that the entries of a list have in the node above.
        """
        text, below = _line(step, self.words, entries)
        yield from indented(f"{label}{text}", self.cells, f"{indent}{_mark(step.value)} ")
        inner = f"{indent}  " if len(indent) < self.cells // 2 else indent
        names: Sequence[str] = ()
        if isinstance(step.node, ir.EachMember | ir.MemberShare):
            names = self.members(step.node)
        colon = word("colon", self.words.lang)
        labels = [f"{name}{colon}" for name in names] if len(names) == len(below) else [""] * len(below)
        for child, named in zip(below, labels, strict=True):
            yield from self.lines(child, inner, named, getattr(step.node, "type", PLAIN))


def _mark(value: object) -> str:
    """How a value stands: holds, fails, open, undecidable, or just a value."""
    if isinstance(value, Truth):
        return _MARKS[value]
    if isinstance(value, Undefined):
        return "~"
    return "?" if isinstance(value, Interval) and not value.settled else "·"


def _line(step: Step, words: Wording, entries: Type = PLAIN) -> tuple[str, Sequence[Step]]:
    """A node in words, and the steps still to be shown below it."""
    node = step.node
    match node:
        case Item():
            return f"{node.path}{_result(step, entries, words)}", _below(step)
        case ir.Items():
            return f"{words.items(node)}{_result(step, PLAIN, words)}", step.steps
        case model.Row():
            shown = "".join(f" → {words.printer.value(part.value, MONEY)}" for part in step.steps[1:2])
            condition = step.steps[0]
            text, below = _line(condition, words)
            return f"{text}{shown}", below if len(step.steps) < 3 else (*below, *step.steps[2:])
        case model.Award() | model.Target() | model.Obligation():
            return node.title.text(words.lang), step.steps
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands) if len(operands) == 1 and len(step.steps) == 1:
            return _line(step.steps[0], words)
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            return words.heading(node), step.steps
        case ir.Compare() | ir.Equal() | ir.GrowthTest() | ir.Not():
            read = [text for part in step.steps for text in _read(part, words)]
            opened = [part for part in step.steps if not isinstance(part.node, _LEAVES)]
            separator = word("list", words.lang)
            told = separator.join(dict.fromkeys(read))
            shown = word("brackets", words.lang).format(text=told) if told else ""
            return f"{words.word(node)}{shown}", opened
        case _:
            return f"{words.word(node)}{_result(step, node.type, words)}", _below(step)


def _below(step: Step) -> Sequence[Step]:
    """Steps of a value worth showing: not the constants of arithmetic."""
    return [part for part in step.steps if not isinstance(part.node, ir.Constant)]


def _read(step: Step, words: Wording) -> Iterator[str]:
    """The values of the names that a test compares."""
    node = step.node
    match node:
        case ir.Constant():
            return
        case ir.Rank():
            yield from (text for part in step.steps for text in _read(part, words))
        case ir.FactRef() | ir.FieldRef() | ir.MetricRef() | ir.AsOf():
            yield f"{words.word(node)}{word('colon', words.lang)}{known(step, words)}"
        case _:
            return


def known(step: Step, words: Wording) -> str:
    """The value of a name; what is as open as its domain is not given."""
    node = step.node
    field: Field | None = None
    match node:
        case ir.FactRef(fact=fact):
            field = fact
        case ir.FieldRef(field=found):
            field = found
        case ir.MetricRef(metric=metric):
            field = metric
        case _:
            pass
    value = step.value
    if field is not None and isinstance(value, Interval) and (value.low, value.high) == (field.low, field.high):
        return word("not-given", words.lang)
    return words.printer.value(value, getattr(node, "type", PLAIN))


def _result(step: Step, type_: Type, words: Wording) -> str:
    """` = value` where the mark does not say it all."""
    value = step.value
    if isinstance(step.node, ir.Constant):
        return ""
    if isinstance(value, Truth):
        return f"{word('colon', words.lang)}{word('not-given', words.lang)}" if step.path and is_open(value) else ""
    shown = known(step, words) if step.path else words.printer.value(value, type_)
    return f"{word('colon', words.lang)}{shown}"
