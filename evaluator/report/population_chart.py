"""Money by rule as a chart: one SVG without scripts, fonts or links.

Screen readers find every figure in its description, and bars differ by pattern, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Final

from evaluator.batch.population import ByRule, Summary
from evaluator.report.phrases import Lang
from evaluator.report.population_text import title_of, yuan
from evaluator.report.population_words import word
from evaluator.report.table import width

if TYPE_CHECKING:
    from evaluator.rulebook.model import Rulebook

MOST: Final = 12
LABEL, BAR, FIGURES, LINE, TOP = 300, 360, 400, 30, 84
CELLS: Final = 36
"""How many half-width cells of a title fit into its column."""


def chart(summary: Summary, rulebook: Rulebook, lang: Lang) -> str:
    """The chart of the rules that pay most."""
    entries = [entry for entry in summary.rules if entry.pays and entry.potential > 0][:MOST]
    most = max((entry.potential for entry in entries), default=Decimal(1))
    wide, high = LABEL + BAR + FIGURES, TOP + LINE * max(len(entries), 1) + 20
    title, description = word("chart", lang), word("chart.desc", lang)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" aria-labelledby="title description" lang="{"zh-CN" if lang == "zh" else "en"}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)} {escape(_told(entries, rulebook, lang))}</desc>',
        '<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>'
        '<rect width="3" height="6" fill="#5b8db8"/></pattern></defs>',
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
        '<g font-family="system-ui, sans-serif" font-size="14" fill="#1a1a1a">',
        f'<text x="16" y="28" font-size="18" font-weight="bold">{escape(title)}</text>',
        *_legend(lang),
        *(line for index, entry in enumerate(entries) for line in _bar(entry, index, most, rulebook, lang)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _told(entries: Sequence[ByRule], rulebook: Rulebook, lang: Lang) -> str:
    """The figures in words."""
    lines = []
    for entry in entries:
        figures = f"{word('col.guaranteed', lang)} {yuan(entry.guaranteed, lang)}"
        figures += f", {word('col.potential', lang)} {yuan(entry.potential, lang)}"
        lines.append(f"{title_of(entry.rule, rulebook, lang)}: {figures}")
    return "; ".join(lines)


def _legend(lang: Lang) -> list[str]:
    parts, x = [], 16
    for fill, key in (("#1f4e79", "col.guaranteed"), ("url(#stripes)", "col.potential")):
        text = word(key, lang)
        parts.append(f'<rect x="{x}" y="44" width="18" height="14" fill="{fill}" stroke="#1f4e79"/>')
        parts.append(f'<text x="{x + 26}" y="56">{escape(text)}</text>')
        x += 26 + 8 * width(text) + 24
    return parts


def _bar(entry: ByRule, index: int, most: Decimal, rulebook: Rulebook, lang: Lang) -> list[str]:
    y = TOP + LINE * index
    certain, whole = int(entry.guaranteed * BAR / most), int(entry.potential * BAR / most)
    figures = f"{yuan(entry.guaranteed, lang)} – {yuan(entry.potential, lang)}"
    if entry.guaranteed == entry.potential:
        figures = yuan(entry.guaranteed, lang)
    if entry.unbounded:
        figures += f" (+{entry.unbounded} {word('col.unbounded', lang)})"
    return [
        f'<text x="{LABEL - 10}" y="{y + 16}" text-anchor="end">{escape(_short(entry.rule, rulebook, lang))}</text>',
        f'<rect x="{LABEL}" y="{y + 3}" width="{max(whole, 1)}" height="18" fill="url(#stripes)" stroke="#1f4e79"/>',
        f'<rect x="{LABEL}" y="{y + 3}" width="{certain}" height="18" fill="#1f4e79"/>',
        f'<text x="{LABEL + max(whole, 1) + 8}" y="{y + 17}" font-size="12">{escape(figures)}</text>',
    ]


def _short(id: str, rulebook: Rulebook, lang: Lang) -> str:
    title = title_of(id, rulebook, lang)
    if width(title) <= CELLS:
        return title
    while width(title) > CELLS - 1:
        title = title[:-1]
    return title + "…"
