"""Trying another figure: `--set RULE.PARAM=VALUE` replaces one value of a rule file before it is checked.

`PARAM` is the path of keys inside the rule as its file writes them, joined by dots: `amount`,
`amount.table.rows.国际标准`, `schedule.2025.test` (an entry by its `id`, its year, or its number from 0).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook.yamlfile import SPAN, Loaded, Text, parse
from evaluator.source import Source, Span

RULE_LISTS: Final = ("terms", "incentives", "supports", "targets", "obligations", "stacking")


@dataclass(slots=True)
class Override:
    """One replacement; `before` is the value that stood there, once it was found.

    `found`: the rule exists; `missing` is the step of its path that leads nowhere, `candidates` are the keys there.
    `rules` are the ids of all rules.
    """

    rule: str
    path: tuple[str, ...]
    value: object
    source: Source
    used: bool = False
    before: object = None
    found: bool = False
    missing: str = ""
    candidates: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The replacement as it was asked for."""
        return self.source.text

    def missed(self) -> Diagnostic:
        """What to say when nothing was replaced."""
        end = self.source.text.find("=")
        span = Span(self.source, 0, max(end, 1))
        if not self.found:
            return Diagnostic("set", f"there is no rule `{self.rule}`", span, did_you_mean(self.rule, self.rules))
        what = f"`{self.rule}` has no value `{'.'.join(self.path)}`"
        return Diagnostic("set", what, span, did_you_mean(self.missing, self.candidates))


def parse_override(text: str) -> Override:
    """`RULE.PARAM=VALUE` as an override; the value is read as YAML."""
    target, equals, value = text.partition("=")
    source = Source("--set", text)
    rule, dot, path = target.strip().partition(".")
    if not equals or not dot or not path or not value.strip():
        help = "write `--set chengde-2023/standards-leading.amount=40万元`"
        message = "a change is written RULE.PARAM=VALUE"
        raise RuleError([Diagnostic("set", message, Span(source, 0, len(text)), help)])
    offset = len(target) + 1
    raw = value.strip()
    if raw[0] in "<>=\"'!" or (raw[0] == "[" and ".." in raw):  # a unary test, which YAML would not take for a text
        replaced: object = Text.of(raw, source, offset, len(text))
    else:
        documents = parse(Source("--set", raw))
        replaced = documents[0].data if documents else None
        if isinstance(replaced, Text):
            replaced = Text.of(str(replaced), source, offset, len(text))
    return Override(rule=rule, path=tuple(path.split(".")), value=replaced, source=source)


def apply(override: Override, policy: str, loaded: Loaded) -> None:
    """Replace the value in the data of one file, when the rule stands there."""
    if not isinstance(loaded.data, dict):
        return
    wanted, _, short = override.rule.rpartition("/")
    for kind in RULE_LISTS:
        entries = loaded.data.get(kind)
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                continue
            override.rules.append(f"{policy}/{entry.get('id')}")
            if entry.get("id") == short and wanted in ("", policy):
                override.found = True
                _replace(override, entry)


def put(data: object, path: tuple[str, ...], value: object) -> str | None:
    """Put a value where `path` leads in the data of a rule, also under a key that it has not; None takes a key away.

    The step that leads nowhere, or None when it was done.
    """
    for step in path[:-1]:
        data = _step(data, step)
        if not isinstance(data, dict | list):
            return step
    last = path[-1]
    if isinstance(data, list):
        if not last.isdecimal() or int(last) >= len(data):
            return last
        data[int(last)] = value
    elif isinstance(data, dict):
        if value is None:
            return None if data.pop(last, None) is not None else last
        data[last] = value
    return None


def _replace(override: Override, data: object) -> None:
    for step in override.path[:-1]:
        inner = _step(data, step)
        if inner is None and isinstance(data, dict):
            override.missing, override.candidates = step, _names(data)
        data = inner
    last = override.path[-1]
    if isinstance(data, dict) and last in data and last != SPAN:
        override.used, override.before, data[last] = True, data[last], override.value
    elif isinstance(data, list) and last.isdecimal() and int(last) < len(data):
        override.used, override.before, data[int(last)] = True, data[int(last)], override.value
    elif isinstance(data, dict):
        override.missing, override.candidates = last, _names(data)


def _names(data: dict[object, object]) -> list[str]:
    return [str(key) for key in data if key != SPAN]


def _step(data: object, step: str) -> object:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list):
        for entry in data:
            if isinstance(entry, dict) and step in (str(entry.get("id")), str(entry.get("by"))):
                return entry
        if step.isdecimal() and int(step) < len(data):
            return data[int(step)]
    return None
