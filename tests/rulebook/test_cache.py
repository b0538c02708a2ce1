"""The cache answers as the files do, sees every change of them, and trusts nobody else's folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from evaluator.rulebook import cache
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook

RULES = Path(__file__).parents[2] / "rules"
PLACE = "河北省/承德市"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("EVALUATOR_CACHE", str(folder))
    return folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    copytree(RULES / "vocabulary", folder / "vocabulary")
    for policy in ("chengde-2023", "xianning-2016"):
        copytree(RULES / policy, folder / policy)
    return folder


class Counted:
    """Loads, and counts how often."""

    def __init__(self, folder: Path, place: str | None = PLACE) -> None:
        self.folder, self.place, self.times = folder, place, 0

    def __call__(self) -> Rulebook:
        self.times += 1
        return load_rulebook(self.folder, place=self.place)

    def get(self) -> Rulebook:
        return cache.load_cached(self.folder, place=self.place, also=(), load=self)


def test_second_question_reads_no_rule_file_and_answers_the_same(home: Path, rules: Path) -> None:
    load = Counted(rules)
    first, second = load.get(), load.get()
    assert load.times == 1
    assert second.rules == first.rules
    assert second.files == first.files
    assert second.stackings == first.stackings
    assert second.vocabulary == first.vocabulary


def change_one_byte(rules: Path) -> None:
    """With size and time preserved."""
    path = rules / "chengde-2023" / "incentives.yaml"
    status = path.stat()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("国际标准: 30万元", "国际标准: 40万元"), encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert path.stat().st_mtime_ns == status.st_mtime_ns


def add_a_file(rules: Path) -> None:
    (rules / "chengde-2023" / "more.yaml").write_text("supports: []\n", encoding="utf-8")


def drop_a_file(rules: Path) -> None:
    (rules / "chengde-2023" / "supports.yaml").unlink()


def move_another_policy_here(rules: Path) -> None:
    path = rules / "xianning-2016" / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("jurisdiction: 湖北省/咸宁市", "jurisdiction: 河北省/承德市"), encoding="utf-8")


def change_a_shared_word(rules: Path) -> None:
    path = rules / "vocabulary" / "units.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")


@pytest.mark.parametrize(
    "change", [change_one_byte, add_a_file, drop_a_file, move_another_policy_here, change_a_shared_word]
)
def test_every_change_of_the_files_is_seen(home: Path, rules: Path, change: Callable[[Path], None]) -> None:
    load = Counted(rules)
    before = load.get()
    change(rules)
    after = load.get()
    assert load.times == 2
    assert after.files != before.files
    assert after.files == load_rulebook(rules, place=PLACE).files


def test_a_change_of_a_policy_elsewhere_is_none_of_this_place(home: Path, rules: Path) -> None:
    load = Counted(rules)
    load.get()
    (rules / "xianning-2016" / "targets.yaml").write_text("targets: []\n", encoding="utf-8")
    load.get()
    assert load.times == 1


def test_another_place_is_another_entry(home: Path, rules: Path) -> None:
    assert set(Counted(rules).get().policies) == {"chengde-2023"}
    assert set(Counted(rules, "湖北省/咸宁市").get().policies) == {"xianning-2016"}
    assert set(Counted(rules, None).get().policies) == {"chengde-2023", "xianning-2016"}


def test_an_entry_that_others_could_have_written_is_not_read(home: Path, rules: Path) -> None:
    load = Counted(rules)
    load.get()
    (entry,) = home.glob("*.rulebook")
    entry.chmod(0o666)
    load.get()
    assert load.times == 2


def test_a_folder_that_others_can_write_to_is_not_used(home: Path, rules: Path) -> None:
    home.mkdir()
    home.chmod(0o777)
    load = Counted(rules)
    load.get()
    load.get()
    assert load.times == 2
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"evaluator rulebook 1\n", b"something else"])
def test_a_damaged_entry_is_read_anew(home: Path, rules: Path, damage: bytes) -> None:
    load = Counted(rules)
    load.get()
    (entry,) = home.glob("*.rulebook")
    entry.write_bytes(damage)
    load.get()
    assert load.times == 2
    load.get()
    assert load.times == 2


def test_a_flipped_bit_is_noticed(home: Path, rules: Path) -> None:
    load = Counted(rules)
    load.get()
    (entry,) = home.glob("*.rulebook")
    raw = bytearray(entry.read_bytes())
    raw[len(raw) // 2] ^= 1
    entry.write_bytes(bytes(raw))
    load.get()
    assert load.times == 2


def test_the_cache_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, rules: Path) -> None:
    monkeypatch.setenv("EVALUATOR_CACHE", "off")
    load = Counted(rules)
    load.get()
    load.get()
    assert load.times == 2


def test_a_cache_that_cannot_be_made_is_done_without(
    monkeypatch: pytest.MonkeyPatch, rules: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("EVALUATOR_CACHE", str(tmp_path / "file" / "below"))
    assert Counted(rules).get().rules


def test_only_the_latest_entries_are_kept(home: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 2)
    for place in ("河北省/承德市", "河北省/承德市/滦平县", "河北省/承德市/平泉市"):
        Counted(rules, place).get()
    assert len(list(home.glob("*.rulebook"))) == 2


def test_the_cache_folder_defaults_to_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EVALUATOR_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / "evaluator"
    assert (tmp_path / "evaluator").stat().st_mode & 0o777 == 0o700
