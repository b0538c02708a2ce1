"""What other awards of the same profile, or of a member, come to: accrued and later, before stacking.

What `evaluator.engines.decide.awards` says of amounts that are read by others.
"""

from __future__ import annotations

from dataclasses import replace

from evaluator.engines.decision import Outcome
from evaluator.engines.sql.awards import Found, award
from evaluator.engines.sql.ends import End
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.scope import Env
from evaluator.rulebook import ir, model


def awarded(node: ir.AwardAmount, env: Env) -> Num:
    """The amount of an award, or of the entry at hand in it, in the row of `env`."""
    b, n = env.builder, env.numbers
    rule = env.rules[node.rule]
    assert isinstance(rule, model.Award)
    if rule.stub:
        return n.interval(n.bound(0), n.bound(None), settled=b.true)
    found = _found(rule, env)
    assert found.paid is not None
    unknown = b.compare("=", found.outcome, b.text(Outcome.UNKNOWN.value))
    if not found.stated:
        assert found.more is not None
        most = env.lifted(b.case([(found.more, b.null("int"))], b.zero))
        return n.interval(n.bound(0), End(most), settled=env.lifted(b.not_(unknown)))
    assert found.open is not None
    assert found.piece is not None
    settled = env.lifted(b.not_(b.or_(found.open, unknown)))
    if not node.same_item:
        whole = found.paid if found.promised is None else found.promised
        return n.interval(End(env.lifted(whole.low), 100), End(env.lifted(whole.high), 100), settled=settled)
    if env.items[0] is None:  # of an entry that is not listed
        return n.interval(n.bound(0), n.bound(None))
    sums = found.piece.sums
    assert found.piece.scope is env.items[0]
    return n.interval(End(env.lifted(sums.low), 100), End(env.lifted(sums.high), 100), settled=settled)


def _found(rule: model.Award, env: Env) -> Found:
    """The finding of an award of the profile or member at hand, worked out once."""
    key = (env.person, rule.id)
    found = env.awards.get(key)
    if found is None:
        own = replace(env, scope=env.person, items=(), period=None, position=None)
        found = env.awards[key] = award(rule, own, env.builder.true)
    return found
