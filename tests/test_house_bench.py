"""The measurements measure what they say."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import evaluator
from bench import decisions, process
from bench.timing import Result, decimal, interleaved, table


def result(value: Fraction, *, least: bool = False) -> Result:
    return Result(name="work", value=value, bound=Fraction(5, 2), unit=" x", detail="how", least=least)


def test_a_bound_holds_at_its_very_edge() -> None:
    assert result(Fraction(5, 2)).held
    assert not result(Fraction(5, 2) + Fraction(1, 10**9)).held
    assert result(Fraction(5, 2), least=True).held
    assert not result(Fraction(5, 2) - Fraction(1, 10**9), least=True).held


def test_works_take_turns_and_the_median_is_taken() -> None:
    clock, order = [0], []
    steps = iter([5, 100, 7, 300, 90, 200])

    def tick(name: str) -> None:
        order.append(name)
        clock[0] += next(steps)

    assert interleaved([lambda: tick("a"), lambda: tick("b")], 3, lambda: clock[0]) == (7, 200)
    assert order == ["a", "b"] * 3


def test_figures_are_rounded_half_up() -> None:
    assert decimal(Fraction(5, 2), 2) == "2.50"
    assert decimal(Fraction(2345, 1000), 2) == "2.35"
    assert decimal(Fraction(1499_999, 1000), 0) == "1,500"


def test_the_table_says_what_was_missed() -> None:
    lines = table([result(Fraction(2)), result(Fraction(3))]).splitlines()
    assert len(lines) == 4
    assert "2.00 x  <= 2.5 x  held" in lines[2]
    assert "3.00 x  <= 2.5 x  MISSED" in lines[3]


def test_further_rules_concern_other_places_only(tmp_path: Path) -> None:
    shipped = evaluator.load()
    extended = evaluator.load(decisions.further_rules(tmp_path))
    assert len(extended.rules) - len(shipped.rules) >= decisions.FURTHER_RULES
    alone, among = decisions.decided(shipped), decisions.decided(extended)
    assert [finding.id for finding in among.findings] == [finding.id for finding in alone.findings]
    assert among.totals == alone.totals


def test_every_step_of_a_trace_is_read() -> None:
    decision = decisions.decided(evaluator.load(place=decisions.PLACE))
    facts = decisions.PROFILE["facts"]
    assert isinstance(facts, dict)
    assert sum(len(value) for value in facts.values() if isinstance(value, list)) == 10
    for finding in decision.findings:
        steps, waiting = 0, [finding.trace]
        while waiting:
            steps += 1
            waiting += waiting.pop().steps
        assert decisions.read(finding.trace) == steps


def test_the_measured_command_answers() -> None:
    done = subprocess.run(process.COMMAND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert process.COMMAND[0] == str(Path(sys.executable).with_name("evaluator"))
