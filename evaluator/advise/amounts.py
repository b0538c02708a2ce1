"""Properties of what an award pays: tables without overlap and gap, more pays more, no cliff, no more than the cap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from evaluator.advise.questions import Questions
from evaluator.advise.single import entitlement, holds, undecided
from evaluator.advise.verdict import Case, Status, Verdict
from evaluator.engines.decision import Finding, Outcome
from evaluator.engines.smt import Found, Unsure, World
from evaluator.engines.smt.amounts import amount_of, payable, rows_of
from evaluator.engines.smt.awards import at_hand, award, env_of
from evaluator.engines.smt.intervals import Number, identical
from evaluator.engines.smt.solver import Reply
from evaluator.engines.smt.terms import Logic, Quantity, at_most, below, both, greatest, minus, no, plus, same
from evaluator.engines.smt.truth import Truth
from evaluator.engines.smt.walk import Env, number
from evaluator.engines.smt.world import Leaf
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import expressions, leaves, walk
from evaluator.rulebook.vocabulary import ChoiceType, DateType, Exact, Fact, Field, Name, NumberType, exact

# ------------------------------------------------------------------ tables


def tables(rule: model.Award, questions: Questions) -> Iterator[Verdict]:
    """Rows that overlap with unlike amounts, and entitled profiles that no row speaks of."""
    found = [] if rule.amount is None else list(nested(rule.amount))
    failed: set[str] = set()
    for table, whole in found:
        for verdict in _table(rule, table, questions, whole=whole):
            failed.add(verdict.about)
            yield verdict
    for about in ("table-overlap", "table-gap"):
        if found and about not in failed:
            yield holds(about, rule)


def nested(amount: model.Amount, *, whole: bool = True) -> Iterator[tuple[model.Table, bool]]:
    """The tables of an amount, each with whether it alone says what is paid (no part of a sum, no row of a table)."""
    match amount:
        case model.Table(rows=rows):
            yield amount, whole
            for row in rows:
                yield from nested(row.value, whole=False)
        case model.Sum(parts=parts):
            for part in parts:
                yield from nested(part, whole=False)
        case model.Limited(amount=inner):
            yield from nested(inner, whole=whole)
        case _:
            return


def _table(rule: model.Award, table: model.Table, questions: Questions, *, whole: bool) -> Iterator[Verdict]:
    failed: set[str] = set()
    for kind in rule.kinds:
        world = questions.world([rule], kind)
        if world is None:
            continue
        env, _ = at_hand(rule, env_of(world))
        entitled = entitlement(rule, env_of(world))
        rows = rows_of(table, env)
        if table.hit in ("U", "A") and "table-overlap" not in failed:
            for verdict in _overlaps(rule, table, world, env, entitled, rows, questions):
                failed.add("table-overlap")
                yield verdict
        if whole and table.hit != "C+" and "table-gap" not in failed:
            none = both(*(holds_.false for holds_, _ in rows), _alone(rule, env))
            reply = questions.ask("table-gap", both(entitled, none), [world])
            if isinstance(reply, Unsure):
                failed.add("table-gap")
                yield undecided("table-gap", [rule], reply)
            elif isinstance(reply, Found):
                failed.add("table-gap")
                shows = _for_nothing if rule.selection is None else _due
                case = questions.case(world, reply, [rule], shows, minimal=rule.selection is None)
                message = Name(
                    zh="有符合条件的主体不属于表中任何一行，得 0 元",
                    en="somebody who is entitled falls under no row of the table and gets nothing",
                )
                yield Verdict("table-gap", Status.FAILS, (rule,), message, cases=(case,))


def _overlaps(
    rule: model.Award,
    table: model.Table,
    world: World,
    env: Env,
    entitled: Logic,
    rows: Sequence[tuple[Truth, Number]],
    questions: Questions,
) -> Iterator[Verdict]:
    for index, (one, paid) in enumerate(rows):
        for step, (other, also) in enumerate(rows[index + 1 :], index + 1):
            goal = both(entitled, one.true, other.true, no(identical(paid, also)), _alone(rule, env))
            reply = questions.ask("table-overlap", goal, [world])
            names = (table.rows[index].label, table.rows[step].label)
            if isinstance(reply, Unsure):
                yield undecided("table-overlap", [rule], reply)
            elif isinstance(reply, Found):
                case = questions.case(world, reply, [rule], _undefined)
                message = Name(
                    zh=f"“{names[0]}”与“{names[1]}”两行可以同时适用，而金额不同",
                    en=f"the rows “{names[0]}” and “{names[1]}” can apply together and pay differently",
                )
                yield Verdict("table-overlap", Status.FAILS, (rule,), message, cases=(case,))


def _alone(rule: model.Award, env: Env) -> Logic:
    """That the list of the rule holds the entry asked about and no other, where its place does not matter."""
    if rule.each is None or rule.selection is not None:
        return True
    return both(*(no(slot.present) for slot in env.world.listed(rule.each).slots[1:]))


def _for_nothing(findings: Mapping[str, Finding]) -> bool:
    return _due(findings) and all(
        found.amount is not None and found.amount.potential == 0 for found in findings.values()
    )


def _undefined(findings: Mapping[str, Finding]) -> bool:
    return all(found.reason is not None and found.reason.code == "undefined" for found in findings.values())


def _due(findings: Mapping[str, Finding]) -> bool:
    return all(finding.outcome is Outcome.SATISFIED for finding in findings.values())


# ------------------------------------------------------------------ one figure more


STEPS: Final[dict[str, Exact]] = {"money": 1, "ratio": Fraction(1, 10000)}
"""What counts as one more of a dimension, in base units: one yuan, 0.01 percentage points; of others one."""


def more(rule: model.Award, questions: Questions) -> Iterator[Verdict]:
    """Whether raising one figure or grade ever lowers an award that stays due, and where a single unit costs much."""
    if rule.amount is None or isinstance(rule.amount, model.Unstated):
        return
    fell = leapt = False
    for field, what in _raisable(rule):
        verdict = _monotone(rule, field, what, questions)
        if verdict is not None:
            fell = True
            yield verdict
    for fact in _lists(rule):
        verdict = _longer(rule, fact, questions)
        if verdict is not None:
            fell = True
            yield verdict
    for field, what in _raisable(rule):
        for verdict in _cliffs(rule, field, what, questions):
            leapt = True
            yield verdict
    if not fell:
        yield holds("more-pays-more", rule)
    if not leapt:
        yield holds("cliff", rule)


def _raisable(rule: model.Award) -> Iterator[tuple[Field, str]]:
    """The numbers, ordered grades and dates that the award reads, with the name of their variable."""
    seen: set[str] = set()
    each = rule.each
    for expression in expressions(rule):
        for leaf in leaves(expression):
            field: Field
            match leaf:
                case ir.FactRef(fact=fact):
                    field, what = fact, fact.id
                case ir.FieldRef(field=inner, depth=0) if each is not None:
                    field, what = inner, f"{each.id}[1].{inner.id}"
                case _:
                    continue
            if what not in seen:
                seen.add(what)
                yield field, what


def _lists(rule: model.Award) -> Iterator[Fact]:
    """The lists that conditions or amounts count or add up. What is paid for each entry can but grow with another."""
    found = {
        leaf.fact.id: leaf.fact
        for expression in expressions(rule)
        for leaf in leaves(expression)
        if isinstance(leaf, ir.Items)
    }
    yield from found.values()


def _longer(rule: model.Award, fact: Fact, questions: Questions) -> Verdict | None:
    """A verdict where one more entry of a list can lower the award and another can raise it."""
    falls: tuple[Case, ...] = ()
    rises = False
    for kind in rule.kinds:
        one = questions.world([rule], kind, rounded=False)
        other = questions.world([rule], kind, rounded=False)
        if one is None or other is None:
            continue
        one.listed(fact)
        shorter = other.lengthened(fact)
        (paid, due), (also, still) = _paid(rule, one), _paid(rule, other)
        up, down = _both_ways(both(shorter, due, still), paid, also, [one, other], questions)
        for reply in (up, down):
            if isinstance(reply, Unsure):
                return undecided("more-pays-more", [rule], reply)
        rises = rises or isinstance(up, Found)
        if isinstance(down, Found):
            notes = (Name(zh="少一个条目", en="an entry less"), Name(zh="多一个条目", en="an entry more"))
            falls = tuple(
                questions.case(world, down, [rule], bool, note, minimal=False)
                for world, note in zip((one, other), notes, strict=True)
            )
    if not falls or not rises:
        return None
    message = Name(
        zh=f"“{fact.label.zh}”多一个条目，其他不变，奖补反而减少",
        en=f"when “{fact.label.en}” has one more entry and all else stays, the award falls",
    )
    return Verdict("more-pays-more", Status.FAILS, (rule,), message, cases=falls)


def _twin(
    rule: model.Award, field: Field, what: str, kind: str, questions: Questions
) -> tuple[World, World, Leaf, Leaf] | None:
    """Two worlds that differ in that one value only."""
    one = questions.world([rule], kind, rounded=False)
    other = questions.world([rule], kind, rounded=False)
    if one is None or other is None:
        return None
    before = one.leaf(field, what)
    after = other.raised(field, what)
    return one, other, before, after


def _paid(rule: model.Award, world: World) -> tuple[Quantity, Logic]:
    """What the award pays, now and later, before rounding, and when it is due at all."""
    found = award(rule, env_of(world))
    assert found.amount is not None
    return found.amount.whole.low, both(found.gate.true, found.holds.true)


_FEN: Final = Fraction(1, 100)
"""A difference of this much before rounding is one after it."""


def _both_ways(
    given: Logic, paid: Quantity, also: Quantity, worlds: Sequence[World], questions: Questions
) -> tuple[Reply, Reply]:
    """Whether the second of two profiles can get more than the first, and whether it can get less."""
    up = questions.ask("more-pays-more", both(given, at_most(plus(paid, _FEN), also)), worlds)
    down = questions.ask("more-pays-more", both(given, at_most(plus(also, _FEN), paid)), worlds)
    return up, down


def _monotone(rule: model.Award, field: Field, what: str, questions: Questions) -> Verdict | None:
    ordered = isinstance(field.type, NumberType) or (isinstance(field.type, ChoiceType) and field.type.ordered)
    if not ordered:
        return None
    falls: list[Case] = []
    rises = False
    for kind in rule.kinds:
        twin = _twin(rule, field, what, kind, questions)
        if twin is None:
            continue
        one, other, before, after = twin
        (paid, due), (also, still) = _paid(rule, one), _paid(rule, other)
        up, down = _both_ways(both(below(before.low, after.low), due, still), paid, also, [one, other], questions)
        for reply in (up, down):
            if isinstance(reply, Unsure):
                return undecided("more-pays-more", [rule], reply)
        rises = rises or isinstance(up, Found)
        if isinstance(down, Found):
            falls += _sides(rule, one, other, down, field, questions)
    if not falls or not rises:  # what only ever falls is paid for less of something
        return None
    message = Name(
        zh=f"“{field.label.zh}”提高，其他不变，奖补反而减少",
        en=f"when “{field.label.en}” rises and all else stays, the award falls",
    )
    return Verdict("more-pays-more", Status.FAILS, (rule,), message, cases=tuple(falls[:2]))


def _sides(rule: model.Award, one: World, other: World, reply: Found, field: Field, questions: Questions) -> list[Case]:
    """Both profiles, replayed."""
    notes = (
        Name(zh=f"“{field.label.zh}”较低", en=f"“{field.label.en}” lower"),
        Name(zh=f"“{field.label.zh}”较高", en=f"“{field.label.en}” higher"),
    )
    return [
        questions.case(world, reply, [rule], bool, note, minimal=False)
        for world, note in zip((one, other), notes, strict=True)
    ]


def _cliffs(rule: model.Award, field: Field, what: str, questions: Questions) -> Iterator[Verdict]:
    """Where one step of a number or date changes the award by more than is stated; the largest at each figure."""
    limit = questions.limits.cliff
    if not isinstance(field.type, NumberType | DateType):
        return
    step: Exact = 1 if isinstance(field.type, DateType) else STEPS.get(field.type.dimension, 1)
    if isinstance(field.type, DateType) and not _compared(rule, field):
        return
    for kind in rule.kinds[:1]:
        for figure in sorted(_figures(rule, field)):
            twin = _twin(rule, field, what, kind, questions)
            if twin is None:
                continue
            one, other, before, after = twin
            (paid, _), (also, _) = _paid(rule, one), _paid(rule, other)
            apart = greatest(plus(also, minus(paid)), plus(paid, minus(also)))
            near = both(
                same(after.low, plus(before.low, step)), at_most(before.low, figure), at_most(figure, after.low)
            )
            reply = questions.ask("cliff", both(near, at_most(plus(limit or 0, _FEN), apart)), [one, other])
            if isinstance(reply, Unsure):
                yield undecided("cliff", [rule], reply)
            elif isinstance(reply, Found):
                message = Name(
                    zh=f"“{field.label.zh}”相差一个最小单位，奖补就不同（见两侧）",
                    en=f"the smallest step of “{field.label.en}” makes a difference (both sides below)",
                )
                cases = tuple(_sides(rule, one, other, reply, field, questions))
                status = Status.LISTED if limit is None else Status.FAILS
                yield Verdict("cliff", status, (rule,), message, cases=cases)


def _compared(rule: model.Award, field: Field) -> bool:
    """Whether the drafter's own condition or amount reads the date, beyond the period in force."""
    parts = [part for part in (rule.when,) if part is not None]
    return any(
        isinstance(leaf, ir.FactRef | ir.FieldRef)
        and (leaf.fact if isinstance(leaf, ir.FactRef) else leaf.field) == field
        for part in parts
        for leaf in leaves(part)
    )


