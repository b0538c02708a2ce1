"""Properties of two rules: awards for one matter, documents that pay the same, duties and targets that contradict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Final

from evaluator.advise.questions import Questions, in_chain, kinds_of
from evaluator.advise.single import entitlement, holds, undecided
from evaluator.advise.verdict import Case, Status, Verdict
from evaluator.engines.decision import Finding, Outcome
from evaluator.engines.smt import Found, Unsure, answers
from evaluator.engines.smt.amounts import amount_of, payable
from evaluator.engines.smt.awards import at_hand, env_of
from evaluator.engines.smt.terms import Logic, at_most, both, no
from evaluator.engines.smt.walk import Env, test
from evaluator.engines.stacking import leaves
from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import expressions, sources, walk
from evaluator.rulebook.vocabulary import Fact, Metric, Name

Pair = tuple[model.Award, model.Award]


def _facts(rule: model.AnyRule) -> set[str]:
    """The facts and metrics that a rule reads, without those that only say whether a document is in force."""
    still = rule.policy.still_in_force.id
    return {field.id for field in sources(rule) if isinstance(field, Fact | Metric) and field.id != still}


def _stacked(book: model.Rulebook) -> set[frozenset[str]]:
    """Pairs of awards of which some rule says how they combine."""
    return {frozenset(pair) for tree in book.stackings for pair in combinations(leaves(tree.tree), 2)}


def _reads(rule: model.AnyRule) -> set[str]:
    """The awards whose amounts go into this one: it says itself how the two combine."""
    return {node.rule for part in expressions(rule) for node in walk(part) if isinstance(node, ir.AwardAmount)}


def _says_how(rule: model.AnyRule) -> bool:
    """Whether a reading tells how the award combines with others."""
    return any(reading.question == "combination" for reading in rule.readings)


# ------------------------------------------------------------------ awards


def awards(rules: Sequence[model.AnyRule], questions: Questions) -> Iterator[Verdict]:
    """Awards paid for one matter, within a document and between two."""
    stacked = _stacked(questions.book)
    granted = [rule for rule in rules if isinstance(rule, model.Award) and not rule.stub]
    facts = {rule.id: _facts(rule) for rule in granted}
    flagged: set[tuple[str, str]] = set()
    for left, right in combinations(granted, 2):
        own = left.policy.id == right.policy.id
        money = left.amount is not None and right.amount is not None
        alike = money or (not own and left.amount is None and right.amount is None)
        if not alike or not in_chain(left.policy, right.policy) or frozenset((left.id, right.id)) in stacked:
            continue
        if left.id in _reads(right) or right.id in _reads(left):
            continue
        if left.each != right.each or not facts[left.id] & facts[right.id] or not kinds_of([left, right]):
            continue
        about = "same-matter" if own else "same-document"
        verdict = _same_matter(about, left, right, questions, money=money)
        if verdict is not None:
            flagged |= {(about, left.id), (about, right.id)}
            yield verdict
    for rule in granted:
        if rule.amount is not None and ("same-matter", rule.id) not in flagged:
            yield holds("same-matter", rule)
        if ("same-document", rule.id) not in flagged:
            yield holds("same-document", rule)


def _same_matter(
    about: str, left: model.Award, right: model.Award, questions: Questions, *, money: bool
) -> Verdict | None:
    """Whether both are due for one thing: always together, or, where nothing says how they combine, ever."""
    always = True
    case: Case | None = None
    for kind in kinds_of([left, right]):
        world = questions.world([left, right], kind)
        if world is None:
            continue
        env = env_of(world)
        ordered = left.selection is not None or right.selection is not None
        one, other = (_due(rule, env, -1 if ordered else 0) for rule in (left, right))
        reply = questions.ask(about, both(one, other), [world])
        if isinstance(reply, Unsure):
            return undecided(about, [left, right], reply)
        if not isinstance(reply, Found):
            continue
        case = questions.case(world, reply, [left, right], _both_due)
        forward = questions.ask(about, both(one, no(other)), [world])
        back = questions.ask(about, both(other, no(one)), [world])
        apart = [isinstance(part, Found) for part in (forward, back)]
        always = always and not (all(apart) if money else any(apart))
    if case is None:
        return None
    told = _says_how(left) and _says_how(right)
    if not always and (told or not money or about == "same-document" or left.each is None):
        return None
    message = Name(
        zh=f"{'凡符合其中一条的，也符合另一条' if always else '同一条目可以同时符合两条'}，而没有规定两者如何叠加",
        en=(
            "whoever meets one of the two meets the other as well" if always else "one and the same entry can meet both"
        )
        + ", and nothing says how they combine",
    )
    return Verdict(about, Status.FAILS, (left, right), message, cases=(case,))


def _due(rule: model.Award, env: Env, index: int) -> Logic:
    """When the award is due for that entry and, where it names an amount, something is paid."""
    due = entitlement(rule, env, index)
    if rule.amount is None or isinstance(rule.amount, model.Unstated):
        return due
    low, _, _ = payable(amount_of(rule.amount, at_hand(rule, env, index)[0]), rounded=False)
    return both(due, at_most(_FEN, low))


_FEN: Final = Fraction(1, 100)


def _both_due(findings: Mapping[str, Finding]) -> bool:
    return all(
        finding.outcome is Outcome.SATISFIED
        and (finding.amount is None or not finding.amount.stated or finding.amount.whole[0] > 0)
        for finding in findings.values()
    )


# ------------------------------------------------------------------ duties


def duties(rules: Sequence[model.AnyRule], questions: Questions) -> Iterator[Verdict]:
    """Duties of one body that cannot be done together: asked of those that read a fact in common."""
    obligations = [rule for rule in rules if isinstance(rule, model.Obligation) and not rule.stub]
    flagged: set[str] = set()
    for left, right in _sharing(obligations, _facts):
        assert isinstance(left, model.Obligation)
        assert isinstance(right, model.Obligation)
        verdict = _together("duties-agree", left, right, questions)
        if verdict is not None:
            flagged |= {left.id, right.id}
            yield verdict
    yield from (holds("duties-agree", rule) for rule in obligations if rule.id not in flagged)


def _sharing(
    rules: Sequence[model.AnyRule], read: Callable[[model.AnyRule], set[str]]
) -> Iterator[tuple[model.AnyRule, model.AnyRule]]:
    """The pairs that can concern one profile and read something in common."""
    readers: dict[str, list[int]] = defaultdict(list)
    for index, rule in enumerate(rules):
        for id in read(rule):
            readers[id].append(index)
    pairs = {pair for indices in readers.values() for pair in combinations(indices, 2)}
    for one, other in sorted(pairs):
        left, right = rules[one], rules[other]
        if kinds_of([left, right]) and in_chain(left.policy, right.policy):
            yield left, right


def _together(about: str, left: model.AnyRule, right: model.AnyRule, questions: Questions) -> Verdict | None:
    """A verdict where no profile of any kind can satisfy a finding of each, though each can be satisfied alone."""
    for kind in kinds_of([left, right]):
        world = questions.world([left, right], kind)
        if world is None:
            continue
        for one in answers(left, world):
            for other in answers(right, world):
                if not _meet(left, one.key, right, other.key):
                    continue
                goal = both(one.outcomes["satisfied"], other.outcomes["satisfied"])
                reply = questions.ask(about, goal, [world])
                if isinstance(reply, Unsure):
                    return undecided(about, [left, right], reply, one.key)
                if isinstance(reply, Found):
                    continue
                alone = [questions.ask(about, part.outcomes["satisfied"], [world]) for part in (one, other)]
                if not all(isinstance(part, Found) for part in alone):
                    continue  # one of them can never be satisfied, which is told under its own name
                cases = tuple(
                    questions.case(world, part, [left, right], lambda _: True, minimal=False)
                    for part in alone
                    if isinstance(part, Found)
                )
                message = Name(
                    zh="两者不能同时达到（履行）：满足其一就必然不满足另一",
                    en="the two cannot both be met: meeting the one is missing the other",
                )
                return Verdict(about, Status.FAILS, (left, right), message, one.key, cases)
    return None


def _meet(left: model.AnyRule, key: str, right: model.AnyRule, other: str) -> bool:
    """Whether two findings of targets are about one period; those of duties always are."""
    if isinstance(left, model.Target) and isinstance(right, model.Target):
        return _entry(left, key).period == _entry(right, other).period
    return True


def _entry(rule: model.Target, key: str) -> model.Entry:
    return next(entry for entry in rule.entries if entry.key == key)


# ------------------------------------------------------------------ targets


def targets(rules: Sequence[model.AnyRule], questions: Questions) -> Iterator[Verdict]:
    """Targets on one metric: of one period, and of local and superior documents."""
    asked = [rule for rule in rules if isinstance(rule, model.Target) and not rule.stub]
    flagged: set[str] = set()
    for rule in asked:
        verdict = _within(rule, questions)
        if verdict is not None:
            flagged.add(rule.id)
            yield verdict
    for left, right in _sharing(asked, _measured):
        verdict = _together("targets-agree", left, right, questions)
        if verdict is None:
            verdict = _easier(left, right, questions)
        if verdict is not None:
            flagged |= {left.id, right.id}
            yield verdict
    for left, right in _levels(asked):
        verdict = _easier(left, right, questions)
        if verdict is not None:
            flagged |= {left.id, right.id}
            yield verdict
    yield from (holds("targets-agree", rule) for rule in asked if rule.id not in flagged)


def _within(rule: model.Target, questions: Questions) -> Verdict | None:
    """Two entries of one rule and period that cannot both be met."""
    periods: dict[object, int] = defaultdict(int)
    for entry in rule.entries:
        periods[entry.period] += 1
    if all(number == 1 for number in periods.values()):
        return None
    for kind in rule.kinds:
        world = questions.world([rule], kind)
        if world is None:
            continue
        for one, other in combinations(answers(rule, world), 2):
            if _entry(rule, one.key).period != _entry(rule, other.key).period:
                continue
            both_met = both(one.outcomes["satisfied"], other.outcomes["satisfied"])
            if isinstance(questions.ask("targets-agree", both_met, [world]), Found | Unsure):
                continue
            alone = [questions.ask("targets-agree", part.outcomes["satisfied"], [world]) for part in (one, other)]
            if all(isinstance(part, Found) for part in alone):
                message = Name(
                    zh=f"与同一时期的“{other.key}”不能同时达到",
                    en=f"cannot be met together with `{other.key}` of the same period",
                )
                return Verdict("targets-agree", Status.FAILS, (rule,), message, one.key)
    return None


def _measured(rule: model.AnyRule) -> set[str]:
    assert isinstance(rule, model.Target)
    return {rule.metric.id}


def _levels(asked: Sequence[model.Target]) -> Iterator[tuple[model.Target, model.Target]]:
    """Pairs on one metric, the first of a place inside the other's, that are for different kinds of region."""
    by_metric: dict[str, list[model.Target]] = defaultdict(list)
    for rule in asked:
        by_metric[rule.metric.id].append(rule)
    for rules in by_metric.values():
        for left, right in combinations(rules, 2):
            if in_chain(left.policy, right.policy) and not kinds_of([left, right]):
                yield left, right


