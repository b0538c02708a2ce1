"""Counting, adding and asking over the entries of a list, of which some may be uncertain and more may exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evaluator.engines.compiled.env import Env, Read
from evaluator.engines.intervals import Number, Undefined, add, ends, extreme, hull, undecidable
from evaluator.engines.trace import Result
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of, negation
from evaluator.record import row
from evaluator.rulebook.ir import Least
from evaluator.rulebook.values import Interval, Item, ItemList


@row
class Items:
    """The entries of a list fact, bound at `depth` while they are looked at; those for which `where` holds."""

    id: str
    depth: int
    where: Callable[[Env], Truth] | None


def _each(items: Items, env: Env) -> Iterator[Truth]:
    """Whether each entry passes the filter; the entry stays bound until the next is asked for."""
    value = env.facts.get(items.id)
    depth, where = items.depth, items.where
    del env.items[depth:]
    for item in value.items if isinstance(value, ItemList) else ():
        env.items.append(item)
        yield TRUE if where is None else where(env)
        del env.items[depth:]


def _complete(items: Items, env: Env) -> bool:
    value = env.facts.get(items.id)
    return isinstance(value, ItemList) and value.complete


def count(items: Items) -> Read:
    """How many entries pass, from those that surely do to those that may."""

    def counted(env: Env) -> Result:
        complete = _complete(items, env)
        passes = list(_each(items, env))
        certain, possible = passes.count(TRUE), passes.count(UNKNOWN)
        high = certain + possible + passes.count(INDETERMINATE) if complete else None
        return certain if high == certain else Interval(certain, high, settled=complete and possible == 0)

    return counted


def total(items: Items, value: Callable[[Env], Number]) -> Read:
    """The sum over the entries; one that may not pass adds between nothing and its value."""

    def summed(env: Env) -> Result:
        complete = _complete(items, env)
        result: Number = 0
        for passes in _each(items, env):
            if passes is FALSE:
                continue
            amount = value(env)
            if passes is UNKNOWN:
                amount = hull([0, amount])
            elif passes is INDETERMINATE:
                amount = undecidable([0, amount])
            result = add(result, amount)
        return result if complete else add(result, _remainder(_further(items, value, env)))

    return summed


def _remainder(further: Number) -> Number:
    """What entries not given may add: without upper bound, and below nothing only if the value can be negative."""
    if isinstance(further, Truth | Undefined):
        return UNKNOWN
    low, high = ends(further)
    return Interval(0 if low is not None and low >= 0 else None, 0 if high is not None and high <= 0 else None)


def _further(items: Items, value: Callable[[Env], Number], env: Env) -> Number:
    """What `value` can be in an entry of which nothing is known."""
    env.items.append(Item({}, ""))
    found = value(env)
    del env.items[items.depth :]
    return found


def extreme_of(how: Least, items: Items, value: Callable[[Env], Number]) -> Read:
    """The least or greatest value among the entries; undefined of none, unknown while there may be none."""

    def found(env: Env) -> Result:
        complete = _complete(items, env)
        certain: list[Number] = []
        maybe: list[Number] = []
        loose = not complete
        for passes in _each(items, env):
            if passes is FALSE:
                continue
            loose = loose or passes is UNKNOWN
            (certain if passes is TRUE else maybe).append(value(env))
        if not complete:
            maybe.append(_further(items, value, env))
        if not certain:
            if loose:
                return UNKNOWN
            return Undefined("undecidable entry" if maybe else f"{how} of nothing")
        least = extreme(how, certain)
        if not maybe or isinstance(least, Undefined):
            return least
        return (hull if loose else undecidable)([least, extreme(how, certain + maybe)])

    return found


def exists(items: Items, that: Callable[[Env], Truth]) -> Read:
    """Whether some entry passes the filter and the test."""

    def holds(env: Env) -> Result:
        values = [FALSE if _complete(items, env) else UNKNOWN]
        values.extend(all_of((passes, that(env))) for passes in _each(items, env))
        return any_of(values)

    return holds


def for_all(items: Items, that: Callable[[Env], Truth]) -> Read:
    """Whether every entry that passes the filter passes the test."""

    def holds(env: Env) -> Result:
        values = [TRUE if _complete(items, env) else UNKNOWN]
        values.extend(any_of((negation(passes), that(env))) for passes in _each(items, env))
        return all_of(values)

    return holds