def _figures(rule: model.Award, field: Field) -> set[Exact]:
    """The constants of the field's type in the rule: where its amount can leap."""
    found: set[Exact] = set()
    for expression in expressions(rule):
        for node in walk(expression):
            if isinstance(node, ir.Constant) and node.type == field.type and not isinstance(node.value, bool | str):
                found.add(node.value)
    if isinstance(rule.amount, model.Brackets):
        found |= {over for over, _ in rule.amount.slices}
    return {exact(figure) for figure in found}


# ------------------------------------------------------------------ caps


def caps(rule: model.Award, questions: Questions) -> Iterator[Verdict]:
    """Whether what is paid for one entry, or the profile, ever exceeds a cap that the amount names."""
    found = _caps(rule.amount)
    if not found:
        return
    for kind in rule.kinds:
        world = questions.world([rule], kind)
        if world is None:
            continue
        env, _ = at_hand(rule, env_of(world))
        entitled = entitlement(rule, env_of(world))
        assert rule.amount is not None
        low, _, _ = payable(amount_of(rule.amount, env), rounded=False)
        for cap in found:
            limit = number(cap, env)
            above = both(limit.known, at_most(plus(greatest(limit.low, 0), _FEN), low))
            reply = questions.ask("cap", both(entitled, above), [world])
            if isinstance(reply, Unsure):
                yield undecided("cap", [rule], reply)
                return
            if isinstance(reply, Found):
                case = questions.case(world, reply, [rule], _due)
                message = Name(zh="所付金额可以超过所定上限", en="what is paid can exceed the cap")
                yield Verdict("cap", Status.FAILS, (rule,), message, cases=(case,))
                return
    yield holds("cap", rule)


def _caps(amount: model.Amount | None) -> tuple[ir.Expr, ...]:
    """The expressions that are to bound the amount from above."""
    match amount:
        case model.Brackets(cap=cap) | model.Steps(cap=cap) | model.Limited(cap=cap) if cap is not None:
            return (cap,)
        case model.Bounded(high=high):
            return (high,)
        case model.Fixed(value=ir.Extreme(how="min", operands=operands)):
            return tuple(operand for operand in operands if isinstance(operand, ir.Constant))
        case _:
            return ()
