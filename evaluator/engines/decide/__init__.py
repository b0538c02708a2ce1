"""The reference engine: one profile, one date, every finding with its whole trace.

Read `walk` (expressions), `amounts`, `awards` (incentives and supports) and `duties` (targets and obligations); all
other engines are held to what these four say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import assert_never, cast

from evaluator.engines.decide.awards import award
from evaluator.engines.decide.duties import obligations, targets, unfinished
from evaluator.engines.decide.walk import Env
from evaluator.engines.decision import Decision, Finding
from evaluator.engines.stacking import stack, totals
from evaluator.engines.trace import Step
from evaluator.rulebook import model
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
    changes: Sequence[Override] = (),
) -> Decision:
    """Decide every rule that can concern the profile, or those of the named policies and rules.

    `assumptions` and `changes` are those that went into profile and rulebook; they are repeated in the answer.
    """
    selected = select(rulebook, profile, policies, rules)
    env = Env(profile, as_of, rulebook.vocabulary, constants=_constants(rulebook))
    findings: list[Finding] = []
    for rule in selected:
        if rule.stub:
            findings.append(unfinished(rule))
            continue
        match rule:
            case model.Award():
                findings.append(award(rule, env))
            case model.Target():
                findings.extend(targets(rule, env))
            case model.Obligation():
                findings.extend(obligations(rule, env))
            case _:
                assert_never(rule)
    concerned = {rule.policy.id: rule.policy for rule in selected}
    stacked = stack((tree for tree in rulebook.stackings if tree.policy.id in concerned), findings)
    return Decision(
        rulebook=rulebook,
        policies=tuple(concerned.values()),
        profile=profile,
        as_of=as_of,
        findings=tuple(findings),
        stacked=stacked,
        totals=totals(findings, stacked),
        assumptions=assumptions or {},
        changes=changes,
    )


def _constants(rulebook: model.Rulebook) -> dict[int, Step]:
    """The steps of constants, made once for a rulebook: they are the same in every trace."""
    return cast("dict[int, Step]", rulebook.memo.setdefault("decide", {}))


def select(
    rulebook: model.Rulebook, profile: Profile, policies: Collection[str], rules: Collection[str]
) -> Iterable[model.AnyRule]:
    """The rules to decide: those named, or all that can concern the profile."""
    if not policies and not rules:
        return rulebook.candidates(profile.place, profile.kind)
    return tuple(rule for rule in rulebook.rules.values() if rule.policy.id in policies or rule.id in rules)
