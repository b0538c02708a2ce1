"""The pages for drafters are true: their files make valid rulebooks, and every command prints what is shown.

In: the fenced blocks of `docs/guide*.md`, `docs/cookbook*.md` and `docs/prove*.md`. A block whose info string has
`file=PATH` is that file; a `console` block is typed in the folder of those files. `pytest tests/test_docs.py
--update-golden` writes what the commands print now into the pages.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator.audit.scenarios import load_scenarios, run_scenarios
from evaluator.cli import main
from evaluator.report.operations import ORDER
from evaluator.rulebook import documents, rule_files, vocabulary_documents
from evaluator.rulebook.amounts import FORMS
from evaluator.rulebook.expressions import ALLOWED
from evaluator.rulebook.forms import Document, keys_of
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.payment import POSITION
from evaluator.rulebook.scope import ENTRY, KIND

DOCS = Path(__file__).parents[1] / "docs"
TWINS = [(f"{name}.zh.md", f"{name}.md") for name in ("guide", "cookbook", "prove", "advise", "diff")]
PAGES = [page for pair in TWINS for page in pair]
COOKBOOKS = ["cookbook.zh.md", "cookbook.md"]
FORMATS = ["format.zh.md", "format.md"]
NEEDS = 53
"""How many needs the cookbook has recipes for."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file it is (empty for none) and its text."""

    language: str
    file: str
    body: str


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    found = re.findall(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)
    return [Block(*parts) for parts in found]


def files(page: str) -> list[Block]:
    return [block for block in blocks(page) if block.file]


def write(page: str, folder: Path) -> None:
    for block in files(page):
        path = folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.body, encoding="utf-8")


def commands(block: Block) -> list[str]:
    return re.findall(r"^\$ (.*)$", block.body, re.MULTILINE)


