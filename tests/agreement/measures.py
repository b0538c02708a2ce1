"""Random measures that combine every construct of payment: amounts within amounts, awards that read awards, selection,
instalments, payers, recipients, stacking, duties that follow. One seed gives a rule file and an enterprise.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Final

from evaluator.diagnostics import RuleError
from evaluator.rulebook.model import Rulebook
from tests.agreement.small import rulebook
from tests.agreement.strategies import Data, reveal

COUNTED: Final = (
    "true",
    '级别 = "国际"',
    "通过",
    "份数 >= 2",
    '角色 = "主持" and 通过',
    "1 / 增减 > 0",
)
ASKED: Final = ("真", "假 or 未知", '颜色 = "红"', "某数 >= 3", '等级 >= "中"', "1 / 零 > 0", "count(已获奖补) = 0")
LATER: Final = ("P6M", "P1Y", "P2Y")
PARTIES: Final = ("payer", "recipient")


class Measures:
    """Writes the awards, trees and duties of one rule file; later awards may read those before them."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.awards: list[str] = []
        self.listed: list[str] = []

    def one(self, *options: str) -> str:
        return self.choose.choice(options)

    def chance(self, share: float) -> bool:
        return self.choose.random() < share

    def text(self) -> str:
        """A rule file: awards, one or two trees over some of them, duties that follow from them."""
        lines = ["incentives:"]
        for index in range(5):
            lines += self._award(index)
        lines += ["  - id: county", "    for: [county]", "    when: 已设立", "    amount: 5万元"]
        lines += ["stacking:", *self._trees()]
        lines += ["obligations:", *self._duties()]
        return "\n".join(lines)

    # ------------------------------------------------------------------ amounts

    def money(self, *, each: bool) -> str:
        """An amount of money in FEEL."""
        words = ["10万元", "投资额", "33.33元", "5% * 投资额", "at(基准率, 成立日期) * 投资额"]
        if each:
            words += ["基准率 * 100万元", "金额", "金额 * 30%", "份数 * 1万元"]
        if self.awards:
            words += [f'award("{self.one(*self.awards)}") * 50%', f'award("{self.one(*self.awards)}")']
        return self.one(*words)

    def amount(self, depth: int, *, each: bool, placed: bool = False) -> str:
        """An amount of any form, as YAML."""
        paid = f"'{self.money(each=each)}'"
        if placed and self.chance(0.6):
            rows = ["{if: '1', then: 10万元}", "{if: '2', then: 5万元}", "{if: '>= 3', then: 1万元}"]
            return self.one(
                f"{{table: {{by: 序号, rows: [{', '.join(rows)}]}}}}", "'if 序号 <= 1 then 8万元 else 2万元'"
            )
        if depth == 0:
            return paid
        below = [self.amount(depth - 1, each=each) for _ in range(2)]
        base = f"'{self.money(each=each)}'"
        how = self.one("half-up", "down", "up")
        forms = [
            paid,
            f"{{sum: [{below[0]}, {below[1]}]}}",
            f"{{of: {below[0]}, round: {{to: {self.one('100元', '1万元')}, how: {how}}}}}",
            f"{{of: {below[0]}, floor: 1万元, cap: 8万元}}",
            f"{{brackets: {{base: {base}, on: whole, edge: {self.one('lower', 'upper')}, "
            "rates: [{over: 0元, rate: 10%}, {over: 4万元, rate: 5%}, {over: 10万元, rate: 20%}]}}",
            f"{{brackets: {{base: {base}, on: slice, rates: [{{over: 0元, rate: 10%}}, {{over: 4万元, rate: 20%}}]}}}}",
            f"{{steps: {{base: {base}, every: 3万元, amount: 1万元, count: {self.one('whole', 'pro-rata')}}}}}",
            f"{{table: {{by: 颜色, rows: {{红: {below[0]}, 蓝: {below[1]}}}}}}}",
            f"{{up_to: {base}, decided: 核定金额}}",
            f"{{between: [33元, {base}]}}",
        ]
        if self.awards:
            forms.append(f"{{match: {{award: {self.one(*self.awards)}, share: 50%}}, cap: 6万元}}")
        return self.choose.choice(forms)

    # ------------------------------------------------------------------ awards

    def _award(self, index: int) -> list[str]:
        each = self.chance(0.6)
        lines = [f"  - id: x{index}"]
        if self.chance(0.04):
            lines.append("    stub: true")
        if self.chance(0.2):
            lines.append("    applies_when: 真")
        if each:
            lines += ["    each: 项目", "    judged_by: 日期", f"    when: '{self.one(*COUNTED)}'"]
        else:
            lines += ["    judged_by: 成立日期", f"    when: '{self.one(*ASKED)}'"]
        placed = False
        if each and self.chance(0.6):
            selection = self._selection()
            placed = "order: amount" not in selection[0]
            lines += selection
        if self.chance(0.06):
            lines.append("    amount: unstated")
        else:
            lines.append(f"    amount: {self.amount(2, each=each, placed=placed)}")
        lines += self._payment(each=each)
        self.awards.append(f"x{index}")
        return lines

    def _selection(self) -> list[str]:
        first = self.one("least", "greatest")
        key = self.one("日期", "份数", "金额", "1 / 增减")
        order = self.one("listed", "amount", f"{{by: {key}, first: {first}}}", f"{{by: {key}, first: {first}}}")
        lines = [f"    order: {order}"]
        count = self.one("1", "2", "某数", 'if 角色 = "主持" then 2 else 1')
        match self.choose.randrange(4):
            case 0:
                pass
            case 1:
                lines.append(f"    limit: {{count: '{count}', per: all}}")
            case _:
                group = self.one("级别", "角色", "日期.year")
                lines += [f"    group: {group}", f"    limit: {{count: '{count}', per: group}}"]
        return lines

    def _payment(self, *, each: bool) -> list[str]:
        lines: list[str] = []
        if self.chance(0.2):
            day = "日期" if each else "成立日期"
            lines.append(f"    window: {{from: 2023-06-01, until: 2024-12-31, applied: {day}}}")
        if self.chance(0.5):
            day = self.one("日期", "成立日期") if each else "成立日期"
            when = f", when: '{self.one(*(COUNTED if each else ASKED))}'" if self.chance(0.5) else ""
            later = self.one(*LATER)
            parts = [f"{{share: 40%, on: '{day} + duration(\"{later}\")'{when}}}"]
            parts += ["{share: 60%}"] if self.chance(0.5) else ["{share: 30%}", f"{{share: 30%{when}}}"]
            self.choose.shuffle(parts)
            lines.append(f"    instalments: [{', '.join(parts)}]")
        for party in PARTIES:
            if self.chance(0.3):
                shares = self.choose.choice(
                    (("1 / 3", "1 / 3", "1 / 3"), ("70%", "30%"), ("某数 / 10", "1 - 某数 / 10"))
                )
                parts = [
                    f"{{{party}: {{zh: 方{place}, en: party {place}}}, share: '{share}'}}"
                    for place, share in enumerate(shares)
                ]
                lines.append(f"    {party}s: [{', '.join(parts)}]")
        return lines

    # ------------------------------------------------------------------ trees and duties

    def _trees(self) -> list[str]:
        first, second = self.awards[:3], self.awards[3:]
        scope = self.one("entity", "entity", "item", "period")
        lines = ["  - id: t0", f"    scope: {scope}", f"    {self._root(first, scope)}"]
        return [*lines, "  - id: t1", "    scope: entity", f"    {self._root(second, 'entity')}"]

    def _root(self, members: list[str], scope: str) -> str:
        if scope == "entity" and self.chance(0.3):
            named = ", ".join(members)
            exceeded = self.one("proportional", "{by: 成立日期}")
            return self.one(
                f"pool: {{of: [{self._node(members, scope)}], budget: 20万元, exceeded: {exceeded}}}",
                f"top_up: [{named}]",
            )
        return self._node(members, scope)[1:-1]

    def _node(self, members: list[str], scope: str) -> str:
        rest = list(members)
        if len(members) > 2:
            rest = [self._node(members[:2], scope), members[2]]
        named = ", ".join(rest)
        forms = [
            f"{{{self.one('highest_of', 'choose_one', 'first_of', 'silent')}: [{named}]}}",
            f"{{sum: {{of: [{named}], cap: {self.one('6万元', '投资额')}}}}}",
            f"{{net: {{of: [{named}], minus: {self.one('2万元', '投资额')}}}}}",
        ]
        if scope != "item":
            inner = self.one("item", "period") if scope == "entity" else "item"
            forms.append(f"{{within: {{scope: {inner}, of: [{self._node(members, inner)}]}}}}")
        return self.choose.choice(forms)

    def _duties(self) -> list[str]:
        lines: list[str] = []
        for index in range(2):
            lines += [
                f"  - id: d{index}",
                "    for: [enterprise]",
                f"    follows: {{award: {self.one(*self.awards)}, once: {self.one('entitled', 'paid')}}}",
                f"    requires: '{self.one(*ASKED)}'",
                "    due: " + self.one("2024-06-30", "'成立日期 + duration(\"P1Y\")'"),
                f"    claw_back: {self.amount(1, each=False)}",
            ]
        lines += ["  - id: members", "    over: {each: county}", "    requires: 'award(\"county\") >= 3万元'"]
        return lines


