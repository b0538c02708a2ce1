"""Advice for one enterprise: as a page of text, Markdown or HTML, and as plain data for JSON. It computes nothing.

In: an `Advice`. Out: blocks of a page, or plain data in which money is decimal text in yuan.
"""

from __future__ import annotations

from collections.abc import Iterator

from evaluator.advise.advice import Advice
from evaluator.advise.choice import Choice, Option
from evaluator.advise.next_questions import Question
from evaluator.advise.paths import Path
from evaluator.advise.thresholds import Line, Measured
from evaluator.engines.decision import Finding, Outcome
from evaluator.report.pages import Block, Grid, Heading, Item, Paragraph
from evaluator.report.phrases import Lang, word
from evaluator.report.slots import changes, path_of, value_text
from evaluator.report.values import decimal, money, yuan
from evaluator.report.wording import SIGNS, Wording
from evaluator.rulebook.vocabulary import Exact

SHOWN = 8


class _Writer:
    def __init__(self, advice: Advice, lang: Lang, shown: int) -> None:
        self.advice, self.lang, self.shown = advice, lang, shown
        self.rulebook = advice.decision.rulebook
        self.words = Wording(lang, self.rulebook.vocabulary)

    def say(self, zh: str, en: str, *parts: str) -> str:
        return self.words.say(zh, en, *parts)

    def title(self, rule: str) -> str:
        """A rule's title; the entry of a schedule after it."""
        id, _, entry = rule.partition("#")
        title = self.words.name(self.rulebook.rules[id].title)
        return f"{title}（{entry}）" if entry and self.lang == "zh" else f"{title} ({entry})" if entry else title

    def blocks(self) -> Iterator[Block]:
        decision = self.advice.decision
        name = decision.profile.name or word("unnamed", self.lang)
        yield Heading(1, self.say("建议：{0}", "Advice: {0}", name))
        yield Paragraph(word("as-of", self.lang).format(date=decision.as_of.isoformat()))
        yield from self._certain()
        yield from self._questions()
        yield from self._paths()
        yield from self._choices()
        yield from self._thresholds()
        yield Paragraph(word("disclaimer", self.lang))

    def _nothing(self) -> Item:
        return Item(self.say("没有。", "none."))

    def _certain(self) -> Iterator[Block]:
        yield Heading(
            2, self.say("已经确定的（缺的事实无论如何都不会改变）", "Certain, whatever the missing facts are")
        )
        shown = [one for one in self.advice.certain if one.finding.outcome is Outcome.SATISFIED]
        for one in shown:
            amount = one.finding.amount
            paid = "" if amount is None else self._money(one.finding)
            yield Item(f"{self.title(one.finding.id)}{self.say('：', ': ') if paid else ''}{paid}")
            facts = self.say("、", ", ").join(given.path for given in one.facts) or self.say(
                "无须任何事实", "no fact at all"
            )
            label = (
                self.say("由这些事实决定", "decided by")
                if one.smallest
                else self.say("由其中这些事实决定", "decided by, among others")
            )
            yield Item(facts, label, 1)
        refused = sum(one.finding.outcome is not Outcome.SATISFIED for one in self.advice.certain)
        if refused:
            yield Item(self.say("另有 {0} 项确定不能享受", "{0} more are certain not to be granted", str(refused)))
        for finding, over in self.advice.settled:
            high = money(over.high, self.lang)
            yield Item(
                self.say(
                    "{0}：逐一核对缺的事实后，范围为 {1} 至 {2}",
                    "{0}: going through the missing facts, {1} to {2}",
                    self.title(finding.id),
                    money(over.low, self.lang),
                    high,
                )
            )
        if not shown and not refused and not self.advice.settled:
            yield self._nothing()

    def _money(self, finding: Finding) -> str:
        amount = finding.amount
        if amount is None or not amount.stated:
            return self.say("文件未写金额", "no amount stated")
        return self.say("确定 {0}", "{0} certain", money(amount.guaranteed, self.lang))

    def _questions(self) -> Iterator[Block]:
        yield Heading(2, self.say("先补充哪项事实", "Which fact to give first"))
        rows = [self._question(index, entry) for index, entry in enumerate(self.advice.questions[: self.shown], 1)]
        if not rows:
            yield self._nothing()
            return
        headings = (
            "#",
            self.say("缺的事实", "missing fact"),
            self.say("平均可定下", "settles on average"),
            self.say("至少可定下", "at least"),
            self.say("涉及", "concerns"),
        )
        yield Grid(headings, tuple(rows), frozenset({0, 2, 3}))
        yield from self._more(len(self.advice.questions))

    def _question(self, index: int, entry: Question) -> tuple[str, ...]:
        missing = entry.missing
        field = missing.field
        asked = missing.path if field is None or missing.path == field.label.zh else f"{missing.path}"
        if self.lang == "en" and field is not None:
            asked = f"{asked} ({field.label.en})" if missing.path != field.label.en else asked
        freed = (
            self.say("（并封顶 {0} 项）", " (and bounds {0})", str(len(entry.findings))) if entry.unbounded > 0 else ""
        )
        if entry.mean == 0 and not freed:
            settles = self.say("不涉及金额", "no money")
        else:
            settles = money(round(entry.mean), self.lang) + freed
        titles = self.say("、", ", ").join(self.title(id) for id in entry.findings[:3])
        return (str(index), asked, settles, money(entry.least, self.lang), titles)

    def _more(self, number: int) -> Iterator[Block]:
        if number > self.shown:
            yield Paragraph(
                self.say("……还有 {0} 项，用 --all 全部列出", "… {0} more; --all lists them", str(number - self.shown))
            )

    def _paths(self) -> Iterator[Block]:
        yield Heading(
            2,
            self.say(
                "怎样再得到一项（最少的改变，逐条试算过）",
                "How to reach a further award (fewest changes, each tried)",
            ),
        )
        for path in self.advice.paths[: self.shown]:
            gain = self.say("文件未写金额", "no amount stated") if path.amount is None else money(path.gain, self.lang)
            when = self.say("最早 {0}", "from {0}", path.date.isoformat())
            gained = gain if path.amount is None else self.say("增加 {0}", "adds {0}", gain)
            yield Item(self.say("{0}：{1}，{2}", "{0}: {1}, {2}", self.title(path.rule.id), gained, when))
            for change in changes(path.changes, path.units, self.words):
                yield Item(change, level=1)
        if not self.advice.paths:
            yield self._nothing()
        yield from self._more(len(self.advice.paths))

    def _choices(self) -> Iterator[Block]:
        if not self.advice.choices:
            return
        yield Heading(2, self.say("只能择一或设有上限时取哪些", "Which to take where not all may be"))
        for choice in self.advice.choices:
            yield from self._choice(choice)

    def _choice(self, choice: Choice) -> Iterator[Block]:
        group = "" if choice.group is None else f"（{choice.group}）" if self.lang == "zh" else f" ({choice.group})"
        best = self._option(choice.best)
        yield Item(f"{self.words.name(choice.stacking.title)}{group}{self.say('：取', ': take ')}{best}")
        for other in choice.others[:5]:
            less = choice.best.guaranteed - other.guaranteed
            why = self.say("确定的少 {0}", "{0} less for certain", money(less, self.lang))
            if other in choice.turned:
                why += self.say("；补充事实后可能反超", "; missing facts could turn it")
            yield Item(f"{self._option(other)}{self.say('：', ': ')}{why}", self.say("不取", "not"), 1)
        if choice.proved:
            number = str(len(choice.others) + 1)
            yield Item(self.say("共 {0} 种合规取法，都比较过", "all {0} legal choices were compared", number), level=1)

    def _option(self, option: Option) -> str:
        titles = self.say("、", ", ").join(self.title(rule) for rule in option.rules)
        return self.say("{0}（确定 {1}）", "{0} ({1} certain)", titles, money(option.guaranteed, self.lang))

    def _thresholds(self) -> Iterator[Block]:
        if not self.advice.thresholds:
            return
        yield Heading(2, self.say("离各条线还有多远", "How far each line is"))
        rows = tuple(self._measured(entry) for entry in self.advice.thresholds)
        headings = (
            self.say("指标", "figure"),
            self.say("现为", "now"),
            self.say("已过的线", "line below"),
            self.say("未到的线", "line above"),
        )
        yield Grid(headings, rows, frozenset({1}))

    def _measured(self, entry: Measured) -> tuple[str, ...]:
        words = Wording(self.lang, self.rulebook.vocabulary, signs=True)
        name = f"{entry.entry}.{words.word(entry.node)}" if entry.entry else words.word(entry.node)
        name += f" [{entry.period}]" if entry.period is not None else ""
        value = words.printer.value(entry.value, entry.node.type)
        sides = [self._line(lines[0], entry, words) if lines else "—" for lines in (entry.below, entry.above)]
        return (name, value, *sides)

    def _line(self, line: Line, entry: Measured, words: Wording) -> str:
        figure = words.printer.value(line.figure, entry.node.type)
        distance = words.printer.value(abs(line.distance), entry.node.type)
        state = self.say("符合", "met") if line.holds else self.say("不符合", "not met")
        return self.say(
            "{0} {1}（差 {2}，{3}）：{4}",
            "{0} {1} ({2} away, {3}): {4}",
            SIGNS[line.op],
            figure,
            distance,
            state,
            self.title(line.rule),
        )


