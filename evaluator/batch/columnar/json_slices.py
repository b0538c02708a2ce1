"""JSON lines slice by slice: DuckDB reads flat objects whose keys it knows, Python all others.

Each line names its own columns, so how they are read is planned anew when a slice brings a key that none before had.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.batch.columnar.lines import SEPARATOR, Lines, Piece, ended, read_lines
from evaluator.batch.columnar.lists import UNSAFE
from evaluator.batch.columnar.plan import Given
from evaluator.batch.columnar.slices import AT, Slice
from evaluator.batch.columnar.wording import Wording, every
from evaluator.batch.columns import Column, Columns, meaning
from evaluator.batch.store import literal
from evaluator.batch.tables import MAX_COLUMNS, Row, json_row

if TYPE_CHECKING:
    import duckdb


class JsonSlices:
    """Takes a file of JSON lines slice by slice. `given` is how the columns known by now are read."""

    def __init__(
        self, database: duckdb.DuckDBPyConnection, path: Path, columns: Columns, wording: Wording, folder: Path
    ) -> None:
        self.database, self.columns, self.w, self.path, self.folder = database, columns, wording, path, folder
        self.lines = Lines(path, None)
        self._number = self._line = 1
        self.known: dict[str, Column] = {}
        """The keys that are read, with what they are."""
        self._seen: set[str] = set()
        self._named: set[object] = set()
        self.given = self._given()

    def take(self, size: int) -> Slice | None:
        """As the protocol says: so many lines, those without anything left out."""
        first = self._number
        piece = Piece(self.folder / "piece.jsonl", SEPARATOR)
        aside: dict[int, Row] = {}
        with piece.path.open("wb") as handle:
            for _ in range(size):
                raw = self.lines.next()
                if not raw:
                    break
                if raw.strip():
                    if self._can_be_shown(raw):
                        piece.write(handle, self._number, self._line, ended(raw))
                    else:
                        aside[self._number] = json_row(self._number, self._line, raw)
                    self._number += 1
                self._line += 1
        count = self._number - first
        if not count and not raw:
            return None
        return Slice(
            first=first,
            count=count,
            relation=self._relation(piece.path) if piece.size else None,
            size=piece.size,
            aside=aside,
            rows=lambda numbers: (json_row(*place) for place in piece.lines(numbers)),
        )

    def _can_be_shown(self, raw: bytes) -> bool:
        """Whether DuckDB reads the line as one text, and as UTF-8 without a mark."""
        if b"\r" in ended(raw) or b"\0" in raw or b"\x01" in raw or (self._line == 1 and raw[:3] == b"\xef\xbb\xbf"):
            return False
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def skip(self, read: int, place: Sequence[int]) -> None:
        """As the protocol says."""
        self._number, self._line, offset = place
        self.lines.seek(offset)

    def where(self) -> tuple[int, ...]:
        """As the protocol says: number and line of the next row, and its byte."""
        return self._number, self._line, self.lines.tell()

    def close(self) -> None:
        """As the protocol says."""
        self.lines.close()

    def _relation(self, path: Path) -> str:
        """The rows of a piece with a column for every key that is known by now."""
        source = f"SELECT {AT}, line, text, CASE WHEN json_valid(text) THEN text END AS j FROM {read_lines(path)}"
        self._learn(source)
        shape = literal(json.dumps(dict.fromkeys(self.known, "JSON"), ensure_ascii=False))
        cells = "".join(f", CAST(t.{self.w.name(key)} AS VARCHAR) AS r{i}" for i, key in enumerate(self.known))
        parsed = f"SELECT *, from_json(j, {shape}) AS t FROM ({source})" if self.known else source
        return f"SELECT {AT}, line, text, json_keys(j) AS k{cells} FROM ({parsed})"

    def _learn(self, source: str) -> None:
        """The keys of a piece, each that names something not named yet in another way."""
        found = self.database.execute(
            f"SELECT DISTINCT unnest(json_keys(j)) AS k FROM ({source}) ORDER BY k LIMIT {MAX_COLUMNS}"
        ).fetchall()
        for (key,) in found:
            column = None if key in self._seen else self.columns.find(key, str(self.path))
            self._seen.add(key)
            if not isinstance(column, Column) or len(self.known) >= MAX_COLUMNS or "\0" in key:
                continue
            names = {f"key {key.casefold()}", meaning(column)} - {None}  # structs of DuckDB know no upper case
            if not names & self._named:
                self.known[key] = column
                self._named |= names
        if len(self.known) != len(self.given.columns):
            self.given = self._given()

    def _given(self) -> Given:
        """How the columns known by now are given."""
        keys = ", ".join(map(literal, self.known))
        tests = [
            "k IS NOT NULL",
            "ltrim(text, ' \t\r') LIKE '{%'",
            f"NOT {self.w.holds('text', UNSAFE)}",
            f"list_has_all([{keys}], k)" if keys else "len(k) = 0",
            "len(k) = len(list_distinct(k))",
        ]
        return Given(
            columns=tuple(self.known.values()), form="json", shapes=(None,) * len(self.known), test=every(tests)
        )
