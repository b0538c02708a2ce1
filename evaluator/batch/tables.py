"""Files to rows: CSV, spreadsheets, Parquet and JSON lines, read one row after another, so of any size.

In: a path. Out: a `Table` whose rows carry their number (from 1, without the heading) and their line in the file (the
row of the sheet). Encodings are found out and told, never guessed in silence; limits keep a hostile file from filling
the memory.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from evaluator.audit.encoding import reads_as_chinese
from evaluator.batch.cells import BLANKS, CellProblem, from_json, from_typed
from evaluator.batch.extras import need
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.record import record

CSV, PARQUET, LINES, SHEETS = (".csv", ".tsv"), (".parquet",), (".jsonl", ".ndjson"), (".xlsx", ".xlsm")
SUFFIXES: Final = (*CSV, *PARQUET, *LINES, *SHEETS)
MAX_CELL: Final = 1024 * 1024
MAX_LINE: Final = 4 * 1024 * 1024
MAX_COLUMNS: Final = 4_000
MAX_UNPACKED: Final = 2 * 1024**3
"""Bytes of a spreadsheet when unpacked."""
CHUNK: Final = 1024 * 1024


@record
class Row:
    """One row: `cells` by place (None is empty), or the mapping of a JSON line; or why it cannot be read."""

    number: int
    line: int
    cells: Sequence[object] | Mapping[str, object]
    problem: CellProblem | None = None


@record
class Table:
    """A file as rows. `headings` is empty where each row names its own (JSON lines).

    `texts`: cells are texts still to be read, not typed values. `format` and `encoding` are told in the manifest.
    `files` are several where a table is in parts; `ignored` columns are not read.
    """

    path: Path
    headings: tuple[str, ...]
    texts: bool
    format: str
    encoding: str | None
    rows: Callable[[], Iterator[Row]]
    parts: tuple[Path, ...] = ()
    ignored: frozenset[str] = frozenset()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold its rows, in their order."""
        return self.parts or (self.path,)


