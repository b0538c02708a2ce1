"""What is TRUE, FALSE or NULL, and what is chosen by it: the leaves of the query and its three-valued logic.

The constructors fold what is known when the query is made, and say the rest as briefly as they can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from evaluator.engines.sql.nodes import Atom, Scope, Sql, SqlKind, day_of_limit, is_nothing, is_told, limit
from evaluator.engines.sql.ranges import ANY, MIRRORED, Range, decided, holds, hull

_UNORDERED: Final = frozenset({"and", "or", "add", "multiply", "greatest", "least"})
"""Operators whose operands may stand in any order: of such nodes the one made first is taken for all."""
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "<>", "<>": "="}


class Truths:
    """Makes nodes, equal ones once: leaves, truth values and choices."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Sql] = {}
        self.true, self.false = self.boolean(True), self.boolean(False)
        self.zero = self.integer(0)

    def _make(
        self,
        op: str,
        args: Sequence[Sql],
        kind: SqlKind,
        *,
        nullable: bool,
        range: Range = ANY,
        atoms: tuple[Atom, ...] = (),
        scope: Scope | None = None,
    ) -> Sql:
        operands = sorted(map(id, args)) if op in _UNORDERED else map(id, args)
        key = (op, kind, tuple(operands), tuple((type(atom), atom) for atom in atoms))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Sql(op, tuple(args), atoms, kind, nullable, range)
            if scope is not None:
                found.scope = scope
        return found

    # ------------------------------------------------------------------ leaves

    def boolean(self, value: bool | None) -> Sql:
        """A truth value; None is NULL."""
        return self._make("lit", (), "bool", nullable=value is None, atoms=(value,))

    def integer(self, value: int | None) -> Sql:
        """A whole number; None is NULL."""
        range = (0, 0) if value is None else (value, value)
        return self._make("lit", (), "int", nullable=value is None, range=range, atoms=(value,))

    def text(self, value: str | None) -> Sql:
        """A text; None is NULL."""
        plain = None if value is None else str(value)  # equal texts of other types are the same here
        return self._make("lit", (), "text", nullable=value is None, atoms=(plain,))

    def day(self, ordinal: int | None) -> Sql:
        """A date by its ordinal; None is NULL."""
        return self._make("lit", (), "date", nullable=ordinal is None, atoms=(ordinal,))

    def null(self, kind: SqlKind) -> Sql:
        """NULL of that kind."""
        return self._make("lit", (), kind, nullable=True, range=(0, 0), atoms=(None,))

    def column(self, scope: Scope, name: str, kind: SqlKind, *, nullable: bool = True, range: Range = ANY) -> Sql:
        """A column of the rows of `scope`."""
        return self._make("col", (), kind, nullable=nullable, range=range, atoms=(scope, name), scope=scope)

    def up(self, scope: Scope, outer: Sql) -> Sql:
        """A value of the parent's row, read in a row of `scope`; what reads no row is the same in all."""
        if outer.scope is None:
            return outer
        assert outer.scope is scope.parent
        return self._make(
            "up", (outer,), outer.kind, nullable=outer.nullable, range=outer.range, atoms=(scope,), scope=scope
        )

    def other(self, scope: Scope, one: Sql) -> Sql:
        """In a row of pairs of entries, a value of the other entry (`up` reads the one itself)."""
        if one.scope is None:
            return one
        assert one.scope is scope.parent
        return self._make("other", (one,), one.kind, nullable=one.nullable, range=one.range, atoms=(scope,),
                          scope=scope)  # fmt: skip

    # ------------------------------------------------------------------ truth

    def not_(self, a: Sql) -> Sql:
        """NOT."""
        if a.is_literal:
            return a if a.value is None else self.boolean(not a.value)
        if a.op == "not":
            return a.args[0]
        return self._make("not", (a,), "bool", nullable=a.nullable)

    def and_(self, *operands: Sql) -> Sql:
        """Kleene AND."""
        return self._joined("and", operands, self.false, self.true)

    def or_(self, *operands: Sql) -> Sql:
        """Kleene OR."""
        return self._joined("or", operands, self.true, self.false)

    def _joined(self, op: str, operands: Iterable[Sql], deciding: Sql, neutral: Sql) -> Sql:
        parts: dict[int, Sql] = {}
        for operand in operands:
            for part in operand.args if operand.op == op else (operand,):
                if part is deciding:
                    return deciding
                if part is not neutral:
                    parts.setdefault(id(part), part)
        if not parts:
            return neutral
        if op == "and":
            parts = self._narrowed(parts)
        if len(parts) == 1:
            return next(iter(parts.values()))
        return self._make(op, list(parts.values()), "bool", nullable=any(part.nullable for part in parts.values()))

    def _narrowed(self, parts: dict[int, Sql]) -> dict[int, Sql]:
        """Without tests of a date between two days that another of them entails: of limits only the nearest counts."""
        nearest: dict[tuple[str, Sql, Sql], Sql] = {}
        for part in parts.values():
            found = limit(part)
            if found is not None:
                key, day = found
                other = nearest.get(key)
                if other is None or (day < day_of_limit(other)) is (key[0] == "<="):
                    nearest[key] = part
        result = {at: part for at, part in parts.items() if limit(part) is None}
        for (how, one, other), part in nearest.items():
            if how == "<=" and (">=", other, one) in nearest:
                continue  # said together with the limit on the other side
            until = nearest.get(("<=", other, one)) if how == ">=" else None
            told = part if until is None else self._between(part, until)
            result[id(told)] = told
        return result

    def _between(self, since: Sql, until: Sql) -> Sql:
        """Two tests of one date, whose first day is not after its last, as one."""
        within = self.and_(since.args[0], until.args[0])
        outside = self.or_(since.args[2], until.args[2])
        return self.case([(within, self.true), (outside, self.false)], self.boolean(None))

    def is_null(self, a: Sql) -> Sql:
        """IS NULL."""
        if not a.nullable:
            return self.false
        if a.is_literal:
            return self.true
        return self._make("is_null", (a,), "bool", nullable=False)

    def is_known(self, a: Sql) -> Sql:
        """IS NOT NULL."""
        return self.not_(self.is_null(a))

    def holds(self, a: Sql) -> Sql:
        """TRUE, and neither FALSE nor NULL."""
        return self.coalesce(self._decisive(a), self.false)

    def _decisive(self, a: Sql) -> Sql:
        """What is TRUE in the same rows, and elsewhere FALSE or NULL, whichever is shorter to say."""
        if a.op == "coalesce" and a.args[1] is self.false:
            return self._decisive(a.args[0])
        if a.op not in ("and", "or"):
            return a
        parts = [self._decisive(part) for part in a.args]
        return self.and_(*parts) if a.op == "and" else self.or_(*parts)

    def fails(self, a: Sql) -> Sql:
        """FALSE, and neither TRUE nor NULL."""
        return self.holds(self.not_(a))

    def compare(self, op: str, a: Sql, b: Sql) -> Sql:
        """`a op b` with op one of < <= > >= = <>; NULL where either is."""
        if (a.is_literal and a.value is None) or (b.is_literal and b.value is None):
            return self.boolean(None)
        if a.is_literal and b.is_literal:
            return self.boolean(holds(op, a.value, b.value))
        if a is b and not a.nullable:
            return self.boolean(op in ("=", "<=", ">="))
        if a.kind == "int" and not a.nullable and not b.nullable:
            told = decided(op, a.range, b.range)
            if told is not None:
                return self.boolean(told)
        if a.is_literal:
            a, b, op = b, a, MIRRORED[op]
        if a.op == "coalesce" and b.is_literal and a.args[1].is_literal:  # decided at once where it is NULL
            return self.coalesce(self.compare(op, a.args[0], b), self.compare(op, a.args[1], b))
        if a.op == "case" and b.is_literal and is_told(a):
            tests, values = a.args[:-1:2], a.args[1:-1:2]
            branches = [(test, self.compare(op, value, b)) for test, value in zip(tests, values, strict=True)]
            return self.case(branches, self.compare(op, a.args[-1], b))
        return self._make(op, (a, b), "bool", nullable=a.nullable or b.nullable)

    def complement(self, a: Sql) -> Sql | None:
        """The comparison of the same operands that is TRUE where `a` is FALSE; None for what is no comparison."""
        opposite = _OPPOSITE.get(a.op)
        return None if opposite is None else self.compare(opposite, *a.args)

    def one_of(self, a: Sql, values: Sequence[str]) -> Sql:
        """Whether a text is one of several; NULL where it is."""
        if not values:
            return self.false
        if a.is_literal:
            return self.boolean(None if a.value is None else a.value in values)
        return (
            self.or_(*(self.compare("=", a, self.text(value)) for value in values))
            if len(values) == 1
            else (self._make("in", (a, *map(self.text, values)), "bool", nullable=a.nullable))
        )

    def starts_with(self, a: Sql, prefix: str) -> Sql:
        """Whether a text begins with `prefix`; NULL where it is."""
        if a.is_literal:
            return self.boolean(None if a.value is None else str(a.value).startswith(prefix))
        return self._make("starts_with", (a, self.text(prefix)), "bool", nullable=a.nullable)

    # ------------------------------------------------------------------ choice

    def case(self, branches: Sequence[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
        """The value of the first branch whose condition is TRUE, else `otherwise`."""
        kept: list[tuple[Sql, Sql]] = []
        for condition, value in branches:
            if condition.is_literal:
                if condition.value is not True:
                    continue
                otherwise = value
                break
            kept.append((self._decisive(condition), value))
        while kept and kept[-1][1] is otherwise:
            kept.pop()
        if not kept:
            return otherwise
        values = [value for _, value in kept] + [otherwise]
        if otherwise.kind == "bool" and not otherwise.nullable and kept[-1][1] in (self.true, self.false):
            return self._chosen(kept, otherwise)
        flat = [part for branch in kept for part in branch]
        known = [value for value in values if not is_nothing(value)]
        return self._make(
            "case",
            [*flat, otherwise],
            otherwise.kind,
            nullable=any(value.nullable for value in values),
            range=hull(value.range for value in known),
        )

    def _chosen(self, branches: list[tuple[Sql, Sql]], otherwise: Sql) -> Sql:
        """Branches before a test that is TRUE or FALSE, which those that come to the same need not be."""
        if not branches:
            return otherwise
        condition, value = branches[-1]
        if value is self.false and otherwise.op == "coalesce" and otherwise.args[0] is self.not_(condition):
            return self._chosen(branches[:-1], otherwise)  # where the one is TRUE the other is not
        if value is self.false:
            return self._chosen(branches[:-1], self.and_(self.not_(self.holds(condition)), otherwise))
        if value is self.true:
            return self._chosen(branches[:-1], self.or_(self.holds(condition), otherwise))
        return self.case(branches, otherwise)

    def coalesce(self, a: Sql, otherwise: Sql) -> Sql:
        """`a`, or `otherwise` where it is NULL."""
        if not a.nullable:
            return a
        if a.is_literal:
            return otherwise
        if is_nothing(otherwise):
            return a
        return self._make(
            "coalesce", (a, otherwise), a.kind, nullable=otherwise.nullable, range=hull((a.range, otherwise.range))
        )
