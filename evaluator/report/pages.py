"""A page of headings, paragraphs and lists, printed as text, Markdown or HTML.

In: blocks, which hold plain text. Out: one string. Whatever stands in a block is shown as it is: Markdown and HTML are
escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.report.table import indented, width

PageForm: TypeAlias = Literal["text", "md", "html"]

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>#|])")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the page's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list, after its `label` where it has one; `level` 0 is the outermost."""

    text: str
    label: str = ""
    level: int = 0


Block: TypeAlias = Heading | Paragraph | Item


def render(blocks: Sequence[Block], form: PageForm, lang: str, cells: int = 80) -> str:
    """The page in that form; `cells` is the width of a terminal, for text only."""
    match form:
        case "text":
            return "\n".join(_text(blocks, lang, cells)).strip("\n")
        case "md":
            return "\n".join(_markdown(blocks, lang)).strip("\n")
        case "html":
            return _html(blocks, lang)
        case _:
            assert_never(form)


def _labelled(item: Item, lang: str) -> str:
    if not item.label:
        return ""
    return f"{item.label}: " if lang == "en" else f"{item.label}："


def _text(blocks: Sequence[Block], lang: str, cells: int) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading(level=level, text=text):
                lines += ["", *indented(text, cells)]
                if level <= 2:
                    lines.append(("═" if level == 1 else "─") * min(width(text), cells))
            case Paragraph(text=text):
                lines += indented(text, cells)
            case Item(text=text, level=level):
                mark = "  " * (level + 1) + ("· " if level == 0 else "- ")
                lines += indented(_labelled(block, lang) + text, cells, mark)
            case _:
                assert_never(block)
    return lines


def _markdown(blocks: Sequence[Block], lang: str) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        match block:
            case Heading(level=level, text=text):
                lines += ["", f"{'#' * level} {_escaped(text)}", ""]
            case Paragraph(text=text):
                lines += [_escaped(text), ""]
            case Item(text=text, level=level):
                label = _labelled(block, lang).rstrip()
                shown = f"**{_escaped(label)}** " if label else ""
                lines.append(f"{'  ' * level}- {shown}{_escaped(text)}")
            case _:
                assert_never(block)
    return lines


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


_STYLE: Final = (
    "body{max-width:48rem;margin:2rem auto;padding:0 1rem;font-family:system-ui,sans-serif;line-height:1.6}"
    "h1,h2{border-bottom:1px solid #ccc}li{margin:.15rem 0}"
)


def _html(blocks: Sequence[Block], lang: str) -> str:
    from html import escape

    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body: list[str] = []
    depth = 0
    for block in blocks:
        wanted = min(block.level, depth) + 1 if isinstance(block, Item) else 0
        while depth > wanted:
            body.append("</li></ul>")
            depth -= 1
        match block:
            case Heading(level=level, text=text):
                body.append(f"<h{level}>{escape(text)}</h{level}>")
            case Paragraph(text=text):
                body.append(f"<p>{escape(text)}</p>")
            case Item(text=text):
                if depth == wanted:
                    body.append("</li>")
                else:
                    body.append("<ul>")
                    depth += 1
                label = escape(_labelled(block, lang).rstrip())
                body.append(f"<li>{f'<strong>{label}</strong> ' if label else ''}{escape(text)}")
            case _:
                assert_never(block)
    body += ["</li></ul>"] * depth
    language = "en" if lang == "en" else "zh-CN"
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>{head}</head>\n<body>\n'
        + "\n".join(body)
        + "\n</body>\n</html>"
    )
