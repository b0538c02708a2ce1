"""The README is true: its paths exist, its targets and options exist, its commands print what it shows.

`pytest tests/test_readme.py --update-golden` writes what the commands print now into it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
CONSOLE = [body for language, body in BLOCKS if language == "console"]
PYTHON = [body for language, body in BLOCKS if language == "python"]
PROSE = re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL)
WORDS = sorted(set(re.findall(r"`([^`\n]+)`", PROSE)))

MADE = (".venv/", "build/")
"""Made by commands, so not in a fresh checkout."""


def run(command: str) -> str:
    """What a reader sees who types `command` in the checkout, in a terminal 80 wide."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVALUATOR_")}
    environment |= {"PATH": path, "COLUMNS": "80", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "EVALUATOR_CACHE": "off"}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def session(block: str) -> list[tuple[str, str]]:
    """The commands of a console block (a backslash continues one) with what each prints."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    commands = [re.match(r"(?:.*\\\n)*.*", part) for part in parts[1:]]
    return [(found[0], part[found.end() + 1 :]) for found, part in zip(commands, parts[1:], strict=True) if found]


def looks_like_path(word: str) -> bool:
    if word.startswith(MADE) or not re.fullmatch(r"[\w./-]+", word):
        return False
    return "/" in word or word.endswith((".md", ".yaml", ".toml", ".py"))


@pytest.mark.parametrize("block", CONSOLE, ids=lambda block: str(block).partition("\n")[0])
def test_commands_print_what_is_shown(block: str, request: pytest.FixtureRequest) -> None:
    printed = "".join(f"$ {command}\n{run(command)}" for command, _ in session(block))
    assert str(ROOT) not in printed, "a diagnostic about a file of this checkout is no example"
    if request.config.getoption("--update-golden"):
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(f"```console\n{block}```", f"```console\n{printed}```"), encoding="utf-8")
    else:
        assert printed == block


@pytest.mark.parametrize("code", PYTHON)
def test_python_examples_print_what_their_comments_say(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"print\(.*\)  # (.*)$", code, re.MULTILINE)


def test_there_are_examples_to_test() -> None:
    assert len(CONSOLE) >= 3
    assert PYTHON


@pytest.mark.parametrize("word", [word for word in WORDS if looks_like_path(word)])
def test_paths_exist(word: str) -> None:
    assert (ROOT / word).exists() or word in places(), word


def places() -> set[str]:
    """The global ids of rules and the jurisdictions: they look like paths."""
    import evaluator

    rulebook = evaluator.load()
    return {*rulebook.rules, *rulebook.vocabulary.places}


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)", TEXT))
    assert {"run", "test"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_commands_and_options_exist() -> None:
    whole_lines = TEXT.replace("\\\n", "")
    uses = re.findall(r"^(?:\$ )?(?:\.venv/bin/)?evaluator ([a-z]+)(.*)$", whole_lines, re.MULTILINE)
    uses += re.findall(r"`evaluator ([a-z]+)([^`]*)`", whole_lines)
    assert uses
    helps = {command: run(f"evaluator {command} --help") for command, _ in uses}
    for command, rest in uses:
        assert "Usage: evaluator" in helps[command], command
        words = rest.partition("|")[0].split()
        if words and words[0].isalpha() and f"\n  {words[0]} " in helps[command]:
            command = f"{command} {words[0]}"
            helps[command] = run(f"evaluator {command} --help")
        for option in re.findall(r"(?<=\s)--[a-z-]+", rest.partition("|")[0]):
            assert option in helps[command], f"{command} {option}"
