"""Why an outcome is what it is, in a code and a clause; one table for all engines."""

from __future__ import annotations

from typing import Final

from evaluator.engines.decision import Reason
from evaluator.rulebook.vocabulary import Name

REASONS: Final = {
    code: Reason(code, Name(zh=zh, en=en))
    for code, zh, en in (
        ("published", "所问之日该文件尚未发布", "the document was not yet published at the date asked about"),
        ("kind", "本条不适用于这类主体", "the rule is not for this kind of body"),
        ("place", "不在该文件的适用地域内", "the place lies outside the document's jurisdiction"),
        ("period", "不在文件有效期内", "outside the period in which the document is in force"),
        ("applies-when", "不符合本条的适用条件", "the rule's condition of application does not hold"),
        ("nobody", "所涉对象为空，比例无从计算", "there is nobody to take a share of"),
        ("not-due", "尚未到期", "not yet due"),
        ("vague", "文件未给出可判定的数值界限", "the text states no figure that decides"),
        ("approx", "原文为“左右”，未规定允许偏差", "no tolerance in the text: it says “about”"),
        (
            "no-deadline",
            "文件未规定期限，尚未达到不等于未完成",
            "the text sets no deadline, so not reached yet is not missed",
        ),
        ("undefined", "无法计算", "it cannot be computed"),
        ("missing", "缺少事实", "facts are missing"),
        ("stub", "规则草稿，尚未完成", "the rule is a draft"),
    )
}


def undefined(why: str) -> Reason:
    """A computation without a value, with its cause."""
    known = {
        "division by zero": "除数为零",
        "growth over a base of zero": "基期为零，增长率无意义",
        "two rows of the table apply": "表中有两行同时适用",
        "division by what may be zero": "除数可能为零",
        "a step of nothing": "计算单位为零",
        "max of nothing": "没有可取最大值的条目",
        "min of nothing": "没有可取最小值的条目",
        "undecidable entry": "有条目无法判定是否计入",
        "a share of nobody": "所涉对象为空",
    }
    zh = known.get(why, why)
    return Reason("undefined", Name(zh=f"无法计算：{zh}", en=f"it cannot be computed: {why}"))
