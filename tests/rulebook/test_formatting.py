"""The canonical form of rule files: what changes, what never does."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics import RuleError
from evaluator.feel.tokens import tokenize
from evaluator.rulebook import documents, rule_files, vocabulary_documents
from evaluator.rulebook.digest import rulebook_digest
from evaluator.rulebook.formatting import form_of, format_source, order_of, role_of, words_of
from evaluator.rulebook.forms import Document, forms_of
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.shipped import rules_folder
from evaluator.rulebook.spelling import Names
from evaluator.rulebook.yamlfile import SPAN, parse, read_file, read_source
from evaluator.source import Source
from tests.report.asked import RULES
from tests.rulebook.tiny import HERE

TINY = HERE / "good" / "tiny"
WIDE = {
    ">=": "≥",
    "<=": "≤",
    "!=": "≠",
    ",": "，",
    "(": "（",
    ")": "）",
    "[": "［",
    "]": "］",
    "=": "＝",
    ">": "＞",
    "<": "＜",
}
WORDS = words_of(RULES)


def formatted(text: str, names: Names = "label", cls: type[Document] = rule_files.RuleFile) -> str:
    """`text` in canonical form, which is its own canonical form."""
    once = format_source(Source("rules.yaml", text), cls, WORDS, names)
    assert format_source(Source("rules.yaml", once), cls, WORDS, names) == once
    return once


def format_folder(folder: Path, names: Names) -> None:
    """Every file of a rulebook in canonical form, twice the same, with every comment."""
    words = words_of(folder)
    for path in sorted(folder.glob("*/*.yaml")):
        source, form = read_source(path), form_of(path)
        assert form is not None
        text = format_source(source, form, words, names)
        assert format_source(Source(str(path), text), form, words, names) == text
        assert comments(text) == comments(source.text)
        assert len(text.splitlines()) == len(source.text.splitlines())
        path.write_text(text, encoding="utf-8")


def comments(text: str) -> Counter[str]:
    """The lines that are comments."""
    return Counter(line.strip() for line in text.splitlines() if line.lstrip().startswith("#"))


def digests(folder: Path) -> dict[str, str]:
    """The digest of each policy."""
    rulebook = load_rulebook(folder)
    return {id: rulebook_digest(rulebook, [id]) for id in rulebook.policies}


@pytest.mark.parametrize("folder", [rules_folder(), RULES, TINY], ids=["shipped", "lake", "tiny"])
def test_formatting_changes_no_meaning_and_loses_no_comment(folder: Path, tmp_path: Path) -> None:
    before = digests(folder)
    copy = Path(shutil.copytree(folder, tmp_path / "rules"))
    for names in ("id", "label"):
        format_folder(copy, names)
        assert digests(copy) == before


# ------------------------------------------------------------------ scrambled files


class Scrambler:
    """Data of a file as block YAML in another order, with other punctuation and comments of its own."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.count = 0

    def lines(self, value: object, indent: int, key: str = "") -> Iterator[str]:
        blank = " " * indent
        if isinstance(value, dict):
            keys = [name for name in value if name != SPAN]
            for name in keys if key == "rows" else self.data.draw(st.permutations(keys)):
                if self.data.draw(st.booleans()):
                    self.count += 1
                    yield f"{blank}# c{self.count}"
                shown = self.scalar(name, "")
                if isinstance(value[name], dict | list) and value[name]:
                    yield f"{blank}{shown}:"
                    yield from self.lines(value[name], indent + 2, str(name))
                else:
                    yield f"{blank}{shown}: {self.scalar(value[name], str(name))}"
        else:
            assert isinstance(value, list)
            for part in value:
                if isinstance(part, dict):
                    yield f"{blank}-"
                    yield from self.lines(part, indent + 2, key)
                else:
                    yield f"{blank}- {self.scalar(part, key)}"

    def scalar(self, value: object, key: str) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return str(value)
        text = str(value)
        if key in ("when", "applies_when", "test", "fails_unless", "holds_if", "amount", "requires", "all", "any"):
            for _, word, start, end in reversed(tokenize(text)):
                if word in WIDE and text[start:end] == word and self.data.draw(st.booleans()):
                    text = text[:start] + WIDE[word] + text[end:]
        return "'" + text.replace("'", "''") + "'"


