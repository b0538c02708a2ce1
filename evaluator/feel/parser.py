"""Parse FEEL: from the text of an expression, or of unary tests, to the tree of `ast`.

In: text, the names in scope and (for rules) the units in scope. Out: a node, or a `FeelError` with its place.
Recursive descent with one loop for all binary operators; the docstrings are the grammar. From loose to tight:

    or · and · = != < <= > >= between in · + - · * / · ** · instance of · unary - · path, filter, call

`-3 ** 2` is 9, and binary operators associate to the left: so says the standard.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Literal, cast

from evaluator.feel.ast import (
    Arithmetic,
    ArithmeticOp,
    At,
    Between,
    Boolean,
    Call,
    Compare,
    CompareOp,
    Conjunction,
    ContextLiteral,
    Disjunction,
    Entry,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    InstanceOf,
    Iterator,
    ListLiteral,
    Name,
    Negate,
    Node,
    Null,
    Number,
    Parameter,
    Path,
    Quantified,
    Quantity,
    Range,
    String,
    Test,
    UnaryTests,
    children,
)
from evaluator.feel.cursor import Cursor
from evaluator.feel.tokens import KEYWORDS

MAX_HEIGHT = 200  # of the tree that comes out, chains such as a + b + c included

_OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _INSTANCE = range(1, 8)
_COMPARATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_PRECEDENCE = {
    "or": _OR,
    "and": _AND,
    "between": _COMPARE,
    "in": _COMPARE,
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
    "**": _POWER,
    "instance": _INSTANCE,
    **dict.fromkeys(_COMPARATORS, _COMPARE),
}
_STARTS_EXPRESSION = frozenset({"if", "for", "some", "every", "function", "true", "false", "null"})
# In `low..high`, a `[` before one of these closes the range; before anything else it opens a filter.
_AFTER_RANGE = _COMPARATORS | (KEYWORDS - _STARTS_EXPRESSION) | {"", ")", "]", ",", "}", ":", "."}


def parse(text: str, *, names: Collection[str] = (), units: Collection[str] = ()) -> Node:
    """The tree of an expression.

    `names` are those that may hold spaces or operators; a name of plain letters need not be declared. With
    `units`, a number followed by one of them is a `Quantity`. Give both as frozensets when parsing many texts.
    """
    parser = _Parser(text, names, units)
    try:
        return parser.finish(parser.expression())
    except RecursionError:  # the caller stood deep already
        parser.too_deep(0)


def parse_unary_tests(text: str, *, names: Collection[str] = (), units: Collection[str] = ()) -> UnaryTests:
    """The tree of unary tests, as in a cell of a decision table: `-`, `< 5, [7..9]`, `not("a", "b")`."""
    parser = _Parser(text, names, units)
    try:
        tests = parser.unary_tests()
        parser.finish(tests)
    except RecursionError:  # the caller stood deep already
        parser.too_deep(0)
    return tests


class _Parser(Cursor):
    __slots__ = ("range_end",)

    def __init__(self, text: str, names: Collection[str], units: Collection[str]) -> None:
        super().__init__(text, names, units)
        self.range_end = False  # reading the upper end of a range, where `[` may close it

    def finish(self, node: Node) -> Node:
        """Nothing may follow, and no later pass may have to recurse too deep."""
        if self.tokens[self.index][0] != "end":
            self.unexpected("expected an operator or the end")
        if len(self.text) > MAX_HEIGHT:  # a shorter text cannot hold a higher tree
            level: list[Node] = [node]
            for _ in range(MAX_HEIGHT):
                level = [child for parent in level for child in children(parent)]
                if not level:
                    return node
            self.too_deep(level[0].at[0])
        return node

    def unary_tests(self) -> UnaryTests:
        """Unary tests = "-" | "not" "(" test {"," test} ")" | test {"," test}."""
        if self.peek() == "-" and self.peek(1) == "":
            self.index = 1
            return UnaryTests(tests=(), negated=False, at=self.since(self.tokens[0][2]))
        start = self.start()
        if self.peek() == "not" and self.peek(1) == "(":
            self.index = 2
            negated = self.expressions(")", "a test")
            if self.peek() == "" and negated:
                return UnaryTests(tests=negated, negated=True, at=self.since(start))
            self.index = 0  # `not(a) and b` is one expression
        tests = [self.expression()]
        while self.accept(","):
            tests.append(self.expression())
        return UnaryTests(tests=tuple(tests), negated=False, at=self.since(start))

    # ------------------------------------------------------------------ expressions
    def expression(self) -> Node:
        """Expression = test of one side | binary expression; test of one side = comparator, sum."""
        range_end, self.range_end = self.range_end, False
        word = self.tokens[self.index][1]
        if word in _COMPARATORS:
            found: Node = self.test(word)
        else:
            found = self.binary(_OR)
        self.range_end = range_end
        return found

    def test(self, comparator: str) -> Test:
        """Test = comparator, sum."""
        start = self.start()
        self.index += 1
        operand = self.binary(_ADD)
        return Test(op=cast(CompareOp, comparator), operand=operand, at=self.since(start))

    def binary(self, floor: int) -> Node:
        """Binary = operand {operator operand}, for operators that bind at least as tightly as `floor`."""
        self.deeper()
        start = self.tokens[self.index][2]
        left = self.operand()
        while True:
            word = self.tokens[self.index][1]
            tightness = _PRECEDENCE.get(word, 0)
            if tightness < floor or tightness == 0:
                self.depth -= 1
                return left
            self.index += 1
            if tightness <= _AND:
                operands = [left, self.binary(tightness + 1)]
                while self.accept(word):
                    operands.append(self.binary(tightness + 1))
                kind = Conjunction if word == "and" else Disjunction
                left = kind(operands=tuple(operands), at=self.since(start))
            elif tightness == _COMPARE:
                left = self.comparison(word, left, start)
            elif tightness == _INSTANCE:
                self.expect("of", "after `instance`")
                type_ = self.type_here()
                left = InstanceOf(value=left, type=type_, at=self.since(start))
            else:
                right = self.binary(tightness + 1)
                left = Arithmetic(op=cast(ArithmeticOp, word), left=left, right=right, at=self.since(start))

    def comparison(self, word: str, left: Node, start: int) -> Node:
        """Comparison = sum (comparator sum | "between" sum "and" sum | "in" tests)."""
        if word == "between":
            low = self.binary(_ADD)
            self.expect("and", "after the lower end of `between`")
            high = self.binary(_ADD)
            return Between(value=left, low=low, high=high, at=self.since(start))
        if word == "in":
            tests = self.in_tests()
            return In(value=left, tests=tests, at=self.since(start))
        right = self.binary(_ADD)
        return Compare(op=cast(CompareOp, word), left=left, right=right, at=self.since(start))

    def in_tests(self) -> tuple[Node, ...]:
        """Tests = "(" expression {"," expression} ")" | test | sum."""
        if self.peek() in _COMPARATORS:
            return (self.test(self.peek()),)
        if self.peek() != "(":
            return (self.binary(_ADD),)
        start = self.start()
        self.index += 1
        first = self.expression()
        if self.peek() == "..":
            return (self.range_from(first, False, start),)
        tests = [first]
        while self.accept(","):
            tests.append(self.expression())
        self.expect(")", "after the tests")
        return tuple(tests)

    def operand(self) -> Node:
        """Operand = {"-"} atom {"." name | "[" expression "]" | "(" arguments ")"}."""
        tokens = self.tokens
        first = self.index
        while tokens[self.index][1] == "-":
            self.index += 1
        signs = range(self.index - 1, first - 1, -1)
        start = tokens[self.index][2]
        node = self.atom()
        while True:
            word = tokens[self.index][1]
            if word == ".":
                self.index += 1
                node = Path(base=node, name=self.path_name_here(), at=self.since(start))
            elif word == "[" and not (self.range_end and self.peek(1) in _AFTER_RANGE):
                self.index += 1
                predicate = self.expression()
                self.expect("]", "after the filter")
                node = Filter(base=node, predicate=predicate, at=self.since(start))
            elif word == "(":
                self.index += 1
                node = self.call(node, start)
            else:
                break
        for sign in signs:
            node = Negate(operand=node, at=self.since(tokens[sign][2]))
        return node

    def call(self, function: Node, start: int) -> Node:
        """Arguments = [expression {"," expression}] | name ":" expression {"," name ":" expression}."""
        if not self.named_argument():
            args = self.expressions(")", "an argument")
            return Call(function=function, args=args, names=None, at=self.since(start))
        names: list[str] = []
        values: list[Node] = []
        while True:
            names.append(self.name_until((":",), "the name of a parameter"))
            self.expect(":", "after the name of a parameter")
            values.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")", "after the arguments")
        return Call(function=function, args=tuple(values), names=tuple(names), at=self.since(start))

    def named_argument(self) -> bool:
        """Whether words and a colon follow."""
        ahead = self.index
        while self.tokens[ahead][0] == "name":
            ahead += 1
        return ahead > self.index and self.tokens[ahead][1] == ":"

    def expressions(self, close: str, what: str) -> tuple[Node, ...]:
        """Expressions = [expression {"," expression}], then `close`."""
        found: list[Node] = []
        if not self.accept(close):
            found.append(self.expression())
            while self.accept(","):
                found.append(self.expression())
            self.expect(close, f"or `,` after {what}")
        return tuple(found)

    # ------------------------------------------------------------------ atoms
    def atom(self) -> Node:
        """Atom = literal | name | keyword | list | range | context | "(" expression ")"."""
        kind, word, start, end = self.tokens[self.index]
        if kind == "number":
            self.index += 1
            return self.number(Decimal(word), start, end)
        if kind == "string":
            return String(value=self.string_here(), at=(start, end))
        if kind == "name":
            if word in KEYWORDS and not self.declared_here():
                return self.keyword(word, start)
            return Name(name=self.name_here(), at=self.since(start))
        match word:
            case "(":
                self.index += 1
                inner = self.expression()
                if self.peek() == "..":
                    return self.range_from(inner, False, start)
                self.expect(")", "to close the parenthesis")
                return inner
            case "[":
                self.index += 1
                return self.list_or_range(start)
            case "]":
                self.index += 1
                return self.range_from(self.expression(), False, start)
            case "{":
                self.index += 1
                return self.context(start)
            case "@":
                self.index += 1
                return At(text=self.string_here(), at=self.since(start))
            case _:
                return self.unexpected("expected an expression")

    def number(self, value: Decimal, start: int, end: int) -> Node:
        """Number = digits [unit]."""
        unit = self.units.match(self.text, end) if self.units is not None else None
        if unit is None:
            return Number(value=value, at=(start, end))
        while self.tokens[self.index][2] < unit.end():
            self.index += 1
        return Quantity(value=value, unit=unit[1], at=(start, unit.end()))

    def keyword(self, word: str, start: int) -> Node:
        """Keyword = "true" | "false" | "null" | if | for | quantified | function."""
        self.index += 1
        at = self.since(start)
        match word:
            case "true" | "false":
                return Boolean(value=word == "true", at=at)
            case "null":
                return Null(at=at)
            case "if":
                return self.conditional(start)
            case "for":
                return self.iteration(start)
            case "some" | "every":
                return self.quantified(word, start)
            case "function":
                return self.function(start)
            case _:
                self.index -= 1
                return self.unexpected("expected an expression")

    def conditional(self, start: int) -> Node:
        """If = "if" expression "then" expression "else" expression."""
        condition = self.expression()
        self.expect("then", "after the condition")
        then = self.expression()
        self.expect("else", "after what holds if the condition is true")
        otherwise = self.expression()
        return If(condition=condition, then=then, otherwise=otherwise, at=self.since(start))

    def iteration(self, start: int) -> Node:
        """For = "for" iterators "return" expression."""
        known = len(self.local)
        iterators = self.iterators()
        self.expect("return", "after the lists")
        body = self.expression()
        del self.local[known:]
        return For(iterators=iterators, body=body, at=self.since(start))

    def quantified(self, word: str, start: int) -> Node:
        """Quantified = ("some" | "every") iterators "satisfies" expression."""
        known = len(self.local)
        iterators = self.iterators()
        self.expect("satisfies", "after the lists")
        satisfies = self.expression()
        del self.local[known:]
        at = self.since(start)
        kind: Literal["some", "every"] = "some" if word == "some" else "every"
        return Quantified(kind=kind, iterators=iterators, satisfies=satisfies, at=at)

    def iterators(self) -> tuple[Iterator, ...]:
        """Iterators = name "in" expression [".." expression] {"," ...}; later ones see the earlier names."""
        found: list[Iterator] = []
        while True:
            start = self.start()
            name = self.name_until(("in",), "a variable")
            self.expect("in", "after the variable")
            source = self.expression()
            end = self.expression() if self.accept("..") else None
            found.append(Iterator(name=name, source=source, end=end, at=self.since(start)))
            self.declare(name)
            if not self.accept(","):
                return tuple(found)

    def function(self, start: int) -> Node:
        """Function = "function" "(" [name [":" type] {"," ...}] ")" expression; no external ones."""
        self.expect("(", "after `function`")
        known = len(self.local)
        parameters: list[Parameter] = []
        while self.peek() != ")":
            begin = self.start()
            name = self.name_until((":", ",", ")"), "a parameter")
            type_ = self.type_here() if self.accept(":") else None
            parameters.append(Parameter(name=name, type=type_, at=self.since(begin)))
            if not self.accept(","):
                break
        self.expect(")", "after the parameters")
        if self.peek() == "external":
            self.fail(self.tokens[self.index][2:], "external functions are not supported")
        for parameter in parameters:
            self.declare(parameter.name)
        body = self.expression()
        del self.local[known:]
        return FunctionLiteral(parameters=tuple(parameters), body=body, at=self.since(start))

    def list_or_range(self, start: int) -> Node:
        """List = "[" expressions "]"; range = "[" expression ".." expression ("]" | ")" | "[")."""
        if self.accept("]"):
            return ListLiteral(items=(), at=self.since(start))
        first = self.expression()
        if self.peek() == "..":
            return self.range_from(first, True, start)
        items = (first, *self.expressions("]", "an item")) if self.accept(",") else (first,)
        if len(items) == 1:
            self.expect("]", "or `,` after an item")
        return ListLiteral(items=items, at=self.since(start))

    def range_from(self, low: Node, low_closed: bool, start: int) -> Node:
        """The rest of a range whose lower end was read."""
        self.expect("..", "after the lower end of a range")
        outer, self.range_end = self.range_end, True
        high = self.binary(_OR)
        self.range_end = outer
        close = self.peek()
        if close not in ("]", ")", "["):
            self.unexpected("expected `]`, `)` or `[` after the upper end of a range")
        self.index += 1
        return Range(low=low, high=high, low_closed=low_closed, high_closed=close == "]", at=self.since(start))

    def context(self, start: int) -> Node:
        """Context = "{" [key ":" expression {"," key ":" expression}] "}"; key = name | string."""
        known = len(self.local)
        entries: list[Entry] = []
        while self.peek() != "}":
            begin = self.start()
            if self.tokens[self.index][0] == "string":
                key = self.string_here()
            else:
                key = self.name_until((":",), "the key of an entry")
            self.expect(":", "after the key of an entry")
            value = self.expression()
            entries.append(Entry(key=key, value=value, at=self.since(begin)))
            self.declare(key)
            if not self.accept(","):
                break
        self.expect("}", "or `,` after an entry")
        self.keys += self.local[known:]
        del self.local[known:]
        return ContextLiteral(entries=tuple(entries), at=self.since(start))
