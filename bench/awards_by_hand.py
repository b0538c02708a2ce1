"""What a person would write in DuckDB SQL for the task of `bench.awards_task`, and tables of profiles to run it over.

In: the tables of `evaluator.engines.sql.layout`, where NULL is unknown. Out: the outcome of each of the 28 outputs, and
what is certain and at most possible of each award, under the names of the engine's wide layout. Written before the
engine was measured against it; it may become faster, never slower.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from bench.awards_task import AS_OF, BONUS, FIGURES, JOINED, LED, PILOT, PRIZES, SINCE, YEAR

TABLES: Final = ("profiles", "items_standards", "items_prizes", "items_pilots")
ROW_GROUP: Final = 24_576
"""Rows of a part of a Parquet file, of all that are read and written here.

DuckDB gives a part to one thread: of 10^5 profiles in one part, as it writes them unasked, a second one has no work.
"""
_PERCENT: Final = 10**8
"""A percent in units of the tables."""


def _in_time(word: str) -> str:
    first, last = f'"field:{word}:from"', f'"field:{word}:to"'
    return (
        f"CASE WHEN {first} >= DATE '{SINCE}' AND {last} <= DATE '{AS_OF}' THEN TRUE "
        f"WHEN {last} < DATE '{SINCE}' OR {first} > DATE '{AS_OF}' THEN FALSE END"
    )


def _by_level(amounts: dict[str, int], other: int) -> str:
    rows = " ".join(f"WHEN '{level}' THEN {yuan}" for level, yuan in amounts.items())
    return f'CASE "field:level" {rows} ELSE {other} END'


def _counts(name: str) -> str:
    return f"count(*) FILTER (WHERE {name}) AS {name}_sure, count(*) FILTER (WHERE {name} IS NOT FALSE) AS {name}_most"


def _sums(name: str, least: str, most: str) -> str:
    return (
        f"sum({least}) FILTER (WHERE {name}) AS {name}_low, sum({most}) FILTER (WHERE {name} IS NOT FALSE) "
        f"AS {name}_high"
    )


def _award(id: str, name: str, complete: str, low: str, high: str) -> str:
    """An award for each item of a list: NULL, nothing bounds it, where the list may go on."""
    return (
        f"CASE WHEN {name}_sure > 0 THEN 'satisfied' WHEN {name}_most > 0 OR {complete} IS NOT TRUE THEN 'unknown' "
        f"ELSE 'not_satisfied' END AS \"task/{id}:outcome\", "
        f'CAST(coalesce({low}, 0) AS DECIMAL(38,2)) AS "task/{id}:guaranteed", '
        f'CAST(CASE WHEN {complete} THEN coalesce({high}, 0) END AS DECIMAL(38,2)) AS "task/{id}:potential"'
    )


def _test(id: str, test: str) -> str:
    return (
        f"CASE WHEN {test} THEN 'satisfied' WHEN NOT ({test}) THEN 'not_satisfied' ELSE 'unknown' END "
        f'AS "task/{id}:outcome"'
    )


def query() -> str:
    """One row for each profile: each list is read and summed up once, then joined."""
    prizes = ", ".join(f"timed AND \"field:prize\" = '{prize}' AS {prize}" for prize in PRIZES)
    several = "coalesce(led_sure, 0) >= 3"
    few = '"list:standards" AND coalesce(led_most, 0) < 3'
    shown = [
        _award("led", "led", '"list:standards"', "led_low", "led_high"),
        _award("joined", "joined", '"list:standards"', "joined_low", "joined_high"),
        f"CASE WHEN {several} THEN 'satisfied' WHEN {few} THEN 'not_satisfied' ELSE 'unknown' END "
        'AS "task/several:outcome", '
        f'CAST(CASE WHEN {several} THEN {BONUS} ELSE 0 END AS DECIMAL(38,2)) AS "task/several:guaranteed", '
        f'CAST(CASE WHEN {few} THEN 0 ELSE {BONUS} END AS DECIMAL(38,2)) AS "task/several:potential"',
        *(
            _award(prize, prize, '"list:prizes"', f"{prize}_sure * {yuan}", f"{prize}_most * {yuan}")
            for prize, yuan in PRIZES.items()
        ),
        _award("pilots", "passed", '"list:pilots"', f"passed_sure * {PILOT}", f"passed_most * {PILOT}"),
        _test("system", '"fact:system"'),
        *(
            _test(f"t{index}#{YEAR}", f'"metric:figure-{index}:{YEAR}" >= {figure * _PERCENT}')
            for index, figure in enumerate(FIGURES)
        ),
    ]
    return f"""
