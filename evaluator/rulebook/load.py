"""A folder of rules to one checked `Rulebook`, or every diagnostic at once.

Folders without a `policy.yaml` and files other than `*.yaml` are passed over. Given a place, only the policies that
can concern it are read: those of its jurisdiction chain and, where the chain is unknown below, those under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from evaluator.collecting import seldom
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook import model, rule_files, vocabulary_documents
from evaluator.rulebook.alternatives import Written, of_rule, of_tree, refuse_circles_under, written
from evaluator.rulebook.build import Builder, build_policy
from evaluator.rulebook.gates import Gates
from evaluator.rulebook.overrides import Override, apply
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.references import refuse_circles
from evaluator.rulebook.rules import read_rules
from evaluator.rulebook.scope import Term
from evaluator.rulebook.stacking import Stackings, pools, read_stackings
from evaluator.rulebook.terms import declare, unused
from evaluator.rulebook.validate import validate
from evaluator.rulebook.vocabulary import Metric, Vocabulary
from evaluator.rulebook.yamlfile import Loaded, decode, parse, read_bytes

VOCABULARY, POLICY, PROPERTIES = "vocabulary", "policy.yaml", "properties.yaml"


def concerns(jurisdiction: str, place: str) -> bool:
    """Whether rules of `jurisdiction` can concern a profile at `place`: one path leads on from the other."""
    a, b = jurisdiction.split("/"), place.split("/") if place else []
    return all(left == right for left, right in zip(a, b, strict=False))


def load_rulebook(
    folder: Path,
    *,
    place: str | None = None,
    also: Collection[str] = (),
    overrides: Collection[Override] = (),
) -> model.Rulebook:
    """Read and check a rulebook.

    With `place`, only the policies that can concern it and those named in `also` are read. Raises RuleError with
    everything that is wrong.
    """
    loader = _Loader(folder, overrides)
    with seldom():
        rulebook = loader.load(place, also)
    if loader.problems:
        raise RuleError(loader.problems)
    return rulebook


def load_vocabulary(folder: Path) -> Vocabulary:
    """The words that all policies of a rulebook share. Raises RuleError with everything that is wrong."""
    loader = _Loader(folder, ())
    vocabulary = loader.vocabulary(sorted((folder / VOCABULARY).glob("*.yaml")))
    if loader.problems:
        raise RuleError(loader.problems)
    return vocabulary


class _Loader:
    def __init__(self, folder: Path, overrides: Collection[Override]) -> None:
        self.folder, self.overrides = folder, overrides
        self.problems: list[Diagnostic] = []
        self.files: dict[str, str] = {}
        self.awards: dict[str, str | None] = {}
        self.alternatives: list[model.Alternative] = []
        self.terms: dict[str, Mapping[str, Term]] = {}

    def load(self, place: str | None, also: Collection[str]) -> model.Rulebook:
        if not (self.folder / VOCABULARY).is_dir():
            message = "this is no rulebook: it has no folder `vocabulary`"
            help = "name the folder that holds `vocabulary` and a folder for each policy"
            raise RuleError([Diagnostic("no-rulebook", message, where=str(self.folder), help=help)])
        headers, unread = self._headers(place, also)
        before = len(self.problems)
        paths = sorted((self.folder / VOCABULARY).glob("*.yaml"))
        vocabulary = self.vocabulary([*paths, *(self.folder / id / f"{VOCABULARY}.yaml" for id in headers)])
        reader = Reader(vocabulary)
        sound = len(self.problems) == before  # names are looked up in a whole vocabulary only
        policies: dict[str, model.Policy] = {}
        rules: dict[str, model.AnyRule] = {}
        stacks: list[tuple[model.Policy, Written, Loaded]] = []
        read: list[tuple[Gates, Loaded, rule_files.RuleFile]] = []
        for id, doc in headers.items():
            policy = policies[id] = self._policy(doc, vocabulary, reader)
            gates = Gates(policy)
            for path in sorted((self.folder / id).glob("*.yaml")):
                if path.name not in (POLICY, f"{VOCABULARY}.yaml", PROPERTIES):
                    read += [(gates, *file) for file in self._files(path, policy.id)]
        if sound:
            self._define(read, reader)
        kept = Reader(vocabulary) if self.overrides else reader  # a figure tried may take away what a reading changes
        for gates, loaded, file in read if sound else ():
            for rule in read_rules(file, gates, self.awards, reader):
                if rule.id in rules:
                    reader.problem("duplicate-id", f"there are two rules `{rule.id}`", rule.span)
                rules[rule.id] = rule
            for entry in written(loaded, file, gates.policy.id):
                if entry.list == "stacking":
                    stacks.append((gates.policy, entry, loaded))
                elif entry.id in rules:
                    self.alternatives += of_rule(entry, rules[entry.id], loaded, gates, self.awards, kept)
        stackings = self._stackings(stacks, rules, reader, kept) if sound else ()
        if sound:
            refuse_circles(rules, reader)
            refuse_circles_under(self.alternatives, rules, kept)
            for terms in self.terms.values():
                for word, term in unused(terms):
                    reader.doubt("unused-term", f"no rule names the term `{word}`", term.place, "drop it, or use it")
            self.problems += reader.problems
        for override in self.overrides:
            if not override.used:
                self.problems.append(override.missed())
        facts = dict(vocabulary.facts)
        yearly: dict[str, Metric] = {}
        facts.update((policy.still_in_force.id, policy.still_in_force) for policy in policies.values())
        facts.update((pool.factor.id, pool.factor) for tree in stackings for pool in pools(tree.tree))
        for rule in rules.values():
            if isinstance(rule, model.Obligation) and rule.attested is not None:
                if isinstance(rule.attested, Metric):
                    yearly[rule.id] = rule.attested
                else:
                    facts[rule.id] = rule.attested
        return model.Rulebook(
            vocabulary,
            policies,
            rules,
            stackings,
            facts,
            yearly,
            self.files,
            unread,
            tuple(self.alternatives),
            tuple(reader.doubts),
        )

    def _define(self, read: list[tuple[Gates, Loaded, rule_files.RuleFile]], reader: Reader) -> None:
        """The terms of each policy, which its rules and trees may name."""
        for gates in dict.fromkeys(gates for gates, _, _ in read):
            docs = [term for other, _, file in read if other is gates for term in file.terms]
            gates.terms = self.terms[gates.policy.id] = declare(docs, gates.policy.id, self.awards, reader)

    def _stackings(
        self,
        stacks: list[tuple[model.Policy, Written, Loaded]],
        rules: dict[str, model.AnyRule],
        reader: Reader,
        kept: Reader,
    ) -> tuple[model.Stacking, ...]:
        """Every tree, and its other readings, whose problems go to `kept`."""

        def read(changed: dict[str, rule_files.StackingDocument], reader: Reader) -> Stackings:
            docs = [(policy, changed.get(entry.id, entry.doc)) for policy, entry, _ in stacks]
            trees = [(policy, doc) for policy, doc in docs if isinstance(doc, rule_files.StackingDocument)]
            return read_stackings(trees, rules, self.awards, self.terms, reader)

        before = len(reader.problems)
        found = read({}, reader)
        roots = {stacking.id: stacking for stacking in found.roots}
        for _, entry, loaded in stacks if len(reader.problems) == before else ():
            chosen = roots.get(found.inside.get(entry.id, entry.id))  # a tree within another is told as part of it
            if chosen is None:
                continue

            def tree(
                doc: rule_files.StackingDocument, fresh: Reader, id: str = entry.id, of: str = chosen.id
            ) -> model.Stacking | None:
                return next((tree for tree in read({id: doc}, fresh).roots if tree.id == of), None)

            others = of_tree(replace(entry, id=chosen.id), chosen, loaded, kept, tree)
            whole = chosen.id == entry.id  # a tree within another does not fall away by itself
            self.alternatives += [other for other in others if whole or other.becomes is not None]
        return found.roots

    def _headers(
        self, place: str | None, also: Collection[str]
    ) -> tuple[dict[str, vocabulary_documents.PolicyDocument], frozenset[str]]:
        """The policies to read, by folder, and the names of those passed over."""
        found = sorted(path.parent for path in self.folder.glob(f"*/{POLICY}"))
        names = [path.name for path in found]
        for wanted in also:
            if wanted not in names:
                help = did_you_mean(wanted, names)
                message = f"there is no policy `{wanted}`"
                self.problems.append(Diagnostic("unknown-policy", message, where=str(self.folder), help=help))
        headers: dict[str, vocabulary_documents.PolicyDocument] = {}
        unread: set[str] = set()
        for path in found:
            for loaded in self._read(path / POLICY, first_only=True):
                doc = validate(vocabulary_documents.PolicyDocument, loaded, self.problems)
                if doc is None:
                    continue
                if place is None or path.name in also or concerns(doc.jurisdiction, place):
                    headers[path.name] = doc
                else:
                    unread.add(path.name)
                    del self.files[f"{path.name}/{POLICY}"]
        return headers, frozenset(unread)

    def _read(self, path: Path, *, first_only: bool = False) -> list[Loaded]:
        try:
            raw = read_bytes(path)
            self.files[path.relative_to(self.folder).as_posix()] = hashlib.sha256(raw).hexdigest()
            return parse(decode(raw, str(path)), first_only=first_only)
        except RuleError as error:
            self.problems += error.diagnostics
            return []

    def vocabulary(self, paths: Iterable[Path]) -> Vocabulary:
        files: list[vocabulary_documents.VocabularyFile] = []
        before = len(self.problems)
        for path in paths:
            for loaded in self._read(path) if path.is_file() else ():
                file = validate(vocabulary_documents.VocabularyFile, loaded, self.problems)
                if file is not None:
                    files.append(file)
        builder = Builder()
        vocabulary = builder.build(files)
        if len(self.problems) == before:  # what a file that cannot be read would name is not missed beside it
            self.problems += builder.problems
        return vocabulary

    def _policy(self, doc: vocabulary_documents.PolicyDocument, vocabulary: Vocabulary, reader: Reader) -> model.Policy:
        folder = Path(doc.id.span.source.name).parent.name if doc.id.span is not None else doc.id
        if doc.id != folder:
            help = "a policy's id is the name of its folder"
            reader.problem("policy-id", f"the policy `{doc.id}` stands in `{folder}`", doc.id.span, help)
        if doc.jurisdiction not in vocabulary.places and not doc.stub:
            help_place = did_you_mean(doc.jurisdiction, vocabulary.places)
            message = f"the vocabulary has no place `{doc.jurisdiction}`"
            reader.problem("unknown-place", message, doc.jurisdiction.span, help_place)
        reader.period(doc.in_force)
        return build_policy(doc, vocabulary)

    def _files(self, path: Path, policy: str) -> list[tuple[Loaded, rule_files.RuleFile]]:
        """The rule documents of one file; the incentives that they declare are noted for references to them."""
        found: list[tuple[Loaded, rule_files.RuleFile]] = []
        for loaded in self._read(path):
            for override in self.overrides:
                apply(override, policy, loaded)
            file = validate(rule_files.RuleFile, loaded, self.problems)
            if file is not None:
                found.append((loaded, file))
                for doc in file.incentives:
                    self.awards[f"{policy}/{doc.id}"] = None if doc.each is None else str(doc.each)
        return found
