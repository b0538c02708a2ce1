"""Rules as code for policy obligations and incentives: the public names, and nothing else.

    rulebook = evaluator.load()
    profile = evaluator.load_profile(Path("profile.yaml"), rulebook)
    decision = evaluator.decide(rulebook, profile, as_of=date(2025, 6, 30))

`import evaluator` reads no YAML library and no validator; each name is imported at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator._version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from evaluator import feel
    from evaluator.audit.pools import share_out
    from evaluator.audit.readings import alternatives
    from evaluator.diagnostics import Diagnostic, RuleError
    from evaluator.engines.decide import decide
    from evaluator.engines.decision import (
        Amount,
        Decision,
        Finding,
        Missing,
        OtherReadings,
        Outcome,
        Totals,
        UnderReading,
    )
    from evaluator.rulebook.model import Rulebook
    from evaluator.rulebook.overrides import Override, parse_override
    from evaluator.rulebook.profile import Profile, load_profile, make_profile

__all__ = [
    "Amount",
    "Decision",
    "Diagnostic",
    "Finding",
    "Missing",
    "OtherReadings",
    "Outcome",
    "Override",
    "Profile",
    "RuleError",
    "Rulebook",
    "Totals",
    "UnderReading",
    "__version__",
    "alternatives",
    "decide",
    "feel",
    "load",
    "load_profile",
    "make_profile",
    "parse_override",
    "share_out",
]

_HOMES = {
    "Amount": "evaluator.engines.decision",
    "Decision": "evaluator.engines.decision",
    "Diagnostic": "evaluator.diagnostics",
    "Finding": "evaluator.engines.decision",
    "Missing": "evaluator.engines.decision",
    "OtherReadings": "evaluator.engines.decision",
    "Outcome": "evaluator.engines.decision",
    "Override": "evaluator.rulebook.overrides",
    "Profile": "evaluator.rulebook.profile",
    "RuleError": "evaluator.diagnostics",
    "Rulebook": "evaluator.rulebook.model",
    "Totals": "evaluator.engines.decision",
    "UnderReading": "evaluator.engines.decision",
    "alternatives": "evaluator.audit.readings",
    "decide": "evaluator.engines.decide",
    "load_profile": "evaluator.rulebook.profile",
    "make_profile": "evaluator.rulebook.profile",
    "parse_override": "evaluator.rulebook.overrides",
    "share_out": "evaluator.audit.pools",
}


def load(
    folder: Path | None = None,
    *,
    place: str | None = None,
    also: Collection[str] = (),
    changes: Collection[Override] = (),
) -> Rulebook:
    """Read and check the rulebook in `folder`, by default the one that comes with the package.

    With `place` (`河北省/承德市`) only the policies that can concern it are read, and those named in `also`. `changes`
    are other figures to try (`parse_override`). Raises RuleError with every diagnostic.
    """
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    return load_rulebook(rules_folder() if folder is None else folder, place=place, also=also, overrides=changes)


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "feel":
        return import_module("evaluator.feel")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
