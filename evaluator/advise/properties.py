"""The properties that a rulebook is asked for, each with its name and one line of meaning."""

from __future__ import annotations

from typing import Final

from evaluator.record import row
from evaluator.rulebook.vocabulary import Name


@row
class Property:
    """One property: `id` for programs, name and meaning for people."""

    id: str
    name: Name
    meaning: Name


PROPERTIES: Final = {
    id: Property(id, Name(zh=name_zh, en=name_en), Name(zh=zh, en=en))
    for id, name_zh, name_en, zh, en in (
        (
            "outcomes",
            "结果都能出现",
            "every outcome can happen",
            "每条规则按其写法可能有的每种结果，都确有某个主体在某一天得到",
            "each outcome that the form of a rule allows comes out for some profile on some day",
        ),
        (
            "table-overlap",
            "表中各行不重叠",
            "no two rows overlap",
            "只取一行的表中，没有主体同时符合金额不同的两行",
            "where one row of a table counts, nobody meets two rows that pay differently",
        ),
        (
            "table-gap",
            "表中没有遗漏",
            "no row is missing",
            "符合条件的主体，总有一行说明其金额",
            "for everyone who is entitled, some row says how much",
        ),
        (
            "idle",
            "条件都起作用",
            "every condition matters",
            "没有哪个条件、哪一行或哪一款，去掉之后结果永远一样",
            "there is no condition, row or clause without which everything would always come out the same",
        ),
        (
            "same-matter",
            "同一事项不重复给付",
            "one matter is paid once",
            "同一事项不会在没有叠加规定的情况下由两项奖补同时给付",
            "no two awards are paid for the same matter without a rule on how they combine",
        ),
        (
            "same-document",
            "两份文件不重复给付",
            "two documents do not pay the same",
            "两份文件不会对同样的条件各给一份",
            "no two documents grant something for the very same conditions",
        ),
        (
            "more-pays-more",
            "多得不少",
            "more never pays less",
            "某项数值或等级提高，其他不变，奖补不会减少",
            "when one figure or grade rises and all else stays, no award falls",
        ),
        (
            "cliff",
            "没有断崖",
            "no cliff",
            "相差一元、一天或一个单位，奖补之差不超过规定的数额；超过的逐一列出两侧",
            "one yuan, day or unit never costs more than the amount stated; where it does, both sides are listed",
        ),
        (
            "cap",
            "不超过上限",
            "no award exceeds its cap",
            "写有上限的奖补和叠加，任何情况下都不超过上限",
            "an award or combination with a cap never pays more than that",
        ),
        (
            "later-targets",
            "后年目标不低于前年",
            "later targets are not lower",
            "同一指标后一年份的要求，不比前一年份的宽",
            "what a later year asks of a metric is not less than what an earlier year asks",
        ),
        (
            "targets-agree",
            "目标互不矛盾",
            "targets do not contradict",
            "同一指标、同一时期的目标可以同时达到，下级的不低于上级的",
            "targets of one metric and period can be reached together, and a local one is not below its superior's",
        ),
        (
            "duties-agree",
            "职责互不排斥",
            "duties do not exclude each other",
            "同一主体的两项职责可以同时履行",
            "two duties of one body can be done together",
        ),
        (
            "decidable",
            "用语可以判定",
            "terms can be decided",
            "没有任何事实都无法判定的用语（显著、左右、一批等）",
            "no term is such that no fact decides it (markedly, about, a number of)",
        ),
        (
            "refinement",
            "多知道一点，结论不变",
            "learning never changes a decision",
            "补充未知的事实，已作出的结论不变，金额的范围不变宽",
            "giving a missing fact never changes what was decided and never widens an amount",
        ),
        (
            "declared",
            "声明的性质",
            "declared properties",
            "规则旁所声明的性质成立",
            "what is declared beside the rules holds",
        ),
    )
}
"""By id, in the order of reports."""
