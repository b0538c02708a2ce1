"""One rule against the text it cites: sentences, figures, edges of figures, years, bodies.

In: a `RuleView` and the `Text` it is held against. Out: diagnostics that stand in the rule file and name the place
in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from evaluator.audit.document import Document, Sentence
from evaluator.audit.numerals import Numeral, Role, numerals
from evaluator.audit.views import CiteView, EntryView, PolicyView, RuleView, UsedFigure
from evaluator.audit.wording import Boundary, Comparator, boundaries, deadlines, years
from evaluator.diagnostics import Diagnostic, did_you_mean
from evaluator.source import Source, Span

_WHOLE: Final = re.compile(r"全覆盖|全部|全面|全程|全过程|全收集|全处理|全民|各项|均|100%|所有|一律|零")
_EXISTS: Final = (0, 1)  # `count(…) >= 1` says that there is one; the text need not print a figure for that
_EDGES: Final = {
    Comparator.AT_LEAST: {">="},
    Comparator.MORE: {">"},
    Comparator.AT_MOST: {"<="},
    Comparator.LESS: {"<"},
    Comparator.EQUAL: {">=", "="},
    Comparator.APPROX: {"approx"},
    Comparator.BETWEEN: {"between"},
}


@dataclass(frozen=True)
class Text:
    """A document as an audit looks at it: its sentences with their numerals and edges, and its source."""

    document: Document
    source: Source
    policy: PolicyView

    @cached_property
    def found(self) -> dict[tuple[str, int], tuple[Numeral, ...]]:
        """The numerals of each sentence as read."""
        return {(item.article, item.number): numerals(item.text) for item in self.document.sentences}

    @cached_property
    def named_years(self) -> dict[tuple[str, int], frozenset[int]]:
        """The years that each sentence names."""
        return {
            (item.article, item.number): years(item.text, self.found[item.article, item.number])
            for item in self.document.sentences
        }

    def edges(self, sentence: Sentence) -> tuple[Boundary, ...]:
        """How each numeral of the sentence is bounded."""
        return boundaries(sentence.text, self.found[sentence.article, sentence.number])

    def lead_in(self, sentence: Sentence) -> frozenset[int]:
        """The years of the nearest sentence before this one in its article that begins with a deadline."""
        for number in range(sentence.number - 1, 0, -1):
            earlier = self.document.sentence(sentence.article, number)
            if earlier is not None and any(item.kind == "by" and item.start < 40 for item in deadlines(earlier.text)):
                return self.named_years[earlier.article, earlier.number]
        return frozenset()

    def allowed_years(self, sentence: Sentence) -> frozenset[int]:
        """The years that a rule on this sentence may have: its own, else those leading in, else the policy's."""
        named = self.named_years[sentence.article, sentence.number]
        if named and all(item.kind != "by" for item in deadlines(sentence.text)):  # 从2018年起: nothing says until when
            return named | self.policy.years
        return named or self.lead_in(sentence) or self.policy.years

    def span(self, sentence: Sentence, start: int = 0, end: int | None = None) -> Span:
        """The sentence, or a part of it, in the source text."""
        return Span(self.source, *self.document.place(sentence, start, len(sentence.text) if end is None else end))

    def described(self, sentence: Sentence) -> str:
        """The sentence's place in words, with the figures printed there."""
        figures = [item.text for item in self.found[sentence.article, sentence.number]]
        printed = f" prints {'、'.join(figures)}" if figures else " prints no figure"
        return f"{sentence.article} sentence {sentence.number} ({self.span(sentence)}){printed}"


def check_rule(rule: RuleView, text: Text) -> Iterator[Diagnostic]:
    """Every way in which the text contradicts the rule."""
    for cite in rule.all_cites:
        yield from _cite(cite, text)
    if not rule.all_cites:
        yield Diagnostic("no-citation", f"`{rule.id}` cites no sentence", rule.span)
        return
    for entry in rule.entries:
        yield from _entry(rule, entry, text)
    if rule.kind not in ("stacking", "term") and not rule.attested:
        yield from _unused(rule, text)
    yield from _bodies(rule, text)
    yield from _words(rule, text)


