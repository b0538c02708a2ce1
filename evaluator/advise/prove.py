"""All properties of a rulebook in one run: what each came to, policy by policy, and how long its questions took.

Rules that ask alike are asked once (`shapes`); only where the one that was asked fails, its like are asked as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from time import monotonic
from typing import Final, TypeAlias
from warnings import catch_warnings, simplefilter

from evaluator.advise import amounts, pairs, single, trees, vague
from evaluator.advise.declared import declared as declare
from evaluator.advise.properties import PROPERTIES
from evaluator.advise.questions import Limits, Questions
from evaluator.advise.shapes import shape
from evaluator.advise.verdict import Status, Verdict
from evaluator.engines.smt import require
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.declared import Declared
from evaluator.rulebook.stacking import leaves

Single: TypeAlias = Callable[[model.AnyRule, Questions], Iterator[Verdict]]


@row
class Report:
    """What came out: verdicts other than *holds*, how many hold by (policy, property), and the questions' times."""

    rulebook: model.Rulebook
    policies: tuple[model.Policy, ...]
    properties: tuple[str, ...]
    limits: Limits
    verdicts: tuple[Verdict, ...]
    held: Counter[tuple[str, str]]
    times: tuple[tuple[str, int], ...]
    milliseconds: int

    def count(self, policy: str, about: str, status: Status) -> int:
        """How many verdicts of a policy and property have that status."""
        if status is Status.HOLDS:
            return self.held[policy, about]
        return sum(
            verdict.status is status and verdict.about == about and verdict.policy == policy
            for verdict in self.verdicts
        )

    @property
    def refuted(self) -> bool:
        """Whether some property fails."""
        return any(verdict.status is Status.FAILS for verdict in self.verdicts)


def _award(check: Callable[[model.Award, Questions], Iterator[Verdict]]) -> Single:
    def asked(rule: model.AnyRule, questions: Questions) -> Iterator[Verdict]:
        return check(rule, questions) if isinstance(rule, model.Award) else iter(())

    return asked


def _target(check: Callable[[model.Target, Questions], Iterator[Verdict]]) -> Single:
    def asked(rule: model.AnyRule, questions: Questions) -> Iterator[Verdict]:
        return check(rule, questions) if isinstance(rule, model.Target) else iter(())

    return asked


_SINGLE: Final[tuple[tuple[tuple[str, ...], Single], ...]] = (
    (("outcomes",), single.outcomes),
    (("table-overlap", "table-gap"), _award(amounts.tables)),
    (("idle",), single.idle),
    (("more-pays-more", "cliff"), _award(amounts.more)),
    (("cap",), _award(amounts.caps)),
    (("later-targets",), _target(pairs.later)),
    (("refinement",), single.refinement),
)
"""Properties of one rule, asked once for all of a shape."""

_TOGETHER: Final[
    tuple[tuple[tuple[str, ...], Callable[[Sequence[model.AnyRule], Questions], Iterator[Verdict]]], ...]
] = (
    (("cap", "idle", "refinement"), trees.trees),
    (("same-matter", "same-document"), pairs.awards),
    (("targets-agree",), pairs.targets),
    (("duties-agree",), pairs.duties),
)
"""Properties of several rules."""


