"""Properties that drafters declare beside their rules, in a policy's `properties.yaml`: what is to hold for everybody.

In: the folder of a rulebook and the checked rulebook. Out: typed declarations, or every diagnostic. No decision
reads them; `evaluator prove` asks for them.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Literal, TypeAlias

from evaluator.diagnostics import RuleError, did_you_mean
from evaluator.record import field, record
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.forms import NAMES, Document, document, words
from evaluator.rulebook.load import PROPERTIES
from evaluator.rulebook.reader import Reader, name
from evaluator.rulebook.scope import Scope
from evaluator.rulebook.validate import validate
from evaluator.rulebook.vocabulary import MONEY, DateType, Exact, Fact, Name, NumberType
from evaluator.rulebook.yamlfile import Text, read_file
from evaluator.source import Span

DeclaredOutcome: TypeAlias = Literal["satisfied", "not_satisfied", "indeterminate"]
Condition: TypeAlias = documents.Condition
Expression: TypeAlias = documents.Expression
Id: TypeAlias = documents.Id
Label: TypeAlias = documents.Label


@document
class StepDocument(Document):
    """The largest difference that one unit of a fact may make."""

    of: Text
    at_most: Expression


@document
class DeclaredDocument(Document):
    """One declared property of a rule: an outcome where a condition holds, a largest amount, or a largest step."""

    id: Id
    title: Label
    rule: Text
    when: Condition | None = None
    outcome: DeclaredOutcome | None = None
    at_most: Expression | None = None
    step: StepDocument | None = None


@document
class DeclaredFile(Document):
    """The properties of one policy."""

    properties: tuple[DeclaredDocument, ...]


NAMES["DeclaredOutcome"] = words(DeclaredOutcome)


@record
class Declared:
    """What is to hold of `rule` wherever `when` holds: an outcome, at most so much, or so much per unit of `fact`."""

    id: str
    title: Name
    rule: model.AnyRule
    when: ir.Expr | None
    outcome: DeclaredOutcome | None
    at_most: Exact | None
    fact: Fact | None
    span: Span | None = field(default=None, compare=False, repr=False)


def read_declared(folder: Path, rulebook: model.Rulebook, policies: Collection[str] = ()) -> tuple[Declared, ...]:
    """The declarations of these policies (of all, where none is named). Raises RuleError with all that is wrong."""
    reader = Reader(rulebook.vocabulary)
    found: list[Declared] = []
    for policy in rulebook.policies:
        path = folder / policy / PROPERTIES
        if not path.is_file() or (policies and policy not in policies):
            continue
        try:
            loaded = read_file(path)
        except RuleError as error:
            reader.problems += error.diagnostics
            continue
        for one in loaded:
            file = validate(DeclaredFile, one, reader.problems)
            for doc in () if file is None else file.properties:
                made = _read(doc, policy, rulebook, reader)
                if made is not None:
                    found.append(made)
    if reader.problems:
        raise RuleError(reader.problems)
    return tuple(found)


def _read(doc: DeclaredDocument, policy: str, rulebook: model.Rulebook, reader: Reader) -> Declared | None:
    id = doc.rule if "/" in doc.rule else f"{policy}/{doc.rule}"
    rule = rulebook.rules.get(id)
    if rule is None:
        own = [known.removeprefix(f"{policy}/") for known in rulebook.rules if known.startswith(f"{policy}/")]
        reader.problem("unknown-rule", f"there is no rule `{doc.rule}`", doc.rule.span, did_you_mean(doc.rule, own))
        return None
    scope = Scope(rulebook.vocabulary, rule.kinds, policy=policy)
    forms = [key for key in ("outcome", "at_most", "step") if getattr(doc, key) is not None]
    if len(forms) != 1:
        message = "a property says exactly one of `outcome`, `at_most` and `step`"
        reader.problem("property", message, doc.place)
        return None
    if doc.outcome is None and (not isinstance(rule, model.Award) or rule.amount is None):
        reader.problem("property", f"`{doc.rule}` pays no amount", doc.rule.span, "say its `outcome` instead")
        return None
    when = None if doc.when is None else reader.condition(doc.when, scope)
    limit = doc.at_most if doc.step is None else doc.step.at_most
    most = None if limit is None else _money(limit, scope, reader)
    fact = None if doc.step is None else _fact(doc.step.of, rule, rulebook, reader)
    if (doc.when is not None and when is None) or (limit is not None and most is None):
        return None
    if doc.step is not None and fact is None:
        return None
    return Declared(
        id=f"{policy}/{doc.id}",
        title=name(doc.title),
        rule=rule,
        when=when,
        outcome=doc.outcome,
        at_most=most,
        fact=fact,
        span=doc.place,
    )


def _money(text: Text, scope: Scope, reader: Reader) -> Exact | None:
    found = reader.expression(text, scope, MONEY)
    if found is None:
        return None
    if not isinstance(found, ir.Constant) or isinstance(found.value, str):
        reader.problem("property", "an amount to compare with is written as such", text.span, "write it as `10万元`")
        return None
    return found.value


def _fact(word: Text, rule: model.AnyRule, rulebook: model.Rulebook, reader: Reader) -> Fact | None:
    fact = rulebook.vocabulary.fact(word)
    if fact is None:
        labels = [known.label.zh for known in rulebook.vocabulary.facts.values() if set(known.of) & set(rule.kinds)]
        reader.problem("unknown-fact", f"there is no fact `{word}`", word.span, did_you_mean(word, labels))
        return None
    if not isinstance(fact.type, NumberType | DateType):
        reader.problem("property", f"`{word}` has no unit to step by", word.span, "name a number or a date")
        return None
    return fact
