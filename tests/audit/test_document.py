from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.audit.document import Correction, Defect, Document, main, read_document
from evaluator.audit.encoding import read_text
from tests.audit.texts import TEXTS, needs_texts


def outline(document: Document) -> list[str]:
    return [f"{item.article}/{item.number} {item.text}" for item in document.sentences]


def test_three_levels_with_headings() -> None:
    text = (
        "市政府通知:\n现印发。\n一、目标\n到2025年达标。\n二、任务\n(一)标准\n1.制修订。给予2万元。\n2.示范。办好。\n"
    )
    assert outline(read_document(text)) == [
        "0/1 市政府通知:\n现印发。",
        "一/1 目标\n到2025年达标。",
        "二/1 任务",
        "二.(一)/1 标准",
        "二.(一).1/1 制修订。",
        "二.(一).1/2 给予2万元。",
        "二.(一).2/1 示范。",
        "二.(一).2/2 办好。",
    ]


def test_offsets_point_into_the_text() -> None:
    text = "一、目标。\n（一）甲事。 乙事！\n"
    document = read_document(text)
    for sentence in document.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
    assert [(item.id, item.mark) for item in document.articles] == [("0", ""), ("一", "一、"), ("一.(一)", "（一）")]
    assert document.articles[1].end == document.articles[2].start


def test_numbers_run_through_the_chapters() -> None:
    text = "一、甲\n（一）子。\n（二）丑。\n二、乙\n（三）寅。\n"
    assert [item.id for item in read_document(text).articles] == ["0", "一", "一.(一)", "一.(二)", "二", "二.(三)"]


def test_arabic_articles_directly_under_a_chapter_with_misread_digits() -> None:
    items = "".join(f"{number}.第{number}件。\n" for number in range(1, 10))
    document = read_document(f"一、甲\n{items}二、乙\nlO.第十件。\n１１．再一件。\nl2、又一件。\n")
    ids = [item.id for item in document.articles]
    assert ids[-4:] == ["二", "二.10", "二.11", "二.12"]
    assert [item.doubt for item in document.articles[-3:]] == ["misread", None, "misread"]


def test_run_on_text_without_line_breaks() -> None:
    text = "制定本方案。一、要求(一)思想以人为本。再提高。(二)原则坚持质量。"
    text += "二、任务(一)产业打造“五个百亿级产业”。(责任单位:甲局(乙办)、丙局)"
    text += "着力推进。三、保障(一)领导。做好。"
    assert outline(read_document(text)) == [
        "0/1 制定本方案。",
        "一/1 要求",
        "一.(一)/1 思想以人为本。",
        "一.(一)/2 再提高。",
        "一.(二)/1 原则坚持质量。",
        "二/1 任务",
        "二.(一)/1 产业打造“五个百亿级产业”。",
        "二.(一)/2 (责任单位:甲局(乙办)、丙局)",
        "二.(一)/3 着力推进。",
        "三/1 保障",
        "三.(一)/1 领导。",
        "三.(一)/2 做好。",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "发挥12365、12315、12330等热线的作用。",
        "每万人3.8件,第1、2类达标。",
        "促进一、二、三产业融合,加强(节能、节水)管理。",
        "2025年达到3—5个。",
        "推广“四节一环保”(一种模式),职(执)业资格。",
        "统一是关键。",
    ],
)
def test_numbers_in_a_sentence_are_no_marks(sentence: str) -> None:
    document = read_document(f"一、甲\n(一)乙。{sentence}\n{sentence}\n")
    assert [item.id for item in document.articles] == ["0", "一", "一.(一)"]
    assert [item.number for item in document.sentences][-2:] == [2, 3]


def test_decimal_at_the_start_of_a_line_is_no_mark() -> None:
    assert len(read_document("一、甲\n1.乙。\n2.5万元给乙。\n2023年给丙。\n").articles) == 3


def test_restarted_and_misread_marks_are_doubted() -> None:
    document = read_document("一、甲。(一)甲事。(一)乙事。(三)丙事。")
    assert [(item.id, item.doubt) for item in document.articles[1:]] == [
        ("一", None),
        ("一.(一)", None),
        ("一.(一)′", "repeated"),
        ("一.(三)", "gap"),
    ]


def test_repeated_mark_gets_a_prime_and_the_register_may_name_it() -> None:
    text = "一、甲\n(一)子。\n(一)丑。\n(三)寅。\n"
    assert [item.id for item in read_document(text).articles][2:] == ["一.(一)", "一.(一)′", "一.(三)"]
    fixed = read_document(text, articles=[Correction(printed="(一)", occurrence=2, after="一.(一)", id="一.(二)")])
    assert [item.id for item in fixed.articles][2:] == ["一.(一)", "一.(二)", "一.(三)"]
    assert [item.doubt for item in fixed.articles][2:] == [None, None, None]
    assert fixed.unmet_corrections == ()


def test_misread_ten_is_told_by_the_sequence() -> None:
    marks = "一二三四五六七八九"
    text = "一、甲\n" + "".join(f"({mark})事。" for mark in marks) + "(+)末事。(+)不是。"
    ids = [item.id for item in read_document(text).articles]
    assert ids[-2:] == ["一.(九)", "一.(十)"]


def test_correction_that_meets_nothing_is_kept() -> None:
    correction = Correction(printed="(六)", after="一", id="一.(五)")
    assert read_document("一、甲。", articles=[correction]).unmet_corrections == (correction,)


def test_correction_without_predecessor_counts_occurrences() -> None:
    text = "一、甲\n(一)子。\n二、乙\n(一)丑。\n"
    document = read_document(text, articles=[Correction(printed="(一)", occurrence=2, id="二.(二)")])
    assert [item.id for item in document.articles] == ["0", "一", "一.(一)", "二", "二.(二)"]