def shape(value: object) -> object:
    """Data with the order of keys."""
    if isinstance(value, dict):
        return [(str(key), shape(part)) for key, part in value.items() if key != SPAN]
    return [shape(part) for part in value] if isinstance(value, list) else value


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_scrambled_files_come_back_to_one_form(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(RULES, Path(name) / "rules"))
        for path in (folder / "lake-2024" / "rules.yaml", folder / "vocabulary" / "all.yaml"):
            (loaded,) = read_file(path)
            scrambler = Scrambler(data)
            text = "\n".join(scrambler.lines(loaded.data, 0)) + "\n"
            form = form_of(path)
            assert form is not None
            once = format_source(Source("x", text), form, WORDS)
            assert format_source(Source("x", once), form, WORDS) == once
            assert comments(once) == comments(text)
            right = format_source(read_source(path), form, WORDS)
            assert shape(parse(Source("x", once))[0].data) == shape(parse(Source("x", right))[0].data)
            path.write_text(once, encoding="utf-8")
        assert digests(folder) == digests(RULES)


# ------------------------------------------------------------------ layout


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("incentives:\n  - when: 出口企业\n    id: a\n", "incentives:\n  - id: a\n    when: 出口企业\n"),
        ("incentives:\n- {when: 出口企业,   id: a}\n", "incentives:\n- {id: a,   when: 出口企业}\n"),
        (
            "# top\nincentives:\n  # first\n  - when: 出口企业 # why\n    # deep\n    id: a # name\n\n  # last\n",
            "# top\nincentives:\n  # first\n  - # deep\n    id: a # name\n    when: 出口企业 # why\n\n  # last\n",
        ),
        (
            "incentives:\n  - when:\n      all:\n        - 出口企业\n        # below\n    id: a\n",
            "incentives:\n  - id: a\n    when:\n      all:\n        - 出口企业\n        # below\n",
        ),
        ("incentives:\r\n  - when: 出口企业\r\n    id: a", "incentives:\r\n  - id: a\r\n    when: 出口企业"),
        (
            "incentives:\n  - amount: |\n      5万元\n\n    id: a\n",
            "incentives:\n  - id: a\n    amount: |\n      5万元\n",
        ),
        ("incentives:\n  - when:\n    id: a\n", "incentives:\n  - id: a\n    when:\n"),
        (
            "incentives:\n  - {cite: {sentence: 2, article: 一}, id: a}\n",
            "incentives:\n  - {id: a, cite: {article: 一, sentence: 2}}\n",
        ),
        ("targets: []\nincentives: []\n", "incentives: []\ntargets: []\n"),
    ],
)
def test_keys_move_with_their_comments(before: str, after: str) -> None:
    assert formatted(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "incentives:\n  - {when: 出口企业, # why\n     id: a}\n",
        "incentives:\n  - ? when\n    : 出口企业\n    ? id\n    : a\n",
        "incentives:\n  - note: &n {zh: 一, en: one}\n    id: a\n    title: *n\n",
        "incentives:\n  - {unheard-of: 1, id: a}\n",
        "nothing\n",
        "",
    ],
)
def test_what_cannot_be_moved_stays(text: str) -> None:
    assert formatted(text) == text


# ------------------------------------------------------------------ spelling


