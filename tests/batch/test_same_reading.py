"""A cell means what it would mean in a profile file: what one accepts the other accepts, with the same value."""

from __future__ import annotations

import gc
import weakref
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evaluator.batch.columns import Columns
from evaluator.batch.rows import Case, Defaults, Rows
from evaluator.batch.tables import Row, open_table
from evaluator.diagnostics import RuleError
from evaluator.rulebook.profile import Profile, bind, make_profile
from evaluator.rulebook.vocabulary import TextType
from evaluator.rulebook.yamlfile import parse
from evaluator.source import Source
from tests.batch.batches import rulebook, wishes

FACTS = ["营业收入", "投资额", "研发占比", "专利数", "得分", "成立日期", "规模以上", "信用等级", "行业"]
WORDS = [
    "是",
    "否",
    "true",
    "false",
    "True",
    "TRUE",
    "yes",
    "no",
    "null",
    "~",
    "0",
    "-1",
    "1e3",
    "12.50",
    "30万元",
    "92.4%",
    "101",
    "0.1",
    "3件",
    "3个",
    "1,000",
    "2024",
    "2024-02",
    "2024-02-30",
    "2024-02-29",
    "2024/1/1",
    "甲等",
    "a",
    "A",
    "丁等",
    "999",
    "12345678901234567890123456789012345",
    "１２",
    "-",
    ".5",
    "5.",
    "+7",
    "007",
    "无",
    "0.1111111111111111111111111111111",
]
PLAIN = st.one_of(
    st.sampled_from(WORDS),
    st.text(alphabet="0123456789.-+eE%万元年月是否甲乙等truefalsn/ ", min_size=1, max_size=14),
    st.decimals(allow_nan=False, allow_infinity=False)
    .map(lambda number: format(number, "f"))
    .filter(lambda t: len(t) < 60),
    st.dates().map(str),
)


def from_csv(heading: str, text: str) -> Profile | set[str]:
    """The profile of a CSV row with that cell, or the codes of what is wrong."""
    rows = Rows(
        rulebook(), Columns(rulebook(), wishes()), ["kind", heading], texts=True,
        defaults=Defaults(kind=None, place=None), kept=(), where="t.csv",
    )  # fmt: skip
    found = rows.read(Row(number=1, line=2, cells=["enterprise", text]))
    return found.profile if isinstance(found, Case) else {rejection.code for rejection in found}


def from_file(heading: str, text: str) -> Profile | set[str] | None:
    """The same in a profile file; None where YAML itself reads something else than one plain word there."""
    source = f"kind: enterprise\nfacts:\n  {heading}: {text}\n"
    try:
        loaded = parse(Source("p.yaml", source))
        node = loaded[0].node
        plain = node.value[1][1].value[0][1]  # type: ignore[union-attr]  # the mapping written above
        assume(plain.value == text.strip(" ") and not plain.style)
    except (RuleError, AttributeError, IndexError):
        return None
    try:
        return bind(loaded[0], rulebook())
    except RuleError as error:
        return {diagnostic.code for diagnostic in error.diagnostics}


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(FACTS), PLAIN)
def test_a_csv_cell_is_read_as_the_same_word_in_a_profile_file(heading: str, text: str) -> None:
    expected = from_file(heading, text)
    assume(expected is not None)
    found = from_csv(heading, text)
    fact = rulebook().vocabulary.facts_by_label[heading]
    if isinstance(found, Profile) and isinstance(expected, Profile):
        if isinstance(fact.type, TextType):
            assert found.facts == ({fact.id: text.strip()} if text.strip() else {})
        else:
            assert found.facts == expected.facts
    elif isinstance(fact.type, TextType):
        assert isinstance(found, Profile), "a text may be any text"
    else:
        assert found == expected


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**45), 10**45), st.decimals(), st.sampled_from(WORDS), st.text(max_size=5)
)
ENTRIES = st.dictionaries(
    st.sampled_from(["级别", "role", "发布日期", "费用", "页数", "已采用", "颜色"]), SCALARS, max_size=4
)
LISTS = st.one_of(
    SCALARS,
    st.lists(st.one_of(ENTRIES, SCALARS), max_size=3),
    st.fixed_dictionaries({"complete": SCALARS, "items": st.lists(ENTRIES, max_size=2)}),
)
KINDS = st.sampled_from(["enterprise", "association", "city", "企业", "x", None])
PLACES = st.sampled_from(["甲省/乙市", "甲省", "甲省/丙市", "庚省/辛市", "", "/甲省/", None])
CODES = st.sampled_from(["91350100M000100Y43", "91350100M000100Y44", "1", None])


