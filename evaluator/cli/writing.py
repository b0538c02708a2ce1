"""Output files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

from evaluator.diagnostics import Diagnostic, RuleError


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """A new folder with these files. Raises RuleError when it exists already or cannot be written."""
    if folder.exists():
        hint = "name another with `--out`, or move the old one away"
        raise RuleError([Diagnostic("exists", "there is something here already", where=str(folder), help=hint)])
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        for name, text in files.items():
            (aside / name).write_text(text, encoding="utf-8")
        aside.rename(folder)
    except OSError as error:
        rmtree(aside, ignore_errors=True)
        reason = (error.strerror or "it cannot be written").lower()
        raise RuleError([Diagnostic("unwritable", f"cannot write the folder: {reason}", where=str(folder))]) from error
