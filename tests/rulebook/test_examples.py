"""Every example of `bad/`: one word wrong, and all that is said about it, with its place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import evaluator.rulebook
from evaluator.diagnostics import RuleError
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import load_profile
from tests.rulebook import cases
from tests.rulebook.cases import Case
from tests.rulebook.tiny import Tiny

RULES, PROFILES = cases.tables("bad"), cases.tables("bad/profiles")


@pytest.mark.parametrize("case", RULES, ids=str)
def test_what_is_wrong_in_a_rulebook_is_said_at_its_place(case: Case, tiny: Tiny) -> None:
    case.write_to(tiny)
    found = tiny.problems()
    assert found, "the example is not wrong"
    case.check(found)


@pytest.mark.parametrize("case", PROFILES, ids=str)
def test_what_is_wrong_in_a_profile_is_said_at_its_place(case: Case, rulebook: Rulebook, tmp_path: Path) -> None:
    folder = Tiny(tmp_path)
    case.write_to(folder)
    with pytest.raises(RuleError) as caught:
        load_profile(tmp_path / case.file, rulebook)
    case.check(folder.relative(caught.value))


@pytest.mark.parametrize("case", [*RULES, *PROFILES], ids=str)
def test_messages_follow_the_style(case: Case) -> None:
    for line in case.expect.splitlines():
        head = re.match(r"[^ ]+(?: [^ ]+)?: error\[[a-z-]+\]: (.+)", line)
        text = head[1] if head else line.removeprefix("  help: ") if line.startswith("  help: ") else None
        if text is not None:
            assert not text.endswith((".", "。")), text
            assert text[0] in "`0123456789" or text[0].islower(), text
            assert len(text) <= 200, text


@pytest.mark.parametrize("case", [*RULES, *PROFILES], ids=str)
def test_every_problem_stands_at_a_line_and_column(case: Case) -> None:
    heads = [line for line in case.expect.splitlines() if "error[" in line]
    assert heads
    placed = [line for line in heads if re.match(r"[^:]+:\d+:\d+: error", line)]
    assert len(placed) == len(heads) or case.name in ("no-profile", "two-profiles")


def test_problems_come_in_the_order_of_their_places() -> None:
    for case in [*RULES, *PROFILES]:
        heads = re.findall(r"^([^:\n ]+):(\d+):(\d+): error", case.expect, re.M)
        places = [(name, int(line), int(column)) for name, line, column in heads]
        assert places == sorted(places), case


def test_every_code_of_the_rulebook_has_an_example() -> None:
    """A code that no example shows is a message that nobody has read."""
    shown = set(re.findall(r"error\[([a-z-]+)\]", "\n".join(case.expect for case in [*RULES, *PROFILES])))
    elsewhere = {"assume", "set", "unreadable", "too-large", "encoding", "no-rulebook", "unknown-policy", "float"}
    folder = Path(evaluator.rulebook.__file__).parent
    names = "amounts build convert expressions load overrides profile profile_shape quantities reader rules"
    names += " schedules scope stacking validate yamlfile"
    found = {code for name in names.split() for code in _codes(folder / f"{name}.py")}
    assert found - shown - elsewhere == set()


def _codes(path: Path) -> set[str]:
    """The codes that a module gives: string constants in the place of a code."""
    places = {"problem": (0, 1), "Diagnostic": (0,), "ExpressionError": (1,), "ValueProblem": (0,), "_refuse": (1,)}
    codes: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for place in places.get(name, ()):
                argument = node.args[place] if place < len(node.args) else None
                if isinstance(argument, ast.Constant) and re.fullmatch("[a-z-]+", str(argument.value)):
                    codes.add(str(argument.value))
    return codes
