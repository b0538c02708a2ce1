"""Every form of `good/`: what the reader makes of it, typed, in base units, names resolved."""

from __future__ import annotations

import pytest

from evaluator.rulebook.model import Award
from tests.rulebook import cases
from tests.rulebook.cases import Case
from tests.rulebook.tiny import Tiny
from tests.rulebook.typed import show, show_amount, show_rule, show_stack


@pytest.mark.parametrize("case", cases.tables("good"), ids=str)
def test_each_form_becomes_its_typed_form(case: Case, tiny: Tiny) -> None:
    case.write_to(tiny)
    rulebook = tiny.load()
    if case.table.stem == "stackings":
        (stacking,) = rulebook.stackings
        found = show_stack(stacking.tree)
    else:
        rule = rulebook.rules["tiny-2023/more"]
        found = show_rule(rule)
        if isinstance(rule, Award) and case.table.stem != "rules":
            found = show_amount(rule.amount) if case.table.stem == "amounts" else show(rule.when)
    case.check(found)
