"""Rules and tables of profiles for measuring the SQL engine: made up, written to Parquet by DuckDB, seeds fixed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook

VOCABULARY: Final = """
kinds:
  - {id: enterprise, label: {zh: 企业, en: enterprise}, group: organisation}
  - {id: province, label: {zh: 省, en: province}, group: region, level: 1}
  - {id: city, label: {zh: 市, en: city}, group: region, level: 2}
units:
  - {id: 元, dimension: money, factor: 1}
  - {id: 万元, dimension: money, factor: 10000}
records:
  - id: project
    label: {zh: 项目记录, en: project}
    fields:
      - {id: level, label: {zh: 级别, en: level}, type: choice, choices: [{id: a, zh: 国际, en: a}, {id: b, zh: 国家, en: b}, {id: c, zh: 行业, en: c}]}
      - {id: role, label: {zh: 角色, en: role}, type: choice, choices: [{id: lead, zh: 主持, en: lead}, {id: join, zh: 参与, en: join}]}
      - {id: day, label: {zh: 日期, en: day}, type: date}
      - {id: spent, label: {zh: 金额, en: spent}, type: number, unit: 万元}
facts:
  - {id: projects, label: {zh: 项目, en: projects}, of: [enterprise], type: list, record: project}
  - {id: invested, label: {zh: 投资额, en: invested}, of: [enterprise], type: number, unit: 万元}
  - {id: grade, label: {zh: 等级, en: grade}, of: [enterprise], type: choice, ordered: true, choices: [{id: low, zh: 低, en: low}, {id: mid, zh: 中, en: mid}, {id: high, zh: 高, en: high}]}
"""  # noqa: E501 - one entry, one line

POLICY: Final = """
id: {id}
title: {{zh: 试行办法, en: trial}}
number: null
issuer: {{zh: 某市, en: a city}}
jurisdiction: {place}
published: {{date: 2023-01-01, basis: stated}}
in_force:
  from: {{date: 2023-01-01, basis: stated}}
  until: {{date: 2027-12-31, basis: stated}}
last_named: {{date: 2027-12-31, basis: stated}}
"""
HEAD: Final = """    title: {zh: 条, en: rule}
    cite: {article: 一, sentence: 1}
    modality: must
    for: [enterprise]
"""


def plain_rule(id: str, least: int, paid: int) -> str:
    """An award of `paid` ten thousand yuan from an investment of `least` on."""
    when = f'投资额 >= {least}万元 and 等级 >= "中"'
    return f"  - id: {id}\n{HEAD}    when: '{when}'\n    amount: {paid}万元\n"


def write(folder: Path, policies: dict[str, tuple[str, str]], places: list[str]) -> Rulebook:
    """A rulebook of policies (id: place, incentives) in an empty folder."""
    listed = ["places:"]
    provinces = dict.fromkeys(place.partition("/")[0] for place in places)
    listed += [f"  - {{path: {province}, kind: province}}" for province in provinces]
    listed += [f"  - {{path: {place}, kind: city}}" for place in places]
    (folder / "vocabulary").mkdir(parents=True)
    text = VOCABULARY + "\n".join(listed) + "\n"
    (folder / "vocabulary" / "all.yaml").write_text(text, encoding="utf-8")
    for id, (place, rules) in policies.items():
        (folder / id).mkdir()
        (folder / id / "policy.yaml").write_text(POLICY.format(id=id, place=place), encoding="utf-8")
        (folder / id / "rules.yaml").write_text("incentives:\n" + rules, encoding="utf-8")
    return load_rulebook(folder)


def many(folder: Path, rules: int, per_place: int) -> tuple[Rulebook, list[str]]:
    """That many rules of one shape, so many to a place; and the places."""
    places = [f"甲省/市{number}" for number in range(-(-rules // per_place))]
    policies = {}
    for number, place in enumerate(places):
        text = "".join(
            plain_rule(f"r{k}", number % 97 + k, k) for k in range(1, min(per_place, rules - number * per_place) + 1)
        )
        policies[f"p{number}"] = (place, text)
    return write(folder, policies, places), places


def profiles(folder: Path, number: int, places: list[str]) -> None:
    """Parquet tables of profiles, an eighth of each fact unknown, with two projects each."""
    chosen = "[" + ", ".join(f"'{place}'" for place in places) + "]"
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("CREATE MACRO drawn(number, seed) AS hash(number * 1009 + seed)")
        connection.execute(
            f"""COPY (SELECT range AS profile, 'enterprise' AS kind,
                ({chosen})[CAST(range % {len(places)} AS INTEGER) + 1] AS place,
                CASE WHEN drawn(range, 1) % 8 > 0 THEN CAST(drawn(range, 2) % 200 AS BIGINT) * 100000000 END
                  AS "fact:invested",
                CASE WHEN drawn(range, 3) % 8 > 0 THEN ['low', 'mid', 'high'][CAST(drawn(range, 4) % 3 AS INTEGER) + 1]
                END AS "fact:grade",
                CASE WHEN drawn(range, 5) % 8 > 0 THEN TRUE ELSE FALSE END AS "list:projects",
                FALSE AS "members:complete"
              FROM range({number})) TO '{folder}/profiles.parquet' (FORMAT parquet)"""
        )
        connection.execute(
            f"""COPY (SELECT range // 2 AS profile, CAST(range % 2 + 1 AS INTEGER) AS item,
                CASE WHEN drawn(range, 6) % 8 > 0 THEN ['a', 'b', 'c'][CAST(drawn(range, 7) % 3 AS INTEGER) + 1] END
                  AS "field:level",
                CASE WHEN drawn(range, 8) % 8 > 0 THEN ['lead', 'join'][CAST(drawn(range, 9) % 2 AS INTEGER) + 1] END
                  AS "field:role",
                DATE '2022-06-01' + CAST(drawn(range, 10) % 1200 AS INTEGER) AS "field:day:from",
                DATE '2022-06-01' + CAST(drawn(range, 10) % 1200 AS INTEGER) AS "field:day:to",
                CASE WHEN drawn(range, 11) % 8 > 0 THEN CAST(drawn(range, 12) % 20 AS BIGINT) * 100000000 END
                  AS "field:spent"
              FROM range({2 * number})) TO '{folder}/items_projects.parquet' (FORMAT parquet)"""
        )