def _easier(left: model.AnyRule, right: model.AnyRule, questions: Questions) -> Verdict | None:
    """A verdict where the local target of a period is reached by a figure that misses the superior one."""
    assert isinstance(left, model.Target)
    assert isinstance(right, model.Target)
    if left.policy.jurisdiction == right.policy.jurisdiction:
        return None
    local, above = sorted((left, right), key=lambda rule: -len(rule.policy.jurisdiction))
    for kind in local.kinds:
        world = questions.world([local], kind)
        if world is None:
            continue
        for one in local.entries:
            for other in above.entries:
                if one.period != other.period or not (_plain(one) and _plain(other)):
                    continue
                if _of_each(one) != _of_each(other):
                    continue
                assert one.test is not None
                assert other.test is not None
                env = env_of(world, one.period)
                goal = both(test(one.test, env).true, test(other.test, env).false)
                reply = questions.ask("targets-agree", goal, [world])
                if isinstance(reply, Unsure):
                    return undecided("targets-agree", [local, above], reply, one.key)
                if isinstance(reply, Found):
                    case = questions.case(world, reply, [local], lambda _: True, minimal=False)
                    message = Name(
                        zh="下级的目标低于上级的：有的数值达到下级目标而达不到上级目标",
                        en="the local target is below the superior one: some figure reaches only the local one",
                    )
                    return Verdict("targets-agree", Status.FAILS, (local, above), message, one.key, (case,))
    return None


