"""`--set`: trying another figure, at every place a rule file has one."""

from __future__ import annotations

import pytest

from evaluator.diagnostics import RuleError
from evaluator.rulebook import model
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.overrides import Override, parse_override, put
from tests.rulebook.tiny import Tiny
from tests.rulebook.typed import show, show_amount


def changed(tiny: Tiny, text: str) -> tuple[model.Rulebook, Override]:
    override = parse_override(text)
    return load_rulebook(tiny.folder, overrides=[override]), override


def test_an_amount(tiny: Tiny) -> None:
    rulebook, override = changed(tiny, "tiny-2023/size.amount=6万元")
    rule = rulebook.rules["tiny-2023/size"]
    assert isinstance(rule, model.Award)
    assert show_amount(rule.amount) == "60000"
    assert (override.used, override.before, override.label) == (True, "5万元", "tiny-2023/size.amount=6万元")


def test_a_row_of_a_table_by_the_short_id_of_its_rule(tiny: Tiny) -> None:
    rule = changed(tiny, "leading.amount.table.rows.国际标准=50万元")[0].rules["tiny-2023/leading"]
    assert isinstance(rule, model.Award)
    assert "500000 (国际标准)" in show_amount(rule.amount)


@pytest.mark.parametrize("entry", ["2025", "0"])
def test_a_figure_of_a_schedule_by_year_or_number(tiny: Tiny, entry: str) -> None:
    rule = changed(tiny, f"tiny-2023/pass.schedule.{entry}.test=>= 95%")[0].rules["tiny-2023/pass"]
    assert isinstance(rule, model.Target)
    assert show(rule.entries[0].test) == "(>= 合格率@period 0.95)"


def test_an_entry_by_its_id(tiny: Tiny) -> None:
    tiny.replace("tiny-2023/incentives.yaml", "{by: 2025, test", "{by: 2025, id: half, test")
    rule = changed(tiny, "tiny-2023/pass.schedule.half.by=2026")[0].rules["tiny-2023/pass"]
    assert isinstance(rule, model.Target)
    assert rule.entries[0].period == 2026


def test_a_condition_and_one_of_a_list(tiny: Tiny) -> None:
    rule = changed(tiny, 'leading.when.all.0=角色 = "参与"')[0].rules["tiny-2023/leading"]
    assert isinstance(rule, model.Award)
    assert show(rule.when) == '(and (= [0].角色 "take-part"))'


