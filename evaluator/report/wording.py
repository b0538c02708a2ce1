"""Typed expressions read back as words, in Chinese or English: one wording for the pages of rules and for traces.

In: a node of `ir`, and the vocabulary that names kinds, places and units. Out: one clause without a full stop; nothing
is evaluated. A page compares in words (`投资额不低于100万元`), a trace by signs (`投资额 ≥ 100万元`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeAlias, assert_never

from evaluator.report.phrases import Lang
from evaluator.report.values import Printer
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import children
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, DateType, Name, Type, Vocabulary

SIGNS: Final = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "+": "+", "-": "−", "*": "×", "/": "÷"}

_ORDER: Final = {
    "number": {
        ">=": ("不低于", "is at least"),
        ">": ("高于", "is more than"),
        "<=": ("不高于", "is at most"),
        "<": ("低于", "is less than"),
        "=": ("为", "is"),
    },
    "count": {
        ">=": ("不少于", "is at least"),
        ">": ("多于", "is more than"),
        "<=": ("不多于", "is at most"),
        "<": ("少于", "is less than"),
    },
    "date": {
        ">=": ("不早于", "is not before"),
        ">": ("晚于", "is after"),
        "<=": ("不晚于", "is not after"),
        "<": ("早于", "is before"),
    },
}
_ROUNDED: Final = {
    "floor": ("{0}向下取整", "{0} rounded down"),
    "ceiling": ("{0}向上取整", "{0} rounded up"),
    "abs": ("{0}的绝对值", "the size of {0}"),
}
_LEAST: Final = {"min": ("最小", "least"), "max": ("最大", "greatest")}
_FIRST: Final = {"min": ("最早", "earliest"), "max": ("最晚", "latest")}

_Kinds: TypeAlias = tuple[type[ir.Node], ...]
_TRAILING: Final[_Kinds] = (ir.AtLeast, ir.Exists, ir.ForAll, ir.EachMember, ir.If)
"""What goes on to its last word: a clause that follows would be read as part of it."""
_CLAUSES: Final[_Kinds] = (*_TRAILING, ir.AllOf, ir.AnyOf, ir.Compare, ir.Equal, ir.GrowthTest, ir.Extreme)
_TERMS: Final[_Kinds] = (*_CLAUSES, ir.Arithmetic)


_BOUNDS: Final = {
    ("min", False): ("{0}，最高{1}", "{0}, at most {1}"),
    ("max", False): ("{0}，最低{1}", "{0}, at least {1}"),
    ("min", True): ("{0}，最晚{1}", "{0}, at the latest {1}"),
    ("max", True): ("{0}，最早{1}", "{0}, at the earliest {1}"),
}


class Wording:
    """Words for one language and one vocabulary, comparing by `signs` or in words."""

    def __init__(self, lang: Lang, vocabulary: Vocabulary, *, signs: bool = False) -> None:
        self.lang, self.vocabulary, self.signs = lang, vocabulary, signs
        self.printer = Printer(vocabulary, lang)
        self._inner: int | None = None

    def say(self, zh: str, en: str, *parts: str) -> str:
        """The pattern of the language, filled in."""
        return (en if self.lang == "en" else zh).format(*parts)

    def name(self, name: Name) -> str:
        """A label in the language."""
        return name.text(self.lang)

    def kind(self, id: str) -> str:
        """What a kind of profile is called."""
        known = self.vocabulary.kinds.get(id)
        return id if known is None else self.name(known.label)

    def kinds(self, ids: Sequence[str]) -> str:
        """Several kinds, joined."""
        return self.say("、", ", ").join(self.kind(id) for id in ids)

    def place(self, path: str) -> str:
        """A jurisdiction, in English by its own name."""
        if self.lang != "en":
            return path.replace("/", "")
        known = self.vocabulary.places.get(path)
        return path if known is None else known.en

    def word(self, node: ir.Expr) -> str:
        """Any expression as a clause; where entries of two lists are at hand, it says whose field is meant."""
        if self._inner is not None:
            return self._word(node)
        return self._within(_depth(node), node)

    def _within(self, depth: int, node: ir.Expr) -> str:
        """A clause about the entry bound at `depth`."""
        around, self._inner = self._inner, depth
        try:
            return self._word(node)
        finally:
            self._inner = around

    def _word(self, node: ir.Expr) -> str:
        match node:
            case ir.Constant(value=constant, type=type_):
                text = self.printer.value(constant, type_)
                return f"“{text}”" if isinstance(constant, str) and not self.signs else text
            case ir.FactRef(fact=fact):
                return self.name(fact.label)
            case ir.FieldRef(field=field, depth=depth):
                label = self.name(field.label)
                if self._inner is None or depth >= self._inner:
                    return label
                outer = ("该项的{0}", "{0} of that entry") if depth else ("本项的{0}", "{0} of this entry")
                return self.say(*outer, label)
            case ir.MetricRef():
                return self._metric(node)
            case ir.Cumulative(metric=metric, start=start):
                return self.say("{1}年起累计{0}", "{0} added up since {1}", self.name(metric.label), str(start))
            case ir.AsOf():
                return self.say("所问之日", "the date asked about")
            case ir.AwardAmount(rule=rule, same_item=same):
                each = self.say("（同一项）", " (same entry)") if same else ""
                return self.say("奖补“{0}”的金额{1}", "the amount of {0}{1}", rule, each)
            case ir.Position():
                return self.say("序号", "its position")
            case ir.AllOf(operands=operands):
                if not operands:
                    return self.say("无条件", "always")
                return self._joined(operands, ("，且", " and "), ir.AnyOf)
            case ir.AnyOf(operands=operands):
                if not operands:
                    return self.say("恒不成立", "never")
                named = self._one_of(operands) or self._each_year(operands)
                return named or self._joined(operands, ("，或", " or "), ir.AllOf)
            case ir.Not(operand=operand):
                return self._negated(operand)
            case ir.AtLeast(operands=operands):
                return self.say("{0}：{1}", "{0}: {1}", self.heading(node), self._listed(operands, "；", "; "))
            case ir.Compare():
                return self._compare(node)
            case ir.Equal(left=left, right=right):
                return self._equal(left, right)
            case ir.Rank(operand=operand):
                return self.word(operand)
            case ir.GrowthTest():
                return self._growth(node)
            case ir.Arithmetic(op=op, left=left, right=right):
                return f"{self._part(left, _TERMS)} {SIGNS[op]} {self._part(right, _TERMS)}"
            case ir.Negate(operand=operand):
                return f"−{self._part(operand, _TERMS)}"
            case ir.Rounded(how=how, operand=operand):
                return self.say(*_ROUNDED[how], self._part(operand, _TERMS))
            case ir.Extreme():
                return self._extreme(node)
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                parts = (self.word(condition), self.word(then), self.word(otherwise))
                return self.say("若{0}，则{1}，否则{2}", "{1} if {0}, else {2}", *parts)
            case ir.MonthsLater(operand=operand, months=count):
                return self._shifted(operand, count, ("个月", "months"))
            case ir.DaysLater(operand=operand, days=count):
                return self._shifted(operand, count, ("天", "days"))
            case ir.YearOf(operand=operand):
                return self.say("{0}的年份", "the year of {0}", self.word(operand))
            case ir.Count(items=items):
                return self.say("{0}的数量", "the number of {0}", self.items(items))
            case ir.Total(items=items, value=value):
                return self.say(
                    "{0}的{1}合计", "the sum of {1} over {0}", self.items(items), self._within(items.depth, value)
                )
            case ir.ExtremeOf(how=how, items=items, value=value):
                what = self._end(how, node.type)
                return self.say(
                    "{0}中{2}的{1}", "the {2} {1} among {0}", self.items(items), self._within(items.depth, value), what
                )
            case ir.Exists(items=items, that=that):
                return self.say(
                    "{0}中有一项：{1}", "one of {0} has: {1}", self.items(items), self._within(items.depth, that)
                )
            case ir.ForAll(items=items, that=that):
                return self.say(
                    "{0}中每一项：{1}", "each of {0} has: {1}", self.items(items), self._within(items.depth, that)
                )
            case ir.KindIn(kinds=kinds):
                return self.say("属于{0}", "it is {0}", self.say("或", " or ").join(map(self.kind, kinds)))
            case ir.PlaceWithin(place=place):
                return self.say("位于{0}", "it lies in {0}", self.place(place))
            case ir.EachMember(kind=kind, that=that):
                return self.say("所辖每个{0}：{1}", "every {0} within it: {1}", self.kind(kind), self.word(that))
            case ir.MemberShare(kind=kind, where=where):
                share = "所辖{0}中符合（{1}）的占比", "the share of its members ({0}: {1})"
                return self.say(*share, self.kind(kind), self.word(where))
            case _:
                assert_never(node)

    def window(self, window: model.Window) -> tuple[str, str]:
        """From and until when to apply."""
        first, last = (self._day(end) for end in (window.opens, window.closes))
        return (self.say("每年{0}", "{0} of each year", first) if isinstance(window.opens, tuple) else first), last

    def _day(self, end: date | tuple[int, int] | ir.Expr) -> str:
        if isinstance(end, tuple):
            return f"{end[0]:02}-{end[1]:02}"
        return end.isoformat() if isinstance(end, date) else self.word(end)

    def items(self, items: ir.Items) -> str:
        """The entries of a list, with what is asked of them."""
        label = self.name(items.fact.label)
        if items.where is None:
            return label
        return self.say("{0}（{1}）", "{0} ({1})", label, self._within(items.depth, items.where))

    def heading(self, node: ir.AllOf | ir.AnyOf | ir.AtLeast) -> str:
        """How many of the conditions below a node it asks for."""
        match node:
            case ir.AllOf():
                return self.say("以下全部成立", "all of these")
            case ir.AnyOf():
                return self.say("以下任一成立", "any of these")
            case ir.AtLeast(n=n):
                return self.say("以下至少{0}项成立", "at least {0} of these", str(n))
            case _:
                assert_never(node)

    # ------------------------------------------------------------------ clauses

    def _listed(self, operands: Sequence[ir.Expr], zh: str, en: str) -> str:
        return self.say(zh, en).join(map(self.word, operands))

    def _extreme(self, node: ir.Extreme) -> str:
        """What is bounded by a constant, said so; of several things the least or greatest."""
        bounds = [operand for operand in node.operands if isinstance(operand, ir.Constant)]
        others = [operand for operand in node.operands if not isinstance(operand, ir.Constant)]
        if len(bounds) == len(others) == 1:
            words = _BOUNDS[node.how, isinstance(node.type, DateType)]
            return self.say(*words, self._part(others[0], (ir.If,)), self.word(bounds[0]))
        listed = self.say("、", ", ").join(self._part(operand, (ir.Extreme, ir.If)) for operand in node.operands)
        return self.say("{1}中{0}者", "the {0} of {1}", self._end(node.how, node.type), listed)

    def _part(self, node: ir.Expr, kinds: _Kinds) -> str:
        """A part of a clause, in brackets where it is of `kinds`, which would be read apart there."""
        text = self.word(node)
        if isinstance(node, ir.Arithmetic):
            return f"({text})" if ir.Arithmetic in kinds else text
        return self.say("（{0}）", "({0})", text) if isinstance(node, kinds) else text

    def _joined(
        self, operands: Sequence[ir.Expr], joint: tuple[str, str], loose: type[ir.AllOf] | type[ir.AnyOf]
    ) -> str:
        if len(operands) == 1:
            return self.word(operands[0])
        return self.say(*joint).join(
            self._part(operand, (loose, *_TRAILING) if self._splits(operand) else _TRAILING) for operand in operands
        )

    def _splits(self, node: ir.Expr) -> bool:
        """Whether a joined clause shows its joints."""
        if isinstance(node, ir.AnyOf):
            named = self._one_of(node.operands) or self._each_year(node.operands)
            return len(node.operands) > 1 and named is None
        return isinstance(node, ir.AllOf) and len(node.operands) > 1

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
            values.append(self.word(operand.right))
        if subject is None or (len(values) == 1 and isinstance(subject.type, BoolType)):
            return None
        return self._related(subject, "=", self.say("或", " or ").join(values))

    def _each_year(self, operands: Sequence[ir.Expr]) -> str | None:
        """`x from 03-01 to 04-30 of each year`, where all alternatives are those days of one year after another."""
        subject: ir.Expr | None = None
        days: set[tuple[str, str]] = set()
        years: list[int] = []
        for operand in operands:
            match operand:
                case ir.AllOf(
                    operands=(
                        ir.Compare(op=">=", left=left, right=ir.Constant(type=DateType(), value=int() as first)),
                        ir.Compare(op="<=", left=right, right=ir.Constant(type=DateType(), value=int() as last)),
                    )
                ) if left == right and subject in (None, left):
                    subject = left
                    ends = date.fromordinal(first), date.fromordinal(last)
                    years.append(ends[0].year)
                    days.add((f"{ends[0]:%m-%d}", f"{ends[1]:%m-%d}".replace("02-29", "02-28")))
                case _:
                    return None
        if subject is None or len(days) != 1 or years != list(range(years[0], years[0] + len(years))):
            return None
        (since, until), what = days.pop(), self._part(subject, _CLAUSES)
        said = "{0}在{3}—{4}年每年{1}至{2}", "{0} lies from {1} to {2} of a year, from {3} to {4}"
        return self.say(*said, what, since, until, str(years[0]), str(years[-1]))

    def _negated(self, operand: ir.Expr) -> str:
        text = self.word(operand)
        if isinstance(operand, ir.FactRef | ir.FieldRef | ir.MetricRef):
            return self.say("非{0}", "not {0}", text)
        return self.say("并非（{0}）", "not ({0})", text)

    # ------------------------------------------------------------------ comparisons

    def _related(self, left: ir.Expr | str, op: str, right: str) -> str:
        """`left` compared with `right`, by the sign or in the words that go with what `left` is."""
        text = left if isinstance(left, str) else self._part(left, _CLAUSES)
        if self.signs:
            return f"{text} {SIGNS[op]} {right}"
        sort = "number"
        if op != "=" and isinstance(left, ir.Node):
            sort = "date" if isinstance(left.type, DateType) else "count" if isinstance(left, ir.Count) else "number"
        return self.say("{0}{1}{2}", "{0} {1} {2}", text, self.say(*_ORDER[sort][op]), right)

    def _compare(self, node: ir.Compare) -> str:
        left, right = node.left, node.right
        choices = next((side.operand.type for side in (left, right) if isinstance(side, ir.Rank)), None)
        if isinstance(choices, ChoiceType):
            left, right = self._unranked(left, choices), self._unranked(right, choices)
        return self._related(left, node.op, self._against(left, right))

    @staticmethod
    def _unranked(side: ir.Expr, choices: ChoiceType) -> ir.Expr:
        """One side of a comparison of ordered choices: a bare rank is the choice at that place."""
        if isinstance(side, ir.Constant) and isinstance(side.value, int):
            return ir.Constant(type=choices, value=choices.choices[side.value].id)
        return side

    def _equal(self, left: ir.Expr, right: ir.Expr) -> str:
        if isinstance(left.type, BoolType) and isinstance(right, ir.Constant):
            return self.word(left) if right.value is True else self._negated(left)
        return self._related(left, "=", self._part(right, _CLAUSES))

    def _growth(self, node: ir.GrowthTest) -> str:
        value, rate = self.word(node.value), self._part(node.rate, _CLAUSES)
        if node.since is not None:
            grown = self.say("{0}自{1}年起年均增长", "yearly growth of {0} since {1}", value, str(node.since))
        else:
            grown = self.say("{0}较{1}增长", "growth of {0} over {1}", value, self._against(node.value, node.base))
        return self._related(grown, node.op, rate)

    def _against(self, left: ir.Expr, right: ir.Expr) -> str:
        """The other side of a comparison; on a page the same metric at another time is not named again.

        A trace names it in full: the value that was read is listed under that name.
        """
        if not self.signs and isinstance(left, ir.MetricRef) and isinstance(right, ir.MetricRef):
            if left.metric == right.metric and right.year is not None:
                return self.say("其{0}年的数值", "its own figure of {0}", str(right.year))
            if left.metric == right.metric and right.offset == -1:
                return self.say("其上年的数值", "its own figure of the year before")
        return self._part(right, _CLAUSES)

    # ------------------------------------------------------------------ times and ends

    def _metric(self, node: ir.MetricRef) -> str:
        label = self.name(node.metric.label)
        if node.year is not None:
            return self.say("{1}年{0}", "{0} of {1}", label, str(node.year))
        if node.offset == -1:
            return self.say("上年{0}", "{0} of the year before", label)
        if node.offset:
            return self.say("{1}年前的{0}", "{0} {1} years before", label, str(-node.offset))
        return label

    def _shifted(self, operand: ir.Expr, count: int, unit: tuple[str, str]) -> str:
        size, what = str(abs(count)), self.say(*unit)
        if count < 0:
            return self.say("{0}前{1}{2}", "{1} {2} before {0}", self.word(operand), size, what)
        return self.say("{0}后{1}{2}", "{1} {2} after {0}", self.word(operand), size, what)

    def _end(self, how: ir.Least, type_: Type) -> str:
        return self.say(*(_FIRST if isinstance(type_, DateType) else _LEAST)[how])


def _depth(node: ir.Expr) -> int:
    """The depth of the innermost entry that a clause is about, lists that it looks into left aside."""
    if isinstance(node, ir.FieldRef):
        return node.depth
    inner: tuple[ir.Expr, ...] = ()
    if not isinstance(node, ir.Count | ir.Total | ir.ExtremeOf | ir.Exists | ir.ForAll):
        inner = children(node)
    return max(map(_depth, inner), default=0)
