from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.rulebook.digest import bytes_digest, rulebook_digest
from evaluator.rulebook.load import load_rulebook
from tests.report.asked import RULES

LAKE = ("lake-2024",)
RULE_FILE, VOCABULARY, POLICY = "lake-2024/rules.yaml", "vocabulary/all.yaml", "lake-2024/policy.yaml"


def digest(folder: Path, *changes: tuple[str, str, str]) -> tuple[str, str]:
    """Both digests of the lake's policy after texts of its files were replaced."""
    for file, old, new in changes:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"`{old}` does not stand in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    rulebook = load_rulebook(folder)
    return rulebook_digest(rulebook, LAKE), bytes_digest(rulebook, LAKE)


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a fresh copy of the made-up rulebook under a name."""

    def fresh(name: str) -> Path:
        return Path(shutil.copytree(RULES, tmp_path / name))

    return fresh


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (RULE_FILE, "incentives:\n", "# a comment\nincentives:\n\n"),
        (RULE_FILE, "{article: 二.(三), sentence: 1}", "{sentence: 1, article: 二.(三)}"),
        (RULE_FILE, "when: 投资额 >= 100万元", "when: investment >= 1000000元"),
        (RULE_FILE, "when: 投资额 >= 100万元", "when: '投资额≥100万元'"),
        (RULE_FILE, "国际标准: 30万元", "国际标准: 300000元"),
        (RULE_FILE, "国际标准: 30万元, 国家标准: 20万元", "国家标准: 20万元, 国际标准: 30万元"),
        (RULE_FILE, "value: 19.5%", "value: 19.50%"),
        (RULE_FILE, "metric: 新增标准数", "metric: new-standards"),
        (RULE_FILE, "each: 标准\n", "each: standards\n"),
        (VOCABULARY, 'factor: 0.01, en: "%"', 'en: "%", factor: 0.010'),
    ],
)
def test_spelling_leaves_the_digest_of_the_rules_and_changes_that_of_the_bytes(
    copy: Callable[[str], Path], file: str, old: str, new: str
) -> None:
    before, after = digest(copy("a")), digest(copy("b"), (file, old, new))
    assert before[0] == after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (RULE_FILE, "国际标准: 30万元", "国际标准: 31万元"),
        (RULE_FILE, "test: '>= 92%'", "test: '> 92%'"),
        (RULE_FILE, "value: 19.5%", "value: 19.6%"),
        (RULE_FILE, "by: 2025, test", "by: 2026, test"),
        (RULE_FILE, "quantity: {growth: 2023}", "quantity: {growth: 2022}"),
        (RULE_FILE, "sentence: 2, figures: [6项]", "sentence: 3, figures: [6项]"),
        (RULE_FILE, "figures: [6项]", "figures: [六项]"),
        (RULE_FILE, "until: 2025-04-30", "until: 2025-05-30"),
        (RULE_FILE, "silent: [leading, upgrade]", "highest_of: [leading, upgrade]"),
        (RULE_FILE, "modality: strive", "modality: plan"),
        (RULE_FILE, "chosen: per-item", "chosen: per-grant"),
        (POLICY, "date: 2027-12-31, basis: inferred", "date: 2027-12-30, basis: inferred"),
        (POLICY, "basis: inferred", "basis: stated"),
        (
            VOCABULARY,
            "unit: 万元, min: 0, question: {zh: 投资额是多少？",
            "unit: 元, min: 0, question: {zh: 投资额是多少？",
        ),
        (VOCABULARY, "{id: rd-spending, label: {zh: 研发投入", "{id: rd-money, label: {zh: 研发投入"),
        (VOCABULARY, "of: [city], unit: 项, min: 0, flow: true", "of: [city], unit: 项, min: 1, flow: true"),
        (VOCABULARY, "{path: 云泽省/湖口市/南县, kind: county", "{path: 云泽省/湖口市/北县, kind: county"),
    ],
)
def test_what_rules_say_changes_the_digest(copy: Callable[[str], Path], file: str, old: str, new: str) -> None:
    assert digest(copy("a"))[0] != digest(copy("b"), (file, old, new))[0]


def test_other_policies_do_not_matter() -> None:
    whole, lake = load_rulebook(RULES), load_rulebook(RULES, place="云泽省/湖口市")
    port = load_rulebook(RULES, place="云泽省/临港市")
    assert rulebook_digest(whole, LAKE) == rulebook_digest(lake, LAKE)
    assert bytes_digest(whole, LAKE) == bytes_digest(lake, LAKE)
    assert rulebook_digest(port, ("port-2024",)) == rulebook_digest(whole, ("port-2024",))
    assert rulebook_digest(whole, ("port-2024",)) != rulebook_digest(whole, LAKE)


def test_the_order_of_the_policies_asked_does_not_matter() -> None:
    whole = load_rulebook(RULES)
    assert rulebook_digest(whole, ("port-2024", "lake-2024")) == rulebook_digest(whole, ("lake-2024", "port-2024"))
