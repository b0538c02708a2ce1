"""The untyped syntax tree of FEEL: what `parse` returns and every engine reads.

Nodes are equal when they say the same: `at`, where they were read from, is no part of their identity.
`Node` is the union of all of them, so a `match` over it can end in `assert_never`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

from evaluator.record import field, record

Offsets: TypeAlias = tuple[int, int]
ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/", "**"]
CompareOp: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]


@record
class Null:
    """`null`."""

    at: Offsets = field(compare=False)


@record
class Boolean:
    """`true` or `false`."""

    value: bool
    at: Offsets = field(compare=False)


@record
class Number:
    """A number without a sign, exact as written."""

    value: Decimal
    at: Offsets = field(compare=False)


@record
class Quantity:
    """A number with a unit, as in `94%` or `30万元`; only where units are given to the parser."""

    value: Decimal
    unit: str
    at: Offsets = field(compare=False)


@record
class String:
    """A string, its escapes resolved."""

    value: str
    at: Offsets = field(compare=False)


@record
class At:
    """`@"text"`: a date, time, date and time or duration."""

    text: str
    at: Offsets = field(compare=False)


@record
class Name:
    """A reference to a variable or built-in function; `?` is the value under a unary test."""

    name: str
    at: Offsets = field(compare=False)


@record
class Path:
    """`base.name`."""

    base: Node
    name: str
    at: Offsets = field(compare=False)


@record
class Filter:
    """`base[predicate]`."""

    base: Node
    predicate: Node
    at: Offsets = field(compare=False)


@record
class Call:
    """`function(args)`; `names` holds the parameter names when they are given."""

    function: Node
    args: tuple[Node, ...]
    names: tuple[str, ...] | None
    at: Offsets = field(compare=False)


@record
class Negate:
    """`-operand`."""

    operand: Node
    at: Offsets = field(compare=False)


@record
class Arithmetic:
    """`left op right`."""

    op: ArithmeticOp
    left: Node
    right: Node
    at: Offsets = field(compare=False)


@record
class Compare:
    """`left op right`."""

    op: CompareOp
    left: Node
    right: Node
    at: Offsets = field(compare=False)


@record
class Conjunction:
    """`a and b and ...`, two operands or more."""

    operands: tuple[Node, ...]
    at: Offsets = field(compare=False)


@record
class Disjunction:
    """`a or b or ...`, two operands or more."""

    operands: tuple[Node, ...]
    at: Offsets = field(compare=False)


@record
class Between:
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node
    at: Offsets = field(compare=False)


@record
class In:
    """`value in (tests)`: true when one of the tests holds."""

    value: Node
    tests: tuple[Node, ...]
    at: Offsets = field(compare=False)


@record
class If:
    """`if condition then then else otherwise`."""

    condition: Node
    then: Node
    otherwise: Node
    at: Offsets = field(compare=False)


@record
class Iterator:
    """`name in source`, or `name in source..end`, of a `for`, `some` or `every`; no node of its own."""

    name: str
    source: Node
    end: Node | None
    at: Offsets = field(compare=False)


@record
class For:
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: Node
    at: Offsets = field(compare=False)


@record
class Quantified:
    """`some iterators satisfies condition`, or `every ...`."""

    kind: Literal["some", "every"]
    iterators: tuple[Iterator, ...]
    satisfies: Node
    at: Offsets = field(compare=False)


@record
class Range:
    """`[low..high]`; an end that is not closed is written `(`, `]` or `)`, `[`."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool
    at: Offsets = field(compare=False)


@record
class Test:
    """`op operand`: a unary test of one side, such as `< 5`; as a value, the range that it describes."""

    __test__ = False  # the name is FEEL's; pytest must not collect it

    op: CompareOp
    operand: Node
    at: Offsets = field(compare=False)


@record
class UnaryTests:
    """`test, test`, or `not(test, test)`; without tests it is `-`, which always holds."""

    tests: tuple[Node, ...]
    negated: bool
    at: Offsets = field(compare=False)


@record
class ListLiteral:
    """`[item, item]`."""

    items: tuple[Node, ...]
    at: Offsets = field(compare=False)


@record
class Entry:
    """`key: value` of a context; no node of its own."""

    key: str
    value: Node
    at: Offsets = field(compare=False)


@record
class ContextLiteral:
    """`{key: value}`; later entries see the earlier ones."""

    entries: tuple[Entry, ...]
    at: Offsets = field(compare=False)


@record
class NamedType:
    """A type by its name: `number`, `date and time`, `Any`."""

    name: str
    at: Offsets = field(compare=False)


@record
class ListType:
    """`list<item>`."""

    item: Type
    at: Offsets = field(compare=False)


@record
class RangeType:
    """`range<item>`."""

    item: Type
    at: Offsets = field(compare=False)


@record
class ContextType:
    """`context<key: type>`."""

    entries: tuple[tuple[str, Type], ...]
    at: Offsets = field(compare=False)


@record
class FunctionType:
    """`function<type, type> -> type`."""

    parameters: tuple[Type, ...]
    result: Type
    at: Offsets = field(compare=False)


@record
class Parameter:
    """A formal parameter of a function literal; no node of its own."""

    name: str
    type: Type | None
    at: Offsets = field(compare=False)


@record
class FunctionLiteral:
    """`function(parameters) body`."""

    parameters: tuple[Parameter, ...]
    body: Node
    at: Offsets = field(compare=False)


@record
class InstanceOf:
    """`value instance of type`."""

    value: Node
    type: Type
    at: Offsets = field(compare=False)


Type: TypeAlias = NamedType | ListType | RangeType | ContextType | FunctionType

Node: TypeAlias = (
    Null
    | Boolean
    | Number
    | Quantity
    | String
    | At
    | Name
    | Path
    | Filter
    | Call
    | Negate
    | Arithmetic
    | Compare
    | Conjunction
    | Disjunction
    | Between
    | In
    | If
    | For
    | Quantified
    | Range
    | Test
    | UnaryTests
    | ListLiteral
    | ContextLiteral
    | FunctionLiteral
    | InstanceOf
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly under `node`, in the order in which they are written."""
    match node:
        case Path(base=base):
            return (base,)
        case Filter(base=base, predicate=predicate):
            return (base, predicate)
        case Call(function=function, args=args):
            return (function, *args)
        case Negate(operand=operand) | Test(operand=operand):
            return (operand,)
        case Arithmetic(left=left, right=right) | Compare(left=left, right=right):
            return (left, right)
        case Conjunction(operands=operands) | Disjunction(operands=operands):
            return operands
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case In(value=value, tests=tests):
            return (value, *tests)
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case For(iterators=iterators, body=body) | Quantified(iterators=iterators, satisfies=body):
            sources = [end for it in iterators for end in (it.source, it.end) if end is not None]
            return (*sources, body)
        case Range(low=low, high=high):
            return (low, high)
        case UnaryTests(tests=tests):
            return tests
        case ListLiteral(items=items):
            return items
        case ContextLiteral(entries=entries):
            return tuple(entry.value for entry in entries)
        case FunctionLiteral(body=body):
            return (body,)
        case InstanceOf(value=value):
            return (value,)
        case _:
            return ()
