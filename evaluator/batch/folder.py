"""The input as a whole: one table of profiles, or a folder of it with a table for each list.

In a folder `profiles.csv` (or `主体.csv`, of any readable format) holds the profiles and `标准.csv` the entries of
the list `标准` (its label or id), tied by a column that both have. A list without an entry there is unknown, unless the
cell of that list in the profiles says 无 (known to be empty); 不全 says that there may be more entries than those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from evaluator.batch.cells import BLANKS, from_text
from evaluator.batch.columns import KEYS, Wishes
from evaluator.batch.extras import connect
from evaluator.batch.parquet import open_parquet, parts_of, source
from evaluator.batch.tables import CSV, LINES, PARQUET, SUFFIXES, Row, Table, open_table
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.record import record
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Fact, Field, ListType, TextType

if TYPE_CHECKING:
    pass

MAIN: Final = ("profiles", "主体")
GROUP: Final = 5_000
"""Profiles whose entries are looked up together."""
PROBLEM: Final = "\0problem"
_DECIMAL, _DATE = "\0decimal", "\0date"
Told: TypeAlias = "str | int"


@record
class Child:
    """A table of list entries: what each of its columns is a field of; None is the key or nothing."""

    fact: Fact
    table: Table
    fields: tuple[Field | None, ...]
    key: int


class Population:
    """The tables of one input, with what identifies them."""

    def __init__(self, table: Table, children: Sequence[Child], key: str | None) -> None:
        self.table, self.children, self.key = table, tuple(children), key
        self.tables = (table, *(child.table for child in children))
        self._seen = {path: _status(path) for entry in self.tables for path in entry.files}
        self.files: dict[str, Mapping[str, Told]] = {}
        lines = 0
        for entry in self.tables:
            for path in entry.files:
                told, ends = _scan(path)
                name = path.name if path == entry.path else str(path.relative_to(entry.path))
                self.files[name] = told
                lines = ends if entry is table else lines
        self.estimate = _estimate(table, lines)

    def refuse_change(self) -> None:
        """Raises RuleError when a file is no longer what it was at the beginning."""
        for path, seen in self._seen.items():
            if _status(path) != seen:
                message = "the file changed while it was read"
                raise RuleError([Diagnostic("changed", message, where=str(path), help="run the batch again")])


def key_of(population: Population, row: Row) -> str:
    """The key of a row of profiles, empty when it has none."""
    assert population.key is not None
    if isinstance(row.cells, Mapping):
        return _key_text(row.cells.get(population.key))
    index = population.table.headings.index(population.key)
    return _key_text(row.cells[index]) if index < len(row.cells) else ""


def open_population(path: Path, rulebook: Rulebook, wishes: Wishes, *, sheet: str | None = None) -> Population:
    """The population of a file or folder. Raises RuleError with what is wrong with its shape."""
    if not path.is_dir():
        return Population(open_table(path, sheet=sheet, ignore=wishes.ignore), (), None)
    found = sorted(entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES and entry.is_file())
    mains = [entry for entry in found if entry.stem in MAIN]
    if not mains and all(entry.suffix.lower() in PARQUET for entry in found) and parts_of(path):
        return Population(open_parquet(path, wishes.ignore), (), None)  # one table in parts
    if len(mains) != 1:
        message = f"the folder has {len(mains) or 'no'} table{'s' if len(mains) != 1 else ''} of profiles"
        raise RuleError([Diagnostic("folder", message, where=str(path), help="name it `profiles.csv` or `主体.csv`")])
    table = open_table(mains[0], sheet=sheet, ignore=wishes.ignore)
    key = _find_key(table, wishes)
    children = [_child(entry, rulebook, wishes, key) for entry in found if entry != mains[0]]
    return Population(table, children, key if children else None)


def _find_key(table: Table, wishes: Wishes) -> str:
    if wishes.key is not None or not table.headings:
        return wishes.key or KEYS[0]
    key = next((word for word in KEYS if word in table.headings), None)
    if key is None:
        help = "name it `编号`, or tell it with `--key`"
        message = "no column ties the tables together"
        raise RuleError([Diagnostic("key", message, where=str(table.path), help=help)])
    return key


def _child(path: Path, rulebook: Rulebook, wishes: Wishes, key: str) -> Child:
    where = str(path)
    lists = [fact for fact in rulebook.facts.values() if isinstance(fact.type, ListType)]
    fact = next((fact for fact in lists if path.stem in (fact.id, fact.label.zh)), None)
    if fact is None or not isinstance(fact.type, ListType):
        help = did_you_mean(path.stem, [fact.label.zh for fact in lists])
        raise RuleError([Diagnostic("unknown-fact", f"there is no list `{path.stem}`", None, help, where=where)])
    table = open_table(path, ignore=wishes.ignore)
    if not table.headings:
        raise RuleError([Diagnostic("format", "a child table names its columns", where=where, help="save it as CSV")])
    entry = rulebook.vocabulary.records[fact.type.record]
    problems: list[Diagnostic] = []
    fields: list[Field | None] = []
    for heading in table.headings:
        field = None if heading == key else entry.find(wishes.named.get(heading, heading))
        if field is None and heading and heading != key and heading not in wishes.ignore:
            help = did_you_mean(heading, [known.label.zh for known in entry.fields])
            message = f"`{entry.label.zh}` has no field `{heading}`"
            problems.append(Diagnostic("unknown-field", message, None, help, where=where))
        if field is not None and any(known is not None and known.id == field.id for known in fields):
            message = f"two columns name `{field.label.zh}`"
            problems.append(Diagnostic("duplicate-column", message, where=where))
        fields.append(field)
    if key not in table.headings:
        message = f"the table has no column `{key}`"
        problems.append(Diagnostic("key", message, None, "it ties each entry to its profile", where=where))
    if problems:
        raise RuleError(problems)
    return Child(fact=fact, table=table, fields=tuple(fields), key=table.headings.index(key))


def _scan(path: Path) -> tuple[dict[str, Told], int]:
    """What identifies a file, and how many line ends it has."""
    told, lines, size = hashlib.sha256(), 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(1024 * 1024):
            told.update(chunk)
            lines += chunk.count(b"\n")
            size += len(chunk)
    return {"bytes": size, "sha256": told.hexdigest()}, lines


def _status(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _estimate(table: Table, lines: int) -> int:
    """About how many profiles there are."""
    suffix = table.path.suffix.lower()
    if suffix in CSV:
        return max(lines - 1, 0)
    if suffix in LINES:
        return lines
    if table.format == "parquet":
        with connect() as connection:
            found = connection.execute(f"SELECT count(*) FROM {source(table.files)}").fetchone()
        return int(found[0]) if found is not None else 0
    return sum(1 for _ in table.rows())


def _key_text(raw: object) -> str:
    return "" if raw is None else str(raw).strip(BLANKS).replace("\0", "\ufffd")


# ------------------------------------------------------------------ entries


def child_entry(child: Child, row: Row) -> tuple[str, dict[str, object]]:
    """Key and fields of a row of a child table, or under PROBLEM why its fields cannot be read.

    Raises RuleError for a row of which not even the key can be read.
    """
    cells = row.cells
    assert not isinstance(cells, Mapping)
    if row.problem is not None and len(cells) <= child.key:
        where = f"{child.table.path}:{row.line}"
        raise RuleError([Diagnostic(row.problem.code, str(row.problem), where=where, help=row.problem.help)])
    key = _key_text(cells[child.key])
    if row.problem is not None:
        message = f"{child.table.path.name}, line {row.line}: {row.problem}"
        return key, {PROBLEM: [row.problem.code, message]}
    values: dict[str, object] = {}
    for field, raw in zip(child.fields, cells, strict=True):
        if field is None or raw is None:
            continue
        value = raw
        if child.table.texts and isinstance(raw, str):
            value = from_text(raw, words=isinstance(field.type, TextType))
        if value is not None:
            values[field.label.zh] = value
    return key, values


def packed(value: object) -> object:
    """A value that JSON does not know, as a mapping that no table holds."""
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise TypeError(type(value).__name__)


def unpacked(found: dict[str, object]) -> object:
    """The value that `packed` made such a mapping of."""
    if _DECIMAL in found:
        return Decimal(str(found[_DECIMAL]))
    if _DATE in found:
        return date.fromisoformat(str(found[_DATE]))
    return found
