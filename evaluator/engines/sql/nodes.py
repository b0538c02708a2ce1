"""Nodes of the query: what an expression is, before it is known how a dialect writes it.

Nodes are made by `relation.Builder` alone, equal ones once. The functions here only look at them.
"""

from __future__ import annotations

from math import gcd
from typing import Literal, TypeAlias

from evaluator.engines.sql.ranges import Range

SqlKind: TypeAlias = Literal["bool", "int", "text", "date", "money", "outcome"]
Atom: TypeAlias = "bool | int | str | Scope | None"

BIGINT = 2**63


class Scope:
    """A set of rows: profiles, items of a list, members. `parent` is the one that its aggregates are read from.

    `table` is its staging table, `keys` what makes a row of it its own, `needs` what of the parent's row says
    which rows they are.
    """

    __slots__ = ("fact", "keys", "name", "needs", "parent", "source")

    def __init__(
        self, name: str, source: str, keys: tuple[str, ...], parent: Scope | None = None, fact: str = ""
    ) -> None:
        self.name, self.source, self.keys, self.parent, self.fact = name, source, keys, parent, fact
        self.needs: tuple[Sql, ...] = ()

    def __repr__(self) -> str:
        return f"Scope({self.name})"


class Sql:
    """One node. `args` are nodes, `atoms` what is no node: a literal, a column's scope and name.

    Made for every part of every rule, so it is a plain class; never changed after it was made.
    """

    __slots__ = ("args", "atoms", "kind", "nullable", "op", "range", "scope")

    def __init__(
        self, op: str, args: tuple[Sql, ...], atoms: tuple[Atom, ...], kind: SqlKind, nullable: bool, range: Range
    ) -> None:
        self.op, self.args, self.atoms, self.kind = op, args, atoms, kind
        self.nullable, self.range = nullable, range
        scopes = {arg.scope for arg in args if arg.scope is not None}
        assert len(scopes) <= 1 or op == "up", f"{op} over rows of {scopes}"
        self.scope: Scope | None = next(iter(scopes), None)

    def __repr__(self) -> str:
        return f"{self.op}{[*self.atoms, *self.args]!r}"

    @property
    def is_literal(self) -> bool:
        """Whether its value is known when the query is made; NULL is."""
        return self.op == "lit"

    @property
    def value(self) -> bool | int | str | None:
        """The value of a literal; a date is its ordinal."""
        found = self.atoms[0]
        assert not isinstance(found, Scope)
        return found

    @property
    def is_wide(self) -> bool:
        """Whether a whole number may need more than 64 bits."""
        low, high = self.range
        return self.kind == "int" and (low is None or high is None or low <= -BIGINT or high >= BIGINT)


def factor(node: Sql) -> int:
    """A whole number that surely divides the node; 0 of what is nothing or NULL."""
    match node.op:
        case "lit":
            return 0 if node.value is None else abs(int(node.value))
        case "multiply":
            return factor(node.args[0]) * factor(node.args[1])
        case "add" | "greatest" | "least" | "coalesce" | "negate":
            return gcd(*map(factor, node.args))
        case "case":
            return gcd(*map(factor, (*node.args[1:-1:2], node.args[-1])))
        case _:
            return 1


def limit(a: Sql) -> tuple[tuple[str, Sql, Sql], int] | None:
    """Of a test of a date, known by its first and last day, against a limit: (how, first, last), and the limit's day.

    The test is TRUE where all its days are within the limit, FALSE where none is, and else NULL.
    """
    if a.op != "case" or len(a.args) != 5 or not all(part.is_literal for part in (a.args[1], *a.args[3:])):
        return None
    surely, never = a.args[0], a.args[2]
    if (a.args[1].value, a.args[3].value, a.args[4].value) != (True, False, None):
        return None
    if surely.op not in ("<=", ">=") or never.op != {"<=": ">", ">=": "<"}[surely.op]:
        return None
    (one, day), (other, same) = surely.args, never.args
    if one.kind != "date" or not day.is_literal or day is not same or one.is_literal or other.is_literal:
        return None
    return (surely.op, one, other), day_of_limit(a)


def day_of_limit(a: Sql) -> int:
    """The day of such a test, by its ordinal."""
    return int(a.args[0].args[1].value or 0)


def is_told(a: Sql) -> bool:
    """Whether a text is one of some constants."""
    if a.op == "case":
        return all(map(is_told, (*a.args[1:-1:2], a.args[-1])))
    return a.is_literal and a.kind == "text"


def is_nothing(a: Sql) -> bool:
    """Whether a node is NULL, as is known when the query is made."""
    return a.is_literal and a.value is None
