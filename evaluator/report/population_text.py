"""A population as text for people: counts, money by rule, place and group, budgets, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from evaluator.batch.population import FOLDER, ByGroup, ByRule, Summary, load_summary
from evaluator.report import table as layout
from evaluator.report.phrases import Lang
from evaluator.report.population_words import word
from evaluator.report.table import Column
from evaluator.report.values import money

if TYPE_CHECKING:
    from evaluator.batch.run import Result
    from evaluator.rulebook.model import Rulebook

MOST: Final = 15
MOST_OTHERS: Final = 6


def batch_text(result: Result, rulebook: Rulebook, lang: Lang, cells: int) -> str:
    """What a batch read, answered and set aside, then its report."""
    manifest = result.manifest
    counts, plan, tables = manifest["counts"], manifest["plan"], manifest["tables"]
    assert isinstance(counts, dict)
    assert isinstance(plan, dict)
    assert isinstance(tables, dict)
    lines = [word("title", lang), word("as-of", lang).format(date=plan["as_of"], engine=plan["engine"])]
    for name, told in tables.items():
        if isinstance(told, dict) and told["encoding"] is not None:
            lines.append(word("encoding", lang).format(name=_shown(name), encoding=told["encoding"]))
    lines.append(word("counts", lang).format(**counts))
    if counts["items_rejected"]:
        lines.append(word("children", lang).format(n=counts["items_rejected"]))
    if result.rejected:
        lines.append(word("rejected", lang).format(path=result.out / "rejected.csv"))
    if result.resumed:
        lines.append(word("resumed", lang).format(n=result.resumed))
    if result.again:
        lines.append(word("again", lang))
    lines.append(word("digest", lang).format(digest=manifest["digest"]))
    every = manifest["missing_of_every"]
    assert isinstance(every, int)
    lines += report_lines(load_summary(result.out), rulebook, every, lang, cells)
    lines += ["", word("written", lang).format(path=result.out)]
    return "\n".join(lines) + "\n"


def report_lines(summary: Summary, rulebook: Rulebook, every: int, lang: Lang, cells: int) -> list[str]:
    """The tables of a report."""
    lines: list[str] = []
    paying = [entry for entry in summary.rules if entry.pays]
    if paying:
        lines += _titled(word("rules", lang), _by_rule(paying, rulebook, lang, cells))
    for heading, entries in summary.groups.items():
        if heading:
            title = word("place", lang) if heading == "place" else word("by", lang).format(heading=_shown(heading))
            lines += _titled(title, _by_group(entries, summary.groups[""], lang, cells))
    if summary.budgets:
        lines += _titled(word("budgets", lang), _budgets(summary, rulebook, lang, cells))
    if summary.absent:
        title = word("missing", lang)
        if every > 1:
            title += f" ({word('missing.of', lang).format(every=every)})"
        lines += _titled(title, _absent(summary, lang, cells))
    others = [entry for entry in summary.rules if not entry.pays]
    if others:
        lines += _titled(word("others", lang), _others(others, rulebook, lang, cells))
    return [*lines, "", *layout.wrap(word("note", lang), cells)]


def title_of(id: str, rulebook: Rulebook, lang: Lang) -> str:
    """The title of a rule, a stacking or a policy."""
    rule = rulebook.rules.get(id)
    if rule is not None:
        return rule.title.text(lang)
    stacking = next((tree for tree in rulebook.stackings if tree.id == id), None)
    if stacking is not None:
        return stacking.title.text(lang)
    policy = rulebook.policies.get(id)
    return id if policy is None else policy.title.text(lang)


def yuan(value: Decimal, lang: Lang) -> str:
    """Money for people."""
    return money(Fraction(value), lang)


def _shown(text: object) -> str:
    """A text of the input, which must not steer the terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in str(text))


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *lines]


