"""Rule files to the views that the audit against the text works on.

In: a policy folder. Out: its `PolicyView` and `RuleView`s. The audit reads rules that may still be wrong in other
ways, so what has not the form it should is passed over here: the loader reports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from evaluator.audit.document import Correction, Defect
from evaluator.audit.numerals import Numeral, Role, numerals
from evaluator.audit.views import CiteView, EntryView, PolicyView, Programmatic, RuleView, UsedFigure, Waiver
from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.rulebook.yamlfile import SPAN, Text, read_file
from evaluator.source import Span

KINDS: Final = {
    "incentives": "incentive",
    "supports": "support",
    "targets": "target",
    "obligations": "obligation",
    "stacking": "stacking",
    "terms": "term",
}
_STRING: Final = re.compile(r'@?"[^"]*"|@?“[^”]*”')
_OPERATOR: Final = re.compile(r"(>=|<=|!=|≥|≤|≠|>|<|=)\s*$")
_OPERATORS: Final = {"≥": ">=", "≤": "<=", "≠": "!="}
_EXPRESSIONS: Final = ("applies_when", "when", "requires", "amount", "is")


def read_policy(folder: Path) -> tuple[PolicyView, tuple[RuleView, ...]]:
    """The policy in `folder` and its rules, in the order of their files."""
    path = folder / "policy.yaml"
    documents = [_mapping(loaded.data) for loaded in read_file(path)]
    if not documents or not documents[0]:
        raise RuleError([Diagnostic("no-policy", "the file holds no policy", where=str(path))])
    register = documents[1] if len(documents) > 1 else {}
    rules: list[RuleView] = []
    for file in sorted(folder.glob("*.yaml")):
        if file.name != "policy.yaml":
            for loaded in read_file(file):
                rules.extend(_rules(_mapping(loaded.data)))
    return _policy(documents[0], register), tuple(rules)


def used_figures(expression: str, span: Span | None = None, *, exact: bool = True) -> tuple[UsedFigure, ...]:
    """The quantities of an expression or a unary test, each with the operator before it."""
    plain = _STRING.sub(lambda match: " " * len(match.group()), expression)
    found: list[UsedFigure] = []
    last_end = -1
    for numeral in numerals(plain):
        if numeral.role not in (Role.QUANTITY, Role.DURATION, Role.INDEFINITE):
            continue
        operator = _OPERATOR.search(plain, 0, numeral.start)
        if found and plain[last_end : numeral.start].strip() == "..":
            low = found.pop().numeral
            numeral = Numeral(start=low.start, end=numeral.end, text=plain[low.start : numeral.end], role=low.role,
                              value=low.value, value_to=numeral.value, unit=numeral.unit)  # fmt: skip
            found.append(UsedFigure(numeral=numeral, operator="between", exact=exact, span=span))
        else:
            sign = None if operator is None else _OPERATORS.get(operator[1], operator[1])
            found.append(UsedFigure(numeral=numeral, operator=sign, exact=exact, span=span))
        last_end = numeral.end
    return tuple(found)


# ------------------------------------------------------------------ rules


def _rules(file: dict[str, object]) -> Iterator[RuleView]:
    for key, kind in KINDS.items():
        for data in _list(file.get(key)):
            if isinstance(data, dict):
                yield _rule(_mapping(data), kind)


def _rule(data: dict[str, object], kind: str) -> RuleView:
    cites = tuple(_cites(data.get("cite")))
    requires = data.get("requires")
    attested = isinstance(requires, dict) and "attest" in requires
    over = tuple(_over(data.get("over")))
    inferred = _infers(data)
    entries = [_entry(entry, cites, over, inferred) for entry in map(_mapping, _list(data.get("schedule")))]
    whole = [figure for key in _EXPRESSIONS if not (attested and key == "requires")
             for figure in _figures(data.get(key))]  # fmt: skip
    if kind == "stacking":
        whole.extend(_figures(data.get("sum")))
    years = [*_dated(data.get("due")), *_dated(_mapping(data.get("every")).get("to"))]
    first = next(iter(_dated(_mapping(data.get("every")).get("from"))), None)
    in_force = _mapping(data.get("in_force"))
    for end in ("from", "until"):
        years.extend(_dated(_mapping(in_force.get(end)).get("date")))
    if whole or years or not entries:
        entries.append(
            EntryView(
                cites=cites,
                used=tuple(whole),
                years=tuple(years),
                first_year=first,
                inferred=inferred,
                span=_span(data.get("id")),
            )
        )
    named = (
        _mapping(data.get("title" if kind != "term" else "label")).get("zh"),
        _mapping(_mapping(requires).get("attest")).get("zh"),
    )
    measured = (data.get("metric"), requires if isinstance(requires, str) else None)
    words = "；".join(str(word) for word in (*named, *measured) if word is not None)
    return RuleView(
        id=str(data.get("id", "")),
        kind=kind,
        words=words,
        cites=cites,
        entries=tuple(entries),
        modality=_text(data.get("modality")),
        responsible=tuple(map(str, _list(data.get("responsible")))),
        attested=attested,
        stub=data.get("stub") is True,
        span=_span(data.get("id")) or _span(data),
    )


def _entry(
    data: dict[str, object], cites: tuple[CiteView, ...], over: tuple[UsedFigure, ...], inferred: bool
) -> EntryView:
    own = tuple(_cites(data.get("cite")))
    span = next((found for key in ("test", "vague") if (found := _span(data.get(key)))), _span(data))
    vague = _text(data.get("vague"))
    used = [*over, *_over(data.get("over"))]
    for key in ("test", "value", "holds_if", "fails_unless"):
        value = data.get(key)
        if value is not None:
            # what vague words entail is the encoder's reading, only `value` is printed
            used.extend(used_figures(str(value), _span(value) or span, exact=key in ("test", "value")))
    years: list[int] = []
    first: int | None = None
    for key in ("every", "hold"):
        period = _mapping(data.get(key))
        years.extend(_dated(period.get("to")))
        first = next(iter(_dated(period.get("from"))), first)
    years.extend(_dated(data.get("by")))
    return EntryView(
        cites=own or cites,
        used=tuple(used),
        years=tuple(years),
        first_year=first,
        vague=vague,
        modality=_text(data.get("modality")),
        inferred=inferred or _infers(data),
        span=span,
    )


def _infers(data: dict[str, object]) -> bool:
    return any(_mapping(reading).get("question") == "deadline" for reading in _list(data.get("readings")))


def _over(data: object) -> Iterator[UsedFigure]:
    where = _mapping(data).get("where")
    if where is not None:
        yield from used_figures(str(where), _span(where))


def _figures(data: object, *, exact: bool = True) -> Iterator[UsedFigure]:
    """The figures in every expression below `data`; those under `unless` are negated, so their operators are not."""
    match data:
        case dict():
            for key, value in data.items():
                if key == SPAN or key in ("by", "hit"):
                    continue
                for figure in _figures(value, exact=exact):
                    yield figure if key not in ("unless", "not") else _without_operator(figure)
        case list():
            for value in data:
                yield from _figures(value, exact=exact)
        case None | bool():
            return
        case _:
            yield from used_figures(str(data), _span(data), exact=exact)


def _without_operator(figure: UsedFigure) -> UsedFigure:
    return UsedFigure(numeral=figure.numeral, operator=None, exact=figure.exact, span=figure.span)


def _cites(data: object) -> Iterator[CiteView]:
    for cite in data if isinstance(data, list) else [data]:
        if isinstance(cite, dict):
            article, sentence = cite.get("article"), cite.get("sentence")
            if article is not None and isinstance(sentence, int):
                figures = tuple(map(str, _list(cite.get("figures"))))
                yield CiteView(article=str(article), sentence=sentence, figures=figures, span=_span(cite))


# ------------------------------------------------------------------ policy and register


def _policy(data: dict[str, object], register: dict[str, object]) -> PolicyView:
    years: set[int] = set()
    period = _mapping(data.get("in_force"))
    for dated in (data.get("published"), period.get("from"), period.get("until"), data.get("last_named")):
        years.update(_dated(_mapping(dated).get("date")))
    corrections: list[Correction] = []
    defects: list[Defect] = []
    places: dict[Correction | Defect, Span] = {}
    for item in map(_mapping, _list(register.get("articles"))):
        occurrence = item.get("occurrence")
        correction = Correction(
            printed=str(item.get("printed", "")),
            id=str(item.get("id", "")),
            occurrence=occurrence if isinstance(occurrence, int) else None,
            after=None if item.get("after") is None else str(item.get("after")),
        )
        corrections.append(correction)
        _keep(places, correction, item)
    for item in map(_mapping, _list(register.get("defects"))):
        defect = Defect(
            article=str(item.get("article", "")),
            sentence=_whole(item.get("sentence")),
            printed=str(item.get("printed", "")),
            reading=str(item.get("reading", "")),
        )
        defects.append(defect)
        _keep(places, defect, item)
    return PolicyView(
        id=str(data.get("id", "")),
        source=_text(register.get("source")),
        number=_text(data.get("number")),
        years=frozenset(years),
        corrections=tuple(corrections),
        defects=tuple(defects),
        programmatic=tuple(_programmatic(item) for item in map(_mapping, _list(register.get("programmatic")))),
        waivers=tuple(_waiver(item) for item in map(_mapping, _list(register.get("waivers")))),
        places=places,
        span=_span(data.get("id")) or _span(data),
    )


def _keep(places: dict[Correction | Defect, Span], thing: Correction | Defect, item: dict[str, object]) -> None:
    span = _span(item)
    if span is not None:
        places[thing] = span


def _programmatic(item: dict[str, object]) -> Programmatic:
    sentences = tuple(number for number in _list(item.get("sentences")) if isinstance(number, int))
    single = item.get("sentence")
    return Programmatic(
        article=str(item.get("article", "")),
        sentences=sentences or ((single,) if isinstance(single, int) else ()),
        reason=str(item.get("reason", "")),
        note=str(_mapping(item.get("note")).get("zh", "")),
        span=_span(item),
    )


def _waiver(item: dict[str, object]) -> Waiver:
    return Waiver(
        article=str(item.get("article", "")),
        sentence=_whole(item.get("sentence")),
        numeral=str(item.get("numeral", "")),
        reason=str(item.get("reason", "")),
        note=str(_mapping(item.get("note")).get("zh", "")),
        span=_span(item),
    )


# ------------------------------------------------------------------ plain data


def _mapping(data: object) -> dict[str, object]:
    return data if isinstance(data, dict) else {}


def _list(data: object) -> list[object]:
    return data if isinstance(data, list) else [] if data is None else [data]


def _text(data: object) -> str | None:
    return None if data is None else str(data)


def _whole(data: object) -> int:
    return data if isinstance(data, int) else 0


def _dated(data: object) -> list[int]:
    """The year that a year or an ISO date names."""
    match = re.match(r"([12][0-9]{3})(?:$|-)", str(data))
    return [int(match[1])] if match else []


def _span(data: object) -> Span | None:
    if isinstance(data, Text):
        return data.span
    span = data.get(SPAN) if isinstance(data, dict) else None
    return span if isinstance(span, Span) else None