@settings(max_examples=500, deadline=None)
@given(
    KINDS,
    PLACES,
    CODES,
    st.dictionaries(st.sampled_from(FACTS), SCALARS, max_size=3),
    st.dictionaries(st.sampled_from(["标准", "prizes"]), LISTS, max_size=2),
    st.dictionaries(st.tuples(st.sampled_from(["合格率", "产值"]), st.integers(2020, 2026)), SCALARS, max_size=2),
)
def test_a_json_line_is_read_as_the_profile_of_the_same_data(
    kind: str | None,
    place: str | None,
    code: str | None,
    facts: dict[str, object],
    lists: dict[str, object],
    figures: dict[tuple[str, int], object],
) -> None:
    assume(not any(isinstance(value, str) and not value.strip() for value in (*facts.values(), *lists.values())))
    assume(not any(isinstance(value, str) for value in lists.values()))  # a cell has words for lists, a file has not
    assume(not any(isinstance(value, str) and not value.strip() for value in figures.values()))
    heads = {key: value for key, value in (("kind", kind), ("jurisdiction", place), ("code", code)) if value}
    # an empty cell is as good as no column: a table of several kinds has cells that some kinds cannot fill
    given_facts = {name: value for name, value in {**facts, **lists}.items() if value is not None}
    years: dict[str, dict[int, object]] = {}
    for (name, year), value in figures.items():
        if value is None:
            continue
        years.setdefault(name, {})[year] = value
    try:
        expected: Profile | None = make_profile({**heads, "facts": given_facts, "metrics": years}, rulebook())
    except RuleError:
        expected = None
    rows = Rows(
        rulebook(), Columns(rulebook(), wishes()), (), texts=False, defaults=Defaults(kind=None, place=None), kept=(),
        where="t.jsonl",
    )  # fmt: skip
    line = {**heads, **facts, **lists, **{f"{name}[{year}]": value for (name, year), value in figures.items()}}
    found = rows.read(Row(number=1, line=1, cells=line))
    assert isinstance(found, Case) == (expected is not None)
    if isinstance(found, Case) and expected is not None:
        told = (found.profile.facts, found.profile.kind, found.profile.place, found.profile.code)
        assert told == (expected.facts, expected.kind, expected.place, expected.code)
        assert found.profile.metrics == {id: years for id, years in expected.metrics.items() if years}


def test_what_was_refused_holds_on_to_nothing() -> None:
    """A table of any size has to fit into the same memory."""

    class Cell(set[str]):
        """Something that can be seen to go."""

    rows = Rows(
        rulebook(), Columns(rulebook(), wishes(ignore=["x"])), ["kind", "规模以上", "x"], texts=False,
        defaults=Defaults(kind=None, place=None), kept=(), where="t.csv",
    )  # fmt: skip
    for number in range(3):
        cell = Cell()
        gone = weakref.ref(cell)
        assert isinstance(rows.read(Row(number=number, line=number, cells=["enterprise", "maybe", cell])), list)
        del cell
        gc.collect()
        assert gone() is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"),
        (92.4, "92.4"),
        (1e-7, "1E-7"),
        (3.0, "3"),
        (1e22, "1" + "0" * 22),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_a_binary_number_is_its_shortest_decimal(number: object, text: str, tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "t.parquet"
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT CAST(? AS DOUBLE) AS 得分", [number])
        connection.execute(f"COPY t TO '{path}'")
    (row,) = open_table(path).rows()
    assert not isinstance(row.cells, dict)
    (cell,) = row.cells
    assert cell == Decimal(text)
    assert str(cell) == text
