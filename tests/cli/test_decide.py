from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from evaluator.cli import main
from tests.report.asked import CITY, ENTERPRISE, RULES

DAY = ("--as-of", "2026-01-31")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two profiles, and the made-up rulebook as the one to use."""
    (tmp_path / "enterprise.yaml").write_text(ENTERPRISE, encoding="utf-8")
    (tmp_path / "city.yaml").write_text(CITY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVALUATOR_RULES", str(RULES))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["decide", *arguments], input=given)


def answered(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, *DAY, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def refused(*arguments: str, given: str | bytes | None = None) -> str:
    """The diagnostic of a question that cannot be answered: on standard error alone, and only one."""
    result = run(*arguments, *DAY, given=given)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.count("error[") == 1
    return result.stderr


@pytest.mark.usefixtures("folder")
class TestAnswers:
    def test_a_report_for_people_is_the_default(self) -> None:
        result = run("enterprise.yaml", *DAY)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "主持标准资助" in result.stdout
        assert "判断过程" not in result.stdout

    def test_the_language_is_asked_for(self) -> None:
        assert "grant for leading a standard" in run("enterprise.yaml", *DAY, "--lang", "en").stdout

    def test_the_report_fits_the_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        narrow = run("enterprise.yaml", *DAY).stdout
        assert narrow != run("enterprise.yaml", *DAY, "--format", "text").stdout.replace("\n", "")
        monkeypatch.setenv("COLUMNS", "120")
        assert len(run("enterprise.yaml", *DAY).stdout.splitlines()) < len(narrow.splitlines())

    def test_explain_adds_the_tree(self) -> None:
        text = run("enterprise.yaml", *DAY, "--explain").stdout
        assert "✓ 投资额 ≥ 100万元（投资额：120.5万元）" in text

    def test_all_lists_what_is_otherwise_counted(self) -> None:
        assert "年度质量报告  未到期" not in run("city.yaml", *DAY).stdout
        assert "年度质量报告  未到期" in run("city.yaml", *DAY, "--all").stdout

    def test_json_is_printed_whole_with_chinese_as_it_is(self) -> None:
        data = answered("enterprise.yaml")
        assert data["totals"]["guaranteed"] == "340000"
        assert "主持标准资助" in run("enterprise.yaml", *DAY, "--format", "json").stdout

    def test_a_profile_is_read_from_standard_input(self) -> None:
        result = run("-", *DAY, "--format", "json", given=ENTERPRISE)
        assert json.loads(result.stdout)["profile"]["name"] == "湖口某某机械有限公司"

    def test_a_profile_may_be_json(self) -> None:
        given = json.dumps({"kind": "enterprise", "jurisdiction": "云泽省/湖口市", "facts": {"投资额": 100}})
        assert run("-", *DAY, given=given).exit_code == 0

    def test_without_a_date_today_is_asked_about(self) -> None:
        result = run("enterprise.yaml", "--format", "json")
        assert json.loads(result.stdout)["as_of"] == date.today().isoformat()

    def test_only_the_policy_named_is_asked(self) -> None:
        data = answered("enterprise.yaml", "--policy", "port-2024")
        assert {finding["citation"]["policy"] for finding in data["findings"]} == {"port-2024"}

    def test_a_rule_is_named_with_or_without_its_policy(self) -> None:
        for name in ("leading", "lake-2024/leading"):
            data = answered("enterprise.yaml", "--rule", name)
            assert [finding["rule"] for finding in data["findings"]] == ["lake-2024/leading"]

    def test_a_rule_of_elsewhere_is_not_applicable_with_the_reason(self, folder: Path) -> None:
        (folder / "port.yaml").write_text(ENTERPRISE.replace("湖口市\n", "临港市\n"), encoding="utf-8")
        assert {finding["citation"]["policy"] for finding in answered("port.yaml")["findings"]} == {"port-2024"}
        for name in ("leading", "lake-2024/leading"):
            (finding,) = answered("port.yaml", "--rule", name)["findings"]
            assert (finding["outcome"], finding["reason_code"]) == ("not_applicable", "place")

    def test_an_assumption_settles_what_is_open_and_stands_apart(self) -> None:
        assert answered("enterprise.yaml")["totals"]["potential"] == "1120000"
        data = answered("enterprise.yaml", "--assume", "标准[2].角色=参与", "--assume", "出口企业=true")
        assert (data["totals"]["guaranteed"], data["totals"]["potential"]) == ("420000", "920000")
        assert data["assumptions"] == {"标准[2].角色": "参与", "出口企业": True}

    def test_an_assumed_place_is_where_rules_are_looked_for(self, folder: Path) -> None:
        text = ENTERPRISE.replace("jurisdiction: 云泽省/湖口市\n", "")
        (folder / "nowhere.yaml").write_text(text, encoding="utf-8")
        data = answered("nowhere.yaml", "--assume", "jurisdiction=云泽省/湖口市")
        assert {policy["id"] for policy in data["policies"]} == {"lake-2024", "port-2024"}

    @pytest.mark.parametrize("rule", ["lake-2024/leading", "leading"])
    def test_a_changed_figure_is_shown_before_and_after(self, rule: str) -> None:
        text = run("enterprise.yaml", *DAY, "--set", f"{rule}.amount.table.rows.国际标准=40万元").stdout
        assert f"{rule}.amount.table.rows.国际标准：30万元 → 40万元" in text


@pytest.fixture
def choosing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rulebook in which the applicant chooses between two grants."""
    import shutil

    own = shutil.copytree(RULES, folder / "choosing")
    rules = own / "lake-2024" / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "silent: [leading, upgrade]" in text
    rules.write_text(text.replace("silent:", "choose_one:"), encoding="utf-8")
    monkeypatch.setenv("EVALUATOR_RULES", str(own))


