"""The task of `bench.awards_task` on two other engines, over complete tables of `bench.awards_by_hand`.

In: the folder of the tables and of the SQL engine's result. Out: the time from values in memory to results in memory,
after every output has been compared with the SQL engine's; None where the other engine is not installed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median_low
from time import perf_counter_ns
from typing import Final, cast

import duckdb

from bench.awards_task import FIGURES, LED, PRIZES, YEAR, Data, graph

ROUNDS: Final = 3
MONEY: Final = ("led", "joined", "several", *PRIZES, "pilots")
TESTS: Final = ("system", *(f"t{index}" for index in range(len(FIGURES))))
Row = tuple[object, ...]


def zen(folder: Path) -> int | None:
    """A decision graph of zen-engine with decision tables, one profile at a time as it works."""
    if find_spec("zen") is None:
        return None
    engine = import_module("zen")
    decision = engine.ZenEngine().create_decision(engine.ZenDecisionContent(graph(tables=True)))
    given = _profiles(folder)
    found: list[Row] = []
    start = perf_counter_ns()
    for data in given:
        result = decision.evaluate(data)["result"]
        found.append(tuple(result[word] for word in (*MONEY, *TESTS)))
    taken = perf_counter_ns() - start
    _agree(found, expected(folder), "zen-engine")
    return taken


def openfisca(folder: Path) -> int | None:
    """OpenFisca-Core over arrays of all profiles at once; the median of some rounds."""
    if find_spec("openfisca_core") is None:
        return None
    task = import_module("bench.openfisca_task")
    with duckdb.connect() as connection:
        figures = ", ".join(f'"metric:figure-{at}:{YEAR}" // 100000000 AS f{at}' for at in range(len(FIGURES)))
        profiles = connection.execute(
            f"SELECT \"fact:system\" AS system, {figures} FROM '{folder}/profiles.parquet' ORDER BY profile"
        ).fetchnumpy()
        items = connection.execute(_items(folder)).fetchnumpy()
    whose = items.pop("profile")
    system = task.make_system()
    times = []
    found: dict[str, list[object]] = {}
    for _ in range(ROUNDS):
        start = perf_counter_ns()
        result = task.calculate(system, profiles, items, whose)
        times.append(perf_counter_ns() - start)
        found = {name: values.tolist() for name, values in result.items()}
    rows = list(zip(*(found["met" if word == "system" else word] for word in (*MONEY, *TESTS)), strict=True))
    _agree(rows, expected(folder), "OpenFisca-Core")
    return median_low(times)


def _items(folder: Path) -> str:
    """All items of all lists, choices as numbers and dates as days as Python counts them."""

    def number(column: str, choices: tuple[str, ...]) -> str:
        return f'CASE "{column}" ' + " ".join(f"WHEN '{word}' THEN {at}" for at, word in enumerate(choices)) + " END"

    def part(sort: int, word: str, day: str, choice: str, leads: str, passed: str) -> str:
        days = f"CAST(\"field:{day}:from\" - DATE '0001-01-01' AS BIGINT) + 1"
        return (
            f"SELECT profile, {sort} AS sort, {choice} AS choice, {leads} AS leads, {passed} AS passed, {days} AS day "
            f"FROM '{folder}/items_{word}.parquet'"
        )

    parts = (
        part(0, "standards", "published", number("field:level", tuple(LED)), "\"field:role\" = 'lead'", "FALSE"),
        part(1, "prizes", "awarded", number("field:prize", tuple(PRIZES)), "FALSE", "FALSE"),
        part(2, "pilots", "evaluated", "0", "FALSE", '"field:passed"'),
    )
    return " UNION ALL ".join(parts) + " ORDER BY profile"


def _profiles(folder: Path) -> list[Data]:
    """The profiles as zen-engine takes them."""
    with duckdb.connect() as connection:
        figures = ", ".join(f'"metric:figure-{at}:{YEAR}" // 100000000' for at in range(len(FIGURES)))
        rows = connection.execute(
            f"SELECT \"fact:system\", {figures} FROM '{folder}/profiles.parquet' ORDER BY profile"
        ).fetchall()
        items = connection.execute(_items(folder)).fetchall()
    made: list[Data] = []
    for system, *values in rows:
        lists: Data = {"standards": [], "prizes": [], "pilots": []}
        made.append({**lists, "system": system, **{f"f{at}": value for at, value in enumerate(values)}})
    levels, prizes = tuple(LED), tuple(PRIZES)
    makers: tuple[tuple[str, Callable[[int, bool, bool, int], Data]], ...] = (
        (
            "standards",
            lambda c, leads, _, day: {"level": levels[c], "role": "lead" if leads else "join", "published": day},
        ),
        ("prizes", lambda c, _leads, _passed, day: {"prize": prizes[c], "awarded": day}),
        ("pilots", lambda _c, _leads, passed, day: {"passed": passed, "evaluated": day}),
    )
    for profile, sort, choice, leads, passed, day in items:
        word, make = makers[sort]
        cast("list[Data]", made[profile][word]).append(make(choice, leads, passed, day))
    return made


def expected(folder: Path) -> list[Row]:
    """What the SQL engine found for the same profiles: yuan of each award, whether each test is met."""
    money = [f'CAST("task/{id}:guaranteed" AS BIGINT)' for id in MONEY]
    tests = [f"\"task/{id if id == 'system' else f'{id}#{YEAR}'}:outcome\" = 'satisfied'" for id in TESTS]
    text = f"SELECT {', '.join([*money, *tests])} FROM '{folder}/engine-*.parquet' ORDER BY profile"
    with duckdb.connect() as connection:
        return connection.execute(text).fetchall()


def _agree(found: list[Row], wanted: list[Row], who: str) -> None:
    if found != wanted:
        raise ValueError(f"{who} and the SQL engine do not give the same results")
