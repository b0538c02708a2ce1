"""Ways to make a condition hold or fail: proposals built backwards from the typed expression.

In: an expression, what it should come to, and the profile as it stands. Out: sketches, the least change first: a figure
is met exactly at its bound, or missed by one readable step. They are proposals, cut off at `FEW` for each node; whoever
uses one lays it over the profile and lets `decide` say what comes of it. Conditions about members of a region, the kind
and the place are read and never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import combinations, count, islice
from typing import Final, TypeAlias, assert_never

from evaluator.advise.figures import HOLDS, NEGATED, TURNED, just_past, ordinary
from evaluator.advise.sketch import (
    NOTHING,
    FactSlot,
    FieldSlot,
    FigureSlot,
    ListSlot,
    Sketch,
    Slot,
    lay_over,
)
from evaluator.engines.decide.awards import Awards
from evaluator.engines.decide.env import Env, Lasting
from evaluator.engines.decide.walk import walk
from evaluator.engines.operations import growth_years
from evaluator.engines.trace import Result
from evaluator.engines.truth import FALSE, TRUE, Truth
from evaluator.record import row
from evaluator.rulebook import ir, model
from evaluator.rulebook.dates import months_later
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.reads import leaves
from evaluator.rulebook.values import Interval, Item, ItemList, Scalar
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, Exact, Fact, Field, Vocabulary, exact

FEW: Final = 24
Step: TypeAlias = Callable[[Sketch], Iterator[Sketch]]
May: TypeAlias = Callable[[Slot, Scalar | None, Scalar], bool]


@row
class Bound:
    """An entry of a list that a condition is asked about; a new one has its place below 0."""

    list: Fact
    entry: int
    item: Item


Entries: TypeAlias = tuple[Bound, ...]


def anything(slot: Slot, known: Scalar | None, value: Scalar) -> bool:
    """Every slot may take every value of its domain."""
    return True


class Ways:
    """The proposals for one profile at one date; `period` is the year in which figures are read.

    `may` says which values a slot may take, given what it holds. With `whole`, lists hold what is listed and no more,
    else they stay as open as they are. `preset` gives a new entry the values that nobody can choose.
    """

    def __init__(
        self,
        profile: Profile,
        as_of: date,
        rulebook: model.Rulebook,
        *,
        period: int | None = None,
        may: May = anything,
        whole: bool = True,
        preset: Callable[[Fact], dict[str, Scalar]] | None = None,
    ) -> None:
        self.profile, self.as_of, self.rulebook = profile, as_of, rulebook
        self.vocabulary = rulebook.vocabulary
        self.period, self.may, self.whole, self.preset = period, may, whole, preset
        self.places = count(1)
        self.lasting = Lasting()

    # ------------------------------------------------------------------ what stands

    def value(self, node: ir.Expr, entries: Entries = (), under: Sketch = NOTHING) -> Result:
        """What the node comes to, with `under` laid over the profile."""
        plain: Sketch = {slot: value for slot, value in under.items() if not isinstance(slot, FieldSlot)}
        env = Env(lay_over(self.profile, plain) if plain else self.profile, self.as_of, self.vocabulary, self.lasting)
        env.period = self.period
        env.awards = Awards(self.rulebook.rules, env)
        for bound in entries:
            own = {
                slot.field.id: value
                for slot, value in under.items()
                if isinstance(slot, FieldSlot) and slot.list is bound.list and slot.entry == bound.entry
            }
            env.items.append(Item({**bound.item.values, **own}, bound.item.path))
        return walk(node, env).value

    def entries(self, list_: Fact) -> list[Bound]:
        """What the list holds."""
        known = self.profile.facts.get(list_.id)
        items = known.items if isinstance(known, ItemList) else ()
        return [Bound(list_, index, item) for index, item in enumerate(items)]

    def new(self, list_: Fact) -> Bound:
        """A further entry, with nothing but its preset values."""
        values = {} if self.preset is None else self.preset(list_)
        return Bound(list_, -next(self.places), Item(dict(values), list_.label.zh))

    def given(self, bound: Bound) -> Sketch:
        """The preset values of a new entry; the mark of a list that holds nothing else."""
        record = self.vocabulary.records[bound.list.type.record].fields  # type: ignore[union-attr]  # lists only
        own: dict[Slot, Scalar] = {}
        for field in record:
            value = bound.item.values.get(field.id)
            if value is not None and not isinstance(value, ItemList):
                own[FieldSlot(bound.list, bound.entry, field)] = value
        return own | self._closed(bound.list)

    def _closed(self, list_: Fact) -> dict[Slot, Scalar]:
        return {ListSlot(list_): True} if self.whole else {}

    # ------------------------------------------------------------------ truth

    def holds(self, node: ir.Expr, want: bool, entries: Entries = (), under: Sketch = NOTHING) -> Iterator[Sketch]:
        """What to add to `under` so that the condition holds (or, with `want` False, fails)."""
        if self.value(node, entries, under) is (TRUE if want else FALSE):
            yield NOTHING
            return
        yield from islice(self._holds(node, want, entries, under), FEW)

    def step(self, node: ir.Expr, want: bool, entries: Entries = ()) -> Step:
        """`holds` as a step of `all`."""
        return lambda under: self.holds(node, want, entries, under)

    def _holds(self, node: ir.Expr, want: bool, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        match node:
            case ir.Constant() | ir.AsOf() | ir.KindIn() | ir.PlaceWithin() | ir.EachMember() | ir.MemberShare():
                return
            case ir.FactRef() | ir.FieldRef() | ir.MetricRef():
                yield from self.put(node, want, entries, under)
            case ir.AllOf(operands=operands) if want:
                yield from self.all([self.step(part, True, entries) for part in operands], under)
            case ir.AnyOf(operands=operands) if not want:
                yield from self.all([self.step(part, False, entries) for part in operands], under)
            case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
                for part in operands:
                    yield from self.holds(part, want, entries, under)
            case ir.Not(operand=operand):
                yield from self.holds(operand, not want, entries, under)
            case ir.AtLeast(n=n, operands=operands):
                size = n if want else len(operands) - n + 1
                for chosen in combinations(operands, size):
                    yield from self.all([self.step(part, want, entries) for part in chosen], under)
            case ir.Compare():
                op = node.op if want else NEGATED[node.op]
                yield from self._toward(node.left, op, node.right, entries, under)
                yield from self._toward(node.right, TURNED[op], node.left, entries, under)
            case ir.Equal():
                yield from self._equal(node, want, entries, under)
            case ir.GrowthTest():
                yield from self._growth(node, want, entries, under)
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                for met, branch in ((True, then), (False, otherwise)):
                    yield from self.all([self.step(condition, met, entries), self.step(branch, want, entries)], under)
            case ir.Exists(items=items, that=that):
                found = (
                    self._some(items, (that,), entries, under)
                    if want
                    else self._none(items, that, True, entries, under)
                )
                yield from found
            case ir.ForAll(items=items, that=that):
                against = (ir.Not(operand=that),)
                found = (
                    self._none(items, that, False, entries, under)
                    if want
                    else self._some(items, against, entries, under)
                )
                yield from found
            case (
                ir.Cumulative() | ir.Rank() | ir.Arithmetic() | ir.Negate() | ir.Rounded() | ir.Extreme()
                | ir.MonthsLater() | ir.DaysLater() | ir.YearOf() | ir.Count() | ir.Total() | ir.ExtremeOf()
                | ir.AwardAmount() | ir.Position()
            ):  # fmt: skip
                raise AssertionError(f"{type(node).__name__} has no truth value")
            case _:
                assert_never(node)

    def all(self, steps: Sequence[Step], under: Sketch = NOTHING) -> Iterator[Sketch]:
        """What one way of each step adds, each step seeing what those before it put."""

        def go(index: int, added: Sketch) -> Iterator[Sketch]:
            if index == len(steps):
                yield added
                return
            for more in islice(steps[index]({**under, **added}), FEW):
                yield from go(index + 1, {**added, **more})

        yield from islice(go(0, NOTHING), FEW * FEW)

    def _some(self, items: ir.Items, tests: Sequence[ir.Expr], entries: Entries, under: Sketch) -> Iterator[Sketch]:
        """An entry, of those given or a new one, that passes filter and tests."""
        wanted = [test for test in (items.where, *tests) if test is not None]
        outer = entries[: items.depth]
        for bound in (*self.entries(items.fact), self.new(items.fact)):
            steps = [self.step(test, True, (*outer, bound)) for test in wanted]
            yield from self.all([self.opened(bound), *steps], under)

    def opened(self, bound: Bound) -> Step:
        """A new entry with its preset values, as a step; nothing for one that is there."""
        return lambda under: iter([self.given(bound) if bound.entry < 0 else NOTHING])

    def _none(self, items: ir.Items, that: ir.Expr, want: bool, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        """Every entry given fails the filter, or the test that none may pass (`want`) or all must."""
        outer = entries[: items.depth]

        def refused(bound: Bound) -> Step:
            def ways(under: Sketch) -> Iterator[Sketch]:
                if items.where is not None:
                    yield from self.holds(items.where, False, (*outer, bound), under)
                yield from self.holds(that, not want, (*outer, bound), under)

            return ways

        closed: Step = lambda under: iter([self._closed(items.fact)])  # noqa: E731 - typed
        yield from self.all([closed, *(refused(bound) for bound in self.entries(items.fact))], under)

    # ------------------------------------------------------------------ comparisons

    def _toward(self, node: ir.Expr, op: str, other: ir.Expr, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        """`node op other`, by moving `node` to the bound that `other` sets, or one step past it, or well inside."""
        for fixed, bound in self.fixed(other, entries, under):
            values = just_past(op, bound, node, self.vocabulary)
            if isinstance(node, ir.FactRef | ir.FieldRef | ir.MetricRef):
                inside = ordinary(node, self.as_of, self.vocabulary)
                if _is_number(inside) and _is_number(bound) and HOLDS[op](inside, bound):
                    values.append(inside)  # type: ignore[arg-type]  # a number
            for value in values:
                for reached in self.reach(node, value, entries, {**under, **fixed}):
                    yield {**fixed, **reached}

    def _equal(self, node: ir.Equal, want: bool, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        if isinstance(node.left.type, BoolType):
            for left in (True, False):
                right = left if want else not left
                steps = [self.step(node.left, left, entries), self.step(node.right, right, entries)]
                yield from self.all(steps, under)
            return
        for one, other in ((node.left, node.right), (node.right, node.left)):
            for fixed, bound in self.fixed(other, entries, under):
                for value in [bound] if want else others(bound, one, self.vocabulary):
                    for reached in self.reach(one, value, entries, {**under, **fixed}):
                        yield {**fixed, **reached}

    def _growth(self, node: ir.GrowthTest, want: bool, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        ops = [node.op if want else NEGATED[node.op]] if node.op != "=" else ["="] if want else ["<", ">"]
        for base_sketch, base in self.fixed(node.base, entries, under):
            for rate_sketch, rate in self.fixed(node.rate, entries, {**under, **base_sketch}):
                if isinstance(base, str) or isinstance(rate, str) or base == 0:
                    continue
                required = exact(base * (1 + rate) ** growth_years(node, self.period))
                fixed = {**base_sketch, **rate_sketch}
                for op in ops:
                    for value in just_past(op, required, node.value, self.vocabulary):
                        for reached in self.reach(node.value, value, entries, {**under, **fixed}):
                            yield {**fixed, **reached}

    def fixed(self, node: ir.Expr, entries: Entries, under: Sketch) -> Iterator[tuple[Sketch, Exact | str]]:
        """The value of the node, or one that it has once what it reads and is not given is given ordinary values."""
        value = self.value(node, entries, under)
        if isinstance(value, str) or _is_number(value):
            yield NOTHING, value  # type: ignore[misc]  # narrowed by _is_number
            return
        sketch: dict[Slot, Scalar] = {}
        for leaf in leaves(node):
            if isinstance(leaf, ir.FieldRef) and leaf.depth >= len(entries):
                continue  # of an entry that the node itself binds
            if isinstance(leaf, ir.FactRef | ir.FieldRef | ir.MetricRef):
                known = self.value(leaf, entries, {**under, **sketch})
                if isinstance(known, Truth | Interval):
                    chosen = ordinary(leaf, self.as_of, self.vocabulary)
                    sketch.update(next(self.put(leaf, chosen, entries, {**under, **sketch}), NOTHING))
        value = self.value(node, entries, {**under, **sketch})
        if sketch and (isinstance(value, str) or _is_number(value)):
            yield sketch, value  # type: ignore[misc]  # as above

    # ------------------------------------------------------------------ values

    def put(
        self, leaf: ir.FactRef | ir.FieldRef | ir.MetricRef, value: Scalar, entries: Entries, under: Sketch
    ) -> Iterator[Sketch]:
        """The leaf has that value, which it has not yet, where it may."""
        slot: Slot
        field: Field
        match leaf:
            case ir.FactRef(fact=fact):
                slot, field = FactSlot(fact), fact
            case ir.MetricRef(metric=metric):
                year = (
                    leaf.year if leaf.year is not None else None if self.period is None else self.period + leaf.offset
                )
                slot, field = FigureSlot(metric, year or self.as_of.year), metric
            case ir.FieldRef(field=field):
                bound = entries[leaf.depth]
                slot = FieldSlot(bound.list, bound.entry, field)
            case _:
                assert_never(leaf)
        now = _scalar(self.value(leaf, entries, under))
        if slot in under or (isinstance(slot, FieldSlot) and slot.entry < 0 and now is not None):
            return  # put before, or preset
        number = not isinstance(value, bool | str | Interval)
        if number and field.low is not None and value < field.low:  # type: ignore[operator]  # a number
            return
        if number and field.high is not None and value > field.high:  # type: ignore[operator]  # a number
            return
        if (isinstance(slot, FieldSlot) and slot.entry < 0) or self.may(slot, now, value):
            yield {slot: value}

    def reach(
        self, node: ir.Expr, value: Exact | str, entries: Entries = (), under: Sketch = NOTHING
    ) -> Iterator[Sketch]:
        """What to add to `under` so that a number, date or choice is that value."""
        if self.value(node, entries, under) == value:
            yield NOTHING
            return
        yield from islice(self._reach(node, value, entries, under), FEW)

    def _reach(self, node: ir.Expr, value: Exact | str, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        match node:
            case ir.FactRef() | ir.FieldRef() | ir.MetricRef():
                yield from self.put(node, value, entries, under)
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                for met, branch in ((True, then), (False, otherwise)):
                    yield from self.all([self.step(condition, met, entries), self._at(branch, value, entries)], under)
            case _ if isinstance(value, str):
                return
            case ir.Rank(operand=operand):
                type_ = operand.type
                assert isinstance(type_, ChoiceType)
                if value in range(len(type_.choices)):
                    yield from self.reach(operand, type_.choices[int(value)].id, entries, under)
            case ir.Arithmetic():
                yield from self._solved(node, value, entries, under)
            case ir.Negate(operand=operand):
                yield from self.reach(operand, -value, entries, under)
            case ir.Rounded(operand=operand):
                yield from self.reach(operand, value, entries, under)
            case ir.Extreme(operands=operands):
                for part in operands:
                    yield from self.reach(part, value, entries, under)
            case ir.MonthsLater(operand=operand, months=months):
                yield from self.reach(operand, months_later(int(value), -months), entries, under)
            case ir.DaysLater(operand=operand, days=days):
                yield from self.reach(operand, value - days, entries, under)
            case ir.YearOf(operand=operand):
                yield from self.reach(operand, date(int(value), 1, 1).toordinal(), entries, under)
            case ir.AwardAmount(rule=rule):
                yield from self._awarded(rule, under) if value > 0 else ()
            case ir.Cumulative():
                yield from self._added_up(node, value, entries, under)
            case ir.Count(items=items):
                yield from self._counted(items, value, entries, under)
            case ir.Total(items=items, value=of) | ir.ExtremeOf(items=items, value=of):
                now = self.value(node, entries, under)
                least = now.low if isinstance(now, Interval) else now
                if isinstance(node, ir.Total) and _is_number(least):
                    value = exact(value - least)  # type: ignore[operator]  # a number
                bound = self.new(items.fact)
                inside = (*entries[: items.depth], bound)
                tests = [] if items.where is None else [self.step(items.where, True, inside)]
                yield from self.all([self.opened(bound), *tests, self._at(of, value, inside)], under)
            case _:
                return

    def _awarded(self, rule: str, under: Sketch) -> Iterator[Sketch]:
        """Another award is granted, whatever it then comes to."""
        from evaluator.advise.goals import goals_of, ways_to

        for goal in goals_of(self.rulebook.rules[rule]):
            for sketch in ways_to(goal, self):
                if under.keys().isdisjoint(sketch):
                    yield sketch

    def _at(self, node: ir.Expr, value: Exact | str, entries: Entries) -> Step:
        """`reach` as a step of `all`."""
        return lambda under: self.reach(node, value, entries, under)

    def _added_up(self, node: ir.Cumulative, value: Exact, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        """The years before as they are, or 0; what is lacking in the last one."""
        last = self.period if self.period is not None else node.start
        figures = [ir.MetricRef(type=node.type, metric=node.metric, year=year) for year in range(node.start, last + 1)]
        known = [self.value(figure, entries, under) for figure in figures[:-1]]
        before: Exact = 0
        steps: list[Step] = []
        for figure, part in zip(figures, known, strict=False):
            if _is_number(part):
                before = exact(before + part)  # type: ignore[operator]  # a number
            else:
                steps.append(self._at(figure, 0, entries))
        yield from self.all([*steps, self._at(figures[-1], exact(value - before), entries)], under)

    def _solved(self, node: ir.Arithmetic, value: Exact, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        """One operand as it is (or ordinary), the other solved for."""
        for moved, kept, left in ((node.left, node.right, True), (node.right, node.left, False)):
            for fixed, known in self.fixed(kept, entries, under):
                solved = None if isinstance(known, str) else _inverse(node.op, value, known, left=left)
                if solved is not None:
                    for reached in self.reach(moved, solved, entries, {**under, **fixed}):
                        yield {**fixed, **reached}

    def _counted(self, items: ir.Items, value: Exact, entries: Entries, under: Sketch) -> Iterator[Sketch]:
        """So many entries pass: further ones, or fewer of those given."""
        outer = entries[: items.depth]
        passing = [
            bound
            for bound in self.entries(items.fact)
            if items.where is None or self.value(items.where, (*outer, bound), under) is TRUE
        ]
        lacking = value - len(passing)
        if lacking != int(lacking) or lacking > FEW:
            return
        if lacking < 0:
            for chosen in combinations(passing, int(-lacking)) if items.where is not None else ():
                assert items.where is not None
                yield from self.all([self.step(items.where, False, (*outer, bound)) for bound in chosen], under)
            return
        steps: list[Step] = [lambda under: iter([self._closed(items.fact)])]
        for _ in range(int(lacking)):
            bound = self.new(items.fact)
            steps.append(self.opened(bound))
            if items.where is not None:
                steps.append(self.step(items.where, True, (*outer, bound)))
        yield from self.all(steps, under)


def others(value: Exact | str, node: ir.Expr, vocabulary: Vocabulary) -> list[Exact | str]:
    """Values that the node can have beside this one."""
    if isinstance(node.type, ChoiceType):
        return [choice.id for choice in node.type.choices if choice.id != value]
    if isinstance(value, str):
        return [value + "′"]
    return [*just_past("<", value, node, vocabulary), *just_past(">", value, node, vocabulary)]


def _inverse(op: str, value: Exact, known: Exact, *, left: bool) -> Exact | None:
    """What the other operand must be for the result to be `value`."""
    from fractions import Fraction

    match op, left:
        case "+", _:
            return exact(value - known)
        case "-", True:
            return exact(value + known)
        case "-", False:
            return exact(known - value)
        case "*", _:
            return None if known == 0 else exact(Fraction(value) / known)
        case "/", True:
            return None if known == 0 else exact(value * known)
        case _:
            return None if value == 0 else exact(Fraction(known) / value)


def _is_exact(value: object) -> bool:
    from fractions import Fraction

    return isinstance(value, int | Fraction)


def _is_number(value: object) -> bool:
    return _is_exact(value) and not isinstance(value, bool)


def _scalar(value: Result) -> Scalar | None:
    """A value that is known, as a profile holds it."""
    match value:
        case Truth():
            return True if value is TRUE else False if value is FALSE else None
        case ItemList() | Interval():
            return None
        case _:
            return value if isinstance(value, str) or _is_exact(value) else None  # type: ignore[return-value]  # narrowed
