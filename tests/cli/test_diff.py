"""`evaluator diff`: folders and git revisions, a population, recorded cases; text, HTML and JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", "--as-of", "2025-06-30", *arguments])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """The shipped rules of Chengde, and the same with another amount."""
    for name in ("old", "new"):
        for part in ("vocabulary", "chengde-2023"):
            shutil.copytree(ROOT / "rules" / part, tmp_path / name / part)
    file = tmp_path / "new" / "chengde-2023" / "incentives.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("国际标准: 30万元", "国际标准: 50万元"), encoding="utf-8")
    return str(tmp_path / "old"), str(tmp_path / "new")


def test_the_page_says_what_changed_in_words_and_in_meaning(folders: tuple[str, str]) -> None:
    text = run(*folders).stdout
    for part in (
        "更宽：主持标准制修订资助",
        "最小例子",
        "原 可享受 30万元，新 可享受 50万元",
        "amount.table.rows.国际标准",
    ):
        assert part in text.replace("\n", "").replace("      ", ""), part


def test_a_population_shows_who_gains_and_the_budget(folders: tuple[str, str], tmp_path: Path) -> None:
    people = tmp_path / "people"
    people.mkdir()
    shutil.copy(ROOT / "examples" / "chengde-enterprise.yaml", people / "one.yaml")
    (people / "two.yaml").write_text(
        "kind: enterprise\nname: 乙\njurisdiction: 河北省/承德市\nfacts: {标准: [], 规模以上工业企业: 否}\n",
        encoding="utf-8",
    )
    data = json.loads(run(*folders, "--population", str(people), "--by", "规模以上工业企业", "--format", "json").stdout)
    total = data["population"]["total"]
    assert (total["profiles"], total["gain"], total["lose"]) == (2, 1, 0)
    assert (total["guaranteed_before"], total["guaranteed_after"]) == ("700000", "900000")
    groups = {group["group"]: group["gain"] for group in data["population"]["by"]["规模以上工业企业"]}
    assert groups == {"是": 1, "否": 0}


def test_recorded_cases_that_now_differ_are_named(folders: tuple[str, str]) -> None:
    scenarios = str(ROOT / "scenarios" / "chengde-2023" / "awards.yaml")
    data = json.loads(run(*folders, "--scenarios", scenarios, "--format", "json").stdout)
    ids = [entry["id"] for entry in data["scenarios"]]
    assert "chengde-2023/one-international-two-national" in ids
    assert data["invalid_scenarios"] == []


def test_the_same_rulebook_twice_differs_in_nothing(folders: tuple[str, str]) -> None:
    data = json.loads(run(folders[0], folders[0], "--format", "json").stdout)
    assert (data["texts"], data["changes"], data["reworded"]) == ([], [], [])


def test_revisions_of_a_repository_are_compared(
    folders: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for folder, tag in zip(folders, ("v1", "v2"), strict=True):
        shutil.copytree(folder, repository / "rules", dirs_exist_ok=True)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", tag], check=True)
        subprocess.run([*git, "tag", tag], check=True)
    monkeypatch.chdir(repository)
    data = json.loads(run("v1", "v2", "--format", "json").stdout)
    assert [(change["id"], change["verdict"]) for change in data["changes"]] == [
        ("chengde-2023/standards-leading", "more-generous")
    ]
    refused = run("v1", "v9")
    assert refused.exit_code == 3
    assert "v9" in refused.stderr


def test_html_is_one_page_without_a_script_and_with_every_sign_escaped(folders: tuple[str, str]) -> None:
    file = Path(folders[1]) / "chengde-2023" / "incentives.yaml"
    text = file.read_text(encoding="utf-8").replace("zh: 主持标准制修订资助", "zh: <i>主持</i>&资助")
    file.write_text(text, encoding="utf-8")
    page = run(*folders, "--format", "html").stdout
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    Tags().feed(page)
    assert {"script", "i", "img", "link"}.isdisjoint(tags)
    assert "table" in tags
    assert "&lt;i&gt;主持&lt;/i&gt;&amp;资助" in page
