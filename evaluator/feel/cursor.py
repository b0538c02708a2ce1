"""Walk over the tokens of one text: look ahead, expect, read names and types, and complain well.

In: text, names, units. Out: the position, and `FeelError`. The grammar of expressions is in `parser`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import NoReturn

from evaluator.feel.ast import ContextType, FunctionType, ListType, NamedType, RangeType, Type
from evaluator.feel.errors import FeelError, Problem
from evaluator.feel.scope import Lexicon, declared, in_scope, match, spelling, unit_pattern
from evaluator.feel.tokens import KEYWORDS, Token, tokenize, unquote

MAX_LENGTH = 10_000
MAX_DEPTH = 120

_NO_NAMES: frozenset[str] = frozenset()
_SPACED_TYPES = ("days and time duration", "years and months duration", "date and time")
_HELP = {
    "'": 'strings stand in double quotes, as in `"text"`',
    '"': "the string is not closed",
    "“": "the string is not closed by `”`",
    "”": 'a string opens with `“` or `"`',
    "&": "did you mean `and`?",
    "|": "did you mean `or`?",
    "!": "did you mean `not(...)` or `!=`?",
    "；": "did you mean `,`?",
    "%": "a percentage needs its unit declared; plain FEEL has numbers only",
}


class Cursor:
    """One run over one text; `index` is that of the token to read next."""

    __slots__ = ("depth", "index", "keys", "local", "names", "paths", "text", "tokens", "unit_names", "units")

    def __init__(self, text: str, names: Collection[str], units: Collection[str]) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            self.fail((MAX_LENGTH, len(text)), f"expression is longer than {MAX_LENGTH} characters")
        self.tokens: list[Token] = tokenize(text)
        self.index = 0
        self.depth = 0
        known = frozenset(names) if names else _NO_NAMES
        self.names: Lexicon = in_scope(known)
        self.paths: Lexicon = declared(known)
        self.local: list[tuple[tuple[str, ...], str]] = []
        self.keys: list[tuple[tuple[str, ...], str]] = []  # of contexts in the text, for paths into them
        self.unit_names = units
        self.units: re.Pattern[str] | None = unit_pattern(frozenset(units)) if units else None

    # ------------------------------------------------------------------ looking and taking
    def peek(self, ahead: int = 0) -> str:
        """The text of a token to come; empty at the end."""
        index = self.index + ahead
        return self.tokens[index][1] if index < len(self.tokens) else ""

    def accept(self, word: str) -> bool:
        """Take the next token if it is `word`."""
        if self.tokens[self.index][1] == word:
            self.index += 1
            return True
        return False

    def expect(self, word: str, after: str) -> None:
        """Take the next token, which must be `word`."""
        if not self.accept(word):
            self.unexpected(f"expected `{word}` {after}")

    def start(self) -> int:
        """The offset of the next token."""
        return self.tokens[self.index][2]

    def since(self, start: int) -> tuple[int, int]:
        """From the offset `start` to the end of the last token taken."""
        return start, self.tokens[self.index - 1][3]

    # ------------------------------------------------------------------ complaining
    def fail(self, at: tuple[int, int], message: str, help_: str | None = None, code: str = "feel-syntax") -> NoReturn:
        """Raise what is wrong at `at`."""
        raise FeelError(self.text, Problem(at, message, help_, code))

    def unexpected(self, wanted: str) -> NoReturn:
        """Raise that the next token is not what is wanted."""
        kind, word, start, end = self.tokens[self.index]
        help_ = _HELP.get(word)
        if kind == "end":
            self.fail((start, end), f"{wanted}, but the text ends")
        before = self.tokens[self.index - 1] if self.index else None
        if before is not None and before[0] == "number" and kind == "name" and word not in KEYWORDS:
            if self.unit_names:
                units = sorted(unit for unit in self.unit_names if unit.startswith(word) or word.startswith(unit))
                meant = " or ".join(f"`{before[1]}{unit}`" for unit in units[:3])
                help_ = f"did you mean {meant}?" if units else "write a unit of the vocabulary after the number"
                self.fail((start, end), f"there is no unit `{word}`", help_, "unknown-unit")
            help_ = f"`{word}` is not a unit that may stand here"
        elif before is not None and before[1] + word in ("==", "<>", "=>", "=<"):
            meant = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<="}[before[1] + word]
            help_ = f"did you mean `{meant}`?"
        self.fail((start, end), f"{wanted}, found `{word}`", help_)

    def deeper(self) -> None:
        """Count one level of nesting; the bound keeps Python's own stack out of sight."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.too_deep(self.start())

    def too_deep(self, start: int) -> NoReturn:
        """Raise that the expression is nested too deep."""
        self.fail((start, len(self.text)), "expression is nested too deep", "name its parts, or use lists")

    # ------------------------------------------------------------------ names
    def name_here(self) -> str:
        """Name = the longest name in scope at this place, else words up to a keyword or sign."""
        return self._declared(self.names) or self.words_here()

    def declared_here(self) -> bool:
        """Whether a declared name of several words follows; it may begin with a keyword, as in `for sale`."""
        return match(self.names, self.tokens, self.index) is not None

    def path_name_here(self) -> str:
        """Name after a dot: as a name in scope, but no built-in function."""
        found = self._declared(self.paths)
        if found is None and self.keys:
            found = self._one_of(self.keys)
        return found or self.words_here()

    def _declared(self, table: Lexicon) -> str | None:
        if self.local:
            name = self._one_of(self.local)
            if name is not None:
                return name
        found = match(table, self.tokens, self.index)
        if found is None:
            return None
        name, self.index = found
        return name

    def _one_of(self, spellings: list[tuple[tuple[str, ...], str]]) -> str | None:
        for words, name in reversed(spellings):
            end = self.index + len(words)
            if tuple(token[1] for token in self.tokens[self.index : end]) == words:
                self.index = end
                return name
        return None

    def words_here(self) -> str:
        """Words = a name's words, one after another, up to a keyword or sign."""
        tokens, first = self.tokens, self.index
        if tokens[first][0] != "name":
            self.unexpected("expected a name")
        self.index += 1
        while tokens[self.index][0] == "name" and tokens[self.index][1] not in KEYWORDS:
            self.index += 1
        if self.index == first + 1:
            return tokens[first][1]
        return " ".join(token[1] for token in tokens[first : self.index])

    def name_until(self, stops: Collection[str], what: str) -> str:
        """A new name, which runs up to one of `stops` and may hold signs; it is not in scope yet."""
        tokens, first = self.tokens, self.index
        if tokens[first][0] != "name":
            self.unexpected(f"expected {what}")
        while tokens[self.index][1] not in stops:
            kind, word, _, _ = tokens[self.index]
            if (kind not in ("name", "number") and word not in "+-*/.'") or kind == "end":
                self.unexpected(f"expected {' or '.join(f'`{stop}`' for stop in stops)} after {what}")
            self.index += 1
        return " ".join(self.text[tokens[first][2] : tokens[self.index - 1][3]].split())

    def declare(self, name: str) -> None:
        """Bring a name into scope; one of a single word needs no entry."""
        words = spelling(name)
        if len(words) > 1:
            self.local.append((words, name))

    # ------------------------------------------------------------------ types
    def type_here(self) -> Type:
        """Type = name | "list" "<" type ">" | "range" "<" type ">" | context type | function type."""
        start = self.start()
        self.deeper()
        if self.peek(1) == "<" and self.peek() in ("list", "range", "context", "function"):
            maker: Callable[[int], Type] = {
                "list": self._list_type,
                "range": self._range_type,
                "context": self._context_type,
                "function": self._function_type,
            }[self.peek()]
            self.index += 2
            found = maker(start)
        else:
            found = NamedType(name=self._type_name(), at=self.since(start))
        self.depth -= 1
        return found

    def _type_name(self) -> str:
        for name in _SPACED_TYPES:
            words = name.split()
            end = self.index + len(words)
            if [token[1] for token in self.tokens[self.index : end]] == words:
                self.index = end
                return name
        if self.peek() in ("null", "function"):  # keywords elsewhere
            self.index += 1
            return self.tokens[self.index - 1][1]
        name = self.words_here()
        while self.accept("."):
            name += "." + self.words_here()
        return name

    def _list_type(self, start: int) -> Type:
        item = self.type_here()
        self.expect(">", "after the type of the items")
        return ListType(item=item, at=self.since(start))

    def _range_type(self, start: int) -> Type:
        item = self.type_here()
        self.expect(">", "after the type of the ends")
        return RangeType(item=item, at=self.since(start))

    def _context_type(self, start: int) -> Type:
        """Context type = "context" "<" name ":" type {"," name ":" type} ">"."""
        entries: list[tuple[str, Type]] = []
        while True:
            key = self.name_until((":",), "the name of an entry")
            self.expect(":", "after the name of an entry")
            entries.append((key, self.type_here()))
            if not self.accept(","):
                break
        self.expect(">", "after the types of the entries")
        return ContextType(entries=tuple(entries), at=self.since(start))

    def _function_type(self, start: int) -> Type:
        """Function type = "function" "<" [type {"," type}] ">" "->" type."""
        parameters: list[Type] = []
        if self.peek() != ">":
            parameters.append(self.type_here())
            while self.accept(","):
                parameters.append(self.type_here())
        self.expect(">", "after the types of the parameters")
        self.expect("->", "before the type of the result")
        return FunctionType(parameters=tuple(parameters), result=self.type_here(), at=self.since(start))

    # ------------------------------------------------------------------ literals
    def string_here(self) -> str:
        """String = a string literal, its escapes resolved."""
        kind, word, _, _ = self.tokens[self.index]
        if kind != "string":
            self.unexpected("expected a string")
        self.index += 1
        return unquote(word)
