"""Amounts turned into other amounts or into one expression: multiplied, floored at nothing, held against a figure.

In: typed amounts. Out: typed amounts of the forms there are, so that no engine knows of it. A factor goes into the
parts of a form, to where it multiplies an expression or figures of the rule.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final, assert_never

from evaluator.rulebook import ir, model
from evaluator.rulebook.quantities import combine
from evaluator.rulebook.vocabulary import BOOL, MONEY, PLAIN, Exact, NumberType, exact

ZERO: Final = ir.Constant(type=MONEY, value=0)
ENOUGH: Final = "达到起付金额"
"""The label of the row that pays what is not too little."""
_NEVER: Final = ir.Constant(type=BOOL, value=False)


def product(factor: ir.Expr, value: ir.Expr) -> ir.Expr:
    """`factor · value`, folded where both are constants."""
    return combine("*", factor, value, (0, 0))


def number(node: ir.Constant) -> Exact:
    """The number of a constant that is one."""
    assert isinstance(node.type, NumberType)
    assert not isinstance(node.value, str)
    return node.value


def largest_figure(amount: model.Amount) -> Exact:
    """The largest amount that a form names as a figure, such as a row of a table; 0 where it names none."""
    match amount:
        case model.Fixed(value=value) | model.Bounded(high=value):
            return number(value) if isinstance(value, ir.Constant) else 0
        case model.Table(rows=rows):
            return max((largest_figure(row.value) for row in rows), default=0)
        case model.Sum() | model.Brackets() | model.Steps() | model.Limited() | model.Unstated():
            return 0
        case _:
            assert_never(amount)


# ------------------------------------------------------------------ never below nothing


def not_negative(node: ir.Expr) -> bool:
    """Whether an expression cannot come to less than 0, as far as its form and the vocabulary tell."""
    match node:
        case ir.Constant(value=value):
            return not isinstance(value, str) and value >= 0
        case ir.FactRef(fact=field) | ir.FieldRef(field=field) | ir.MetricRef(metric=field):
            return field.low is not None and field.low >= 0
        case ir.If(then=then, otherwise=otherwise):
            return not_negative(then) and not_negative(otherwise)
        case ir.Arithmetic(op="+" | "*" | "/", left=left, right=right):
            return not_negative(left) and not_negative(right)
        case ir.Extreme(how=how, operands=operands):
            return (any if how == "max" else all)(not_negative(operand) for operand in operands)
        case ir.Rounded(how=how, operand=operand):
            return how == "abs" or not_negative(operand)
        case ir.Total(value=value) | ir.ExtremeOf(value=value):
            return not_negative(value)
        case ir.Count() | ir.Position() | ir.AwardAmount() | ir.Rank() | ir.MemberShare():
            return True
        case _:
            return False


def floored(amount: model.Amount) -> model.Amount:
    """The amount, and nothing where it would be less: a part of a sum takes nothing from the others."""
    match amount:
        case model.Fixed(value=value):
            if not_negative(value):
                return amount
            return model.Fixed(value=ir.Extreme(type=MONEY, how="max", operands=(value, ZERO)))
        case model.Table(rows=rows):
            return replace(amount, rows=tuple(replace(row, value=floored(row.value)) for row in rows))
        case model.Sum() | model.Unstated():
            return amount
        case model.Brackets(cap=cap):
            if (cap is None or not_negative(cap)) and all(rate >= 0 for _, rate in amount.slices):
                return amount
        case model.Steps(amount=each, cap=cap):
            if (cap is None or not_negative(cap)) and not_negative(each):
                return amount
        case model.Bounded(low=low, high=high):
            if not_negative(low) and not_negative(high):
                return amount
        case model.Limited(floor=floor, cap=cap):
            if floor is not None and not_negative(floor) and (cap is None or not_negative(cap)):
                return amount
            if cap is None or not_negative(cap):
                return replace(amount, amount=floored(amount.amount))
        case _:
            assert_never(amount)
    return model.Limited(amount=amount, rounding=None, floor=ZERO, cap=None)


def less(amount: model.Amount, minus: ir.Expr) -> model.Amount:
    """What is left of an amount when `minus` is taken off, never below nothing."""
    taken: ir.Expr = ir.Negate(type=MONEY, operand=minus)
    if isinstance(minus, ir.Constant):
        taken = ir.Constant(type=MONEY, value=-number(minus))
    together = model.Sum(parts=(amount, model.Fixed(value=taken)))
    return model.Limited(amount=together, rounding=None, floor=ZERO, cap=None)


def taken_off(amount: model.Amount) -> tuple[model.Amount, ir.Expr] | None:
    """What `less` made its amount of: the whole, and what is taken off it."""
    match amount:
        case model.Limited(
            amount=model.Sum(parts=(whole, model.Fixed(value=minus))),
            rounding=None,
            floor=ir.Constant(value=0),
            cap=None,
        ):
            if isinstance(minus, ir.Negate):
                return whole, minus.operand
            if isinstance(minus, ir.Constant) and number(minus) < 0:
                return whole, ir.Constant(type=MONEY, value=-number(minus))
        case _:
            pass
    return None


# ------------------------------------------------------------------ times a factor


def scaled(amount: model.Amount, factor: ir.Expr) -> model.Amount | None:
    """`factor` times the amount, with its own bounds; None where the form cannot be multiplied."""
    if not not_negative(factor):
        floor = ir.Constant(type=factor.type, value=0)
        factor = ir.Extreme(type=factor.type, how="max", operands=(factor, floor))
    return _scaled(amount, factor)


def _scaled(amount: model.Amount, factor: ir.Expr) -> model.Amount | None:
    match amount:
        case model.Fixed(value=value):
            return model.Fixed(value=product(factor, value))
        case model.Table(rows=rows):
            values = [_scaled(row.value, factor) for row in rows]
            paired = zip(rows, values, strict=True)
            changed = tuple(replace(row, value=value) for row, value in paired if value is not None)
            return replace(amount, rows=changed) if len(changed) == len(rows) else None
        case model.Sum(parts=parts):
            found = [_scaled(part, factor) for part in parts]
            known = tuple(part for part in found if part is not None)
            return model.Sum(parts=known) if len(known) == len(parts) else None
        case model.Bounded(low=low, high=high, decided=decided):
            ends = product(factor, low), product(factor, high)
            return model.Bounded(low=ends[0], high=ends[1], decided=_maybe(factor, decided))
        case model.Steps(amount=each, cap=cap):
            return replace(amount, amount=product(factor, each), cap=_maybe(factor, cap))
        case model.Brackets():
            return _brackets(amount, factor)
        case model.Limited():
            return _limited(amount, factor)
        case model.Unstated():
            return None
        case _:
            assert_never(amount)


def _maybe(factor: ir.Expr, value: ir.Expr | None) -> ir.Expr | None:
    return None if value is None else product(factor, value)


def _brackets(amount: model.Brackets, factor: ir.Expr) -> model.Amount | None:
    """Rates are figures: a factor that a fact decides makes one amount for each of its values."""
    if isinstance(factor, ir.Constant):
        slices = tuple((over, exact(rate * number(factor))) for over, rate in amount.slices)
        return replace(amount, slices=slices, cap=_maybe(factor, amount.cap))
    if isinstance(factor, ir.If):
        return _either(amount, factor)
    value = formula(amount)
    return None if value is None else model.Fixed(value=product(factor, value))


def _limited(amount: model.Limited, factor: ir.Expr) -> model.Amount | None:
    rounding = amount.rounding
    if rounding is not None:
        if isinstance(factor, ir.If):
            return _either(amount, factor)
        if not isinstance(factor, ir.Constant) or number(factor) <= 0:
            return None
        rounding = replace(rounding, to=exact(rounding.to * number(factor)))
    inner = _scaled(amount.amount, factor)
    if inner is None:
        return None
    bounds = _maybe(factor, amount.floor), _maybe(factor, amount.cap)
    return model.Limited(amount=inner, rounding=rounding, floor=bounds[0], cap=bounds[1])


def _either(amount: model.Amount, factor: ir.If) -> model.Amount | None:
    """The amount at one factor where a condition holds, and at another where it does not."""
    then, otherwise = _scaled(amount, factor.then), _scaled(amount, factor.otherwise)
    if then is None or otherwise is None:
        return None
    rows = (
        model.Row(condition=factor.condition, value=then, label="成立"),
        model.Row(condition=ir.Not(operand=factor.condition), value=otherwise, label="不成立"),
    )
    return model.Table(hit="U", rows=rows, rest=_NEVER)


# ------------------------------------------------------------------ as one expression


def nothing_below(amount: model.Amount, least: ir.Expr) -> model.Amount | None:
    """The amount where it comes to `least` at least, else nothing; None where it is no expression."""
    value = formula(amount)
    if value is None:
        return None
    reached = ir.Compare(op=">=", left=value, right=least)
    return model.Table(hit="C+", rows=(model.Row(condition=reached, value=amount, label=ENOUGH),))


def enough(amount: model.Amount) -> tuple[model.Amount, ir.Expr] | None:
    """What `nothing_below` made its amount of: the whole, and the least that is paid."""
    match amount:
        case model.Table(
            hit="C+", rows=(model.Row(condition=ir.Compare(op=">=", right=least), label=label, value=whole),)
        ):
            return (whole, least) if label == ENOUGH else None
        case _:
            return None


def formula(amount: model.Amount) -> ir.Expr | None:
    """The amount as one expression; None for what is open until somebody decides, and for the least of several rows."""
    match amount:
        case model.Fixed(value=value):
            return value
        case model.Table():
            return _table_formula(amount)
        case model.Sum(parts=parts):
            found = [formula(part) for part in parts]
            if any(part is None for part in found):
                return None
            total: ir.Expr = ZERO
            for part in found:
                assert part is not None
                total = part if total is ZERO else combine("+", total, part, (0, 0))
            return total
        case model.Limited(rounding=rounding, floor=floor, cap=cap):
            inner = formula(amount.amount)
            if inner is None:
                return None
            if rounding is not None:
                inner = _rounded(inner, rounding)
            if floor is not None:
                inner = ir.Extreme(type=MONEY, how="max", operands=(inner, floor))
            return _capped(inner, cap)
        case model.Brackets():
            return _bracket_formula(amount)
        case model.Steps():
            return _step_formula(amount)
        case model.Bounded() | model.Unstated():
            return None
        case _:
            assert_never(amount)


def _capped(value: ir.Expr, cap: ir.Expr | None) -> ir.Expr:
    return value if cap is None else ir.Extreme(type=MONEY, how="min", operands=(value, cap))


def _rounded(value: ir.Expr, rounding: model.Rounding) -> ir.Expr:
    """Multiples of a sum, by whole numbers."""
    times = product(ir.Constant(type=PLAIN, value=exact(1 / Fraction(rounding.to))), value)
    if rounding.how == "half-up":
        times = combine("+", times, ir.Constant(type=MONEY, value=Fraction(1, 2)), (0, 0))
    whole = ir.Rounded(type=MONEY, how="ceiling" if rounding.how == "up" else "floor", operand=times)
    return product(ir.Constant(type=PLAIN, value=exact(rounding.to)), whole)


def _table_formula(table: model.Table) -> ir.Expr | None:
    values = [formula(row.value) for row in table.rows]
    if table.hit == "C<" or any(value is None for value in values):
        return None
    rows = [(row.condition, value) for row, value in zip(table.rows, values, strict=True) if value is not None]
    type_ = rows[0][1].type if rows else MONEY
    nothing = ir.Constant(type=type_, value=0)
    each = [ir.If(type=type_, condition=condition, then=value, otherwise=nothing) for condition, value in rows]
    if table.hit == "C>":
        return ir.Extreme(type=type_, how="max", operands=(*each, nothing))
    if table.hit == "C+":
        return formula(model.Sum(parts=tuple(model.Fixed(value=value) for value in each)))
    found: ir.Expr = nothing
    if table.rest == _NEVER and rows:
        found = rows.pop()[1]
    for condition, value in reversed(rows):
        found = ir.If(type=type_, condition=condition, then=value, otherwise=found)
    return found


def _bracket_formula(amount: model.Brackets) -> ir.Expr:
    base, type_ = amount.base, amount.base.type
    nothing = ir.Constant(type=type_, value=0)
    found: ir.Expr | None = None
    for index, (over, rate) in enumerate(amount.slices):
        bound, share = ir.Constant(type=type_, value=over), ir.Constant(type=PLAIN, value=rate)
        if amount.whole:
            own = product(share, ir.Extreme(type=type_, how="max", operands=(base, nothing)))
            op: ir.CompareOp = ">" if amount.edge == "lower" else ">="
            above = ir.Compare(op=op, left=base, right=bound)
            found = own if found is None else ir.If(type=MONEY, condition=above, then=own, otherwise=found)
            continue
        part = base
        if index + 1 < len(amount.slices):
            top = ir.Constant(type=type_, value=amount.slices[index + 1][0])
            part = ir.Extreme(type=type_, how="min", operands=(base, top))
        rest = combine("-", part, bound, (0, 0)) if over else part
        own = product(share, ir.Extreme(type=type_, how="max", operands=(rest, nothing)))
        found = own if found is None else combine("+", found, own, (0, 0))
    assert found is not None
    return _capped(_money(found), amount.cap)


def _step_formula(amount: model.Steps) -> ir.Expr:
    rest = amount.base if amount.over is None else combine("-", amount.base, amount.over, (0, 0))
    nothing = ir.Constant(type=rest.type, value=0)
    count = combine("/", ir.Extreme(type=rest.type, how="max", operands=(rest, nothing)), amount.every, (0, 0))
    if amount.whole:
        count = ir.Rounded(type=PLAIN, how="floor", operand=count)
    return _capped(product(count, amount.amount), amount.cap)


def _money(value: ir.Expr) -> ir.Expr:
    """The value as money: a rate per unit of another base is money for each of it."""
    return value if value.type == MONEY else replace(value, type=MONEY)
