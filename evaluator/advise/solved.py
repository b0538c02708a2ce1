"""What the solver engine adds to a search: the exact range of an open award, and proof that two rules are equivalent.

In: a profile and a rule, or two versions of a rule. Out: an answer over all completions of the profile, or over all
profiles; None where the solver cannot say (a form that it does not know, its time limit, members of a region, a list
that is not closed). Every end of a range and every difference is decided again by the reference engine. Lists are
looked at up to `BOUND` entries. Needs the library of `evaluator[prove]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from evaluator.advise.asking import closed
from evaluator.advise.normal import meaning, payment_meaning, read
from evaluator.advise.questions import BOUND, DisagreementError, days_of, place_of
from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.engines.decision import Outcome
from evaluator.engines.smt import Answer, Found, Never, World, answers, ask, profile_of
from evaluator.engines.smt.terms import Logic, Quantity, at_most, below, both, either, evaluate, no, same
from evaluator.engines.smt.world import Leaf
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.reads import expressions, walk
from evaluator.rulebook.values import Interval, ItemList, Value
from evaluator.rulebook.vocabulary import ChoiceType, Exact

STEPS: Final = 24
"""How many values are gone through from one end of an amount."""
PAYS: Final = 1000
"""The yuan that an award shown for its payments comes to at least: of less, other parts could round to the same fen."""


def installed() -> bool:
    """Whether the solver's library is there."""
    from importlib.util import find_spec

    return find_spec("z3") is not None


@row
class Solved:
    """Asks the solver, each question at most so many milliseconds."""

    milliseconds: int = 2_000

    # ------------------------------------------------------------------ ranges

    def spread(
        self, rulebook: model.Rulebook, profile: Profile, as_of: date, rule: str
    ) -> tuple[frozenset[Outcome], Exact, Exact | None] | None:
        """The outcomes of an award over all completions of a profile, and the least and greatest amount."""
        known = rulebook.rules[rule]
        if profile.members or not profile.place or _asks_members(known):
            return None
        bound = max([BOUND, *(len(value.items) for value in profile.facts.values() if isinstance(value, ItemList))])
        day = as_of.toordinal()
        world = World(rulebook.vocabulary, profile.kind, profile.place, (day, day), bound=bound, rules=rulebook.rules)
        try:
            (answer,) = answers(known, world)
        except RuleError:
            return None
        given = _given(world, profile)
        if given is None:
            return None
        search = _Search(self, rulebook, world, answer, [*world.constraints(), *given], as_of)
        outcomes = search.outcomes()
        if outcomes is None:
            return None
        if answer.paid is None or not answer.paid.stated:
            return outcomes, 0, 0
        low, high = search.least(answer.paid.low), search.greatest(answer.paid.high, answer.paid.no_high)
        if low is None or isinstance(high, str):
            return None
        return outcomes, low, high

    # ------------------------------------------------------------------ equivalence

    def equivalent(self, old: model.Rulebook, new: model.Rulebook, rule: str) -> bool | tuple[Profile, date] | None:
        """True where no profile tells two versions of a rule apart, else one that does.

        None where it cannot be told, as where an award that it reads is not the same in both. Versions that pay in
        other parts are no equal ones: of those a profile is given to which something is paid.
        """
        before, after = old.rules[rule], new.rules[rule]
        paid_alike = payment_meaning(before, old.vocabulary) == payment_meaning(after, new.vocabulary)
        awards = {other for book in (old, new) for other in closed(book, (rule,))} - {rule}
        if not all(self._same(old, new, award) for award in awards):
            return None
        domains = [dict(read(side, book.vocabulary)) for side, book in ((before, old), (after, new))]
        if any(domains[0][id] != domains[1][id] for id in domains[0].keys() & domains[1].keys()):
            return None  # one fact of two types or domains
        for kind in dict.fromkeys((*before.kinds, *after.kinds)):
            place = place_of(after.policy, kind, new.vocabulary)
            if place is None or kind not in new.vocabulary.kinds:
                return None
            world = World(new.vocabulary, kind, place, days_of([before, after]), partial=True, rules=new.rules)
            try:
                sides = [_by_id(side, world) for side in (before, after)]
            except RuleError:
                return None
            if sides[0].keys() != sides[1].keys():
                return None
            goal = either(*(_differs(sides[0][id], sides[1][id]) for id in sides[0]))
            if not paid_alike:
                goal = either(goal, *(_pays(answer) for answer in sides[1].values()))
            reply = ask(goal, [*world.constraints(), *world.shaped()], milliseconds=self.milliseconds)
            if isinstance(reply, Found):
                as_of = date.fromordinal(int(reply.values.get("as_of", world.days[0])))
                return make_profile(profile_of(world, reply.values, _units(new)), new), as_of
            if not isinstance(reply, Never):
                return None
        return True if paid_alike else None

    def _same(self, old: model.Rulebook, new: model.Rulebook, award: str) -> bool:
        """Whether an award that a rule reads is surely the same in both versions."""
        if award not in old.rules or award not in new.rules:
            return False
        forms = [meaning(book.rules[award], book.vocabulary) for book in (old, new)]
        return forms[0] == forms[1] or self.equivalent(old, new, award) is True


