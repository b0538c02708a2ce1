"""Terms that no fact can decide: read off the form of a rule, for there is nothing to ask a solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from evaluator.advise.single import holds
from evaluator.advise.verdict import Status, Verdict
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import Name

_VAGUE: Final[Mapping[str, Name]] = {
    "approx": Name(zh="原文为“左右”，未规定允许偏差", en="the text says “about” and names no tolerance"),
    "increase": Name(
        zh="原文只说提高，未写到多少：高于基期之后是否达到，无从判定",
        en="the text asks for a rise and does not say how far: above the base, no figure decides it",
    ),
    "decrease": Name(
        zh="原文只说下降，未写到多少：低于基期之后是否达到，无从判定",
        en="the text asks for a fall and does not say how far: below the base, no figure decides it",
    ),
    "indefinite": Name(
        zh="原文用语不定（如“一批”），没有数值可以判定",
        en="the text is indefinite (“a number of”) and names no figure that decides it",
    ),
}


def terms(rule: model.AnyRule) -> Iterator[Verdict]:
    """The vague figures of a target and the amounts that a text does not name."""
    open_ = False
    if isinstance(rule, model.Target):
        for entry in rule.entries:
            if entry.test is None:
                open_ = True
                yield Verdict("decidable", Status.NOT_COMPARABLE, (rule,), _why(entry), entry.key)
    elif isinstance(rule, model.Award) and isinstance(rule.amount, model.Unstated):
        open_ = True
        message = Name(
            zh="原文未写金额，与金额有关的性质无从比较",
            en="the text names no amount, so nothing about amounts can be compared",
        )
        yield Verdict("decidable", Status.NOT_COMPARABLE, (rule,), message)
    if not open_:
        yield holds("decidable", rule)


def _why(entry: model.Entry) -> Name:
    known = _VAGUE.get(entry.vague or "indefinite")
    assert known is not None
    if entry.holds_if is None:
        return known
    return Name(
        zh=f"{known.zh}；文中另一说法足以判定达到", en=f"{known.en}; other words of the text suffice where they hold"
    )
