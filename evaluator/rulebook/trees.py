"""How awards combine, as typed trees: the nodes that `model` has among its own."""

from __future__ import annotations

from typing import Literal, TypeAlias

from evaluator.record import record
from evaluator.rulebook.ir import Expr
from evaluator.rulebook.vocabulary import Exact, Fact

StackScope: TypeAlias = Literal["item", "entity", "period"]


@record
class Leaf:
    """An award, by its global id."""

    rule: str


@record
class HighestOf:
    """Only the largest amount is paid (就高不重复)."""

    members: tuple[Stack, ...]


@record
class Silent:
    """The text does not say whether they combine: from the largest lower end to the sum of the upper ends."""

    members: tuple[Stack, ...]


@record
class SumCap:
    """All are paid, together at most `cap` yuan, a number that the facts of the profile give."""

    members: tuple[Stack, ...]
    cap: Expr


@record
class ChooseOne:
    """The applicant chooses one; the choice is an input of the question, and the best where it is not given."""

    members: tuple[Stack, ...]


@record
class FirstOf:
    """The first that pays anything prevails over those after it."""

    members: tuple[Stack, ...]


@record
class Net:
    """What the members come to together, less `minus` yuan, and never below nothing (netting, 补差)."""

    members: tuple[Stack, ...]
    minus: Expr


@record
class Scoped:
    """The members combined within each item or year first, whatever the tree around them combines."""

    members: tuple[Stack, ...]
    scope: StackScope


@record
class Pool:
    """All are paid out of one budget that many profiles share: the share `factor` of what they come to.

    The factor is a fact, from nothing to all, until it is decided or worked out over all profiles: everyone's alike
    (`proportional`), or in full by the day `order` until the budget of `budget` yuan is used up.
    """

    members: tuple[Stack, ...]
    budget: Exact
    order: Expr | None
    factor: Fact


Stack: TypeAlias = Leaf | HighestOf | Silent | SumCap | ChooseOne | FirstOf | Net | Scoped | Pool