def test_a_rule_of_another_policy_is_left_alone(tiny: Tiny) -> None:
    rulebook, _ = changed(tiny, "other-2020/desk.due=2022-12-31")
    rule = rulebook.rules["other-2020/desk"]
    assert isinstance(rule, model.Obligation)
    assert str(rule.duties[0].due) == "2022-12-31"
    assert rulebook.rules["tiny-2023/desk"] is not None


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("tiny-2023/siz.amount=3万元", "there is no rule `tiny-2023/siz`", "did you mean `tiny-2023/size`?"),
        ("far-2020/size.amount=3万元", "there is no rule `far-2020/size`", "did you mean `tiny-2023/size`?"),
        ("tiny-2023/size.amont=3万元", "`tiny-2023/size` has no value `amont`", "did you mean `amount`?"),
        (
            "leading.amount.table.rows.国际=3万元",
            "`leading` has no value `amount.table.rows.国际`",
            "did you mean `国际标准`?",
        ),
        ("leading.amont.table=3万元", "`leading` has no value `amont.table`", "did you mean `amount`?"),
        ("size.amount.cap=3万元", "`size` has no value `amount.cap`", None),
        ("size.amount.cap.deep=3万元", "`size` has no value `amount.cap.deep`", None),
        ("pass.schedule.2031.test=>= 3%", "`pass` has no value `schedule.2031.test`", None),
        ("pass.schedule.7=x", "`pass` has no value `schedule.7`", None),
        ("pass.schedule.²=x", "`pass` has no value `schedule.²`", None),
    ],
)
def test_what_stands_nowhere_cannot_be_set(tiny: Tiny, text: str, message: str, help: str | None) -> None:
    with pytest.raises(RuleError) as caught:
        changed(tiny, text)
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.message, problem.help) == ("set", message, help)
    assert str(problem.span) == "--set:1:1"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("tiny-2023/size.amount=6万", "--set:1:24", "there is no unit `万`"),
        ('tiny-2023/leading.when.all.0=角色 = "领导"', "--set:1:35", "`领导` is no choice of `角色`"),
        ("tiny-2023/pass.schedule.2025.test=>= 95", "--set:1:35", "a percentage cannot be compared with a bare number"),
    ],
)
def test_a_wrong_value_is_shown_in_what_was_typed(tiny: Tiny, text: str, place: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        changed(tiny, text)
    (problem,) = caught.value.diagnostics
    assert (str(problem.span), problem.message) == (place, message)


@pytest.mark.parametrize("text", ["", "size", "size=3", "size.amount", "size.amount=", "size.=3", "=3"])
def test_a_change_without_rule_path_or_value_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_override(text)
    assert caught.value.diagnostics[0].message == "a change is written RULE.PARAM=VALUE"


def test_values_are_read_as_yaml_reads_them() -> None:
    assert parse_override("a.b=3").value == 3
    assert parse_override("a.b=true").value is True
    assert parse_override("a.b=# nothing").value is None
    assert parse_override("a.b='国际标准'").value == "'国际标准'"
    assert parse_override("a.b={x: 1}").value != "{x: 1}"


def test_a_file_of_another_shape_is_passed_over(tiny: Tiny) -> None:
    tiny.write("tiny-2023/more.yaml", "- a list\n")
    with pytest.raises(RuleError) as caught:
        changed(tiny, "tiny-2023/size.amount=6万元")
    assert [problem.code for problem in caught.value.diagnostics] == ["shape"]
    tiny.write("tiny-2023/more.yaml", "supports: [3]\n")
    with pytest.raises(RuleError) as caught:
        changed(tiny, "tiny-2023/size.amount=6万元")
    assert [problem.code for problem in caught.value.diagnostics] == ["value"]


def test_a_list_of_kinds(tiny: Tiny) -> None:
    rule = changed(tiny, "tiny-2023/leading.for=[enterprise]")[0].rules["tiny-2023/leading"]
    assert rule.kinds == ("enterprise",)


def test_a_range_stays_a_test(tiny: Tiny) -> None:
    rule = changed(tiny, "tiny-2023/pass.schedule.2025.test=[90%..95%]")[0].rules["tiny-2023/pass"]
    assert isinstance(rule, model.Target)
    assert show(rule.entries[0].test) == "(and (>= 合格率@period 0.9) (<= 合格率@period 0.95))"


@pytest.mark.parametrize(
    ("path", "value", "after", "lost"),
    [
        ("a.b", 2, {"a": {"b": 2}, "c": [1, {"id": "x"}]}, None),
        ("a.new", 2, {"a": {"b": 1, "new": 2}, "c": [1, {"id": "x"}]}, None),
        ("a", None, {"c": [1, {"id": "x"}]}, None),
        ("c.0", 2, {"a": {"b": 1}, "c": [2, {"id": "x"}]}, None),
        ("c.x.id", "y", {"a": {"b": 1}, "c": [1, {"id": "y"}]}, None),
        ("c.2", 2, None, "2"),
        ("c.x", 2, None, "x"),
        ("d", None, None, "d"),
        ("d.e", 2, None, "d"),
        ("a.b.c", 2, None, "b"),
        ("c.0.e", 2, None, "0"),
    ],
)
def test_a_reading_puts_adds_and_takes_away(path: str, value: object, after: object, lost: str | None) -> None:
    data = {"a": {"b": 1}, "c": [1, {"id": "x"}]}
    before = {"a": {"b": 1}, "c": [1, {"id": "x"}]}
    assert put(data, tuple(path.split(".")), value) == lost
    assert data == (before if after is None else after)
