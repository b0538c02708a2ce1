"""From FEEL to typed nodes: resolves names, decides overloads, checks types and units, folds constants.

In: the AST of an expression or of unary tests and a `Scope`. Out: an `ir.Expr`, or an `ExpressionError`. Whatever the
table `ALLOWED` does not list is refused by name: every engine implements exactly that table.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias, cast

from evaluator.diagnostics import did_you_mean, nearest
from evaluator.feel import ast
from evaluator.rulebook import ir
from evaluator.rulebook.convert import plain
from evaluator.rulebook.quantities import combine, describe, literal, negated, printable
from evaluator.rulebook.scope import ExpressionError, Scope, dated
from evaluator.rulebook.vocabulary import BOOL, DATE, PLAIN, TEXT, ChoiceType, Fact, ListType, NumberType, Type, exact

ALLOWED: Final = {
    "operators": "+ - * / = != < <= > >= and or in between if some every",
    "functions": "count sum min max abs floor ceiling not date duration award at",
    "literals": 'numbers, quantities (30万元, 94%), "texts", true, false, dates, ranges, lists after `in`',
}

_USE: Final = {
    "count": "write `count(列表)` or `count(列表[条件])`",
    "sum": "write `sum(列表.字段)` or `sum(列表[条件].字段)`",
    "min": "write `min(列表.字段)` or `min(a, b)`",
    "max": "write `max(列表.字段)` or `max(a, b)`",
    "abs": "it takes one number",
    "floor": "it takes one number; without the number of places",
    "ceiling": "it takes one number; without the number of places",
    "not": "it takes one condition",
    "date": 'write `date("2025-06-30")` or `date(2025, 6, 30)`',
    "award": 'it takes the id of an incentive: `award("standards-leading")`',
    "at": "it takes a dated parameter and a date: `at(LPR, 放款日期)`",
    "duration": 'a duration stands after `+` or `-` of a date, such as `发布日期 + duration("P3Y")`',
}

Compare: TypeAlias = Callable[[ast.CompareOp, ir.Expr, tuple[int, int]], ir.Expr]


def lower(node: ast.Node, scope: Scope) -> ir.Expr:
    """The typed form of an expression."""
    return _Lowering(scope).lower(node)


def lower_condition(node: ast.Node, scope: Scope) -> ir.Expr:
    """The typed form of an expression that must be true or false."""
    return _Lowering(scope).truth(node)


def lower_tests(tests: ast.UnaryTests, value: ir.Expr, scope: Scope, compare: Compare | None = None) -> ir.Expr:
    """Unary tests on `value`; `compare` builds a comparison where that is more than an operator (growth)."""
    lowering = _Lowering(scope)
    operands = tuple(lowering.test(test, value, compare) for test in tests.tests)
    if not operands:
        return ir.Constant(type=BOOL, value=True)
    some = operands[0] if len(operands) == 1 else ir.AnyOf(operands=operands)
    return ir.Not(operand=some) if tests.negated else some


def compare_values(op: ast.CompareOp, left: ir.Expr, right: ir.Expr, at: tuple[int, int]) -> ir.Expr:
    """`left op right` after checking that the two can be compared so."""
    _refuse_unlike(left.type, right.type, at)
    if isinstance(left.type, ListType):
        message = "lists are not compared in rules"
        raise ExpressionError(at, "unlike-types", message, "compare what they hold, such as `count(列表[条件]) >= 1`")
    if op in ("=", "!="):
        equal = ir.Equal(left=left, right=right)
        return equal if op == "=" else ir.Not(operand=equal)
    match left.type:
        case NumberType():
            pass
        case _ if left.type == DATE:
            pass
        case ChoiceType(ordered=True):
            left, right = _rank(left), _rank(right)
        case _:
            message = f"`{op}` needs an order, and {describe(left.type)} has none"
            raise ExpressionError(at, "no-order", message, "use `=`, or mark the choices `ordered: true`")
    return ir.Compare(op=cast(ir.CompareOp, op), left=left, right=right)


def _rank(node: ir.Expr) -> ir.Expr:
    if isinstance(node, ir.Constant) and isinstance(node.type, ChoiceType):
        return ir.Constant(type=PLAIN, value=node.type.rank(str(node.value)), span=node.span)
    return ir.Rank(type=PLAIN, operand=node)


def _refuse_unlike(left: Type, right: Type, at: tuple[int, int]) -> None:
    if left == right or (
        isinstance(left, ChoiceType) and isinstance(right, ChoiceType) and left.choices == right.choices
    ):
        return
    hint = None
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        unit = left.unit or right.unit
        hint = f"give the number its unit, such as `3{unit}`" if "" in (left.dimension, right.dimension) else None
    raise ExpressionError(at, "unlike-types", f"{describe(left)} cannot be compared with {describe(right)}", hint)


class _Lowering:
    """One pass over one expression."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def truth(self, node: ast.Node) -> ir.Expr:
        lowered = self.lower(node)
        if lowered.type != BOOL:
            message = f"a condition must be true or false, and this is {describe(lowered.type)}"
            raise ExpressionError(node.at, "not-a-condition", message)
        return lowered

    def number(self, node: ast.Node) -> ir.Expr:
        lowered = self.lower(node)
        if not isinstance(lowered.type, NumberType):
            raise ExpressionError(node.at, "not-a-number", f"a number is needed, and this is {describe(lowered.type)}")
        return lowered

    def ordered(self, node: ast.Node) -> ir.Expr:
        """A number or a date: what has a least and a greatest."""
        lowered = self.lower(node)
        if lowered.type != DATE and not isinstance(lowered.type, NumberType):
            message = f"a number or a date is needed, and this is {describe(lowered.type)}"
            raise ExpressionError(node.at, "not-a-number", message)
        return lowered

    def lower(self, node: ast.Node) -> ir.Expr:
        match node:
            case ast.Name(name=name, at=at):
                return self.scope.resolve(name, at)
            case ast.Number(value=value, at=at):
                return ir.Constant(type=PLAIN, value=exact(Fraction(printable(value, at))))
            case ast.Quantity(value=value, unit=unit, at=at):
                return literal(printable(value, at), self.scope.vocabulary.units[unit])
            case ast.String(value=value):
                return ir.Constant(type=TEXT, value=value)
            case ast.Boolean(value=value):
                return ir.Constant(type=BOOL, value=value)
            case ast.At(text=text, at=at):
                return _date(text, at)
            case ast.Compare(op=("=" | "!=") as op, left=ast.Name(name=name), right=right) if self.scope.names_kind(
                name
            ):
                of_kind = self.kinds((right,))
                return of_kind if op == "=" else ir.Not(operand=of_kind)
            case ast.In(value=ast.Name(name=name), tests=tests) if self.scope.names_kind(name):
                return self.kinds(tests)
            case ast.Compare(op=op, left=left, right=right, at=at):
                return compare_values(op, *self.pair(left, right), at)
            case ast.Conjunction(operands=operands):
                return ir.AllOf(operands=tuple(self.truth(operand) for operand in operands))
            case ast.Disjunction(operands=operands):
                return ir.AnyOf(operands=tuple(self.truth(operand) for operand in operands))
            case ast.Between(value=value, low=low, high=high, at=at):
                lowered = self.lower(value)
                ends = (
                    compare_values(">=", lowered, self.like(low, lowered), at),
                    compare_values("<=", lowered, self.like(high, lowered), at),
                )
                return ir.AllOf(operands=ends)
            case ast.In(value=value, tests=tests):
                lowered = self.lower(value)
                options = tuple(self.test(test, lowered, None) for test in tests)
                return options[0] if len(options) == 1 else ir.AnyOf(operands=options)
            case ast.If(condition=condition, then=then, otherwise=otherwise, at=at):
                yes, no = self.pair(then, otherwise)
                if yes.type != no.type:
                    message = f"the branches of `if` are unlike: {describe(yes.type)} and {describe(no.type)}"
                    raise ExpressionError(at, "unlike-types", message, _percent(yes, no))
                return ir.If(type=yes.type, condition=self.truth(condition), then=yes, otherwise=no)
            case ast.Negate(operand=operand):
                return negated(self.number(operand))
            case ast.Arithmetic(op=op, left=left, right=right, at=at):
                return self.arithmetic(op, left, right, at)
            case ast.Quantified(kind=kind, iterators=iterators, satisfies=satisfies, at=at):
                if len(iterators) != 1 or iterators[0].end is not None:
                    raise ExpressionError(
                        at,
                        "not-in-rules",
                        f"`{kind}` over more than one list is not used in rules",
                        "nest a second one inside `satisfies`",
                    )
                items, inner = self.items(iterators[0].source, iterators[0].name)
                that = _Lowering(inner).truth(satisfies)
                return ir.Exists(items=items, that=that) if kind == "some" else ir.ForAll(items=items, that=that)
            case ast.Call(function=ast.Name(name=name, at=at), args=args):
                return self.call(name, args, at)
            case ast.Path(base=base, name=name, at=at):
                return self.path(base, name, at)
            case ast.Null(at=at):
                raise ExpressionError(
                    at,
                    "null",
                    "`null` is not used in rules",
                    "a missing fact is unknown by itself; write the condition as if it were given",
                )
            case _:
                raise self.refused(node)

    def kinds(self, nodes: tuple[ast.Node, ...]) -> ir.Expr:
        """That the profile is of one of these kinds, each named by its label or id."""
        found: list[str] = []
        known = self.scope.vocabulary.kinds
        for node in nodes:
            if isinstance(node, ast.ListLiteral):
                return self.kinds(node.items)
            word = node.value if isinstance(node, ast.String) else None
            kind = next((one.id for one in known.values() if word in (one.id, one.label.zh)), None)
            if kind is None:
                labels = [one.label.zh for one in known.values()]
                help = None if word is None else did_you_mean(word, labels)
                shown = "this" if word is None else f"`{word}`"
                raise ExpressionError(node.at, "unknown-kind", f"{shown} is no kind of profile", help)
            found.append(kind)
        return ir.KindIn(kinds=tuple(found))

    def refused(self, node: ast.Node) -> ExpressionError:
        word = {
            ast.For: "`for` outside `sum`, `min` and `max`",
            ast.Filter: "a filter outside `count`, `sum`, `min`, `max`, `some` and `every`",
            ast.Range: "a range outside `in`",
            ast.Test: "a one-sided test outside `in`",
            ast.ListLiteral: "a list outside `in`",
            ast.ContextLiteral: "a context",
            ast.FunctionLiteral: "a function of one's own",
            ast.InstanceOf: "`instance of`",
        }.get(type(node), "this")
        return ExpressionError(
            node.at, "not-in-rules", f"{word} is not used in rules", f"rules may use {ALLOWED['operators']}"
        )

    # ------------------------------------------------------------------ values that take their type from the other side

    def pair(self, left: ast.Node, right: ast.Node) -> tuple[ir.Expr, ir.Expr]:
        if isinstance(left, ast.String) and not isinstance(right, ast.String):
            other = self.lower(right)
            return self.like(left, other), other
        first = self.lower(left)
        return first, self.like(right, first)

    def like(self, node: ast.Node, other: ir.Expr) -> ir.Expr:
        """`node`, a text of it being read as a choice or a date where `other` is one."""
        if isinstance(node, ast.String):
            if isinstance(other.type, ChoiceType):
                found = other.type.find(node.value)
                if found is None:
                    words = [choice.label.zh for choice in other.type.choices]
                    named = _named(other)
                    raise ExpressionError(
                        node.at,
                        "unknown-choice",
                        f"`{node.value}` is no choice{named}",
                        did_you_mean(node.value, words)
                        or "expected one of " + ", ".join(f"`{word}`" for word in words),
                    )
                return ir.Constant(type=other.type, value=found.id)
            if other.type == DATE:
                return _date(node.value, node.at)
            if self.scope.names_award(other):
                return ir.Constant(type=TEXT, value=self.scope.award(node.value, node.at))
        return self.lower(node)

    def test(self, node: ast.Node, value: ir.Expr, compare: Compare | None) -> ir.Expr:
        """One unary test on `value`."""
        build = compare or (lambda op, operand, at: compare_values(op, value, operand, at))
        match node:
            case ast.Test(op=op, operand=operand, at=at):
                return build(op, self.like(operand, value), at)
            case ast.Range(low=low, high=high, low_closed=low_closed, high_closed=high_closed, at=at):
                return ir.AllOf(
                    operands=(
                        build(">=" if low_closed else ">", self.like(low, value), at),
                        build("<=" if high_closed else "<", self.like(high, value), at),
                    )
                )
            case ast.ListLiteral(items=items):
                options = tuple(self.test(item, value, compare) for item in items)
                return ir.AnyOf(operands=options)
            case ast.Boolean(value=True) if value.type == BOOL:
                return value
            case ast.Boolean(value=False) if value.type == BOOL:
                return ir.Not(operand=value)
            case _:
                return build("=", self.like(node, value), node.at)

    # ------------------------------------------------------------------ arithmetic and functions

    def arithmetic(self, op: ast.ArithmeticOp, left: ast.Node, right: ast.Node, at: tuple[int, int]) -> ir.Expr:
        if op == "**":
            raise ExpressionError(
                at,
                "not-in-rules",
                "`**` is not used in rules",
                "write growth as a target with `growth` or `average_growth`",
            )
        first = self.lower(left)
        if first.type == DATE and op in ("+", "-"):
            return self.shifted(first, right, 1 if op == "+" else -1)
        if not isinstance(first.type, NumberType):
            raise ExpressionError(left.at, "not-a-number", f"`{op}` needs numbers, and this is {describe(first.type)}")
        return combine(op, first, self.number(right), at)

    def shifted(self, base: ir.Expr, node: ast.Node, sign: int) -> ir.Expr:
        text = _duration_text(node)
        if text is None:
            raise ExpressionError(
                node.at,
                "unlike-types",
                "a date moves by a duration only",
                'write `duration("P3Y")` or `@"P30D"`',
            )
        months, days = _duration(text, node.at)
        if days:
            return ir.DaysLater(operand=base, days=sign * days)
        return ir.MonthsLater(operand=base, months=sign * months)

    def call(self, name: str, args: tuple[ast.Node, ...], at: tuple[int, int]) -> ir.Expr:
        match name, len(args):
            case "not", 1:
                return ir.Not(operand=self.truth(args[0]))
            case "award", 1 if isinstance(args[0], ast.String):
                return self.scope.award_amount(args[0].value, args[0].at)
            case "at", 2 if isinstance(args[0], ast.Name):
                return self.dated(args[0], args[1])
            case "count", 1:
                return ir.Count(type=PLAIN, items=self.items(args[0], None)[0])
            case "sum", 1:
                items, value = self.projection(args[0])
                return ir.Total(type=value.type, items=items, value=value)
            case ("min" | "max") as how, 1 if not isinstance(args[0], ast.ListLiteral):
                items, value = self.projection(args[0], dates=True)
                return ir.ExtremeOf(type=value.type, how=how, items=items, value=value)
            case ("min" | "max") as how, _ if args:
                nodes = args[0].items if len(args) == 1 and isinstance(args[0], ast.ListLiteral) else args
                operands = tuple(self.ordered(node) for node in nodes)
                for operand, node in zip(operands, nodes, strict=True):
                    _refuse_unlike(operands[0].type, operand.type, node.at)
                if not operands:
                    raise ExpressionError(at, "arguments", f"`{how}` of nothing has no value")
                return ir.Extreme(type=operands[0].type, how=how, operands=operands)
            case ("abs" | "floor" | "ceiling") as how, 1:
                operand = self.number(args[0])
                return ir.Rounded(type=operand.type, how=how, operand=operand)
            case "date", 1 if isinstance(args[0], ast.String):
                return _date(args[0].value, args[0].at)
            case "date", 3 if all(isinstance(arg, ast.Number) for arg in args):
                year, month, day = (str(cast(ast.Number, arg).value) for arg in args)
                return _date(f"{year:0>4}-{month:0>2}-{day:0>2}", at)
            case _:
                pass
        allowed = ALLOWED["functions"].split()
        if name in allowed:
            raise ExpressionError(at, "arguments", f"`{name}` is not used like this in rules", _USE.get(name))
        raise ExpressionError(
            at,
            "not-in-rules",
            f"the function `{name}` is not used in rules",
            _nearest_function(name, allowed),
        )

    def dated(self, name: ast.Name, day: ast.Node) -> ir.Expr:
        """A parameter on a day of its own."""
        parameter = self.scope.parameter(name.name)
        if parameter is None:
            known = [one.fact.label.zh for one in self.scope.vocabulary.parameters.values()]
            message = f"there is no dated parameter `{name.name}`"
            raise ExpressionError(name.at, "parameter", message, did_you_mean(name.name, known))
        found = self.lower(day)
        if found.type != DATE:
            raise ExpressionError(day.at, "unlike-types", f"a date is needed, and this is {describe(found.type)}")
        return dated(parameter, found)

    def path(self, base: ast.Node, name: str, at: tuple[int, int]) -> ir.Expr:
        if isinstance(base, ast.Name):
            found = self.scope.field_of(base.name, name, at)
            if found is not None:
                return found
        if name == "year":
            operand = self.lower(base)
            if operand.type == DATE:
                return ir.YearOf(operand=operand)
        raise ExpressionError(
            at,
            "not-in-rules",
            f"`.{name}` is not used like this in rules",
            "inside `some x in …` write `x.字段`; of a date only `.year`",
        )

    def items(self, node: ast.Node, variable: str | None) -> tuple[ir.Items, Scope]:
        """A list, possibly filtered, and the scope inside its entries."""
        predicates: list[ast.Node] = []
        while isinstance(node, ast.Filter):
            predicates.insert(0, node.predicate)
            node = node.base
        if not isinstance(node, ast.Name):
            raise ExpressionError(node.at, "not-a-list", "the name of a list is needed here")
        fact: Fact = self.scope.list_fact(node.name, node.at)
        inner, filtered = self.scope.bind(fact, variable), self.scope.bind(fact)  # a filter reads its entry bare
        conditions = tuple(_Lowering(filtered).truth(predicate) for predicate in predicates)
        where = None if not conditions else conditions[0] if len(conditions) == 1 else ir.AllOf(operands=conditions)
        return ir.Items(fact=fact, depth=len(self.scope.bindings), where=where), inner

    def projection(self, node: ast.Node, *, dates: bool = False) -> tuple[ir.Items, ir.Expr]:
        """`list.field`, `list[filter].field` or `for x in list return …`: the items and a number (or date) of each."""
        if isinstance(node, ast.For) and len(node.iterators) == 1 and node.iterators[0].end is None:
            items, inner = self.items(node.iterators[0].source, node.iterators[0].name)
            lowering = _Lowering(inner)
            return items, lowering.ordered(node.body) if dates else lowering.number(node.body)
        if isinstance(node, ast.Path):
            items, inner = self.items(node.base, None)
            value = inner.field_of("item", node.name, node.at)
            assert value is not None
            if not isinstance(value.type, NumberType) and not (dates and value.type == DATE):
                raise ExpressionError(
                    node.at, "not-a-number", f"a number is needed, and this is {describe(value.type)}"
                )
            return items, value
        raise ExpressionError(
            node.at,
            "arguments",
            "a field of a list is needed here",
            "write `sum(列表.字段)` or `sum(for x in 列表 return …)`",
        )


