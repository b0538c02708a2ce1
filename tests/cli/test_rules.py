"""`evaluator rules` and `evaluator vocabulary`: the lists for programs, the pages for people."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main
from evaluator.report.pages import Heading, Item, Paragraph, render
from evaluator.report.rules_text import _in_order
from evaluator.report.table import width
from evaluator.rulebook import model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.outcomes import outcomes_of
from evaluator.rulebook.shipped import rules_folder

COMPARATORS = {">=", ">", "<=", "<", "=", "approx", "between", "increase", "decrease", "none"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments], env={"COLUMNS": "80"})


@pytest.fixture(scope="module")
def book() -> model.Rulebook:
    return load_rulebook(rules_folder())


@pytest.fixture(scope="module")
def listed() -> dict[str, dict[str, object]]:
    return {rule["id"]: rule for rule in json.loads(run("rules", "list", "--format", "json").stdout)}


@pytest.fixture(scope="module")
def vocabulary() -> list[dict[str, object]]:
    found = json.loads(run("vocabulary", "--format", "json").stdout)
    assert isinstance(found, list)
    return found


# ------------------------------------------------------------------ lists for programs


def test_every_rule_is_listed_with_the_keys_of_the_contract(
    book: model.Rulebook, listed: dict[str, dict[str, object]]
) -> None:
    assert list(listed) == list(book.rules)
    keys = ["id", "policy", "kind", "for", "article", "title", "modality", "amounts", "schedule", "metric", "facts"]
    assert all(list(rule) == keys for rule in listed.values())


def test_amounts_are_every_figure_in_yuan(listed: dict[str, dict[str, object]]) -> None:
    assert listed["chengde-2023/standards-leading"]["amounts"] == [300_000, 200_000, 100_000]
    assert listed["chengde-2023/city-science-plan-funding"]["amounts"] == []
    assert listed["henan-2018/china-quality-award"]["amounts"] == [5_000_000]
    assert listed["chengde-2023/manufacturing-pass-rate"]["amounts"] == []


def test_schedule_has_figures_as_the_text_has_them(listed: dict[str, dict[str, object]]) -> None:
    schedule = listed["chengde-2023/manufacturing-pass-rate"]["schedule"]
    assert isinstance(schedule, list)
    assert [(entry["by"], entry["comparator"], entry["value"], entry["unit"]) for entry in schedule[:2]] == [
        ("2023-12-31", ">=", 92, "%"),
        ("2025-12-31", ">=", 94, "%"),
    ]
    assert schedule[2]["comparator"] == ">"
    assert schedule[2]["value"] is None
    assert schedule[2]["reference"] == "provincial-manufacturing-pass-rate"
    share = listed["chengde-2023/high-tech-share"]["schedule"]
    assert isinstance(share, list)
    assert (share[1]["comparator"], share[1]["value"]) == ("approx", "19.5")
    assert (share[2]["comparator"], share[2]["value"]) == ("increase", None)


def test_every_schedule_keeps_to_the_contract(listed: dict[str, dict[str, object]]) -> None:
    keys = {"by", "every", "comparator", "value", "value_to", "unit", "reference", "over"}
    for rule in listed.values():
        schedule = rule["schedule"]
        assert isinstance(schedule, list)
        assert rule["kind"] != "target" or schedule
        for entry in schedule:
            assert keys <= entry.keys()
            assert entry["comparator"] in COMPARATORS
            assert entry["by"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", entry["by"])
            assert entry["every"] is None or entry["every"].keys() == {"from", "to"}
            assert not isinstance(entry["value"], float)


def test_a_dated_duty_has_its_date_and_a_yearly_one_its_years(
    book: model.Rulebook, listed: dict[str, dict[str, object]]
) -> None:
    duties = [rule for rule in book.rules.values() if isinstance(rule, model.Obligation)]
    yearly = next(rule for rule in duties if rule.duties[0].year is not None)
    dated = next(
        rule
        for rule in duties
        if rule.duties[0].year is None and (rule.duties[0].due or date.min) > rule.policy.published.date
    )
    from_start = next(rule for rule in duties if rule.duties[0].due == rule.policy.published.date)
    first = listed[yearly.id]["schedule"]
    assert isinstance(first, list)
    assert first[0]["every"] == {"from": yearly.duties[0].year, "to": yearly.duties[-1].year}
    second = listed[dated.id]["schedule"]
    assert isinstance(second, list)
    assert dated.duties[0].due is not None
    assert second[0]["by"] == dated.duties[0].due.isoformat()
    assert listed[from_start.id]["schedule"] == []


def test_facts_of_rules_are_entries_of_the_vocabulary(
    listed: dict[str, dict[str, object]], vocabulary: list[dict[str, object]]
) -> None:
    known = {entry["id"] for entry in vocabulary}
    for rule in listed.values():
        facts = rule["facts"]
        assert isinstance(facts, list)
        assert set(facts) <= known
        assert rule["metric"] is None or rule["metric"] in facts
    assert listed["chengde-2023/standards-leading"]["facts"] == ["standards", "published", "role", "level"]


def test_vocabulary_has_facts_fields_metrics_and_questions(
    book: model.Rulebook, vocabulary: list[dict[str, object]]
) -> None:
    keys = {"id", "label", "type", "unit", "choices", "question", "entity", "list"}
    assert all(keys <= entry.keys() for entry in vocabulary)
    kinds = [entry["kind"] for entry in vocabulary]
    assert kinds.count("fact") == len(book.vocabulary.facts)
    assert kinds.count("metric") == len(book.vocabulary.metrics)
    attested = sum(fact.attested for fact in book.facts.values()) + len(book.yearly)
    assert kinds.count("attestation") == attested
    level = next(entry for entry in vocabulary if entry["id"] == "level" and entry["list"] == "standards")
    assert (level["kind"], level["type"]) == ("field", "choice")
    choices = level["choices"]
    assert isinstance(choices, list)
    assert choices[0] == {"id": "international", "label": {"zh": "国际标准", "en": "international standard"}}
    rate = next(entry for entry in vocabulary if entry["id"] == "manufacturing-pass-rate")
    assert (rate["kind"], rate["unit"], rate["yearly"]) == ("metric", "%", True)


def test_a_list_can_be_narrowed() -> None:
    found = json.loads(run("rules", "list", "--policy", "henan-2018", "--kind", "incentive", "--format", "json").stdout)
    assert {(rule["policy"], rule["kind"]) for rule in found} == {("henan-2018", "incentive")}


# ------------------------------------------------------------------ for people


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_names_every_rule_whole_within_the_terminal(book: model.Rulebook, lang: str) -> None:
    text = run("rules", "list", "--policy", "chengde-2023", "--lang", lang).stdout
    for rule in book.rules.values():
        if rule.policy.id == "chengde-2023":
            assert f"\n{rule.id.partition('/')[2]} " in text
    assert max(width(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_a_policy_page_has_every_article_and_every_rule(book: model.Rulebook, form: str, lang: str) -> None:
    result = run("rules", "show", "henan-2018", "--format", form, "--lang", lang)
    assert result.exit_code == 0, result.output
    plain = result.stdout.replace("\n    ", "" if lang == "zh" else " ")
    for rule in book.rules.values():
        if rule.policy.id == "henan-2018":
            assert rule.id.partition("/")[2] in plain
            assert f"{rule.cite[0].article}\n" in plain or f">{rule.cite[0].article}<" in plain
    if form == "text":
        assert max(width(line) for line in result.stdout.splitlines()) <= 80


def test_a_rule_page_has_what_belongs_to_the_rule(book: model.Rulebook) -> None:
    rule = book.rules["chengde-2023/standards-leading"]
    text = run("rules", "show", "standards-leading", "--format", "md").stdout
    assert text.startswith("# 主持标准制修订资助")
    assert "30万元" in text
    assert "二.(一).1 第2句（30万元、20万元、10万元）" in text
    assert all(reading.note.zh in text for reading in rule.readings)
    for outcome in outcomes_of(rule, book.vocabulary, book.rules)[rule.id]:
        assert outcome in text.replace("\\", "")
    assert "可享受（satisfied）、不符合（not" in text
    assert "not entitled" not in run("rules", "show", "standards-leading", "--lang", "en").stdout
    assert "主持或参与制修订了哪些标准" in text


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("chengde-2023/high-tech-share", "约为19.5%（原文为“左右”）"),
        ("henan-2018/china-quality-award", "给予500万元"),
        ("chengde-2023/city-science-plan-funding", "原文未写金额"),
    ],
)
def test_a_rule_is_read_back(rule: str, said: str) -> None:
    assert said in run("rules", "show", rule, "--format", "md").stdout


def test_stackings_stand_at_the_end_of_a_policy() -> None:
    text = run("rules", "show", "henan-2018", "--format", "md").stdout
    assert "## 多项奖补如何合并" in text
    assert "原文未写能否同时享受" in text


def test_a_page_as_json_is_the_list_or_the_rule_whole() -> None:
    whole = json.loads(run("rules", "show", "chengde-2023", "--format", "json").stdout)
    assert {rule["policy"] for rule in whole} == {"chengde-2023"}
    rule = json.loads(run("rules", "show", "chengde-2023/high-tech-share", "--format", "json").stdout)
    assert [cite["sentence"] for cite in rule["citations"]] == [2, 11, 20]


@pytest.mark.parametrize(("name", "said"), [("standards-leding", "standards-leading"), ("henan-2019", "henan-2018")])
def test_an_unknown_name_is_one_diagnostic_with_a_suggestion(name: str, said: str) -> None:
    result = run("rules", "show", name)
    assert (result.exit_code, result.stdout) == (3, "")
    assert said in result.stderr


def test_a_name_of_several_rules_asks_which(book: model.Rulebook) -> None:
    names = [id.partition("/")[2] for id in book.rules]
    shared = next(name for name in names if names.count(name) > 1)
    result = run("rules", "show", shared)
    assert result.exit_code == 3
    assert f"several rules are called `{shared}`" in result.stderr
    assert result.stderr.count(f"/{shared}`") == names.count(shared)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_vocabulary_names_every_id_whole(vocabulary: list[dict[str, object]], lang: str) -> None:
    words = run("vocabulary", "--lang", lang).stdout.split()
    assert [entry["id"] for entry in vocabulary if entry["id"] not in words] == []


# ------------------------------------------------------------------ pages


def test_articles_stand_in_the_order_of_their_numbers() -> None:
    articles = [
        "十一.3",
        "二.(十).1",
        "二.(九)",
        "一.2",
        "0",
        "一.10",
        "二.(一)′",
        "二.(一)",
        "三.(二十一)",
        "三.(十二)",
    ]
    assert sorted(articles, key=_in_order) == [
        "0", "一.2", "一.10", "二.(一)", "二.(一)′", "二.(九)", "二.(十).1", "三.(十二)", "三.(二十一)", "十一.3",
    ]  # fmt: skip


BLOCKS = (Heading(1, "甲 <b>"), Paragraph("a & b*"), Item("一", "标"), Item("二", "", 1), Item("三"), Heading(2, "乙"))


def test_markdown_and_html_show_what_stands_in_a_block() -> None:
    assert render(BLOCKS, "md", "zh") == "# 甲 \\<b\\>\n\na & b\\*\n\n- **标：** 一\n  - 二\n- 三\n\n## 乙"
    html = render(BLOCKS, "html", "zh")
    assert "<h1>甲 &lt;b&gt;</h1>" in html
    assert '<html lang="zh-CN">' in html
    assert render(BLOCKS, "text", "en").startswith("甲 <b>\n══════")


def test_html_closes_every_list() -> None:
    open_: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                open_.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_.pop() == tag

    Checker().feed(render((*BLOCKS, Item("四", "", 1), Item("五", "", 1)), "html", "zh"))
    assert open_ == []


def test_a_rule_page_names_the_readings_that_can_be_worked_out() -> None:
    text = run("rules", "show", "henan-2018/china-quality-award", "--format", "md").stdout
    assert "只给企业（enterprises-only）" in text.replace("\\", "")
    rule = json.loads(run("rules", "show", "henan-2018/china-quality-award", "--format", "json").stdout)
    computed = {reading["question"]: reading["computed"] for reading in rule["readings"]}
    assert computed == {"recipient": ["enterprises-only"], "unit": [], "counting-date": []}
