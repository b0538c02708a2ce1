"""Chinese number words: `十二` -> 12, `三百零五` -> 305, `一百二十万` -> 1200000.

In: a word. Out: its whole number, or None when the word is not a number. Imports nothing of ours.
"""

from __future__ import annotations

from typing import Final

DIGITS: Final = {
    "零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2,
    "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
SMALL: Final = {"十": 10, "百": 100, "千": 1000}
LARGE: Final = {"万": 10_000, "亿": 100_000_000}
NUMBER_CHARS: Final = "".join(DIGITS) + "".join(SMALL) + "".join(LARGE)

_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．，％（）：；＋－", "0123456789.,%():;+-")


def half_width(text: str) -> str:
    """`text` with full-width digits and signs written half-width, character for character."""
    return text.translate(_FULL_WIDTH)


def chinese_int(word: str) -> int | None:
    """The whole number that `word` writes in Chinese characters, or None.

    Digit by digit (`二〇二三`) and by place (`二千零二十三`) are both read.
    """
    if not word or any(char not in NUMBER_CHARS for char in word):
        return None
    if all(char in DIGITS for char in word):
        return int("".join(str(DIGITS[char]) for char in word))
    total = section = digit = 0
    pending = False
    for char in word:
        if char in DIGITS:
            if pending and digit:  # two digits without a place between them: 一二百 is no number
                return None
            digit, pending = DIGITS[char], True
        elif char in SMALL:
            section += (digit if pending else 1) * SMALL[char]
            digit, pending = 0, False
        else:
            part = section + digit
            total = (total + part) * LARGE[char] if char == "亿" else total + (part or 1) * LARGE[char]
            section = digit = 0
            pending = False
    return total + section + digit
