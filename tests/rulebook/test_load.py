"""Loading a folder: what is read, in which order, for which place, and what the rulebook says of it."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from evaluator.diagnostics import RuleError
from evaluator.rulebook.digest import files_digest
from evaluator.rulebook.load import concerns, load_rulebook
from evaluator.rulebook.model import Rulebook
from tests.rulebook.tiny import Tiny


def test_rules_come_by_folder_then_file_then_kind(rulebook: Rulebook) -> None:
    assert list(rulebook.rules) == [
        "other-2020/name",
        "other-2020/desk",
        "tiny-2023/leading",
        "tiny-2023/size",
        "tiny-2023/advice",
        "tiny-2023/pass",
        "tiny-2023/plan",
        "tiny-2023/report",
        "tiny-2023/desk",
    ]


def test_attested_duties_become_facts_and_yearly_ones_metrics(rulebook: Rulebook) -> None:
    attested = {id for id in rulebook.facts if "/" in id}
    assert attested == {"tiny-2023/in-force", "other-2020/in-force", "tiny-2023/plan", "tiny-2023/desk"}
    assert list(rulebook.yearly) == ["tiny-2023/report"]
    assert rulebook.facts["tiny-2023/desk"].of == ("county",)


def test_a_policy_keeps_its_dates_and_asks_whether_it_is_still_in_force(rulebook: Rulebook) -> None:
    policy = rulebook.policies["other-2020"]
    assert policy.number is None
    assert policy.in_force.until is None
    assert (policy.published.date, policy.published.basis) == (date(2020, 1, 10), "inferred")
    question = policy.still_in_force.question
    assert question is not None
    assert "2022-12-31" in question.zh
    assert "Opinions of Geng" in question.en
    until = rulebook.policies["tiny-2023"].in_force.until
    assert until is not None
    assert until.date == date(2027, 12, 31)


def test_every_file_that_was_read_is_digested(rulebook: Rulebook, tiny: Tiny) -> None:
    assert sorted(rulebook.files) == [
        "other-2020/policy.yaml",
        "other-2020/rules.yaml",
        "tiny-2023/incentives.yaml",
        "tiny-2023/policy.yaml",
        "vocabulary/base.yaml",
        "vocabulary/facts.yaml",
    ]
    for name, digest in rulebook.files.items():
        assert hashlib.sha256((tiny.folder / name).read_bytes()).hexdigest() == digest
    whole = files_digest(rulebook.files)
    assert whole == files_digest(dict(reversed(list(rulebook.files.items()))))
    tiny.replace("tiny-2023/incentives.yaml", "amount: 5万元", "amount: 6万元")
    assert files_digest(tiny.load().files) != whole


@pytest.mark.parametrize(
    ("place", "also", "read"),
    [
        (None, (), {"tiny-2023", "other-2020"}),
        ("", (), {"tiny-2023", "other-2020"}),
        ("甲省", (), {"tiny-2023"}),
        ("甲省/乙市", (), {"tiny-2023"}),
        ("甲省/乙市/丙县", (), {"tiny-2023"}),
        ("甲省/未市", (), set()),
        ("庚省/辛市", (), {"other-2020"}),
        ("庚省", ("tiny-2023",), {"tiny-2023", "other-2020"}),
    ],
)
def test_only_policies_that_can_concern_a_place_are_read(
    tiny: Tiny, place: str | None, also: tuple[str, ...], read: set[str]
) -> None:
    rulebook = load_rulebook(tiny.folder, place=place, also=also)
    assert set(rulebook.policies) == read
    assert rulebook.unread == {"tiny-2023", "other-2020"} - read
    assert {name.split("/")[0] for name in rulebook.files} == read | {"vocabulary"}
    assert {rule.policy.id for rule in rulebook.rules.values()} == read


@pytest.mark.parametrize(
    ("jurisdiction", "place", "expected"),
    [
        ("甲省/乙市", "甲省/乙市", True),
        ("甲省", "甲省/乙市", True),
        ("甲省/乙市", "甲省", True),
        ("甲省", "", True),
        ("甲省/乙市", "甲省/丙市", False),
        ("甲省", "甲省人", False),
        ("甲", "甲省", False),
    ],
)
def test_rules_concern_a_place_when_one_path_leads_on_from_the_other(
    jurisdiction: str, place: str, expected: bool
) -> None:
    assert concerns(jurisdiction, place) is expected


def test_a_policy_that_is_not_there_is_named(tiny: Tiny) -> None:
    with pytest.raises(RuleError) as caught:
        load_rulebook(tiny.folder, place="庚省", also=["tiny-2024"])
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.help) == ("unknown-policy", "did you mean `tiny-2023`?")
    assert problem.where == str(tiny.folder)


def test_a_folder_without_vocabulary_is_no_rulebook(tiny: Tiny) -> None:
    for folder in (tiny.folder / "tiny-2023", tiny.folder / "nowhere", tiny.folder / "tiny-2023" / "policy.yaml"):
        with pytest.raises(RuleError) as caught:
            load_rulebook(folder)
        (problem,) = caught.value.diagnostics
        assert (problem.code, problem.where) == ("no-rulebook", str(folder))
        assert problem.help


def test_other_folders_and_files_are_passed_over(tiny: Tiny) -> None:
    tiny.write("notes/readme.yaml", "a: [")
    tiny.write("tiny-2023/notes.txt", "a: [")
    tiny.write("tiny-2023/empty.yaml", "")
    tiny.write("tiny-2023/comment.yaml", "# nothing yet\n")
    assert len(tiny.load().rules) == 9


def test_a_policy_may_bring_its_own_words(tiny: Tiny) -> None:
    tiny.write(
        "tiny-2023/vocabulary.yaml",
        "facts:\n  - {id: own, label: {zh: 自有, en: own}, of: enterprise, type: bool}\n",
    )
    tiny.replace("tiny-2023/incentives.yaml", "    when: 规模以上", "    when: 自有")
    assert "own" in tiny.load().facts
    assert "own" not in load_rulebook(tiny.folder, place="庚省").facts


def test_problems_of_all_files_are_told_at_once_and_sorted(tiny: Tiny) -> None:
    tiny.write("tiny-2023/a.yaml", "supports: [")
    tiny.write("tiny-2023/b.yaml", "suports: []\n")
    tiny.replace("other-2020/rules.yaml", "when: 规模以上", "when: 规模")
    tiny.replace("tiny-2023/incentives.yaml", "amount: 5万元", "amount: 5万")
    heads = [line.split(": ")[0] for line in tiny.problems().splitlines() if "error[" in line]
    assert heads == [
        "other-2020/rules.yaml:7:11",
        "tiny-2023/a.yaml:1:12",
        "tiny-2023/b.yaml:1:1",
        "tiny-2023/incentives.yaml:17:14",
    ]


def test_names_are_not_looked_up_in_a_broken_vocabulary(tiny: Tiny) -> None:
    """One wrong word in the vocabulary is one problem, not one for each rule that uses it."""
    tiny.replace("vocabulary/facts.yaml", "type: list, record: standard", "type: list, record: standart")
    tiny.write("tiny-2023/b.yaml", "suports: []\n")
    tiny.replace("tiny-2023/policy.yaml", "jurisdiction: 甲省/乙市", "jurisdiction: 甲省/卯市")
    heads = [line.split(" ")[1] for line in tiny.problems().splitlines() if "error[" in line]
    assert heads == ["error[unknown-key]:", "error[unknown-record]:"]


def test_a_file_that_cannot_be_read_is_a_problem_of_that_file(tiny: Tiny) -> None:
    (tiny.folder / "tiny-2023" / "folder.yaml").mkdir()
    (tiny.folder / "tiny-2023" / "gbk.yaml").write_bytes("# 中文\n".encode("gbk"))
    text = tiny.problems()
    assert "tiny-2023/folder.yaml: error[unreadable]: cannot read the file: is a directory" in text
    assert "tiny-2023/gbk.yaml: error[encoding]: byte 2 (line 1) is not UTF-8\n  help: save the file as UTF-8" in text


def test_a_broken_policy_does_not_hide_the_problems_of_others(tiny: Tiny) -> None:
    tiny.write("tiny-2023/policy.yaml", "id: tiny-2023\n")
    tiny.replace("other-2020/rules.yaml", "when: 规模以上", "when: 规模")
    codes = [line.split(" ")[1] for line in tiny.problems().splitlines() if "error[" in line]
    assert codes[0] == "error[unknown-name]:"
    assert set(codes[1:]) == {"error[missing-key]:"}


def test_candidates_are_the_rules_of_the_chain_and_of_the_group(rulebook: Rulebook) -> None:
    def ids(place: str, kind: str) -> list[str]:
        return [rule.id for rule in rulebook.candidates(place, kind)]

    awards = ["tiny-2023/leading", "tiny-2023/size", "tiny-2023/advice"]
    assert ids("甲省/乙市/丙县", "enterprise") == awards
    assert ids("甲省", "enterprise") == awards
    assert ids("甲省/乙市", "association") == awards
    assert ids("", "enterprise") == ["other-2020/name", *awards]
    assert ids("庚省/辛市", "city") == ["other-2020/desk"]
    assert "tiny-2023/pass" in ids("甲省/乙市", "city")
    assert "tiny-2023/pass" not in ids("甲省", "province")
    assert ids("丑省", "enterprise") == []
    assert rulebook.candidates("甲省", "enterprise") is rulebook.candidates("甲省", "enterprise")


def test_files_are_digested_byte_for_byte(tiny: Tiny) -> None:
    path = tiny.folder / "tiny-2023" / "incentives.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert tiny.load().files["tiny-2023/incentives.yaml"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_award_with_a_fault_of_its_own_is_not_missed_by_its_stacking(tiny: Tiny) -> None:
    tiny.write(
        "tiny-2023/stacking.yaml",
        """\
stacking:
  - id: both
    title: {zh: 两项, en: both}
    scope: entity
    silent: [leading, size]
""",
    )
    assert tiny.problems() == ""
    tiny.replace("tiny-2023/incentives.yaml", "amount: 5万元", "amount: 5万")
    assert tiny.problems().count("error[") == 1
    tiny.replace("tiny-2023/stacking.yaml", "[leading, size]", "[leading, sice]")
    assert "there is no incentive `sice`" in tiny.problems()
