"""Cut the text of an expression into tokens.

In: text. Out: a list of `(kind, text, start, end)`, the last one of kind `end`. Full-width punctuation and
signs such as `≥` and `×` come out in their ASCII spelling; a string keeps its quotes and escapes, to be resolved
by `unquote`. A character that no token starts with is a token of kind `other`, for the parser to complain about.
"""

from __future__ import annotations

import re
from functools import cache

Token = tuple[str, str, int, int]

KEYWORDS = frozenset(
    {"and", "or", "in", "between", "instance", "of", "if", "then", "else", "for", "return"}
    | {"some", "every", "satisfies", "function", "external", "true", "false", "null"}
)

# The names of built-in functions that hold a space; a name of one word needs no table to be recognised.
SPACED_BUILTINS = frozenset(
    {
        "date and time",
        "years and months duration",
        "day of year",
        "day of week",
        "month of year",
        "week of year",
        "string length",
        "string join",
        "upper case",
        "lower case",
        "substring before",
        "substring after",
        "starts with",
        "ends with",
        "list contains",
        "list replace",
        "insert before",
        "index of",
        "distinct values",
        "round up",
        "round down",
        "round half up",
        "round half down",
        "get value",
        "get entries",
        "context put",
        "context merge",
        "met by",
        "overlaps before",
        "overlaps after",
        "finished by",
        "started by",
    }
)

# The standard's name characters, less the full-width punctuation that is read as ASCII.
_START = (
    "A-Za-z_?\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00\uff02-\uff04\uff06-\uff07\uff0a"
    "\uff0e\uff10-\uff19\uff1b\uff1f-\uff3a\uff3c\uff3e-\uff5a\uff5c\uff5e-\ufffd\U00010000-\U000effff"
)
NAME_CHARACTERS = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_ASCII = str.maketrans("，：（）［］｛｝＜＞＝＋－×÷", ",:()[]{}<>=+-*/")
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "!=", "！＝": "!=", "!＝": "!=", "！=": "!="}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@cache
def _pattern() -> re.Pattern[str]:
    # Compiled at the first use, so that importing costs nothing; the order of the alternatives matters.
    return re.compile(
        r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)*"
        r"(?:"
        rf"(?P<name>[{_START}][{NAME_CHARACTERS}]*)"
        r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r'|(?P<string>"(?:[^"\\]|\\.)*"|“(?:[^”\\]|\\.)*”)'
        r"|(?P<op>\.\.|\*\*|->|[<>＜＞][=＝]|[!！][=＝]|[-+*/<>=.,:()\[\]{}@，：（）［］｛｝＜＞＝＋－×÷≥≤≠])"
        r"|(?P<other>.)"
        r"|(?P<end>\Z)"
        r")",
        re.DOTALL,
    )


def tokenize(text: str) -> list[Token]:
    """The tokens of `text`, an `end` token last."""
    tokens: list[Token] = []
    for found in _pattern().finditer(text):
        kind = found.lastgroup or "end"
        start, end = found.span(kind)
        word = text[start:end]
        if kind == "op" and not word.isascii():
            word = _SIGNS.get(word) or word.translate(_ASCII)
        tokens.append((kind, word, start, end))
        if kind == "end":
            break
    return tokens


def unquote(literal: str) -> str:
    r"""The value of a string literal: quotes taken off, `\n \r \t \" \' \\ \uXXXX \UXXXXXX` resolved.

    A backslash before any other character is a character like any other.
    """
    body = literal[1:-1]
    if "\\" not in body:
        return body
    value = re.sub(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", _unescape, body, flags=re.DOTALL)
    # Two escapes may spell one character as a surrogate pair.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code is not None:
        point = int(code, 16)
        return chr(point) if point <= 0x10FFFF else found[0]
    return _ESCAPES.get(found[3], found[0])
