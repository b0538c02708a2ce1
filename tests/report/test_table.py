from __future__ import annotations

import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth, wcwidth

from evaluator.report.table import Column, indented, pad, table, width, wrap

RULES = Path(__file__).parents[2] / "rules"
TEXTS = st.text(alphabet=st.sampled_from("质量奖（）《》，。：、；“”abc XYZ1234567890.,()-—·≥✓"), max_size=80)


def test_widths_agree_with_wcwidth_on_every_character_of_the_rules() -> None:
    characters = {char for file in RULES.glob("*/*.yaml") for char in file.read_text(encoding="utf-8")}
    printable = {char for char in characters if unicodedata.category(char) != "Cc"}
    assert len(printable) > 1000
    assert {char for char in printable if width(char) != wcwidth(char)} == set()


def test_columns_stay_straight_under_chinese_text() -> None:
    columns = (Column("奖补", flexible=True), Column("money", right=True), Column("条款"))
    rows = [("主持标准", "30万元", "二.(一)"), ("grant", "5 yuan", "三")]
    lines = table(columns, rows, 80)
    ends = {wcswidth(line[: line.index(word)]) for line, word in zip(lines[2:], ("二.(一)", "三"), strict=True)}
    assert len(ends) == 1
    assert wcswidth(lines[2][: lines[2].index("30万元") + 4]) == wcswidth(lines[3][: lines[3].index("5 yuan") + 6])


def test_a_narrow_table_wraps_its_flexible_columns_and_keeps_every_character() -> None:
    columns = (Column("奖补", flexible=True, least=8), Column("金额", right=True))
    lines = table(columns, [("主持国际标准和国家标准制修订的资助", "300000元")], 24)
    assert max(wcswidth(line) for line in lines) <= 24
    assert "".join(line[:7].strip() for line in lines[2:]) == "主持国际标准和国家标准制修订的资助"


def test_a_rule_is_drawn_above_the_total() -> None:
    lines = table((Column("a"), Column("b")), [("x", "1"), ("total", "1")], 40, rule_above=1)
    assert [set(line) == {"─"} for line in lines] == [False, True, False, True, False]


def test_lines_never_begin_with_a_closing_mark_or_end_with_an_opening_one() -> None:
    text = "按照规定给予资金支持（国际标准、国家标准），" * 6
    for cells in range(12, 60):
        lines = wrap(text, cells)
        assert all(line[0] not in "，。）、" for line in lines)
        assert all(line[-1] not in "（《“" for line in lines)


@given(TEXTS, st.integers(min_value=8, max_value=60))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(wcswidth(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("abcdefghijkl", 5) == ["abcde", "fghij", "kl"]


def test_an_indented_paragraph_hangs_under_its_text() -> None:
    assert indented("甲乙丙丁戊己庚辛", 14, "  ? ") == ["  ? 甲乙丙丁戊", "    己庚辛"]


def test_padding_counts_cells_and_ignores_marks_without_width() -> None:
    assert pad("市", 4) == "市  "
    assert pad("市", 4, right=True) == "  市"
    assert width("e\u0301市") == 3