def open_table(path: Path, *, sheet: str | None = None, ignore: Collection[str] = ()) -> Table:
    """The table of a file, by its suffix. Raises RuleError when it cannot be read as what its name says.

    Columns to `ignore` need not be readable where columns are read apart.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise refused(path, "unreadable", "there is no such file", "check the path")
    if sheet is not None and suffix not in SHEETS:
        raise refused(path, "sheet", "only a spreadsheet has sheets", "leave `--sheet` out")
    if suffix in CSV:
        return _open_csv(path, delimiter_of(path))
    if suffix in PARQUET:
        from evaluator.batch.parquet import open_parquet

        return open_parquet(path, ignore)
    if suffix in LINES:
        return Table(
            path=path, headings=(), texts=False, format="json-lines", encoding="utf-8", rows=lambda: _lines(path)
        )
    if suffix in SHEETS:
        return _open_sheet(path, sheet)
    message = f"`{suffix or path.name}` is no kind of table that can be read"
    raise refused(path, "format", message, "give " + ", ".join(f"`{known}`" for known in SUFFIXES))


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def refused(path: Path, code: str, message: str, help: str | None = None, line: int | None = None) -> RuleError:
    """A table that cannot be read, or not beyond that line."""
    where = str(path) if line is None else f"{path}:{line}"
    return RuleError([Diagnostic(code, message, where=where, help=help)])


def headings_of(path: Path, found: Sequence[object]) -> tuple[str, ...]:
    """The headings of a table as columns are named by them. Raises RuleError where there are too many or none."""
    if len(found) > MAX_COLUMNS:
        raise refused(path, "too-large", f"the table has more than {MAX_COLUMNS} columns")
    names = tuple("" if name is None else str(name).strip(BLANKS) for name in found)
    if not any(names):
        raise refused(path, "heading", "the first row names no column", "write the names of the facts there")
    return names


# ------------------------------------------------------------------ CSV


def encoding_of(path: Path) -> str:
    """`utf-8`, `utf-8-sig` or `gb18030`, after reading the whole file as that. Raises RuleError for anything else."""
    with path.open("rb") as handle:
        start = handle.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start:
            raise refused(path, "unknown-encoding", "the text is in UTF-16 or UTF-32", "save it as UTF-8")
        broken = _breaks(path, "utf-8")
        if broken is None:
            return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"
        if start.startswith(codecs.BOM_UTF8) or _breaks(path, "gb18030") is not None:
            message = f"the text breaks as UTF-8 at byte {broken} and as GB18030"
            raise refused(path, "unknown-encoding", message, "save it as UTF-8 or GB18030")
        handle.seek(0)
        sample = codecs.getincrementaldecoder("gb18030")().decode(handle.read(CHUNK))
        if not reads_as_chinese(sample):
            message = f"the text breaks as UTF-8 at byte {broken} and is no Chinese as GB18030"
            raise refused(path, "unknown-encoding", message, "save it as UTF-8 or GB18030")
        return "gb18030"


def _breaks(path: Path, encoding: str) -> int | None:
    """The byte from which the file is not in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as handle:
        while True:
            chunk = handle.read(CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return max(done + error.start, 0)
            if not chunk:
                return None
            done += len(chunk)


def _open_csv(path: Path, delimiter: str) -> Table:
    encoding = encoding_of(path)
    first = next(_records(path, encoding, delimiter), None)
    if first is None:
        raise refused(path, "heading", "the file is empty", "write the names of the facts in its first line")
    headings = headings_of(path, first[1])

    def rows() -> Iterator[Row]:
        found = _records(path, encoding, delimiter)
        next(found)
        for number, (line, cells) in enumerate((entry for entry in found if entry[1]), start=1):
            yield csv_row(number, line, cells, len(headings))

    return Table(path=path, headings=headings, texts=True, format="csv", encoding=encoding, rows=rows)


def delimiter_of(path: Path) -> str:
    """What stands between the cells of a CSV file, by its suffix."""
    return "\t" if path.suffix.lower() == ".tsv" else ","


def csv_row(number: int, line: int, cells: Sequence[str], headings: int) -> Row:
    """A record as a row, under a heading of so many cells."""
    problem = None
    if len(cells) != headings:
        message = f"the row has {len(cells)} cells, and the heading has {headings}"
        problem = CellProblem("cells", message, "put a cell that holds a comma in double quotes")
    return Row(number=number, line=line, cells=cells, problem=problem)


def broken_csv(path: Path, line: int, error: csv.Error) -> RuleError:
    """A table that cannot be read on from that line."""
    help = "write a quote inside a quoted cell twice, and close every quote"
    return refused(path, "csv", f"the table breaks off: {error}", help, line)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each record; an empty line is none."""
    limit = csv.field_size_limit(MAX_CELL)
    known = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=known, newline="") as handle:
            reader = csv.reader(handle, delimiter=delimiter, strict=True)
            line = 1
            try:
                for cells in reader:
                    yield line, cells
                    line = reader.line_num + 1
            except csv.Error as error:
                raise broken_csv(path, line, error) from error
    finally:
        csv.field_size_limit(limit)


# ------------------------------------------------------------------ JSON lines


def _lines(path: Path) -> Iterator[Row]:
    number = line = 0
    with path.open("rb") as handle:
        while True:
            raw = handle.readline(MAX_LINE + 1)
            if not raw:
                return
            line += 1
            if len(raw) > MAX_LINE:
                raise refused(path, "too-large", f"a line is longer than {MAX_LINE // 1024 // 1024} MiB", None, line)
            if not raw.strip():
                continue
            number += 1
            yield json_row(number, line, raw)


def json_row(number: int, line: int, raw: bytes) -> Row:
    """One line of JSON as a row."""
    try:
        found = from_json(raw.decode("utf-8-sig" if line == 1 else "utf-8"))
        if not isinstance(found, dict):
            raise CellProblem("shape", "the line holds no mapping", 'write `{"kind": …, …}`')
    except UnicodeDecodeError:
        return Row(number=number, line=line, cells={}, problem=CellProblem("encoding", "the line is not UTF-8"))
    except CellProblem as problem:
        return Row(number=number, line=line, cells={}, problem=problem)
    return Row(number=number, line=line, cells=found)


# ------------------------------------------------------------------ spreadsheets


def _open_sheet(path: Path, sheet: str | None) -> Table:
    need("openpyxl")
    name = _sheet_name(path, sheet)
    first = next(_sheet_rows(path, name), None)
    headings = headings_of(path, () if first is None else first[1])

    def rows() -> Iterator[Row]:
        found = _sheet_rows(path, name)
        next(found)
        number = 0
        for line, cells, problem in found:
            if problem is None and all(cell is None for cell in cells):
                continue
            number += 1
            padded = [*cells, *[None] * (len(headings) - len(cells))]
            if len(padded) > len(headings) and any(cell is not None for cell in padded[len(headings) :]):
                problem = problem or CellProblem("cells", "a cell stands right of the last heading")
            yield Row(number=number, line=line, cells=padded[: len(headings)], problem=problem)

    return Table(path=path, headings=headings, texts=False, format="spreadsheet", encoding=None, rows=rows)


def _sheet_name(path: Path, sheet: str | None) -> str:
    from zipfile import BadZipFile, ZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise refused(path, "too-large", "the spreadsheet unpacks to more than 2 GiB", "save it as CSV")
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise refused(path, "format", "the file is no spreadsheet", "save it as .xlsx") from error
    names = [str(name) for name in book.sheetnames]
    book.close()
    if sheet is not None and sheet not in names:
        raise refused(path, "sheet", f"there is no sheet `{sheet}`", did_you_mean(sheet, names))
    return sheet or names[0]


def _sheet_rows(path: Path, sheet: str) -> Iterator[tuple[int, list[object], CellProblem | None]]:
    """Row of the sheet and cells; formulas are read by the value saved with them, and refused without one."""
    from openpyxl import load_workbook

    values = load_workbook(path, read_only=True, data_only=True)
    formulas = load_workbook(path, read_only=True, data_only=False)
    try:
        pairs = zip(values[sheet].iter_rows(), formulas[sheet].iter_rows(), strict=True)
        for line, (cells, sources) in enumerate(pairs, start=1):
            found: list[object] = []
            problem = None
            for cell, source in zip(cells, sources, strict=True):
                try:
                    found.append(_sheet_cell(cell, source))
                except CellProblem as error:
                    found.append(None)
                    problem = problem or error
            yield line, found, problem
    finally:
        values.close()
        formulas.close()


def _sheet_cell(cell: Any, source: Any) -> object:  # openpyxl has no types
    value = cell.value
    if value is None:
        if source.data_type == "f":
            message = f"the formula in {source.coordinate} was saved without its value"
            raise CellProblem(
                "formula", message, "open the file in a spreadsheet program and save it, or write the value"
            )
        return None
    if cell.data_type == "e":
        raise CellProblem("value", f"{cell.coordinate} holds the error `{value}`")
    found = from_typed(value)
    if isinstance(found, int | Decimal) and not isinstance(found, bool) and "%" in str(cell.number_format or ""):
        return f"{Decimal(found) * 100:f}%"  # shown as a percentage, stored as a hundredth of it
    return found
