"""All profiles of one kind at once: a variable for every fact that rules read, made when it is first read.

A `World` is complete (every fact is given: the question is about what may be true) or partial (any fact may be missing:
the question is about what may be known). A veiled world is a partial one of which less is known than of another, for
the law of refinement. Lists hold up to `bound` entries; so are members of a region that keeps no register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final, TypeAlias

from evaluator.engines.smt.intervals import Number
from evaluator.engines.smt.terms import (
    Logic,
    Quantity,
    Sort,
    Term,
    at_most,
    both,
    choose,
    either,
    no,
    pick,
    same,
    variable,
)
from evaluator.engines.smt.truth import Truth
from evaluator.record import row
from evaluator.rulebook.model import AnyRule
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Fact,
    Field,
    ListType,
    Metric,
    NumberType,
    TextType,
    Vocabulary,
)

FIRST: Final = date(1990, 1, 1).toordinal()
LAST: Final = date(2099, 12, 31).toordinal()
"""Between which days dates of facts are looked for."""


@row
class Code:
    """A choice by its place in the vocabulary, or a text by its number in the world."""

    code: Quantity
    unknown: Logic = False
    indeterminate: Logic = False


Value: TypeAlias = Truth | Number | Code


@row
class Leaf:
    """One fact, field of an entry or figure of a year: its variables, and when it is given.

    `low` is its value (a truth value as `holds`); of a date that may be known in part, `low` and `high` are its ends.
    """

    field: Field
    name: str
    given: Logic
    holds: Logic
    low: Quantity
    high: Quantity

    def value(self) -> Value:
        """What an engine reads."""
        missing = no(self.given)
        match self.field.type:
            case BoolType():
                return Truth(both(self.given, self.holds), both(self.given, no(self.holds)), missing)
            case NumberType() | DateType():
                low, high = self.field.low, self.field.high
                if isinstance(self.field.type, DateType):
                    low = high = None
                if missing is False:
                    return Number(self.low, self.high)
                return Number(
                    choose(self.given, self.low, 0 if low is None else low),
                    choose(self.given, self.high, 0 if high is None else high),
                    both(missing, low is None),
                    both(missing, high is None),
                )
            case _:
                return Code(self.low, missing)


@row
class Slot:
    """A possible entry of a list: when it is there, and the world that knows its fields."""

    world: World
    fact: Fact
    index: int
    present: Logic

    def read(self, field: Field) -> Value:
        """A field of the entry."""
        return self.world.leaf(field, f"{self.fact.id}[{self.index + 1}].{field.id}").value()


@row
class Blank:
    """An entry of which nothing is known; `unlisted`: it stands for those that a list may hold beside its own."""

    fact: Fact
    unlisted: bool = False

    def read(self, field: Field) -> Value:
        """What may be in the field: anything in its domain."""
        leaf = Leaf(field, "", False, False, 0, 0)
        return leaf.value()


Entry: TypeAlias = Slot | Blank


@row
class Listed:
    """A list: its possible entries, and when there are surely no others."""

    slots: tuple[Slot, ...]
    complete: Logic


class World:
    """Every profile of a kind at one of some places, and every date of the question between two days.

    An organisation may be known down to any depth of its `place` when the world is `partial`. Of a register of members
    at most the first `most` are looked at (None: all). Amounts are `rounded` to the fen, or left as they are computed.
    `rules` are those whose awards may be read, by id. Lists named in `bounds` hold up to so many entries instead. Of
    the lists of its `base` a world knows any entries, or the first ones (`in_order`).
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        kind: str,
        place: str,
        as_of: tuple[int, int],
        *,
        partial: bool = False,
        bound: int = 3,
        bounds: Mapping[str, int] | None = None,
        in_order: bool = False,
        name: str = "",
        base: World | None = None,
        root: World | None = None,
        most: int | None = None,
        rounded: bool = True,
        rules: Mapping[str, AnyRule] | None = None,
    ) -> None:
        self.vocabulary, self.kind, self.place = vocabulary, kind, place
        self.partial, self.bound, self.name, self.base = partial, bound, name, base
        self.bounds: Mapping[str, int] = bounds or {}
        self.in_order = in_order
        self.rounded = rounded
        self.rules: Mapping[str, AnyRule] = rules or {}
        self.awards: dict[str, object] = {}
        self.most: int | None = most if base is None else base.most
        self.root: Final[World] = self if root is None else root
        self.leaves: dict[str, Leaf] = {}
        self.lists: dict[str, Listed] = {}
        self.members: dict[str, World] = {}
        self.made: list[Logic] = []
        self.texts: dict[str, int] = {} if base is None else base.texts
        self.overridden: dict[str, Leaf] = {}
        first, last = as_of
        self.as_of: Quantity = first
        if root is not None:
            self.as_of = root.as_of
        elif base is not None:
            self.as_of = base.as_of
        elif first != last:
            self.as_of = self._number("as_of", "int", first, last)
        self.days = as_of
        self.depth: Quantity = len(place.split("/")) if place else 0
        if partial and root is None and vocabulary.kinds[kind].group != "region" and place:
            top = self.depth if base is None else base.depth
            self.depth = self._number(self._named("place"), "int", 0, len(place.split("/")))
            self._require(at_most(self.depth, top))

    def constraints(self) -> Iterator[Logic]:
        """What every profile of the world satisfies, as far as facts were read."""
        yield from self.made
        for member in self.members.values():
            yield from member.constraints()
        if self.base is not None:
            yield from self.base.constraints()

    def shaped(self) -> Iterator[Logic]:
        """That a date known in part is known to its year, as files write it: for profiles that are to be shown."""
        for leaf in self.leaves.values():
            if isinstance(leaf.field.type, DateType) and leaf.low is not leaf.high:
                yield either(same(leaf.low, leaf.high), both(*_whole_year(leaf.low, leaf.high)))
        for member in self.members.values():
            yield from member.shaped()
        if self.base is not None:
            yield from self.base.shaped()

    # ------------------------------------------------------------------ making variables

    def _named(self, what: str) -> str:
        return f"{self.name}{what}"

    def _require(self, condition: Logic) -> None:
        if condition is not True:
            self.made.append(condition)

    def _number(self, name: str, sort: Sort, low: Quantity | None, high: Quantity | None) -> Term:
        made = variable(name, sort)
        if low is not None:
            self._require(at_most(low, made))
        if high is not None:
            self._require(at_most(made, high))
        return made

    def raised(self, field: Field, what: str) -> Leaf:
        """Give that fact a variable of its own, and read it there: this world shares all others with its like."""
        name = self._named(f"{what}'")
        leaf = self._leaf(field, f"{what}'")
        self.overridden[what] = leaf
        assert leaf.name == name
        return leaf

    def lengthened(self, fact: Fact) -> Logic:
        """Hold the last possible entry of a list, whatever its like holds; (in this world) when that like does not."""
        listed = self.listed(fact)
        *others, last = listed.slots
        self.lists[fact.id] = Listed((*others, Slot(self, fact, last.index, True)), listed.complete)
        return no(last.present)

    def leaf(self, field: Field, what: str) -> Leaf:
        """The variables of one value."""
        found = self.overridden.get(what) or self.leaves.get(what)
        if found is None:
            found = self.leaves[what] = self._veiled(field, what) if self.base is not None else self._leaf(field, what)
        return found

    def _leaf(self, field: Field, what: str) -> Leaf:
        name = self._named(what)
        given: Logic = variable(f"{name}?", "bool") if self.partial else True
        holds: Logic = False
        low: Quantity = 0
        high: Quantity | None = None
        match field.type:
            case BoolType():
                holds = variable(name, "bool")
            case NumberType():
                low = self._number(name, "real", field.low, field.high)
            case DateType():
                low = self._number(name, "int", FIRST, LAST)
                if self.partial:
                    high = self._number(f"{name}…", "int", FIRST, LAST)
                    self._require(at_most(low, high))
            case ChoiceType(choices=choices):
                low = self._number(name, "int", 0, len(choices) - 1)
            case TextType():
                low = self._number(name, "int", 0, None)
            case ListType():
                raise AssertionError("a list is read by its entries")
        return Leaf(field, name, given, holds, low, low if high is None else high)

    def _veiled(self, field: Field, what: str) -> Leaf:
        """The same value, given only where the base gives it; a date perhaps less exactly."""
        assert self.base is not None
        behind = self.base.leaf(field, what)
        name = self._named(what)
        given = both(behind.given, variable(f"{name}?", "bool"))
        low, high = behind.low, behind.high
        if isinstance(field.type, DateType):
            low, high = self._number(name, "int", FIRST, LAST), self._number(f"{name}…", "int", FIRST, LAST)
            self._require(both(at_most(low, behind.low), at_most(behind.high, high)))
        return Leaf(field, name, given, behind.holds, low, high)

    # ------------------------------------------------------------------ what engines read

    def fact(self, fact: Fact) -> Value:
        """A fact of the profile."""
        return self.leaf(fact, fact.id).value()

    def figure(self, metric: Metric, year: int | None) -> Value:
        """A metric of one year; of no year, nothing is known."""
        if year is None:
            return Leaf(metric, "", False, False, 0, 0).value()
        return self.leaf(metric, f"{metric.id}@{year}").value()

    def listed(self, fact: Fact) -> Listed:
        """The entries of a list fact."""
        found = self.lists.get(fact.id)
        if found is None:
            found = self.lists[fact.id] = self._listed(fact)
        return found

    def _listed(self, fact: Fact) -> Listed:
        behind = None if self.base is None else self.base.listed(fact)
        present: list[Logic] = []
        for index in range(self.bounds.get(fact.id, self.bound)):
            here: Logic = variable(self._named(f"{fact.id}[{index + 1}]!"), "bool")
            if behind is not None:
                here = both(here, behind.slots[index].present)
            if present and (behind is None or self.in_order):
                self._require(either(no(here), present[-1]))
            present.append(here)
        complete: Logic = True
        if self.partial:
            complete = variable(self._named(f"{fact.id}!"), "bool")
        if behind is not None:
            nothing_more = both(
                *(either(here, no(slot.present)) for here, slot in zip(present, behind.slots, strict=True))
            )
            complete = both(complete, behind.complete, nothing_more)
        slots = tuple(Slot(self, fact, index, here) for index, here in enumerate(present))
        return Listed(slots, complete)

    def text(self, text: str) -> int:
        """The number of a text: the same text, the same number."""
        return self.texts.setdefault(text, len(self.texts))

    def within(self, wanted: str) -> Truth:
        """Whether the profile's place lies there; open where its path ends above."""
        steps = self.place.split("/") if self.place else []
        depth = len(wanted.split("/"))
        if self.place != wanted and not self.place.startswith(f"{wanted}/"):
            shared = 0
            for left, right in zip(steps, wanted.split("/"), strict=False):
                if left != right:
                    break
                shared += 1
            above = both(at_most(self.depth, shared), shared < depth)
            if self.vocabulary.kinds[self.kind].group == "region":
                above = False
            return Truth(False, no(above), above)
        inside = at_most(depth, self.depth)
        return Truth(inside, False, no(inside))

    # ------------------------------------------------------------------ members

    def member(self, kind: str, key: str) -> World:
        """The world of one member of a region."""
        found = self.members.get(key)
        if found is None:
            base = None if self.base is None else self.base.member(kind, key)
            found = self.members[key] = World(
                self.vocabulary,
                kind,
                key if "/" in key else "",
                self.days,
                partial=self.partial,
                bound=self.bound,
                bounds=self.bounds,
                in_order=self.in_order,
                name=f"{self.name}{key}:",
                base=base,
                root=self.root,
                most=self.most,
                rounded=self.rounded,
                rules=self.rules,
            )
            found.texts = self.root.texts
        return found

    def unregistered(self, kind: str) -> tuple[list[tuple[World, Logic]], Logic]:
        """Possible members of a region without a register, each with when it is given, and when there are no others."""
        behind = None if self.base is None else self.base.unregistered(kind)
        members: list[tuple[World, Logic]] = []
        for index in range(self.bound):
            here: Logic = variable(self._named(f"{kind}#{index + 1}!"), "bool")
            if behind is not None:
                here = both(here, behind[0][index][1])
            members.append((self.member(kind, f"{kind}#{index + 1}"), here))
        if behind is None:
            for (_, left), (_, right) in pairwise(members):
                self._require(either(no(right), left))
        complete: Logic = variable(self._named(f"{kind}#!"), "bool") if self.partial else True
        if behind is not None:
            nothing_more = (either(here, no(there)) for (_, here), (_, there) in zip(members, behind[0], strict=True))
            complete = both(complete, behind[1], *nothing_more)
        return members, complete


