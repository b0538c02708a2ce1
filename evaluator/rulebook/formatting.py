"""One canonical form of rule files: the order of keys, the punctuation of expressions, how names are written.

In: the text of a rule, vocabulary or policy file, and the vocabulary of its rulebook. Out: the text in canonical form,
lines and comments kept. What the file says stays the same: the result is read again and compared, and RuleError is
raised where it differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Final

import yaml

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.rulebook import documents, rule_files, vocabulary_documents
from evaluator.rulebook.build import Builder
from evaluator.rulebook.forms import Document, forms_of, keys_of
from evaluator.rulebook.layout import Edit, apply, reordered, within_scalar
from evaluator.rulebook.spelling import Names, Role, Spelling
from evaluator.rulebook.validate import validate
from evaluator.rulebook.vocabulary import ChoiceType, Record, Vocabulary
from evaluator.rulebook.yamlfile import SPAN, Loaded, Text, parse, read_file
from evaluator.source import Source

_ROLES: Final[dict[tuple[str, str], Role]] = {
    ("SupportDocument", "each"): "fact",
    ("SupportDocument", "judged_by"): "fact",
    ("TargetDocument", "metric"): "metric",
    ("Table", "by"): "expression",
    ("Limit", "count"): "expression",
    ("TableRow", "if_"): "tests",
    ("OverShare", "where"): "tests",
    ("ScheduleEntry", "test"): "tests",
    ("ScheduleEntry", "fails_unless"): "tests",
    ("ScheduleEntry", "holds_if"): "tests",
    ("AmountForm", "decided"): "expression",
}
"""What a text of a field is, where the annotation of the field does not say that it holds an expression."""

_EXPRESSIONS: Final = ("Expression", "Figure", "Condition", "Amount", "Requirement", "Definition")
_FIRST: Final[dict[type[Document], tuple[str, ...]]] = {
    vocabulary_documents.TypedDocument: ("id", "label", "of", "type", "record"),
    rule_files.StackingDocument: ("id", "title", "cite", "scope"),
}
_LAST: Final[dict[type[Document], tuple[str, ...]]] = {
    vocabulary_documents.TypedDocument: ("flow", "decision", "ordered", "choices", "question", "evidence"),
    documents.IncentiveDocument: ("amount", "evidence", "window"),
    documents.RuleDocument: ("readings", "note", "stub"),
}
"""Keys that come first and last; the others stand between in the order of the document's fields."""


def order_of(cls: type[Document]) -> list[str]:
    """The keys of a document in canonical order."""
    keys = keys_of(cls)
    first = [key for base, named in _FIRST.items() if issubclass(cls, base) for key in named if key in keys]
    last = [key for base, named in _LAST.items() if issubclass(cls, base) for key in named if key in keys]
    return [*first, *(key for key in keys if key not in first and key not in last), *last]


def role_of(cls: type[Document], attribute: str) -> Role | None:
    """What the texts of a field are, None for those that are no expression and no name."""
    for base in cls.__mro__:
        role = _ROLES.get((base.__name__, attribute))
        if role is not None:
            return role
    written = next(str(entry.type) for entry in fields(cls) if entry.name == attribute)
    return "expression" if any(word in written for word in _EXPRESSIONS) else None


def form_of(path: Path) -> type[Document] | None:
    """The document that a file of a rulebook holds, by where it stands; None for a file that is none of a rulebook."""
    if path.suffix != ".yaml":
        return None
    if path.parent.name == "vocabulary":
        return vocabulary_documents.VocabularyFile
    if not (path.parent / "policy.yaml").is_file():
        return None
    if path.name == "policy.yaml":
        return vocabulary_documents.PolicyDocument
    if path.name == "properties.yaml":
        return None
    return vocabulary_documents.VocabularyFile if path.name == "vocabulary.yaml" else rule_files.RuleFile


def words_of(folder: Path) -> Vocabulary:
    """The vocabulary of a rulebook with those of all its policies. Raises RuleError with what is wrong in them."""
    problems: list[Diagnostic] = []
    files: list[vocabulary_documents.VocabularyFile] = []
    own = [path for path in sorted(folder.glob("*/vocabulary.yaml")) if (path.parent / "policy.yaml").is_file()]
    for path in [*sorted((folder / "vocabulary").glob("*.yaml")), *own]:
        for loaded in read_file(path):
            file = validate(vocabulary_documents.VocabularyFile, loaded, problems)
            if file is not None:
                files.append(file)
    builder = Builder()
    vocabulary = builder.build(files)
    if problems or builder.problems:
        raise RuleError([*problems, *builder.problems])
    return vocabulary


