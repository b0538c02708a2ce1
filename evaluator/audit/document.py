"""A Chinese official document as its articles and their numbered sentences.

In: the text, and from the register the corrections of its marks and of its misprints. Out: a `Document`
whose offsets all point into the text as it was given. An article is what stands between one item mark and
the next; what stands before the first is article `0`. A sentence ends at 。！？ (and the closing marks
right after it) or at an item mark; a list of responsible bodies in brackets that follows a sentence is a
sentence of its own. The mark itself belongs to no sentence.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from evaluator.audit.encoding import read_text
from evaluator.audit.marks import PREAMBLE, Correction, Mark, find_marks, parenthetical_end
from evaluator.diagnostics import RuleError

__all__ = ["Article", "Correction", "Defect", "Document", "Sentence", "read_document"]

_END: Final = re.compile(r"[。！？]+[”’」』》〉）)】]*|(?<=[\u4e00-\u9fff”）)])[!?]+[”’」』》〉）)】]*")
_WORD: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """The register's reading of a misprint: in this sentence, `printed` is read as `reading`."""

    article: str
    sentence: int
    printed: str
    reading: str


@dataclass(frozen=True, slots=True)
class Article:
    """The stretch from one item mark to the next; `mark` as printed (empty for article `0`)."""

    id: str
    mark: str
    start: int
    end: int
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: `text` as read (defects applied), `start` and `end` in the text as given."""

    article: str
    number: int
    text: str
    start: int
    end: int
    read_start: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A defect at its place: `start` to `end` of the given text reads `reading`."""

    start: int
    end: int
    reading: str
    defect: Defect


