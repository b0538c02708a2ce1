"""Tables of which no row may hold: when that is, as a condition that every engine asks alike."""

from __future__ import annotations

from evaluator.rulebook import ir, model
from evaluator.rulebook.reads import walk
from evaluator.rulebook.vocabulary import DateType


def leftover(table: model.Table) -> ir.Expr | None:
    """The condition under which no row applies: where it is false, one row does, though it be open which.

    None where nothing can be gained by asking: it cannot be told, the rows are added up, or it depends on one fact
    alone, which may be anything as long as it is open.
    """
    if table.hit == "C+" or table.rest is None:
        return None
    read = {node for node in walk(table.rest) if isinstance(node, ir.FactRef | ir.FieldRef)}
    inner = any(isinstance(node, ir.Arithmetic | ir.Count | ir.Total | ir.ExtremeOf) for node in walk(table.rest))
    alone = len(read) == 1 and not inner and not isinstance(next(iter(read)).type, DateType)
    return None if alone else table.rest
