"""`evaluator advise`: one page of advice as text, Markdown or HTML, and the same as data."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "chengde-enterprise.yaml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["advise", EXAMPLE, "--as-of", "2025-06-30", *arguments])


def test_the_page_names_what_is_certain_what_to_ask_and_what_to_change() -> None:
    text = run().stdout
    for part in ("70万元", "标准[5].角色", "最早 2025-12-30", "“标准化示范试点”第1项的通过考核评估：是"):
        assert part in text


def test_in_english_no_chinese_sentence_is_left() -> None:
    headings = [line for line in run("--lang", "en", "--format", "md").stdout.splitlines() if line.startswith("##")]
    assert headings
    assert all(line.isascii() for line in headings)


def test_json_holds_the_same() -> None:
    data = json.loads(run("--format", "json").stdout)
    assert data["questions"][0]["path"] == "标准[5].角色"
    assert data["questions"][0]["settles_mean"] == "300000"
    (first, *_) = data["paths"]
    assert first["rule"] == "chengde-2023/standardisation-pilot-passed"
    assert (first["gain"], first["date"], first["number"]) == ("20000", "2025-12-30", 1)
    assert data["certain"][0]["smallest"] is True
    assert all(line["holds"] in (True, False) for entry in data["thresholds"] for line in entry["below"])


def test_only_the_rule_asked_for_is_advised_on() -> None:
    data = json.loads(run("--format", "json", "--rule", "standards-leading").stdout)
    assert {rule for entry in data["questions"] for rule in entry["rules"]} == {"chengde-2023/standards-leading"}


def test_html_is_one_whole_page_without_a_script(tmp_path: Path) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text("kind: enterprise\nname: <b>甲</b>\njurisdiction: 河北省/承德市\nfacts: {}\n", encoding="utf-8")
    page = CliRunner().invoke(main, ["advise", str(profile), "--as-of", "2025-06-30", "--format", "html"]).stdout
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    Tags().feed(page)
    assert "&lt;b&gt;甲&lt;/b&gt;" in page
    assert {"script", "b", "img", "link"}.isdisjoint(tags)
    assert tags.count("html") == 1


@pytest.mark.parametrize("option", ["--policy", "--rule"])
def test_a_name_that_does_not_exist_is_refused(option: str) -> None:
    assert run(option, "nowhere-2020").exit_code == 3
