"""The pages on batches are true: their tables are read and their commands print what is shown, by the shipped rules.

`pytest tests/test_batch_docs.py --update-golden` writes what the commands print now into the pages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_docs import blocks, commands, files, hold_to_what_is_shown, text_of, write

CHINESE, ENGLISH = "batch.zh.md", "batch.md"


@pytest.mark.parametrize("page", [CHINESE, ENGLISH])
def test_commands_print_what_is_shown(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    write(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVALUATOR_RULES", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    assert sum(block.language == "console" for block in blocks(page)) >= 3
    hold_to_what_is_shown(page, request)


def test_twins_hold_the_same_files_and_commands() -> None:
    assert files(CHINESE) == files(ENGLISH)
    typed = [[commands(block) for block in blocks(page) if block.language == "console"] for page in (CHINESE, ENGLISH)]
    assert typed[0] == [[command.removesuffix(" --lang en") for command in group] for group in typed[1]]
    assert text_of(CHINESE).count("\n|") == text_of(ENGLISH).count("\n|")
