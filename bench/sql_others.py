"""The task of `bench.awards_task` on two other engines, over complete tables of `bench.awards_by_hand`.

Each runs in a process of its own, Parquet in and Parquet out like the SQL engine: `python -m bench.sql_others NAME
FOLDER PASSES`, with the folder of the tables; the times are those of the last pass. Every output is compared with the
SQL engine's before a time is reported.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median_low
from time import perf_counter_ns
from typing import Final, cast

import duckdb

from bench.awards_task import FIGURES, PRIZES, YEAR, Data, graph

MONEY: Final = ("led", "joined", "several", *PRIZES, "pilots")
TESTS: Final = ("system", *(f"t{index}" for index in range(len(FIGURES))))
MODULES: Final = {"zen": "zen", "openfisca": "openfisca_core"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """In nanoseconds: of the whole process, from Parquet to Parquet, and from values in memory to results in memory."""

    whole: int
    steady: int
    inside: int


def installed(name: str) -> bool:
    """Whether an engine is there to be measured."""
    return find_spec(MODULES[name]) is not None


def measured(name: str, folder: Path) -> Times:
    """The times of an engine, once."""
    start = perf_counter_ns()
    steady, inside = _run(name, folder, passes=1)
    whole = perf_counter_ns() - start
    if name == "openfisca":  # zen-engine takes one profile after another, so that its first pass is steady too
        steady, inside = _run(name, folder, passes=2)
    return Times(whole=whole, steady=steady, inside=inside)


def medians(taken: Sequence[Times]) -> Times:
    """The median of each time."""
    return Times(
        whole=median_low([times.whole for times in taken]),
        steady=median_low([times.steady for times in taken]),
        inside=median_low([times.inside for times in taken]),
    )


def _run(name: str, folder: Path, *, passes: int) -> tuple[int, int]:
    """The two times of the last of so many passes in a process of their own."""
    command = [sys.executable, "-m", "bench.sql_others", name, str(folder), str(passes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    steady, inside = map(int, done.stdout.split())
    return steady, inside


def zen(folder: Path, passes: int) -> tuple[int, int]:
    """A decision graph of zen-engine with decision tables, one profile at a time as it works."""
    assert passes == 1
    engine = import_module("zen")
    decision = engine.ZenEngine().create_decision(engine.ZenDecisionContent(graph(tables=True)))
    start = perf_counter_ns()
    given = _profiles(folder)
    found: dict[str, list[object]] = {word: [] for word in (*MONEY, *TESTS)}
    ready = perf_counter_ns()
    for data in given:
        result = decision.evaluate(data)["result"]
        for word, values in found.items():
            values.append(result[word])
    answered = perf_counter_ns()
    numpy = import_module("numpy")
    with duckdb.connect() as connection:
        _write(connection, folder / "zen.parquet", {word: numpy.array(values) for word, values in found.items()})
    return perf_counter_ns() - start, answered - ready


def openfisca(folder: Path, passes: int) -> tuple[int, int]:
    """OpenFisca-Core over arrays of all profiles at once."""
    task = import_module("bench.openfisca_task")
    system = task.make_system()
    with duckdb.connect() as connection:
        for _ in range(passes):
            start = perf_counter_ns()
            profiles, items = _arrays(connection, folder)
            whose = items.pop("profile")
            ready = perf_counter_ns()
            result = task.calculate(system, profiles, items, whose)
            answered = perf_counter_ns()
            named = {"system" if word == "met" else word: result[word] for word in result}
            _write(connection, folder / "openfisca.parquet", named)
            taken = perf_counter_ns() - start, answered - ready
    return taken


def _arrays(connection: duckdb.DuckDBPyConnection, folder: Path) -> tuple[dict[str, object], dict[str, object]]:
    """The columns of the profiles, and of all items of all lists with what each has not as 'none'."""
    items = " UNION ALL BY NAME ".join(
        f"SELECT profile, '{sort}' AS sort, {fields} FROM '{folder}/items_{word}.parquet'"
        for sort, word, fields in (
            ("standard", "standards", '"field:level" AS level, "field:role" AS role, "field:published:from" AS day'),
            ("prize", "prizes", '"field:prize" AS prize, "field:awarded:from" AS day'),
            ("pilot", "pilots", '"field:passed" AS passed, "field:evaluated:from" AS day'),
        )
    )
    kept = ", ".join(f"coalesce({word}, 'none') AS {word}" for word in ("level", "role", "prize"))
    figures = ", ".join(f'"metric:figure-{at}:{YEAR}" // 100000000 AS f{at}' for at in range(len(FIGURES)))
    profiles = connection.execute(
        f"SELECT \"fact:system\" AS system, {figures} FROM '{folder}/profiles.parquet' ORDER BY profile"
    ).fetchnumpy()
    found = connection.execute(
        f"SELECT profile, sort, {kept}, coalesce(passed, FALSE) AS passed, day FROM ({items}) ORDER BY profile"
    ).fetchnumpy()
    return profiles, found


def _write(connection: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, object]) -> None:
    """Arrays as a Parquet file, a column each, in the order of the profiles."""
    assert columns  # DuckDB finds the arrays by the name of their dictionary
    connection.execute(f"COPY (SELECT * FROM columns) TO '{path}' (FORMAT parquet)")


def _profiles(folder: Path) -> list[Data]:
    """The profiles as zen-engine takes them."""
    with duckdb.connect() as connection:
        figures = ", ".join(f'"metric:figure-{at}:{YEAR}" // 100000000' for at in range(len(FIGURES)))
        rows = connection.execute(
            f"SELECT \"fact:system\", {figures} FROM '{folder}/profiles.parquet' ORDER BY profile"
        ).fetchall()
        lists = {
            word: connection.execute(f"SELECT {fields} FROM '{folder}/items_{word}.parquet'").fetchall()
            for word, fields in (
                ("standards", f'profile, "field:level", "field:role", {_days("published")}'),
                ("prizes", f'profile, "field:prize", {_days("awarded")}'),
                ("pilots", f'profile, "field:passed", {_days("evaluated")}'),
            )
        }
    made: list[Data] = []
    for system, *values in rows:
        empty: Data = {"standards": [], "prizes": [], "pilots": []}
        made.append({**empty, "system": system, **{f"f{at}": value for at, value in enumerate(values)}})
    makers: dict[str, Callable[..., Data]] = {
        "standards": lambda level, role, day: {"level": level, "role": role, "published": day},
        "prizes": lambda prize, day: {"prize": prize, "awarded": day},
        "pilots": lambda passed, day: {"passed": passed, "evaluated": day},
    }
    for word, items in lists.items():
        make = makers[word]
        for profile, *cells in items:
            cast("list[Data]", made[profile][word]).append(make(*cells))
    return made


def _days(day: str) -> str:
    """A date as Python counts days."""
    return f"CAST(\"field:{day}:from\" - DATE '0001-01-01' AS BIGINT) + 1"


def columns() -> tuple[str, ...]:
    """The columns of the SQL engine that the other engines give too, in the order of `MONEY` and `TESTS`."""
    tests = [id if id == "system" else f"{id}#{YEAR}" for id in TESTS]
    return (*(f"task/{id}:guaranteed" for id in MONEY), *(f"task/{id}:outcome" for id in tests))


def _converted() -> str:
    """The same as the other engines give them."""
    money, tests = columns()[: len(MONEY)], columns()[len(MONEY) :]
    amounts = [f'CAST("{column}" AS BIGINT) AS "{id}"' for column, id in zip(money, MONEY, strict=True)]
    met = [f'"{column}" = \'satisfied\' AS "{id}"' for column, id in zip(tests, TESTS, strict=True)]
    return ", ".join([*amounts, *met])


def agree(folder: Path, name: str) -> None:
    """Raises ValueError unless an engine's outputs are those of the SQL engine, profile by profile."""
    words = ", ".join(f'"{word}"' for word in (*MONEY, *TESTS))
    wanted = f"SELECT {_converted()} FROM '{folder}/engine-*.parquet' ORDER BY profile"
    with duckdb.connect() as connection:
        expected = connection.execute(wanted).fetchall()
        found = connection.execute(f"SELECT {words} FROM '{folder}/{name}.parquet'").fetchall()
    if found != expected:
        raise ValueError(f"{name} and the SQL engine do not give the same results")


def main(arguments: Sequence[str]) -> int:
    """Runs an engine over a folder, so often, and prints its two times."""
    name, folder, passes = arguments
    print(*{"zen": zen, "openfisca": openfisca}[name](Path(folder), int(passes)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
