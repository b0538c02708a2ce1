"""Assumptions: facts that the asker supposes, filled in where the profile is silent, kept apart from what is given."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Fact, ListType, Metric
from evaluator.rulebook.yamlfile import SPAN, Loaded, parse
from evaluator.source import Source, Span

_STEP = re.compile(r"\[([^\]]+)\]|\.?([^.\[\]]+)")
_LIST = "the entries of a list are counted from 1"


def parse_assumption(text: str) -> tuple[str, object]:
    """`事实=值` as a pair; the value is read as YAML."""
    path, equals, value = text.partition("=")
    documents = parse(Source("--assume", value.strip())) if equals and path.strip() else []
    if not documents or documents[0].data is None:
        hint = "write `--assume 事实=值`, or the path of `missing` before the `=`"
        source = Source("--assume", text)
        message = "an assumption is written FACT=VALUE"
        raise RuleError([Diagnostic("assume", message, Span(source, 0, max(len(text), 1)), hint)])
    return path.strip(), documents[0].data


def assume(loaded: Loaded, assumptions: Mapping[str, object], rulebook: Rulebook) -> Loaded:
    """The profile's data with the assumptions filled in.

    Raises RuleError where a fact is given already, or the path leads nowhere.
    """
    data = _copy(loaded.data) if isinstance(loaded.data, dict) else {}
    assert isinstance(data, dict)
    problems: list[Diagnostic] = []
    for path, value in assumptions.items():
        try:
            _fill(data, path, value, rulebook)
        except _MissError as miss:
            problems.append(Diagnostic("assume", miss.message, where="--assume", help=miss.help))
    if problems:
        raise RuleError(problems)
    return Loaded(loaded.source, data, loaded.node)


class _MissError(Exception):
    """Why an assumption cannot be made."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help = message, help


def _copy(data: object) -> object:
    """The mappings and lists anew; what they hold is never changed."""
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(value) for value in data] if isinstance(data, list | tuple) else data


def _fill(data: dict[object, object], path: str, value: object, rulebook: Rulebook) -> None:
    """Put `value` at `path` (as `missing` prints it)."""
    if path == "jurisdiction":
        given = str(data.get("jurisdiction") or "")
        if given and not str(value).startswith(f"{given}/"):
            raise _MissError(f"the jurisdiction is given as `{given}`", f"name a place within {given}")
        data["jurisdiction"] = value
        return
    node, steps = _steps(data, path)
    if not steps:
        raise _MissError(f"`{path}` names no fact", "write `--assume 事实=值`")
    known = _named(steps[0], rulebook)
    node = _mapping(node, "metrics" if isinstance(known, Metric) and known.id not in rulebook.yearly else "facts")
    record = None
    if isinstance(known.type, ListType):
        record = rulebook.vocabulary.records[known.type.record]
    steps[0] = next((name for name in (known.id, known.label.zh) if name in node), steps[0])
    inner: object = node
    for step in steps[:-1]:
        inner = _child(inner, step, path)
    last: object = steps[-1]
    if not isinstance(inner, dict):
        raise _MissError(f"there is nothing at `{path}`", _LIST)
    if record is not None and len(steps) == 3:
        field = record.find(str(last))
        if field is None:
            words = [entry.label.zh for entry in record.fields]
            raise _MissError(f"`{record.label.zh}` has no field `{last}`", did_you_mean(str(last), words))
        last = next((name for name in (field.id, field.label.zh) if name in inner), last)
    elif isinstance(last, str) and last.isdecimal() and last not in inner:
        last = int(last)
    if inner.get(last) is not None and not _narrows(inner[last], value):
        raise _MissError(f"`{path}` is given already", "change the profile, or drop the assumption")
    inner[last] = value


def _narrows(given: object, value: object) -> bool:
    """Whether `value` only says more of a date of which a year or month was given."""
    partly = re.fullmatch(r"\d{4}(-\d{2})?", str(given)) is not None and not isinstance(given, bool)
    return partly and re.fullmatch(rf"{given}(-\d{{2}}){{1,2}}", str(value)) is not None


def _steps(data: dict[object, object], path: str) -> tuple[dict[object, object], list[str]]:
    """Whose facts the path is about, and its steps from the fact on."""
    found = re.fullmatch(r"members\[([^\]]+)\]\.(.+)", path)
    whose = data if found is None else _member(data, found[1])
    rest = path if found is None else found[2]
    if "/" in rest.split("[")[0]:  # an attested fact `policy/rule`, perhaps with a year
        name, _, year = rest.partition("[")
        return whose, [name, year.rstrip("]")] if year else [name]
    return whose, [match[1] or match[2] for match in _STEP.finditer(rest)]


def _named(name: str, rulebook: Rulebook) -> Fact | Metric:
    vocabulary = rulebook.vocabulary
    known = rulebook.facts.get(name) or rulebook.yearly.get(name) or vocabulary.fact(name) or vocabulary.metric(name)
    if known is None:
        words = [fact.id if fact.attested else fact.label.zh for fact in rulebook.facts.values()]
        words += [*vocabulary.metrics_by_label, *rulebook.yearly]
        raise _MissError(f"there is no fact `{name}`", did_you_mean(name, words))
    return known


def _mapping(node: dict[object, object], key: str) -> dict[object, object]:
    """The mapping under a key, made when there is none."""
    found = node.get(key)
    if found is None:
        found = node[key] = {}
    if not isinstance(found, dict):
        raise _MissError(f"`{key}` of the profile is no mapping")
    return found


def _child(node: object, step: str, path: str) -> object:
    if isinstance(node, dict) and "items" in node and step.isdecimal():
        node = node["items"]
    if isinstance(node, list):
        place = int(step) - 1 if step.isdecimal() else -1
        if not 0 <= place < len(node):
            raise _MissError(f"there is nothing at `{path}`", _LIST)
        return node[place]
    if isinstance(node, dict):
        found = node.get(step)
        return found if isinstance(found, list) else _mapping(node, step)
    return None


def _member(data: dict[object, object], name: str) -> dict[object, object]:
    """The member of that name, added when there is none: more may exist than the profile then lists."""
    members = data.get("members")
    if members is None:
        members = data["members"] = {"complete": False, "items": []}
    entries = members.setdefault("items", []) if isinstance(members, dict) else members
    if not isinstance(entries, list):
        raise _MissError("`members` of the profile is no list")
    for entry in entries:
        if isinstance(entry, dict) and entry.get("name") == name:
            return entry
    made: dict[object, object] = {"name": name, SPAN: None}
    entries.append(made)
    return made