def _whole_year(low: Quantity, high: Quantity) -> Iterator[Logic]:
    """That these are the first and last day of one year."""
    years = [
        both(same(low, date(year, 1, 1).toordinal()), same(high, date(year, 12, 31).toordinal()))
        for year in range(date.fromordinal(FIRST).year, date.fromordinal(LAST).year + 1)
    ]
    yield either(*years)


def code_of(type_: ChoiceType, id: str) -> int:
    """The number of a choice."""
    return type_.rank(id)


def codes_equal(left: Code, right: Code) -> Truth:
    """Whether two choices or texts are equal: indeterminate > unknown > the comparison."""
    undecided = either(left.indeterminate, right.indeterminate)
    unknown = both(no(undecided), either(left.unknown, right.unknown))
    equal = same(left.code, right.code)
    decided = no(either(undecided, unknown))
    return Truth(both(decided, equal), both(decided, no(equal)), unknown)


def codes_when(condition: Logic, then: Code, otherwise: Code) -> Code:
    """`then` where the condition holds, else `otherwise`."""
    return Code(
        choose(condition, then.code, otherwise.code),
        pick(condition, then.unknown, otherwise.unknown),
        pick(condition, then.indeterminate, otherwise.indeterminate),
    )


def codes_joined(condition: Truth, then: Code, otherwise: Code) -> Code:
    """`if condition then … else …`; undecided, what both branches have in common."""
    plain_then, plain_other = (
        no(either(then.unknown, then.indeterminate)),
        no(either(otherwise.unknown, otherwise.indeterminate)),
    )
    equal = either(
        both(then.unknown, otherwise.unknown),
        both(then.indeterminate, otherwise.indeterminate),
        both(plain_then, plain_other, same(then.code, otherwise.code)),
    )
    settled = both(condition.indeterminate, no(then.unknown), no(otherwise.unknown))
    apart = Code(0, no(settled), settled)
    common = codes_when(equal, then, apart)
    return codes_when(condition.true, then, codes_when(condition.false, otherwise, common))
