"""Text files a piece at a time: plain lines, each after the number of its row, in a file that DuckDB reads.

Every line of the file passes through here once, but none of its cells is looked at: a line is handed on as it is, or
left to the reader of rows. Numbers stand in the piece, so nothing depends on the order in which it is read back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from evaluator.batch.columnar.slices import AT, Numbers
from evaluator.batch.tables import MAX_LINE, literal, refused

LONGEST: Final = MAX_LINE + 64
SEPARATOR: Final = "\x01"
"""What stands between number and line where lines have no cells."""
_COMMON: Final = f"auto_detect = false, header = false, max_line_size = {LONGEST}"


class Lines:
    """The lines of a file as UTF-8, each with its end. Its encoding is that, or GB18030: neither hides a line end."""

    def __init__(self, path: Path, encoding: str | None) -> None:
        self.path, self.encoding = path, encoding
        self._handle = path.open("rb")

    def next(self) -> bytes:
        """The next line, empty at the end. Raises RuleError where it is longer than anybody would write."""
        raw = self._handle.readline(MAX_LINE + 1)
        if len(raw) > MAX_LINE:
            raise refused(self.path, "too-large", f"a line is longer than {MAX_LINE // 1024 // 1024} MiB")
        return raw.decode("gb18030").encode("utf-8") if self.encoding == "gb18030" else raw

    def tell(self) -> int:
        """The byte at which the next line begins."""
        return self._handle.tell()

    def seek(self, offset: int) -> None:
        """Let the next line begin at that byte."""
        self._handle.seek(offset)

    def close(self) -> None:
        """Nothing more is read."""
        self._handle.close()


class Piece:
    """The plain lines of a slice in a file, and at which line of the whole file each row stands."""

    def __init__(self, path: Path, separator: str) -> None:
        self.path, self.separator = path, separator.encode("ascii")
        self.size = 0
        self._from: list[int] = []
        self._lines: list[int] = []

    def write(self, handle: BinaryIO, number: int, line: int, raw: bytes) -> None:
        """Add the row of that number, which stands at `line`."""
        if not self._lines or self._lines[-1] != line - number:
            self._from.append(number)
            self._lines.append(line - number)
        self.size += 1
        handle.write(b"%d%b%b\n" % (number, self.separator, raw))

    def lines(self, numbers: Numbers) -> Iterator[tuple[int, int, bytes]]:
        """Some of its rows, given in order: number, line of the file, and the line itself."""
        with self.path.open("rb") as handle:
            wanted = iter(numbers)
            number = next(wanted, None)
            for raw in handle:
                if number is None:
                    return
                if raw.startswith(b"%d%b" % (number, self.separator)):
                    line = number + self._lines[bisect_right(self._from, number) - 1]
                    yield number, line, raw.partition(self.separator)[2]
                    number = next(wanted, None)


def ended(raw: bytes) -> bytes:
    """A line without its end."""
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def read_lines(path: Path) -> str:
    """A table function that reads a piece as lines (`line`) with their numbers."""
    options = f"{_COMMON}, delim = '{SEPARATOR}', quote = '', escape = ''"
    return f"read_csv({literal(str(path))}, {options}, columns = {{'{AT}': 'BIGINT', 'line': 'VARCHAR'}})"


def read_cells(path: Path, columns: int, delimiter: str) -> str:
    """A table function that reads a piece as cells (`r0`, `r1`, …) with their numbers."""
    options = f"{_COMMON}, delim = {literal(delimiter)}, quote = '\"', escape = '\"'"
    names = ", ".join([f"'{AT}': 'BIGINT'", *(f"'r{index}': 'VARCHAR'" for index in range(columns))])
    return f"read_csv({literal(str(path))}, {options}, columns = {{{names}}})"
