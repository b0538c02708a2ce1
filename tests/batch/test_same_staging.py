"""Rows staged by SQL are those that the reader of rows makes, and the same rows are set aside for the same reasons."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from evaluator.batch.columns import Wishes
from evaluator.batch.rows import Defaults
from evaluator.diagnostics import RuleError
from tests.batch.batches import rulebook, wishes, write_csv, write_lines
from tests.batch.staging import compared, staged


def words(text: str) -> list[str]:
    """Cells with a stroke between them."""
    return text.split("|")


KINDS = [*["enterprise"] * 12, "association", "city", "企业", "enterprize", "", " enterprise "]
PLACES = [*["甲省/乙市"] * 8, "甲省", "庚省/辛市", "甲省/丙市", "", "/甲省/", "甲省/乙市/丙县", " 甲省"]
CODES = ["", "91350100M000100Y43", "91350100M000100Y44", "91350100m000100y43", "9135 0100M000100Y43", "1", "ABC"]
NAMES = ["某企业", "", " 两头空 ", "a,b", 'say "x"', "第一行\n第二行", "null", "12"]
YES_NO = [
    "是",
    "否",
    "true",
    "false",
    "True",
    "FALSE",
    "yes",
    "no",
    " 是 ",
    "",
    "~",
    "null",
    "是的",
    "1",
    "0",
    "y",
    "on",
]
CHOICES = words("甲等|乙等|a|A|B|c|丁等|| 甲等|null|~|甲等 ")
NUMBERS = [
    "0",
    "12",
    "-3",
    "+5",
    "120.5",
    "0.0001",
    "0.00000001",
    "99999",
    "123456789012345",
    "1234567890123456",
    "12345678901234567.1",
    "1e3",
    ".5",
    "5.",
    "1,000",
    "30万元",
    "30 万元",
    "30元",
    "3件",
    "3个",
    "1百个",
    "94%",
    "94 %",
    "94％",
    "１２",
    "１２万元",
    "100000",
    "100001",
    "000",
    "-0",
    "",
    " 7 ",
    "~",
    "NULL",
    "abc",
    "1.23456789",
    "0x1F",
    "1_000",
    "2024-01-01",
    "99999999999999.1234567",
    "100",
    "101",
    "100.5%",
    "-0.0",
    "1万元元",
    "2万 元",
]
DATES = [
    "2024-02-29",
    "2023-02-29",
    "2024-02",
    "2024-13",
    "2024",
    "0999",
    "999",
    "1000",
    "9999",
    "0001-01-01",
    "0000-01-01",
    "2024-1-1",
    "2024/01/01",
    "20240101",
    "2024-02-29 ",
    "２０２４",
    "",
    "~",
    "9999-12-31",
    "2024-00",
    "0001-01",
    "0000",
]
TEXTS = ["装备", "", " x ", "null", "2024", "true", "a\tb", "“引”", "-0", "1.50", "False"]
ENTRY = '[{"级别": "国际标准", "角色": "主持", "发布日期": "2024-05-01"}]'
LISTS = [
    *words("|无| none |[]|不全|incomplete|[ ]|[{}]|{}|[1]|[null]|x|[{]|[{},]"),
    ENTRY,
    '["a"]',
    '[{"level": "national", "role": "lead", "published": "2024"}, {"级别": null, "页数": 12, "费用": 1.5}]',
    '[{"级别": "国际标准", "level": "national"}]',
    '[{"级别": "国际标准", "级别": "国际标准"}]',
    '[{"颜色": 1}]',
    '[{"页数": 12.0}]',
    '[{"页数": 1e1}]',
    '[{"费用": 0.12345678901234567}]',
    '[{"费用": "30万元"}, {"费用": "30"}]',
    '[{"已采用": true}, {"已采用": "是"}]',
    '[{"已采用": 1}]',
    '[{"已采用": false}]',
    '[{"级别": "国家标准 "}]',
    '[{"发布日期": "2024-13"}]',
    '[{"发布日期": 2024}]',
    '[{"发布日期": 999}]',
    '[{"级别": ""}]',
    '[{"页数": 5001}]',
    '[{"级别": "\\u56fd\\u9645\\u6807\\u51c6"}]',
    '[{"页数": -0}]',
    '[{"页数": 12345678901234567890}]',
    '[{"费用": {"a": 1}}]',
    '{"complete": false, "items": [{"级别": "国际标准"}]}',
    '[{"费用": NaN}]',
    '[{"页数": [1]}]',
    '[{"LEVEL": "national"}]',
]
PAID = [
    "",
    "无",
    '[{"奖补": "tiny-2023/leading", "到账日期": "2024-01-02", "到账金额": 300000}]',
    '[{"奖补": "leading"}]',
    '[{"奖补": "别处/某项"}]',
    '[{"award": "tiny-2023/size", "支付方": ""}]',
]
COLUMNS: dict[str, tuple[str, list[str]]] = {
    "kind": ("enterprise", KINDS),
    "所在地": ("甲省/乙市", PLACES),
    "名称": ("某企业", NAMES),
    "code": ("", CODES),
    "规模以上": ("是", YES_NO),
    "信用等级": ("甲等", CHOICES),
    "营业收入": ("120.5", NUMBERS),
    "投资额": ("30万元", NUMBERS),
    "研发占比": ("94%", NUMBERS),
    "patents": ("3", NUMBERS),
    "得分": ("7", NUMBERS),
    "成立日期": ("2020-01-02", DATES),
    "行业": ("装备", TEXTS),
    "标准": (ENTRY, LISTS),
    "已获奖补": ("", PAID),
    "合格率[2025]": ("", NUMBERS),
    "设有窗口": ("", YES_NO),
    "备注": ("x", TEXTS),
    "分组": ("g", TEXTS),
}
"""By heading, a plain cell and odd ones."""
WISHES = wishes(keep=["备注"], by=["分组", "信用等级"])


def odd_rows(number: int, seed: int) -> list[dict[str, str]]:
    """Rows of plain cells, up to three of which are replaced by odd ones."""
    rng = random.Random(seed)
    found = []
    for _ in range(number):
        row = {heading: plain for heading, (plain, _) in COLUMNS.items()}
        for heading in rng.sample(list(COLUMNS), rng.randint(0, 3)):
            row[heading] = rng.choice(COLUMNS[heading][1])
        found.append(row)
    return found


def each_cell() -> list[dict[str, str]]:
    """A row for each odd cell, all else being plain."""
    plain = {heading: plain for heading, (plain, _) in COLUMNS.items()}
    return [{**plain, heading: cell} for heading, (_, cells) in COLUMNS.items() for cell in dict.fromkeys(cells)]


def agreed(path: Path, least: int, asked: Wishes = WISHES, **given: Any) -> None:
    """Both ways of staging a table come to the same, and SQL reads at least so many of its rows."""
    by_hand, in_sql = (staged(path, rulebook(), asked, by_hand=hand, slice_rows=200, **given) for hand in (True, False))
    assert compared(by_hand, in_sql) == []
    assert by_hand.by_hand - in_sql.by_hand >= least


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rows_of_a_csv_file(tmp_path: Path, encoding: str) -> None:
    rows = [list(row.values()) for row in (*each_cell(), *odd_rows(300, 1))]
    agreed(write_csv(tmp_path / "t.csv", list(COLUMNS), rows, encoding), 250)


def as_json(cell: str, heading: str, rng: random.Random) -> object:
    """A cell of a CSV file as something that a line of JSON may hold in its place."""
    if heading in ("标准", "已获奖补") and cell[:1] in ("[", "{") and rng.random() < 0.8:
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    if cell in ("true", "false", "null") or (cell.isascii() and cell.lstrip("-").isdecimal() and rng.random() < 0.7):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell


def test_rows_of_json_lines(tmp_path: Path) -> None:
    rng = random.Random(2)
    rows = []
    for row in (*each_cell(), *odd_rows(300, 3)):
        cells = {heading: as_json(cell, heading, rng) for heading, cell in row.items()}
        rows.append({heading: cell for heading, cell in cells.items() if cell != "" or rng.random() < 0.3})
    path = write_lines(tmp_path / "t.jsonl", rows)
    plain = json.dumps(rows[0], ensure_ascii=False)
    swaps = {
        '"kind"': ['"kind": "city", "kind"', '"KIND"'],
        "120.5": ["120.50", "1e2", "NaN", "12345678901.123"],
        "营业收入": ["revenue"],
        '"规模以上"': ['"颜色"'],
        "某企业": ["a\\u0000b", "\\ud800", "a\tb"],
        '"某企业"': ["3"],
        '"备注": "x"': ['"备注": 1.50', '"备注": [1]', '"备注": true'],
        '"code": ""': ['"code": 12'],
        "}": [",}", "} x"],
    }
    odd = [plain.replace(old, new, 1) for old, news in swaps.items() for new in news]
    odd += ["[1]", "", "  ", "\ufeff" + plain, json.dumps(rows[0]), plain + "\r"]
    odd.append('{"kind": "enterprise", "facts": {"规模以上": true}, "members": [{"name": "x", "kind": "county"}]}')
    with path.open("ab") as handle:
        handle.write("\n".join(odd).encode() + b"\n" + plain.encode("gb18030") + b"\n" + plain.encode())
    agreed(path, 250)


VALUES = {
    "BOOLEAN": "true|false|NULL",
    "UTINYINT": "3|0|255|NULL",
    "INTEGER": "12|0|-3|2024|999|1000|10000|NULL",
    "BIGINT": "120|9223372036854775807|-1|0|2024|NULL",
    "HUGEINT": "7|170141183460469231731687303715884105727|NULL|100000|100001",
    "FLOAT": "0.1|3|1e10|1e-5|NULL|'nan'|92.4",
    "DOUBLE": "60.5|0.1|3|-0.0|1e16|1e-7|0.30000000000000004|123456789012345.6|NULL|'nan'|'inf'|94|100.5|2024",
    "DECIMAL(9,3)": "12.5|0|-0.001|NULL|999999.999",
    "DECIMAL(18,8)": "0.00000001|12.5|0|NULL",
    "DECIMAL(38,10)": "30|1234567890123456789012345678.5|0.1|NULL",
    "DATE": "'2024-02-29'|'0001-01-01'|'9999-12-31'|NULL",
    "TIMESTAMP": "'2024-02-29'|'2024-02-29 12:00:00'|'0001-01-01'|NULL",
    "BLOB": "NULL|'a'",
    "STRUCT(级别 VARCHAR, 角色 VARCHAR, 发布日期 DATE, 费用 DOUBLE, 页数 INTEGER, 已采用 BOOLEAN)[]": (
        "[{'级别': '国际标准', '角色': '主持', '发布日期': '2024-05-01', '费用': 1.5, '页数': 12, '已采用': true}]|"
        "[]|NULL|[NULL]|"
        "[{'级别': '丁', '角色': NULL, '发布日期': NULL, '费用': NULL, '页数': NULL, '已采用': NULL}]|"
        "[{'级别': ' ', '角色': 'lead', '发布日期': NULL, '费用': 'nan', '页数': 5001, '已采用': false}]|"
        "[{'级别': '', '角色': 'lead', '发布日期': '0001-01-01', '费用': 0.1, '页数': 1, '已采用': NULL}]"
    ),
    "STRUCT(level VARCHAR, 角色 VARCHAR, published VARCHAR, 费用 DECIMAL(18,2), 页数 BIGINT)[]": (
        "[{'level': 'national', '角色': '参与', 'published': '2024', '费用': 3.10, '页数': 1}]|[]|NULL|"
        "[{'level': NULL, '角色': ' lead', 'published': '2024-13', '费用': NULL, '页数': 0}]"
    ),
    "STRUCT(级别 VARCHAR, 颜色 VARCHAR)[]": "[]|[{'级别': '国际标准', '颜色': NULL}]|NULL",
    "STRUCT(级别 VARCHAR, level VARCHAR)[]": (
        "NULL|[{'级别': '国际标准', 'level': NULL}]|[{'级别': 'national', 'level': 'national'}]"
    ),
    "INTEGER[]": "[]|[1]|NULL",
    "STRUCT(complete BOOLEAN, items STRUCT(级别 VARCHAR)[])": (
        "NULL|{'complete': false, 'items': [{'级别': '国际标准'}]}"
    ),
    "STRUCT(奖补 VARCHAR, 到账金额 DECIMAL(18,2))[]": (
        "NULL|[]|[{'奖补': 'tiny-2023/leading', '到账金额': 300000}]|[{'奖补': 'leading', '到账金额': NULL}]"
    ),
}
"""Literals of each type, a plain one first where there is one."""
TYPES = {
    "kind": ["VARCHAR"],
    "所在地": ["VARCHAR"],
    "名称": ["VARCHAR", "VARCHAR", "INTEGER"],
    "code": ["VARCHAR"],
    "规模以上": ["BOOLEAN", "VARCHAR", "INTEGER"],
    "信用等级": ["VARCHAR", "VARCHAR", "BOOLEAN", "INTEGER"],
    "营业收入": ["DOUBLE", "VARCHAR", "FLOAT", "BIGINT", "DATE", "DECIMAL(18,8)"],
    "投资额": ["DECIMAL(38,10)", "HUGEINT"],
    "研发占比": ["DOUBLE", "VARCHAR"],
    "patents": ["UTINYINT", "DOUBLE"],
    "得分": ["DECIMAL(9,3)", "BOOLEAN"],
    "成立日期": ["DATE", "VARCHAR", "TIMESTAMP", "INTEGER", "DOUBLE"],
    "行业": ["VARCHAR", "BIGINT", "DECIMAL(9,3)", "DATE"],
    "标准": [type_ for type_ in VALUES if "级别" in type_ or "level" in type_ or type_ == "INTEGER[]"] + ["VARCHAR"],
    "已获奖补": ["STRUCT(奖补 VARCHAR, 到账金额 DECIMAL(18,2))[]"],
    "合格率[2025]": ["DOUBLE", "VARCHAR"],
    "设有窗口": ["BOOLEAN", "VARCHAR"],
    "备注": ["VARCHAR", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL(9,3)", "DECIMAL(18,8)", "BLOB", "BIGINT"],
    "分组": ["VARCHAR", "DOUBLE"],
}
"""Types that the columns of a Parquet file may have, the most likely first."""


@pytest.mark.parametrize("nth", range(7))
def test_rows_of_a_parquet_file(tmp_path: Path, nth: int) -> None:
    """The first file has all columns as one would have them, in each other some are of another type."""
    rng = random.Random(nth)
    types = {heading: found[(nth if rng.random() < 0.5 else 0) % len(found)] for heading, found in TYPES.items()}
    types["标准"] = TYPES["标准"][nth]
    literals = {
        heading: [f"'{cell}'" for cell in [COLUMNS[heading][0], *COLUMNS[heading][1]]]
        if type_ == "VARCHAR"
        else VALUES[type_].split("|")
        for heading, type_ in types.items()
    }
    rows = []
    for _ in range(250):
        row = {heading: found[0] if COLUMNS[heading][0] else "NULL" for heading, found in literals.items()}
        for heading in rng.sample(list(row), rng.randint(0, 4)):
            row[heading] = rng.choice(literals[heading])
        rows.append("(" + ", ".join(f"({cell})" for cell in row.values()) + ")")
    with duckdb.connect() as connection:
        names = ", ".join(f'"{heading}" {type_}' for heading, type_ in types.items())
        connection.execute(f"CREATE TABLE t ({names})")
        connection.execute(f"INSERT INTO t VALUES {', '.join(rows)}")
        connection.execute(f"COPY t TO '{tmp_path}/t.parquet'")
    agreed(tmp_path / "t.parquet", 60 if nth == 0 else 0)


def test_columns_to_ignore_are_not_read(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        made = (
            "SELECT 'enterprise' AS kind, TIMESTAMP '2024-02-29 12:00:00' AS 时刻, 'a'::BLOB AS x, 1.5::FLOAT AS 得分"
        )
        connection.execute(f"COPY ({made}) TO '{tmp_path}/t.parquet'")
    found = [
        staged(tmp_path / "t.parquet", rulebook(), wishes(ignore=["时刻", "x"]), by_hand=hand) for hand in (True, False)
    ]
    assert compared(*found) == []
    assert [(told.rejections, told.by_hand) for told in found] == [([], 1), ([], 0)]


def test_kind_and_place_may_be_told_for_all(tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", ["规模以上", "kind", "标准"], [["是", "", ""], ["否", "association", "无"]])
    agreed(table, 1, wishes(), defaults=Defaults(kind="enterprise", place="甲省/乙市"))


def test_lines_that_are_no_plain_records(tmp_path: Path) -> None:
    """Cells over several lines, blank lines, quotes in odd places, other line ends, and rows of another length."""
    path = tmp_path / "t.csv"
    head, good = "kind,名称,规模以上,备注,分组,信用等级", 'enterprise,"甲",是,"x,y",,甲等'
    lines = [
        head, good, "", 'enterprise,"两\n行",是,"a""b",,', good, "enterprise,少,是", f"{good},多", good,
        'enterprise, "y",是,,,', 'enterprise,a"b,否,,,', '"enterprise","",""," ","",""', ",,,,,",
    ]  # fmt: skip
    for end in ("\n", "\r\n"):
        path.write_bytes(end.join(lines).encode())
        agreed(path, 4)
    path.write_bytes(("\n".join([*lines, ""]) + f"{good}\r{good}\r\n{good}\n\n").encode())
    agreed(path, 5)
    path.write_bytes("\r".join(lines).encode())
    agreed(path, 0)


def test_a_tab_stands_between_cells_of_a_tsv_file(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    text = 'kind\t名称\t备注\t分组\t信用等级\nenterprise\ta,b\t"c\td"\t\t\nenterprise\tx\n'
    path.write_text(text, encoding="utf-8")
    agreed(path, 1)


def test_a_table_breaks_off_at_the_same_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for odd in ('enterprise,"x" ,是', 'enterprise,"x', 'enterprise,"x"y,是\nenterprise,x,是'):
        path.write_text(f"kind,名称,规模以上\nenterprise,a,是\n\n{odd}\n", encoding="utf-8")
        told = []
        for hand in (True, False):
            with pytest.raises(RuleError) as caught:
                staged(path, rulebook(), wishes(), by_hand=hand)
            told.append(str(caught.value))
        assert told[0] == told[1]
        assert "t.csv:4: error[csv]" in told[0]


def folder_of(path: Path, seed: int, parquet: bool) -> Path:
    """Profiles with keys, some shared or missing, and tables of entries, some of them odd, late or of nobody."""
    rng = random.Random(seed)
    keys = [*(f"k{number}" for number in range(120)), "", " k1 ", "k7"]
    rows = []
    for number in range(140):
        row = {heading: plain for heading, (plain, _) in COLUMNS.items()} | {
            "标准": "",
            "编号": keys[number % len(keys)],
        }
        if rng.random() < 0.3:
            row["标准"] = rng.choice(["不全", "无", ENTRY, "x"])
        if rng.random() < 0.1:
            row["kind"] = rng.choice(["association", "city"])
        rows.append(list(row.values()))
    path.mkdir()
    write_csv(path / "profiles.csv", [*COLUMNS, "编号"], rows)
    entries = []
    for _ in range(300):
        entry = [rng.choice([*keys, "nobody"]), "国际标准", "主持", "2024-05-01", "30万元", "12", "是"]
        if rng.random() < 0.3:
            entry[rng.randrange(1, 7)] = rng.choice(["", "x", "lead", "2024", "12.5", "否", "national", "5001"])
        entries.append(entry)
    headings = ["编号", "级别", "role", "发布日期", "费用", "页数", "已采用"]
    if parquet:
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE e ({', '.join(f'{heading} VARCHAR' for heading in headings)})")
            connection.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?, ?)", entries)
            cells = "* REPLACE (TRY_CAST(发布日期 AS DATE) AS 发布日期, TRY_CAST(页数 AS DOUBLE) AS 页数)"
            connection.execute(f"COPY (SELECT {cells} FROM e) TO '{path}/标准.parquet'")
    else:
        write_csv(path / "standards.csv", headings, [*entries, ["k3", "国际标准"], ["k4", *["x\ny"] * 6]])
        prizes = [[rng.choice(keys), "2024", rng.choice(["100", "-1", "3件"])] for _ in range(60)]
        write_csv(path / "获奖.csv", ["编号", "获奖日期", "奖金"], prizes, "gb18030")
    return path


@pytest.mark.parametrize("parquet", [False, True])
def test_entries_of_child_tables(tmp_path: Path, parquet: bool) -> None:
    agreed(folder_of(tmp_path / "in", 5, parquet), 15)
