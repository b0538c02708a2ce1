"""What a person would write in DuckDB for the rules of one shape of `bench.sql_rules`: a join by parameters.

Written before the engine was measured against it. Money in units of a ten-thousandth yuan, as the tables have it.
Missing facts are NULL; each award has its outcome, what is certain and what is at most possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

UNIT: Final = 10_000 * 10_000
"""Ten thousand yuan in units of the tables."""


def joined(places: Sequence[str], rules: int, per_place: int) -> str:
    """One row per profile and rule of its place, for that many rules, kept in a table `hand`."""
    rows = ", ".join(
        f"('p{at}/r{k}', '{place}', {(at % 97 + k) * UNIT}, {k * 10_000})"
        for at, place in enumerate(places)
        for k in range(1, min(per_place, rules - at * per_place) + 1)
    )
    made = f"CREATE TEMP TABLE hand AS SELECT * FROM (VALUES {rows}) AS v(rule, place, least, paid);"
    return (
        made
        + """
SELECT profile, rule, '' AS entry,
  CASE WHEN c THEN 'satisfied' WHEN NOT c THEN 'not_satisfied' ELSE 'unknown' END AS outcome,
  FALSE AS breach, TRUE AS stated,
  CAST(CASE WHEN c THEN paid ELSE 0 END AS DECIMAL(38,2)) AS guaranteed,
  CAST(CASE WHEN c IS NOT FALSE THEN paid ELSE 0 END AS DECIMAL(38,2)) AS potential
FROM (
  SELECT p.profile, r.rule, r.paid,
    p."fact:invested" >= r.least AND p."fact:grade" IN ('mid', 'high') AS c
  FROM profiles p JOIN hand r ON r.place = p.place
)
"""
    )
