"""From the texts and mappings of one rule file to typed expressions, collecting every problem with its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.feel import FeelError, parse, parse_unary_tests
from evaluator.feel.ast import Node as Ast
from evaluator.feel.ast import Number, UnaryTests
from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.convert import plain
from evaluator.rulebook.expressions import Compare, lower, lower_condition, lower_tests
from evaluator.rulebook.quantities import describe
from evaluator.rulebook.reads import walk
from evaluator.rulebook.scope import TOLD, ExpressionError, Scope
from evaluator.rulebook.vocabulary import MONEY, Name, NumberType, Type, Vocabulary, exact
from evaluator.rulebook.yamlfile import Text
from evaluator.source import Span


class Reader:
    """Reads expressions under one vocabulary; what goes wrong is kept in `problems`, and the value is None.

    What is legal but probably not meant is kept in `doubts`.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.problems: list[Diagnostic] = []
        self.doubts: list[Diagnostic] = []
        self.near: Span | None = None

    def problem(self, code: str, message: str, span: Span | None, help: str | None = None) -> None:
        """Keep one problem; of a bare number, which has no place of its own, near where it stands."""
        self.problems.append(Diagnostic(code, message, span or self.near, help))

    def doubt(self, code: str, message: str, span: Span | None, help: str | None = None) -> None:
        """Keep one warning."""
        self.doubts.append(Diagnostic(code, message, span, help, "warning"))

    def parse(self, text: Text) -> Ast | None:
        """The untyped tree of an expression."""
        try:
            return parse(text, names=self.vocabulary.odd_names, units=self.vocabulary.unit_names)
        except FeelError as error:
            self._syntax(text, error)
            return None

    def parse_tests(self, text: Text) -> UnaryTests | None:
        """The untyped tree of unary tests."""
        try:
            return parse_unary_tests(text, names=self.vocabulary.odd_names, units=self.vocabulary.unit_names)
        except FeelError as error:
            self._syntax(text, error)
            return None

    def expression(self, text: Text, scope: Scope, want: Type | None = None) -> ir.Expr | None:
        """A typed expression; with `want`, of that type."""
        tree = self.parse(text)
        if tree is None:
            return None
        try:
            lowered = lower(tree, scope)
            if want is not None and lowered.type != want:
                hint = None
                if isinstance(want, NumberType) and isinstance(lowered.type, NumberType):
                    hint = f"write the unit, such as `{text}{want.unit}`" if isinstance(tree, Number) else None
                message = f"{describe(want)} is needed, and this is {describe(lowered.type)}"
                raise ExpressionError(tree.at, "unlike-types", message, hint)
        except ExpressionError as error:
            self._typing(text, error)
            return None
        return self._in_scale(text, lowered)

    def money(self, text: Text | None, scope: Scope) -> ir.Expr | None:
        """An amount of money, where one is written."""
        return None if text is None else self.expression(text, scope, MONEY)

    def rate(self, text: Text, scope: Scope) -> ir.Expr | None:
        """A percentage, or a bare number that multiplies."""
        found = self.expression(text, scope)
        if found is None or (isinstance(found.type, NumberType) and found.type.dimension in ("", "ratio")):
            return found
        self.problem("unlike-types", "a rate is a percentage or a bare number", text.span, "write it as `5%`")
        return None

    def tests(self, text: Text, value: ir.Expr, scope: Scope, compare: Compare | None = None) -> ir.Expr | None:
        """Typed unary tests on `value`."""
        tree = self.parse_tests(text)
        if tree is None:
            return None
        try:
            return self._in_scale(text, lower_tests(tree, value, scope, compare))
        except ExpressionError as error:
            self._typing(text, error)
            return None

    def condition(self, doc: Text | documents.Combination, scope: Scope) -> ir.Expr | None:
        """A typed condition from an expression or a mapping; None when any part is wrong."""
        if isinstance(doc, Text):
            tree = self.parse(doc)
            if tree is None:
                return None
            try:
                return self._in_scale(doc, lower_condition(tree, scope))
            except ExpressionError as error:
                self._typing(doc, error)
                return None
        return self._combination(doc, scope)

    def _in_scale(self, text: Text, node: ir.Expr) -> ir.Expr:
        """The expression; a figure far below the unit in which a fact is given was probably to have that unit."""
        units = self.vocabulary.units
        for part in walk(node):
            if not isinstance(part, ir.Compare | ir.Equal):
                continue
            fact, figure = part.left, part.right
            if not isinstance(figure, ir.Constant) or not isinstance(fact, ir.FactRef | ir.FieldRef):
                continue
            if not isinstance(fact.type, NumberType) or not isinstance(figure.type, NumberType):
                continue
            own, given = units.get(figure.type.unit), units.get(fact.type.unit)
            if own is None or given is None or isinstance(figure.value, str) or own.factor >= given.factor:
                continue
            if 0 < figure.value * 10 < given.factor:
                written = plain(exact(Fraction(figure.value) / own.factor))
                named = fact.fact if isinstance(fact, ir.FactRef) else fact.field
                message = f"`{written}{own.id}` is little for `{named.label.zh}`, which is given in {given.id}"
                self.doubt("unit", message, text.span, f"did you mean `{written}{given.id}`?")
        return node

    def conditions(self, docs: Iterable[Text | documents.Combination], scope: Scope) -> tuple[ir.Expr, ...] | None:
        """Several conditions; None when any is wrong."""
        found = [self.condition(doc, scope) for doc in docs]
        return None if any(entry is None for entry in found) else tuple(entry for entry in found if entry is not None)

    def _combination(self, doc: documents.Combination, scope: Scope) -> ir.Expr | None:
        span = doc.place
        forms = [name for name in ("all", "any", "not_", "at_least") if getattr(doc, name) is not None]
        if len(forms) > 1 or (not forms and doc.unless is None):
            self.problem("condition", "a condition has exactly one of `all`, `any`, `not` and `at_least`", span)
            return None
        node: ir.Expr | None = None
        if doc.all is not None:
            node = self._many(ir.AllOf, doc.all, scope, span)
        elif doc.any is not None:
            node = self._many(ir.AnyOf, doc.any, scope, span)
        elif doc.not_ is not None:
            operand = self.condition(doc.not_, scope)
            node = None if operand is None else ir.Not(operand=operand, span=span)
        elif doc.at_least is not None:
            operands = self.conditions(doc.at_least.of, scope)
            if doc.at_least.n > len(doc.at_least.of):
                message = f"{doc.at_least.n} of {len(doc.at_least.of)} conditions can never hold"
                self.problem("at-least", message, doc.at_least.place or span)
            node = None if operands is None else ir.AtLeast(n=doc.at_least.n, operands=operands, span=span)
        if doc.unless is None:
            return node
        exceptions = self._many(ir.AnyOf, doc.unless, scope, span)
        if exceptions is None or (forms and node is None):
            return None
        without = ir.Not(operand=exceptions, span=span)
        return without if node is None else ir.AllOf(operands=(node, without), span=span)

    def _many(
        self,
        form: type[ir.AllOf] | type[ir.AnyOf],
        docs: tuple[Text | documents.Combination, ...],
        scope: Scope,
        span: Span | None,
    ) -> ir.Expr | None:
        if not docs:
            self.problem("condition", "an empty list of conditions decides nothing", span)
            return None
        operands = self.conditions(docs, scope)
        return None if operands is None else form(operands=operands, span=span)

    # ------------------------------------------------------------------ what all rules share

    def kinds(self, words: Iterable[Text]) -> tuple[str, ...]:
        """Kind ids that the vocabulary has."""
        return tuple(word for word in words if self.kind(word))

    def kind(self, word: Text) -> bool:
        """Whether the vocabulary has that kind; a problem if not."""
        if word in self.vocabulary.kinds:
            return True
        help = did_you_mean(word, self.vocabulary.kinds)
        self.problem("unknown-kind", f"`{word}` is no kind of profile", word.span, help)
        return False

    def period(self, doc: documents.InForce) -> model.Period:
        """The period in which what happens counts."""
        since = dated(doc.from_)
        until = None if isinstance(doc.until, str) else dated(doc.until)
        if until is not None and until.date < since.date:
            self.problem("period", "the period ends before it begins", doc.place)
        return model.Period(since=since, until=until)

    def _syntax(self, text: Text, error: FeelError) -> None:
        for problem in error.problems:
            self.problem(problem.code, problem.message, text.span_of(*problem.at), problem.help)

    def _typing(self, text: Text, error: ExpressionError) -> None:
        if error.code != TOLD:
            self.problem(error.code, error.message, text.span_of(*error.at), error.help)


def dated(doc: documents.DatedFrom) -> model.PolicyDate:
    """A date of a policy."""
    return model.PolicyDate(date=date.fromisoformat(doc.date), basis=doc.basis)


def citations(docs: Iterable[documents.Citation]) -> tuple[model.Citation, ...]:
    """Citations as typed."""
    return tuple(
        model.Citation(
            article=str(doc.article), sentence=doc.sentence, figures=tuple(map(str, doc.figures)), span=doc.place
        )
        for doc in docs
    )


def readings(docs: Iterable[documents.Reading]) -> tuple[model.Reading, ...]:
    """Readings as typed."""
    return tuple(
        model.Reading(
            question=doc.question,
            chosen=str(doc.chosen),
            alternatives=tuple(str(other if isinstance(other, Text) else other.id) for other in doc.alternatives),
            note=name(doc.note),
        )
        for doc in docs
    )


def name(doc: documents.Label) -> Name:
    """A text for people."""
    return Name(zh=str(doc.zh), en=str(doc.en))
