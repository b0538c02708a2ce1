"""Asking the solver: is there a profile of a world for which a formula holds? The only module that knows it.

In: a world and a formula. Out: `Found` with a value for every variable, `Never`, or `Unsure` with the reason. What is
found is worked out again by `terms.evaluate`, so that no answer rests on the solver's word alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeAlias

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.engines.smt.terms import Logic, Quantity, Term, evaluate, variables
from evaluator.record import row
from evaluator.rulebook.vocabulary import Exact, Name, exact

TIME_LIMIT: Final = 5_000
"""Milliseconds for one question."""


@row
class Found:
    """There is one: the value of each variable by name."""

    values: dict[str, bool | Exact]


@row
class Never:
    """There is none."""


@row
class Unsure:
    """It was not found out, and why."""

    reason: Name


Reply: TypeAlias = Found | Never | Unsure
TIME: Final = Name(zh="超过了每个问题的时间限制", en="the time limit of one question was reached")
HARD: Final = Name(zh="条件含有未知数相乘或相除，无法判定", en="the condition multiplies or divides unknown numbers")


def require() -> None:
    """Refuse to go on without the library. Raises RuleError."""
    from importlib.util import find_spec

    if find_spec("z3") is None:
        help = "pip install 'evaluator[prove]'"
        raise RuleError([Diagnostic("missing-library", "proofs need the library `z3-solver`", None, help)])


def ask(
    goal: Logic,
    constraints: Iterable[Logic] = (),
    *,
    milliseconds: int = TIME_LIMIT,
    tidy: Iterable[tuple[Term, Exact]] = (),
) -> Reply:
    """A profile for which `goal` and every constraint hold.

    `tidy` names number variables with their unit: values that are whole in it are taken where there are such.
    """
    required = [part for part in constraints if part is not True]
    if goal is False or any(part is False for part in required):
        return Never()
    everything: list[Logic] = [goal, *required]
    names = variables(everything)
    if not names:
        return Found({})
    import z3  # type: ignore[import-untyped] # the library has no types

    context = z3.Context()  # one for each question: what was asked before must not change which profile is found
    solver = z3.Solver(ctx=context)
    solver.set("timeout", milliseconds)
    made: dict[Term, Any] = {}
    for part in everything:
        if isinstance(part, Term):
            solver.add(_translate(part, made, z3, context))
    for term in list(made):
        if term.op == "year":
            solver.add(*_year(term, made, z3, context))
    answer = solver.check()
    if answer == z3.unsat:
        return Never()
    if answer == z3.unknown:
        return Unsure(TIME if "timeout" in solver.reason_unknown() or "cancel" in solver.reason_unknown() else HARD)
    values = _values(solver.model(), names, made, z3, context)
    for factors in (1, Fraction(1, 100)):
        wanted = [
            _translate(term, made, z3, context) / _number(exact(unit * factors), z3, context)
            for term, unit in tidy
            if term in made
        ]
        if not wanted:
            break
        solver.push()
        solver.set("timeout", min(milliseconds, 300))
        solver.add(*(z3.IsInt(term) for term in wanted))
        better = _values(solver.model(), names, made, z3, context) if solver.check() == z3.sat else None
        solver.pop()
        if better is not None:
            values = better
            break
    if values is None:
        return Unsure(HARD)
    known: dict[Term, bool | Exact] = {}
    if not all(evaluate(part, values, known) for part in everything):
        raise AssertionError("the solver's values do not satisfy the formula")
    return Found(values)


def _values(
    model: Any, names: dict[str, Term], made: dict[Term, Any], z3: Any, context: Any
) -> dict[str, bool | Exact] | None:
    """The value of each variable; None where one has no exact form."""
    values: dict[str, bool | Exact] = {}
    for name, term in names.items():
        value = model.eval(_translate(term, made, z3, context), model_completion=True)
        if term.sort == "bool":
            values[name] = bool(z3.is_true(value))
        elif z3.is_int_value(value):
            values[name] = int(value.as_long())
        elif z3.is_rational_value(value):
            values[name] = exact(Fraction(int(value.numerator_as_long()), int(value.denominator_as_long())))
        else:
            return None
    return values


def _number(value: Exact, z3: Any, context: Any) -> Any:
    return z3.RealVal(str(value), ctx=context)


def _translate(term: Term, made: dict[Term, Any], z3: Any, context: Any) -> Any:
    """The solver's form of a term; without recursion, for sums can be deep."""
    stack = [term]
    while stack:
        top = stack[-1]
        if top in made:
            stack.pop()
            continue
        waiting = [arg for arg in top.args if isinstance(arg, Term) and arg not in made]
        if waiting:
            stack.extend(waiting)
            continue
        made[top] = _node(top, made, z3, context)
        stack.pop()
    return made[term]


def _node(term: Term, made: dict[Term, Any], z3: Any, context: Any) -> Any:
    def of(arg: Quantity, *, real: bool) -> Any:
        if isinstance(arg, Term):
            found = made[arg]
            return z3.ToReal(found) if real and arg.sort == "int" else found
        return _number(arg, z3, context) if real else z3.IntVal(arg, ctx=context)

    args = term.args
    match term.op:
        case "var":
            makers: dict[str, Callable[..., Any]] = {"bool": z3.Bool, "int": z3.Int, "real": z3.Real}
            return makers[term.sort](term.name, ctx=context)
        case "and":
            return z3.And(*(made[arg] for arg in args if isinstance(arg, Term)))
        case "or":
            return z3.Or(*(made[arg] for arg in args if isinstance(arg, Term)))
        case "not":
            return z3.Not(of(args[0], real=False))
        case "floor":
            return z3.ToInt(of(args[0], real=True))
        case "year":
            return z3.FreshInt("year", ctx=context)  # what it is, `_year` says
        case "/":
            divisor = of(args[1], real=True)
            return z3.If(divisor == 0, _number(0, z3, context), of(args[0], real=True) / divisor)
        case "choose":
            real = term.sort == "real"
            return z3.If(of(args[0], real=False), of(args[1], real=real), of(args[2], real=real))
        case "+" | "*":
            real = term.sort == "real"
            left, right = of(args[0], real=real), of(args[1], real=real)
            return left + right if term.op == "+" else left * right
        case "<" | "<=" | "=":
            real = any(arg.sort == "real" if isinstance(arg, Term) else not isinstance(arg, int) for arg in args)
            left, right = of(args[0], real=real), of(args[1], real=real)
            return left < right if term.op == "<" else left <= right if term.op == "<=" else left == right


_YEARS: Final = range(1960, 2150)
"""The years in which days are looked for, with all that rules may add to them."""


def _year(term: Term, made: dict[Term, Any], z3: Any, context: Any) -> Iterator[Any]:
    """What makes a number the year of a day: it is not before a year exactly when the day is not."""
    (day,) = term.args
    assert isinstance(day, Term)
    yield z3.And(made[term] >= _YEARS.start - 1, made[term] < _YEARS.stop)
    for year in _YEARS:
        yield (made[day] >= z3.IntVal(date(year, 1, 1).toordinal(), ctx=context)) == (made[term] >= year)
