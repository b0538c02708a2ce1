"""Advice about rules as a whole and about one profile, all of it replayed by the reference engine.

Above the engines: here one asks another's question again. About rules: `prove` runs everything, `properties` is the
table of what is asked for; `single`, `amounts`, `pairs` and `vague` ask; `questions` turns solver answers into
profiles. About a profile: `advice` answers, by `certain`, `next_questions`, `paths`, `choice`, `ranges` and
`thresholds`. About two versions of the rules: `compare`. What all but the proofs search with is `ways`.
"""

from __future__ import annotations

from evaluator.advise.prove import Report, prove
from evaluator.advise.questions import Limits
from evaluator.advise.verdict import Case, Status, Verdict

__all__ = ["Case", "Limits", "Report", "Status", "Verdict", "prove"]
