"""The words around a figure: whether the edge counts, how binding the sentence is, by when, and who must.

In: text and a numeral in it. Out: comparators, modalities, deadlines, trends and responsible bodies. The word
lists are tables; nothing here knows a place or a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from evaluator.audit.chinese import half_width
from evaluator.audit.numerals import Numeral, Role, years_of


class Comparator(StrEnum):
    """How a figure is to be compared; the names of the contract."""

    AT_LEAST = ">="
    MORE = ">"
    AT_MOST = "<="
    LESS = "<"
    EQUAL = "="
    APPROX = "approx"
    BETWEEN = "between"
    INCREASE = "increase"
    DECREASE = "decrease"
    NONE = "none"


class Modality(StrEnum):
    """How binding a sentence is."""

    MUST = "must"
    PLAN = "plan"
    STRIVE = "strive"
    ENCOURAGE = "encourage"
    EXPLORE = "explore"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The comparator of a figure and the word that says so (None when no word does)."""

    comparator: Comparator
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Trend:
    """A change without a figure: 显著提升, 逐年降低."""

    start: int
    end: int
    word: str
    comparator: Comparator


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period or a date: `kind` is by, every or from; `year` and `day` when the words name them."""

    start: int
    end: int
    word: str
    kind: str
    year: int | None = None
    day: date | None = None


_AFTER: Final = (
    ("及以上", Comparator.AT_LEAST), ("以上", Comparator.AT_LEAST), ("及以下", Comparator.AT_MOST),
    ("以下", Comparator.AT_MOST), ("以内", Comparator.AT_MOST), ("之内", Comparator.AT_MOST),
    ("以外", Comparator.MORE), ("左右", Comparator.APPROX), ("上下", Comparator.APPROX),
    ("封顶", Comparator.AT_MOST),
)  # fmt: skip
_BEFORE: Final = (
    ("不得低于", Comparator.AT_LEAST), ("不低于", Comparator.AT_LEAST), ("不少于", Comparator.AT_LEAST),
    ("不得少于", Comparator.AT_LEAST), ("不小于", Comparator.AT_LEAST), ("至少", Comparator.AT_LEAST),
    ("最低", Comparator.AT_LEAST), ("达到", Comparator.AT_LEAST), ("提高到", Comparator.AT_LEAST),
    ("提升到", Comparator.AT_LEAST), ("提升至", Comparator.AT_LEAST), ("增加到", Comparator.AT_LEAST),
    ("稳定在", Comparator.AT_LEAST), ("保持在", Comparator.AT_LEAST), ("均达", Comparator.AT_LEAST),
    ("达", Comparator.AT_LEAST), ("不得超过", Comparator.AT_MOST), ("不超过", Comparator.AT_MOST),
    ("不高于", Comparator.AT_MOST), ("不多于", Comparator.AT_MOST), ("不大于", Comparator.AT_MOST),
    ("控制在", Comparator.AT_MOST), ("最高", Comparator.AT_MOST), ("最多", Comparator.AT_MOST),
    ("至多", Comparator.AT_MOST), ("上限", Comparator.AT_MOST), ("下降到", Comparator.AT_MOST),
    ("降至", Comparator.AT_MOST), ("超过", Comparator.MORE), ("超", Comparator.MORE),
    ("高于", Comparator.MORE), ("大于", Comparator.MORE), ("多于", Comparator.MORE),
    ("突破", Comparator.MORE), ("不满", Comparator.LESS), ("不足", Comparator.LESS), ("未达到", Comparator.LESS),
    ("低于", Comparator.LESS), ("少于", Comparator.LESS), ("小于", Comparator.LESS),
    ("约", Comparator.APPROX), ("近", Comparator.APPROX),
)  # fmt: skip
_BEFORE_WORD: Final = re.compile(
    "(" + "|".join(sorted((word for word, _ in _BEFORE), key=len, reverse=True)) + ")"
    r"(?P<edge>[（(]含[)）])?(?:为|到|了|至|全省|全市|全国|[:：]|人民币)?\s*$"
)
_INCLUSIVE: Final = re.compile(r"[（(]含[)）]")
_EXCLUSIVE: Final = re.compile(r"[（(]不含[^)）]*[)）]")
_LISTED: Final = re.compile(r"[、和及或与]\s*$")
_PACE: Final = r"(?:显著|明显|大幅|持续|稳步|逐步|不断|进一步|逐年|普遍|全面|整体|有效|较大|有)*"
_RISE: Final = r"(?:提升|提高|增强|增加|增长|改善|扩大|优化|上升|跃升|加强)"
_FALL: Final = r"(?:下降|降低|减少|缩短|压减)"
_RISES: Final = re.compile(rf"(?:显著|明显|大幅|稳步|逐步|不断|逐年|普遍|根本|整体|有)+{_PACE}{_RISE}")
_FALLS: Final = re.compile(rf"(?:显著|明显|大幅|稳步|逐步|不断|逐年|持续|有)+{_PACE}{_FALL}")

_MODALITIES: Final = (
    (Modality.STRIVE, re.compile(r"力争|争取|努力|争创|致力")),
    (Modality.EXPLORE, re.compile(r"探索|研究(?:建立|制定|编制|出台|推进)|试行")),
    (
        Modality.MUST,
        re.compile(
            r"应当|(?<![供效响适反对相顺])应(?![用急对])|必须|不得|严禁|严格|给予|(?<![主重需只必紧首])要(?![求素点件害闻道])|坚决|依法"
        ),
    ),
    (Modality.ENCOURAGE, re.compile(r"鼓励|支持|引导|推动|倡导|提倡|带动")),
)
_TITLE: Final = re.compile(r"《[^《》]{1,80}》")
_SEGMENT: Final = re.compile(r"[；;。！？]")
_FIVE_YEARS: Final = {"十一五": 2010, "十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030}
_FROM: Final = re.compile(r"[从自]\s*([12][0-9]{3})\s*年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?\s*(?:起|开始)")
_DAY: Final = re.compile(r"([12][0-9]{3})\s*年\s*([0-9]{1,2})\s*月(?:\s*([0-9]{1,2})\s*日)?(?:底|末)?")
_BY: Final = re.compile(r"(?:到|至|截至|截止到|在)?\s*([12][0-9]{3})\s*年(?:年?底|末|度)?(?:以?前|之前)?")
_EVERY: Final = re.compile(r"每年度?|年度|逐年|每个?(?:季度|月)|历年")
_PLAN_YEARS: Final = re.compile("“?(" + "|".join(_FIVE_YEARS) + ")”?(?:时期|期间|末|期末|规划期)?")
_BODIES: Final = re.compile(
    r"(?:责任|牵头|主办|承办|配合|参与|落实|主管|实施)(?:单位|部门|领导|人)\s*[:：]\s*([^:：；;。）)]*)"
)


def boundary(text: str, numeral: Numeral) -> Boundary:
    """How the figure `numeral` of `text` is bounded; `=` without a word, `between` for a range."""
    after = half_width(text[numeral.end : numeral.end + 8])
    for word, comparator in _AFTER:
        if after.startswith(word):
            rest = after[len(word) :]
            if comparator is Comparator.AT_LEAST and _EXCLUSIVE.match(rest):
                return Boundary(Comparator.MORE, word)
            if comparator is Comparator.AT_MOST and _EXCLUSIVE.match(rest):
                return Boundary(Comparator.LESS, word)
            return Boundary(comparator, word)
    if "余" in numeral.text:
        return Boundary(Comparator.APPROX, "余")
    if numeral.value_to is not None:
        return Boundary(Comparator.BETWEEN)
    match = _BEFORE_WORD.search(text, max(0, numeral.start - 24), numeral.start)
    if match is None:
        return Boundary(Comparator.EQUAL)
    comparator = dict(_BEFORE)[match.group(1)]
    if comparator is Comparator.MORE and (match["edge"] or _INCLUSIVE.match(after)):
        comparator = Comparator.AT_LEAST
    return Boundary(comparator, match.group(1))


def boundaries(text: str, found: Sequence[Numeral]) -> tuple[Boundary, ...]:
    """The boundary of each numeral; one that only continues a list (分别达到5个、65个) shares the one before."""
    result: list[Boundary] = []
    previous: Numeral | None = None
    for numeral in found:
        own = boundary(text, numeral)
        if own.word is None and previous is not None and numeral.value_to is None:
            between = text[previous.end : numeral.start]
            if len(between) <= 3 and _LISTED.search(between):
                own = result[-1]
        result.append(own)
        if numeral.role is Role.QUANTITY:
            previous = numeral
    return tuple(result)


def trends(text: str) -> tuple[Trend, ...]:
    """The changes that `text` wants without naming a figure, in order."""
    found = [
        Trend(match.start(), match.end(), match.group(), comparator)
        for pattern, comparator in ((_RISES, Comparator.INCREASE), (_FALLS, Comparator.DECREASE))
        for match in pattern.finditer(text)
        if not re.match(r"[^，,；;。]{0,3}[0-9０-９]", text[match.end() :])
    ]
    return tuple(sorted(found, key=lambda item: item.start))


def modality(text: str) -> Modality:
    """How binding `text` is: by its first telling word, `plan` when it has none."""
    hits = [(match.start(), kind) for kind, pattern in _MODALITIES if (match := pattern.search(text)) is not None]
    return min(hits, key=lambda hit: hit[0])[1] if hits else Modality.PLAN


def modality_at(text: str, position: int) -> Modality:
    """How binding the words at `position` are: by the last telling word before them, up to a semicolon."""
    begin = max((match.end() for match in _SEGMENT.finditer(text, 0, position)), default=0)
    last: tuple[int, Modality] | None = None
    for kind, pattern in _MODALITIES:
        for match in pattern.finditer(text, begin, position):
            if last is None or match.start() > last[0]:
                last = match.start(), kind
    return modality(text[begin:]) if last is None else last[1]


def modalities(text: str) -> frozenset[Modality]:
    """Every modality that some word of `text` tells."""
    return frozenset(kind for kind, pattern in _MODALITIES if pattern.search(text))


def deadlines(text: str) -> tuple[Deadline, ...]:
    """The periods and dates by which, from which or in which something is to happen, in order."""
    found: list[Deadline] = []
    taken = [match.span() for match in _TITLE.finditer(text)]

    def add(match: re.Match[str], kind: str, year: int | None, day: date | None = None) -> None:
        if any(start < match.end() and match.start() < end for start, end in taken):
            return
        taken.append(match.span())
        found.append(Deadline(match.start(), match.end(), match.group(), kind, year, day))

    for match in _FROM.finditer(text):
        add(match, "from", int(match.group(1)))
    for match in _DAY.finditer(text):
        add(match, "by", int(match.group(1)), _day(match))
    for match in _BY.finditer(text):
        add(match, "by", int(match.group(1)))
    for match in _PLAN_YEARS.finditer(text):
        add(match, "by", _FIVE_YEARS[match.group(1)])
    for match in _EVERY.finditer(text):
        add(match, "every", None)
    return tuple(sorted(found, key=lambda item: item.start))


def bodies(text: str) -> tuple[str, ...]:
    """The bodies that （责任单位：…） and （牵头单位：…；责任单位：…） name, in order, without repeats."""
    named: dict[str, None] = {}
    for match in _BODIES.finditer(text):
        for body in re.split(r"[、,，]", match.group(1)):
            if body.strip():
                named.setdefault(body.strip())
    return tuple(named)


def years(text: str, found: Sequence[Numeral]) -> frozenset[int]:
    """Every year that `text` names: in figures, and as the last year of a five-year plan."""
    plans = {_FIVE_YEARS[match.group(1)] for match in _PLAN_YEARS.finditer(text)}
    return frozenset(year for numeral in found for year in years_of(numeral)) | plans


def _day(match: re.Match[str]) -> date | None:
    year, month = int(match.group(1)), int(match.group(2))
    try:
        if match.group(3):
            return date(year, month, int(match.group(3)))
        return date(year + month // 12, month % 12 + 1, 1) - (date(2000, 1, 2) - date(2000, 1, 1))
    except ValueError:
        return None
