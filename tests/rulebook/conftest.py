from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.rulebook.model import Rulebook
from tests.rulebook.tiny import Tiny, copy_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """A copy of the tiny rulebook that the test may change."""
    return copy_tiny(tmp_path)


@pytest.fixture(scope="session")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The tiny rulebook as it is, loaded once."""
    return copy_tiny(tmp_path_factory.mktemp("tiny")).load()
