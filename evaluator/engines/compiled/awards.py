"""Incentives and supports on the general path: gates, entries, amounts, other awards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from evaluator.engines.compiled.amounts import Pay, amount_of
from evaluator.engines.compiled.env import Awarded, Env
from evaluator.engines.compiled.general import General, every
from evaluator.engines.decision import Amount, Line, Outcome, Share
from evaluator.engines.intervals import Bound, Number, between
from evaluator.engines.payable import payable
from evaluator.engines.payment import Money, Paid, summed, upper, year_of
from evaluator.engines.selection import Entry, Read, pay_selected
from evaluator.engines.trace import Step, is_open
from evaluator.engines.truth import FALSE, INDETERMINATE, TRUE, UNKNOWN, Truth, all_of, any_of
from evaluator.rulebook import ir, model
from evaluator.rulebook.values import Interval, Item, ItemList
from evaluator.rulebook.vocabulary import Exact

OUTCOMES = {
    TRUE: Outcome.SATISFIED,
    FALSE: Outcome.NOT_SATISFIED,
    UNKNOWN: Outcome.UNKNOWN,
    INDETERMINATE: Outcome.INDETERMINATE,
}


def gate_of(left: Sequence[ir.Expr], general: General) -> Callable[[Env], Truth]:
    """Several gates together: false as soon as one is."""
    return every(general.truths(left))


class AwardsOfRulebook:
    """What the awards of a rulebook come to, for whatever profile an `Env` holds."""

    def __init__(self, rules: Mapping[str, model.AnyRule], general: General) -> None:
        self.rules, self.general = rules, general
        self._compiled: dict[str, Callable[[Env], Awarded]] = {}

    def amount(self, rule: str, item: str | None, env: Env) -> Number:
        """What an award comes to, now and later, or what one of its entries does."""
        read = self.rules[rule]
        assert isinstance(read, model.Award)
        if read.stub:
            return Interval(0, None, settled=True)
        outcome, amount, open_ = self._awarded(read, env)
        assert amount is not None
        if not amount.stated:
            due = outcome not in (Outcome.NOT_SATISFIED, Outcome.NOT_APPLICABLE)
            return Interval(0, None, settled=outcome is not Outcome.UNKNOWN) if due else 0
        low, high = amount.guaranteed, amount.potential
        if item == "":
            return Interval(0, None)  # of an entry that is not listed
        if item is not None:
            parts = [part for part in amount.shares if part.item == item]
            lines = [line for line in amount.lines if line.item == item and line.state == "accrued"]
            low = sum(part.guaranteed for part in parts or lines)
            high = upper([part.potential for part in parts or lines])
        elif amount.promised is not None:
            low, high = amount.promised
        return between(low, high, settled=not open_)

    def _awarded(self, rule: model.Award, env: Env) -> Awarded:
        known = env.awarded.get(rule.id)
        if known is None:
            answer = self._compiled.get(rule.id)
            if answer is None:
                answer = self._compiled[rule.id] = award(rule, rule.gates, self.general)
            own = Env(env.profile, self)  # it may be read in the midst of an entry of another award
            own.awarded = env.awarded
            known = env.awarded[rule.id] = answer(own)
        return known


def award(rule: model.Award, gates: Sequence[ir.Expr], general: General) -> Callable[[Env], Awarded]:
    """The outcome and amount of one incentive or support; `gates` are those not settled before any fact is read."""
    gate = gate_of(gates, general)
    tests = general.truths([test for test in (rule.counts, rule.when) if test is not None])
    paid = None if rule.amount is None else amount_of(rule.amount, general)
    unstated = isinstance(rule.amount, model.Unstated)
    shut = None if rule.amount is None else Amount(0, 0, not unstated)

    def answered(env: Env) -> Awarded:
        passed = gate(env)
        if passed is FALSE:
            return Outcome.NOT_APPLICABLE, shut, False
        tally = _Tally(rule, tests, paid, general, env)
        tally.take_all()
        outcome = OUTCOMES[any_of(tally.truths) if passed is TRUE else passed]
        if paid is None:
            return outcome, None, outcome is Outcome.UNKNOWN
        if unstated:
            return outcome, Amount(0, None, stated=False), outcome is Outcome.UNKNOWN
        amount = summed(rule, passed, tally.lines, tally.shares, tally.bounds, further=tally.more)
        return outcome, amount, outcome is Outcome.UNKNOWN or tally.open

    return answered


class _Tally:
    """What the entries of an award are worth for one profile."""

    __slots__ = ("bounds", "env", "general", "lines", "more", "open", "paid", "rule", "shares", "tests", "truths")

    def __init__(
        self,
        rule: model.Award,
        tests: Sequence[Callable[[Env], Truth]],
        paid: Pay | None,
        general: General,
        env: Env,
    ) -> None:
        self.rule, self.tests, self.paid, self.general, self.env = rule, tests, paid, general, env
        self.truths: list[Truth] = []
        self.lines: list[Line] = []
        self.shares: list[Share] = []
        self.bounds: Money | None = None
        self.open = self.more = False

    def take_all(self) -> None:
        """Every entry, or the profile as a whole; a list not given, or not complete, may hold more."""
        rule, env = self.rule, self.env
        if rule.each is None:
            self._take(None)
            return
        value = env.facts.get(rule.each.id)
        if rule.selection is not None:
            known = value if isinstance(value, ItemList) else ItemList((), complete=False)
            self._take_selected(known, rule.selection)
        elif isinstance(value, ItemList):
            for item in value.items:
                env.items.append(item)
                self._take(item)
                env.items.clear()
        if isinstance(value, ItemList) and value.complete:
            return
        self.truths.append(UNKNOWN)
        self.open = self.more = True

    def _take(self, item: Item | None) -> None:
        holds = self._holds()
        if holds is not FALSE and self.paid is not None:
            low, high, settled = self._worth(self.paid)
            low = low if holds is TRUE else 0
            self._pay(item, low, high)
            if high != 0 if holds is UNKNOWN else low != high and not settled:
                self.open = True
        self.truths.append(holds)

    def _holds(self) -> Truth:
        """Whether the entry at hand counts."""
        holds = TRUE
        for test in self.tests:
            holds = all_of((holds, test(self.env)))
            if holds is FALSE:
                break
        return holds

    def _worth(self, paid: Pay) -> tuple[Exact, Bound, bool]:
        """(at least, at most, whether no fact can narrow it) of the entry at hand, if it counts."""
        value = paid(self.env)
        low, high = payable(value)
        return low, high, not is_open(value)

    def _pay(self, item: Item | None, low: Exact, high: Bound) -> None:
        """The lines of one entry."""
        rule = self.rule
        day: object = self.general.as_of
        if rule.judged_by is not None:
            day = self.env.facts.get(rule.judged_by.id) if item is None else item.values.get(rule.judged_by.id)
        path = "" if item is None else item.path
        if not (rule.instalments or rule.payers or rule.recipients):
            self.lines.append(Line(path, year_of(day), None, low, high))
            return
        split = Paid(rule, path, day, (low, high), self.general.as_of, self._reading())
        self.lines.extend(split.lines)
        self.shares.append(split.share)
        self.open = self.open or split.open

    def _reading(self) -> Read:
        return lambda node: self.general.read(node)(self.env)

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
        return Entry(item, self._holds(), [])

    def reading(self, steps: list[Step]) -> Read:
        """Reads nodes for the entry at hand; there is no trace to keep."""
        return self._reading()

    def worth(self, steps: list[Step]) -> tuple[Exact, Bound, bool]:
        """(at least, at most, whether no fact can narrow it) of the entry at hand, if it counts."""
        assert self.paid is not None
        return self._worth(self.paid)

    def unlisted(self) -> tuple[Exact, Bound]:
        """(at least, at most) of the entry at hand, which is not in the list."""
        assert self.paid is not None
        return payable(self.paid(self.env))

    def pay(self, entry: Entry, holds: Truth) -> None:
        """Pay an entry that is, or may be, among those that are paid."""
        self._pay(entry.item, entry.low if holds is TRUE else 0, entry.high)
        if entry.high != 0 if holds is UNKNOWN else entry.low != entry.high and not entry.settled:
            self.open = True

    def note(self, entry: Entry, holds: Truth) -> None:
        """Keep whether an entry is among those that are paid."""
        self.truths.append(holds)
