"""The reference engine: one profile, one date, every finding with its whole trace.

Read `walk` (expressions), `amounts`, `awards` (incentives and supports) and `duties` (targets and obligations); all
other engines are held to what these four say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import assert_never, cast

from evaluator.engines.decide.awards import Awards
from evaluator.engines.decide.duties import obligations, targets, unfinished
from evaluator.engines.decide.env import Env, Lasting
from evaluator.engines.decide.missing import missing_of
from evaluator.engines.decide.walk import walk
from evaluator.engines.decision import Decision, Finding, Stacked
from evaluator.engines.intervals import Number
from evaluator.engines.stacking import stack, totals
from evaluator.engines.trace import Step
from evaluator.rulebook import ir, model
from evaluator.rulebook.overrides import Override
from evaluator.rulebook.profile import Profile


def decide(
    rulebook: model.Rulebook,
    profile: Profile,
    *,
    as_of: date,
    policies: Collection[str] = (),
    rules: Collection[str] = (),
    assumptions: Mapping[str, object] | None = None,
    choices: Mapping[str, str] | None = None,
    changes: Sequence[Override] = (),
) -> Decision:
    """Decide every rule that can concern the profile, or those of the named policies and rules.

    `choices` maps stackings in which the applicant chooses to the awards chosen, both by their global ids.
    `assumptions` and `changes` are those that went into profile and rulebook; they are repeated in the answer.
    """
    selected = select(rulebook, profile, policies, rules)
    env = Env(profile, as_of, rulebook.vocabulary, _lasting(rulebook))
    awards = env.awards = Awards(rulebook.rules, env)
    findings: list[Finding] = []
    for rule in selected:
        if rule.stub:
            findings.append(unfinished(rule))
            continue
        match rule:
            case model.Award():
                findings.append(awards.finding(rule))
            case model.Target():
                findings.extend(targets(rule, env))
            case model.Obligation():
                findings.extend(obligations(rule, env))
            case _:
                assert_never(rule)
    concerned = {rule.policy.id: rule.policy for rule in selected}
    stacked = _stacked(rulebook.trees(concerned), findings, env, choices)
    return Decision(
        rulebook=rulebook,
        policies=tuple(concerned.values()),
        profile=profile,
        as_of=as_of,
        findings=tuple(findings),
        stacked=stacked,
        totals=totals(findings, stacked),
        assumptions=assumptions or {},
        choices=choices or {},
        changes=changes,
    )


def _stacked(
    stackings: Iterable[model.Stacking], findings: Sequence[Finding], env: Env, choices: Mapping[str, str] | None
) -> tuple[Stacked, ...]:
    """The trees, each with what is missing for the numbers that it reads."""
    found: list[Stacked] = []
    for stacking in stackings:
        steps: list[Step] = []

        def read(node: ir.Expr, steps: list[Step] = steps) -> Number:
            steps.append(walk(node, env))
            return cast(Number, steps[-1].value)

        for entry in stack((stacking,), findings, read, choices):
            shares = [(low, high) for _, low, high in (*entry.payers, *entry.recipients)]
            open_ = any(low != high for low, high in ((entry.guaranteed, entry.potential), *shares))
            missing, decisions = missing_of(steps) if steps and open_ else ((), ())
            found.append(replace(entry, missing=missing, decisions=decisions) if missing or decisions else entry)
    return tuple(found)


def _lasting(rulebook: model.Rulebook) -> Lasting:
    """The steps made once for a rulebook."""
    return cast(Lasting, rulebook.memo.setdefault("decide", Lasting()))


def select(
    rulebook: model.Rulebook, profile: Profile, policies: Collection[str], rules: Collection[str]
) -> Iterable[model.AnyRule]:
    """The rules to decide: those named, or all that can concern the profile."""
    if not policies and not rules:
        return rulebook.candidates(profile.place, profile.kind)
    return tuple(rule for rule in rulebook.rules.values() if rule.policy.id in policies or rule.id in rules)
