"""The numerals of a text: where each stands, what it is worth, in which unit, and what it is there for.

In: text. Out: `Numeral`s in the order of the text, values exact. A numeral is read with its unit (`30万元` is
300000 元); a range has two ends. Its role tells figures from years, dates, document numbers, ordinals and
names, so that `2018年`, `〔2018〕22号`, `“3+3”` and `第三方` are never taken for figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from evaluator.audit.chinese import chinese_int, half_width


class Role(StrEnum):
    """What a numeral is there for."""

    QUANTITY = "quantity"
    INDEFINITE = "indefinite"  # 一批, 数个, 千亿级: the words entail something, they give no figure
    YEAR = "year"
    DATE = "date"
    DURATION = "duration"  # 三年, 30日
    ORDINAL = "ordinal"
    DOCUMENT = "document"  # 豫发〔2018〕22号
    NAME = "name"  # part of a name: in quotes or a title, a code, 5A级


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A numeral as printed from `start` to `end`, unit included.

    `value` to `value_to` for a range; `unit` as printed without the multiplier (`元` for 万元); a year has its
    number as `value`. `doubtful` marks letters read as digits (`lOOO`); `arabic` is written in digits.
    """

    start: int
    end: int
    text: str
    role: Role
    value: Fraction | None = None
    value_to: Fraction | None = None
    unit: str | None = None
    arabic: bool = True
    doubtful: bool = False

    @property
    def figure(self) -> tuple[Fraction | None, Fraction | None, str | None]:
        """What two numerals must share to be the same figure."""
        return (self.value, self.value_to, self.unit)


_MULTIPLIERS: Final = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "百万": 1_000_000,
                       "千万": 10_000_000, "十万": 100_000, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11,
                       "万亿": 10**12}  # fmt: skip
# The longer one first where one begins another.
_UNITS: Final = (
    "个百分点", "百分点", "周岁", "平方公里", "平方米", "立方米", "公里", "公顷", "人次", "人月",
    "个月", "个工作日", "工作日", "小时", "分钟", "周年", "元", "%", "％", "‰", "倍", "个", "家",
    "项", "件", "户", "张", "座", "亩", "名", "人", "种", "条", "款", "批次", "批", "辆", "台", "套",
    "吨", "米", "所", "处", "支", "只", "部", "场", "次", "期", "篇", "门", "届", "位", "对", "本",
    "份", "枚", "天", "日", "年", "月", "岁", "分", "成", "级", "类", "强", "大", "线", "号", "艘",
    "间", "栋", "株", "头", "例", "起", "宗", "笔", "轮", "班",
)  # fmt: skip
_UNIT: Final = "|".join(dict.fromkeys(_UNITS))
_MULTIPLIER: Final = "|".join(sorted(_MULTIPLIERS, key=len, reverse=True))
_DIGITS: Final = r"[0-9０-９]+(?:[,，][0-9０-９]{3}(?![0-9０-９]))*(?:[.．][0-9０-９]+)?"
_RANGE: Final = r"\s*[—–\-－~～至到]{1,2}\s*"
_BRACKETED_YEAR: Final = r"[〔\[［(（][0-9０-９]{4}[〕\]］)）]"
_CHINESE: Final = "[一二两三四五六七八九十百千万亿零〇]+"