class _Search:
    """Questions about one award over the completions of a profile."""

    def __init__(
        self,
        solved: Solved,
        rulebook: model.Rulebook,
        world: World,
        answer: Answer,
        constraints: list[Logic],
        as_of: date,
    ) -> None:
        self.solved, self.rulebook, self.world = solved, rulebook, world
        self.answer, self.constraints, self.as_of = answer, constraints, as_of

    def outcomes(self) -> frozenset[Outcome] | None:
        """Those that some completion brings."""
        found: set[Outcome] = set()
        for name, when in self.answer.outcomes.items():
            reply = ask(when, self.constraints, milliseconds=self.solved.milliseconds)
            if isinstance(reply, Found):
                found.add(Outcome(name))
            elif not isinstance(reply, Never):
                return None
        return frozenset(found)

    def least(self, amount: Quantity) -> Exact | None:
        """The least value of an amount that some completion brings; None where it was not found out."""
        best: Exact | None = None
        for _ in range(STEPS):
            goal: Logic = True if best is None else below(amount, best)
            reply = ask(both(goal, self._some()), self.constraints, milliseconds=self.solved.milliseconds)
            if isinstance(reply, Never):
                return best
            if not isinstance(reply, Found):
                return None
            best = self._replayed(reply, amount)
        return None

    def greatest(self, amount: Quantity, no_high: Logic) -> Exact | str | None:
        """The greatest value; None where nothing bounds it, a word where it was not found out."""
        reply = ask(no_high, self.constraints, milliseconds=self.solved.milliseconds)
        if isinstance(reply, Found):
            return None
        best: Exact | None = None
        for _ in range(STEPS if isinstance(reply, Never) else 0):
            goal: Logic = True if best is None else below(best, amount)
            reply = ask(both(goal, self._some()), self.constraints, milliseconds=self.solved.milliseconds)
            if isinstance(reply, Never) and best is not None:
                return best
            if not isinstance(reply, Found):
                break
            best = self._replayed(reply, amount)
        return "unsure"

    def _some(self) -> Logic:
        """That there is an answer at all: one of the outcomes comes out."""
        return either(*self.answer.outcomes.values())

    def _replayed(self, reply: Found, amount: Quantity) -> Exact:
        """The amount under what was found, as the reference engine decides it too."""
        values = _whole(self.world, reply.values)
        wanted = evaluate(amount, values, {})
        assert not isinstance(wanted, bool)
        data = profile_of(self.world, values, _units(self.rulebook))
        profile = make_profile(data, self.rulebook)
        finding = decide(self.rulebook, profile, as_of=self.as_of, rules=[self.answer.rule.id]).findings[0]
        found = finding.amount
        if found is None or wanted not in (found.guaranteed, found.potential):
            raise DisagreementError(f"replaying {data} as of {self.as_of} does not give {wanted}")
        return wanted


