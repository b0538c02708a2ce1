"""Ways to make a condition hold or fail: proposals built backwards from the typed expression.

In: an expression, what it should come to, and the profile as it stands. Out: sketches, the least change first: a figure
is met exactly at its bound, or missed by one readable step. They are proposals, cut off at `FEW` for each node; whoever
uses one lays it over the profile and lets `decide` say what comes of it. Conditions about members of a region, the kind
and the place are read and never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations, count, islice, product
from typing import Final, TypeAlias, assert_never

from evaluator.advise.figures import NEGATED, TURNED, just_past, ordinary
from evaluator.advise.sketch import (
    NOTHING,
    FactSlot,
    FieldSlot,
    FigureSlot,
    ListSlot,
    Sketch,
    Slot,
    lay_over,
    merged,
)
from evaluator.engines.decide.walk import Env, growth_years, walk
from evaluator.engines.trace import Result
from evaluator.engines.truth import FALSE, TRUE, Truth
from evaluator.record import row
from evaluator.rulebook import ir
from evaluator.rulebook.dates import months_later
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.reads import leaves
from evaluator.rulebook.values import Interval, Item, ItemList, Scalar
from evaluator.rulebook.vocabulary import BoolType, ChoiceType, Exact, Fact, Field, Vocabulary, exact

FEW: Final = 24
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
        vocabulary: Vocabulary,
        *,
        period: int | None = None,
        may: May = anything,
        whole: bool = True,
        preset: Callable[[Fact], dict[str, Scalar]] | None = None,
    ) -> None:
        self.profile, self.as_of, self.vocabulary = profile, as_of, vocabulary
        self.period, self.may, self.whole, self.preset = period, may, whole, preset
        self.places = count(1)

    # ------------------------------------------------------------------ what stands

    def value(self, node: ir.Expr, entries: Entries = (), under: Sketch = NOTHING) -> Result:
        """What the node comes to, with `under` laid over the profile."""
        plain: Sketch = {slot: value for slot, value in under.items() if not isinstance(slot, FieldSlot)}
        env = Env(lay_over(self.profile, plain) if plain else self.profile, self.as_of, self.vocabulary, self.period)
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

    def holds(self, node: ir.Expr, want: bool, entries: Entries = ()) -> Iterator[Sketch]:
        """Sketches under which the condition holds (or, with `want` False, fails)."""
        if self.value(node, entries) is (TRUE if want else FALSE):
            yield NOTHING
            return
        yield from islice(self._holds(node, want, entries), FEW)

    def _holds(self, node: ir.Expr, want: bool, entries: Entries) -> Iterator[Sketch]:
        match node:
            case ir.Constant() | ir.AsOf() | ir.KindIn() | ir.PlaceWithin() | ir.EachMember() | ir.MemberShare():
                return
            case ir.FactRef() | ir.FieldRef() | ir.MetricRef():
                yield from self.put(node, want, entries)
            case ir.AllOf(operands=operands) if want:
                yield from self.all(self.holds(part, True, entries) for part in operands)
            case ir.AnyOf(operands=operands) if not want:
                yield from self.all(self.holds(part, False, entries) for part in operands)
            case ir.AllOf(operands=operands) | ir.AnyOf(operands=operands):
                for part in operands:
                    yield from self.holds(part, want, entries)
            case ir.Not(operand=operand):
                yield from self.holds(operand, not want, entries)
            case ir.AtLeast(n=n, operands=operands):
                size = n if want else len(operands) - n + 1
                for chosen in combinations(operands, size):
                    yield from self.all(self.holds(part, want, entries) for part in chosen)
            case ir.Compare():
                op = node.op if want else NEGATED[node.op]
                yield from self._toward(node.left, op, node.right, entries)
                yield from self._toward(node.right, TURNED[op], node.left, entries)
            case ir.Equal():
                yield from self._equal(node, want, entries)
            case ir.GrowthTest():
                yield from self._growth(node, want, entries)
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                yield from self.all((self.holds(condition, True, entries), self.holds(then, want, entries)))
                yield from self.all((self.holds(condition, False, entries), self.holds(otherwise, want, entries)))
            case ir.Exists(items=items, that=that):
                yield from self._some(items, (that,), entries) if want else self._none(items, that, True, entries)
            case ir.ForAll(items=items, that=that):
                wanted = ir.Not(operand=that)
                yield from self._none(items, that, False, entries) if want else self._some(items, (wanted,), entries)
            case (
                ir.Cumulative() | ir.Rank() | ir.Arithmetic() | ir.Negate() | ir.Rounded() | ir.Extreme()
                | ir.MonthsLater() | ir.DaysLater() | ir.YearOf() | ir.Count() | ir.Total() | ir.ExtremeOf()
            ):  # fmt: skip
                raise AssertionError(f"{type(node).__name__} has no truth value")
            case _:
                assert_never(node)

    def all(self, parts: Iterable[Iterator[Sketch]]) -> Iterator[Sketch]:
        """Every way in which one sketch of each part goes together with the others."""
        choices = []
        for part in parts:
            found = list(islice(part, FEW))
            if not found:
                return
            choices.append(found)
        for chosen in islice(product(*choices), FEW * FEW):
            whole = merged(chosen)
            if whole is not None:
                yield whole

    def _some(self, items: ir.Items, tests: Sequence[ir.Expr], entries: Entries) -> Iterator[Sketch]:
        """An entry, of those given or a new one, that passes filter and tests."""
        wanted = [test for test in (items.where, *tests) if test is not None]
        outer = entries[: items.depth]
        for bound in (*self.entries(items.fact), self.new(items.fact)):
            own = [NOTHING] if bound.entry >= 0 else [self.given(bound)]
            parts = [self.holds(test, True, (*outer, bound)) for test in wanted]
            yield from self.all([iter(own), *parts])

    def _none(self, items: ir.Items, that: ir.Expr, want: bool, entries: Entries) -> Iterator[Sketch]:
        """Every entry given fails the filter, or the test that none may pass (`want`) or all must."""
        outer = entries[: items.depth]
        parts: list[Iterator[Sketch]] = [iter([self._closed(items.fact)])]
        for bound in self.entries(items.fact):
            inside = (*outer, bound)
            ways = [] if items.where is None else list(self.holds(items.where, False, inside))
            parts.append(iter([*ways, *self.holds(that, not want, inside)]))
        yield from self.all(parts)

    # ------------------------------------------------------------------ comparisons

    def _toward(self, node: ir.Expr, op: str, other: ir.Expr, entries: Entries) -> Iterator[Sketch]:
        """`node op other`, by moving `node` to the bound that `other` sets, or one step past it."""
        for fixed, bound in self.fixed(other, entries):
            for value in just_past(op, bound, node, self.vocabulary):
                for reached in self.reach(node, value, entries):
                    whole = merged((fixed, reached))
                    if whole is not None:
                        yield whole

    def _equal(self, node: ir.Equal, want: bool, entries: Entries) -> Iterator[Sketch]:
        if isinstance(node.left.type, BoolType):
            for left in (True, False):
                right = left if want else not left
                yield from self.all((self.holds(node.left, left, entries), self.holds(node.right, right, entries)))
            return
        for one, other in ((node.left, node.right), (node.right, node.left)):
            for fixed, bound in self.fixed(other, entries):
                for value in [bound] if want else others(bound, one, self.vocabulary):
                    for reached in self.reach(one, value, entries):
                        whole = merged((fixed, reached))
                        if whole is not None:
                            yield whole

    def _growth(self, node: ir.GrowthTest, want: bool, entries: Entries) -> Iterator[Sketch]:
        ops = [node.op if want else NEGATED[node.op]] if node.op != "=" else ["="] if want else ["<", ">"]
        for (base_sketch, base), (rate_sketch, rate) in product(
            list(self.fixed(node.base, entries)), list(self.fixed(node.rate, entries))
        ):
            if isinstance(base, str) or isinstance(rate, str) or base == 0:
                continue
            required = exact(base * (1 + rate) ** growth_years(node, self.period))
            for op in ops:
                for value in just_past(op, required, node.value, self.vocabulary):
                    for reached in self.reach(node.value, value, entries):
                        whole = merged((base_sketch, rate_sketch, reached))
                        if whole is not None:
                            yield whole

    def fixed(self, node: ir.Expr, entries: Entries) -> Iterator[tuple[Sketch, Exact | str]]:
        """The value of the node, or one that it has once what it reads and is not given is given ordinary values."""
        value = self.value(node, entries)
        if isinstance(value, int | str) or _is_exact(value):
            yield NOTHING, value  # type: ignore[misc]  # narrowed by _is_exact
            return
        sketch: dict[Slot, Scalar] = {}
        for leaf in leaves(node):
            if isinstance(leaf, ir.FieldRef) and leaf.depth >= len(entries):
                continue  # of an entry that the node itself binds
            if isinstance(leaf, ir.FactRef | ir.FieldRef | ir.MetricRef):
                known = self.value(leaf, entries)
                if isinstance(known, Truth | Interval):
                    chosen = ordinary(leaf, self.as_of, self.vocabulary)
                    sketch.update(next(self.put(leaf, chosen, entries), NOTHING))
        value = self.value(node, entries, sketch)
        if sketch and (isinstance(value, int | str) or _is_exact(value)):
            yield sketch, value  # type: ignore[misc]  # as above

    # ------------------------------------------------------------------ values

    def put(self, leaf: ir.FactRef | ir.FieldRef | ir.MetricRef, value: Scalar, entries: Entries) -> Iterator[Sketch]:
        """The leaf has that value, where it may."""
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
        known = self.value(leaf, entries)
        now = _scalar(known)
        if now == value and isinstance(now, bool) is isinstance(value, bool):
            yield NOTHING
            return
        if isinstance(slot, FieldSlot) and slot.entry < 0 and now is not None:
            return  # preset
        number = not isinstance(value, bool | str | Interval)
        if number and field.low is not None and value < field.low:  # type: ignore[operator]  # a number
            return
        if number and field.high is not None and value > field.high:  # type: ignore[operator]  # a number
            return
        if (isinstance(slot, FieldSlot) and slot.entry < 0) or self.may(slot, now, value):
            yield {slot: value}

    def reach(self, node: ir.Expr, value: Exact | str, entries: Entries = ()) -> Iterator[Sketch]:
        """Sketches under which a number, date or choice is that value."""
        if self.value(node, entries) == value:
            yield NOTHING
            return
        yield from islice(self._reach(node, value, entries), FEW)

    def _reach(self, node: ir.Expr, value: Exact | str, entries: Entries) -> Iterator[Sketch]:
        match node:
            case ir.FactRef() | ir.FieldRef() | ir.MetricRef():
                yield from self.put(node, value, entries)
            case ir.If(condition=condition, then=then, otherwise=otherwise):
                yield from self.all((self.holds(condition, True, entries), self.reach(then, value, entries)))
                yield from self.all((self.holds(condition, False, entries), self.reach(otherwise, value, entries)))
            case _ if isinstance(value, str):
                return
            case ir.Rank(operand=operand):
                type_ = operand.type
                assert isinstance(type_, ChoiceType)
                if value in range(len(type_.choices)):
                    yield from self.reach(operand, type_.choices[int(value)].id, entries)
            case ir.Arithmetic():
                yield from self._solved(node, value, entries)
            case ir.Negate(operand=operand):
                yield from self.reach(operand, -value, entries)
            case ir.Rounded(operand=operand):
                yield from self.reach(operand, value, entries)
            case ir.Extreme(operands=operands):
                for part in operands:
                    yield from self.reach(part, value, entries)
            case ir.MonthsLater(operand=operand, months=months):
                yield from self.reach(operand, months_later(int(value), -months), entries)
            case ir.DaysLater(operand=operand, days=days):
                yield from self.reach(operand, value - days, entries)
            case ir.YearOf(operand=operand):
                yield from self.reach(operand, date(int(value), 1, 1).toordinal(), entries)
            case ir.Cumulative(metric=metric, start=start):
                last = self.period if self.period is not None else start
                figures = [ir.MetricRef(type=node.type, metric=metric, year=year) for year in range(start, last + 1)]
                known = [self.value(figure, entries) for figure in figures[:-1]]
                before = sum(part if isinstance(part, int) or _is_exact(part) else 0 for part in known)  # type: ignore[misc]  # numbers
                rest = [
                    self.put(f, 0, entries) for f, part in zip(figures, known, strict=False) if not _is_number(part)
                ]
                yield from self.all([*rest, self.put(figures[-1], exact(value - before), entries)])
            case ir.Count(items=items):
                yield from self._counted(items, value, entries)
            case ir.Total(items=items, value=of) | ir.ExtremeOf(items=items, value=of):
                now = self.value(node, entries)
                least = now.low if isinstance(now, Interval) else now
                rest_ = value - least if isinstance(node, ir.Total) and _is_number(least) else value  # type: ignore[operator]
                bound = self.new(items.fact)
                inside = (*entries[: items.depth], bound)
                tests = [] if items.where is None else [self.holds(items.where, True, inside)]
                yield from self.all([iter([self.given(bound)]), *tests, self.reach(of, exact(rest_), inside)])
            case _:
                return

    def _solved(self, node: ir.Arithmetic, value: Exact, entries: Entries) -> Iterator[Sketch]:
        """One operand as it is (or ordinary), the other solved for."""
        for moved, kept, left in ((node.left, node.right, True), (node.right, node.left, False)):
            for fixed, known in self.fixed(kept, entries):
                if isinstance(known, str):
                    continue
                solved = _inverse(node.op, value, known, left=left)
                if solved is not None:
                    yield from self.all((iter([fixed]), self.reach(moved, solved, entries)))

    def _counted(self, items: ir.Items, value: Exact, entries: Entries) -> Iterator[Sketch]:
        """So many entries pass: further ones, or fewer of those given."""
        outer = entries[: items.depth]
        passing = [
            bound
            for bound in self.entries(items.fact)
            if items.where is None or self.value(items.where, (*outer, bound)) is TRUE
        ]
        lacking = value - len(passing)
        if lacking != int(lacking) or lacking > FEW:
            return
        if lacking < 0 and items.where is not None:
            test = items.where
            for chosen in combinations(passing, int(-lacking)):
                yield from self.all(self.holds(test, False, (*outer, bound)) for bound in chosen)
        if lacking >= 0:
            parts: list[Iterator[Sketch]] = [iter([self._closed(items.fact)])]
            for _ in range(int(lacking)):
                bound = self.new(items.fact)
                parts.append(iter([self.given(bound)]))
                if items.where is not None:
                    parts.append(islice(self.holds(items.where, True, (*outer, bound)), 2))
            yield from self.all(parts)


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