def choices(seed: int) -> dict[str, str]:
    """Which award the applicant chose, in some of the cases."""
    choose = random.Random(f"choices {seed}")
    return {"test-2023/t0": f"test-2023/x{choose.randrange(3)}"} if choose.random() < 0.4 else {}


REFUSED: Final = {"division-by-zero", "amount", "steps", "cap-below-floor", "unknown-award"}
LEVELS: Final = (0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 1.0)
AS_OF: Final = date(2025, 1, 31)


def book_of(seed: int) -> Rulebook | None:
    """The measures of a seed; None where their constants fold to a division by zero."""
    try:
        return rulebook(Measures(seed).text())
    except RuleError as error:  # constants that fold to a division by zero, or cross, are refused at load
        if not {found.code for found in error.diagnostics} <= REFUSED:
            raise
        return None


def enterprise_of(seed: int) -> Data:
    """A whole enterprise for measures."""
    choose = random.Random(f"profile {seed}")
    days = ("2022-12-31", "2023-05-31", "2023-06-01", "2024-01-31", "2024-03-01", "2024-08-01", "2025-01-31")
    items = [
        {
            "级别": choose.choice(("国际", "国家", "行业")),
            "角色": choose.choice(("主持", "参与")),
            "日期": choose.choice(days),
            "金额": choose.choice((0, 1, "3.33", 4, 10, 100)),
            "份数": choose.choice((0, 1, 2, 2, 3)),
            "增减": choose.choice((-1, 0, 1, 2)),
            "通过": choose.random() < 0.7,
        }
        for _ in range(choose.choice((0, 1, 2, 3, 4)))
    ]
    payments = [
        {
            "奖补": f"test-2023/x{choose.randrange(5)}",
            "到账日期": choose.choice(days),
            "到账金额": choose.choice((0, 1, 5)),
        }
        for _ in range(choose.choice((0, 1, 2)))
    ]
    facts: Data = {
        "真": choose.random() < 0.8,
        "假": choose.random() < 0.5,
        "未知": choose.random() < 0.5,
        "零": choose.choice((0, 1)),
        "某数": choose.choice((0, 1, 2, 3, 10)),
        "颜色": choose.choice(("红", "蓝")),
        "等级": choose.choice(("低", "中", "高")),
        "成立日期": choose.choice(days),
        "投资额": choose.choice((0, 1, "3.333", 4, 10, 300)),
        "核定金额": choose.choice((0, 1, 4, 300)),
        "基准率": choose.choice((3, 5)),
        "项目": items,
        "已获奖补": payments,
        "test-2023/t0": choose.choice((0, 50, 100)),
        "test-2023/t1": choose.choice((0, 50, 100)),
    }
    return {"kind": "enterprise", "jurisdiction": "甲省/乙市", "facts": facts, "metrics": {}}


def shown(book: Rulebook, data: Data, seed: int) -> Iterator[Data]:
    """The profile at every level of knowledge, from nothing to all."""
    for level in LEVELS:
        given = reveal(data, seed, level, in_order=True)
        facts = given["facts"]
        assert isinstance(facts, dict)
        given["facts"] = {word: value for word, value in facts.items() if _known(book, word)}
        yield given


def _known(book: Rulebook, word: str) -> bool:
    return word in book.facts or book.vocabulary.fact(word) is not None
