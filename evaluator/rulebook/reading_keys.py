"""Keys of rule files whose value is a reading: the text decides them, so none has a default.

An alternative in `readings` that is the id of such a value, beside the chosen one that stands in the rule, needs no
`set`: only the key changes. Each value has the words that people read, in Chinese and English.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Words: TypeAlias = tuple[str, str]

KEYS: Final[dict[tuple[str, str], dict[str, Words]]] = {
    ("steps", "count"): {
        "whole": ("不足一步的不计", "whole steps only"),
        "pro-rata": ("不足一步的按比例计", "a part of a step pro rata"),
    },
    ("brackets", "on"): {
        "slice": ("各段按各段的比例计", "each slice at its own rate"),
        "whole": ("全额按所在档的比例计", "the whole base at the rate of its bracket"),
    },
    ("brackets", "edge"): {
        "lower": ("正好在界上的归下一档", "the edge belongs to the lower bracket"),
        "upper": ("正好在界上的归上一档", "the edge belongs to the upper bracket"),
    },
    ("limit", "per"): {
        "all": ("所有条目合计限件", "the limit is for all entries together"),
        "group": ("每组分别限件", "the limit is for each group"),
    },
    ("", "order"): {
        "amount": ("金额大的在先", "the largest amounts first"),
        "listed": ("按所列次序", "in the order listed"),
    },
    ("order", "first"): {
        "least": ("小的、早的在先", "the least or earliest first"),
        "greatest": ("大的、晚的在先", "the greatest or latest first"),
    },
    ("round", "how"): {
        "half-up": ("四舍五入", "rounded half up"),
        "down": ("尾数舍去", "rounded down"),
        "up": ("尾数进位", "rounded up"),
    },
    ("follows", "once"): {
        "entitled": ("可得奖补时起", "once the award is due"),
        "paid": ("奖补到账时起", "once the award is paid"),
    },
    ("", "scope"): {
        "item": ("同一事项之内", "within one item"),
        "entity": ("同一主体之内", "within one body"),
        "period": ("同一年度之内", "within one year"),
    },
}
"""The key that holds the mapping (empty: the tree of awards itself), the key in it, and what may stand there."""

FORMS: Final[dict[str, tuple[str | None, Words]]] = {
    "highest-of": ("highest_of", ("只给最高的一项", "only the highest is paid")),
    "highest-only": ("highest_of", ("只给最高的一项", "only the highest is paid")),
    "choose-one": ("choose_one", ("由申请人选一项", "the applicant chooses one")),
    "first-of": ("first_of", ("按先后只给第一项", "only the first in line is paid")),
    "top-up": ("top_up", ("已得的扣除，只补差额", "what was paid before is deducted")),
    "silent": ("silent", ("文中未写", "the text is silent")),
    "all-add-up": (None, ("都给，相加", "all are paid and add up")),
}
"""How awards combine, by the id of the reading: the key of the tree that lists its members; None: they add up."""

NAMED: Final = frozenset(word for words in KEYS.values() for word in words)
"""Every value of every key."""


def possible(parent: str, key: str) -> tuple[str, ...]:
    """The readings that a key can have; empty for a key that is none."""
    return tuple(KEYS.get((parent, key), KEYS.get(("", key), ()) if parent in ("", "stacking") else ()))
