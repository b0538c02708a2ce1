"""Tables of which no row may hold: when that is, as a condition that every engine asks alike."""

from __future__ import annotations

from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import walk
from evaluator.rulebook.vocabulary import DateType


def leftover(table: model.Table) -> ir.Expr | None:
    """The condition under which no row applies: where it is false, one row does, though it be open which.

    None where nothing can be gained by asking: it cannot be told, the rows are added up, or the rows test one fact
    alone, which may be anything as long as it is open.
    """
    rest = table.rest
    if table.hit == "C+" or rest is None or isinstance(rest, ir.Constant):
        return None if table.hit == "C+" else rest
    read: set[ir.Expr] = set()
    for test in (rest, *(row.condition for row in table.rows)):
        for node in walk(test):
            if isinstance(node, ir.FactRef | ir.FieldRef) and not isinstance(node.type, DateType):
                read.add(node)
            elif not isinstance(node, _PLAIN):
                return rest
    return None if len(read) == 1 else rest


_PLAIN = (ir.Constant, ir.AllOf, ir.AnyOf, ir.Not, ir.Compare, ir.Equal, ir.Rank)
"""What a test of one fact against figures is made of."""
