"""Built-in functions on strings. Positions and lengths count characters (code points), from 1."""

from __future__ import annotations

from decimal import Decimal

from evaluator.feel.builtins.patterns import compile_pattern, expand
from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.operators import MAX_STRING
from evaluator.feel.values import UndefinedError, whole


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    first = whole(start)
    if first == 0 or abs(first) > max(len(text), 1):
        raise UndefinedError
    begin = first - 1 if first > 0 else len(text) + first
    if length is None:
        return text[max(begin, 0) :]
    count = whole(length)
    if count < 1:
        raise UndefinedError
    return text[max(begin, 0) : begin + count]


def _length(text: str) -> Decimal:
    return Decimal(len(text))


def _upper(text: str) -> str:
    return text.upper()


def _lower(text: str) -> str:
    return text.lower()


def _before(text: str, match: str) -> str:
    head, found, _ = text.partition(match) if match else ("", "", "")
    return head if found else ""


def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


def _contains(text: str, match: str) -> bool:
    return match in text


def _starts(text: str, match: str) -> bool:
    return text.startswith(match)


def _ends(text: str, match: str) -> bool:
    return text.endswith(match)


def _matches(text: str, pattern: str, flags: str | None = None) -> bool:
    return compile_pattern(pattern, flags, text).search(text) is not None


def _replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    compiled = compile_pattern(pattern, flags, text)
    if compiled.search("") is not None:  # XPath refuses a pattern that matches nothing
        raise UndefinedError
    literal = flags is not None and "q" in flags
    found = compiled.sub((lambda _: replacement) if literal else expand(replacement, compiled.groups), text)
    if len(found) > MAX_STRING:
        raise UndefinedError
    return found


def _split(text: str, delimiter: str) -> list[object]:
    compiled = compile_pattern(delimiter, None, text)
    pieces: list[object] = []
    last = 0
    for found in compiled.finditer(text):
        if found.end() > found.start():
            pieces.append(text[last : found.start()])
            last = found.end()
    return [*pieces, text[last:]]


def _join(items: list[object], delimiter: str | None = None) -> str:
    texts: list[str] = []
    for item in items:
        if item is None:
            continue
        if not isinstance(item, str):
            raise UndefinedError
        texts.append(item)
    if sum(map(len, texts)) + len(texts) * len(delimiter or "") > MAX_STRING:
        raise UndefinedError
    return (delimiter or "").join(texts)


_TEXT, _MATCH = "string: string", "match: string"
FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "substring": (overload(_substring, _TEXT, "start position: number", "length?: number"),),
    "string length": (overload(_length, _TEXT),),
    "upper case": (overload(_upper, _TEXT),),
    "lower case": (overload(_lower, _TEXT),),
    "substring before": (overload(_before, _TEXT, _MATCH),),
    "substring after": (overload(_after, _TEXT, _MATCH),),
    "contains": (overload(_contains, _TEXT, _MATCH),),
    "starts with": (overload(_starts, _TEXT, _MATCH),),
    "ends with": (overload(_ends, _TEXT, _MATCH),),
    "matches": (overload(_matches, "input: string", "pattern: string", "flags?: string|null"),),
    "replace": (overload(_replace, "input: string", "pattern: string", "replacement: string", "flags?: string|null"),),
    "split": (overload(_split, _TEXT, "delimiter: string"),),
    "string join": (overload(_join, "list: list", "delimiter?: string|null"),),
}
