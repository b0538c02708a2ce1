"""Which outcomes the form of a rule allows, finding by finding: derived from its structure, without any exclusion list.

In: a typed rule. Out: for each finding id (`rule`, or `rule#entry` for an entry of a schedule or a year of a yearly
duty) the names of the outcomes that some profile at some date can bring. Coverage asks scenarios for each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.rulebook import ir, model
from evaluator.rulebook.possible import INDETERMINATE, TRUE, Values, bounds, every, undefinable, values
from evaluator.rulebook.reads import amount_parts
from evaluator.rulebook.references import references
from evaluator.rulebook.vocabulary import Vocabulary

OutcomeName: TypeAlias = Literal["satisfied", "not_satisfied", "unknown", "not_applicable", "not_due", "indeterminate"]
Outcomes: TypeAlias = frozenset[OutcomeName]

_OF_TEST: Final[Mapping[str, OutcomeName]] = {
    "true": "satisfied",
    "false": "not_satisfied",
    "unknown": "unknown",
    "indeterminate": "indeterminate",
}
_OF_GATE: Final[Mapping[str, OutcomeName]] = {
    "false": "not_applicable",
    "unknown": "unknown",
    "indeterminate": "indeterminate",
}
OUTCOME_NAMES: Final[tuple[OutcomeName, ...]] = (
    "satisfied",
    "not_satisfied",
    "unknown",
    "indeterminate",
    "not_due",
    "not_applicable",
)
"""All outcomes, in the order in which tables show them."""


def finding_ids(rule: model.AnyRule) -> tuple[str, ...]:
    """The ids of a rule's findings, in the order of its schedule."""
    if rule.stub:
        return (rule.id,)
    match rule:
        case model.Award():
            return (rule.id,)
        case model.Target():
            return tuple(_id(rule, entry.key) for entry in rule.entries)
        case model.Obligation():
            return tuple(_id(rule, duty.key) for duty in rule.duties)
        case _:
            assert_never(rule)


def outcomes_of(
    rule: model.AnyRule, vocabulary: Vocabulary, rules: Mapping[str, model.AnyRule]
) -> Mapping[str, Outcomes]:
    """The outcomes that each finding of `rule` can have; the vocabulary says which kinds are organisations.

    `rules` are those whose amounts it may read.
    """
    if rule.stub:
        return {rule.id: frozenset({"indeterminate"})}
    loose = _loose_read(rule, rules)
    organisation = any(vocabulary.kinds[kind].group == "organisation" for kind in rule.kinds)
    gate = every([values(test, organisation=organisation, loose=loose) for test in rule.gates])
    closed = frozenset(_OF_GATE[value] for value in gate if value in _OF_GATE)
    if "true" not in gate:
        return dict.fromkeys(finding_ids(rule), closed)
    match rule:
        case model.Award():
            return {rule.id: closed | _named(_award(rule, loose))}
        case model.Target():
            return {_id(rule, entry.key): closed | _entry(rule, entry) for entry in rule.entries}
        case model.Obligation():
            return {_id(rule, duty.key): closed | _duty(rule, duty, loose) for duty in rule.duties}
        case _:
            assert_never(rule)


def _id(rule: model.AnyRule, key: str) -> str:
    return f"{rule.id}#{key}" if key else rule.id


def _named(found: Values) -> Outcomes:
    return frozenset(_OF_TEST[value] for value in found)


# ------------------------------------------------------------------ awards


def _loose_read(rule: model.AnyRule, rules: Mapping[str, model.AnyRule]) -> frozenset[str]:
    """The awards read by a rule whose amount may stay open though everything is known."""
    read = dict.fromkeys(node.rule for node in references(rule))
    return frozenset(id for id in read if _is_loose(rules[id], rules))


def _is_loose(rule: model.AnyRule, rules: Mapping[str, model.AnyRule]) -> bool:
    """Whether what an award comes to may stay open though everything is known."""
    assert isinstance(rule, model.Award)
    if rule.stub or rule.amount is None:
        return True
    loose = _loose_read(rule, rules)
    gate = every([values(test, loose=loose) for test in rule.gates])
    return "indeterminate" in gate | _award(rule, loose) or _may_stay_open(rule.amount, loose)


def _may_stay_open(amount: model.Amount, loose: Collection[str]) -> bool:
    """Whether an amount may lack a single value though everything is known."""
    if any(undefinable(part, loose) for part in amount_parts(amount)):
        return True
    match amount:
        case model.Unstated():
            return True
        case model.Bounded(low=low, high=high, decided=decided):
            return decided is None and low != high
        case model.Sum(parts=parts):
            return any(_may_stay_open(part, loose) for part in parts)
        case model.Limited(amount=inner):
            return _may_stay_open(inner, loose)
        case model.Table(hit=hit, rows=rows):
            alike = len({row.value for row in rows}) == 1
            crossing = hit in ("U", "A") and not alike and not _disjoint(rows)
            return crossing or any(_may_stay_open(row.value, loose) for row in rows)
        case model.Steps(every=every_):
            low_, _ = bounds(every_)
            return low_ is None or low_ <= 0
        case model.Fixed() | model.Brackets():
            return False
        case _:
            assert_never(amount)


