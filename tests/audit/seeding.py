"""Seeds known errors into copies of policy folders: what an audit against the text must find.

A fault is one edit of one file and a test of whether a diagnostic tells of it. Faults of a folder lie in different
rules and sentences, so all can be seeded at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluator.audit.document import Document
from evaluator.audit.views import EntryView, PolicyView, RuleView
from evaluator.diagnostics import Diagnostic
from evaluator.source import Span


@dataclass(frozen=True)
class Fault:
    """An edit of `file`, and what tells of it."""

    what: str
    file: str
    start: int
    end: int
    text: str
    found: Callable[[Diagnostic], bool]
    place: tuple[str, int]


def faults(policy: PolicyView, rules: tuple[RuleView, ...], document: Document) -> Iterator[Iterator[Fault]]:
    """For each sort of error, the faults of that sort that the folder has room for."""
    alone = _cited_alone(rules)
    yield _mistyped_figures(rules)
    yield _shifted_years(rules, document)
    yield _swapped_edges(rules, document)
    yield _wrong_sentences(rules, document, alone)
    yield _dropped_duties(rules, alone)
    yield _mistyped_citations(rules)
    yield _wrong_bodies(rules)
    yield _dropped_waivers(policy, document)


def _cited_alone(rules: tuple[RuleView, ...]) -> set[tuple[str, int]]:
    counts: dict[tuple[str, int], int] = {}
    for rule in rules:
        for cite in rule.all_cites:
            counts[cite.article, cite.sentence] = counts.get((cite.article, cite.sentence), 0) + 1
    return {place for place, count in counts.items() if count == 1}


def _mistyped_figures(rules: tuple[RuleView, ...]) -> Iterator[Fault]:
    for entry, span in _tests(rules):
        match = re.search(r"[0-9]+(?=[%件个家项万张亩座户]|')", _text(span))
        if match and int(match.group()) > 1:
            yield _fault("figure", span, match, str(int(match.group()) + 1), "figure-not-cited", entry)


def _shifted_years(rules: tuple[RuleView, ...], document: Document) -> Iterator[Fault]:
    for rule in rules:
        for entry in rule.entries:
            if rule.kind != "target" or entry.span is None or entry.inferred:
                continue
            sentence = document.sentence(entry.cites[0].article, entry.cites[0].sentence)
            if sentence is None:
                continue
            line = _line(entry.span)
            match = re.search(r"(?<=by: )20[0-9]{2}|(?<=to: )20[0-9]{2}", _text(line))
            if match:
                yield _fault("year", line, match, str(int(match.group()) + 1), "year-not-printed", entry)


def _swapped_edges(rules: tuple[RuleView, ...], document: Document) -> Iterator[Fault]:
    for entry, span in _tests(rules):
        sentence = document.sentence(entry.cites[0].article, entry.cites[0].sentence)
        if sentence is None or entry.vague is not None or "100" in _text(span):
            continue
        for operator, swapped in ((">=", ">"), (">", ">=")):
            match = re.search(rf"(?<![<>]){operator}(?= *[2-9]|  *1[0-9])(?!=)", _text(span))
            if match:
                yield _fault("edge", span, match, swapped, "boundary-differs", entry)
                break


def _wrong_sentences(rules: tuple[RuleView, ...], document: Document, alone: set[tuple[str, int]]) -> Iterator[Fault]:
    for rule in rules:
        cite = rule.cites[0] if len(rule.all_cites) == 1 else None
        if cite is None or cite.span is None or (cite.article, cite.sentence) not in alone:
            continue
        match = re.search(r"(?<=sentence: )[0-9]+", _text(cite.span))
        if match is not None:
            start = cite.span.start + match.start()
            yield Fault(
                "sentence",
                cite.span.source.name,
                start,
                start + len(match.group()),
                str(cite.sentence + 1),
                _tells_of_sentence(document, cite.article, cite.sentence),
                (cite.article, cite.sentence),
            )


def _dropped_duties(rules: tuple[RuleView, ...], alone: set[tuple[str, int]]) -> Iterator[Fault]:
    for rule in rules:
        cites = [(cite.article, cite.sentence) for cite in rule.all_cites]
        if rule.kind != "obligation" or rule.span is None or len(cites) != 1 or cites[0] not in alone:
            continue
        whole = rule.span.source.text
        start = whole.rfind("\n", 0, rule.span.start) + 1
        following = re.compile(r"^( *- id:|[a-z]+:)", re.MULTILINE).search(whole, rule.span.end)
        end = following.start() if following else len(whole)
        yield Fault("duty", rule.span.source.name, start, end, "", _says(cites[0], "sentence-open"), cites[0])


def _mistyped_citations(rules: tuple[RuleView, ...]) -> Iterator[Fault]:
    for rule in rules:
        for cite in rule.all_cites:
            if cite.span is None or not cite.figures:
                continue
            match = re.search(r"figures: \[[^\]0-9]*([0-9]+)", _text(cite.span))
            if match:
                start = cite.span.start + match.start(1)
                place = (cite.article, cite.sentence)
                printed = str(int(match[1]) + 7)
                yield Fault(
                    "citation",
                    cite.span.source.name,
                    start,
                    start + len(match[1]),
                    printed,
                    _names("figure-not-printed", printed),
                    place,
                )


def _wrong_bodies(rules: tuple[RuleView, ...]) -> Iterator[Fault]:
    for rule in rules:
        if not rule.responsible or rule.span is None:
            continue
        source = rule.span.source
        body = rule.responsible[0]
        start = source.text.find(body, source.text.find("responsible:", rule.span.end))
        wrong = body + "外"
        yield Fault(
            "body",
            source.name,
            start,
            start + len(body),
            wrong,
            _names("body-not-named", wrong),
            (rule.cites[0].article, rule.cites[0].sentence),
        )


def _dropped_waivers(policy: PolicyView, document: Document) -> Iterator[Fault]:
    for waiver in policy.waivers:
        if waiver.span is None or not re.search("[0-9]", waiver.numeral) or waiver.numeral.endswith("年"):
            continue
        sentence = document.sentence(waiver.article, waiver.sentence)
        if sentence is not None and sentence.text.count(waiver.numeral) == 1 and waiver.article != "0":
            line = _line(waiver.span)
            place = (waiver.article, waiver.sentence)
            yield Fault("waiver", line.source.name, line.start, line.end, "", _says(place, "numeral-open"), place)


def _tests(rules: tuple[RuleView, ...]) -> Iterator[tuple[EntryView, Span]]:
    for rule in rules:
        for entry in rule.entries:
            spans = [used.span for used in entry.used if used.exact and used.operator is not None]
            if rule.kind == "target" and len(spans) == 1 and spans[0] is not None:
                yield entry, spans[0]


def _fault(what: str, span: Span, match: re.Match[str], text: str, code: str, entry: EntryView) -> Fault:
    start = span.start + match.start()
    line = span.source.line_of(start)
    cite = entry.cites[0]

    def found(item: Diagnostic) -> bool:
        where = item.span
        return (
            item.code == code
            and where is not None
            and where.source.name.endswith(Path(span.source.name).name)
            and (f"{text}" in item.message or where.line == line)
        )

    return Fault(what, span.source.name, start, start + len(match.group()), text, found, (cite.article, cite.sentence))


def _says(place: tuple[str, int], code: str) -> Callable[[Diagnostic], bool]:
    words = f"`{place[0]}` sentence {place[1]}"
    return lambda item: item.code == code and words in f"{item.message} {item.help} ".replace("，", " ") + " "


def _names(code: str, word: str) -> Callable[[Diagnostic], bool]:
    """A diagnostic of that code whose message holds the word."""
    return lambda item: item.code == code and word in item.message


def _tells_of_sentence(document: Document, article: str, number: int) -> Callable[[Diagnostic], bool]:
    left = _says((article, number), "sentence-open")
    beyond = number + 1 > len(document.of(article))
    return lambda item: left(item) or (beyond and item.code == "no-such-sentence")


def _text(span: Span) -> str:
    return span.source.text[span.start : span.end]


def _line(span: Span) -> Span:
    source = span.source
    start = source.line_start(span.line)
    end = source.text.find("\n", span.start)
    return Span(source, start, (end if end >= 0 else len(source.text)) + 1)
