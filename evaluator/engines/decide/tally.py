"""What the items of an award are worth, one by one and together."""

from __future__ import annotations

from typing import cast

from evaluator.engines.decide.amounts import amount_of, payable
from evaluator.engines.decide.env import Env
from evaluator.engines.decide.payment import Paid, received, year_of
from evaluator.engines.decide.selection import Entry, at_least, at_most, pays_one, place, read_keys, within_limit
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Amount, Line, Share
from evaluator.engines.intervals import Bound, Undefined, between
from evaluator.engines.trace import Step, first_undefined
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
        "unbounded", "undefined",
    )  # fmt: skip

    def __init__(self, rule: model.Award, env: Env) -> None:
        self.rule, self.env = rule, env
        self.truths: list[Truth] = []
        self.lines: list[Line] = []
        self.shares: list[Share] = []
        self.steps: list[Step] = []
        self.scanned: list[Step] = []
        self.split = bool(rule.instalments or rule.payers or rule.recipients)
        self.open = self.unbounded = self.further = False
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
        self.unbounded = self.bounds is None or self.bounds[1] is None

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
        return low, high, settled

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
        paid = Paid(self.rule, path, day, (low, high), self.env)
        read.extend(paid.read)
        self.lines.extend(paid.lines)
        self.shares.append(paid.share)
        self.open = self.open or paid.open

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
            read_keys(entry, selection, env)
            if by_amount and entry.holds is not FALSE:
                entry.take(*self._worth(amount, entry.read))
                entry.key = between(entry.low, entry.high, settled=entry.settled)
            env.items.clear()
            entries.append(entry)
        place(entries, selection, complete=value.complete)
        for entry in entries:
            env.items.append(entry.item)
            env.position = entry.position
            holds = entry.holds
            if holds is not FALSE and not by_amount:
                entry.take(*self._worth(amount, entry.read))
            if holds is not FALSE:
                holds = all_of((holds, within_limit(entry)))
            if holds is not FALSE:
                self._pay(entry.item, entry.low if holds is TRUE else 0, entry.high, entry.read)
                if entry.high != 0 if holds is UNKNOWN else entry.low != entry.high and not entry.settled:
                    self.open = True
            env.items.clear()
            self._note(entry.item, holds, entry.read)
        env.position = UNKNOWN
        if selection.limit is None:
            return
        further = None if value.complete else self._further(amount, selection)
        self.bounds = at_least(entries, selection, further), at_most(entries, selection, further)
        if pays_one(entries, further):
            self.truths.append(TRUE)

    def _further(self, amount: model.Amount, selection: model.Selection) -> Entry:
        """An entry that is not listed, of which nothing is known."""
        self.env.items.append(Item({}, ""))
        entry = Entry(Item({}, ""), UNKNOWN, [])
        read_keys(entry, selection, self.env)
        value, _ = amount_of(amount, self.env)
        entry.low, entry.high = payable(value)
        self.env.items.clear()
        return entry

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
        lines, shares = self.lines, self.shares
        if gate is not TRUE:
            lines = [
                Line(line.item, line.period, line.payer, 0, line.potential, line.state, line.recipient)
                for line in lines
            ]
            shares = [Share(part.item, part.period, 0, part.potential, 0, part.accrued_at_most) for part in shares]
        guaranteed, potential = self._accrued(lines, shares)
        promised = None
        if rule.instalments:
            high = _sum([part.potential for part in shares])
            promised = self._limited(sum(part.guaranteed for part in shares), high, gate)
        guaranteed, potential = self._limited(guaranteed, potential, gate, partly=promised is not None)
        if "payments" in self.env.facts:
            lines = [*lines, *received(rule, self.env)]
        return Amount(guaranteed, potential, True, tuple(lines), self.further, tuple(shares), promised)

    def _accrued(self, lines: list[Line], shares: list[Share]) -> tuple[Exact, Bound]:
        if self.split:
            return sum(part.accrued for part in shares), _sum([part.accrued_at_most for part in shares])
        return sum(line.guaranteed for line in lines), _sum([line.potential for line in lines])

    def _limited(self, low: Exact, high: Bound, gate: Truth, *, partly: bool = False) -> tuple[Exact, Bound]:
        """The sum of the entries within what a limit on their number leaves; `partly`: only a part has accrued."""
        if self.unbounded:
            return low, None
        if self.bounds is None:
            return low, high
        least, most = self.bounds
        if gate is TRUE and not partly and not self.rule.instalments:
            low = max(low, least)
        if self.further or high is None:
            return low, most
        return low, high if most is None else min(high, most)


def _sum(bounds: list[Bound]) -> Bound:
    total: Exact = 0
    for bound in bounds:
        if bound is None:
            return None
        total += bound
    return total
