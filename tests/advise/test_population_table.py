"""A change of rules over a table: the same answers as over profile files, whichever engine the batch takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evaluator.advise.compare import compare
from evaluator.advise.population import Moves, Shift, moves
from evaluator.diagnostics import RuleError
from evaluator.report.changes import change_blocks, change_data
from evaluator.report.pages import render
from tests.agreement.small import rulebook
from tests.report.test_changes import written

AS_OF = date(2025, 6, 30)
MORE = "facts:\n  - {id: novel, label: {zh: 新事, en: novel}, of: [enterprise], type: number}\n"


def award(when: str, amount: str, id: str) -> str:
    return f"  - id: {id}\n    judged_by: 成立日期\n    when: '{when}'\n    amount: {amount}\n"


OLD = "incentives:\n" + award('颜色 = "红"', "1万元", "a") + award("真", "2万元", "b") + award("某数 > 3", "7万元", "d")
NEW = (
    "incentives:\n" + award('颜色 = "红"', "3万元", "a") + award("真", "1万元", "c") + award("某数 >= 3", "7万元", "d")
)
NEWER = NEW + award("新事 > 3", "5万元", "e")
HUES, TRUTHS, PLACES = ("红", "蓝", ""), ("true", "false", ""), ("甲省/乙市", "甲省/己市", "甲省/乙市/丙县")


def people(number: int) -> list[dict[str, str]]:
    """Rows that differ in every fact; one in eleven gives a number that is none."""
    return [
        {
            "kind": "enterprise",
            "name": f"主体{at}",
            "jurisdiction": PLACES[at % 7 % 3],
            "成立日期": "2024-05-01",
            "颜色": HUES[at % 3],
            "真": TRUTHS[at // 3 % 3],
            "某数": "三" if at % 11 == 10 else str(at % 5),
            "新事": "5" if at % 2 else "",
            "行业": "食品" if at % 4 else "",
        }
        for at in range(number)
    ]


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def files(folder: Path, rows: list[dict[str, str]]) -> Path:
    folder.mkdir()
    for at, row in enumerate(rows):
        facts = ", ".join(f"{word}: {row[word]}" for word in ("成立日期", "颜色", "真", "某数", "新事") if row[word])
        head = "".join(f"{word}: {row[word]}\n" for word in ("kind", "name", "jurisdiction"))
        (folder / f"{at:05}.yaml").write_text(f"{head}facts: {{{facts}}}\n", encoding="utf-8")
    return folder


def plain(found: Moves) -> Moves:
    """Without what is only told of a table, in an order of its own."""

    def key(shift: Shift) -> tuple[str, ...]:
        return (shift.name, shift.place, *shift.rules)

    return replace(found, shifts=tuple(sorted(found.shifts, key=key)), set_aside=0)


@pytest.mark.parametrize("number", [60, 2_300], ids=["compiled", "SQL"])
def test_a_table_tells_the_same_as_profile_files(number: int, tmp_path: Path) -> None:
    rows = people(number)
    good = [row for row in rows if row["某数"] != "三"]
    old, new = rulebook(OLD), rulebook(NEWER, more=MORE)
    by_table = moves(old, new, table(tmp_path / "people.csv", rows), AS_OF, ["颜色"], ["行业"])
    kept = good if number < 1_000 else good[:1_000]
    by_files = moves(old, new, files(tmp_path / "files", kept), AS_OF, ["颜色"])
    assert by_table.set_aside == len(rows) - len(good) > 0
    if number < 1_000:
        assert plain(by_table) == plain(by_files)
    else:
        assert by_table.whole.profiles == len(good)
        told = {shift.name: shift for shift in by_files.shifts}
        shared = [shift for shift in by_table.shifts if shift.name in told]
        assert len(shared) > 100
        assert [shift for shift in shared if shift != told[shift.name]] == []


def test_groups_may_be_columns_that_are_no_fact(tmp_path: Path) -> None:
    path = table(tmp_path / "people.csv", people(40))
    found = moves(rulebook(OLD), rulebook(NEWER, more=MORE), path, AS_OF, ["行业"])
    assert [group.group for group in found.groups["行业"]] == ["?", "食品"]
    assert sum(group.profiles for group in found.groups["行业"]) == found.whole.profiles
    assert sum(group.after - group.before for group in found.places) == found.whole.after - found.whole.before


def test_a_column_that_neither_version_knows_is_an_error(tmp_path: Path) -> None:
    path = table(tmp_path / "people.csv", people(4))
    with pytest.raises(RuleError) as caught:
        moves(rulebook(OLD), rulebook(NEW), path, AS_OF)
    assert [problem.code for problem in caught.value.diagnostics] == ["unknown-column", "unknown-column"]
    assert "carry it along with `--by 行业`" in str(caught.value.diagnostics[1].help)


def test_a_table_without_a_profile_is_an_error(tmp_path: Path) -> None:
    rows = [row for row in people(30) if row["某数"] == "三"]
    path = table(tmp_path / "people.csv", rows)
    with pytest.raises(RuleError) as caught:
        moves(rulebook(OLD), rulebook(NEWER, more=MORE), path, AS_OF, ["行业"])
    assert [problem.code for problem in caught.value.diagnostics] == ["no-rows"]


def test_only_a_table_has_columns_to_ignore(tmp_path: Path) -> None:
    folder = files(tmp_path / "files", people(2))
    with pytest.raises(RuleError) as caught:
        moves(rulebook(OLD), rulebook(NEWER, more=MORE), folder, AS_OF, (), ["行业"])
    assert [problem.code for problem in caught.value.diagnostics] == ["population"]


def test_the_page_says_how_many_rows_were_set_aside(tmp_path: Path) -> None:
    path = table(tmp_path / "people.csv", people(200))
    found = compare(
        written(tmp_path / "old", OLD),
        written(tmp_path / "new", NEW),
        names=("旧", "新"),
        as_of=AS_OF,
        population=path,
        by=["行业"],
        ignore=["新事"],
    )
    assert found.moves is not None
    page = render(change_blocks(found, "en"), "text", "en")
    assert f"{found.moves.set_aside} more rows are no profile" in page.replace("\n", " ")
    assert f"… {found.moves.moved - 40} more" in page
    data = change_data(found)["population"]
    assert isinstance(data, dict)
    assert (data["set_aside"], data["moved"]) == (found.moves.set_aside, len(data["profiles"]))