def _cite(cite: CiteView, text: Text) -> Iterator[Diagnostic]:
    sentence = text.document.sentence(cite.article, cite.sentence)
    if sentence is None:
        article = text.document.article(cite.article)
        if article is None:
            help = did_you_mean(cite.article, [item.id for item in text.document.articles])
            yield Diagnostic("no-such-article", f"the text has no article `{cite.article}`", cite.span, help)
        else:
            count = len(text.document.of(cite.article))
            message = f"article `{cite.article}` has no sentence {cite.sentence}"
            yield Diagnostic("no-such-sentence", message, cite.span, f"it has {count}")
        return
    for figure in cite.figures:
        if figure not in _joined(sentence.text) and figure not in sentence.text:
            message = f"`{figure}` is not printed in the cited sentence"
            yield Diagnostic("figure-not-printed", message, cite.span, text.described(sentence))


def _entry(rule: RuleView, entry: EntryView, text: Text) -> Iterator[Diagnostic]:
    cited = [item for cite in entry.cites if (item := text.document.sentence(cite.article, cite.sentence)) is not None]
    if not cited:
        return
    figures = [numeral for cite in entry.cites for printed in cite.figures for numeral in numerals(printed)]
    where = text.described(cited[0])
    for used in entry.used:
        if not used.exact or _is_existence(used.numeral):
            continue
        if any(_same(used.numeral, figure) or _is_end(used.numeral, figure) for figure in figures):
            yield from _edge(rule, entry, used, cited, text)
        elif not _is_whole(used.numeral, cited):
            message = f"`{used.numeral.text.strip()}` is none of the figures that `{rule.id}` cites"
            yield Diagnostic("figure-not-cited", message, used.span or entry.span, where)
    allowed = frozenset(year for sentence in cited for year in text.allowed_years(sentence))
    bounds = text.policy.years | allowed
    for year in entry.years:
        if year not in allowed and not (entry.inferred and bounds and min(bounds) <= year <= max(bounds)):
            message = f"the year {year} is not that of the cited sentence"
            help = f"{where}; years that apply there: {', '.join(map(str, sorted(allowed))) or 'none'}"
            yield Diagnostic("year-not-printed", message, entry.span, help)
    if entry.first_year is not None and entry.years:
        first, last = min(bounds, default=0), max(entry.years)
        if not first <= entry.first_year <= last:
            message = f"the first year {entry.first_year} lies outside {first} to {last}"
            yield Diagnostic("year-not-printed", message, entry.span, where)


def _edge(
    rule: RuleView, entry: EntryView, used: UsedFigure, cited: list[Sentence], text: Text
) -> Iterator[Diagnostic]:
    operator = "approx" if entry.vague == "approx" else used.operator
    if operator is None or entry.vague not in (None, "approx"):
        return
    wanted = _pairs(rule.words)
    bounds: list[tuple[Boundary, Sentence]] = []
    nearest = 0
    for sentence in cited:
        for numeral, bound in zip(text.found[sentence.article, sentence.number], text.edges(sentence), strict=True):
            if not _same(used.numeral, numeral):
                continue
            # Of two like figures in one sentence (达到85…超过85) the one whose clause speaks of the rule counts.
            clause = re.split(r"[，,；;。]", sentence.text[: numeral.start])[-1]
            shared = len(wanted & _pairs(clause))
            if shared > nearest:
                bounds, nearest = [], shared
            if shared == nearest:
                bounds.append((bound, sentence))
    for bound, _ in bounds:
        allowed = _EDGES.get(bound.comparator, set())
        full = used.numeral.unit == "%" and used.numeral.value == 100 and operator in (">=", "=")
        if operator in allowed or full:
            return
    for bound, sentence in bounds[:1]:
        word = f"`{bound.word}`" if bound.word else "no word"
        printed = used.numeral.text.strip()
        message = f"the text bounds `{printed}` by {word} ({bound.comparator}), the rule by `{operator}`"
        yield Diagnostic("boundary-differs", message, used.span or entry.span, text.described(sentence))