def test_bracketed_and_oral_items() -> None:
    text = "第一条 为了质量。\n第二条 奖励如下：\n（一）甲；\n（二）乙。\n"
    text += "第三条 做法：一是多；二是好；三是省。\n(1)子。(2)丑。\n"
    assert [item.id for item in read_document(text).articles] == [
        "0",
        "第一条",
        "第二条",
        "第二条.(一)",
        "第二条.(二)",
        "第三条",
        "第三条.一是",
        "第三条.二是",
        "第三条.三是",
        "第三条.(1)",
        "第三条.(2)",
    ]


def test_sentence_takes_the_closing_marks_with_it() -> None:
    document = read_document("他说“好。”又说(不好。)完了吗?是!“3?15”活动。结尾")
    assert [item.text for item in document.sentences] == [
        "他说“好。”",
        "又说(不好。)",
        "完了吗?",
        "是!",
        "“3?15”活动。",
        "结尾",
    ]


def test_semicolons_and_line_breaks_end_no_sentence() -> None:
    assert len(read_document("甲;\n乙；\n丙。").sentences) == 1


def test_defect_that_holds_a_sentence_end_splits_and_keeps_offsets() -> None:
    text = "一、甲\n(一)子。达到100虬深入推进。再来lOOO家。"
    document = read_document(
        text,
        defects=[
            Defect(article="一.(一)", sentence=4, printed="lOOO", reading="1000"),
            Defect(article="一.(一)", sentence=2, printed="100虬", reading="100%。"),
        ],
    )
    assert [item.text for item in document.of("一.(一)")] == ["子。", "达到100%。", "深入推进。", "再来1000家。"]
    assert [text[item.start : item.end] for item in document.of("一.(一)")] == [
        "子。",
        "达到100虬",
        "深入推进。",
        "再来lOOO家。",
    ]
    last = document.of("一.(一)")[-1]
    assert text[slice(*document.place(last, 2, 6))] == "lOOO"
    assert text[slice(*document.place(last, 6, 7))] == "家"


def test_misread_full_stop_before_a_mark() -> None:
    document = read_document("一、甲\n达标率为100%o二、乙。")
    assert [item.id for item in document.articles] == ["0", "一", "二"]
    fixed = read_document(
        "一、甲\n达标率为100%o二、乙。", defects=[Defect(article="一", sentence=1, printed="100%o", reading="100%。")]
    )
    assert [item.text for item in fixed.sentences] == ["甲\n达标率为100%。", "乙。"]


def test_defect_that_is_not_in_its_sentence_is_kept() -> None:
    defect = Defect(article="一", sentence=2, printed="乙", reading="丙")
    assert read_document("一、乙。", defects=[defect]).unmet_defects == (defect,)


def test_command_prints_articles_and_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "text.txt"
    file.write_text("前言。\n一、甲\n乙\n事。\n", encoding="utf-8")
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "0\t1\t前言。\n一\t1\t甲 乙 事。\n"
    assert main([]) == 2
    assert main([str(tmp_path / "none.txt")]) == 3


COUNTS = {
    "chengde-2023": (41, 158),
    "guangdong-2016": (48, 196),
    "henan-2018": (38, 204),
    "linxia-2023": (20, 146),
    "xianning-2016": (27, 131),
}
SPOTS = [
    ("chengde-2023", "二.(一).1", 2, "鼓励企事业单位"),
    ("chengde-2023", "二.(一).2", 2, "聚焦“3+3”"),
    ("chengde-2023", "一", 10, "到2025年"),
    ("chengde-2023", "三.(三)", 1, "优化考评方式。"),
    ("guangdong-2016", "一.2", 3, "标准话语权"),
    ("guangdong-2016", "三.10", 1, "深化标准化"),
    ("guangdong-2016", "四.13", 2, "发展自愿性"),
    ("guangdong-2016", "十.37", 4, "明确各项"),
    ("henan-2018", "一.(三)", 2, "到2020年"),
    ("henan-2018", "二.(四)", 8, "(责任单位"),
    ("henan-2018", "五.(二十七)", 3, "从2018年起"),
    ("henan-2018", "六.(三十一)", 6, "各级各部门"),
    ("linxia-2023", "一.(三)", 2, "产品质量方面"),
    ("linxia-2023", "二.(一)", 9, "(牵头单位"),
    ("linxia-2023", "二.(一)′", 1, "着力提升农产品"),
    ("linxia-2023", "二.(十)", 1, "着力加快标准"),
    ("xianning-2016", "0", 1, "2025年4月22日"),
    ("xianning-2016", "二.(一)", 9, "到2020年"),
    ("xianning-2016", "四.(三)", 5, "完善社会质量"),
]


@needs_texts
@pytest.mark.parametrize("policy", COUNTS)
def test_texts_have_their_articles_and_sentences(policy: str) -> None:
    text, encoding = read_text(TEXTS / f"{policy}.txt")
    document = read_document(text)
    assert encoding == "utf-8"
    assert (len(document.articles), len(document.sentences)) == COUNTS[policy]
    assert all(text[item.start : item.end] == item.text for item in document.sentences)


@needs_texts
@pytest.mark.parametrize(("policy", "article", "number", "begins"), SPOTS)
def test_texts_spot_checked(policy: str, article: str, number: int, begins: str) -> None:
    sentence = read_document(read_text(TEXTS / f"{policy}.txt")[0]).sentence(article, number)
    assert sentence is not None
    assert sentence.text.startswith(begins)
