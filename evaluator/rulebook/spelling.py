"""How an expression of a rule file is spelled: its punctuation in ASCII, its names by label or by id.

In: the text of an expression, the vocabulary, and the list whose entries are at hand. Out: edits of the text. The
tokens stay the same but for names, and a name changes only where the new one stands for the same fact, field or metric.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Final, Literal, TypeAlias

from evaluator.feel import FeelError, ast, parse, parse_unary_tests
from evaluator.feel.tokens import KEYWORDS, tokenize
from evaluator.record import row
from evaluator.rulebook.layout import Edit, apply
from evaluator.rulebook.vocabulary import Fact, Field, ListType, Metric, Record, Vocabulary

Names: TypeAlias = Literal["label", "id"]
Role: TypeAlias = Literal["expression", "tests", "fact", "metric"]
Bound: TypeAlias = tuple[tuple[str | None, Record], ...]
Place: TypeAlias = tuple[int, int]

_SPECIAL: Final = frozenset({"基期", "as_of", "询问日"})


@row
class Spelling:
    """How names are to be written; without a vocabulary they stay as they are."""

    vocabulary: Vocabulary | None
    names: Names

    def edits(self, text: str, role: Role, record: Record | None) -> list[Edit]:
        """What to change in `text`, which is an expression, unary tests, or the bare name of a fact or metric."""
        bound: Bound = () if record is None else ((None, record),)
        if role in ("fact", "metric"):
            return self._bare(text, role, bound)
        found = self._names(text, role, bound)
        signs = [
            Edit(start, end, word)
            for kind, word, start, end in tokenize(text)
            if kind == "op" and word != text[start:end] and not any(at[0] <= start < at[1] for at, _ in found)
        ]
        if _words(apply(text, signs)) != _words(text):
            return []
        renamed = [
            Edit(*at, self._word(entity))
            for at, entity in found
            if entity is not None and self._word(entity) != text[slice(*at)] and self._writable(entity)
        ]
        entities = [entity for _, entity in found]
        both = apply(text, [*signs, *renamed])
        if renamed and [entity for _, entity in self._names(both, role, bound)] != entities:
            return signs
        return [*signs, *renamed]

    def record_of(self, word: str) -> Record | None:
        """The shape of the entries of the list fact `word`."""
        fact = None if self.vocabulary is None else self.vocabulary.fact(word)
        return self._entries(fact)

    def meaning(self, word: str, record: Record | None) -> Field | None:
        """The field of `record`, fact or metric that a bare name stands for."""
        return self._resolve(word, () if record is None else ((None, record),))

    def _word(self, entity: Field) -> str:
        return entity.id if self.names == "id" else entity.label.zh

    def _writable(self, entity: Field) -> bool:
        """Whether an expression can hold the name: in one, the hyphens of an id are minus signs."""
        word = self._word(entity)
        assert self.vocabulary is not None
        return word in self.vocabulary.odd_names or (
            word not in KEYWORDS and [kind for kind, _ in _words(word)] == ["name"]
        )

    def _bare(self, text: str, role: Role, bound: Bound) -> list[Edit]:
        if self.vocabulary is None or text in _SPECIAL:
            return []
        entity = self.vocabulary.metric(text) if role == "metric" else self._resolve(text, bound)
        if entity is None or self._word(entity) == text:
            return []
        word = self._word(entity)
        again = self.vocabulary.metric(word) if role == "metric" else self._resolve(word, bound)
        return [Edit(0, len(text), word)] if again == entity else []

    def _names(self, text: str, role: Role, bound: Bound) -> list[tuple[Place, Field | None]]:
        """The places of all names with what they stand for; none where the text cannot be read."""
        words = self.vocabulary
        if words is None:
            return []
        read = parse_unary_tests if role == "tests" else parse
        try:
            tree = read(text, names=words.odd_names, units=words.unit_names)
        except FeelError:
            return []
        return [(_trimmed(text, at), entity) for at, entity in self._walk(tree, bound)]

    def _walk(self, node: object, bound: Bound) -> Iterator[tuple[Place, Field | None]]:
        match node:
            case ast.Name(name=name, at=at):
                yield at, self._resolve(name, bound)
            case ast.Path(base=base, name=name, at=at):
                yield from self._walk(base, bound)
                record = self._record(base, bound)
                yield (at[1] - len(name), at[1]), None if record is None else record.find(name)
            case ast.Filter(base=base, predicate=predicate):
                yield from self._walk(base, bound)
                record = self._record(base, bound)
                yield from self._walk(predicate, bound if record is None else (*bound, (None, record)))
            case ast.For(iterators=iterators, body=body) | ast.Quantified(iterators=iterators, satisfies=body):
                inner = bound
                for iterator in iterators:
                    yield from self._walk(iterator.source, inner)
                    record = self._record(iterator.source, inner)
                    inner = inner if record is None else (*inner, (iterator.name, record))
                yield from self._walk(body, inner)
            case ast.Call(args=args):
                yield from self._walk(args, bound)
            case tuple():
                for part in node:
                    yield from self._walk(part, bound)
            case _ if type(node).__module__ == ast.__name__:
                for entry in fields(node):  # type: ignore[arg-type]  # the classes of that module are all records
                    yield from self._walk(getattr(node, entry.name), bound)
            case _:
                pass

    def _record(self, node: ast.Node, bound: Bound) -> Record | None:
        """The record that a dot or a filter after `node` looks into: of a variable, or of a list."""
        while isinstance(node, ast.Filter):
            node = node.base
        if not isinstance(node, ast.Name):
            return None
        for variable, record in reversed(bound):
            if variable == node.name:
                return record
        if node.name == "item" and bound:
            return bound[-1][1]
        assert self.vocabulary is not None
        return self._entries(self.vocabulary.fact(node.name))

    def _entries(self, fact: Fact | None) -> Record | None:
        if self.vocabulary is None or fact is None or not isinstance(fact.type, ListType):
            return None
        return self.vocabulary.records.get(fact.type.record)

    def _resolve(self, name: str, bound: Bound) -> Fact | Metric | Field | None:
        if any(variable == name for variable, _ in bound):
            return None
        for named in (False, True):  # an entry with a name is read through it, unless nothing else is called so
            for variable, record in reversed(bound):
                found = record.find(name) if (variable is not None) == named else None
                if found is not None:
                    return found
            if self.vocabulary is None or name in _SPECIAL:
                return None
            other = self.vocabulary.fact(name) or self.vocabulary.metric(name)
            if other is not None:
                return other
        return None


def _trimmed(text: str, at: Place) -> Place:
    """The place without blanks at its ends."""
    word = text[slice(*at)]
    return at[0] + len(word) - len(word.lstrip()), at[1] - len(word) + len(word.rstrip())


def _words(text: str) -> list[tuple[str, str]]:
    """The tokens without their places, and without the end."""
    return [(kind, word) for kind, word, _, _ in tokenize(text)[:-1]]


__all__ = ["Names", "Role", "Spelling"]
