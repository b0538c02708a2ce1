"""Tests over the members of a region: its register of places where one is kept, else the members given."""

from __future__ import annotations

from datetime import date

from evaluator.engines.sql.ends import End
from evaluator.engines.sql.layout import MEMBERS, MEMBERS_COMPLETE
from evaluator.engines.sql.lists import Tally
from evaluator.engines.sql.lower import place_of, truth, unknown
from evaluator.engines.sql.nodes import Scope
from evaluator.engines.sql.scope import Env, Unsupported, Value, Word
from evaluator.record import record
from evaluator.rulebook import ir


@record
class Register:
    """The members of each registered region on the day that counts: (region, member's place)."""

    kind: str
    regions: tuple[str, ...]
    members: tuple[tuple[str, str], ...]


class MemberScope(Scope):
    """The rows of the members of one kind: those of the register, and those given where none is kept."""

    __slots__ = ("register",)

    def __init__(self, name: str, parent: Scope, register: Register) -> None:
        super().__init__(name, MEMBERS, (*parent.keys, "place"), parent)
        self.register = register


def members(node: ir.EachMember | ir.MemberShare, env: Env) -> Value:
    """The value of a node over members, in the row of the region."""
    if env.person is not env.root:  # no file can give a member any
        raise Unsupported("members of a member", node)
    b, n = env.builder, env.numbers
    scope = _scope(node.kind, env)
    inside = _inside(env, scope)
    that = truth(node.that if isinstance(node, ir.EachMember) else node.where, inside)
    tally = Tally(env, scope)
    assert isinstance(scope, MemberScope)
    registered = env.lifted(b.one_of(place_of(env), scope.register.regions))
    known = b.column(env.person, MEMBERS_COMPLETE.name, "bool", nullable=False)
    open_end = b.not_(b.or_(registered, known))
    if isinstance(node, ir.EachMember):
        failing = tally.any(b.fails(that.value))
        open_ = b.or_(tally.any(unknown(that, env)), open_end)
        undecided = tally.any(that.indeterminate)
        value = b.case([(failing, b.false), (b.or_(open_, undecided), b.boolean(None))], b.true)
        return Word(value, b.and_(undecided, b.not_(failing), b.not_(open_)))
    passed = tally.count(that.value)
    possible = tally.count(unknown(that, env))
    undecided_ = tally.count(that.indeterminate)
    size = tally.count(b.true)
    nobody = b.and_(b.compare("=", size, b.zero), b.not_(open_end))
    settled = b.false
    if undecided_ is not b.zero:
        settled = b.and_(b.not_(open_end), b.compare("=", possible, b.zero))
    most = b.add(b.add(passed, possible), undecided_)
    den = b.greatest(size, b.integer(1))
    low = n.choose([(open_end, n.bound(0))], End(passed, den))
    high = n.choose([(open_end, n.bound(1))], End(most, den))
    return n.masked(low, high, b.false, nobody, settled)


def _inside(env: Env, scope: Scope) -> Env:
    from dataclasses import replace

    return replace(env, person=scope, scope=scope, items=())


def _scope(kind: str, env: Env) -> Scope:
    day = env.layout.as_of if env.period is None else date(env.period, 12, 31)
    key = ("members", env.person, kind, day)
    found = env.made.get(key)
    if found is None:
        found = env.made[key] = MemberScope(f"m{len(env.made)}", env.person, register(kind, day, env))
        found.needs = (place_of(env),)
    return found


def register(kind: str, day: date, env: Env) -> Register:
    """The register of all regions on a day."""
    regions: list[str] = []
    found: list[tuple[str, str]] = []
    for place in env.vocabulary.places.values():
        below = env.vocabulary.members(place.path, kind, day)
        if below is not None:
            regions.append(place.path)
            found.extend((place.path, member.path) for member in below)
    return Register(kind=kind, regions=tuple(regions), members=tuple(found))
