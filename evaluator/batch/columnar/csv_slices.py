"""A CSV file slice by slice: DuckDB reads the lines that any reader of CSV takes alike, Python the others.

A plain line is a whole record: as many cells as the heading has, each without a quote or wholly within quotes. Every
other line (a cell over several lines, a missing cell, nothing at all) begins a record that Python reads from there, so
that numbers of rows, lines and reasons are those of `evaluator.batch.tables`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from evaluator.batch.columnar.lines import Lines, Piece, ended, read_cells
from evaluator.batch.columnar.slices import Numbers, Slice
from evaluator.batch.tables import MAX_CELL, Row, Table, broken_csv, csv_row, delimiter_of


class CsvSlices:
    """Takes a CSV file slice by slice; the piece at hand stands in `folder`."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.table, self.folder = table, folder
        self.delimiter, self.headings = delimiter_of(table.path), len(table.headings)
        self.lines = Lines(table.path, table.encoding)
        self._cells = self.delimiter.encode("ascii")
        self._quoted = re.compile(_plain(self.headings, self.delimiter))
        self._number = self._line = 1
        self._after: deque[tuple[int, list[str]]] = deque(
            self._records(self.lines.next().removeprefix(b"\xef\xbb\xbf"))
        )
        self._after.popleft()  # the heading; another record in its line is the first row

    def take(self, size: int) -> Slice | None:
        """As the protocol says: so many lines, and what the last of them begins."""
        first = self._number
        piece = Piece(self.folder / "piece.csv", self.delimiter)
        aside: dict[int, Row] = {}
        while self._after:
            self._aside(*self._after.popleft(), aside)
        with piece.path.open("wb") as handle:
            for _ in range(size):
                raw = self.lines.next()
                if not raw:
                    break
                line = ended(raw)
                if self._is_plain(line):
                    piece.write(handle, self._number, self._line, line)
                    self._number, self._line = self._number + 1, self._line + 1
                else:
                    for began, cells in self._records(raw):
                        self._aside(began, cells, aside)
        count = self._number - first
        if not count and not raw:
            return None
        return Slice(
            first=first,
            count=count,
            relation=f"SELECT * FROM {read_cells(piece.path, self.headings, self.delimiter)}" if piece.size else None,
            size=piece.size,
            aside=aside,
            rows=lambda numbers: self._rows(piece, numbers),
        )

    def skip(self, read: int, place: Sequence[int]) -> None:
        """As the protocol says."""
        self._number, self._line, offset = place
        self._after.clear()
        self.lines.seek(offset)

    def where(self) -> tuple[int, ...]:
        """As the protocol says: number and line of the next row, and its byte."""
        return self._number, self._line, self.lines.tell()

    def close(self) -> None:
        """As the protocol says."""
        self.lines.close()

    # ------------------------------------------------------------------ lines

    def _is_plain(self, line: bytes) -> bool:
        if len(line) > MAX_CELL:
            return False
        if b'"' in line:
            return self._quoted.fullmatch(line) is not None
        return line.count(self._cells) == self.headings - 1 and b"\r" not in line and b"\0" not in line and line != b""

    def _records(self, raw: bytes) -> Iterator[tuple[int, list[str]]]:
        """The records that a line holds or begins: the line of the file where each begins, and its cells."""
        waiting: deque[str] = deque(_split(raw))

        def lines() -> Iterator[str]:
            while True:
                if not waiting:
                    waiting.extend(_split(self.lines.next()))
                if not waiting:
                    return
                yield waiting.popleft()

        start = began = self._line
        limit = csv.field_size_limit(MAX_CELL)
        reader = csv.reader(lines(), delimiter=self.delimiter, strict=True)
        try:
            while waiting:
                cells = next(reader)
                self._line = start + reader.line_num
                yield began, cells
                began = self._line
        except csv.Error as error:
            raise broken_csv(self.table.path, began, error) from error
        finally:
            csv.field_size_limit(limit)

    def _aside(self, line: int, cells: list[str], aside: dict[int, Row]) -> None:
        """Leave a record to Python; an empty line is none."""
        if cells:
            aside[self._number] = csv_row(self._number, line, cells, self.headings)
            self._number += 1

    def _rows(self, piece: Piece, numbers: Numbers) -> Iterator[Row]:
        """Rows that stand in the piece."""
        for number, line, raw in piece.lines(numbers):
            (cells,) = csv.reader(_split(raw), delimiter=self.delimiter, strict=True)
            yield csv_row(number, line, cells, self.headings)


def _split(raw: bytes) -> list[str]:
    """A line as Python's reader of CSV gets it: what `\\r` ends is a line too."""
    return list(io.StringIO(raw.decode("utf-8"), newline=""))


def _plain(cells: int, delimiter: str) -> bytes:
    """A line of so many cells, each without a quote or within quotes."""
    cell = rf'(?:[^"{delimiter}\r\n\0]*+|"[^"\r\n\0]*+(?:""[^"\r\n\0]*+)*+")'
    return rf"{cell}(?:{delimiter}{cell}){{{cells - 1}}}".encode("ascii")
