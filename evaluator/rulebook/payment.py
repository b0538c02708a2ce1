"""Which entries are paid, in which instalments, and by or to whom: the parts of an incentive beside its amount."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypedDict

from evaluator.rulebook import documents, ir, model
from evaluator.rulebook.reader import Reader, name
from evaluator.rulebook.reads import walk
from evaluator.rulebook.scope import Scope
from evaluator.rulebook.vocabulary import DATE, PLAIN, Exact, exact
from evaluator.rulebook.yamlfile import Text

POSITION = ("序号", "position")
"""What the place of an entry is called in the expressions of an incentive with `order`."""


class Payment(TypedDict):
    """The fields of an award that say how it is paid."""

    selection: model.Selection | None
    instalments: tuple[model.Instalment, ...]
    payers: tuple[model.Part, ...]
    recipients: tuple[model.Part, ...]


def read_payment(doc: documents.IncentiveDocument, scope: Scope, reader: Reader) -> Payment:
    """Typed; what is wrong is kept by the reader."""
    return {
        "selection": _selection(doc, scope, reader),
        "instalments": _instalments(doc.instalments, scope, reader),
        "payers": read_payers(doc.payers, scope, reader),
        "recipients": read_recipients(doc.recipients, scope, reader),
    }


def read_payers(docs: Sequence[documents.Payer], scope: Scope, reader: Reader) -> tuple[model.Part, ...]:
    """Who bears which share."""
    return _parts([(doc.payer, doc.share) for doc in docs], "payers", scope, reader)


def read_recipients(docs: Sequence[documents.Recipient], scope: Scope, reader: Reader) -> tuple[model.Part, ...]:
    """Who gets which share."""
    return _parts([(doc.recipient, doc.share) for doc in docs], "recipients", scope, reader)


def _selection(doc: documents.IncentiveDocument, scope: Scope, reader: Reader) -> model.Selection | None:
    parts = {"group": doc.group, "order": doc.order, "limit": doc.limit}
    written = [key for key, value in parts.items() if value is not None]
    if not written:
        return None
    if doc.each is None:
        reader.problem("selection", f"`{written[0]}` is about the entries of `each`, and there is none", doc.id.span)
        return None
    if doc.order is None:
        help = "`order: amount` (the largest first), `order: listed`, or `order: {by: 发布日期, first: least}`"
        reader.problem("selection", "which entries come first is not said", doc.id.span, help)
        return None
    group = None if doc.group is None else reader.expression(doc.group, scope)
    limit = None if doc.limit is None else reader.expression(doc.limit.count, scope, PLAIN)
    if doc.limit is not None and (doc.limit.per == "group") != (doc.group is not None):
        message = "`per: group` goes with `group`, and `per: all` without it"
        help = "say what a group is, such as `group: 系列`" if doc.group is None else "write `per: group`"
        reader.problem("selection", message, doc.limit.place, help)
    if isinstance(limit, ir.Constant) and doc.limit is not None and _number(limit) < 1:
        reader.problem("selection", "at most none would be paid", doc.limit.count.span or doc.limit.place)
    if isinstance(doc.order, documents.OrderBy):
        key = reader.expression(doc.order.by, scope)
        if key is None:
            return None
        return model.Selection(order=key, greatest_first=doc.order.first == "greatest", group=group, limit=limit)
    order = "amount" if doc.order == "amount" else "listed"
    return model.Selection(order=order, greatest_first=False, group=group, limit=limit)  # type: ignore[arg-type]  # one of two words, which mypy widens to str


def refuse_position(amount: model.Amount | None, selection: model.Selection | None, doc: documents.SupportDocument,
                    parts: Sequence[ir.Expr], reader: Reader) -> None:  # fmt: skip
    """An amount that reads the position of an entry needs an order that is not by that amount."""
    if amount is None or not any(isinstance(node, ir.Position) for part in parts for node in walk(part)):
        return
    if selection is None:
        reader.problem("selection", "`序号` needs an `order` of the entries", doc.id.span, "such as `order: listed`")
    elif selection.order == "amount":
        reader.problem("selection", "an order by amount cannot decide the amount", doc.id.span, "order by a key")


def _instalments(docs: Sequence[documents.Instalment], scope: Scope, reader: Reader) -> tuple[model.Instalment, ...]:
    found: list[model.Instalment] = []
    for doc in docs:
        share = reader.rate(doc.share, scope)
        on = None if doc.on is None else reader.expression(doc.on, scope, DATE)
        when = None if doc.when is None else reader.condition(doc.when, scope)
        if share is None or (doc.on is not None and on is None) or (doc.when is not None and when is None):
            continue
        if not isinstance(share, ir.Constant):
            reader.problem("share", "the share of an instalment is a constant", doc.share.span)
            continue
        found.append(model.Instalment(share=_number(share), on=on, when=when))
    if docs and len(found) == len(docs):
        _refuse_sum([entry.share for entry in found], docs[-1].share, "instalments", reader)
    return tuple(found)


def _parts(
    docs: Sequence[tuple[documents.Label, Text]], what: str, scope: Scope, reader: Reader
) -> tuple[model.Part, ...]:
    found: list[model.Part] = []
    for label, text in docs:
        if any(part.name.zh == label.zh for part in found):
            reader.problem("share", f"`{label.zh}` stands twice among the {what}", label.zh.span, "add up its shares")
        share = reader.rate(text, scope)
        if share is not None:
            found.append(model.Part(name=name(label), share=share))
    shares = [part.share for part in found]
    if docs and len(found) == len(docs) and all(isinstance(share, ir.Constant) for share in shares):
        constant = [_number(share) for share in shares if isinstance(share, ir.Constant)]
        _refuse_sum(constant, docs[-1][1], what, reader)
    return tuple(found)


def _refuse_sum(shares: Sequence[Exact], last: Text, what: str, reader: Reader) -> None:
    total = sum(shares)
    if total != 1:
        message = f"the shares of the {what} are {_percent(total)} together, not 100%"
        reader.problem("share", message, last.span)


def _percent(share: Exact) -> str:
    percent = exact(Fraction(share) * 100)
    return f"{percent}%"


def _number(node: ir.Constant) -> Exact:
    assert not isinstance(node.value, str)
    return exact(node.value)
