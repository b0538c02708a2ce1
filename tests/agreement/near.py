"""Whole profiles of enterprises near the figures of small rules, and how much of them is shown."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile, make_profile
from tests.agreement.small import enterprise, rulebook
from tests.agreement.strategies import Data, World, reveal, value

AS_OF = date(2025, 6, 30)
DAYS = tuple(date(2023, 12, 1) + timedelta(days=31 * step) for step in range(9))
FACTS = (
    *("零", "三", "某数", "任数", "真", "假", "未知", "等级", "颜色"),
    *("成立日期", "投资额", "核定金额", "项目", "其他"),
)
LEVELS = (0.0, 0.5, 0.7, 0.85, 0.95, 1.0, 1.0)


def whole_profiles(number: int, seed: int) -> list[Data]:
    """Complete profiles of enterprises with small figures, so that the figures of rules are often met exactly."""
    choose = random.Random(seed)
    vocabulary = rulebook("supports:\n  - id: a").vocabulary
    world = World(vocabulary, DAYS)
    found: list[Data] = []
    for _ in range(number):
        facts: Data = {}
        for label in FACTS:
            fact = vocabulary.fact(label)
            assert fact is not None
            facts[label] = value(fact, choose, {}, world)
        facts |= {label: choose.choice((0, 0, 1, 2, 3, 5)) for label in ("零", "三", "任数", "某数")}
        facts |= {label: choose.choice((0, 1, 4, 10, 300)) for label in ("投资额", "核定金额")}
        for label in ("项目", "其他"):
            for item in cast("list[Data]", facts[label]):
                item |= {"份数": choose.choice((0, 1, 2, 5)), "增减": choose.choice((-1, 0, 1, 3))}
        found.append({**enterprise(facts), "metrics": {}})
    return found


def shown(whole: Sequence[Data], book: model.Rulebook, seed: int) -> list[Profile]:
    """The profiles as far as they are given, some wholly."""
    choose = random.Random(seed)
    return [make_profile(reveal(data, seed + at, choose.choice(LEVELS)), book) for at, data in enumerate(whole)]
