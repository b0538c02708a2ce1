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

# The standard's name characters, less the full-width punctuation that is read as ASCII. Said by what is left out of
# everything beyond Latin-1: a regular expression with the long list of what is allowed takes milliseconds to compile.
_BEYOND = (
    r"(?![\u0300-\u036f\u037e\u2000-\u200b\u200e-\u206f\u2190-\u2bff\u2ff0-\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff"
    r"\uff01\uff05\uff08\uff09\uff0b-\uff0d\uff0f\uff1a\uff1c-\uff1e\uff3b\uff3d\uff5b\uff5d\ufffe\uffff])[^\x00-\xff]"
)
_START = rf"(?:[A-Za-z_?\xc0-\xd6\xd8-\xf6\xf8-\xff]|{_BEYOND})"
WORD = rf"(?:[A-Za-z_?\xc0-\xd6\xd8-\xf6\xf8-\xff0-9\xb7]|[\u0300-\u036f\u203f\u2040]|{_BEYOND})"

_ASCII = str.maketrans("，：（）［］｛｝＜＞＝＋－×÷", ",:()[]{}<>=+-*/")
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "!=", "！＝": "!=", "!＝": "!=", "！=": "!="}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@cache
def _pattern() -> re.Pattern[str]:
    # Compiled at the first use, so that importing costs nothing; the order of the alternatives matters.
    return re.compile(
        r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)*"
        r"(?:"
        rf"(?P<name>{_START}{WORD}*)"
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
    r"""The value of a string literal: quotes taken off, `\n \r \t \" \' \\ \uHHHH \UHHHHHH` resolved.

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
