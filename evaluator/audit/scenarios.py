"""Recorded cases: scenario files read, bound and decided, and what came out compared with what must.

In: a file or folder of scenarios and a rulebook. Out: `Scenario`s (or every diagnostic), then a `Result` for each with
its differences as data. Nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from evaluator.audit.scenario_documents import ExpectedFinding, ExpectedSum, ScenarioDocument, ScenarioFile
from evaluator.audit.scenario_profiles import Profiles
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.engines.decide import decide
from evaluator.engines.decision import Amount, Decision, Finding, Totals
from evaluator.report.figures import gap_type
from evaluator.rulebook.choices import read_choices
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.outcomes import OUTCOME_NAMES, finding_ids
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.validate import validate
from evaluator.rulebook.vocabulary import Exact, Name, NumberType, exact
from evaluator.rulebook.yamlfile import SPAN, Loaded, Text, read_file
from evaluator.source import Span

Plain: TypeAlias = str | bool | Exact | tuple[str, ...] | None
"""A value expected or found: numbers exact, money in yuan, a gap in its metric's unit, ids and paths as texts."""
TOTALS = "totals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One thing that must come out: `finding` is a global id, or `totals`; `field` as the file calls it.

    The key of a mapping follows after a point: `later.guaranteed`, `payers.市.potential`. `tree`: the id is that of a
    stacking.
    """

    finding: str
    field: str
    value: Plain
    tree: bool = False
    span: Span | None = attribute(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One recorded case, bound to the rulebook. `policy` is the folder's; `id` is unique in its file."""

    id: str
    policy: str
    file: str
    purpose: Name
    as_of: date
    policies: tuple[str, ...]
    rules: tuple[str, ...]
    assumptions: Mapping[str, object]
    choices: Mapping[str, str]
    profile: Profile
    expected: tuple[Expected, ...]
    span: Span | None = attribute(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where what came out is not what must; `found` is None with `decided` False when no such finding came out."""

    expected: Expected
    found: Plain
    decided: bool = True


@dataclass(frozen=True)
class Result:
    """A scenario with its decision and the differences."""

    scenario: Scenario
    decision: Decision
    differences: tuple[Difference, ...]

    @cached_property
    def findings(self) -> Mapping[str, Finding]:
        """The findings by id."""
        return {finding.id: finding for finding in self.decision.findings}


# ------------------------------------------------------------------ reading


def load_scenarios(path: Path, rulebook: Rulebook, *, policies: Sequence[str] = ()) -> tuple[Scenario, ...]:
    """The scenarios of a file, or of every file below a folder; with `policies` only those of such folders.

    Raises RuleError with every diagnostic.
    """
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if path.is_dir() and not files:
        help = "a scenario file is a YAML file with the key `scenarios`"
        raise RuleError(
            [Diagnostic("no-scenarios", "there is no scenario file in this folder", where=str(path), help=help)]
        )
    reader = _Reader(rulebook)
    for file in files:
        if not policies or file.resolve().parent.name in policies:
            reader.read(file)
    if reader.problems:
        raise RuleError(reader.problems)
    return tuple(reader.scenarios)


class _Reader:
    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.problems: list[Diagnostic] = []
        self.scenarios: list[Scenario] = []
        self.ids = {id: rule for rule in rulebook.rules.values() for id in finding_ids(rule)}

    def problem(self, code: str, message: str, span: Span | None, help: str | None = None) -> None:
        self.problems.append(Diagnostic(code, message, span, help))

    def read(self, path: Path) -> None:
        """Every scenario of one file."""
        try:
            loaded_files = read_file(path)
        except RuleError as error:
            self.problems += error.diagnostics
            return
        if not loaded_files:
            self.problems.append(
                Diagnostic("no-scenarios", "the file is empty", where=str(path), help="start it with `scenarios:`")
            )
        seen: set[str] = set()
        for loaded in loaded_files:
            doc = validate(ScenarioFile, loaded, self.problems)
            if doc is None:
                continue
            profiles = Profiles(loaded, doc, path.parent, self.rulebook, self.problems)
            for index, entry in enumerate(doc.scenarios):
                if entry.id in seen:
                    self.problem("duplicate-id", f"there are two scenarios `{entry.id}` in this file", entry.id.span)
                seen.add(entry.id)
                self._scenario(entry, path, loaded, index, profiles)

    def _scenario(self, doc: ScenarioDocument, path: Path, loaded: Loaded, index: int, profiles: Profiles) -> None:
        folder = path.resolve().parent.name
        own = folder if folder in self.rulebook.policies else next(iter(doc.policies), folder)
        for policy in doc.policies:
            if policy not in self.rulebook.policies:
                help = did_you_mean(policy, self.rulebook.policies)
                self.problem("unknown-policy", f"there is no policy `{policy}`", policy.span, help)
        rules = tuple(self._rule(word, own) for word in doc.rules)
        assumptions = {str(word): value for word, value in doc.assume.items() if word != SPAN}
        choices = self._choices(doc, own, loaded, index)
        expected = tuple(self._expected(doc, own, loaded, index))
        if not expected:
            self.problem("no-expectation", f"the scenario `{doc.id}` expects nothing", doc.id.span)
        profile = profiles.bound(index, assumptions)
        if profile is None:
            return
        scenario = Scenario(
            id=str(doc.id),
            policy=own,
            file=loaded.source.name,
            purpose=Name(zh=str(doc.purpose.zh), en=str(doc.purpose.en)),
            as_of=date.fromisoformat(doc.as_of),
            policies=tuple(map(str, doc.policies)),
            rules=rules,
            assumptions=assumptions,
            choices=choices,
            profile=profile,
            expected=expected,
            span=doc.id.span,
        )
        self.scenarios.append(scenario)

    def _choices(self, doc: ScenarioDocument, own: str, loaded: Loaded, index: int) -> dict[str, str]:
        """Global ids of stackings to those of the awards chosen; short ids are those of the folder's policy."""
        chosen: dict[str, str] = {}
        stackings = {stacking.id for stacking in self.rulebook.stackings}
        for word, award in doc.choose.items():
            own_id = f"{own}/{word}"
            try:
                chosen |= read_choices(self.rulebook, {own_id if own_id in stackings else str(word): str(award)})
            except RuleError as error:
                key = loaded.span_at(("scenarios", index, "choose", word), key=True)
                for found in error.diagnostics:
                    span = key if found.code == "unknown-stacking" else award.span
                    self.problem(found.code, found.message, span, found.help)
        return chosen

    def _rule(self, word: Text, own: str) -> str:
        id = str(word) if "/" in word else f"{own}/{word}"
        if id not in self.rulebook.rules:
            self._unknown(word, own, [*self.rulebook.rules])
        return id

    def _finding(self, word: Text, own: str, span: Span | None) -> str:
        id = str(word) if "/" in word else f"{own}/{word}"
        if id not in self.ids:
            rule = self.rulebook.rules.get(id)
            if rule is not None:
                listed = [self._short(other, own) for other in finding_ids(rule)]
                help = "its findings are " + ", ".join(f"`{other}`" for other in listed[:12])
                self.problem("unknown-finding", f"`{word}` has a finding for each date or year", span, help)
            else:
                self._unknown(word, own, [*self.ids], span)
        return id

    def _unknown(self, word: Text, own: str, ids: Sequence[str], span: Span | None = None) -> None:
        known = [*(id for id in ids if id.startswith(f"{own}/")), *ids]
        shown = [self._short(id, own) if "/" not in word else id for id in known]
        help = did_you_mean(str(word), shown)
        self.problem("unknown-rule", f"no rule has the finding `{word}`", span or word.span, help)

    def _short(self, id: str, own: str) -> str:
        return id.removeprefix(f"{own}/")

    # ------------------------------------------------------------------ what must come out

    def _expected(self, doc: ScenarioDocument, own: str, loaded: Loaded, index: int) -> Iterator[Expected]:
        at: tuple[str | int, ...] = ("scenarios", index, "expect")
        totals = doc.expect.totals
        for name in () if totals is None else sorted(totals.model_fields_set - {"span"}):
            yield from _values(TOTALS, name, getattr(totals, name), loaded, (*at, TOTALS, name))
        outcomes: dict[str, str] = {}
        for outcome in OUTCOME_NAMES if doc.expect.outcomes is not None else ():
            words: tuple[Text, ...] = getattr(doc.expect.outcomes, outcome)
            for word in words:
                id = self._finding(word, own, word.span)
                if id in outcomes:
                    self.problem("twice", f"`{word}` is expected to be `{outcomes[id]}` too", word.span)
                outcomes[id] = outcome
                yield Expected(finding=id, field="outcome", value=outcome, span=word.span)
        for word, finding in doc.expect.findings.items():
            if word != SPAN:
                here = (*at, "findings", word)
                key = loaded.span_at(here, key=True)
                yield from self._of_finding(self._finding(word, own, key), finding, outcomes, loaded, here)
        for word, stacking in doc.expect.stackings.items():
            if word != SPAN:
                here = (*at, "stackings", word)
                id = self._stacking(word, own, loaded.span_at(here, key=True))
                for name in sorted(stacking.model_fields_set - {"span"}):
                    for one in _values(id, name, getattr(stacking, name), loaded, (*here, name)):
                        yield replace(one, tree=True)

    def _stacking(self, word: str, own: str, span: Span | None) -> str:
        """The global id of a tree that combines awards."""
        id = word if "/" in word else f"{own}/{word}"
        known = [stacking.id for stacking in self.rulebook.stackings]
        if id not in known:
            help = did_you_mean(word, [self._short(one, own) for one in known])
            self.problem("unknown-stacking", f"there is no stacking `{word}` by itself", span, help)
        return id

    def _of_finding(
        self,
        id: str,
        doc: ExpectedFinding,
        outcomes: Mapping[str, str],
        loaded: Loaded,
        at: tuple[str | int, ...],
    ) -> Iterator[Expected]:
        for name in ExpectedFinding.model_fields:
            if name not in doc.model_fields_set or name == "span":
                continue
            span = loaded.span_at((*at, name))
            if name == "outcome" and id in outcomes:
                if outcomes[id] != doc.outcome:
                    self.problem("twice", f"it is expected to be `{outcomes[id]}` too", span)
                continue
            yield from _values(id, name, getattr(doc, name), loaded, (*at, name))


def _values(finding: str, field: str, value: object, loaded: Loaded, at: tuple[str | int, ...]) -> Iterator[Expected]:
    """One thing expected, or one for each key of a mapping."""
    match value:
        case ExpectedSum():
            for name in sorted(value.model_fields_set - {"span"}):
                yield from _values(finding, f"{field}.{name}", getattr(value, name), loaded, (*at, name))
        case dict():
            for name, part in value.items():
                yield from _values(finding, f"{field}.{name}", part, loaded, (*at, name))
        case _:
            yield Expected(finding=finding, field=field, value=_plain(value), span=loaded.span_at(at))


def _plain(value: object) -> Plain:
    match value:
        case bool() | int() | None:
            return value
        case Decimal():
            return exact(Fraction(value))
        case tuple():
            return tuple(map(str, value))
        case _:
            return str(value)


# ------------------------------------------------------------------ running


def run_scenarios(scenarios: Sequence[Scenario], rulebook: Rulebook) -> Iterator[Result]:
    """Decide every scenario and compare, in order."""
    for scenario in scenarios:
        decision = decide(
            rulebook,
            scenario.profile,
            as_of=scenario.as_of,
            policies=scenario.policies,
            rules=scenario.rules,
            assumptions=scenario.assumptions,
            choices=scenario.choices,
        )
        yield Result(scenario, decision, tuple(_differences(scenario, decision, rulebook)))


def _differences(scenario: Scenario, decision: Decision, rulebook: Rulebook) -> Iterator[Difference]:
    findings = {finding.id: finding for finding in decision.findings}
    for expected in scenario.expected:
        if expected.finding == TOTALS:
            total = _of_totals(decision.totals, expected.field)
            if total != expected.value:
                yield Difference(expected=expected, found=total)
            continue
        if expected.tree:
            yield from _of_tree(decision, expected)
            continue
        finding = findings.get(expected.finding)
        if finding is None:
            yield Difference(expected=expected, found=None, decided=False)
            continue
        found = found_value(finding, expected.field, rulebook)
        if not _agree(expected, found):
            yield Difference(expected=expected, found=found)


def _of_tree(decision: Decision, expected: Expected) -> Iterator[Difference]:
    """Where what awards come to together is not what must."""
    entry = next((one for one in decision.stacked if one.stacking.id == expected.finding), None)
    if entry is None:
        yield Difference(expected=expected, found=None, decided=False)
        return
    part, _, name = expected.field.partition(".")
    ends: tuple[Exact, Exact | None] | None = (entry.guaranteed, entry.potential)
    if part == "later":
        ends = entry.later
    elif part in ("payers", "recipients"):
        parts = entry.payers if part == "payers" else entry.recipients
        who = name.rpartition(".")[0]
        ends = next(((low, high) for known, low, high in parts if known.zh == who), None)
    found = None if ends is None else ends[0] if expected.field.endswith("guaranteed") else ends[1]
    if found != expected.value:
        yield Difference(expected=expected, found=found)


def _agree(expected: Expected, found: Plain) -> bool:
    if isinstance(expected.value, tuple) and isinstance(found, tuple):
        if expected.field == "article":
            return set(expected.value) <= set(found)
        return sorted(expected.value) == sorted(found)
    truths = isinstance(expected.value, bool), isinstance(found, bool)
    return truths[0] is truths[1] and expected.value == found


def _of_totals(totals: Totals, field: str) -> Plain:
    name, _, end = field.partition(".")
    value: Exact | tuple[Exact, Exact | None] | None = getattr(totals, name)
    return value[0 if end == "guaranteed" else 1] if isinstance(value, tuple) else value


def _of_lines(amount: Amount, field: str) -> Plain:
    """The sum of lines: those that come `later`, or of what has accrued those of one payer or recipient.

    None where nothing bounds them, and where there is no such payer or recipient.
    """
    part, _, end = field.rpartition(".")
    part, _, name = part.partition(".")
    if part == "later":
        lines = [line for line in amount.lines if line.state == "later"]
    else:
        of = [(line, line.payer if part == "payers" else line.recipient) for line in amount.lines]
        named = [line for line, who in of if who is not None and who.zh == name]
        lines = [line for line in named if line.state == "accrued"]
        if not named:
            return None
    ends = [line.guaranteed if end == "guaranteed" else line.potential for line in lines]
    return None if None in ends else sum(end for end in ends if end is not None)


def found_value(finding: Finding, field: str, rulebook: Rulebook) -> Plain:
    """What came out of a finding under the name that scenario files use."""
    amount = finding.amount
    match field.partition(".")[0]:
        case "outcome":
            return finding.outcome.value
        case "breach":
            return finding.breach
        case "gap":
            return _in_unit(finding, rulebook)
        case "reason":
            return None if finding.reason is None else finding.reason.code
        case "guaranteed":
            return amount.guaranteed if amount is not None and amount.stated else None
        case "potential":
            return amount.potential if amount is not None and amount.stated else None
        case "stated":
            return None if amount is None else amount.stated
        case "later" | "payers" | "recipients":
            return None if amount is None else _of_lines(amount, field)
        case "claw_back":
            owed = finding.claw_back
            return None if owed is None else owed.guaranteed if field.endswith(".guaranteed") else owed.potential
        case "missing":
            return tuple(leaf.path for leaf in finding.missing)
        case "decisions":
            return tuple(leaf.path for leaf in finding.decisions)
        case "article":
            return tuple(dict.fromkeys(cite.article for cite in finding.cite))
        case _:
            raise AssertionError(f"a finding has no `{field}`")


def _in_unit(finding: Finding, rulebook: Rulebook) -> Exact | None:
    """The gap in the unit in which the figure is given."""
    if finding.gap is None or finding.target is None:
        return finding.gap
    type_ = gap_type(finding.target)
    unit = rulebook.vocabulary.units.get(type_.unit) if isinstance(type_, NumberType) else None
    return finding.gap if unit is None else exact(Fraction(finding.gap) / unit.factor)
