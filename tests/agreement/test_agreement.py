"""All engines answer the same: random rules and profiles by the hundred thousand, and every shipped rule.

`pytest tests/agreement/test_agreement.py -s` prints the seeds and what they exercise.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from tests.agreement.batches import SEEDS, SHIPPED, random_batch, shipped_batch
from tests.agreement.census import CONSTRUCTS, FEATURES, OPERATORS, Census
from tests.agreement.engines import COMPILED, REFERENCE, Engine, disagreements

PAIRS = 200_000
RULES = 2_000
USES = 50
ENGINES: tuple[Engine, ...] = (COMPILED,)
UNCOUNTED = pytest.mark.no_cover  # the first seeds cover the lines; counting them in all would double the time


@pytest.fixture(scope="module")
def census() -> Census:
    """What all random batches exercise together."""
    found = Census()
    for seed in SEEDS:
        found.add(random_batch(seed)[1])
    return found


def test_the_batches_are_many_and_reach_everything(census: Census) -> None:
    print(f"\nseeds {SEEDS.start} to {SEEDS.stop - 1}", *census.lines(), sep="\n")
    assert census.pairs >= PAIRS
    assert len(census.rules) >= RULES
    assert census.open * 100 >= census.pairs * 30
    assert census.edges * 100 >= census.pairs * 10


@pytest.mark.parametrize("construct", [sort.__name__ for sort in CONSTRUCTS])
def test_every_construct_is_drawn_often(census: Census, construct: str) -> None:
    assert census.constructs[construct] >= USES


@pytest.mark.parametrize(
    "operator", [f"{sort.__name__}.{name}={value}" for sort, name, values in OPERATORS for value in values]
)
def test_every_operator_is_drawn_often(census: Census, operator: str) -> None:
    assert census.operators[operator] >= USES


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_is_drawn_often(census: Census, feature: str) -> None:
    assert census.features[feature] >= USES


@pytest.mark.parametrize("seed", [*SEEDS[:4], *(pytest.param(seed, marks=UNCOUNTED) for seed in SEEDS[4:])])
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_random_rules_are_answered_as_decide_answers_them(engine: Engine, seed: int) -> None:
    assert not list(islice(disagreements(engine, random_batch(seed)[0]), 10))


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_shipped_rules_are_answered_as_decide_answers_them(engine: Engine, name: str) -> None:
    assert not list(islice(disagreements(engine, shipped_batch(name)), 10))


def test_an_engine_that_answers_otherwise_is_found_out() -> None:
    batch = random_batch(SEEDS.start)[0]
    assert not list(disagreements(REFERENCE, batch))
    first = batch.expected[0]
    id, outcome, breach, low, high, stated = first.rows[0]
    wrong = replace(first, rows=((id, outcome, not breach, low, high, stated), *first.rows[1:]))
    cheat = Engine("cheat", lambda *_: (wrong, *batch.expected[1:]))
    assert len(list(disagreements(cheat, batch))) == 1
    short = Engine("short", lambda *_: batch.expected[1:])
    assert len(list(disagreements(short, batch))) == 1
    assert not list(disagreements(replace(cheat, unsupported=lambda _: {id.partition("#")[0]: "not yet"}), batch))
