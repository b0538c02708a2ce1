"""The strategies of `evaluator.testing`, under the name by which tests of engines import them."""

from __future__ import annotations

import random

from evaluator.rulebook.vocabulary import Vocabulary
from evaluator.testing import Asked, Data, World, asked, complete, near, nodes, profiles, reveal, value

__all__ = ["Asked", "Data", "World", "asked", "complete", "near", "nodes", "profiles", "reveal", "value", "whole"]


def whole(what: Asked, vocabulary: Vocabulary, seed: int, *, until: int = 2030) -> Data:
    """The complete profile of a seed."""
    return complete(what, vocabulary, random.Random(seed), until=until)