def prove(
    rulebook: model.Rulebook,
    *,
    policies: Collection[str] = (),
    rules: Collection[str] = (),
    properties: Collection[str] = (),
    declared: Sequence[Declared] = (),
    limits: Limits | None = None,
    processes: int = 1,
) -> Report:
    """Ask for the named properties (all, where none is named) of the rules of these policies, or of these rules.

    `declared` are those that stand beside the rules (`rulebook.declared.read_declared`).
    """
    require()
    begun = monotonic()
    wanted = tuple(id for id in PROPERTIES if not properties or id in properties)
    chosen = [
        rule
        for rule in rulebook.rules.values()
        if not rule.stub and (not policies or rule.policy.id in policies) and (not rules or rule.id in rules)
    ]
    bounds = limits or Limits()
    groups = _groups(chosen, {id for tree in rulebook.stackings for id in leaves(tree.tree)})
    if len(groups) < MANY or "fork" not in get_all_start_methods():
        processes = 1
    parts = [groups[index::processes] for index in range(processes)]
    if processes > 1:
        with ProcessPoolExecutor(processes - 1, mp_context=get_context("fork")) as pool, catch_warnings():
            simplefilter("ignore", DeprecationWarning)  # of forking beside threads, which the solver's own survive
            _SHARED["work"] = (rulebook, wanted, bounds)
            waiting = [pool.submit(_work, [[rule.id for rule in group] for group in part]) for part in parts[1:]]
            results = [_singles(rulebook, parts[0], wanted, bounds)]
            results[0] = _merge([results[0], _together(rulebook, chosen, wanted, bounds)])
            results += [done.result() for done in waiting]
    else:
        results = [_singles(rulebook, parts[0], wanted, bounds), _together(rulebook, chosen, wanted, bounds)]
    verdicts, held, times = _merge(results)
    if "declared" in wanted:
        chosen_ids = {rule.id for rule in chosen}
        questions = Questions(rulebook, bounds)
        for verdict in declare([one for one in declared if one.rule.id in chosen_ids], questions):
            if verdict.status is Status.HOLDS:
                held[verdict.policy, "declared"] += 1
            else:
                verdicts.append(verdict)
        times += questions.times
    order = {id: index for index, id in enumerate(rulebook.rules)}
    places = {id: index for index, id in enumerate(PROPERTIES)}
    verdicts.sort(key=lambda verdict: (places[verdict.about], order[verdict.rules[0].id], verdict.entry))
    concerned = {rule.policy.id: rule.policy for rule in chosen}
    return Report(
        rulebook,
        tuple(concerned.values()),
        wanted,
        bounds,
        tuple(verdicts),
        held,
        tuple(times),
        int((monotonic() - begun) * 1000),
    )


MANY: Final = 60
"""From how many shapes of rules on a second process is worth its start."""

Result: TypeAlias = "tuple[list[Verdict], Counter[tuple[str, str]], list[tuple[str, int]]]"
_SHARED: dict[str, tuple[model.Rulebook, tuple[str, ...], Limits]] = {}
"""What a forked worker reads: a rulebook is too large to send."""


def _groups(rules: Iterable[model.AnyRule], stacked: Collection[str]) -> list[list[model.AnyRule]]:
    """Rules of one shape together; those that are stacked with others each alone."""
    found: dict[object, list[model.AnyRule]] = defaultdict(list)
    for rule in rules:
        found[rule.id if rule.id in stacked else shape(rule)].append(rule)
    return list(found.values())


def _work(ids: Sequence[Sequence[str]]) -> Result:
    """A worker's part; spans and rules are sent back by id only."""
    rulebook, wanted, limits = _SHARED["work"]
    return _singles(rulebook, [[rulebook.rules[id] for id in group] for group in ids], wanted, limits)


def _singles(
    rulebook: model.Rulebook, groups: Sequence[Sequence[model.AnyRule]], wanted: Collection[str], limits: Limits
) -> Result:
    questions = Questions(rulebook, limits)
    verdicts: list[Verdict] = []
    held: Counter[tuple[str, str]] = Counter()

    def keep(found: Iterable[Verdict], times: int = 1) -> bool:
        fine = True
        for verdict in found:
            if verdict.about not in wanted:
                continue
            if verdict.status is Status.HOLDS:
                held[verdict.policy, verdict.about] += times
            else:
                fine = False
                verdicts.append(verdict)
        return fine

    for group in groups:
        first, *like = group
        for names, check in _SINGLE:
            if not any(name in wanted for name in names):
                continue
            found = list(check(first, questions))
            if all(verdict.status is Status.HOLDS for verdict in found):
                keep(found, len(group))
            else:
                keep(found)
                for rule in like:
                    keep(check(rule, questions))
        for rule in group:
            keep(vague.terms(rule))
    return verdicts, held, questions.times


def _together(
    rulebook: model.Rulebook, rules: Sequence[model.AnyRule], wanted: Collection[str], limits: Limits
) -> Result:
    questions = Questions(rulebook, limits)
    verdicts: list[Verdict] = []
    held: Counter[tuple[str, str]] = Counter()
    for names, check in _TOGETHER:
        if not any(name in wanted for name in names):
            continue
        for verdict in check(rules, questions):
            if verdict.about not in wanted:
                continue
            if verdict.status is Status.HOLDS:
                held[verdict.policy, verdict.about] += 1
            else:
                verdicts.append(verdict)
    return verdicts, held, questions.times


def _merge(results: Iterable[Result]) -> Result:
    verdicts: list[Verdict] = []
    held: Counter[tuple[str, str]] = Counter()
    times: list[tuple[str, int]] = []
    for more, holding, took in results:
        verdicts += more
        held += holding
        times += took
    return verdicts, held, times