_ORDERED = (">=", ">", "<=", "<")


def _plain(entry: model.Entry) -> bool:
    """Whether the entry compares a figure with a constant, in one direction."""
    match _judged(entry):
        case ir.Compare(left=ir.MetricRef() | ir.Cumulative() | ir.Rank(), right=ir.Constant()):
            return entry.figure.comparator in _ORDERED
        case _:
            return False


def _judged(entry: model.Entry) -> ir.Expr | None:
    """What is asked of the region, or of each of its members."""
    return entry.test.that if isinstance(entry.test, ir.EachMember) else entry.test


def _of_each(entry: model.Entry) -> str:
    """Of which kind of member an entry asks it, empty where it asks it of the region."""
    return entry.test.kind if isinstance(entry.test, ir.EachMember) else ""


def later(rule: model.Target, questions: Questions) -> Iterator[Verdict]:
    """Whether each dated figure of a rule asks at least what the one before it asks."""
    dated = [entry for entry in rule.entries if entry.period is not None and entry.test is not None]
    plain = sorted((entry for entry in dated if _plain(entry)), key=lambda entry: entry.period or 0)
    failed = False
    for before, after in pairwise(plain):
        assert before.test is not None
        assert after.test is not None
        if before.period == after.period or before.figure.quantity != after.figure.quantity:
            continue
        if _of_each(before) != _of_each(after):
            continue
        for kind in rule.kinds:
            world = questions.world([rule], kind)
            if world is None:
                continue
            env = env_of(world, before.period)
            goal = both(test(after.test, env).true, test(before.test, env).false)
            reply = questions.ask("later-targets", goal, [world])
            if isinstance(reply, Unsure):
                failed = True
                yield undecided("later-targets", [rule], reply, after.key)
                break
            if isinstance(reply, Found):
                failed = True
                message = Name(
                    zh=f"{after.period}年的要求比{before.period}年的低",
                    en=f"what is asked of {after.period} is less than what is asked of {before.period}",
                )
                yield Verdict("later-targets", Status.FAILS, (rule,), message, after.key)
                break
    if not failed:
        yield holds("later-targets", rule)
