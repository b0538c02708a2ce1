"""Tables of examples: `good/*.yaml` say what a text becomes, `bad/*.yaml` what is said about it.

A table is `{file, template, cases: [{name, text, expect}]}`: the text takes the place of `<<>>` in the template, which
is written to the file of the rulebook. A case with `old` replaces those words of the file instead. With
`REWRITE_EXPECTED=1` in the environment the tests write what came out into the tables; review the difference.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from tests.rulebook.tiny import HERE, Tiny

REWRITE = os.environ.get("REWRITE_EXPECTED") == "1"
HOLE = "<<>>"


@dataclass(frozen=True)
class Case:
    """One example of a table."""

    table: Path
    file: str
    template: str
    name: str
    text: str
    old: str
    expect: str

    def __str__(self) -> str:
        return f"{self.table.stem}:{self.name}"

    def write_to(self, tiny: Tiny) -> None:
        """Put the example into a rulebook."""
        if self.old:
            tiny.replace(self.file, self.old, self.text)
        else:
            tiny.write(self.file, self.template.replace(HOLE, self.text))

    def check(self, found: str) -> None:
        """Compare what came out with what is expected, or write it down."""
        if REWRITE and found != self.expect:
            cases = [replace(case, expect=found) if case.name == self.name else case for case in read(self.table)]
            self.table.write_text(_written(cases), encoding="utf-8")
        else:
            assert found == self.expect


def read(table: Path) -> list[Case]:
    """The examples of one table."""
    data = yaml.safe_load(table.read_text(encoding="utf-8"))
    return [
        Case(
            table=table,
            file=data["file"],
            template=data.get("template", ""),
            name=case["name"],
            text=case["text"],
            old=case.get("old", ""),
            expect=case.get("expect", "").rstrip("\n"),
        )
        for case in data["cases"]
    ]


def tables(folder: str) -> list[Case]:
    """Every example of `good` or `bad`."""
    return [case for table in sorted((HERE / folder).glob("*.yaml")) for case in read(table)]


def _written(cases: list[Case]) -> str:
    first = cases[0]
    lines = [f"file: {first.file}"]
    if first.template:
        lines += ["template: |", *_indented(first.template, 2)]
    lines.append("cases:")
    for case in cases:
        lines.append(f"  - name: {case.name}")
        for key, text in (("old", case.old), ("text", case.text), ("expect", case.expect)):
            if not text and key != "text":
                continue
            if "\n" in text or key == "expect":
                lines += [
                    f"    {key}: |{'' if text.endswith(chr(10)) or key == 'expect' else '-'}",
                    *_indented(text, 6),
                ]
            else:
                lines.append(f"    {key}: '{text.replace(chr(39), chr(39) * 2)}'")
    return "\n".join(lines) + "\n"


def _indented(text: str, width: int) -> list[str]:
    return [" " * width + line if line else "" for line in text.rstrip("\n").split("\n")]