WITH standards AS (
  SELECT profile, timed AND "field:role" = 'lead' AS led, timed AND "field:role" = 'join' AS joined,
    {_by_level(LED, min(LED.values()))} AS led_least, {_by_level(LED, max(LED.values()))} AS led_paid,
    {_by_level(JOINED, 0)} AS joined_least,
    {_by_level({**dict.fromkeys(LED, 0), **JOINED}, max(JOINED.values()))} AS joined_paid
  FROM (SELECT *, {_in_time("published")} AS timed FROM items_standards)
),
of_standards AS (
  SELECT profile, {_counts("led")}, {_counts("joined")},
    {_sums("led", "led_least", "led_paid")}, {_sums("joined", "joined_least", "joined_paid")}
  FROM standards GROUP BY profile
),
prizes AS (SELECT profile, {prizes} FROM (SELECT *, {_in_time("awarded")} AS timed FROM items_prizes)),
of_prizes AS (SELECT profile, {", ".join(map(_counts, PRIZES))} FROM prizes GROUP BY profile),
pilots AS (SELECT profile, "field:passed" AND {_in_time("evaluated")} AS passed FROM items_pilots),
of_pilots AS (SELECT profile, {_counts("passed")} FROM pilots GROUP BY profile)
SELECT profiles.profile, {", ".join(shown)}
FROM profiles LEFT JOIN of_standards USING (profile) LEFT JOIN of_prizes USING (profile)
  LEFT JOIN of_pilots USING (profile)
WHERE kind = 'enterprise' AND (place = '甲省' OR starts_with(place, '甲省/'))
"""


def columns() -> list[str]:
    """The columns of the result after the profile."""
    awards = ["led", "joined", "several", *PRIZES, "pilots"]
    shown = [f"task/{id}:{part}" for id in awards for part in ("outcome", "guaranteed", "potential")]
    return [
        *shown,
        *(f"task/{id}:outcome" for id in ("system", *(f"t{index}#{YEAR}" for index in range(len(FIGURES))))),
    ]


# ------------------------------------------------------------------ the tables

_ITEMS: Final = 20
"""At most so many items a profile, half of them standards.

Each draw hashes one number: of hashes of pairs, those with the same first number share their low bits but for a mask.
"""


def _known(seed: int, text: str) -> str:
    """NULL in every sixteenth row where the variable `vague` says so."""
    return f"CASE WHEN drawn(range, {seed}) % 16 > 0 OR NOT getvariable('vague') THEN {text} END"


def _one_of(seed: int, choices: tuple[str, ...]) -> str:
    listed = "[" + ", ".join(f"'{choice}'" for choice in choices) + "]"
    return _known(seed, f"({listed})[CAST(drawn(range, 500 + {seed}) % {len(choices)} AS INTEGER) + 1]")


def _days(word: str) -> str:
    """A day; of every sixteenth only the year is known."""
    day = "DATE '2023-01-01' + CAST(drawn(range, 20) % 1096 AS INTEGER)"
    vague = "drawn(range, 21) % 16 = 0 AND getvariable('vague')"
    return (
        f"CASE WHEN {vague} THEN CAST(date_trunc('year', {day}) AS DATE) ELSE {day} END AS \"field:{word}:from\", "
        f"CASE WHEN {vague} THEN CAST(date_trunc('year', {day}) + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE) "
        f'ELSE {day} END AS "field:{word}:to"'
    )


def write_tables(folder: Path, number: int, *, vague: bool = True) -> None:
    """Parquet tables of so many profiles of 0 to 20 items, always the same; if `vague`, with each fact unknown in a
    sixteenth of the rows.
    """
    figures = ", ".join(
        _known(100 + index, f"CAST(75 + drawn(range, {200 + index}) % 26 AS BIGINT) * {_PERCENT}")
        + f' AS "metric:figure-{index}:{YEAR}"'
        for index in range(len(FIGURES))
    )
    lists = ", ".join(
        f"drawn(range, {seed}) % 16 > 0 OR NOT getvariable('vague') AS \"list:{word}\""
        for seed, word in ((1, "standards"), (2, "prizes"), (3, "pilots"))
    )
    among = {
        "standards": (
            "< 2",
            f'{_one_of(10, tuple(LED))} AS "field:level", {_one_of(11, ("lead", "join"))} AS "field:role", '
            + _days("published"),
        ),
        "prizes": ("= 2", f'{_one_of(12, tuple(PRIZES))} AS "field:prize", {_days("awarded")}'),
        "pilots": ("= 3", f'{_known(13, "drawn(range, 14) % 2 = 0")} AS "field:passed", {_days("evaluated")}'),
    }
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO drawn(number, seed) AS hash(number * 1009 + seed)")
        connection.execute("SET threads = 2; SET memory_limit = '800MB'; SET enable_progress_bar = false")
        connection.execute(f"SET VARIABLE vague = {vague}")
        connection.execute(
            f"""COPY (SELECT range AS profile, 'enterprise' AS kind, '甲省' AS place, {lists},
            {_known(4, "drawn(range, 5) % 2 = 0")} AS "fact:system", {figures}, FALSE AS "members:complete"
            FROM range({number})) TO '{folder}/profiles.parquet' (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})"""
        )
        for word, (test, fields) in among.items():
            connection.execute(
                f"""COPY (SELECT range // {_ITEMS} AS profile, CAST(range % {_ITEMS} + 1 AS INTEGER) AS item, {fields}
                FROM range({number * _ITEMS})
                WHERE range % {_ITEMS} < drawn(range // {_ITEMS}, 30) % {_ITEMS + 1} AND drawn(range, 31) % 4 {test})
                TO '{folder}/items_{word}.parquet' (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP})"""
            )
