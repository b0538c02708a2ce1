"""Collecting garbage seldom, and as often as before when all is done."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from pathlib import Path

import pytest

import evaluator
from evaluator.collecting import seldom


def test_the_last_to_leave_puts_the_thresholds_back() -> None:
    before = gc.get_threshold()
    first, second = ExitStack(), ExitStack()
    first.enter_context(seldom())
    second.enter_context(seldom())
    first.close()
    assert gc.get_threshold()[0] > before[0]
    second.close()
    assert gc.get_threshold() == before


def test_a_rulebook_that_cannot_be_read_leaves_nothing_changed(tmp_path: Path) -> None:
    before = gc.get_threshold()
    with pytest.raises(evaluator.RuleError):
        evaluator.load(tmp_path)
    assert gc.get_threshold() == before
