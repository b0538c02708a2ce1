"""Problems as data: a `Diagnostic` says what is wrong, where, and what was probably meant.

In: code, message, span, help. Out: text with the source line and a caret that stands right under CJK text.
Diagnostics are collected, sorted and raised once, in a `RuleError`. Imports only `source`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

from evaluator.record import row
from evaluator.source import Span

Severity = Literal["error", "warning"]

_PICTURES = {code: 0x2400 + code for code in range(32)} | dict.fromkeys(range(0x7F, 0xA0), 0xFFFD)
"""Control characters as signs for them: what a file holds must not steer the terminal that shows it."""


@row
class Diagnostic:
    """One problem. `message` is one lower-case clause without a full stop; input stands in backticks.

    `where` names the place in words (a path, a stream) when there is no span.
    """

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = "error"
    where: str | None = None

    def render(self) -> str:
        """The diagnostic as lines of text: `file:line:column: severity[code]: message`, source line, caret, help."""
        place = str(self.span) if self.span is not None else self.where
        head = f"{place}: " if place else ""
        lines = [f"{head}{self.severity}[{self.code}]: {self.message}"]
        if self.span is not None:
            lines.extend(_excerpt(self.span))
        if self.help is not None:
            lines.append(f"  help: {self.help}")
        return "\n".join(line.translate(_PICTURES) for line in lines)


class RuleError(Exception):
    """Rules or input that cannot be used; carries every diagnostic, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(sorted(diagnostics, key=_order))
        super().__init__("\n".join(diagnostic.render() for diagnostic in self.diagnostics))


def nearest(word: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate that `word` was probably meant to be, or None when none is close.

    `cutoff` is difflib's likeness of two words (0 to 1), a float there; it chooses a hint, never a result.
    """
    pool = list(dict.fromkeys(candidates))
    close = get_close_matches(word, pool, n=1, cutoff=cutoff)
    if close:
        return close[0]
    containing = [candidate for candidate in pool if word and (word in candidate or candidate in word)]
    return min(containing, key=len) if containing else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """A help line for a misspelt word: the near candidate, or the whole list when it is short."""
    pool = list(dict.fromkeys(candidates))
    close = nearest(word, pool)
    if close is not None:
        return f"did you mean `{close}`?"
    if 0 < len(pool) <= 12:
        return "expected one of " + ", ".join(f"`{candidate}`" for candidate in pool)
    distant = nearest(word, pool, cutoff=0.5)  # of few characters, as Chinese words are, half is much
    return None if distant is None else f"did you mean `{distant}`?"


def _order(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
    span = diagnostic.span
    if span is None:
        return (diagnostic.where or "", -1, diagnostic.code, diagnostic.message)
    return (span.source.name, span.start, diagnostic.code, diagnostic.message)


def _excerpt(span: Span) -> list[str]:
    from wcwidth import wcswidth  # only problems need it, and it is slow to import

    line = span.line
    raw = span.source.line_text(line)
    first = span.column - 1
    last = min(first + max(span.end - span.start, 1), max(len(raw), first + 1))
    text = raw.expandtabs(1).translate(_PICTURES)
    left, width = max(first - 60, 0), 120
    shown = ("…" if left else "") + text[left : left + width] + ("…" if len(text) > left + width else "")
    before = ("…" if left else "") + text[left:first]
    marked = text[first : min(last, left + width)]
    number = f"{line:>4}"
    carets = "^" * max(wcswidth(marked), 1)
    return [f"{number} | {shown}", f"{' ' * len(number)} | {' ' * max(wcswidth(before), 0)}{carets}"]
