"""Measures everything, prints one table; exit code 1 when a bound is missed or cannot be measured."""

from __future__ import annotations

import sys
from subprocess import CalledProcessError

from bench import advice, compiled, decisions, draft, loading, process, proofs, sql
from bench.timing import Result, table


def main() -> int:
    """0 when every bound holds, else 1."""
    results: list[Result] = []
    failed = False
    try:
        results += process.measure()
    except CalledProcessError as error:
        failed = True
        print(f"not measured: `{' '.join(error.cmd[1:])}` ended with exit code {error.returncode}", file=sys.stderr)
    results += [
        *decisions.measure(),
        *compiled.measure(),
        loading.measure(),
        *draft.measure(),
        *proofs.measure(),
        *advice.measure(),
    ]
    results += sql.measure()
    print(table(results))
    return 0 if not failed and all(result.held for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
