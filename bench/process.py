"""`evaluator decide` as a whole process, against the imports that any such program pays."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from bench.timing import WALL, Result, interleaved, milliseconds

PROFILE = Path(__file__).parents[1] / "examples" / "chengde-enterprise.yaml"
FLOOR = (sys.executable, "-c", "import click, yaml; from pydantic import BaseModel")
COMMAND = (str(Path(sys.executable).with_name("evaluator")), "decide", str(PROFILE), "--as-of", "2025-06-30")
ROUNDS = 20
COLD, WARM = Fraction(5, 2), Fraction(2)


def measure() -> tuple[Result, Result]:
    """The ratios of the medians of the command, cold and warm, to that of the imports.

    A cold run finds an empty home, cache folder and temporary folder, a warm one what the run before it left there.
    Only the modules' bytecode is there for all, as after an installation. Raises CalledProcessError when the command
    fails.
    """
    with tempfile.TemporaryDirectory() as kept:
        _run(COMMAND, kept)
        floor, cold, warm = interleaved(
            [lambda: _cold(FLOOR), lambda: _cold(COMMAND), lambda: _run(COMMAND, kept)], ROUNDS, WALL
        )
    return _result("cold", cold, floor, COLD), _result("warm", warm, floor, WARM)


def _result(word: str, command: int, floor: int, bound: Fraction) -> Result:
    return Result(
        name=f"evaluator decide, whole process, {word}",
        value=Fraction(command, floor),
        bound=bound,
        unit=" x",
        detail=f"{milliseconds(command)} against {milliseconds(floor)} for its imports, medians of {ROUNDS}",
    )


def _cold(command: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as empty:
        _run(command, empty)


def _run(command: Sequence[str], home: str) -> None:
    ours = ("EVALUATOR_", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), home)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
