"""A policy folder against its text: every sentence disposed of once, every numeral accounted for.

In: paths of policy folders and texts. Out: an `Audit` per policy, with diagnostics that stand in the rule files (or
in the text, where something of it is missing from them) and a table of what is covered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluator.audit.against import Text, check_rule
from evaluator.audit.document import Document, Sentence, read_document
from evaluator.audit.encoding import read_text
from evaluator.audit.numerals import Numeral, Role, needs_account, numerals, years_of
from evaluator.audit.views import PolicyView, Programmatic, RuleView, Waiver
from evaluator.audit.views_yaml import read_policy
from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.source import Source

REASONS: Final = ("heading", "basis", "direction", "publicity", "reference", "name", "restates", "description")
_NOTED: Final = re.compile("应|必须|建立|设立|实行")  # 应 in any word: 应对 may be one, or two (应 对产品质量负责)
_BLANKET: Final = 30  # characters; no single numeral is printed longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of a text the rulebook covers. `open` is what is neither used nor waived."""

    policy: str
    rules: int
    articles: int
    sentences: int
    cited: int
    programmatic: int
    open_sentences: int
    numerals: int
    used: int
    waived: int
    open_numerals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The findings on one policy, its text as read, and the coverage."""

    policy: str
    encoding: str
    document: Document
    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage


def audit_sources(rules: Path, texts: Path) -> tuple[Audit, ...]:
    """Audit every policy folder below `rules` whose register names a text that lies in `texts`."""
    audits = []
    for folder in sorted(path.parent for path in rules.glob("*/policy.yaml")):
        policy, views = read_policy(folder)
        if policy.source is not None and (texts / policy.source).is_file():
            audits.append(_audit(policy, views, texts / policy.source))
    return tuple(audits)


def without_text(rules: Path, texts: Path) -> tuple[Diagnostic, ...]:
    """The policies below `rules` that `audit_sources` passes over: nothing of them is held against a text."""
    found = []
    help = "put the text there, mend the register's `source`, or ask for one policy with `--policy`"
    for folder in sorted(path.parent for path in rules.glob("*/policy.yaml")):
        policy, _ = read_policy(folder)
        if policy.source is None:
            message = f"the register of `{policy.id}` names no text"
            found.append(Diagnostic("no-text", message, where=str(folder / "policy.yaml"), help=help))
        elif not (texts / policy.source).is_file():
            message = f"`{policy.source}`, the text of `{policy.id}`, is not there"
            found.append(Diagnostic("no-text", message, where=str(texts), help=help))
    return tuple(found)


def audit_policy(folder: Path, text: Path) -> Audit:
    """Audit one policy folder against its text."""
    policy, views = read_policy(folder)
    return _audit(policy, views, text)


def audit_views(policy: PolicyView, rules: Sequence[RuleView], source: Source, encoding: str = "utf-8") -> Audit:
    """Audit a policy that is already read."""
    document = read_document(source.text, articles=policy.corrections, defects=policy.defects)
    text = Text(document, source, policy)
    findings = [*_register(policy, text)]
    for rule in rules:
        findings.extend(check_rule(rule, text))
    findings.extend(_disposal(policy, rules, text))
    account = _Account(policy, rules, text)
    findings.extend(account.findings())
    cited = {(cite.article, cite.sentence) for rule in rules for cite in rule.all_cites} & text.found.keys()
    programmatic = {(item.article, number) for item in policy.programmatic for number in item.sentences}
    ordered = RuleError(findings).diagnostics
    coverage = Coverage(
        policy=policy.id,
        rules=len(rules),
        articles=len(document.articles),
        sentences=len(document.sentences),
        cited=len(cited),
        programmatic=len(programmatic & text.found.keys()),
        open_sentences=len(text.found.keys() - cited - programmatic),
        numerals=account.count,
        used=account.used,
        waived=account.waived,
        open_numerals=account.count - account.used - account.waived,
    )
    return Audit(policy=policy.id, encoding=encoding, document=document, diagnostics=ordered, coverage=coverage)


def coverage_table(audits: Sequence[Audit]) -> tuple[tuple[str, ...], ...]:
    """The coverage as rows of words, the head first."""
    head = ("policy", "rules", "articles", "sentences", "cited", "programmatic", "open",
            "numerals", "used", "waived", "open")  # fmt: skip
    rows = []
    for audit in audits:
        item = audit.coverage
        numbers = (item.rules, item.articles, item.sentences, item.cited, item.programmatic, item.open_sentences,
                   item.numerals, item.used, item.waived, item.open_numerals)  # fmt: skip
        rows.append((item.policy, *map(str, numbers)))
    return (head, *rows)


def _audit(policy: PolicyView, rules: Sequence[RuleView], path: Path) -> Audit:
    text, encoding = read_text(path)
    return audit_views(policy, rules, Source(str(path), text), encoding)


# ------------------------------------------------------------------ the register


def _register(policy: PolicyView, text: Text) -> Iterator[Diagnostic]:
    for correction in text.document.unmet_corrections:
        message = f"no mark `{correction.printed}` stands there in the text"
        yield Diagnostic("unmet-correction", message, policy.places.get(correction))
    for defect in text.document.unmet_defects:
        message = f"`{defect.printed}` is not printed in `{defect.article}` sentence {defect.sentence}"
        yield Diagnostic("unmet-defect", message, policy.places.get(defect))
    for item in policy.programmatic:
        yield from _programmatic(item, text)
    for waiver in policy.waivers:
        yield from _waiver(waiver, text)
    seen: Counter[tuple[str, int, str]] = Counter()
    for waiver in policy.waivers:
        seen[waiver.article, waiver.sentence, waiver.numeral] += 1
        sentence = text.document.sentence(waiver.article, waiver.sentence)
        printed = 1 if sentence is None else sentence.text.count(waiver.numeral)
        if seen[waiver.article, waiver.sentence, waiver.numeral] == printed + 1:
            message = f"`{waiver.numeral}` is waived more often than it is printed there"
            yield Diagnostic("waived-twice", message, waiver.span)


def _programmatic(item: Programmatic, text: Text) -> Iterator[Diagnostic]:
    yield from _reason(item)
    if not item.sentences:
        yield Diagnostic("no-such-sentence", "the entry names no sentence", item.span)
    for number in item.sentences:
        sentence = text.document.sentence(item.article, number)
        if sentence is None:
            yield _nowhere(item, number, text)
        elif not item.note and (_NOTED.search(sentence.text) or _counted(text, sentence)):
            message = f"sentence {number} holds a duty word or a numeral and needs a note of its own"
            yield Diagnostic("note-needed", message, item.span, text.described(sentence))


def _counted(text: Text, sentence: Sentence) -> bool:
    return any(needs_account(numeral) for numeral in text.found[sentence.article, sentence.number])


def _waiver(item: Waiver, text: Text) -> Iterator[Diagnostic]:
    yield from _reason(item)
    sentence = text.document.sentence(item.article, item.sentence)
    if sentence is None:
        yield _nowhere(item, item.sentence, text)
    elif not item.numeral or item.numeral not in sentence.text:
        message = f"`{item.numeral}` is not printed in `{item.article}` sentence {item.sentence}"
        yield Diagnostic("numeral-not-printed", message, item.span, text.described(sentence))
    elif len(item.numeral) > _BLANKET or len(numerals(item.numeral)) > 2:
        message = "the waiver covers more than one numeral"
        yield Diagnostic("blanket-waiver", message, item.span, "waive each numeral at its place")


def _reason(item: Programmatic | Waiver) -> Iterator[Diagnostic]:
    if item.reason not in REASONS:
        help = did_you_mean(item.reason, REASONS)
        yield Diagnostic("unknown-reason", f"`{item.reason}` is no reason", item.span, help)


def _nowhere(item: Programmatic | Waiver, number: int, text: Text) -> Diagnostic:
    if text.document.article(item.article) is None:
        help = did_you_mean(item.article, [article.id for article in text.document.articles])
        return Diagnostic("no-such-article", f"the text has no article `{item.article}`", item.span, help)
    message = f"article `{item.article}` has no sentence {number}"
    return Diagnostic("no-such-sentence", message, item.span, f"it has {len(text.document.of(item.article))}")


def _disposal(policy: PolicyView, rules: Sequence[RuleView], text: Text) -> Iterator[Diagnostic]:
    """Sentences that are disposed of never, or more than once."""
    citing: dict[tuple[str, int], RuleView] = {}
    for rule in rules:
        for cite in rule.all_cites:
            citing.setdefault((cite.article, cite.sentence), rule)
    declared: set[tuple[str, int]] = set()
    for item in policy.programmatic:
        for number in item.sentences:
            place = (item.article, number)
            sentence = text.document.sentence(*place)
            if sentence is None:
                continue
            if place in declared:
                message = f"`{item.article}` sentence {number} is programmatic twice"
                yield Diagnostic("disposed-twice", message, item.span, text.described(sentence))
            elif place in citing:
                message = f"`{item.article}` sentence {number} is programmatic and cited by `{citing[place].id}`"
                yield Diagnostic("disposed-twice", message, item.span, str(citing[place].span or ""))
            declared.add(place)
    for sentence in text.document.sentences:
        place = (sentence.article, sentence.number)
        if place not in declared and place not in citing:
            message = f"no rule cites `{sentence.article}` sentence {sentence.number} and no reason is given"
            help = f"cite it in a rule of `{policy.id}`, or name it under `programmatic`"
            yield Diagnostic("sentence-open", message, text.span(sentence), help)


class _Account:
    """What becomes of each numeral of the text."""

    def __init__(self, policy: PolicyView, rules: Sequence[RuleView], text: Text) -> None:
        self.policy, self.text = policy, text
        self.count = self.used = self.waived = 0
        self.printed: dict[tuple[str, int], list[str]] = {}
        self.years: dict[tuple[str, int], set[int]] = {}
        for rule in rules:
            for cite in rule.all_cites:
                self.printed.setdefault((cite.article, cite.sentence), []).extend(cite.figures)
            for entry in rule.entries:
                for cite in entry.cites:
                    years = self.years.setdefault((cite.article, cite.sentence), set())
                    years.update(year for year in (*entry.years, entry.first_year) if year is not None)
        self.article_years: dict[str, set[int]] = {}
        for (article, _), years in self.years.items():
            self.article_years.setdefault(article, set()).update(years)
        self.waivers: dict[tuple[str, int], list[Waiver]] = {}
        for waiver in policy.waivers:
            self.waivers.setdefault((waiver.article, waiver.sentence), []).append(waiver)

    def findings(self) -> Iterator[Diagnostic]:
        """The numerals that nobody accounts for, and the waivers of numerals that rules use."""
        for sentence in self.text.document.sentences:
            place = (sentence.article, sentence.number)
            waivers = self.waivers.get(place, [])
            for numeral in self.text.found[place]:
                if not needs_account(numeral):
                    continue
                self.count += 1
                waiver = next((item for item in waivers if _covers(item.numeral, sentence.text, numeral)), None)
                used = self._is_used(sentence, numeral)
                if used and waiver is not None and numeral.role is Role.QUANTITY:
                    message = f"`{waiver.numeral}` is waived and a rule uses it"
                    yield Diagnostic("waiver-not-needed", message, waiver.span, self.text.described(sentence))
                if waiver is not None:
                    self.waived += 1
                elif used:
                    self.used += 1
                else:
                    message = f"no rule uses `{numeral.text}` and no waiver says why"
                    help = f"it stands in `{sentence.article}` sentence {sentence.number}"
                    span = self.text.span(sentence, numeral.start, numeral.end)
                    yield Diagnostic("numeral-open", message, span, help)

    def _is_used(self, sentence: Sentence, numeral: Numeral) -> bool:
        place = (sentence.article, sentence.number)
        if any(_covers(figure, sentence.text, numeral) for figure in self.printed.get(place, ())):
            return True
        named = set(years_of(numeral))
        if numeral.role is Role.YEAR and named:
            # A deadline is used by the rules of its own sentence, or leads in those that follow in its article.
            return bool(named & self.years.get(place, self.article_years.get(sentence.article, set())))
        if numeral.role is Role.DATE and named:
            return sentence.article == "0" and named <= self.policy.years
        if numeral.role is Role.DOCUMENT and self.policy.number is not None:
            return _joined(numeral.text) in _joined(self.policy.number)
        return False


def _covers(printed: str, text: str, numeral: Numeral) -> bool:
    """Whether some occurrence of `printed` in `text` holds the digits of `numeral`."""
    start = text.find(printed) if printed else -1
    while start >= 0:
        if start <= numeral.start + _lead(numeral) and numeral.end - _trail(numeral) <= start + len(printed):
            return True
        start = text.find(printed, start + 1)
    return False


def _lead(numeral: Numeral) -> int:
    return len(numeral.text) - len(numeral.text.lstrip("〔[［(（"))


def _trail(numeral: Numeral) -> int:
    """How much of the numeral's end is its unit: a figure may be printed without it."""
    return len(re.search(r"[^0-9０-９一二三四五六七八九十百千万亿]*$", numeral.text)[0])  # type: ignore[index]  # `*` always matches


def _joined(text: str) -> str:
    return re.sub(r"\s", "", text)
