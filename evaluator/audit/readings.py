"""What a decision would be under the other readings of the rules that count in it.

In: a `Decision`. Out: for every alternative that can be worked out, and for each finding of its rule (or its tree of
awards), outcome and amount as chosen and under it, and the totals. The profile is decided anew by the reference engine
once per alternative, under the rulebook as that reading would have it: every rule where money is read otherwise, else
that rule alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from evaluator.engines.decide import decide
from evaluator.engines.decision import Amount, Decision, Finding, OtherReadings, Stacked, UnderReading
from evaluator.engines.stacking import counted
from evaluator.rulebook import model
from evaluator.rulebook.alternatives import under
from evaluator.rulebook.vocabulary import Exact


def alternatives(decision: Decision) -> OtherReadings:
    """The other readings of the rules and trees that a decision rests on, worked out as far as they can be."""
    rules = {finding.rule.id: finding.rule for finding in decision.findings}
    trees = {stacked.stacking.id: stacked.stacking for stacked in decision.stacked}
    rows: list[UnderReading] = []
    computed: set[tuple[str, model.Reading, str]] = set()
    for alternative in decision.rulebook.alternatives:
        tree = alternative.becomes is None or isinstance(alternative.becomes, model.Stacking)
        if alternative.of not in (trees if tree else rules):
            continue
        computed.add((alternative.of, alternative.reading, alternative.id))
        alone = _stands_alone(alternative.becomes) and _stands_alone(rules.get(alternative.of))
        other = decide(
            under(decision.rulebook, alternative),
            decision.profile,
            as_of=decision.as_of,
            rules=(alternative.of,) if alone else tuple(rules),
            assumptions=decision.assumptions,
            choices={tree: str(award) for tree, award in decision.choices.items()},
        )
        if alone:
            other = _with(decision, other)
        rows += _tree(alternative, decision, other) if tree else _rule(alternative, decision, other)
    told = sum(
        len(set(reading.alternatives)) for one in (*rules.values(), *trees.values()) for reading in _readings(one)
    )
    return OtherReadings(tuple(rows), told - len(computed))


def _stands_alone(one: model.AnyRule | model.Stacking | None) -> bool:
    """Whether no other rule and no total rests on a rule: it brings no money, and takes none back."""
    match one:
        case model.Target():
            return True
        case model.Award(amount=amount):
            return amount is None
        case model.Obligation(claw_back=claw_back):
            return claw_back is None
        case _:
            return False


def _with(chosen: Decision, other: Decision) -> Decision:
    """The whole answer with one rule's findings from another one."""
    (rule,) = {finding.rule.id for finding in other.findings}
    kept = [finding for finding in chosen.findings if finding.rule.id != rule]
    return replace(chosen, rulebook=other.rulebook, findings=(*kept, *other.findings))


def _readings(one: model.AnyRule | model.Stacking) -> Sequence[model.Reading]:
    entries = one.entries if isinstance(one, model.Target) else ()
    return tuple(dict.fromkeys([*one.readings, *(reading for entry in entries for reading in entry.readings)]))


def _rule(alternative: model.Alternative, chosen: Decision, other: Decision) -> Iterator[UnderReading]:
    """Findings of the rule by their id; where a reading moves an entry, by their place in the schedule."""
    before = [finding for finding in chosen.findings if finding.rule.id == alternative.of]
    after = [finding for finding in other.findings if finding.rule.id == alternative.of]
    if {finding.id for finding in before} == {finding.id for finding in after}:
        found = {finding.id: finding for finding in after}
        after = [found[finding.id] for finding in before]
    changes = _differ(chosen, other)
    for old, new in zip_longest(before, after):
        shown = old or new
        assert shown is not None
        yield UnderReading(
            alternative=alternative,
            id=shown.id,
            finding=old,
            other=new,
            before=None if old is None else old.amount,
            after=None if new is None else new.amount,
            totals=other.totals,
            changes=changes,
        )


def _tree(alternative: model.Alternative, chosen: Decision, other: Decision) -> Iterator[UnderReading]:
    old = next(stacked for stacked in chosen.stacked if stacked.stacking.id == alternative.of)
    new = next((stacked for stacked in other.stacked if stacked.stacking.id == alternative.of), None)
    yield UnderReading(
        alternative=alternative,
        id=alternative.of,
        finding=None,
        other=None,
        before=_left(old),
        after=_added(old.members, other.findings) if new is None else _left(new),
        totals=other.totals,
        changes=_differ(chosen, other),
    )


def _left(stacked: Stacked) -> Amount:
    return Amount(stacked.guaranteed, stacked.potential, stated=True)


def _added(members: Sequence[str], findings: Sequence[Finding]) -> Amount:
    """The members of a tree that fell away, added up."""
    amounts = [counted(finding) for finding in findings if finding.rule.id in members and finding.amount is not None]
    most: Exact | None = 0
    for amount in amounts:
        most = None if most is None or amount.potential is None else most + amount.potential
    return Amount(sum(amount.guaranteed for amount in amounts), most, stated=True)


def _differ(chosen: Decision, other: Decision) -> bool:
    """Whether any outcome or amount of the whole answer is another one."""
    return _told(chosen) != _told(other)


def _told(decision: Decision) -> object:
    findings = {
        finding.id: (finding.outcome, finding.gap, _ends(finding.amount), _ends(finding.claw_back))
        for finding in decision.findings
    }
    return findings, replace(decision.totals, by_period={})


def _ends(amount: Amount | None) -> object:
    return None if amount is None else (amount.stated, amount.guaranteed, amount.potential, amount.promised)