_TOKEN: Final = re.compile(
    "|".join(
        (
            rf"(?P<document>{_BRACKETED_YEAR}\s*第?[0-9０-９]+号)",
            r"(?P<code>[0-9]{6,}/[0-9\-]+|[0-9]+(?:[?·+/:：][0-9]+)+|[0-9]+[A-Z](?:级|(?=[\u4e00-\u9fff])))",
            r"(?P<isodate>(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2})",
            r"(?P<date>(?:19|20)[0-9]{2}\s*年\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*[日号])?)",
            rf"(?P<years>(?:19|20)[0-9]{{2}}\s*年?{_RANGE}(?:19|20)[0-9]{{2}}\s*年)",
            r"(?P<year>(?:19|20)[0-9]{2}\s*年(?:度|底|末)?)",
            rf"(?P<number>(?P<low>{_DIGITS})(?P<lowunit>[万亿]?(?:元|%|％)?)(?:{_RANGE}(?P<high>{_DIGITS}))?"
            rf"(?P<multiplier>{_MULTIPLIER})?(?:余?(?P<unit>{_UNIT}))?)",
            rf"(?P<misread>(?<![A-Za-z0-9])(?=[lIOo0-9]*[lIOo])(?P<letters>[lI1-9][lIOo0-9]{{1,6}})"
            rf"(?P<mmultiplier>{_MULTIPLIER})?(?P<munit>{_UNIT}))",
            rf"(?P<ordinal>第{_CHINESE}(?:[届次期批]|方)?|{_CHINESE}届(?:{_CHINESE}[次中]、?)*(?:全会)?)",
            rf"(?P<percent>百分之(?P<of>{_CHINESE}))",
            r"(?P<indefinite>一大?批|数[个十百千]+[家项个]?|若干[个家项]?|多[个家项]"
            r"|[百千万]亿(?:元)?(?P<class>级))",
            rf"(?P<words>{_CHINESE})(?P<wunit>{_UNIT})",
        )
    )
)
_QUOTED: Final = re.compile(r"“[^“”]{1,14}”|《[^《》]{1,80}》|\"[^\"]{1,14}\"")
# Words that begin with a Chinese digit and count nothing, and characters before one that make it part of a word.
_NO_COUNT: Final = re.compile(r"十分|万分|百分|千人|万人|百人")
_NO_COUNT_BEFORE: Final = frozenset("每第统唯专单")
_COUNTED: Final = frozenset(
    ("元", "%", "个", "家", "项", "件", "户", "张", "座", "亩", "名", "人", "倍", "成", "辆", "台", "套", "吨",
     "个百分点", "人次", "种", "所", "处")
)  # fmt: skip
_DURATIONS: Final = frozenset(("年", "月", "日", "天", "个月", "小时", "分钟", "周年", "工作日", "个工作日"))


