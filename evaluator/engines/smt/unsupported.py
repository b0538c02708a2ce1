"""What this engine cannot answer for all profiles at once: a table of forms, looked up before anything is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import expressions, walk
from evaluator.rulebook.vocabulary import Name

UNSUPPORTED: Final[tuple[tuple[str, Callable[[model.AnyRule], bool], Name], ...]] = (
    (
        "selection",
        lambda rule: isinstance(rule, model.Award) and rule.selection is not None,
        Name(zh="只取若干条目、或按次序给付的奖补", en="an award that selects or ranks the entries of a list"),
    ),
    (
        "instalments",
        lambda rule: isinstance(rule, model.Award) and bool(rule.instalments),
        Name(zh="分期给付的奖补", en="an award paid in instalments"),
    ),
    (
        "position",
        lambda rule: any(isinstance(node, ir.Position) for part in expressions(rule) for node in walk(part)),
        Name(zh="按条目名次给付的奖补", en="an amount by the place of an entry"),
    ),
)
"""(id, whether a rule has the form, what it is)."""


def unsupported(rule: model.AnyRule, rules: Mapping[str, model.AnyRule]) -> Name | None:
    """Why the engine cannot answer for a rule, by itself or through an award that it reads; None when it can."""
    seen: set[str] = set()
    waiting = [rule]
    while waiting:
        current = waiting.pop()
        if current.id in seen:
            continue
        seen.add(current.id)
        for _, has, reason in UNSUPPORTED:
            if has(current):
                return reason
        for part in expressions(current):
            read = [node.rule for node in walk(part) if isinstance(node, ir.AwardAmount)]
            waiting += [rules[id] for id in read if id in rules]
    return None


def refuse(rule: model.AnyRule, rules: Mapping[str, model.AnyRule]) -> None:
    """Raise RuleError at the rule's place where the engine cannot answer for it."""
    reason = unsupported(rule, rules)
    if reason is not None:
        message = f"the solver cannot answer for `{rule.id}`: {reason.en}"
        raise RuleError([Diagnostic("unsupported", message, rule.span, "ask `evaluator decide` about single profiles")])
