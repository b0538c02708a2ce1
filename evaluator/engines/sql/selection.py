"""Which entries of a list are paid when not all are, and the place of each: what `evaluator.engines.selection` says.

Each entry is held against each other one of its list (`PairScope`): who comes before it, who is of its group. What a
limit leaves of a group is worked out in the row of its first entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evaluator.engines.sql.amounts import amount_of, is_open, payable
from evaluator.engines.sql.derived import number_of, own_keys
from evaluator.engines.sql.ends import End
from evaluator.engines.sql.lists import Tally, is_complete
from evaluator.engines.sql.lower import all_of, lower, number, same, unknown
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.payments import Paid
from evaluator.engines.sql.scope import Env, Value, Word
from evaluator.record import record
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import PLAIN, BoolType, ChoiceType


@record
class Selected:
    """The entries of an award with `order`.

    `inside` is an entry's row in which its place is known, `holds` whether it is among those that are paid, `value`
    what it comes to. `bounds` are what a limit leaves of all together, None without one; `sure`: it surely leaves one.
    """

    inside: Env
    holds: Word
    value: Num
    bounds: Paid | None
    sure: Sql


def selected(rule: model.Award, inside: Env, holds: Word, env: Env) -> Selected:
    """The selection of a rule whose entries count where `holds`; `inside` is their row, `env` the one above."""
    assert rule.selection is not None
    assert rule.amount is not None
    work = _Selection(rule, rule.selection, inside, holds, env)
    placed = replace(inside, position=work.position())
    value = work.value if work.by_amount else amount_of(rule.amount, placed)
    if rule.selection.limit is None:
        return Selected(inside=placed, holds=holds, value=value, bounds=None, sure=env.builder.false)
    assert placed.position is not None
    within = Word(*env.numbers.compare("<=", placed.position, work.limit))
    limited = _Limited(work, *payable(value, placed))
    return Selected(
        inside=placed,
        holds=all_of([holds, within], placed),
        value=value,
        bounds=Paid(low=limited.at_least(), high=limited.at_most()),
        sure=limited.pays_one(),
    )


class _Selection:
    """The entries side by side: how each stands to each other one."""

    def __init__(self, rule: model.Award, selection: model.Selection, inside: Env, holds: Word, env: Env) -> None:
        assert rule.each is not None
        assert rule.amount is not None
        self.rule, self.selection, self.inside, self.holds, self.env = rule, selection, inside, holds, env
        self.b, self.n = env.builder, env.numbers
        self.by_amount = selection.order == "amount"
        self.pairs = inside.pairs_of(inside.scope)
        self.complete = is_complete(rule.each.id, env)
        self.counts = self.b.not_(self.b.fails(holds.value))
        self.value = amount_of(rule.amount, inside) if self.by_amount else self.n.exact(0)
        self.limit = self.n.exact(0) if selection.limit is None else number(selection.limit, inside)
        self.group = None if selection.group is None else lower(selection.group, inside)
        self.known = self.b.true  # whether the group is
        if isinstance(self.group, Num):
            self.known = self.n.is_exact(self.group)
        elif self.group is not None:
            self.known = self.b.is_known(self.group.value)
        self.alike = self.b.true if self.group is None else self._alike(self.group).value

    def own(self, node: Sql) -> Sql:
        """A value of the one entry, in a row of pairs."""
        return self.b.up(self.pairs, node)

    def other(self, node: Sql) -> Sql:
        """A value of the other entry, in a row of pairs."""
        return self.b.other(self.pairs, node)

    def _alike(self, group: Value) -> Word:
        return same(read(group, self.own), read(group, self.other), self.inside)

    def position(self) -> Num:
        """The place of an entry among those that count; entries not listed may come before, unless the list decides."""
        b, inside = self.b, self.inside
        first = b.compare("<", self.other(number_of(self.inside.scope, b)), self.own(number_of(self.inside.scope, b)))
        counted = read(self.holds, self.other)
        assert isinstance(counted, Word)
        tests = [counted, self._precedes(first)]
        if self.group is not None:
            tests.append(self._alike(self.group))
        before = all_of(tests, inside)
        apart = b.compare("<>", number_of(self.pairs, b), self.own(number_of(self.inside.scope, b)))
        tally = Tally(inside, self.pairs)
        certain = b.add(b.integer(1), tally.count(b.and_(apart, before.value)))
        open_ = tally.count(b.and_(apart, unknown(before, inside)))
        undecided = tally.count(b.and_(apart, before.indeterminate))
        more = b.false if self.selection.order == "listed" else inside.lifted(b.not_(self.complete))
        most = b.case([(more, b.null("int"))], b.add(b.add(certain, open_), undecided))
        settled = b.and_(b.not_(more), b.compare("=", open_, b.zero))
        return self.n.interval(End(certain), End(most), settled=settled)

    def _precedes(self, first: Sql) -> Word:
        """Whether the other entry comes before the one; equal ones as they are listed."""
        selection, b, n = self.selection, self.b, self.n
        if selection.order == "listed":
            return Word(first, b.false)
        key = self._key()
        one, other = read(key, self.own), read(key, self.other)
        assert isinstance(one, Num)
        assert isinstance(other, Num)
        op = ">" if self.by_amount or selection.greatest_first else "<"
        strict, loose = n.compare(op, other, one), n.compare(f"{op}=", other, one)
        return Word(*(b.case([(first, equal)], unequal) for equal, unequal in zip(loose, strict, strict=True)))

    def _key(self) -> Num:
        """By what entries are ordered, as a number."""
        b, n, order = self.b, self.n, self.selection.order
        if self.by_amount:
            low, high = payable(self.value, self.inside)
            return n.interval(End(low, 100), End(high, 100), settled=b.not_(is_open(self.value, self.inside)))
        assert isinstance(order, ir.Node)
        if isinstance(order.type, ChoiceType):
            return number(ir.Rank(type=PLAIN, operand=order), self.inside)
        value = lower(order, self.inside)
        if isinstance(value, Num):
            return value
        lacking = b.true if isinstance(order.type, BoolType) else b.is_null(value.value)  # neither has an order
        return Num(n.bound(None), n.bound(None), lacking, b.false, b.not_(lacking))


def read(value: Value, how: Callable[[Sql], Sql]) -> Value:
    """A value as it is read in other rows."""
    if isinstance(value, Word):
        return Word(how(value.value), how(value.indeterminate))

    def of(end: End) -> End:
        return End(how(end.num), end.den if isinstance(end.den, int) else how(end.den))

    low = of(value.low)
    high = low if value.high is value.low else of(value.high)
    return Num(low, high, how(value.unknown), how(value.undefined), how(value.settled))


class _Limited:
    """What a limit leaves of entries that come to `low` at least and `high` at most."""

    def __init__(self, work: _Selection, low: Sql, high: Sql) -> None:
        b = work.b
        self.work, self.b, self.low, self.high = work, b, low, high
        self.tally, self.above = Tally(work.inside, work.pairs), Tally(work.env, work.inside.scope)
        self.member = b.and_(
            work.own(b.and_(work.counts, work.known)), work.other(b.and_(work.counts, work.known)), b.holds(work.alike)
        )
        self.loose = b.and_(work.counts, b.not_(work.known))
        self.number = number_of(work.inside.scope, b)
        self.other_number = number_of(work.pairs, b)
        least = self.tally.best("min", self._if(self.member, self.other_number))
        self.first = b.and_(work.counts, work.known, b.holds(b.compare("=", least, self.number)))
        self.certain = b.holds(work.holds.value)
        self.least_limit, self.most_limit = self._whole(work.limit)
        self.further = work.selection.order != "listed"
        self._unlisted()

    def _unlisted(self) -> None:
        """What an entry that is not in the list can come to, and its limit."""
        work = self.work
        assert work.rule.amount is not None
        assert work.selection.limit is not None
        env = work.env.at(work.env.scope, (None,))
        self.more = self.b.not_(work.complete)
        self.more_low, self.more_high = payable(amount_of(work.rule.amount, env), env)
        self.more_least, self.more_most = self._whole(number(work.selection.limit, env))

    def _whole(self, limit: Num) -> tuple[Sql, Sql]:
        """How many at least, and at most (NULL: no bound)."""
        b, n = self.b, self.work.n
        least, most = n.floor(limit.low).num, n.floor(limit.high).num
        return (
            b.greatest(b.coalesce(least, b.zero), b.zero),
            b.case([(b.is_null(most), b.null("int"))], b.greatest(most, b.zero)),
        )

    def _if(self, condition: Sql, value: Sql) -> Sql:
        return self.b.case([(condition, value)], self.b.null(value.kind))

    def _picked(self, chosen: Sql, value: Sql, limit: Sql, *, greatest_first: bool, filled: Sql) -> Sql:
        """The sum over the first entries of each group: of the `chosen`, as many as `limit`, `filled` in as it were."""
        b, work = self.b, self.work
        chosen = b.and_(work.own(self.first), chosen)
        within = [*own_keys(work.pairs, b), chosen]
        place = b.rank(within, value, self.other_number, greatest_first=greatest_first)
        taken = b.and_(chosen, b.holds(b.compare("<=", place, work.own(limit))))
        return self.tally.sum(b.case([(taken, filled)], b.zero))

    def _more(self, node: Sql) -> Sql:
        """A value of the row above, in a row of pairs."""
        return self.work.own(self.work.inside.lifted(node))

    # ------------------------------------------------------------------ bounds

    def at_least(self) -> Sql:
        """What is surely paid: in a group as many as surely count, up to the limit."""
        b, work, tally = self.b, self.work, self.tally
        certain = b.and_(self.member, work.other(self.certain))
        able = b.or_(self.member, work.other(self.loose))
        least = tally.best("min", self._if(able, work.other(self.least_limit)))
        if self.further:
            more = work.inside.lifted(self.more)
            least = b.case([(more, b.least(least, work.inside.lifted(self.more_least)))], least)
        count = b.least(tally.count(certain), least)
        low = work.other(self.low)
        if work.by_amount:
            return self.above.sum(self._picked(certain, low, count, greatest_first=True, filled=low))
        filled = low
        if self.further:
            filled = b.case([(self._more(self.more), b.least(low, self._more(self.more_low)))], low)
        return self.above.sum(self._picked(able, low, count, greatest_first=False, filled=filled))

    def at_most(self) -> Sql:
        """What is paid at most, NULL where nothing bounds it: in a group the largest up to the limit."""
        b, work, tally = self.b, self.work, self.tally
        grouped = work.group is not None
        more = work.inside.lifted(self.more)
        none = tally.any(b.and_(self.member, b.is_null(work.other(self.most_limit))))
        limit = tally.best("max", self._if(self.member, work.other(self.most_limit)))
        endless = tally.any(b.and_(self.member, b.is_null(work.other(self.high))))
        filled = value = b.coalesce(work.other(self.high), b.zero)
        if not grouped:
            above_limit, above_high = work.inside.lifted(self.more_most), work.inside.lifted(self.more_high)
            none = b.or_(none, b.and_(more, b.is_null(above_limit)))
            limit = b.case([(more, b.greatest(limit, above_limit))], limit)
            endless = b.or_(endless, b.and_(more, b.is_null(above_high)))
            filled = b.case([(self._more(self.more), b.greatest(value, self._more(self.more_high)))], value)
        sums = self._picked(self.member, value, limit, greatest_first=True, filled=filled)
        if not grouped:
            rest = b.greatest(b.subtract(limit, tally.count(self.member)), b.zero)
            added = b.and_(self.first, more)
            sums = b.add(sums, b.case([(added, b.multiply(rest, b.coalesce(above_high, b.zero)))], b.zero))
        pays = b.coalesce(b.compare(">", limit, b.zero), b.false)
        open_ = b.or_(b.and_(self.first, b.or_(none, b.and_(pays, endless))), b.and_(self.loose, b.is_null(self.high)))
        loose = b.case([(self.loose, b.coalesce(self.high, b.zero))], b.zero)
        total = self.above.sum(b.add(sums, loose))
        total = b.case([(self.above.any(open_), b.null("int"))], total)
        if grouped:
            return b.case([(self.more, b.null("int"))], total)
        alone = b.case([(b.compare("=", self.more_most, b.zero), b.zero)], b.multiply(self.more_most, self.more_high))
        nobody = b.not_(self.above.any(work.counts))
        return b.case([(b.and_(self.more, nobody), alone)], total)

    def pays_one(self) -> Sql:
        """Whether the limit surely leaves one of the entries that count."""
        b, above = self.b, self.above
        least = above.best("min", self._if(self.work.counts, self.least_limit))
        least = b.case([(self.more, b.least(least, self.more_least))], least)
        return b.and_(above.any(self.certain), b.holds(b.compare(">=", least, b.integer(1))))
