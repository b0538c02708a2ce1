"""Built-in functions on contexts."""

from __future__ import annotations

from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.values import UndefinedError

Context = dict[str, object]


def _get_value(context: Context, key: str) -> object:
    return context.get(key)


def _get_value_at(context: Context, keys: list[object]) -> object:
    if not keys:
        raise UndefinedError
    found: object = context
    for key in keys:
        if not isinstance(found, dict) or not isinstance(key, str):
            raise UndefinedError
        found = found.get(key)
    return found


def _get_entries(context: Context) -> list[object]:
    return [{"key": key, "value": value} for key, value in context.items()]


def _put(context: Context, key: str, value: object) -> Context:
    return {**context, key: value}


def _put_at(context: Context, keys: list[object], value: object) -> Context:
    if not keys:
        raise UndefinedError
    first, rest = keys[0], keys[1:]
    if not isinstance(first, str):
        raise UndefinedError
    if rest:
        inner = context.get(first)
        if not isinstance(inner, dict):
            raise UndefinedError
        value = _put_at(inner, rest, value)
    return {**context, first: value}


def _merge(contexts: list[object]) -> Context:
    merged: Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise UndefinedError
        merged.update(context)
    return merged


def _context(entries: list[object]) -> Context:
    made: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise UndefinedError
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise UndefinedError
        made[key] = entry["value"]
    return made


FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "get value": (
        overload(_get_value, "m: context", "key: string"),
        overload(_get_value_at, "context: context", "keys: list"),
    ),
    "get entries": (overload(_get_entries, "m: context"),),
    "context put": (
        overload(_put, "context: context", "key: string", "value: any"),
        overload(_put_at, "context: context", "keys: list", "value: any"),
    ),
    "context merge": (overload(_merge, "contexts: list"),),
    "context": (overload(_context, "entries: list"),),
}
