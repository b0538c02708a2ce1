"""The tiny rulebook of `good/tiny`, copied to a folder of its own so that a test may add to it or break it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from evaluator.diagnostics import RuleError
from evaluator.rulebook.load import load_rulebook
from evaluator.rulebook.model import Rulebook

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Tiny:
    """A copy at `folder`; its path is cut out of what diagnostics print."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        """Add or replace one file."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        """Change the one place of a file that reads `old`."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"`{old}` stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def load(self) -> Rulebook:
        """The checked rulebook."""
        return load_rulebook(self.folder)

    def problems(self) -> str:
        """Every diagnostic of loading, rendered; nothing when the rulebook is right."""
        try:
            self.load()
        except RuleError as error:
            return self.relative(error)
        return ""

    def relative(self, error: RuleError) -> str:
        """The rendered diagnostics with paths as seen from the rulebook."""
        return str(error).replace(f"{self.folder}/", "").replace(str(self.folder), ".")


def copy_tiny(folder: Path) -> Tiny:
    """A fresh copy under `folder`."""
    shutil.copytree(HERE / "good" / "tiny", folder / "rules")
    return Tiny(folder / "rules")
