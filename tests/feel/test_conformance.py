"""The public part of the DMN conformance suite, where it lies beside the clone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import evaluator.feel

SUITE = Path(__file__).parents[3] / "shared" / "feel"
CASES = sorted(SUITE.glob("*.jsonl"))


def load_runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_feel_cases", SUITE / "run_feel_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The suite is not part of the repository; where it lies beside the clone, as in CI, nothing is skipped.
@pytest.mark.skipif(not CASES, reason="the conformance suite is not beside the clone")
def test_all_public_cases_pass(capsys: pytest.CaptureFixture[str]) -> None:
    runner = load_runner()
    make_months = evaluator.feel.feel_years_months
    failed, valued, valued_passed = [], 0, 0
    for path in CASES:
        for case in runner.load(path):
            passed, _, value = runner.run_case(evaluator.feel.evaluate, case, ym=make_months)
            if not case["expected_error"] and case["expected"]["type"] != "null":
                valued += 1
                valued_passed += passed
            if not passed:
                failed.append(f"{case['id']}: {case['expression']} gave {value!r}")
    with capsys.disabled():
        sys.stdout.write(f"[conformance: {valued_passed} of {valued} cases with a value] ")
    assert not failed, "\n".join(failed)
