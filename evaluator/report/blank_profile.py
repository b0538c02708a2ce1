"""A profile to fill in: YAML with the questions that matter for a kind of profile at a place, all left unknown.

In: a rulebook, a kind, a place and a day (for the register of members). Out: text that `decide` accepts as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.report.phrases import Lang
from evaluator.report.questions import Sheet, asked
from evaluator.report.vocabulary_text import type_word
from evaluator.report.wording import Wording
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import (
    BoolType,
    ChoiceType,
    DateType,
    Fact,
    Field,
    Kind,
    ListType,
    Metric,
    NumberType,
    Record,
    Vocabulary,
)

_PLAIN: Final = re.compile(r"[\w（）()/·、][\w（）()/·、.+—–-]*\Z")


def settled_place(kind: Kind, place: str, vocabulary: Vocabulary) -> str:
    """The place of a profile of `kind` at or around `place`: a region is named by as many levels as its kind has.

    Raises RuleError for a place that the register does not have.
    """
    path = place.strip("/")
    walked = ""
    for step in path.split("/") if path else []:
        names = [child.path.rpartition("/")[2] for child in vocabulary.children.get(walked, ())]
        if names and step not in names:
            inside = walked or "the vocabulary"
            problem = Diagnostic(
                "unknown-place", f"there is no `{step}` in {inside}", None, did_you_mean(step, names), where="--for"
            )
            raise RuleError([problem])
        walked = f"{walked}/{step}" if walked else step
    steps = path.split("/") if path else []
    if kind.level is None or len(steps) == kind.level:
        return path
    if len(steps) > kind.level:
        return "/".join(steps[: kind.level])
    while len(steps) < kind.level:  # the first that is registered stands for the one meant
        registered = vocabulary.children.get("/".join(steps), ())
        steps.append(registered[0].path.rpartition("/")[2] if registered else "××")
    return "/".join(steps)


def blank_profile(
    rulebook: Rulebook, kind: Kind, place: str, on: date, lang: Lang, policies: Collection[str] = ()
) -> str:
    """The YAML text."""
    writer = _Writer(rulebook, lang)
    path = settled_place(kind, place, rulebook.vocabulary)
    return "\n".join(writer.lines(kind, path, place.strip("/"), on, policies)) + "\n"


class _Writer:
    def __init__(self, rulebook: Rulebook, lang: Lang) -> None:
        self.rulebook, self.vocabulary = rulebook, rulebook.vocabulary
        self.words = Wording(lang, rulebook.vocabulary)
        self.say = self.words.say

    def lines(self, kind: Kind, path: str, given: str, on: date, policies: Collection[str]) -> Iterator[str]:
        """Head, facts, metrics, members."""
        found = asked(self.rulebook, kind.id, path, policies)
        yield self.say(
            "# {0} · {1}：与之有关的规则 {2} 条所问的事实。",
            "# {0} · {1}: what the {2} rules that can concern it ask.",
            self.words.kind(kind.id),
            self.words.place(path),
            str(found.rules),
        )
        yield self.say(
            "# 空着的按“未知”处理，不会当作“没有”；清单确实为空写 []，列不全写 {{complete: false, items: [ … ]}}。",
            "# What is left empty is unknown, never “no”; write [] for a list known to be empty, "
            "{{complete: false, items: [ … ]}} for one not complete.",
        )
        yield self.say(
            "# 日期可只写到年（2024）或月（2024-06）；带单位的数按注明的单位写。",
            "# A date may be a year (2024) or a month (2024-06); a number is given in the unit named.",
        )
        yield f"kind: {kind.id}"
        yield "name:"
        note = "" if path == given else self.say("  # 请改为实际地区", "  # put the actual place")
        yield f"jurisdiction: {_key(path)}{note}"
        if kind.group == "organisation":
            yield self.say("# code:  # 统一社会信用代码", "# code:  # unified social credit code")
        yield from self.sheet(found.own, "")
        for index, (member_kind, sheet) in enumerate(found.members.items()):
            if index == 0:
                yield ""
                yield from self.members(member_kind, sheet, path, on)

    # ------------------------------------------------------------------ one sheet

    def sheet(self, sheet: Sheet, margin: str) -> Iterator[str]:
        """`facts` and `metrics`, each only when something is asked."""
        yearly = {id: pair for id, pair in sheet.metrics.items() if id in self.rulebook.yearly}
        if sheet.facts or yearly:
            yield f"{margin}facts:"
            for fact in sheet.facts.values():
                yield from self.fact(fact, margin + "  ")
            for metric, years in yearly.values():
                yield from self.metric(metric, years, margin + "  ")
        metrics = {id: pair for id, pair in sheet.metrics.items() if id not in yearly}
        if metrics:
            yield f"{margin}metrics:"
            for metric, years in metrics.values():
                yield from self.metric(metric, years, margin + "  ")

    def fact(self, fact: Fact, margin: str) -> Iterator[str]:
        """The question, the evidence, and the key without a value."""
        yield from self.question(fact, margin)
        if fact.evidence is not None:
            yield margin + self.say("# 证明：{0}", "# evidence: {0}", self.words.name(fact.evidence))
        yield f"{margin}{self.name(fact)}:"
        if isinstance(fact.type, ListType):
            yield from self.example(self.vocabulary.records[fact.type.record], margin)

    def metric(self, metric: Metric, years: set[int], margin: str) -> Iterator[str]:
        """The question and a key for every year that is read."""
        yield from self.question(metric, margin)
        yield f"{margin}{self.name(metric)}: {{{', '.join(f'{year}: ' for year in sorted(years))}}}"

    def question(self, field: Field, margin: str) -> Iterator[str]:
        """What is asked, with the form of the answer."""
        text = self.words.name(field.label if field.question is None else field.question)
        form = "" if isinstance(field.type, ListType) else f"  [{type_word(field.type, self.words)}]"
        yield f"{margin}# {' '.join(text.split())}{form}"

    def name(self, field: Fact | Metric) -> str:
        """The key: an attested question by its id, anything else by its Chinese label, or its id in English."""
        return _key(field.id if "/" in field.id or self.words.lang == "en" else field.label.zh)

    def example(self, record: Record, margin: str) -> Iterator[str]:
        """One entry, commented out, with what each field can hold."""
        for index, field in enumerate(record.fields):
            mark = "- " if index == 0 else "  "
            key = _key(field.id if self.words.lang == "en" else field.label.zh)
            choices = f"  # {type_word(field.type, self.words)}" if isinstance(field.type, ChoiceType) else ""
            yield f"{margin}# {mark}{key}: {self.sample(field)}{choices}"

    def sample(self, field: Field) -> str:
        """A value that the field could have."""
        match field.type:
            case ChoiceType(choices=choices):
                return _key(choices[0].id if self.words.lang == "en" else choices[0].label.zh)
            case DateType():
                return "2024-06-30"
            case BoolType():
                return "true"
            case NumberType():
                return "1"
            case _:
                return "…"

    # ------------------------------------------------------------------ members

    def members(self, kind: str, sheet: Sheet, path: str, on: date) -> Iterator[str]:
        """The registered members, each with its questions; without a register one example, commented out."""
        register = self.vocabulary.members(path, kind, on)
        if register:
            yield "members:"
            for index, place in enumerate(register):
                lines = self.member(place.path.rpartition("/")[2], None, sheet, "  ")
                # what is asked is the same of all: it stands with the first
                yield from (line for line in lines if index == 0 or not line.lstrip().startswith("#"))
            return
        yield self.say(
            "# 词汇表没有{0}名录：请逐个列出；列全后把 complete 改为 true。",
            "# There is no register of this kind ({0}): list each; set complete to true when all are listed.",
            self.words.kind(kind),
        )
        yield "members:"
        yield "  complete: false"
        yield "  items: []"
        yield from (f"  # {line}" for line in self.member("××", kind, sheet, ""))

    def member(self, name: str, kind: str | None, sheet: Sheet, margin: str) -> Sequence[str]:
        """One member with what is asked of it."""
        lines = [f"{margin}- name: {_key(name)}"]
        if kind is not None:
            lines.append(f"{margin}  kind: {kind}")
        return [*lines, *self.sheet(sheet, margin + "  ")]


def _key(text: str) -> str:
    """A YAML scalar: plain where that is safe, else in double quotes."""
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)
