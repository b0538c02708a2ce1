"""`evaluator profile new`: every kind at every place of the rulebook gives a file that is accepted as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator.cli import main
from evaluator.diagnostics import RuleError
from evaluator.engines.decide import decide
from evaluator.report.blank_profile import blank_profile, settled_place
from evaluator.report.phrases import Lang
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import bind
from evaluator.rulebook.shipped import rules_folder
from evaluator.rulebook.yamlfile import parse
from evaluator.source import Source

DAY = date(2025, 6, 30)
KINDS = ("enterprise", "association", "public-institution", "department", "individual", "province", "city", "county")


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(rules_folder())


def places() -> list[str]:
    return sorted({policy.jurisdiction for policy in load_rulebook(rules_folder()).policies.values()})


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("place", places())
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_at_every_place_is_accepted_with_everything_unknown(
    rulebook: Rulebook, kind: str, place: str, lang: Lang
) -> None:
    text = blank_profile(rulebook, rulebook.vocabulary.kinds[kind], place, DAY, lang)
    profile = bind(parse(Source("new.yaml", text))[0], rulebook)
    assert profile.facts == {}
    assert all(not years for years in profile.metrics.values())
    decision = decide(rulebook, profile, as_of=DAY)
    assert not any(finding.outcome.value == "not_satisfied" and finding.missing for finding in decision.findings)


def test_the_kinds_tried_are_those_of_the_vocabulary(rulebook: Rulebook) -> None:
    assert set(KINDS) == set(rulebook.vocabulary.kinds)


def test_every_missing_fact_of_the_blank_profile_has_a_key_in_it(rulebook: Rulebook) -> None:
    text = blank_profile(rulebook, rulebook.vocabulary.kinds["enterprise"], "河北省/承德市", DAY, "zh")
    profile = bind(parse(Source("new.yaml", text))[0], rulebook)
    decision = decide(rulebook, profile, as_of=DAY)
    paths = {leaf.path for finding in decision.findings for leaf in (*finding.missing, *finding.decisions)}
    assert paths
    assert [path for path in paths if f"\n  {path}:" not in text] == []


def test_missing_figures_of_a_city_have_their_year_in_it(rulebook: Rulebook) -> None:
    text = blank_profile(rulebook, rulebook.vocabulary.kinds["city"], "河北省/承德市", DAY, "zh")
    data = parse(Source("new.yaml", text))[0].data
    assert isinstance(data, dict)
    metrics = data["metrics"]
    assert isinstance(metrics, dict)
    assert {2023, 2025, 2027} <= set(metrics["制造业产品质量合格率"])
    assert "全省制造业产品质量合格率" in metrics
    assert len(data["members"]) == 11


def test_an_uncommented_example_item_is_accepted(rulebook: Rulebook) -> None:
    text = blank_profile(rulebook, rulebook.vocabulary.kinds["enterprise"], "河北省/承德市", DAY, "zh")
    lines = text.split("\n")
    at = lines.index("  标准:") + 1
    while lines[at].startswith(("  # - ", "  #   ")):
        lines[at] = lines[at].replace("# ", "", 1)
        at += 1
    profile = bind(parse(Source("new.yaml", "\n".join(lines)))[0], rulebook)
    assert set(profile.facts) == {"standards"}


def test_a_region_is_named_by_the_levels_of_its_kind(rulebook: Rulebook) -> None:
    kinds, vocabulary = rulebook.vocabulary.kinds, rulebook.vocabulary
    assert settled_place(kinds["province"], "河北省/承德市", vocabulary) == "河北省"
    assert settled_place(kinds["county"], "河北省/承德市", vocabulary).startswith("河北省/承德市/")
    assert settled_place(kinds["enterprise"], "河北省", vocabulary) == "河北省"


def test_an_unknown_place_is_refused_with_a_suggestion(rulebook: Rulebook) -> None:
    with pytest.raises(RuleError, match="承得") as caught:
        settled_place(rulebook.vocabulary.kinds["enterprise"], "河北省/承得市", rulebook.vocabulary)
    assert "承德市" in (caught.value.diagnostics[0].help or "")


def test_the_command_writes_a_file_once(tmp_path: Path) -> None:
    out = tmp_path / "mine.yaml"
    arguments = ["profile", "new", "--kind", "企业", "--for", "河北省/承德市", "--out", str(out)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert "kind: enterprise" in out.read_text(encoding="utf-8")
    again = CliRunner().invoke(main, arguments)
    assert again.exit_code == 2
    assert "exists already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "enterprize", "--for", "河北省"], "did you mean `enterprise`"),
        (["--kind", "enterprise", "--for", "河北省/承得市"], "承德市"),
        (["--kind", "enterprise", "--for", "河北省", "--policy", "chengde-2024"], "chengde-2023"),
    ],
)
def test_a_misspelt_word_is_one_diagnostic_with_a_suggestion(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["profile", "new", *arguments])
    assert result.exit_code == 3
    assert said in result.stderr
    assert result.stdout == ""


def test_only_what_the_named_policy_asks_stands_in_it() -> None:
    run = CliRunner().invoke
    whole = run(main, ["profile", "new", "--kind", "enterprise", "--for", "河北省/承德市"]).stdout
    other = run(main, ["profile", "new", "--kind", "enterprise", "--for", "河北省/承德市", "--policy", "henan-2018"])
    assert "列入市科技计划:" in whole
    assert "列入市科技计划" not in other.stdout
