"""Questions to the solver engine in terms of rules, and answers as profiles that the reference engine has replayed.

The engines do not know each other; here they meet: what one finds the other decides again, and a profile is shown only
when both agree. Facts that do not matter are left out of it, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from time import monotonic
from typing import Final, TypeAlias

from evaluator.advise.asking import closed
from evaluator.advise.verdict import Case, Shown
from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.engines.decision import Finding
from evaluator.engines.smt import Found, Reply, Unsure, World, ask, profile_of
from evaluator.engines.smt.bounds import MOST, needed
from evaluator.engines.smt.solver import TIME_LIMIT
from evaluator.engines.smt.terms import Logic, Term
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.reads import walk
from evaluator.rulebook.vocabulary import Exact, Name, NumberType, Vocabulary

Holds: TypeAlias = Callable[[Mapping[str, Finding]], bool]
"""Whether findings, by id, show what a case is to show."""

SIZE: Final = Name(zh="所涉条目多于所考察的个数", en="it takes more entries of a list than are looked at")
BOUND: Final = 3
"""How many entries of a list, and members of a region without a register, are looked at together."""


@row
class Limits:
    """How far a question looks: entries per list, milliseconds, and the largest fall that is no cliff (yuan)."""

    bound: int = BOUND
    milliseconds: int = TIME_LIMIT
    cliff: Exact | None = None


class DisagreementError(AssertionError):
    """The solver's profile did not come out so when it was decided: a fault of the program."""


