from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the files that hold expected output")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first (those whose lines are not counted), so that no worker is left alone with one."""
    items.sort(key=lambda item: item.get_closest_marker("no_cover") is None)


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests leave nothing in the user's cache and find nothing there."""
    monkeypatch.setenv("EVALUATOR_CACHE", "off")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the file that holds it; with `--update-golden` write the file instead."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path.name} is not recorded yet: run pytest --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare
