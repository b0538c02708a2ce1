"""One version of the rules that also reads what only another version has a word for.

In: two rulebooks. Out: the first with the vocabulary of both, its own words first, so that profiles written for either
are read and written under it. Its rules stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Record

T = TypeVar("T")


def with_words_of(rulebook: Rulebook, other: Rulebook) -> Rulebook:
    """The rulebook, which then also knows the other's kinds, units, places, facts, fields and metrics."""
    own, more = rulebook.vocabulary, other.vocabulary
    vocabulary = replace(
        own,
        kinds=_both(own.kinds, more.kinds),
        units=_both(own.units, more.units),
        places=_both(own.places, more.places),
        records={id: _fields(own.records.get(id), more.records.get(id)) for id in (*own.records, *more.records)},
        facts=_both(own.facts, more.facts),
        metrics=_both(own.metrics, more.metrics),
    )
    facts, yearly = _both(rulebook.facts, other.facts), _both(rulebook.yearly, other.yearly)
    return replace(rulebook, vocabulary=vocabulary, facts=facts, yearly=yearly)


def _both(own: Mapping[str, T], more: Mapping[str, T]) -> dict[str, T]:
    """Own entries win, and come last, where a label is looked for."""
    return {**{id: entry for id, entry in more.items() if id not in own}, **own}


def _fields(own: Record | None, more: Record | None) -> Record:
    """The entries of a list with the fields of both."""
    if own is None or more is None:
        known = own or more
        assert known is not None
        return known
    return replace(own, fields=(*own.fields, *(field for field in more.fields if own.find(field.id) is None)))
