"""The rules of the house that no linter states: layout, suppressions, lazy imports, exact numbers, version."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import evaluator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "evaluator"
SOURCES = sorted(path for name in ("evaluator", "tests", "bench", ".ci") for path in (ROOT / name).rglob("*.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))
SPELLING = PACKAGE / "diagnostics.py"
"""Says how like each other two words must be, the one fraction that is no exact number."""


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(nodes: list[ast.stmt]) -> Iterator[str]:
    """The libraries imported as soon as the module is, whatever block they stand in but a function."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.ClassDef | ast.Try):
            yield from imported(node.body)
        elif isinstance(node, ast.If) and ast.unparse(node.test) != "TYPE_CHECKING":
            yield from imported(node.body + node.orelse)


def test_every_folder_with_modules_is_a_package_with_content() -> None:
    for folder in {path.parent for path in MODULES}:
        assert (folder / "__init__.py").is_file(), shown(folder)
        code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
        assert len(ast.parse(code.replace("from __future__ import annotations", "")).body) > 1, shown(folder)


def test_tests_mirror_the_package() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    for folder in folders - {Path("."), Path("agreement")}:
        assert (PACKAGE / folder).is_dir(), folder


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_a_module_is_one_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_suppressions_carry_a_reason(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.search(r"#\s*(type: ignore|noqa|pragma: no cover)(.*)", line)
        if found is not None and "re.search" not in line and "noqa: E501" not in line:  # a long line is its own reason
            assert re.fullmatch(r"(\[[\w, -]+\]|: ?[A-Z0-9, ]+)? *(#|-) *\S.*", found[2]), (
                f"{shown(path)}: {line.strip()}"
            )


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_slow_libraries_are_imported_where_they_are_used(path: Path) -> None:
    slow = {"wcwidth", "stdnum", "rich", "zoneinfo", "tzdata", "jsonschema"}
    assert not slow.intersection(imported(ast.parse(path.read_text(encoding="utf-8")).body))


@pytest.mark.parametrize("path", [path for path in MODULES if path != SPELLING], ids=shown)
def test_there_are_no_binary_fractions(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{shown(path)}:{node.lineno}"
        made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
        assert not made, f"{shown(path)}: {ast.unparse(node)}"


def test_only_the_command_line_and_the_functions_of_feel_read_the_clock() -> None:
    readers = [path for path in MODULES if re.search(r"\.(today|now|utcnow)\(\s*\)", path.read_text(encoding="utf-8"))]
    assert {shown(path.parent) for path in readers} <= {"evaluator/cli", "evaluator/feel/builtins"}


def test_nothing_names_the_folder_of_the_checkout() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            assert f"{ROOT}/" not in path.read_text(encoding="utf-8"), name


def test_the_changelog_has_an_entry_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(evaluator.__version__)}\]", changelog, re.MULTILINE)


def test_rules_and_scenarios_go_into_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"rules": "evaluator/_shipped/rules", "scenarios": "evaluator/_shipped/scenarios"}
    assert (PACKAGE / "py.typed").is_file()


# ------------------------------------------------------------------ what the Makefile and CI rest on


def interpreter(folder: Path, version: str) -> str:
    """A stand-in for a Python that cannot make a virtual environment: too old, or without its venv module."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *) echo {version};; esac\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def find_python(python: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHON": python}
    command = ["sh", str(ROOT / ".ci" / "python")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_usable_python_is_found() -> None:
    found = find_python(sys.executable)
    assert (found.returncode, found.stdout.strip()) == (0, sys.executable)


@pytest.mark.parametrize("version", ["2.7", "3.9", "3.10"])
def test_an_old_python_is_named_in_one_line(tmp_path: Path, version: str) -> None:
    found = find_python(interpreter(tmp_path, version))
    assert found.returncode == 1
    assert f"is {version}: install a newer one" in found.stderr
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize("version", ["3.11", "3.14", "3.20"])
def test_a_missing_venv_module_is_named_in_one_line(tmp_path: Path, version: str) -> None:
    found = find_python(interpreter(tmp_path, version))
    assert found.returncode == 1
    assert f"Python {version} is here, but its venv module is not" in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_missing_python_is_named_in_one_line(tmp_path: Path) -> None:
    found = find_python(str(tmp_path / "python"))
    assert found.returncode == 1
    assert "cannot be run" in found.stderr
    assert found.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("lines", "branches", "code"), [(950, 95, 0), (1000, 100, 0), (949, 100, 1), (1000, 94, 1), (0, 0, 1)]
)
def test_lines_and_branches_reach_the_floor_each_on_its_own(
    tmp_path: Path, lines: int, branches: int, code: int
) -> None:
    report = tmp_path / "coverage.json"
    report.write_text(
        f'{{"totals": {{"covered_lines": {lines}, "num_statements": 1000,'
        f' "covered_branches": {branches}, "num_branches": 100}}}}',
        encoding="utf-8",
    )
    command = [sys.executable, str(ROOT / ".ci" / "coverage_floor.py"), str(report), "95"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("MISSED" in done.stdout) == bool(code)
