"""Print a tree of FEEL as text, in canonical ASCII punctuation: `parse(unparse(node)) == node`.

In: a node. Out: its text, with the parentheses it needs and no others. Names that hold signs must be declared to the
parser again; a `UnaryTests` goes back through `parse_unary_tests`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

from evaluator.feel.ast import (
    Arithmetic,
    At,
    Between,
    Boolean,
    Call,
    Compare,
    Conjunction,
    ContextLiteral,
    ContextType,
    Disjunction,
    Filter,
    For,
    FunctionLiteral,
    FunctionType,
    If,
    In,
    InstanceOf,
    Iterator,
    ListLiteral,
    ListType,
    Name,
    NamedType,
    Negate,
    Node,
    Null,
    Number,
    Parameter,
    Path,
    Quantified,
    Quantity,
    Range,
    RangeType,
    String,
    Test,
    Type,
    UnaryTests,
)
from evaluator.feel.scope import spelling
from evaluator.feel.tokens import KEYWORDS

# How tightly a form binds; a form stands bare wherever no tighter one is wanted.
_WHOLE, _OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _INSTANCE, _SIGN, _POSTFIX = range(10)
_ARITHMETIC = {"+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def unparse(node: Node) -> str:
    """The text of `node`."""
    return _text(node, _WHOLE)


def _text(node: Node, wanted: int) -> str:
    text, tightness = _form(node)
    return text if tightness >= wanted else f"({text})"


def _form(node: Node) -> tuple[str, int]:
    """The text of a node, and how tightly it binds."""
    match node:
        case Null():
            return "null", _POSTFIX
        case Boolean(value=value):
            return "true" if value else "false", _POSTFIX
        case Number(value=number):
            return number_text(number), _POSTFIX
        case Quantity(value=number, unit=unit):
            return number_text(number) + unit, _POSTFIX
        case String(value=text):
            return _quoted(text), _POSTFIX
        case At(text=text):
            return "@" + _quoted(text), _POSTFIX
        case Name(name=name):
            return name, _POSTFIX
        case Path(base=base, name=name):
            return f"{_text(base, _POSTFIX)}.{name}", _POSTFIX
        case Filter(base=base, predicate=predicate):
            return f"{_text(base, _POSTFIX)}[{_text(predicate, _OR)}]", _POSTFIX
        case Call():
            return _call(node), _POSTFIX
        case Negate(operand=operand):
            return "-" + _text(operand, _SIGN), _SIGN
        case Arithmetic(op=op, left=left, right=right):
            tightness = _ARITHMETIC[op]
            return f"{_text(left, tightness)} {op} {_text(right, tightness + 1)}", tightness
        case Compare(op=op, left=left, right=right):
            return f"{_text(left, _ADD)} {op} {_text(right, _ADD)}", _COMPARE
        case Conjunction(operands=operands):
            return " and ".join(_text(each, _AND + 1) for each in operands), _AND
        case Disjunction(operands=operands):
            return " or ".join(_text(each, _OR + 1) for each in operands), _OR
        case Between(value=value, low=low, high=high):
            return f"{_text(value, _ADD)} between {_text(low, _ADD)} and {_text(high, _ADD)}", _COMPARE
        case In(value=value, tests=tests):
            return f"{_text(value, _ADD)} in {_tests(tests)}", _COMPARE
        case If(condition=condition, then=then, otherwise=otherwise):
            parts = (_text(each, _OR) for each in (condition, then))
            return "if {} then {} else ".format(*parts) + _text(otherwise, _OR), _WHOLE
        case For(iterators=iterators, body=body):
            return f"for {_iterators(iterators)} return {_text(body, _OR)}", _WHOLE
        case Quantified(kind=kind, iterators=iterators, satisfies=body):
            return f"{kind} {_iterators(iterators)} satisfies {_text(body, _OR)}", _WHOLE
        case Range(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
            ends = f"{_text(low, _OR)}..{_text(high, _OR)}"
            return f"{'[' if low_closed else '('}{ends}{']' if high_closed else ')'}", _POSTFIX
        case Test(op=op, operand=operand):
            return f"{op} {_text(operand, _ADD)}", _WHOLE
        case UnaryTests():
            return _unary_tests(node), _WHOLE
        case ListLiteral(items=items):
            return "[" + ", ".join(_text(item, _WHOLE) for item in items) + "]", _POSTFIX
        case ContextLiteral(entries=entries):
            inner = (f"{_key(entry.key)}: {_text(entry.value, _WHOLE)}" for entry in entries)
            return "{" + ", ".join(inner) + "}", _POSTFIX
        case FunctionLiteral(parameters=parameters, body=body):
            inner = (_parameter(parameter) for parameter in parameters)
            return f"function({', '.join(inner)}) {_text(body, _OR)}", _WHOLE
        case InstanceOf(value=value, type=type_):
            return (
                f"{_text(value, _INSTANCE)} instance of {type_text(type_)}",
                _COMPARE,
            )  # `list < x` must not be read as a type
        case _:
            assert_never(node)


def number_text(number: Decimal) -> str:
    """A number from which the same digits are read again."""
    return str(number).replace("E", "e")


def _quoted(text: str) -> str:
    return '"' + text.translate(_ESCAPES) + '"'


def _key(key: str) -> str:
    """A key as a name where it can be read as one."""
    words = spelling(key)
    plain = len(words) == 1 and words[0] == key and (key[0].isalpha() or key[0] == "_")
    return key if plain and key not in KEYWORDS else _quoted(key)


def _call(node: Call) -> str:
    args = [_text(arg, _WHOLE) for arg in node.args]
    if node.names is not None:
        args = [f"{name}: {arg}" for name, arg in zip(node.names, args, strict=True)]
    return f"{_text(node.function, _POSTFIX)}({', '.join(args)})"


def _tests(tests: tuple[Node, ...]) -> str:
    """The tests after `in`: one that is no expression in parentheses stands bare."""
    if len(tests) == 1 and isinstance(tests[0], Range | ListLiteral):
        return _text(tests[0], _POSTFIX)
    return "(" + ", ".join(_text(test, _WHOLE) for test in tests) + ")"


def _unary_tests(node: UnaryTests) -> str:
    inner = ", ".join(_text(test, _WHOLE) for test in node.tests)
    if node.negated:
        return f"not({inner})"
    return f"({inner})" if inner.startswith("not(") else inner or "-"


def _iterators(iterators: tuple[Iterator, ...]) -> str:
    def one(iterator: Iterator) -> str:
        end = "" if iterator.end is None else ".." + _text(iterator.end, _OR)
        return f"{iterator.name} in {_text(iterator.source, _OR)}{end}"

    return ", ".join(one(iterator) for iterator in iterators)


def _parameter(parameter: Parameter) -> str:
    return parameter.name if parameter.type is None else f"{parameter.name}: {type_text(parameter.type)}"


def type_text(type_: Type) -> str:
    """The text of a type."""
    match type_:
        case NamedType(name=name):
            return name
        case ListType(item=item):
            return f"list<{type_text(item)}>"
        case RangeType(item=item):
            return f"range<{type_text(item)}>"
        case ContextType(entries=entries):
            return "context<" + ", ".join(f"{key}: {type_text(of)}" for key, of in entries) + ">"
        case FunctionType(parameters=parameters, result=result):
            return f"function<{', '.join(map(type_text, parameters))}> -> {type_text(result)}"
        case _:
            assert_never(type_)
