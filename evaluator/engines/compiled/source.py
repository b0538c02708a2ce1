"""The generated function of one kind of body at one place: every rule that can concern it, in order.

    def answer(profile):
        facts = profile.facts
        metrics = profile.metrics
        try:                                    # a target: its findings were made once, one is chosen
            f0 = k12 if (metrics['rate'][2023] >= Fraction(23, 25)) else k13
        except OPEN:                            # something is not exactly known
            f0 = slow(0, profile)
        ...
        return (f0, f1, ...), (a1, ...)

The second tuple holds what each award pays: the entries with their yuan where all is known, else the `Amount` of the
general path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, TypeAlias, assert_never, cast

from evaluator.engines.compiled.answer import Brief, Payment
from evaluator.engines.compiled.duties import required_of, tests_of, undated_years
from evaluator.engines.compiled.native import Native, NotNative
from evaluator.engines.compiled.payments import payable
from evaluator.engines.decision import Amount, Outcome
from evaluator.rulebook import ir, model
from evaluator.rulebook.profile import Profile

BINDING: Final = frozenset({"must", "plan"})
Choices: TypeAlias = "list[tuple[str, Outcome]]"
"""Conditions with the outcome of each, tried in order; that of the last stands alone."""
Judged: TypeAlias = "Outcome | Choices"
Run: TypeAlias = "Callable[[Profile], tuple[tuple[Brief, ...], tuple[Payment, ...]]]"


def brief(rule: model.AnyRule, key: str, modality: model.Modality, outcome: Outcome) -> Brief:
    """The finding of an outcome, without an amount."""
    id = f"{rule.id}#{key}" if key else rule.id
    return Brief(id, outcome, outcome is Outcome.NOT_SATISFIED and modality in BINDING)


def paid_brief(rule: model.Award, outcome: Outcome, amount: Amount | None) -> Brief:
    """The finding of an award."""
    if amount is None:
        return Brief(rule.id, outcome, False)
    return Brief(rule.id, outcome, False, amount.guaranteed, amount.potential, amount.stated)


class Source:
    """Writes the function; `slow_award` and `slow_duty` answer a rule by its number on the general path."""

    def __init__(
        self,
        native: Native,
        slow_award: Callable[[int, Profile], tuple[Brief, Amount | None]],
        slow_duty: Callable[[int, Profile], Sequence[Brief]],
    ) -> None:
        self.native, self.names = native, native.names
        self.names.values |= {"slow_award": slow_award, "slow_duty": slow_duty, "Brief": Brief}
        self.names.values |= {"SATISFIED": Outcome.SATISFIED, "made": tuple.__new__}
        self.as_of = date.fromordinal(native.general.as_of)
        self.findings: list[str] = []
        self.payments: list[str] = []

    def compile(self, rules: Sequence[model.AnyRule]) -> Run:
        """The function for these rules."""
        body = [f" {line}" for number, rule in enumerate(rules) for line in self._rule(number, rule)]
        lines = ["def answer(profile):", " facts = profile.facts", " metrics = profile.metrics"]
        for fact, variable in self.names.lists.items():
            lines += [" try:", f"  {variable} = [entry.values for entry in full(facts[{fact!r}])]"]
            lines += [" except OPEN:", f"  {variable} = None"]
        lines += body
        lines.append(f" return ({_listed(self.findings)}), ({_listed(self.payments)})")
        exec("\n".join(lines), self.names.values)
        return cast(Run, self.names.values["answer"])

    def _rule(self, number: int, rule: model.AnyRule) -> list[str]:
        if rule.stub:
            self.findings.append(self.names.of(brief(rule, "", rule.modality, Outcome.INDETERMINATE)))
            return []
        gate = self._gate(rule)
        match rule:
            case model.Award():
                return self._award(number, rule, gate)
            case model.Target():
                keys = [(entry.key, entry.modality) for entry in rule.entries]
                return self._duty(
                    number, rule, keys, gate, lambda: [self._entry(rule, entry) for entry in rule.entries]
                )
            case model.Obligation():
                keys = [(duty.key, rule.modality) for duty in rule.duties]
                return self._duty(number, rule, keys, gate, lambda: [self._due(rule, duty) for duty in rule.duties])
            case _:
                assert_never(rule)

    def _gate(self, rule: model.AnyRule) -> str | None:
        """The gates that are left to test; `True` or `False` where none is, None where they have no form here."""
        left = self.native.gates_left(rule)
        if left is None:
            return "False"
        try:
            return self.native.text(ir.AllOf(operands=left))
        except NotNative:
            return None

    # ------------------------------------------------------------------ awards

    def _award(self, number: int, rule: model.Award, gate: str | None) -> list[str]:
        amount = None if rule.amount is None else Amount(0, 0, not isinstance(rule.amount, model.Unstated))
        shut = self.names.of(paid_brief(rule, Outcome.NOT_APPLICABLE, amount))
        found, lines = f"f{number}", f"p{number}"
        if gate == "False":
            self.findings.append(shut)
            if rule.amount is not None:
                self.payments.append("()")
            return []
        self.findings.append(found)
        if rule.amount is not None:
            self.payments.append(lines)
        slow = f"{found}, {lines} = slow_award({number}, profile)"
        try:
            body = self._counted(rule, found, lines)
        except NotNative:
            return [slow]
        if gate is None:
            return [slow]
        if gate != "True":
            body = [f"if {gate}:", *(f" {line}" for line in body), "else:", f" {found} = {shut}", f" {lines} = ()"]
        return ["try:", *(f" {line}" for line in body), "except OPEN:", f" {slow}"]

    def _counted(self, rule: model.Award, found: str, lines: str) -> list[str]:
        """Whether anything counts, and what it pays."""
        native = self.native
        tests = tuple(test for test in (rule.counts, rule.when) if test is not None)
        counts = native.text(ir.AllOf(operands=tests))
        missed, met = self._ends(rule)
        if rule.selection or rule.instalments or rule.payers or rule.recipients:
            raise NotNative("depends on other entries, or is split into payments")
        if rule.amount is None or isinstance(rule.amount, model.Unstated):
            if rule.each is not None:
                every = ir.AllOf(operands=tests)
                counts = f"any({native.each(every, ir.Items(fact=rule.each, depth=0, where=None))})"
            return [f"{found} = {met} if {counts} else {missed}", f"{lines} = ()"]
        due = payable(rule.amount, native)
        made = f"{found} = made(Brief, ({rule.id!r}, SATISFIED, False, a, a, True))"
        if rule.each is None:
            paying = [f"a = {due}", made, f"{lines} = ((facts, a),)"]
            return [
                f"if {counts}:",
                *(f" {line}" for line in paying),
                "else:",
                f" {found} = {missed}",
                f" {lines} = ()",
            ]
        return [
            "a = 0",
            f"{lines} = []",
            f"for v0 in {self.names.entries(rule.each.id)}:",
            f" if {counts}:",
            f"  b = {due}",
            "  a += b",
            f"  {lines}.append((v0, b))",
            f"if {lines}:",
            f" {made}",
            "else:",
            f" {found} = {missed}",
        ]

    def _ends(self, rule: model.Award) -> tuple[str, str]:
        """The findings that were made once: nothing counts; something does, without a stated amount."""
        nothing = unstated = None
        if isinstance(rule.amount, model.Unstated):
            nothing = unstated = Amount(0, None, stated=False)
        elif rule.amount is not None:
            nothing = Amount(0, 0, stated=True)
        return (
            self.names.of(paid_brief(rule, Outcome.NOT_SATISFIED, nothing)),
            self.names.of(paid_brief(rule, Outcome.SATISFIED, unstated)),
        )

    # ------------------------------------------------------------------ targets and obligations

    def _duty(
        self,
        number: int,
        rule: model.Target | model.Obligation,
        keys: Sequence[tuple[str, model.Modality]],
        gate: str | None,
        judged: Callable[[], list[Judged]],
    ) -> list[str]:
        """Every entry of the rule, chosen among findings that were made once."""
        shut = [self.names.of(brief(rule, *key, Outcome.NOT_APPLICABLE)) for key in keys]
        if gate == "False":
            self.findings += shut
            return []
        names = [f"f{number}_{index}" for index in range(len(keys))]
        slow = f"{_listed(names)} = slow_duty({number}, profile)"
        try:
            entries = judged()
        except NotNative:
            self.findings += names
            return [slow]
        if gate is None:
            self.findings += names
            return [slow]
        chosen = [self._chosen(rule, key, entry) for key, entry in zip(keys, entries, strict=True)]
        if gate == "True":
            fixed = [isinstance(entry, Outcome) for entry in entries]
            self.findings += [text if known else name for name, text, known in zip(names, chosen, fixed, strict=True)]
            if all(fixed):
                return []
            body = [f"{name} = {text}" for name, text in zip(names, chosen, strict=True)]
        else:
            self.findings += names
            body = [f"if {gate}:", *(f" {name} = {text}" for name, text in zip(names, chosen, strict=True)), "else:"]
            body += [f" {name} = {text}" for name, text in zip(names, shut, strict=True)]
        return ["try:", *(f" {line}" for line in body), "except OPEN:", f" {slow}"]

    def _chosen(self, rule: model.AnyRule, key: tuple[str, model.Modality], judged: Judged) -> str:
        if isinstance(judged, Outcome):
            return self.names.of(brief(rule, *key, judged))
        text = ""
        for condition, outcome in judged[:-1]:
            text += f"{self.names.of(brief(rule, *key, outcome))} if {condition} else "
        return text + self.names.of(brief(rule, *key, judged[-1][1]))

    def _due(self, rule: model.Obligation, duty: model.Duty) -> Judged:
        if duty.due_on is None:
            assert duty.due is not None
            if self.as_of < duty.due:
                return Outcome.NOT_DUE
        holds = self.native.during(duty.year).text(required_of(rule, self.native.at.kind))
        found = [(holds, Outcome.SATISFIED), ("", Outcome.NOT_SATISFIED)]
        if duty.due_on is not None:
            waits = f"({self.native.text(duty.due_on)} > {self.native.general.as_of})"
            found.insert(0, (waits, Outcome.NOT_DUE))
        return found

    def _entry(self, rule: model.Target, entry: model.Entry) -> Judged:
        if entry.due is None or entry.period is None:
            return self._undated(rule, entry)
        if self.as_of < entry.due:
            return Outcome.NOT_DUE
        return self._tested(entry, entry.period)

    def _undated(self, rule: model.Target, entry: model.Entry) -> Judged:
        """Reached in one of its years, or indeterminate."""
        if entry.test is None and entry.holds_if is None:
            return Outcome.INDETERMINATE
        reached = [self._tested(entry, year) for year in undated_years(rule, entry, self.as_of)]
        met = [f"({condition})" for tests in reached for condition, outcome in tests if outcome is Outcome.SATISFIED]
        if entry.test is None:
            raise NotNative("asks what its words entail in several years")
        return [(" or ".join(met), Outcome.SATISFIED), ("", Outcome.INDETERMINATE)]

    def _tested(self, entry: model.Entry, period: int) -> Choices:
        native = self.native.during(period)
        test, entails, suffices = tests_of(entry, native.at.kind)
        if test is not None:
            return [(native.text(test), Outcome.SATISFIED), ("", Outcome.NOT_SATISFIED)]
        found: Choices = []
        if entails is not None:
            found.append((f"not {native.text(entails)}", Outcome.NOT_SATISFIED))
        if suffices is not None:
            found.append((native.text(suffices), Outcome.SATISFIED))
        return [*found, ("", Outcome.INDETERMINATE)]


def _listed(names: Sequence[str]) -> str:
    """The inside of a tuple."""
    return "".join(f"{name}, " for name in names)
