"""A rule file as a whole, with how awards combine: the documents above those of single rules.

In: the plain data of `yamlfile`. Out: frozen documents; see `documents` for their parts.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from evaluator.rulebook.documents import (
    AmountForm,
    Citation,
    Combination,
    Expression,
    Id,
    IncentiveDocument,
    Label,
    Listed,
    ObligationDocument,
    Payer,
    Reading,
    Recipient,
    SupportDocument,
    TargetDocument,
    shape,
)
from evaluator.rulebook.forms import NAMES, TEXT, Document, document, reference, tagged, words
from evaluator.rulebook.yamlfile import Text


@document
class SumCap(Document):
    """The sum of the members, at most `cap`."""

    of: tuple[StackMember, ...]
    cap: Expression


@document
class Net(Document):
    """What the members come to together, less what is to be set off."""

    of: tuple[StackMember, ...]
    minus: Expression


@document
class Scoped(Document):
    """The members combined within each item or year first."""

    of: tuple[StackMember, ...]
    scope: Literal["item", "entity", "period"]


@document
class PoolOrder(Document):
    """Who comes first is paid first, as long as the budget lasts."""

    by: Expression


Exceeded: TypeAlias = Literal["proportional"] | PoolOrder


@document
class Pool(Document):
    """The members out of one budget for all profiles."""

    of: tuple[StackMember, ...]
    budget: Expression
    exceeded: Exceeded


@document
class StackNode(Document):
    """Exactly one way in which the members combine."""

    highest_of: tuple[StackMember, ...] | None = None
    choose_one: tuple[StackMember, ...] | None = None
    first_of: tuple[StackMember, ...] | None = None
    top_up: tuple[StackMember, ...] | None = None
    silent: tuple[StackMember, ...] | None = None
    sum: SumCap | None = None
    net: Net | None = None
    within: Scoped | None = None
    pool: Pool | None = None


StackMember: TypeAlias = Text | StackNode


@document
class StackingDocument(StackNode):
    """How awards combine."""

    id: Id
    title: Label
    cite: Listed[Citation] = ()
    scope: Literal["item", "entity", "period"]
    payers: tuple[Payer, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    readings: tuple[Reading, ...] = ()


Definition: TypeAlias = Text | Combination | AmountForm


@document
class TermDocument(Document):
    """A condition, figure or amount that rules of the document call by its label; with `each`, of an entry."""

    id: Id
    label: Label
    cite: Listed[Citation] = ()
    each: Text | None = None
    is_: Definition
    note: Label | None = None


@document
class RuleFile(Document):
    """One rule file of a policy folder."""

    terms: tuple[TermDocument, ...] = ()
    incentives: tuple[IncentiveDocument, ...] = ()
    supports: tuple[SupportDocument, ...] = ()
    targets: tuple[TargetDocument, ...] = ()
    obligations: tuple[ObligationDocument, ...] = ()
    stacking: tuple[StackingDocument, ...] = ()


def _definition(value: object) -> str | None:
    """Whether a term is a text, a condition or an amount."""
    if isinstance(value, Combination):
        return "condition"
    found = shape(value)
    if found != "mapping" or not isinstance(value, dict):
        return found
    return "condition" if value.keys() & {"all", "any", "not", "at_least", "unless"} else "mapping"


_DEFINITION: Final = (
    "an expression, a condition (`{all: …}`, `{any: …}` …) or an amount (`{table: …}`, `{rate: …, base: …}` …)"
)
_MEMBER: Final = "the id of an incentive, or a nested mapping with `highest_of`, `sum`, `silent` …"
_EXCEEDED: Final = "`proportional` or a mapping such as `{by: 申报日期}`"

NAMES["Definition"] = tagged(
    _DEFINITION, _definition, text=TEXT, condition=reference("Combination"), mapping=reference("AmountForm")
)
NAMES["Exceeded"] = tagged(_EXCEEDED, shape, text=words(Literal["proportional"]), mapping=reference("PoolOrder"))
NAMES["StackMember"] = tagged(_MEMBER, shape, text=TEXT, mapping=reference("StackNode"))