def advice_blocks(advice: Advice, lang: Lang, *, everything: bool = False) -> list[Block]:
    """The page."""
    return list(_Writer(advice, lang, 10_000 if everything else SHOWN).blocks())


# ------------------------------------------------------------------ for programs


def advice_data(advice: Advice) -> dict[str, object]:
    """The advice as plain data."""
    words = Wording("zh", advice.decision.rulebook.vocabulary)
    return {
        "schema_version": 1,
        "as_of": advice.decision.as_of.isoformat(),
        "certain": [
            {
                "rule": one.finding.id,
                "outcome": one.finding.outcome.value,
                "guaranteed": None if one.finding.amount is None else yuan(one.finding.amount.guaranteed),
                "facts": [given.path for given in one.facts],
                "smallest": one.smallest,
            }
            for one in advice.certain
        ],
        "settled": [
            {
                "rule": finding.id,
                "outcomes": sorted(outcome.value for outcome in over.outcomes),
                "low": yuan(over.low),
                "high": None if over.high is None else yuan(over.high),
                "exact": over.exact,
            }
            for finding, over in advice.settled
        ],
        "questions": [_question_data(entry) for entry in advice.questions],
        "paths": [_path_data(path, words) for path in advice.paths],
        "choices": [
            {
                "stacking": choice.stacking.id,
                "group": choice.group,
                "best": _option_data(choice.best),
                "others": [_option_data(other) for other in choice.others],
                "proved": choice.proved,
                "could_turn": [list(other.rules) for other in choice.turned],
            }
            for choice in advice.choices
        ],
        "thresholds": [_measured_data(entry, words) for entry in advice.thresholds],
    }


