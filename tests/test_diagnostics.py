"""Diagnostics as people see them: place, message, the line with a caret under it, help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean, nearest
from evaluator.source import Source, Span


def span(text: str, word: str) -> Span:
    start = text.index(word)
    return Span(Source("file.yaml", text), start, start + len(word))


def test_the_caret_stands_right_under_chinese_text() -> None:
    text = '支持:\n  - when: 角色 = "领导"\n'
    problem = Diagnostic("unknown-choice", "`领导` is no choice of `角色`", span(text, '"领导"'), "expected `主持`")
    assert problem.render() == (
        "file.yaml:2:16: error[unknown-choice]: `领导` is no choice of `角色`\n"
        '   2 |   - when: 角色 = "领导"\n'
        "     |                  ^^^^^^\n"
        "  help: expected `主持`"
    )


def test_a_problem_without_place_says_where_in_words() -> None:
    assert Diagnostic("a", "b", where="--set").render() == "--set: error[a]: b"
    assert Diagnostic("a", "b", help="c", severity="warning").render() == "warning[a]: b\n  help: c"


def test_a_place_of_several_lines_shows_the_first() -> None:
    text = "a:\n  b: 1\n  c: 2\n"
    problem = Diagnostic("a", "b", Span(Source("f", text), 3, len(text)))
    assert problem.render().splitlines()[1:] == ["   2 |   b: 1", "     | ^^^^^^"]


def test_the_end_of_a_text_has_a_caret_after_it() -> None:
    problem = Diagnostic("a", "b", Span(Source("f", "规模以上 and"), 8, 8))
    assert problem.render().splitlines()[1:] == ["   1 | 规模以上 and", "     |             ^"]


@pytest.mark.parametrize("before", ["", "甲" * 30, "a" * 300, "甲" * 300])
def test_a_long_line_is_shown_round_the_caret(before: str) -> None:
    text = before + "错" + "乙" * 300
    shown, carets = Diagnostic("a", "b", span(text, "错")).render().splitlines()[1:]
    assert len(shown) < 140
    assert carets.endswith("^^")
    at = carets.index("^")
    assert wcswidth(shown[: shown.index("错")]) == at
    assert shown.endswith("…")


def test_tabs_and_control_characters_do_not_reach_the_terminal() -> None:
    text = "a:\t\x1b[31m\x07错\x9b"
    rendered = Diagnostic("a", "got `\x1b[31m\n`", span(text, "错"), "no \r here").render()
    assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in rendered)
    assert "got `␛[31m␊`" in rendered
    lines = rendered.splitlines()
    assert wcswidth(lines[1][: lines[1].index("错")]) == lines[2].index("^")


@given(st.text(max_size=200), st.data())
def test_any_place_of_any_text_can_be_shown(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    rendered = Diagnostic("a", "b", Span(Source("f", text), start, end)).render()
    lines = rendered.split("\n")
    assert len(lines) == 3
    assert lines[2].endswith("^")


def test_problems_are_raised_once_and_sorted_by_place() -> None:
    text, other = Source("b", "x\ny\n"), Source("a", "x")
    problems = [
        Diagnostic("z", "last", Span(text, 2, 3)),
        Diagnostic("b", "second code", Span(text, 0, 1)),
        Diagnostic("a", "first code", Span(text, 0, 1)),
        Diagnostic("a", "of another file", Span(other, 0, 1)),
        Diagnostic("a", "of a whole file", where="b"),
        Diagnostic("a", "of no place"),
    ]
    error = RuleError(problems)
    assert [problem.message for problem in error.diagnostics] == [
        "of no place",
        "of another file",
        "of a whole file",
        "first code",
        "second code",
        "last",
    ]
    assert str(error) == "\n".join(problem.render() for problem in error.diagnostics)


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("cuont", ["count", "sum"], "count"),
        ("标谁", ["标准", "营业收入"], None),
        ("规模", ["规模以上", "规模以上工业企业"], "规模以上"),
        ("规模以上工业企业", ["规模以上", "产值"], "规模以上"),
        ("xyz", ["标准"], None),
        ("", ["标准"], None),
        ("标准", [], None),
    ],
)
def test_the_nearest_word_is_the_one_meant(word: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(word, candidates) == expected


@pytest.mark.parametrize(
    ("word", "candidates", "help"),
    [
        ("cuont", ["count"], "did you mean `count`?"),
        ("领导", ["主持", "参与", "主持"], "expected one of `主持`, `参与`"),
        ("营业额", [f"词{number}" for number in range(20)] + ["营业收入"], "did you mean `营业收入`?"),
        ("营业额", [f"词{number}" for number in range(20)], None),
        ("领导", [], None),
    ],
)
def test_help_names_the_near_word_or_the_short_list(word: str, candidates: list[str], help: str | None) -> None:
    assert did_you_mean(word, candidates) == help