def _unused(rule: RuleView, text: Text) -> Iterator[Diagnostic]:
    """Figures that the rule cites and no test or amount of it uses."""
    used = [item.numeral for entry in rule.entries for item in entry.used]
    years_used = {year for entry in rule.entries for year in (*entry.years, entry.first_year)}
    vague = any(entry.vague for entry in rule.entries)
    for cite in rule.all_cites:
        sentence = text.document.sentence(cite.article, cite.sentence)
        for printed in cite.figures if sentence is not None else ():
            for figure in numerals(printed):
                if figure.role is Role.QUANTITY and not any(
                    _same(item, figure) or _is_end(item, figure) for item in used
                ):
                    if (vague and not figure.arabic) or printed in rule.words:
                        continue
                    message = f"`{rule.id}` cites `{printed}` and uses it in no test and no amount"
                    help = text.described(sentence) if sentence is not None else None
                    yield Diagnostic("figure-not-used", message, cite.span, help)
                elif figure.role is Role.YEAR and not years_used & {figure.value, figure.value_to} and used:
                    message = f"`{rule.id}` cites `{printed}` and has no such year"
                    yield Diagnostic("figure-not-used", message, cite.span)


def _bodies(rule: RuleView, text: Text) -> Iterator[Diagnostic]:
    articles = {cite.article for cite in rule.all_cites}
    whole = _joined("".join(item.text for item in text.document.sentences if item.article in articles))
    for body in rule.responsible:
        if _joined(body) not in whole:
            message = f"`{body}` is not named in {' or '.join(f'`{article}`' for article in sorted(articles))}"
            yield Diagnostic("body-not-named", message, rule.span)


def _words(rule: RuleView, text: Text) -> Iterator[Diagnostic]:
    """A rule whose words share nothing with the sentences that it cites cites the wrong ones."""
    wanted = _pairs(rule.words)
    cited = [
        item for cite in rule.all_cites if (item := text.document.sentence(cite.article, cite.sentence)) is not None
    ]
    if len(wanted) < 3 or not cited:
        return
    if wanted & frozenset(pair for sentence in cited for pair in _pairs(sentence.text)):
        return
    scored = [(len(wanted & _pairs(item.text)), item) for item in text.document.of(cited[0].article)]
    best, sentence = max(scored, key=lambda pair: pair[0])
    help = f"sentence {sentence.number} of the article shares {best}" if best else text.described(cited[0])
    yield Diagnostic("unlike-sentence", f"`{rule.id}` shares no word with the sentence it cites", rule.span, help)


def same_figure(left: Numeral, right: Numeral) -> bool:
    """Whether two numerals are the same figure; one without a unit (an index, a count) fits any unit."""
    return _same(left, right)


def _same(left: Numeral, right: Numeral) -> bool:
    if (left.value, left.value_to) != (right.value, right.value_to) or left.value is None:
        return False
    return left.unit == right.unit or left.unit is None or right.unit is None


def _is_end(end: Numeral, span: Numeral) -> bool:
    """Whether a figure is one end of a range: 5万元至10万元 as an amount between two."""
    same_unit = end.unit == span.unit or end.unit is None or span.unit is None
    return span.value_to is not None and same_unit and end.value in (span.value, span.value_to)


def _is_existence(numeral: Numeral) -> bool:
    return numeral.value in _EXISTS and numeral.value_to is None and numeral.unit != "%"


def _is_whole(numeral: Numeral, cited: list[Sentence]) -> bool:
    return numeral.unit == "%" and numeral.value == 100 and any(_WHOLE.search(item.text) for item in cited)


def _joined(text: str) -> str:
    return re.sub(r"\s", "", text)


def _pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring Chinese characters."""
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    return frozenset(left + right for run in runs for left, right in pairwise(run))
