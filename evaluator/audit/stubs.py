"""The rules that a sentence seems to hold, as stubs for a person to finish.

In: a document. Out: for each sentence its `Stub`s: one per figure or sum of money, one per vague aim, else one for
the duty; or the reason why it holds none. Works from words alone and knows no place and no document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from evaluator.audit.document import Document, Sentence
from evaluator.audit.numerals import Numeral, Role, numerals
from evaluator.audit.wording import (
    Boundary,
    Comparator,
    Modality,
    bodies,
    boundaries,
    deadlines,
    modality,
    modality_at,
    trends,
    years,
)

_MONEY: Final = re.compile(r"给予|奖励|资助|补助|补贴|奖补|奖金|扶持资金|资金支持")
_GIVES: Final = re.compile(r"给予[^，,；;。]{0,12}(?:奖励|资助|补助|补贴|奖补|资金|支持)")
_GENERAL: Final = re.compile(r"指导思想|基本原则|总体要求|总体思路")
_PUBLICITY: Final = re.compile(r"弘扬|讲好|叫响|氛围|宣传亮点")
_BASIS: Final = re.compile(r"^(?:为|根据|按照|依据|贯彻)|(?:制定本|如下|印发给|现就|现将)")
_OWN_BASIS: Final = re.compile(r"^(?:为|根据)[^。]*制定本|^本[\u4e00-\u9fff]{2,4}自[^。]*(?:施行|实施|执行)")
_DUTY: Final = re.compile(
    r"应|必须|要|须|不得|严格|建立|设立|实行|实施|开展|推进|推动|加强|加快|完善|健全|落实|制定|组织|鼓励|支持|引导|探索|打造|培育|建设|推广|提升|提高"
    r"|强化|创建|争创|深化|构建|优化|促进|纳入|加大|扩大|拓展|推行|发展|开发|整合|改进|规范|保护|打击|查处|发挥|举办|搭建|申报|成立|明确|完成|执行|保障"
    r"|改革|改造|聚焦|统筹|围绕|坚持|坚决|取消|下放|查|遴选|选树|服务|实现|治理|增加|监察|检查|处理|吊销|评选|办公室设"
)
_AGAINST: Final = re.compile(
    r"(达到|高于|超过|优于|不低于|接近)[^，,；;。0-9]{0,14}(?:平均水平|先进水平|领先水平|国际水平|标准(?!化)|规范要求|前列)"
)
_HEADING_LENGTH: Final = 30
_RUN_IN_LENGTH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A rule to be finished: what was recognised in its sentence."""

    kind: str
    sentence: Sentence
    title: str
    modality: Modality
    figure: Numeral | None = None
    boundary: Boundary | None = None
    comparator: Comparator | None = None
    by: int | None = None
    every: bool = False
    since: int | None = None
    figures: tuple[Numeral, ...] = ()
    against: bool = False
    responsible: tuple[str, ...] = ()
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Disposed:
    """A sentence without a rule, and why."""

    sentence: Sentence
    reason: str


def stubs(document: Document) -> Iterator[Stub | Disposed]:
    """The stubs of every sentence, in the order of the text; a sentence without one is disposed of with a reason."""
    lead: dict[str, int | None] = {}
    heading: dict[str, str] = {}
    for sentence in document.sentences:
        found = numerals(sentence.text)
        heading.setdefault(sentence.article, sentence.text)
        own = _deadline(sentence.text)
        if own is not None and own[0] < 40:
            lead[sentence.article] = own[1]
        reason = _reason(sentence, found, _titles(sentence.article, heading), sentence is document.sentences[-1])
        if reason is not None:
            yield Disposed(sentence, reason)
            continue
        by = own[1] if own is not None else lead.get(sentence.article)
        made = list(_stubs(sentence, found, by, _responsible(document, sentence)))
        if made:
            yield from made
        else:
            yield Disposed(sentence, "direction")


def _stubs(
    sentence: Sentence, found: tuple[Numeral, ...], by: int | None, responsible: tuple[str, ...]
) -> Iterator[Stub]:
    text = sentence.text
    every = any(item.kind == "every" for item in deadlines(text))
    since = next((item.year for item in deadlines(text) if item.kind == "from"), None)
    paid = _MONEY.search(text) is not None

    def stub(
        kind: str,
        at: int,
        end: int,
        figure: Numeral | None = None,
        boundary: Boundary | None = None,
        comparator: Comparator | None = None,
        *,
        figures: tuple[Numeral, ...] = (),
        against: bool = False,
    ) -> Stub:
        return Stub(
            kind=kind,
            sentence=sentence,
            title=_title(text, at, end),
            modality=modality_at(text, at) if figure is not None else modality(text),
            figure=figure,
            boundary=boundary,
            comparator=comparator,
            by=_nearest_deadline(text, at, by),
            every=every and _nearest_every(text, at),
            since=since,
            figures=figures,
            against=against,
            responsible=responsible,
            measure=_measure(text, at),
        )

    any_figure = False
    for numeral, bound in zip(found, boundaries(text, found), strict=True):
        if numeral.role is Role.QUANTITY and numeral.value != 0:
            kind = "incentive" if numeral.unit == "元" and paid else "target"
            any_figure = True
            yield stub(kind, numeral.start, numeral.end, numeral, bound, bound.comparator)
        elif numeral.role is Role.INDEFINITE:
            any_figure = True
            yield stub("target", numeral.start, numeral.end, numeral, None, Comparator.NONE)
    if by is not None:
        for trend in trends(text):
            any_figure = True
            yield stub("target", trend.start, trend.end, None, None, trend.comparator)
    for match in _AGAINST.finditer(text):
        any_figure = True
        yield stub("target", match.start(), match.end(), against=True)
    gives = _GIVES.search(text)
    if gives is not None and not any(item.unit == "元" for item in found):
        any_figure = True
        kind = "support" if "支持" in gives.group() and "资金" not in gives.group() else "incentive"
        yield stub(kind, gives.start(), gives.end())
    if not any_figure and _DUTY.search(text):
        graded = tuple(item for item in found if item.role is Role.DURATION or item.text.endswith("级"))
        yield stub("obligation", 0, len(text), figures=graded)


