"""Properties of one rule: its outcomes can happen, its conditions matter, learning never changes what it decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, assert_never

from evaluator.advise.asking import closed
from evaluator.advise.questions import Questions
from evaluator.advise.verdict import Status, Verdict
from evaluator.engines.decision import Finding
from evaluator.engines.smt import Answer, Found, Unsure, World, answers
from evaluator.engines.smt.awards import at_hand, env_of, gates
from evaluator.engines.smt.sums import Range
from evaluator.engines.smt.terms import Logic, at_most, both, either, no
from evaluator.engines.smt.truth import Truth
from evaluator.engines.smt.walk import Env, test
from evaluator.rulebook import ir, model
from evaluator.rulebook.outcomes import OUTCOME_NAMES, outcomes_of
from evaluator.rulebook.vocabulary import Name

OUTCOME_WORDS: Final[Mapping[str, Name]] = {
    "satisfied": Name(zh="符合（达到、可享受）", en="met (entitled)"),
    "not_satisfied": Name(zh="不符合（未达到）", en="not met (not entitled)"),
    "unknown": Name(zh="待定", en="open"),
    "not_applicable": Name(zh="不适用", en="not applicable"),
    "not_due": Name(zh="未到期", en="not due"),
    "indeterminate": Name(zh="无法判定", en="cannot be decided"),
}


MEMBERS: Final = 4
"""Of how many registered members of a region it is proved that learning never changes a decision."""


NO_LOSS: Final = frozenset({"indeterminate"})
"""What nobody misses where it cannot come out; the form of a rule promises it too often (see `outcomes_of`)."""


def undecided(about: str, rules: Sequence[model.AnyRule], reply: Unsure, entry: str = "") -> Verdict:
    """That a question was not answered, and why."""
    message = Name(zh=f"未能判定：{reply.reason.zh}", en=f"not decided: {reply.reason.en}")
    return Verdict(about, Status.UNDECIDED, tuple(rules), message, entry)


def holds(about: str, *rules: model.AnyRule, entry: str = "") -> Verdict:
    """That a property holds."""
    return Verdict(about, Status.HOLDS, rules, Name(zh="成立", en="holds"), entry)


# ------------------------------------------------------------------ outcomes


def outcomes(rule: model.AnyRule, questions: Questions) -> Iterator[Verdict]:
    """Whether each outcome that the form allows comes out for some profile on some day."""
    expected = outcomes_of(rule, questions.book.vocabulary, questions.book.rules)
    open_ = {(id, name) for id, names in expected.items() for name in names if name not in NO_LOSS}
    unsure: Unsure | None = None
    for partial in (False, True):
        for kind in rule.kinds:
            wanted = sorted(open_)
            if not wanted:
                break
            world = questions.world([rule], kind, partial=partial)
            if world is None:
                continue
            for answer in answers(rule, world):
                for id, name in wanted:
                    if answer.id != id or (name == "unknown" and not partial):
                        continue
                    reply = questions.ask("outcomes", answer.outcomes[name], [world], tidy=False)
                    if isinstance(reply, Found):
                        replay(questions, world, reply, rule, id, name)
                        open_.discard((id, name))
                    elif isinstance(reply, Unsure):
                        unsure = reply
    unsure = unsure or questions.beyond(rule)
    if unsure is not None and open_:
        yield undecided("outcomes", [rule], unsure)
        return
    for id, name in sorted(open_, key=lambda pair: (pair[0], OUTCOME_NAMES.index(pair[1]))):
        word = OUTCOME_WORDS[name]
        message = Name(
            zh=f"按其条件，结果“{word.zh}”不可能出现",
            en=f"as its conditions stand, it can never come out as “{word.en}”",
        )
        yield Verdict("outcomes", Status.FAILS, (rule,), message, id.partition("#")[2])
    if not open_:
        yield holds("outcomes", rule)


def replay(questions: Questions, world: World, reply: Found, rule: model.AnyRule, id: str, name: str) -> None:
    """Decide the profile that was found. Raises DisagreementError where another outcome comes out."""
    questions.case(world, reply, [rule], lambda found: found[id].outcome.value == name, minimal=False)


# ------------------------------------------------------------------ conditions that never matter


def idle(rule: model.AnyRule, questions: Questions) -> Iterator[Verdict]:
    """Whether each part of each condition makes a difference to somebody."""
    failed = False
    for context, condition, period in conditions(rule):
        for changed, part in _without(condition):
            differs, unsure = _ever_differs(rule, context, condition, changed, period, questions)
            unsure = unsure or questions.beyond(rule)
            if unsure is not None and not differs:
                failed = True
                yield undecided("idle", [rule], unsure)
            elif not differs:
                failed = True
                message = Name(
                    zh="条件“{part}”从不起作用：去掉它，对任何主体结果都一样",
                    en="the condition “{part}” never matters: without it everything comes out the same",
                )
                yield Verdict("idle", Status.FAILS, (rule,), message, part=part)
    if isinstance(rule, model.Award) and rule.amount is not None:
        for table in _tables(rule.amount):
            for verdict in _rows(rule, table, questions):
                failed = True
                yield verdict
    if not failed:
        yield holds("idle", rule)


def conditions(rule: model.AnyRule) -> Iterator[tuple[Sequence[ir.Expr], ir.Expr, int | None]]:
    """The conditions that drafters wrote: (what holds before it is asked, the condition, the finding's year)."""
    own = len(rule.gates) - (4 if isinstance(rule, model.Award) and rule.counts is None else 3)
    if own > 0:
        yield rule.gates[:-1], rule.gates[-1], None
    match rule:
        case model.Award(counts=counts, when=when, amount=amount):
            before = rule.gates if counts is None else (*rule.gates, counts)
            if when is not None:
                yield before, when, None
            if isinstance(amount, model.Table):
                for row in amount.rows:
                    yield (before if when is None else (*before, when)), row.condition, None
        case model.Target(entries=entries):
            for entry in entries:
                for condition in (entry.test, entry.fails_unless, entry.holds_if):
                    if condition is not None:
                        yield rule.gates, condition, entry.period
        case model.Obligation(requires=requires, duties=duties):
            yield rule.gates, requires, duties[0].year if duties else None
        case _:
            assert_never(rule)


def _without(node: ir.Expr) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    """The condition with one part left out, for each part of each combination: (changed condition, the part)."""
    match node:
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
            make = type(node)
            for index, part in enumerate(operands):
                rest = (*operands[:index], *operands[index + 1 :])
                if rest and not _at_the_border(part):
                    yield make(operands=rest), part
                for changed, inner in _without(part):
                    yield make(operands=(*operands[:index], changed, *operands[index + 1 :])), inner
        case ir.Not(operand=operand):
            for changed, inner in _without(operand):
                yield ir.Not(operand=changed), inner
        case _:
            return


def _at_the_border(part: ir.Expr) -> bool:
    """Whether a part only repeats an end of a figure's own range, as ranges that are written out do (`[0..3]`)."""
    match part:
        case ir.Compare(op=op, left=ir.FactRef(fact=field) | ir.FieldRef(field=field), right=ir.Constant(value=value)):
            return value == (field.low if op == ">=" else field.high if op == "<=" else None)
        case ir.Compare(op=op, left=ir.MetricRef(metric=field), right=ir.Constant(value=value)):
            return value == (field.low if op == ">=" else field.high if op == "<=" else None)
        case _:
            return False


def _ever_differs(
    rule: model.AnyRule,
    context: Sequence[ir.Expr],
    condition: ir.Expr,
    changed: ir.Expr,
    period: int | None,
    questions: Questions,
) -> tuple[bool, Unsure | None]:
    unsure: Unsure | None = None
    for kind in rule.kinds:
        world = questions.world([rule], kind, bound=max(questions.limits.bound, 1))
        if world is None:
            continue
        env = _bound(rule, env_of(world, period))
        before = both(*(test(part, env).true for part in context))
        one, other = test(condition, env), test(changed, env)
        reply = questions.ask("idle", both(before, _apart(one, other)), [world], tidy=False)
        if isinstance(reply, Found):
            return True, None
        if isinstance(reply, Unsure):
            unsure = reply
    return False, unsure


def _bound(rule: model.AnyRule, env: Env) -> Env:
    """With an entry of the rule's list bound, where it has one."""
    return at_hand(rule, env)[0] if isinstance(rule, model.Award) else env


def _apart(left: Truth, right: Truth) -> Logic:
    return either(
        both(left.true, no(right.true)),
        both(left.false, no(right.false)),
        both(left.indeterminate, no(right.indeterminate)),
    )


def _tables(amount: model.Amount) -> Iterator[model.Table]:
    """The tables whose rows stand alone: the amount itself, or what it limits or adds up."""
    match amount:
        case model.Table():
            yield amount
        case model.Limited(amount=inner):
            yield from _tables(inner)
        case model.Sum(parts=parts):
            for part in parts:
                yield from _tables(part)
        case _:
            return


def _rows(rule: model.Award, table: model.Table, questions: Questions) -> Iterator[Verdict]:
    """The rows of a table that never apply to anybody entitled."""
    for row in table.rows:
        found = False
        unsure: Unsure | None = None
        for kind in rule.kinds:
            world = questions.world([rule], kind)
            if world is None:
                continue
            env = env_of(world)
            row_holds = test(row.condition, _bound(rule, env))
            reply = questions.ask("idle", both(entitlement(rule, env), row_holds.true), [world])
            found = found or isinstance(reply, Found)
            unsure = reply if isinstance(reply, Unsure) else unsure
        unsure = unsure or questions.beyond(rule)
        if not found and unsure is not None:
            yield undecided("idle", [rule], unsure)
        elif not found:
            message = Name(
                zh=f"表中“{row.label}”一行从不适用：没有符合条件的主体属于这一行",
                en=f"the row “{row.label}” never applies: nobody who is entitled falls under it",
            )
            yield Verdict("idle", Status.FAILS, (rule,), message)


def entitlement(rule: model.Award, env: Env, index: int | None = None) -> Logic:
    """When the award is due: for the entry at hand (`at_hand`), or for the profile."""
    return both(gates(rule, env).true, at_hand(rule, env, index)[1].true)


# ------------------------------------------------------------------ learning


def refinement(rule: model.AnyRule, questions: Questions) -> Iterator[Verdict]:
    """Whether knowing more can change what was decided, or widen an amount."""
    for kind in rule.kinds:
        worlds = learning([rule], kind, questions)
        if worlds is None:
            continue
        less, more = worlds
        for before, after in zip(answers(rule, less), answers(rule, more), strict=True):
            reply = questions.ask("refinement", _learned_wrong(before, after), [less], shaped=False)
            if isinstance(reply, Unsure):
                yield undecided("refinement", [rule], reply, before.key)
                return
            if isinstance(reply, Found):
                yield _unlearned(rule, before, after, less, more, questions)
                return
    yield holds("refinement", rule)


def learning(rules: Sequence[model.AnyRule], kind: str, questions: Questions) -> tuple[World, World] | None:
    """A world of which less is known, and the one of which it is a part; None where the rules concern nobody."""
    more = questions.world(rules, kind, partial=True, most=MEMBERS, rounded=False, reach=False)
    if more is None:
        return None
    read = (questions.book.rules[id] for id in closed(questions.book, [rule.id for rule in rules]))
    orders = [one.selection for one in read if isinstance(one, model.Award) and one.selection is not None]
    less = World(
        questions.book.vocabulary,
        kind,
        more.place,
        more.days,
        partial=True,
        bound=more.bound,
        name="less:",
        base=more,
        rounded=False,
        in_order=any(selection.order == "listed" for selection in orders),  # what is learned comes after the rest
        rules=questions.book.rules,
    )
    return less, more


def _learned_wrong(before: Answer, after: Answer) -> Logic:
    """That a decided outcome changes, or the range of the amount grows."""
    changed = either(
        *(both(value, no(after.outcomes[name])) for name, value in before.outcomes.items() if name != "unknown")
    )
    if before.claw_back is not None and after.claw_back is not None:
        return either(changed, widened(before.claw_back, after.claw_back))
    if before.paid is None or after.paid is None or not before.paid.stated:
        return changed
    now = widened(before.paid.range, after.paid.range)
    if before.paid.promised is None:
        return either(changed, now)
    return either(changed, now, widened(before.paid.whole, after.paid.whole))


def widened(before: Range, after: Range) -> Logic:
    """That a range grows."""
    lower = no(at_most(before.low, after.low))
    higher = both(no(before.no_high), either(after.no_high, no(at_most(after.high, before.high))))
    return either(lower, higher)


def _unlearned(
    rule: model.AnyRule, before: Answer, after: Answer, less: World, more: World, questions: Questions
) -> Verdict:
    """The two profiles between which an outcome or amount changes, as far as files can write them."""
    message = Name(zh="补充一项事实后，已作出的结论改变了", en="a decision changes when a missing fact is given")
    reply = questions.ask("refinement", _learned_wrong(before, after), [less])
    if not isinstance(reply, Found):
        return Verdict("refinement", Status.UNDECIDED, (rule,), message, before.key)
    sides = (
        questions.case(less, reply, [rule], _anything, Name(zh="知道得少", en="knowing less"), minimal=False),
        questions.case(more, reply, [rule], _anything, Name(zh="知道得多", en="knowing more"), minimal=False),
    )
    return Verdict("refinement", Status.FAILS, (rule,), message, before.key, sides)


def _anything(findings: Mapping[str, Finding]) -> bool:
    return bool(findings)
