"""A page of headings, paragraphs and lists, printed as text, Markdown or HTML.

In: blocks, which hold plain text. Out: one string. Whatever stands in a block is shown as it is: Markdown and HTML are
escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, assert_never

from evaluator.report.table import Column, indented, table, width

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


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: headings, rows of as many texts, and which columns hold numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


Block: TypeAlias = Heading | Paragraph | Item | Grid


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
            case Grid(headings=headings, rows=rows, right=right):
                columns = [
                    Column(heading, right=index in right, flexible=index not in right)
                    for index, heading in enumerate(headings)
                ]
                lines += [*table(columns, rows, cells), ""]
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
            case Grid(headings=headings, rows=rows, right=right):
                marks = ["--:" if index in right else "---" for index in range(len(headings))]
                lines += ["", *(_piped(row) for row in (headings, marks, *rows)), ""]
            case _:
                assert_never(block)
    return lines


def _piped(row: Sequence[str]) -> str:
    return "| " + " | ".join(text if set(text) <= {"-", ":"} else _escaped(text) for text in row) + " |"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


_STYLE: Final = (
    "body{max-width:48rem;margin:2rem auto;padding:0 1rem;font-family:system-ui,sans-serif;line-height:1.6}"
    "h1,h2{border-bottom:1px solid #ccc}li{margin:.15rem 0}"
    ".grid{overflow-x:auto;margin:0 0 1rem}table{border-collapse:collapse;width:100%;font-size:.95em}"
    "th,td{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "th{border-bottom:2px solid #999}td.n,th.n{text-align:right;white-space:nowrap}"
    "@media(max-width:30rem){body{margin:1rem auto}h1{font-size:1.4rem}h2{font-size:1.15rem}ul{padding-left:1.2rem}"
    "td,th{padding:.25rem .3rem}table{font-size:.85em}}"
    "@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr,li{break-inside:avoid}}"
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
            case Grid():
                body.append(_grid(block))
            case _:
                assert_never(block)
    body += ["</li></ul>"] * depth
    language = "en" if lang == "en" else "zh-CN"
    wide = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f'<meta charset="utf-8">{wide}<title>{escape(title)}</title><style>{_STYLE}</style>'
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>{head}</head>\n<body>\n'
        + "\n".join(body)
        + "\n</body>\n</html>"
    )


def _grid(grid: Grid) -> str:
    from html import escape

    def cells(row: Sequence[str], tag: str) -> str:
        marks = [' class="n"' if index in grid.right else "" for index in range(len(row))]
        return "".join(f"<{tag}{mark}>{escape(text)}</{tag}>" for text, mark in zip(row, marks, strict=True))

    rows = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in grid.rows)
    head = f"<thead><tr>{cells(grid.headings, 'th')}</tr></thead>"
    return f'<div class="grid"><table>{head}<tbody>{rows}</tbody></table></div>'
