"""Between profiles and the variables of a world: a profile's values, and the profile that values stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from evaluator.engines.smt.terms import Assignment, Logic, Term, evaluate
from evaluator.engines.smt.world import FIRST, Leaf, Listed, World
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Interval, Item, ItemList, Value
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, DateType, Exact, ListType, NumberType, exact

Data: TypeAlias = "dict[str, object]"
Values: TypeAlias = "dict[str, bool | Exact]"


# ------------------------------------------------------------------ from a profile


def values_of(world: World, profile: Profile, as_of: date) -> Values:
    """The value of every variable that the world has made, as the profile gives it. The world is a partial one."""
    found: Values = {"as_of": as_of.toordinal()}
    _place(world, profile, found)
    _body(world, profile, found)
    return found


def _place(world: World, profile: Profile, found: Values) -> None:
    if isinstance(world.depth, Term):
        assert not profile.place or world.place == profile.place or world.place.startswith(f"{profile.place}/")
        found[world.depth.name] = len(profile.place.split("/")) if profile.place else 0


def _body(world: World, profile: Profile | None, found: Values) -> None:
    facts: Mapping[str, Value] = {} if profile is None else profile.facts
    metrics = {} if profile is None else profile.metrics
    for what, leaf in world.leaves.items():
        if "@" in what:
            id, _, year = what.rpartition("@")
            _leaf(world, leaf, metrics.get(id, {}).get(int(year)), found)
        elif "[" in what:
            id, _, rest = what.partition("[")
            index, _, field = rest.partition("].")
            item = _item(facts.get(id), int(index))
            _leaf(world, leaf, None if item is None else item.values.get(field), found)
        else:
            _leaf(world, leaf, facts.get(what), found)
    for id, listed in world.lists.items():
        _list(listed, facts.get(id), world, found)
    for key, member in world.members.items():
        _member(world, key, member, profile, found)


def _item(value: Value | None, index: int) -> Item | None:
    if isinstance(value, ItemList) and index <= len(value.items):
        return value.items[index - 1]
    return None


def _leaf(world: World, leaf: Leaf, value: Value | None, found: Values) -> None:
    for variable in (leaf.given, leaf.holds, leaf.low, leaf.high):
        if isinstance(variable, Term) and variable.op == "var":
            found.setdefault(variable.name, False if variable.sort == "bool" else _default(leaf))
    if value is None:
        return
    if isinstance(leaf.given, Term):
        found[leaf.given.name] = True
    match value:
        case bool():
            _set(found, leaf.holds, value)
        case Interval():
            assert isinstance(value.low, int)
            assert isinstance(value.high, int)
            _set(found, leaf.low, value.low)
            _set(found, leaf.high, value.high)
        case str():
            type_ = leaf.field.type
            number = type_.rank(value) if isinstance(type_, ChoiceType) else world.text(value)
            _set(found, leaf.low, number)
        case int() | Fraction():
            _set(found, leaf.low, value)
            _set(found, leaf.high, value)
        case ItemList():
            raise AssertionError("a list is read by its entries")


def _default(leaf: Leaf) -> Exact:
    """Any value that the variable of a fact can have."""
    if isinstance(leaf.field.type, DateType):
        return FIRST
    low, high = leaf.field.low, leaf.field.high
    return low if low is not None else 0 if high is None else min(high, 0)


def _set(found: Values, variable: object, value: bool | Exact) -> None:
    assert isinstance(variable, Term)
    found[variable.name] = value


def _list(listed: Listed, value: Value | None, world: World, found: Values) -> None:
    items = value.items if isinstance(value, ItemList) else ()
    assert len(items) <= len(listed.slots), "the world holds fewer entries than the profile"
    for slot in listed.slots:
        _set(found, slot.present, slot.index < len(items))
    if isinstance(listed.complete, Term):
        _set(found, listed.complete, isinstance(value, ItemList) and value.complete)


def _member(world: World, key: str, member: World, profile: Profile | None, found: Values) -> None:
    members = () if profile is None else profile.members
    if "#" not in key:
        _body(member, next((other for other in members if other.place == key), None), found)
        return
    kind, _, number = key.partition("#")
    own = [other for other in members if other.kind == kind]
    assert len(own) <= world.bound, "the world holds fewer members than the profile"
    given = own[int(number) - 1] if int(number) <= len(own) else None
    found[f"{world.name}{key}!"] = given is not None
    found[f"{world.name}{kind}#!"] = profile is not None and profile.members_complete
    _body(member, given, found)


# ------------------------------------------------------------------ to a profile


def profile_of(world: World, values: Assignment, units: Mapping[str, Exact]) -> Data:
    """The data of the profile that `values` stand for, as people write it; what no question read is left out.

    `units` holds the factor of each unit by id.
    """
    writer = _Writer(world, values, units)
    depth = writer.of(world.depth)
    assert isinstance(depth, int)
    data: Data = {"kind": world.kind, "jurisdiction": "/".join(world.place.split("/")[:depth])}
    return data | writer.body(world)


class _Writer:
    def __init__(self, world: World, values: Assignment, units: Mapping[str, Exact]) -> None:
        self.values, self.units = values, units
        self.known: dict[Term, bool | Exact] = {}
        self.texts = {number: text for text, number in world.texts.items()}

    def of(self, value: Logic | Exact | Term) -> bool | Exact:
        """The value; where no question asked for it, no or nothing."""
        try:
            return evaluate(value, self.values, self.known)
        except KeyError:
            assert isinstance(value, Term)
            return False if value.sort == "bool" else 0

    def body(self, world: World) -> Data:
        facts: Data = {}
        metrics: dict[str, dict[int, object]] = {}
        for id, listed in world.lists.items():
            self._list(world, id, listed, facts)
        for what, leaf in world.leaves.items():
            if "[" in what or not self.of(leaf.given):
                continue
            written = self._written(world.overridden.get(what, leaf))
            if "@" not in what:
                facts[self._fact(world, what)] = written
                continue
            id, _, year = what.rpartition("@")
            if "/" in id:  # a yearly duty is given among the facts
                column = facts.setdefault(id, {})
                assert isinstance(column, dict)
                column[int(year)] = written
            else:
                known = world.vocabulary.metrics.get(id)
                metrics.setdefault(id if known is None else known.label.zh, {})[int(year)] = written
        for what, leaf in world.overridden.items():
            if what not in world.leaves and "@" not in what and "[" not in what:
                facts[self._fact(world, what)] = self._written(leaf)
        data: Data = {"facts": facts, "metrics": metrics}
        members = list(self._members(world))
        if world.members:
            kinds = {key.partition("#")[0] for key in world.members if "#" in key}
            complete = all(self.values.get(f"{world.name}{kind}#!", not world.partial) for kind in kinds)
            data["members"] = {"complete": complete, "items": members}
        return data

    def _fact(self, world: World, id: str) -> str:
        """The label of a fact where it has one that profiles may use."""
        known = world.vocabulary.facts.get(id)
        return id if known is None else known.label.zh

    def _members(self, world: World) -> Iterator[Data]:
        for key, member in world.members.items():
            if "#" in key and not self.values.get(f"{world.name}{key}!", False):
                continue
            name = key.replace("#", "") if "#" in key else key.rpartition("/")[2]
            yield {"name": name, "kind": member.kind, **self.body(member)}

    def _list(self, world: World, id: str, listed: Listed, facts: Data) -> None:
        complete = self.of(listed.complete)
        items: list[Data] = []
        for slot in listed.slots:
            if not self.of(slot.present):
                continue
            prefix = f"{id}[{slot.index + 1}]."
            own = {what: leaf for what, leaf in world.leaves.items() if what.startswith(prefix)}
            own |= {what: leaf for what, leaf in world.overridden.items() if what.startswith(prefix)}
            items.append({leaf.field.label.zh: self._written(leaf) for leaf in own.values() if self.of(leaf.given)})
        if complete:
            facts[self._fact(world, id)] = items
        elif items:
            facts[self._fact(world, id)] = {"complete": False, "items": items}

    def _written(self, leaf: Leaf) -> object:
        match leaf.field.type:
            case BoolType():
                return bool(self.of(leaf.holds))
            case NumberType(unit=unit):
                return exact(Fraction(self.of(leaf.low)) / self.units.get(unit, 1))
            case DateType():
                return _day(self.of(leaf.low), self.of(leaf.high))
            case ChoiceType(choices=choices):
                return choices[int(self.of(leaf.low))].label.zh
            case ListType():
                raise AssertionError("a list is written by its entries")
            case _:
                number = int(self.of(leaf.low))
                return self.texts.get(number, f"文本{number}")


def _day(low: bool | Exact, high: bool | Exact) -> str:
    """A day, or the year of which it is known to be some day."""
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    if first == last:
        return first.isoformat()
    whole = (first.year, 1, 1) == (last.year, first.month, first.day) and (last.month, last.day) == (12, 31)
    return str(first.year) if whole else f"{first.isoformat()[:7]}"
