"""Who gains and who loses by a change of the rules, and what it costs.

In: two rulebooks and a population: a profile, a folder of them, or a table as `evaluator batch` reads it. Out: `Moves`,
with sums over groups and what each profile gets that is moved. Every profile is read with the words of both rulebooks
and answered by both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from evaluator.advise.words import with_words_of
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.engines.decide import decide
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile, bind
from evaluator.rulebook.values import ItemList
from evaluator.rulebook.vocabulary import ChoiceType, Exact, Fact
from evaluator.rulebook.yamlfile import Loaded, read_file

NO_GROUP = "?"
"""The group of profiles that do not say theirs."""


@row
class Shift:
    """What one profile gets under either rulebook: certain, and at most (None: nothing bounds it).

    `rules` are those of which outcome or certain amount differ, by id.
    """

    name: str
    place: str
    groups: Mapping[str, str]
    before: tuple[Exact, Exact | None]
    after: tuple[Exact, Exact | None]
    rules: tuple[str, ...]

    @property
    def gain(self) -> Exact:
        """What is certain more than before."""
        return self.after[0] - self.before[0]


@row
class Sum:
    """A group of profiles: how many, who gains, who loses, and what is certain, and at most, for all of them."""

    group: str
    profiles: int
    gain: int
    lose: int
    before: Exact
    after: Exact
    most_before: Exact | None
    most_after: Exact | None


@row
class Moves:
    """What a change does to a population: all of it, by place and by the facts or columns asked for.

    `moved` counts the profiles for which an outcome or a certain amount differs; `shifts` are those, the greatest
    change first, of a table no more than the first so many. `set_aside` counts rows from which no profile was read.
    """

    whole: Sum
    places: tuple[Sum, ...]
    groups: Mapping[str, tuple[Sum, ...]]
    moved: int
    shifts: tuple[Shift, ...]
    set_aside: int = 0


def moves(
    old: model.Rulebook,
    new: model.Rulebook,
    population: Path,
    as_of: date,
    by: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> Moves:
    """The whole population under both rulebooks. Raises RuleError for what cannot be read."""
    before, after = with_words_of(old, new), with_words_of(new, old)
    if is_table(population):
        from evaluator.advise.population_table import table_moves

        return table_moves(before, after, population, as_of, by, ignore)
    for word in by:
        if _fact(after, word) is None:
            raise RuleError([Diagnostic("unknown-fact", f"there is no fact `{word}`", where="--by")])
    if ignore:
        raise RuleError([Diagnostic("population", "only a table has columns to ignore", where="--ignore")])
    found = [_shift(before, after, loaded, as_of, by) for loaded in _profiles(population)]
    moved = [shift for shift in found if shift.gain or shift.rules]
    (whole,) = sums(found, lambda _: "")
    groups = {word: sums(found, lambda shift, word=word: shift.groups[word]) for word in by}  # type: ignore[misc]  # bound at once
    first = tuple(sorted(moved, key=lambda shift: (-max(shift.gain, -shift.gain), shift.name)))
    return Moves(whole, sums(found, lambda shift: shift.place or NO_GROUP), groups, len(moved), first)


def is_table(path: Path) -> bool:
    """Whether it is a table of profiles, or a folder with a table for each list."""
    from evaluator.batch.tables import SUFFIXES

    if path.is_dir():
        return any(part.suffix.lower() in SUFFIXES for part in path.iterdir())
    return path.suffix.lower() in SUFFIXES


def _profiles(population: Path) -> Iterator[Loaded]:
    paths = sorted(path for path in population.rglob("*") if path.suffix in (".yaml", ".yml", ".json"))
    found = paths if population.is_dir() else [population]
    if not found:
        raise RuleError([Diagnostic("population", "there is no profile in this folder", where=str(population))])
    for path in found:
        yield from read_file(path)


def _shift(old: model.Rulebook, new: model.Rulebook, loaded: Loaded, as_of: date, by: Sequence[str]) -> Shift:
    profiles = [bind(loaded, book) for book in (old, new)]
    answers = [decide(book, profile, as_of=as_of) for book, profile in zip((old, new), profiles, strict=True)]
    totals = [answer.totals for answer in answers]
    findings = [{found.id: found for found in answer.findings} for answer in answers]
    rules = []
    for id in dict.fromkeys((*findings[0], *findings[1])):
        one, other = findings[0].get(id), findings[1].get(id)
        amounts = [None if found is None or found.amount is None else found.amount.guaranteed for found in (one, other)]
        outcomes = [None if found is None else found.outcome for found in (one, other)]
        if amounts[0] != amounts[1] or outcomes[0] is not outcomes[1]:
            rules.append(id)
    profile = profiles[1]
    groups = {word: _group(profile, new, word) for word in by}
    ends = [(total.guaranteed, total.potential) for total in totals]
    return Shift(profile.name or loaded.source.name, profile.place, groups, ends[0], ends[1], tuple(sorted(rules)))


def _fact(book: model.Rulebook, word: str) -> Fact | None:
    return book.facts.get(word) or book.vocabulary.fact(word)


def _group(profile: Profile, book: model.Rulebook, word: str) -> str:
    fact = _fact(book, word)
    value = None if fact is None else profile.facts.get(fact.id)
    if value is None or isinstance(value, ItemList):
        return NO_GROUP
    choice = (
        fact.type.find(value)
        if fact is not None and isinstance(fact.type, ChoiceType) and isinstance(value, str)
        else None
    )
    if choice is not None:
        return choice.label.zh
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def sums(found: Iterable[Shift], key: Callable[[Shift], str]) -> tuple[Sum, ...]:
    """The shifts by group, in the order of the groups' names."""
    groups: dict[str, list[Shift]] = {}
    for shift in found:
        groups.setdefault(key(shift), []).append(shift)
    return tuple(_sum(group, groups[group]) for group in sorted(groups))


def _sum(group: str, found: Sequence[Shift]) -> Sum:
    return Sum(
        group,
        len(found),
        sum(shift.gain > 0 for shift in found),
        sum(shift.gain < 0 for shift in found),
        sum(shift.before[0] for shift in found),
        sum(shift.after[0] for shift in found),
        _most([shift.before[1] for shift in found]),
        _most([shift.after[1] for shift in found]),
    )


def _most(ends: Sequence[Exact | None]) -> Exact | None:
    known = [end for end in ends if end is not None]
    return sum(known) if len(known) == len(ends) else None
