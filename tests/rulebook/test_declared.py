"""Properties declared beside the rules: read, checked, and proved or refuted."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from evaluator.advise import Limits, Status, prove
from evaluator.diagnostics import RuleError
from evaluator.rulebook.declared import read_declared
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook
from tests.agreement.small import POLICY, VOCABULARY

RULES = """
incentives:
  - id: a
    title: {zh: 补助, en: grant}
    cite: {article: 一, sentence: 1}
    for: enterprise
    modality: must
    when: 投资额 >= 100万元
    amount: {rate: 5%, base: 投资额, cap: 20万元}
supports:
  - id: s
    title: {zh: 支持, en: support}
    cite: {article: 一, sentence: 2}
    for: enterprise
    modality: must
    when: 真
"""


def book(folder: Path, properties: str) -> Rulebook:
    for sub in ("vocabulary", "test-2023"):
        (folder / sub).mkdir()
    (folder / "vocabulary" / "all.yaml").write_text(VOCABULARY, encoding="utf-8")
    until = "{date: 2027-12-31, basis: stated}"
    header = POLICY.format(place="甲省/乙市", published="2023-01-01", since="2023-01-01", until=until)
    (folder / "test-2023" / "policy.yaml").write_text(header, encoding="utf-8")
    (folder / "test-2023" / "rules.yaml").write_text(RULES, encoding="utf-8")
    text = "properties:\n" + dedent(properties).strip("\n")
    (folder / "test-2023" / "properties.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder)


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("rule: a, at_most: 20万元", Status.HOLDS),
        ("rule: a, at_most: 19.99万元", Status.FAILS),
        ("rule: a, when: 投资额 < 300万元, at_most: 15万元", Status.HOLDS),
        ("rule: a, when: 投资额 >= 200万元, outcome: satisfied", Status.HOLDS),
        ("rule: a, when: 投资额 > 50万元, outcome: satisfied", Status.FAILS),
        ("rule: a, when: 投资额 < 100万元, outcome: not_satisfied", Status.HOLDS),
        ("rule: s, when: '真 and 假', outcome: satisfied", Status.HOLDS),
        ("rule: a, step: {of: 投资额, at_most: 50001元}", Status.HOLDS),
        ("rule: a, step: {of: 投资额, at_most: 4.9万元}", Status.FAILS),
    ],
)
def test_a_declaration_is_proved_or_refuted(tmp_path: Path, claim: str, status: Status) -> None:
    rulebook = book(tmp_path, f"  - {{id: p, title: {{zh: 性质, en: claim}}, {claim}}}")
    found = prove(rulebook, properties=["declared"], declared=read_declared(tmp_path, rulebook), limits=Limits(bound=1))
    (policy,) = found.policies
    assert found.count(policy.id, "declared", status) == 1
    assert found.refuted is (status is Status.FAILS)


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ("rule: b, at_most: 1万元", "unknown-rule"),
        ("rule: a", "property"),
        ("rule: a, at_most: 1万元, outcome: satisfied", "property"),
        ("rule: s, at_most: 1万元", "property"),
        ("rule: a, at_most: 投资额", "property"),
        ("rule: a, step: {of: 真, at_most: 1万元}", "property"),
        ("rule: a, step: {of: 无此, at_most: 1万元}", "unknown-fact"),
        ("rule: a, when: 无此, at_most: 1万元", "unknown-name"),
        ("rule: a, outcome: paid", "value"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_place(tmp_path: Path, claim: str, code: str) -> None:
    rulebook = book(tmp_path, f"  - {{id: p, title: {{zh: 性质, en: claim}}, {claim}}}")
    with pytest.raises(RuleError) as caught:
        read_declared(tmp_path, rulebook)
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert problem.span is not None
