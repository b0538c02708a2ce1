"""The words of reports over a population, in Chinese and English."""

from __future__ import annotations

from typing import Final

from evaluator.report.phrases import Lang

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("批量结果", "A population"),
    "as-of": ("截至 {date}，引擎 {engine}", "as of {date}, engine {engine}"),
    "counts": (
        "读入 {read} 行＝回答 {answered} 行＋退回 {rejected} 行",
        "{read} rows read = {answered} answered + {rejected} set aside",
    ),
    "children": ("子表另退回 {n} 行", "{n} more rows of child tables set aside"),
    "rejected": ("退回的行与原因见 {path}", "rows set aside, with reasons: {path}"),
    "resumed": ("沿用此前完成的 {n} 个分区", "{n} partitions of an earlier run were kept"),
    "again": ("同一问题此前已算完，以下为原结果", "the same question was answered before; this is that answer"),
    "encoding": ("{name}：{encoding}", "{name}: {encoding}"),
    "digest": ("结果摘要 {digest}", "digest of the rows {digest}"),
    "written": ("已写入 {path}", "written to {path}"),
    "rules": ("按规则（奖补）", "By rule (awards)"),
    "others": ("按规则（其他支持、目标与职责）", "By rule (other support, targets and duties)"),
    "place": ("按地区", "By place"),
    "by": ("按{heading}", "By {heading}"),
    "budgets": ("预算对照", "Against budgets"),
    "missing": ("哪些事实的缺失使金额悬而未决", "Facts whose absence leaves money open"),
    "missing.of": ("每 {every} 个主体问一个", "asked of one profile in {every}"),
    "whole": ("合计", "total"),
    "none": ("（空）", "(empty)"),
    "more": ("……还有 {n} 行，见 {path}", "… {n} more rows in {path}"),
    "col.rule": ("规则", "rule"),
    "col.entry": ("期次", "entry"),
    "col.id": ("编号", "id"),
    "col.group": ("分组", "group"),
    "col.profiles": ("主体", "profiles"),
    "col.entitled": ("可享受", "entitled"),
    "col.satisfied": ("符合", "satisfied"),
    "col.undetermined": ("待定", "open"),
    "col.not_satisfied": ("不符合", "not"),
    "col.not_due": ("未到期", "not due"),
    "col.breaches": ("违反", "breaches"),
    "col.guaranteed": ("确定", "certain"),
    "col.potential": ("最多", "at most"),
    "col.unbounded": ("无上限", "no limit"),
    "col.unstated": ("未写金额", "not stated"),
    "col.fact": ("事实", "fact"),
    "col.open": ("未定金额", "open money"),
    "col.budget": ("预算", "budget"),
    "col.verdict": ("结论", "verdict"),
    "col.table": ("表", "table"),
    "col.row": ("行", "row"),
    "col.line": ("文件行", "line"),
    "col.column": ("列", "column"),
    "col.code": ("代码", "code"),
    "col.reason": ("原因", "reason"),
    "col.help": ("提示", "help"),
    "col.amount": ("元", "yuan"),
    "exceeded": ("超出", "exceeded"),
    "may-be-exceeded": ("可能超出", "may be exceeded"),
    "kept": ("够用", "kept"),
    "note": (
        "“确定”：无论未知事实如何都应支付；“最多”中无上限的只计其确定部分，另计个数。按规则的金额未经叠加规则调整。",
        "certain: due whatever the unknown facts; at most: of those without a limit it holds what is certain, and "
        "their number stands beside it. Money by rule is before awards are combined.",
    ),
    "chart": ("各规则应支付的金额", "Money by rule"),
    "chart.desc": (
        "横条图：每条规则一行，实心为确定的金额，斜纹为可能再增加的金额。",
        "Bars, one for each rule: solid is certain, striped is what may be added.",
    ),
    "sheet.summary": ("概况", "Summary"),
    "sheet.rules": ("按规则", "By rule"),
    "sheet.rejected": ("退回", "Set aside"),
    "sheet.missing": ("缺失事实", "Missing facts"),
    "sheet.budgets": ("预算", "Budgets"),
}


def word(key: str, lang: Lang) -> str:
    """The word or phrase of that key in `lang`."""
    zh, en = _WORDS[key]
    return en if lang == "en" else zh
