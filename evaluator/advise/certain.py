"""What is certain whatever the missing facts are, and the smallest set of given facts that decides it.

In: an `Asker`. Out: a `Certain` for each award that is decided. By the law of refinement a fact more never undoes a
decision, so the sets that decide grow upwards: what each of them must hold is found by leaving out one fact at a time,
and the smallest of the rest by size. Every set was decided with everything else hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from evaluator.advise.asking import Asker
from evaluator.engines.decision import Finding, Outcome
from evaluator.record import row
from evaluator.rulebook import model
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.reads import sources
from evaluator.rulebook.values import Item, ItemList, Value
from evaluator.rulebook.vocabulary import Exact, Fact, Metric

MOST: Final = 4000
"""How many sets are tried for one finding before a set that is only irreducible is taken."""


@row
class Given:
    """Something that the profile gives: a fact, a figure of a year, an entry of a list, one of its fields, its end.

    `path` is how people find it.
    """

    id: str
    year: int | None
    entry: int | None
    field: str | None
    path: str


@row
class Certain:
    """An award that is decided, and the facts that decide it; `smallest` when no smaller set does."""

    finding: Finding
    facts: tuple[Given, ...]
    smallest: bool


def certain(asker: Asker) -> tuple[Certain, ...]:
    """The awards that no missing fact can change, those that pay most for certain first."""
    found: list[Certain] = []
    for finding in asker.decision.findings:
        if isinstance(finding.rule, model.Award) and _is_decided(finding):
            facts, smallest = _Deciding(asker, finding).smallest()
            found.append(Certain(finding, facts, smallest))
    return tuple(sorted(found, key=lambda entry: -_guaranteed(entry.finding)))


def _is_decided(finding: Finding) -> bool:
    if finding.outcome in (Outcome.SATISFIED, Outcome.NOT_SATISFIED):
        return True
    reason = finding.reason
    return finding.outcome is Outcome.NOT_APPLICABLE and reason is not None and reason.code == "applies-when"


def _guaranteed(finding: Finding) -> Exact:
    return 0 if finding.amount is None else finding.amount.guaranteed


class _Deciding:
    """The sets of facts that decide one finding."""

    def __init__(self, asker: Asker, finding: Finding) -> None:
        self.asker, self.finding = asker, finding
        self.tried = 0
        rules = [asker.rulebook.rules[id] for id in asker.needed((finding.rule.id,))]  # with the awards that it reads
        self.read = {field.id for rule in rules for field in sources(rule)}

    def smallest(self) -> tuple[tuple[Given, ...], bool]:
        """A smallest set, and whether it is known that none is smaller."""
        given = tuple(given_facts(self.asker.profile, self.asker.rulebook, self.read))
        needed = tuple(one for one in given if not self._decides([other for other in given if other is not one]))
        if self._decides(needed):
            return needed, True
        rest = [one for one in given if one not in needed]
        for size in range(1, len(rest) + 1):
            for more in combinations(rest, size):
                if self._decides([*needed, *more]):
                    return tuple(one for one in given if one in needed or one in more), True
                if self.tried > MOST:
                    return self._irreducible(given), False
        return given, True

    def _irreducible(self, given: tuple[Given, ...]) -> tuple[Given, ...]:
        kept = list(given)
        for one in given:
            fewer = [other for other in kept if other is not one]
            if self._decides(fewer):
                kept = fewer
        return tuple(kept)

    def _decides(self, kept: tuple[Given, ...] | list[Given]) -> bool:
        self.tried += 1
        shown = hidden(self.asker.profile, kept)
        found = self.asker.findings((self.finding.rule.id,), {}, profile=shown)[0]
        if found.outcome is not self.finding.outcome:
            return False
        before, after = self.finding.amount, found.amount
        return before is None or after is None or before.guaranteed == after.guaranteed


def given_facts(profile: Profile, rulebook: model.Rulebook, read: set[str] | None = None) -> Iterator[Given]:
    """What a profile gives, as far as it is in `read` (ids of facts, fields and metrics), in the order given."""
    for id, value in profile.facts.items():
        if read is not None and id not in read:
            continue
        fact: Fact | None = rulebook.facts.get(id)
        label = id if fact is None or fact.attested else fact.label.zh
        if not isinstance(value, ItemList):
            yield Given(id, None, None, None, label)
            continue
        record = rulebook.vocabulary.records[fact.type.record] if fact is not None else None  # type: ignore[union-attr]  # a list
        for index, item in enumerate(value.items):
            yield Given(id, None, index, None, item.path)
            for field in record.fields if record is not None else ():
                if field.id in item.values and (read is None or field.id in read):
                    yield Given(id, None, index, field.id, f"{item.path}.{field.label.zh}")
        if value.complete:
            yield Given(id, None, None, "", f"{label}[]")
    metrics: dict[str, Metric] = {**rulebook.vocabulary.metrics}
    metrics.update((entry.id, entry) for entry in rulebook.yearly.values())
    for id, years in profile.metrics.items():
        if read is None or id in read:
            for year in years:
                yield Given(id, year, None, None, f"{metrics[id].label.zh if id in metrics else id}[{year}]")


def hidden(profile: Profile, kept: tuple[Given, ...] | list[Given]) -> Profile:
    """The profile with nothing given but this; a field brings its entry."""
    facts: dict[str, Value] = {}
    metrics: dict[str, dict[int, Value]] = {}
    lists: dict[str, dict[int, set[str]]] = {}
    closed: set[str] = set()
    for one in kept:
        if one.year is not None:
            metrics.setdefault(one.id, {})[one.year] = profile.metrics[one.id][one.year]
        elif one.field == "" and one.entry is None:
            closed.add(one.id)
            lists.setdefault(one.id, {})
        elif one.entry is not None:
            fields = lists.setdefault(one.id, {}).setdefault(one.entry, set())
            if one.field is not None:
                fields.add(one.field)
        else:
            facts[one.id] = profile.facts[one.id]
    for id, entries in lists.items():
        known = profile.facts[id]
        assert isinstance(known, ItemList)
        items = tuple(
            Item(
                {word: part for word, part in known.items[index].values.items() if word in fields},
                known.items[index].path,
            )
            for index, fields in sorted(entries.items())
        )
        facts[id] = ItemList(items, id in closed and len(items) == len(known.items))
    return replace(profile, facts=facts, metrics=metrics)  # type: ignore[arg-type]  # figures are scalars
