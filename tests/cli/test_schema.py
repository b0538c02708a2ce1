"""`evaluator schema`: JSON Schemas that accept every file of ours and refuse what the loader refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from evaluator.cli import main
from evaluator.cli.schema import KINDS
from evaluator.report.blank_profile import blank_profile
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.schema import MODELS
from evaluator.rulebook.shipped import rules_folder, scenarios_folder
from evaluator.rulebook.yamlfile import SPAN, parse, read_file
from evaluator.source import Source

RULE_FILES = ("incentives.yaml", "supports.yaml", "targets.yaml", "obligations.yaml", "stacking.yaml")


def validator(kind: str) -> Draft202012Validator:
    result = CliRunner().invoke(main, ["schema", kind])
    assert result.exit_code == 0, result.output
    return Draft202012Validator(json.loads(result.stdout))


def plain(value: object) -> object:
    """Data of a YAML file as JSON has it."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items() if key != SPAN}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value


def errors(kind: str, data: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(plain(data))]


def files() -> Iterator[tuple[str, Path]]:
    for path in sorted(rules_folder().rglob("*.yaml")):
        if path.parent.name == "vocabulary" or path.name == "vocabulary.yaml":
            yield "vocabulary", path
        elif path.name in RULE_FILES:
            yield "rules", path
    for path in sorted(scenarios_folder().rglob("*.yaml")):
        yield "scenarios", path


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_valid_and_names_nothing_internal(kind: str) -> None:
    schema = validator(kind).schema
    Draft202012Validator.check_schema(schema)
    assert isinstance(schema, dict)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    text = json.dumps(schema)
    assert "span" not in text
    assert "\\u0000" not in text
    assert schema["description"]


def test_there_is_a_schema_for_every_model() -> None:
    assert set(KINDS) == {*MODELS, "scenarios", "decision"}


def test_what_decide_prints_is_valid_by_the_schema_of_a_decision() -> None:
    profile = str(Path(__file__).parents[2] / "examples" / "chengde-enterprise.yaml")
    result = CliRunner().invoke(main, ["decide", profile, "--as-of", "2025-06-30", "--format", "json"])
    decision = json.loads(result.stdout)
    assert errors("decision", decision) == []
    decision["totals"]["guaranteed"] = 700000
    assert errors("decision", decision) != []


@pytest.mark.parametrize("kind", ["rules", "vocabulary", "scenarios"])
def test_files_of_ours_are_valid(kind: str) -> None:
    check = validator(kind)
    found = {
        f"{path.parent.name}/{path.name}: {error.json_path}: {error.message[:200]}"
        for sort, path in files()
        if sort == kind
        for loaded in read_file(path)
        for error in check.iter_errors(plain(loaded.data))
    }
    assert found == set()


def test_policies_and_registers_of_ours_are_valid() -> None:
    for path in sorted(rules_folder().glob("*/policy.yaml")):
        policy, register = read_file(path)
        assert errors("policy", policy.data) == []
        assert errors("register", register.data) == []


def test_a_blank_profile_is_valid() -> None:
    rulebook = load_rulebook(rules_folder())
    text = blank_profile(rulebook, rulebook.vocabulary.kinds["city"], "河北省/承德市", date(2025, 1, 1), "zh")
    assert errors("profile", parse(Source("new.yaml", text))[0].data) == []


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("rules", {"incentive": []}),
        ("rules", {"targets": [{"id": "a"}]}),
        ("profile", {"jurisdiction": "河北省"}),
        ("profile", {"kind": "city", "fact": {}}),
        ("vocabulary", {"kinds": [{"id": "a", "label": {"zh": "甲", "en": "a"}, "group": "herd"}]}),
        ("policy", {"id": "a-2020"}),
        ("register", {"waivers": [{"article": "一", "sentence": 0, "numeral": "1", "reason": "name"}]}),
        ("scenarios", {"scenarios": []}),
        ("scenarios", {"scenarios": [{"id": "a", "purpose": {"zh": "", "en": ""}, "as_of": "2025-01-01"}]}),
    ],
)
def test_what_the_loader_refuses_is_refused(kind: str, data: object) -> None:
    assert errors(kind, data) != []


def test_one_citation_may_stand_without_a_list() -> None:
    cite = {"article": "一", "sentence": 1}
    rule = {
        "id": "a", "title": {"zh": "甲", "en": "a"}, "for": "city", "modality": "must",
        "requires": {"attest": {"zh": "甲？", "en": "a?"}},
    }  # fmt: skip
    assert errors("rules", {"obligations": [{**rule, "cite": cite}]}) == []
    assert errors("rules", {"obligations": [{**rule, "cite": [cite, cite]}]}) == []
    assert errors("rules", {"obligations": [{**rule, "cite": "一"}]}) != []


def test_closed_lists_are_enums_and_keys_are_described() -> None:
    schema = validator("rules").schema
    assert isinstance(schema, dict)
    obligation = schema["$defs"]["ObligationDocument"]["properties"]
    assert obligation["modality"]["enum"] == ["must", "plan", "strive", "encourage", "explore"]
    assert all("description" in obligation[key] for key in ("id", "cite", "for", "modality", "requires", "due"))


def test_an_unknown_kind_is_wrong_usage() -> None:
    assert CliRunner().invoke(main, ["schema", "poem"]).exit_code == 2
