"""Hypothesis strategies over a rulebook, so that a repository of rules can state properties of its own in five lines.

    @given(questions("rules"))
    def test_no_enterprise_gets_more_than_a_million(question):
        assert question.decide().totals.guaranteed <= 1_000_000

`questions` draws a profile and a date near the figures of the rules; `profiles` draws the data of a whole profile,
typed by the vocabulary; `reveal` hides part of it: what is known at a level is known at every higher one, so any two
levels are a step of learning; `rulebooks` draws a rulebook in which one rule says something else. Needs `hypothesis`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TypeAlias, TypeVar, cast

from hypothesis import strategies as st

from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.rulebook import ir, model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile, make_profile
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Exact,
    Fact,
    Field,
    ListType,
    Metric,
    NumberType,
    Vocabulary,
)

Data = dict[str, object]
Level: TypeAlias = "int | float | Fraction"  # how likely a fact is shown, compared with a random float; no figure
T = TypeVar("T")
_SKIPPED = frozenset({"policy", "vocabulary", "span", "figure", "fact", "field", "metric"})


def nodes(value: object) -> Iterator[object]:
    """Every dataclass below a rule, itself included: typed nodes, amounts, entries."""
    if isinstance(value, tuple):
        for part in value:
            yield from nodes(part)
    elif is_dataclass(value):
        yield value
        for entry in fields(value):
            if entry.name not in _SKIPPED or isinstance(value, ir.Items):
                yield from nodes(getattr(value, entry.name))


@dataclass(frozen=True)
class Asked:
    """What the rules of one policy read of one kind of profile, and the figures that they compare it with."""

    policy: model.Policy
    kind: str
    place: str
    facts: tuple[Fact, ...]
    metrics: tuple[Metric, ...]
    member_kind: str | None
    member_facts: tuple[Fact, ...]
    member_metrics: tuple[Metric, ...]
    figures: Mapping[str, tuple[Exact, ...]]
    days: tuple[date, ...]

    def __str__(self) -> str:
        return f"{self.policy.id}-{self.kind}"


def _place(policy: model.Policy, kind: str, vocabulary: Vocabulary) -> str | None:
    """Where a profile of that kind stands inside the jurisdiction; None when it is larger than that."""
    steps = policy.jurisdiction.split("/")
    level = vocabulary.kinds[kind].level or len(steps)
    while len(steps) < level:
        below = vocabulary.children.get("/".join(steps), ())
        steps.append(below[0].path.rpartition("/")[2] if below else "某县")
    return "/".join(steps) if len(steps) == level else None


def _read(parts: Sequence[object]) -> tuple[set[str], set[str]]:
    """The ids of the facts and metrics read in these nodes."""
    facts = {part.fact.id for part in parts if isinstance(part, ir.FactRef | ir.Items)}
    metrics = {part.metric.id for part in parts if isinstance(part, ir.MetricRef | ir.Cumulative)}
    return facts, metrics


def _figures(parts: Sequence[object]) -> dict[str, set[Exact]]:
    found: dict[str, set[Exact]] = {}
    for part in parts:
        if isinstance(part, ir.Compare | ir.Equal) and isinstance(part.right, ir.Constant):
            value = part.right.value
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                match part.left:
                    case ir.FactRef(fact=fact):
                        found.setdefault(fact.id, set()).add(value)
                    case ir.FieldRef(field=field):
                        found.setdefault(field.id, set()).add(value)
                    case ir.MetricRef(metric=metric) | ir.Cumulative(metric=metric):
                        found.setdefault(metric.id, set()).add(value)
                    case _:
                        pass
    return found


def asked(rulebook: Rulebook) -> tuple[Asked, ...]:
    """Every policy with every kind that its rules are for."""
    result: list[Asked] = []
    vocabulary = rulebook.vocabulary
    facts_by_id = dict(rulebook.facts)
    metrics_by_id = {**vocabulary.metrics, **{metric.id: metric for metric in rulebook.yearly.values()}}
    for policy in rulebook.policies.values():
        own = [rule for rule in rulebook.rules.values() if rule.policy.id == policy.id]
        for kind in sorted({kind for rule in own for kind in rule.kinds}):
            place = _place(policy, kind, vocabulary)
            if place is None:
                continue
            rules = [rule for rule in own if kind in rule.kinds]
            parts = [part for rule in rules for part in nodes(rule)]
            over = [rule.over for rule in rules if isinstance(rule, model.Obligation) and rule.over is not None]
            over += [entry.over for entry in parts if isinstance(entry, model.Entry) and entry.over is not None]
            facts, metrics = _read(parts)
            facts |= {rule.each.id for rule in rules if isinstance(rule, model.Award) and rule.each is not None}
            facts |= {policy.still_in_force.id}
            members = {entry.kind for entry in over}
            member = next(iter(members), None)
            result.append(
                Asked(
                    policy=policy,
                    kind=kind,
                    place=place,
                    facts=tuple(facts_by_id[id] for id in sorted(facts) if kind in facts_by_id[id].of),
                    metrics=tuple(metrics_by_id[id] for id in sorted(metrics) if kind in metrics_by_id[id].of),
                    member_kind=member if member != kind else None,
                    member_facts=tuple(facts_by_id[id] for id in sorted(facts) if member in facts_by_id[id].of),
                    member_metrics=tuple(metrics_by_id[id] for id in sorted(metrics) if member in metrics_by_id[id].of),
                    figures={id: tuple(sorted(values)) for id, values in _figures(parts).items()},
                    days=_days(policy, parts),
                )
            )
    return tuple(result)


def _days(policy: model.Policy, parts: Sequence[object]) -> tuple[date, ...]:
    """The days on which something changes, with the day before and the day after."""
    named = {policy.published.date, policy.in_force.since.date, policy.last_named.date, date(2030, 1, 31)}
    if policy.in_force.until is not None:
        named.add(policy.in_force.until.date)
    named |= {part.due for part in parts if isinstance(part, model.Entry | model.Duty) and part.due is not None}
    day = timedelta(days=1)
    return tuple(sorted({other for found in named for other in (found - day, found, found + day)}))


# ------------------------------------------------------------------ values


def near(field: Field, figures: Sequence[Exact], vocabulary: Vocabulary) -> list[Fraction]:
    """Numbers at, just below and just above each figure, and a few others, in the unit in which they are given."""
    assert isinstance(field.type, NumberType)
    factor = Fraction(vocabulary.units[field.type.unit].factor) if field.type.unit else Fraction(1)
    step = Fraction(1, 100)
    found = {value for figure in figures for value in (figure / factor - step, figure / factor, figure / factor + step)}
    found |= {Fraction(0), Fraction(1), Fraction(50)}
    low, high = field.low, field.high
    return sorted(
        Fraction(value)
        for value in found
        if (low is None or value * factor >= low) and (high is None or value * factor <= high)
    )


def value(field: Field, choose: random.Random, figures: Mapping[str, tuple[Exact, ...]], world: World) -> object:
    """A value of the field's type as people write it, biased to the figures of the rules."""
    match field.type:
        case BoolType():
            return choose.randrange(2) == 0
        case NumberType():
            return choose.choice(near(field, figures.get(field.id, ()), world.vocabulary))
        case ChoiceType(choices=choices):
            return choose.choice(choices).label.zh
        case DateType():
            return choose.choice(world.days).isoformat()
        case ListType(record=record):
            parts = world.vocabulary.records[record].fields
            return [
                {part.label.zh: value(part, choose, figures, world) for part in parts}
                for _ in range(choose.choice((0, 1, 1, 2, 3)))
            ]
        case _:
            return choose.choice(("甲", "乙"))


