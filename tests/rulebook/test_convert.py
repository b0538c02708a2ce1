"""Exact numbers as text, and months on the calendar, against simple references."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.rulebook.convert import ValueProblem, plain, read_value, shown
from evaluator.rulebook.dates import months_later
from evaluator.rulebook.vocabulary import Field, ListType, Name

FINITE = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e60"), max_value=Decimal("1e60"))


@settings(max_examples=300)
@given(
    st.builds(lambda digits, places: Fraction(digits, 10**places), st.integers(-(10**60), 10**60), st.integers(0, 60))
)
def test_a_number_that_ends_keeps_all_its_digits(number: Fraction) -> None:
    text = plain(number)
    assert Fraction(text) == number
    assert "e" not in text.lower()
    assert text in ("0", text.rstrip("0").rstrip(".")) or "." not in text
    assert not text.startswith(("-0", "00")) or text.startswith("-0.")


@settings(max_examples=200)
@given(st.fractions(min_value=-(10**20), max_value=10**20))
def test_a_number_that_does_not_end_is_rounded_to_ten_places(number: Fraction) -> None:
    rest = number.denominator
    while rest % 2 == 0:
        rest //= 2
    while rest % 5 == 0:
        rest //= 5
    text = plain(number)
    assert abs(Fraction(text) - number) <= (Fraction(1, 2 * 10**10) if rest > 1 else 0)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-3, "-3"),
        (10**40 + 1, "1" + "0" * 39 + "1"),
        (Fraction(1, 2), "0.5"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(2, 3), "0.6666666667"),
        (Fraction(-1, 3 * 10**12), "0"),
        (Fraction(10, 3), "3.3333333333"),
        (Fraction(924, 1000), "0.924"),
        (Fraction(2999999999999, 3 * 10**12), "1"),
        (Fraction(10**30 + 1, 10**30), "1." + "0" * 29 + "1"),
    ],
)
def test_numbers_are_printed_plainly(number: int | Fraction, text: str) -> None:
    assert plain(number) == text


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        (None, "nothing"),
        (True, "`true`"),
        (3, "`3`"),
        ("领导", "`领导`"),
        ([1], "a list"),
        ({}, "a mapping"),
        (10**5000, "a number of more than 40 digits"),
        ("长" * 61, f"`{'长' * 60}…`"),
    ],
    ids=range(8),
)
def test_what_was_given_is_shown_in_few_words(given_: object, text: str) -> None:
    assert shown(given_) == text


def later(day: date, months: int) -> date:
    """One month after another; the day of the month as near to the first one's as the month allows."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


@settings(max_examples=300)
@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-1200, 1200))
def test_months_are_counted_as_on_a_calendar(day: date, months: int) -> None:
    assert date.fromordinal(months_later(day.toordinal(), months)) == later(day, months)


@given(st.dates(), st.dates(), st.integers(-200_000, 200_000))
def test_a_later_day_never_moves_to_an_earlier_one(first: date, second: date, months: int) -> None:
    low, high = sorted((first.toordinal(), second.toordinal()))
    assert months_later(low, months) <= months_later(high, months)
    assert months_later(low, months) <= months_later(low, months + 1)


def test_month_ends_are_clamped_and_the_calendar_has_ends() -> None:
    assert date.fromordinal(months_later(date(2024, 1, 31).toordinal(), 1)) == date(2024, 2, 29)
    assert date.fromordinal(months_later(date(2023, 3, 31).toordinal(), -1)) == date(2023, 2, 28)
    assert months_later(date(9999, 12, 31).toordinal(), 1) == date.max.toordinal()
    assert months_later(date(1, 1, 1).toordinal(), -1) == date.min.toordinal()
    assert months_later(date(2024, 2, 29).toordinal(), 12) == (date(2025, 3, 1) - timedelta(days=1)).toordinal()


def test_a_list_is_no_single_value() -> None:
    field = Field(id="list", label=Name(zh="列表", en="list"), type=ListType(record="standard"))
    with pytest.raises(ValueProblem, match="`列表` is a list, and `3` is not"):
        read_value(field, 3, {})
