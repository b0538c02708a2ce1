"""Typed expressions to nodes of the query: one exhaustive match, arm for arm that of the reference engine's walk.

In: a node and an `Env`. Out: a `Word` (truth, choice, text) or a `Num`. Raises `Unsupported` for what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from evaluator.engines.sql.ends import End
from evaluator.engines.sql.fold import WITHIN
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.scope import Env, Value, Word
from evaluator.rulebook import ir
from evaluator.rulebook.reads import walk
from evaluator.rulebook.vocabulary import ChoiceType, DateType


def lower(node: ir.Expr, env: Env) -> Value:
    """The value of `node`, worked out in the outermost row that knows all that it reads."""
    depth = deepest(node, len(env.items))
    if depth < len(env.items):
        outer = next((scope for scope in reversed(env.items[:depth]) if scope is not None), env.person)
        return env.lift(_lower(node, env.at(outer, env.items[:depth])))
    return _lower(node, env)


def deepest(node: ir.Expr, bound: int) -> int:
    """How many of the `bound` outer bindings an expression needs: the deepest entry that it reads, counted from 1."""
    return max((depth for depth in map(_depth, walk(node)) if depth <= bound), default=0)


def _depth(node: ir.Expr) -> int:
    match node:
        case ir.FieldRef(depth=depth):
            return depth + 1
        case ir.Position() | ir.AwardAmount(same_item=True):
            return 1
        case _:
            return 0


def truth(node: ir.Expr, env: Env) -> Word:
    """The value of a condition."""
    found = lower(node, env)
    assert isinstance(found, Word)
    return found


def number(node: ir.Expr, env: Env) -> Num:
    """The value of a number or date."""
    found = lower(node, env)
    assert isinstance(found, Num)
    return found


def _lower(node: ir.Expr, env: Env) -> Value:
    b, n = env.builder, env.numbers
    match node:
        case ir.Constant():
            return _constant(node, env)
        case ir.FactRef(fact=fact):
            return env.read(fact, None, env.person)
        case ir.FieldRef(field=field, depth=depth):
            item = env.items[depth]
            return env.unknown(field) if item is None else env.read(field, None, item)
        case ir.MetricRef(metric=metric):
            year = node.year
            if year is None and env.period is not None:
                year = env.period + node.offset
            return env.unknown(metric) if year is None else env.read(metric, year, env.person)
        case ir.Cumulative(metric=metric, start=start):
            total = n.exact(0)
            for year in range(start, (start if env.period is None else env.period) + 1):
                part = env.read(metric, year, env.person)
                assert isinstance(part, Num)
                total = n.add(total, part)
            return total
        case ir.AsOf():
            return n.point(End(b.day(env.layout.as_of.toordinal())))
        case ir.AwardAmount():
            from evaluator.engines.sql.awarded import awarded

            return awarded(node, env)
        case ir.Position():
            return n.nothing_known() if env.position is None else env.position
        case ir.AllOf(operands=operands):
            return all_of([truth(operand, env) for operand in operands], env)
        case ir.AnyOf(operands=operands):
            return any_of([truth(operand, env) for operand in operands], env)
        case ir.Not(operand=operand):
            return negation(truth(operand, env), env)
        case ir.AtLeast(n=least, operands=operands):
            return _at_least(least, [truth(operand, env) for operand in operands], env)
        case ir.Compare(op=op, left=left, right=right):
            return Word(*n.compare(op, number(left, env), number(right, env)))
        case ir.Equal():
            return _equal(node, env)
        case ir.Rank():
            return _rank(node, env)
        case ir.GrowthTest():
            return _growth(node, env)
        case ir.Arithmetic():
            return _arithmetic(node, env)
        case ir.Negate(operand=operand):
            return n.negate(number(operand, env))
        case ir.Rounded(how=how, operand=operand):
            return n.rounded(how, number(operand, env))
        case ir.Extreme(how=how, operands=operands):
            return n.extreme(how, [number(operand, env) for operand in operands])
        case ir.If():
            return _if(node, env)
        case ir.MonthsLater(operand=operand, months=months):
            return _moved(number(operand, env), lambda day: b.later("add_months", day, months))
        case ir.DaysLater(operand=operand, days=days):
            return _moved(number(operand, env), lambda day: b.later("add_days", day, days))
        case ir.YearOf(operand=operand):
            return _moved(number(operand, env), b.year)
        case ir.Count() | ir.Total() | ir.ExtremeOf() | ir.Exists() | ir.ForAll():
            from evaluator.engines.sql.lists import listed

            return listed(node, env)
        case ir.KindIn(kinds=kinds):
            return Word(env.lifted(b.one_of(kind_of(env), kinds)), b.false)
        case ir.PlaceWithin(place=place):
            return Word(env.lifted(within(place, env)), b.false)
        case ir.EachMember() | ir.MemberShare():
            from evaluator.engines.sql.members import members

            return members(node, env)
        case _:
            assert_never(node)


def _constant(node: ir.Constant, env: Env) -> Value:
    b, value = env.builder, node.value
    known = env.constants.get(id(node)) if env.constants else None
    if known is not None:
        return env.lift(known)
    if isinstance(value, bool):
        return Word(b.boolean(value), b.false)
    if isinstance(value, str):
        return Word(b.text(value), b.false)
    if isinstance(node.type, DateType):
        return env.numbers.point(End(b.day(int(value))))
    return env.numbers.exact(value)


# ------------------------------------------------------------------ truth


def unknown(word: Word, env: Env) -> Sql:
    """Whether a truth value is open: neither true, false nor indeterminate."""
    return env.builder.and_(env.builder.is_null(word.value), env.builder.not_(word.indeterminate))


def all_of(words: list[Word], env: Env) -> Word:
    """False > unknown > indeterminate > true."""
    return _decided(env.builder.and_(*(word.value for word in words)), words, env)


def any_of(words: list[Word], env: Env) -> Word:
    """True > unknown > indeterminate > false."""
    return _decided(env.builder.or_(*(word.value for word in words)), words, env)


def _decided(value: Sql, words: list[Word], env: Env) -> Word:
    b = env.builder
    indeterminate = b.or_(*(word.indeterminate for word in words))
    if indeterminate is b.false:
        return Word(value, b.false)
    open_ = b.or_(*(unknown(word, env) for word in words))
    return Word(value, b.and_(b.is_null(value), indeterminate, b.not_(open_)))


def negation(word: Word, env: Env) -> Word:
    """Swaps true and false, keeps the other two."""
    return Word(env.builder.not_(word.value), word.indeterminate)


def _at_least(least: int, words: list[Word], env: Env) -> Word:
    b = env.builder

    def count(parts: list[Sql]) -> Sql:
        total = b.zero
        for part in parts:
            total = b.add(total, b.case([(part, b.integer(1))], b.zero))
        return total

    true = count([word.value for word in words])
    open_ = count([unknown(word, env) for word in words])
    undecided = count([word.indeterminate for word in words])
    wanted = b.integer(least)
    most = b.add(b.add(true, open_), undecided)
    value = b.case([(b.compare(">=", true, wanted), b.true), (b.compare("<", most, wanted), b.false)], b.boolean(None))
    indeterminate = b.and_(b.compare("<", b.add(true, open_), wanted), b.compare(">=", b.add(true, undecided), wanted))
    return Word(value, indeterminate)


def _equal(node: ir.Equal, env: Env) -> Word:
    return same(lower(node.left, env), lower(node.right, env), env)


def same(left: Value, right: Value, env: Env) -> Word:
    """Whether two values of one type are equal."""
    b = env.builder
    if isinstance(left, Num) and isinstance(right, Num):
        return Word(*env.numbers.equal(left, right))
    assert isinstance(left, Word)
    assert isinstance(right, Word)
    return Word(b.compare("=", left.value, right.value), b.or_(left.indeterminate, right.indeterminate))


def _if(node: ir.If, env: Env) -> Value:
    b = env.builder
    condition, then, otherwise = truth(node.condition, env), lower(node.then, env), lower(node.otherwise, env)
    if isinstance(then, Num) and isinstance(otherwise, Num):
        return env.numbers.joined(condition.value, condition.indeterminate, then, otherwise)
    assert isinstance(then, Word)
    assert isinstance(otherwise, Word)
    holds, fails = b.holds(condition.value), b.fails(condition.value)
    alike = b.holds(b.compare("=", then.value, otherwise.value))
    none = b.null(then.value.kind)
    value = b.case([(holds, then.value), (fails, otherwise.value), (alike, then.value)], none)
    known = [b.or_(b.is_known(word.value), word.indeterminate) for word in (then, otherwise)]
    joined = b.or_(
        b.and_(then.indeterminate, otherwise.indeterminate),
        b.and_(condition.indeterminate, *known, b.not_(alike)),
    )
    return Word(value, b.case([(holds, then.indeterminate), (fails, otherwise.indeterminate)], joined))


# ------------------------------------------------------------------ numbers and dates


def _arithmetic(node: ir.Arithmetic, env: Env) -> Num:
    n = env.numbers
    left, right = number(node.left, env), number(node.right, env)
    match node.op:
        case "+":
            return n.add(left, right)
        case "-":
            return n.subtract(left, right)
        case "*":
            return n.multiply(left, right)
        case "/":
            return n.divide(left, right)
        case _:
            assert_never(node.op)


def _rank(node: ir.Rank, env: Env) -> Num:
    b = env.builder
    operand = lower(node.operand, env)
    assert isinstance(operand, Word)
    type_ = node.operand.type
    assert isinstance(type_, ChoiceType)
    names = [(choice.id, index) for index, choice in enumerate(type_.choices)]
    if operand.value.is_literal and operand.value.value is not None:
        return env.numbers.exact(type_.rank(str(operand.value.value)))
    point = b.words(operand.value, names, b.null("int"))
    low, high = b.coalesce(point, b.zero), b.coalesce(point, b.integer(len(names) - 1))
    return env.numbers.interval(End(low), End(high), settled=operand.indeterminate)


def _growth(node: ir.GrowthTest, env: Env) -> Word:
    b, n = env.builder, env.numbers
    value, base, rate = number(node.value, env), number(node.base, env), number(node.rate, env)
    years = 1 if node.since is None or env.period is None else max(env.period - node.since, 1)
    factor, required = n.add(n.exact(1), rate), base
    if years > 1:
        factor, required = n.shortened(factor), n.shortened(base)
    for _ in range(years):
        required = n.multiply(required, factor)
    truth_, indeterminate = n.equal(value, required) if node.op == "=" else n.compare(node.op, value, required)
    spans = b.and_(
        b.not_(b.or_(base.unknown, base.undefined)),
        b.coalesce(n.sign("<=", base.low), b.true),
        b.coalesce(n.sign(">=", base.high), b.true),
    )
    settled = b.and_(spans, n.is_fixed(base))
    return Word(
        b.case([(spans, b.boolean(None))], truth_),
        b.or_(settled, b.and_(b.not_(spans), indeterminate)),
    )


def _moved(value: Num, move: Callable[[Sql], Sql]) -> Num:
    low = End(move(value.low.num))
    high = low if value.high is value.low else End(move(value.high.num))
    return Num(low, high, value.unknown, value.undefined, value.settled)


# ------------------------------------------------------------------ who and where


def kind_of(env: Env) -> Sql:
    """The kind of the profile or member."""
    return env.builder.column(env.person, "kind", "text", nullable=False)


def place_of(env: Env) -> Sql:
    """Its place."""
    return env.builder.column(env.person, "place", "text", nullable=False)


def within(place: str, env: Env) -> Sql:
    """Whether the place lies in a jurisdiction; NULL where an organisation's is known no further than above it."""
    b = env.builder
    if place == env.folded:  # the place of its policy, by which a rule was joined
        return b.column(env.person, WITHIN, "bool")
    own = place_of(env)
    inside = b.or_(b.compare("=", own, b.text(place)), b.starts_with(own, f"{place}/"))
    steps = place.split("/")
    above = ["", *("/".join(steps[:length]) for length in range(1, len(steps)))]
    open_ = b.and_(b.one_of(own, above), b.not_(b.one_of(kind_of(env), regions(env))))
    return b.case([(inside, b.true), (open_, b.boolean(None))], b.false)


def regions(env: Env) -> list[str]:
    """The kinds that are regions, whose place is always known whole."""
    return [kind.id for kind in env.vocabulary.kinds.values() if kind.group == "region"]
