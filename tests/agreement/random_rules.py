"""Random rule files over the vocabulary of `small`: every kind of rule, every form of amount, trees over awards.

What comes out is the text of a rule file, so that each rule goes through `check`. Rules that `check` refuses (constants
that fold to a division by zero, ends that cross) are dropped, by the place of the diagnostic.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from evaluator.diagnostics import RuleError
from evaluator.rulebook.model import Rulebook
from tests.agreement.random_expressions import Expressions, quoted
from tests.agreement.small import rulebook

_YEARS = (2023, 2024, 2025, 2026)
_REFUSED = {
    "division-by-zero",
    "amount",
    "steps",
    "cap-below-floor",
    "due",
    "too-many-digits",
    "unknown-award",
    "selection",
}
_BODIES = ("payer", "recipient")


@dataclass(frozen=True)
class World:
    """Where a rule file's policy stands, and the region and members that its targets are asked of."""

    place: str
    region: str
    member: str
    metrics: tuple[str, ...]
    until: str | None = "2027-12-31"


WORLDS = (
    World("甲省/乙市", "city", "county", ("率", "全省率", "存量", "新增", "余额", "等第", "达标")),
    World("甲省/己市", "city", "county", ("率", "全省率", "存量", "新增", "余额", "等第", "达标"), until=None),
    World("甲省", "province", "city", ("率", "存量")),
    World("甲省/乙市", "city", "county", ("率", "全省率", "存量", "新增", "余额", "等第", "达标"), until=None),
)


@dataclass
class File:
    """A rule file in the making: the lines of each rule, by section and id."""

    sections: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, section: str, id: str, lines: Sequence[str]) -> None:
        """One more rule."""
        self.sections.setdefault(section, {})[id] = list(lines)

    def text(self) -> str:
        """As a rule file, without what `small.rulebook` fills in."""
        lines: list[str] = []
        for section, rules in self.sections.items():
            lines.append(f"{section}:")
            for id, body in rules.items():
                lines += [f"  - id: {id}", *(f"    {line}" for line in body)]
        return "\n".join(lines)

    def drop(self, ids: set[str]) -> None:
        """Without these rules, and without the trees that name them."""
        for section, rules in self.sections.items():
            for id, body in list(rules.items()):
                named = section == "stacking" and ids & set(re.findall(r"[\w-]+", " ".join(body)))
                if id in ids or named:
                    del rules[id]
        self.sections = {section: rules for section, rules in self.sections.items() if rules}

    def bodies(self) -> set[str]:
        """What each rule says, its name left out."""
        return {
            f"{section}: " + "\n".join(body)
            for section, rules in self.sections.items()
            if section != "stacking"
            for body in rules.values()
        }


def random_file(seed: int, world: World, *, enterprises: int, regions: int) -> tuple[File, Rulebook]:
    """A file of about so many rules for enterprises and for regions, and its rulebook."""
    writer = _Writer(random.Random(seed), world)
    writer.write(enterprises, regions)
    file = writer.file
    for _ in range(20):
        text = file.text()
        try:
            return file, rulebook(text, place=world.place, until=world.until)
        except RuleError as error:
            strange = [found for found in error.diagnostics if found.code not in _REFUSED]
            if strange:
                raise
            file.drop({_rule_at(found.span.source.text, found.span.start) for found in error.diagnostics if found.span})
    raise AssertionError("the rules are refused again and again")


def _rule_at(text: str, at: int) -> str:
    """The id of the rule that stands at that character."""
    ids: list[str] = re.findall(r"^  - id: ([\w-]+)$", text[: text.find("\n", at)], re.MULTILINE)
    return ids[-1]


class _Writer:
    """Writes rules one by one."""

    def __init__(self, choose: random.Random, world: World) -> None:
        self.choose, self.world = choose, world
        self.file = File()
        self.expressions = Expressions(choose)
        self.awards: list[str] = []
        self.each_of: dict[str, str | None] = {}

    def one(self, *options: str) -> str:
        return self.choose.choice(options)

    def chance(self, share: float) -> bool:
        return self.choose.random() < share

    def write(self, enterprises: int, regions: int) -> None:
        for number in range(enterprises):
            if self.chance(0.06):
                self._owed(number)
            else:
                self._award(number)
        for number in range(regions):
            if self.chance(0.7):
                self._target(number)
            else:
                self._duty(number)
        self._trees()

    # ------------------------------------------------------------------ awards

    def _award(self, number: int) -> None:
        lines: list[str] = []
        each = self.one("项目", "项目", "其他", "缺列") if self.chance(0.45) else None
        alike = [award for award in self.awards if self.each_of.get(award) == each]
        awards = (*self.choose.sample(self.awards, min(len(self.awards), 3)), *alike[-3:])
        whole = replace(self.expressions, awards=awards)
        inside = whole if each is None else replace(whole, item="")
        if each is not None:
            lines += [f"each: {each}", f"judged_by: {self.one('日期', '日期', 'as_of')}"]
        elif self.chance(0.6):
            lines.append(f"judged_by: {self.one('成立日期', '成立日期', 'as_of')}")
        if self.chance(0.25):
            lines.append(f"applies_when: {self.expressions.tree(1)}")
        if self.chance(0.9):
            lines.append(f"when: {inside.tree(self.choose.choice((1, 2, 2, 3)) if each is None else 1)}")
        if self.chance(0.1):
            since, until = self.choose.choice((("2024-01-01", "2024-06-30"), ("2024-03-15", "2026-12-31")))
            lines.append(
                f"in_force: {{from: {{date: {since}, basis: stated}}, until: {{date: {until}, basis: stated}}}}"
            )
        lines.append(f"modality: {self.one('must', 'encourage')}")
        if self.chance(0.02):
            lines.append("stub: true")
        if self.chance(0.35):
            self.file.add("supports", f"s{number}", lines)
            return
        if self.chance(0.08):
            lines.append("amount: unstated")
        else:
            lines += (
                self._selected(inside) if each is not None and self.chance(0.4) else [f"amount: {inside.amount(1)}"]
            )
            if self.chance(0.3):
                lines += self._paid(inside)
        self.file.add("incentives", f"x{number}", lines)
        self.awards.append(f"x{number}")
        self.each_of[f"x{number}"] = each

    def _selected(self, inside: Expressions) -> list[str]:
        """Which entries are paid, and an amount that may depend on their order."""
        first = self.one("least", "greatest")
        key = self.one("份数", "日期", "增减", "金额", "三")
        order = self.one("listed", "amount", f"{{by: {key}, first: {first}}}", f"{{by: {key}, first: {first}}}")
        lines = [f"order: {order}"]
        count = self.one("1", "2", "1", "某数")
        if self.chance(0.4):
            lines += [f"group: {self.one('级别', '角色', '日期.year')}", f"limit: {{count: '{count}', per: group}}"]
        elif self.chance(0.7):
            lines.append(f"limit: {{count: '{count}', per: all}}")
        if order == "amount" or self.chance(0.5):
            return [*lines, f"amount: {inside.amount(1)}"]
        rows = "rows: [{if: '1', then: 10万元}, {if: '2', then: 4万元}, {if: '> 2', then: 1万元}]"
        amount = self.one(
            f"{{table: {{by: 序号, {rows}}}}}",
            "'(3 - 序号) * 1万元'",
            f"{{of: 'if 序号 <= 2 then 10万元 else 金额', round: {{to: 1万元, how: {self.one('up', 'down')}}}}}",
        )
        return [*lines, f"amount: {amount}"]

    def _paid(self, inside: Expressions) -> list[str]:
        """In which instalments, by and to whom."""
        lines: list[str] = []
        day = "成立日期" if inside.item is None else self.one("日期", "成立日期")
        if self.chance(0.5):
            later = f"on: '{day} + duration(\"{self.one('P1Y', 'P1M', 'P2Y')}\")'"
            when = f", when: {quoted(inside.condition(0))}" if self.chance(0.6) else ""
            lines.append(f"instalments: [{{share: 40%}}, {{share: 60%, {later}{when}}}]")
        for body in _BODIES:
            if self.chance(0.4):
                first, second = self.choose.choice((("30%", "70%"), ("1 / 3", "2 / 3"), ("某数 / 10", "1 - 某数 / 10")))
                a, b = (f"{{{body}: {{zh: {name}, en: {name}}}, share: {quoted(share)}}}" for name, share in
                        (("甲", first), ("乙", second)))  # fmt: skip
                lines.append(f"{body}s: [{a}, {b}]")
        return lines

    def _owed(self, number: int) -> None:
        """A duty of an enterprise: what follows from an award, when, and what is to be paid back."""
        awards = tuple(self.choose.sample(self.awards, min(len(self.awards), 3)))
        lines = ["for: [enterprise]", f"modality: {self.one('must', 'encourage')}"]
        if awards and self.chance(0.6):
            lines.append(f"follows: {{award: {self.one(*awards)}, once: {self.one('entitled', 'paid')}}}")
        if self.chance(0.7):
            lines.append("due: " + self.one("2024-06-30", "'成立日期 + duration(\"P1Y\")'", "'成立日期'"))
        lines.append(f"requires: {quoted(self.expressions.condition(1))}")
        if self.chance(0.7):
            lines.append(f"claw_back: {replace(self.expressions, awards=awards).amount(0)}")
        self.file.add("obligations", f"o{number}", lines)

    def _trees(self) -> None:
        """Most of the awards in trees of three."""
        free = self.choose.sample(self.awards, len(self.awards) * 9 // 10)
        for number in range(len(free) // 3):
            scope = ("entity", "item", "period")[number % 3]
            tree = self._tree(scope, *free[3 * number : 3 * number + 3])
            self.file.add("stacking", f"t{number}", [f"scope: {scope}", tree])

    def _tree(self, scope: str, a: str, b: str, c: str) -> str:
        """Every form, alone or over another one."""
        cap = self.one("12万元", "300万元", "投资额", "投资额 + 1万元", "投资额 / 3", "5% * 投资额")
        minus, exceeded = self.one("投资额", "4万元", "核定金额"), self.one("proportional", "{by: 成立日期}")
        inner = self.one(f"{{silent: [{a}, {b}]}}", f"{{highest_of: [{a}, {b}]}}", f"{{choose_one: [{a}, {b}]}}",
                         f"{{first_of: [{a}, {b}]}}", f"{{sum: {{of: [{a}, {b}], cap: {cap}}}}}",
                         f"{{net: {{of: [{a}, {b}], minus: {minus}}}}}")  # fmt: skip
        several = self.one(f"{a}, {b}, {c}", f"{inner}, {c}", f"{c}, {inner}")
        trees = [
            f"highest_of: [{several}]",
            f"silent: [{several}]",
            f"choose_one: [{several}]",
            f"first_of: [{several}]",
            f"sum: {{of: [{several}], cap: {cap}}}",
            f"net: {{of: [{several}], minus: {minus}}}",
        ]
        if scope == "entity":
            if self.chance(0.55):
                return f"pool: {{of: [{several}], budget: 100万元, exceeded: {exceeded}}}"
            trees.append(f"top_up: [{several}]")
        if scope != "item":
            nested = [
                f"highest_of: [{{within: {{scope: item, of: [{inner}]}}}}, {c}]",
                f"within: {{scope: item, of: [{inner}, {c}]}}",
                f"silent: [{c}, {{within: {{scope: item, of: [{inner}]}}}}]",
                f"first_of: [{{within: {{scope: item, of: [{inner}]}}}}, {c}]",
                f"sum: {{of: [{c}, {{within: {{scope: item, of: [{inner}]}}}}], cap: {cap}}}",
                f"sum: {{of: [{{within: {{scope: item, of: [{inner}, {c}]}}}}], cap: {cap}}}",
            ]
            trees = nested if scope == "period" and self.chance(0.3) else trees + nested
        return self.choose.choice(trees)

    # ------------------------------------------------------------------ targets

    def _target(self, number: int) -> None:
        metric = self.choose.choice(self.world.metrics)
        kinds, over = f"[{self.world.region}]", "self"
        if self.chance(0.35) and metric in ("率", "存量", "新增", "达标"):
            over = "each" if self.chance(0.5) else "share"
        figure = _Figure(self.choose, metric, self.world.metrics)
        lines = [f"metric: {metric}", f"modality: {self.one('must', 'plan', 'strive')}"]
        entries = [figure.entry() for _ in range(self.choose.choice((1, 1, 2, 3)))]
        if over == "each":
            kinds = f"[{self.world.region}, {self.world.member}]" if self.chance(0.4) else kinds
            lines.append(f"over: {{each: {self.world.member}}}")
        elif over == "share":
            where = figure.level()
            lines.append(f"over: {{share: {self.world.member}, where: {quoted(where)}}}")
            entries = [
                _Figure(self.choose, "率", ("率",), plain=True, prefix=f"s{index}").entry() for index in range(2)
            ]
        elif self.chance(0.1) and self.world.region == "city":
            lines.append("applies_when: 已设立")
        if over != "share":
            quantity = figure.quantity()
            if quantity is not None:
                lines.append(f"quantity: {quantity}")
                entries = [figure.growth_entry() if "growth" in quantity else entry for entry in entries]
        if self.chance(0.02):
            lines.append("stub: true")
        lines.append(f"for: {kinds}")
        lines.append("schedule:")
        lines += [f"  - {{{entry}}}" for entry in dict.fromkeys(entries)]
        self.file.add("targets", f"g{number}", _unique_keys(lines))

    # ------------------------------------------------------------------ obligations

    def _duty(self, number: int) -> None:
        lines = [f"modality: {self.one('must', 'plan', 'encourage')}"]
        every, each = self.chance(0.4), self.chance(0.4) and self.world.region == "city"
        if every:
            first = self.choose.choice((2023, 2024))
            lines.append(f"every: {{from: {first}, to: {first + self.choose.choice((0, 1, 2))}}}")
        elif self.chance(0.7):
            lines.append(f"due: {self.one('2023-12-31', '2024-06-30', '2025-06-30', '2026-12-31')}")
        if each:
            lines.append("over: {each: county}")
            if self.chance(0.5):
                lines.append("for: [city, county]")
        if not any(line.startswith("for:") for line in lines):
            lines.append(f"for: [{self.world.region}]")
        facts = self.world.region == "city"
        tests = [f'{{attest: {{zh: "是否？{number}", en: "done?"}}}}'] * 2
        if facts:
            tests += ["已设立", quoted("not(已设立)"), f"{{any: [已设立, {quoted(self._dated())}]}}"]
        if every:
            shared = [word for word in ("率", "存量", "新增", "达标") if word in self.world.metrics]
            if not each or facts:
                figure = _Figure(self.choose, self.choose.choice(shared), tuple(shared))
                tests += [
                    quoted(figure.condition()),
                    f"{{all: [{quoted(figure.condition())}, {quoted(self._dated())}]}}",
                ]
        lines.append(f"requires: {self.choose.choice(tests)}")
        if not each and facts and self.chance(0.2):
            lines.append("applies_when: 已设立")
        self.file.add("obligations", f"d{number}", lines)

    def _dated(self) -> str:
        day, op = self.one("2024-06-30", "2025-06-30", "2026-01-31"), self.one(">=", "<", "=")
        return f'询问日 {op} date("{day}")'


def _unique_keys(lines: list[str]) -> list[str]:
    """Each entry of a schedule with an id of its own, since two may be due at one time."""
    found: list[str] = []
    for index, line in enumerate(lines):
        found.append(line.replace("  - {", f"  - {{id: e{index}, ", 1) if line.startswith("  - {") else line)
    return found


class _Figure:
    """Tests and schedule entries of one metric."""

    def __init__(
        self,
        choose: random.Random,
        metric: str,
        metrics: tuple[str, ...],
        *,
        plain: bool = False,
        prefix: str = "",
    ) -> None:
        self.choose, self.metric, self.metrics, self.plain, self.prefix = choose, metric, metrics, plain, prefix

    def one(self, *options: str) -> str:
        return self.choose.choice(options)

    def figure(self) -> str:
        """A figure in the unit of the metric."""
        match self.metric:
            case "率" | "全省率":
                return self.one("50%", "90%", "92.5%", "100%", "0%")
            case "存量" | "新增":
                return self.one("1个", "3个", "5个", "0个")
            case "余额":
                return self.one("1万元", "4万元", "0元")
            case "等第":
                return self.one('"低"', '"中"', '"高"')
            case _:
                return self.one("true", "false")

    def level(self) -> str:
        """A unary test against figures, or another metric."""
        if self.metric == "达标":
            return self.figure()
        options = [f"{self.one('>=', '>', '<=', '<')} {self.figure()}"] * 4
        options += [f"= {self.figure()}", f"not({self.figure()})"]
        if self.metric != "等第":
            low, high = {"率": ("50%", "90%"), "全省率": ("50%", "90%"), "余额": ("1万元", "4万元")}.get(
                self.metric, ("1个", "3个")
            )
            options += [f"[{low}..{high}]", f"({low}..{high})"]
            if not self.plain:
                options += [f"{self.one('>', '>=')} 上期", f"{self.one('>', '>=', '<')} 上期 + {self.figure()}"]
        if self.metric == "率" and "全省率" in self.metrics:
            options += [f"{self.one('>', '>=')} 全省率"] * 2
        if self.metric in ("存量", "新增") and "新增" in self.metrics:
            options += [f"{self.one('>', '<=')} 3个 * (新增 / 存量)"] * 2
        return self.choose.choice(options)

    def condition(self) -> str:
        """A condition on the metric, as an expression."""
        if self.metric == "达标":
            return self.one("达标", "not(达标)")
        return f"{self.metric} {self.one('>=', '>', '<=', '<', '=')} {self.figure()}"

    def quantity(self) -> str | None:
        """Mostly the level; of flows also sums, of numbers growth."""
        if self.metric == "新增" and self.choose.random() < 0.6:
            return self.one("{cumulative: 2023}", "{cumulative: 2024}", "flow")
        if self.metric in ("率", "存量", "新增", "余额") and self.choose.random() < 0.5:
            return self.one("{growth: 2023}", "{growth: previous}", "{average_growth: 2022}")
        return None

    def when(self) -> str:
        """When the entry is asked."""
        first = self.choose.choice(_YEARS[:2])
        return self.one(
            f"by: {self.choose.choice(_YEARS)}",
            f"by: {self.choose.choice(_YEARS)}",
            f"by: {self.choose.choice(_YEARS)}-06-30",
            f"every: {{from: {first}, to: {first + 1}}}",
            f"hold: {{from: {first}, to: {first + 2}}}",
            "by: none",
            f"by: none, period: {first}",
        )

    def entry(self) -> str:
        """One entry of a schedule."""
        if not self.plain and self.choose.random() < 0.45 and self.metric not in ("达标", "等第"):
            return self._vague()
        modality = self.one("", "", ", modality: strive")
        return f"{self.when()}, test: {quoted(self.level())}{modality}"

    def growth_entry(self) -> str:
        """One entry that compares growth."""
        test = f"{self.one('>=', '>', '<=', '<', '=')} {self.one('0%', '10%', '100%', '-50%')}"
        return f"{self.when()}, test: {quoted(test)}"

    def _vague(self) -> str:
        when, figure = self.when(), self.figure()
        return self.one(
            f"{when}, vague: approx, value: {quoted(figure)}",
            f"{when}, vague: increase, base: 2023, fails_unless: '> 基期'",
            f"{when}, vague: decrease, base: 2023, fails_unless: '< 基期', holds_if: {quoted(f'<= {figure}')}",
            f"{when}, vague: indefinite, fails_unless: {quoted(f'>= {figure}')}",
            f"by: none, vague: indefinite, fails_unless: {quoted(f'>= {figure}')}, holds_if: {quoted(f'> {figure}')}",
        )
