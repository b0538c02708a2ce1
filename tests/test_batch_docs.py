"""The pages on batches are true: their tables are read and their commands print what is shown, by the shipped rules.

`pytest tests/test_batch_docs.py --update-golden` writes what the commands print now into the pages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_docs import DOCS, blocks, commands, files, printed, text_of, write

CHINESE, ENGLISH = "batch.zh.md", "batch.md"


@pytest.mark.parametrize("page", [CHINESE, ENGLISH])
def test_commands_print_what_is_shown(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    write(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVALUATOR_RULES", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    console = [block for block in blocks(page) if block.language == "console"]
    assert len(console) >= 3
    for block in console:
        now = "".join(f"$ {command}\n{printed(command)}" for command in commands(block))
        if request.config.getoption("--update-golden"):
            text = text_of(page).replace(f"```console\n{block.body}```", f"```console\n{now}```")
            (DOCS / page).write_text(text, encoding="utf-8")
        else:
            assert now == block.body


def test_twins_hold_the_same_files_and_commands() -> None:
    assert files(CHINESE) == files(ENGLISH)
    typed = [[commands(block) for block in blocks(page) if block.language == "console"] for page in (CHINESE, ENGLISH)]
    assert typed[0] == [[command.removesuffix(" --lang en") for command in group] for group in typed[1]]
    assert text_of(CHINESE).count("\n|") == text_of(ENGLISH).count("\n|")
