"""Stacking documents to typed trees over awards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from evaluator.diagnostics import did_you_mean
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.reader import Reader, citations, name, readings
from evaluator.rulebook.scope import Scope
from evaluator.rulebook.vocabulary import MONEY
from evaluator.rulebook.yamlfile import Text


def read_stackings(
    docs: Iterable[tuple[model.Policy, documents.StackingDocument]],
    rules: Mapping[str, model.AnyRule],
    declared: Collection[str],
    reader: Reader,
) -> tuple[model.Stacking, ...]:
    """Every tree that is right; an award may stand in one tree only.

    `declared` are the ids of all incentives of the files, also of those that have problems of their own.
    """
    stackings: list[model.Stacking] = []
    owner: dict[str, str] = {}
    for policy, doc in docs:
        tree = _Tree(policy, rules, declared, reader, owner, str(doc.id)).node(doc)
        if any(other.id == f"{policy.id}/{doc.id}" for other in stackings):
            reader.problem("duplicate-id", f"there are two stackings `{doc.id}`", doc.id.span)
        if tree is not None:
            stackings.append(
                model.Stacking(
                    id=f"{policy.id}/{doc.id}",
                    policy=policy,
                    title=name(doc.title),
                    cite=citations(doc.cite),
                    scope=doc.scope,
                    tree=tree,
                    readings=readings(doc.readings),
                    span=doc.place,
                )
            )
    return tuple(stackings)


class _Tree:
    def __init__(
        self,
        policy: model.Policy,
        rules: Mapping[str, model.AnyRule],
        declared: Collection[str],
        reader: Reader,
        owner: dict[str, str],
        id: str,
    ) -> None:
        self.policy, self.rules, self.declared = policy, rules, declared
        self.reader, self.owner, self.id = reader, owner, id

    def node(self, doc: documents.StackNode) -> model.Stack | None:
        given = [form for form in ("highest_of", "silent", "sum") if getattr(doc, form) is not None]
        if len(given) != 1:
            self.reader.problem("stacking", "a node has exactly one of `highest_of`, `silent` and `sum`", doc.place)
            return None
        if doc.sum is not None:
            members = self.members(doc.sum.of, doc)
            cap = self.reader.expression(doc.sum.cap, Scope(self.reader.vocabulary, ()), MONEY)
            if not isinstance(cap, ir.Constant) or isinstance(cap.value, str):
                if cap is not None:
                    self.reader.problem("stacking", "the cap is a constant", doc.sum.cap.span)
                return None
            return None if members is None else model.SumCap(members=members, cap=cap.value)
        if doc.highest_of is not None:
            members = self.members(doc.highest_of, doc)
            return None if members is None else model.HighestOf(members=members)
        members = self.members(doc.silent or (), doc)
        return None if members is None else model.Silent(members=members)

    def members(
        self, docs: tuple[Text | documents.StackNode, ...], owner: documents.StackNode
    ) -> tuple[model.Stack, ...] | None:
        if len(docs) < 1:
            self.reader.problem("stacking", "a node without members combines nothing", owner.place)
            return None
        found = [self.leaf(doc) if isinstance(doc, Text) else self.node(doc) for doc in docs]
        return None if any(entry is None for entry in found) else tuple(entry for entry in found if entry is not None)

    def leaf(self, word: Text) -> model.Stack | None:
        id = str(word) if "/" in word else f"{self.policy.id}/{word}"
        rule = self.rules.get(id)
        if rule is None and id in self.declared:
            return None
        if not isinstance(rule, model.Award) or rule.amount is None:
            awards = [key.rpartition("/")[2] for key, entry in self.rules.items() if entry.kind == "incentive"]
            self.reader.problem(
                "unknown-award", f"there is no incentive `{word}`", word.span, did_you_mean(word, awards)
            )
            return None
        if id in self.owner:
            message = f"`{word}` already stands in the stacking `{self.owner[id]}`"
            self.reader.problem("stacking", message, word.span, "an award stands in one tree, once")
            return None
        self.owner[id] = self.id
        return model.Leaf(rule=id)
