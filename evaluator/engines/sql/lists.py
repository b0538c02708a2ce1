"""Counting, adding and asking over the entries of a list: aggregates of its table, once per list and profile.

What each does with uncertain entries, and with those that may exist beside the ones given, is what
`evaluator.engines.decide.lists` says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias, assert_never

from evaluator.engines.sql.derived import number_of
from evaluator.engines.sql.ends import End
from evaluator.engines.sql.layout import list_column
from evaluator.engines.sql.lower import all_of, number, truth, unknown
from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.scope import Env, Value, Word
from evaluator.rulebook import ir

Listed: TypeAlias = ir.Count | ir.Total | ir.ExtremeOf | ir.Exists | ir.ForAll


class Tally:
    """Aggregates over the rows of one list, read in the row above; NULL of none is what `none` says."""

    def __init__(self, env: Env, scope: Scope) -> None:
        self.env, self.scope, self.b = env, scope, env.builder

    def any(self, test: Sql) -> Sql:
        """Whether `test` is TRUE in some row."""
        return self.b.compare(">", self.count(test), self.b.zero)

    def count(self, test: Sql) -> Sql:
        """In how many rows `test` is TRUE."""
        return self.b.zero if test is self.b.false else self.b.coalesce(self._of("count", test), self.b.zero)

    def sum(self, value: Sql) -> Sql:
        """The sum of what is not NULL."""
        return self.b.zero if value is self.b.zero else self.b.coalesce(self._of("sum", value), self.b.zero)

    def multiple(self, value: Sql) -> Sql:
        """The least common multiple of numbers above 0; 1 of none."""
        one = self.b.integer(1)
        return one if value is one else self.b.coalesce(self._of("lcm", value), one)

    def best(self, how: str, value: Sql) -> Sql:
        """The `min` or `max` of what is not NULL; NULL of nothing."""
        return value if value.is_literal and value.value is None else self._of(how, value)

    def _of(self, how: str, inner: Sql) -> Sql:
        if inner.is_literal or inner.scope is not self.scope:
            inner = self.env.lifted(inner, self.scope)
        return self.b.aggregate(how, self.scope, inner)


def listed(node: Listed, env: Env) -> Value:
    """The value of a node over a list, in the row of `env`."""
    items = node.items
    scope = env.items_of(items.fact)
    inside = env.at(scope, bound(env, items.depth, scope))
    passes = Word(env.builder.true, env.builder.false) if items.where is None else truth(items.where, inside)
    tally = Tally(env, scope)
    match node:
        case ir.Count():
            return _count(passes, tally, is_complete(items.fact.id, env))
        case ir.Total():
            return _total(node, passes, inside, tally)
        case ir.ExtremeOf():
            return _extreme_of(node, passes, inside, tally)
        case ir.Exists():
            return _exists(passes, truth(node.that, inside), items.fact.id, tally)
        case ir.ForAll():
            that = truth(node.that, inside)
            found = _exists(passes, Word(env.builder.not_(that.value), that.indeterminate), items.fact.id, tally)
            return Word(env.builder.not_(found.value), found.indeterminate)
        case _:
            assert_never(node)


def bound(env: Env, depth: int, scope: Scope | None) -> tuple[Scope | None, ...]:
    """The bindings with `scope` at `depth`; those between that nobody reads are left open."""
    outer = env.items[:depth]
    return (*outer, *([None] * (depth - len(outer))), scope)


def is_complete(fact: str, env: Env) -> Sql:
    """Whether the list was given and holds all its entries; in the row of `env`."""
    b = env.builder
    return env.lifted(b.coalesce(b.column(env.person, list_column(fact).name, "bool"), b.false))


def _count(passes: Word, tally: Tally, complete: Sql) -> Num:
    b, env = tally.b, tally.env
    certain = tally.count(passes.value)
    possible = tally.count(unknown(passes, env))
    undecided = tally.count(passes.indeterminate)
    high = b.case([(complete, b.add(b.add(certain, possible), undecided))], b.null("int"))
    settled = b.false
    if undecided is not b.zero:
        settled = b.and_(complete, b.compare("=", possible, b.zero))
    return env.numbers.interval(End(certain), End(high), settled=settled)


def _exists(passes: Word, that: Word, fact: str, tally: Tally) -> Word:
    b, env = tally.b, tally.env
    both = all_of([passes, that], env)
    some = tally.any(both.value)
    open_ = b.or_(tally.any(unknown(both, env)), b.not_(is_complete(fact, env)))
    undecided = tally.any(both.indeterminate)
    value = b.case([(some, b.true), (b.or_(open_, undecided), b.boolean(None))], b.false)
    return Word(value, b.and_(undecided, b.not_(some), b.not_(open_)))


def further(value: ir.Expr, items: ir.Items, env: Env) -> Num:
    """What `value` can be in an entry of which nothing is known."""
    return number(value, env.at(env.scope, bound(env, items.depth, None)))


def total_of(end: End, tally: Tally) -> End:
    """The sum of an end over the rows; no bound where one has none."""
    b = tally.b
    endless = tally.any(b.is_null(end.num))
    if isinstance(end.den, int):
        return End(b.case([(endless, b.null("int"))], tally.sum(end.num)), end.den)
    part = tally.env.numbers.reduced(end.num, end.den)
    assert not isinstance(part.den, int)
    common = tally.multiple(b.case([(b.is_null(part.num), b.integer(1))], part.den))
    parts = b.floor_divide(b.up(tally.scope, common), part.den)
    return End(b.case([(endless, b.null("int"))], tally.sum(b.multiply(part.num, parts))), common)


def _total(node: ir.Total, passes: Word, inside: Env, tally: Tally) -> Num:
    b, env = tally.b, tally.env
    n = env.numbers
    value = number(node.value, inside)
    surely = b.holds(passes.value)
    zero = n.exact(0)
    branches = [(surely, value), (b.fails(passes.value), zero)]
    if passes.indeterminate is not b.false:
        branches.append((passes.indeterminate, n.undecidable((zero, value))))
    added = n.pick(branches, n.hull((zero, value))) if passes.value.nullable else n.pick(branches[:1], zero)
    undefined = tally.any(added.undefined)
    lacking = b.and_(tally.any(added.unknown), b.not_(undefined))
    low = total_of(added.low, tally)
    high = low if added.high is added.low else total_of(added.high, tally)
    settled = b.false
    if added.settled is not b.false:
        settled = b.not_(tally.any(b.not_(n.is_fixed(added))))
    result = n.masked(low, high, lacking, undefined, settled)
    more = further(node.value, node.items, env)
    rest = n.masked(
        n.choose([(b.coalesce(n.sign(">=", more.low), b.false), n.bound(0))], n.bound(None)),
        n.choose([(b.coalesce(n.sign("<=", more.high), b.false), n.bound(0))], n.bound(None)),
        b.or_(more.unknown, more.undefined),
        b.false,
        b.false,
    )
    return n.pick([(is_complete(node.items.fact.id, env), result)], n.add(result, rest))


def _extreme_of(node: ir.ExtremeOf, passes: Word, inside: Env, tally: Tally) -> Num:
    """The extreme of the entries that pass, and of all that may pass: between the two where some may."""
    b, env, how = tally.b, tally.env, node.how
    n = env.numbers
    value = number(node.value, inside)
    complete = is_complete(node.items.fact.id, env)
    surely, perhaps = b.holds(passes.value), b.is_null(passes.value)
    some = tally.any(surely)
    possible = tally.any(perhaps)
    loose = b.or_(b.not_(complete), tally.any(unknown(passes, inside)))
    certain = _among(surely, value, how, tally, inside)
    more = further(node.value, node.items, env)
    possibly = b.or_(possible, b.not_(complete))
    both = _among(b.not_(b.fails(passes.value)), value, how, tally, inside)
    wider = n.extreme(how, (both, more))
    if wider.settled is not b.false:  # of all entries, though the extreme of those given be exact
        wider = replace(wider, settled=b.and_(both.settled, n.is_fixed(more)))
    widened = n.pick([(complete, both)], wider)
    joined = n.pick([(loose, n.hull((certain, widened)))], n.undecidable((certain, widened)))
    nothing = n.bound(None)
    none = n.masked(nothing, nothing, loose, b.not_(loose), b.false)
    return n.pick([(b.not_(some), none), (b.or_(b.not_(possibly), certain.undefined), certain)], joined)


def _among(chosen: Sql, value: Num, how: str, tally: Tally, inside: Env) -> Num:
    """The extreme over the rows that are chosen, of which there is one at least."""
    b, n = tally.b, tally.env.numbers
    undefined = tally.any(b.and_(chosen, value.undefined))
    lacking = b.and_(tally.any(b.and_(chosen, value.unknown)), b.not_(undefined))

    def best(end: End) -> End:
        kept = b.case([(chosen, end.num)], b.null(end.num.kind))
        if isinstance(end.den, int):
            return End(tally.best(how, kept), end.den)
        return best_quotient(how, End(kept, end.den), tally, inside)

    def all_bounded(end: End, found: End) -> End:
        open_ = tally.any(b.and_(chosen, b.is_null(end.num)))
        return End(b.case([(open_, b.null(found.num.kind))], found.num), found.den)

    low, high = best(value.low), best(value.high)
    if how == "max":
        high = all_bounded(value.high, high)
    else:
        low = all_bounded(value.low, low)
    shared = value.low is value.high and not value.low.num.nullable
    if shared:
        low = high = all_bounded(value.low, best(value.low))
    settled = b.false
    if value.settled is not b.false:
        settled = b.not_(tally.any(b.and_(chosen, b.not_(n.is_fixed(value)))))
    return n.masked(low, high, lacking, undefined, settled)


def best_quotient(how: str, end: End, tally: Tally, inside: Env) -> End:
    """The least or greatest of quotients over the rows, found by holding each against each other."""
    b, n = tally.b, tally.env.numbers
    assert not isinstance(end.den, int)
    pairs = inside.pairs_of(tally.scope)
    own = End(b.up(pairs, end.num), b.up(pairs, end.den))
    other = End(b.other(pairs, end.num), b.other(pairs, end.den))
    first = b.compare("<", number_of(pairs, b), b.up(pairs, number_of(tally.scope, b)))
    better = b.holds(n.cmp(">" if how == "max" else "<", other, own))
    beaten = b.or_(better, b.and_(b.holds(n.cmp("=", other, own)), first))
    best = b.and_(b.is_known(end.num), b.not_(Tally(inside, pairs).any(beaten)))
    return End(
        tally.best("max", b.case([(best, end.num)], b.null("int"))),
        b.coalesce(tally.best("max", b.case([(best, end.den)], b.null("int"))), b.integer(1)),
    )
