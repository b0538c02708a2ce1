"""Counting, adding and asking over the entries of a list, of which some may be uncertain and more may exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias, cast

from evaluator.engines.intervals import Number, Undefined, add, ends, extreme, hull, undecidable
from evaluator.engines.trace import Step
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of, negation
from evaluator.rulebook import ir
from evaluator.rulebook.values import Interval, Item, ItemList

if TYPE_CHECKING:
    from evaluator.engines.decide.env import Env

Walk: TypeAlias = "Callable[[ir.Expr, Env], Step]"


def listed(items: ir.Items, env: Env) -> tuple[tuple[Item, ...], bool, Step]:
    """The entries given, whether there are surely no more, and the step of having read the list."""
    fact = items.fact
    path = f"{env.profile.path}.{fact.label.zh}" if env.profile.path else fact.label.zh
    value = env.facts.get(fact.id)
    if not isinstance(value, ItemList):
        return (), False, Step(items, UNKNOWN, (), path)
    if value.complete:
        return value.items, True, Step(items, value)
    return value.items, False, Step(items, UNKNOWN, (), path)


def each(items: ir.Items, env: Env, walk: Walk) -> Iterator[tuple[Item, Truth, list[Step]]]:
    """Every entry, bound while the caller looks at it, with whether it passes the filter."""
    entries, _, _ = listed(items, env)
    del env.items[items.depth :]
    for item in entries:
        env.items.append(item)
        if items.where is None:
            yield item, TRUE, []
        else:
            step = walk(items.where, env)
            yield item, cast(Truth, step.value), [step]
        del env.items[items.depth :]


def count(node: ir.Count, env: Env, walk: Walk) -> Step:
    """How many entries pass, from those that surely do to those that may."""
    _, complete, read = listed(node.items, env)
    certain = possible = undecided = 0
    steps = [read]
    for item, passes, below in each(node.items, env, walk):
        certain += passes is TRUE
        possible += passes is UNKNOWN
        undecided += passes is INDETERMINATE
        steps.append(Step(item, passes, below))
    high = certain + possible + undecided if complete else None
    if high == certain:
        return Step(node, certain, steps)
    return Step(node, Interval(certain, high, settled=complete and possible == 0), steps)


def total(node: ir.Total, env: Env, walk: Walk) -> Step:
    """The sum over the entries; one that may not pass adds between nothing and its value."""
    _, complete, read = listed(node.items, env)
    result: Number = 0
    steps = [read]
    for item, passes, below in each(node.items, env, walk):
        if passes is FALSE:
            steps.append(Step(item, FALSE, below))
            continue
        value = walk(node.value, env)
        amount = cast(Number, value.value)
        if passes is UNKNOWN:
            amount = hull([0, amount])
        elif passes is INDETERMINATE:
            amount = undecidable([0, amount])
        steps.append(Step(item, amount, [*below, value]))
        result = add(result, amount)
    if not complete:
        result = add(result, _remainder(node.value, node.items, env, walk))
    return Step(node, result, steps)


def _remainder(value: ir.Expr, items: ir.Items, env: Env, walk: Walk) -> Number:
    """What entries not given may add: without upper bound, and below nothing only if the value can be negative."""
    further = _further(value, items, env, walk)
    if isinstance(further, Truth | Undefined):
        return UNKNOWN
    low, high = ends(further)
    return Interval(0 if low is not None and low >= 0 else None, 0 if high is not None and high <= 0 else None)


def _further(value: ir.Expr, items: ir.Items, env: Env, walk: Walk) -> Number:
    """What `value` can be in an entry of which nothing is known."""
    env.items.append(Item({}, items.fact.label.zh))
    found = cast(Number, walk(value, env).value)
    del env.items[items.depth :]
    return found


def extreme_of(node: ir.ExtremeOf, env: Env, walk: Walk) -> Step:
    """The least or greatest value among the entries; undefined of none, unknown while there may be none."""
    _, complete, read = listed(node.items, env)
    certain: list[Number] = []
    maybe: list[Number] = []
    loose = not complete
    steps = [read]
    for item, passes, below in each(node.items, env, walk):
        if passes is FALSE:
            steps.append(Step(item, FALSE, below))
            continue
        value = walk(node.value, env)
        steps.append(Step(item, value.value if passes is TRUE else passes, [*below, value]))
        loose = loose or passes is UNKNOWN
        (certain if passes is TRUE else maybe).append(cast(Number, value.value))
    if not complete:
        maybe.append(_further(node.value, node.items, env, walk))
    if not certain:
        if loose:
            return Step(node, UNKNOWN, steps)
        return Step(node, Undefined("undecidable entry" if maybe else f"{node.how} of nothing"), steps)
    least = extreme(node.how, certain)
    if not maybe or isinstance(least, Undefined):
        return Step(node, least, steps)
    join = hull if loose else undecidable
    return Step(node, join([least, extreme(node.how, certain + maybe)]), steps)


def exists(node: ir.Exists, env: Env, walk: Walk) -> Step:
    """Whether some entry passes the filter and the test."""
    _, complete, read = listed(node.items, env)
    values, steps = ([FALSE] if complete else [UNKNOWN]), [read]
    for item, passes, below in each(node.items, env, walk):
        step = walk(node.that, env)
        value = all_of((passes, cast(Truth, step.value)))
        values.append(value)
        steps.append(Step(item, value, [*below, step]))
    return Step(node, any_of(values), steps)


def for_all(node: ir.ForAll, env: Env, walk: Walk) -> Step:
    """Whether every entry that passes the filter passes the test."""
    _, complete, read = listed(node.items, env)
    values, steps = ([TRUE] if complete else [UNKNOWN]), [read]
    for item, passes, below in each(node.items, env, walk):
        step = walk(node.that, env)
        value = any_of((negation(passes), cast(Truth, step.value)))
        values.append(value)
        steps.append(Step(item, value, [*below, step]))
    return Step(node, all_of(values), steps)
