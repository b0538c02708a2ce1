"""Results of recorded cases: what differs, for people and as JSON, and the table of what no case asks for.

In: results of `audit.scenarios` and a `Coverage`. Out: lines of text for a terminal, or plain data for JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from evaluator.audit.coverage import Coverage, Repeated
from evaluator.audit.scenarios import TOTALS, Difference, Plain, Result
from evaluator.report.phrases import Lang
from evaluator.report.phrases import word as phrase
from evaluator.report.table import Column, indented, table
from evaluator.rulebook.convert import plain

SCHEMA_VERSION: Final = 1
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "policy": ("文件", "policy"),
    "kind": ("类别", "kind"),
    "scenarios": ("案例", "scenarios"),
    "same": ("相符", "agree"),
    "differ": ("不符", "differ"),
    "all": ("合计", "total"),
    "expected": ("应为 {0}", "expected {0}"),
    "found": ("实为 {0}", "found {0}"),
    "none": ("没有这条结论", "no such finding came out"),
    "reason": ("原因：{0}", "reason: {0}"),
    "missing": ("缺少：{0}", "missing: {0}"),
    "cite": ("依据：{0}", "article: {0}"),
    "sentence": ("{0} 第{1}句", "{0} s.{1}"),
    "totals": ("合计", "totals"),
    "rules": ("规则", "rules"),
    "findings": ("结论", "findings"),
    "outcomes": ("可能结果", "outcomes"),
    "asked": ("已有案例", "asked for"),
    "open": ("尚缺", "open"),
    "incentive": ("奖补", "incentive"),
    "support": ("支持", "support"),
    "target": ("目标", "target"),
    "obligation": ("职责", "obligation"),
    "open-list": ("没有案例问到的结果", "Outcomes that no scenario asks for"),
    "repeated": ("重复的案例（所不同的事实不起作用）", "Repeated scenarios (what differs does not matter)"),
    "like": ("{0}：与 {1} 相同", "{0}: the same as {1}"),
}


def _say(key: str, lang: Lang, *parts: str) -> str:
    zh, en = _WORDS[key]
    return (en if lang == "en" else zh).format(*parts)


def shown(value: Plain) -> str:
    """A value as scenario files write it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case tuple():
            return "[" + ", ".join(value) + "]"
        case _:
            return plain(value)


# ------------------------------------------------------------------ for people


def run_text(results: Sequence[Result], lang: Lang, width: int) -> list[str]:
    """Every difference with what explains it, then how many cases of each policy agree."""
    lines: list[str] = []
    for result in results:
        if result.differences:
            lines += [*_result(result, lang, width), ""]
    counts: dict[str, list[int]] = {}
    for result in results:
        count = counts.setdefault(result.scenario.policy, [0, 0])
        count[bool(result.differences)] += 1
    rows = [(policy, str(sum(count)), str(count[0]), str(count[1])) for policy, count in counts.items()]
    if len(rows) > 1:
        sums = [sum(count[place] for count in counts.values()) for place in (0, 1)]
        rows.append((_say("all", lang), str(sum(sums)), str(sums[0]), str(sums[1])))
    columns = [
        Column(_say("policy", lang), flexible=True),
        *(Column(_say(key, lang), right=True) for key in ("scenarios", "same", "differ")),
    ]
    return [*lines, *table(columns, rows, width, rule_above=int(len(counts) > 1))]


def _result(result: Result, lang: Lang, width: int) -> Iterator[str]:
    scenario = result.scenario
    yield from indented(scenario.purpose.text(lang), width, f"✗ {scenario.policy}/{scenario.id}  ", "  ")
    yield f"  {scenario.span if scenario.span is not None else scenario.file}"
    by_finding: dict[str, list[Difference]] = {}
    for difference in result.differences:
        by_finding.setdefault(difference.expected.finding, []).append(difference)
    for id, differences in by_finding.items():
        yield f"  {_say('totals', lang) if id == TOTALS else id}"
        for difference in differences:
            yield from _difference(difference, lang, width)
        yield from _why(result, id, lang, width)


def _difference(difference: Difference, lang: Lang, width: int) -> Iterator[str]:
    span = difference.expected.span
    at = "" if span is None else f"  ({span.line}:{span.column})"
    name = f"    {difference.expected.field}  "
    expected = _say("expected", lang, shown(difference.expected.value)) + at
    found = _say("found", lang, shown(difference.found)) if difference.decided else _say("none", lang)
    yield from indented(expected, width, name)
    yield from indented(found, width, " " * len(name))


