"""Rows that are made of other rows, and stand in no table of their own: pairs of entries, groups of payments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.relation import Builder

if TYPE_CHECKING:
    from evaluator.engines.sql.render import Chain, Query


class DerivedScope(Scope, ABC):
    """Rows made of those of the scopes above, in a step of their own."""

    __slots__ = ()

    @abstractmethod
    def rows(self, query: Query, above: Chain, relations: dict[int, str], step: int, lifted: Sequence[str]) -> str:
        """The SELECT of these rows, with their keys and what is `lifted` of the row above, which is called `p`.

        `relations` are the steps of the row above; at `step` all that is lifted can be written.
        """


class PairScope(DerivedScope):
    """Each entry of a list beside every entry of it, itself too: `up` reads the one, `other` the other, called `o`."""

    __slots__ = ()

    def __init__(self, name: str, entries: Scope) -> None:
        super().__init__(name, "", (*entries.keys, f"other_{len(entries.keys)}"), entries)

    def rows(self, query: Query, above: Chain, relations: dict[int, str], step: int, lifted: Sequence[str]) -> str:
        """As the class says."""
        entries = self.parent
        assert entries is not None
        assert entries.parent is not None
        q, table = query.quoted, relations[step]
        on = " AND ".join(f"o.{q(key)} = p.{q(key)}" for key in entries.parent.keys)
        head = [query.keys(entries, "p"), f"o.{q(entries.keys[-1])} AS {q(self.keys[-1])}", *lifted]
        return f"SELECT {', '.join(head)} FROM {table} p JOIN {table} o ON {on}"


def number_of(scope: Scope, builder: Builder) -> Sql:
    """The number of the entry in a row of its list, or of the other entry in a row of pairs."""
    return builder.column(scope, scope.keys[-1], "int", nullable=False, range=(1, 2**31 - 1))


def own_keys(scope: Scope, builder: Builder) -> list[Sql]:
    """What the rows of one row above have in common."""
    assert scope.parent is not None
    return [
        builder.column(scope, key, "text" if key == "place" else "int", nullable=False) for key in scope.parent.keys
    ]