@dataclass(frozen=True)
class World:
    """What values are drawn from."""

    vocabulary: Vocabulary
    days: tuple[date, ...]


@st.composite
def profiles(draw: st.DrawFn, what: Asked, vocabulary: Vocabulary, *, until: int = 2030) -> Data:
    """A complete profile. One drawn seed decides all of it: a policy reads hundreds of facts, too many to draw each."""
    return complete(what, vocabulary, random.Random(draw(st.integers(0, 2**32 - 1))), until=until)


def complete(what: Asked, vocabulary: Vocabulary, choose: random.Random, *, until: int = 2030) -> Data:
    """A complete profile: every fact, every year of every metric and every member that the rules read."""
    world = World(vocabulary, what.days)
    years = range(what.policy.published.date.year - 1, until + 1)
    data = _body(what.facts, what.metrics, years, choose, what, world)
    data |= {"kind": what.kind, "jurisdiction": what.place}
    if what.member_kind is not None:
        below = vocabulary.members(what.place, what.member_kind, date(2024, 1, 1))
        names = ["甲县", "乙县"] if below is None else [place.path.rpartition("/")[2] for place in below]
        data["members"] = [
            {"name": name, "kind": what.member_kind}
            | _body(what.member_facts, what.member_metrics, years, choose, what, world)
            for name in names
        ]
    return data


def _body(
    facts: Sequence[Fact],
    metrics: Sequence[Metric],
    years: range,
    choose: random.Random,
    what: Asked,
    world: World,
) -> Data:
    given: Data = {fact.id: value(fact, choose, what.figures, world) for fact in facts}
    by_year: Data = {}
    for metric in metrics:
        column = {year: value(metric, choose, what.figures, world) for year in years}
        (given if "/" in metric.id else by_year)[metric.id] = column
    return {"facts": given, "metrics": by_year}


