"""DuckDB against the reference engine, outcome by outcome and yuan by yuan."""

from __future__ import annotations

import random
from datetime import date

import pytest

from evaluator.engines.sql.query import unsupported
from evaluator.rulebook import model
from evaluator.rulebook.profile import make_profile
from tests.agreement.batches import SEEDS, random_batch
from tests.agreement.measures import AS_OF, book_of, choices, enterprise_of, shown
from tests.agreement.shipped import shipped
from tests.agreement.sql import disagreements, profiles_of
from tests.agreement.strategies import Asked, asked, reveal, whole

ASKED = asked(shipped())
LEVELS = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0)
UNCOUNTED = pytest.mark.no_cover  # the first seeds cover the lines; counting them in all would double the time
FIRST = 3


def _own(what: Asked) -> list[model.AnyRule]:
    return [rule for rule in shipped().rules.values() if rule.policy.id == what.policy.id and what.kind in rule.kinds]


@pytest.mark.parametrize("what", ASKED, ids=str)
def test_shipped_rules_agree_on_profiles_near_their_figures(what: Asked) -> None:
    book, choose = shipped(), random.Random(str(what))
    data = [reveal(whole(what, book.vocabulary, seed), seed, LEVELS[seed % len(LEVELS)]) for seed in range(12)]
    profiles = profiles_of(book, data)
    assert disagreements(book, profiles, date(2025, 6, 30), _own(what)) == []
    assert disagreements(book, profiles, choose.choice(what.days), _own(what), folding=True) == []


@pytest.mark.parametrize("seed", [*SEEDS[:FIRST], *(pytest.param(seed, marks=UNCOUNTED) for seed in SEEDS[FIRST:])])
def test_random_rules_agree(seed: int) -> None:
    """The batches of all engines, none of their rules left out; `tests/agreement/test_agreement.py` counts them."""
    batch, _ = random_batch(seed)
    assert unsupported(batch.rulebook) == []
    one, folding = seed not in SEEDS[:FIRST], seed % 8 == 0
    assert disagreements(batch.rulebook, batch.profiles, batch.as_of, folding=folding, short=one) == []


@pytest.mark.parametrize("seed", range(24))
def test_measures_that_combine_every_construct_agree(seed: int) -> None:
    """With what the applicant chose, and one profile at many levels of knowledge."""
    book = book_of(seed)
    if book is None:  # its constants are refused at load
        return
    profiles = [
        make_profile(data, book) for at in (seed, seed + 10_000) for data in shown(book, enterprise_of(at), seed)
    ]
    assert disagreements(book, profiles, AS_OF, choices=choices(seed)) == []