@pytest.mark.usefixtures("choosing")
class TestChoices:
    TREE = "lake-2024/standards-and-upgrade"

    def _amounts(self, *arguments: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the tree leaves, and the findings by id."""
        data = answered("enterprise.yaml", *arguments)
        (tree,) = [entry for entry in data["stackings"] if entry["id"] == self.TREE]
        return tree, {finding["id"]: finding for finding in data["findings"]}

    def test_without_a_choice_the_best_is_named_and_taken(self) -> None:
        tree, findings = self._amounts()
        members = [findings[id]["amount"]["potential"] for id in tree["members"]]
        assert tree["choice"] is None
        assert tree["potential"] == max(members, key=int)
        assert tree["best"]

    @pytest.mark.parametrize("award", ["leading", "upgrade", "lake-2024/upgrade"])
    def test_the_choice_is_counted_whatever_the_other_pays(self, award: str) -> None:
        tree, findings = self._amounts("--choose", f"standards-and-upgrade={award}")
        chosen = f"lake-2024/{award.rpartition('/')[2]}"
        amount = findings[chosen]["amount"]
        assert tree["choice"] == chosen
        assert (tree["guaranteed"], tree["potential"]) == (amount["guaranteed"], amount["potential"])
        assert answered("enterprise.yaml", "--choose", f"{self.TREE}={award}")["choices"] == {self.TREE: chosen}

    @pytest.mark.parametrize(
        ("choice", "told"),
        [
            ("upgrade", "a choice is written STACKING=AWARD"),
            ("standards-and-upgrad=upgrade", "did you mean `standards-and-upgrade`?"),
            ("standards-and-upgrade=upgrad", "did you mean `upgrade`?"),
        ],
    )
    def test_a_choice_that_cannot_be_made(self, choice: str, told: str) -> None:
        assert told in refused("enterprise.yaml", "--choose", choice)


@pytest.mark.usefixtures("folder")
def test_where_nothing_is_left_to_a_choice_one_is_refused() -> None:
    assert "leaves nothing to choose" in refused("enterprise.yaml", "--choose", "standards-and-upgrade=upgrade")


@pytest.mark.usefixtures("folder")
class TestRefusals:
    def test_a_missing_file(self) -> None:
        assert refused("nothing.yaml").startswith("nothing.yaml: error[unreadable]")

    def test_a_folder(self) -> None:
        assert "is a directory" in refused(".")

    def test_bytes_that_are_no_text(self) -> None:
        assert "not UTF-8" in refused("-", given=b"\xff\xfe\x00")

    def test_an_empty_file(self) -> None:
        assert "holds none" in refused("-", given="")

    def test_several_documents(self) -> None:
        assert "holds 2" in refused("-", given="kind: city\n---\nkind: city\n")

    def test_broken_yaml_is_shown_with_its_place(self) -> None:
        assert "<stdin>:" in refused("-", given="kind: [enterprise\nname: x\n")

    def test_a_duplicate_key(self) -> None:
        message = refused("-", given=ENTERPRISE + "name: again\n")
        assert "error[duplicate-key]" in message
        assert "name: again" in message

    def test_an_alias_bomb(self) -> None:
        lines = ["a: &a [1,1,1,1,1,1,1,1,1,1]"]
        for name, before in zip("bcdef", "abcde", strict=True):
            lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]")
        assert "error[alias-bomb]" in refused("-", given="\n".join(lines))

    def test_a_misspelt_fact_is_suggested_once_all_policies_were_asked(self) -> None:
        message = refused("-", given=ENTERPRISE.replace("投资额:", "投资客:"))
        assert "<stdin>:8:3: error[unknown-fact]: there is no fact `投资客`" in message
        assert "did you mean `投资额`?" in message

    def test_a_choice_that_does_not_exist(self) -> None:
        assert "error[unknown-choice]" in refused("-", given=ENTERPRISE.replace("主持", "领导"))

    def test_a_place_that_does_not_exist(self) -> None:
        assert "did you mean `湖口市`?" in refused("-", given=ENTERPRISE.replace("湖口市\n", "湖囗市\n"))

    def test_an_unknown_policy(self) -> None:
        assert "did you mean `lake-2024`?" in refused("enterprise.yaml", "--policy", "lake-2042")

    def test_an_unknown_rule(self) -> None:
        message = refused("enterprise.yaml", "--rule", "leadin")
        assert "did you mean `leading`?" in message
        assert "did you mean `port-2024/first-export`?" in refused(
            "enterprise.yaml", "--rule", "port-2024/first-exports"
        )

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ("nonsense", "a change is written RULE.PARAM=VALUE"),
            ("lake-2024/leeding.amount=1万元", "there is no rule `lake-2024/leeding`"),
            ("lake-2024/upgrade.amuont=1万元", "did you mean `amount`?"),
            ("lake-2024/talks.when=投资额 >= 3项", "unlike-types"),
        ],
    )
    def test_a_change_that_cannot_be_made(self, change: str, told: str) -> None:
        assert told in refused("enterprise.yaml", "--set", change)

    @pytest.mark.parametrize("assumption", ["nonsense", "没有的事实=1", "标准[1].角色=主持", "标准[2].角色=领导"])
    def test_an_assumption_that_cannot_be_made(self, assumption: str) -> None:
        assert "error[" in refused("enterprise.yaml", "--assume", assumption)

    def test_a_folder_that_is_no_rulebook(self, folder: Path) -> None:
        assert "error[no-rulebook]" in refused("enterprise.yaml", "--rules", str(folder))

    def test_no_traceback_and_no_result_when_a_rule_file_is_wrong(self, folder: Path) -> None:
        import shutil

        broken = shutil.copytree(RULES, folder / "broken")
        file = broken / "lake-2024" / "rules.yaml"
        text = file.read_text(encoding="utf-8").replace("amount: 5万元", "amount: 5万")
        file.write_text(text, encoding="utf-8")
        assert "rules.yaml:" in refused("enterprise.yaml", "--rules", str(broken))


@pytest.mark.usefixtures("folder")
class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [(), ("enterprise.yaml", "--as-of", "2025-02-30"), ("enterprise.yaml", "--lang", "fr"), ("x", "y")],
    )
    def test_wrong_usage_exits_with_2(self, arguments: tuple[str, ...]) -> None:
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")

    def test_a_misspelt_command_is_suggested(self) -> None:
        result = CliRunner().invoke(main, ["decid"])
        assert result.exit_code == 2
        assert "did you mean `decide`?" in result.stderr

    def test_help_lists_the_commands_without_importing_them(self) -> None:
        code = (
            "import sys\nfrom evaluator.cli import main\n"
            "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
            "loaded = {'yaml', 'pydantic', 'wcwidth', 'stdnum', 'rich', 'json', 'evaluator.cli.decide'}\n"
            "sys.exit(bool(loaded & set(sys.modules)))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "decide" in done.stdout

    def test_a_report_imports_no_slow_module_it_does_not_need(self) -> None:
        code = (
            "import sys\nfrom evaluator.cli import main\n"
            "try:\n    main(['decide', 'enterprise.yaml', '--as-of', '2026-01-31'])\nexcept SystemExit: pass\n"
            "sys.exit(','.join({'wcwidth', 'stdnum', 'rich'} & set(sys.modules)))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.stderr.strip() == ""
        assert "主持标准资助" in done.stdout


def test_the_shipped_rules_answer_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVALUATOR_RULES", raising=False)
    profile = tmp_path / "p.yaml"
    profile.write_text("{kind: enterprise, jurisdiction: 河北省/承德市, facts: {标准: []}}", encoding="utf-8")
    data = answered(str(profile), "--policy", "chengde-2023")
    assert data["findings"]
    assert {finding["citation"]["policy"] for finding in data["findings"]} == {"chengde-2023"}


def test_a_console_of_another_encoding_gets_the_whole_report(tmp_path: Path) -> None:
    (tmp_path / "enterprise.yaml").write_text(ENTERPRISE, encoding="utf-8")
    arguments = ["decide", str(tmp_path / "enterprise.yaml"), *DAY, "--rules", str(RULES), "--explain"]
    result = CliRunner(charset="gbk").invoke(main, arguments)
    assert result.exit_code == 0, result.exception
    assert "本结果由规则程序推算" in result.stdout
    assert "\\u25b8" in result.stdout


class TestReadings:
    CASE = (
        "kind: association\njurisdiction: 河南省/郑州市\n"
        "facts: {荣誉: [{奖项: 中国质量奖, 获奖日期: 2019-09-01}, {奖项: 省长质量奖, 获奖日期: 2018-10-01}]}\n"
    )

    def answer(self, *arguments: str) -> Result:
        return run("-", "--as-of", "2020-12-31", "--policy", "henan-2018", *arguments, given=self.CASE)

    def test_they_are_told_when_asked_for(self) -> None:
        text = self.answer("--readings").stdout
        assert "中国质量奖奖励（五.(二十七)）：若读作“只给企业”" in text
        assert "结论：可享受 → 不适用" in text
        assert "种读法，结果不变" in text
        assert "换一种读法" not in self.answer().stdout

    def test_as_json_every_one_is_listed(self) -> None:
        data = json.loads(self.answer("--readings", "--format", "json").stdout)
        found = {entry["alternative"]: entry for entry in data["readings"] if entry["rule"].endswith("quality-awards")}
        assert {id: entry["totals"]["potential"] for id, entry in found.items()} == {
            "all-add-up": "6000000",
            "highest-only": "5000000",
        }
        assert json.loads(self.answer("--format", "json").stdout)["readings"] is None

    def test_they_follow_a_figure_that_is_tried(self) -> None:
        tried = ("--set", "henan-2018/governors-quality-award.amount=300万元", "--readings", "--format", "json")
        data = json.loads(self.answer(*tried).stdout)
        added = next(entry for entry in data["readings"] if entry["alternative"] == "all-add-up")
        assert added["guaranteed"] == "8000000"