# ------------------------------------------------------------------ how much is known


class _Veil:
    """Decides for each path, always alike, from which level on it is known; `in_order`: lists grow at their ends."""

    def __init__(self, seed: int, level: Level, *, in_order: bool = False) -> None:
        self.seed, self.level, self.in_order = seed, Fraction(level), in_order

    def shows(self, path: str, ease: int = 10) -> bool:
        """Whether the path is known; `ease` tenths as easily as others."""
        return random.Random(f"{self.seed}{path}").randrange(1_000_000) < self.level * ease * 100_000


def reveal(data: Data, seed: int, level: Level, *, in_order: bool = False) -> Data:
    """The profile as far as it is known at `level`, from 0 (nothing but the kind) to 1 (everything)."""
    veil = _Veil(seed, level, in_order=in_order)
    shown: Data = {"kind": data["kind"], "jurisdiction": data["jurisdiction"]}
    if data["kind"] not in ("province", "city", "county"):
        steps = str(data["jurisdiction"]).split("/")
        known = len(steps) if veil.shows("place", 15) else 1 if veil.shows("place", 30) else 0
        shown["jurisdiction"] = "/".join(steps[:known])
    shown |= _shown_body(data, "", veil)
    members = cast("list[Data] | None", data.get("members"))
    if members is not None:
        kept = [
            {"name": member["name"], "kind": member["kind"], **_shown_body(member, f"m{index}", veil)}
            for index, member in enumerate(members)
            if veil.shows(f"m{index}", 15)
        ]
        if veil.shows("members"):  # all of them, though perhaps nothing else about some
            names = [member["name"] for member in kept]
            kept += [{"name": entry["name"], "kind": entry["kind"]} for entry in members if entry["name"] not in names]
            shown["members"] = kept
        else:
            shown["members"] = {"complete": False, "items": kept}
    return shown


def _shown_body(data: Data, path: str, veil: _Veil) -> Data:
    facts: Data = {}
    for word, given in cast("Data", data["facts"]).items():
        seen = _shown(given, f"{path}.{word}", veil)
        if seen is not None:
            facts[word] = seen
    metrics: Data = {}
    for word, years in cast("dict[str, dict[int, object]]", data["metrics"]).items():
        metrics[word] = {year: given for year, given in years.items() if veil.shows(f"{path}.{word}[{year}]")}
    return {"facts": facts, "metrics": metrics}


def _shown(given: object, path: str, veil: _Veil) -> object:
    if isinstance(given, list):
        if not veil.shows(path, 20):
            return None
        complete = veil.shows(path)
        numbered = list(enumerate(given))
        if not complete:
            keep = takewhile if veil.in_order else filter
            numbered = list(keep(lambda entry: veil.shows(f"{path}[{entry[0]}]", 15), numbered))
        items = [
            {word: _shown(part, f"{path}[{index}].{word}", veil) for word, part in cast("Data", item).items()}
            for index, item in numbered
        ]
        return {"complete": complete, "items": items}
    if isinstance(given, dict):  # a yearly duty
        return {year: part for year, part in given.items() if veil.shows(f"{path}[{year}]")}
    if veil.shows(path):
        return given
    if isinstance(given, str) and len(given) == 10 and given[4] == "-":
        return given[:7] if veil.shows(path, 14) else given[:4] if veil.shows(path, 18) else None
    return None


# ------------------------------------------------------------------ questions


@dataclass(frozen=True)
class Question:
    """A profile's data, as far as it is known, and a date, asked of one policy. `whole` is what there is to know."""

    rulebook: Rulebook = field(repr=False)
    policy: str
    data: Data
    as_of: date
    whole: Data = field(repr=False)

    def profile(self) -> Profile:
        """The checked profile."""
        return make_profile(self.data, self.rulebook)

    def decide(self) -> Decision:
        """The answer of the reference engine."""
        return decide(self.rulebook, self.profile(), as_of=self.as_of, policies=[self.policy])

    def settled(self) -> Question:
        """The same question with every fact known."""
        return replace(self, data=self.whole)

    def asked_of(self, rulebook: Rulebook) -> Question:
        """The same question under other rules."""
        return replace(self, rulebook=rulebook)


@cache
def _loaded(folder: str) -> Rulebook:
    return load_rulebook(Path(folder))


def _rulebook(rules: Rulebook | Path | str) -> Rulebook:
    return rules if isinstance(rules, Rulebook) else _loaded(str(rules))


