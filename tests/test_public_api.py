"""The public names: complete, typed, and cheap to import."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import evaluator
from evaluator.diagnostics import RuleError
from evaluator.rulebook.shipped import rules_folder, scenarios_folder

ENTERPRISE = {
    "kind": "enterprise",
    "jurisdiction": "河北省/承德市",
    "facts": {"标准化示范试点": [{"通过考核评估": True, "考核评估日期": "2024-07-01"}]},
}


def modules_after(statement: str) -> set[str]:
    """The modules that a fresh interpreter holds after `statement`."""
    program = f"import sys; {statement}; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_every_public_name_is_there() -> None:
    for name in evaluator.__all__:
        assert getattr(evaluator, name) is not None
        assert name in dir(evaluator)


def test_public_names_are_the_things_themselves() -> None:
    from evaluator.engines.decide import decide
    from evaluator.rulebook.model import Rulebook

    assert evaluator.decide is decide
    assert evaluator.Rulebook is Rulebook
    assert evaluator.RuleError is RuleError


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'decode'"):
        _ = evaluator.decode


def test_importing_the_package_imports_no_yaml_and_no_pydantic() -> None:
    loaded = modules_after("import evaluator")
    assert "evaluator" in loaded
    assert not loaded & {"yaml", "pydantic", "pydantic_core", "click", "wcwidth", "stdnum", "pathlib", "decimal"}
    assert {name for name in loaded if name.startswith("evaluator.")} == {"evaluator._version"}


def test_feel_can_be_used_without_the_rulebook() -> None:
    loaded = modules_after("import evaluator; assert evaluator.feel.evaluate('1 + 1', {}) == 2")
    assert not {name for name in loaded if name.startswith(("evaluator.rulebook", "yaml", "pydantic"))}


def test_the_shipped_rules_answer_a_profile() -> None:
    rulebook = evaluator.load(place="河北省/承德市")
    profile = evaluator.make_profile(ENTERPRISE, rulebook)
    decision = evaluator.decide(rulebook, profile, as_of=date(2025, 6, 30))
    assert isinstance(decision, evaluator.Decision)
    assert list(rulebook.policies) == ["chengde-2023"]
    assert decision.totals.guaranteed == 20_000
    pilot = next(entry for entry in decision.findings if entry.id == "chengde-2023/standardisation-pilot-passed")
    assert pilot.outcome is evaluator.Outcome.SATISFIED


def test_another_figure_is_tried_by_a_change() -> None:
    change = evaluator.parse_override("chengde-2023/standardisation-pilot-passed.amount=5万元")
    rulebook = evaluator.load(place="河北省/承德市", changes=[change])
    decision = evaluator.decide(rulebook, evaluator.make_profile(ENTERPRISE, rulebook), as_of=date(2025, 6, 30))
    assert decision.totals.guaranteed == 50_000


def test_a_folder_without_a_vocabulary_is_no_rulebook(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no rulebook"):
        evaluator.load(tmp_path)


def test_shipped_folders_are_those_of_the_checkout_or_of_the_wheel() -> None:
    assert (rules_folder() / "vocabulary").is_dir()
    assert rules_folder().name == "rules"
    assert scenarios_folder().parent == rules_folder().parent


def test_installed_data_come_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "evaluator"
    (package / "_shipped" / "rules").mkdir(parents=True)
    monkeypatch.setattr("evaluator.rulebook.shipped._PACKAGE", package)
    assert rules_folder() == package / "_shipped" / "rules"
    assert scenarios_folder() == tmp_path / "site" / "scenarios"
