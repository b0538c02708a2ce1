"""The one error of the expression language: what is wrong with a text, and at which of its characters.

In: problems with offsets into an expression. Out: `FeelError`, whose diagnostics point into `<expression>`, and
whose `problems` keep the bare offsets, so that a reader of files can point into the file instead.
"""

from __future__ import annotations

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.record import row
from evaluator.source import Source, Span


@row
class Problem:
    """One thing that is wrong at the characters `at` (start, end; end exclusive) of an expression."""

    at: tuple[int, int]
    message: str
    help: str | None = None
    code: str = "feel-syntax"


class FeelError(RuleError):
    """An expression that is not FEEL, or uses a part of FEEL that is refused."""

    def __init__(self, text: str, *problems: Problem) -> None:
        self.text = text
        self.problems = problems
        source = Source("<expression>", text)
        super().__init__(
            Diagnostic(problem.code, problem.message, Span(source, *problem.at), problem.help) for problem in problems
        )

    @property
    def at(self) -> tuple[int, int]:
        """Where the first problem is."""
        return self.problems[0].at
