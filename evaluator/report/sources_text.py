"""What of the documents' texts the rulebook covers, and every finding, as text."""

from __future__ import annotations

from collections.abc import Sequence

from evaluator.audit.sources import Audit
from evaluator.report.table import Column, table

_HEADS = {
    "zh": (
        "文件",
        "编码",
        "规则",
        "条",
        "句",
        "入规则",
        "非规则",
        "未处置",
        "数字",
        "已用",
        "已说明",
        "未交代",
        "问题",
    ),
    "en": (
        "policy",
        "encoding",
        "rules",
        "articles",
        "sentences",
        "cited",
        "other",
        "open",
        "numerals",
        "used",
        "waived",
        "open",
        "findings",
    ),
}


def sources_text(audits: Sequence[Audit], lang: str) -> str:
    """The coverage table, then the findings of each document, then one line that sums up."""
    rows: list[list[str]] = []
    sums = [0] * 11
    for audit in audits:
        item = audit.coverage
        numbers = [
            item.rules,
            item.articles,
            item.sentences,
            item.cited,
            item.programmatic,
            item.open_sentences,
            item.numerals,
            item.used,
            item.waived,
            item.open_numerals,
            len(audit.diagnostics),
        ]
        sums = [total + number for total, number in zip(sums, numbers, strict=True)]
        rows.append([audit.policy, audit.encoding, *map(str, numbers)])
    rows.append(["合计" if lang == "zh" else "all", "", *map(str, sums)])
    names, *others = _HEADS[lang]
    columns = [Column(names), Column(others[0]), *(Column(head, right=True) for head in others[1:])]
    lines = table(columns, rows, 120, rule_above=1)
    for audit in audits:
        for finding in audit.diagnostics:
            lines += ["", finding.render()]
    lines += ["", _summary(sums, lang)]
    return "\n".join(lines)


def _summary(sums: Sequence[int], lang: str) -> str:
    sentences, numerals, findings = sums[2], sums[6], sums[10]
    if lang == "zh":
        if findings:
            return f"{findings} 处需要处理。"
        return f"{sentences} 句全部已处置，{numerals} 个数字全部有交代，引用无误。"
    if findings:
        return f"{findings} findings to deal with."
    return f"All {sentences} sentences are disposed of, all {numerals} numerals accounted for, no citation is wrong."
