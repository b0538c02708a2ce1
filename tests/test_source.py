"""Positions that people can find: lines and columns count characters, from one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.source import Source, Span

TEXT = "甲: 一\r\n  - 乙\n\n末"


@pytest.mark.parametrize(
    ("offset", "line", "column"),
    [(0, 1, 1), (3, 1, 4), (4, 1, 5), (5, 1, 6), (6, 2, 1), (10, 2, 5), (11, 2, 6), (12, 3, 1), (13, 4, 1), (14, 4, 2)],
)
def test_an_offset_has_a_line_and_a_column(offset: int, line: int, column: int) -> None:
    span = Span(Source("file.yaml", TEXT), offset, offset + 1)
    assert (span.line, span.column) == (line, column)
    assert str(span) == f"file.yaml:{line}:{column}"


def test_a_line_is_had_without_its_end() -> None:
    source = Source("file.yaml", TEXT)
    assert [source.line_text(line) for line in (1, 2, 3, 4)] == ["甲: 一", "  - 乙", "", "末"]
    assert [source.line_start(line) for line in (1, 2, 3, 4)] == [0, 6, 12, 13]


def test_an_empty_text_has_one_line() -> None:
    source = Source("empty", "")
    assert source.line_of(0) == 1
    assert source.line_text(1) == ""
    assert str(Span(source, 0, 0)) == "empty:1:1"


def test_sources_are_told_apart_by_themselves_and_spans_by_their_place() -> None:
    first, second = Source("a", "x"), Source("a", "x")
    assert first != second
    assert Span(first, 0, 1) == Span(first, 0, 1)
    assert Span(first, 0, 1) != Span(second, 0, 1)
    assert "x" not in repr(first)


@given(st.text(alphabet="甲a\n\r ", max_size=40), st.data())
def test_line_and_column_lead_back_to_the_offset(text: str, data: st.DataObject) -> None:
    source = Source("t", text)
    offset = data.draw(st.integers(0, len(text)))
    span = Span(source, offset, offset)
    assert source.line_start(span.line) + span.column - 1 == offset
    assert span.line == text.count("\n", 0, offset) + 1
    assert "\n" not in source.line_text(span.line)
