"""The batches that every engine answers: random rules with random profiles, and the shipped rules with boundary ones.

One batch is one rulebook of many rules, profiles of its kinds of body, and one date. All of it follows from seeds that
stand here; `decide` has answered each batch once for all engines.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

from evaluator.engines.decide import decide
from evaluator.rulebook.model import Obligation, Rulebook
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.vocabulary import Fact, Metric
from tests.agreement.census import Census
from tests.agreement.engines import Answer, Batch, answer_of
from tests.agreement.random_profiles import Profiles
from tests.agreement.random_rules import WORLDS, World, random_file
from tests.agreement.shipped import shipped
from tests.agreement.strategies import asked, complete, reveal

SEEDS: Final = range(20250630, 20250630 + 24)
ENTERPRISE_RULES: Final = 90
REGION_RULES: Final = 45
ENTERPRISES: Final = 90
REGIONS: Final = 60
DATES: Final = tuple(
    map(
        date.fromisoformat,
        ("2022-12-31", "2023-12-31", "2024-06-30", "2025-06-30", "2025-12-31", "2027-12-31", "2028-01-01"),
    )
)
SHIPPED: Final = {str(what): what for what in asked(shipped())}
SHIPPED_LEVELS: Final = (0.0, 0.45, 0.7, 0.85, 1.0, 1.0)


@cache
def random_batch(seed: int) -> tuple[Batch, Census]:
    """The batch of that seed, and what it exercises."""
    return make_batch(seed)


def make_batch(seed: int, *, times: int = 1) -> tuple[Batch, Census]:
    """The same, not kept, with so many times the profiles."""
    world = WORLDS[seed % len(WORLDS)]
    file, rulebook = random_file(seed, world, enterprises=ENTERPRISE_RULES, regions=REGION_RULES)
    choose = random.Random(f"{seed} date")
    as_of = choose.choices(DATES, (1, 4, 6, 8, 6, 4, 4))[0]
    profiles = _profiles(seed, world, rulebook, times)
    expected, census = _answered(rulebook, profiles, as_of)
    census.rules |= file.bodies()
    return Batch(f"seed {seed}", rulebook, profiles, as_of, expected), census


def _answered(rulebook: Rulebook, profiles: Sequence[Profile], as_of: date) -> tuple[tuple[Answer, ...], Census]:
    """What `decide` answers, and what that exercised."""
    census = Census()
    census.count_rules(rulebook)
    answers: list[Answer] = []
    for profile in profiles:
        decision = decide(rulebook, profile, as_of=as_of)
        census.count_answers(decision)
        answers.append(answer_of(decision))
    return tuple(answers), census


def _profiles(seed: int, world: World, rulebook: Rulebook, times: int) -> tuple[Profile, ...]:
    drawn = Profiles(seed, world, rulebook)
    attested = [rule.attested for rule in rulebook.rules.values() if isinstance(rule, Obligation)]
    found: list[Profile] = [make_profile(drawn.enterprise(), rulebook) for _ in range(ENTERPRISES * times)]
    for _ in range(REGIONS * times):
        data = drawn.region()
        duties = [fact.id for fact in attested if isinstance(fact, Fact) and data["kind"] in fact.of]
        yearly = [metric.id for metric in attested if isinstance(metric, Metric) and data["kind"] in metric.of]
        found.append(make_profile(drawn.attested(data, duties, yearly), rulebook))
    return tuple(found)


@cache
def shipped_batch(name: str) -> Batch:
    """One shipped policy with one kind of body that it names (`SHIPPED`), near its figures and on one of its days."""
    what = SHIPPED[name]
    rulebook = shipped()
    choose = random.Random(f"{what}")
    found = [
        reveal(complete(what, rulebook.vocabulary, choose), choose.randrange(2**20), level) for level in SHIPPED_LEVELS
    ]
    profiles = tuple(make_profile(data, rulebook) for data in found)
    as_of = choose.choice(what.days)
    return Batch(f"{what}", rulebook, profiles, as_of, _answered(rulebook, profiles, as_of)[0])