def _cut(rows: list[list[str]], name: str, lang: Lang, most: int = MOST) -> tuple[list[list[str]], list[str]]:
    if len(rows) <= most:
        return rows, []
    path = f"{FOLDER}/{name}.parquet"
    return rows[:most], [word("more", lang).format(n=len(rows) - most, path=path)]


def _heads(lang: Lang, *keys: str, flexible: str) -> list[Column]:
    return [Column(word(f"col.{key}", lang), right=key != flexible, flexible=key == flexible, least=12) for key in keys]


def _by_rule(entries: Sequence[ByRule], rulebook: Rulebook, lang: Lang, cells: int) -> list[str]:
    columns = _heads(lang, "rule", "satisfied", "undetermined", "guaranteed", "potential", "unbounded", flexible="rule")
    rows = [
        [
            title_of(entry.rule, rulebook, lang),
            str(entry.satisfied),
            str(entry.undetermined),
            yuan(entry.guaranteed, lang) if entry.stated else word("col.unstated", lang),
            yuan(entry.potential, lang) if entry.stated else "",
            str(entry.unbounded) if entry.stated else "",
        ]
        for entry in entries
    ]
    shown, rest = _cut(rows, "rules", lang)
    return [*layout.table(columns, shown, cells), *rest]


def _others(entries: Sequence[ByRule], rulebook: Rulebook, lang: Lang, cells: int) -> list[str]:
    columns = _heads(lang, "rule", "satisfied", "undetermined", "not_satisfied", "breaches", flexible="rule")
    rows = []
    for entry in sorted(entries, key=lambda entry: (-entry.satisfied, entry.rule, entry.entry)):
        title = title_of(entry.rule, rulebook, lang) + (f" #{entry.entry}" if entry.entry else "")
        numbers = (entry.satisfied, entry.undetermined, entry.not_satisfied, entry.breaches)
        rows.append([title, *map(str, numbers)])
    shown, rest = _cut(rows, "rules", lang, MOST_OTHERS)
    return [*layout.table(columns, shown, cells), *rest]


def _by_group(entries: Sequence[ByGroup], whole: Sequence[ByGroup], lang: Lang, cells: int) -> list[str]:
    columns = _heads(
        lang, "group", "profiles", "entitled", "undetermined", "guaranteed", "potential", "unbounded", flexible="group"
    )

    def row(entry: ByGroup, name: str) -> list[str]:
        counts = (entry.profiles, entry.entitled, entry.undetermined)
        money_ = (yuan(entry.guaranteed, lang), yuan(entry.potential, lang))
        return [name, *map(str, counts), *money_, str(entry.unbounded)]

    shown, rest = _cut([row(entry, _shown(entry.group) or word("none", lang)) for entry in entries], "groups", lang)
    total = [row(entry, word("whole", lang)) for entry in whole]
    return [*layout.table(columns, [*shown, *total], cells, rule_above=len(total)), *rest]


def _budgets(summary: Summary, rulebook: Rulebook, lang: Lang, cells: int) -> list[str]:
    columns = _heads(lang, "rule", "budget", "guaranteed", "potential", "unbounded", "verdict", flexible="rule")
    rows = [
        [
            title_of(entry.name, rulebook, lang),
            yuan(entry.budget, lang),
            yuan(entry.guaranteed, lang),
            yuan(entry.potential, lang),
            str(entry.unbounded),
            word(entry.verdict, lang),
        ]
        for entry in summary.budgets
    ]
    return layout.table(columns, rows, cells)


def _absent(summary: Summary, lang: Lang, cells: int) -> list[str]:
    columns = _heads(lang, "fact", "profiles", "open", "unbounded", "unstated", flexible="fact")
    rows = [
        [_shown(entry.fact), str(entry.profiles), yuan(entry.open, lang), str(entry.unbounded), str(entry.unstated)]
        for entry in summary.absent
    ]
    shown, rest = _cut(rows, "missing", lang)
    return [*layout.table(columns, shown, cells), *rest]


__all__ = ["batch_text", "report_lines", "title_of", "yuan"]
