"""Amounts against an exact calculation of their own, on 10,000 random bases for each form, the bounds included."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import pytest

from evaluator.engines.decide.amounts import amount_of
from evaluator.engines.decide.env import Env, Lasting
from evaluator.rulebook.model import Amount, Award, Rulebook
from evaluator.rulebook.profile import make_profile
from evaluator.rulebook.values import Interval
from tests.agreement.small import answer, bounds, enterprise, finding, rulebook

RUNS = 10_000
WHOLE = 150
FEN = Fraction(1, 100)
AS_OF = date(2025, 6, 30)
# each bound of the forms below in yuan, so that bases fall on them, a fen below and a fen above
EDGES = (0, 10_000, 30_000, 40_000, 60_000, 90_000, 100_000, 1_000_000, 3_000_000)
RATES = ((Fraction(0), Fraction(1, 10)), (Fraction(40_000), Fraction(1, 20)), (Fraction(1_000_000), Fraction(1, 5)))
_RATES = "rates: [{over: 0元, rate: 10%}, {over: 4万元, rate: 5%}, {over: 100万元, rate: 20%}]"


def _bracket(base: Fraction, *, upper: bool) -> Fraction:
    """The rate of the bracket that holds the base, found from the top."""
    for over, rate in reversed(RATES):
        if base > over or (upper and base == over):
            return rate
    return RATES[0][1]


def _slices(base: Fraction) -> Fraction:
    """Every yuan at the rate of where it lies: first all of it at the lowest, then the differences above each bound."""
    paid = base * RATES[0][1]
    for (_, lower), (over, rate) in pairwise(RATES):
        paid += max(base - over, Fraction(0)) * (rate - lower)
    return paid


def _tiers(base: Fraction) -> Fraction:
    return Fraction(0 if base < 30_000 else 5_000 if base <= 90_000 else 20_000 if base < 1_000_000 else 80_000)


def _whole_steps(base: Fraction) -> Fraction:
    over = base - 10_000
    return Fraction(over // 30_000 * 10_000) if over > 0 else Fraction(0)


def _part_steps(base: Fraction) -> Fraction:
    return min(max(base - 10_000, Fraction(0)) * 10_000 / 30_000, Fraction(90_000))


def _half_up(base: Fraction) -> Fraction:
    below = base // 300 * 300
    return Fraction(below if base - below < 150 else below + 300)


FORMS: dict[str, tuple[str, Callable[[Fraction], Fraction]]] = {
    "slices": (f"{{brackets: {{base: 投资额, on: slice, {_RATES}}}}}", _slices),
    "slices-capped": (
        f"{{brackets: {{base: 投资额, on: slice, {_RATES}, cap: 3万元}}}}",
        lambda base: min(_slices(base), Fraction(30_000)),
    ),
    "whole-lower": (
        f"{{brackets: {{base: 投资额, on: whole, edge: lower, {_RATES}}}}}",
        lambda base: base * _bracket(base, upper=False),
    ),
    "whole-upper": (
        f"{{brackets: {{base: 投资额, on: whole, edge: upper, {_RATES}}}}}",
        lambda base: base * _bracket(base, upper=True),
    ),
    "tiers": (
        "{table: {by: 投资额, rows: {'[3万元..9万元]': 5000元, '(9万元..100万元)': 2万元, '>= 100万元': 8万元}}}",
        _tiers,
    ),
    "steps-whole": ("{steps: {base: 投资额, every: 3万元, over: 1万元, amount: 1万元, count: whole}}", _whole_steps),
    "steps-pro-rata": (
        "{steps: {base: 投资额, every: 3万元, over: 1万元, amount: 1万元, count: pro-rata, cap: 9万元}}",
        _part_steps,
    ),
    "round-half-up": ("{of: 投资额, round: {to: 300元, how: half-up}}", _half_up),
    "round-down": ("{of: 投资额, round: {to: 300元, how: down}}", lambda base: base - base % 300),
    "round-up": ("{of: 投资额, round: {to: 300元, how: up}}", lambda base: base + (-base) % 300),
    "round-floor-cap": (
        "{rate: 7%, base: 投资额, round: {to: 100元, how: down}, floor: 1万元, cap: 3万元}",
        lambda base: min(max(Fraction(base * 7 // 100 // 100 * 100), Fraction(10_000)), Fraction(30_000)),
    ),
    "sum": ("{sum: [{rate: 10%, base: 投资额}, 1万元]}", lambda base: base / 10 + 10_000),
}
GRID = {("红", "低"): 1, ("红", "中"): 2, ("红", "高"): 3, ("蓝", "低"): 4, ("蓝", "中"): 5, ("蓝", "高"): 6}
_GRID = ", ".join(f"{{if: ['\"{hue}\"', '\"{grade}\"'], then: '{n}% * 投资额'}}" for (hue, grade), n in GRID.items())


def _base(choose: random.Random) -> Fraction:
    """A number of fen: at a bound, next to one, or anywhere."""
    if choose.random() < 0.5:
        return max(choose.choice(EDGES) + FEN * choose.randint(-1, 1), Fraction(0))
    return FEN * choose.randrange(choose.choice((10_000, 10_000_000, 500_000_000)))


def _book(amount: str) -> Rulebook:
    return rulebook(f"incentives:\n  - id: a\n    amount: {amount}")


def _env(book: Rulebook) -> tuple[Env, dict[str, object], Amount]:
    """An environment whose facts the test sets one after the other."""
    facts: dict[str, object] = {}
    profile = make_profile(enterprise({}), book)
    env = Env(profile, AS_OF, book.vocabulary, Lasting())
    env.facts = facts  # type: ignore[assignment]  # any exact number is a value
    rule = book.rules["test-2023/a"]
    assert isinstance(rule, Award)
    assert rule.amount is not None
    return env, facts, rule.amount


@pytest.mark.parametrize("form", FORMS)
def test_amount_is_what_an_exact_calculation_says(form: str) -> None:
    text, expected = FORMS[form]
    env, facts, amount = _env(_book(text))
    choose = random.Random(form)
    for base in (*(Fraction(edge) for edge in EDGES), *(_base(choose) for _ in range(RUNS))):
        facts["invested"] = base
        assert amount_of(amount, env)[0] == expected(base), f"{form} of {base}"


def test_grid_pays_what_its_row_says() -> None:
    env, facts, amount = _env(_book(f"{{table: {{by: [颜色, 等级], rows: [{_GRID}]}}}}"))
    choose = random.Random("grid")
    ids = {"红": "red", "蓝": "blue", "低": "low", "中": "mid", "高": "high"}
    for _ in range(RUNS):
        (hue, grade), percent = choose.choice(list(GRID.items()))
        base = _base(choose)
        facts.update({"hue": ids[hue], "grade": ids[grade], "invested": base})
        assert amount_of(amount, env)[0] == base * percent / 100


@pytest.mark.parametrize("form", FORMS)
def test_range_of_a_base_is_the_range_of_all_bases_in_it(form: str) -> None:
    text, expected = FORMS[form]
    env, facts, amount = _env(_book(text))
    choose = random.Random(f"{form} between")
    for _ in range(400):
        low = Fraction(choose.choice(EDGES) + choose.choice((-10_000, 0, 10_000)))
        low = max(low, Fraction(0))
        high = low + choose.choice((100, 10_000, 70_000, 1_000_000))
        facts["invested"] = Interval(low, high)
        inner = [low + (high - low) * step / 10 for step in range(11)]
        inner += [Fraction(edge) + step for edge in EDGES for step in (-FEN, Fraction(0), FEN)]
        values = [expected(base) for base in inner if low <= base <= high]
        found = amount_of(amount, env)[0]
        least, most = (found.low, found.high) if isinstance(found, Interval) else (found, found)
        assert isinstance(least, int | Fraction)
        assert isinstance(most, int | Fraction)
        assert least <= min(values)
        assert most >= max(values)
        # a jump's own neighbours only come near it, and a table reads the base in every row
        if not form.startswith(("whole", "tiers")):
            assert (least, most) == (min(values), max(values)), f"{form} from {low} to {high}"


def _to_fen(value: Fraction) -> Fraction:
    return (value * 100 + Fraction(1, 2)) // 1 * FEN


@pytest.mark.parametrize("form", sorted(FORMS))
def test_decision_pays_the_amount_to_the_fen(form: str) -> None:
    text, expected = FORMS[form]
    book, choose = _book(text), random.Random(f"{form} whole")
    for _ in range(WHOLE // len(FORMS) * 3):
        base = _base(choose)
        found = finding(answer(book, enterprise({"投资额": base / 10_000})), "a")
        assert bounds(found) == (_to_fen(expected(base)),) * 2


def _fens(whole: Fraction, shares: Sequence[Fraction]) -> list[Fraction]:
    """The first has what the others leave, who have their shares to the fen, rounded down."""
    others = [whole * share // FEN * FEN for share in shares[1:]]
    return [whole - sum(others), *others]


SHARES = (
    (Fraction(40, 100), Fraction(60, 100)),
    (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)),
    (Fraction(1, 7), Fraction(2, 7), Fraction(4, 7)),
)


@pytest.mark.parametrize("shares", SHARES, ids=lambda shares: "-".join(map(str, shares)))
@pytest.mark.parametrize("key", ["instalments", "payers", "recipients"])
def test_split_loses_no_fen_and_leaves_the_rest_to_the_first(key: str, shares: Sequence[Fraction]) -> None:
    name = {"payers": "payer", "recipients": "recipient"}
    parts = [
        f"{{share: '{share}'}}"
        if key == "instalments"
        else f"{{{name[key]}: {{zh: 方{place}, en: party {place}}}, share: '{share}'}}"
        for place, share in enumerate(shares)
    ]
    book = rulebook(f"incentives:\n  - id: a\n    amount: 投资额\n    {key}: [{', '.join(parts)}]")
    choose = random.Random(f"{key} {shares}")
    for _ in range(60):
        base = _base(choose)
        amount = finding(answer(book, enterprise({"投资额": base / 10_000})), "a").amount
        assert amount is not None
        assert [line.guaranteed for line in amount.lines] == _fens(base, shares)
        assert [line.potential for line in amount.lines] == _fens(base, shares)
        assert sum(line.guaranteed for line in amount.lines) == base == amount.guaranteed


class _Item(NamedTuple):
    level: str
    parts: int
    spent: int
    passed: bool


def _item(choose: random.Random) -> _Item:
    return _Item(choose.choice(("国际", "国家")), choose.randrange(3), choose.randrange(4), choose.random() < 0.8)


@pytest.mark.parametrize("order", ["listed", "amount", "{by: 份数, first: least}", "{by: 份数, first: greatest}"])
@pytest.mark.parametrize("group", [None, "级别"])
def test_limit_pays_the_first_of_the_order_in_each_group(order: str, group: str | None) -> None:
    of = "all" if group is None else "group"
    grouped = "" if group is None else f"\n    group: {group}"
    book = rulebook(
        "incentives:\n  - id: a\n    each: 项目\n    judged_by: as_of\n    when: 通过\n    amount: 金额\n"
        f"    order: {order}\n    limit: {{count: '2', per: {of}}}{grouped}"
    )
    choose = random.Random(f"{order} {group}")
    for _ in range(60):
        items = [_item(choose) for _ in range(choose.randrange(7))]
        ranked = [item for item in items if item.passed]
        if order != "listed":
            down = order == "amount" or "greatest" in order
            ranked.sort(key=lambda item: (item.spent if order == "amount" else item.parts) * (-1 if down else 1))
        taken: dict[str, list[int]] = {}
        for item in ranked:
            taken.setdefault("" if group is None else item.level, []).append(item.spent)
        expected = sum(10_000 * sum(amounts[:2]) for amounts in taken.values())
        given = [{"级别": one.level, "份数": one.parts, "金额": one.spent, "通过": one.passed} for one in items]
        assert bounds(finding(answer(book, enterprise({"项目": given})), "a")) == (expected, expected)
