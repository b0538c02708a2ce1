"""The shortest ways to each award not yet reached: smallest sets of changes that an applicant can make.

In: an `Asker`. Out: `Path`s. Each was decided: with its changes, at its date, the award is satisfied; with any of them
left out, at that date or at the date that the rest allows, it is not, nor with fewer fields of a new entry. What can
be changed, in which direction and how soon, the vocabulary says (`changeable`); nothing else is touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, islice

from evaluator.advise.asking import Asker
from evaluator.advise.goals import Goal, goals_of, rows_of, ways_to
from evaluator.advise.sketch import FieldSlot, FigureSlot, ListSlot, Sketch, Slot, Unit, only, unit_of, units
from evaluator.advise.ways import Ways
from evaluator.engines.decision import Amount, Finding, Outcome
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.dates import months_later
from evaluator.rulebook.reads import sources
from evaluator.rulebook.values import Interval, Scalar
from evaluator.rulebook.vocabulary import Changeable, ChoiceType, DateType, Exact, Fact, ListType

TRIED = 160
LONGEST = 6


@row
class Path:
    """Changes that bring an award: `date` is the earliest, `gain` what is certain more than without them.

    `amount` is what the award itself then pays for certain; None where the text names no amount.
    """

    rule: model.Award
    changes: Sketch
    units: tuple[Unit, ...]
    date: date
    gain: Exact
    amount: Exact | None
    months: int


def paths(asker: Asker, *, each: int = 3) -> tuple[Path, ...]:
    """Paths to the awards not yet reached, at most `each` for one: most gain first, then least effort."""
    found: list[Path] = []
    for finding in asker.decision.findings:
        if isinstance(finding.rule, model.Award) and _reachable(finding):
            found += list(islice(_Search(asker, finding.rule).paths(), each))
    return tuple(sorted(found, key=lambda path: (-path.gain, len(path.units), path.months, path.rule.id)))


def _reachable(finding: Finding) -> bool:
    if finding.outcome in (Outcome.UNKNOWN, Outcome.NOT_SATISFIED):
        return True
    shut = finding.outcome is Outcome.NOT_APPLICABLE and finding.reason is not None
    return shut and finding.reason is not None and finding.reason.code in ("applies-when", "period")


def later(day: date, months: int) -> date:
    """So many months after a day."""
    return date.fromordinal(months_later(day.toordinal(), months))


class _Search:
    """The paths to one award."""

    def __init__(self, asker: Asker, rule: model.Award) -> None:
        self.asker, self.rule = asker, rule
        self.known: dict[tuple[date, frozenset[tuple[Slot, Scalar]]], bool] = {}

    def paths(self) -> Iterator[Path]:
        """The best path for each set of changes, fewest changes first."""
        best: dict[frozenset[tuple[Unit, int]], Path] = {}
        for sketch in self._proposals():
            reduced = self._reduced(sketch)
            if reduced is None:
                continue
            changes, day = reduced
            path = self._path(changes, day)
            key = _shapes(path.units)
            known = best.get(key)
            if known is None or _order(path) < _order(known):
                best[key] = path
        smallest = [(key, path) for key, path in best.items() if not any(other < key for other in best)]
        yield from sorted((path for _, path in smallest), key=_order)

    def _proposals(self) -> Iterator[Sketch]:
        """Sketches that may bring the award: with every row of its table, then without."""
        goal: Goal = next(goals_of(self.rule))
        extras = [*((condition,) for condition in rows_of(self.rule)), ()]
        seen: set[frozenset[tuple[Slot, Scalar]]] = set()
        for months in self._waits():
            ways = Ways(
                self.asker.profile,
                later(self.asker.as_of, months),
                self.asker.rulebook,
                may=may_change,
                whole=False,
                preset=self._preset,
            )
            for extra in extras:
                for sketch in islice(ways_to(goal, ways, extra), TRIED):
                    key = frozenset((_flat(slot), value) for slot, value in sketch.items())
                    if key not in seen and _entries_may_be_added(sketch):
                        seen.add(key)
                        yield sketch

    def _waits(self) -> list[int]:
        """After how many months something that the rule reads can have changed."""
        changed = [
            field.changeable
            for id in self.asker.needed((self.rule.id,))
            for field in sources(self.asker.rulebook.rules[id])
        ]
        return sorted({0, *(entry.months for entry in changed if entry is not None)})

    def _preset(self, list_: Fact) -> dict[str, Scalar]:
        """A new entry is of the day on which it can be there at the earliest."""
        assert isinstance(list_.type, ListType)
        months = list_.changeable.months if list_.changeable is not None else 0
        day = later(self.asker.as_of, months).toordinal()
        fields = self.asker.rulebook.vocabulary.records[list_.type.record].fields
        return {field.id: day for field in fields if isinstance(field.type, DateType)}

    # ------------------------------------------------------------------ what is left out

    def _reduced(self, sketch: Sketch) -> tuple[Sketch, date] | None:
        """A smallest part of the sketch that brings the award, with the date; None where the whole does not."""
        day = self._earliest(sketch)
        if day is None:
            return None
        smallest = None if len(units(sketch)) > LONGEST else self._smallest(sketch, day)
        return None if smallest is None else (self._bare(*smallest), smallest[1])

    def _smallest(self, sketch: Sketch, day: date) -> tuple[Sketch, date] | None:
        own = units(sketch)
        for size in range(len(own)):
            for kept in combinations(own, size):
                part = only(sketch, kept)
                at = next((moment for moment in (self._ready(part), day) if self._reaches(part, moment)), None)
                if at is not None:
                    return self._smallest(part, at)
        return (sketch, day) if own else None

    def _bare(self, sketch: Sketch, day: date) -> Sketch:
        """The fewest values of a smallest sketch that bring the award: new entries say no more than it asks of them."""
        slots = list(sketch)
        for size in range(len(units(sketch)), len(slots)):
            for kept in combinations(slots, size):
                part = {slot: sketch[slot] for slot in kept}
                if self._reaches(part, day):
                    return part
        return sketch

    def _ready(self, sketch: Sketch) -> date:
        """When all of it can be done."""
        return later(self.asker.as_of, months_of(sketch))

    def _earliest(self, sketch: Sketch) -> date | None:
        """The earliest date at which the sketch brings the award: when it can be done, or when the rule begins."""
        ready = self._ready(sketch)
        begins = max(self.rule.in_force.since.date, self.rule.policy.published.date)
        for day in (ready, begins):
            if day >= ready and self._reaches(sketch, day):
                return day
        return None

    def _reaches(self, sketch: Sketch, day: date) -> bool:
        key = (day, frozenset(sketch.items()))
        if key not in self.known:
            found = self.asker.finding(self.rule.id, sketch, as_of=day)
            self.known[key] = found.outcome is Outcome.SATISFIED
        return self.known[key]

    def _path(self, sketch: Sketch, day: date) -> Path:
        before = self.asker.worth(self._at(day), as_of=day)
        after_findings = self.asker.findings(self.asker.rules, sketch, as_of=day)
        after = self.asker.worth(after_findings, sketch, day)
        own = next(finding for finding in after_findings if finding.rule.id == self.rule.id)
        stated = own.amount is not None and own.amount.stated
        amount = _promised(own.amount) if own.amount is not None and stated else None
        return Path(
            self.rule, sketch, units(sketch), day, after.guaranteed - before.guaranteed, amount, months_of(sketch)
        )

    def _at(self, day: date) -> tuple[Finding, ...]:
        """The findings at that day without any change."""
        known = self.asker.waited.get(day)
        if known is None:
            known = self.asker.waited[day] = self.asker.under({}, as_of=day)
        return known


def _promised(amount: Amount) -> Exact:
    """What is certain of an amount, at once or later."""
    return amount.guaranteed if amount.promised is None else amount.promised[0]


def _order(path: Path) -> tuple[int, int, Exact, date]:
    return (len(path.units), path.months, -path.gain, path.date)


def _shapes(changed: Sequence[Unit]) -> frozenset[tuple[Unit, int]]:
    """The units, new entries of a list by how many there are."""
    shapes = Counter(
        Unit(unit.of, -1) if unit.field is None and unit.at is not None and unit.at < 0 else unit for unit in changed
    )
    return frozenset((unit, place) for unit, number in shapes.items() for place in range(number))


def _flat(slot: Slot) -> Slot:
    return (
        FieldSlot(slot.list, min(slot.entry, -1), slot.field)
        if isinstance(slot, FieldSlot) and slot.entry < 0
        else slot
    )


def _entries_may_be_added(sketch: Sketch) -> bool:
    """Whether every list that gets a new entry may get one."""
    return all(
        not (isinstance(slot, FieldSlot) and slot.entry < 0) or _goes(slot.list.changeable, "up") for slot in sketch
    ) and not any(isinstance(slot, ListSlot) for slot in sketch)


def _goes(changeable: Changeable | None, direction: str) -> bool:
    return changeable is not None and changeable.direction in ("any", direction)


def months_of(sketch: Sketch) -> int:
    """How many months it takes at the least: everything is begun at once."""
    changed = [unit.changed.changeable for unit in units(sketch)]
    return max((entry.months for entry in changed if entry is not None), default=0)


def may_change(slot: Slot, known: Scalar | None, value: Scalar) -> bool:
    """Whether the vocabulary lets an applicant bring the slot to that value."""
    field = unit_of(slot).changed
    changeable = field.changeable
    if changeable is None or isinstance(slot, ListSlot):
        return False
    if changeable.direction == "any":
        return True
    up = changeable.direction == "up"
    if isinstance(value, bool):
        return value is up
    if isinstance(field.type, ChoiceType):
        if not field.type.ordered or not isinstance(value, str):
            return False
        return known is None or not isinstance(known, str) or (field.type.rank(value) > field.type.rank(known)) is up
    if isinstance(value, str | Interval) or (isinstance(slot, FigureSlot) and value is None):
        return False
    return known is None or isinstance(known, str | Interval) or (value > known) is up


def proper_parts(path: Path) -> Iterator[Sketch]:
    """Every part of a path's changes that leaves some out, be it a value of a new entry."""
    slots = list(path.changes)
    for size in range(len(slots)):
        for kept in combinations(slots, size):
            yield {slot: path.changes[slot] for slot in kept}
