"""The wide layout of findings holds what the long one holds, and all its files have the same columns."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from evaluator.batch.workspace import Workspace
from tests.batch.batches import HEADINGS, answered, read, write_csv

PLACES = ["甲省/乙市", "甲省/乙市", "甲省", "庚省/辛市"]


def some_table(path: Path, rows: int = 60) -> Path:
    """Profiles of two kinds at several places; those of one place come last, in a partition of their own."""
    rng = random.Random(4)
    places = sorted((rng.choice(PLACES) for _ in range(rows)), key=PLACES.index)
    cells = [
        [
            rng.choice(["enterprise", "enterprise", "association"]),
            f"企业{number}",
            place,
            "",
            rng.choice(["", "120.5", "12345678901234567.1"]),
            "",
            "",
        ]
        for number, place in enumerate(places)
    ]
    return write_csv(path, HEADINGS, cells)


def unpivoted(out: Path) -> set[tuple[object, ...]]:
    """The findings of wide files as rows of long ones, without looking at names of columns before all are there."""
    with duckdb.connect() as connection:
        result = connection.execute(f"SELECT * FROM read_parquet('{out}/findings/*.parquet')")
        names = [entry[0] for entry in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    found: set[tuple[object, ...]] = set()
    for row in rows:
        for name, outcome in row.items():
            id, _, part = name.rpartition(":")
            if part == "outcome" and outcome is not None:
                rule, _, entry = id.partition("#")
                rest = (row.get(f"{id}:{part}") for part in ("breach", "stated", "guaranteed", "potential"))
                found.add((row["row"], rule, entry, outcome, *rest))
    return found


@pytest.mark.parametrize("engine", ["compiled", "duckdb"])
def test_wide_findings_are_long_ones_side_by_side(tmp_path: Path, engine: str) -> None:
    table = some_table(tmp_path / "t.csv")
    long = answered(table, tmp_path / "long", engine=engine, partition_rows=20).manifest
    wide = answered(table, tmp_path / "wide", engine=engine, partition_rows=20, findings="wide").manifest
    assert wide["digest"] == long["digest"]
    assert wide["counts"] == long["counts"]
    assert unpivoted(tmp_path / "wide") == set(read(tmp_path / "long", "findings"))
    for name in ("profiles", "outcomes"):
        assert read(tmp_path / "wide", name) == read(tmp_path / "long", name)
    assert {len(columns) for columns in columns_of_files(tmp_path / "wide")} != {1}
    assert len(set(columns_of_files(tmp_path / "wide"))) == 1


def columns_of_files(out: Path) -> list[tuple[str, ...]]:
    """The columns of each file of findings."""
    with duckdb.connect() as connection:
        return [
            tuple(connection.sql(f"SELECT * FROM read_parquet('{path}')").columns)
            for path in sorted((out / "findings").glob("*.parquet"))
        ]


def test_a_stopped_run_of_wide_findings_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = some_table(tmp_path / "t.csv")
    whole = answered(table, tmp_path / "whole", engine="duckdb", partition_rows=20, findings="wide").manifest
    before = Workspace.replace_files

    def broken_off(self: Workspace, *arguments: object) -> None:
        before(self, *arguments)  # type: ignore[arg-type]  # as it was called
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "replace_files", broken_off)
        with pytest.raises(KeyboardInterrupt):
            answered(table, tmp_path / "out", engine="duckdb", partition_rows=20, findings="wide")
    result = answered(table, tmp_path / "out", engine="duckdb", partition_rows=20, findings="wide")
    assert result.resumed == 3
    assert result.manifest["digest"] == whole["digest"]
    assert unpivoted(tmp_path / "out") == unpivoted(tmp_path / "whole")
