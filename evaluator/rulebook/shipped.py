"""Where the shipped rules and scenarios stand: inside the installed package, else in the checkout beside it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def rules_folder() -> Path:
    """The shipped rulebook."""
    return _shipped("rules")


def scenarios_folder() -> Path:
    """The recorded cases of the shipped rulebook."""
    return _shipped("scenarios")


def _shipped(name: str) -> Path:
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
