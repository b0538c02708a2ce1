"""A batch on Spark: the same rows as in DuckDB, on this machine alone and on a cluster with workers of its own."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import duckdb
import pytest

from evaluator.batch.marginals import plain_marginals
from evaluator.batch.simulate import Plan, simulate
from evaluator.diagnostics import RuleError
from tests.batch.batches import RULES, answered, read, rulebook, wishes, write_csv
from tests.batch.test_same_staging import COLUMNS, odd_rows

pyspark = pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'evaluator[spark]'")
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),  # of pyspark itself
    pytest.mark.skipif(which("java") is None, reason="Spark needs Java"),
]
WISHES = wishes(keep=["备注", "分组"], by=["信用等级"])
TYPED = """* REPLACE (
    TRY_CAST(成立日期 AS DATE) AS 成立日期,
    TRY_CAST(营业收入 AS DOUBLE) AS 营业收入,
    TRY_CAST(投资额 AS DECIMAL(18,4)) AS 投资额,
    CASE 规模以上 WHEN '是' THEN true WHEN '否' THEN false END AS 规模以上,
    CASE WHEN 名称 <> '' THEN [
        {'级别': '国际标准', '角色': '主持', '发布日期': DATE '2024-05-01'},
        {'级别': nullif(信用等级, '甲等'), '角色': NULL, '发布日期': NULL}
    ] END AS 标准
)"""


def in_parts(folder: Path) -> Path:
    """A table in three parts, some of whose cells are odd, and some wrong."""
    (folder / "later").mkdir(parents=True)
    with duckdb.connect() as connection:
        names = ", ".join(f'"{heading}" VARCHAR' for heading in COLUMNS)
        connection.execute(f"CREATE TABLE t ({names})")
        for row in odd_rows(90, 7):
            connection.execute(f"INSERT INTO t VALUES ({', '.join('?' for _ in row)})", list(row.values()))
        for part, (low, high) in {"a": (0, 30), "b": (30, 35), "later/c": (35, 90)}.items():
            rows = f"SELECT {TYPED} FROM t WHERE rowid BETWEEN {low} AND {high - 1} ORDER BY rowid"
            connection.execute(f"COPY ({rows}) TO '{folder}/{part}.parquet'")
    (folder / "_SUCCESS").touch()
    return folder


def test_executors_read_and_write_a_table_in_parts(tmp_path: Path) -> None:
    table = in_parts(tmp_path / "in")
    told = {
        engine: answered(table, tmp_path / engine, engine=engine, master="local[1]", partition_rows=40, wishes=WISHES)
        for engine in ("duckdb", "spark")
    }
    here, there = told["duckdb"].manifest, told["spark"].manifest
    assert (there["engine"], there["digest"], there["counts"]) == ("spark", here["digest"], here["counts"])
    by_hand = there["by_hand"]
    assert isinstance(by_hand, int)
    assert by_hand == here["by_hand"]
    assert 0 < by_hand < 60
    for name in ("findings", "profiles", "rejected", "missing"):
        assert read(tmp_path / "spark", name) == read(tmp_path / "duckdb", name), name
    assert len(list((tmp_path / "spark" / "findings").iterdir())) > 2


def test_other_tables_are_staged_here_and_answered_there(tmp_path: Path) -> None:
    rng = random.Random(3)
    rows = [
        ["enterprise", rng.choice(["是", "否", ""]), rng.choice(["120.5", "12345678901234567.1"])] for _ in range(30)
    ]
    table = write_csv(tmp_path / "t.csv", ["kind", "规模以上", "营业收入"], rows)
    told = {
        engine: answered(table, tmp_path / engine, engine=engine, master="local[1]", findings="wide")
        for engine in ("duckdb", "spark")
    }
    assert told["spark"].manifest["digest"] == told["duckdb"].manifest["digest"]
    for name in ("findings", "profiles"):
        assert read(tmp_path / "spark", name) == read(tmp_path / "duckdb", name), name


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    made = Plan(rulebook=rulebook(), marginals=plain_marginals("enterprise", rulebook()), rows=1, seed=1)
    simulate(made, tmp_path / "t.parquet")
    with pytest.raises(RuleError, match="`pyspark` is not installed"):
        answered(tmp_path / "t.parquet", tmp_path / "out", engine="spark")


# ------------------------------------------------------------------ a master and two workers


def started(folder: Path, name: str, *arguments: str, until: str) -> tuple[subprocess.Popen[bytes], str]:
    """A daemon of Spark on loopback, and what its log says once it is up."""
    log = folder / f"{name}.log"
    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder),
    }
    with log.open("wb") as handle:
        daemon = subprocess.Popen(
            [str(home / "bin" / "spark-class"), *arguments], stdout=handle, stderr=handle, env=environment
        )
    for _ in range(600):
        found = re.search(until, log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return daemon, found[0]
        assert daemon.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.2)
    raise AssertionError(f"the {name} did not start")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The address of a master with two workers."""
    package = "org.apache.spark.deploy"
    ports = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    daemons = []
    try:
        master, url = started(tmp_path, "master", f"{package}.master.Master", *ports, until=r"spark://127\.0\.0\.1:\d+")
        daemons.append(master)
        for name in ("first", "second"):
            size = ["--cores", "1", "--memory", "512m"]
            worker, _ = started(
                tmp_path,
                name,
                f"{package}.worker.Worker",
                *ports,
                *size,
                url,
                until="Successfully registered with master",
            )
            daemons.append(worker)
        yield url
    finally:
        for daemon in daemons:
            daemon.terminate()
        for daemon in daemons:
            daemon.wait()


def test_a_master_and_two_workers_give_the_same_rows(tmp_path: Path, cluster: str) -> None:
    table = in_parts(tmp_path / "in")
    here = answered(table, tmp_path / "here", engine="duckdb", partition_rows=90, wishes=WISHES).manifest
    command = [
        sys.executable,
        "-c",
        "import sys; from evaluator.cli import main; main(sys.argv[1:])",
        "batch",
        str(table),
    ]
    command += [
        "--out",
        str(tmp_path / "there"),
        "--as-of",
        "2025-06-30",
        "--rules",
        str(RULES),
        "--kind",
        "enterprise",
    ]
    command += [
        "--keep",
        "备注",
        "--keep",
        "分组",
        "--by",
        "信用等级",
        "--engine",
        "spark",
        "--master",
        cluster,
        "--lang",
        "en",
    ]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(tmp_path)}
    (tmp_path / "spark-defaults.conf").write_text("spark.executor.memory 512m\nspark.cores.max 2\n", encoding="utf-8")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # rows were set aside
    assert f"digest of the rows {here['digest']}" in done.stdout
    assert read(tmp_path / "there", "findings") == read(tmp_path / "here", "findings")
    used = {path.parent.parent.name for path in tmp_path.glob("app-*/*/stderr")}
    assert len(list(tmp_path.glob("app-*/*"))) == 2, used
