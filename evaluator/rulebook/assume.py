"""Assumptions: facts that the asker supposes, filled in where the profile is silent, kept apart from what is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.yamlfile import SPAN, Loaded, parse
from evaluator.source import Source, Span

_STEP = re.compile(r"\[([^\]]+)\]|\.?([^.\[\]]+)")


def parse_assumption(text: str) -> tuple[str, object]:
    """`事实=值` as a pair; the value is read as YAML."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip() or not value.strip():
        hint = "write `--assume 事实=值`, or the path of `missing` before the `=`"
        source = Source("--assume", text)
        message = "an assumption is written FACT=VALUE"
        raise RuleError([Diagnostic("assume", message, Span(source, 0, max(len(text), 1)), hint)])
    return path.strip(), parse(Source("--assume", value.strip()))[0].data


def assume(loaded: Loaded, assumptions: Mapping[str, object], rulebook: Rulebook) -> Loaded:
    """The profile's data with the assumptions filled in. Raises RuleError where a fact is given already."""
    data = deepcopy(loaded.data) if isinstance(loaded.data, dict) else {}
    problems: list[Diagnostic] = []
    for path, value in assumptions.items():
        problem = _fill(data, path, value, rulebook)
        if problem is not None:
            problems.append(Diagnostic("assume", problem, where="--assume"))
    if problems:
        raise RuleError(problems)
    return Loaded(loaded.source, data, loaded.node)


def _fill(data: dict[object, object], path: str, value: object, rulebook: Rulebook) -> str | None:
    """Put `value` at `path` (as `missing` prints it); says why not, when it cannot."""
    if path == "jurisdiction":
        given = str(data.get("jurisdiction") or "")
        if given and not str(value).startswith(f"{given}/"):
            return f"the jurisdiction is given as `{given}`"
        data["jurisdiction"] = value
        return None
    node: object = data
    steps = [match[1] or match[2] for match in _STEP.finditer(path)] if "/" not in path.split("[")[0] else None
    if steps is None:  # an attested fact `policy/rule`, perhaps with a year
        name, _, year = path.partition("[")
        steps = [name] + ([year.rstrip("]")] if year else [])
    if steps[0] == "members" and len(steps) > 2:
        node = _member(data, steps[1])
        steps = steps[2:]
    is_metric = rulebook.vocabulary.metric(steps[0]) is not None
    node = _child(node, "metrics" if is_metric else "facts")
    steps[0] = _given_name(node, steps[0], rulebook)
    for step in steps[:-1]:
        node = _child(node, step)
    last: object = steps[-1]
    if isinstance(node, list):
        return f"there is nothing at `{path}`"
    if isinstance(last, str) and last.isdigit():
        last = int(last)
    if not isinstance(node, dict):
        return f"there is nothing at `{path}`"
    if node.get(last) is not None:
        return f"`{path}` is given already"
    node[last] = value
    return None


def _child(node: object, step: str) -> object:
    if isinstance(node, dict) and "items" in node and step.isdigit():
        node = node["items"]
    if isinstance(node, list):
        place = int(step) - 1 if step.isdigit() else -1
        return node[place] if 0 <= place < len(node) else None
    if isinstance(node, dict):
        if node.get(step) is None:
            node[step] = {}
        return node[step]
    return None


def _given_name(node: object, name: str, rulebook: Rulebook) -> str:
    """The spelling (id or label) under which the profile already has this fact, else `name`."""
    known = rulebook.facts.get(name) or rulebook.vocabulary.fact(name) or rulebook.vocabulary.metric(name)
    if isinstance(node, dict) and known is not None:
        for spelling in (known.id, known.label.zh):
            if spelling in node:
                return spelling
    return name


def _member(data: dict[object, object], name: str) -> dict[object, object]:
    members = data.setdefault("members", [])
    entries = members.get("items") if isinstance(members, dict) else members
    assert isinstance(entries, list)
    for entry in entries:
        if isinstance(entry, dict) and entry.get("name") == name:
            return entry
    entry = {"name": name, SPAN: None}
    entries.append(entry)
    return entry
