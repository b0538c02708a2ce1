"""Typed expressions read back as words, in Chinese or English.

In: a node of `ir`, a language (`zh` or `en`) and, for the names of kinds and units, the vocabulary. Out: one clause
without a full stop. `quantity` prints one exact value in the unit in which its fact is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final, assert_never

from evaluator.rulebook import ir
from evaluator.rulebook.convert import plain
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Exact,
    Name,
    NumberType,
    Type,
    Vocabulary,
    exact,
)

_ORDER: Final = {
    "number": {
        ">=": ("不低于", "at least"),
        ">": ("高于", "more than"),
        "<=": ("不高于", "at most"),
        "<": ("低于", "less than"),
    },
    "count": {
        ">=": ("不少于", "at least"),
        ">": ("多于", "more than"),
        "<=": ("不多于", "at most"),
        "<": ("少于", "less than"),
    },
    "date": {
        ">=": ("不早于", "not before"),
        ">": ("晚于", "after"),
        "<=": ("不晚于", "not after"),
        "<": ("早于", "before"),
    },
}
_ARITHMETIC: Final = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_ROUNDED: Final = {
    "floor": ("{0}（舍去零头）", "{0} rounded down"),
    "ceiling": ("{0}（进整）", "{0} rounded up"),
    "abs": ("{0}的绝对值", "the size of {0}"),
}
_EXTREME: Final = {"min": ("取小", "the least of"), "max": ("取大", "the greatest of")}


def word(node: ir.Expr, lang: str, vocabulary: Vocabulary | None = None) -> str:
    """`node` as a clause in `lang`; without a vocabulary kinds are named by id and quantities in base units."""
    return Wording(lang, vocabulary).word(node)


def quantity(value: Exact, type_: Type, lang: str, vocabulary: Vocabulary | None = None) -> str:
    """An exact number in words: in its unit in Chinese, money and larger units as whole counts in English."""
    if not isinstance(type_, NumberType) or not type_.dimension:
        return plain(value)
    if type_.dimension == "ratio":
        return f"{plain(exact(Fraction(value) * 100))}%"
    unit = None if vocabulary is None else vocabulary.units.get(type_.unit)
    if lang != "en":
        if type_.dimension == "money":
            return _yuan(value)
        if unit is None:
            return f"{plain(value)}{type_.dimension}"
        return f"{plain(exact(Fraction(value) / unit.factor))}{unit.id}"
    if type_.dimension == "money":
        return f"{_grouped(value)} yuan"
    base = None if vocabulary is None else vocabulary.units.get(type_.dimension)
    name = "" if base is None or base.en == base.id else base.en  # a unit without a name of its own is left out
    return f"{_grouped(value)} {name}".rstrip()


def choice_label(type_: Type, value: str, lang: str) -> str:
    """The label of a choice id, in quotes."""
    found = type_.find(value) if isinstance(type_, ChoiceType) else None
    text = value if found is None else found.label.text(lang)
    return f"“{text}”"


def _yuan(value: Exact) -> str:
    size = value if value >= 0 else -value
    for factor, unit in ((100_000_000, "亿元"), (10_000, "万元")):
        if size >= factor and (Fraction(value) / factor * 10_000).denominator == 1:
            return f"{plain(exact(Fraction(value) / factor))}{unit}"
    return f"{plain(value)}元"


def _grouped(value: Exact) -> str:
    whole, dot, rest = plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{dot}{rest}"


class Wording:
    """Words for one language and one vocabulary."""

    def __init__(self, lang: str, vocabulary: Vocabulary | None = None) -> None:
        self.lang, self.vocabulary = lang, vocabulary

    def say(self, zh: str, en: str, *parts: str) -> str:
        """The pattern of the language, filled in."""
        return (en if self.lang == "en" else zh).format(*parts)

    def name(self, name: Name) -> str:
        """A label in the language."""
        return name.text(self.lang)

    def kind(self, id: str) -> str:
        """What a kind of profile is called."""
        known = None if self.vocabulary is None else self.vocabulary.kinds.get(id)
        return id if known is None else self.name(known.label)

    def kinds(self, ids: Sequence[str]) -> str:
        """Several kinds, joined."""
        return self.say("、", ", ").join(self.kind(id) for id in ids)

    def place(self, path: str) -> str:
        """A jurisdiction, in English by its own name."""
        if self.lang != "en":
            return path.replace("/", "")
        known = None if self.vocabulary is None else self.vocabulary.places.get(path)
        return path if known is None else known.en

    def quantity(self, value: Exact, type_: Type) -> str:
        """One exact number in its unit."""
        return quantity(value, type_, self.lang, self.vocabulary)

    def constant(self, node: ir.Constant) -> str:
        """A literal."""
        value = node.value
        if isinstance(value, bool):
            return self.say("是", "true") if value else self.say("否", "false")
        if isinstance(value, str):
            return choice_label(node.type, value, self.lang)
        if isinstance(node.type, DateType):
            return date.fromordinal(int(value)).isoformat()
        return self.quantity(value, node.type)

    def word(self, node: ir.Expr) -> str:
        """Any expression as a clause."""
        match node:
            case ir.Constant():
                return self.constant(node)
            case ir.FactRef(fact=fact):
                return self.name(fact.label)
            case ir.FieldRef(field=field):
                return self.name(field.label)
            case ir.MetricRef():
                return self._metric(node)
            case ir.Cumulative(metric=metric, start=start):
                return self.say("{1}年起累计的{0}", "{0} added up since {1}", self.name(metric.label), str(start))
            case ir.AsOf():
                return self.say("所问之日", "the date of the question")
            case ir.AllOf(operands=operands):
                return self._joined(operands, ("，且", " and "), ir.AnyOf)
            case ir.AnyOf(operands=operands):
                return self._one_of(operands) or self._joined(operands, ("，或", " or "), ir.AllOf)
            case ir.Not(operand=operand):
                return self._negated(operand)
            case ir.AtLeast(n=n, operands=operands):
                listed = self.say("；", "; ").join(self.word(operand) for operand in operands)
                return self.say("下列至少{0}项成立：{1}", "at least {0} of these hold: {1}", str(n), listed)
            case ir.Compare():
                return self._compare(node)
            case ir.Equal(left=left, right=right):
                return self._equal(left, right)
            case ir.Rank(operand=operand):
                return self.word(operand)
            case ir.GrowthTest():
                return self._growth(node)
            case ir.Arithmetic(op=op, left=left, right=right):
                return f"{self._bracketed(left)} {_ARITHMETIC[op]} {self._bracketed(right)}"
            case ir.Negate(operand=operand):
                return f"−{self._bracketed(operand)}"
            case ir.Rounded(how=how, operand=operand):
                return self.say(*_ROUNDED[how], self.word(operand))
            case ir.Extreme(how=how, operands=operands):
                listed = self.say("、", ", ").join(self.word(operand) for operand in operands)
                return self.say("{1}中{0}", "{0} {1}", self.say(*_EXTREME[how]), listed)
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                parts = (self.word(condition), self.word(then), self.word(otherwise))
                return self.say("若{0}则{1}，否则{2}", "{1} if {0}, else {2}", *parts)
            case ir.MonthsLater(operand=operand, months=count):
                return self._shifted(operand, count, ("个月", "months"))
            case ir.DaysLater(operand=operand, days=count):
                return self._shifted(operand, count, ("天", "days"))
            case ir.YearOf(operand=operand):
                return self.say("{0}的年份", "the year of {0}", self.word(operand))
            case ir.Count(items=items):
                return self.say("{0}的数量", "the number of {0}", self.items(items))
            case ir.Total(items=items, value=value):
                return self.say("{0}的{1}合计", "the sum of {1} over {0}", self.items(items), self.word(value))
            case ir.ExtremeOf(how=how, items=items, value=value):
                what = self.say("最小", "least") if how == "min" else self.say("最大", "greatest")
                return self.say("{0}中{2}的{1}", "the {2} {1} among {0}", self.items(items), self.word(value), what)
            case ir.Exists(items=items, that=that):
                return self.say("{0}中有一项：{1}", "one of {0} has: {1}", self.items(items), self.word(that))
            case ir.ForAll(items=items, that=that):
                return self.say("{0}中每一项：{1}", "each of {0} has: {1}", self.items(items), self.word(that))
            case ir.KindIn(kinds=kinds):
                return self.say("主体是{0}", "the profile is one of: {0}", self.kinds(kinds))
            case ir.PlaceWithin(place=place):
                return self.say("所在地在{0}", "the place lies in {0}", self.place(place))
            case ir.EachMember(kind=kind, that=that):
                return self.say("所辖每个{0}：{1}", "every {0} within it: {1}", self.kind(kind), self.word(that))
            case ir.MemberShare(kind=kind, where=where):
                return self.say(
                    "所辖{0}中符合“{1}”的占比",
                    "the share of its members ({0}) where {1}",
                    self.kind(kind),
                    self.word(where),
                )
            case _:
                assert_never(node)

    def items(self, items: ir.Items) -> str:
        """The entries of a list, with what is asked of them."""
        label = self.name(items.fact.label)
        if items.where is None:
            return label
        return self.say("{0}（{1}）", "{0} ({1})", label, self.word(items.where))

    # ------------------------------------------------------------------ clauses

    def _joined(
        self, operands: Sequence[ir.Expr], joint: tuple[str, str], loose: type[ir.AllOf] | type[ir.AnyOf]
    ) -> str:
        parts = []
        for operand in operands:
            text = self.word(operand)
            split = isinstance(operand, loose) and len(operand.operands) > 1 and not self._short(operand)
            parts.append(self.say("（{0}）", "({0})", text) if split else text)
        return self.say(*joint).join(parts)

    def _short(self, node: ir.Expr) -> bool:
        return isinstance(node, ir.AnyOf) and self._one_of(node.operands) is not None

    def _one_of(self, operands: Sequence[ir.Expr]) -> str | None:
        """`x is a or b`, where all alternatives are constants of one thing."""
        values: list[str] = []
        subject: ir.Expr | None = None
        for operand in operands:
            if not isinstance(operand, ir.Equal) or not isinstance(operand.right, ir.Constant):
                return None
            if subject is not None and operand.left != subject:
                return None
            subject = operand.left
            values.append(self.constant(operand.right))
        if subject is None:
            return None
        return self.say("{0}为{1}", "{0} is {1}", self.word(subject), self.say("或", " or ").join(values))

    def _negated(self, operand: ir.Expr) -> str:
        text = self.word(operand)
        if isinstance(operand, ir.FactRef | ir.FieldRef | ir.MetricRef):
            return self.say("非{0}", "not {0}", text)
        return self.say("并非（{0}）", "not ({0})", text)

    def _compare(self, node: ir.Compare) -> str:
        left, right = node.left, node.right
        ranked = next((side for side in (left, right) if isinstance(side, ir.Rank)), None)
        if ranked is not None:
            words = [self._ranked(side, ranked) for side in (left, right)]
        else:
            words = [self.word(left), self._against(left, right)]
        sort = "date" if isinstance(left.type, DateType) else "count" if isinstance(left, ir.Count) else "number"
        return self.say("{0}{1}{2}", "{0} is {1} {2}", words[0], self.say(*_ORDER[sort][node.op]), words[1])

    def _ranked(self, side: ir.Expr, other: ir.Rank) -> str:
        """One side of a comparison of ordered choices; a bare rank is the choice at that place."""
        type_ = other.operand.type
        if isinstance(side, ir.Constant) and isinstance(type_, ChoiceType) and isinstance(side.value, int):
            return choice_label(type_, type_.choices[side.value].id, self.lang)
        return self.word(side)

    def _equal(self, left: ir.Expr, right: ir.Expr) -> str:
        if isinstance(left.type, BoolType) and isinstance(right, ir.Constant):
            return self.word(left) if right.value is True else self._negated(left)
        return self.say("{0}为{1}", "{0} is {1}", self.word(left), self.word(right))

    def _growth(self, node: ir.GrowthTest) -> str:
        order = self.say("等于", "exactly") if node.op == "=" else self.say(*_ORDER["number"][node.op])
        parts = (self.word(node.value), self._against(node.value, node.base), order, self.word(node.rate))
        if node.since is not None:
            return self.say(
                "{0}自{4}年起年均增长{2}{3}", "{0} grows by {2} {3} a year since {4}", *parts, str(node.since)
            )
        return self.say("{0}较{1}增长{2}{3}", "{0} grows by {2} {3} over {1}", *parts)

    def _against(self, left: ir.Expr, right: ir.Expr) -> str:
        """The other side of a comparison; the same metric at another time is not named again."""
        if isinstance(left, ir.MetricRef) and isinstance(right, ir.MetricRef) and left.metric == right.metric:
            if right.year is not None:
                return self.say("其{0}年的数值", "its own figure of {0}", str(right.year))
            if right.offset == -1:
                return self.say("其上年的数值", "its own figure of the year before")
        return self.word(right)

    def _metric(self, node: ir.MetricRef) -> str:
        label = self.name(node.metric.label)
        if node.year is not None:
            return self.say("{1}年的{0}", "{0} of {1}", label, str(node.year))
        if node.offset == -1:
            return self.say("上年的{0}", "{0} of the year before", label)
        if node.offset:
            return self.say("{1}年前的{0}", "{0} {1} years before", label, str(-node.offset))
        return label

    def _shifted(self, operand: ir.Expr, count: int, unit: tuple[str, str]) -> str:
        size, what = str(abs(count)), self.say(*unit)
        if count < 0:
            return self.say("{0}前{1}{2}", "{1} {2} before {0}", self.word(operand), size, what)
        return self.say("{0}后{1}{2}", "{1} {2} after {0}", self.word(operand), size, what)

    def _bracketed(self, node: ir.Expr) -> str:
        text = self.word(node)
        return f"({text})" if isinstance(node, ir.Arithmetic | ir.If | ir.Extreme) else text
