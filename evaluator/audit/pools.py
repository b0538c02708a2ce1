"""A budget that many profiles share: what each of them gets when all claims are known together.

In: a rulebook, profiles, a date. Out: for each pool its budget, the claims on it and what is paid of them, with bounds:
a claim that is open leaves open what the others get. What is paid never exceeds the budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TypeAlias, cast

from evaluator.engines import fen
from evaluator.engines.decide import decide
from evaluator.engines.decide.env import Env, Lasting
from evaluator.engines.decide.walk import walk
from evaluator.engines.intervals import Bound, Number, ends
from evaluator.engines.payment import upper
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.stacking import leaves, pools
from evaluator.rulebook.vocabulary import Exact, exact

Range: TypeAlias = tuple[Exact, Bound]


@row
class Claim:
    """What one profile may claim of a pool, on which day, and what it gets; yuan."""

    profile: Profile
    claimed: Range
    day: Range | None
    paid: Range


@row
class Shared:
    """A pool with all claims on it. `factor` is the share that is paid where all get the same, with its bounds."""

    stacking: model.Stacking
    pool: model.Pool
    claims: tuple[Claim, ...]
    claimed: Range
    paid: Range
    factor: tuple[Exact, Exact] | None


def share_out(
    rulebook: model.Rulebook,
    profiles: Sequence[Profile],
    *,
    as_of: date,
    choices: Mapping[str, str] | None = None,
) -> tuple[Shared, ...]:
    """Every pool of the rulebook on which some of the profiles have a claim."""
    found: list[Shared] = []
    for stacking in rulebook.stackings:
        for pool in pools(stacking.tree):
            claims = _claims(rulebook, stacking, pool, profiles, as_of, choices)
            if claims:
                found.append(_shared(stacking, pool, claims))
    return tuple(found)


def _claims(
    rulebook: model.Rulebook,
    stacking: model.Stacking,
    pool: model.Pool,
    profiles: Sequence[Profile],
    as_of: date,
    choices: Mapping[str, str] | None,
) -> list[Claim]:
    """What each profile would get were the budget without end, and the day that puts it in order."""
    claims: list[Claim] = []
    for profile in profiles:
        unlimited = replace(profile, facts={**profile.facts, pool.factor.id: 1})
        decision = decide(rulebook, unlimited, as_of=as_of, rules=leaves(stacking.tree), choices=choices)
        entry = next((one for one in decision.stacked if one.stacking.id == stacking.id), None)
        if entry is None or entry.potential == 0:
            continue
        day: Range | None = None
        if pool.order is not None:
            value = walk(pool.order, Env(profile, as_of, rulebook.vocabulary, Lasting())).value
            low, high = ends(cast(Number, value))
            day = (0 if low is None else low, high)
        claims.append(Claim(profile, (entry.guaranteed, entry.potential), day, (0, 0)))
    return claims


def _shared(stacking: model.Stacking, pool: model.Pool, claims: Sequence[Claim]) -> Shared:
    low = sum(claim.claimed[0] for claim in claims)
    high = upper([claim.claimed[1] for claim in claims])
    factor: tuple[Exact, Exact] | None = None
    if pool.order is None:
        paid = [_in_proportion(claim, claims, pool.budget) for claim in claims]
        factor = (0 if high is None else _part(pool.budget, high)), _part(pool.budget, low)
    else:
        paid = [_in_order(index, claims, pool.budget) for index in range(len(claims))]
    told = tuple(Claim(claim.profile, claim.claimed, claim.day, part) for claim, part in zip(claims, paid, strict=True))
    sure = sum(part[0] for part in paid)
    most = upper([part[1] for part in paid])
    most = pool.budget if most is None else min(most, pool.budget)
    return Shared(stacking, pool, told, (low, high), (sure, most), factor)


def _in_proportion(claim: Claim, claims: Sequence[Claim], budget: Exact) -> Range:
    """Least when this claim is low and all others are high, most the other way round; to the fen, rounded down."""
    others = [other for other in claims if other is not claim]
    low, high = claim.claimed
    rest_low = sum(other.claimed[0] for other in others)
    rest_high = upper([other.claimed[1] for other in others])
    least = 0 if rest_high is None else fen.down(low * _part(budget, low + rest_high))
    if high is None:
        return least, budget
    return least, fen.down(high * _part(budget, high + rest_low))


def _in_order(index: int, claims: Sequence[Claim], budget: Exact) -> Range:
    """What those before it leave; of the same day the one given first goes first."""
    claim = claims[index]
    surely: Exact = 0
    maybe: Bound = 0
    for at, other in enumerate(claims):
        if at == index:
            continue
        before = _before(other, claim, listed_first=at < index)
        if before is True:
            surely += other.claimed[0]
        if before is not False:
            maybe = None if maybe is None or other.claimed[1] is None else maybe + other.claimed[1]
    low, high = claim.claimed
    least = 0 if maybe is None else min(low, max(budget - maybe, 0))
    most = max(budget - surely, 0)
    return least, most if high is None else min(high, most)


def _before(one: Claim, other: Claim, *, listed_first: bool) -> bool | None:
    """Whether `one` comes before `other`; None where their days leave it open."""
    assert one.day is not None
    assert other.day is not None
    (a, b), (c, d) = one.day, other.day
    if a == b and c == d and a == c:
        return listed_first
    if b is not None and b < c:
        return True
    if d is not None and d < a:
        return False
    return None


def _part(budget: Exact, claimed: Exact) -> Exact:
    return 1 if claimed <= budget else exact(Fraction(budget) / claimed)
