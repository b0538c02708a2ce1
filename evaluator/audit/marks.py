"""The item marks of a document: 第一章 · 一、 · （一） · 1. · (1) · 一是, told from numbers like them.

In: the text and the register's corrections. Out: the marks in the order of the text, each with the id of
its article. A mark is known by where it stands (line start, after a sentence, after a heading) and by the
number that the sequence asks for: so `12365、12315` and `3.5` are none, and a misread `lO.` or `(+)` is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evaluator.audit.chinese import chinese_int, half_width

PREAMBLE: Final = "0"
PRIME: Final = "′"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The register's word on a mark: the mark printed so, directly after the article `after`, opens `id`.

    Without `after`, `occurrence` counts the marks so printed in the whole text, from 1.
    """

    printed: str
    id: str
    occurrence: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An item mark: its article's id, how it is printed, and its place; `doubt` says what is odd about it."""

    id: str
    printed: str
    start: int
    end: int
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class _Level:
    rank: int
    pattern: str
    chinese: bool


_NUMERAL: Final = "[一二三四五六七八九十百〇零]+"
_LEVELS: Final = {
    "chapter": _Level(0, rf"第(?:{_NUMERAL})[章节]", True),
    "clause": _Level(1, rf"第(?:{_NUMERAL})条", True),
    "first": _Level(2, rf"(?:{_NUMERAL})、", True),
    "second": _Level(3, rf"[（(]\s*(?:{_NUMERAL}|[+＋=—－ー–-])\s*[）)]", True),
    "third": _Level(4, r"[0-9０-９lIOo]{1,3}(?:[.．](?![0-9０-９])|、)", False),
    "fourth": _Level(5, r"[（(]\s*[0-9０-９]{1,2}\s*[）)]|[①-⑳]", False),
    "oral": _Level(6, rf"(?:{_NUMERAL})是", True),
}
_CANDIDATE: Final = re.compile("|".join(f"(?P<{kind}>{level.pattern})" for kind, level in _LEVELS.items()))
_MISREAD_CHINESE: Final = {"+": 10, "＋": 10, "=": 2, "—": 1, "－": 1, "ー": 1, "–": 1, "-": 1}
_MISREAD_ARABIC: Final = str.maketrans("lIOo", "1100")
_SENTENCE_ENDS: Final = "。！？"
_CLOSERS: Final = '”’」』》〉）)】"'
_HEADING: Final = re.compile(r"[^，,；;：:。！？]{0,40}")
_BODIES: Final = re.compile(r"[（(](?:责任|牵头|主办|承办|配合|参与|落实|主管|实施)(?:单位|部门|领导|人)")


@dataclass(frozen=True, slots=True)
class _Open:
    """An article that is open while the marks are read: its level, its number and its part of the id."""

    rank: int
    kind: str
    value: int
    part: str


def find_marks(text: str, corrections: Sequence[Correction] = ()) -> tuple[tuple[Mark, ...], tuple[Correction, ...]]:
    """The item marks of `text`, and the corrections that met no mark."""
    # A correction means a mark that is known as one; only where none is met does it make one of what is printed.
    forced: tuple[Correction, ...] = ()
    while True:
        reader = _Reader(text, tuple(corrections), forced)
        for start, end, kind in _candidates(text, corrections):
            reader.offer(start, end, kind)
        if not reader.corrections or not set(reader.corrections) - set(forced):
            return tuple(reader.marks), tuple(reader.corrections)
        forced = (*forced, *(item for item in reader.corrections if item not in forced))