@dataclass(frozen=True)
class Document:
    """The articles and sentences of `text`, with what the register said that met nothing in it."""

    text: str = field(repr=False)
    articles: tuple[Article, ...]
    sentences: tuple[Sentence, ...]
    unmet_corrections: tuple[Correction, ...] = ()
    unmet_defects: tuple[Defect, ...] = ()
    pieces: tuple[_Piece, ...] = field(default=(), repr=False)

    def sentence(self, article: str, number: int) -> Sentence | None:
        """The sentence `number` of `article`, or None."""
        return self._by_place.get((article, number))

    def of(self, article: str) -> tuple[Sentence, ...]:
        """The sentences of `article`, in order."""
        return tuple(item for item in self.sentences if item.article == article)

    def article(self, article: str) -> Article | None:
        """The article of that id, or None."""
        return next((item for item in self.articles if item.id == article), None)

    def place(self, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
        """Where the characters `start` to `end` of a sentence's `text` stand in the text as given."""
        return (
            _original(self.pieces, sentence.read_start + start, False),
            _original(self.pieces, sentence.read_start + end, True),
        )

    @property
    def _by_place(self) -> dict[tuple[str, int], Sentence]:
        index: dict[tuple[str, int], Sentence] | None = self.__dict__.get("_index")
        if index is None:
            index = {(item.article, item.number): item for item in self.sentences}
            self.__dict__["_index"] = index
        return index


def read_document(text: str, *, articles: Sequence[Correction] = (), defects: Sequence[Defect] = ()) -> Document:
    """Read `text`; `articles` and `defects` are the register's corrections of its marks and its misprints.

    A defect names the sentence in which the text as read so far prints it, so one that contains a sentence
    end moves the numbers of those behind it: each is looked for once those before it are applied.
    """
    pieces: tuple[_Piece, ...] = ()
    open_defects = list(defects)
    document = _parse(text, articles, pieces)
    placed = True
    while open_defects and placed:
        placed = False
        for defect in list(open_defects):
            piece = _locate(document, defect)
            if piece is None:
                continue
            open_defects.remove(defect)
            pieces = tuple(sorted((*pieces, piece), key=lambda item: item.start))
            document = _parse(text, articles, pieces)
            placed = True
    return Document(
        text=text,
        articles=document.articles,
        sentences=document.sentences,
        unmet_corrections=document.unmet_corrections,
        unmet_defects=tuple(open_defects),
        pieces=pieces,
    )


def _locate(document: Document, defect: Defect) -> _Piece | None:
    sentence = document.sentence(defect.article, defect.sentence)
    article = document.article(defect.article)
    if sentence is None or article is None:
        return None
    taken = {piece.start for piece in document.pieces}
    # The article's own mark stands before its first sentence and may be misprinted too; a misread full stop
    # may stand just behind the sentence, so a little more is looked at.
    begin = article.start if defect.sentence == 1 else sentence.start
    end = min(sentence.end + len(defect.printed), len(document.text))
    start = document.text.find(defect.printed, begin, end)
    while start in taken:
        start = document.text.find(defect.printed, start + 1, end)
    if start < 0:
        return None
    return _Piece(start, start + len(defect.printed), defect.reading, defect)


def _parse(text: str, corrections: Sequence[Correction], pieces: tuple[_Piece, ...]) -> Document:
    read, at = [], 0
    for piece in pieces:
        read.append(text[at : piece.start] + piece.reading)
        at = piece.end
    whole = "".join(read) + text[at:]
    marks, unmet = find_marks(whole, corrections)
    preamble = Mark(id=PREAMBLE, printed="", start=0, end=0)
    articles: list[Article] = []
    sentences: list[Sentence] = []
    for mark, following in zip((preamble, *marks), (*marks, None), strict=True):
        end = len(whole) if following is None else following.start
        bounds = _original(pieces, mark.start, False), _original(pieces, end, True)
        articles.append(Article(mark.id, mark.printed, *bounds, mark.doubt))
        for number, (first, last) in enumerate(_split(whole, mark.end, end), start=1):
            place = _original(pieces, first, False), _original(pieces, last, True)
            sentences.append(Sentence(mark.id, number, whole[first:last], *place, first))
    return Document(text, tuple(articles), tuple(sentences), unmet, (), pieces)


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences between `start` and `end`, each without the white space around it."""
    found: list[tuple[int, int]] = []
    at = start
    while at < end:
        while at < end and text[at].isspace():
            at += 1
        bodies = parenthetical_end(text, at) if at < end else None
        match = _END.search(text, at, end)
        stop = min(bodies, end) if bodies is not None else match.end() if match else end
        if text[at:stop].count('"') % 2 and text[stop : stop + 1] == '"' and stop < end:
            stop += 1
        last = at + len(text[at:stop].rstrip())
        if _WORD.search(text, at, last):
            found.append((at, last))
        elif found and last > at:  # stray punctuation belongs to the sentence before it
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        at = max(stop, at + 1)
    return found


def _original(pieces: tuple[_Piece, ...], read: int, is_end: bool) -> int:
    """The offset in the given text of the offset `read` in the text as read."""
    starts: list[int] = []
    shift = 0
    shifts = [0]
    for piece in pieces:
        starts.append(piece.start + shift)
        shift += len(piece.reading) - (piece.end - piece.start)
        shifts.append(shift)
    index = bisect_right(starts, read - 1 if is_end else read) - 1
    if index < 0:
        return read
    piece = pieces[index]
    inside = read - starts[index]
    if inside < len(piece.reading) or (is_end and inside == len(piece.reading)):
        width = piece.end - piece.start
        if is_end:
            return piece.end if inside == len(piece.reading) else min(piece.start + inside, piece.end)
        return piece.start + min(inside, max(width - 1, 0))
    return read - shifts[index + 1]


def main(arguments: Sequence[str]) -> int:
    """Print `article<TAB>sentence<TAB>text` for each sentence of the named file."""
    if len(arguments) != 1:
        print("usage: python -m evaluator.audit.document FILE", file=sys.stderr)
        return 2
    try:
        text, encoding = read_text(Path(arguments[0]))
    except RuleError as error:
        print(error, file=sys.stderr)
        return 3
    document = read_document(text)
    for sentence in document.sentences:
        print(sentence.article, sentence.number, " ".join(sentence.text.split()), sep="\t")
    print(f"{encoding}, {len(document.articles)} articles, {len(document.sentences)} sentences", file=sys.stderr)
    for article in document.articles:
        if article.doubt is not None:
            print(f"{article.id}: the mark `{article.mark}` is {article.doubt}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