def _reason(sentence: Sentence, found: tuple[Numeral, ...], titles: str, last: bool) -> str | None:
    """Why the sentence is no rule, or None."""
    text = sentence.text.strip()
    figures = any(item.role in (Role.QUANTITY, Role.INDEFINITE) for item in found)
    if sentence.article == "0":
        return "basis" if _BASIS.search(text) else "heading"
    if bodies(text) and text[0] in "（(":
        return "reference"
    if _OWN_BASIS.search(text):
        return "basis"
    plain = text.rstrip("。")
    if sentence.number == 1 and len(plain) <= _HEADING_LENGTH and not figures and not re.search("[，,；;：:]", plain):
        return "heading"
    if len(plain) <= _RUN_IN_LENGTH and not figures and plain.startswith(("坚持以", "着力")):
        return "heading"  # a run-in heading inside a running text
    if last and not figures and text[-1] not in "。！？）)”":
        return "heading"  # the signature, an imprint
    if not figures and not trends(text) and _GENERAL.search(titles):
        return "direction"
    if not figures and _PUBLICITY.search(text) and modality(text) is Modality.PLAN:
        return "publicity"
    return None if _DUTY.search(text) or figures or trends(text) or _AGAINST.search(text) else "description"


def _titles(article: str, heading: dict[str, str]) -> str:
    """The beginnings of the article and of the articles above it: headings, run into the text or not."""
    parts = article.split(".")
    return "".join(heading.get(".".join(parts[: count + 1]), "")[:6] for count in range(len(parts)))


def _deadline(text: str) -> tuple[int, int] | None:
    """Where the first deadline of a sentence stands, and its year."""
    for item in deadlines(text):
        if item.kind == "by" and item.year is not None:
            return item.start, item.year
    return None


def _nearest_deadline(text: str, at: int, default: int | None) -> int | None:
    before = [item.year for item in deadlines(text) if item.kind == "by" and item.start < at]
    return before[-1] if before else default


def _nearest_every(text: str, at: int) -> bool:
    clause = max(text.rfind(mark, 0, at) for mark in "；;。") + 1
    return any(item.kind == "every" and clause <= item.start < at for item in deadlines(text))


def _responsible(document: Document, sentence: Sentence) -> tuple[str, ...]:
    """The bodies of the first list of bodies from this sentence on, within its article."""
    for later in document.of(sentence.article)[sentence.number - 1 :]:
        found = bodies(later.text)
        if found:
            return found
    return ()


def _title(text: str, start: int, end: int) -> str:
    """A short name: what stands right before the figure, or the head of the sentence."""
    clause = _clause(text, start, end)
    return clause[:24] or text[:24]


def _clause(text: str, start: int, end: int) -> str:
    begin = max((text.rfind(mark, 0, start) for mark in "，,；;。："), default=-1) + 1
    stops = [stop for mark in "，,；;。" if (stop := text.find(mark, max(end - 1, start))) >= 0]
    return re.sub(r"\s", "", text[begin : min(stops, default=len(text))])


def _measure(text: str, at: int) -> str:
    """What a figure measures: the words before it, without the word that bounds it."""
    begin = max((text.rfind(mark, 0, at) for mark in "，,；;。：、"), default=-1) + 1
    words = re.sub(r"\s", "", text[begin:at])
    words = re.sub(
        r"(?:力争|争取|将|均|分别)?(?:达到|超过|稳定在|保持在|不低于|不少于|不超过|高于|为|达|增长|增加)+$", "", words
    )
    return words[-24:]


def plan_years(document: Document) -> tuple[int, int] | None:
    """The first and last year that the document names as a period or a deadline, before its titles of others."""
    named = {item.year for sentence in document.sentences for item in deadlines(sentence.text) if item.year}
    named |= {year for sentence in document.sentences[:2] for year in years(sentence.text, numerals(sentence.text))}
    return (min(named), max(named)) if named else None
