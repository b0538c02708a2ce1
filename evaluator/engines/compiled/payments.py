"""The fast path of amounts: Python expressions of what is paid where everything read is exactly known."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from evaluator.engines.compiled.native import Native, NotNative
from evaluator.engines.compiled.runtime import Open, pay
from evaluator.engines.payable import bracketed, round_to, steps_in
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import ChoiceType, Exact


def payable(amount: model.Amount, native: Native) -> str:
    """The Python expression of what is payable of an amount. Raises NotNative."""
    match amount:
        case model.Fixed(value=ir.Constant(value=int() | Fraction() as value)):
            return repr(pay(value))
        case model.Table():
            found = _lookup(amount)
            if found is not None:
                column, amounts = found
                return _looked_up(column, {key: pay(value) for key, value in amounts.items()}, native)
        case _:
            pass
    return f"pay({paid(amount, native)})"


def _looked_up(column: ir.Expr, amounts: Mapping[str, Exact], native: Native) -> str:
    """By key where every value of the column has a row, so that none is nothing."""
    assert isinstance(column.type, ChoiceType)
    whole = {choice.id: amounts.get(choice.id, 0) for choice in column.type.choices}
    return f"{native.names.of(whole)}[{native.text(column)}]"


def paid(amount: model.Amount, native: Native) -> str:
    """The Python expression of an amount, before it is rounded. Raises NotNative."""
    match amount:
        case model.Fixed(value=value):
            return native.text(value)
        case model.Table():
            return _table(amount, native)
        case model.Bounded(low=low, high=high, decided=decided):
            if decided is None:
                raise NotNative("is a range until it is decided")
            return f"min(max({native.text(decided)}, {native.text(low)}), {native.text(high)})"
        case model.Brackets(base=base, cap=cap):
            brackets = native.names.of(lambda known: bracketed(amount, known))
            return _capped(f"{brackets}({native.text(base)})", cap, native)
        case model.Steps(base=base, every=every, amount=per, over=over, cap=cap):
            rest = native.text(base) if over is None else f"({native.text(base)} - {native.text(over)})"
            steps = native.names.of(lambda known, size: _steps(amount, known, size))
            return _capped(f"({steps}({rest}, {native.text(every)}) * {native.text(per)})", cap, native)
        case model.Sum(parts=parts):
            return f"({' + '.join(paid(part, native) for part in parts)})"
        case model.Limited():
            return _limited(amount, native)
        case model.Unstated():
            raise NotNative("has no amount")
        case _:
            assert_never(amount)


def _capped(value: str, cap: ir.Expr | None, native: Native) -> str:
    return value if cap is None else f"min({value}, {native.text(cap)})"


def _steps(amount: model.Steps, rest: Exact, size: Exact) -> Exact:
    if size <= 0:
        raise Open
    return steps_in(amount, rest, size)


def _table(table: model.Table, native: Native) -> str:
    """A look-up where each row is one value of one column, else the rows that hold."""
    found = _lookup(table)
    if found is not None:
        return _looked_up(*found, native)
    rows = [f"*(({paid(row.value, native)},) if {native.text(row.condition)} else ())" for row in table.rows]
    values = f"({', '.join(rows)},)"
    match table.hit:
        case "C+":
            return f"sum({values})"
        case "C<" | "C>":
            return f"{'min' if table.hit == 'C<' else 'max'}({values}, default=0)"
        case "U" | "A":
            return f"only({values})"
        case _:
            assert_never(table.hit)


def _limited(limited: model.Limited, native: Native) -> str:
    """Rounded, then at least the floor, then at most the cap."""
    value, rounding = paid(limited.amount, native), limited.rounding
    if rounding is not None:
        value = f"{native.names.of(lambda known: round_to(rounding, known))}({value})"
    if limited.floor is not None:
        value = f"max({value}, {native.text(limited.floor)})"
    return _capped(value, limited.cap, native)


def _lookup(table: model.Table) -> tuple[ir.Expr, dict[str, Exact]] | None:
    """The column and the amount of each of its values, where rows are constants by one choice."""
    column: ir.Expr | None = None
    amounts: dict[str, Exact] = {}
    for row in table.rows:
        match row.condition, row.value:
            case (
                ir.Equal(
                    left=(ir.FieldRef(type=ChoiceType()) | ir.FactRef(type=ChoiceType())) as left,
                    right=ir.Constant(value=str() as key),
                ),
                model.Fixed(value=ir.Constant(value=value)),
            ) if (column is None or left == column) and key not in amounts and not isinstance(value, str):
                column, amounts[key] = left, value
            case _:
                return None
    return None if column is None else (column, amounts)
