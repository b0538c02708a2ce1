"""The fast path: nodes as Python expressions over plain bools, exact numbers and texts.

They say what a node is when everything that it reads is exactly known; else evaluating them raises one of
`runtime.OPEN`, and the general path answers. So the order of evaluation does not matter, and a node that has no such
form (`NotNative`) is no loss of meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, NoReturn, assert_never

from evaluator.engines.compiled import runtime
from evaluator.engines.compiled.awards import AwardsOfRulebook
from evaluator.engines.compiled.env import Env
from evaluator.engines.compiled.general import General
from evaluator.engines.operations import growth_years
from evaluator.engines.truth import FALSE, TRUE
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.reads import walk
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, DateType, NumberType, TextType

_PURE: Final = (
    ir.Constant,
    ir.AsOf,
    ir.KindIn,
    ir.PlaceWithin,
    ir.AllOf,
    ir.AnyOf,
    ir.Not,
    ir.AtLeast,
    ir.Compare,
    ir.Equal,
    ir.Rank,
    ir.GrowthTest,
    ir.Arithmetic,
    ir.Negate,
    ir.Rounded,
    ir.Extreme,
    ir.If,
    ir.MonthsLater,
    ir.DaysLater,
    ir.YearOf,
)
"""Nodes that read nothing of a profile but its kind and place."""


_TURNED: Final[dict[ir.CompareOp, ir.CompareOp]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_N, _D = ("_numerator", "_denominator") if "_numerator" in Fraction.__slots__ else ("numerator", "denominator")
"""What a `Fraction` keeps; its public properties are functions, each dearer than the comparison."""


class NotNative(Exception):  # noqa: N818 - no fault: the general path alone answers
    """The node has no form on the fast path."""


class Names:
    """The objects that generated code names."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {
            "full": runtime.full,
            "divide": runtime.divide,
            "months": runtime.months,
            "days": runtime.days,
            "nonzero": runtime.nonzero,
            "pay": runtime.pay,
            "only": runtime.only,
            "years": runtime.Years(),
            "OPEN": runtime.OPEN,
            "Fraction": Fraction,
        }
        self.lists: dict[str, str] = {}
        """The variable that holds the entries of each list fact, as the mappings of their fields."""

    def of(self, value: object) -> str:
        """A name for that object."""
        name = f"k{len(self.values)}"
        self.values[name] = value
        return name

    def entries(self, fact: str) -> str:
        """The variable for the entries of a list; it is None where the list is open, and looping over it is refused."""
        return self.lists.setdefault(fact, f"l{len(self.lists)}")


@row
class Place:
    """Where a profile stands that code is made for: its kind, its place, the year of the finding."""

    kind: str
    place: str
    period: int | None = None


