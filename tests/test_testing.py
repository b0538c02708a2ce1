"""The strategies that drafters' own repositories use: five lines of pytest state a property of their rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings

from evaluator.engines.decision import Outcome
from evaluator.rulebook.digest import rulebook_digest
from evaluator.rulebook.model import Rulebook
from evaluator.testing import Question, questions, rulebooks, variants_of
from tests.agreement.laws import assert_refines
from tests.agreement.shipped import shipped
from tests.agreement.small import rulebook

BOOK = rulebook(
    """
    incentives:
      - id: invested
        when: {all: [投资额 >= 100万元, 真]}
        amount: 10万元
    """
)
FEW = settings(derandomize=True, deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(question=questions(shipped(), kind="enterprise"))
def test_a_question_is_decided_and_settled_ones_refine_it(question: Question) -> None:
    before, after = question.decide(), question.settled().decide()
    assert_refines(before, after)
    assert not [found.id for found in after.findings if found.outcome is Outcome.UNKNOWN]


@FEW
@given(question=questions(BOOK, policy="test-2023", kind="enterprise", known=1), other=rulebooks(BOOK))
def test_another_rulebook_says_something_else(question: Question, other: tuple[Rulebook, str]) -> None:
    changed, id = other
    assert id == "test-2023/invested"
    assert rulebook_digest(changed, ["test-2023"]) != rulebook_digest(BOOK, ["test-2023"])
    assert question.asked_of(changed).decide().findings[0].rule is changed.rules[id]


def test_every_variant_of_a_rule_differs_from_it_and_from_the_others() -> None:
    rule = BOOK.rules["test-2023/invested"]
    found = list(variants_of(rule))
    assert len(found) == 5  # `>=`, its figure, either condition left out, the amount
    assert all(variant != rule for variant in found)
    assert all(one != other for index, one in enumerate(found) for other in found[:index])


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule of nowhere-2020"):
        questions(BOOK, policy="nowhere-2020")
    with pytest.raises(ValueError, match="nothing can be changed in test-2023/other"):
        rulebooks(BOOK, rule="test-2023/other")


def test_five_lines_in_a_repository_of_rules_state_a_property(tmp_path: Path) -> None:
    property = """
        from hypothesis import given
        from evaluator.testing import questions
        @given(questions({rules!r}, policy="chengde-2023", kind="association"))
        def test_an_association_gets_no_pilot_money(question):
            assert all(found.id != "chengde-2023/standardisation-pilot-passed" or not found.amount.guaranteed
                       for found in question.decide().findings)
        """
    rules = str(Path(__file__).parents[1] / "rules")
    (tmp_path / "test_rules.py").write_text(dedent(property).format(rules=rules), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_this_module_needs_hypothesis() -> None:
    package = Path(__file__).parents[1] / "evaluator"
    users = [path.name for path in package.rglob("*.py") if "import hypothesis" in path.read_text("utf-8")]
    users += [path.name for path in package.rglob("*.py") if "from hypothesis" in path.read_text("utf-8")]
    assert users == ["testing.py"]
