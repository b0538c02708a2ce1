"""Budgets that many profiles share, as a table for people and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from evaluator.report.phrases import Lang
from evaluator.report.plain import Json
from evaluator.report.table import Column, table
from evaluator.report.values import money, yuan
from evaluator.rulebook.vocabulary import Exact

if TYPE_CHECKING:
    from evaluator.audit.pools import Shared

_WORDS: Final = {
    "profile": ("主体", "profile"),
    "claimed": ("应得", "claimed"),
    "paid": ("按预算可得", "paid"),
    "total": ("合计", "total"),
    "budget": ("预算 {0}", "budget {0}"),
    "factor": ("兑现比例 {0}", "share paid {0}"),
    "none": ("这些主体都不涉及共用预算", "none of these profiles has a claim on a shared budget"),
    "between": ("{0} 至 {1}", "{0} to {1}"),
}


def _say(key: str, lang: Lang, *parts: str) -> str:
    zh, en = _WORDS[key]
    return (en if lang == "en" else zh).format(*parts)


def _span(ends: tuple[Exact, Exact | None], lang: Lang) -> str:
    low, high = money(ends[0], lang), money(ends[1], lang)
    return low if low == high else _say("between", lang, low, high)


def pools_text(shared: Sequence[Shared], lang: Lang, cells: int) -> list[str]:
    """Each pool with its claims."""
    lines: list[str] = []
    columns = (
        Column(_say("profile", lang), flexible=True, least=12),
        Column(_say("claimed", lang), right=True, flexible=True, least=12),
        Column(_say("paid", lang), right=True, flexible=True, least=12),
    )
    for one in shared:
        head = [one.stacking.title.text(lang), _say("budget", lang, money(one.pool.budget, lang))]
        if one.factor is not None:
            low, high = (_percent(end) for end in one.factor)
            head.append(_say("factor", lang, low if low == high else _say("between", lang, low, high)))
        rows = [
            (claim.profile.name or claim.profile.place, _span(claim.claimed, lang), _span(claim.paid, lang))
            for claim in one.claims
        ]
        rows.append((_say("total", lang), _span(one.claimed, lang), _span(one.paid, lang)))
        lines += [" · ".join(head), "", *table(columns, rows, cells, rule_above=1), ""]
    return lines[:-1] if lines else [_say("none", lang)]


def _percent(share: Exact) -> str:
    """A share to the hundredth of a per cent, rounded down."""
    hundredths = (share * 10_000).__floor__()
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}%".replace(".00%", "%")


def pools_data(shared: Sequence[Shared]) -> Json:
    """The same as plain data, amounts in yuan."""
    return [
        {
            "stacking": one.stacking.id,
            "budget": yuan(one.pool.budget),
            "factor": None if one.factor is None else {"low": str(one.factor[0]), "high": str(one.factor[1])},
            "claimed": _ends(one.claimed),
            "paid": _ends(one.paid),
            "claims": [
                {
                    "profile": claim.profile.name,
                    "place": claim.profile.place,
                    "claimed": _ends(claim.claimed),
                    "paid": _ends(claim.paid),
                }
                for claim in one.claims
            ],
        }
        for one in shared
    ]


def _ends(ends: tuple[Exact, Exact | None]) -> Json:
    return {"guaranteed": yuan(ends[0]), "potential": None if ends[1] is None else yuan(ends[1])}
