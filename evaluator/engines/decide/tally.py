"""What the items of an award are worth, one by one and together."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from evaluator.engines.decide.amounts import amount_of
from evaluator.engines.decide.env import Env
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Amount, Line, Share
from evaluator.engines.intervals import Bound, Undefined
from evaluator.engines.payable import payable
from evaluator.engines.payment import Paid, received, summed, upper, year_of
from evaluator.engines.selection import Entry, Read, at_least, at_most, place, read_keys, within_limit
from evaluator.engines.trace import Result, Step, first_undefined
from evaluator.engines.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import Exact


class Tally:
    """Adds up what the items of an award are worth.

    `open`: a fact can still change the amount; `scanned` are the steps among which it was read.
    """

    __slots__ = (
        "bounds", "env", "lines", "open", "rule", "scanned", "shares", "split", "steps", "truths", "unbounded",
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
        self.open = self.unbounded = False
        self.bounds: tuple[Exact, Bound] | None = None
        self.undefined: Undefined | None = None

    def take_list(self, id: str, label: str) -> None:
        """Every entry of the list; one not given, or not complete, may hold more."""
        value = self.env.facts.get(id)
        complete = isinstance(value, ItemList) and value.complete
        if isinstance(value, ItemList):
            if self.rule.selection is not None:
                self._take_selected(value, self.rule.selection)
            else:
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
        self.open = True
        self.unbounded = self.bounds is None or self.bounds[1] is None

    def take(self, item: Item | None) -> None:
        """One entry, or the profile as a whole."""
        holds, read = self._holds()
        low: Exact = 0
        high: Bound = 0
        if holds is not FALSE and self.rule.amount is not None:
            low, high, settled = self._worth(self.rule.amount, holds, read)
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

    def _worth(self, amount: model.Amount, holds: Truth, read: list[Step]) -> tuple[Exact, Bound, bool]:
        """(certain, at most, whether no fact can narrow it) of the entry at hand."""
        value, below = amount_of(amount, self.env)
        read.extend(below)
        low, high = payable(value)
        settled = isinstance(value, Undefined) or (isinstance(value, Interval) and value.settled)
        if settled and self.undefined is None:
            own = value if isinstance(value, Undefined) else None
            self.undefined = next(filter(None, map(first_undefined, below)), own)
        return (low if holds is TRUE else 0), high, settled

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
        paid = Paid(self.rule, path, day, (low, high), self.env.as_of, self._reading(read))
        self.lines.extend(paid.lines)
        self.shares.append(paid.share)
        self.open = self.open or paid.open

    def _reading(self, steps: list[Step]) -> Read:
        """Reads nodes, and notes the steps."""

        def read(node: ir.Expr) -> Result:
            step = walk(node, self.env)
            steps.append(step)
            return step.value

        return read

    # ------------------------------------------------------------------ not all entries

    def _take_selected(self, value: ItemList, selection: model.Selection) -> None:
        """Entries in their order, at most so many of each group."""
        env, amount = self.env, self.rule.amount
        assert amount is not None
        entries: list[Entry] = []
        by_amount = selection.order == "amount"
        for item in value.items:
            env.items.append(item)
            entry = Entry(item, *self._holds())
            read_keys(entry, selection, self._reading(entry.read))
            if by_amount and entry.holds is not FALSE:
                entry.low, entry.high, entry.settled = self._worth(amount, entry.holds, entry.read)
            env.items.clear()
            entries.append(entry)
        place(entries, selection, complete=value.complete)
        for entry in entries:
            env.items.append(entry.item)
            env.position = entry.position
            holds = entry.holds
            if holds is not FALSE and not by_amount:
                entry.low, entry.high, entry.settled = self._worth(amount, holds, entry.read)
            if holds is not FALSE:
                holds = all_of((holds, within_limit(entry)))
            if holds is not FALSE:
                self._pay(entry.item, entry.low if holds is TRUE else 0, entry.high, entry.read)
            env.items.clear()
            self._note(entry.item, holds, entry.read)
        env.position = UNKNOWN
        if selection.limit is None:
            self._bound_open(entries)
            return
        low, high = self._further(amount) if not value.complete else (None, 0)
        self.bounds = at_least(entries, selection, low), at_most(entries, high, more=not value.complete)
        self._bound_open(entries)

    def _further(self, amount: model.Amount) -> tuple[Exact, Bound]:
        """What an entry not listed may pay."""
        assert self.rule.each is not None
        self.env.items.append(Item({}, self.rule.each.label.zh))
        value, _ = amount_of(amount, self.env)
        self.env.items.clear()
        return 0, payable(value)[1]

    def _bound_open(self, entries: list[Entry]) -> None:
        low, high = sum(line.guaranteed for line in self.lines), upper([line.potential for line in self.lines])
        if self.bounds is not None:
            low, high = self.bounds
        if low != high and not all(entry.settled for entry in entries if entry.low != entry.high):
            self.open = True
        if low != high and any(entry.holds is UNKNOWN or isinstance(entry.position, Interval) for entry in entries):
            self.open = True

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
        amount = summed(rule, gate, self.lines, self.shares, self.bounds, unbounded=self.unbounded)
        if "payments" in self.env.facts:
            lines = (*amount.lines, *received(rule, self.env.facts, self.env.as_of))
            return replace(amount, lines=lines)
        return amount
