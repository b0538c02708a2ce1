"""Rules of one shape as one: what differs between them becomes a table of parameters, joined by place.

In: units (an award, an entry of a target, a time of an obligation). Out: groups of units that are alike but for
numbers, dates and the place of their policy, each with the columns of its parameters. Thousands of rules of thousands
of places then cost what the few rules of one place cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import TypeAlias

from evaluator.engines.sql.ends import End
from evaluator.engines.sql.nodes import Scope
from evaluator.engines.sql.numbers import Num, Numbers
from evaluator.engines.sql.relation import Builder
from evaluator.record import record
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import expressions, walk
from evaluator.rulebook.vocabulary import DateType, Field, NumberType

LEAST = 2
"""How many units of one shape are worth a table."""

NUMBER, WITHIN, JURISDICTION = "rule:number", "rule:within", "rule:jurisdiction"
RULE, ENTRY = "rule:id", "rule:entry"
Cell: TypeAlias = int | str | date


@record
class Unit:
    """What yields one finding: a rule, and of a target one entry, of an obligation one time."""

    rule: model.AnyRule
    part: model.Entry | model.Duty | None = None


class FoldScope(Scope):
    """The rows of profiles, each with every rule of the group that can concern it."""

    __slots__ = ("group",)

    def __init__(self, name: str, source: str, group: Group) -> None:
        super().__init__(name, source, ("profile", NUMBER))
        self.group = group


@record
class Group:
    """Units of one shape: `columns` are their parameters, `rows` a row for each (number, rule, entry, place, …)."""

    units: tuple[Unit, ...]
    columns: tuple[tuple[str, ir.Constant], ...]
    rows: tuple[tuple[Cell, ...], ...]
    denominators: Mapping[str, int]


def units(rules: Iterable[model.AnyRule]) -> Iterator[Unit]:
    """The units of rules that are no drafts."""
    for rule in rules:
        match rule:
            case model.Target():
                yield from (Unit(rule=rule, part=entry) for entry in rule.entries)
            case model.Obligation():
                yield from (Unit(rule=rule, part=duty) for duty in rule.duties)
            case _:
                yield Unit(rule=rule)


def fold(rules: Sequence[model.AnyRule], alone: frozenset[str], as_of: date) -> tuple[list[model.AnyRule], list[Group]]:
    """(rules to be asked one by one, groups). Drafts, and the rules `alone`, are never folded; nor is half a rule."""
    shapes: dict[object, list[tuple[Unit, list[ir.Constant]]]] = {}
    keys: dict[str, list[object]] = {}
    for rule in rules:
        if rule.stub or rule.id in alone or _is_alone(rule):
            continue
        for unit in units((rule,)):
            constants: list[ir.Constant] = []
            key = _shape(unit, constants, as_of)
            shapes.setdefault(key, []).append((unit, constants))
            keys.setdefault(rule.id, []).append(key)
    small = {key for key, found in shapes.items() if len(found) < LEAST}
    kept = {rule for rule, found in keys.items() if not any(key in small for key in found)}
    groups: list[Group] = []
    for found in shapes.values():
        chosen = [(unit, constants) for unit, constants in found if unit.rule.id in kept]
        if chosen:
            groups.append(_group(chosen))
    return [rule for rule in rules if rule.id not in kept], groups


def _is_alone(rule: model.AnyRule) -> bool:
    """Whether a rule looks at others, or promises what the long result has no column for."""
    if (isinstance(rule, model.Award) and rule.instalments) or (isinstance(rule, model.Obligation) and rule.claw_back):
        return True
    return any(isinstance(node, ir.AwardAmount) for part in expressions(rule) for node in walk(part))


def _group(found: Sequence[tuple[Unit, list[ir.Constant]]]) -> Group:
    """The parameters in which the units differ."""
    first = found[0][1]
    columns: list[tuple[str, ir.Constant]] = []
    denominators: dict[str, int] = {}
    cells: list[list[Cell]] = []
    for at, constant in enumerate(first):
        values = [constants[at].value for _, constants in found]
        if all(value == values[0] for value in values):
            continue
        name = f"rule:{len(columns)}"
        columns.append((name, constant))
        if isinstance(constant.type, DateType):
            cells.append([date.fromordinal(int(value)) for value in values])
            continue
        den = lcm(*(Fraction(value).denominator for value in values))
        denominators[name] = den
        cells.append([int(Fraction(value) * den) for value in values])
    rows = tuple(
        (number, unit.rule.id, _key(unit), unit.rule.policy.jurisdiction, *(column[number] for column in cells))
        for number, (unit, _) in enumerate(found)
    )
    return Group(units=tuple(unit for unit, _ in found), columns=tuple(columns), rows=rows, denominators=denominators)


def _key(unit: Unit) -> str:
    return "" if unit.part is None else unit.part.key


def parameters(group: Group, scope: Scope, builder: Builder) -> dict[int, Num]:
    """The parameter that stands for each constant of the group's first unit."""
    numbers = Numbers(builder)
    found: dict[int, Num] = {}
    for at, (name, constant) in enumerate(group.columns):
        cells = [row[4 + at] for row in group.rows]
        if isinstance(constant.type, DateType):
            found[id(constant)] = numbers.point(End(builder.column(scope, name, "date", nullable=False)))
            continue
        whole = [int(str(cell)) for cell in cells]
        column = builder.column(scope, name, "int", nullable=False, range=(min(whole), max(whole)))
        found[id(constant)] = numbers.point(End(column, group.denominators[name]))
    return found


