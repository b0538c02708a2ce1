"""What a person would write in DuckDB for the rules of `bench.sql_rules`: 28 awards, and a join by parameters.

Written before the engine was measured against it. Money in units of a ten-thousandth yuan, as the tables have it.
Missing facts are NULL; each award has its outcome, what is certain and what is at most possible.
"""

from __future__ import annotations

from typing import Final

PLAIN: Final = range(1, 15)
ITEMS: Final = range(1, 15)
UNIT: Final = 10_000 * 10_000
"""Ten thousand yuan in units of the tables."""


def wide(as_of: str = "2025-06-30") -> str:
    """One row per profile: outcome, guaranteed and potential of 14 awards of the profile and 14 over its projects."""
    conditions = ", ".join(
        f"\"fact:invested\" >= {10 * k * UNIT} AND \"fact:grade\" IN ('mid', 'high') AS c{k}" for k in PLAIN
    )
    inner = ", ".join(f'"field:role" = \'lead\' AND "field:spent" >= {k * UNIT} AND in_time AS d{k}' for k in ITEMS)
    sums = ", ".join(
        f"bool_or(d{k}) AS some{k}, bool_or(d{k} IS NULL) AS open{k}, "
        f"sum(CASE WHEN d{k} THEN least_level * {k} ELSE 0 END) AS low{k}, "
        f"sum(CASE WHEN d{k} IS NOT FALSE THEN most_level * {k} ELSE 0 END) AS high{k}"
        for k in ITEMS
    )
    shown = ", ".join(
        [
            f"CASE WHEN c{k} THEN 'satisfied' WHEN NOT c{k} THEN 'not_satisfied' ELSE 'unknown' END AS \"p{k}\", "
            f'CAST(CASE WHEN c{k} THEN {k * 10_000} ELSE 0 END AS DECIMAL(38,2)) AS "p{k}:low", '
            f'CAST(CASE WHEN c{k} IS NOT FALSE THEN {k * 10_000} ELSE 0 END AS DECIMAL(38,2)) AS "p{k}:high"'
            for k in PLAIN
        ]
        + [
            f"CASE WHEN some{k} THEN 'satisfied' WHEN open{k} OR \"list:projects\" IS NOT TRUE THEN 'unknown' "
            f'ELSE \'not_satisfied\' END AS "i{k}", CAST(coalesce(low{k}, 0) AS DECIMAL(38,2)) AS "i{k}:low", '
            f'CAST(CASE WHEN "list:projects" THEN coalesce(high{k}, 0) END AS DECIMAL(38,2)) AS "i{k}:high"'
            for k in ITEMS
        ]
    )
    return f"""
WITH timed AS (
  SELECT *,
    CASE WHEN "field:day:from" >= DATE '2023-01-01' AND "field:day:to" <= DATE '{as_of}' THEN TRUE
         WHEN "field:day:to" < DATE '2023-01-01' OR "field:day:from" > DATE '{as_of}' THEN FALSE END AS in_time,
    CASE "field:level" WHEN 'a' THEN 30000 WHEN 'b' THEN 20000 WHEN 'c' THEN 10000 ELSE 10000 END AS least_level,
    CASE "field:level" WHEN 'a' THEN 30000 WHEN 'b' THEN 20000 WHEN 'c' THEN 10000 ELSE 30000 END AS most_level
  FROM items_projects
),
tested AS (SELECT profile, least_level, most_level, {inner} FROM timed),
added AS (SELECT profile, {sums} FROM tested GROUP BY profile),
plain AS (SELECT profile, "list:projects", {conditions} FROM profiles)
SELECT plain.profile, {shown} FROM plain LEFT JOIN added ON added.profile = plain.profile
"""


def joined() -> str:
    """One row per profile and rule of its place, for rules of one shape kept in a table `hand`."""
    return """
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
