"""Text files a piece at a time: plain lines, each after its numbers, in a file that DuckDB reads.

Every line of the file passes through here once, but none of its cells is looked at: a line is handed on as it is, or
left to the reader of rows. Numbers stand in the piece, so nothing depends on the order in which it is read back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from evaluator.batch.columnar.slices import AT, Numbers
from evaluator.batch.tables import MAX_LINE, literal, refused

LONGEST: Final = MAX_LINE + 64
SEPARATOR: Final = "\x01"
"""What stands between number and line where lines have no cells."""
_NUMBERS: Final = f"'{AT}': 'BIGINT', 'line': 'BIGINT'"
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
    """The plain lines of a slice in a file, each after the number of its row and its line in the whole file."""

    def __init__(self, path: Path, separator: str) -> None:
        self.path, self.separator = path, separator.encode("ascii")
        self.size = 0

    def write(self, handle: BinaryIO, number: int, line: int, raw: bytes) -> None:
        """Add the row of that number, which stands at `line`."""
        self.size += 1
        handle.write(b"%d%b%d%b%b\n" % (number, self.separator, line, self.separator, raw))

    def lines(self, numbers: Numbers) -> Iterator[tuple[int, int, bytes]]:
        """Some of its rows, given in order: number, line of the file, and the line itself."""
        with self.path.open("rb") as handle:
            for number in numbers:
                begin = b"%d%b" % (number, self.separator)
                _, line, text = next(raw for raw in handle if raw.startswith(begin)).split(self.separator, 2)
                yield number, int(line), text


def ended(raw: bytes) -> bytes:
    """A line without its end."""
    return raw.removesuffix(b"\n").removesuffix(b"\r")


def read_lines(path: Path) -> str:
    """A table function that reads a piece as lines (`text`) with their numbers."""
    options = f"{_COMMON}, delim = '{SEPARATOR}', quote = '', escape = ''"
    return f"read_csv({literal(str(path))}, {options}, columns = {{{_NUMBERS}, 'text': 'VARCHAR'}})"


def read_cells(path: Path, columns: int, delimiter: str) -> str:
    """A table function that reads a piece as cells (`r0`, `r1`, …) with their numbers."""
    options = f"{_COMMON}, delim = {literal(delimiter)}, quote = '\"', escape = '\"'"
    names = ", ".join([_NUMBERS, *(f"'r{index}': 'VARCHAR'" for index in range(columns))])
    return f"read_csv({literal(str(path))}, {options}, columns = {{{names}}})"
