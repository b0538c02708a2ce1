"""The SQL engine against DuckDB SQL by hand and two other engines: `python -m bench.sql [PROFILES ...]`.

Parquet in, Parquet out. Each query runs in a process of its own, in turn, so that its peak memory is its own; the time
is that of reading, deciding and writing, in whole. Results are compared row by row before anything is reported.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median_low
from time import perf_counter_ns
from typing import Final, Literal

import duckdb

from bench import awards_by_hand, awards_task, sql_by_hand, sql_others, sql_rules
from bench.timing import Result, decimal, milliseconds, table
from evaluator.batch.run import TABLE_ROWS
from evaluator.engines.sql.query import compile_rules
from evaluator.engines.sql.results import findings, wide
from evaluator.engines.sql.setup import Setup, Statement
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook

SIZES: Final = (100_000, 1_000_000, 10_000_000)
ROUNDS: Final = 5
CHUNK: Final = TABLE_ROWS
"""Profiles at a time, as `batch` works on them: what bounds memory, for every query alike."""
MANY: Final = 1_000_000
PER_PLACE: Final = 10
RULES: Final = (1_000, 10_000)
OTHERS: Final = 100_000
TIMES, GROWTH, PEAK = Fraction(3, 2), Fraction(2), Fraction(1000)
_OTHERS: Final = {
    "zen": ("zen-engine's decision tables", Fraction(50)),
    "openfisca": ("OpenFisca-Core with items as an entity", Fraction(10)),
}
"""What each is called, and how many times as fast the SQL engine has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A query, and what is made once before it is asked of one chunk after another."""

    text: str
    setup: Sequence[Statement] = ()

    def write(self, path: Path) -> None:
        """Both, for another process."""
        path.write_text(json.dumps({"text": self.text, "setup": self.setup}, ensure_ascii=False), encoding="utf-8")


def join_by_hand(places: Sequence[str], rules: int) -> Prepared:
    """What a person would write for that, with the table of parameters made once."""
    made, _, text = sql_by_hand.joined(places, rules, PER_PLACE).rpartition(";")
    return Prepared(text=text, setup=[(made, [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The time of a query in nanoseconds and its peak of memory in KiB; of several runs the median and the highest."""

    time: int
    peak: int


def measure(sizes: Sequence[int] = SIZES, many: int = MANY, others: int = OTHERS) -> list[Result]:
    """Everything: 28 rules at these sizes, thousands of rules, and the other engines."""
    results: list[Result] = []
    for number in sizes:
        results += _few(number)
    return [*results, *_many(many), *_others(others)]


def task_query(folder: Path, columns: Collection[str] | None = None) -> Prepared:
    """The engine's query for the task of 28 outputs, as `batch` asks it; or, of its columns, these."""
    return _query(load_rulebook(awards_task.write_rules(folder)), folding=False, columns=columns)


def many_query(book: Rulebook) -> Prepared:
    """The engine's query for rules of one shape."""
    return _query(book, folding=True)


def _query(book: Rulebook, *, folding: bool, columns: Collection[str] | None = None) -> Prepared:
    setup = Setup()
    model = compile_rules(book, awards_task.AS_OF, folding=folding)
    text = findings(model, "duckdb", setup) if folding else wide(model, "duckdb", setup, columns)
    return Prepared(text=text, setup=list(setup.statements()))