def rule(line: str, *, each: str = "标准") -> str:
    return f"incentives:\n  - each: {each}\n    {line}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("when: 投资额≥100万元", "when: 投资额>=100万元"),
        ("when: ≥3", "when: '>=3'"),
        ("when: '级别 ＝ “国际标准，（甲）”'", "when: '级别 = “国际标准，（甲）”'"),
        ('when: "投资额 ≠ 3万元"', 'when: "投资额 != 3万元"'),
        ('when: "投资额 \\u2260 3万元"', 'when: "投资额 \\u2260 3万元"'),
        ("when: {all: [出口企业，出口企业]}", "when: {all: ['出口企业,出口企业']}"),
        ("when: '级别 ≠ ''甲'''", "when: '级别 != ''甲'''"),
        ("when: >-\n      投资额\n      ≥ 3万元", "when: >-\n      投资额\n      >= 3万元"),
        ("when: 投资额\n      ≥ 3万元", "when: 投资额\n      >= 3万元"),
        ("when: 投资额××3", "when: 投资额××3"),
        ("window: {from: 投资额≥3，（甲）}", "window: {from: 投资额≥3，（甲）}"),
        (
            "amount: {table: {by: 投资额, rows: {≥3万元: 3万元}}}",
            "amount: {table: {by: 投资额, rows: {'>=3万元': 3万元}}}",
        ),
        ("amount: {table: {by: 级别, rows: {≥3万元: 3万元}}}", "amount: {table: {by: 级别, rows: {≥3万元: 3万元}}}"),
        (
            "amount: {table: {by: [级别], rows: [{then: 3万元, if: ≥3}]}}",
            "amount: {table: {by: [级别], rows: [{if: '>=3', then: 3万元}]}}",
        ),
        ("when: investment > 3万元", "when: 投资额 > 3万元"),
        ("when: &a 投资额≥3万元", "when: &a 投资额≥3万元"),
        ("when: level = 3", "when: 级别 = 3"),
        ("when: 'count(standards[level = \"国际标准\"]) > 1'", "when: 'count(standards[级别 = \"国际标准\"]) > 1'"),
        (
            "when: 'some level in 标准 satisfies level.role = \"主持\"'",
            "when: 'some level in 标准 satisfies level.角色 = \"主持\"'",
        ),
        ("judged_by: published", "judged_by: 发布日期"),
        ("judged_by: as_of", "judged_by: as_of"),
    ],
)
def test_expressions_are_spelled_in_one_way(before: str, after: str) -> None:
    found = formatted(rule(before))
    assert found == rule(after).replace("standards", "标准")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("when: 投资额 > 3万元", "when: investment > 3万元"),
        ("when: 出口企业", "when: exporter"),
        ("when: 新增标准数 > 3", "when: 新增标准数 > 3"),  # its id has a hyphen, which is a minus sign
        ("when: 没有的名称 > 基期", "when: 没有的名称 > 基期"),
        ("when: 投资额 >", "when: 投资额 >"),
        (
            "when: 'sum(for x in 标准 return x.级别) > 标准.级别'",
            "when: 'sum(for x in standards return x.level) > standards.level'",
        ),
        ("when: item.级别 = x.级别", "when: item.level = x.级别"),
        ("when: date(发布日期).year = 2024", "when: date(published).year = 2024"),
        ("judged_by: 发布日期", "judged_by: published"),
        ("judged_by: 没有的日期", "judged_by: 没有的日期"),
    ],
)
def test_names_are_written_by_id_where_an_expression_can_hold_it(before: str, after: str) -> None:
    assert formatted(rule(before), "id") == rule(after, each="standards")


def test_a_metric_is_named_by_its_whole_id() -> None:
    text = "targets:\n  - metric: 新增标准数\n    over: {share: city, where: ≥3}\n"
    found = formatted(text, "id")
    assert found == "targets:\n  - metric: new-standards\n    over: {share: city, where: '>=3'}\n"
    assert formatted(found) == text.replace("≥3", "'>=3'")
    assert formatted(text.replace("新增标准数", "没有"), "id") == text.replace("新增标准数", "没有").replace(
        "≥3", "'>=3'"
    )


def test_a_name_that_a_field_hides_is_not_exchanged_for_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RULES, tmp_path / "rules"))
    (folder / "vocabulary" / "more.yaml").write_text(
        "facts: [{id: level, label: {zh: 全厂级别, en: level of the works}, of: [enterprise], type: number}]\n",
        encoding="utf-8",
    )
    words = words_of(folder)
    text = "incentives:\n  - each: standards\n    judged_by: 全厂级别\n    when: 全厂级别≥3\n"
    found = format_source(Source("x", text), rule_files.RuleFile, words, "id")
    assert found == text.replace("≥", ">=")


