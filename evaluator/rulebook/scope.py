"""What a name in a rule can mean, and the problems of one expression.

A `Scope` resolves names to typed leaves: fields of the bound items (innermost first), names special to the place
(`基期`), facts and metrics of the vocabulary. It knows the kinds of profile that the rule is for, and refuses facts
that these do not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from evaluator.diagnostics import did_you_mean
from evaluator.record import row
from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import Fact, ListType, Record, Vocabulary


class ExpressionError(Exception):
    """One thing wrong in an expression, at the characters `at` of its text."""

    def __init__(self, at: tuple[int, int], code: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.at, self.code, self.message, self.help = at, code, message, help


@row
class Binding:
    """A list whose entry is at hand; `name` is the variable of `some x in …`, when there is one."""

    fact: Fact
    record: Record
    name: str | None = None


@row
class Scope:
    """The names of one rule. `metrics` tells whether figures by year may be named here (in targets and duties)."""

    vocabulary: Vocabulary
    kinds: tuple[str, ...]
    bindings: tuple[Binding, ...] = ()
    special: Mapping[str, ir.Expr] = MappingProxyType({})
    metrics: bool = False

    def bind(self, fact: Fact, name: str | None = None) -> Scope:
        """This scope inside an entry of the list `fact`."""
        assert isinstance(fact.type, ListType)
        return replace(self, bindings=(*self.bindings, Binding(fact, self.vocabulary.records[fact.type.record], name)))

    def resolve(self, name: str, at: tuple[int, int]) -> ir.Expr:
        """The leaf that `name` stands for."""
        for depth in range(len(self.bindings) - 1, -1, -1):
            found = self.bindings[depth].record.find(name)
            if found is not None:
                return ir.FieldRef(type=found.type, field=found, depth=depth)
        if name in self.special:
            return self.special[name]
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
        help = "say which year: give the entry its `base: 2022`" if name == "基期" else did_you_mean(name, self.words())
        raise ExpressionError(at, "unknown-name", f"nothing is called `{name}`", help)

    def field_of(self, variable: str, name: str, at: tuple[int, int]) -> ir.Expr | None:
        """`variable.name`, or None when `variable` is no bound variable."""
        for depth in range(len(self.bindings) - 1, -1, -1):
            binding = self.bindings[depth]
            if variable == binding.name or (variable == "item" and depth == len(self.bindings) - 1):
                found = binding.record.find(name)
                if found is None:
                    words = [entry.label.zh for entry in binding.record.fields]
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
