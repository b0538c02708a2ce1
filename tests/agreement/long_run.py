"""Many more pairs than a test run has time for: `python -m tests.agreement.long_run PAIRS [FIRST_SEED]`.

Random batches of the kind that the tests answer, with more profiles each, by the compiled engine and by DuckDB against
`decide`; half of them rule by rule in wide rows, half folded in long rows. Prints what was exercised; exit code 1 when
anything differs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from typing import Final

from tests.agreement import batches, sql
from tests.agreement.census import Census
from tests.agreement.engines import COMPILED, disagreements

TIMES: Final = 10
"""So many times the profiles of a batch of the tests."""
FIRST: Final = 1
SHOWN: Final = 10


def run(pairs: int, first: int) -> int:
    """How many disagreements were found in at least so many (rule, profile) pairs, from that seed on."""
    census, wrong, seed = Census(), 0, first
    while census.pairs < pairs:
        batch, found = batches.make_batch(seed, times=TIMES)
        census.add(found)
        differ = list(islice(disagreements(COMPILED, batch), SHOWN))
        differ += sql.disagreements(batch.rulebook, batch.profiles, batch.as_of, folding=seed % 2 == 0, short=True)
        wrong += len(differ)
        for line in differ[:SHOWN]:
            print(f"seed {seed}: {line}", flush=True)
        if seed % 10 == 0:
            print(f"seed {seed}: {census.pairs:,} pairs, {wrong} disagreements", flush=True)
        seed += 1
    print(f"seeds {first} to {seed - 1}", *census.lines(), f"{wrong} disagreements", sep="\n")
    return wrong


def main(arguments: Sequence[str]) -> int:
    """1 when anything differs."""
    pairs, first = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else FIRST
    return 1 if run(pairs, first) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
