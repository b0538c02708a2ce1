"""Who gains and who loses by a change of the rules, and what it costs.

In: two rulebooks and a file or folder of profiles. Out: a `Shift` for each profile and sums over groups. Each profile
is bound to either rulebook and decided by both; what one of them does not know of is left out there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.engines.decide import decide
from evaluator.engines.decision import Decision
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile, bind
from evaluator.rulebook.values import ItemList
from evaluator.rulebook.vocabulary import ChoiceType, Exact
from evaluator.rulebook.yamlfile import Loaded, read_file


@row
class Shift:
    """What one profile gets under either rulebook: certain, and at most (None: nothing bounds it)."""

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
    """A group of profiles: how many, who gains, who loses, and what is certain for all of them."""

    group: str
    profiles: int
    gain: int
    lose: int
    before: Exact
    after: Exact
    most_before: Exact | None
    most_after: Exact | None


def shifts(
    old: model.Rulebook, new: model.Rulebook, population: Path, as_of: date, by: Sequence[str] = ()
) -> tuple[Shift, ...]:
    """Each profile of the population under both rulebooks; `by` names facts to group by. Raises RuleError."""
    for word in by:
        if all(book.facts.get(word) is None and book.vocabulary.fact(word) is None for book in (old, new)):
            raise RuleError([Diagnostic("unknown-fact", f"there is no fact `{word}`", where="--by")])
    return tuple(_shift(old, new, loaded, as_of, by) for loaded in _profiles(population))


def _profiles(population: Path) -> Iterator[Loaded]:
    paths = sorted(path for path in population.rglob("*") if path.suffix in (".yaml", ".yml", ".json"))
    found = paths if population.is_dir() else [population]
    if not found:
        raise RuleError([Diagnostic("population", "there is no profile in this folder", where=str(population))])
    for path in found:
        yield from read_file(path)


def _shift(old: model.Rulebook, new: model.Rulebook, loaded: Loaded, as_of: date, by: Sequence[str]) -> Shift:
    answers: list[Decision] = []
    profile: Profile | None = None
    for book in (old, new):
        profile = _bound(loaded, book)
        answers.append(decide(book, profile, as_of=as_of))
    assert profile is not None
    totals = [answer.totals for answer in answers]
    findings = [{found.id: found for found in answer.findings} for answer in answers]
    rules = []
    for id in dict.fromkeys((*findings[0], *findings[1])):
        one, other = findings[0].get(id), findings[1].get(id)
        amounts = [None if found is None or found.amount is None else found.amount.guaranteed for found in (one, other)]
        outcomes = [None if found is None else found.outcome for found in (one, other)]
        if amounts[0] != amounts[1] or outcomes[0] is not outcomes[1]:
            rules.append(id)
    groups = {word: _group(profile, new, word) for word in by}
    ends = [(total.guaranteed, total.potential) for total in totals]
    return Shift(profile.name or loaded.source.name, profile.place, groups, ends[0], ends[1], tuple(rules))


def _bound(loaded: Loaded, book: model.Rulebook) -> Profile:
    """The profile, without what this rulebook has no word for (the other has)."""
    try:
        return bind(loaded, book)
    except RuleError as error:
        strange = {"unknown-fact", "unknown-metric", "unknown-field", "unknown-choice"}
        if not isinstance(loaded.data, dict) or any(problem.code not in strange for problem in error.diagnostics):
            raise
        data = dict(loaded.data)
        for part, known in (("facts", book.vocabulary.fact), ("metrics", book.vocabulary.metric)):
            given = data.get(part)
            if isinstance(given, dict):
                kept = {word: value for word, value in given.items() if known(str(word)) or word in book.facts}
                data[part] = kept
        return bind(Loaded(loaded.source, data, loaded.node), book)


def _group(profile: Profile, book: model.Rulebook, word: str) -> str:
    fact = book.facts.get(word) or book.vocabulary.fact(word)
    value = None if fact is None else profile.facts.get(fact.id)
    if value is None or isinstance(value, ItemList):
        return "?"
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