def _whole(world: World, values: Mapping[str, bool | Exact]) -> dict[str, bool | Exact]:
    """The values, and any for the variables that no answer needed."""
    whole: dict[str, bool | Exact] = {}
    for leaf in world.leaves.values():
        for part in (leaf.given, leaf.holds, leaf.low, leaf.high):
            if not isinstance(part, bool | int) and getattr(part, "op", "") == "var":
                low = leaf.field.low
                whole[part.name] = part.sort != "bool" and (low if low is not None else 0)  # type: ignore[union-attr]  # a variable
    for listed in world.lists.values():
        for slot in listed.slots:
            if not isinstance(slot.present, bool):
                whole[slot.present.name] = False
    return whole | dict(values)


def _units(rulebook: model.Rulebook) -> Mapping[str, Exact]:
    return {unit.id: unit.factor for unit in rulebook.vocabulary.units.values()}


def _asks_members(rule: model.AnyRule) -> bool:
    parts = (node for expression in expressions(rule) for node in walk(expression))
    return any(isinstance(node, ir.EachMember | ir.MemberShare) for node in parts)


def _given(world: World, profile: Profile) -> list[Logic] | None:
    """What the profile gives, as conditions on the variables of the world; None where a list may hold more."""
    found: list[Logic] = []
    for id, listed in world.lists.items():
        value = profile.facts.get(id)
        if not isinstance(value, ItemList) or not value.complete:
            return None
        there = len(value.items)
        found += [slot.present if slot.index < there else no(slot.present) for slot in listed.slots]
    for what, leaf in world.leaves.items():
        value = _value(what, profile)
        if value is not None:
            found += _fixed(leaf, value, world)
    return found


def _value(what: str, profile: Profile) -> Value | None:
    """What a profile gives under the name of a leaf."""
    if "@" in what:
        id, _, year = what.rpartition("@")
        return profile.metrics.get(id, {}).get(int(year))
    id, bracket, rest = what.partition("[")
    value = profile.facts.get(id)
    if not bracket:
        return value
    index, _, field = rest.partition("].")
    items = value.items if isinstance(value, ItemList) else ()
    return items[int(index) - 1].values.get(field) if int(index) <= len(items) else None


def _fixed(leaf: Leaf, value: Value, world: World) -> Iterator[Logic]:
    match value:
        case bool():
            yield leaf.holds if value else no(leaf.holds)
        case str():
            type_ = leaf.field.type
            yield same(leaf.low, type_.rank(value) if isinstance(type_, ChoiceType) else world.text(value))
        case Interval(low=low, high=high):
            if low is not None:
                yield at_most(low, leaf.low)
            if high is not None:
                yield at_most(leaf.high, high)
        case ItemList():
            raise AssertionError("a list is no leaf")
        case _:
            yield same(leaf.low, value)


def _by_id(rule: model.AnyRule, world: World) -> dict[str, Answer]:
    """What the solver says of one version of a rule; a world keeps awards by id, and another version has the same."""
    world.awards.clear()
    return {answer.id: answer for answer in answers(rule, world)}


def _pays(answer: Answer) -> Logic:
    """Whether something is paid for certain, and so much that its parts differ by whole fen."""
    if answer.paid is None or not answer.paid.stated:
        return False
    return both(answer.outcomes["satisfied"], at_most(PAYS, answer.paid.low))


def _differs(one: Answer, other: Answer) -> Logic:
    """Whether two answers are not the same."""
    parts: list[Logic] = []
    for name, when in one.outcomes.items():
        also = other.outcomes[name]
        parts += [both(when, no(also)), both(no(when), also)]
    if (one.paid is None) is not (other.paid is None):
        return True
    if one.paid is not None and other.paid is not None:
        if one.paid.stated is not other.paid.stated:
            return True
        bounded = both(no(one.paid.no_high), no(other.paid.no_high))
        parts.append(no(same(one.paid.low, other.paid.low)))
        parts.append(both(bounded, no(same(one.paid.high, other.paid.high))))
        parts += [both(one.paid.no_high, no(other.paid.no_high)), both(no(one.paid.no_high), other.paid.no_high)]
    return either(*parts)
