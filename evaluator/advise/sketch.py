"""Part of a profile: values for facts, figures by year and entries of lists, to be laid over a profile.

A `Sketch` maps slots to values in base units. What a search proposes is a sketch; whether it is right is for `decide`
to say about the profile with the sketch laid over it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final, TypeAlias, assert_never

from evaluator.record import row
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Item, ItemList, Scalar, Value
from evaluator.rulebook.vocabulary import Fact, Field, Metric


@row
class FactSlot:
    """A fact that is no list."""

    fact: Fact

    def __hash__(self) -> int:
        return hash(self.fact.id)


@row
class FigureSlot:
    """A metric in one year."""

    metric: Metric
    year: int

    def __hash__(self) -> int:
        return hash((self.metric.id, self.year))


@row
class FieldSlot:
    """A field of an entry of a list: the entry at that place of the profile (from 0), or a new one (below 0)."""

    list: Fact
    entry: int
    field: Field

    def __hash__(self) -> int:
        return hash((self.list.id, self.entry, self.field.id))


@row
class ListSlot:
    """Whether a list holds nothing but its entries."""

    list: Fact

    def __hash__(self) -> int:
        return hash(self.list.id)


Slot: TypeAlias = FactSlot | FigureSlot | FieldSlot | ListSlot
Sketch: TypeAlias = Mapping[Slot, Scalar]
NOTHING: Final[Sketch] = {}


@row
class Unit:
    """What is changed as one: a fact, a figure, a field of an entry, or a whole new entry (`field` None)."""

    of: Fact | Metric
    at: int | None = None
    field: Field | None = None

    def __hash__(self) -> int:
        return hash((self.of.id, self.at))

    @property
    def changed(self) -> Field:
        """The entry of the vocabulary that says whether and how this can be changed."""
        return self.of if self.field is None else self.field


def unit_of(slot: Slot) -> Unit:
    """The unit to which a slot belongs."""
    match slot:
        case FactSlot(fact=fact):
            return Unit(fact)
        case FigureSlot(metric=metric, year=year):
            return Unit(metric, year)
        case FieldSlot(list=list_, entry=entry, field=field):
            return Unit(list_, entry, None if entry < 0 else field)
        case ListSlot(list=list_):
            return Unit(list_)
        case _:
            assert_never(slot)


def units(sketch: Sketch) -> tuple[Unit, ...]:
    """The units of a sketch, in its order."""
    return tuple(dict.fromkeys(map(unit_of, sketch)))


def only(sketch: Sketch, kept: Collection[Unit]) -> Sketch:
    """The part of a sketch that belongs to these units."""
    return {slot: value for slot, value in sketch.items() if unit_of(slot) in kept}


def lay_over(profile: Profile, sketch: Sketch) -> Profile:
    """The profile with the values of the sketch. A list that was not given stays open unless the sketch closes it."""
    facts: dict[str, Value] = dict(profile.facts)
    metrics = {id: dict(years) for id, years in profile.metrics.items()}
    entries: dict[str, dict[int, dict[str, Value]]] = {}
    lists: dict[str, Fact] = {}
    closed: dict[str, bool] = {}
    for slot, value in sketch.items():
        match slot:
            case FactSlot(fact=fact):
                facts[fact.id] = value
            case FigureSlot(metric=metric, year=year):
                metrics.setdefault(metric.id, {})[year] = value
            case FieldSlot(list=list_, entry=entry, field=field):
                lists[list_.id] = list_
                entries.setdefault(list_.id, {}).setdefault(entry, {})[field.id] = value
            case ListSlot(list=list_):
                lists[list_.id] = list_
                closed[list_.id] = value is True
            case _:
                assert_never(slot)
    for id, list_ in lists.items():
        facts[id] = _list(list_, facts.get(id), entries.get(id, {}), closed.get(id))
    return replace(profile, facts=facts, metrics=metrics)


def _list(
    list_: Fact, given: Value | None, changed: Mapping[int, Mapping[str, Value]], closed: bool | None
) -> ItemList:
    known = given if isinstance(given, ItemList) else ItemList((), complete=False)
    items = [
        Item({**item.values, **changed[index]}, item.path) if index in changed else item
        for index, item in enumerate(known.items)
    ]
    for entry in sorted((entry for entry in changed if entry < 0), reverse=True):
        items.append(Item(dict(changed[entry]), f"{list_.label.zh}[{len(items) + 1}]"))
    return ItemList(tuple(items), known.complete if closed is None else closed)
