"""Profiles that reach every branch of a rule and both sides of every figure, one deviation at a time.

In: a rulebook and a rule. Out: `Case`s: a first one in which everything holds, each figure exactly met, then one for
every test that fails by one readable step, every alternative that alone carries the rule, every row and slice of the
amount, what is not given, not yet due, not yet in force. A case is kept only when `decide` shows something that no
earlier one showed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from typing import Final, Literal, TypeAlias

from evaluator.advise.figures import just_past
from evaluator.advise.goals import (
    Goal,
    amounts_of,
    bound_entries,
    goals_of,
    outside,
    rows_of,
    settable,
    single_tests,
    ways_to,
)
from evaluator.advise.sketch import NOTHING, FieldSlot, FigureSlot, ListSlot, Sketch, Slot, lay_over
from evaluator.advise.ways import Entries, Ways
from evaluator.engines.decide import decide
from evaluator.engines.decision import Finding, Outcome
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.reads import amount_parts, walk
from evaluator.rulebook.vocabulary import BOOL, DateType, Type, Vocabulary

TRIED: Final = 12
Sort: TypeAlias = Literal["granted", "fails", "at", "alone", "row", "figure", "missing", "early", "before"]


@row
class Case:
    """A profile at a date, what it shows of which expression, and what `decide` answers.

    `based` is the number of the case from which it deviates, None for a first one.
    """

    finding: Finding
    profile: Profile
    as_of: date
    sort: Sort
    shows: ir.Expr | None
    deviation: Sketch
    based: int | None


def blank(rule: model.AnyRule, kind: str, vocabulary: Vocabulary) -> Profile | None:
    """A profile of that kind at the place of the rule's policy, with nothing given; None where none can stand there."""
    steps = rule.policy.jurisdiction.split("/")
    level = vocabulary.kinds[kind].level or len(steps)
    while len(steps) < level:
        below = vocabulary.children.get("/".join(steps), ())
        steps.append(below[0].path.rpartition("/")[2] if below else "某地")
    if len(steps) != level:
        return None
    return Profile(kind=kind, name="", place="/".join(steps), code=None, facts={}, metrics={})


def asked_on(rule: model.AnyRule, goal: Goal) -> date:
    """A day on which the goal is judged: past its due date, or well inside the period of the policy."""
    due = None
    if isinstance(rule, model.Target):
        due = next(entry.due for entry in rule.entries if _is(rule, entry.key, goal))
    elif isinstance(rule, model.Obligation):
        due = next(duty.due for duty in rule.duties if _is(rule, duty.key, goal))
    begins = max(rule.in_force.since.date, rule.policy.published.date)
    if due is not None:
        return max(due + timedelta(days=31), begins) if due > begins else begins + timedelta(days=31)
    ends = rule.in_force.until.date if rule.in_force.until is not None else rule.policy.last_named.date
    middle = date(begins.year + 1, 6, 30)
    return middle if begins <= middle <= ends else max(begins, min(middle, ends))


def _is(rule: model.AnyRule, key: str, goal: Goal) -> bool:
    return goal.finding == (f"{rule.id}#{key}" if key else rule.id)


@dataclass
class _Seen:
    """What the cases kept so far show."""

    signs: set[tuple[object, ...]] = field(default_factory=set)

    def adds(self, signs: set[tuple[object, ...]]) -> bool:
        new = signs - self.signs
        self.signs |= new
        return bool(new)


def cases(rulebook: model.Rulebook, rule: model.AnyRule) -> tuple[Case, ...]:
    """The cases of every finding of the rule; none where no profile could be built that brings it."""
    found: list[Case] = []
    for goal in goals_of(rule):
        for kind in rule.kinds:
            start = blank(rule, kind, rulebook.vocabulary)
            if start is not None:
                made = _Finder(rulebook, goal, start, len(found)).cases()
                found += made
                if made:
                    break
    return tuple(found)


