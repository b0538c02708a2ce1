"""Typed nodes read back as a clause for people: labels for names, values in their units.

In: a node of a rule. Out: `角色 = 主持`, `2025年制造业产品质量合格率 ≥ 94%`; nothing is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, assert_never

from evaluator.report.phrases import Lang
from evaluator.report.values import Printer
from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import ChoiceType, Name

_OPERATORS: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "+": "+", "-": "−", "*": "×", "/": "÷"}

_CLAUSES: Final[dict[str, tuple[str, str]]] = {
    "year": ("{year}年{label}", "{label} of {year}"),
    "previous": ("上期{label}", "{label} of the period before"),
    "since": ("{year}年起累计{label}", "{label} summed from {year}"),
    "as-of": ("所问之日", "the date asked about"),
    "and": (" 且 ", " and "),
    "or": (" 或 ", " or "),
    "not": ("并非（{a}）", "not ({a})"),
    "any-value": ("任意", "any"),
    "at-least": ("以下至少 {n} 项成立：{a}", "at least {n} of: {a}"),
    "all-of": ("以下全部成立", "all of these"),
    "any-of": ("以下任一成立", "any of these"),
    "at-least-of": ("以下至少 {n} 项成立", "at least {n} of these"),
    "growth": ("{a}较{base}增长 {op} {rate}", "{a} grown over {base} {op} {rate}"),
    "average-growth": (
        "{a} 自{year}年起年均增长 {op} {rate}",
        "{a} grown since {year} on average per year {op} {rate}",
    ),
    "floor": ("{a} 的整数部分", "{a} rounded down"),
    "ceiling": ("{a} 进位取整", "{a} rounded up"),
    "abs": ("{a} 的绝对值", "size of {a}"),
    "min": ("{a} 中的最小值", "least of {a}"),
    "max": ("{a} 中的最大值", "greatest of {a}"),
    "if": ("若 {a} 则 {b}，否则 {c}", "if {a} then {b}, else {c}"),
    "months": ("{a} 后 {n} 个月", "{n} months after {a}"),
    "months-before": ("{a} 前 {n} 个月", "{n} months before {a}"),
    "days": ("{a} 后 {n} 天", "{n} days after {a}"),
    "days-before": ("{a} 前 {n} 天", "{n} days before {a}"),
    "year-of": ("{a} 的年份", "year of {a}"),
    "where": ("{label}（{a}）", "{label} where {a}"),
    "count": ("{a} 的项数", "number of {a}"),
    "total": ("{a} 的{b}合计", "sum of {b} over {a}"),
    "least-of": ("{a} 中最小的{b}", "least {b} of {a}"),
    "greatest-of": ("{a} 中最大的{b}", "greatest {b} of {a}"),
    "exists": ("{a} 中有一项：{b}", "one of {a} has: {b}"),
    "for-all": ("{a} 每项都：{b}", "each of {a} has: {b}"),
    "kind": ("属于{a}", "it is {a}"),
    "place": ("位于{a}", "it lies in {a}"),
    "each-member": ("各{kind}都：{a}", "each {kind} has: {a}"),
    "share": ("{a} 的{kind}占比", "share of {kind} with {a}"),
    "separator": ("、", ", "),
    "kind-separator": ("、", " or "),
}


class Reader:
    """Reads nodes in one language; what was read is kept by node."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self.lang: Lang = printer.lang
        self._read: dict[int, str] = {}

    def clause(self, key: str, **parts: str | int) -> str:
        """One of the clauses above, filled in."""
        zh, en = _CLAUSES[key]
        return (en if self.lang == "en" else zh).format(**parts)

    def name(self, label: Name) -> str:
        """A label in the language."""
        return label.text(self.lang)

    def read(self, node: ir.Expr) -> str:
        """The node as a clause."""
        found = self._read.get(id(node))
        if found is None:
            found = self._read[id(node)] = self._node(node)
        return found

    def _node(self, node: ir.Expr) -> str:
        match node:
            case ir.Constant():
                return self.printer.value(node.value, node.type)
            case ir.FactRef(fact=fact):
                return self.name(fact.label)
            case ir.FieldRef(field=field):
                return self.name(field.label)
            case ir.MetricRef():
                return self._metric(node)
            case ir.Cumulative():
                return self.clause("since", year=node.start, label=self.name(node.metric.label))
            case ir.AsOf():
                return self.clause("as-of")
            case ir.AllOf(operands=operands):
                return self._joined("and", operands)
            case ir.AnyOf(operands=operands):
                return self._joined("or", operands)
            case ir.Not(operand=operand):
                return self.clause("not", a=self.read(operand))
            case ir.AtLeast(n=n, operands=operands):
                return self.clause("at-least", n=n, a=self._list(operands))
            case ir.Compare() | ir.Equal():
                return self._compared(node)
            case ir.Rank(operand=operand):
                return self.read(operand)
            case ir.GrowthTest():
                return self._growth(node)
            case ir.Arithmetic():
                return f"{self._operand(node.left)} {_OPERATORS[node.op]} {self._operand(node.right)}"
            case ir.Negate(operand=operand):
                return f"−{self._operand(operand)}"
            case ir.Rounded(how=how, operand=operand):
                return self.clause(how, a=self.read(operand))
            case ir.Extreme(how=how, operands=operands):
                return self.clause(how, a=self._list(operands))
            case ir.If():
                parts = (node.condition, node.then, node.otherwise)
                a, b, c = (self.read(part) for part in parts)
                return self.clause("if", a=a, b=b, c=c)
            case ir.MonthsLater(operand=operand, months=n):
                return self.clause("months" if n >= 0 else "months-before", a=self.read(operand), n=abs(n))
            case ir.DaysLater(operand=operand, days=n):
                return self.clause("days" if n >= 0 else "days-before", a=self.read(operand), n=abs(n))
            case ir.YearOf(operand=operand):
                return self.clause("year-of", a=self.read(operand))
            case ir.Count(items=items):
                return self.clause("count", a=self.items(items))
            case ir.Total(items=items, value=value):
                return self.clause("total", a=self.items(items), b=self.read(value))
            case ir.ExtremeOf(how=how, items=items, value=value):
                key = "least-of" if how == "min" else "greatest-of"
                return self.clause(key, a=self.items(items), b=self.read(value))
            case ir.Exists(items=items, that=that):
                return self.clause("exists", a=self.items(items), b=self.read(that))
            case ir.ForAll(items=items, that=that):
                return self.clause("for-all", a=self.items(items), b=self.read(that))
            case ir.KindIn(kinds=kinds):
                words = [self.name(self.printer.vocabulary.kinds[kind].label) for kind in kinds]
                return self.clause("kind", a=self.clause("kind-separator").join(words))
            case ir.PlaceWithin(place=place):
                return self.clause("place", a=place)
            case ir.EachMember(kind=kind, that=that):
                return self.clause("each-member", kind=self._kind(kind), a=self.read(that))
            case ir.MemberShare(kind=kind, where=where):
                return self.clause("share", kind=self._kind(kind), a=self.read(where))
            case _:
                assert_never(node)

    def items(self, items: ir.Items) -> str:
        """A list with its filter."""
        label = self.name(items.fact.label)
        return label if items.where is None else self.clause("where", label=label, a=self.read(items.where))

    def heading(self, node: ir.Expr) -> str | None:
        """What stands above the steps of a node that only joins them; None for any other node."""
        match node:
            case ir.AllOf():
                return self.clause("all-of")
            case ir.AnyOf():
                return self.clause("any-of")
            case ir.AtLeast(n=n):
                return self.clause("at-least-of", n=n)
            case _:
                return None

    def _kind(self, kind: str) -> str:
        return self.name(self.printer.vocabulary.kinds[kind].label)

    def _metric(self, node: ir.MetricRef) -> str:
        label = self.name(node.metric.label)
        if node.year is not None:
            return self.clause("year", year=node.year, label=label)
        return self.clause("previous", label=label) if node.offset else label

    def _compared(self, node: ir.Compare | ir.Equal) -> str:
        op = _OPERATORS[node.op if isinstance(node, ir.Compare) else "="]
        right = node.right
        ranked = isinstance(node.left, ir.Rank) and isinstance(right, ir.Constant)
        shown = self._ranked(node.left, right) if ranked else self._operand(right)
        return f"{self._operand(node.left)} {op} {shown}"

    def _ranked(self, left: ir.Expr, right: ir.Expr) -> str:
        """The choice that a rank stands for."""
        assert isinstance(left, ir.Rank)
        assert isinstance(right, ir.Constant)
        type_ = left.operand.type
        assert isinstance(type_, ChoiceType)
        rank = right.value
        inside = isinstance(rank, int) and 0 <= rank < len(type_.choices)
        return self.name(type_.choices[int(rank)].label) if inside else str(rank)

    def _growth(self, node: ir.GrowthTest) -> str:
        value, rate, op = self.read(node.value), self.read(node.rate), _OPERATORS[node.op]
        if node.since is not None:
            return self.clause("average-growth", a=value, year=node.since, op=op, rate=rate)
        return self.clause("growth", a=value, base=self.read(node.base), op=op, rate=rate)

    def _operand(self, node: ir.Expr) -> str:
        """A part of an operation, in brackets where it joins several itself."""
        text = self.read(node)
        several = isinstance(node, ir.Arithmetic | ir.AllOf | ir.AnyOf | ir.Compare | ir.Equal | ir.If)
        return f"({text})" if several else text

    def _joined(self, key: str, operands: Iterable[ir.Expr]) -> str:
        parts = [
            f"({self.read(part)})"
            if isinstance(part, ir.AllOf | ir.AnyOf) and len(part.operands) > 1
            else self.read(part)
            for part in operands
        ]
        return self.clause(key).join(parts) if parts else self.clause("any-value")

    def _list(self, operands: Iterable[ir.Expr]) -> str:
        return self.clause("separator").join(self.read(part) for part in operands)
