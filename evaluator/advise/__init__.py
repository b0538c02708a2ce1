"""Advice about rules as a whole: properties that are proved, or refuted by a profile that the reference engine replays.

Above the engines: here one asks another's question again. `prove` runs everything; `properties` is the table of what is
asked for; `single`, `amounts`, `pairs` and `vague` ask; `questions` turns solver answers into profiles.
"""

from __future__ import annotations

from evaluator.advise.prove import Report, prove
from evaluator.advise.questions import Limits
from evaluator.advise.verdict import Case, Status, Verdict

__all__ = ["Case", "Limits", "Report", "Status", "Verdict", "prove"]
