"""The cases of truth_tables.yaml as conditions of one small rulebook, for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import cast

import yaml

from evaluator.rulebook.model import Rulebook
from tests.agreement.small import rulebook, supports


@dataclass(frozen=True, slots=True)
class Case:
    """One condition, written as YAML, and its value: t, f, u or i. `operands` where it joins other truth values."""

    id: str
    text: str
    value: str
    form: str = "expression"
    operands: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Members that pass (t), fail (f) or are not given (u), and how their share stands to one half."""

    members: str
    more: bool
    at_least: str
    above: str


_TABLES = cast("dict[str, object]", yaml.safe_load(Path(__file__).with_name("truth_tables.yaml").read_text("utf-8")))
FACTS = cast("dict[str, object]", _TABLES["facts"])
_LEAVES = cast("dict[str, str]", _TABLES["leaves"])


def _table(name: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in cast("dict[str, str]", _TABLES[name]).items()}


def _quoted(letters: str) -> str:
    return "[" + ", ".join(f"'{_LEAVES[letter]}'" for letter in letters) + "]"


def _cases() -> list[Case]:
    cases = [
        Case(f"not-{key}", f"{{not: '{_LEAVES[key]}'}}", value, "not", key) for key, value in _table("not").items()
    ]
    for form in ("all", "any"):
        table = _table(form)
        order = table.pop("order")
        for first, row in table.items():
            for second, value in zip(order, row, strict=True):
                pair = first + second
                cases.append(Case(f"{form}-{pair}", f"{{{form}: {_quoted(pair)}}}", value, form, pair))
    for letters, row in _table("at_least").items():
        for order in sorted(set(map("".join, permutations(letters)))):
            for n, value in enumerate(row, 1):
                text = f"{{at_least: {{n: {n}, of: {_quoted(order)}}}}}"
                cases.append(Case(f"at-least-{n}-{order}", text, value, "at_least", order, n))
    for index, (text, value) in enumerate(cast("list[tuple[str, str]]", _TABLES["expressions"])):
        cases.append(Case(f"expression-{index}", "'" + text.replace("'", "''") + "'", value))
    return cases


CASES = _cases()
SHARES = [
    Share(str(entry["members"]), bool(entry.get("more")), str(entry["at_least"]), str(entry["above"]))
    for entry in cast("list[dict[str, object]]", _TABLES["shares"])
]


def cases_rulebook() -> Rulebook:
    """A support for every case; ask it about an enterprise with `FACTS`."""
    return supports({case.id: case.text for case in CASES})


def share_rulebook() -> Rulebook:
    """Two targets for 2025, at least and more than half of the counties of a city without a register."""
    return rulebook(
        """
        targets:
          - id: at-least
            metric: 率
            over: {share: county, where: '>= 90%'}
            schedule: [{by: 2025, test: '>= 50%'}]
          - id: above
            metric: 率
            over: {share: county, where: '>= 90%'}
            schedule: [{by: 2025, test: '> 50%'}]
        """,
        place="甲省/己市",
    )


def share_profile(share: Share) -> dict[str, object]:
    """The city with those members."""
    figures: dict[str, dict[str, object]] = {"t": {"率": {2025: 90}}, "f": {"率": {2025: 89}}, "u": {}}
    items = [
        {"name": f"县{index}", "kind": "county", "metrics": figures[letter]}
        for index, letter in enumerate(share.members)
    ]
    return {
        "kind": "city",
        "jurisdiction": "甲省/己市",
        "members": {"complete": not share.more, "items": items},
    }
