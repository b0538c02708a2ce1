"""The SQL engine against hand-written DuckDB SQL, Parquet in and Parquet out: `python -m bench.sql [PROFILES]`.

Each query runs in a process of its own, so that its peak memory is its own. Prints times (median of three, taken in
turn), peak memory and whether both results are the same, yuan by yuan.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median_low
from time import perf_counter_ns
from typing import Final

import duckdb

from bench import sql_by_hand, sql_rules
from evaluator.engines.sql.query import compile_rules
from evaluator.engines.sql.results import findings, wide

AS_OF: Final = date(2025, 6, 30)
ROUNDS: Final = 3
CHUNK: Final = 1_000_000
"""Profiles at a time: what bounds memory, for every query alike."""


def main(number: int) -> None:
    """Measures everything for that many profiles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = perf_counter_ns()
        compiled = compile_rules(sql_rules.few(folder / "few"), AS_OF)
        text = wide(compiled, "duckdb")
        print(f"28 rules compiled and written in {(perf_counter_ns() - start) // 1_000_000} ms", flush=True)
        sql_rules.profiles(folder, number, ["甲省/乙市"])
        _measure(f"28 rules, {number:,} profiles", folder, {"engine": text, "hand": sql_by_hand.wide()}, number)
        print("same:", _same_wide(folder), flush=True)
        for rules in (1_000, 10_000):
            book, places = sql_rules.many(folder / f"many{rules}", rules, 10)
            text = findings(compile_rules(book, AS_OF, folding=True), "duckdb")
            sql_rules.profiles(folder, number, places)
            hand = "CREATE TEMP TABLE hand AS SELECT * FROM (VALUES " + ", ".join(
                f"('p{at}/r{k}', '{place}', {(at % 97 + k) * sql_by_hand.UNIT}, {k * 10_000})"
                for at, place in enumerate(places)
                for k in range(1, 11)
            )
            hand += ") AS v(rule, place, least, paid);" + sql_by_hand.joined()
            _measure(f"{rules:,} rules, {number:,} profiles", folder, {"engine": text, "hand": hand}, number)
            print("same:", _same_long(folder), flush=True)


def _measure(what: str, folder: Path, queries: dict[str, str], number: int) -> None:
    times: dict[str, list[int]] = {name: [] for name in queries}
    peaks: dict[str, int] = {}
    for name, text in queries.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    for _ in range(ROUNDS):
        for name in queries:
            command = [sys.executable, "-m", "bench.sql", "run", str(folder), name, str(number)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            taken, peak = map(int, done.stdout.split())
            times[name].append(taken)
            peaks[name] = max(peaks.get(name, 0), peak)
    for name, taken_all in times.items():
        print(f"{what}: {name} {median_low(taken_all) // 1_000_000} ms, peak {peaks[name] // 1024} MB")
    ratio = median_low(times["engine"]) * 100 // median_low(times["hand"])
    print(f"{what}: {ratio // 100}.{ratio % 100:02} x", flush=True)


def run(folder: Path, name: str, number: int) -> None:
    """One query over all chunks, in this process: prints nanoseconds and peak memory in KiB."""
    text = (folder / f"{name}.sql").read_text(encoding="utf-8")
    start = perf_counter_ns()
    for first in range(0, number, CHUNK):
        with duckdb.connect() as connection:
            connection.execute("SET threads = 2; SET memory_limit = '800MB'; SET preserve_insertion_order = false")
            for table in ("profiles", "items_projects"):
                source = f"SELECT * FROM read_parquet('{folder}/{table}.parquet')"
                among = f"profile >= {first} AND profile < {first + CHUNK}"
                connection.execute(f"CREATE VIEW {table} AS {source} WHERE {among}")
            before, _, query = text.rpartition(";")
            if before:
                connection.execute(before)
            target = f"{folder}/{name}-{first}.parquet"
            connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
    print(perf_counter_ns() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _same_wide(folder: Path) -> bool:
    names = [(f"few/p{k}", f"p{k}") for k in sql_by_hand.PLAIN] + [(f"few/i{k}", f"i{k}") for k in sql_by_hand.ITEMS]
    engine = ", ".join(f'"{long}:outcome", "{long}:guaranteed", "{long}:potential"' for long, _ in names)
    hand = ", ".join(f'"{short}", "{short}:low", "{short}:high"' for _, short in names)
    return _same(
        f"SELECT profile, {engine} FROM read_parquet('{folder}/engine-0.parquet')",
        f"SELECT profile, {hand} FROM read_parquet('{folder}/hand-0.parquet')",
    )


def _same_long(folder: Path) -> bool:
    return _same(
        f"SELECT * FROM read_parquet('{folder}/engine-0.parquet')",
        f"SELECT * FROM read_parquet('{folder}/hand-0.parquet')",
    )


def _same(one: str, other: str) -> bool:
    """Whether two results hold the same rows, by a digest of each row."""

    def digest(text: str) -> str:
        return f"SELECT count(*), sum(CAST(hash(t) AS HUGEINT)) FROM ({text}) t"

    with duckdb.connect() as connection:
        return connection.execute(digest(one)).fetchone() == connection.execute(digest(other)).fetchone()


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
