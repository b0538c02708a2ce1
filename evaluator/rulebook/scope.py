"""What a name in a rule can mean, and the problems of one expression.

A `Scope` resolves names to typed leaves: fields of the bound items (innermost first), names special to the place
(`基期`), facts and metrics of the vocabulary. It knows the kinds of profile that the rule is for, and refuses facts
that these do not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

from evaluator.diagnostics import did_you_mean
from evaluator.record import row
from evaluator.rulebook import ir
from evaluator.rulebook.history import AWARD
from evaluator.rulebook.vocabulary import BOOL, DATE, MONEY, Fact, ListType, Parameter, Record, Type, Vocabulary
from evaluator.source import Span

TOLD = "told"
"""The code of a problem that is told elsewhere already."""


class ExpressionError(Exception):
    """One thing wrong in an expression, at the characters `at` of its text."""

    def __init__(self, at: tuple[int, int], code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.at, self.code, self.message, self.help = at, code, message, help


KIND = ("主体类型", "kind")
"""What the kind of the profile is called in a condition: `主体类型 = "社会组织"`."""

ENTRY = ("本项", "entry")
"""What the entry of `each` is called, wherever another entry of the same list is at hand: `本项.发布日期`."""


class Term(Protocol):
    """Something that the document defines by a name; `each` is the id of the list whose entries it is about."""

    word: str
    each: str | None

    def read(self, scope: Scope, at: tuple[int, int]) -> ir.Expr:
        """What it comes to in a scope. Raises ExpressionError."""


@row
class Binding:
    """A list whose entry is at hand; `name` is the variable of `some x in …`, when there is one.

    The fields of a named entry are read through its name, as FEEL has it: a bare one is that of the entry around, or
    what else has this name, and the named entry's only where nothing else has. `hidden`: not seen within a term.
    """

    fact: Fact
    record: Record
    name: str | None = None
    hidden: bool = False


@row
class Scope:
    """The names of one rule. `metrics` tells whether figures by year may be named here (in targets and duties).

    `awards` are the global ids of all incentives with the list of their `each`, `policy` is the one whose rules may be
    named by their short id. `day` is the date that counts, on which dated parameters are read. `entry` is the depth of
    the binding that a rule (or term) asks about. `terms` are those of the policy, `opened` the ones being read.
    `worth` is the type of what an amount names: money, but for a table of rates that is a term.
    """

    vocabulary: Vocabulary
    kinds: tuple[str, ...]
    bindings: tuple[Binding, ...] = ()
    special: Mapping[str, ir.Expr] = MappingProxyType({})
    metrics: bool = False
    awards: Mapping[str, str | None] = MappingProxyType({})
    policy: str = ""
    day: ir.Expr | None = None
    entry: int | None = None
    terms: Mapping[str, Term] = MappingProxyType({})
    opened: tuple[str, ...] = ()
    worth: Type = MONEY

    def bind(self, fact: Fact, name: str | None = None) -> Scope:
        """This scope inside an entry of the list `fact`."""
        assert isinstance(fact.type, ListType)
        return replace(self, bindings=(*self.bindings, Binding(fact, self.vocabulary.records[fact.type.record], name)))

    def resolve(self, name: str, at: tuple[int, int]) -> ir.Expr:
        """The leaf that `name` stands for."""
        own = self._field(name, named=False)
        if own is not None:
            return own
        if name in self.special:
            return self.special[name]
        term = self._term(name, at)
        if term is not None:
            return term
        parameter = self.parameter(name)
        if parameter is not None:
            if self.day is None:
                message = f"on which day `{name}` is read is not said here"
                raise ExpressionError(at, "parameter", message, f"write `at({name}, 日期)`")
            return dated(parameter, self.day)
        fact = self.vocabulary.fact(name)
        if fact is not None:
            self._refuse_foreign(fact.of, name, at)
            return ir.FactRef(type=fact.type, fact=fact)
        metric = self.vocabulary.metric(name)
        if metric is not None:
            if not self.metrics:
                raise ExpressionError(
                    at,
                    "metric-without-period",
                    f"the metric `{name}` has no period here",
                    "only targets and yearly duties have one",
                )
            self._refuse_foreign(metric.of, name, at, "metric")
            return ir.MetricRef(type=metric.type, metric=metric)
        if name in ("as_of", "询问日"):
            return ir.AsOf()
        through = self._field(name, named=True)
        if through is not None:
            return through
        help = "say which year: give the entry its `base: 2022`" if name == "基期" else did_you_mean(name, self.words())
        raise ExpressionError(at, "unknown-name", f"nothing is called `{name}`", help)

    def _field(self, name: str, *, named: bool) -> ir.Expr | None:
        """The field of that name of an entry at hand, the innermost first."""
        for depth in range(len(self.bindings) - 1, -1, -1):
            binding = self.bindings[depth]
            found = None if binding.hidden else binding.record.find(name)
            if found is not None and (binding.name is not None) == named:
                return ir.FieldRef(type=found.type, field=found, depth=depth)
        return None

    def _term(self, name: str, at: tuple[int, int], depth: int | None = None) -> ir.Expr | None:
        """What a term comes to here: of the entry bound at `depth`, or of the innermost of its list."""
        term = self.terms.get(name)
        if term is None:
            return None
        if term.word in self.opened:
            chain = " → ".join(f"`{word}`" for word in (*self.opened, term.word))
            raise ExpressionError(at, "term", f"the term depends on itself: {chain}")
        if term.each is not None and depth is None:
            depth = self._entry_of(term.each)
            if depth is None:
                label = self.vocabulary.facts[term.each].label.zh
                message = f"`{name}` is about an entry of `{label}`, and none is at hand here"
                help = f"in a rule with `each: {label}` write it bare, of a list `sum({label}.{name})`"
                raise ExpressionError(at, "term", message, help)
        bindings = tuple(
            replace(binding, name=None, hidden=index != depth) for index, binding in enumerate(self.bindings)
        )
        inner = replace(self, bindings=bindings, special={}, entry=depth, opened=(*self.opened, term.word))
        return term.read(inner, at)

    def _entry_of(self, fact: str) -> int | None:
        """The depth of the innermost entry of that list."""
        depths = [at for at, entry in enumerate(self.bindings) if entry.fact.id == fact and not entry.hidden]
        return depths[-1] if depths else None

    def parameter(self, word: str) -> Parameter | None:
        """The dated parameter with that id or Chinese label."""
        found = self.vocabulary.parameters.get(word)
        if found is None:
            found = next((one for one in self.vocabulary.parameters.values() if one.fact.label.zh == word), None)
        return found

    def award(self, word: str, at: tuple[int, int]) -> str:
        """The global id of the incentive called `word`."""
        id = word if "/" in word else f"{self.policy}/{word}"
        if id not in self.awards:
            own = [known.removeprefix(f"{self.policy}/") for known in self.awards]
            raise ExpressionError(at, "unknown-award", f"there is no incentive `{word}`", did_you_mean(word, own))
        return id

    def award_amount(self, word: str, at: tuple[int, int], span: Span | None = None) -> ir.Expr:
        """What another award comes to; of the same entry where both go through the same list."""
        id = self.award(word, at)
        here = self.bindings[0].fact if self.bindings and not self.bindings[0].hidden else None
        same = here is not None and self.awards[id] in (here.id, here.label.zh)
        return ir.AwardAmount(type=MONEY, rule=id, same_item=same, span=span)

    def names_kind(self, name: str) -> bool:
        """Whether `name` is the kind of the profile; a fact or field of that name comes first."""
        taken = any(binding.record.find(name) for binding in self.bindings if not binding.hidden)
        return name in KIND and not taken and self.vocabulary.fact(name) is None

    def names_award(self, node: ir.Expr) -> bool:
        """Whether `node` is the award of a payment received, which is compared with ids of rules."""
        return isinstance(node, ir.FieldRef) and node.field == AWARD

    def field_of(self, variable: str, name: str, at: tuple[int, int]) -> ir.Expr | None:
        """`variable.name`, or None when `variable` is no bound variable."""
        for depth in range(len(self.bindings) - 1, -1, -1):
            binding = self.bindings[depth]
            if binding.hidden:
                continue
            innermost = variable == "item" and depth == len(self.bindings) - 1
            if variable == binding.name or innermost or (variable in ENTRY and depth == self.entry):
                found = binding.record.find(name)
                term = self.terms.get(name)
                if found is None and term is not None and term.each == binding.fact.id:
                    return self._term(name, at, depth)
                if found is None:
                    words = [entry.label.zh for entry in binding.record.fields]
                    words += [other.word for other in self.terms.values() if other.each == binding.fact.id]
                    message = f"`{binding.record.label.zh}` has no field `{name}`"
                    raise ExpressionError(at, "unknown-field", message, did_you_mean(name, words))
                return ir.FieldRef(type=found.type, field=found, depth=depth)
        return None

    def list_fact(self, name: str, at: tuple[int, int]) -> Fact:
        """The list fact of that name."""
        fact = self.vocabulary.fact(name)
        if fact is None or not isinstance(fact.type, ListType):
            lists = [entry.label.zh for entry in self.vocabulary.facts.values() if isinstance(entry.type, ListType)]
            raise ExpressionError(at, "not-a-list", f"`{name}` is not a list", did_you_mean(name, lists))
        self._refuse_foreign(fact.of, name, at)
        return fact

    def words(self) -> list[str]:
        """Every name that would be understood here, the nearest bindings first."""
        words = [entry.label.zh for binding in reversed(self.bindings) for entry in binding.record.fields]
        words += self.special
        words += [term.word for term in self.terms.values()]
        words += [fact.label.zh for fact in self.vocabulary.facts.values()] + list(self.vocabulary.facts)
        if self.metrics:
            words += [metric.label.zh for metric in self.vocabulary.metrics.values()] + list(self.vocabulary.metrics)
        return words

    def _refuse_foreign(self, of: tuple[str, ...], name: str, at: tuple[int, int], what: str = "fact") -> None:
        strangers = [kind for kind in self.kinds if kind not in of]
        if strangers:
            has = ", ".join(of)
            message = f"`{name}` is no {what} of `{strangers[0]}`, which is asked here"
            raise ExpressionError(at, "wrong-kind", message, f"it is a {what} of {has}")


def dated(parameter: Parameter, day: ir.Expr) -> ir.Expr:
    """The value of a parameter on a day; where the table has none, the fact that stands for it."""
    type_ = parameter.fact.type
    asked = ir.FactRef(type=type_, fact=parameter.fact)
    if isinstance(day, ir.Constant) and not isinstance(day.value, str):
        began = [value for since, value in parameter.values if since.toordinal() <= day.value]
        ended = parameter.until is not None and parameter.until.toordinal() < day.value
        return asked if ended or not began else ir.Constant(type=type_, value=began[-1])
    result: ir.Expr = asked
    for since, value in parameter.values:
        after = ir.Compare(op=">=", left=day, right=ir.Constant(type=DATE, value=since.toordinal()), type=BOOL)
        result = ir.If(type=type_, condition=after, then=ir.Constant(type=type_, value=value), otherwise=result)
    if parameter.until is not None:
        last = ir.Constant(type=DATE, value=parameter.until.toordinal())
        over = ir.Compare(op=">", left=day, right=last, type=BOOL)
        result = ir.If(type=type_, condition=over, then=asked, otherwise=result)
    return result
