"""Changes to the text of a YAML file that leave its lines and comments where they belong.

In: the text, nodes with their places, and what is wanted of them (new characters inside a scalar, an order of keys).
Out: `Edit`s of the text. Nothing here knows what the file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Final

import yaml

from evaluator.record import row

_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>'\"%@`+0123456789.~<=")
"""What a plain scalar cannot begin with, or begins with only as a number."""


@row
class Edit:
    """The characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
    """The characters `start` to `end` of `text` with the edits that lie within them; edits do not overlap."""
    end = len(text) if end is None else end
    parts: list[str] = []
    at = start
    for edit in sorted(edits, key=attrgetter("start", "end")):
        if start <= edit.start and edit.end <= end:
            parts += [text[at : edit.start], edit.text]
            at = edit.end
    return "".join([*parts, text[at:end]])


def within_scalar(text: str, node: yaml.ScalarNode, edits: Sequence[Edit], *, flow: bool) -> Edit | None:
    """Edits of a scalar's value as one edit of the file; `flow` tells whether it stands inside `[…]` or `{…}`.

    None where the value does not stand in the file sign by sign (escapes in double quotes).
    """
    start, end = node.start_mark.index, node.end_mark.index
    places = _places(text[start:end], node)
    if places is None:
        return None
    quote = "''" if node.style == "'" else "'"
    placed = [
        Edit(start + places[edit.start], start + places[edit.end - 1] + 1, edit.text.replace("'", quote))
        for edit in edits
    ]
    if node.style == '"' and any(sign in edit.text for edit in edits for sign in '"\\'):
        return None
    shown = apply(text, placed, start, end)
    if not node.style and not _may_be_plain(shown, flow=flow):
        shown = "'" + shown.replace("'", "''") + "'"
    return Edit(start, end, shown)


def _places(raw: str, node: yaml.ScalarNode) -> list[int] | None:
    """Where each sign of the value stands in the scalar as written; blanks may be folded."""
    style = node.style or ""
    if style == '"' and "\\" in raw:
        return None
    at = raw.find("\n") + 1 if style in ("|", ">") else len(style)
    if not style and raw.startswith(("&", "!")):  # an anchor or a tag before the value
        return None
    if style and not raw.startswith(style):
        return None
    places: list[int] = []
    for sign in str(node.value):
        if sign.isspace():
            places.append(at)
            continue
        while at < len(raw) and raw[at].isspace():
            at += 1
        if not raw.startswith("''" if style == "'" and sign == "'" else sign, at):
            return None
        places.append(at)
        at += 2 if style == "'" and sign == "'" else 1
    return places


def _may_be_plain(shown: str, *, flow: bool) -> bool:
    """Whether a scalar may stand without quotes; in doubt it may not."""
    if shown[:1] in _INDICATORS or shown.endswith(":") or re.search(r":\s|\s#", shown):
        return False
    return not (flow and re.search(r"[,\[\]{}:]", shown))


def reordered(text: str, node: yaml.MappingNode, order: Sequence[str], edits: Sequence[Edit]) -> Edit | None:
    """The mapping with its keys in `order`, and the edits inside it made; None where nothing is to be moved.

    In a block mapping a key takes along the comments above it and behind it; those above the first key belong to the
    mapping. A flow mapping with comments between its keys stays as it is.
    """
    keys = [key.value for key, _ in node.value]
    rank = {key: index for index, key in enumerate(order)}
    wanted = sorted(range(len(keys)), key=lambda index: rank[keys[index]])
    if wanted == list(range(len(keys))):
        return None
    bodies = [_body(text, node, index) for index in range(len(keys))]
    gaps = [text[left[1] : right[0]] for left, right in pairwise(bodies)]
    shown = [apply(text, edits, *body) for body in bodies]
    first, last = bodies[0][0], bodies[-1][1]
    if node.flow_style:
        if any("#" in gap or "?" in gap for gap in gaps) or any(body[0] == body[1] for body in bodies):
            return None
        parts = [part for index, gap in zip(wanted, [*gaps, ""], strict=True) for part in (shown[index], gap)]
        return Edit(first, last, "".join(parts))
    indent = " " * int(node.start_mark.column)
    newline = "\r\n" if gaps[0].startswith("\r\n") else "\n"
    if any(not re.fullmatch(rf"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)+{indent}", gap) for gap in gaps):
        return None  # such as `? key`
    leads = [newline + indent, *gaps]
    front = leads[wanted[0]]
    comments = front[front.index("#") :] if "#" in front else ""
    moved = [comments, shown[wanted[0]]]
    for index in wanted[1:]:
        moved += [leads[index], shown[index]]
    return Edit(first, last, "".join(moved))


def _body(text: str, node: yaml.MappingNode, index: int) -> tuple[int, int]:
    """From a key to the end of its value; in a block with the comments that stand behind or deeper below it."""
    key, value = node.value[index]
    end = max(end_of(text, value), key.end_mark.index)
    if node.flow_style:
        return key.start_mark.index, end
    column = node.start_mark.column + 1
    behind = re.compile(rf"[ \t]*:?[ \t]*(?:#[^\r\n]*)?(?:(?:\r?\n[ \t]*)*\r?\n[ ]{{{column},}}#[^\r\n]*)*")
    found = behind.match(text, end)
    assert found is not None
    return key.start_mark.index, found.end()


def end_of(text: str, node: yaml.Node) -> int:
    """Where the last sign of a value stands, comments after it left out."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(text, last[1] if isinstance(node, yaml.MappingNode) else last)
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return start + len(text[start:end].rstrip())
    return end


__all__ = ["Edit", "apply", "end_of", "reordered", "within_scalar"]
