"""Evaluate FEEL: the value of an expression in a context.

In: the text of an expression and the values of its names. Out: a value of `values`. Whatever the standard leaves
without a value is null; only a text that is not FEEL raises (`FeelError`). Work is bounded: an expression that asks
for too much of it is null as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from decimal import Decimal
from typing import assert_never

from evaluator.feel import ast, temporal
from evaluator.feel.builtins import BUILTINS
from evaluator.feel.errors import FeelError, Problem
from evaluator.feel.operators import arithmetic, negate
from evaluator.feel.parser import parse
from evaluator.feel.types import instance_of
from evaluator.feel.values import (
    NUMBERS,
    ExhaustedError,
    FunctionValue,
    RangeValue,
    UndefinedError,
    compare,
    contains,
    equal,
    import_value,
    kind,
    less,
    whole,
)

MAX_STEPS = 200_000  # rounds of all loops and filters, and calls, of one evaluation

Scope = MutableMapping[str, object]


def evaluate(expression: str, context: Mapping[str, object] | None = None) -> object:
    """The value of `expression`, its names taken from `context`."""
    values = import_value(context or {})
    assert isinstance(values, dict)
    node = parse(expression, names=frozenset(_names(values)))
    refuse_quantities(node, expression)
    return evaluate_node(node, values)


def evaluate_node(node: ast.Node, values: dict[str, object]) -> object:
    """The value of a tree in which there is no quantity, its names taken from FEEL `values`."""
    try:
        return _Evaluation().value(node, ChainMap(values))
    except (ExhaustedError, RecursionError, MemoryError):
        return None


def refuse_quantities(node: ast.Node, text: str) -> None:
    """Raise if a number with a unit is in the tree: plain FEEL has none."""
    level = [node]
    while level:
        for each in level:
            if isinstance(each, ast.Quantity):
                raise FeelError(text, Problem(each.at, f"`{each.unit}` is a unit, and plain FEEL has none"))
        level = [child for parent in level for child in ast.children(parent)]


def _names(value: object) -> Iterator[str]:
    """The keys of all contexts in a value, for names that hold signs."""
    match value:
        case dict():
            yield from value
            for item in value.values():
                yield from _names(item)
        case list():
            for item in value:
                yield from _names(item)
        case _:
            return


class _Evaluation:
    """One evaluation, which counts its steps."""

    def __init__(self) -> None:
        self._steps = 0

    def step(self) -> None:
        """Count one round of a loop, one item of a filter or one call."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ExhaustedError

    def value(self, node: ast.Node, scope: Scope) -> object:
        """The value of `node`; null where it has none."""
        try:
            return self._value(node, scope)
        except (UndefinedError, ArithmeticError, ValueError):
            return None

    def _value(self, node: ast.Node, scope: Scope) -> object:
        match node:
            case ast.Null():
                return None
            case ast.Boolean(value=flag):
                return flag
            case ast.Number(value=number):
                return NUMBERS.plus(number)
            case ast.String(value=text):
                return text
            case ast.At(text=text):
                return temporal.parse_at(text)
            case ast.Quantity():
                raise UndefinedError
            case ast.Name(name=name):
                return scope[name] if name in scope else BUILTINS.get(name)
            case ast.Path(base=base, name=name):
                return entry(self.value(base, scope), name)
            case ast.Filter():
                return self._filter(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.Negate(operand=operand):
                return negate(self.value(operand, scope))
            case ast.Arithmetic(op=op, left=left, right=right):
                return arithmetic(op, self.value(left, scope), self.value(right, scope))
            case ast.Compare(op=op, left=left, right=right):
                return compare(op, self.value(left, scope), self.value(right, scope))
            case ast.Conjunction(operands=operands):
                return _kleene((self.value(each, scope) for each in operands), decisive=False)
            case ast.Disjunction(operands=operands):
                return _kleene((self.value(each, scope) for each in operands), decisive=True)
            case ast.Between(value=value, low=low, high=high):
                tested = self.value(value, scope)
                ends = (compare(">=", tested, self.value(low, scope)), compare("<=", tested, self.value(high, scope)))
                return None if None in ends else all(ends)
            case ast.In(value=value, tests=tests):
                return self._any_test(self.value(value, scope), tests, scope)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                return self.value(then if self.value(condition, scope) is True else otherwise, scope)
            case ast.For():
                return self._for(node, scope)
            case ast.Quantified():
                return self._quantified(node, scope)
            case ast.Range(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
                return _range(self.value(low, scope), self.value(high, scope), low_closed, high_closed)
            case ast.Test(op=op, operand=operand):
                return _half_range(op, self.value(operand, scope))
            case ast.UnaryTests(tests=tests, negated=negated):
                holds = self._any_test(scope.get("?"), tests, scope) if tests else True
                return holds if not negated or holds is None else not holds
            case ast.ListLiteral(items=items):
                return [self.value(item, scope) for item in items]
            case ast.ContextLiteral(entries=entries):
                return self._context(entries, scope)
            case ast.FunctionLiteral():
                return self._function(node, scope)
            case ast.InstanceOf(value=value, type=type_):
                return instance_of(self.value(value, scope), type_)
            case _:
                assert_never(node)

    # ------------------------------------------------------------------ tests
    def _any_test(self, value: object, tests: tuple[ast.Node, ...], scope: Scope) -> bool | None:
        return _kleene((self._test(value, test, scope) for test in tests), decisive=True)

    def _test(self, value: object, test: ast.Node, scope: Scope) -> bool | None:
        """Whether `value` meets one unary test; a test may also be a condition on `?`."""
        if isinstance(test, ast.Test):
            return compare(test.op, value, self.value(test.operand, scope))
        wanted = self.value(test, ChainMap({"?": value}, scope))
        if _asks(test):
            return wanted if isinstance(wanted, bool) else None
        if isinstance(test, ast.Range) and wanted is None:
            return None
        match wanted:
            case RangeValue() if not isinstance(value, RangeValue):
                return contains(wanted, value)
            case list():
                return equal(value, wanted) is True or any(_matches(value, item) for item in wanted)
            case _:
                return equal(value, wanted)

    # ------------------------------------------------------------------ lists
    def _filter(self, node: ast.Filter, scope: Scope) -> object:
        base = self.value(node.base, scope)
        if base is None:
            return None
        items = base if isinstance(base, list) else [base]
        kept: list[object] = []
        for item in items:
            self.step()
            verdict = self.value(node.predicate, _item_scope(item, scope))
            if isinstance(verdict, Decimal):
                return _item_at(items, verdict)
            if verdict is True:
                kept.append(item)
        if not items and isinstance(self.value(node.predicate, scope), Decimal):
            return None
        return kept

    def _for(self, node: ast.For, scope: Scope) -> object:
        results: list[object] = []
        rounds = self._rounds(node.iterators, ChainMap({"partial": results}, scope))
        results.extend(self.value(node.body, inner) for inner in rounds)  # one by one: the next sees the last
        return results

    def _quantified(self, node: ast.Quantified, scope: Scope) -> bool | None:
        rounds = (self.value(node.satisfies, inner) for inner in self._rounds(node.iterators, scope))
        return _kleene(rounds, decisive=node.kind == "some")

    def _rounds(self, iterators: tuple[ast.Iterator, ...], scope: Scope) -> Iterator[Scope]:
        """The scopes of all rounds; a later list may depend on an earlier variable."""
        first, rest = iterators[0], iterators[1:]
        for item in self._domain(first, scope):
            self.step()
            inner = ChainMap({first.name: item}, scope)
            if rest:
                yield from self._rounds(rest, inner)
            else:
                yield inner

    def _domain(self, iterator: ast.Iterator, scope: Scope) -> list[object]:
        source = self.value(iterator.source, scope)
        if iterator.end is not None:
            return _steps(source, self.value(iterator.end, scope))
        match source:
            case None:
                raise UndefinedError
            case list():
                return source
            case RangeValue(low=low, high=high):
                if less(high, low) is not False:
                    raise UndefinedError
                items = _steps(low, high)
                return items[not source.low_closed : len(items) - (not source.high_closed)]
            case _:
                return [source]

    # ------------------------------------------------------------------ contexts and functions
    def _context(self, entries: tuple[ast.Entry, ...], scope: Scope) -> dict[str, object]:
        made: dict[str, object] = {}
        inner = ChainMap(made, scope)
        for each in entries:
            if each.key in made:
                raise UndefinedError
            made[each.key] = self.value(each.value, inner)
        return made

    def _call(self, node: ast.Call, scope: Scope) -> object:
        self.step()
        function = self.value(node.function, scope)
        if not isinstance(function, FunctionValue):
            raise UndefinedError
        return function.call([self.value(arg, scope) for arg in node.args], node.names)

    def _function(self, node: ast.FunctionLiteral, scope: Scope) -> FunctionValue:
        names = tuple(parameter.name for parameter in node.parameters)

        def call(args: list[object], given: tuple[str, ...] | None) -> object:
            self.step()
            if given is not None:
                if sorted(given) != sorted(names):
                    raise UndefinedError
                args = [dict(zip(given, args, strict=True))[name] for name in names]
            if len(args) != len(names):
                raise UndefinedError
            taken = [_coerce(arg, each.type) for arg, each in zip(args, node.parameters, strict=True)]
            return self.value(node.body, ChainMap(dict(zip(names, taken, strict=True)), scope))

        return FunctionValue("", names, call, tuple(parameter.type for parameter in node.parameters))


def entry(value: object, name: str) -> object:
    """`value.name`: of a context, of each item of a list, or a field of a date, duration or range."""
    match value:
        case dict():
            return value.get(name)
        case list():
            return [entry(item, name) for item in value]
        case RangeValue():
            return {
                "start": value.low,
                "end": value.high,
                "start included": value.low_closed,
                "end included": value.high_closed,
            }.get(name)
        case _:
            return temporal.field(value, name)


def _kleene(values: Iterator[object], *, decisive: bool) -> bool | None:
    """`or` (decisive true) and `and` (decisive false) of many; what is not boolean counts as null."""
    result: bool | None = not decisive
    for value in values:
        if value is decisive:
            return decisive
        if not isinstance(value, bool):
            result = None
    return result


def _asks(test: ast.Node) -> bool:
    """Whether a test is a condition on `?`, the tested value."""
    if isinstance(test, ast.Name):
        return test.name == "?"
    return any(_asks(child) for child in ast.children(test))


def _matches(value: object, item: object) -> bool:
    if isinstance(item, RangeValue) and not isinstance(value, RangeValue):
        return contains(item, value) is True
    return equal(value, item) is True


def _range(low: object, high: object, low_closed: bool, high_closed: bool) -> RangeValue:
    if low is None or high is None or less(low, high) is None:
        raise UndefinedError
    return RangeValue(low, high, low_closed, high_closed)


def _half_range(op: ast.CompareOp, end: object) -> RangeValue:
    if less(end, end) is None:
        raise UndefinedError
    match op:
        case "<" | "<=":
            return RangeValue(None, end, False, op == "<=")
        case ">" | ">=":
            return RangeValue(end, None, op == ">=", False)
        case "=":
            return RangeValue(end, end, True, True)
        case _:
            raise UndefinedError


def _item_scope(item: object, scope: Scope) -> Scope:
    inner: dict[str, object] = {"item": item}
    return ChainMap({**inner, **item} if isinstance(item, dict) else inner, scope)


def _item_at(items: list[object], position: Decimal) -> object:
    index = whole(position)
    if index != position or index == 0 or abs(index) > len(items):
        return None
    return items[index - 1 if index > 0 else index]


def _steps(low: object, high: object) -> list[object]:
    """The whole numbers, or the days, from `low` to `high`, which may be the lesser one."""
    if kind(low) != kind(high):
        raise UndefinedError
    if isinstance(low, dt.date) and isinstance(high, dt.date) and not isinstance(low, dt.datetime):
        return [dt.date.fromordinal(day) for day in _span(low.toordinal(), high.toordinal())]
    if not isinstance(low, Decimal) or low != low.to_integral_value() or high != whole(high):
        raise UndefinedError
    return [Decimal(number) for number in _span(int(low), whole(high))]


def _span(low: int, high: int) -> range:
    if abs(high - low) > MAX_STEPS:
        raise ExhaustedError
    return range(low, high + 1) if low <= high else range(low, high - 1, -1)


def _coerce(value: object, type_: ast.Type | None) -> object:
    """An argument as a declared parameter type takes it: a list of one for its item, an item for a list of one."""
    if type_ is None or value is None or instance_of(value, type_):
        return value
    if isinstance(value, list) and len(value) == 1 and instance_of(value[0], type_):
        return value[0]
    if instance_of([value], type_):
        return [value]
    raise UndefinedError
