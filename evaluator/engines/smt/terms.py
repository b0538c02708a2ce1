"""Formulas over unknown values: Python constants where all is known, interned terms elsewhere, folded as they are made.

`Logic` is a truth value, `Quantity` an exact number; both are plain Python values until a variable is met. A term knows
nothing of rules and nothing of the solver: `solver` translates it, `evaluate` works it out under an assignment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Literal, TypeAlias
from weakref import WeakValueDictionary

from evaluator.rulebook.vocabulary import Exact, exact

Sort: TypeAlias = Literal["bool", "int", "real"]
Op: TypeAlias = Literal["var", "and", "or", "not", "choose", "+", "*", "/", "<", "<=", "=", "floor", "year"]


class Term:
    """One node; `args` are terms or exact constants. Equal terms are one object, so identity is equality."""

    __slots__ = ("__weakref__", "args", "name", "op", "sort")

    def __init__(self, op: Op, sort: Sort, args: tuple[Argument, ...], name: str) -> None:
        self.op: Final = op
        self.sort: Final = sort
        self.args: Final = args
        self.name: Final = name

    def __repr__(self) -> str:
        return self.name if self.op == "var" else f"({self.op} {' '.join(map(repr, self.args))})"


Argument: TypeAlias = "Term | Exact"
Logic: TypeAlias = "bool | Term"
Quantity: TypeAlias = "Exact | Term"

_KNOWN: WeakValueDictionary[object, Term] = WeakValueDictionary()


def _term(op: Op, sort: Sort, args: tuple[Argument, ...], name: str = "") -> Term:
    key = (op, sort, tuple(id(arg) if isinstance(arg, Term) else (arg,) for arg in args), name)
    found = _KNOWN.get(key)
    if found is None:
        found = _KNOWN[key] = Term(op, sort, args, name)
    return found


def variable(name: str, sort: Sort) -> Term:
    """The variable of that name; its sort is part of its identity."""
    return _term("var", sort, (), name)


def sort_of(value: Quantity) -> Sort:
    """`int` or `real`."""
    if isinstance(value, Term):
        return value.sort
    return "int" if isinstance(value, int) else "real"


# ------------------------------------------------------------------ truth


def no(value: Logic) -> Logic:
    """Not."""
    if isinstance(value, bool):
        return not value
    if value.op == "not":
        inner = value.args[0]
        assert isinstance(inner, Term)
        return inner
    return _term("not", "bool", (value,))


def both(*values: Logic) -> Logic:
    """And; of nothing true."""
    return _joined("and", values, neutral=True)


def either(*values: Logic) -> Logic:
    """Or; of nothing false."""
    return _joined("or", values, neutral=False)


def _joined(op: Literal["and", "or"], values: Iterable[Logic], *, neutral: bool) -> Logic:
    kept: dict[Term, None] = {}
    for value in values:
        if isinstance(value, bool):
            if value is not neutral:
                return value
            continue
        parts = value.args if value.op == op else (value,)
        for part in parts:
            assert isinstance(part, Term)
            kept[part] = None
    for part in kept:
        if part.op == "not" and part.args[0] in kept:
            return not neutral
    if not kept:
        return neutral
    if len(kept) == 1:
        return next(iter(kept))
    return _term(op, "bool", tuple(kept))


def pick(condition: Logic, then: Logic, otherwise: Logic) -> Logic:
    """`then` where the condition holds, else `otherwise`."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if then is otherwise:
        return then
    return either(both(condition, then), both(no(condition), otherwise))


def alike(left: Logic, right: Logic) -> Logic:
    """Whether two truth values are the same."""
    return pick(left, right, no(right))


# ------------------------------------------------------------------ numbers


