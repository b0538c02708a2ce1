"""What an applicant chooses where awards exclude each other: `stacking=award`, checked against the rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook import model
from evaluator.rulebook.stacking import leaves


def read_choices(rulebook: model.Rulebook, given: Mapping[str, str], where: str = "--choose") -> dict[str, str]:
    """Global ids of stackings to those of the awards chosen; short ids are understood.

    Raises RuleError for a stacking or award that does not exist, and where nothing is left to a choice.
    """
    chosen: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for tree, award in given.items():
        found = [stacking for stacking in rulebook.stackings if tree in (stacking.id, stacking.id.partition("/")[2])]
        if not found:
            words = [one.id.partition("/")[2] for one in rulebook.stackings if any(_open(one.tree))]
            nearest = did_you_mean(tree, words) or "no stacking of these rules leaves a choice"
            message = f"there is no stacking `{tree}`"
            problems.append(Diagnostic("unknown-stacking", message, where=where, help=nearest))
        for stacking in found:
            open_ = list(_open(stacking.tree))
            matches = [id for id in open_ if award in (id, id.partition("/")[2])]
            if matches:
                chosen[stacking.id] = matches[0]
            elif not open_:
                problems.append(Diagnostic("choice", f"`{tree}` leaves nothing to choose", where=where))
            else:
                help = did_you_mean(award, [id.partition("/")[2] for id in open_])
                message = f"`{award}` is no award that `{tree}` lets one choose"
                problems.append(Diagnostic("choice", message, where=where, help=help))
    if problems:
        raise RuleError(problems)
    return chosen


def _open(tree: model.Stack) -> Iterator[str]:
    """The awards among which the applicant chooses."""
    if isinstance(tree, model.Leaf):
        return
    if isinstance(tree, model.ChooseOne):
        yield from leaves(tree)
        return
    for member in tree.members:
        yield from _open(member)
