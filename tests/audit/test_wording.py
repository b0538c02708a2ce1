from __future__ import annotations

from datetime import date

import pytest

from evaluator.audit.numerals import numerals
from evaluator.audit.wording import (
    Comparator,
    Modality,
    bodies,
    boundaries,
    deadlines,
    modality,
    modality_at,
    trends,
    years,
)


@pytest.mark.parametrize(
    ("text", "comparators"),
    [
        ("稳定在92%以上", ">="),
        ("达到94%", ">="),
        ("不低于3家", ">="),
        ("至少5个", ">="),
        ("超过20个", ">"),
        ("高于10%", ">"),
        ("2000万元以上(不含)", ">"),
        ("超过(含)3件", ">="),
        ("不满5人", "<"),
        ("低于3%", "<"),
        ("3天以内", "<="),
        ("不超过50万元", "<="),
        ("最高50万元", "<="),
        ("达到19.5%左右", "approx"),
        ("20余家", "approx"),
        ("3—5个", "between"),
        ("打造15个品牌", "="),
        ("分别达到5个、65个,建成20家", ">=|>=|="),
        ("分别给予30万元、20万元", "=|="),
    ],
)
def test_boundary_words(text: str, comparators: str) -> None:
    found = boundaries(text, [item for item in numerals(text) if item.value is not None])
    assert "|".join(item.comparator for item in found) == comparators


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("应建立制度", Modality.MUST),
        ("供应链建设主要任务", Modality.PLAN),
        ("各级政府要加大投入", Modality.MUST),
        ("力争达到10%", Modality.STRIVE),
        ("鼓励企业参与", Modality.ENCOURAGE),
        ("探索建立制度", Modality.EXPLORE),
        ("建成12家中心", Modality.PLAN),
    ],
)
def test_modality_words(text: str, kind: Modality) -> None:
    assert modality(text) is kind


def test_modality_is_that_of_the_nearest_word_before() -> None:
    text = "鼓励企业参与,对主持的给予30万元资助;支持创新"
    assert modality_at(text, text.index("30")) is Modality.MUST
    assert modality_at(text, len(text)) is Modality.ENCOURAGE


def test_deadlines() -> None:
    found = deadlines(
        "到2025年达标,2023年底前完成,每年5个,从2018年起给予,2024年2月前,“十三五”时期,落实《规划(2013-2020年)》"
    )
    assert [(item.kind, item.year, item.day) for item in found] == [
        ("by", 2025, None),
        ("by", 2023, None),
        ("every", None, None),
        ("from", 2018, None),
        ("by", 2024, date(2024, 2, 29)),
        ("by", 2020, None),
    ]


def test_trends_without_a_figure() -> None:
    assert [(item.word, item.comparator) for item in trends("比重显著提升,浓度明显下降,稳步增长10%")] == [
        ("显著提升", Comparator.INCREASE),
        ("明显下降", Comparator.DECREASE),
    ]


def test_bodies_are_named_once_in_order() -> None:
    assert bodies("(牵头单位:甲局;责任单位:乙局、甲局,各县市人民政府)") == ("甲局", "乙局", "各县市人民政府")
    assert bodies("没有单位。") == ()


def test_years_count_the_end_of_a_five_year_plan() -> None:
    text = "“十三五”时期,到2018年"
    assert years(text, numerals(text)) == {2018, 2020}
