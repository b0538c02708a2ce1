from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evaluator.audit.draft import draft
from evaluator.audit.draft_score import score_folder
from evaluator.audit.sources import Audit, audit_policy
from tests.audit.texts import POLICIES, RULES, TEXTS, needs_texts

TEXT = """东海市人民政府关于质量工作的通知
东政发〔2021〕3号 2021年5月6日
为提高质量,现通知如下。
一、工作目标
到2025年,产品合格率稳定在95%以上,服务业水平显著提升。建成数个品牌,超过lOO家企业获证。
二、主要任务
(一)标准奖励。对主持国际标准的企业,给予30万元奖励;对参与的给予5万元至10万元补助。从2022年起,每年新增地方标准6项以上。
(二)健全制度。县级政府应建立质量责任制度。力争2023年底前达到全省平均水平。
(责任单位:市市场监管局、市财政局)
"""


def rules(files: dict[str, str], name: str) -> list[dict[str, object]]:
    loaded = yaml.safe_load(files[f"{name}.yaml"])[name]
    assert isinstance(loaded, list)
    return loaded


def audited(files: dict[str, str], text: str, folder: Path) -> Audit:
    (folder / "new").mkdir(exist_ok=True)
    for name, content in files.items():
        if name != "vocabulary.yaml":
            (folder / "new" / name).write_text(content, encoding="utf-8")
    (folder / "new.txt").write_text(text, encoding="utf-8")
    return audit_policy(folder / "new", folder / "new.txt")


def test_each_sum_of_money_is_a_stub() -> None:
    stubs = rules(draft(TEXT, "new"), "incentives")
    assert [stub["amount"] for stub in stubs] == ["30万元", {"between": ["5万元", "10万元"]}]
    assert all(stub["stub"] is True and stub["modality"] == "must" for stub in stubs)
    assert stubs[0]["cite"] == {"article": "二.(一)", "sentence": 2, "figures": ["30万元"]}


def test_each_figure_is_a_target_with_its_edge_and_year() -> None:
    schedules = [stub["schedule"] for stub in rules(draft(TEXT, "new"), "targets")]
    assert [{"by": 2025, "test": ">= 95%"}] in schedules
    assert [{"by": 2025, "test": "> 100家"}] in schedules
    assert [{"every": {"from": 2021, "to": 2025}, "test": ">= 6项"}] in schedules
    assert [{"by": 2025, "vague": "increase", "base": 2024, "fails_unless": "> 基期"}] in schedules
    assert [{"by": 2023, "test": "true"}] in schedules


def test_duty_names_the_bodies_that_follow_in_its_article() -> None:
    (stub,) = rules(draft(TEXT, "new"), "obligations")
    assert stub["cite"] == {"article": "二.(二)", "sentence": 2}
    assert stub["responsible"] == ["市市场监管局", "市财政局"]
    assert stub["modality"] == "must"


def test_policy_has_its_head_and_the_readings_of_misprints() -> None:
    head, register = yaml.safe_load_all(draft(TEXT, "new")["policy.yaml"])
    assert (head["jurisdiction"], head["number"], head["published"]["date"]) == (
        "东海市",
        "东政发〔2021〕3号",
        "2021-05-06",
    )
    assert [(item["printed"], item["reading"]) for item in register["defects"]] == [("lOO家", "100家")]


def test_draft_agrees_with_its_own_text(tmp_path: Path) -> None:
    audit = audited(draft(TEXT, "new"), TEXT, tmp_path)
    assert [item.render() for item in audit.diagnostics] == []


PHRASES = st.sampled_from(
    """一、目标/(一)任务。/1.加强管理。/到2025年,合格率达到9%。/给予3万元奖励。/培育一批企业,/应建立制度。/第三方
12345/“3+3”/〔2018〕2号/(责任单位:甲局)/每年5家以上。/3—5个/lO家/五年/质量/。
给予1万元至3万元补助""".replace("\n", "/\n/").split("/")
)


@given(st.lists(PHRASES, min_size=1, max_size=14))
def test_any_draft_disposes_of_every_sentence_and_numeral(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    text = "".join(part if part.endswith(("。", "\n")) else f"{part}," for part in parts)
    audit = audited(draft(text, "new"), text, tmp_path_factory.mktemp("draft"))
    assert [item.render() for item in audit.diagnostics] == []


@needs_texts
@pytest.mark.parametrize("policy", POLICIES)
def test_drafts_of_the_texts_agree_with_them(policy: str, tmp_path: Path) -> None:
    text = (TEXTS / f"{policy}.txt").read_text(encoding="utf-8")
    assert [item.render() for item in audited(draft(text, policy), text, tmp_path).diagnostics] == []


@needs_texts
def test_drafts_come_near_the_finished_rules() -> None:
    scores = [score_folder(RULES / policy, TEXTS / f"{policy}.txt") for policy in POLICIES]
    for measure, least in (("numerals", 95), ("duties", 85), ("stubs", 75)):
        hits = sum(getattr(item, measure)[0] for item in scores)
        total = sum(getattr(item, measure)[1] for item in scores)
        assert Fraction(100 * hits, total) >= least, measure
