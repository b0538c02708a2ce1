"""Faults seeded in the shipped policies: one edit of the YAML, at a place drawn by seed, and how it must be found."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.agreement.shipped import RULES

PARTS: Final = ("incentives", "supports", "obligations", "targets")
_BLOCK: Final = re.compile(r"^  - id: (\S+)\n(?:(?!  - id: ).*\n)*", re.M)
_CONDITION: Final = re.compile(r"^    (?:when|applies_when): (?P<all>.+)$", re.M)
_ALL: Final = re.compile(r"^    (?:when|applies_when): \{all: \[(?P<parts>[^\[\]{}]+)\]\}$", re.M)
_LISTED: Final = re.compile(r"^    (?:when|applies_when): .*? in \((?P<parts>[^()]+)\)", re.M)
_TEST: Final = re.compile(r"\{by: (?P<year>\d{4}), test: '(?P<op>>=|<=|>|<) (?P<figure>\d+(?:\.\d+)?)(?P<unit>[^' ]*)'")
_COUNT: Final = re.compile(
    r"^    (?:when|applies_when): '(?P<left>[^'\n]+?) (?P<op>>=) (?P<right>\d+|\"[^\"]+\")'$", re.M
)
_AMOUNT: Final = re.compile(r"^    amount: (?:\{.*rows: \{.*?)?(?P<figure>\d+)万元", re.M)
_ROWS: Final = re.compile(r"\{by: (?P<by>\w+), rows: \{(?P<rows>[^{}]+)\}\}")
_SWAPPED: Final = {">=": ">", ">": ">=", "<=": "<", "<": "<="}


@dataclass(frozen=True)
class Mutant:
    """One edit: the characters from `start` to `end` of a file become `new`; `about` are the properties it breaks.

    Where `about` is empty it is for `diff` to find; `same` where it changes no meaning.
    """

    kind: str
    policy: str
    file: str
    rule: str
    start: int
    end: int
    new: str
    about: tuple[str, ...] = ()
    same: bool = False

    def write(self, folder: Path) -> Path:
        """A copy of the policy, with what it is read with, that holds the edit."""
        original(self.policy, folder)
        path = folder / self.policy / self.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text[: self.start] + self.new + text[self.end :], encoding="utf-8")
        return folder


def original(policy: str, folder: Path) -> Path:
    """A copy of the policy as it is shipped, with the vocabulary that all share."""
    for part in ("vocabulary", policy):
        shutil.copytree(RULES / part, folder / part)
    return folder


Edit = tuple[int, int, str]


def _swapped(block: str) -> Iterator[Edit]:
    for found in (*_TEST.finditer(block), *_COUNT.finditer(block)):
        yield *found.span("op"), _SWAPPED[found["op"]]


def _shifted(block: str) -> Iterator[Edit]:
    for found in (*_TEST.finditer(block), *_AMOUNT.finditer(block)):
        yield *found.span("figure"), f"{found['figure']}.5" if "." not in found["figure"] else f"{found['figure']}5"


def _dropped(block: str) -> Iterator[Edit]:
    for found in (*_ALL.finditer(block), *_LISTED.finditer(block)):
        parts = _parts(found["parts"])
        for left_out in range(len(parts) if len(parts) > 1 else 0):
            yield *found.span("parts"), ", ".join(parts[:left_out] + parts[left_out + 1 :])


def _reordered(block: str) -> Iterator[Edit]:
    for found in (*_ALL.finditer(block), *_LISTED.finditer(block)):
        parts = _parts(found["parts"])
        if len(parts) > 1:
            yield *found.span("parts"), ", ".join(reversed(parts))


def _negated(block: str) -> Iterator[Edit]:
    for found in _COUNT.finditer(block):
        yield found.start("left"), found.end("right"), f"not ({found['left']} < {found['right']})"


def _respelt(block: str) -> Iterator[Edit]:
    for found in _AMOUNT.finditer(block):
        yield found.start("figure"), found.end("figure") + len("万元"), f"{int(found['figure']) * 10_000}元"


def _duplicated(block: str) -> Iterator[Edit]:
    if "    amount: " in block and "    amount: unstated" not in block:
        yield len(block), len(block), re.sub(r"^  - id: (\S+)", r"  - id: \1-again", block, count=1)


def _overlapping(block: str) -> Iterator[Edit]:
    for found in _ROWS.finditer(block):
        rows = [row.split(": ") for row in found["rows"].split(", ")]
        for wide in range(len(rows)):
            for other in range(len(rows)):
                if wide != other and rows[wide][1] != rows[other][1]:
                    written = ", ".join(
                        f"""{{if: ['"{key}"{f', "{rows[other][0]}"' if at == wide else ""}'], then: {amount}}}"""
                        for at, (key, amount) in enumerate(rows)
                    )
                    yield *found.span(), f"{{by: [{found['by']}], rows: [{written}]}}"


def _contradicted(block: str) -> Iterator[Edit]:
    for found in _TEST.finditer(block):
        head = re.sub(r"^  - id: (\S+)", r"  - id: \1-again", block[: block.index("    schedule:")], count=1)
        op = "<" if found["op"].startswith(">") else ">"
        test = f"{op} {found['figure']}{found['unit']}"
        yield len(block), len(block), f"{head}    schedule: [{{by: {found['year']}, test: '{test}'}}]\n"


def _unreachable(block: str) -> Iterator[Edit]:
    for found in _CONDITION.finditer(block):
        whole = found["all"]
        yield *found.span("all"), f"{{any: [{whole}, {{all: [{whole}, {whole}]}}]}}"
        yield *found.span("all"), f"{{all: [{whole}, {{not: {whole}}}]}}"


def _parts(text: str) -> list[str]:
    """What stands between commas, but for those inside brackets."""
    return re.split(r", (?![^()]*\))", text)


KINDS: Final[Mapping[str, tuple[Callable[[str], Iterator[Edit]], tuple[str, ...], bool]]] = {
    "swapped operator": (_swapped, (), False),
    "shifted figure": (_shifted, (), False),
    "dropped exclusion": (_dropped, (), False),
    "duplicated award": (_duplicated, ("same-matter",), False),
    "overlapping rows": (_overlapping, ("table-overlap",), False),
    "contradictory target": (_contradicted, ("targets-agree",), False),
    "unreachable clause": (_unreachable, ("idle", "outcomes"), False),
    "reordered parts": (_reordered, (), True),
    "negated opposite": (_negated, (), True),
    "respelt amount": (_respelt, (), True),
}


@cache
def places(kind: str) -> tuple[Mutant, ...]:
    """Every mutant of a kind that the shipped policies have a place for."""
    edit, about, same = KINDS[kind]
    return tuple(
        Mutant(
            kind, path.parent.name, path.name, block[1], block.start() + start, block.start() + end, new, about, same
        )
        for part in PARTS
        for path in sorted(RULES.glob(f"*/{part}.yaml"))
        for block in _BLOCK.finditer(path.read_text(encoding="utf-8"))
        for start, end, new in edit(block[0])
    )


def mutants(count: int, seed: int) -> tuple[Mutant, ...]:
    """As many different mutants, the kinds in turn, each at a place drawn by seed while its kind has places left."""
    drawn = random.Random(seed)
    left = {kind: drawn.sample(places(kind), len(places(kind))) for kind in KINDS}
    found: list[Mutant] = []
    while len(found) < count and any(left.values()):
        found += [left[kind].pop() for kind in KINDS if left[kind]]
    return tuple(found[:count])