class _Finder:
    def __init__(self, rulebook: model.Rulebook, goal: Goal, start: Profile, number: int) -> None:
        self.rulebook, self.goal, self.start, self.number = rulebook, goal, start, number
        self.rule = goal.rule
        self.as_of = asked_on(goal.rule, goal)
        self.seen = _Seen()
        self.found: list[Case] = []

    def ways(self, profile: Profile) -> Ways:
        return Ways(profile, self.as_of, self.rulebook, period=self.goal.period, preset=None)

    def decided(self, profile: Profile, as_of: date) -> Finding:
        found = decide(self.rulebook, profile, as_of=as_of, rules=[self.rule.id]).findings
        return next(finding for finding in found if finding.id == self.goal.finding)

    def cases(self) -> list[Case]:
        """The first case and its deviations."""
        granted = self._granted()
        if granted is None:
            return []
        base, sketch = granted
        self._keep(base, self.as_of, "granted", None, sketch, None)
        self._around(base)
        for sort, shown, sketches in (*self._alternatives(base), *self._rows(), *self._figures(base)):
            for other in islice(sketches, TRIED):
                if self._deviate(base, other, sort, shown):
                    if sort == "alone":
                        self._around(self.found[-1].profile)
                    break
        self._missing(base, sketch)
        self._times(base)
        return self.found

    # ------------------------------------------------------------------ the case that is granted

    def _granted(self) -> tuple[Profile, Sketch] | None:
        best = Outcome.INDETERMINATE if self.goal.vague else Outcome.SATISFIED
        for extra in [*((condition,) for condition in rows_of(self.rule)[:1]), ()]:
            for sketch in islice(ways_to(self.goal, self.ways(self.start), extra), TRIED * 4):
                profile = lay_over(self.start, sketch)
                if self.decided(profile, self.as_of).outcome is best:
                    return profile, sketch
        return None

    # ------------------------------------------------------------------ deviations

    def _around(self, base: Profile) -> None:
        """Each test failed by one step, and each comparison brought exactly to its figure."""
        ways = self.ways(base)
        for test, entries in list(self._tests(ways)):
            asked: tuple[tuple[Sort, Iterator[Sketch]], ...] = (
                ("fails", ways.holds(test, False, entries)),
                ("at", _met(test, entries, ways)),
            )
            for sort, sketches in asked:
                for sketch in islice(sketches, TRIED):
                    if self._deviate(base, sketch, sort, test):
                        break

    def _tests(self, ways: Ways) -> Iterator[tuple[ir.Expr, Entries]]:
        for gate in self.goal.gates:
            if settable(gate):
                yield from _single(gate, (), ways)
        for entries in bound_entries(self.goal, ways)[:1]:
            for whole in (*self.goal.tests, *self.goal.besides):
                if whole is not None:
                    yield from _single(whole, entries, ways)
            for part in self._paid():
                for node in outside(part):
                    if isinstance(node, ir.Compare | ir.Equal | ir.GrowthTest):
                        yield from _single(node, entries, ways)

    def _paid(self) -> tuple[ir.Expr, ...]:
        """The expressions of the amount."""
        amount = self.rule.amount if isinstance(self.rule, model.Award) else None
        return () if amount is None else amount_parts(amount)

    def _alternatives(self, base: Profile) -> Iterator[tuple[Sort, ir.Expr, Iterator[Sketch]]]:
        """Each operand of an `any` alone."""
        ways = self.ways(base)
        for node, entries in list(self._tests(ways)):
            if isinstance(node, ir.AnyOf) and settable(node):
                for one in node.operands:
                    rest = [other for other in node.operands if other is not one]
                    parts = [ways.step(one, True, entries), *(ways.step(other, False, entries) for other in rest)]
                    yield "alone", one, ways.all(parts)

    def _rows(self) -> Iterator[tuple[Sort, ir.Expr, Iterator[Sketch]]]:
        """A granted case for each row of the amount's table."""
        for condition in rows_of(self.rule):
            ways = self.ways(self.start)
            yield "row", condition, ways_to(self.goal, ways, (condition,))

    def _figures(self, base: Profile) -> Iterator[tuple[Sort, ir.Expr, Iterator[Sketch]]]:
        """Each bound of brackets and steps, and one step below it."""
        ways = self.ways(base)
        bases: list[tuple[ir.Expr, list[object]]] = []
        for amount in amounts_of(self.rule):
            match amount:
                case model.Brackets(base=sliced, slices=slices):
                    bases.append((sliced, [over for over, _ in slices]))
                case model.Steps(base=stepped, every=ir.Constant(value=every)):
                    bases.append((stepped, [every]))
                case _:
                    pass
        for part in self._paid():
            for node in outside(part):
                if isinstance(node, ir.Extreme) and len(node.operands) == 2:
                    for moved, kept in (node.operands, node.operands[::-1]):
                        known = ways.value(kept, next(iter(bound_entries(self.goal, ways)), ()))
                        bases.append((moved, [known] if isinstance(known, int | Fraction) else []))
        for entries in bound_entries(self.goal, ways)[:1]:
            for measured, figures in bases:
                for figure in figures:
                    if isinstance(figure, bool | str) or not figure:
                        continue
                    below = just_past("<", figure, measured, self.rulebook.vocabulary)  # type: ignore[arg-type]  # a number
                    for value in (*below, figure):
                        yield "figure", measured, ways.reach(measured, value, entries)  # type: ignore[arg-type]  # as above

    def _missing(self, base: Profile, sketch: Sketch) -> None:
        """One fact of the first case left out, each until something new shows."""
        for slot in sketch:
            if isinstance(slot, ListSlot):
                continue
            rest = {other: value for other, value in sketch.items() if other is not slot}
            profile = lay_over(self.start, rest)
            if self._keep(profile, self.as_of, "missing", None, {slot: sketch[slot]}, self.number):
                return

    def _times(self, base: Profile) -> None:
        due = self.found[0].finding.due
        published = self.rule.policy.published.date
        if due is not None and due > published:
            self._keep(base, due - timedelta(days=1), "early", None, NOTHING, self.number)
        self._keep(base, published - timedelta(days=1), "before", None, NOTHING, self.number)

    def _deviate(self, base: Profile, sketch: Sketch, sort: Sort, shown: ir.Expr) -> bool:
        start = self.start if sort == "row" else base
        days = [value for slot, value in sketch.items() if isinstance(unit_type(slot), DateType)]
        last = max((int(day) for day in days if isinstance(day, int)), default=0)
        ahead = last > self.as_of.toordinal() and not any(isinstance(node, ir.AsOf) for node in walk(shown))
        ahead = ahead and last <= date(2200, 1, 1).toordinal()
        as_of = date.fromordinal(last) if ahead else self.as_of  # what lies ahead fails for that reason alone
        return self._keep(lay_over(start, sketch), as_of, sort, shown, sketch, self.number)

    # ------------------------------------------------------------------ what is kept

    def _keep(
        self, profile: Profile, as_of: date, sort: Sort, shows: ir.Expr | None, sketch: Sketch, based: int | None
    ) -> bool:
        finding = self.decided(profile, as_of)
        if not self.seen.adds(set(self._signs(finding, profile, as_of))):
            return False
        self.found.append(Case(finding, profile, as_of, sort, shows, sketch, based))
        return True

    def _signs(self, finding: Finding, profile: Profile, as_of: date) -> Iterator[tuple[object, ...]]:
        """What a case shows: its outcome, the truth of each test, the amount of each row, the side of each figure."""
        reason = None if finding.reason is None else finding.reason.code
        yield ("outcome", finding.outcome, reason)
        amount = None if finding.amount is None else (finding.amount.guaranteed, finding.amount.potential)
        if finding.outcome is Outcome.SATISFIED:
            yield ("amount", amount)
        if as_of < self.as_of:
            return
        ways = Ways(profile, as_of, self.rulebook, period=self.goal.period)
        for test, entries in self._tests(ways):
            value = ways.value(test, entries)
            yield ("test", id(test), value, finding.outcome)
            if isinstance(test, ir.Compare) and ways.value(test.left, entries) == ways.value(test.right, entries):
                yield ("at", id(test), value, finding.outcome)