def _few(number: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        queries = {"engine": task_query(folder / "rules"), "hand": Prepared(text=awards_by_hand.query())}
        awards_by_hand.write_tables(folder, number)
        taken = _taken(folder, queries, number, ROUNDS if number <= 1_000_000 else 3)
        compare(folder, ["profile", *awards_by_hand.columns()])
    return [
        _ratio(f"28 rules as SQL, {number:,} profiles, against SQL by hand", taken["engine"], taken["hand"]),
        _peak(f"28 rules as SQL, {number:,} profiles, peak memory", taken["engine"]),
    ]


def _many(number: int) -> list[Result]:
    results: list[Result] = []
    times: dict[int, Taken] = {}
    for rules in (998, *RULES):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            book, places = sql_rules.many(folder / "rules", rules, PER_PLACE)
            sql_rules.profiles(folder, number, places)
            queries = {"engine": many_query(book)}
            if rules == 998:
                queries["hand"] = join_by_hand(places, rules)
            taken = _taken(folder, queries, number, ROUNDS)
            if rules == 998:
                compare(folder, ["*"])
                what = f"{rules} rules as SQL, {number:,} profiles, against a join by hand"
                results.append(_ratio(what, taken["engine"], taken["hand"]))
            times[rules] = taken["engine"]
    fewer, more = (times[rules] for rules in RULES)
    growth = Result(
        name=f"{RULES[1]:,} rules as SQL, {number:,} profiles, against {RULES[0]:,}",
        value=Fraction(more.time, fewer.time),
        bound=GROWTH,
        unit=" x",
        detail=f"{milliseconds(more.time)} against {milliseconds(fewer.time)}, {PER_PLACE} rules a place each",
    )
    return [*results, growth]


def _others(number: int) -> list[Result]:
    """All with Parquet in and out: the wide result, and beside it what the 28 outputs take that the others give.

    "Steady" is in a process that did it once before; the whole process of the SQL engine also reads the rules, writes
    the query and gives the wide result.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        awards_by_hand.write_tables(folder, number, vague=False)
        task = task_query(folder / "rules")
        fewer_query = task_query(folder / "same", sql_others.columns())
        own: dict[str, list[int]] = {"task": [], "engine": [], "same": []}
        others: dict[str, list[sql_others.Times]] = {key: [] for key in _OTHERS if sql_others.installed(key)}
        task.write(folder / "engine.json")
        fewer_query.write(folder / "same.json")
        for at in range(ROUNDS):
            start = perf_counter_ns()
            subprocess.run([sys.executable, "-m", "bench.sql", "task", str(folder), str(number)], check=True)
            own["task"].append(perf_counter_ns() - start)
            for query in ("engine", "same"):
                own[query].append(_process(folder, query, number, "warm").time)
            for key, times in others.items():
                if key != "zen" or at == 0:  # it takes half a minute
                    times.append(sql_others.measured(key, folder))
        whole, steady, fewer = map(median_low, own.values())
        results = []
        for key, (what, bound) in _OTHERS.items():
            if key not in others:
                print(f"not measured: the SQL engine against {what}; install it by `pip install -e '.[bench]'`")
                continue
            sql_others.agree(folder, key)
            other = sql_others.medians(others[key])
            for word, mine, time, bounded in (
                ("steady", steady, other.steady, bound),
                ("steady, its 28 outputs alone", fewer, other.steady, None),
                ("whole process", whole, other.whole, None),
            ):
                rates = f"{_rate(number, mine)} profiles/s against {_rate(number, time)}"
                inside = f" ({_rate(number, other.inside)} within memory alone)" if word == "steady" else ""
                results.append(
                    Result(
                        name=f"28 rules as SQL, {number:,} profiles, against {what}, {word}",
                        value=Fraction(time, mine),
                        bound=bounded,
                        unit=" x",
                        least=True,
                        detail=rates + inside,
                    )
                )
        return results


def _rate(number: int, nanoseconds: int) -> str:
    return decimal(Fraction(number * 1_000_000_000, nanoseconds), 0)


def _ratio(name: str, engine: Taken, hand: Taken) -> Result:
    detail = f"{milliseconds(engine.time)} against {milliseconds(hand.time)}, medians taken in turn"
    return Result(name=name, value=Fraction(engine.time, hand.time), bound=TIMES, unit=" x", detail=detail)


def _peak(name: str, engine: Taken) -> Result:
    detail = f"chunks of {CHUNK:,} profiles, 2 threads"
    return Result(name=name, value=Fraction(engine.peak * 1024, 10**6), bound=PEAK, unit=" MB", detail=detail)


def _taken(folder: Path, queries: Mapping[str, Prepared], number: int, rounds: int) -> dict[str, Taken]:
    taken: dict[str, list[Taken]] = {name: [] for name in queries}
    for name, query in queries.items():
        query.write(folder / f"{name}.json")
    for _ in range(rounds):
        for name in queries:
            taken[name].append(_process(folder, name, number, "run"))
    return {
        name: Taken(time=median_low([one.time for one in found]), peak=max(one.peak for one in found))
        for name, found in taken.items()
    }


def _process(folder: Path, name: str, number: int, how: Literal["run", "warm"]) -> Taken:
    """One query in a process of its own."""
    command = [sys.executable, "-m", "bench.sql", how, str(folder), name, str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    time, peak = map(int, done.stdout.split())
    return Taken(time=time, peak=peak)


def run(folder: Path, name: str, number: int, *, warm: bool = False) -> int:
    """One query over all chunks, in this process; its time in nanoseconds.

    From nothing, with the database and what is made once; if `warm`, from Parquet to Parquet after it ran once.
    """
    query = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    start = perf_counter_ns()
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = '{folder}/spill'")
        connection.execute("SET threads = 2; SET memory_limit = '800MB'; SET preserve_insertion_order = false")
        for statement, given in query["setup"]:
            connection.execute(statement, given)
        if warm:
            _answer(connection, folder, name, query["text"], number)
            start = perf_counter_ns()
        _answer(connection, folder, name, query["text"], number)
        return perf_counter_ns() - start


def _answer(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, query: str, number: int) -> None:
    """All chunks, from Parquet to Parquet."""
    tables = [path for path in folder.glob("*.parquet") if path.stem == "profiles" or path.stem.startswith("items_")]
    for first in range(0, number, CHUNK):
        for path in tables:
            among = f"profile >= {first} AND profile < {first + CHUNK}"
            view = f"CREATE OR REPLACE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}') WHERE {among}"
            connection.execute(view)
        written = f"'{folder}/{name}-{first}.parquet' (FORMAT parquet, ROW_GROUP_SIZE {awards_by_hand.ROW_GROUP})"
        connection.execute(f"COPY ({query}) TO {written}")


def compare(folder: Path, columns: Sequence[str]) -> None:
    """Raises ValueError unless both results hold the same rows, whose digests are compared."""
    shown = ", ".join(column if column == "*" else f'"{column}"' for column in columns)

    def digest(name: str) -> tuple[object, ...] | None:
        source = f"SELECT {shown} FROM read_parquet('{folder}/{name}-*.parquet')"
        text = f"SELECT count(*), sum(CAST(hash(t) AS HUGEINT)) FROM ({source}) t"
        with duckdb.connect() as connection:
            connection.execute("SET memory_limit = '800MB'; SET enable_progress_bar = false")
            return connection.execute(text).fetchone()

    if digest("engine") != digest("hand"):
        raise ValueError("the engine and the SQL by hand do not give the same rows")


def main(arguments: Sequence[str]) -> int:
    """The table of `measure` at those sizes; 1 when a bound is missed."""
    if arguments[:1] in (["run"], ["warm"]):
        time = run(Path(arguments[1]), arguments[2], int(arguments[3]), warm=arguments[0] == "warm")
        print(time, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return 0
    if arguments[:1] == ["task"]:
        folder = Path(arguments[1])
        _query(load_rulebook(folder / "rules"), folding=False).write(folder / "engine.json")
        run(folder, "engine", int(arguments[2]))
        return 0
    results = measure(tuple(map(int, arguments)) or SIZES)
    print(table(results))
    return 0 if all(result.held for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
