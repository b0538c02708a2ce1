"""Built-in functions on lists. Positions count from 1, and from the end where they are negative."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cmp_to_key

from evaluator.feel.builtins.signature import Overload, overload
from evaluator.feel.values import NUMBERS, FunctionValue, UndefinedError, YearsMonths, equal, less, whole

MAX_ITEMS = 100_000


def _numbers(items: list[object]) -> list[Decimal]:
    numbers = [item for item in items if isinstance(item, Decimal)]
    if len(numbers) < len(items) or not items:
        raise UndefinedError
    return numbers


def _index(items: list[object], position: Decimal) -> int:
    """The Python index of a position in the list."""
    place = whole(position)
    if place == 0 or abs(place) > len(items):
        raise UndefinedError
    return place - 1 if place > 0 else len(items) + place


def _list_contains(items: list[object], element: object) -> bool:
    return any(equal(item, element) is True for item in items)


def _count(items: list[object]) -> Decimal:
    return Decimal(len(items))


def _extreme(items: list[object], *, least: bool) -> object:
    if not items or not isinstance(items[0], Decimal | str | dt.date | dt.time | dt.timedelta | YearsMonths):
        raise UndefinedError
    best: object = items[0]
    for item in items[1:]:
        better = less(item, best) if least else less(best, item)
        if better is None:
            raise UndefinedError
        best = item if better else best
    return best


def _min(items: list[object]) -> object:
    return _extreme(items, least=True)


def _max(items: list[object]) -> object:
    return _extreme(items, least=False)


def _sum(items: list[object]) -> Decimal:
    total = Decimal(0)
    for number in _numbers(items):
        total = NUMBERS.add(total, number)
    return total


def _mean(items: list[object]) -> Decimal:
    return NUMBERS.divide(_sum(items), Decimal(len(items)))


def _product(items: list[object]) -> Decimal:
    product = Decimal(1)
    for number in _numbers(items):
        product = NUMBERS.multiply(product, number)
    return product


def _median(items: list[object]) -> Decimal:
    numbers = sorted(_numbers(items))
    half = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[half]
    return NUMBERS.divide(NUMBERS.add(numbers[half - 1], numbers[half]), Decimal(2))


def _stddev(items: list[object]) -> Decimal:
    numbers = _numbers(items)
    if len(numbers) < 2:
        raise UndefinedError
    mean, squares = _mean(items), Decimal(0)
    for number in numbers:
        deviation = NUMBERS.subtract(number, mean)
        squares = NUMBERS.add(squares, NUMBERS.multiply(deviation, deviation))
    return NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(numbers) - 1)))


def _mode(items: list[object]) -> list[object]:
    if not items:
        return []
    counts: dict[Decimal, int] = {}
    for number in _numbers(items):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return [*sorted(number for number, count in counts.items() if count == most)]


def _all(items: list[object]) -> bool | None:
    return _combine(items, decisive=False)


def _any(items: list[object]) -> bool | None:
    return _combine(items, decisive=True)


def _combine(items: list[object], *, decisive: bool) -> bool | None:
    if any(item is not None and not isinstance(item, bool) for item in items):
        raise UndefinedError
    if decisive in items:
        return decisive
    return None if None in items else not decisive


def _sublist(items: list[object], start: Decimal, length: Decimal | None = None) -> list[object]:
    first = _index(items, start)
    if length is None:
        return items[first:]
    count = whole(length)
    if count < 1 or first + count > len(items):
        raise UndefinedError
    return items[first : first + count]


def _append(items: list[object], new: list[object]) -> list[object]:
    return [*items, *new]


def _concatenate(lists: list[object]) -> list[object]:
    joined: list[object] = []
    for part in lists:
        if part is None:
            raise UndefinedError
        joined.extend(part if isinstance(part, list) else [part])
    if len(joined) > MAX_ITEMS:
        raise UndefinedError
    return joined


def _insert_before(items: list[object], position: Decimal, new: object) -> list[object]:
    index = _index(items, position)
    return [*items[:index], new, *items[index:]]


def _remove(items: list[object], position: Decimal) -> list[object]:
    index = _index(items, position)
    return [*items[:index], *items[index + 1 :]]


def _replace_at(items: list[object], position: Decimal, new: object) -> list[object]:
    index = _index(items, position)
    return [*items[:index], new, *items[index + 1 :]]


def _replace_matching(items: list[object], match: FunctionValue, new: object) -> list[object]:
    replaced: list[object] = []
    for item in items:
        verdict = match.call([item, new], None)
        if not isinstance(verdict, bool):
            raise UndefinedError
        replaced.append(new if verdict else item)
    return replaced


def _reverse(items: list[object]) -> list[object]:
    return items[::-1]


def _index_of(items: list[object], match: object) -> list[object]:
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match) is True]


def _distinct(items: list[object]) -> list[object]:
    kept: list[object] = []
    for item in items:
        if not _list_contains(kept, item):
            kept.append(item)
    return kept


def _union(lists: list[object]) -> list[object]:
    return _distinct(_concatenate(lists))


def _flatten(items: list[object]) -> list[object]:
    flat: list[object] = []
    for item in items:
        flat.extend(_flatten(item) if isinstance(item, list) else [item])
        if len(flat) > MAX_ITEMS:
            raise UndefinedError
    return flat


def _sort(items: list[object], precedes: FunctionValue | None = None) -> list[object]:
    def order(left: object, right: object) -> int:
        if precedes is None:
            before, after = less(left, right), less(right, left)
        else:
            before, after = _verdict(precedes, left, right), _verdict(precedes, right, left)
        if before is None or after is None:
            raise UndefinedError
        return after - before

    return sorted(items, key=cmp_to_key(order))


def _verdict(precedes: FunctionValue, left: object, right: object) -> bool | None:
    found = precedes.call([left, right], None)
    return found if isinstance(found, bool) else None


_LIST, _ITEMS, _POSITION, _NEW = "list: list", "*list: list", "position: number", "newItem: any"
FUNCTIONS: dict[str, tuple[Overload, ...]] = {
    "list contains": (overload(_list_contains, _LIST, "element: any"),),
    "count": (overload(_count, _LIST),),
    "min": (overload(_min, _ITEMS),),
    "max": (overload(_max, _ITEMS),),
    "sum": (overload(_sum, _ITEMS),),
    "mean": (overload(_mean, _ITEMS),),
    "product": (overload(_product, _ITEMS),),
    "median": (overload(_median, _ITEMS),),
    "stddev": (overload(_stddev, _ITEMS),),
    "mode": (overload(_mode, _ITEMS),),
    "all": (overload(_all, _ITEMS),),
    "any": (overload(_any, _ITEMS),),
    "sublist": (overload(_sublist, _LIST, "start position: number", "length?: number"),),
    "append": (overload(_append, _LIST, "**item: list"),),
    "concatenate": (overload(_concatenate, "**list: list"),),
    "insert before": (overload(_insert_before, _LIST, _POSITION, _NEW),),
    "remove": (overload(_remove, _LIST, _POSITION),),
    "list replace": (
        overload(_replace_at, _LIST, _POSITION, _NEW),
        overload(_replace_matching, _LIST, "match: function", _NEW),
    ),
    "reverse": (overload(_reverse, _LIST),),
    "index of": (overload(_index_of, _LIST, "match: any"),),
    "union": (overload(_union, "**list: list"),),
    "distinct values": (overload(_distinct, _LIST),),
    "flatten": (overload(_flatten, _LIST),),
    "sort": (overload(_sort, _LIST, "precedes?: function"),),
}
