"""Other readings as rules of their own: what `readings` says that an open text could also mean.

In: the data of a rule file and its documents. Out: for each alternative that can be worked out (`{id, set}`, or the id
of a value in `reading_keys`) the rule or tree as it would then be, read and checked like any other. What does not apply
or would leave the rule wrong is a diagnostic at its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from evaluator.diagnostics import Diagnostic
from evaluator.record import row
from evaluator.rulebook import documents, model, rule_files
from evaluator.rulebook.gates import Gates
from evaluator.rulebook.overrides import put
from evaluator.rulebook.reader import Reader, name, readings
from evaluator.rulebook.reading_keys import FORMS, KEYS, NAMED, Words
from evaluator.rulebook.references import references, refuse_circles
from evaluator.rulebook.rules import Awards, read_rules
from evaluator.rulebook.validate import validate
from evaluator.rulebook.vocabulary import Metric, Name
from evaluator.rulebook.yamlfile import Loaded, Text
from evaluator.source import Span

Changes: TypeAlias = dict[str, object]
Keys: TypeAlias = list[tuple[str, str, Mapping[str, Words]]]
"""Dotted path, value, possible values with their words."""
Found: TypeAlias = "model.AnyRule | model.Stacking | None"
RULES: Final = ("incentives", "supports", "targets", "obligations")
_FIXED: Final = ("id", "readings")
"""What no reading changes."""


@row
class Written:
    """A rule or tree of a file: its global id, the list it stands in, its document and its data."""

    id: str
    list: str
    doc: documents.RuleDocument | rule_files.StackingDocument
    data: dict[object, object]


def written(loaded: Loaded, file: rule_files.RuleFile, policy: str) -> Iterator[Written]:
    """Every rule and tree of a file with its data."""
    assert isinstance(loaded.data, dict)
    for list_ in (*RULES, "stacking"):
        for doc, data in zip(getattr(file, list_), loaded.data.get(list_) or (), strict=True):
            yield Written(f"{policy}/{doc.id}", list_, doc, data)


def of_rule(
    entry: Written, chosen: model.AnyRule, source: Loaded, gates: Gates, awards: Awards, reader: Reader
) -> Iterator[model.Alternative]:
    """The other readings of a rule, which is right as it stands (`chosen`)."""

    def read(data: dict[object, object], fresh: Reader) -> model.AnyRule | None:
        file = _validated(entry.list, data, source, fresh)
        return None if file is None else next(read_rules(file, gates, awards, fresh), None)

    yield from _alternatives(entry, chosen, reader, read)


def of_tree(
    entry: Written,
    chosen: model.Stacking,
    source: Loaded,
    reader: Reader,
    tree: Callable[[rule_files.StackingDocument, Reader], Found],
) -> Iterator[model.Alternative]:
    """The other readings of a tree; `tree` reads a changed document among the other trees."""

    def read(data: dict[object, object], fresh: Reader) -> Found:
        file = _validated(entry.list, data, source, fresh)
        return None if file is None else tree(file.stacking[0], fresh)

    yield from _alternatives(entry, chosen, reader, read)


def refuse_circles_under(
    alternatives: Iterable[model.Alternative], rules: Mapping[str, model.AnyRule], reader: Reader
) -> None:
    """No award depends on itself under another reading either."""
    for alternative in alternatives:
        becomes = alternative.becomes
        if isinstance(becomes, model.Award) and any(references(becomes)):
            fresh = Reader(reader.vocabulary)
            refuse_circles({**rules, becomes.id: becomes}, fresh)
            reader.problems += [_within(problem, alternative.id, becomes.span) for problem in fresh.problems]


def under(rulebook: model.Rulebook, alternative: model.Alternative) -> model.Rulebook:
    """The rulebook under another reading of one of its rules or trees."""
    becomes = alternative.becomes
    if becomes is None or isinstance(becomes, model.Stacking):
        trees = (becomes if tree.id == alternative.of else tree for tree in rulebook.stackings)
        return replace(rulebook, stackings=tuple(tree for tree in trees if tree is not None))
    facts, yearly = dict(rulebook.facts), dict(rulebook.yearly)
    attested = becomes.attested if isinstance(becomes, model.Obligation) else None
    if isinstance(attested, Metric):
        yearly[becomes.id] = attested
    elif attested is not None:
        facts[becomes.id] = attested
    return replace(rulebook, rules={**rulebook.rules, becomes.id: becomes}, facts=facts, yearly=yearly)


# ------------------------------------------------------------------ from documents


def _alternatives(
    entry: Written, chosen: Found, reader: Reader, read: Callable[[dict[object, object], Reader], Found]
) -> Iterator[model.Alternative]:
    docs = tuple(_readings(entry.doc))
    keys = _keys(entry.data) if any(doc.chosen in NAMED for doc in docs) else []
    for doc in docs:
        _refuse_contradiction(keys, doc, reader)
        reading = readings([doc])[0]
        for other in doc.alternatives:
            place = other.span if isinstance(other, Text) else other.place
            if not isinstance(other, Text) and not other.set:
                reader.problem(
                    "reading", f"the alternative `{other.id}` changes nothing", place, "name it by its id alone"
                )
                continue
            changes = _changes(entry, keys, str(doc.chosen), other)
            if changes is None:
                continue
            label = _label(other, keys)
            id = str(other) if isinstance(other, Text) else str(other.id)
            if not changes:  # the tree falls away
                yield model.Alternative(of=entry.id, reading=reading, id=id, label=label, becomes=None)
                continue
            data = _copied(entry.data)
            assert isinstance(data, dict)
            if not _put_all(data, changes, id, place, reader):
                continue
            fresh = Reader(reader.vocabulary)
            becomes = read(data, fresh)
            reader.problems += [_within(problem, id, place) for problem in fresh.problems]
            if becomes == chosen:
                reader.problem("reading", f"the alternative `{id}` changes nothing", place, "name it by its id alone")
            elif becomes is not None and not fresh.problems:
                yield model.Alternative(of=entry.id, reading=reading, id=id, label=label, becomes=becomes)


def _label(other: Text | documents.OtherReading, keys: Keys) -> Name | None:
    """What people call it: what the drafter wrote, else the words of the value that it is."""
    if not isinstance(other, Text):
        return None if other.label is None else name(other.label)
    found = next((words[other] for _, _, words in keys if other in words), None) or FORMS.get(other, (None, None))[1]
    return None if found is None else Name(zh=found[0], en=found[1])


def _readings(doc: documents.RuleDocument | rule_files.StackingDocument) -> Iterator[documents.Reading]:
    """The readings of a rule, then those of its entries."""
    yield from doc.readings
    if isinstance(doc, documents.TargetDocument):
        for entry in doc.schedule:
            yield from entry.readings


def _changes(entry: Written, keys: Keys, chosen: str, other: Text | documents.OtherReading) -> Changes | None:
    """What another reading changes, by dotted path; nothing where the tree falls away, None where it is not said."""
    if not isinstance(other, Text):
        return {str(path): value for path, value in other.set.items()}
    places = [path for path, value, words in keys if value == chosen and str(other) in words]
    if places:
        return dict.fromkeys(places, other)
    before = FORMS[chosen][0] if chosen in FORMS else None
    members = entry.data.get(before) if before is not None and entry.list == "stacking" else None
    if before is None or members is None or str(other) not in FORMS:
        return None
    after = FORMS[str(other)][0]
    return {} if after is None else {before: None, after: members}


def _keys(data: object, path: str = "", parent: str = "") -> Keys:
    """Where keys of the table stand in a rule, with what stands there and what else could."""
    found: Keys = []
    if isinstance(data, dict):
        for key, value in data.items():
            words = KEYS.get((parent, str(key)), {})
            if isinstance(value, str) and value in words:
                found.append((f"{path}{key}", str(value), words))
            elif isinstance(value, dict | list) and key != "readings":
                found += _keys(value, f"{path}{key}.", str(key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            if isinstance(value, dict | list):
                found += _keys(value, f"{path}{index}.", str(index))
    return found


def _refuse_contradiction(keys: Keys, doc: documents.Reading, reader: Reader) -> None:
    """A reading that chooses one value of a key while the rule has one of its alternatives there."""
    others = {str(other) for other in doc.alternatives if isinstance(other, Text)}
    for path, value, words in keys:
        if doc.chosen in words and doc.chosen != value and value in others:
            message = f"the reading chosen is `{doc.chosen}`, and `{path}` is `{value}`"
            reader.problem("reading", message, doc.chosen.span, "make the two agree")


def _put_all(data: dict[object, object], changes: Changes, id: str, place: Span | None, reader: Reader) -> bool:
    done = True
    for path, value in changes.items():
        steps = tuple(path.split("."))
        lost = steps[0] if steps[0] in _FIXED else put(data, steps, value)
        if lost is not None:
            done = False
            message = f"the alternative `{id}` changes `{path}`, which the rule has not"
            if steps[0] in _FIXED:
                message = f"the alternative `{id}` changes `{path}`, which no reading can"
            hint = "write the keys from the rule on, such as `amount.table.rows.国际标准`"
            reader.problem("reading", message, place, hint)
    return done


def _within(problem: Diagnostic, id: str, place: Span | None) -> Diagnostic:
    """A problem of the changed rule: at its place in the alternative, else at the alternative."""
    span = problem.span
    told = span is not None and place is not None and span.source is place.source
    if not told or span is None or place is None or not place.start <= span.start < place.end:
        span = place
    message = f"under the alternative `{id}` the rule is wrong: {problem.message}"
    return Diagnostic("reading", message, span, problem.help)


def _validated(list_: str, data: dict[object, object], source: Loaded, fresh: Reader) -> rule_files.RuleFile | None:
    return validate(rule_files.RuleFile, Loaded(source.source, {list_: [data]}, None), fresh.problems)


def _copied(data: object) -> object:
    """Mappings and lists of their own, with the same texts in them."""
    if isinstance(data, dict):
        return {key: _copied(value) for key, value in data.items()}
    return [_copied(value) for value in data] if isinstance(data, list) else data


__all__: Sequence[str] = ["Written", "of_rule", "of_tree", "under", "written"]
