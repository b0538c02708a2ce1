"""Two answers to one question held against each other: which is better, and how good a witness it makes.

In: what `decide` answers under two versions of a rule. Out: a direction, and an order of witnesses.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from evaluator.engines.decision import Amount, Finding, Outcome
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import ItemList, Value

_OPENED: Final = (Outcome.UNKNOWN, Outcome.INDETERMINATE)


@row
class Witness:
    """A profile at a date on which old and new differ; a side that has no such finding is None."""

    finding: str
    profile: Profile
    as_of: date
    before: Finding | None
    after: Finding | None


def compared(before: Finding | None, after: Finding | None) -> int | None:
    """Whether the answer got better (1), worse (-1), both (2) or neither (0); None where it is the same."""
    if before is None or after is None:
        return 0 if before is not after else None
    awards = isinstance(before.rule, model.Award)
    marks = [_rank(after.outcome, awards=awards) - _rank(before.outcome, awards=awards)]
    one, other = before.amount, after.amount
    if (one is None) is not (other is None):
        return 0
    if one is not None and other is not None:
        if one.stated is not other.stated:
            return 0
        marks += [sign(one.guaranteed, other.guaranteed), sign(one.potential, other.potential)]
        if one.promised is not None and other.promised is not None:
            marks += [sign(*ends) for ends in zip(one.promised, other.promised, strict=True)]
    if before.claw_back is not None and after.claw_back is not None:
        marks.append(sign(after.claw_back.guaranteed, before.claw_back.guaranteed))
    if before.outcome is after.outcome is Outcome.NOT_SATISFIED:
        marks += [before.breach - after.breach, sign(after.gap, before.gap) if before.gap != after.gap else 0]
    kinds = {(mark > 0) - (mark < 0) for mark in marks if mark}
    if not kinds:
        return None if before.outcome is after.outcome and _parts(one) == _parts(other) else 0
    return kinds.pop() if len(kinds) == 1 else 2


def _parts(amount: Amount | None) -> Counter[tuple[object, ...]]:
    """The payments of an amount: in which year, by whom, to whom, whether now or later, and how much."""
    return Counter(
        (
            line.period,
            None if line.payer is None else line.payer.zh,
            None if line.recipient is None else line.recipient.zh,
            line.state,
            line.guaranteed,
            line.potential,
        )
        for line in (() if amount is None else amount.lines)
    )


def _rank(outcome: Outcome, *, awards: bool) -> int:
    """How good an outcome is; of a target or duty what counts is whether it is missed, or may be."""
    if outcome is Outcome.SATISFIED:
        return 2
    if outcome in _OPENED:
        return 1
    return 0 if awards or outcome is Outcome.NOT_SATISFIED else 2


def sign(before: object, after: object) -> int:
    """Whether an amount went up (1), down (-1) or stayed; None has no bound."""
    if before == after:
        return 0
    if before is None or after is None:
        return 1 if after is None else -1
    return 1 if after > before else -1  # type: ignore[operator]  # amounts


def order(witness: Witness) -> tuple[int, int]:
    """Settled on both sides first, then by how much the profile gives."""
    return -len(settled(witness)), _size(witness.profile)


def settled(witness: Witness) -> set[str]:
    """Of which sides the outcome is decided and the amount is known."""
    found: set[str] = set()
    for name, side in (("old", witness.before), ("new", witness.after)):
        if side is None or side.outcome not in _OPENED:
            found.add(f"{name} outcome")
        amount = None if side is None else side.amount
        if amount is None or not amount.stated or amount.guaranteed == amount.potential:
            found.add(f"{name} amount")
    return found


def _size(profile: Profile) -> int:
    return sum(_weight(value) for value in profile.facts.values()) + sum(map(len, profile.metrics.values()))


def _weight(value: Value) -> int:
    return 1 + sum(len(item.values) for item in value.items) if isinstance(value, ItemList) else 1
