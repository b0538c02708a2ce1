"""When a test that cannot be computed fails to be because there is nobody to take a share of: it does not apply then.

The reference engine looks for the first undefined value in its trace, so the order in which it walks is followed here,
with what it passes over once a combination is decided.
"""

from __future__ import annotations

from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.terms import Logic, both, either, no, pick, same
from evaluator.engines.smt.walk import Env, entries_of, members_of, number, test, walk
from evaluator.rulebook import ir
from evaluator.rulebook.reads import children
from evaluator.rulebook.reads import walk as nodes


def nobody(node: ir.Expr, env: Env) -> Logic:
    """When the first undefined value below `node` is a ratio over nobody."""
    if not any(isinstance(part, ir.MemberShare) for part in nodes(node)):
        return False
    found, empty = _first(node, env)
    return both(found, empty)


class _Search:
    """The first of several values that is undefined: whether there is one, and whether it is a ratio over nobody."""

    def __init__(self) -> None:
        self.found: Logic = False
        self.empty: Logic = False

    def add(self, found: Logic, empty: Logic, *, there: Logic = True) -> None:
        """The next value, where it was looked at."""
        new = both(there, found)
        self.empty = pick(self.found, self.empty, both(new, empty))
        self.found = either(self.found, new)


def _first(node: ir.Expr, env: Env) -> tuple[Logic, Logic]:
    search = _Search()
    value = walk(node, env)
    if isinstance(value, Number):
        search.add(value.undefined, value.empty)
    match node:
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
            there: Logic = True
            for operand in operands:
                search.add(*_first(operand, env), there=there)
                decided = test(operand, env)
                there = both(there, no(decided.false if isinstance(node, ir.AllOf) else decided.true))
        case ir.If(condition=condition, then=then, otherwise=otherwise):
            decided = test(condition, env)
            search.add(*_first(condition, env))
            search.add(*_first(then, env), there=no(decided.false))
            search.add(*_first(otherwise, env), there=no(decided.true))
        case ir.GrowthTest(base=base):
            for part in children(node):
                search.add(*_first(part, env))
            known = number(base, env)
            search.add(both(known.known, same(known.low, 0)), False)
        case ir.Count(items=items):
            _items(search, items, None, env, always=True)
        case ir.Exists(items=items, that=that) | ir.ForAll(items=items, that=that):
            _items(search, items, that, env, always=True)
        case ir.Total(items=items, value=value_) | ir.ExtremeOf(items=items, value=value_):
            _items(search, items, value_, env, always=False)
        case ir.EachMember(that=that):
            for member, here in members_of(node, env)[0]:
                search.add(*_first(that, env.of(member)), there=here)
        case ir.MemberShare(where=where):
            for member, here in members_of(node, env)[0]:
                search.add(*_first(where, env.of(member)), there=here)
        case _:
            for part in children(node):
                search.add(*_first(part, env))
    return search.found, search.empty


def _items(search: _Search, items: ir.Items, inner: ir.Expr | None, env: Env, *, always: bool) -> None:
    for here, inside, passes in entries_of(items, env)[0]:
        if items.where is not None:
            search.add(*_first(items.where, inside), there=here)
        if inner is not None:
            search.add(*_first(inner, inside), there=both(here, always or no(passes.false)))