def test_without_a_vocabulary_only_keys_and_punctuation_change() -> None:
    text = "incentives:\n  - when: investment≥100万元\n    each: standards\n    id: a\n"
    found = format_source(Source("x", text), rule_files.RuleFile, None)
    assert found == "incentives:\n  - id: a\n    each: standards\n    when: investment>=100万元\n"


def test_a_shared_value_is_spelled_once() -> None:
    text = "incentives:\n  - when: &w {all: ['投资额≥3万元']}\n    applies_when: *w\n"
    assert formatted(text) == text.replace("≥", ">=")
    scalar = "incentives:\n  - {amount: {up_to: '3＊1'}}\n"
    assert formatted(scalar) == scalar


def test_the_register_of_a_policy_is_left_alone() -> None:
    text = "title: {zh: 甲, en: a}\nid: a\n---\nwaivers: []\narticles: []\n"
    found = formatted(text, cls=vocabulary_documents.PolicyDocument)
    assert found == "id: a\ntitle: {zh: 甲, en: a}\n---\nwaivers: []\narticles: []\n"


def test_a_file_that_would_say_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.rulebook.formatting.apply", lambda text, edits: text.replace("b", "c"))
    with pytest.raises(RuleError, match=r"rules.yaml: error\[layout\]: the file cannot be formatted without changing"):
        formatted("incentives:\n  - when: b\n    id: a\n")


def test_orders_hold_every_key_once() -> None:
    for cls in every_document():
        assert sorted(order_of(cls)) == sorted(key for key, _, _ in forms_of(cls.__name__).values())
    assert order_of(vocabulary_documents.FactDocument)[:5] == ["id", "label", "of", "type", "record"]
    rest = ["readings", "note", "stub"]
    assert order_of(documents.IncentiveDocument)[-6:] == ["amount", "evidence", "window", *rest]
    for cls in (documents.SupportDocument, documents.TargetDocument, documents.ObligationDocument):
        assert order_of(cls)[-3:] == rest
    assert order_of(rule_files.StackingDocument)[-1] == "readings"


def test_what_is_no_expression_is_listed() -> None:
    """A new field whose text is an expression has to be given its role."""
    plain = {
        "AmountForm.rate": "expression",
        "Table.by": "expression",
        "TableRow.if_": "tests",
        "ScheduleEntry.test": "tests",
        "IncentiveDocument.each": "fact",
        "IncentiveDocument.judged_by": "fact",
        "TargetDocument.metric": "metric",
        "ObligationDocument.requires": "expression",
        "Combination.unless": "expression",
        "AtLeast.of": "expression",
        "AtLeast.n": None,
        "SumCap.cap": "expression",
        "SumCap.of": None,
        "OverEach.each": None,
        "Label.zh": None,
        "Citation.article": None,
        "FactDocument.of": None,
    }
    roles = {
        f"{cls.__name__}.{name}": role_of(cls, name) for cls in every_document() for name in forms_of(cls.__name__)
    }
    assert {name: roles[name] for name in plain} == plain


def every_document() -> list[type[Document]]:
    modules = (documents, rule_files, vocabulary_documents)
    values = [value for module in modules for value in vars(module).values()]
    return [
        value for value in values if isinstance(value, type) and issubclass(value, Document) and value is not Document
    ]


def test_files_are_known_by_where_they_stand(tmp_path: Path) -> None:
    assert form_of(RULES / "vocabulary" / "all.yaml") is vocabulary_documents.VocabularyFile
    assert form_of(RULES / "lake-2024" / "policy.yaml") is vocabulary_documents.PolicyDocument
    assert form_of(RULES / "lake-2024" / "vocabulary.yaml") is vocabulary_documents.VocabularyFile
    assert form_of(RULES / "lake-2024" / "rules.yaml") is rule_files.RuleFile
    assert form_of(RULES / "lake-2024" / "rules.txt") is None
    assert form_of(tmp_path / "rules.yaml") is None
