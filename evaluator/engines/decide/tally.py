"""What the items of an award are worth, one by one and together."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from evaluator.engines.decide.amounts import amount_of
from evaluator.engines.decide.env import Env
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Amount, Line, Share
from evaluator.engines.intervals import Bound, Number, Undefined
from evaluator.engines.payable import payable
from evaluator.engines.payment import Paid, received, summed, year_of
from evaluator.engines.selection import Entry, Read, pay_selected
from evaluator.engines.trace import Result, Step, first_undefined, is_open
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import Exact


class Tally:
    """Adds up what the items of an award are worth.

    `open`: a fact can still change the amount; `scanned` are the steps among which it was read. `further`: there may be
    entries that are not listed.
    """

    __slots__ = (
        "bounds", "env", "further", "lines", "open", "rule", "scanned", "shares", "split", "steps", "truths",
        "undefined",
    )  # fmt: skip

    def __init__(self, rule: model.Award, env: Env) -> None:
        self.rule, self.env = rule, env
        self.truths: list[Truth] = []
        self.lines: list[Line] = []
        self.shares: list[Share] = []
        self.steps: list[Step] = []
        self.scanned: list[Step] = []
        self.split = bool(rule.instalments or rule.payers or rule.recipients)
        self.open = self.further = False
        self.bounds: tuple[Exact, Bound] | None = None
        self.undefined: Undefined | None = None

    def take_list(self, id: str, label: str) -> None:
        """Every entry of the list; one not given, or not complete, may hold more."""
        value = self.env.facts.get(id)
        complete = isinstance(value, ItemList) and value.complete
        if self.rule.selection is not None:
            known = value if isinstance(value, ItemList) else ItemList((), complete=False)
            self._take_selected(known, self.rule.selection)
        elif isinstance(value, ItemList):
            for item in value.items:
                self.env.items.append(item)
                self.take(item)
                self.env.items.clear()
        if complete:
            return
        assert self.rule.each is not None
        items = ir.Items(fact=self.rule.each, depth=0, where=None)
        prefix = f"{self.env.profile.path}." if self.env.profile.path else ""
        step = Step(items, UNKNOWN, (), f"{prefix}{label}")
        self.truths.append(UNKNOWN)
        self.steps.append(step)
        self.scanned.append(step)
        self.open = self.further = True

    def take(self, item: Item | None) -> None:
        """One entry, or the profile as a whole."""
        holds, read = self._holds()
        low: Exact = 0
        high: Bound = 0
        if holds is not FALSE and self.rule.amount is not None:
            low, high, settled = self._worth(self.rule.amount, read)
            low = low if holds is TRUE else 0
            self._pay(item, low, high, read)
            if high != 0 if holds is UNKNOWN else low != high and not settled:
                self.open = True
        self._note(item, holds, read)

    def _note(self, item: Item | None, holds: Truth, read: list[Step]) -> None:
        self.truths.append(holds)
        if holds is not FALSE:
            self.scanned.extend(read)
        if item is None:
            self.steps.extend(read)
        else:
            self.steps.append(Step(item, holds, read))

    def _holds(self) -> tuple[Truth, list[Step]]:
        """Whether the entry at hand counts, and what was read for it."""
        read: list[Step] = []
        holds = TRUE
        for test in (self.rule.counts, self.rule.when):
            if test is None:
                continue
            step = walk(test, self.env)
            read.append(step)
            holds = all_of((holds, cast(Truth, step.value)))
            if holds is FALSE:
                break
        return holds, read

    def _worth(self, amount: model.Amount, read: list[Step]) -> tuple[Exact, Bound, bool]:
        """(at least, at most, whether no fact can narrow it) of the entry at hand, if it counts."""
        value, below = amount_of(amount, self.env)
        read.extend(below)
        low, high = payable(value)
        settled = isinstance(value, Undefined) or (isinstance(value, Interval) and value.settled)
        if settled and self.undefined is None:
            own = value if isinstance(value, Undefined) else None
            self.undefined = next(filter(None, map(first_undefined, below)), own)
        return low, high, not is_open(value)

    def _pay(self, item: Item | None, low: Exact, high: Bound, read: list[Step]) -> None:
        """The lines of one entry."""
        counted = self.rule.judged_by
        day: object = self.env.as_of
        if counted is not None:
            day = item.values.get(counted.id) if item is not None else self.env.facts.get(counted.id)
        path = "" if item is None else item.path
        if not self.split:
            self.lines.append(Line(path, year_of(day), None, low, high))
            return
        paid = Paid(self.rule, path, day, (low, high), self.env.as_of, self.reading(read))
        self.lines.extend(paid.lines)
        self.shares.append(paid.share)
        self.open = self.open or paid.open

    def reading(self, steps: list[Step]) -> Read:
        """Reads nodes, and notes the steps."""

        def read(node: ir.Expr) -> Result:
            step = walk(node, self.env)
            steps.append(step)
            return step.value

        return read

    # ------------------------------------------------------------------ not all entries

    def _take_selected(self, value: ItemList, selection: model.Selection) -> None:
        """Entries in their order, at most so many of each group."""
        self.bounds, sure = pay_selected(self, value, selection)
        if sure:
            self.truths.append(TRUE)

    def bind(self, item: Item | None, position: Number = UNKNOWN) -> None:
        """Put an entry at hand in its place, or none."""
        self.env.items.clear()
        if item is not None:
            self.env.items.append(item)
        self.env.position = position

    def entry(self, item: Item) -> Entry:
        """The entry at hand, with whether it counts."""
        return Entry(item, *self._holds())

    def worth(self, steps: list[Step]) -> tuple[Exact, Bound, bool]:
        """(at least, at most, whether no fact can narrow it) of the entry at hand, if it counts."""
        assert self.rule.amount is not None
        return self._worth(self.rule.amount, steps)

    def unlisted(self) -> tuple[Exact, Bound]:
        """(at least, at most) of the entry at hand, which is not in the list."""
        assert self.rule.amount is not None
        return payable(amount_of(self.rule.amount, self.env)[0])

    def pay(self, entry: Entry, holds: Truth) -> None:
        """Pay an entry that is, or may be, among those that are paid."""
        self._pay(entry.item, entry.low if holds is TRUE else 0, entry.high, entry.read)
        if entry.high != 0 if holds is UNKNOWN else entry.low != entry.high and not entry.settled:
            self.open = True

    def note(self, entry: Entry, holds: Truth) -> None:
        """Keep whether an entry is among those that are paid, and what was read for it."""
        self._note(entry.item, holds, entry.read)

    # ------------------------------------------------------------------ together

    def result(self) -> Truth:
        """Whether anything counts."""
        return any_of(self.truths)

    def amount(self, gate: Truth) -> Amount | None:
        """The sum of the lines; certain only behind an open gate."""
        rule = self.rule
        if rule.amount is None:
            return None
        if isinstance(rule.amount, model.Unstated):
            return Amount(0, None, stated=False)
        amount = summed(rule, gate, self.lines, self.shares, self.bounds, further=self.further)
        if "payments" in self.env.facts:
            lines = (*amount.lines, *received(rule, self.env.facts, self.env.as_of))
            return replace(amount, lines=lines)
        return amount