def _nearest_function(name: str, allowed: list[str]) -> str:
    """Which function was probably meant, or all there are."""
    close = nearest(name, allowed)
    return f"did you mean `{close}`?" if close is not None else "rules may use " + ", ".join(allowed)


def _percent(left: ir.Expr, right: ir.Expr) -> str | None:
    """How a bare factor beside a percentage is written alike."""
    for node, other in ((left, right), (right, left)):
        ratio = isinstance(other.type, NumberType) and other.type.dimension == "ratio"
        if ratio and isinstance(node, ir.Constant) and node.type == PLAIN and not isinstance(node.value, str):
            return f"write it as a percentage: `{plain(exact(Fraction(node.value) * 100))}%`"
    return None


def _named(node: ir.Expr) -> str:
    match node:
        case ir.FactRef(fact=fact):
            return f" of `{fact.label.zh}`"
        case ir.FieldRef(field=found):
            return f" of `{found.label.zh}`"
        case ir.MetricRef(metric=metric):
            return f" of `{metric.label.zh}`"
        case _:
            return ""


def _date(text: str, at: tuple[int, int]) -> ir.Expr:
    try:
        if len(text) != 10 or text[7] != "-":  # a week date of ISO 8601 is as long
            raise ValueError(text)
        return ir.Constant(type=DATE, value=date.fromisoformat(text).toordinal())
    except ValueError:
        raise ExpressionError(at, "date", f"`{text}` is no date", "write it as 2025-06-30") from None


def _duration_text(node: ast.Node) -> str | None:
    match node:
        case ast.At(text=text):
            return text
        case ast.Call(function=ast.Name(name="duration"), args=(ast.String(value=text),)):
            return text
        case _:
            return None


def _duration(text: str, at: tuple[int, int]) -> tuple[int, int]:
    """(months, days) of an ISO 8601 duration of years and months, or of days."""
    import re

    found = re.fullmatch(r"P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,6})D)?", text)
    if found is None or not any(found.groups()) or (found[3] and (found[1] or found[2])):
        raise ExpressionError(
            at,
            "duration",
            f"`{text}` is no duration of years and months, or of days",
            "write `P3Y`, `P1Y6M` or `P30D`",
        )
    years, months, days = (int(part or 0) for part in found.groups())
    return 12 * years + months, days