def _question_data(entry: Question) -> dict[str, object]:
    question = entry.missing.question
    return {
        "path": entry.missing.path,
        "question": None if question is None else {"zh": question.zh, "en": question.en},
        "rules": list(entry.findings),
        "settles_mean": yuan(round(entry.mean)),
        "settles_least": yuan(entry.least),
        "unbounded": str(entry.unbounded),
        "findings": str(entry.decided),
    }


def _path_data(path: Path, words: Wording) -> dict[str, object]:
    return {
        "rule": path.rule.id,
        "changes": {path_of(slot): value_text(slot, value, words.printer) for slot, value in path.changes.items()},
        "number": len(path.units),
        "date": path.date.isoformat(),
        "months": path.months,
        "gain": yuan(path.gain),
        "amount": None if path.amount is None else yuan(path.amount),
    }


def _option_data(option: Option) -> dict[str, object]:
    potential = None if option.potential is None else yuan(option.potential)
    return {"rules": list(option.rules), "guaranteed": yuan(option.guaranteed), "potential": potential}


def _measured_data(entry: Measured, words: Wording) -> dict[str, object]:
    units = words.vocabulary.units

    def shown(value: Exact) -> str:
        return decimal(value, entry.node.type, units)

    def line(one: Line) -> dict[str, object]:
        return {
            "rule": one.rule,
            "op": one.op,
            "figure": shown(one.figure),
            "distance": shown(one.distance),
            "holds": one.holds,
        }

    return {
        "what": words.word(entry.node),
        "entry": entry.entry or None,
        "period": entry.period,
        "value": shown(entry.value),
        "unit": words.printer.unit(entry.node.type),
        "below": [line(one) for one in entry.below],
        "above": [line(one) for one in entry.above],
    }
