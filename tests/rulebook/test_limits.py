"""What a hostile or broken rulebook, expression or command line can cost: little, and one diagnostic."""

from __future__ import annotations

import time

import pytest

from evaluator.diagnostics import RuleError
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import make_profile
from tests.rulebook.tiny import Tiny

RULE = """incentives:
  - id: more
    title: {zh: 例, en: example}
    cite: {article: 九, sentence: 1}
    modality: must
    for: enterprise
    when: %s
    amount: 1万元
"""


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("'" + "规模以上 and " * 2_000 + "规模以上'", "expression is longer than 10000 characters"),
        ("'" + "(" * 500 + "规模以上" + ")" * 500 + "'", "expression is nested too deep"),
        ("'" + "not(" * 500 + "规模以上" + ")" * 500 + "'", "expression is nested too deep"),
        ("'" + "if 规模以上 then " * 300 + "true'", "expression is nested too deep"),
        ("'得分 > " + "-" * 2_000 + "1'", "expression is nested too deep"),
        ("'得分 > 1e999999999999'", "a number of a rule has at most 40 digits on either side of the point"),
        ("'得分 > " + "9" * 9_000 + "'", "a number of a rule has at most 40 digits on either side of the point"),
        ("'得分 > 0." + "9" * 9_000 + "'", "a number of a rule has at most 40 digits on either side of the point"),
        ("'成立日期 > date(1e5000, 1, 1)'", None),
        ("'得分 > " + "9" * 1_000_000 + "'", "expression is longer than 10000 characters"),
        ("{all: [{any: [" * 15 + "规模以上" + "]}]}" * 15, "values are nested deeper than 40 levels"),
    ],
    ids=range(11),
)
def test_an_expression_cannot_exhaust_the_reader(tiny: Tiny, condition: str, message: str | None) -> None:
    tiny.write("tiny-2023/more.yaml", RULE % condition)
    started = time.perf_counter()
    with pytest.raises(RuleError) as caught:
        tiny.load()
    (problem,) = caught.value.diagnostics
    assert message is None or problem.message == message
    assert problem.span is not None
    assert problem.span.source.name.endswith("tiny-2023/more.yaml")
    assert max(map(len, problem.render().splitlines())) < 400
    assert time.perf_counter() - started < 5


def test_deep_conditions_within_the_bound_are_read(tiny: Tiny) -> None:
    tiny.write("tiny-2023/more.yaml", RULE % ("{all: [{any: [" * 8 + "规模以上" + "]}]}" * 8))
    assert "tiny-2023/more" in tiny.load().rules


def test_many_conditions_side_by_side_are_read(tiny: Tiny) -> None:
    tiny.write("tiny-2023/more.yaml", RULE % f"{{any: [{', '.join(['规模以上'] * 5_000)}]}}")
    assert "tiny-2023/more" in tiny.load().rules


def test_a_profile_with_a_long_word_is_answered_in_short_lines(rulebook: Rulebook) -> None:
    word = "长" * 100_000
    with pytest.raises(RuleError) as caught:
        make_profile({"kind": "enterprise", "facts": {"信用等级": word, "营业收入": word, "成立日期": word}}, rulebook)
    assert max(len(line) for problem in caught.value.diagnostics for line in problem.render().splitlines()) < 400
