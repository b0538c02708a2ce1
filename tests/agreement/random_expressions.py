"""Random conditions, numbers, dates and amounts over the vocabulary of `small`, well typed, as text; from one seed.

The constants are few and small, and so are the values of `random_profiles`: comparisons meet at their very edge often.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

_CONSTANTS = ("0", "1", "2", "3", "5", "-1", "0.5")
_ORDERS = (">=", ">", "<", "<=", "=", "!=")
_DAYS = ("2023-06-01", "2024-03-15", "2024-07-01", "2024-12-31")
_MONEY = ("0元", "1万元", "4万元", "10万元", "300万元")
_LEAF_TESTS = ("真", "假", "未知", '颜色 = "红"', '颜色 != "蓝"', '等级 >= "中"', '等级 < "高"', '等级 in ("低", "高")')
_ITEM_TESTS = ("通过", '级别 = "国际"', '级别 in ("国际", "国家")', '角色 != "主持"', "1 / 增减 > 0", "not(通过)")


def quoted(text: str) -> str:
    """An expression as a scalar of YAML."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Expressions:
    """Writes expressions. `facts`: those of an enterprise; `metrics`: figures by year too; `item`: the entry's prefix.

    `item` is None outside lists, "" where fields are named bare, `x.` inside `some x in …`.
    """

    choose: random.Random
    facts: bool = True
    metrics: tuple[str, ...] = ()
    item: str | None = None
    awards: tuple[str, ...] = ()
    """Awards that may be referred to, by their ids."""
    lists: tuple[str, ...] = ("项目", "其他", "项目", "其他", "空列", "缺列")

    def one(self, options: Sequence[str]) -> str:
        """One of these."""
        return self.choose.choice(options)

    def any_of(self, *options: Callable[[], str]) -> str:
        """One of these, written."""
        return self.choose.choice(options)()

    # ------------------------------------------------------------------ numbers

    def number(self, depth: int) -> str:
        """A bare number."""
        if depth <= 0 or self.choose.random() < 0.2:
            return self._number_leaf()
        below = depth - 1
        options = [
            lambda: f"({self.number(below)} {self.one('+-*/')} {self.number(below)})",
            lambda: f"({self.number(below)} {self.one('+-*')} {self.number(below)})",
            lambda: f"{self.one(('min', 'max'))}({self.number(below)}, {self.number(below)})",
            *(lambda: f"{self.one(('abs', 'floor', 'ceiling'))}({self.number(below)})",) * 2,
            lambda: f"-({self.number(below)})",
            lambda: f"(if {self.condition(below)} then {self.number(below)} else {self.number(below)})",
        ]
        if self.facts and self.item is None:
            options += [lambda: self.counted(below)] * 5
        return self.any_of(*options)

    def _number_leaf(self) -> str:
        leaves = list(_CONSTANTS)
        if self.facts:
            leaves += ["零", "三", "某数", "任数", "零", "三", "某数", "任数"]
        if self.item is not None:
            leaves += [f"{self.item}份数", f"{self.item}增减", f"{self.item}份数", f"(1 / {self.item}增减)"]
        return self.one(leaves)

    def counted(self, depth: int) -> str:
        """A number made of the entries of a list."""
        source, how = self.source(depth), self.one(("sum", "min", "max"))
        inside = replace(self, item="x.")
        return self.any_of(
            *(lambda: f"count({source})",) * 2,
            lambda: f"sum({source}.{self.one(('份数', '增减'))})",
            *(lambda: f"{how}({source}.{self.one(('份数', '增减'))})",) * 2,
            lambda: f"{how}(for x in {source} return {inside.number(1)})",
            *(lambda: self._quotients(source, inside),) * 2,
        )

    def _quotients(self, source: str, inside: Expressions) -> str:
        """A number made of quotients, each with a divisor of its own."""
        how, below = self.one(("sum", "sum", "min", "max")), self.one(("x.份数", "x.增减"))
        return f"{how}(for x in {source} return {inside.number(0)} / {below})"

    def source(self, depth: int) -> str:
        """A list, mostly with a filter."""
        name = self.one(self.lists)
        if self.choose.random() < 0.3:
            return name
        return f"{name}[{replace(self, item='').condition(min(depth, 1))}]"

    # ------------------------------------------------------------------ conditions

    def condition(self, depth: int) -> str:
        """A condition in FEEL."""
        if depth <= 0:
            return self.any_of(self._test_leaf, self.compared)
        below = depth - 1
        options = [
            self._test_leaf,
            lambda: self.compared(below),
            lambda: self.compared(below),
            lambda: f"({self.condition(below)} {self.one(('and', 'or'))} {self.condition(below)})",
            lambda: f"not({self.condition(below)})",
            lambda: f"(if {self.condition(below)} then {self.condition(below)} else {self.condition(below)})",
            lambda: f"({self.condition(below)}) = ({self.condition(below)})",
            lambda: f"({self.number(0)} >= 1 and {self.number(0)} >= {self.one(('1', '2'))} and 三 <= 5)",
            lambda: f"{self.number(below)} in [{self.one(('0', '1', '-1'))}..{self.one(('2', '3', '5'))})",
            lambda: f"{self.number(below)} between {self.one(('0', '1'))} and {self.one(('2', '3'))}",
            self.dated,
            self.dated,
        ]
        if self.facts:
            options += [
                lambda: f'(if {self.condition(below)} then "红" else 颜色) = "红"',
                lambda: f'(if {self.condition(below)} then 等级 else "高") {self.one((">=", "<"))} "中"',
                lambda: f"{self.money(below)} {self.one(_ORDERS)} {self.money(below)}",
            ]
            if self.awards and self.item is None:
                options.append(lambda: f'award("{self.one(self.awards)}") {self.one((">", "=", "<="))} 10万元')
        if self.facts and self.item is None:
            options += [lambda: self.quantified(below)] * 2
        return self.any_of(*options)

    def compared(self, depth: int = 0) -> str:
        """Two numbers compared; one of them mostly a small constant."""
        left = self.number(depth)
        right = self.one(_CONSTANTS) if self.choose.random() < 0.6 else self.number(depth)
        return f"{left} {self.one(_ORDERS)} {right}"

    def _test_leaf(self) -> str:
        leaves: list[str] = []
        if self.facts:
            leaves += [*_LEAF_TESTS, "1 / 零 > 0", '名称 = "甲"']
        if self.item is not None:
            leaves += [self._prefixed(test) for test in (*_ITEM_TESTS, *_ITEM_TESTS)]
        if not leaves:
            return self.compared()
        return self.one(leaves)

    def _prefixed(self, test: str) -> str:
        for word in ("通过", "级别", "角色", "增减"):
            test = test.replace(word, f"{self.item}{word}")
        return test

    def dated(self) -> str:
        """Two dates compared, or the year of one."""
        days = ["询问日"]
        if self.facts:
            days += ["成立日期"] * 2
        if self.item is not None:
            days += [f"{self.item}日期"] * 3
        day = self.one(days)
        shift = self.one(
            ("", "", ' + duration("P1M")', ' - duration("P1Y")', ' - duration("P30D")', ' + duration("P1D")')
        )
        if self.choose.random() < 0.35:
            return f"{day}.year {self.one(_ORDERS)} {self.one(('2023', '2024', '2025'))}"
        other = self.one([f'date("{self.one(_DAYS)}")', *days])
        return f"{day}{shift} {self.one(_ORDERS)} {other}"

    def quantified(self, depth: int) -> str:
        """`some` or `every` entry; sometimes with a second list inside."""
        inside = replace(self, item="x.")
        test = inside.condition(min(depth, 1))
        if self.choose.random() < 0.15:
            word = self.one(("some", "every"))
            test = f"({word} y in {self.one(self.lists)} satisfies y.份数 {self.one(_ORDERS)} x.份数)"
        return f"({self.one(('some', 'every'))} x in {self.source(depth)} satisfies {test})"

    def tree(self, depth: int) -> str:
        """A condition as YAML: an expression, or a node of structure over several."""
        if self.choose.random() < 0.55:
            return quoted(self.condition(depth))
        parts = [quoted(self.condition(depth - 1)) for _ in range(self.choose.choice((2, 3, 3)))]
        several = ", ".join(parts)
        n = self.choose.randint(1, len(parts))
        return self.one(
            (
                f"{{all: [{several}]}}",
                f"{{any: [{several}]}}",
                f"{{not: {{any: [{several}]}}}}",
                f"{{at_least: {{n: {n}, of: [{several}]}}}}",
                f"{{all: [{parts[0]}], unless: [{', '.join(parts[1:])}]}}",
            )
        )

    # ------------------------------------------------------------------ money

    def money(self, depth: int) -> str:
        """An amount of money in FEEL."""
        options = [
            lambda: self.one(_MONEY),
            lambda: self.one(("投资额", "核定金额", "投资额")),
            lambda: f"{self.one(('5%', '20%', '100%'))} * 投资额",
            lambda: f"({self.number(depth)}) * 1万元",
            lambda: f"{self.one(('投资额 / 3', '0.005元', '投资额 / 70000'))}",
        ]
        if self.awards:
            options += [lambda: f'award("{self.one(self.awards)}")'] * (1 if self.item is None else 2)
        if self.item is not None:
            options += [lambda: f"{self.item}金额"] * 2
        return self.any_of(*options)

    def amount(self, depth: int) -> str:
        """An amount of any form, as YAML; about one in three is made of others, or rounded and bounded."""
        several = [
            lambda: f"{{sum: [{self.form(0)}, {self.form(0)}]}}",
            lambda: f"{{of: {self.form(0)}, {self._rounding()}}}",
            lambda: f"{{sum: [{quoted(self.money(0))}, {self.form(0)}], {self._rounding()}}}",
        ]
        if self.awards:
            share = self.one(("50%", "100%", "'2'"))
            matched = lambda: f"{{match: {{award: {self.one(self.awards)}, share: {share}}}}}"  # noqa: E731 - as the others
            several += [matched] * (1 if self.item is None else 4)
        return self.any_of(*several) if self.choose.random() < 0.35 else self.form(depth)

    def _rounding(self) -> str:
        rounding = (
            f"round: {{to: {self.one(('1000元', '1万元', '0.3元'))}, how: {self.one(('half-up', 'down', 'up'))}}}"
        )
        return self.one((rounding, rounding, f"{rounding}, floor: 1万元", f"{rounding}, cap: {quoted(self.money(0))}"))

    def form(self, depth: int) -> str:
        """One form of amount."""

        def paid() -> str:
            return quoted(self.money(depth))

        def key() -> str:
            return quoted(self.number(1))

        return self.any_of(
            paid,
            *(lambda: self._table(depth),) * 4,
            lambda: self._table_of_one(),
            lambda: f"{{up_to: {paid()}, decided: 核定金额}}",
            lambda: f"{{up_to: {paid()}}}",
            lambda: f"{{between: [{paid()}, {paid()}], decided: 核定金额}}",
            lambda: f"{{between: [{paid()}, {paid()}]}}",
            lambda: f"{{rate: 5%, base: {paid()}, cap: {paid()}, floor: 1万元}}",
            lambda: self._brackets(paid()),
            *(lambda: self._steps(paid(), key()),) * 2,
            lambda: f"{{steps: {{base: {key()}, every: '2', over: '1', amount: 1万元, count: whole, cap: {paid()}}}}}",
        )

    def _table(self, depth: int) -> str:
        tests = ("> 1", "[0..3]", "2", "<= 1", "-", "not(5)", "(0..2]")
        hues = ('"红"', '"蓝"', "-")
        rows = ", ".join(
            f"{{if: [{quoted(self.one(hues))}, {quoted(self.one(tests))}], then: {self._row(depth)}}}"
            for _ in range(self.choose.choice((1, 2, 3)))
        )
        hit = self.one(("A", "C+", "C<", "C>"))
        return f"{{table: {{by: [颜色, {quoted(self.number(1))}], hit: {hit}, rows: [{rows}]}}}}"

    def _row(self, depth: int) -> str:
        """What a row pays, sometimes an amount of another form."""
        if self.choose.random() < 0.7:
            return quoted(self.money(depth))
        return self.any_of(
            lambda: f"{{up_to: {quoted(self.money(0))}, decided: 核定金额}}",
            lambda: f"{{sum: [1万元, {quoted(self.money(0))}]}}",
            lambda: self._brackets(quoted(self.money(0))),
        )

    def _table_of_one(self) -> str:
        """A table by one choice or yes-no fact, whose rows name some or all of its values."""
        if self.item is not None and self.choose.random() < 0.7:
            column, values = f"{self.item}级别", ["国际", "国家", "行业"]
        else:
            column, values = self.choose.choice((("颜色", ["红", "蓝"]), ("等级", ["低", "中", "高"])))
        kept = values if self.choose.random() < 0.5 else values[: self.choose.randint(1, len(values))]
        rows = ", ".join(f"{value}: {quoted(self.money(0))}" for value in kept)
        return f"{{table: {{by: {column}, rows: {{{rows}}}}}}}"

    def _brackets(self, base: str) -> str:
        cap = self.one(("", f", cap: {quoted(self.money(0))}"))
        on = self.one(("on: slice", "on: slice", "on: whole, edge: lower", "on: whole, edge: upper"))
        return (
            f"{{brackets: {{base: {base}, {on}, rates: [{{over: 0万元, rate: 1%}}, {{over: 3万元, rate: 2%}}]{cap}}}}}"
        )

    def _steps(self, amount: str, every: str) -> str:
        count = self.one(("whole", "pro-rata"))
        return f"{{steps: {{base: {quoted(self.number(1))}, every: {every}, amount: {amount}, count: {count}}}}}"
