"""The profiles of a scenario file: written there, in a file of their own, or as changes to another scenario's.

In: a loaded scenario file. Out: bound profiles; problems stand where the value was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from evaluator.audit.scenario_documents import ScenarioDocument, ScenarioFile
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, bind
from evaluator.rulebook.yamlfile import Loaded, Text, read_file


class Profiles:
    """Finds and merges the profile data of one scenario file."""

    def __init__(
        self, loaded: Loaded, file: ScenarioFile, folder: Path, rulebook: Rulebook, problems: list[Diagnostic]
    ) -> None:
        self.loaded, self.folder, self.rulebook, self.problems = loaded, folder, rulebook, problems
        self.scenarios = file.scenarios
        self.places = {str(doc.id): index for index, doc in enumerate(file.scenarios)}

    def bound(self, index: int, assumptions: Mapping[str, object]) -> Profile | None:
        """The checked profile of the scenario at that place; None after keeping what is wrong with it."""
        found = self._data(index, ())
        if found is None:
            return None
        try:
            return bind(found, self.rulebook, assumptions)
        except RuleError as error:
            self.problems.extend(error.diagnostics)
            return None

    def _data(self, index: int, through: tuple[str, ...]) -> Loaded | None:
        doc = self.scenarios[index]
        if (doc.profile is None) == (doc.base is None):
            self._problem("profile", f"the scenario `{doc.id}` has either a `profile` or a `base`", doc.id)
            return None
        if doc.change is not None and doc.base is None:
            self._problem("profile", "`change` goes with `base`", doc.id)
            return None
        if isinstance(doc.profile, str):
            return self._file(doc.profile)
        if doc.profile is not None:
            at: tuple[str | int, ...] = ("scenarios", index, "profile")
            return Loaded(self.loaded.source, _at(self.loaded.data, at), _node(self.loaded.node, at))
        return self._changed(doc, index, through)

    def _file(self, name: Text) -> Loaded | None:
        try:
            documents = read_file(self.folder / name)
        except RuleError as error:
            for problem in error.diagnostics:
                self.problems.append(Diagnostic(problem.code, problem.message, problem.span or name.span, problem.help))
            return None
        return documents[0] if documents else Loaded(self.loaded.source, None, None)

    def _changed(self, doc: ScenarioDocument, index: int, through: tuple[str, ...]) -> Loaded | None:
        assert doc.base is not None
        base_at = self.places.get(doc.base)
        if base_at is None or doc.base == doc.id:
            help = did_you_mean(doc.base, [id for id in self.places if id != doc.id])
            self._problem("unknown-base", f"there is no other scenario `{doc.base}` in this file", doc.base, help)
            return None
        if doc.base in through:
            self._problem("base-loop", f"`{doc.base}` is based on `{doc.id}` itself", doc.base)
            return None
        base = self._data(base_at, (*through, str(doc.id)))
        if base is None or doc.change is None:
            return base
        at: tuple[str | int, ...] = ("scenarios", index, "change")
        node, change = _node(self.loaded.node, at), _at(self.loaded.data, at)
        return Loaded(self.loaded.source, merged(base.data, change), node)

    def _problem(self, code: str, message: str, text: Text, help: str | None = None) -> None:
        self.problems.append(Diagnostic(code, message, text.span, help))


def merged(base: object, change: object) -> object:
    """`base` with `change` laid over it: mappings key by key, members by name, null removes, the rest replaces."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif key == "members":
            result[key] = _members(base.get(key), value)
        else:
            result[key] = merged(base.get(key), value)
    return result


def _members(base: object, change: object) -> object:
    if isinstance(base, dict) and isinstance(change, dict):
        return {**base, **change, "items": _members(base.get("items", []), change.get("items", []))}
    if isinstance(base, dict):
        return {**base, "items": _members(base.get("items", []), change)}
    if not isinstance(base, list) or not isinstance(change, list):
        return change
    named = {_name(entry): entry for entry in change}
    kept = [merged(entry, named.pop(_name(entry))) if _name(entry) in named else entry for entry in base]
    return [*kept, *named.values()]


def _name(entry: object) -> object:
    return str(entry.get("name")) if isinstance(entry, dict) else id(entry)


def _at(data: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
    return data


def _node(node: yaml.Node | None, path: tuple[str | int, ...]) -> yaml.Node | None:
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
    return node