class Questions:
    """Asks about the rules of one rulebook; counts and times what it asked."""

    def __init__(self, book: model.Rulebook, limits: Limits) -> None:
        self.book, self.limits = book, limits
        self.units: Mapping[str, Exact] = {unit.id: unit.factor for unit in book.vocabulary.units.values()}
        self.times: list[tuple[str, int]] = []

    # ------------------------------------------------------------------ worlds

    def world(
        self,
        rules: Sequence[model.AnyRule],
        kind: str,
        *,
        partial: bool = False,
        base: World | None = None,
        name: str = "",
        bound: int | None = None,
        most: int | None = None,
        rounded: bool = True,
        reach: bool = True,
    ) -> World | None:
        """The profiles of a kind that these rules can concern, at any date that matters; None where there are none.

        `reach`: lists hold as many entries as the figures ask for that their number is compared with.
        """
        policy = max((rule.policy for rule in rules), key=lambda found: len(found.jurisdiction))
        place = place_of(policy, kind, self.book.vocabulary)
        if place is None:
            return None
        return World(
            self.book.vocabulary,
            kind,
            place,
            days_of(rules),
            partial=partial,
            bound=self.limits.bound if bound is None else bound,
            bounds=self._bounds(rules) if reach else None,
            name=name,
            base=base,
            most=most,
            rounded=rounded,
            rules=self.book.rules,
        )

    def _bounds(self, rules: Sequence[model.AnyRule]) -> Mapping[str, int]:
        sizes = needed(self.book.rules[id] for id in closed(self.book, [rule.id for rule in rules]))
        return {id: size for id, size in sizes.items() if self.limits.bound < size <= MOST}

    def beyond(self, rule: model.AnyRule) -> Unsure | None:
        """Why what was not found may exist: lists of more entries than are looked at."""
        sizes = needed(self.book.rules[id] for id in closed(self.book, (rule.id,)))
        return Unsure(SIZE) if max(sizes.values(), default=0) > max(MOST, self.limits.bound) else None

    # ------------------------------------------------------------------ asking

    def ask(self, about: str, goal: Logic, worlds: Iterable[World], *, shaped: bool = True, tidy: bool = True) -> Reply:
        """Whether some profile of the worlds (which share their variables) meets the goal; `tidy`: one to be shown."""
        begun = monotonic()
        constraints: list[Logic] = []
        numbers: list[tuple[Term, Exact]] = []
        for world in worlds:
            constraints += world.constraints()
            if shaped and world.partial:
                constraints += world.shaped()
            numbers += self._tidy(world) if tidy else ()
        reply = ask(goal, constraints, milliseconds=self.limits.milliseconds, tidy=numbers)
        self.times.append((about, int((monotonic() - begun) * 1000)))
        return reply

    def _tidy(self, world: World) -> Iterable[tuple[Term, Exact]]:
        for leaf in world.leaves.values():
            if isinstance(leaf.field.type, NumberType) and isinstance(leaf.low, Term) and leaf.low.op == "var":
                yield leaf.low, self.units.get(leaf.field.type.unit, 1)
        for member in world.members.values():
            yield from self._tidy(member)

    # ------------------------------------------------------------------ replaying

    def case(
        self,
        world: World,
        found: Found,
        rules: Sequence[model.AnyRule],
        holds: Holds,
        note: Name | None = None,
        *,
        minimal: bool = True,
    ) -> Case:
        """The profile that was found, replayed; without the facts that `holds` does not need.

        `holds` is asked of the findings by id. Raises DisagreementError where the reference engine decides otherwise.
        """
        day = found.values.get("as_of", world.days[0])
        as_of = date.fromordinal(int(day))
        data = profile_of(world, found.values, self.units)
        findings = self.decided(data, as_of, rules)
        if not holds(findings):
            said = {id: finding.outcome.value for id, finding in findings.items()}
            raise DisagreementError(f"replaying {data} as of {as_of} gives {said}")
        if minimal:
            data = self._least(data, as_of, rules, holds)
            as_of = self._first_day(data, as_of, rules, holds)
            data = self._plainest(data, as_of, rules, holds)
        shown = tuple(_shown(finding) for id, finding in self.decided(data, as_of, rules).items())
        return Case(data, as_of, shown, note)

    def decided(self, data: Mapping[str, object], as_of: date, rules: Collection[model.AnyRule]) -> dict[str, Finding]:
        """What the reference engine says of these rules, by the id of the finding."""
        profile = make_profile(data, self.book)
        decision = decide(self.book, profile, as_of=as_of, rules=[rule.id for rule in rules])
        return {finding.id: finding for finding in decision.findings}

    def _keeps(self, data: dict[str, object], as_of: date, rules: Sequence[model.AnyRule], holds: Holds) -> bool:
        """Whether a changed profile still shows what it is to show."""
        try:
            return holds(self.decided(data, as_of, rules))
        except RuleError:
            return False

    def _first_day(self, data: dict[str, object], as_of: date, rules: Sequence[model.AnyRule], holds: Holds) -> date:
        """The first of the dates that the rules name on which it shows, else the one that was found."""
        named = {day for rule in rules for day in (rule.policy.published.date, rule.in_force.since.date, *_named(rule))}
        return next((day for day in sorted(named) if self._keeps(data, day, rules, holds)), as_of)

    def _plainest(
        self, data: dict[str, object], as_of: date, rules: Sequence[model.AnyRule], holds: Holds
    ) -> dict[str, object]:
        """The profile with round numbers and dates of the documents, wherever these show the same."""
        kept = data
        days = sorted({day.isoformat() for rule in rules for day in (rule.in_force.since.date, *_named(rule))})
        for path in list(_paths(data)):
            value = _at(kept, path)
            candidates: Sequence[object] = ()
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                candidates = _ROUND
            elif isinstance(value, str) and value[:4].isdecimal():
                candidates = days
            for candidate in candidates:
                tried = deepcopy(kept)
                _put(tried, path, candidate)
                if candidate == value or self._keeps(tried, as_of, rules, holds):
                    kept = tried
                    break
        return kept

    def _least(
        self,
        data: dict[str, object],
        as_of: date,
        rules: Sequence[model.AnyRule],
        holds: Holds,
    ) -> dict[str, object]:
        """The profile without whatever can be left out, tried one by one."""
        kept = data
        for path in list(_paths(data)):
            tried = deepcopy(kept)
            _drop(tried, path)
            if self._keeps(tried, as_of, rules, holds):
                kept = tried
        return kept


def _shown(finding: Finding) -> Shown:
    amount = finding.amount
    stated = amount is not None and amount.stated
    return Shown(
        finding.id,
        finding.outcome.value,
        amount.guaranteed if amount is not None and stated else None,
        amount.potential if amount is not None and stated else None,
    )


