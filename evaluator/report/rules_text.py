"""Rules for people: the list, a policy article by article, one rule with all that belongs to it.

In: a rulebook. Out: lines for a terminal, or the blocks of a page (`pages.render`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from evaluator.report.pages import Block, Heading, Item, Paragraph
from evaluator.report.payment_text import payment, shares, stack_node
from evaluator.report.phrases import Lang, word
from evaluator.report.sentences import MODALITY, amount, sentences
from evaluator.report.table import Column, table, wrap
from evaluator.report.vocabulary_text import type_word
from evaluator.report.wording import Wording
from evaluator.rulebook import model
from evaluator.rulebook.outcomes import OUTCOME_NAMES, outcomes_of
from evaluator.rulebook.reads import sources
from evaluator.rulebook.vocabulary import Field, Metric

KINDS: Final[tuple[model.RuleKind, ...]] = ("incentive", "support", "target", "obligation")
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "policy": ("文件", "policy"),
    "rule": ("规则", "rule"),
    "kind": ("类别", "kind"),
    "for": ("适用", "for"),
    "article": ("条款", "article"),
    "title": ("内容", "title"),
    "total": ("合计", "total"),
    "valid": ("规则库有效", "the rulebook is valid"),
    "stubs": ("其中草稿 {0} 条", "{0} of them are drafts"),
    "incentive": ("奖补", "incentive"),
    "support": ("支持", "support"),
    "target": ("目标", "target"),
    "obligation": ("职责", "obligation"),
    "number": ("文号", "number"),
    "issuer": ("发文机关", "issuer"),
    "jurisdiction": ("适用地域", "jurisdiction"),
    "published": ("发布", "published"),
    "in-force": ("有效期", "in force"),
    "until-open": ("{0} 起，未写明终止日", "from {0}, no end stated"),
    "until": ("{0} 至 {1}", "{0} to {1}"),
    "cite": ("依据", "article"),
    "sentence": ("{0} 第{1}句", "{0} sentence {1}"),
    "figures": ("（{0}）", " ({0})"),
    "modality": ("约束", "modality"),
    "responsible": ("责任单位", "responsible"),
    "amount": ("金额", "amount"),
    "window": ("申报时间", "apply"),
    "evidence": ("证明材料", "evidence"),
    "readings": ("文义的理解", "How open points are read"),
    "computed": ("可用 decide --readings 试算", "answered by decide --readings"),
    "instead": ("（另可：{0}）", " (it could be: {0})"),
    "facts": ("要问的事实", "Facts asked"),
    "outcomes": ("可能的结果", "Outcomes that can come out"),
    "stackings": ("多项奖补如何合并", "How awards combine"),
    "draft": ("草稿，尚未完成", "a draft, not finished"),
    "payment": ("怎样支付", "how it is paid"),
    "claw-back": ("违反时退还", "to be paid back when missed"),
}
_FAMILY: Final = {"incentive": "award", "support": "award", "target": "target", "obligation": "duty"}


def _say(key: str, lang: str, *parts: str) -> str:
    zh, en = _WORDS[key]
    return (en if lang == "en" else zh).format(*parts)


def summary(rulebook: model.Rulebook, lang: Lang, cells: int) -> list[str]:
    """How many rules of each kind each policy has."""
    rows: list[tuple[str, ...]] = []
    sums = [0] * (len(KINDS) + 1)
    for policy in rulebook.policies:
        own = [rule.kind for rule in rulebook.rules.values() if rule.policy.id == policy]
        numbers = [*(own.count(kind) for kind in KINDS), len(own)]
        sums = [left + right for left, right in zip(sums, numbers, strict=True)]
        rows.append((policy, *map(str, numbers)))
    rows.append((_say("total", lang), *map(str, sums)))
    columns = [
        Column(_say("policy", lang), flexible=True),
        *(Column(_say(kind, lang), right=True) for kind in KINDS),
        Column(_say("total", lang), right=True),
    ]
    lines = [_say("valid", lang), "", *table(columns, rows, cells, rule_above=1)]
    stubs = sum(rule.stub for rule in rulebook.rules.values())
    return [*lines, _say("stubs", lang, str(stubs))] if stubs else lines


def listing(rules: Sequence[model.AnyRule], rulebook: model.Rulebook, lang: Lang, cells: int) -> list[str]:
    """The rules as a table under the name of their policy."""
    words = Wording(lang, rulebook.vocabulary)
    columns = [Column(_say("rule", lang)), Column(_say("article", lang)), Column(_say("title", lang), flexible=True)]
    lines: list[str] = []
    for policy in rulebook.policies.values():
        for kind in KINDS:
            own = [rule for rule in rules if rule.policy.id == policy.id and rule.kind == kind]
            rows = [
                (
                    rule.id.partition("/")[2],
                    rule.cite[0].article,
                    words.say("{0}（{1}）", "{0} ({1})", words.name(rule.title), words.kinds(rule.kinds)),
                )
                for rule in own
            ]
            if rows:
                head = f"{policy.id} · {_say(kind, lang)} · {words.name(policy.title)}"
                lines += [*wrap(head, cells), "", *table(columns, rows, cells), ""]
    return lines[:-1]


# ------------------------------------------------------------------ pages


def policy_page(rulebook: model.Rulebook, policy: model.Policy, lang: Lang) -> tuple[Block, ...]:
    """A policy article by article, each rule as sentences."""
    words = Wording(lang, rulebook.vocabulary)
    blocks: list[Block] = [Heading(1, words.name(policy.title)), *_head(policy, words, lang)]
    articles: dict[str, list[model.AnyRule]] = {}
    for rule in rulebook.rules.values():
        if rule.policy.id == policy.id:
            articles.setdefault(rule.cite[0].article, []).append(rule)
    for article in sorted(articles, key=_in_order):
        blocks.append(Heading(2, article))
        for rule in sorted(articles[article], key=lambda rule: rule.cite[0].sentence):
            blocks += [Item(sentence, rule.id.partition("/")[2]) for sentence in sentences(rule, words)]
            if isinstance(rule, model.Award):
                blocks += [Item(clause, _say("payment", lang), 1) for clause in payment(rule, words)]
            if rule.responsible:
                blocks.append(Item(words.say("、", ", ").join(rule.responsible), _say("responsible", lang), 1))
    trees = [stacking for stacking in rulebook.stackings if stacking.policy.id == policy.id]
    if trees:
        blocks.append(Heading(2, _say("stackings", lang)))
        for stacking in trees:
            blocks += [Item(words.name(stacking.title), stacking.id), *_tree(stacking.tree, rulebook, words, 1)]
            blocks += [Item(clause, "", 1) for clause in shares(stacking, words)]
    return tuple(blocks)


def _head(policy: model.Policy, words: Wording, lang: Lang) -> Iterator[Block]:
    if policy.number is not None:
        yield Item(policy.number, _say("number", lang))
    yield Item(words.name(policy.issuer), _say("issuer", lang))
    yield Item(words.place(policy.jurisdiction), _say("jurisdiction", lang))
    yield Item(policy.published.date.isoformat(), _say("published", lang))
    yield Item(_period(policy.in_force, lang), _say("in-force", lang))


def _period(period: model.Period, lang: Lang) -> str:
    since = period.since.date.isoformat()
    if period.until is None:
        return _say("until-open", lang, since)
    return _say("until", lang, since, period.until.date.isoformat())


_NUMERALS: Final = "零一二三四五六七八九"


def _in_order(article: str) -> tuple[tuple[int, str], ...]:
    """Articles in the order of their numbers, Chinese or Arabic."""
    return tuple((_number(part.strip("()（）′")), part) for part in article.split("."))


def _number(part: str) -> int:
    if part.isdigit():
        return int(part)
    tens, ten, ones = part.rpartition("十")
    digits = [_NUMERALS.find(char) for char in (tens or "一", ones or "零")]
    if any(digit < 0 for digit in digits):
        return 0
    return digits[0] * 10 + digits[1] if ten else digits[1]


def _tree(tree: model.Stack, rulebook: model.Rulebook, words: Wording, level: int) -> Iterator[Block]:
    if isinstance(tree, model.Leaf):
        yield Item(words.name(rulebook.rules[tree.rule].title), "", level)
        return
    yield Item(stack_node(tree, words), "", level)
    for member in tree.members:
        yield from _tree(member, rulebook, words, level + 1)


def rule_page(rulebook: model.Rulebook, rule: model.AnyRule, lang: Lang) -> tuple[Block, ...]:
    """One rule: its sentences, where they rest, how open points are read, what it asks and what can come out."""
    words = Wording(lang, rulebook.vocabulary)
    blocks: list[Block] = [Heading(1, words.name(rule.title))]
    if rule.stub:
        blocks.append(Paragraph(_say("draft", lang)))
    blocks += [Item(sentence) for sentence in sentences(rule, words)]
    blocks.append(Heading(2, rule.id))
    blocks += _facts_of_rule(rule, words, lang)
    if isinstance(rule, model.Award):
        blocks += _facts_of_award(rule, words, lang)
    if isinstance(rule, model.Obligation) and rule.claw_back is not None:
        blocks.append(Item(amount(rule.claw_back, words), _say("claw-back", lang)))
    readings = dict.fromkeys(rule.readings)
    others = [one for one in rulebook.alternatives if one.of == rule.id and not isinstance(one.becomes, model.Stacking)]
    if isinstance(rule, model.Target):
        readings.update(dict.fromkeys(reading for entry in rule.entries for reading in entry.readings))
    if readings:
        blocks.append(Heading(2, _say("readings", lang)))
        for reading in readings:
            instead = _say("instead", lang, words.say("、", ", ").join(reading.alternatives))
            question = word(f"question.{reading.question}", lang)
            blocks.append(Item(f"{reading.chosen}{instead}", question))
            blocks.append(Item(words.name(reading.note), "", 1))
            computed = [_called(one, words) for one in others if one.reading == reading]
            if computed:
                blocks.append(Item(words.say("、", ", ").join(computed), _say("computed", lang), 1))
    blocks.append(Heading(2, _say("facts", lang)))
    for field in sources(rule):
        blocks.append(Item(_question(field, words), words.name(field.label)))
    blocks.append(Heading(2, _say("outcomes", lang)))
    for id, outcomes in outcomes_of(rule, rulebook.vocabulary, rulebook.rules).items():
        codes = [name for name in OUTCOME_NAMES if name in outcomes]
        listed = [f"{word(f'{_FAMILY[rule.kind]}.{code}', lang)}（{code}）" for code in codes]
        blocks.append(Item("、".join(listed) if lang == "zh" else ", ".join(codes), id))
    return tuple(blocks)


def _called(other: model.Alternative, words: Wording) -> str:
    if other.label is None:
        return other.id
    return words.say("{0}（{1}）", "{0} ({1})", words.name(other.label), other.id)


def _facts_of_rule(rule: model.AnyRule, words: Wording, lang: Lang) -> Iterator[Block]:
    yield Item(_say(rule.kind, lang), _say("kind", lang))
    yield Item(words.kinds(rule.kinds), _say("for", lang))
    yield Item(words.say(*MODALITY[rule.modality]), _say("modality", lang))
    cites = dict.fromkeys(rule.cite)
    if isinstance(rule, model.Target):
        cites.update(dict.fromkeys(cite for entry in rule.entries for cite in entry.cite))
    for cite in cites:
        figures = _say("figures", lang, words.say("、", ", ").join(cite.figures)) if cite.figures else ""
        yield Item(_say("sentence", lang, cite.article, str(cite.sentence)) + figures, _say("cite", lang))
    yield Item(words.name(rule.policy.title), _say("policy", lang))
    yield Item(_period(rule.in_force, lang), _say("in-force", lang))
    if rule.responsible:
        yield Item(words.say("、", ", ").join(rule.responsible), _say("responsible", lang))


def _facts_of_award(rule: model.Award, words: Wording, lang: Lang) -> Iterator[Block]:
    if rule.amount is not None:
        yield Item(amount(rule.amount, words), _say("amount", lang))
        for clause in payment(rule, words):
            yield Item(clause, _say("payment", lang))
    if rule.window is not None:
        yield Item(_say("until", lang, *words.window(rule.window)), _say("window", lang))
    for evidence in rule.evidence:
        yield Item(words.name(evidence), _say("evidence", lang))


def _question(field: Field, words: Wording) -> str:
    if field.question is not None:
        return words.name(field.question)
    if isinstance(field, Metric):
        return words.say("各年的数值", "the figure of each year")
    return type_word(field.type, words)
