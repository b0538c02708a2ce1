"""Payments by year, or by year and entry: rows made of the payments of several awards, whatever list they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from evaluator.engines.sql.derived import DerivedScope
from evaluator.engines.sql.dialects import WIDE, type_of, write
from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.relation import Builder
from evaluator.record import record

if TYPE_CHECKING:
    from evaluator.engines.sql.render import Chain, Query

YEAR, LIST, ITEM = "group:year", "group:list", "group:item"


@record
class Column:
    """One value of a payment: how those of a group become one, and what it is where there is none (0 or FALSE)."""

    name: str
    how: Literal["sum", "some"]
    value: Sql


@record
class Source:
    """The payments of one award: the rows of `scope` where `there` is TRUE; `matter` is the list of `item`."""

    scope: Scope
    there: Sql
    year: Sql
    matter: Sql
    item: Sql
    columns: tuple[Column, ...]

    @property
    def nodes(self) -> list[Sql]:
        """All that is read in its rows."""
        return [self.there, self.year, self.matter, self.item, *(column.value for column in self.columns)]


class Payments:
    """The payments of several awards, one table of them all; `root` are the rows above."""

    def __init__(self, root: Scope, sources: Sequence[Source], builder: Builder) -> None:
        self.root, self.sources, self.builder = root, sources, builder
        self.columns = {column.name: column.how for source in sources for column in source.columns}

    def text(self, query: Query, above: Chain, relations: dict[int, str]) -> str:
        """The SELECT of all payments whose year is known."""
        step = max((above.available(node) for node in query.needs_of(self)), default=0)
        ran: dict[Scope, tuple[str, Chain]] = {}
        parts: list[str] = []
        for source in self.sources:
            if source.scope is self.root:
                table, chain, at = query.relation(above, relations, step), above, step
            else:
                if source.scope not in ran:
                    wanted = [node for one in self.sources if one.scope is source.scope for node in one.nodes]
                    ran[source.scope] = query.below(source.scope, wanted, above, relations)
                table, chain = ran[source.scope]
                at = chain.last
            parts.append(self._select(source, table, chain, at, query))
        return " UNION ALL ".join(parts)

    def _select(self, source: Source, table: str, chain: Chain, step: int, query: Query) -> str:
        b, dialect = self.builder, query.dialect
        year, there = chain.text(source.year, step, "s"), chain.text(source.there, step, "s")
        given = {YEAR: source.year, LIST: source.matter, ITEM: source.item}
        given |= {name: b.zero if how == "sum" else b.false for name, how in self.columns.items()}
        given |= {column.name: column.value for column in source.columns}
        cells = [query.keys(self.root, "s")]
        for name, node in given.items():
            kind = WIDE.text(dialect) if self.columns.get(name) == "sum" else type_of(node, dialect)
            cells.append(f"CAST({chain.text(node, step, 's')} AS {kind}) AS {query.quoted(name)}")
        return f"SELECT {', '.join(cells)} FROM {table} s WHERE ({there}) AND ({year}) IS NOT NULL"


class GroupScope(DerivedScope):
    """The years in which something is paid; or, under such a year, the entries for which something is."""

    __slots__ = ("payments",)

    def __init__(self, name: str, parent: Scope, payments: Payments) -> None:
        own = (YEAR,) if parent is payments.root else (LIST, ITEM)
        super().__init__(name, "", (*parent.keys, *own), parent)
        self.payments = payments

    def value(self, name: str) -> Sql:
        """The values of that name of all payments in a row, as one."""
        some = self.payments.columns[name] == "some"
        return self.payments.builder.column(self, name, "bool" if some else "int", nullable=False)

    def rows(self, query: Query, above: Chain, relations: dict[int, str], step: int, lifted: Sequence[str]) -> str:
        """As the class says."""
        q, parent, b = query.quoted, self.parent, self.payments.builder
        assert parent is not None
        table = query.payments(self.payments, above, relations)
        keys = query.keys(self, "g")
        made = []
        for name, how in self.payments.columns.items():
            node = b.aggregate(how, self, self.value(name))
            made.append(f"{write(node, [f'g.{q(name)}'], query.dialect)} AS {q(name)}")
        grouped = f"SELECT {keys}, {', '.join(made)} FROM {table} g GROUP BY {keys}"
        if not lifted:
            return grouped
        base = query.relation(above, relations, step)
        on = " AND ".join(f"s.{q(key)} = p.{q(key)}" for key in parent.keys)
        own = [query.keys(self, "s"), *(f"s.{q(name)}" for name in self.payments.columns)]
        return f"SELECT {', '.join([*own, *lifted])} FROM ({grouped}) s JOIN {base} p ON {on}"