def numerals(text: str) -> tuple[Numeral, ...]:
    """Every numeral of `text`, in order."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    found: list[Numeral] = []
    for match in _TOKEN.finditer(text):
        numeral = _read(match, text)
        if numeral is None:
            continue
        if numeral.role in (Role.QUANTITY, Role.DURATION, Role.YEAR) and any(
            start <= numeral.start and numeral.end <= end for start, end in quoted
        ):
            numeral = _named(numeral)
        found.append(numeral)
    return tuple(found)


def figure_of(printed: str) -> Numeral | None:
    """The first numeral that a figure as printed (`30万元`, `98%以上`) holds, or None."""
    return next(iter(numerals(printed)), None)


def needs_account(numeral: Numeral) -> bool:
    """Whether the register must say what becomes of it: all Arabic ones, and Chinese ones that count something.

    Indefinite words, ordinals and numbers that are part of Chinese words go with their sentence.
    """
    if numeral.arabic:
        return True
    return numeral.role is Role.QUANTITY and numeral.unit in _COUNTED


def _read(match: re.Match[str], text: str) -> Numeral | None:
    start, end = match.span()
    printed = match.group()

    def made(
        role: Role,
        value: Fraction | None = None,
        unit: str | None = None,
        *,
        arabic: bool = True,
        doubtful: bool = False,
    ) -> Numeral:
        return Numeral(
            start=start,
            end=end,
            text=printed,
            role=role,
            value=value,
            unit=unit,
            arabic=arabic,
            doubtful=doubtful,
        )

    match _kind(match):
        case "document":
            return made(Role.DOCUMENT)
        case "code":
            return made(Role.NAME)
        case "isodate" | "date":
            return made(Role.DATE, Fraction(int(half_width(printed)[:4])), "年")
        case "years":
            years = re.findall(r"[0-9]{4}", printed)
            return Numeral(start=start, end=end, text=printed, role=Role.YEAR, value=Fraction(int(years[0])),
                           value_to=Fraction(int(years[1])), unit="年")  # fmt: skip
        case "year":
            return made(Role.YEAR, Fraction(int(printed[:4])), "年")
        case "number":
            return _number(match, text)
        case "misread":
            digits = match["letters"].translate(str.maketrans("lIOo", "1100"))
            value = Fraction(int(digits)) * _MULTIPLIERS.get(match["mmultiplier"] or "", 1)
            return made(Role.QUANTITY, value, _unit(match["munit"]), doubtful=True)
        case "ordinal":
            return made(Role.ORDINAL, arabic=False)
        case "percent":
            share = chinese_int(match["of"])
            return None if share is None else made(Role.QUANTITY, Fraction(share), "%", arabic=False)
        case "indefinite":
            if match["class"]:
                worth = chinese_int(printed.rstrip("级元"))
                return made(Role.INDEFINITE, None if worth is None else Fraction(worth), "元", arabic=False)
            return made(Role.INDEFINITE, arabic=False)
        case _:
            return _words(match, text)


_KINDS: Final = ("document", "code", "isodate", "date", "years", "year", "number", "misread", "ordinal",
                 "percent", "indefinite", "words")  # fmt: skip


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in _KINDS if match[kind] is not None)


def _number(match: re.Match[str], text: str) -> Numeral:
    low, high, multiplier = _decimal(match["low"]), match["high"], match["multiplier"]
    end = match.end()
    low_unit = match["lowunit"] or ""
    unit = match["unit"]
    if unit is None and high is None and low_unit:
        unit = low_unit.lstrip("万亿") or None
        multiplier = low_unit.rstrip("元%％") or None
        if unit is None:  # 32万亩: the multiplier was taken first, the counter follows
            counter = re.compile(_UNIT).match(text, end)
            if counter:
                unit, end = counter.group(), counter.end()
    elif unit is None and high is not None and low_unit.rstrip("万亿"):
        unit = low_unit.lstrip("万亿")
    elif unit is not None and multiplier is None and high is None:
        multiplier = low_unit.rstrip("元%％") or None
    factor = _MULTIPLIERS.get(multiplier or "", 1)
    low_factor = _MULTIPLIERS.get(low_unit.rstrip("元%％"), factor) if high is not None else factor
    printed = text[match.start() : end]
    unit = _unit(unit) if unit else None
    role = Role.QUANTITY
    if unit in _DURATIONS:
        role = Role.DURATION
    elif unit == "级" and factor >= 10**8:  # 100亿级
        role, unit = Role.INDEFINITE, "元"
    elif unit in ("级", "强", "号", "线") or (unit is None and len(match["low"]) > 4):
        role = Role.NAME
    elif re.match(r"[A-Za-z]", text[max(match.start() - 1, 0) : match.start()] + text[end : end + 1]):
        role = Role.NAME  # PM2.5, 5G
    return Numeral(start=match.start(), end=end, text=printed, role=role, value=low * low_factor,
                   value_to=None if high is None else _decimal(high) * factor, unit=unit)  # fmt: skip


def _words(match: re.Match[str], text: str) -> Numeral | None:
    word, unit, printed = match["words"], _unit(match["wunit"]), match.group()
    before = text[max(match.start() - 1, 0) : match.start()]
    value = chinese_int(word)
    if value is None or value < 2 or before in _NO_COUNT_BEFORE or _NO_COUNT.match(printed):
        return None
    if word in ("百", "千", "万", "亿"):  # 百家, 万元: as many as one likes
        return None
    role = Role.DURATION if unit in _DURATIONS else Role.QUANTITY if unit in _COUNTED else Role.NAME
    return Numeral(start=match.start(), end=match.end(), text=printed, role=role, value=Fraction(value),
                   unit=unit, arabic=False)  # fmt: skip


def _named(numeral: Numeral) -> Numeral:
    return Numeral(start=numeral.start, end=numeral.end, text=numeral.text, role=Role.NAME, value=numeral.value,
                   value_to=numeral.value_to, unit=numeral.unit, arabic=numeral.arabic)  # fmt: skip


def _decimal(digits: str) -> Fraction:
    return Fraction(half_width(digits).replace(",", ""))


def _unit(printed: str) -> str:
    return {"％": "%", "百分点": "个百分点"}.get(printed, printed)


def years_of(numeral: Numeral) -> Iterator[int]:
    """The years that a year, a date or a span of years names (both ends of a span)."""
    if numeral.role in (Role.YEAR, Role.DATE) or numeral.unit == "年":
        for value in (numeral.value, numeral.value_to):
            if value is not None and value.denominator == 1 and 1900 <= value <= 2100:
                yield int(value)
