"""Where text comes from: a named `Source` and a `Span` of it.

In: a name and the whole text. Out: positions that people can find (line, column) and the line itself.
Imports nothing of ours.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, eq=False)
class Source:
    """A text with a name (a path as the user gave it, or `<expression>`)."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        starts.extend(index + 1 for index, char in enumerate(self.text) if char == "\n")
        return starts

    def line_of(self, offset: int) -> int:
        """The 1-based line in which the character `offset` stands."""
        return bisect_right(self._line_starts, offset)

    def line_text(self, line: int) -> str:
        """The text of the 1-based `line`, without its line end."""
        start = self._line_starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

    def line_start(self, line: int) -> int:
        """The offset of the first character of the 1-based `line`."""
        return self._line_starts[line - 1]


@dataclass(frozen=True, slots=True)
class Span:
    """The characters `start` (inclusive) to `end` (exclusive) of a source."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """1-based line of the first character."""
        return self.source.line_of(self.start)

    @property
    def column(self) -> int:
        """1-based column of the first character, counted in characters."""
        return self.start - self.source.line_start(self.line) + 1

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"
