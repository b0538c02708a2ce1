"""The list of payments received: a fact that every rulebook has, so that rules can look at what was paid before.

An entry says which award it was (the global id of its rule), when, how much, by whom and for what. Rules read it like
any list: `count(已获奖补[奖补 = "first-recognition"]) = 0`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from evaluator.rulebook import ir
from evaluator.rulebook.vocabulary import BOOL, DATE, MONEY, TEXT, Fact, Field, ListType, Name, Record

AWARD: Final = Field(id="award", label=Name(zh="奖补", en="award"), type=TEXT)
PAID_ON: Final = Field(id="paid-on", label=Name(zh="到账日期", en="date of payment"), type=DATE)
SUM: Final = Field(id="sum-paid", label=Name(zh="到账金额", en="sum paid"), type=MONEY, low=0)
PAYMENT: Final = Record(
    id="payment",
    label=Name(zh="奖补记录", en="payment received"),
    fields=(
        AWARD,
        PAID_ON,
        SUM,
        Field(id="paid-by", label=Name(zh="支付方", en="payer"), type=TEXT),
        Field(id="paid-for", label=Name(zh="事项", en="matter"), type=TEXT),
    ),
)
QUESTION: Final = Name(
    zh="此前获得过哪些奖补（哪项奖补、何时、多少、由谁支付）？",
    en="Which awards were received before (which award, when, how much, paid by whom)?",
)
EVIDENCE: Final = Name(zh="拨付文件或银行回单", en="order of payment or bank receipt")


def payments(kinds: Iterable[str]) -> Fact:
    """The list of payments received, as a fact of these kinds of profile."""
    return Fact(
        id="payments",
        label=Name(zh="已获奖补", en="payments received"),
        type=ListType(record=PAYMENT.id),
        question=QUESTION,
        evidence=EVIDENCE,
        of=tuple(kinds),
    )


def paid_for(fact: Fact, awards: Iterable[str], depth: int = 0) -> ir.Items:
    """The payments of these awards up to the date of the question."""
    award = ir.FieldRef(type=TEXT, field=AWARD, depth=depth)
    named = tuple(ir.Equal(left=award, right=ir.Constant(type=TEXT, value=id)) for id in awards)
    past = ir.Compare(op="<=", left=ir.FieldRef(type=DATE, field=PAID_ON, depth=depth), right=ir.AsOf())
    where = ir.AllOf(operands=(named[0] if len(named) == 1 else ir.AnyOf(operands=named), past))
    return ir.Items(fact=fact, depth=depth, where=where)


def sum_paid(fact: Fact, awards: Iterable[str]) -> ir.Expr:
    """What was paid for these awards, in yuan."""
    return ir.Total(type=MONEY, items=paid_for(fact, awards), value=ir.FieldRef(type=MONEY, field=SUM, depth=0))


def was_paid(fact: Fact, awards: Iterable[str]) -> ir.Expr:
    """Whether anything was paid for these awards."""
    return ir.Exists(items=paid_for(fact, awards), that=ir.Constant(type=BOOL, value=True))