# ------------------------------------------------------------------ shapes


def _shape(unit: Unit, constants: list[ir.Constant], as_of: date) -> object:
    """What two units must share to be folded; notes the constants in which they may differ, in order."""
    rule, part = unit.rule, unit.part
    place = rule.policy.jurisdiction
    asked: list[object] = [type(rule).__name__, tuple(sorted(rule.kinds)), rule.gates]
    match rule:
        case model.Award():
            asked += [rule.each, rule.counts, rule.when, rule.amount, rule.selection]
        case model.Target():
            assert isinstance(part, model.Entry)
            asked += [part.modality in ("must", "plan"), part.over, part.period, part.due is None or part.due <= as_of]
            asked += [part.due is None, rule.policy.published.date.year if part.period is None else None]
            asked += [part.test, part.member_test, part.fails_unless, part.holds_if]
        case model.Obligation():
            assert isinstance(part, model.Duty)
            asked += [rule.modality in ("must", "plan"), part.year, part.due is None or part.due <= as_of]
            asked += [rule.requires, rule.member_requires, rule.over, part.due_on]
    return _key_of(tuple(asked), place, constants)


def _key_of(value: object, place: str, constants: list[ir.Constant]) -> object:
    if isinstance(value, tuple):
        return tuple(_key_of(part, place, constants) for part in value)
    if isinstance(value, ir.Constant) and isinstance(value.type, NumberType | DateType):
        first = next((at for at, other in enumerate(constants) if other is value), len(constants))
        constants.append(value)
        return ("constant", value.type, first)  # one node read twice is so in all units of a shape
    if isinstance(value, ir.PlaceWithin) and value.place == place:
        return ("place",)
    if isinstance(value, Field):
        return (type(value).__name__, value.id)
    if isinstance(value, model.Row):
        return ("row", _key_of(value.condition, place, constants), _key_of(value.value, place, constants))
    if isinstance(value, model.Table):
        rows = _key_of(value.rows, place, constants)
        return ("table", value.hit, rows, _key_of(value.rest, place, constants))
    if is_dataclass(value) and not isinstance(value, type):
        parts = [_key_of(getattr(value, entry.name), place, constants) for entry in fields(value) if entry.compare]
        return (type(value).__name__, *parts)
    return value
