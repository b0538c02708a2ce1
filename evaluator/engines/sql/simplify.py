"""What is known of a node where it stands, used to write it shorter: the value is the same, only less is worked out.

In: nodes of one builder. Out: nodes of it. Everything here goes through the constructors of `Builder`, which fold what
they are given; the agreement tests hold the result to the reference engine.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.relation import Builder

MOST_NODES: Final = 200
MOST_WORDS: Final = 40
"""More words than that would make a table of a choice longer than what it stands for."""
_PASSED: Final = frozenset({"col", "up", "other", "rank", "sum", "min", "max", "some", "count", "lcm"})
"""What is not looked into: columns, and what is worked out elsewhere."""


def where(b: Builder, condition: Sql, node: Sql) -> Sql:
    """`node` as it is in rows where `condition` is TRUE; another node where it is not."""
    known: dict[Sql, Sql] = {}
    never: set[Sql] = set()
    for part in condition.args if condition.op == "and" else (condition,):
        known[part] = b.true
        if part.op == "not":
            known[part.args[0]] = b.false
            if part.args[0].op == "coalesce" and part.args[0].args[1] is b.false:
                never.add(part.args[0].args[0])
    return replaced(b, node, known, never)


def replaced(b: Builder, node: Sql, known: Mapping[Sql, Sql], never: Collection[Sql] = ()) -> Sql:
    """The node with some of those in it taken for others; what this gives in turn is looked up as well.

    Those of `never` are FALSE or NULL, which are alike where a branch is chosen.
    """
    done: dict[Sql, Sql] = dict(known)
    stack: list[tuple[Sql, bool]] = [(node, False)]
    while stack:
        at, ready = stack.pop()
        if at in done:
            continue
        if at.op == "lit" or at.op in _PASSED:
            done[at] = at
            continue
        if not ready:
            stack.append((at, True))
            stack.extend((arg, False) for arg in at.args)
            continue
        args = tuple(done[arg] for arg in at.args)
        if at.op == "case" and never:
            last = len(args) - 1
            args = tuple(b.false if k % 2 == 0 < last - k and arg in never else arg for k, arg in enumerate(args))
        made = at if args == at.args else b.again(at, args)
        done[at] = known.get(made, made)
    return done[node]


def tabulated(b: Builder, node: Sql) -> Sql:
    """The same by cases of one text, where a node reads nothing else and holds that only against constants."""
    found = _only_word(node)
    if found is None:
        return node
    word, names = found
    rows = [(b.compare("=", word, b.text(name)), replaced(b, node, {word: b.text(name)})) for name in names]
    other = replaced(b, node, {word: b.text("\0")})  # no choice is called so
    none = replaced(b, node, {word: b.null("text")})
    if not all(value.is_literal for _, value in rows) or not other.is_literal or not none.is_literal:
        return node
    rows = [(test, value) for test, value in rows if value is not other]
    if none is not other and word.nullable:
        rows.append((b.is_null(word), none))
    return b.case(rows, other)


def _only_word(node: Sql) -> tuple[Sql, list[str]] | None:
    """The text column that a node reads and the constants it is held against; None where it reads anything else."""
    if node.is_literal or node.op in ("=", "in", *_PASSED):
        return None
    words: set[Sql] = set()
    names: dict[str, None] = {}
    seen: set[Sql] = set()
    stack = [node]
    while stack:
        at = stack.pop()
        if at in seen:
            continue
        seen.add(at)
        if len(seen) > MOST_NODES:
            return None
        if at.op in ("=", "<>", "in") and at.args[0].op in ("col", "up") and at.args[0].kind == "text":
            words.add(at.args[0])
            if not all(other.is_literal for other in at.args[1:]):
                return None
            names.update(dict.fromkeys(str(other.value) for other in at.args[1:]))
        elif at.op == "is_null" and at.args[0].op in ("col", "up") and at.args[0].kind == "text":
            words.add(at.args[0])
        elif at.op in _PASSED:
            return None
        else:
            stack.extend(at.args)
    return (next(iter(words)), list(names)) if len(words) == 1 and 0 < len(names) <= MOST_WORDS else None
