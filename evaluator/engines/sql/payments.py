"""From what an entry comes to, to what is paid now and what later: instalments in the row of the entry.

What `evaluator.engines.payment` says, in whole fen. Payers and recipients share what is paid and change no sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evaluator.engines.sql.ends import End
from evaluator.engines.sql.lower import number, truth, unknown
from evaluator.engines.sql.nodes import Sql
from evaluator.engines.sql.numbers import Num
from evaluator.engines.sql.scope import Env, Word
from evaluator.engines.sql.sums import Adding, Sums
from evaluator.record import record
from evaluator.rulebook import model
from evaluator.rulebook.gates import date_that_counts
from evaluator.rulebook.vocabulary import Exact, exact


@record
class Paid:
    """What is paid, in whole fen: `low` guaranteed, `high` potential (NULL: not bounded)."""

    low: Sql
    high: Sql


@record
class Parted:
    """One entry's sum with what of it has accrued; whether a part comes `later`, and whether a fact can change it."""

    sums: Sums
    later: Sql
    open: Sql


def day_of(award: model.Award, env: Env) -> Num:
    """The date that counts of the entry or profile at hand."""
    return number(date_that_counts(award.judged_by), env)


def year_of(day: Num, env: Env) -> Sql:
    """The year of a day; NULL where it is not known."""
    b = env.builder
    first, last = b.year(day.low.num), b.year(day.high.num)
    return first if first is last else b.case([(b.compare("=", first, last), first)], b.null("int"))


def parted(award: model.Award, low: Sql, high: Sql, env: Env) -> Parted:
    """The sum from `low` to `high` in its instalments."""
    b, adding = env.builder, Adding(env.builder)
    no = b.false
    if not award.instalments:
        return Parted(sums=adding.whole(low, high), later=no, open=no)
    asked = env.numbers.point(End(b.day(env.layout.as_of.toordinal())))
    parts: list[Sums] = []
    later: list[Sql] = []
    open_: list[Sql] = []
    sums = split(low, high, [entry.share for entry in award.instalments], env)
    for entry, part in zip(award.instalments, sums, strict=True):
        holds = Word(b.true, no) if entry.when is None else truth(entry.when, env)
        due = day_of(award, env) if entry.on is None else number(entry.on, env)
        come = Word(*env.numbers.compare("<=", due, asked))
        dropped, ahead = b.fails(holds.value), b.fails(come.value)
        sure = b.case([(b.holds(holds.value), part.low)], b.zero)
        most = b.case([(dropped, b.zero)], part.high)
        now = b.case([(b.holds(come.value), sure)], b.zero), b.case([(ahead, b.zero)], most)
        later.append(b.and_(b.not_(dropped), b.not_(b.holds(come.value))))
        pays = b.coalesce(b.compare("<>", most, b.zero), b.true)
        open_.append(b.and_(b.not_(dropped), pays, b.or_(unknown(holds, env), unknown(come, env))))
        parts.append(Sums(sure, most, *now, b.true))
    return Parted(sums=adding.together(parts), later=b.or_(*later), open=b.or_(*open_))


def split(low: Sql, high: Sql, shares: Sequence[Exact], env: Env) -> list[Paid]:
    """A sum by shares of it that are one together, to the fen; the first gets what the others leave."""
    b = env.builder
    same = b.holds(b.compare("=", low, high))
    exact_ = [_down(low, share, env) for share in shares[1:]]
    first = b.subtract(low, Adding(b).total(exact_))
    if low is high:
        return [Paid(low=part, high=part) for part in (first, *exact_)]
    found: list[Paid] = []
    for share, part in zip(shares[1:], exact_, strict=True):
        between = part, _down(high, share, env)
        if share < 0:  # nothing is less than nothing while the sum is open
            between = b.case([(same, part)], b.zero), b.case([(same, part)], b.zero)
        found.append(Paid(low=between[0], high=between[1]))
    # what is left for the first does not always grow with the whole: each other part may leave up to a fen
    least = b.negate(_down(b.negate(low), max(shares[0], 0), env))
    most = b.negate(_down(b.negate(high), max(shares[0], 0), env))
    most = b.add(most, b.integer(max(len(shares) - 2, 0)))
    return [Paid(low=b.case([(same, first)], least), high=b.case([(same, first)], most)), *found]


def _down(whole: Sql, share: Exact, env: Env) -> Sql:
    """A share of a sum, to the fen below."""
    b, part = env.builder, Fraction(exact(share))
    if not part:
        return b.zero
    return b.floor_divide(b.times(whole, part.numerator), b.integer(part.denominator))