def parenthetical_end(text: str, start: int) -> int | None:
    """Where the list of responsible bodies in brackets that begins at `start` ends, or None."""
    if not _BODIES.match(text, start):
        return None
    depth = 0
    for index in range(start, len(text)):
        depth += {"（": 1, "(": 1, "）": -1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return None


def _candidates(text: str, corrections: Sequence[Correction]) -> list[tuple[int, int, str]]:
    found = {match.start(): (match.start(), match.end(), match.lastgroup or "") for match in _CANDIDATE.finditer(text)}
    for correction in corrections:
        kind = _kind_of_id(correction.id)
        for match in re.finditer(re.escape(correction.printed), text):
            found.setdefault(match.start(), (match.start(), match.end(), kind))
    return [found[start] for start in sorted(found)]


def _kind_of_id(article: str) -> str:
    part = article.rsplit(".", 1)[-1].rstrip(PRIME)
    for kind, mark in (("chapter", part), ("first", f"{part}、"), ("third", f"{part}.")):
        if re.fullmatch(_LEVELS[kind].pattern, mark):
            return kind
    return next((kind for kind in _LEVELS if re.fullmatch(_LEVELS[kind].pattern, part)), "third")


class _Reader:
    """Takes the candidates in order and keeps those that are marks."""

    def __init__(self, text: str, corrections: tuple[Correction, ...], forced: tuple[Correction, ...]) -> None:
        self.text = text
        self.marks: list[Mark] = []
        self.corrections = list(corrections)
        self.forced = forced
        self._printed: dict[str, int] = {}
        self._open: list[_Open] = []
        self._last: dict[str, int] = {}
        self._ids = {PREAMBLE}

    def offer(self, start: int, end: int, kind: str) -> None:
        """Take the candidate at `start` when it is a mark."""
        if self.marks and start < self.marks[-1].end:
            return
        printed = self.text[start:end]
        level = _LEVELS[kind]
        known = _plain(printed)
        place = self._place(start, kind)
        siblings = [item for item in self._open if item.rank == level.rank]
        sibling = siblings[-1].value if siblings else 0
        expected = {1 if not sibling else sibling + 1, self._last.get(kind, 0) + 1}
        value, misread = _value(known, kind, expected)
        is_mark = value is not None and self._fits(place, kind, value, expected, misread, end)
        correction = self._correction(known, is_mark)
        if correction is None and not is_mark:
            return
        number = value or 0
        if correction is not None:
            self._follow(correction.id, level.rank, kind, number)
            article, doubt = correction.id, None
        else:
            article, doubt = self._enter(level.rank, kind, number, _part(kind, number, known))
            doubt = doubt or ("misread" if misread else None)
            if doubt is None and number not in expected and number != 1:
                doubt = "gap"
        self._last[kind] = number
        self._ids.add(article)
        self.marks.append(Mark(id=article, printed=printed, start=start, end=end, doubt=doubt))

    def _place(self, start: int, kind: str) -> str:
        """What stands before `start`: line, sentence, clause, heading, blot (a misread full stop) or none."""
        before = self.text[:start].rstrip(" \t\u3000\u00a0")
        if not before or before[-1] in "\r\n":
            return "line"
        stripped = before.rstrip(_CLOSERS)
        if stripped and stripped[-1] in _SENTENCE_ENDS:
            return "sentence"
        if before[-1] in "）)" and self._closes_bodies(len(before)):
            return "sentence"
        if before[-1] in "；;：:":
            return "clause"
        if self.marks and self._open and self._open[-1].rank < _LEVELS[kind].rank:
            heading = self.text[self.marks[-1].end : start]
            if heading.strip() and _HEADING.fullmatch(heading) and not heading.rstrip(" ").endswith("、"):
                return "heading"
        return "blot" if before[-1] in "oO0°" else ""

    def _closes_bodies(self, end: int) -> bool:
        begin = max(self.text.rfind("(", 0, end), self.text.rfind("（", 0, end))
        while begin >= 0 and end - begin < 600:
            if parenthetical_end(self.text, begin) == end:
                return True
            begin = max(self.text.rfind("(", 0, begin), self.text.rfind("（", 0, begin))
        return False

    def _fits(self, place: str, kind: str, value: int, expected: set[int], misread: bool, end: int) -> bool:
        follows = value in expected
        match kind:
            case "chapter" | "clause":
                return place in ("line", "sentence") and (follows or (place == "line" and value == 1))
            case "first":
                if re.match(rf"{_NUMERAL}[、是]", self.text[end : end + 4]):  # 一、二、三产业
                    return False
                return place == "line" or (place in ("sentence", "blot", "heading") and follows)
            case "second":
                if misread:
                    return place in ("line", "sentence") and follows
                return place in ("line", "sentence") or (
                    place in ("clause", "blot", "heading") and (follows or value == 1)
                )
            case "third":
                if place == "line":
                    return follows or value == 1 or (not misread and value > self._last.get(kind, 0))
                return place in ("sentence", "blot", "heading") and (follows or value == 1)
            case "fourth":
                return place in ("line", "sentence", "clause", "heading") and (follows or value == 1)
            case _:
                if place not in ("line", "sentence", "clause", "heading"):
                    return False
                return follows and (value > 1 or "二是" in self.text[end : end + 600])

    def _correction(self, known: str, is_mark: bool) -> Correction | None:
        current = self.marks[-1].id if self.marks else PREAMBLE
        count = self._printed.get(known, 0) + 1
        if is_mark:
            self._printed[known] = count
        for correction in self.corrections:
            if _plain(correction.printed).rstrip(".、") != known.rstrip(".、"):
                continue
            if not is_mark and correction not in self.forced:
                continue
            if correction.after == current or (correction.after is None and correction.occurrence in (None, count)):
                self.corrections.remove(correction)
                return correction
        return None

    def _enter(self, rank: int, kind: str, value: int, part: str) -> tuple[str, str | None]:
        self._open = [item for item in self._open if item.rank < rank]
        self._open.append(_Open(rank, kind, value, part))
        article = ".".join(item.part for item in self._open)
        if article not in self._ids:
            return article, None
        while article in self._ids:
            part += PRIME
            self._open[-1] = _Open(rank, kind, value, part)
            article = ".".join(item.part for item in self._open)
        return article, "repeated"

    def _follow(self, article: str, rank: int, kind: str, value: int) -> None:
        """Stand where the corrected id says: its last part is this mark, the parts before it stay open."""
        parts = article.split(".")
        self._open = [item for item in self._open if item.rank < rank][: len(parts) - 1]
        corrected = _value(_plain(parts[-1].rstrip(PRIME)), kind, set())[0]
        self._open.append(_Open(rank, kind, value if corrected is None else corrected, parts[-1]))


def _plain(printed: str) -> str:
    return re.sub(r"\s", "", half_width(printed))


def _value(known: str, kind: str, expected: set[int]) -> tuple[int | None, bool]:
    """The number that a mark prints, and whether it had to be read against its letters to fit `expected`."""
    if known and known[0] in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳":
        return ord(known[0]) - ord("①") + 1, False
    core = known.strip("()第章节条、.是")
    if _LEVELS[kind].chinese:
        if core in _MISREAD_CHINESE:
            value = _MISREAD_CHINESE[core]
            return (value, True) if value in expected else (None, True)
        return chinese_int(core), False
    if core.isdigit():
        return int(core), False
    digits = core.translate(_MISREAD_ARABIC)
    return (int(digits), True) if digits.isdigit() and int(digits) in expected else (None, True)


def _part(kind: str, value: int, known: str) -> str:
    match kind:
        case "first":
            return known.rstrip("、")
        case "second":
            return f"({_chinese(value)})" if known.strip("()") in _MISREAD_CHINESE else known
        case "third":
            return str(value)
        case "fourth":
            return f"({value})"
        case _:
            return known


def _chinese(value: int) -> str:
    return {1: "一", 2: "二", 10: "十"}.get(value, str(value))