def _paths(data: object, at: tuple[object, ...] = ()) -> Iterable[tuple[object, ...]]:
    """Every place below `facts`, `metrics` and `members` that can be left out, the outer ones first."""
    if isinstance(data, dict):
        for key, value in data.items():
            if at or key in ("facts", "metrics", "members"):
                if at and key not in ("kind", "name", "complete", "items"):
                    yield (*at, key)
                yield from _paths(value, (*at, key))
    elif isinstance(data, list):
        for index in reversed(range(len(data))):
            yield (*at, index)
        for index, value in enumerate(data):
            yield from _paths(value, (*at, index))


_ROUND: Final = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10000)


def _at(data: object, path: tuple[object, ...]) -> object:
    """What stands at a place; None where there is nothing any more."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _put(data: object, path: tuple[object, ...], value: object) -> None:
    inside = _at(data, path[:-1])
    if isinstance(inside, dict):
        inside[path[-1]] = value


def _drop(data: object, path: tuple[object, ...]) -> None:
    inside, last = _at(data, path[:-1]), path[-1]
    if isinstance(inside, dict):
        inside.pop(last, None)
    elif isinstance(inside, list) and isinstance(last, int) and last < len(inside):
        del inside[last]


# ------------------------------------------------------------------ who, where, when


def place_of(policy: model.Policy, kind: str, vocabulary: Vocabulary) -> str | None:
    """Where a profile of that kind stands inside the jurisdiction; None when it is larger than that."""
    steps = policy.jurisdiction.split("/")
    level = vocabulary.kinds[kind].level
    if level is None:
        return policy.jurisdiction
    while len(steps) < level:
        below = vocabulary.children.get("/".join(steps), ())
        steps.append(below[0].path.rpartition("/")[2] if below else "某地")
    return "/".join(steps) if len(steps) == level else None


def days_of(rules: Sequence[model.AnyRule]) -> tuple[int, int]:
    """From the day before the first of these rules was published to a year after the last date that any names.

    What follows from a date of the profile (a duty, an instalment) comes later by as much as the rule says.
    """
    first = min(rule.policy.published.date for rule in rules) - timedelta(days=1)
    last = max(day for rule in rules for day in _named(rule)) + timedelta(days=366)
    return first.toordinal(), last.toordinal() + max(_follows(rule) for rule in rules)


def _follows(rule: model.AnyRule) -> int:
    """By how many days at most a rule moves a date to that of a duty or an instalment."""
    moved: list[ir.Expr | None] = []
    match rule:
        case model.Obligation(duties=duties):
            moved += [duty.due_on for duty in duties]
        case model.Award(instalments=instalments):
            moved += [part.on for part in instalments]
        case _:
            pass
    return max((sum(map(_days, walk(node))) for node in moved if node is not None), default=0)


def _days(node: ir.Expr) -> int:
    match node:
        case ir.MonthsLater(months=months):
            return max(31 * months, 0)
        case ir.DaysLater(days=days):
            return max(days, 0)
        case _:
            return 0


def _named(rule: model.AnyRule) -> Iterable[date]:
    policy = rule.policy
    yield policy.last_named.date
    for until in (policy.in_force.until, rule.in_force.until):
        if until is not None:
            yield until.date
    match rule:
        case model.Target(entries=entries):
            yield from (entry.due for entry in entries if entry.due is not None)
        case model.Obligation(duties=duties):
            yield from (duty.due for duty in duties if duty.due is not None)
        case _:
            return


def kinds_of(rules: Sequence[model.AnyRule]) -> tuple[str, ...]:
    """The kinds of profile that all these rules are for."""
    first, *others = rules
    return tuple(kind for kind in first.kinds if all(kind in rule.kinds for rule in others))


def in_chain(left: model.Policy, right: model.Policy) -> bool:
    """Whether a profile can lie in the jurisdictions of both."""
    a, b = f"{left.jurisdiction}/", f"{right.jurisdiction}/"
    return a.startswith(b) or b.startswith(a)
