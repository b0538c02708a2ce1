"""What every part of the text report needs: language, width, articles, outcomes and questions in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from evaluator.engines.decision import Decision, Finding, Missing, Outcome
from evaluator.report.phrases import Lang, word
from evaluator.report.table import indented, width
from evaluator.report.values import money
from evaluator.report.wording import Wording
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import ChoiceType, Exact, Name

ORDER = (
    Outcome.SATISFIED,
    Outcome.UNKNOWN,
    Outcome.INDETERMINATE,
    Outcome.NOT_SATISFIED,
    Outcome.NOT_DUE,
    Outcome.NOT_APPLICABLE,
)
MANY = 10
_YEAR = re.compile(r"(.+)\[(\d{4})\]")
_FAMILY = {"incentive": "award", "support": "award", "target": "target", "obligation": "duty"}


class Sheet:
    """One report on its way: a decision, a language, a width in cells, and the lines so far."""

    def __init__(self, decision: Decision, lang: Lang, cells: int, everything: bool) -> None:
        self.decision, self.lang, self.cells, self.everything = decision, lang, cells, everything
        self.lines: list[str] = []
        self._heading = ""
        self.wording = Wording(self.lang, self.decision.rulebook.vocabulary, signs=True)
        several = len(self.decision.policies) > 1
        self.marks = {policy.id: f"[{n}] " if several else "" for n, policy in enumerate(self.decision.policies, 1)}

    # ------------------------------------------------------------------ words

    def word(self, key: str) -> str:
        """A phrase of the table."""
        return word(key, self.lang)

    def name(self, label: Name) -> str:
        """A label."""
        return label.text(self.lang)

    def money(self, value: Exact | None) -> str:
        """An amount; None: nothing bounds it."""
        return money(value, self.lang)

    def outcome(self, finding: Finding, outcome: Outcome | None = None) -> str:
        """The outcome in the words of its kind of rule; a missed must or plan is marked."""
        shown = self.outcome_word(finding.rule.kind, outcome or finding.outcome)
        if finding.breach and outcome is None and finding.rule.kind == "obligation":
            return shown + self.bracket(self.word("breach"))
        return shown

    def outcome_word(self, kind: model.RuleKind, outcome: Outcome) -> str:
        """An outcome in the words of a kind of rule."""
        return self.word(f"{_FAMILY[kind]}.{outcome.value}")

    def article(self, policy: model.Policy, cites: Sequence[model.Citation], *, sentence: bool = False) -> str:
        """The articles of a line, each once; marked with the document where there are several."""
        shown: dict[str, list[str]] = {}
        for cite in cites:
            shown.setdefault(cite.article, []).append(self.word("sentence").format(n=cite.sentence))
        parts = []
        for article, sentences in shown.items():
            tail = " " + self.word("separator").join(dict.fromkeys(sentences)) if sentence else ""
            parts.append(f"{article}{tail}")
        return self.marks.get(policy.id, "") + self.word("separator").join(parts)

    def cited(self, finding: Finding, *, sentence: bool = False) -> str:
        """The article of a finding."""
        return self.article(finding.rule.policy, finding.cite, sentence=sentence)

    def titled(self, finding: Finding, *, sentence: bool = False) -> str:
        """A finding by the title of its rule, its entry, and its article in brackets."""
        key = f"#{finding.entry}" if finding.entry else ""
        return f"{self.name(finding.rule.title)}{key}{self.bracket(self.cited(finding, sentence=sentence))}"

    def due(self, day: date | None) -> str:
        """A deadline: the year alone where it is its last day."""
        if day is None:
            return self.word("no-deadline")
        return str(day.year) if (day.month, day.day) == (12, 31) else day.isoformat()

    def paths(self, missing: Iterable[Missing], most: int = 6) -> str:
        """Missing facts by path, the years of one figure together."""
        years: dict[str, list[str]] = {}
        for entry in missing:
            found = _YEAR.fullmatch(entry.path)
            years.setdefault(found[1] if found else entry.path, []).extend([found[2]] if found else [])
        parts = []
        for path, given in years.items():
            listed = self.word("separator").join(sorted(given))
            parts.append(f"{path} {self.word('years').format(years=listed)}" if given else path)
        tail = "" if len(parts) <= most else ("等" if self.lang == "zh" else " …") + f" ({len(parts)})"
        return self.word("separator").join(parts[:most]) + tail

    def bracket(self, text: str) -> str:
        """`text` in the brackets of the language; nothing where there is none."""
        return self.word("brackets").format(text=text) if text else ""

    def asked(self, missing: Missing) -> str:
        """A missing fact by its path, with the question that asks for it, or what it can be."""
        if missing.field is None:  # the place or the members, which the profile does not give among its facts
            return self.name(missing.label) + self.bracket(missing.path)
        asked = "" if missing.question is None else self.name(missing.question)
        type_ = missing.field.type
        if not asked and isinstance(type_, ChoiceType):
            options = self.word("separator").join(self.name(choice.label) for choice in type_.choices)
            asked = self.word("options").format(options=options)
        if not asked:
            return missing.path
        if "/" in missing.path:  # an attested fact is named after its rule, which says less than the question
            return asked + self.bracket(missing.path)
        return f"{missing.path}{self.word('dash')}{asked}"

    # ------------------------------------------------------------------ lines

    def blank(self) -> None:
        """An empty line, never two."""
        if self.lines and self.lines[-1] and self.lines[-1] != self._heading:
            self.lines.append("")

    def section(self, key: str) -> None:
        """A heading."""
        self.blank()
        self._heading = f"【{self.word(key)}】" if self.lang == "zh" else self.word(key).upper()
        self.lines.append(self._heading)

    def add(self, text: str, first: str = "", rest: str | None = None) -> None:
        """A paragraph, wrapped."""
        self.lines.extend(indented(text, self.cells, first, rest))

    def item(self, key: str, text: str, indent: str = "    ") -> None:
        """`label: text`, wrapped under the text."""
        label = f"{indent}{self.word(key)}{self.word('colon')}"
        self.lines.extend(indented(text, self.cells, label, " " * min(width(label), 16)))

    def questions(self, finding: Finding, indent: str = "    ") -> None:
        """What is missing and which question settles it; then the decisions that are still open."""
        for key, entries in (("missing", finding.missing), ("decision", finding.decisions)):
            for entry in entries if self.everything else entries[:MANY]:
                self.item(key, self.asked(entry), indent)
            if len(entries) > MANY and not self.everything:
                self.add(self.word("more").format(n=len(entries) - MANY), indent)

    def not_applicable(self, findings: Sequence[Finding]) -> None:
        """Rules that do not apply, by reason; by name where they are few."""
        groups: dict[str, list[Finding]] = {}
        for finding in findings:
            reason = "" if finding.reason is None else self.name(finding.reason.text)
            groups.setdefault(reason, []).append(finding)
        for reason, group in groups.items():
            text = self.word("not-applicable.because").format(n=len(group), reason=reason)
            if self.everything or len(group) <= 3:
                text += self.word("dash") + self.word("list").join(self.titled(one) for one in group)
            self.add(text, "  ", "    ")


def by_outcome(findings: Iterable[Finding]) -> dict[Outcome, list[Finding]]:
    """Findings by outcome, in the order in which reports show them."""
    groups: dict[Outcome, list[Finding]] = {outcome: [] for outcome in ORDER}
    for finding in findings:
        groups[finding.outcome].append(finding)
    return groups
