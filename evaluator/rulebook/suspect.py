"""What is legal in a rulebook but probably not meant: warnings that `check` prints and that change no answer.

In: a whole checked rulebook and the day of the check. Out: diagnostics of severity `warning`, sorted by place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from evaluator.diagnostics import Diagnostic
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import expressions, sources, walk
from evaluator.rulebook.vocabulary import Fact, Metric


def suspicions(rulebook: model.Rulebook, today: date) -> tuple[Diagnostic, ...]:
    """Everything suspect: names that no rule uses, conditions written twice, documents that are out of force."""
    found = [*_unused(rulebook), *_repeated(rulebook), *_expired(rulebook, today)]
    return tuple(dict.fromkeys(sorted(found, key=_place)))


def _place(one: Diagnostic) -> tuple[str, int]:
    return ("", 0) if one.span is None else (one.span.source.name, one.span.start)


def _unused(rulebook: model.Rulebook) -> Iterator[Diagnostic]:
    used: set[tuple[str, str]] = set()
    for rule in rulebook.rules.values():
        used.update((type(source).__name__, source.id) for source in sources(rule))
        if isinstance(rule, model.Target):
            used.add(("Metric", rule.metric.id))
    words = rulebook.vocabulary
    named: list[Fact | Metric] = [*words.facts.values(), *words.metrics.values()]
    for entry in named:
        if (type(entry).__name__, entry.id) not in used and entry.span is not None:  # a built-in one has no place
            what = type(entry).__name__.lower()
            message = f"no rule uses the {what} `{entry.label.zh}`"
            yield Diagnostic(f"unused-{what}", message, entry.span, "drop it, or write the rule", "warning")


def _repeated(rulebook: model.Rulebook) -> Iterator[Diagnostic]:
    for rule in rulebook.rules.values():
        for expression in expressions(rule):
            for node in walk(expression):
                if not isinstance(node, ir.AllOf | ir.AnyOf | ir.AtLeast):
                    continue
                operands = node.operands
                if any(operand in operands[:index] for index, operand in enumerate(operands)):
                    message = f"a condition of `{rule.id}` stands twice in one combination"
                    hint = "drop one, or correct the one that was to say something else"
                    yield Diagnostic("condition-twice", message, node.span or rule.span, hint, "warning")


def _expired(rulebook: model.Rulebook, today: date) -> Iterator[Diagnostic]:
    for policy in rulebook.policies.values():
        until = policy.in_force.until
        if until is not None and until.date < today:
            message = f"`{policy.id}` was last in force on {until.date.isoformat()}"
            hint = "see whether another document has taken its place"
            yield Diagnostic("expired", message, policy.span, hint, "warning", f"{policy.id}/policy.yaml")
