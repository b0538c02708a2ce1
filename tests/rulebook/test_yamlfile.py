"""The reader of files: what scalars become, where they stand, and what no text can do to it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics import RuleError
from evaluator.rulebook.yamlfile import SPAN, Loaded, Text, decode, parse, read_file
from evaluator.source import Source, Span


def load(text: str) -> Loaded:
    (loaded,) = parse(Source("file.yaml", text))
    return loaded


def plain(data: object) -> object:
    """The data without places."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items() if key != SPAN}
    return [plain(value) for value in data] if isinstance(data, list) else data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("007", 7),
        ("9" * 40, int("9" * 40)),
        ("9" * 41, "9" * 41),
        ("3.50", Decimal("3.50")),
        ("-0.1", Decimal("-0.1")),
        ("1e3", "1e3"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("0x10", "0x10"),
        ("0o7", "0o7"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("true", True),
        ("FALSE", False),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("2025-06-30", "2025-06-30"),
        ("2025-06", "2025-06"),
        ("~", None),
        ("null", None),
        ("", None),
        ("'3'", "3"),
        ('"true"', "true"),
        ("'~'", "~"),
        ("=", "="),
        ("<<", "<<"),
        ("!!str 甲", "甲"),
        ("30万元", "30万元"),
        ("|-\n  3", "3"),
        (">\n  a\n  b\n", "a b\n"),
        ("[1, [2, 3], {a: 4}]", [1, [2, 3], {"a": 4}]),
        ("{1: a, ~: b, true-ish: c}", {1: "a", None: "b", "true-ish": "c"}),
        ("&a [1]", [1]),
        ("[&a {x: 1}, *a]", [{"x": 1}, {"x": 1}]),
    ],
)
def test_scalars_mean_what_they_look_like(text: str, value: object) -> None:
    found = plain(load(f"a: {text}\n").data)
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is (Text if isinstance(value, str) else type(value))


def test_each_document_of_a_stream_is_read_or_only_the_first() -> None:
    source = Source("file.yaml", "a: 1\n---\nb: 2\n--- \nc: [")
    with pytest.raises(RuleError):
        parse(source)
    (first,) = parse(source, first_only=True)
    assert plain(first.data) == {"a": 1}
    assert [plain(loaded.data) for loaded in parse(Source("file.yaml", "a: 1\n---\n---\n3"))] == [{"a": 1}, None, 3]
    assert parse(Source("file.yaml", "# nothing\n")) == []


def test_an_empty_file_holds_no_document(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"")
    assert read_file(path) == []


# ------------------------------------------------------------------ places


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("a: {b: [x, y]}", ("a", "b", 1), "1:12"),
        ("a: {b: [x, y]}", ("a",), "1:4"),
        ("a: {b: [x, y]}", ("a", "union-member", "b"), "1:8"),
        ("a: {b: [x, y]}", ("a", "b", 7), "1:8"),
        ("a: {b: [x, y]}", (), "1:1"),
        ("年: {2025: 甲}", ("年", 2025), "1:11"),
        ("年: {2025: 甲}", ("年", "2025"), "1:11"),
        ("a:\n  - 甲: 乙\n", ("a", 0, "甲"), "2:8"),
    ],
)
def test_a_path_leads_to_a_place(text: str, path: tuple[str | int, ...], place: str) -> None:
    assert str(load(text).span_at(path)) == f"file.yaml:{place}"


def test_a_path_leads_to_a_key() -> None:
    loaded = load("a: {b: [x, y]}")
    assert str(loaded.span_at(("a", "b"), key=True)) == "file.yaml:1:5"
    assert str(loaded.span_at(("a", "b", 0), key=True)) == "file.yaml:1:9"
    assert Loaded(loaded.source, {}, None).span_at(("a",)) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 甲乙丙丁", "1:6"),
        ("a: '甲乙丙丁'", "1:7"),
        ("a: |\n  甲乙丙丁\n", "2:5"),
        ("a: |\n  甲\n  乙丙丁\n", "3:4"),
        ('a: "甲\\u4e59丙丁"', "1:4"),
        ("a: 甲乙\n  丙丁", "1:4"),
        ("a: >\n  甲乙\n  丙丁\n", "1:4"),
        ("a: >-\n  甲\n\n  乙\n  丙丁\n", "1:4"),
    ],
)
def test_a_part_of_a_text_stands_where_the_file_shows_it(text: str, place: str) -> None:
    """The third of 甲乙丙丁, whatever stands between; where the file shows the text otherwise, the whole scalar."""
    data = load(text).data
    assert isinstance(data, dict)
    value = data["a"]
    assert isinstance(value, Text)
    at = value.index("丙")
    assert str(value.span_of(at, at + 1)) == f"file.yaml:{place}"


def test_a_text_of_no_file_has_no_place() -> None:
    text = Text.of("甲")
    assert text.span is None
    assert text.span_of(0, 1) is None
    assert text == "甲"
    assert hash(text) == hash("甲")


def test_lines_end_as_they_may() -> None:
    data = load("a: 甲\r\nb: [乙,\r\n  丙]\r\n")
    assert str(data.span_at(("b", 1))) == "file.yaml:3:3"


# ------------------------------------------------------------------ bounds


