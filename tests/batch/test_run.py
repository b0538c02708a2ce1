"""Batches: every row answered or set aside, the same rows whatever the format, the partitions or the interruptions."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.batch.rows import Defaults
from evaluator.batch.store import Digest
from evaluator.batch.workspace import Workspace
from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.rulebook.profile import make_profile
from tests.batch.batches import (
    AS_OF,
    HEADINGS,
    ROW,
    RULES,
    answered,
    counts,
    read,
    reasons,
    rulebook,
    wishes,
    write_csv,
    write_lines,
)

BAD = {
    "kind": ("enterprize", "unknown-kind"),
    "jurisdiction": ("甲省/丙市", "unknown-place"),
    "规模以上": ("maybe", "value"),
    "营业收入": ("12万人", "unlike-types"),
    "信用等级": ("丁等", "unknown-choice"),
    "成立日期": ("2024-02-30", "date"),
}


def some_rows(number: int, seed: int) -> list[list[str]]:
    rng = random.Random(seed)
    return [
        [
            "enterprise",
            f"企业{n}",
            rng.choice(["甲省/乙市", "甲省", "庚省/辛市"]),
            rng.choice(["是", "否", ""]),
            rng.choice(["", str(rng.randint(0, 10**6)), f"{rng.randint(0, 999)}.{rng.randint(0, 99):02}"]),
            rng.choice(["甲等", "乙等", ""]),
            rng.choice(["2020-01-02", "2020-02", "2020", ""]),
        ]
        for n in range(number)
    ]


def test_rows_say_what_decide_says(tmp_path: Path) -> None:
    rows = some_rows(40, 1)
    result = answered(write_csv(tmp_path / "t.csv", HEADINGS, rows), tmp_path / "out")
    assert counts(result) == {
        "read": 40,
        "answered": 40,
        "rejected": 0,
        "items_rejected": 0,
        "findings": counts(result)["findings"],
    }
    found = read(tmp_path / "out", "findings", "row, rule, entry, outcome, breach, guaranteed, potential")
    expected = []
    for number, row in enumerate(rows, start=1):
        cells = dict(zip(HEADINGS, row, strict=True))
        facts = {name: cells[name] for name in HEADINGS[3:] if cells[name]}
        head = {"kind": cells["kind"], "jurisdiction": cells["jurisdiction"], "name": cells["name"]}
        decision = decide(rulebook(), make_profile({**head, "facts": facts}, rulebook()), as_of=AS_OF)
        for finding in decision.findings:
            amount = finding.amount
            low = None if amount is None else Decimal(int(amount.guaranteed))
            high = None if amount is None or amount.potential is None else Decimal(int(amount.potential))
            expected.append((number, finding.rule.id, finding.entry, finding.outcome.value, finding.breach, low, high))
    assert found == sorted(expected, key=lambda entry: entry[:3])


def test_bad_rows_are_set_aside_with_the_right_reason_and_no_other(tmp_path: Path) -> None:
    rng = random.Random(20250630)
    rows = some_rows(2_000, 2)
    expected = []
    for number in sorted(rng.sample(range(2_000), 100)):
        column = rng.choice(list(BAD))
        rows[number][HEADINGS.index(column)] = BAD[column][0]
        expected.append((number + 1, column, BAD[column][1]))
    result = answered(write_csv(tmp_path / "t.csv", HEADINGS, rows), tmp_path / "out", partition_rows=300)
    assert reasons(tmp_path / "out") == expected
    assert counts(result)["answered"] == 1_900
    kept = {row for (row,) in read(tmp_path / "out", "profiles", "row")}
    assert kept == set(range(1, 2_001)) - {row for row, _, _ in expected}


def test_the_digest_depends_on_the_rows_and_on_nothing_else(tmp_path: Path) -> None:
    rows = some_rows(60, 3)
    table = write_csv(tmp_path / "t.csv", HEADINGS, rows)
    whole = answered(table, tmp_path / "a").manifest["digest"]
    assert answered(table, tmp_path / "b", partition_rows=7).manifest["digest"] == whole
    gbk = write_csv(tmp_path / "g.csv", HEADINGS, rows, "gb18030")
    assert answered(gbk, tmp_path / "c").manifest["digest"] == whole
    lines = [{h: cell for h, cell in zip(HEADINGS, row, strict=True) if cell} for row in rows]
    assert answered(write_lines(tmp_path / "t.jsonl", lines), tmp_path / "d").manifest["digest"] == whole
    rows[17][3] = "否" if rows[17][3] != "否" else "是"
    other = write_csv(tmp_path / "o.csv", HEADINGS, rows)
    assert answered(other, tmp_path / "e").manifest["digest"] != whole


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)), max_size=5), st.randoms())
def test_digests_add_up_in_any_order(parts: list[tuple[int, int]], rng: random.Random) -> None:
    def total(order: list[tuple[int, int]]) -> Digest:
        found = Digest()
        for low, high in order:
            found = found.plus(Digest(low, high))
        return found

    shuffled = list(parts)
    rng.shuffle(shuffled)
    assert total(parts) == total(shuffled)
    assert Digest.of(total(parts).text()) == total(parts)


# ------------------------------------------------------------------ lists


def folder(path: Path, profiles: list[list[str]], standards: list[list[str]]) -> Path:
    path.mkdir()
    write_csv(path / "主体.csv", ["编号", "所在地", "标准"], profiles)
    write_csv(path / "标准.csv", ["编号", "级别", "角色", "发布日期"], standards)
    return path


def lists(out: Path) -> dict[int, tuple[object, ...]]:
    found = read(out, "findings", "row, rule, outcome, guaranteed, potential")
    return {row: (outcome, low, high) for row, rule, outcome, low, high in found if rule == "tiny-2023/leading"}


def test_entries_come_from_their_own_table(tmp_path: Path) -> None:
    place = "甲省/乙市"
    profiles = [
        ["a", place, ""],
        ["b", place, "无"],
        ["c", place, ""],
        ["d", place, "不全"],
        ["e", place, "无"],
        ["a2", place, ""],
    ]
    entry = ["国际标准", "主持", "2024-05-01"]
    standards = [
        ["d", *entry],
        ["a", *entry],
        ["e", *entry],
        ["a", "国家标准", "主持", "2024"],
        ["zz", *entry],
        ["a2", "国际", *entry[1:]],
    ]
    result = answered(folder(tmp_path / "in", profiles, standards), tmp_path / "out", partition_rows=2)
    found = lists(tmp_path / "out")
    assert found[1] == ("satisfied", 500_000, 500_000)
    assert found[2] == ("not_satisfied", 0, 0), "said to be empty"
    assert found[3] == ("unknown", 0, None), "not given"
    assert found[4] == ("satisfied", 300_000, None), "there may be more"
    assert set(found) == {1, 2, 3, 4}
    told = read(tmp_path / "out", "rejected", '"table", row, "column", code, reason')
    assert [entry[:4] for entry in told] == [
        ("", 5, "标准", "list"),
        ("", 6, "标准", "unknown-choice"),
        ("标准.csv", 5, "编号", "unknown-key"),
    ]
    assert told[1][4].startswith("[1].级别: ")
    assert counts(result)["items_rejected"] == 1
    assert result.rejected == 3


def test_a_key_given_twice_sets_both_profiles_aside(tmp_path: Path) -> None:
    table = folder(tmp_path / "in", [["a", "", ""], ["b", "", ""], ["a", "", ""]], [["a", "国际标准", "主持", "2024"]])
    answered(table, tmp_path / "out")
    assert [(row, code) for row, _, code in reasons(tmp_path / "out")] == [(1, "duplicate-key"), (3, "duplicate-key")]


def test_a_broken_entry_sets_its_profile_aside(tmp_path: Path) -> None:
    table = folder(tmp_path / "in", [["a", "", ""], ["b", "", ""]], [["a", "国际标准", "主持", "2024", "x"]])
    answered(table, tmp_path / "out")
    assert [(row, code) for row, _, code in reasons(tmp_path / "out")] == [(1, "cells")]


@pytest.mark.parametrize(
    "cell",
    [
        '[{"级别": "国际标准", "角色": "主持", "发布日期": "2024-05-01"}]',
        '{"complete": true, "items": [{"级别": "国际标准", "角色": "主持", "发布日期": "2024-05-01"}]}',
    ],
)
def test_a_list_may_stand_in_its_cell(tmp_path: Path, cell: str) -> None:
    table = write_csv(
        tmp_path / "t.csv", ["所在地", "标准"], [["甲省/乙市", cell], ["甲省/乙市", "[]"], ["甲省/乙市", "[{"]]
    )
    answered(table, tmp_path / "out")
    found = lists(tmp_path / "out")
    assert found == {1: ("satisfied", 300_000, 300_000), 2: ("not_satisfied", 0, 0)}
    assert reasons(tmp_path / "out") == [(3, "标准", "json")]


def test_a_json_line_may_be_a_whole_profile(tmp_path: Path) -> None:
    city = {"kind": "city", "jurisdiction": "甲省/乙市", "metrics": {"合格率": {"2025": 93.99}}, "members": []}
    bad = {"kind": "enterprise", "facts": {"规模以上": "maybe"}}
    answered(write_lines(tmp_path / "t.jsonl", [city, bad]), tmp_path / "out")
    assert reasons(tmp_path / "out") == [(2, "规模以上", "value")]
    assert ("tiny-2023/pass", "not_due") in read(tmp_path / "out", "findings", "rule, outcome")


def test_kind_and_place_can_be_told_for_all_rows(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", ["规模以上", "kind"], [["是", ""], ["是", "association"]])
    answered(table, tmp_path / "out", defaults=Defaults(kind="enterprise", place="甲省/乙市"))
    assert read(tmp_path / "out", "profiles", "row, kind, place") == [
        (1, "enterprise", "甲省/乙市"),
        (2, "association", "甲省/乙市"),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_hostile_texts_pass_through_as_they_are(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    base = tmp_path_factory.mktemp("hostile")
    heading = 'x"; DROP TABLE findings; --'
    lines = [{"name": text, heading: text} for text in texts]
    answered(write_lines(base / "t.jsonl", lines), base / "out", wishes=wishes(keep=[heading]))
    found = read(base / "out", "profiles", 'name, "kept:x""; DROP TABLE findings; --"', "row")
    expected = [text.replace("\0", "\ufffd").encode("utf-8", "replace").decode() for text in texts]
    assert [name for name, _ in found] == [text if text.strip(" \t\r\n") else "" for text in expected]
    assert [kept or "" for _, kept in found] == [text.strip(" \t\r\n") for text in expected]


# ------------------------------------------------------------------ whole or not at all


def test_the_same_question_is_answered_once(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", HEADINGS, [ROW])
    first = answered(table, tmp_path / "out")
    again = answered(table, tmp_path / "out")
    assert (first.again, again.again) == (False, True)
    assert again.manifest["digest"] == first.manifest["digest"]
    write_csv(table, HEADINGS, [ROW, ROW])
    with pytest.raises(RuleError, match="there is something here already"):
        answered(table, tmp_path / "out")


def test_no_row_is_no_batch(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="the table holds no profile"):
        answered(write_csv(tmp_path / "t.csv", HEADINGS, []), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_batches_do_not_write_into_one_output(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", HEADINGS, [ROW])
    with Workspace(tmp_path / "out", {}).opened(), pytest.raises(RuleError, match="another batch writes here"):
        answered(table, tmp_path / "out")


def test_a_damaged_partition_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = write_csv(tmp_path / "t.csv", HEADINGS, some_rows(30, 4))
    whole = answered(table, tmp_path / "whole", partition_rows=10)

    def broken_off(self: Workspace, manifest: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "finish", broken_off)
        with pytest.raises(KeyboardInterrupt):
            answered(table, tmp_path / "out", partition_rows=10)
    assert not (tmp_path / "out").exists()
    partial = tmp_path / ".out.partial"
    damaged = partial / "findings" / "000001.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\0")
    (partial / "parts" / "000002.json").write_text("{", encoding="utf-8")
    result = answered(table, tmp_path / "out", partition_rows=10)
    assert result.resumed == 1
    assert result.manifest["digest"] == whole.manifest["digest"]
    assert read(tmp_path / "out", "findings") == read(tmp_path / "whole", "findings")


def test_work_on_another_question_is_not_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = write_csv(tmp_path / "t.csv", HEADINGS, some_rows(30, 5))
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "finish", lambda self, manifest: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            answered(table, tmp_path / "out", partition_rows=10)
    assert answered(table, tmp_path / "out", partition_rows=7).resumed == 0


def test_a_batch_killed_at_any_moment_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", HEADINGS, some_rows(3_000, 6))
    arguments = [
        "batch",
        str(table),
        "--as-of",
        "2025-06-30",
        "--rules",
        str(RULES),
        "--partition-rows",
        "100",
        "--out",
    ]

    def start(out: Path) -> subprocess.Popen[bytes]:
        code = "import sys; from evaluator.cli import main; main(sys.argv[1:])"
        return subprocess.Popen([sys.executable, "-c", code, *arguments, str(out)], stdout=subprocess.DEVNULL)

    began = time.monotonic()
    assert start(tmp_path / "whole").wait() == 0
    took = time.monotonic() - began
    rng = random.Random(9)
    out = tmp_path / "out"
    for _ in range(4):
        running = start(out)
        time.sleep(took * rng.randint(20, 95) / 100)
        running.send_signal(signal.SIGKILL)
        if running.wait() == 0:
            break
        assert (
            not out.exists()
            or json.loads((out / "manifest.json").read_text(encoding="utf-8"))["counts"]["read"] == 3_000
        )
        if out.exists():
            break
    assert start(out).wait() == 0
    whole, resumed = (
        json.loads((path / "manifest.json").read_text(encoding="utf-8")) for path in (tmp_path / "whole", out)
    )
    assert resumed["digest"] == whole["digest"]
    assert resumed["counts"] == whole["counts"]
    for name in ("findings", "profiles", "missing", "rejected"):
        assert read(out, name) == read(tmp_path / "whole", name), name
    assert not (tmp_path / ".out.partial").exists()


def test_outputs_open_elsewhere(tmp_path: Path) -> None:
    answered(write_csv(tmp_path / "t.csv", HEADINGS, [ROW]), tmp_path / "out")
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM '{tmp_path}/out/findings/*.parquet'").fetchall()
    assert [(name, type_) for name, type_, *_ in described] == [
        ("row", "BIGINT"), ("rule", "VARCHAR"), ("entry", "VARCHAR"), ("outcome", "VARCHAR"), ("breach", "BOOLEAN"),
        ("stated", "BOOLEAN"), ("guaranteed", "DECIMAL(38,2)"), ("potential", "DECIMAL(38,2)"),
    ]  # fmt: skip
