"""What changed in the files of a rulebook: entry by entry, value by value.

In: two folders. Out: `Edit`s: which rule, fact or header, at which key, from what to what. Comments, the order of keys
and spaces are no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from evaluator.record import row
from evaluator.rulebook.convert import plain
from evaluator.rulebook.vocabulary import exact
from evaluator.rulebook.yamlfile import SPAN, read_file

_NAMED: Final = ("id", "path", "by", "question", "name")


@row
class Edit:
    """A value that changed; `before` or `after` is None where it was not written. `file` is relative to the folder."""

    file: str
    entry: str
    key: str
    before: str | None
    after: str | None


def edits(old: Path, new: Path) -> tuple[Edit, ...]:
    """The changes between two rulebook folders. Raises RuleError for a file that cannot be read."""
    sides = [{path.relative_to(folder).as_posix(): path for path in folder.glob("*/*.yaml")} for folder in (old, new)]
    found: list[Edit] = []
    for name in sorted({*sides[0], *sides[1]}):
        texts = [side[name].read_bytes() if name in side else b"" for side in sides]
        if texts[0] != texts[1]:
            before, after = (_entries(side.get(name)) for side in sides)
            found += _edits(name, before, after)
    return tuple(found)


def _entries(path: Path | None) -> dict[str, dict[str, str]]:
    """The values of a file, by the entry in which they stand and by key."""
    entries: dict[str, dict[str, str]] = {}
    for index, loaded in enumerate(read_file(path) if path is not None else ()):
        for section, value in loaded.data.items() if isinstance(loaded.data, dict) else ():
            if section == SPAN:
                continue
            if isinstance(value, list):
                for place, part in enumerate(value):
                    name = _name(part) or str(place + 1)
                    entries.setdefault(f"{section} {name}", {}).update(_flat(part, ""))
            else:
                entries.setdefault(f"[{index + 1}]" if index else "", {}).update(_flat(value, str(section)))
    return entries


def _name(value: object) -> str:
    if isinstance(value, dict):
        return next((str(value[key]) for key in _NAMED if key in value and not isinstance(value[key], dict)), "")
    return ""


def _flat(value: object, at: str) -> Iterator[tuple[str, str]]:
    """Every scalar below a value with its keys joined by dots."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key != SPAN:
                yield from _flat(part, f"{at}.{key}" if at else str(key))
    elif isinstance(value, list | tuple):
        named = [_name(part) for part in value]
        for index, part in enumerate(value):
            name = named[index] if named.count(named[index]) == 1 and named[index] else str(index + 1)
            yield from _flat(part, f"{at}.{name}")
    elif value is None:
        yield at, "null"
    elif isinstance(value, bool):
        yield at, "true" if value else "false"
    else:
        yield at, str(value) if isinstance(value, str) else _number(value)


def _number(value: object) -> str:
    from fractions import Fraction

    return plain(exact(Fraction(str(value))))


def _edits(file: str, before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> Iterator[Edit]:
    for entry in dict.fromkeys((*after, *before)):
        if entry not in before or entry not in after:
            yield Edit(file, entry, "", None if entry not in before else "…", None if entry not in after else "…")
            continue
        one, other = before[entry], after[entry]
        for key in dict.fromkeys((*other, *one)):
            if one.get(key) != other.get(key):
                yield Edit(file, entry, key, one.get(key), other.get(key))
