"""The tests that stand before every rule, as typed expressions, so that all engines read the same ones."""

from __future__ import annotations

from collections.abc import Mapping

from evaluator.rulebook import ir, model
from evaluator.rulebook.scope import Term
from evaluator.rulebook.vocabulary import BOOL, DATE, Fact, Field


class Gates:
    """The gates of one policy's rules, and the terms that they may name.

    Like gates are one tuple, so that an engine need walk them once per question.
    """

    def __init__(self, policy: model.Policy) -> None:
        self.policy = policy
        self.terms: Mapping[str, Term] = {}
        published = ir.Constant(type=DATE, value=policy.published.date.toordinal())
        self.published = ir.Compare(op=">=", left=ir.AsOf(), right=published, span=policy.span)
        self.place = ir.PlaceWithin(place=policy.jurisdiction)
        self.in_force = counts_on(ir.AsOf(), policy.in_force, policy)
        self.kinds: dict[tuple[str, ...], ir.Expr] = {}
        self.same: dict[tuple[int, ...], tuple[ir.Expr, ...]] = {}

    def of(
        self, kinds: tuple[str, ...], applies_when: ir.Expr | None, counts: ir.Expr | None = None
    ) -> tuple[ir.Expr, ...]:
        """Published by the date of the question, kind, place, then in force and `applies_when` where there are any."""
        kind = self.kinds.setdefault(kinds, ir.KindIn(kinds=kinds))
        found = (self.published, kind, self.place, counts, applies_when)
        gates = tuple(gate for gate in found if gate is not None)
        return self.same.setdefault(tuple(map(id, gates)), gates)

    def counts(self, judged_by: Fact | Field | None, period: model.Period) -> ir.Expr:
        """Whether the date that counts lies in the period in force."""
        if judged_by is None and period == self.policy.in_force:
            return self.in_force
        return counts_on(date_that_counts(judged_by), period, self.policy)


def date_that_counts(judged_by: Fact | Field | None) -> ir.Expr:
    """The date of the item, of the profile, or of the question."""
    if judged_by is None:
        return ir.AsOf()
    if isinstance(judged_by, Fact):
        return ir.FactRef(type=DATE, fact=judged_by)
    return ir.FieldRef(type=DATE, field=judged_by, depth=0)


def counts_on(day: ir.Expr, period: model.Period, policy: model.Policy) -> ir.Expr:
    """Whether what happened on `day` counts: within the period, and not after the date of the question.

    Where the text states no end, days after the last date it names count only if it is confirmed still in force.
    """
    since = ir.Constant(type=DATE, value=period.since.date.toordinal())
    tests: list[ir.Expr] = [ir.Compare(op=">=", left=day, right=since)]
    if period.until is not None:
        until = ir.Constant(type=DATE, value=period.until.date.toordinal())
        tests.append(ir.Compare(op="<=", left=day, right=until))
    else:
        last = ir.Constant(type=DATE, value=policy.last_named.date.toordinal())
        still = ir.FactRef(type=BOOL, fact=policy.still_in_force)
        tests.append(ir.AnyOf(operands=(ir.Compare(op="<=", left=day, right=last), still)))
    if not isinstance(day, ir.AsOf):
        tests.append(ir.Compare(op="<=", left=day, right=ir.AsOf()))
    return ir.AllOf(operands=tuple(tests))
