"""Rules read back as sentences: who, under which condition, gets or owes what, by when.

In: a typed rule and a `Wording`. Out: one sentence for an award or a duty, one for each figure of a target.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from evaluator.report.figures import figure_value
from evaluator.report.wording import Wording
from evaluator.rulebook import ir, model
from evaluator.rulebook.formulas import enough, taken_off
from evaluator.rulebook.vocabulary import MONEY, RATIO, ChoiceType, Exact, NumberType

MODALITY: Final = {
    "must": ("应当", "required"),
    "plan": ("计划", "planned"),
    "strive": ("力争", "strived for"),
    "encourage": ("鼓励", "encouraged"),
    "explore": ("探索", "to be explored"),
}
_VAGUE: Final = {
    "approx": ("约为{0}（原文为“左右”）", "be about {0} (no tolerance stated)"),
    "increase": ("提高（原文未定幅度）", "rise (by how much is not stated)"),
    "decrease": ("下降（原文未定幅度）", "fall (by how much is not stated)"),
    "indefinite": ("达到原文所说的数量（未定数值）", "reach the number that the text leaves open"),
}


def sentences(rule: model.AnyRule, words: Wording) -> tuple[str, ...]:
    """The rule in words."""
    match rule:
        case model.Award():
            return (_award(rule, words),)
        case model.Target():
            return tuple(_figures(rule, words))
        case model.Obligation():
            return (_duty(rule, words),)
        case _:
            assert_never(rule)


def applies_when(rule: model.AnyRule) -> ir.Expr | None:
    """The rule's own gate, after those that every rule has (published, kind, place, and an award's period)."""
    own = rule.gates[3:]
    if isinstance(rule, model.Award) and rule.counts is None:
        own = own[1:]
    return own[-1] if own else None


def _who(rule: model.AnyRule, words: Wording) -> str:
    who = words.kinds(rule.kinds)
    gate = applies_when(rule)
    if gate is None:
        return who
    return words.say("{0}（限{1}）", "{0} (only where {1})", who, words.word(gate))


def _award(rule: model.Award, words: Wording) -> str:
    if rule.amount is None:
        what = words.say("可享受“{0}”", "it can have “{0}”", words.name(rule.title))
    elif isinstance(rule.amount, model.Unstated):
        what = words.say("给予资金，原文未写金额", "it gets money; the text names no amount")
    else:
        what = words.say("给予{0}", "it gets {0}", amount(rule.amount, words))
    who = _who(rule, words)
    when = None if rule.when is None else words.word(rule.when)
    if rule.each is not None:
        items = words.name(rule.each.label)
        if when is None:
            return words.say("{0}，“{1}”中每一项{2}。", "{0}: for each of its {1}, {2}.", who, items, what)
        return words.say(
            "{0}，“{1}”中每有一项{3}，{2}。", "{0}: for each of its {1} where {3}, {2}.", who, items, what, when
        )
    if when is None:
        return words.say("{0}，{1}。", "{0}: {1}.", who, what)
    return words.say("{0}，{2}的，{1}。", "{0}: where {2}, {1}.", who, what, when)


_ROUNDINGS: Final = {
    "half-up": ("四舍五入", "rounded half up"),
    "down": ("舍去尾数", "rounded down"),
    "up": ("进位", "rounded up"),
}


def amount(amount: model.Amount, words: Wording) -> str:
    """An amount in words."""
    reduced, least = taken_off(amount), enough(amount)
    if reduced is not None:
        return words.say("{0}，减去{1}", "{0}, less {1}", _amount(reduced[0], words), words.word(reduced[1]))
    if least is not None:
        return words.say("{0}，不足{1}的不给", "{0}, nothing below {1}", _amount(least[0], words), words.word(least[1]))
    match amount:
        case model.Fixed(value=value):
            return words.word(value)
        case model.Table(rows=rows):
            parts = [_row(row, words) for row in rows]
            return words.say("；", "; ").join(parts)
        case model.Bounded(low=low, high=high, decided=decided):
            ends = words.word(low), words.word(high)
            zero = isinstance(low, ir.Constant) and low.value == 0
            text = words.say("最高{1}", "up to {1}", *ends) if zero else words.say("{0}至{1}", "{0} to {1}", *ends)
            if decided is None:
                return text
            return words.say("{0}（以{1}为准）", "{0} (as set by {1})", text, words.word(decided))
        case model.Brackets():
            return _brackets(amount, words)
        case model.Steps(base=base, every=every, amount=each, whole=whole, over=over, cap=cap):
            above = "" if over is None else words.say("超过{0}后，", "above {0}, ", words.word(over))
            how = (
                words.say("（不足一档不计）", " (whole steps only)")
                if whole
                else words.say("（按比例）", " (pro rata)")
            )
            parts_ = words.word(base), words.word(every), words.word(each)
            return above + words.say("{0}每{1}给{2}", "{2} for every {1} of {0}", *parts_) + how + _cap(cap, words)
        case model.Sum(parts=members):
            return words.say("；另加", "; and ").join(_amount(part, words) for part in members)
        case model.Limited(amount=inner, rounding=rounding, floor=floor, cap=cap):
            text = _amount(inner, words)
            if rounding is not None:
                how = words.say(*_ROUNDINGS[rounding.how])
                to = words.printer.number(rounding.to, MONEY)
                text += words.say("，{1}到{0}的整数倍", ", {1} to multiples of {0}", to, how)
            if floor is not None:
                text += words.say("，最低{0}", ", at least {0}", words.word(floor))
            return text + _cap(cap, words)
        case model.Unstated():
            return words.say("原文未写金额", "no amount stated")
        case _:
            assert_never(amount)


def _amount(part: model.Amount, words: Wording) -> str:
    return amount(part, words)


def _brackets(brackets: model.Brackets, words: Wording) -> str:
    form = ("超过{0}的部分{1}", "{1} above {0}")
    if brackets.whole:
        form = ("{0}以上的全额{1}", "{1} of all from {0} on")
        if brackets.edge == "lower":
            form = ("超过{0}的全额{1}", "{1} of all above {0}")
    type_ = brackets.base.type
    assert isinstance(type_, NumberType)

    def rate(value: Exact) -> str:
        if type_.dimension == "money":
            return words.printer.number(value, RATIO)
        each = words.printer.number(1, type_)
        return words.say("每{1}给{0}", "{0} per {1}", words.printer.number(value, MONEY), each)

    parts = [words.say(*form, words.printer.number(over, type_), rate(value)) for over, value in brackets.slices]
    listed = words.say("，", ", ").join(parts)
    return words.say("{0}分段：{1}", "of {0}: {1}", words.word(brackets.base), listed) + _cap(brackets.cap, words)


def _row(row: model.Row, words: Wording) -> str:
    """A choice and its amount side by side; any other condition as a condition."""
    condition, worth = row.condition, _amount(row.value, words)
    match condition:
        case ir.Equal(right=ir.Constant(type=ChoiceType()) as choice):
            return f"{words.word(choice)} {worth}"
        case _:
            return words.say("{0}的{1}", "{1} where {0}", words.word(condition), worth)


def _cap(cap: ir.Expr | None, words: Wording) -> str:
    return "" if cap is None else words.say("，最高{0}", ", at most {0}", words.word(cap))


# ------------------------------------------------------------------ targets and duties


def _figures(rule: model.Target, words: Wording) -> Iterator[str]:
    """One sentence for each line of the schedule; the years of a yearly one share theirs."""
    seen: list[model.Scheduled] = []
    for entry in rule.entries:
        if entry.figure not in seen:
            seen.append(entry.figure)
            yield _figure(rule, entry, words)


def _figure(rule: model.Target, entry: model.Entry, words: Wording) -> str:
    will = words.say(*MODALITY[entry.modality])
    head = words.say("{0}，{1}（{2}）：", "{0}, {1} ({2}): ", _who(rule, words), _time(entry, words), will)
    if entry.test is not None:
        return head + words.word(entry.test) + words.say("。", ".")
    value = figure_value(entry, entry.figure.value, words)
    vague = words.say(*_VAGUE[entry.vague or "indefinite"], value)
    text = head + words.say("{0}{1}", "{0} should {1}", words.word(entry.measured), vague)
    for part, zh, en in (
        (entry.fails_unless, "；至少须：{0}", "; at least: {0}"),
        (entry.holds_if, "；做到即算达到：{0}", "; reached for certain when: {0}"),
    ):
        if part is not None:
            text += words.say(zh, en, words.word(part))
    return text + words.say("。", ".")


def _time(entry: model.Entry, words: Wording) -> str:
    figure = entry.figure
    if figure.every is not None:
        first, last = map(str, figure.every)
        if figure.hold:
            return words.say("{0}—{1}年保持", "throughout {0} to {1}", first, last)
        return words.say("{0}—{1}年每年", "each year from {0} to {1}", first, last)
    if figure.by is None:
        return words.say("未定期限", "without a date")
    if (figure.by.month, figure.by.day) == (12, 31):
        return words.say("到{0}年", "by {0}", str(figure.by.year))
    return words.say("在{0}前", "by {0}", figure.by.isoformat())


def _duty(rule: model.Obligation, words: Wording) -> str:
    who, will = _who(rule, words), words.say(*MODALITY[rule.modality])
    over = (
        "" if rule.over is None else words.say("（所辖每个{0}）", " (every {0} within it)", words.kind(rule.over.kind))
    )
    what = words.name(rule.title) if rule.attested is not None else words.word(rule.requires)
    return words.say(
        "{0}{1}（{2}）：{3}。期限：{4}。", "{0}{1} ({2}): {3}. When: {4}.", who, over, will, what, when(rule, words)
    )


def when(rule: model.Obligation, words: Wording) -> str:
    """When the duty is asked."""
    years = [duty.year for duty in rule.duties if duty.year is not None]
    if years:
        return words.say("{0}—{1}年每年", "each year from {0} to {1}", str(min(years)), str(max(years)))
    due, due_on = rule.duties[0].due, rule.duties[0].due_on
    if due is None:
        return "" if due_on is None else words.say("{0}前", "by {0}", words.word(due_on))
    if due == rule.policy.published.date:
        return words.say("自发布之日起（{0}）", "from publication on ({0})", due.isoformat())
    return words.say("{0}前", "by {0}", due.isoformat())
