"""Every example of `bad/`: one word wrong, and all that is said about it, with its place."""

from __future__ import annotations

import pytest

from tests.rulebook import cases
from tests.rulebook.cases import Case
from tests.rulebook.tiny import Tiny


@pytest.mark.parametrize("case", cases.tables("bad"), ids=str)
def test_what_is_wrong_is_said_at_its_place(case: Case, tiny: Tiny) -> None:
    case.write_to(tiny)
    found = tiny.problems()
    assert found, "the example is not wrong"
    case.check(found)
