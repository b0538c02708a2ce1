"""Which names and units a text may use: the part of reading FEEL that depends on more than the text.

FEEL names may hold spaces and operators, so `profit - loss` is one name where it is declared, else a difference;
the longest declared name wins. In: declared names and units. Out: lookup tables, made once for each set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from evaluator.feel.tokens import SPACED_BUILTINS, WORD, Token, tokenize

Spelling = tuple[tuple[str, ...], str]  # the tokens after the first one, and the name as declared
Lexicon = dict[str, list[Spelling]]  # by first token, longest spelling first


def spelling(name: str) -> tuple[str, ...]:
    """The tokens that make up `name`."""
    return tuple(token[1] for token in tokenize(name)[:-1])


def lexicon(names: Iterable[str]) -> Lexicon:
    """The names of several tokens, by their first token."""
    table: Lexicon = {}
    for name in names:
        words = spelling(name)
        if len(words) > 1:
            table.setdefault(words[0], []).append((words[1:], name))
    for spellings in table.values():
        spellings.sort(key=lambda found: -len(found[0]))
    return table


@lru_cache(maxsize=64)
def declared(names: frozenset[str]) -> Lexicon:
    """The lexicon of declared names, without the built-in functions."""
    return lexicon(names)


@lru_cache(maxsize=64)
def in_scope(names: frozenset[str]) -> Lexicon:
    """The lexicon of declared names and built-in functions."""
    return lexicon(names | SPACED_BUILTINS)


@lru_cache(maxsize=64)
def unit_pattern(units: frozenset[str]) -> re.Pattern[str] | None:
    """What to match right after a number: the longest unit, up to the end of a word; None without units."""
    if not units:
        return None
    longest_first = sorted(units, key=lambda unit: (-len(unit), unit))
    words = "|".join(re.escape(unit) for unit in longest_first if unit[-1].isalnum())
    signs = "|".join(re.escape(unit) for unit in longest_first if not unit[-1].isalnum())
    alternatives = [f"(?:{words})(?!{WORD})"] if words else []
    alternatives += [signs] if signs else []
    return re.compile(rf"\s*({'|'.join(alternatives)})")


def match(table: Lexicon, tokens: list[Token], at: int) -> tuple[str, int] | None:
    """The longest name of `table` that stands at token `at`, and the index of the token after it."""
    for words, name in table.get(tokens[at][1], ()):
        end = at + 1 + len(words)
        if end < len(tokens) and all(token[1] == word for token, word in zip(tokens[at + 1 : end], words, strict=True)):
            return name, end
    return None