def printed(command: str) -> str:
    """What a reader sees who types `command`."""
    program, *arguments = shlex.split(command)
    assert program == "evaluator", command
    result = CliRunner().invoke(main, arguments, prog_name="evaluator")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A page whose files stand in the current folder."""
    name = str(request.param)
    write(name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVALUATOR_RULES", "rules")
    monkeypatch.setenv("COLUMNS", "80")
    return name


def test_commands_print_what_is_shown(page: str, request: pytest.FixtureRequest) -> None:
    hold_to_what_is_shown(page, request)


def hold_to_what_is_shown(page: str, request: pytest.FixtureRequest) -> None:
    """Type every command of a page and compare what it prints; with `--update-golden` write it into the page."""
    console = [block for block in blocks(page) if block.language == "console"]
    assert console
    for block in console:
        now = "".join(f"$ {command}\n{printed(command)}" for command in commands(block))
        if request.config.getoption("--update-golden"):
            text = text_of(page).replace(f"```console\n{block.body}```", f"```console\n{now}```")
            (DOCS / page).write_text(text, encoding="utf-8")
        else:
            assert now == block.body


def test_scenarios_come_out_as_written(page: str) -> None:
    rulebook = load_rulebook(Path("rules"))
    results = list(run_scenarios(load_scenarios(Path("scenarios"), rulebook), rulebook))
    assert results
    assert {result.scenario.id: result.differences for result in results if result.differences} == {}


def test_rule_files_are_in_canonical_form(page: str) -> None:
    result = CliRunner().invoke(main, ["fmt", "--check", "rules"])
    assert result.exit_code == 0, f"{page}: {result.output}"


@pytest.mark.parametrize("page", COOKBOOKS, indirect=True)
def test_every_rule_of_a_recipe_is_expected_by_its_own_scenarios(page: str) -> None:
    rulebook = load_rulebook(Path("rules"))
    for file in sorted(Path("rules/recipes-2025").glob("*.yaml")):
        if file.name == "policy.yaml":
            continue
        cases = load_scenarios(Path("scenarios/recipes-2025") / file.name, rulebook)
        asked = {expected.finding.partition("#")[0] for case in cases for expected in case.expected}
        own = {id for id, rule in rulebook.rules.items() if rule.span and Path(rule.span.source.name).name == file.name}
        assert own
        assert own <= asked, file.name


@pytest.mark.parametrize("name", COOKBOOKS)
def test_each_recipe_has_a_clause_rules_and_scenarios(name: str) -> None:
    recipes = re.findall(r"^## \d+\. .*?(?=^## )", text_of(name), re.MULTILINE | re.DOTALL)
    assert recipes
    for recipe in recipes:
        assert re.search(r"^> \S", recipe, re.MULTILINE), recipe
        assert re.findall(r"^```yaml file=(rules|scenarios)/", recipe, re.MULTILINE) == ["rules", "scenarios"], recipe


@pytest.mark.parametrize("name", COOKBOOKS)
def test_every_need_has_a_recipe_and_the_index_leads_there(name: str) -> None:
    text = text_of(name)
    met: dict[int, set[str]] = {}
    for title, needs in re.findall(r"^## (\d+\. .*?) 〔(.*)〕$", text, re.MULTILINE):
        for number in re.findall(r"\d+", needs):
            met.setdefault(int(number), set()).add(title)
    assert sorted(met) == list(range(1, NEEDS + 1))
    index = re.findall(r"^\| (\d+) \| [^|]+ \| (.*) \|$", text, re.MULTILINE)
    assert {int(number): set(re.findall(r"\[([^\]]+)\]", links)) for number, links in index} == met


@pytest.mark.parametrize(("chinese", "english"), [*TWINS, ("format.zh.md", "format.md")])
def test_twins_hold_the_same_files_and_commands(chinese: str, english: str) -> None:
    assert files(chinese) == files(english)
    typed = [[commands(block) for block in blocks(page) if block.language == "console"] for page in (chinese, english)]
    assert typed[0] == [[command.removesuffix(" --lang en") for command in group] for group in typed[1]]
    counts = [len(re.findall(r"^#+ |^\| ", text_of(page), re.MULTILINE)) for page in (chinese, english)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_a_file_or_a_command(name: str) -> None:
    text = text_of(name)
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(blocks(name))
    for block in blocks(name):
        assert block.file or block.language == "console", block.body


def anchors(page: str) -> set[str]:
    """What a link can name in a page: its titles, as they become anchors."""
    titles = re.findall(r"^#+ (.*)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", [*PAGES, *FORMATS])
def test_links_lead_somewhere(name: str) -> None:
    prose = re.sub(r"```.*?```", "", text_of(name), flags=re.DOTALL)
    for path, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", prose):
        assert not path or (DOCS / path).is_file(), path
        assert not anchor or anchor in anchors(path or name), anchor


def _documents(kind: type[Document]) -> Iterator[type[Document]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _documents(inner)


@pytest.mark.parametrize("page", FORMATS)
def test_every_key_of_a_file_stands_on_the_page_of_the_format(page: str) -> None:
    text = text_of(page)
    modules = [documents.__name__, rule_files.__name__, vocabulary_documents.__name__]
    words = {key for kind in _documents(Document) if kind.__module__ in modules for key in keys_of(kind)}
    assert {"terms", "nothing_below", "brackets", "changeable"} <= words
    assert {word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)} == set()


@pytest.mark.parametrize("page", FORMATS)
def test_every_function_and_special_name_of_rules_stands_on_the_page_of_the_format(page: str) -> None:
    text = text_of(page)
    words = [*ALLOWED["functions"].split(), "some", "every", "between", *KIND, *ENTRY, *POSITION, *FORMS]
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(("page", "lang"), [("cookbook.md", "en"), ("cookbook.zh.md", "zh")])
def test_the_order_of_an_amount_is_the_one_that_is_printed(page: str, lang: str) -> None:
    order = " → ".join(step.text(lang) for step in ORDER.values())
    assert f"{order[0].upper()}{order[1:]}" in text_of(page)
