"""What a change of the rules means: rule by rule equivalent, more generous, less generous or incomparable.

In: two rulebooks, the old and the new. Out: a `Change` for each rule and each way of combining that differs, with the
smallest profile found on which the two answer differently. Equal normal forms prove a rule equivalent; else the cases
of both versions (every branch, both sides of every figure) are decided by both. A witness is always true: both results
come from `decide`. That no witness was found proves nothing without a solver, and is said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, Protocol, TypeAlias

from evaluator.advise.asking import closed
from evaluator.advise.boundaries import cases
from evaluator.advise.certain import given_facts, hidden
from evaluator.advise.normal import Form, meaning, tree_meaning
from evaluator.advise.witness import Witness, compared, order, settled, sign
from evaluator.engines.decide import decide
from evaluator.engines.decision import Totals
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.outcomes import finding_ids
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.stacking import leaves
from evaluator.rulebook.values import ItemList

Verdict: TypeAlias = Literal[
    "added", "removed", "equivalent", "more-generous", "less-generous", "looser", "stricter", "incomparable", "unproved"
]


class Equivalence(Protocol):
    """What a solver answers about two versions of a rule; None where it cannot say."""

    def equivalent(self, old: model.Rulebook, new: model.Rulebook, rule: str) -> bool | tuple[Profile, date] | None:
        """True where no profile tells them apart, else a profile at a date that does."""
        ...


@row
class Change:
    """A rule or a tree (`stacking`) that changed: what it means, why it is known, and a witness for each direction.

    `proved`: that the versions agree, or that they differ, holds for certain; the direction of a difference is that of
    all the `tried` questions on which they differ. `like` names a rule that says the same, where one was added;
    `through` the changed awards whose amounts it reads, where it is itself the same.
    """

    id: str
    verdict: Verdict
    proved: bool
    witnesses: tuple[Witness, ...] = ()
    tried: int = 0
    like: str = ""
    unreachable: bool = False
    stacking: bool = False
    totals: tuple[Totals, Totals] | None = None
    through: tuple[str, ...] = ()


def changes(old: model.Rulebook, new: model.Rulebook, solver: Equivalence | None = None) -> tuple[Change, ...]:
    """Every rule and tree that is not word for word the same in meaning, in the order of the new rulebook."""
    found: list[Change] = []
    known = {id: meaning(rule, new.vocabulary) for id, rule in new.rules.items()}
    before = {id: meaning(rule, old.vocabulary) for id, rule in old.rules.items()}
    for id in dict.fromkeys((*new.rules, *old.rules)):
        if id not in old.rules:
            like = next((other for other, form in known.items() if other != id and form == known[id]), "")
            found.append(Change(id, "added", True, tuple(_only(new, id, added=True)), like=like))
        elif id not in new.rules:
            found.append(Change(id, "removed", True, tuple(_only(old, id, added=False))))
        elif before[id] != known[id]:
            found.append(_changed(old, new, id, solver))
        elif read := _read_otherwise(old, new, id, before, known):
            change = _changed(old, new, id, solver)
            if change.verdict != "equivalent":
                found.append(replace(change, through=read))
    trees = {tree.id: tree for tree in new.stackings}
    for tree in dict.fromkeys((*trees, *(tree.id for tree in old.stackings))):
        one = _tree(old, new, tree)
        if one is not None:
            found.append(one)
    return tuple(found)


def _read_otherwise(
    old: model.Rulebook, new: model.Rulebook, id: str, before: Mapping[str, Form], after: Mapping[str, Form]
) -> tuple[str, ...]:
    """The awards whose amounts a rule reads, directly or through others, and that are not the same as before."""
    read = dict.fromkeys((*closed(old, (id,)), *closed(new, (id,))))
    return tuple(one for one in read if before.get(one) != after.get(one))


def reworded(old: model.Rulebook, new: model.Rulebook) -> tuple[str, ...]:
    """Rules that are written differently and mean the same by their form."""
    return tuple(
        id
        for id, rule in new.rules.items()
        if id in old.rules
        and rule != old.rules[id]
        and meaning(rule, new.vocabulary) == meaning(old.rules[id], old.vocabulary)
    )


# ------------------------------------------------------------------ one rule


def _only(rulebook: model.Rulebook, id: str, *, added: bool) -> Iterator[Witness]:
    """A profile that the rule of one side speaks about."""
    for case in cases(rulebook, rulebook.rules[id])[:1]:
        found = case.finding
        yield Witness(found.id, case.profile, case.as_of, None if added else found, found if added else None)


def _changed(old: model.Rulebook, new: model.Rulebook, id: str, solver: Equivalence | None) -> Change:
    pair = _Pair(old, new, id)
    best: dict[int, Witness] = {}
    tried = 0
    for profile, as_of in pair.questions():
        tried += 1
        for witness, direction in pair.differences(profile, as_of):
            known = best.get(direction)
            if known is None or order(witness) < order(known):
                best[direction] = witness
    proved = False
    if not best and solver is not None:
        answer = solver.equivalent(old, new, id)
        proved = answer is True
        if isinstance(answer, tuple):
            best.update((direction, witness) for witness, direction in pair.differences(*answer))
    witnesses = tuple(pair.smallest(witness, direction) for direction, witness in sorted(best.items(), reverse=True))
    verdict = _verdict(set(best), new.rules[id], proved=proved)
    return Change(id, verdict, proved or bool(best), witnesses, tried, unreachable=pair.lost())


def _verdict(directions: set[int], rule: model.AnyRule, *, proved: bool) -> Verdict:
    if not directions:
        return "equivalent" if proved else "unproved"
    award = isinstance(rule, model.Award)
    match sorted(directions - {0}):
        case [1]:
            return "more-generous" if award else "looser"
        case [-1]:
            return "less-generous" if award else "stricter"
        case _:
            return "incomparable"


def _part(book: model.Rulebook, id: str) -> model.Rulebook:
    """The rulebook with one rule and the awards that it reads."""
    return replace(book, rules={part: book.rules[part] for part in closed(book, (id,))}, stackings=())


class _Pair:
    """Two versions of one rule, asked the same."""

    def __init__(self, old: model.Rulebook, new: model.Rulebook, id: str) -> None:
        self.id = id
        self.sides = tuple(_part(book, id) for book in (old, new))
        self.cases = [cases(book, book.rules[id]) for book in (old, new)]

    def questions(self) -> Iterator[tuple[Profile, date]]:
        """The profiles and dates of both versions' cases, and each profile also at the other cases' dates."""
        found = [(case.profile, case.as_of) for side in self.cases for case in side]
        days = dict.fromkeys(day for _, day in found)
        yield from found
        if (
            len(read := closed(self.sides[1], (self.id,))) > 1
            and (whole := _together(self.sides[0], self.sides[1], read)) is not None
        ):
            yield whole
        for profile, _ in found[:12]:
            for day in list(days)[:6]:
                yield profile, day

    def differences(self, profile: Profile, as_of: date) -> Iterator[tuple[Witness, int]]:
        """Findings of which the versions answer differently, with the direction: 1 up, -1 down, 0 neither."""
        before, after = (
            {found.id: found for found in decide(book, profile, as_of=as_of, rules=[self.id]).findings}
            for book in self.sides
        )
        for id in dict.fromkeys((*before, *after)):
            direction = compared(before.get(id), after.get(id))
            if direction is not None:
                yield Witness(id, profile, as_of, before.get(id), after.get(id)), direction

    def smallest(self, witness: Witness, direction: int) -> Witness:
        """The witness without any fact that the difference does not need; what was settled stays settled."""
        known = settled(witness)
        book = self.sides[1]
        for fact in given_facts(witness.profile, book) if not witness.profile.members else ():
            if fact.field == "":
                continue  # that a list holds no more: without it amounts are open
            rest = [other for other in given_facts(witness.profile, book) if other != fact]
            shown = hidden(witness.profile, rest)
            for other, found in self.differences(shown, witness.as_of):
                if other.finding == witness.finding and found == direction and settled(other) >= known:
                    witness = other
                    break
        return witness

    def lost(self) -> bool:
        """Whether cases could be built that the old version grants, and none for the new one."""
        before, after = ({case.finding.id for case in side if case.sort == "granted"} for side in self.cases)
        return bool(before - after) and bool(before & set(finding_ids(self.sides[1].rules[self.id])) - after)


# ------------------------------------------------------------------ how awards combine


def _tree(old: model.Rulebook, new: model.Rulebook, id: str) -> Change | None:
    """A tree that changed, with a profile to which all its awards are granted, as far as they go together."""
    before, after = (next((tree for tree in book.stackings if tree.id == id), None) for book in (old, new))
    both = before is not None and after is not None
    if before is not None and after is not None and _same_tree(before, after, old, new):
        return None
    members = dict.fromkeys(rule for tree in (before, after) if tree is not None for rule in leaves(tree.tree))
    found = _together(old, new, list(members))
    verdict: Verdict = "added" if before is None else "removed" if after is None else "unproved"
    if found is None:
        return Change(id, verdict, False, stacking=True)
    profile, as_of = found
    books = _under(old, new, before, after, list(members))
    sides = [
        decide(book, profile, as_of=as_of, rules=[rule for rule in members if rule in book.rules]).totals
        for book in books
    ]
    change = sign(sides[0].guaranteed, sides[1].guaranteed) or sign(sides[0].potential, sides[1].potential)
    if both:
        verdict = "more-generous" if change > 0 else "less-generous" if change < 0 else "unproved"
    witness = Witness("", profile, as_of, None, None)
    return Change(id, verdict, bool(change), (witness,), stacking=True, totals=(sides[0], sides[1]))


def _under(
    old: model.Rulebook,
    new: model.Rulebook,
    before: model.Stacking | None,
    after: model.Stacking | None,
    members: Sequence[str],
) -> tuple[model.Rulebook, model.Rulebook]:
    """The same awards under one tree and under the other, so that what they differ in is what the trees differ in.

    Where neither rulebook has all the awards of both trees, each tree has those of its own.
    """
    for book in (new, old):
        if all(rule in book.rules for rule in members):
            one, other = (replace(book, stackings=() if tree is None else (tree,)) for tree in (before, after))
            return one, other
    return old, new


def _same_tree(before: model.Stacking, after: model.Stacking, old: model.Rulebook, new: model.Rulebook) -> bool:
    return tree_meaning(before, old.vocabulary) == tree_meaning(after, new.vocabulary)


def _together(old: model.Rulebook, new: model.Rulebook, members: Sequence[str]) -> tuple[Profile, date] | None:
    """One profile with what the granted cases of all members give."""
    whole: Profile | None = None
    as_of: date | None = None
    for id in members:
        book = new if id in new.rules else old
        case = (
            next((one for one in cases(book, book.rules[id]) if one.sort == "granted"), None)
            if id in book.rules
            else None
        )
        if case is None:
            continue
        if whole is None:
            whole, as_of = case.profile, case.as_of
            continue
        facts = dict(whole.facts)
        for word, value in case.profile.facts.items():
            known = facts.get(word)
            if isinstance(known, ItemList) and isinstance(value, ItemList):
                facts[word] = ItemList((*known.items, *value.items), complete=True)
            else:
                facts.setdefault(word, value)
        whole = replace(whole, facts=facts)
        as_of = max(as_of, case.as_of) if as_of is not None else case.as_of
    return None if whole is None or as_of is None else (whole, as_of)
