"""`evaluator fmt`: which files, what is printed, what is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from evaluator.cli import main
from evaluator.rulebook.shipped import rules_folder
from tests.report.asked import RULES

ROOT = Path(__file__).parents[2]
WRONG = "incentives:\n  - when: 投资额≥100万元 # why\n    id: upgrade\n"
RIGHT = "incentives:\n  - id: upgrade\n    when: 投资额>=100万元 # why\n"


def fmt(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["fmt", *map(str, arguments)])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A rulebook in canonical form but for one file, `lake-2024/more.yaml`."""
    folder = Path(shutil.copytree(RULES, tmp_path / "rules"))
    assert fmt(folder).exit_code == 0
    (folder / "lake-2024" / "more.yaml").write_text(WRONG, encoding="utf-8")
    return folder


def test_a_file_is_rewritten_and_named(rules: Path) -> None:
    more = rules / "lake-2024" / "more.yaml"
    more.chmod(0o640)
    result = fmt(rules)
    assert (result.exit_code, result.stdout) == (0, f"{more}\n")
    assert more.read_text(encoding="utf-8") == RIGHT
    assert more.stat().st_mode & 0o777 == 0o640
    assert fmt(rules).stdout == ""


def test_check_shows_the_lines_and_writes_nothing(rules: Path) -> None:
    more = rules / "lake-2024" / "more.yaml"
    result = fmt("--check", more)
    assert result.exit_code == 1
    assert "-  - when: 投资额≥100万元 # why" in result.stdout.splitlines()
    assert "+    when: 投资额>=100万元 # why" in result.stdout.splitlines()
    assert more.read_text(encoding="utf-8") == WRONG
    more.write_text(RIGHT, encoding="utf-8")
    assert (fmt("--check", rules).exit_code, fmt("--check", rules).stdout) == (0, "")


def test_names_are_written_by_id_or_by_label(rules: Path) -> None:
    more = rules / "lake-2024" / "more.yaml"
    assert fmt("--names", "id", more).exit_code == 0
    assert more.read_text(encoding="utf-8") == RIGHT.replace("投资额", "investment")
    assert fmt(more).exit_code == 0
    assert more.read_text(encoding="utf-8") == RIGHT


def test_a_policy_outside_a_rulebook_keeps_its_names(rules: Path) -> None:
    shutil.rmtree(rules / "vocabulary")
    assert fmt("--names", "id", rules / "lake-2024").exit_code == 0
    assert (rules / "lake-2024" / "more.yaml").read_text(encoding="utf-8") == RIGHT


def test_nothing_is_written_when_one_file_cannot_be_read(rules: Path) -> None:
    (rules / "lake-2024" / "broken.yaml").write_text("incentives: [\n", encoding="utf-8")
    result = fmt(rules)
    assert result.exit_code == 3
    assert "broken.yaml:2:1: error[yaml]" in result.stderr
    assert (rules / "lake-2024" / "more.yaml").read_text(encoding="utf-8") == WRONG


def test_a_wrong_vocabulary_is_told_once(rules: Path) -> None:
    text = "kinds: [{id: enterprise, label: {zh: 甲, en: x}, group: region}]\n"
    (rules / "vocabulary" / "twice.yaml").write_text(text, encoding="utf-8")
    result = fmt(rules / "lake-2024")
    assert result.exit_code == 3
    assert result.stderr.count("duplicate-id") == 1
    assert (rules / "lake-2024" / "more.yaml").read_text(encoding="utf-8") == WRONG


def test_nothing_is_written_when_one_file_cannot_be_written(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake, port = rules / "lake-2024" / "more.yaml", rules / "port-2024" / "more.yaml"
    port.write_text(WRONG, encoding="utf-8")
    write = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        if path.parent.name == "port-2024":
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    result = fmt(rules)
    assert result.exit_code == 3
    assert "error[unwritable]: cannot write the files: no space left on device" in result.stderr
    assert [path.read_text(encoding="utf-8") for path in (lake, port)] == [WRONG, WRONG]
    assert [path for path in rules.rglob("*") if path.name.startswith(".")] == []


def test_the_current_folder_is_the_default(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(rules / "lake-2024")
    assert fmt().stdout == "more.yaml\n"
    monkeypatch.chdir(rules.parent)
    assert "there is no rule file here" in fmt().stderr
    assert fmt().exit_code == 3


def test_a_file_that_is_no_rule_file_is_refused(rules: Path) -> None:
    other = rules.parent / "cases.yaml"
    other.write_text("a: 1\n", encoding="utf-8")
    (rules / "lake-2024" / "notes.txt").write_text("x", encoding="utf-8")
    result = fmt(other, rules / "lake-2024" / "notes.txt", rules / "absent.yaml")
    assert result.exit_code == 3
    assert result.stderr.count("error[no-rules]: there is no rule file here") == 2
    assert "error[no-rules]: there is no such file or folder" in result.stderr


def test_the_pre_commit_hooks_are_commands_that_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in hooks} == {"evaluator-fmt", "evaluator-check"}
    for hook in hooks:
        program, name, *_ = hook["entry"].split()
        assert (program, hook["language"]) == ("evaluator", "python")
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_the_shipped_rules_are_in_canonical_form() -> None:
    result = fmt("--check", rules_folder())
    assert (result.exit_code, result.stdout) == (0, "")
