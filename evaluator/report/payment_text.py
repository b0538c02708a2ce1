"""How an award is paid, in words: which entries count, instalments, payers and recipients, and what a tree does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from evaluator.report.wording import Wording
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import MONEY, RATIO


def payment(rule: model.Award, words: Wording) -> Iterator[str]:
    """One clause for each part that the rule has."""
    if rule.selection is not None:
        yield selection(rule.selection, words)
    if rule.instalments:
        parts = [_instalment(part, words) for part in rule.instalments]
        yield words.say("分期：{0}", "in instalments: {0}", words.say("；", "; ").join(parts))
    yield from shares(rule, words)


def shares(what: model.Award | model.Stacking, words: Wording) -> Iterator[str]:
    """Who bears and who gets which share."""
    if what.payers:
        yield words.say("承担：{0}", "paid by: {0}", _shares(what.payers, words))
    if what.recipients:
        yield words.say("归属：{0}", "goes to: {0}", _shares(what.recipients, words))


def selection(chosen: model.Selection, words: Wording) -> str:
    """In which order entries count, and how many of them."""
    if chosen.order == "listed":
        order = words.say("按所列次序", "in the order listed")
    elif chosen.order == "amount":
        order = words.say("金额大的在先", "the largest amounts first")
    else:
        assert isinstance(chosen.order, ir.Node)
        key = words.word(chosen.order)
        order = (
            words.say("{0}大（晚）的在先", "the greatest {0} first", key)
            if chosen.greatest_first
            else words.say("{0}小（早）的在先", "the least {0} first", key)
        )
    if chosen.group is not None:
        order += words.say("，按{0}分组", ", by {0}", words.word(chosen.group))
    if chosen.limit is not None:
        each = words.say("每组", " of each group") if chosen.group is not None else ""
        order += words.say("，{1}最多{0}项", ", at most {0}{1}", words.word(chosen.limit), each)
    return order


def _instalment(part: model.Instalment, words: Wording) -> str:
    text = words.printer.number(part.share, RATIO)
    if part.on is not None:
        text += words.say("（{0}）", " ({0})", words.word(part.on))
    return text if part.when is None else text + words.say("，限{0}", " where {0}", words.word(part.when))


def _shares(parts: Sequence[model.Part], words: Wording) -> str:
    told = [f"{words.name(part.name)} {words.word(part.share)}" for part in parts]
    return words.say("、", ", ").join(told)


def stack_node(tree: model.Stack, words: Wording) -> str:
    """What a node of a stacking tree does with its members."""
    match tree:
        case model.HighestOf():
            return words.say("只取其中最高的一项", "only the highest of")
        case model.ChooseOne():
            return words.say("由申请人选择一项", "one of these, as the applicant chooses")
        case model.FirstOf():
            return words.say("在前的优先，只取第一项有金额的", "the first of these that pays anything")
        case model.Silent():
            return words.say("原文未写能否同时享受", "the text does not say whether these combine")
        case model.SumCap(cap=cap):
            return words.say("合计，最高 {0}", "their sum, at most {0}", words.word(cap))
        case model.Net(minus=minus):
            return words.say("合计减去{0}", "their sum less {0}", words.word(minus))
        case model.Scoped(scope=scope):
            names = {"item": ("每一项之内", "within each item"), "period": ("每一年之内", "within each year")}
            return words.say(*names.get(scope, ("合计", "together")))
        case model.Pool(budget=budget, order=order):
            share = (
                words.say("超出时按比例兑现", "in proportion when it is exceeded")
                if order is None
                else words.say("按{0}先后兑现", "in the order of {0}", words.word(order))
            )
            total = words.printer.number(Fraction(budget), MONEY)
            return words.say("共用预算 {0}，{1}", "out of one budget of {0}, {1}", total, share)
        case model.Leaf():
            raise AssertionError("an award is told by its title")
