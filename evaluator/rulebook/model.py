"""The typed rulebook: policies, rules of every kind, their amounts and schedules. Frozen; the same for every engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias

from evaluator.diagnostics import Diagnostic
from evaluator.record import field, record
from evaluator.rulebook.ir import Expr
from evaluator.rulebook.trees import (
    ChooseOne as ChooseOne,
)
from evaluator.rulebook.trees import (
    FirstOf as FirstOf,
)
from evaluator.rulebook.trees import (
    HighestOf as HighestOf,
)
from evaluator.rulebook.trees import (
    Leaf as Leaf,
)
from evaluator.rulebook.trees import (
    Net as Net,
)
from evaluator.rulebook.trees import (
    Pool as Pool,
)
from evaluator.rulebook.trees import (
    Scoped as Scoped,
)
from evaluator.rulebook.trees import (
    Silent as Silent,
)
from evaluator.rulebook.trees import (
    Stack as Stack,
)
from evaluator.rulebook.trees import (
    StackScope as StackScope,
)
from evaluator.rulebook.trees import (
    SumCap as SumCap,
)
from evaluator.rulebook.vocabulary import Exact, Fact, Field, Metric, Name, Vocabulary
from evaluator.source import Span

Modality: TypeAlias = Literal["must", "plan", "strive", "encourage", "explore"]
RuleKind: TypeAlias = Literal["incentive", "support", "target", "obligation"]
Comparator: TypeAlias = Literal[">=", ">", "<=", "<", "=", "approx", "between", "increase", "decrease", "none"]


@record
class PolicyDate:
    """A date of a policy and whether its text states it."""

    date: date
    basis: Literal["stated", "inferred"]


@record
class Period:
    """First and last day on which what happens counts; `until` None: the text states no end."""

    since: PolicyDate
    until: PolicyDate | None


@record
class Policy:
    """One policy document. `still_in_force` is the fact that settles an open end after `last_named`."""

    id: str
    title: Name
    number: str | None
    issuer: Name
    jurisdiction: str
    published: PolicyDate
    in_force: Period
    last_named: PolicyDate
    still_in_force: Fact
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Citation:
    """The sentence that a rule rests on."""

    article: str
    sentence: int
    figures: tuple[str, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Reading:
    """How an open point was read."""

    question: str
    chosen: str
    alternatives: tuple[str, ...]
    note: Name


@record
class Rule:
    """What all rules have; `id` is global (`policy/rule`).

    `gates` are tested in this order: published, kind, place, in force (where it is the rule's own), `applies_when`.
    """

    id: str
    kind: RuleKind
    policy: Policy
    title: Name
    cite: tuple[Citation, ...]
    kinds: tuple[str, ...]
    modality: Modality
    in_force: Period
    responsible: tuple[str, ...]
    readings: tuple[Reading, ...]
    gates: tuple[Expr, ...]
    stub: bool
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Fixed:
    """Exactly the value of an expression, in yuan."""

    value: Expr


@record
class Row:
    """One row of a table: the amount where `condition` holds."""

    condition: Expr
    value: Amount
    label: str


@record
class Table:
    """The amount of the rows that hold; none is 0.

    `hit` is DMN's hit policy: U the only one, A any (they agree), C+ C< C> their sum, least, greatest. `rest` is the
    condition under which no row holds, worked out from the rows; None where that cannot be told.
    """

    hit: Literal["U", "A", "C+", "C<", "C>"]
    rows: tuple[Row, ...]
    rest: Expr | None = field(default=None, compare=False, repr=False)


@record
class Bounded:
    """Somewhere from `low` to `high` until the fact `decided` says where."""

    low: Expr
    high: Expr
    decided: Expr | None


@record
class Brackets:
    """Rates by the size of `base`, each from a bound on, at most `cap`.

    On slices each part of the base above a bound has its own rate. On the `whole` base the rate of the bracket in which
    it lies goes for all of it; a base exactly at a bound belongs to the bracket below or above (`edge`).
    """

    base: Expr
    slices: tuple[tuple[Exact, Exact], ...]
    cap: Expr | None
    whole: bool = False
    edge: Literal["lower", "upper"] = "lower"


@record
class Steps:
    """`amount` for every `every` of `base` above `over`, in whole steps or pro rata, at most `cap`."""

    base: Expr
    every: Expr
    amount: Expr
    whole: bool
    over: Expr | None
    cap: Expr | None


@record
class Unstated:
    """The text names no amount."""


@record
class Sum:
    """Several amounts together."""

    parts: tuple[Amount, ...]


@record
class Rounding:
    """To whole multiples of `to` yuan: half up, always down or always up."""

    to: Exact
    how: Literal["half-up", "down", "up"]


@record
class Limited:
    """An amount rounded, then at least `floor`, then at most `cap`."""

    amount: Amount
    rounding: Rounding | None
    floor: Expr | None
    cap: Expr | None


Amount: TypeAlias = Fixed | Table | Bounded | Brackets | Steps | Sum | Limited | Unstated


# ------------------------------------------------------------------ which entries, when and by whom


@record
class Selection:
    """Which entries of `each` are paid when not all are, and in which order `Position` counts them.

    `order` is `listed`, `amount` (the largest first) or a key of the entry (the least first, or the greatest). Equal
    entries stand as listed. At most `limit` are paid in each `group` (a key of the entry), or in all without one.
    """

    order: Literal["listed", "amount"] | Expr
    greatest_first: bool
    group: Expr | None
    limit: Expr | None


@record
class Instalment:
    """A share of each line, paid from the day `on` (None: the date that counts), if `when` holds."""

    share: Exact
    on: Expr | None
    when: Expr | None


@record
class Part:
    """Who bears (a payer) or gets (a recipient) which share of each line."""

    name: Name
    share: Expr


@record
class Window:
    """When to apply, both ends included: two days, days of every year (month, day), or days that facts decide."""

    opens: date | tuple[int, int] | Expr
    closes: date | tuple[int, int] | Expr


@record
class Award(Rule):
    """An incentive (with an amount) or a support (without).

    `counts` tests the date of an item of `each`: in force, and not after the date of the question. Without `each` that
    test is the last but one of the gates.
    """

    each: Fact | None
    judged_by: Fact | Field | None
    counts: Expr | None
    when: Expr | None
    amount: Amount | None
    evidence: tuple[Name, ...]
    window: Window | None
    selection: Selection | None = None
    instalments: tuple[Instalment, ...] = ()
    payers: tuple[Part, ...] = ()
    recipients: tuple[Part, ...] = ()


@record
class Over:
    """Who must reach a figure: `each` member of that kind, or a `share` of them."""

    how: Literal["each", "share"]
    kind: str


@record
class Scheduled:
    """A figure as its file writes it and `rules list` prints it: in `unit`, or the metric it is compared with."""

    by: date | None
    every: tuple[int, int] | None
    hold: bool
    comparator: Comparator
    value: Exact | str | bool | None
    value_to: Exact | None
    unit: str
    reference: str | None
    over: str
    quantity: str


@record
class Entry:
    """One figure at one time: its own finding `rule#key` (`rule` where `key` is empty).

    `test` is read at `period` (None: the latest given); with `over` it asks about members, and `member_test` is what
    one member asks for itself. A vague entry has no `test` but what its words entail: `fails_unless` and `holds_if`.
    `measured` is what is compared, `required` the other side where that is another figure.
    """

    key: str
    due: date | None
    period: int | None
    over: Over | None
    test: Expr | None
    member_test: Expr | None
    fails_unless: Expr | None
    holds_if: Expr | None
    measured: Expr
    required: Expr | None
    figure: Scheduled
    vague: Literal["approx", "increase", "decrease", "indefinite"] | None
    modality: Modality
    cite: tuple[Citation, ...]
    readings: tuple[Reading, ...]
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Target(Rule):
    """A figure to be reached, entry by entry."""

    metric: Metric
    entries: tuple[Entry, ...]
    schedule: tuple[Scheduled, ...]


@record
class Duty:
    """One time at which an obligation is asked: `rule#key`, or `rule` where `key` is empty.

    Due on a fixed day, or on the day that `due_on` comes to for the profile.
    """

    key: str
    due: date | None
    year: int | None
    due_on: Expr | None = None


@record
class Obligation(Rule):
    """A duty: `requires` is a condition, or the attested fact of that name.

    `claw_back` is what is to be paid back when the duty is missed.
    """

    requires: Expr
    member_requires: Expr | None
    attested: Fact | Metric | None
    duties: tuple[Duty, ...]
    over: Over | None
    claw_back: Amount | None = None


AnyRule: TypeAlias = Award | Target | Obligation


@record
class Stacking:
    """A tree of awards; `scope` says what is combined: the same list item, the whole entity, or one year.

    `payers` bear what it leaves, `recipients` get it, each a share; `holds` are the ids of the trees that stand in it
    as members.
    """

    id: str
    policy: Policy
    title: Name
    cite: tuple[Citation, ...]
    scope: StackScope
    tree: Stack
    readings: tuple[Reading, ...]
    payers: tuple[Part, ...] = ()
    recipients: tuple[Part, ...] = ()
    holds: tuple[str, ...] = field(default=(), compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)


@record
class Alternative:
    """Another reading that can be worked out: `becomes` instead of the rule or tree `of`; None: the tree falls away."""

    of: str
    reading: Reading
    id: str
    label: Name | None
    becomes: AnyRule | Stacking | None


@dataclass(frozen=True)
class Rulebook:
    """Everything that was checked, rules in the order of their files; `files` maps each file read to its SHA-256.

    `facts` adds to the vocabulary's the attested ones that rules declare, `yearly` holds those asked for each year;
    `unread` names the policies that were passed over because they cannot concern the place asked about; `doubts` are
    warnings of what is legal but probably not meant.
    """

    vocabulary: Vocabulary
    policies: Mapping[str, Policy]
    rules: Mapping[str, AnyRule]
    stackings: tuple[Stacking, ...]
    facts: Mapping[str, Fact]
    yearly: Mapping[str, Metric]
    files: Mapping[str, str]
    unread: frozenset[str] = frozenset()
    alternatives: tuple[Alternative, ...] = ()
    doubts: tuple[Diagnostic, ...] = ()

    @cached_property
    def memo(self) -> dict[str, object]:
        """What an engine works out once for this rulebook, under the engine's name."""
        return {}

    @cached_property
    def _by_jurisdiction(self) -> dict[str, tuple[AnyRule, ...]]:
        found: dict[str, list[AnyRule]] = {}
        for rule in self.rules.values():
            found.setdefault(rule.policy.jurisdiction, []).append(rule)
        return {place: tuple(rules) for place, rules in found.items()}

    @cached_property
    def _candidates(self) -> dict[tuple[str, str], tuple[AnyRule, ...]]:
        return {}

    def trees(self, policies: Collection[str]) -> tuple[Stacking, ...]:
        """The trees of these policies, and those that hold one of them."""
        return tuple(
            tree
            for tree in self.stackings
            if tree.policy.id in policies or any(id.partition("/")[0] in policies for id in tree.holds)
        )

    def candidates(self, place: str, kind: str) -> tuple[AnyRule, ...]:
        """The rules that can concern a profile of `kind` at `place`, in the order of the rulebook.

        Those of its jurisdiction chain; for an organisation also those below, for its place may be known no further.
        A region is asked its own kind's rules only; an organisation those of every kind of organisation.
        """
        known = self._candidates.get((place, kind))
        if known is None:
            known = self._candidates[place, kind] = tuple(self._find(place, kind))
        return known

    def _find(self, place: str, kind: str) -> Iterator[AnyRule]:
        kinds = self.vocabulary.kinds
        group = kinds[kind].group
        steps = place.split("/") if place else []
        chain = {"/".join(steps[: length + 1]) for length in range(len(steps))}
        for jurisdiction, rules in self._by_jurisdiction.items():
            below = group != "region" and (not place or jurisdiction.startswith(f"{place}/"))
            if jurisdiction not in chain and not below:
                continue
            for rule in rules:
                if group == "region":
                    if kind in rule.kinds:
                        yield rule
                elif any(kinds[other].group == group for other in rule.kinds):
                    yield rule
