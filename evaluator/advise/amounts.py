"""Properties of what an award pays: tables without overlap and gap, more pays more, no cliff, no more than the cap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from evaluator.advise.questions import Questions
from evaluator.advise.single import entitlement, holds, undecided
from evaluator.advise.trees import Pay, both_sides, paid_in, twins, what_falls
from evaluator.advise.verdict import Case, Status, Verdict
from evaluator.engines.decision import Finding, Outcome
from evaluator.engines.smt import Found, Unsure, World
from evaluator.engines.smt.amounts import amount_of, payable, rows_of
from evaluator.engines.smt.awards import at_hand, env_of
from evaluator.engines.smt.intervals import Number, identical
from evaluator.engines.smt.terms import Logic, at_most, below, both, greatest, minus, no, plus, same
from evaluator.engines.smt.truth import Truth
from evaluator.engines.smt.walk import Env, number
from evaluator.record import row
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
    """The lists that conditions or amounts count or add up, or of which not every entry is paid alike.

    What is paid for each entry alike can but grow with another.
    """
    found = {} if rule.each is None or rule.selection is None else {rule.each.id: rule.each}
    found |= {
        leaf.fact.id: leaf.fact
        for expression in expressions(rule)
        for leaf in leaves(expression)
        if isinstance(leaf, ir.Items)
    }
    yield from found.values()


@row
class _Twin:
    """Two worlds that differ in one thing only: what is `given` of them, and what is paid in each."""

    worlds: tuple[World, World]
    given: Logic
    before: Pay
    after: Pay


_Making: TypeAlias = Callable[[bool], "_Twin | None"]
"""Makes a twin, in which sums are rounded or not."""


def _longer(rule: model.Award, fact: Fact, questions: Questions) -> Verdict | None:
    """A verdict where one more entry of a list can lower the award and another can raise it."""

    def making(kind: str) -> _Making:
        def make(rounded: bool) -> _Twin | None:
            worlds = twins(rule, kind, questions, rounded=rounded)
            if worlds is None:
                return None
            one, other = worlds
            one.listed(fact)
            shorter = other.lengthened(fact)
            before, after = (paid_in(rule, world, questions.book) for world in worlds)
            return _Twin(worlds, both(shorter, before.stays(after)), before, after)

        return make

    notes = (Name(zh="少一个条目", en="an entry less"), Name(zh="多一个条目", en="an entry more"))
    what = what_falls(rule, questions.book)
    message = Name(
        zh=f"“{fact.label.zh}”多一个条目，其他不变，{what.zh}反而减少",
        en=f"when “{fact.label.en}” has one more entry and all else stays, {what.en} falls",
    )
    return _falls(rule, making, notes, message, questions)


def _monotone(rule: model.Award, field: Field, what: str, questions: Questions) -> Verdict | None:
    """A verdict where a higher figure can lower the award and another can raise it."""
    ordered = isinstance(field.type, NumberType) or (isinstance(field.type, ChoiceType) and field.type.ordered)
    if not ordered:
        return None
    fallen = what_falls(rule, questions.book)
    message = Name(
        zh=f"“{field.label.zh}”提高，其他不变，{fallen.zh}反而减少",
        en=f"when “{field.label.en}” rises and all else stays, {fallen.en} falls",
    )
    return _falls(rule, lambda kind: _raising(rule, field, what, kind, questions), _notes(field), message, questions)


def _raising(rule: model.Award, field: Field, what: str, kind: str, questions: Questions) -> _Making:
    """Two worlds that differ in that one value, which is higher in the second."""

    def make(rounded: bool) -> _Twin | None:
        worlds = twins(rule, kind, questions, rounded=rounded)
        if worlds is None:
            return None
        one, other = worlds
        low, high = one.leaf(field, what).low, other.raised(field, what).low
        before, after = (paid_in(rule, world, questions.book) for world in worlds)
        return _Twin(worlds, both(below(low, high), before.stays(after)), before, after)

    return make


def _falls(
    rule: model.Award,
    making: Callable[[str], _Making],
    notes: tuple[Name, Name],
    message: Name,
    questions: Questions,
) -> Verdict | None:
    """A verdict where the second of two profiles can get less than the first, and where it can get more."""
    falls: list[Case] = []
    rises = False
    for kind in rule.kinds:
        twin = making(kind)(False)
        if twin is None:
            continue
        more_paid = at_most(plus(twin.before.paid, _FEN), twin.after.paid)
        up = questions.ask("more-pays-more", both(twin.given, more_paid), twin.worlds)
        down = _less_paid(rule, making(kind), notes, questions)
        for reply in (up, down):
            if isinstance(reply, Unsure):
                return undecided("more-pays-more", [rule], reply)
        rises = rises or isinstance(up, Found)
        if isinstance(down, tuple):
            falls += down
    if not falls or not rises:  # what only ever falls is paid for less of something
        return None
    return Verdict("more-pays-more", Status.FAILS, (rule,), message, cases=tuple(falls[:2]))


def _less_paid(
    rule: model.Award, make: _Making, notes: tuple[Name, Name], questions: Questions, *, rounded: bool = False
) -> tuple[Case, ...] | Unsure | None:
    """Both sides of a fall, looked for before rounding; where rounding hides what was found, once more after it."""
    twin = make(rounded)
    assert twin is not None
    less = at_most(plus(twin.after.paid, _FEN), twin.before.paid)
    reply = questions.ask("more-pays-more", both(twin.given, less), twin.worlds)
    if not isinstance(reply, Found):
        return reply if isinstance(reply, Unsure) else None
    cases = both_sides(rule, twin.worlds, reply, notes, questions, fall=True)
    return cases or _less_paid(rule, make, notes, questions, rounded=True)


_FEN: Final = Fraction(1, 100)
"""A difference of this much before rounding is one after it."""


def _notes(field: Field) -> tuple[Name, Name]:
    """Which side a profile is."""
    return (
        Name(zh=f"“{field.label.zh}”较低", en=f"“{field.label.en}” lower"),
        Name(zh=f"“{field.label.zh}”较高", en=f"“{field.label.en}” higher"),
    )


def _cliffs(rule: model.Award, field: Field, what: str, questions: Questions) -> Iterator[Verdict]:
    """Where one step of a number or date changes the award by more than is stated; the largest at each figure."""
    if not isinstance(field.type, NumberType | DateType):
        return
    step: Exact = 1 if isinstance(field.type, DateType) else STEPS.get(field.type.dimension, 1)
    if isinstance(field.type, DateType) and not _compared(rule, field):
        return
    for kind in rule.kinds[:1]:
        making = _raising(rule, field, what, kind, questions)
        for figure in sorted(_figures(rule, field)):
            found = _leap(rule, field, what, (figure, step), making, questions)
            if found is None:
                continue
            if isinstance(found, Unsure):
                yield undecided("cliff", [rule], found)
                continue
            message = Name(
                zh=f"“{field.label.zh}”相差一个最小单位，奖补就不同（见两侧）",
                en=f"the smallest step of “{field.label.en}” makes a difference (both sides below)",
            )
            status = Status.LISTED if questions.limits.cliff is None else Status.FAILS
            yield Verdict("cliff", status, (rule,), message, cases=found)


def _leap(
    rule: model.Award,
    field: Field,
    what: str,
    place: tuple[Exact, Exact],
    making: _Making,
    questions: Questions,
    *,
    rounded: bool = False,
) -> tuple[Case, ...] | Unsure | None:
    """Both sides of a change by more than is stated at a figure and one step around it; looked for as a fall is."""
    twin = making(rounded)
    if twin is None:
        return None
    figure, step = place
    low, high = twin.worlds[0].leaf(field, what).low, twin.worlds[1].leaf(field, what).low
    rise = plus(twin.after.paid, minus(twin.before.paid))
    leap = at_most(plus(questions.limits.cliff or 0, _FEN), greatest(rise, minus(rise)))
    near = both(same(high, plus(low, step)), at_most(low, figure), at_most(figure, high))
    reply = questions.ask("cliff", both(near, leap), twin.worlds)
    if not isinstance(reply, Found):
        return reply if isinstance(reply, Unsure) else None
    cases = both_sides(rule, twin.worlds, reply, _notes(field), questions, fall=False)
    return cases or _leap(rule, field, what, place, making, questions, rounded=True)


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
                # what is paid hangs on facts that being due does not need, so none is left out
                case = questions.case(world, reply, [rule], _due, minimal=False)
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
