"""Typed forms as one line of text each, for the tables of `good/`: `(>= 营业收入 20000000)`."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from evaluator.rulebook import ir, model
from evaluator.rulebook.convert import plain
from evaluator.rulebook.vocabulary import DATE


def show(node: ir.Expr | None) -> str:
    """An expression as operator and operands; items of a list are `[depth]`."""
    match node:
        case None:
            return "-"
        case ir.Constant(type=type_, value=value):
            if type_ == DATE:
                return date.fromordinal(int(value)).isoformat()
            if isinstance(value, str):
                return f'"{value}"'
            return str(value).lower() if isinstance(value, bool) else plain(value)
        case ir.FactRef(fact=fact):
            return fact.label.zh if "/" not in fact.id else fact.id
        case ir.FieldRef(field=field, depth=depth):
            return f"[{depth}].{field.label.zh}"
        case ir.MetricRef(metric=metric, year=year, offset=offset):
            return f"{metric.label.zh}@{year or 'period'}{offset or ''}"
        case ir.Cumulative(metric=metric, start=start):
            return f"(sum {metric.label.zh} {start}..)"
        case ir.AsOf():
            return "as_of"
        case ir.AllOf(operands=operands):
            return _call("and", *operands)
        case ir.AnyOf(operands=operands):
            return _call("or", *operands)
        case ir.Not(operand=operand):
            return _call("not", operand)
        case ir.AtLeast(n=n, operands=operands):
            return _call(f"at-least-{n}", *operands)
        case ir.Compare(op=op, left=left, right=right) | ir.Arithmetic(op=op, left=left, right=right):
            return _call(op, left, right)
        case ir.Equal(left=left, right=right):
            return _call("=", left, right)
        case ir.Rank(operand=operand):
            return _call("rank", operand)
        case ir.GrowthTest(op=op, value=value, base=base, rate=rate, since=since):
            return f"(growth{'' if since is None else f' since {since}'} {op} {show(value)} {show(base)} {show(rate)})"
        case ir.Negate(operand=operand):
            return _call("-", operand)
        case ir.Rounded(how=how, operand=operand):
            return _call(how, operand)
        case ir.Extreme(how=how, operands=operands):
            return _call(how, *operands)
        case ir.If(condition=condition, then=then, otherwise=otherwise):
            return _call("if", condition, then, otherwise)
        case ir.MonthsLater(operand=operand, months=months):
            return f"(months {show(operand)} {months})"
        case ir.DaysLater(operand=operand, days=days):
            return f"(days {show(operand)} {days})"
        case ir.YearOf(operand=operand):
            return _call("year", operand)
        case ir.Count(items=items):
            return f"(count {_items(items)})"
        case ir.Total(items=items, value=value):
            return f"(sum {_items(items)} {show(value)})"
        case ir.ExtremeOf(how=how, items=items, value=value):
            return f"({how} {_items(items)} {show(value)})"
        case ir.Exists(items=items, that=that):
            return f"(some {_items(items)} {show(that)})"
        case ir.ForAll(items=items, that=that):
            return f"(every {_items(items)} {show(that)})"
        case ir.KindIn(kinds=kinds):
            return f"(kind {' '.join(kinds)})"
        case ir.PlaceWithin(place=place):
            return f"(within {place})"
        case ir.AwardAmount(rule=rule, same_item=same):
            return f"(award {rule}{' same item' if same else ''})"
        case ir.Position():
            return "(position)"
        case ir.EachMember(kind=kind, that=that):
            return f"(each {kind} {show(that)})"
        case ir.MemberShare(kind=kind, where=where):
            return f"(share {kind} {show(where)})"
        case _:
            assert_never(node)


def _call(name: str, *operands: ir.Expr) -> str:
    return f"({' '.join([name, *map(show, operands)])})"


def _items(items: ir.Items) -> str:
    return items.fact.label.zh if items.where is None else f"{items.fact.label.zh}[{show(items.where)}]"


def show_amount(amount: model.Amount | None) -> str:
    """An amount in yuan, its parts named."""
    match amount:
        case None:
            return "-"
        case model.Fixed(value=value):
            return show(value)
        case model.Table(hit=hit, rows=rows):
            return "\n".join(
                [f"table {hit}", *(f"{show(row.condition)} -> {show_amount(row.value)} ({row.label})" for row in rows)]
            )
        case model.Bounded(low=low, high=high, decided=decided):
            return f"from {show(low)} to {show(high)} decided {show(decided)}"
        case model.Brackets(base=base, slices=slices, cap=cap):
            parts = ", ".join(f"above {plain(over)}: {plain(rate)}" for over, rate in slices)
            how = f" on the whole, edge {amount.edge}" if amount.whole else ""
            return f"brackets of {show(base)}{how}: {parts}; cap {show(cap)}"
        case model.Steps(base=base, every=every, amount=each, whole=whole, over=over, cap=cap):
            kind = "whole" if whole else "pro rata"
            return f"{show(each)} per {show(every)} of {show(base)} over {show(over)}, {kind}; cap {show(cap)}"
        case model.Sum(parts=members):
            return f"(sum {' '.join(map(show_amount, members))})"
        case model.Limited(amount=inner, rounding=rounding, floor=floor, cap=cap):
            to = "" if rounding is None else f" round {rounding.how} to {plain(rounding.to)}"
            return f"(limited {show_amount(inner)}{to} floor {show(floor)} cap {show(cap)})"
        case model.Unstated():
            return "unstated"
        case _:
            assert_never(amount)


def show_target(target: model.Target) -> str:
    """Each entry on a line of its own, then what `rules list` prints of it."""
    lines: list[str] = []
    for entry in target.entries:
        over = "" if entry.over is None else f" over {entry.over.how} {entry.over.kind}"
        lines.append(f"#{entry.key} due {entry.due} period {entry.period}{over}")
        parts = {
            "test": entry.test,
            "member_test": entry.member_test,
            "fails_unless": entry.fails_unless,
            "holds_if": entry.holds_if,
        }
        lines.extend(f"  {name} {show(part)}" for name, part in parts.items() if part is not None)
        lines.append(f"  measured {show(entry.measured)}, required {show(entry.required)}, {entry.modality}")
    for figure in target.schedule:
        value = plain(figure.value) if not isinstance(figure.value, str | bool | None) else figure.value
        upper = "" if figure.value_to is None else f" to {plain(figure.value_to)}"
        when = f"by {figure.by}" if figure.every is None else f"{'hold' if figure.hold else 'every'} {figure.every}"
        lines.append(
            f"printed: {when}: {figure.comparator} {value}{upper} {figure.unit}"
            f" reference {figure.reference}, {figure.over}, {figure.quantity}"
        )
    return "\n".join(lines)


def show_stack(tree: model.Stack) -> str:
    """A stacking tree."""
    match tree:
        case model.Leaf(rule=rule):
            return rule
        case model.HighestOf(members=members):
            return f"(highest {' '.join(map(show_stack, members))})"
        case model.SumCap(members=members, cap=cap):
            return f"(sum {' '.join(map(show_stack, members))} cap {show(cap)})"
        case model.ChooseOne(members=members):
            return f"(choose {' '.join(map(show_stack, members))})"
        case model.FirstOf(members=members):
            return f"(first {' '.join(map(show_stack, members))})"
        case model.Net(members=members, minus=minus):
            return f"(net {' '.join(map(show_stack, members))} minus {show(minus)})"
        case model.Scoped(members=members, scope=scope):
            return f"(within {scope} {' '.join(map(show_stack, members))})"
        case model.Pool(members=members, budget=budget, order=order):
            return f"(pool {' '.join(map(show_stack, members))} budget {plain(budget)} order {show(order)})"
        case model.Silent(members=members):
            return f"(silent {' '.join(map(show_stack, members))})"
        case _:
            assert_never(tree)


def show_rule(rule: model.AnyRule) -> str:
    """A rule's typed form, without what all rules have."""
    match rule:
        case model.Award():
            lines = [f"gates {' '.join(map(show, rule.gates))}"]
            if rule.counts is not None:
                lines.append(f"counts {show(rule.counts)}")
            if rule.window is not None:
                ends = (rule.window.opens, rule.window.closes)
                lines.append("window " + " ".join(show(end) if isinstance(end, ir.Node) else str(end) for end in ends))
            return "\n".join([*lines, f"when {show(rule.when)}", f"amount {show_amount(rule.amount)}"])
        case model.Target():
            return show_target(rule)
        case model.Obligation():
            duties = ", ".join(f"#{duty.key} due {duty.due} year {duty.year}" for duty in rule.duties)
            attested = None if rule.attested is None else rule.attested.id
            return (
                f"requires {show(rule.requires)}\nmember {show(rule.member_requires)}\n"
                f"attested {attested}, over {None if rule.over is None else rule.over.kind}\n{duties}"
            )
        case _:
            assert_never(rule)
