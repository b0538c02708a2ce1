"""Properties declared beside the rules: asked like all others, for every profile of the rule's kinds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from evaluator.advise.amounts import STEPS
from evaluator.advise.questions import Questions
from evaluator.advise.single import holds, undecided
from evaluator.advise.verdict import Case, Status, Verdict
from evaluator.engines.decision import Finding
from evaluator.engines.smt import Found, Unsure, World, answers
from evaluator.engines.smt.awards import env_of
from evaluator.engines.smt.terms import Logic, Quantity, at_most, both, either, no, plus, same
from evaluator.engines.smt.walk import test
from evaluator.rulebook import model
from evaluator.rulebook.declared import Declared
from evaluator.rulebook.vocabulary import DateType, Exact, Name, NumberType

_FEN: Final = Fraction(1, 100)


def declared(properties: Iterable[Declared], questions: Questions) -> Iterator[Verdict]:
    """What came of each declaration."""
    for one in properties:
        yield _proved(one, questions)


def _proved(one: Declared, questions: Questions) -> Verdict:
    for kind in one.rule.kinds:
        world = questions.world([one.rule], kind, rounded=False)
        if world is None:
            continue
        goal, other = _against(one, world, kind, questions)
        worlds = [world] if other is None else [world, other]
        reply = questions.ask("declared", goal, worlds)
        if isinstance(reply, Unsure):
            return undecided("declared", [one.rule], reply)
        if isinstance(reply, Found):
            cases = [_case(one, found, reply, questions) for found in worlds]
            message = Name(
                zh=f"声明“{one.title.zh}”（{one.id}）不成立",
                en=f"what is declared as “{one.title.en}” ({one.id}) does not hold",
            )
            return Verdict("declared", Status.FAILS, (one.rule,), message, cases=tuple(cases))
    return holds("declared", one.rule)


def _case(one: Declared, world: World, reply: Found, questions: Questions) -> Case:
    def refutes(findings: Mapping[str, Finding]) -> bool:
        if one.fact is not None:
            return bool(findings)
        if one.outcome is not None:
            return any(found.outcome.value not in (one.outcome, "unknown") for found in findings.values())
        return all(
            found.amount is not None and one.at_most is not None and found.amount.whole[0] > one.at_most
            for found in findings.values()
        )

    plain = one.fact is None and one.when is None  # what `when` reads must stay
    return questions.case(world, reply, [one.rule], refutes, minimal=plain)


def _against(one: Declared, world: World, kind: str, questions: Questions) -> tuple[Logic, World | None]:
    """What a profile that refutes the declaration meets; for a step, with the world one unit further."""
    given: Logic = True if one.when is None else test(one.when, env_of(world)).true
    if one.outcome is not None:
        wrong = [
            both(
                no(answer.outcomes[one.outcome]),
                no(either(answer.outcomes["not_applicable"], answer.outcomes["not_due"])),
            )
            for answer in answers(one.rule, world)
        ]
        return both(given, either(*wrong)), None
    assert one.at_most is not None
    if one.fact is None:
        return both(given, at_most(plus(one.at_most, _FEN), _paid(one.rule, world))), None
    further = questions.world([one.rule], kind, rounded=False)
    assert further is not None
    before, after = world.leaf(one.fact, one.fact.id), further.raised(one.fact, one.fact.id)
    paid, also = _paid(one.rule, world), _paid(one.rule, further)
    limit = plus(one.at_most, _FEN)
    apart = either(at_most(plus(paid, limit), also), at_most(plus(also, limit), paid))
    return both(given, same(after.low, plus(before.low, _unit(one))), apart), further


def _unit(one: Declared) -> Exact:
    assert one.fact is not None
    type_ = one.fact.type
    assert isinstance(type_, NumberType | DateType)
    return 1 if isinstance(type_, DateType) else STEPS.get(type_.dimension, 1)


def _paid(rule: model.AnyRule, world: World) -> Quantity:
    (answer,) = answers(rule, world)
    assert answer.paid is not None
    return answer.paid.whole.low
