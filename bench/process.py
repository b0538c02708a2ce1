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
BOUND = Fraction(5, 2)


def measure() -> Result:
    """The ratio of the two medians. Every run is cold: it finds an empty home, cache folder and temporary folder.

    Only the modules' bytecode is there for both, as after an installation. Raises CalledProcessError when the command
    fails.
    """
    _run(COMMAND)
    floor, command = interleaved([lambda: _run(FLOOR), lambda: _run(COMMAND)], ROUNDS, WALL)
    return Result(
        name="evaluator decide, whole process, cold",
        value=Fraction(command, floor),
        bound=BOUND,
        unit=" x",
        detail=f"{milliseconds(command)} against {milliseconds(floor)} for its imports, medians of {ROUNDS}",
    )


def _run(command: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as empty:
        ours = ("EVALUATOR_", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment |= dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR"), empty)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
