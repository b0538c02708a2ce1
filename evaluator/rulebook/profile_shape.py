"""The shape of a profile's data: its keys and what kind of value each holds, before any fact is looked at.

The same form as `profile_documents`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.record import record
from evaluator.rulebook.convert import shown
from evaluator.rulebook.yamlfile import SPAN, Loaded, Text

Path: TypeAlias = tuple[str | int, ...]
Report: TypeAlias = Callable[..., None]

PROFILE_KEYS: Final = ("kind", "name", "jurisdiction", "code", "facts", "metrics", "members")
MEMBER_KEYS: Final = ("name", "kind", "facts", "metrics")
LIST_KEYS: Final = ("complete", "items")


@record
class MemberShape:
    """What is given about one member; `at` is where it stands in the data."""

    name: Text
    kind: Text | None
    facts: Mapping[Text, object]
    metrics: Mapping[Text, object]
    at: Path


@record
class ProfileShape:
    """A profile before its facts are checked. `members_complete`: there are surely no more members than those."""

    kind: Text
    name: Text | None
    jurisdiction: Text | None
    code: Text | None
    facts: Mapping[Text, object]
    metrics: Mapping[Text, object]
    members: tuple[MemberShape, ...]
    members_complete: bool


def read_shape(loaded: Loaded, problems: list[Diagnostic]) -> ProfileShape | None:
    """The shape, or None after adding to `problems` everything that is wrong with it."""
    if not isinstance(loaded.data, Mapping):
        found = "nothing" if loaded.data is None else "no mapping"
        help = "a profile is a mapping with `kind:`, `jurisdiction:` and `facts:`"
        where = loaded.source.name
        problems.append(Diagnostic("shape", f"the file holds {found}", loaded.span_at(()), help, where=where))
        return None
    return _Reader(loaded, problems).profile(loaded.data)


class _Reader:
    def __init__(self, loaded: Loaded, problems: list[Diagnostic]) -> None:
        self.loaded, self.problems, self.before = loaded, problems, len(problems)

    def profile(self, data: Mapping[object, object]) -> ProfileShape | None:
        self.keys(data, PROFILE_KEYS, ())
        kind = self.text(data, "kind", (), required=True)
        members, complete = self.members(data)
        shape = None
        parts = {key: self.text(data, key, ()) for key in ("name", "jurisdiction", "code")}
        facts, metrics = self.mapping(data, "facts", ()), self.mapping(data, "metrics", ())
        if kind is not None and len(self.problems) == self.before:
            shape = ProfileShape(
                kind=kind,
                name=parts["name"],
                jurisdiction=parts["jurisdiction"],
                code=parts["code"],
                facts=facts,
                metrics=metrics,
                members=members,
                members_complete=complete,
            )
        return shape

    def members(self, data: Mapping[object, object]) -> tuple[tuple[MemberShape, ...], bool]:
        raw, at = data.get("members"), ("members",)
        complete = raw is not None  # a heading with nothing under it gives nothing
        path: Path = at
        if isinstance(raw, Mapping):
            self.keys(raw, LIST_KEYS, at)
            known = raw.get("complete")
            if not isinstance(known, bool):
                self.problem(path, "value", "`complete` should be true or false")
            complete, raw, path = known is True, raw.get("items"), ("members", "items")
        if raw is None:
            return (), complete
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            self.problem(path, "value", "`members` should be a list, or `{complete: false, items: [ … ]}`")
            return (), complete
        found = [self.member(entry, (*path, index)) for index, entry in enumerate(raw)]
        return tuple(entry for entry in found if entry is not None), complete

    def member(self, data: object, at: Path) -> MemberShape | None:
        if not isinstance(data, Mapping):
            self.problem(at, "value", "a member should be a mapping with its `name`, `facts` and `metrics`")
            return None
        self.keys(data, MEMBER_KEYS, at)
        name = self.text(data, "name", at, required=True)
        kind = self.text(data, "kind", at)
        facts, metrics = self.mapping(data, "facts", at), self.mapping(data, "metrics", at)
        if name is None:
            return None
        return MemberShape(name=name, kind=kind, facts=facts, metrics=metrics, at=at)

    def keys(self, data: Mapping[object, object], known: tuple[str, ...], at: Path) -> None:
        for key in data:
            if key not in known and key != SPAN:
                help = did_you_mean(str(key), known)
                self.problem((*at, str(key)), "unknown-key", f"unknown key `{key}`", help, key=True)

    def text(self, data: Mapping[object, object], key: str, at: Path, *, required: bool = False) -> Text | None:
        value = data.get(key)
        if value is None:
            if required and key not in data:
                self.problem(at, "missing-key", f"`{key}` is missing")
            elif required:
                self.problem((*at, key), "value", f"`{key}` should be a text, and nothing stands there")
            return None
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return Text.of(value)
        quotable = key in ("name", "code") and isinstance(value, int | Decimal) and not isinstance(value, bool)
        help = "put it in quotes" if quotable else None
        self.problem((*at, key), "value", f"`{key}` should be a text, and {shown(value)} is not", help)
        return None

    def mapping(self, data: Mapping[object, object], key: str, at: Path) -> Mapping[Text, object]:
        value = data.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem((*at, key), "value", f"`{key}` should be a mapping of names to values")
            return {}
        found: dict[Text, object] = {}
        for name, entry in value.items():
            if name == SPAN:
                continue
            if not isinstance(name, str):
                self.problem(
                    (*at, key, str(name)), "value", f"a name in `{key}` is a text, and {shown(name)} is not", key=True
                )
                continue
            found[name if isinstance(name, Text) else Text.of(name)] = entry
        return found

    def problem(self, path: Path, code: str, message: str, help: str | None = None, *, key: bool = False) -> None:
        span = self.loaded.span_at(path, key=key)
        where = None if span is not None else f"{self.loaded.source.name}: {'.'.join(map(str, path))}".rstrip(": ")
        self.problems.append(Diagnostic(code, message, span, help, where=where))
