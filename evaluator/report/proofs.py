"""What was proved of a rulebook, for people and as plain data: a table per policy, then findings with profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from evaluator.advise.properties import PROPERTIES
from evaluator.advise.prove import Report
from evaluator.advise.single import MEMBERS, OUTCOME_WORDS
from evaluator.advise.verdict import Case, Shown, Status, Verdict
from evaluator.report.phrases import Lang
from evaluator.report.table import Column, indented, table
from evaluator.report.wording import Wording
from evaluator.rulebook import model
from evaluator.rulebook.convert import plain
from evaluator.rulebook.vocabulary import Exact, Name, Vocabulary

SCHEMA_VERSION: Final = 1
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "property": ("性质", "property"),
    "holds": ("成立", "holds"),
    "fails": ("不成立", "fails"),
    "listed": ("列出", "listed"),
    "not_comparable": ("无从比较", "not comparable"),
    "undecided": ("未判定", "not decided"),
    "findings": ("不成立或须说明的", "What fails or needs a word"),
    "profile": ("主体示例", "a profile"),
    "as-of": ("{0}时", "as of {0}"),
    "decided": ("裁定：{0} {1}", "decided: {0} {1}"),
    "amount": ("（{0}元）", " ({0} yuan)"),
    "range": ("{0} 至 {1}", "{0} to {1}"),
    "no-end": ("不限", "no limit"),
    "bounds": (
        "考察范围：每个列表最多 {0} 个条目，没有名册时最多 {0} 个成员；“多知道一点”一项按名册前 {1} 个成员；"
        "每个问题限时 {2} 毫秒",
        "looked at: up to {0} entries of a list, and {0} members where no register is kept; for learning, the first {1}"
        " members of a register; {2} milliseconds a question",
    ),
    "asked": ("共问 {0} 个问题", "{0} questions were asked"),
    "more": ("另有 {0} 条原因相同：{1}", "{0} more for the same reason: {1}"),
    "cite": ("{0}第{1}句", "{0} s.{1}"),
}


def _say(key: str, lang: Lang, *parts: object) -> str:
    zh, en = _WORDS[key]
    return (en if lang == "en" else zh).format(*parts)


def proofs_text(report: Report, lang: Lang, width: int) -> list[str]:
    """The report as lines of text."""
    lines: list[str] = []
    for policy in report.policies:
        lines += [*_policy(report, policy, lang, width), ""]
    limits = report.limits
    lines += indented(_say("bounds", lang, limits.bound, MEMBERS, limits.milliseconds), width, "")
    lines.append(_say("asked", lang, len(report.times)))
    return lines


def _policy(report: Report, policy: model.Policy, lang: Lang, width: int) -> Iterator[str]:
    yield policy.title.text(lang)
    shown = (Status.HOLDS, Status.FAILS, Status.LISTED, Status.NOT_COMPARABLE, Status.UNDECIDED)
    rows: list[tuple[str, ...]] = []
    for about in report.properties:
        counts = [report.count(policy.id, about, status) for status in shown]
        if any(counts):
            rows.append((PROPERTIES[about].name.text(lang), *(str(count) if count else "" for count in counts)))
    columns = [Column(_say("property", lang)), *(Column(_say(status.value, lang), right=True) for status in shown)]
    yield from table(columns, rows, width)
    own = [verdict for verdict in report.verdicts if verdict.policy == policy.id]
    if own:
        yield ""
        yield _say("findings", lang)
    by_reason: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in own:
        alone = str(id(verdict)) if verdict.status is Status.FAILS else ""
        by_reason.setdefault((verdict.about, verdict.message.en, alone), []).append(verdict)
    for first, *like in by_reason.values():
        yield from _verdict(first, report.rulebook.vocabulary, lang, width)
        if like:
            names = "、" if lang == "zh" else ", "
            places = names.join(_where(verdict, lang) for verdict in like)
            yield from indented(_say("more", lang, len(like), places), width, "    ")


def _verdict(verdict: Verdict, vocabulary: Vocabulary, lang: Lang, width: int) -> Iterator[str]:
    status = _say(verdict.status.value, lang)
    head = f"{PROPERTIES[verdict.about].name.text(lang)} · {status}: "
    places = (" + ").join(_where(verdict, lang, rule) for rule in verdict.rules)
    yield from indented(places, width, f"  {head}", "    ")
    yield from indented(told(verdict, vocabulary, lang), width, "    ")
    for case in verdict.cases:
        note = "" if case.note is None else f" · {case.note.text(lang)}"
        yield f"    {_say('profile', lang)}{note} ({_say('as-of', lang, case.as_of.isoformat())})"
        yield from (f"      {line}" for line in profile_lines(case.profile))
        for shown in case.shown:
            decided = _say("decided", lang, shown.finding, OUTCOME_WORDS[shown.outcome].text(lang))
            yield from indented(decided + _amount(shown, lang), width, "    ", "      ")


def told(verdict: Verdict, vocabulary: Vocabulary, lang: Lang) -> str:
    """The message, with the condition that it speaks of in words."""
    text = verdict.message.text(lang)
    if verdict.part is None:
        return text
    return text.replace("{part}", Wording(lang, vocabulary).word(verdict.part))


def _where(verdict: Verdict, lang: Lang, rule: model.AnyRule | None = None) -> str:
    """The rule with its article."""
    rule = rule or verdict.rules[0]
    entry = f"#{verdict.entry}" if verdict.entry else ""
    cites = ", ".join(_say("cite", lang, cite.article, cite.sentence) for cite in cites_of(rule, verdict.entry))
    return f"{rule.id}{entry} ({cites})"


def cites_of(rule: model.AnyRule, entry: str) -> tuple[model.Citation, ...]:
    """The citations of an entry of a schedule, else of the rule."""
    if isinstance(rule, model.Target):
        for found in rule.entries:
            if found.key == entry:
                return found.cite
    return rule.cite


def _amount(shown: Shown, lang: Lang) -> str:
    if shown.guaranteed is None:
        return ""
    low = plain(shown.guaranteed)
    high = _say("no-end", lang) if shown.potential is None else plain(shown.potential)
    return _say("amount", lang, low if low == high else _say("range", lang, low, high))


# ------------------------------------------------------------------ profiles


def profile_lines(data: Mapping[str, object]) -> list[str]:
    """A profile as the lines of a profile file."""
    lines: list[str] = []
    for key, value in data.items():
        if value not in ({}, []):
            lines += _lines(str(key), value, "")
    return lines


def _lines(key: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield f"{indent}{key}:"
        for inner, part in value.items():
            yield from _lines(str(inner), part, f"{indent}  ")
    elif isinstance(value, list) and value:
        yield f"{indent}{key}:"
        for part in value:
            assert isinstance(part, Mapping)
            yield f"{indent}  - {{{', '.join(f'{name}: {_scalar(inner)}' for name, inner in part.items())}}}"
    else:
        yield f"{indent}{key}: {_scalar(value)}"


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Fraction():
            return plain(value)
        case Mapping():
            return "{" + ", ".join(f"{name}: {_scalar(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(_scalar(part) for part in value) + "]"
        case _:
            return str(value)


# ------------------------------------------------------------------ for programs


def proofs_data(report: Report) -> dict[str, object]:
    """The report as plain data; numbers are decimal texts, money is in yuan."""
    return {
        "schema_version": SCHEMA_VERSION,
        "bounds": {
            "entries": report.limits.bound,
            "members": MEMBERS,
            "milliseconds": report.limits.milliseconds,
            "cliff": None if report.limits.cliff is None else plain(report.limits.cliff),
        },
        "questions": len(report.times),
        "properties": [
            {"id": id, "name": _both(PROPERTIES[id].name), "meaning": _both(PROPERTIES[id].meaning)}
            for id in report.properties
        ],
        "policies": [
            {
                "id": policy.id,
                "title": _both(policy.title),
                "properties": {
                    id: {status.value: report.count(policy.id, id, status) for status in Status}
                    for id in report.properties
                },
                "findings": [
                    _data(verdict, report.rulebook.vocabulary)
                    for verdict in report.verdicts
                    if verdict.policy == policy.id
                ],
            }
            for policy in report.policies
        ],
    }


def _both(name: Name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}


def _data(verdict: Verdict, vocabulary: Vocabulary) -> dict[str, object]:
    return {
        "property": verdict.about,
        "status": verdict.status.value,
        "rules": [rule.id for rule in verdict.rules],
        "entry": verdict.entry or None,
        "message": {"zh": told(verdict, vocabulary, "zh"), "en": told(verdict, vocabulary, "en")},
        "citations": [
            {"rule": rule.id, "article": cite.article, "sentence": cite.sentence}
            for rule in verdict.rules
            for cite in cites_of(rule, verdict.entry)
        ],
        "cases": [_case(case) for case in verdict.cases],
    }


def _case(case: Case) -> dict[str, object]:
    return {
        "note": None if case.note is None else _both(case.note),
        "profile": _plain(case.profile),
        "as_of": case.as_of.isoformat(),
        "decided": [
            {
                "finding": shown.finding,
                "outcome": shown.outcome,
                "guaranteed": _figure(shown.guaranteed),
                "potential": _figure(shown.potential),
            }
            for shown in case.shown
        ],
    }


def _figure(value: Exact | None) -> str | None:
    return None if value is None else plain(value)


def _plain(value: object) -> object:
    match value:
        case bool() | str() | None:
            return value
        case int() | Fraction():
            return plain(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case _:
            raise AssertionError(f"{type(value).__name__} is no part of a profile")
