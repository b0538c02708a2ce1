"""What this engine cannot answer for all profiles at once: a table of forms, empty while every form has its arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from evaluator.diagnostics import Diagnostic
from evaluator.rulebook import model
from evaluator.rulebook.stacking import leaves

Form: TypeAlias = Callable[[model.AnyRule | model.Stacking], bool]

UNSUPPORTED: Final[tuple[tuple[Form, str], ...]] = ()
"""(whether a rule or tree has the form, what the form is)."""


def unsupported(
    rulebook: model.Rulebook, rules: Sequence[model.AnyRule], forms: Iterable[tuple[Form, str]] = UNSUPPORTED
) -> tuple[Diagnostic, ...]:
    """Each of these rules, and each tree over them, that the engine cannot answer for, with the reason."""
    ids = {rule.id for rule in rules}
    trees = [tree for tree in rulebook.stackings if ids & set(leaves(tree.tree))]
    help = "ask `evaluator decide` about single profiles"
    return tuple(
        Diagnostic("unsupported", f"the solver cannot answer for `{one.id}`: {reason}", one.span, help)
        for has, reason in forms
        for one in (*rules, *trees)
        if has(one)
    )