def codes(text: str) -> list[str]:
    with pytest.raises(RuleError) as caught:
        parse(Source("file.yaml", text))
    return [problem.code for problem in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "too-deep"),
        ("{a: " * 100_000, "too-deep"),
        ("- " * 100_000, "too-deep"),
        ("? " * 100_000, "too-deep"),
        ("\n".join(" " * depth + "-" for depth in range(1_000)), "too-deep"),
        ("\n".join(" " * depth + "a:" for depth in range(1_000)), "too-deep"),
        ("\n".join(" " * depth + "a:" for depth in range(100)), "too-deep"),
        ("{all: [{any: [" * 30 + "x" + "]}]}" * 30, "too-deep"),
        ("[" + "1," * 300_001 + "]", "alias-bomb"),
        (
            "a: &a [1,1,1,1,1,1,1,1]\n"
            + "".join(f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1 or '')] * 8)}]\n" for n in range(1, 9)),
            "alias-bomb",
        ),
        ("&a [*a]", "alias-loop"),
        ("&a {b: [*a]}", "alias-loop"),
        ("a: \ud800", "encoding"),
        ("a: \x00", "yaml"),
        ("a: \x07", "yaml"),
        ("? {a: b}\n: c", "key"),
        ("a: b\na: c", "duplicate-key"),
        ("1: b\n1: c", "duplicate-key"),
        ("a: b\n'a': c", "duplicate-key"),
    ],
    ids=lambda value: value[:12].replace("\x00", "NUL") if isinstance(value, str) and value.isprintable() else "text",
)
def test_what_could_exhaust_the_reader_is_refused(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_deep_words_in_a_text_are_no_nesting() -> None:
    dashes = "- " * 60
    assert plain(load(f"a: 'x {dashes}'\n").data) == {"a": f"x {dashes}"}
    brackets = "[" * 45 + "]" * 45
    assert plain(load(f"a: '{brackets}'\n").data) == {"a": brackets}
    assert plain(load("a: |\n" + " " * 170 + "x\n").data) == {"a": "x\n"}


def test_every_duplicate_key_of_a_mapping_is_told() -> None:
    assert codes("a: 1\nb: 2\na: 3\nb: 4\na: 5\n") == ["duplicate-key"] * 3


def test_a_file_that_is_too_large_or_not_utf8_is_refused() -> None:
    with pytest.raises(RuleError) as caught:
        decode(b"a" * (4 * 1024 * 1024 + 1), "file.yaml")
    assert caught.value.diagnostics[0].code == "too-large"
    with pytest.raises(RuleError) as caught:
        decode(b"a: 1\nb: \xff\n", "file.yaml")
    assert caught.value.diagnostics[0].message == "byte 8 (line 2) is not UTF-8"
    assert caught.value.diagnostics[0].help == "save the file as UTF-8"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("kind: enterprise\nname: 某厂\n".encode("gb18030"), " (it seems to be in GB18030)"),
        ("kind: enterprise\nname: 某厂\n".encode("utf-16"), " (it is in UTF-16)"),
        (b"\x7fELF\x00\x02\xb5\xc4\x00", ""),
    ],
)
def test_another_encoding_is_named_where_it_is_plain(raw: bytes, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        decode(raw, "file.yaml")
    assert caught.value.diagnostics[0].help == f"save the file as UTF-8{said}"


LINES = st.lists(
    st.sampled_from(
        [
            "a: 1",
            "- b",
            "  c: [1, 2",
            "]",
            "{x: y}",
            "*a",
            "&a z",
            "? k",
            ": v",
            "'q",
            '"',
            "|",
            ">-",
            "---",
            "...",
            "#",
            "%YAML 9",
            "\t- t",
            "!t v",
            "<<: *a",
            "a: 1",
        ]
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.text(alphabet="[]{}:,-?&*!|>'\"%@`# \n\tab0é甲\x85\u2028\ufeff", max_size=60), LINES
    )
)
@example("\ud83d\ude00: \ud83d")
@example("\ufeff\ufeffa: 1")
@example("a: '\ufeff")
@example("%YAML 3.0\n---\na")
@example("%TAG ! x\n%TAG ! y\n---\n!a b")
def test_any_text_is_read_or_refused_with_diagnostics_that_can_be_shown(text: str) -> None:
    documents, refusal = outcome(Source("file.yaml", text))
    if refusal is not None:
        assert refusal.diagnostics
        assert "file.yaml" in str(refusal)
        assert str(refusal).encode()
    for loaded in documents:
        for span in spans(loaded.data):
            assert 0 <= span.start <= span.end <= len(text)


def outcome(source: Source) -> tuple[list[Loaded], RuleError | None]:
    """What is read, or why nothing is."""
    try:
        return parse(source), None
    except RuleError as error:
        return [], error


def spans(data: object) -> list[Span]:
    """The places of every text in some data."""
    span = data.span if isinstance(data, Text) else None
    found = [] if span is None else [span]
    if isinstance(data, dict):
        for key, value in data.items():
            found += spans(value) + (spans(key) if key != SPAN else [])
    elif isinstance(data, list):
        for value in data:
            found += spans(value)
    return found


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        source = decode(raw, "file.yaml")
    except RuleError as error:
        source = Source("file.yaml", str(error))
    _, refusal = outcome(source)
    assert refusal is None or refusal.diagnostics


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="甲乙ab3 .元", min_size=1, max_size=20).filter(lambda text: text.strip() == text))
def test_quoted_texts_come_back_as_they_were(text: str) -> None:
    data = load(f"a: '{text}'").data
    assert isinstance(data, dict)
    assert data["a"] == text
    span = data["a"].span
    assert span is not None
    assert span.source.text[span.start : span.end] == f"'{text}'"