def choose(condition: Logic, then: Quantity, otherwise: Quantity) -> Quantity:
    """`then` where the condition holds, else `otherwise`."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    if then is otherwise or (not isinstance(then, Term) and not isinstance(otherwise, Term) and then == otherwise):
        return then
    sort: Sort = "int" if sort_of(then) == sort_of(otherwise) == "int" else "real"
    return _term("choose", sort, (condition, then, otherwise))


def plus(left: Quantity, right: Quantity) -> Quantity:
    """The sum."""
    if not isinstance(left, Term):
        if not isinstance(right, Term):
            return exact(left + right)
        left, right = right, left
    if not isinstance(right, Term) and right == 0:
        return left
    sort: Sort = "int" if sort_of(left) == sort_of(right) == "int" else "real"
    return _term("+", sort, (left, right))


def minus(value: Quantity) -> Quantity:
    """The number with its sign changed."""
    return times(value, -1)


def times(left: Quantity, right: Quantity) -> Quantity:
    """The product."""
    if not isinstance(left, Term):
        if not isinstance(right, Term):
            return exact(left * right)
        left, right = right, left
    if not isinstance(right, Term):
        if right == 0:
            return 0
        if right == 1:
            return left
        if left.op == "*" and not isinstance(left.args[1], Term):
            inner = left.args[0]
            return times(inner, exact(left.args[1] * right))
        if left.op == "choose":  # constants behind a condition stay constants
            condition, then, otherwise = left.args
            assert isinstance(condition, Term)
            if not isinstance(then, Term) or not isinstance(otherwise, Term):
                return choose(condition, times(then, right), times(otherwise, right))
    sort: Sort = "int" if sort_of(left) == sort_of(right) == "int" else "real"
    return _term("*", sort, (left, right))


def over(left: Quantity, right: Quantity) -> Quantity:
    """The quotient, where the divisor is not zero; of a divisor that is, any number."""
    if not isinstance(right, Term):
        return 0 if right == 0 else times(left, exact(Fraction(1) / right))
    return _term("/", "real", (left, right))


def floor(value: Quantity) -> Quantity:
    """The greatest whole number that is not above."""
    if not isinstance(value, Term):
        return value.__floor__()
    if value.sort == "int":
        return value
    if value.op == "choose":
        condition, then, otherwise = value.args
        assert isinstance(condition, Term)
        return choose(condition, floor(then), floor(otherwise))
    return _term("floor", "int", (value,))


def year(day: Quantity) -> Quantity:
    """The calendar year of a day; of day 0, which stands where there is none, any."""
    if not isinstance(day, Term):
        return date.fromordinal(int(day)).year if day else 0
    if day.op == "choose":
        condition, then, otherwise = day.args
        assert isinstance(condition, Term)
        return choose(condition, year(then), year(otherwise))
    return _term("year", "int", (day,))


def below(left: Quantity, right: Quantity) -> Logic:
    """`left < right`."""
    return _ordered("<", left, right)


def at_most(left: Quantity, right: Quantity) -> Logic:
    """`left <= right`."""
    return _ordered("<=", left, right)


def same(left: Quantity, right: Quantity) -> Logic:
    """`left = right`."""
    return _ordered("=", left, right)


_TESTS: Final[dict[str, Callable[[Exact, Exact], bool]]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "=": lambda left, right: left == right,
}


def _ordered(op: Literal["<", "<=", "="], left: Quantity, right: Quantity) -> Logic:
    if not isinstance(left, Term) and not isinstance(right, Term):
        return _TESTS[op](left, right)
    if left is right:
        return op != "<"
    if op == "=" and not isinstance(left, Term):
        left, right = right, left
    for side, constant in ((left, right), (right, left)):
        if isinstance(side, Term) and side.op == "choose" and not isinstance(constant, Term):
            condition, then, otherwise = side.args
            assert isinstance(condition, Term)
            if side is left:
                return pick(condition, _ordered(op, then, constant), _ordered(op, otherwise, constant))
            return pick(condition, _ordered(op, constant, then), _ordered(op, constant, otherwise))
        if isinstance(side, Term) and side.op == "year" and isinstance(constant, int):
            return _in_year(op, side.args[0], constant, later=side is right)
    return _term(op, "bool", (left, right))


def _in_year(op: Literal["<", "<=", "="], day: Quantity, year: int, *, later: bool) -> Logic:
    """How the year of a day compares with one that is known (`later`: which stands to its left), asked of the day."""
    if not date.min.year < year < date.max.year:
        return _term(
            op, "bool", (year, _term("year", "int", (day,))) if later else (_term("year", "int", (day,)), year)
        )
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    if op == "=":
        return both(_ordered("<=", first, day), _ordered("<=", day, last))
    if later:
        return _ordered("<", last, day) if op == "<" else _ordered("<=", first, day)
    return _ordered("<", day, first) if op == "<" else _ordered("<=", day, last)


def least(left: Quantity, right: Quantity) -> Quantity:
    """The smaller of two."""
    return choose(at_most(left, right), left, right)


def greatest(left: Quantity, right: Quantity) -> Quantity:
    """The larger of two."""
    return choose(at_most(right, left), left, right)


def total(values: Iterable[Quantity]) -> Quantity:
    """The sum of several."""
    result: Quantity = 0
    for value in values:
        result = plus(result, value)
    return result


def how_many(values: Iterable[Logic]) -> Quantity:
    """How many of them hold."""
    return total(choose(value, 1, 0) for value in values)


# ------------------------------------------------------------------ looking at terms


def variables(values: Iterable[Logic | Quantity]) -> dict[str, Term]:
    """Every variable below, by name."""
    found: dict[str, Term] = {}
    seen: set[Term] = set()
    stack = [value for value in values if isinstance(value, Term)]
    while stack:
        term = stack.pop()
        if term in seen:
            continue
        seen.add(term)
        if term.op == "var":
            found[term.name] = term
        stack.extend(arg for arg in term.args if isinstance(arg, Term))
    return found


Assignment: TypeAlias = "Mapping[str, bool | Exact]"


def evaluate(value: Logic | Quantity, given: Assignment, known: dict[Term, bool | Exact]) -> bool | Exact:
    """The value under an assignment of every variable; `known` keeps what was worked out for the same assignment."""
    if not isinstance(value, Term):
        return value
    found = known.get(value)
    if found is None:
        found = known[value] = _evaluate(value, given, known)
    return found


def _evaluate(term: Term, given: Assignment, known: dict[Term, bool | Exact]) -> bool | Exact:
    def of(arg: Argument) -> Exact:
        return evaluate(arg, given, known)

    args: Sequence[Argument] = term.args
    match term.op:
        case "var":
            return given[term.name]
        case "and":
            return all(of(arg) for arg in args)
        case "or":
            return any(of(arg) for arg in args)
        case "not":
            return not of(args[0])
        case "choose":
            return of(args[1]) if of(args[0]) else of(args[2])
        case "+":
            return exact(of(args[0]) + of(args[1]))
        case "*":
            return exact(of(args[0]) * of(args[1]))
        case "/":
            divisor = of(args[1])
            return 0 if divisor == 0 else exact(Fraction(of(args[0])) / divisor)
        case "floor":
            return of(args[0]).__floor__()
        case "year":
            return date.fromordinal(max(int(of(args[0])), 1)).year
        case "<" | "<=" | "=":
            return _TESTS[term.op](of(args[0]), of(args[1]))
