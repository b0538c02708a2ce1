"""The order in which an amount is worked out, written once: the trace and the documentation print it from here.

DESIGN names it: edition, rate of the item, rounding, bounds of the item, netting of the item, how many items, stacking
within the same matter, cap of the whole, netting, then payers, recipients and instalments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from evaluator.rulebook import ir, model
from evaluator.rulebook.formulas import taken_off
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.vocabulary import Name

ORDER: Final = {
    "edition": Name(zh="按计入日期确定适用的版本和期间", en="the edition and period in force on the date that counts"),
    "item": Name(zh="逐项计算金额", en="the amount of each item"),
    "rounding": Name(zh="取整", en="rounding"),
    "item-bounds": Name(zh="每项的下限、上限", en="floor and cap of the item"),
    "item-netting": Name(zh="扣除该项已得的支持", en="what the item had from others taken off"),
    "selection": Name(zh="排序并限制项数", en="order and number of items"),
    "stacking": Name(zh="同一事项的合并规则", en="stacking within the same matter"),
    "cap": Name(zh="主体或年度的总额上限", en="cap of the body or year"),
    "netting": Name(zh="抵扣已付金额", en="netting of what was paid"),
    "pool": Name(zh="按预算兑现", en="what the shared budget allows"),
    "payers": Name(zh="由各级分担", en="shares of the payers"),
    "recipients": Name(zh="分给各受益人", en="shares of the recipients"),
    "instalments": Name(zh="分期支付", en="instalments"),
}


def operations(rule: model.Award, stackings: tuple[model.Stacking, ...]) -> tuple[str, ...]:
    """The steps of `ORDER` that this award takes, in order."""
    present = {"edition", "item", *_of_amount(rule.amount), *_of_payment(rule)}
    for stacking in stackings:
        if rule.id in leaves(stacking.tree):
            present |= set(_of_tree(stacking.tree, rule.id))
    return tuple(step for step in ORDER if step in present)


def _of_amount(amount: model.Amount | None) -> Iterator[str]:
    reduced = None if amount is None else taken_off(amount)
    if reduced is not None:
        yield "item-netting"
        yield from _of_amount(reduced[0])
        return
    match amount:
        case model.Limited(rounding=rounding, floor=floor, cap=cap):
            if rounding is not None:
                yield "rounding"
            if floor is not None or cap is not None:
                yield "item-bounds"
            yield from _of_amount(amount.amount)
        case model.Fixed(value=ir.Extreme(operands=(inner_, *_))):
            yield "item-bounds"
            yield from _of_amount(model.Fixed(value=inner_))
        case model.Brackets(cap=cap) | model.Steps(cap=cap) if cap is not None:
            yield "item-bounds"
        case model.Table(rows=rows):
            for row in rows:
                yield from _of_amount(row.value)
        case _:
            return


def _of_payment(rule: model.Award) -> Iterator[str]:
    for step, part in (
        ("selection", rule.selection),
        ("payers", rule.payers),
        ("recipients", rule.recipients),
        ("instalments", rule.instalments),
    ):
        if part:
            yield step


def _of_tree(tree: model.Stack, rule: str) -> Iterator[str]:
    if isinstance(tree, model.Leaf) or rule not in leaves(tree):
        return
    names = {model.SumCap: "cap", model.Net: "netting", model.Pool: "pool"}
    if not isinstance(tree, model.Scoped):
        yield names.get(type(tree), "stacking")
    for member in tree.members:
        yield from _of_tree(member, rule)
