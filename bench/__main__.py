"""Measures everything, prints one table; exit code 1 when a bound is missed or cannot be measured.

Each part is measured in a process of its own: what one leaves in memory would slow the Python of the next.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from subprocess import CalledProcessError
from typing import Final

from bench import advice, compiled, decisions, draft, loading, process, proofs, sql
from bench.timing import Result, table

PARTS: Final[Sequence[Callable[[], Sequence[Result]]]] = (
    process.measure,
    decisions.measure,
    compiled.measure,
    loading.measure,
    draft.measure,
    proofs.measure,
    advice.measure,
    sql.measure,
)


def main() -> int:
    """0 when every bound holds, else 1."""
    results: list[Result] = []
    failed = False
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for part in PARTS:
            try:
                results += pool.submit(part).result()
            except CalledProcessError as error:
                failed = True
                command = " ".join(error.cmd[1:])
                print(f"not measured: `{command}` ended with exit code {error.returncode}", file=sys.stderr)
    print(table(results))
    return 0 if not failed and all(result.held for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