def _award(rule: model.Award, loose: Collection[str]) -> Values:
    tests = [values(test, loose=loose) for test in (rule.counts, rule.when) if test is not None]
    found = every(tests)
    limit = None if rule.selection is None else rule.selection.limit
    if limit is not None and undefinable(limit, loose):
        found |= INDETERMINATE
    if rule.each is not None:  # a list may be known to be empty, and may not be given
        found |= frozenset({"false", "unknown"})
    return found


def _disjoint(rows: Sequence[model.Row]) -> bool:
    """Whether no two rows can apply at once, as far as their constants show it."""
    tests = [_fixed(row.condition) for row in rows]
    return all(
        any(left[key].isdisjoint(right[key]) for key in left.keys() & right.keys())
        for index, left in enumerate(tests)
        for right in tests[index + 1 :]
    )


def _fixed(condition: ir.Expr) -> dict[ir.Expr, frozenset[ir.Expr]]:
    """The constants that a condition demands of each thing it reads."""
    match condition:
        case ir.Equal(left=left, right=ir.Constant() as right):
            return {left: frozenset({right})}
        case ir.AnyOf(operands=operands):
            parts = [_fixed(operand) for operand in operands]
            shared = set(parts[0]).intersection(*parts[1:]) if parts else set()
            return {key: frozenset().union(*(part[key] for part in parts)) for key in shared}
        case ir.AllOf(operands=operands):
            merged: dict[ir.Expr, frozenset[ir.Expr]] = {}
            for operand in operands:
                for key, allowed in _fixed(operand).items():
                    merged[key] = merged[key] & allowed if key in merged else allowed
            return merged
        case _:
            return {}


# ------------------------------------------------------------------ targets and obligations


def _asked(rule: model.Target | model.Obligation, over: model.Over | None) -> tuple[bool, bool]:
    """(asked of a region about its members, asked of a member itself)."""
    if over is None:
        return True, False
    return any(kind != over.kind for kind in rule.kinds), over.kind in rule.kinds


def _entry(rule: model.Target, entry: model.Entry) -> Outcomes:
    region, member = _asked(rule, entry.over)
    found: Outcomes = frozenset()
    if region or entry.member_test is None:
        found |= _judged(entry, entry.test)
    if member and entry.member_test is not None:
        found |= _judged(entry, entry.member_test)
    if entry.due is None and entry.test is None and entry.holds_if is None:
        return frozenset({"indeterminate"})
    if entry.due is None:  # without a date, not reached yet is not missed
        return frozenset("indeterminate" if name == "not_satisfied" else name for name in found)
    return found | _before(rule, entry.due)


def _judged(entry: model.Entry, test: ir.Expr | None) -> Outcomes:
    if test is not None:
        return _named(values(test))
    needs = TRUE if entry.fails_unless is None else values(entry.fails_unless)
    enough: Values = frozenset({"false"}) if entry.holds_if is None else values(entry.holds_if)
    found: set[OutcomeName] = set()
    same = entry.fails_unless is not None and entry.fails_unless == entry.holds_if
    for need in needs:
        for reached in {need} if same else enough:
            if need == "false":
                found.add("not_satisfied")
            elif "unknown" in (need, reached):
                found.add("unknown")
            else:
                found.add("satisfied" if reached == "true" else "indeterminate")
    return frozenset(found)


def _duty(rule: model.Obligation, duty: model.Duty, loose: Collection[str]) -> Outcomes:
    region, member = _asked(rule, rule.over)
    found: Outcomes = frozenset()
    if region or rule.member_requires is None:
        found |= _named(values(rule.requires, loose=loose))
    if member and rule.member_requires is not None:
        found |= _named(values(rule.member_requires, loose=loose))
    if duty.due_on is not None:
        come = values(ir.Compare(op="<=", left=duty.due_on, right=ir.AsOf()))
        asked = _named(come - frozenset({"true", "false"}))
        return (
            (found if "true" in come else frozenset()) | asked | (frozenset({"not_due"}) if "false" in come else asked)
        )
    return found | _before(rule, duty.due)


def _before(rule: model.AnyRule, due: date | None) -> Outcomes:
    """`not_due`, where a due date lies after publication; before publication no rule applies."""
    later = due is not None and due > rule.policy.published.date
    return frozenset({"not_due"}) if later else frozenset()
