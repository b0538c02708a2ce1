"""Libraries that only this package needs: one clear line when one of them is not there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.diagnostics import Diagnostic, RuleError

if TYPE_CHECKING:
    import duckdb

INSTALL = "pip install 'evaluator[batch]'"


def need(library: str) -> None:
    """Refuse to go on without `library`. Raises RuleError with the command that installs it."""
    if find_spec(library) is None:
        message = f"`{library}` is not installed, and tables of profiles need it"
        raise RuleError([Diagnostic("not-installed", message, help=f"install it with `{INSTALL}`")])


def connect(path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory or in a file, which prints nothing of its own and fetches nothing from elsewhere."""
    need("duckdb")
    import duckdb

    connection = duckdb.connect(":memory:" if path is None else str(path))
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")
    return connection
