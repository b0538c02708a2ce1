"""The meaning of a rule in a normal form: rules with the same form answer every profile alike.

In: a typed rule. Out: nested tuples that can be compared. What only people read (title, citation, readings, evidence)
is left out; `and`, `or` and counted operands are flattened, sorted and freed of repetition, negations moved inwards and
comparisons turned to one side. Each step keeps all four truth values, so equal forms prove that rules are equivalent;
unequal ones prove nothing.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Final, TypeAlias

from evaluator.advise.figures import NEGATED, TURNED
from evaluator.rulebook import ir, model
from evaluator.rulebook.vocabulary import ChoiceType, Fact, Field, ListType, Metric, NumberType, Type, Vocabulary

Form: TypeAlias = "tuple[Form, ...] | str"

_UNREAD: Final = frozenset(
    {
        "id", "policy", "title", "cite", "readings", "responsible", "evidence", "span", "figure", "schedule",
        "measured", "required", "label", "note", "attested", "in_force", "window", "stub",
    }
)  # fmt: skip
"""Fields that change no outcome and no amount, or that gates and tests repeat in typed form."""


def meaning(rule: model.AnyRule, vocabulary: Vocabulary) -> Form:
    """The form of a rule; facts by id, with the types and domains on which answers depend."""
    found: dict[str, Form] = {}
    form = _Normal(found, vocabulary).whole(rule)
    published = rule.policy.published.date.isoformat()
    return (form, tuple(sorted((id, told) for id, told in found.items())), published, str(rule.stub))


def read(rule: model.AnyRule, vocabulary: Vocabulary) -> tuple[tuple[str, Form], ...]:
    """The facts, figures and fields that a rule reads, with their types and domains."""
    found: dict[str, Form] = {}
    _Normal(found, vocabulary).whole(rule)
    return tuple(sorted(found.items()))


def tree_meaning(stacking: model.Stacking, vocabulary: Vocabulary) -> Form:
    """The form of a stacking tree."""
    return (stacking.scope, _Normal({}, vocabulary).value(stacking.tree))


def payment_meaning(rule: model.AnyRule, vocabulary: Vocabulary) -> Form:
    """The form of what an award's sum is split into, or of what a duty that is missed makes one pay back."""
    normal = _Normal({}, vocabulary)
    match rule:
        case model.Award():
            return tuple(normal.value(part) for part in (rule.instalments, rule.payers, rule.recipients))
        case model.Obligation():
            return (normal.value(rule.claw_back),)
        case _:
            return ()


class _Normal:
    def __init__(self, read: dict[str, Form], vocabulary: Vocabulary) -> None:
        self.read, self.vocabulary = read, vocabulary

    def whole(self, value: object) -> Form:
        """A dataclass with the fields that matter."""
        told = tuple((name, self.value(getattr(value, name))) for name in _names(type(value)))
        if isinstance(value, model.Table):
            rows = tuple(sorted((self.value(row) for row in value.rows), key=repr))
            return ("Table", value.hit, rows)
        return (type(value).__name__, *told)

    def value(self, value: object) -> Form:
        """Any value that a typed rule holds."""
        if isinstance(value, ir.Node):
            return self.node(value)  # type: ignore[arg-type]  # every node is of the union
        if isinstance(value, tuple | list):
            return tuple(self.value(part) for part in value)
        if isinstance(value, Fact | Metric | Field):
            kind = "metric" if isinstance(value, Metric) else "fact" if isinstance(value, Fact) else "field"
            return self._named(kind, value)
        if hasattr(value, "__dataclass_fields__"):
            return self.whole(value)
        return f"{type(value).__name__}:{value}"

    def _named(self, kind: str, field: Field) -> Form:
        flow = (str(field.flow),) if isinstance(field, Metric) else ()
        known = self.read.setdefault(f"{kind}:{field.id}", "")
        if known == "":
            self.read[f"{kind}:{field.id}"] = (self._type(field.type), str(field.low), str(field.high), *flow)
        return f"{kind}:{field.id}"

    def _type(self, type_: Type) -> Form:
        match type_:
            case NumberType(dimension=dimension):
                return dimension
            case ChoiceType(choices=choices, ordered=ordered):
                ids = [choice.id for choice in choices]
                return tuple(ids if ordered else sorted(ids))
            case ListType(record=record):
                return record
            case _:
                return type(type_).__name__

    def node(self, node: ir.Expr) -> Form:
        """An expression."""
        match node:
            case ir.AllOf() | ir.AnyOf():
                return self._joined(node, type(node).__name__, negated=False)
            case ir.AtLeast(n=n, operands=operands) if n in (1, len(operands)):
                return self._several("AnyOf" if n == 1 else "AllOf", [self.node(part) for part in operands])
            case ir.AtLeast(n=n, operands=operands):
                return ("AtLeast", str(n), tuple(sorted((self.node(part) for part in operands), key=repr)))
            case ir.Not(operand=operand):
                return self.negated(operand)
            case ir.Compare():
                return self._compared(node.op, node.left, node.right)
            case ir.Equal(left=left, right=right):
                return ("Equal", *sorted((self.node(left), self.node(right)), key=repr))
            case ir.Arithmetic(op="+" | "*", left=left, right=right):
                return (node.op, *sorted((self.node(left), self.node(right)), key=repr))
            case ir.Extreme(how=how, operands=operands):
                return (how, tuple(sorted({self.node(part) for part in operands}, key=repr)))
            case ir.Constant(value=value):
                return ("Constant", f"{type(value).__name__}:{value}")
            case _:
                told = tuple((name, self.value(getattr(node, name))) for name in _names(type(node)) if name != "type")
                return (type(node).__name__, *told)

    def negated(self, node: ir.Expr) -> Form:
        """The opposite of an expression."""
        match node:
            case ir.Not(operand=operand):
                return self.node(operand)
            case ir.Compare():
                return self._compared(NEGATED[node.op], node.left, node.right)
            case ir.AllOf() | ir.AnyOf():
                return self._joined(node, "AnyOf" if isinstance(node, ir.AllOf) else "AllOf", negated=True)
            case ir.Exists(items=items, that=that):
                return ("ForAll", self.value(items), self.negated(that))
            case ir.ForAll(items=items, that=that):
                return ("Exists", self.value(items), self.negated(that))
            case _:
                return ("Not", self.node(node))

    def _joined(self, node: ir.AllOf | ir.AnyOf, name: str, *, negated: bool) -> Form:
        turn = self.negated if negated else self.node
        return self._several(name, [turn(part) for part in node.operands])

    def _several(self, name: str, parts: list[Form]) -> Form:
        """Operands of one kind, flat, sorted, each once; a single one stands for itself."""
        flat: set[Form] = set()
        for part in parts:
            flat.update(part[1] if isinstance(part, tuple) and part and part[0] == name else [part])
        if len(flat) == 1:
            return next(iter(flat))
        return (name, tuple(sorted(flat, key=repr)))

    def _compared(self, op: str, left: ir.Expr, right: ir.Expr) -> Form:
        if op in (">", ">="):
            op, left, right = TURNED[op], right, left
        return (op, self.node(left), self.node(right))


def _names(kind: type) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(kind) if entry.name not in _UNREAD)
