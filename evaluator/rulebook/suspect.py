"""What is legal in a rulebook but probably not meant: warnings that `check` prints and that change no answer.

In: a whole checked rulebook, the day of the check, and which rules scenarios name. Out: diagnostics of severity
`warning`, sorted by place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from unicodedata import normalize

from evaluator.diagnostics import Diagnostic
from evaluator.rulebook import ir, model
from evaluator.rulebook.constant import constants
from evaluator.rulebook.reads import expressions, sources, sources_of, stacking_expressions, walk
from evaluator.rulebook.vocabulary import ChoiceType, Fact, Field, Metric, Record, Vocabulary


def suspicions(rulebook: model.Rulebook, today: date, named: Collection[str] | None = None) -> tuple[Diagnostic, ...]:
    """Everything suspect; `named` are the rules that scenarios name, None where there are no scenarios to look at."""
    found = [
        *rulebook.doubts,
        *_unused(rulebook),
        *_alike(rulebook.vocabulary),
        *_repeated(rulebook),
        *_constant(rulebook),
        *_expired(rulebook, today),
        *(() if named is None else _unnamed(rulebook, named)),
    ]
    return tuple(dict.fromkeys(sorted(found, key=_place)))


def _place(one: Diagnostic) -> tuple[str, int]:
    return ("", 0) if one.span is None else (one.span.source.name, one.span.start)


def _unused(rulebook: model.Rulebook) -> Iterator[Diagnostic]:
    used: set[tuple[str, str]] = set()
    for rule in rulebook.rules.values():
        used.update((type(source).__name__, source.id) for source in sources(rule))
        if isinstance(rule, model.Target):
            used.add(("Metric", rule.metric.id))
    read = [node for stacking in rulebook.stackings for node in stacking_expressions(stacking)]
    used.update((type(source).__name__, source.id) for source in sources_of(read))
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


def _constant(rulebook: model.Rulebook) -> Iterator[Diagnostic]:
    hint = "correct the figure or the choice, or drop the condition"
    for rule in rulebook.rules.values():
        for expression in expressions(rule):
            for node, sort in constants(expression):
                holds = "can never hold" if sort == "never" else "always holds"
                message = f"a condition of `{rule.id}` {holds}, whatever the facts are"
                yield Diagnostic("constant-condition", message, node.span or rule.span, hint, "warning")


def _unnamed(rulebook: model.Rulebook, named: Collection[str]) -> Iterator[Diagnostic]:
    for rule in rulebook.rules.values():
        if rule.id not in named:
            message = f"no scenario names the rule `{rule.id}`"
            yield Diagnostic("unnamed-rule", message, rule.span, "record a case that expects its outcome", "warning")


def _alike(words: Vocabulary) -> Iterator[Diagnostic]:
    """Names that people will take for each other: of facts and metrics, then with the fields of each list."""
    top: dict[str, tuple[str, Field]] = {}
    for what, entries in (("fact", words.facts.values()), ("metric", words.metrics.values())):
        for entry in entries:
            yield from _clash(top, what, entry)
    for record in words.records.values():
        seen = dict(top)
        for field in record.fields:
            yield from _clash(seen, f"field of {record.label.zh}", field)
        yield from _choices_alike(record)


def _clash(seen: dict[str, tuple[str, Field]], what: str, field: Field) -> Iterator[Diagnostic]:
    key = _plain(field.label.zh)
    if key in seen:
        other, first = seen[key]
        message = f"the {what} `{field.id}` is labelled as the {other} `{first.id}` is: `{field.label.zh}`"
        yield Diagnostic("same-label", message, field.span, "give one of them another label", "warning")
    seen.setdefault(key, (what, field))


def _choices_alike(record: Record) -> Iterator[Diagnostic]:
    """One label for several choices of one record that have not the same id."""
    seen: dict[str, tuple[str, Field]] = {}
    for field in record.fields:
        for choice in field.type.choices if isinstance(field.type, ChoiceType) else ():
            id, first = seen.setdefault(_plain(choice.label.zh), (choice.id, field))
            if id != choice.id:
                where = f"`{field.id}`" if field is first else f"`{field.id}` and `{first.id}`"
                message = f"the choices `{id}` and `{choice.id}` of {where} are both labelled `{choice.label.zh}`"
                yield Diagnostic("same-label", message, field.span, "give one of them another label", "warning")


def _plain(label: str) -> str:
    """A label as people see it: without blanks, letters and signs of one width."""
    return "".join(normalize("NFKC", label).split()).casefold()


def _expired(rulebook: model.Rulebook, today: date) -> Iterator[Diagnostic]:
    for policy in rulebook.policies.values():
        until = policy.in_force.until
        if until is not None and until.date < today:
            message = f"`{policy.id}` was last in force on {until.date.isoformat()}"
            hint = "see whether another document has taken its place"
            yield Diagnostic("expired", message, policy.span, hint, "warning", f"{policy.id}/policy.yaml")