def format_source(source: Source, cls: type[Document], vocabulary: Vocabulary | None, names: Names = "label") -> str:
    """The text of `source`, which holds documents `cls`, in canonical form.

    Without a vocabulary names stay as they are. Of a policy file the register, its second document, is left alone.
    Raises RuleError when the file is not YAML.
    """
    loaded = parse(source)
    typed = loaded[:1] if cls is vocabulary_documents.PolicyDocument else loaded
    nodes = [entry.node for entry in typed if entry.node is not None]
    walk = _Walk(source.text, Spelling(vocabulary, names), movable=not _aliased(nodes))
    edits = [edit for node in nodes for edit in walk.edits(node, (cls,), None, None, flow=False)]
    text = apply(source.text, edits)
    if text == source.text:
        return text
    again = parse(Source(source.name, text))
    if _meaning(loaded, walk.respelled) != _meaning(again, {}):
        hint = "write its mappings one key a line, and its expressions in single quotes"
        message = "the file cannot be formatted without changing what it says"
        raise RuleError([Diagnostic("layout", message, where=source.name, help=hint)])
    return text


class _Walk:
    """From nodes to edits, with the documents that each node can be."""

    def __init__(self, text: str, spelling: Spelling, *, movable: bool) -> None:
        self.text, self.spelling, self.movable = text, spelling, movable
        self.respelled: dict[int, str] = {}
        self.seen: set[int] = set()

    def edits(
        self,
        node: yaml.Node,
        classes: Iterable[type[Document]],
        role: Role | None,
        record: Record | None,
        *,
        flow: bool,
    ) -> list[Edit]:
        """What to change in a value; `record` is the shape of the list entry at hand."""
        if id(node) in self.seen:
            return []
        if isinstance(node, yaml.ScalarNode):
            return [] if role is None else self._scalar(node, role, record, flow=flow)
        assert isinstance(node, yaml.CollectionNode)
        inside = flow or bool(node.flow_style)
        if isinstance(node, yaml.SequenceNode):
            return [edit for child in node.value for edit in self.edits(child, classes, role, record, flow=inside)]
        written = {key.value for key, _ in node.value}
        cls = next((cls for cls in classes if written <= set(keys_of(cls))), None)
        if cls is None:
            return []
        assert isinstance(node, yaml.MappingNode)
        self.seen.add(id(node))
        return self._document(node, cls, record, flow=inside)

    def _document(
        self, node: yaml.MappingNode, cls: type[Document], record: Record | None, *, flow: bool
    ) -> list[Edit]:
        values = {key.value: value for key, value in node.value}
        each = values.get("each") if issubclass(cls, documents.SupportDocument) else None
        inner = self.spelling.record_of(each.value) if isinstance(each, yaml.ScalarNode) else record
        found: list[Edit] = []
        for attribute, (key, form, _) in forms_of(cls.__name__).items():
            value = values.get(key)
            if value is None:
                continue
            here = None if attribute in ("applies_when", "each") else inner
            if cls is documents.Table and key == "rows" and isinstance(value, yaml.MappingNode):
                found += self._rows(value, values.get("by"), here, flow=flow or bool(value.flow_style))
                continue
            held = tuple(_class(name) for name in form.documents)
            found += self.edits(value, held, role_of(cls, attribute), here, flow=flow)
        moved = reordered(self.text, node, order_of(cls), found) if self.movable else None
        return found if moved is None else [moved]

    def _rows(self, node: yaml.MappingNode, by: yaml.Node | None, record: Record | None, *, flow: bool) -> list[Edit]:
        """Rows `test: amount`, whose order matters; the keys are tests unless they are choices by their label."""
        single = by.value[0] if isinstance(by, yaml.SequenceNode) and len(by.value) == 1 else by
        column = self.spelling.meaning(single.value, record) if isinstance(single, yaml.ScalarNode) else None
        found: list[Edit] = []
        for key, value in node.value:
            if column is not None and not isinstance(column.type, ChoiceType):
                found += self.edits(key, (), "tests", record, flow=flow)
            found += self.edits(value, (documents.AmountForm,), "expression", record, flow=flow)
        return found

    def _scalar(self, node: yaml.ScalarNode, role: Role, record: Record | None, *, flow: bool) -> list[Edit]:
        changes = self.spelling.edits(node.value, role, record)
        edit = within_scalar(self.text, node, changes, flow=flow) if changes else None
        if edit is None:
            return []
        self.seen.add(id(node))
        self.respelled[node.start_mark.index] = apply(node.value, changes)
        return [edit]


def _class(name: str) -> type[Document]:
    modules = (documents, rule_files, vocabulary_documents)
    found = next(getattr(module, name) for module in modules if hasattr(module, name))
    assert isinstance(found, type)
    assert issubclass(found, Document)
    return found


def _aliased(nodes: Iterable[yaml.Node]) -> bool:
    """Whether a value is named in several places, so that its anchor has to stay before them."""
    seen: set[int] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if id(node) in seen:
            return True
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            pending += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value
    return False


def _meaning(loaded: Iterable[Loaded], respelled: Mapping[int, str]) -> list[object]:
    """The data of documents without places and the order of keys, texts respelled by the offset where they stand."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {plain(key): plain(part) for key, part in value.items() if key != SPAN}
        if isinstance(value, list):
            return [plain(part) for part in value]
        if isinstance(value, Text) and value.span is not None:
            return ("text", respelled.get(value.span.start, str(value)))
        return (type(value).__name__, value)

    return [plain(entry.data) for entry in loaded]


__all__ = ["form_of", "format_source", "order_of", "role_of", "words_of"]