def _why(result: Result, id: str, lang: Lang, width: int) -> Iterator[str]:
    finding = result.findings.get(id)
    if finding is None:
        return
    if finding.reason is not None:
        yield from indented(_say("reason", lang, finding.reason.text.text(lang)), width, "    ")
    if finding.missing:
        listed = phrase("separator", lang).join(leaf.path for leaf in finding.missing)
        yield from indented(_say("missing", lang, listed), width, "    ")
    cited = [_say("sentence", lang, cite.article, str(cite.sentence)) for cite in finding.cite]
    yield from indented(_say("cite", lang, phrase("separator", lang).join(cited)), width, "    ")


def coverage_text(covered: Coverage, again: Sequence[Repeated], lang: Lang, width: int) -> list[str]:
    """The table by policy and kind, the outcomes that are open, and the cases that add nothing."""
    rows = [
        (
            row.policy,
            _say(row.kind, lang),
            *map(str, (row.rules, row.findings, row.outcomes, row.asked, row.outcomes - row.asked)),
        )
        for row in covered.rows
    ]
    sums = [sum(int(row[place]) for row in rows) for place in range(2, 7)]
    rows.append((_say("all", lang), "", *map(str, sums)))
    columns = [
        Column(_say("policy", lang), flexible=True),
        Column(_say("kind", lang)),
        *(Column(_say(key, lang), right=True) for key in ("rules", "findings", "outcomes", "asked", "open")),
    ]
    lines = table(columns, rows, width, rule_above=1)
    if covered.open:
        lines += ["", _say("open-list", lang)]
        by_finding: dict[str, list[str]] = {}
        for entry in covered.open:
            by_finding.setdefault(entry.finding, []).append(entry.outcome)
        for id, outcomes in by_finding.items():
            lines += indented(", ".join(outcomes), width, f"  {id}  ", "      ")
    if again:
        lines += ["", _say("repeated", lang)]
        for pair in again:
            names = [f"{case.policy}/{case.id}" for case in (pair.scenario, pair.like)]
            lines += indented(_say("like", lang, *names), width, "  ")
    return lines


# ------------------------------------------------------------------ for programs


def run_data(results: Sequence[Result]) -> dict[str, object]:
    """The results as plain data: numbers as ints, or exact decimal texts where they are not whole."""
    policies: dict[str, dict[str, int]] = {}
    for result in results:
        count = policies.setdefault(result.scenario.policy, {"scenarios": 0, "differing": 0})
        count["scenarios"] += 1
        count["differing"] += bool(result.differences)
    return {
        "schema_version": SCHEMA_VERSION,
        "scenarios": len(results),
        "differing": sum(bool(result.differences) for result in results),
        "policies": policies,
        "results": [
            {
                "id": result.scenario.id,
                "policy": result.scenario.policy,
                "file": result.scenario.file,
                "purpose": {"zh": result.scenario.purpose.zh, "en": result.scenario.purpose.en},
                "as_of": result.scenario.as_of.isoformat(),
                "differences": [_difference_data(result, difference) for difference in result.differences],
            }
            for result in results
        ],
    }


def _difference_data(result: Result, difference: Difference) -> dict[str, object]:
    expected = difference.expected
    finding = result.findings.get(expected.finding)
    return {
        "finding": expected.finding,
        "field": expected.field,
        "expected": _plain(expected.value),
        "found": _plain(difference.found),
        "decided": difference.decided,
        "line": None if expected.span is None else expected.span.line,
        "column": None if expected.span is None else expected.span.column,
        "reason": None if finding is None or finding.reason is None else finding.reason.code,
        "missing": [] if finding is None else [leaf.path for leaf in finding.missing],
        "citation": [] if finding is None else [_citation(cite.article, cite.sentence) for cite in finding.cite],
    }


def _citation(article: str, sentence: int) -> Mapping[str, object]:
    return {"article": article, "sentence": sentence}


def _plain(value: Plain) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | str) else plain(value)


def coverage_data(covered: Coverage, again: Sequence[Repeated]) -> dict[str, object]:
    """The coverage as plain data."""
    return {
        "rows": [
            {
                "policy": row.policy,
                "kind": row.kind,
                "rules": row.rules,
                "findings": row.findings,
                "outcomes": row.outcomes,
                "asked": row.asked,
            }
            for row in covered.rows
        ],
        "open": [{"finding": entry.finding, "outcome": entry.outcome} for entry in covered.open],
        "repeated": [
            {"scenario": f"{pair.scenario.policy}/{pair.scenario.id}", "like": f"{pair.like.policy}/{pair.like.id}"}
            for pair in again
        ],
    }
