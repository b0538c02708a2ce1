"""A comparison of two rulebooks on one page that a drafter can hand on, and as plain data for JSON.

In: a `Comparison`. Out: blocks of a page, or plain data. It computes nothing but sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from evaluator.advise.compare import Comparison
from evaluator.advise.meaning import Change
from evaluator.advise.population import Moves, Sum
from evaluator.advise.witness import Witness
from evaluator.engines.decision import Finding
from evaluator.report.pages import Block, Grid, Heading, Item, Paragraph
from evaluator.report.phrases import Lang, word
from evaluator.report.profile_data import Plain, profile_data
from evaluator.report.values import money, yuan
from evaluator.report.wording import Wording
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import Exact

MOST: Final = 40
_VERDICTS: Final[dict[str, tuple[str, str]]] = {
    "added": ("新增", "added"),
    "removed": ("删去", "removed"),
    "equivalent": ("含义不变（已证明）", "equivalent (proved)"),
    "more-generous": ("更宽", "more generous"),
    "less-generous": ("更严", "less generous"),
    "looser": ("要求放宽", "looser"),
    "stricter": ("要求收紧", "stricter"),
    "incomparable": ("有宽有严", "incomparable"),
    "unproved": ("未找到差别（未证明）", "no difference found (not proved)"),
}


class _Writer:
    def __init__(self, comparison: Comparison, lang: Lang) -> None:
        self.found, self.lang = comparison, lang
        self.named = comparison.named
        self.words = Wording(lang, self.named.vocabulary)

    def say(self, zh: str, en: str, *parts: str) -> str:
        return self.words.say(zh, en, *parts)

    def title(self, id: str) -> str:
        """A rule's or a tree's title with its id."""
        rule, _, entry = id.partition("#")
        for book in (self.found.new, self.found.old):
            known: model.AnyRule | model.Stacking | None = book.rules.get(rule)
            known = known or next((tree for tree in book.stackings if tree.id == rule), None)
            if known is not None:
                name = self.words.name(known.title)
                return self.say("{0}（{1}）", "{0} ({1})", name, entry) if entry else name
        return id

    def blocks(self) -> Iterator[Block]:
        yield Heading(1, self.say("规则修改说明：{0} → {1}", "Change of rules: {0} → {1}", *self.found.names))
        yield Paragraph(self._summary())
        yield from self._meaning()
        yield from self._population()
        yield from self._scenarios()
        yield from self._texts()

    def _summary(self) -> str:
        counts: dict[str, int] = {}
        for change in self.found.changes:
            counts[change.verdict] = counts.get(change.verdict, 0) + 1
        same = len(self.found.reworded)
        parts = [f"{self.say(*_VERDICTS[verdict])} {number}" for verdict, number in counts.items()]
        if same:
            parts.append(self.say("只改文字、含义不变 {0}", "reworded and equivalent {0}", str(same)))
        rules = str(len(self.found.new.rules))
        listed = self.say("、", ", ").join(parts) or self.say("没有含义上的变化", "nothing changed in meaning")
        return self.say("新版共 {0} 条规则。{1}。", "The new version has {0} rules. {1}.", rules, listed)

    # ------------------------------------------------------------------ what it means

    def _meaning(self) -> Iterator[Block]:
        yield Heading(2, self.say("含义上的变化", "What changed in meaning"))
        if not self.found.changes:
            yield Item(self.say("没有。", "none."))
        for change in self.found.changes:
            yield Item(f"{self.title(change.id)} [{change.id}]", self.say(*_VERDICTS[change.verdict]))
            yield from self._details(change)
        for id in self.found.reworded[:MOST]:
            yield Item(f"{self.title(id)} [{id}]", self.say("只改文字", "reworded only"))

    def _details(self, change: Change) -> Iterator[Block]:
        if change.like:
            yield Item(
                self.say("与 {0} 说的一样，会重复享受", "says the same as {0} and is paid beside it", change.like),
                level=1,
            )
        if change.through:
            read = self.say("、", ", ").join(f"{self.title(id)} [{id}]" for id in change.through)
            said = self.say(
                "条文未改，它读取的奖补变了：{0}", "its own text is the same; it reads what changed: {0}", read
            )
            yield Item(said, level=1)
        if change.unreachable:
            yield Item(self.say("找不到任何主体还能满足它", "no profile was found that still meets it"), level=1)
        if change.totals is not None:
            before, after = (money(total.guaranteed, self.lang) for total in change.totals)
            yield Item(self.say("合计由 {0} 变为 {1}", "the total goes from {0} to {1}", before, after), level=1)
        for witness in change.witnesses:
            label = self.say("最小例子（{0}）", "smallest example ({0})", witness.as_of.isoformat())
            yield Item(self._witness(witness), label, 1)
        if change.verdict == "equivalent":
            said = self.say(
                "由求解器对所有主体证明（清单至多 3 项）",
                "proved by solver for all profiles (lists of up to 3 entries)",
            )
            yield Item(said, level=1)
        if change.verdict == "unproved":
            said = self.say(
                "在 {0} 个边界情形上两版相同", "both versions agree on {0} boundary cases", str(change.tried)
            )
            yield Item(said, level=1)
        elif change.tried and len(change.witnesses) == 1:
            said = self.say(
                "试过 {0} 个边界情形，凡有差别的都同向",
                "of {0} boundary cases tried, all that differ differ this way",
                str(change.tried),
            )
            yield Item(said, level=1)

    def _witness(self, witness: Witness) -> str:
        data = profile_data(witness.profile, self.named)
        given = [f"{self.words.kind(witness.profile.kind)} {witness.profile.place}"]
        for part in ("facts", "metrics"):
            values = data.get(part)
            if isinstance(values, dict):
                given += [f"{key} {_flat(value, self.lang)}" for key, value in values.items()]
        facts = self.say("；", "; ").join(given)
        if witness.before is None and witness.after is None:
            return facts
        name = f"{self.title(witness.finding)}{self.say('：', ': ')}" if "#" in witness.finding else ""
        sides = [self._side(side) for side in (witness.before, witness.after)]
        return self.say("{0} ⇒ {1}原 {2}，新 {3}", "{0} ⇒ {1}old {2}, new {3}", facts, name, *sides)

    def _side(self, finding: Finding | None) -> str:
        if finding is None:
            return self.say("无此条", "no such finding")
        sort = {"incentive": "award", "support": "award", "target": "target", "obligation": "duty"}[finding.rule.kind]
        outcome = word(f"{sort}.{finding.outcome.value}", self.lang)
        amount = finding.amount
        if amount is not None and amount.stated and finding.outcome.value in ("satisfied", "unknown"):
            low, high = money(amount.guaranteed, self.lang), money(amount.potential, self.lang)
            return f"{outcome} {low}" if low == high else f"{outcome} {low}–{high}"
        if finding.breach:
            outcome += self.say("（违反）", " (breach)")
        return outcome

    # ------------------------------------------------------------------ whom it moves

    def _population(self) -> Iterator[Block]:
        found = self.found.moves
        if found is None:
            return
        yield Heading(
            2,
            self.say(
                "对 {0} 个主体的影响（{1}）",
                "What it does to {0} profiles ({1})",
                f"{found.whole.profiles:,}",
                self.found.as_of.isoformat(),
            ),
        )
        whole = replace(found.whole, group=self.say("合计", "all"))
        difference = whole.after - whole.before
        yield Paragraph(
            self.say(
                "确定金额合计由 {0} 变为 {1}（{2}）；受益 {3}，受损 {4}。",
                "Certain for all: {0}, now {1} ({2}); {3} gain, {4} lose.",
                money(whole.before, self.lang),
                money(whole.after, self.lang),
                self._signed(difference),
                f"{whole.gain:,}",
                f"{whole.lose:,}",
            )
        )
        if found.set_aside:
            said = self.say(
                "另有 {0} 行不是有效的主体资料，未计入（evaluator batch 会写明每行的原因）。",
                "{0} more rows are no profile and not counted (`evaluator batch` says why of each).",
                f"{found.set_aside:,}",
            )
            yield Paragraph(said)
        yield self._groups(self.say("地区", "place"), [*found.places, whole])
        for fact, groups in found.groups.items():
            yield self._groups(fact, groups)
        if found.shifts:
            yield from self._moved(found)

    def _groups(self, name: str, groups: Sequence[Sum]) -> Grid:
        headings = (
            name,
            self.say("主体", "profiles"),
            self.say("受益", "gain"),
            self.say("受损", "lose"),
            self.say("原确定", "certain before"),
            self.say("新确定", "certain now"),
            self.say("增减", "change"),
        )
        rows = tuple(
            (
                group.group,
                f"{group.profiles:,}",
                f"{group.gain:,}",
                f"{group.lose:,}",
                money(group.before, self.lang),
                money(group.after, self.lang),
                self._signed(group.after - group.before),
            )
            for group in groups
        )
        return Grid(headings, rows, frozenset(range(1, 7)))

    def _moved(self, found: Moves) -> Iterator[Block]:
        headings = (self.say("主体", "profile"), self.say("增减", "change"), self.say("因为", "because of"))
        rows = tuple(
            (
                shift.name,
                self._signed(shift.gain),
                self.say("、", ", ").join(self.title(rule) for rule in shift.rules[:4]),
            )
            for shift in found.shifts[:MOST]
        )
        yield Grid(headings, rows, frozenset({1}))
        yield from self._more(found.moved)

    def _signed(self, value: Exact) -> str:
        return f"+{money(value, self.lang)}" if value > 0 else money(value, self.lang)

    # ------------------------------------------------------------------ recorded cases and texts

    def _scenarios(self) -> Iterator[Block]:
        if not self.found.broken and not self.found.invalid:
            return
        yield Heading(2, self.say("现在不符的案例", "Recorded cases that now differ"))
        for result in self.found.broken[:MOST]:
            wrong = self.say("、", ", ").join(
                f"{difference.expected.finding}.{difference.expected.field}" for difference in result.differences[:4]
            )
            purpose = self.words.name(result.scenario.purpose)
            yield Item(f"{result.scenario.policy}/{result.scenario.id}{self.say('：', ': ')}{purpose} ({wrong})")
        yield from self._more(len(self.found.broken))
        for problem in self.found.invalid[:MOST]:
            yield Item(problem, self.say("不再有效", "no longer valid"))

    def _texts(self) -> Iterator[Block]:
        yield Heading(2, self.say("文字上的变化", "What changed in the files"))
        rows = []
        for edit in self.found.edits[:MOST]:
            where = f"{edit.entry} {edit.key}".strip()
            rows.append((edit.file, where, edit.before or "—", edit.after or "—"))
        if not rows:
            yield Item(self.say("没有。", "none."))
            return
        headings = (
            self.say("文件", "file"),
            self.say("位置", "place"),
            self.say("原文", "old"),
            self.say("新文", "new"),
        )
        yield Grid(headings, tuple(rows))
        yield from self._more(len(self.found.edits))

    def _more(self, number: int) -> Iterator[Block]:
        if number > MOST:
            yield Paragraph(self.say("……还有 {0} 处", "… {0} more", str(number - MOST)))


def _flat(value: object, lang: Lang) -> str:
    """A value of a profile on one line."""
    if isinstance(value, dict):
        return " ".join(f"{key}:{_flat(part, lang)}" for key, part in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(_flat(part, lang) for part in value) + "]"
    if isinstance(value, bool):
        return word("truth.true" if value else "truth.false", lang)
    return str(value)


def change_blocks(comparison: Comparison, lang: Lang) -> list[Block]:
    """The page."""
    return list(_Writer(comparison, lang).blocks())


# ------------------------------------------------------------------ for programs


def change_data(comparison: Comparison) -> dict[str, object]:
    """The comparison as plain data; money is decimal text in yuan."""
    named = comparison.named
    data: dict[str, object] = {
        "schema_version": 1,
        "old": comparison.names[0],
        "new": comparison.names[1],
        "texts": [
            {"file": edit.file, "entry": edit.entry, "key": edit.key, "before": edit.before, "after": edit.after}
            for edit in comparison.edits
        ],
        "reworded": list(comparison.reworded),
        "changes": [_change_data(change, named) for change in comparison.changes],
        "scenarios": [
            {
                "id": f"{result.scenario.policy}/{result.scenario.id}",
                "differs": [f"{one.expected.finding}.{one.expected.field}" for one in result.differences],
            }
            for result in comparison.broken
        ],
        "invalid_scenarios": list(comparison.invalid),
    }
    found = comparison.moves
    if found is not None:
        data["population"] = {
            "as_of": comparison.as_of.isoformat(),
            "set_aside": found.set_aside,
            "total": _sum_data(replace(found.whole, group="all")),
            "by_place": [_sum_data(one) for one in found.places],
            "by": {fact: [_sum_data(one) for one in groups] for fact, groups in found.groups.items()},
            "moved": found.moved,
            "profiles": [
                {"name": shift.name, "place": shift.place, "gain": yuan(shift.gain), "rules": list(shift.rules)}
                for shift in found.shifts
            ],
        }
    return data


def _change_data(change: Change, named: model.Rulebook) -> dict[str, object]:
    return {
        "id": change.id,
        "kind": "stacking" if change.stacking else "rule",
        "verdict": change.verdict,
        "proved": change.proved,
        "tried": change.tried,
        "same_as": change.like or None,
        "through": list(change.through),
        "unreachable": change.unreachable,
        "witnesses": [
            {
                "finding": witness.finding,
                "as_of": witness.as_of.isoformat(),
                "profile": _plain(profile_data(witness.profile, named)),
                "old": _finding_data(witness.before),
                "new": _finding_data(witness.after),
            }
            for witness in change.witnesses
        ],
    }


def _finding_data(finding: Finding | None) -> dict[str, object] | None:
    if finding is None:
        return None
    amount = finding.amount
    stated = amount is not None and amount.stated
    return {
        "outcome": finding.outcome.value,
        "breach": finding.breach,
        "guaranteed": yuan(amount.guaranteed) if amount is not None and stated else None,
        "potential": yuan(amount.potential) if amount is not None and stated and amount.potential is not None else None,
    }


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Plain) else value


def _sum_data(group: Sum) -> dict[str, object]:
    return {
        "group": group.group,
        "profiles": group.profiles,
        "gain": group.gain,
        "lose": group.lose,
        "guaranteed_before": yuan(group.before),
        "guaranteed_after": yuan(group.after),
        "potential_before": None if group.most_before is None else yuan(group.most_before),
        "potential_after": None if group.most_after is None else yuan(group.most_after),
    }
