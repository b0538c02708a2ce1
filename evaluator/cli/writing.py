"""Output files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import copymode, rmtree

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
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_text(text, encoding="utf-8")
        aside.rename(folder)
    except OSError as error:
        rmtree(aside, ignore_errors=True)
        reason = (error.strerror or "it cannot be written").lower()
        raise RuleError([Diagnostic("unwritable", f"cannot write the folder: {reason}", where=str(folder))]) from error


def replace_files(files: Mapping[Path, str]) -> None:
    """New texts for files that exist; none is replaced before all are written whole beside the old ones.

    Raises RuleError when one cannot be written.
    """
    aside = {path: path.resolve().with_name(f".{path.name}.{os.getpid()}") for path in files}
    try:
        for path, text in files.items():
            aside[path].write_bytes(text.encode())
            copymode(path, aside[path])
        for path, made in aside.items():
            made.replace(path.resolve())
    except OSError as error:
        for made in aside.values():
            made.unlink(missing_ok=True)
        reason = (error.strerror or "it cannot be written").lower()
        where = str(error.filename or "")
        raise RuleError([Diagnostic("unwritable", f"cannot write the files: {reason}", where=where)]) from error
