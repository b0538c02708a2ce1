"""Nodes to the text of a query: one chain of steps per set of rows, each aggregate of a list once.

In: the rows asked about and the nodes wanted of each. Out: common table expressions and the names under which the nodes
stand in the last of them. What several others read is worked out in a step of its own, so that the text grows with the
number of nodes, and no engine works out a part twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evaluator.engines.sql.derived import DerivedScope, PairScope
from evaluator.engines.sql.dialects import (
    OPERATORS,
    Dialect,
    constant,
    parameter_type,
    quoted,
    text_literal,
    values_table,
    write,
)
from evaluator.engines.sql.fold import ENTRY, JURISDICTION, NUMBER, RULE, WITHIN, FoldScope
from evaluator.engines.sql.groups import GroupScope, Payments
from evaluator.engines.sql.layout import MEMBERS, PROFILES
from evaluator.engines.sql.members import MemberScope
from evaluator.engines.sql.nodes import Scope, Sql
from evaluator.engines.sql.setup import Setup

AGGREGATES = frozenset({"sum", "min", "max", "some", "count", "lcm"})
_COMPOUND = frozenset(
    {"and", "or", "not", "is_null", "<", "<=", ">", ">=", "=", "<>", "add", "negate", "multiply", "in", "case"}
    | {"floor_divide"}
)
_LIFTED = frozenset({"up", "other"})  # read from rows above
_SHARED_WEIGHT = 6
_WEIGHT = 300
_DEEP = 4  # so many steps before an aggregate, and DuckDB's planner would write them into one another


class Chain:
    """The steps of one set of rows: which node is worked out in which, and under which name it then stands."""

    def __init__(self, query: Query, scope: Scope, wanted: Sequence[Sql]) -> None:
        self.query, self.scope = query, scope
        self.nodes: list[Sql] = []
        self.names: dict[Sql, str] = {}
        self._uses: dict[Sql, int] = {}
        self._level: dict[Sql, int] = {}
        self._bound: set[Sql] = set()
        self._weight: dict[Sql, int] = {}
        for node in wanted:
            self._visit(node)
        self.children: dict[Scope, dict[Sql, set[Sql]]] = {}
        self._paired: set[Sql] = set()
        at = 0
        while at < len(self.nodes):  # what rows below read of these may need further rows below
            node = self.nodes[at]
            at += 1
            if node.op not in AGGREGATES:
                continue
            child = node.atoms[0]
            assert isinstance(child, Scope)
            outer = query.outer_of(node)
            self.children.setdefault(child, {})[node] = outer
            for part in outer:
                self._visit(part)
                self._bound.add(part)
                if isinstance(child, PairScope):  # once for each entry, not for each pair
                    self._paired.add(part)
        self.outer = {node.args[0] for node in self.nodes if node.op in _LIFTED}
        self._place()
        self.last = max((self.available(node) for node in self.nodes), default=0)
        self._until: dict[Sql, int] = {}
        self._keep(wanted)
        self.order = {node: at for at, node in enumerate(self.nodes)}
        self._bound_at: dict[int, list[Sql]] = {}
        for node in self.nodes:
            if node in self._bound:
                self._bound_at.setdefault(self._level[node], []).append(node)

    def _visit(self, node: Sql) -> None:
        """Notes a node and all below it in the same rows, operands first."""
        stack: list[tuple[Sql, bool]] = [(node, False)]
        while stack:
            at, done = stack.pop()
            if done:
                self.nodes.append(at)
                continue
            self._uses[at] = self._uses.get(at, 0) + 1
            if self._uses[at] > 1:
                continue
            stack.append((at, True))
            if at.op not in _LIFTED and at.op not in AGGREGATES:
                stack.extend((arg, False) for arg in reversed(at.args))

    def _place(self) -> None:
        """Gives each node its step: after those that it reads, and after the aggregates that those need."""
        done: set[Sql] = set()

        def place(node: Sql) -> None:
            if node in done:
                return
            done.add(node)
            if node.op in AGGREGATES:
                child = node.atoms[0]
                assert isinstance(child, Scope)
                for part in self.children[child][node]:
                    place(part)
                outer = [self.available(part) for part in self.children[child][node] if not self.inlined(part)]
                self._level[node] = 1 + max(outer, default=0)
                self._weight[node] = 1
                return
            if node.op in ("col", "up", "other", "lit"):
                self._level[node], self._weight[node] = 0, 1
                self._bound.discard(node)
                return
            for arg in node.args:
                place(arg)
            weight = 1 + sum(1 if arg in self._bound else self._weight[arg] for arg in node.args)
            self._weight[node] = weight
            self._level[node] = max((self.available(arg) for arg in node.args), default=0)
            shared = (self._uses[node] > 1 and weight > _SHARED_WEIGHT) or node.op == "rank" or node in self._paired
            if node in self._bound and self._level[node] == 0 and not shared:
                self._bound.discard(node)  # read from outside, and as easily written there
            elif shared or weight > _WEIGHT:
                self._bound.add(node)

        for node in list(self.nodes):
            place(node)

    def inlined(self, node: Sql) -> bool:
        """Whether rows below write this node themselves, from the columns of the table."""
        return self.available(node) == 0

    def available(self, node: Sql) -> int:
        """The first step in which the node is a column, or can be written over columns."""
        return self._level[node] + (node in self._bound)

    def _keep(self, wanted: Iterable[Sql]) -> None:
        """Notes up to which step each node is read."""
        until = self._until
        for node in wanted:
            until[node] = self.last
        for outer in self.children.values():
            for aggregate, parts in outer.items():
                for part in parts:
                    until[part] = max(until.get(part, 0), self._level[aggregate] - 1)
        for node in reversed(self.nodes):
            if node.op in _LIFTED or node.op in AGGREGATES:
                continue
            read = self._level[node] if node in self._bound else until.get(node, 0)
            for arg in node.args:
                until[arg] = max(until.get(arg, 0), read)

    def kept(self, step: int, alias: str) -> list[str]:
        """The columns of that step that are still read after it."""
        found = [f"{alias}.{quoted(key, self.query.dialect)}" for key in self.scope.keys]
        for node in self.nodes:
            if self._until.get(node, 0) <= step or self.available(node) > step:
                continue
            if node.op == "col" and node.atoms[1] not in self.scope.keys:
                found.append(f"{alias}.{quoted(str(node.atoms[1]), self.query.dialect)}")
            elif node.op in _LIFTED or node.op in AGGREGATES or node in self._bound:
                found.append(f"{alias}.{self.name(node)}")
        return list(dict.fromkeys(found))

    def name(self, node: Sql) -> str:
        """The column of a node that is one."""
        found = self.names.get(node)
        if found is None:
            found = self.names[node] = self.query.fresh()
        return found

    def text(self, node: Sql, step: int, alias: str) -> str:
        """A node over the columns of step `step`, which stands there as `alias`."""
        dialect = self.query.dialect
        if node.is_literal:
            return write(node, [], dialect)
        if node.op == "col":
            return f"{alias}.{quoted(str(node.atoms[1]), dialect)}"
        if node.op in _LIFTED or node.op in AGGREGATES or (node in self._bound and self.available(node) <= step):
            return f"{alias}.{self.name(node)}"
        args = [self._operand(arg, step, alias) for arg in node.args]
        return write(node, args, dialect)

    def _operand(self, node: Sql, step: int, alias: str) -> str:
        text = self.text(node, step, alias)
        column = node in self._bound and self.available(node) <= step
        return f"({text})" if node.op in _COMPOUND and not column else text

    def bound_at(self, step: int) -> list[Sql]:
        """The nodes that become columns in the step after `step`."""
        return self._bound_at.get(step, [])

    def aggregated_at(self, step: int) -> dict[Scope, list[Sql]]:
        """The aggregates that become columns in that step, by the rows below."""
        found: dict[Scope, list[Sql]] = {}
        for child, aggregates in self.children.items():
            for node in aggregates:
                if self._level[node] == step:
                    found.setdefault(child, []).append(node)
        return found

    @property
    def columns(self) -> list[str]:
        """The columns of its table that it reads, besides its keys."""
        found = dict.fromkeys(str(node.atoms[1]) for node in self.nodes if node.op == "col")
        return [name for name in found if name not in self.scope.keys]


class Query:
    """Writes the common table expressions of one query."""

    def __init__(self, dialect: Dialect, setup: Setup | None = None) -> None:
        self.dialect: Dialect = dialect
        self.setup = setup
        self.steps: list[tuple[str, str]] = []
        self._parameters: dict[FoldScope, tuple[str, str]] = {}
        self._payments: dict[Payments, str] = {}
        self._kept_apart: set[str] = set()
        self._count = 0
        self._outer: dict[Sql, set[Sql]] = {}

    def fresh(self) -> str:
        """A new name."""
        self._count += 1
        return f"c{self._count}"

    def outer_of(self, aggregate: Sql) -> set[Sql]:
        """What an aggregate reads of the row above its rows."""
        known = self._outer.get(aggregate)
        if known is not None:
            return known
        child = aggregate.atoms[0]
        assert isinstance(child, Scope)
        found = self._read_above(aggregate.args, child) | set(child.needs)
        if isinstance(child, GroupScope) and child.parent is child.payments.root:
            found |= self.needs_of(child.payments)
        self._outer[aggregate] = found
        return found

    def _read_above(self, nodes: Iterable[Sql], child: Scope) -> set[Sql]:
        """What nodes in the rows of `child` read of the row above."""
        found: set[Sql] = set()
        seen: set[Sql] = set()
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if node.op in _LIFTED and node.atoms[0] is child:
                found.add(node.args[0])
            elif node.op in AGGREGATES and node.atoms[0] is not child:
                stack.extend(self.outer_of(node))
            else:
                stack.extend(node.args)
        return found

    def needs_of(self, payments: Payments) -> set[Sql]:
        """What payments read of the rows above."""
        found: set[Sql] = set()
        for source in payments.sources:
            own = source.scope is payments.root
            found |= set(source.nodes) if own else self._read_above(source.nodes, source.scope)
        return found

    def payments(self, payments: Payments, above: Chain, relations: dict[int, str]) -> str:
        """The step in which all payments stand, made once."""
        found = self._payments.get(payments)
        if found is None:
            text = payments.text(self, above, relations)
            found = self._payments[payments] = self.step(f"{payments.root.name}_{len(self.steps)}", text)
        return found

    def below(self, scope: Scope, wanted: Sequence[Sql], above: Chain, relations: dict[int, str]) -> tuple[str, Chain]:
        """The step in which all wanted nodes can be written in the rows of `scope`, and how."""
        chain = Chain(self, scope, wanted)
        start = self._start(scope, chain, (above, relations))
        return self._run(chain, start, chain.last), chain

    def relation(self, above: Chain, relations: dict[int, str], step: int) -> str:
        """The table or step that holds the rows of a chain after so many steps."""
        plain = above.scope.parent is None and not isinstance(above.scope, FoldScope)
        return self._q(above.scope.source) if step == 0 and plain else relations[step]

    def keys(self, scope: Scope, alias: str) -> str:
        """What makes a row of a scope its own."""
        return self._keys(scope, alias)

    def quoted(self, name: str) -> str:
        """A name of a column."""
        return self._q(name)

    def rows(self, scope: Scope, wanted: Sequence[Sql]) -> tuple[str, Chain]:
        """The step in which all wanted nodes can be written, and how."""
        chain = Chain(self, scope, wanted)
        start = self._start(scope, chain, None)
        return self._run(chain, start, chain.last), chain

    def _q(self, name: str) -> str:
        return quoted(name, self.dialect)

    def _keys(self, scope: Scope, alias: str) -> str:
        return ", ".join(f"{alias}.{self._q(key)}" for key in scope.keys)

    def _start(self, scope: Scope, chain: Chain, outer: tuple[Chain, dict[int, str]] | None) -> str:
        """The first step: the columns of the table that are read, and what is read of the row above."""
        name = f"{scope.name}_{len(self.steps)}"
        if outer is None and isinstance(scope, FoldScope):
            self.steps.append((name, self._joined(scope, chain)))
            return name
        if outer is None:
            columns = [f"s.{self._q(column)}" for column in chain.columns]
            self.steps.append(
                (name, f"SELECT {', '.join([self._keys(scope, 's'), *columns])} FROM {self._q(scope.source)} s")
            )
            return name
        above, relations = outer
        parent = above.scope
        parts = sorted(chain.outer, key=lambda part: above.order[part])
        step = max((above.available(part) for part in (*parts, *scope.needs)), default=0)
        base = self.relation(above, relations, step)
        lifted = [
            f"{above.text(part, step, 'p' if node.op == 'up' else 'o')} AS {chain.name(node)}"
            for part in parts
            for node in chain.nodes
            if node.op in _LIFTED and node.args[0] is part
        ]
        if isinstance(scope, DerivedScope):
            text = scope.rows(self, above, relations, step, lifted)
            return self.step(f"{scope.name}_{len(self.steps)}", text)
        if isinstance(scope, MemberScope):
            place = above.text(scope.needs[0], step, "p")
            self.steps.append((name, self._members(scope, chain, f"{base} p", place, lifted)))
            return name
        own = scope.keys[-1]
        key = f"s.{self._q('item')}" + ("" if own == "item" else f" AS {self._q(own)}")
        columns = [f"s.{self._q(column)}" for column in chain.columns]
        table = self._q(scope.source)
        if not lifted and parent.keys == ("profile",):
            head = [f"s.{self._q('profile')}", key, *columns]
            self.steps.append((name, f"SELECT {', '.join(head)} FROM {table} s"))
            return name
        head = [self._keys(parent, "p"), key, *columns, *lifted]
        whose = [key for key in ("profile", "place") if key in parent.keys]  # a member's are by its place too
        on = " AND ".join(f"s.{self._q(key)} = p.{self._q(key)}" for key in whose)
        self.steps.append((name, f"SELECT {', '.join(head)} FROM {table} s JOIN {base} p ON {on}"))
        return name

    def step(self, name: str, text: str) -> str:
        """Adds a step; its name."""
        self.steps.append((name, text))
        return name

    def _joined(self, scope: FoldScope, chain: Chain) -> str:
        """Each profile with every rule of the group whose place lies above or below its own."""
        q = self._q
        if not self.steps or all(name != "places" for name, _ in self.steps):
            self.step("places", f"SELECT DISTINCT {q('place')} FROM {q(scope.source)}")
        found = self._parameters.get(scope)
        if found is None:
            found = self._parameters[scope] = self._rules(scope)
        table, places = found
        own = {NUMBER, RULE, ENTRY, *(name for name, _ in scope.group.columns)}
        columns = [
            f"n.{q(column)}" if column == WITHIN else f"r.{q(column)}" if column in own else f"s.{q(column)}"
            for column in chain.columns
        ]
        head = ", ".join([f"s.{q('profile')}", f"r.{q(NUMBER)}", *columns])
        near = f"JOIN {places} n ON n.{q('place')} = s.{q('place')}"
        rules = f"JOIN {table} r ON r.{q(JURISDICTION)} = n.{q(JURISDICTION)}"
        return f"SELECT {head} FROM {q(scope.source)} s {near} {rules}"

    def _rules(self, scope: FoldScope) -> tuple[str, str]:
        """The parameters of a group, and which of its places lie above (TRUE) or below (NULL) a profile's."""
        q, dialect, name = self._q, self.dialect, f"{scope.name}_rules"
        names = [NUMBER, RULE, ENTRY, JURISDICTION, *(name for name, _ in scope.group.columns)]
        rows = scope.group.rows
        if self.setup is None:
            types = [parameter_type([row[at] for row in rows], dialect) for at in range(len(names))]
            cells = [[constant(cell, dialect) for cell in row] for row in rows]
            table = self.step(name, values_table(list(zip(names, types, strict=True)), cells, dialect))
        else:
            table = q(self.setup.table(name, names, rows))
        return table, self._near(name, table, max(str(row[3]).count("/") + 1 for row in rows))

    def _near(self, name: str, table: str, depth: int) -> str:
        """Which of the places of rules lie above a profile's (TRUE) or below it (NULL), of so many steps at most.

        Places are joined by what is equal, so that an engine knows how few rows come of it.
        """
        place, jurisdiction, up = self._q("place"), self._q(JURISDICTION), OPERATORS["upper_path"].text(self.dialect)
        of_rules = self.step(f"{name}_places", f"SELECT DISTINCT {jurisdiction} FROM {table}")

        def above(key: str, source: str, steps: int) -> list[str]:
            return [f"SELECT {key}, {up.format(key, at)} AS up FROM {source}" for at in range(1, steps + 1)]

        upper = self.step(f"{name}_upper", " UNION ".join(above(place, "places", depth)))
        lower = self.step(
            f"{name}_lower",
            " UNION ".join([f"SELECT {jurisdiction}, '' AS up FROM {of_rules}", *above(jurisdiction, of_rules, depth)]),
        )
        return self.step(
            f"{name}_near",
            f"SELECT d.{place}, j.{jurisdiction}, TRUE AS {self._q(WITHIN)} FROM {upper} d "
            f"JOIN {of_rules} j ON j.{jurisdiction} = d.up UNION ALL "
            f"SELECT d.{place}, j.{jurisdiction}, CAST(NULL AS BOOLEAN) FROM places d "
            f"JOIN {lower} j ON j.up = d.{place} AND j.up <> j.{jurisdiction}",
        )

    def _members(self, scope: MemberScope, chain: Chain, base: str, region: str, lifted: list[str]) -> str:
        """The rows of members: of the register where one is kept, else those given; `region` is the place above."""
        register, q = scope.register, self._q
        given = [column for column in chain.columns if column not in ("kind", "place")]
        assert scope.parent is not None
        keys, profile, place = self._keys(scope.parent, "p"), q("profile"), q("place")
        columns = [f"s.{q(column)}" for column in given]
        kind = text_literal(register.kind, self.dialect)
        members = q(MEMBERS)
        regions = ", ".join(text_literal(region, self.dialect) for region in register.regions)
        parts = []
        if register.members:
            pairs = ", ".join(
                f"({text_literal(region, self.dialect)}, {text_literal(member, self.dialect)})"
                for region, member in register.members
            )
            head = [keys, f"r.member AS {place}", f"{kind} AS {q('kind')}", *columns, *lifted]
            parts.append(
                f"SELECT {', '.join(head)} FROM {base} JOIN (VALUES {pairs}) AS r(region, member) "
                f"ON r.region = {region} LEFT JOIN {members} s "
                f"ON s.{profile} = p.{profile} AND s.{place} = r.member"
            )
        head = [keys, f"s.{place}", f"s.{q('kind')}", *columns, *lifted]
        other = f" AND {region} NOT IN ({regions})" if regions else ""
        parts.append(
            f"SELECT {', '.join(head)} FROM {base} JOIN {members} s ON s.{profile} = p.{profile} "
            f"WHERE s.{q('kind')} = {kind}{other}"
        )
        return " UNION ALL ".join(parts)

    def _run(self, chain: Chain, start: str, last: int) -> str:
        """The steps up to the one in which everything is a column."""
        relations = {0: start}
        for step in range(last):
            here = relations[step]
            made = [f"{chain.text(node, step, 's')} AS {chain.name(node)}" for node in chain.bound_at(step)]
            joins: list[str] = []
            for child, aggregates in chain.aggregated_at(step + 1).items():
                table = self._aggregated(child, aggregates, chain, relations)
                alias = f"a{len(joins)}"
                on = " AND ".join(f"{alias}.{self._q(key)} = s.{self._q(key)}" for key in chain.scope.keys)
                joins.append(f" LEFT JOIN {table} {alias} ON {on}")
                made.extend(f"{alias}.{chain.name(node)}" for node in aggregates)
            name = f"{chain.scope.name}_{len(self.steps)}"
            if made:
                columns = [*chain.kept(step, "s"), *made]
                self.steps.append((name, f"SELECT {', '.join(columns)} FROM {here} s{''.join(joins)}"))
                relations[step + 1] = name
            else:
                relations[step + 1] = here
        return relations[last]

    def _aggregated(self, child: Scope, aggregates: list[Sql], above: Chain, relations: dict[int, str]) -> str:
        """The aggregates of a list's rows, by the row above."""
        inner = [node.args[0] for node in aggregates]
        chain = Chain(self, child, inner)
        start = self._start(child, chain, (above, relations))
        last = self._run(chain, start, chain.last)
        if chain.last >= _DEEP:
            self._kept_apart.add(last)
        parent = child.parent
        assert parent is not None
        columns = [
            f"{write(node, [chain.text(node.args[0], chain.last, 's')], self.dialect)} AS {above.name(node)}"
            for node in aggregates
        ]
        keys = self._keys(parent, "s")
        name = f"{child.name}_{len(self.steps)}"
        self.steps.append((name, f"SELECT {keys}, {', '.join(columns)} FROM {last} s GROUP BY {keys}"))
        return name

    def written(self, final: str) -> str:
        """The whole query, with `final` as its last SELECT."""
        apart = "" if self.dialect == "spark" else "MATERIALIZED "
        steps = ",\n".join(
            f"{name} AS {apart if name in self._kept_apart else ''}(\n  {text}\n)" for name, text in self.steps
        )
        return f"WITH {steps}\n{final}"


def profile_scope() -> Scope:
    """The rows of the profiles."""
    return Scope("p", PROFILES, ("profile",))
