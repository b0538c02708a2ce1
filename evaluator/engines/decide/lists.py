"""Counting, adding and asking over the entries of a list, of which some may be uncertain and more may exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias, cast

from evaluator.engines.intervals import Number, Undefined, add, ends, extreme, hull
from evaluator.engines.trace import Step
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of, negation
from evaluator.rulebook import ir
from evaluator.rulebook.values import Interval, Item, ItemList

if TYPE_CHECKING:
    from evaluator.engines.decide.walk import Env

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
            low, high = ends(hull([0, amount]))
            amount = Interval(low, high, settled=not isinstance(amount, Interval))
        steps.append(Step(item, amount, [*below, value]))
        result = add(result, amount)
    if not complete:
        result = add(result, _remainder(node.value, node.items, env, walk))
    return Step(node, result, steps)


def _remainder(value: ir.Expr, items: ir.Items, env: Env, walk: Walk) -> Number:
    """What entries not given may add: without upper bound, and below nothing only if the value can be negative."""
    env.items.append(Item({}, items.fact.label.zh))
    low, _ = ends(cast(Number, walk(value, env).value))
    del env.items[items.depth :]
    return Interval(0 if low is not None and low >= 0 else None, None)


def extreme_of(node: ir.ExtremeOf, env: Env, walk: Walk) -> Step:
    """The least or greatest value among the entries; undefined of none, unknown while there may be none."""
    _, complete, read = listed(node.items, env)
    certain: list[Number] = []
    maybe: list[Number] = []
    undecided = False
    steps = [read]
    for item, passes, below in each(node.items, env, walk):
        if passes is FALSE:
            steps.append(Step(item, FALSE, below))
            continue
        value = walk(node.value, env)
        steps.append(Step(item, value.value, [*below, value]))
        undecided = undecided or passes is INDETERMINATE
        (certain if passes is TRUE else maybe).append(cast(Number, value.value))
    if undecided:
        return Step(node, Undefined("undecidable entry"), steps)
    if not certain:
        empty = complete and not maybe
        return Step(node, Undefined(f"{node.how} of nothing") if empty else UNKNOWN, steps)
    least = extreme(node.how, certain)
    if not maybe and complete:
        return Step(node, least, steps)
    widest = extreme(node.how, certain + maybe)
    if isinstance(least, Undefined | Truth) or isinstance(widest, Undefined | Truth):
        return Step(node, UNKNOWN, steps)
    (low, high), (wide_low, wide_high) = ends(least), ends(widest)
    if node.how == "max":
        return Step(node, Interval(low, wide_high if complete else None), steps)
    return Step(node, Interval(wide_low if complete else None, high), steps)


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
