"""Text laid out for a terminal: display widths, wrapping and columns that stay straight under CJK text.

In: texts and a width in terminal cells. Out: lines. A Chinese character fills two cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import category, east_asian_width

from evaluator.record import row

GAP = 2
TIGHTEST = 6
_CLOSING = frozenset("，。、；：？！）》”’】)],.;:?!%")
_OPENING = frozenset("（《“‘【([")


def width(text: str) -> int:
    """How many terminal cells `text` fills (as wcwidth counts, which is slow to import)."""
    if text.isascii():
        return len(text)
    cells = 0
    for char in text:
        if category(char) in ("Mn", "Me", "Cf"):
            continue
        cells += 2 if east_asian_width(char) in ("W", "F") else 1
    return cells


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """`text` filled up with blanks to `cells`."""
    blanks = " " * max(cells - width(text), 0)
    return blanks + text if right else text + blanks


def wrap(text: str, cells: int) -> list[str]:
    """Lines of at most `cells`: broken at blanks and between Chinese characters, never before a closing mark."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
        while width(line.rstrip()) > cells:  # one word longer than the line
            cut = _fitting(line, cells)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def indented(text: str, cells: int, first: str = "", rest: str | None = None) -> list[str]:
    """`text` wrapped to `cells`, the first line after `first`, the others after `rest` (default: blanks)."""
    after = " " * width(first) if rest is None else rest
    lines = wrap(text, max(cells - max(width(first), width(after)), 10))
    return [(first if index == 0 else after) + line for index, line in enumerate(lines)]


def _pieces(text: str) -> list[str]:
    """What must not be broken: words with the blank after them, and wide characters with the marks around them."""
    pieces: list[str] = []
    for char in text:
        last = pieces[-1][-1] if pieces else ""
        in_word = bool(last) and last != " " and not _is_wide(char) and not _is_wide(last)
        if last and (char in _CLOSING or char == " " or last in _OPENING or in_word):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _is_wide(char: str) -> bool:
    return east_asian_width(char) in ("W", "F")


def _fitting(text: str, cells: int) -> int:
    """How many characters of `text` fit, at least one."""
    used = 0
    for index, char in enumerate(text):
        used += width(char)
        if used > cells:
            return max(index, 1)
    return len(text)


@row
class Column:
    """A column: its heading, `right` for numbers, `flexible` to give way when the terminal is narrow."""

    heading: str
    right: bool = False
    flexible: bool = False
    least: int = 8


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], cells: int, *, rule_above: int = 0) -> list[str]:
    """The rows under their headings, within `cells` where the flexible columns can give way that far.

    A line is drawn under the headings, and above the last `rule_above` rows.
    """
    widths = [
        max([width(column.heading), *(width(row[index]) for row in rows)]) for index, column in enumerate(columns)
    ]
    for least in ([column.least for column in columns], [TIGHTEST] * len(columns)):
        _shrink(widths, columns, least, cells)
    lines = _row([column.heading for column in columns], columns, widths)
    ruler = "─" * (sum(widths) + GAP * (len(columns) - 1))
    lines.append(ruler)
    for index, entry in enumerate(rows):
        if rule_above and index == len(rows) - rule_above:
            lines.append(ruler)
        lines.extend(_row(entry, columns, widths))
    return lines


def _shrink(widths: list[int], columns: Sequence[Column], least: Sequence[int], cells: int) -> None:
    """Take cells from the widest flexible column until all fit, or each is down to its least."""
    over = sum(widths) + GAP * (len(columns) - 1) - cells
    while over > 0:
        shrinkable = [index for index, column in enumerate(columns) if column.flexible and widths[index] > least[index]]
        if not shrinkable:
            return
        widest = max(shrinkable, key=lambda index: widths[index])
        widths[widest] -= 1
        over -= 1


def _row(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> list[str]:
    wrapped = [wrap(text, cells) for text, cells in zip(row, widths, strict=True)]
    lines = []
    for index in range(max(len(parts) for parts in wrapped)):
        parts = [
            pad(cell[index] if index < len(cell) else "", cells, right=column.right)
            for cell, column, cells in zip(wrapped, columns, widths, strict=True)
        ]
        lines.append((" " * GAP).join(parts).rstrip())
    return lines
