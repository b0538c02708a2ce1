"""The reference engine's walk over typed expressions: one exhaustive match, one trace step per node.

In: a node and an `Env`. Out: a `Step` with the value and everything read on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, assert_never, cast, get_args

from evaluator.engines.decide.env import Env
from evaluator.engines.decide.lists import count, exists, extreme_of, for_all, total
from evaluator.engines.intervals import (
    Number,
    Undefined,
    add,
    between,
    compare,
    divide,
    equal,
    extreme,
    multiply,
    negate,
    rounded,
    subtract,
)
from evaluator.engines.operations import grown, growth_years, joined, same, shifted, unknown_value, year_of
from evaluator.engines.trace import Result, Step
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, at_least, negation
from evaluator.rulebook.ir import (
    AllOf,
    AnyOf,
    Arithmetic,
    AsOf,
    AtLeast,
    AwardAmount,
    Compare,
    Constant,
    Count,
    Cumulative,
    DaysLater,
    EachMember,
    Equal,
    Exists,
    Expr,
    Extreme,
    ExtremeOf,
    FactRef,
    FieldRef,
    ForAll,
    GrowthTest,
    If,
    KindIn,
    MemberShare,
    MetricRef,
    MonthsLater,
    Negate,
    Not,
    PlaceWithin,
    Position,
    Rank,
    Rounded,
    Total,
    YearOf,
)
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Interval, Value
from evaluator.rulebook.vocabulary import ChoiceType

_ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide}


def walk(node: Expr, env: Env) -> Step:
    """The value of `node`, with its trace."""
    return _WALKS[type(node)](node, env)


def _walk(node: Expr, env: Env) -> Step:
    match node:
        case Compare():
            return _compare(node, env)
        case FieldRef():
            return _field(node, env)
        case FactRef():
            return _fact(node, env)
        case Constant():
            return _constant(node, env)
        case Equal():
            return _equal(node, env)
        case AllOf():
            return _all(node, env)
        case AnyOf():
            return _any(node, env)
        case AsOf():
            return _as_of(node, env)
        case Not():
            operand = walk(node.operand, env)
            return Step(node, negation(_truth(operand)), (operand,))
        case AwardAmount():
            assert env.awards is not None
            return Step(node, *env.awards.amount(node.rule, env.items[0].path if node.same_item else None))
        case Position():
            return Step(node, env.position)
        case KindIn():
            return Step(node, TRUE if env.profile.kind in node.kinds else FALSE)
        case PlaceWithin():
            return _place(node, env)
        case MetricRef():
            return _metric(node, env)
        case Cumulative():
            return _cumulative(node, env)
        case Arithmetic():
            left, right = walk(node.left, env), walk(node.right, env)
            result = _ARITHMETIC[node.op](cast(Number, left.value), cast(Number, right.value))
            return Step(node, result, (left, right))
        case Negate():
            operand = walk(node.operand, env)
            return Step(node, negate(cast(Number, operand.value)), (operand,))
        case Extreme():
            steps = [walk(operand, env) for operand in node.operands]
            return Step(node, extreme(node.how, [cast(Number, step.value) for step in steps]), steps)
        case Rounded():
            operand = walk(node.operand, env)
            return Step(node, rounded(node.how, cast(Number, operand.value)), (operand,))
        case If():
            return _if(node, env)
        case AtLeast():
            steps = [walk(operand, env) for operand in node.operands]
            return Step(node, at_least(node.n, [_truth(step) for step in steps]), steps)
        case Rank():
            return _rank(node, env)
        case GrowthTest():
            return _growth(node, env)
        case MonthsLater() | DaysLater():
            operand = walk(node.operand, env)
            return Step(node, shifted(node, operand.value), (operand,))
        case YearOf():
            operand = walk(node.operand, env)
            return Step(node, year_of(operand.value), (operand,))
        case Count():
            return count(node, env, walk)
        case Total():
            return total(node, env, walk)
        case ExtremeOf():
            return extreme_of(node, env, walk)
        case Exists():
            return exists(node, env, walk)
        case ForAll():
            return for_all(node, env, walk)
        case EachMember():
            steps, open_end = member_steps(node, node.that, env)
            ends = [_truth(step) for step in steps] + ([UNKNOWN] if open_end else [])
            return Step(node, all_of(ends), steps, "members" if open_end else "")
        case MemberShare():
            return _share(node, env)
        case _:
            assert_never(node)


# ------------------------------------------------------------------ leaves and comparisons


def _constant(node: Constant, env: Env) -> Step:
    known = env.constants.get(id(node))
    if known is None:
        known = env.constants[id(node)] = _given(node, node.value, "")
    return known


def _fact(node: FactRef, env: Env) -> Step:
    value = env.facts.get(node.fact.id)
    if value is not None:
        return _given(node, value, _fact_path(node, env) if type(value) is Interval else "")
    known = env.absent.get(id(node))
    if known is None:
        known = env.absent[id(node)] = Step(node, unknown_value(node.fact), (), _fact_path(node, env))
    return known


def _fact_path(node: FactRef, env: Env) -> str:
    name = node.fact.id if node.fact.attested else node.fact.label.zh
    return f"{env.profile.path}.{name}" if env.profile.path else name


def _field(node: FieldRef, env: Env) -> Step:
    item = env.items[node.depth]
    value = item.values.get(node.field.id)
    if type(value) is int or type(value) is str:
        return Step(node, value)
    if value is not None and type(value) is not Interval:
        return _given(node, value, "")
    return Step(node, unknown_value(node.field) if value is None else value, (), f"{item.path}.{node.field.label.zh}")


def _given(node: Expr, value: Value, path: str) -> Step:
    if value is True:
        return Step(node, TRUE)
    if value is False:
        return Step(node, FALSE)
    return Step(node, value, (), path)


def _as_of(node: AsOf, env: Env) -> Step:
    return Step(node, env.as_of)


def _compare(node: Compare, env: Env) -> Step:
    left = walk(node.left, env)
    right = env.constants.get(id(node.right)) or walk(node.right, env)
    a, b = left.value, right.value
    if type(a) is int and type(b) is int:
        op = node.op
        holds = a >= b if op == ">=" else a <= b if op == "<=" else a > b if op == ">" else a < b
        return Step(node, TRUE if holds else FALSE, (left, right))
    return Step(node, compare(node.op, cast(Number, a), cast(Number, b)), (left, right))


def _equal(node: Equal, env: Env) -> Step:
    """A choice and a constant are compared once for each choice: the step is then the same."""
    leaf = node.left
    value: Value | None = None
    if type(leaf) is FieldRef:
        value = env.items[leaf.depth].values.get(leaf.field.id)
    elif type(leaf) is FactRef:
        value = env.facts.get(leaf.fact.id)
    if type(value) is str:
        known = env.chosen.get((id(node), value))
        if known is not None:
            return known
    left = walk(leaf, env)
    right = env.constants.get(id(node.right)) or walk(node.right, env)
    made = Step(node, same(left.value, right.value), (left, right))
    if type(value) is str and isinstance(leaf.type, ChoiceType) and isinstance(node.right, Constant):
        env.chosen[id(node), value] = made
    return made


# ------------------------------------------------------------------ truth


def _truth(step: Step) -> Truth:
    value = step.value
    return value if isinstance(value, Truth) else INDETERMINATE


def _all(node: AllOf, env: Env) -> Step:
    steps = []
    result = TRUE
    for operand in node.operands:
        step = walk(operand, env)
        steps.append(step)
        value = step.value
        if value is FALSE:
            return Step(node, FALSE, steps)
        if value is not TRUE and result is not UNKNOWN:
            result = _truth(step)
    return Step(node, result, steps)


def _any(node: AnyOf, env: Env) -> Step:
    steps = []
    result = FALSE
    for operand in node.operands:
        step = walk(operand, env)
        steps.append(step)
        value = step.value
        if value is TRUE:
            return Step(node, TRUE, steps)
        if value is not FALSE and result is not UNKNOWN:
            result = _truth(step)
    return Step(node, result, steps)


def _if(node: If, env: Env) -> Step:
    condition = walk(node.condition, env)
    value = _truth(condition)
    if value is TRUE:
        step = walk(node.then, env)
        return Step(node, step.value, (condition, step))
    if value is FALSE:
        step = walk(node.otherwise, env)
        return Step(node, step.value, (condition, step))
    then, otherwise = walk(node.then, env), walk(node.otherwise, env)
    both = joined(then.value, otherwise.value, settled=value is INDETERMINATE)
    return Step(node, both, (condition, then, otherwise))


def _place(node: PlaceWithin, env: Env) -> Step:
    place, wanted = env.profile.place, node.place
    if place == wanted or place.startswith(f"{wanted}/"):
        return Step(node, TRUE)
    above = not place or wanted.startswith(f"{place}/")
    if above and env.vocabulary.kinds[env.profile.kind].group != "region":
        return Step(node, UNKNOWN, (), "jurisdiction")
    return Step(node, FALSE)


# ------------------------------------------------------------------ figures by year


def _metric_value(metric: MetricRef | Cumulative, year: int | None, env: Env) -> tuple[Result, str]:
    """The figure of one year and, when it is not known, its path."""
    found = env.metrics.get(metric.metric.id)
    value = None if found is None or year is None else found.get(year)
    if value is None:
        name = metric.metric.id if "/" in metric.metric.id else metric.metric.label.zh
        prefix = f"{env.profile.path}." if env.profile.path else ""
        return unknown_value(metric.metric), f"{prefix}{name}[{year}]" if year is not None else f"{prefix}{name}"
    if isinstance(value, bool):
        return (TRUE if value else FALSE), ""
    return value, ""


def _metric(node: MetricRef, env: Env) -> Step:
    year = node.year
    if year is None and env.period is not None:
        year = env.period + node.offset
    value, path = _metric_value(node, year, env)
    return Step(node, value, (), path)


def _cumulative(node: Cumulative, env: Env) -> Step:
    result: Number = 0
    steps: list[Step] = []
    last = env.period if env.period is not None else node.start
    for year in range(node.start, last + 1):
        value, path = _metric_value(node, year, env)
        steps.append(Step(MetricRef(type=node.type, metric=node.metric, year=year), value, (), path))
        result = add(result, cast(Number, value))
    return Step(node, result, steps)


def _growth(node: GrowthTest, env: Env) -> Step:
    value, base, rate = walk(node.value, env), walk(node.base, env), walk(node.rate, env)
    steps = (value, base, rate)
    known = base.value
    if isinstance(known, int) and known == 0:
        return Step(node, INDETERMINATE, (*steps, Step(node.base, Undefined("growth over a base of zero"))))
    if (
        isinstance(known, Interval)
        and (known.low is None or known.low <= 0)
        and (known.high is None or known.high >= 0)
    ):
        return Step(node, INDETERMINATE if known.settled else UNKNOWN, steps)
    required = grown(cast(Number, base.value), cast(Number, rate.value), growth_years(node, env.period))
    left = cast(Number, value.value)
    result = equal(left, required) if node.op == "=" else compare(node.op, left, required)
    return Step(node, result, steps)


# ------------------------------------------------------------------ choices and dates


def _rank(node: Rank, env: Env) -> Step:
    operand = walk(node.operand, env)
    type_ = node.operand.type
    assert isinstance(type_, ChoiceType)
    if isinstance(operand.value, str):
        return Step(node, type_.rank(operand.value), (operand,))
    settled = operand.value is INDETERMINATE
    return Step(node, between(0, len(type_.choices) - 1, settled=settled), (operand,))


# ------------------------------------------------------------------ members


def member_steps(node: EachMember | MemberShare, that: Expr, env: Env) -> tuple[list[Step], bool]:
    """The test of every member, and whether there may be more members than are known."""
    profile = env.profile
    day = date.fromordinal(env.as_of) if env.period is None else date(env.period, 12, 31)
    register = env.vocabulary.members(profile.place, node.kind, day)
    if register is None:
        given = [member for member in profile.members if member.kind == node.kind]
        return [walk(that, env.of(member)) for member in given], not profile.members_complete
    by_place = {member.place: member for member in profile.members}
    steps: list[Step] = []
    for place in register:
        member = by_place.get(place.path)
        if member is None:
            name = place.path.rpartition("/")[2]
            member = Profile(
                kind=node.kind, name=name, place=place.path, code=None, facts={}, metrics={}, path=f"members[{name}]"
            )
        steps.append(walk(that, env.of(member)))
    return steps, False


def _share(node: MemberShare, env: Env) -> Step:
    steps, open_end = member_steps(node, node.where, env)
    values = [_truth(step) for step in steps]
    passed, unknown = values.count(TRUE), values.count(UNKNOWN)
    undecided = values.count(INDETERMINATE)
    path = "members" if open_end else ""
    if open_end:
        return Step(node, Interval(0, 1), steps, path)
    if not values:
        return Step(node, Undefined("a share of nobody", empty=True), steps)
    low = divide(passed, len(values))
    high = divide(passed + unknown + undecided, len(values))
    if unknown == 0 and undecided == 0:
        return Step(node, low, steps)
    return Step(node, Interval(cast(int, low), cast(int, high), settled=unknown == 0), steps, path)


_WALKS: Final[dict[type, Callable[[Any, Env], Step]]] = dict.fromkeys(get_args(Expr), _walk) | {
    Compare: _compare,
    FieldRef: _field,
    FactRef: _fact,
    Constant: _constant,
    Equal: _equal,
    AllOf: _all,
    AnyOf: _any,
    AsOf: _as_of,
}
"""How each class of node is walked: the frequent ones at once, all others by the match."""
