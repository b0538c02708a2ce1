"""Terms that a document defines: a condition, figure or amount with a name, read wherever a rule names it.

In: the `terms` of a policy's rule files. Out: `Term`s that a scope looks up. A term is read anew at each place with the
entry of its list that is at hand there, so nothing of it is left in the typed rules and no engine knows of terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from evaluator.feel.tokens import tokenize
from evaluator.rulebook import documents, ir, rule_files
from evaluator.rulebook.amounts import read_amount
from evaluator.rulebook.formulas import formula
from evaluator.rulebook.reader import Reader
from evaluator.rulebook.scope import TOLD, ExpressionError, Scope, Term
from evaluator.rulebook.vocabulary import NumberType, Vocabulary
from evaluator.rulebook.yamlfile import Text


class _Defined:
    """One term of a file."""

    def __init__(self, doc: rule_files.TermDocument, each: str | None) -> None:
        self.doc, self.each = doc, each
        self.word = str(doc.label.zh)
        self.used = self.declared = self.wrong = False

    def read(self, scope: Scope, at: tuple[int, int]) -> ir.Expr:
        """What the term comes to in a scope. Raises ExpressionError with what is wrong with it there."""
        self.used = True
        if self.wrong:
            raise ExpressionError(at, TOLD, f"the term `{self.word}` is wrong")
        reader = Reader(scope.vocabulary)
        found = self.typed(scope, reader)
        if found is None:
            first = reader.problems[0]
            if not self.declared and first.code != "term":  # it is told where the term itself is read
                raise ExpressionError(at, TOLD, f"the term `{self.word}` is wrong")
            raise ExpressionError(at, first.code, f"in the term `{self.word}`: {first.message}", first.help)
        return found

    def _of_rates(self, doc: documents.AmountForm, scope: Scope) -> Scope:
        """The scope in which the rows of a table name what the first of them does: money, rates or bare numbers."""
        table = doc.table
        if table is None:
            return scope
        rows = list(table.rows.values()) if isinstance(table.rows, dict) else [row.then for row in table.rows]
        first = next((row for row in rows if isinstance(row, Text)), None)
        found = None if first is None else Reader(scope.vocabulary).expression(first, scope)
        return scope if found is None or not isinstance(found.type, NumberType) else replace(scope, worth=found.type)

    def typed(self, scope: Scope, reader: Reader) -> ir.Expr | None:
        """The condition, value or amount; problems are kept by the reader."""
        is_ = self.doc.is_
        if isinstance(is_, Text):
            return reader.expression(is_, scope)
        if isinstance(is_, documents.Combination):
            return reader.condition(is_, scope)
        amount = read_amount(is_, self._of_rates(is_, scope), reader)
        if amount is None:
            return None
        found = formula(amount)
        if found is None:
            message = "what is open until somebody decides, or the least of several rows, is no term"
            reader.problem("term", message, is_.place, "write it as the amount of a rule")
        return found


def declare(
    docs: Iterable[rule_files.TermDocument], policy: str, awards: Mapping[str, str | None], reader: Reader
) -> Mapping[str, Term]:
    """The terms of one policy by label and id, with every problem of theirs told once."""
    found: dict[str, _Defined] = {}
    own: list[_Defined] = []
    vocabulary = reader.vocabulary
    for doc in docs:
        each: str | None = None
        if doc.each is not None:
            try:
                each = Scope(vocabulary, ()).list_fact(doc.each, (0, len(doc.each))).id
            except ExpressionError as error:
                reader.problem(error.code, error.message, doc.each.span, error.help)
                continue
        term = _Defined(doc, each)
        own.append(term)
        _refuse_names(doc, found, vocabulary, reader)
        found.update({str(doc.id): term, term.word: term})
    terms: Mapping[str, Term] = dict(found)
    scope = Scope(vocabulary, (), awards=awards, policy=policy, terms=terms)
    wrong = [term for term in own if term.typed(_alone(term, scope), reader) is None]
    for term in own:
        term.used, term.declared, term.wrong = False, True, term in wrong
    return terms


def _alone(term: _Defined, scope: Scope) -> Scope:
    """The scope in which a term is read by itself: with an entry of its list at hand, for any kind of profile."""
    scope = replace(scope, day=ir.AsOf(), opened=(term.word,))
    if term.each is None:
        return scope
    return replace(scope.bind(scope.vocabulary.facts[term.each]), entry=0)


def _refuse_names(
    doc: rule_files.TermDocument, found: Mapping[str, _Defined], vocabulary: Vocabulary, reader: Reader
) -> None:
    """A term has a name of its own, one word."""
    label = doc.label.zh
    if [kind for kind, *_ in tokenize(label)[:-1]] != ["name"]:
        reader.problem("term", f"`{label}` is not one word, so no expression can name it", label.span)
    for word in (label, doc.id):
        if vocabulary.fact(word) or vocabulary.metric(word) or word in found:
            help = "give the term a name of its own"
            reader.problem("duplicate-label", f"`{word}` is the name of something else too", word.span, help)


def unused(terms: Mapping[str, Term]) -> Iterable[tuple[str, rule_files.TermDocument]]:
    """The terms that nothing names."""
    for term in dict.fromkeys(terms.values()):
        if isinstance(term, _Defined) and not term.used:
            yield term.word, term.doc
