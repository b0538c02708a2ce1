"""A population as a spreadsheet and as CSV; no cell of either can become a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from evaluator.batch.population import Summary
from evaluator.report.phrases import Lang
from evaluator.report.population_text import title_of
from evaluator.report.population_words import word

if TYPE_CHECKING:
    from evaluator.rulebook.model import Rulebook

Cell: TypeAlias = "str | int | Decimal | None"
STARTERS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet program may take for the beginning of a formula."""
MOST_REJECTED: Final = 100_000
REJECTED: Final = ("table", "row", "line", "column", "code", "reason", "help")
_WIDEST: Final = 60


def harmless(text: str) -> str:
    """A text for a CSV file that spreadsheet programs open: an apostrophe keeps it a text."""
    return f"'{text}" if text.lstrip(" ").startswith(STARTERS) or text.startswith(STARTERS) else text


def write_rejected(path: Path, rows: Iterable[Sequence[Cell]]) -> None:
    """The rows set aside as CSV, in UTF-8 with the mark by which spreadsheet programs know it."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(REJECTED)
        writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def write_workbook(
    path: Path, summary: Summary, rejected: Iterable[Sequence[Cell]], counts: Sequence[Sequence[Cell]],
    rulebook: Rulebook, lang: Lang,
) -> None:  # fmt: skip
    """The report as a spreadsheet: a sheet for each table, the last for the rows set aside."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _sheet(book, word("sheet.summary", lang), ("", ""), counts)
    _sheet(book, word("sheet.rules", lang), _heads(_RULES, lang), _rules(summary, rulebook, lang))
    for heading, entries in summary.groups.items():
        if heading:
            name = word("place", lang) if heading == "place" else word("by", lang).format(heading=heading)
            rows = [
                (g.group, g.profiles, g.entitled, g.undetermined, g.guaranteed, g.potential, g.unbounded)
                for g in (*entries, *summary.groups[""])
            ]
            rows[-1] = (word("whole", lang), *rows[-1][1:])
            _sheet(book, name, _heads(_GROUPS, lang), rows)
    if summary.budgets:
        budgets = [
            (
                title_of(b.name, rulebook, lang),
                b.name,
                b.budget,
                b.guaranteed,
                b.potential,
                b.unbounded,
                word(b.verdict, lang),
            )
            for b in summary.budgets
        ]
        _sheet(book, word("sheet.budgets", lang), _heads(_BUDGETS, lang), budgets)
    absent = [(entry.fact, entry.profiles, entry.open, entry.unbounded, entry.unstated) for entry in summary.absent]
    _sheet(book, word("sheet.missing", lang), _heads(_MISSING, lang), absent)
    _sheet(book, word("sheet.rejected", lang), _heads(REJECTED, lang), rejected)
    book.save(path)


_RULES: Final = (
    "rule", "id", "entry", "satisfied", "undetermined", "not_satisfied", "not_due", "breaches", "guaranteed",
    "potential", "unbounded",
)  # fmt: skip
_GROUPS: Final = ("group", "profiles", "entitled", "undetermined", "guaranteed", "potential", "unbounded")
_BUDGETS: Final = ("rule", "id", "budget", "guaranteed", "potential", "unbounded", "verdict")
_MISSING: Final = ("fact", "profiles", "open", "unbounded", "unstated")


def _heads(keys: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return tuple(word(f"col.{key}", lang) for key in keys)


def _rules(summary: Summary, rulebook: Rulebook, lang: Lang) -> Iterator[Sequence[Cell]]:
    for e in summary.rules:
        outcomes = (e.satisfied, e.undetermined, e.not_satisfied, e.not_due, e.breaches)
        paid = (e.guaranteed, e.potential, e.unbounded) if e.stated else (None, None, None)
        yield title_of(e.rule, rulebook, lang), e.rule, e.entry, *outcomes, *paid


def _sheet(book: Any, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:  # no types there
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_sheet_name(name, book.sheetnames))
    kept = [list(row) for row in rows]
    for index in range(len(headings)):
        longest = max((_cells(row[index]) for row in [headings, *kept[:200]] if index < len(row)), default=8)
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(max(longest + 2, 8), _WIDEST)
    if any(headings):
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, heading, Font(bold=True)) for heading in headings])
    for row in kept:
        sheet.append([_cell(sheet, value, None) for value in row])


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name that a spreadsheet accepts: short, without its special signs, and not given before."""
    short = "".join(" " if char in r"[]:*?/\'" or not char.isprintable() else char for char in name).strip()[:28] or "?"
    number, found = 2, short
    while found.lower() in (other.lower() for other in taken):
        found, number = f"{short[:25]} {number}", number + 1
    return found


def _cells(value: Cell) -> int:
    from evaluator.report.table import width

    return 0 if value is None else width(f"{value:,}") if isinstance(value, Decimal) else width(str(value))


def _cell(sheet: Any, value: Cell, font: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
        cell.value = text
        cell.data_type = "s"  # and never "f", whatever it begins with
        cell.quotePrefix = text.startswith(STARTERS)
        if _cells(text) > _WIDEST:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value
        if isinstance(value, Decimal):
            cell.number_format = "#,##0.00"
        elif isinstance(value, int):
            cell.number_format = "#,##0"
    if font is not None:
        cell.font = font
    return cell