def _single(node: ir.Expr, entries: Entries, ways: Ways) -> Iterator[tuple[ir.Expr, Entries]]:
    """The single tests of a condition, and those that it asks of the first entry of a list."""
    for test in single_tests(node):
        yield test, entries
        for part in outside(test):
            match part:
                case ir.Exists(items=items, that=that) | ir.ForAll(items=items, that=that):
                    inner: tuple[ir.Expr | None, ...] = (items.where, that)
                case ir.Count(items=items) | ir.Total(items=items) | ir.ExtremeOf(items=items):
                    inner = (items.where,)
                case _:
                    continue
            for bound in ways.entries(items.fact)[:1]:
                for asked in inner:
                    if asked is not None:
                        yield from _single(asked, (*entries[: items.depth], bound), ways)


def _met(test: ir.Expr, entries: Entries, ways: Ways) -> Iterator[Sketch]:
    """What brings a comparison exactly to its figure."""
    if not isinstance(test, ir.Compare):
        return
    for moved, kept in ((test.left, test.right), (test.right, test.left)):
        figure = ways.value(kept, entries)
        if isinstance(figure, int | Fraction):
            yield from ways.reach(moved, figure, entries)


def unit_type(slot: Slot) -> Type:
    """The type of what a slot holds."""
    if isinstance(slot, FigureSlot):
        return slot.metric.type
    return slot.field.type if isinstance(slot, FieldSlot) else BOOL if isinstance(slot, ListSlot) else slot.fact.type
