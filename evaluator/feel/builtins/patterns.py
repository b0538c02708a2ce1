"""XPath regular expressions, which FEEL's `matches`, `replace` and `split` use, told to Python's `re`.

In: a pattern with flags `s m i x q`. Out: a compiled pattern, or `UndefinedError` where it is none, or where it could
run away. What differs from Python: category escapes (`\\p{L}`, `\\i`, `\\c`), class subtraction, `$`, replacements.
"""

from __future__ import annotations

import re
import sys
import unicodedata
import warnings
from collections.abc import Callable
from functools import lru_cache

from evaluator.feel.values import UndefinedError

_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.NOFLAG, "q": re.NOFLAG}
_LONGEST_TEXT = 20_000  # for patterns that repeat; a text beyond could take minutes
# A repeated group that holds a repetition, as in (a+)+, can take exponential time.
_RUNAWAY = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\d*\})")
_CLASSES = {"i": r"_:A-Za-z\u00c0-\u02ff\u0370-\uffef", "c": r"\-.0-9_:A-Za-z\u00b7-\uffef"}
_BOUNDS = re.compile(r"\{\d+(?:,\d*)?\}(?!\+)")
_CATEGORY = re.compile(r"\\([pP])\{(\^?)(\w+)\}")


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> re.Pattern[str]:
    options = re.NOFLAG
    for flag in flags:
        if flag not in _FLAGS:
            raise UndefinedError
        options |= _FLAGS[flag]
    try:
        if "q" in flags:
            return re.compile(re.escape(pattern), options)
        if "x" in flags:
            pattern = _without_spaces(pattern)
        if _RUNAWAY.search(pattern):
            raise UndefinedError
        with warnings.catch_warnings(action="ignore"):  # Python has plans for `--` and `&&` in a class
            return re.compile(_translate(pattern, "m" in flags), options)
    except (re.error, OverflowError, RecursionError) as error:
        raise UndefinedError from error


def compile_pattern(pattern: str, flags: str | None, text: str) -> re.Pattern[str]:
    """The compiled pattern, to be used on `text`."""
    if len(pattern) > 1_000 or len(text) > _LONGEST_TEXT:
        raise UndefinedError
    return _compiled(pattern, flags or "")


def _without_spaces(pattern: str) -> str:
    """The flag `x`: white space goes, but for that in a class."""
    kept, depth, escaped = [], 0, False
    for char in pattern:
        if not escaped:
            depth += (char == "[") - (char == "]")
        if depth > 0 or not char.isspace():
            kept.append(char)
        escaped = char == "\\" and not escaped
    return "".join(kept)


def _translate(pattern: str, multiline: bool) -> str:
    out: list[str] = []
    index = 0
    while index < len(pattern):
        char, after = pattern[index], pattern[index + 1 : index + 2]
        if char == "\\":
            characters, negated, end = _set(pattern, index)
            out.append(f"[{'^' if negated else ''}{characters}]" if characters else _escape(after))
            index = end
        elif char == "[":
            text, index = _class(pattern, index)
            out.append(text)
        elif char == "{":
            bounds = _BOUNDS.match(pattern, index)
            if bounds is None:
                raise UndefinedError
            out.append(bounds[0])
            index = bounds.end()
        elif char in "]}" or (char == "(" and after == "?" and pattern[index + 2 : index + 3] != ":"):
            raise UndefinedError  # XPath has no look-around and no named groups
        elif char in "*+?" and after == "+":  # to Python that is a repetition that gives nothing back
            raise UndefinedError
        else:
            out.append(r"\Z" if char == "$" and not multiline else char)
            index += 1
    return "".join(out)


def _class(pattern: str, index: int) -> tuple[str, int]:
    """The class that opens at `index`, as in `[^a\\P{L}-[aeiou]]`, and the index after it."""
    negated = pattern.startswith("^", index + 1)
    first = index = index + 1 + negated
    plain, apart, without = "", [], ""  # a negated set stands apart: a class of Python cannot hold it
    while not pattern.startswith("]", index):
        char = pattern[index : index + 1]
        if char == "\\":
            characters, outside, end = _set(pattern, index)
            if outside:
                apart.append(f"[^{characters}]")
            else:
                plain += characters or _escape(pattern[index + 1 : index + 2], inside=True)
            index = end
        elif char == "-" and pattern.startswith("[", index + 1) and index > first:
            without, index = _class(pattern, index + 1)
            break
        elif char in ("", "["):
            raise UndefinedError
        else:
            plain += r"\^" if char == "^" else char
            index += 1
    if index == first or not pattern.startswith("]", index):
        raise UndefinedError
    if plain and not (negated and apart):
        apart.append(f"[{'^' if negated else ''}{plain}]")
        negated = False
    elif plain:
        apart.append(f"[{plain}]")
    text = apart[0] if len(apart) == 1 else f"(?:{'|'.join(apart)})"
    text = rf"(?:(?!{text})[\s\S])" if negated else text
    return f"(?:(?!{without}){text})" if without else text, index + 1


def _escape(letter: str, *, inside: bool = False) -> str:
    if letter and letter in r"dDsSwWnrt\|.?*+(){}-[]^$/" + ("" if inside else "123456789"):
        return "/" if letter == "/" else "\\" + letter
    raise UndefinedError


def _set(pattern: str, index: int) -> tuple[str, bool, int]:
    r"""The characters of `\p{L}`, `\P{L}`, `\i`, `\I`, ..., whether all others are meant, and the index after it."""
    category = _CATEGORY.match(pattern, index)
    if category is not None:
        return _characters(category[3]), (category[1] == "P") != bool(category[2]), category.end()
    letter = pattern[index + 1 : index + 2]
    characters = _CLASSES.get(letter.lower(), "")
    return characters, bool(characters) and letter.isupper(), index + 2


@lru_cache(maxsize=32)
def _characters(name: str) -> str:
    """The characters of a Unicode category (`L`, `Lu`) as ranges of a class."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    if not ranges:
        raise UndefinedError
    return "".join(rf"\U{low:08x}-\U{high:08x}" for low, high in ranges)


def expand(replacement: str, groups: int) -> Callable[[re.Match[str]], str]:
    """How XPath reads a replacement: `$1` is a group, `\\$` and `\\\\` are themselves, other `$` and `\\` are wrong."""
    pieces: list[str | int] = []
    index = 0
    while index < len(replacement):
        char, after = replacement[index], replacement[index + 1 : index + 2]
        if char == "$":
            if not after.isdecimal():
                raise UndefinedError
            end = index + 2
            while replacement[end : end + 1].isdecimal() and int(replacement[index + 1 : end + 1]) <= groups:
                end += 1
            pieces.append(int(replacement[index + 1 : end]))
            index = end
        elif char == "\\":
            if after not in ("\\", "$"):
                raise UndefinedError
            pieces.append(after)
            index += 2
        else:
            pieces.append(char)
            index += 1

    def put_in(found: re.Match[str]) -> str:
        texts = (
            piece if isinstance(piece, str) else (found[piece] or "") if piece <= groups else "" for piece in pieces
        )
        return "".join(texts)

    return put_in