@dataclass(frozen=True)
class _Drawn:
    """What questions and rulebooks are drawn from; hypothesis prints what it is given, and this is long."""

    rulebook: Rulebook = field(repr=False)
    asked: tuple[Asked, ...] = field(default=(), repr=False)
    variants: Mapping[str, tuple[model.AnyRule, ...]] = field(default_factory=dict, repr=False)


def questions(
    rules: Rulebook | Path | str,
    *,
    policy: str | None = None,
    kind: str | None = None,
    known: Level | None = None,
) -> st.SearchStrategy[Question]:
    """Questions to the rulebook (or the folder that holds one): profile and date lie near the figures of its rules.

    `known` is how much is given, from 0 to 1; by default that is drawn too. Raises ValueError where the rulebook has no
    rule for that policy and kind.
    """
    rulebook = _rulebook(rules)
    fitting = [what for what in asked(rulebook) if policy in (None, what.policy.id) and kind in (None, what.kind)]
    if not fitting:
        raise ValueError(f"no rule of {policy or 'any policy'} is for {kind or 'anybody'}")
    return _questions(_Drawn(rulebook, tuple(fitting)), known)


@st.composite
def _questions(draw: st.DrawFn, drawn: _Drawn, known: Level | None) -> Question:
    what = drawn.asked[draw(st.integers(0, len(drawn.asked) - 1))]
    whole = draw(profiles(what, drawn.rulebook.vocabulary))
    levels: tuple[Level, ...] = (0, Fraction(1, 2), Fraction(4, 5), 1)
    level = draw(st.sampled_from(levels)) if known is None else known
    data = whole if level == 1 else reveal(whole, draw(st.integers(0, 2**20)), level)
    return Question(drawn.rulebook, what.policy.id, data, draw(st.sampled_from(what.days)), whole)


# ------------------------------------------------------------------ rulebooks


def rulebooks(rules: Rulebook | Path | str, *, rule: str | None = None) -> st.SearchStrategy[tuple[Rulebook, str]]:
    """Rulebooks like the one given in which one rule says something else, each with that rule's id.

    A figure is shifted, an operator swapped, or a condition of several left out; nothing else differs. Raises
    ValueError where nothing can be changed.
    """
    rulebook = _rulebook(rules)
    variants = {
        id: found
        for id, known in sorted(rulebook.rules.items())
        if rule in (None, id) and not known.stub and (found := tuple(variants_of(known)))
    }
    if not variants:
        raise ValueError(f"nothing can be changed in {rule or 'this rulebook'}")
    return _rulebooks(_Drawn(rulebook, variants=variants))


@st.composite
def _rulebooks(draw: st.DrawFn, drawn: _Drawn) -> tuple[Rulebook, str]:
    ids = list(drawn.variants)
    id = ids[draw(st.integers(0, len(ids) - 1))]
    found = drawn.variants[id]
    changed = found[draw(st.integers(0, len(found) - 1))]
    return replace(drawn.rulebook, rules={**drawn.rulebook.rules, id: changed}), id


def variants_of(rule: model.AnyRule) -> Iterator[model.AnyRule]:
    """The rule with one of its own tests or figures changed, each change once; its gates stay."""
    gates = {id(node) for gate in rule.gates for node in nodes(gate)}
    for node in nodes(rule):
        if id(node) not in gates and not (isinstance(rule, model.Award) and node is rule.counts):
            for other in _variants(node):
                changed = _with(rule, node, other)
                if changed != rule:
                    yield changed


_OTHER_SIDE = {">=": ">", ">": ">=", "<=": "<", "<": "<="}


def _variants(node: object) -> Iterator[object]:
    match node:
        case ir.Compare(op=op):
            yield replace(node, op=cast(ir.CompareOp, _OTHER_SIDE[op]))
        case ir.Constant(value=int() | Fraction() as value) if not isinstance(value, bool):
            yield replace(node, value=value * 2 if value > 0 else value + 1)
        case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands) if len(operands) > 1:
            for index in range(len(operands)):
                yield replace(node, operands=operands[:index] + operands[index + 1 :])
        case _:
            pass


def _with(value: T, old: object, new: object) -> T:
    """`value` with that very node replaced wherever it stands below it."""
    if value is old:
        return cast(T, new)
    if isinstance(value, tuple):
        parts = [_with(part, old, new) for part in value]
        same = all(part is other for part, other in zip(parts, value, strict=True))
        return value if same else cast(T, tuple(parts))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        entry.name: part
        for entry in fields(value)
        if entry.name not in _SKIPPED
        and (part := _with(getattr(value, entry.name), old, new)) is not getattr(value, entry.name)
    }
    return replace(value, **changed) if changed else value