class Native:
    """Writes expressions for profiles of one kind at one place; bound entries are the variables `v0`, `v1` …"""

    def __init__(self, general: General, names: Names, at: Place) -> None:
        self.general, self.names, self.at = general, names, at
        self._loops = 0
        nobody = Profile(kind=at.kind, name="", place=at.place, code=None, facts={}, metrics={})
        self._nobody = Env(nobody, AwardsOfRulebook({}, general))

    def during(self, period: int | None) -> Native:
        """The same for findings of a year."""
        return Native(self.general, self.names, Place(self.at.kind, self.at.place, period))

    def settled(self, node: ir.Expr) -> bool | None:
        """The truth of a condition that reads no fact; None when it reads one or is not settled without."""
        if not all(isinstance(part, _PURE) for part in walk(node)):
            return None
        value = self.general.read(node)(self._nobody)
        return True if value is TRUE else False if value is FALSE else None

    def gates_left(self, rule: model.AnyRule) -> tuple[ir.Expr, ...] | None:
        """The gates that have to be tested; None when one is false without reading a fact."""
        settled = [(gate, self.settled(gate)) for gate in rule.gates]
        if any(known is False for _, known in settled):
            return None
        return tuple(gate for gate, known in settled if known is None)

    def text(self, node: ir.Expr) -> str:
        """The Python expression of a node. Raises NotNative."""
        if isinstance(node.type, BoolType) and not isinstance(node, ir.AllOf | ir.AnyOf):
            settled = self.settled(node)
            if settled is not None:
                return str(settled)
        match node:
            case ir.Constant(value=value):
                return (
                    f"Fraction({value.numerator}, {value.denominator})" if isinstance(value, Fraction) else repr(value)
                )
            case ir.AsOf():
                return repr(self.general.as_of)
            case ir.FactRef(fact=fact):
                return f"facts[{fact.id!r}]"
            case ir.FieldRef(field=field, depth=depth):
                return f"v{depth}[{field.id!r}]"
            case ir.MetricRef():
                return self._metric(node, node.year)
            case ir.Cumulative(start=start):
                years = range(start, (start if self.at.period is None else self.at.period) + 1)
                return f"({' + '.join(self._metric(node, year) for year in years) or '0'})"
            case ir.AllOf(operands=operands):
                return self._all(operands)
            case ir.AnyOf(operands=operands):
                return self._any(operands)
            case ir.Not(operand=ir.Equal() as operand):
                return self._equal(operand, negated=True)
            case ir.Not(operand=operand):
                return f"(not {self.text(operand)})"
            case ir.AtLeast(n=n, operands=operands):
                return f"({' + '.join(self.text(operand) for operand in operands)} >= {n})"
            case ir.Compare():
                return self._compare(node)
            case ir.Equal():
                return self._equal(node)
            case ir.Rank(operand=operand):
                assert isinstance(operand.type, ChoiceType)
                ranks = {choice.id: rank for rank, choice in enumerate(operand.type.choices)}
                return f"{self.names.of(ranks)}[{self.text(operand)}]"
            case ir.GrowthTest():
                return self._growth(node)
            case ir.Arithmetic(op="/", left=left, right=right):
                return f"divide({self.text(left)}, {self.text(right)})"
            case ir.Arithmetic(op=op, left=left, right=right):
                return f"({self.text(left)} {op} {self.text(right)})"
            case ir.Negate(operand=operand):
                return f"(-{self.text(operand)})"
            case ir.Rounded(how="abs", operand=operand):
                return f"abs({self.text(operand)})"
            case ir.Rounded(how=how, operand=operand):
                return f"({self.text(operand)}).__{'floor' if how == 'floor' else 'ceil'}__()"
            case ir.Extreme(how=how, operands=operands):
                return f"{how}(({', '.join(self.text(operand) for operand in operands)},))"
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                return f"({self.text(then)} if {self.text(condition)} else {self.text(otherwise)})"
            case ir.MonthsLater(operand=operand, months=by):
                return f"months({self.text(operand)}, {by})"
            case ir.DaysLater(operand=operand, days=by):
                return f"days({self.text(operand)}, {by})"
            case ir.YearOf(operand=operand):
                return f"years[{self.text(operand)}]"
            case ir.Count(items=items):
                return f"sum({self.each(None, items)})"
            case ir.Total(items=items, value=value):
                return f"sum({self.each(value, items)})"
            case ir.ExtremeOf(how=how, items=items, value=value):
                return f"{how}({self.each(value, items)})"
            case ir.Exists(items=items, that=that):
                return f"any({self.each(that, items)})"
            case ir.ForAll(items=items, that=that):
                return f"all({self.each(that, items)})"
            case ir.KindIn() | ir.PlaceWithin():
                return _refuse("is not settled by kind and place")
            case ir.EachMember() | ir.MemberShare() | ir.AwardAmount() | ir.Position():
                return _refuse("reads members, other awards or other entries")
            case _:
                assert_never(node)

    def each(self, value: ir.Expr | None, items: ir.Items) -> str:
        """A list of a value (1 without one) of the entries that pass."""
        self._loops += 1
        where = "" if items.where is None else f" if {self.text(items.where)}"
        text = "1" if value is None else self.text(value)
        self._loops -= 1
        return f"[{text} for v{items.depth} in {self.names.entries(items.fact.id)}{where}]"

    # ------------------------------------------------------------------ figures by year

    def _metric(self, node: ir.MetricRef | ir.Cumulative, year: int | None) -> str:
        if isinstance(node, ir.MetricRef) and year is None and self.at.period is not None:
            year = self.at.period + node.offset
        if year is None:
            return _refuse("has no period")
        return f"metrics[{node.metric.id!r}][{year}]"

    def _growth(self, node: ir.GrowthTest) -> str:
        years = growth_years(node, self.at.period)
        rate = f"(1 + {self.text(node.rate)})" + (f" ** {years}" if years > 1 else "")
        value, required = self.text(node.value), f"nonzero({self.text(node.base)}) * {rate}"
        return f"(not {value} - {required})" if node.op == "=" else f"({value} {node.op} {required})"

    # ------------------------------------------------------------------ conditions

    def _compare(self, node: ir.Compare) -> str:
        """Two values in order; a fraction and a constant by whole numbers, for `Fraction` compares slowly."""
        left, right, op = node.left, node.right, node.op
        if isinstance(left, ir.Constant):
            left, right, op = right, left, _TURNED[op]
        fractional = isinstance(left.type, NumberType) and left.type.dimension == "ratio"
        if self._loops or not isinstance(right, ir.Constant) or isinstance(right.value, str):
            return f"({self.text(left)} {op} {self.text(right)})"
        if not fractional and isinstance(right.value, int):
            return f"({self.text(left)} {op} {right.value})"
        n, d = right.value.as_integer_ratio()
        whole = f"t * {d} {op} {n}" if d != 1 else f"t {op} {n}"
        return f"({whole} if (t := {self.text(left)}).__class__ is int else t.{_N} * {d} {op} {n} * t.{_D})"

    def _all(self, operands: Sequence[ir.Expr]) -> str:
        """What is cheap first; bounds on one value are tested together."""
        operands = sorted(_flat(operands), key=_costs)
        parts: list[str] = []
        bounds: dict[str, dict[str, int]] = {}
        for operand in operands:
            bound = self._bound(operand)
            if bound is None:
                part = self.text(operand)
                if part == "False":
                    return part
                if part != "True":
                    parts.append(part)
                continue
            value, op, end = bound
            if value not in bounds:
                bounds[value] = {}
                parts.append(value)
            ends = bounds[value]
            ends[op] = end if op not in ends else max(end, ends[op]) if op == ">=" else min(end, ends[op])
        shown = [_between(part, bounds[part]) if part in bounds else part for part in parts]
        return f"({' and '.join(shown)})" if shown else "True"

    def _bound(self, node: ir.Expr) -> tuple[str, str, int] | None:
        """(value, `>=` or `<=`, end) of a comparison with a whole number."""
        if not isinstance(node, ir.Compare) or node.op not in (">=", "<=") or self.settled(node) is not None:
            return None
        match node.right:
            case ir.Constant(value=int() as end) if not isinstance(node.left, ir.AsOf):
                return self.text(node.left), node.op, end
            case ir.AsOf():
                return self.text(node.left), node.op, self.general.as_of
            case _:
                return None

    def _any(self, operands: Sequence[ir.Expr]) -> str:
        parts = [self.text(operand) for operand in operands]
        if "True" in parts:
            return "True"
        chosen = [_chosen(operand) for operand in operands]
        columns = {column for column, _ in chosen}
        if len(columns) == 1 and None not in columns:
            column = columns.pop()
            assert column is not None
            return f"({self.text(column)} in {{{', '.join(repr(value) for _, value in chosen)}}})"
        return f"({' or '.join(part for part in parts if part != 'False') or 'False'})"

    def _equal(self, node: ir.Equal, *, negated: bool = False) -> str:
        left, right = self.text(node.left), self.text(node.right)
        match node.left.type:
            case NumberType() | DateType():  # an interval equals nothing, and must not: a difference refuses it
                return f"({'' if negated else 'not '}{left} - {right}{' != 0' if negated else ''})"
            case BoolType() | ChoiceType() | TextType():
                return f"({left} {'!=' if negated else '=='} {right})"
            case _:
                return _refuse("is a list")


def _flat(operands: Sequence[ir.Expr]) -> Iterator[ir.Expr]:
    for operand in operands:
        if isinstance(operand, ir.AllOf):
            yield from _flat(operand.operands)
        else:
            yield operand


def _costs(node: ir.Expr) -> int:
    """Which conditions to try first."""
    match node:
        case ir.FactRef() | ir.FieldRef():
            return 0
        case ir.Equal(right=ir.Constant()) | ir.AnyOf(operands=(ir.Equal(), *_)) | ir.Not(operand=ir.Equal()):
            return 1
        case ir.Compare():
            return 2
        case _:
            return 3


def _chosen(node: ir.Expr) -> tuple[ir.Expr | None, str]:
    match node:
        case ir.Equal(left=(ir.FieldRef() | ir.FactRef()) as column, right=ir.Constant(value=str() as value)):
            return column, value
        case _:
            return None, ""


def _between(value: str, ends: dict[str, int]) -> str:
    low = f"{ends['>=']} <= " if ">=" in ends else ""
    high = f" <= {ends['<=']}" if "<=" in ends else ""
    return f"({low}{value}{high})"


def _refuse(why: str) -> NoReturn:
    raise NotNative(why)
