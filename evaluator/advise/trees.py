"""Properties of what several awards come to together: caps, awards that never matter beside others, learning.

In: the rules asked about. Out: verdicts on every stacking tree over them, told of its awards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from evaluator.advise.questions import DisagreementError, Questions
from evaluator.advise.single import learning, undecided, widened
from evaluator.advise.sure import steps
from evaluator.advise.verdict import Case, Status, Verdict
from evaluator.engines.decide import decide
from evaluator.engines.smt import Answer, Found, Never, Stacked, Unsure, World, answers, stacked
from evaluator.engines.smt.awards import award, env_of
from evaluator.engines.smt.sums import Range
from evaluator.engines.smt.terms import Logic, Quantity, alike, at_most, both, either, no, plus, same
from evaluator.engines.smt.walk import number
from evaluator.engines.smt.world import Leaf
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.stacking import leaves, pools
from evaluator.rulebook.vocabulary import Exact, Name

_FEN: Final = Fraction(1, 100)


def trees(rules: Sequence[model.AnyRule], questions: Questions) -> Iterator[Verdict]:
    """What holds of each tree over these rules, and what does not."""
    asked = {rule.id for rule in rules}
    for tree in questions.book.stackings:
        members = members_of(tree, questions.book)
        if members and any(rule.id in asked for rule in members):
            yield from _cap(tree, members, questions)
            yield from _idle(tree, members, questions)
            yield from _refinement(tree, members, questions)


def members_of(tree: model.Stacking, book: model.Rulebook) -> tuple[model.Award, ...]:
    """The awards of a tree that decide something."""
    found = (book.rules.get(id) for id in leaves(tree.tree))
    return tuple(rule for rule in found if isinstance(rule, model.Award) and not rule.stub)


def tree_of(rule: model.Award, book: model.Rulebook) -> model.Stacking | None:
    """The tree in which an award stands."""
    return next((tree for tree in book.stackings if rule.id in leaves(tree.tree)), None)


def findings(members: Sequence[model.Award], world: World) -> Mapping[str, Answer]:
    """The finding of each award in a world."""
    return {rule.id: answers(rule, world)[0] for rule in members}


def left(tree: model.Stacking, members: Sequence[model.Award], world: World) -> Stacked:
    """What a tree leaves of its awards."""
    return stacked((tree,), findings(members, world), world)[0]


def _kinds(members: Sequence[model.Award]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for rule in members for kind in rule.kinds))


def _holds(about: str, members: Sequence[model.Award]) -> Verdict:
    return Verdict(about, Status.HOLDS, tuple(members), Name(zh="成立", en="holds"))


# ------------------------------------------------------------------ an award, with those beside it


@row
class Pay:
    """What is paid in a world, before rounding: by an award, or by the tree in which it stands; and who is due."""

    paid: Quantity
    due: Logic
    others: tuple[Logic, ...] = ()

    def stays(self, after: Pay) -> Logic:
        """That the award is due in this world and in the other, and what else is due in this one stays so."""
        kept = (either(no(here), there) for here, there in zip(self.others, after.others, strict=True))
        return both(self.due, after.due, *kept)


def beside(rule: model.Award, book: model.Rulebook) -> tuple[model.Award, ...]:
    """The award, with those beside it in its tree."""
    tree = tree_of(rule, book)
    return (rule,) if tree is None else (rule, *(one for one in members_of(tree, book) if one != rule))


def twins(rule: model.Award, kind: str, questions: Questions, *, rounded: bool) -> tuple[World, World] | None:
    """Two worlds that share their variables, in which what is paid can be compared; None where there are none.

    A pool pays all: what is paid of both sides alike does not turn their order.
    """
    one, other = (questions.world(beside(rule, questions.book), kind, rounded=rounded) for _ in range(2))
    if one is None or other is None:
        return None
    tree = tree_of(rule, questions.book)
    if tree is not None:
        _pay_all(tree, one)
        _pay_all(tree, other)
    return one, other


def _pay_all(tree: model.Stacking, world: World) -> None:
    """Have the pools of a tree pay all that is claimed."""
    for pool in pools(tree.tree):
        world.leaves[pool.factor.id] = Leaf(pool.factor, pool.factor.id, True, False, 1, 1)


def paid_in(rule: model.Award, world: World, book: model.Rulebook) -> Pay:
    """What the award pays, now and later; in a tree, what the tree leaves of all its awards."""
    found = [award(one, env_of(world)) for one in beside(rule, book)]
    due, *others = (both(one.gate.true, one.holds.true) for one in found)
    tree = tree_of(rule, book)
    if tree is None:
        assert found[0].amount is not None
        return Pay(found[0].amount.whole.low, due)
    return Pay(left(tree, members_of(tree, book), world).promised.low, due, tuple(others))


def what_falls(rule: model.Award, book: model.Rulebook) -> Name:
    """What a fall of the award is told of."""
    tree = tree_of(rule, book)
    if tree is None:
        return Name(zh="奖补", en="the award")
    return Name(zh=f"“{tree.title.zh}”合计", en=f"what “{tree.title.en}” leaves")


def both_sides(
    rule: model.Award,
    worlds: tuple[World, World],
    reply: Found,
    notes: tuple[Name, Name],
    questions: Questions,
    *,
    fall: bool,
) -> tuple[Case, ...]:
    """Two profiles of which the second is paid less (`fall`), or another sum, replayed; none where rounding hides it.

    Raises DisagreementError where it was asked for rounded sums, and the reference engine decides otherwise.
    """
    rules = beside(rule, questions.book)
    cases = tuple(
        questions.case(world, reply, rules, bool, note, minimal=False)
        for world, note in zip(worlds, notes, strict=True)
    )
    before, after = (_certain(rule, case, questions) for case in cases)
    if before is not None and after is not None and (before <= after if fall else before == after):
        if not worlds[0].rounded:
            return ()
        raise DisagreementError(f"replaying {[case.profile for case in cases]} gives {before} and {after}")
    return cases


def _certain(rule: model.Award, case: Case, questions: Questions) -> Exact | None:
    """What the reference engine pays for certain, now and later; None where instalments leave that between bounds."""
    book = questions.book
    rules = beside(rule, book)
    profile = make_profile(case.profile, book)
    decision = decide(book, profile, as_of=case.as_of, rules=[one.id for one in rules])
    tree = tree_of(rule, book)
    if tree is None:
        amount = decision.findings[0].amount
        return None if amount is None else amount.whole[0]
    (stacked_,) = (entry for entry in decision.stacked if entry.stacking.id == tree.id)
    if not any(one.instalments for one in rules):
        return stacked_.guaranteed
    return stacked_.guaranteed + stacked_.later[0] if stacked_.guaranteed == stacked_.potential else None


# ------------------------------------------------------------------ caps


def _cap(tree: model.Stacking, members: Sequence[model.Award], questions: Questions) -> Iterator[Verdict]:
    """Whether awards that are paid together up to a cap ever come to more."""
    if not isinstance(tree.tree, model.SumCap) or tree.scope != "entity":
        return
    for kind in _kinds(members):
        world = questions.world(members, kind)
        if world is None:
            continue
        cap, paid = number(tree.tree.cap, env_of(world)), left(tree, members, world).promised
        above = both(cap.known, at_most(plus(cap.low, _FEN), paid.low), at_most(_FEN, paid.low))
        reply = questions.ask("cap", above, [world])
        if isinstance(reply, Unsure):
            yield undecided("cap", members, reply)
            return
        if isinstance(reply, Found):
            case = questions.case(world, reply, members, bool, minimal=False)
            message = Name(
                zh=f"“{tree.title.zh}”合计可以超过所定上限", en=f"“{tree.title.en}” can come to more than its cap"
            )
            yield Verdict("cap", Status.FAILS, tuple(members), message, cases=(case,))
            return
    yield _holds("cap", members)


# ------------------------------------------------------------------ awards that never matter


def _idle(tree: model.Stacking, members: Sequence[model.Award], questions: Questions) -> Iterator[Verdict]:
    """The awards without which the tree would always come to the same."""
    failed = False
    for rule in members if len(members) > 1 else ():
        reply = _ever_matters(tree, rule, members, questions)
        if isinstance(reply, Unsure):
            failed = True
            yield undecided("idle", [rule], reply)
        elif isinstance(reply, Never):
            failed = True
            message = Name(
                zh=f"在“{tree.title.zh}”中从不起作用：没有它，合计对任何主体都一样",
                en=f"it never matters in “{tree.title.en}”: without it everybody would be paid the same",
            )
            yield Verdict("idle", Status.FAILS, (rule,), message)
    if not failed:
        yield _holds("idle", members)


def _ever_matters(
    tree: model.Stacking, rule: model.Award, members: Sequence[model.Award], questions: Questions
) -> Found | Never | Unsure:
    unsure: Unsure | None = questions.beyond(rule)
    for kind in rule.kinds:
        world = questions.world(members, kind, rounded=False)
        if world is None:
            continue
        _pay_all(tree, world)
        found = findings(members, world)
        without = {id: answer for id, answer in found.items() if id != rule.id}
        one, other = (stacked((tree,), some, world)[0] for some in (found, without))
        reply = questions.ask("idle", _differs(one.promised, other.promised), [world], tidy=False)
        if isinstance(reply, Found):
            return reply
        if isinstance(reply, Unsure):
            unsure = reply
    return unsure or Never()


def _differs(one: Range, other: Range) -> Logic:
    apart = either(no(same(one.low, other.low)), both(no(one.no_high), no(same(one.high, other.high))))
    return either(apart, no(alike(one.no_high, other.no_high)))


# ------------------------------------------------------------------ learning


def _refinement(tree: model.Stacking, members: Sequence[model.Award], questions: Questions) -> Iterator[Verdict]:
    """Whether knowing more can widen what the tree leaves."""
    for kind in _kinds(members):
        worlds = learning(members, kind, questions)
        if worlds is None:
            continue
        if all(
            isinstance(questions.ask("refinement", both(_wider(*step.left()), *step.constraints), worlds), Never)
            for step in steps(tree, members, worlds)
        ):
            continue
        less, more = worlds
        before, after = (left(tree, members, world) for world in worlds)
        reply = questions.ask("refinement", _wider(before, after), [less], shaped=False)
        if isinstance(reply, Unsure):
            yield undecided("refinement", members, reply)
            return
        if isinstance(reply, Found):
            message = Name(
                zh=f"补充一项事实后，“{tree.title.zh}”合计的范围变宽",
                en=f"what “{tree.title.en}” comes to is less certain when a missing fact is given",
            )
            notes = (Name(zh="知道得少", en="knowing less"), Name(zh="知道得多", en="knowing more"))
            cases = tuple(
                questions.case(world, reply, members, bool, note, minimal=False)
                for world, note in zip((less, more), notes, strict=True)
            )
            yield Verdict("refinement", Status.FAILS, tuple(members), message, cases=cases)
            return
    yield _holds("refinement", members)


def _wider(before: Stacked, after: Stacked) -> Logic:
    return either(
        widened(before.range, after.range),
        widened(before.promised, after.promised),
        widened(before.later, after.later),
    )
