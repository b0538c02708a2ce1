"""The register of a policy's text as people write it: pydantic models of the second document of `policy.yaml`.

It says how the text is numbered, which faults it has, and what became of each sentence and numeral that no rule uses
(docs/format.md, section 2). `check` validates its form; the audit against the text judges its content.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from evaluator.diagnostics import Diagnostic, RuleError
from evaluator.rulebook.models import Label, Model
from evaluator.rulebook.validate import validate
from evaluator.rulebook.yamlfile import Text, read_file

Reason = Literal["heading", "basis", "direction", "publicity", "reference", "name", "restates", "description"]
Sentence = Annotated[int, Field(strict=True, ge=1)]


class CorrectionDocument(Model):
    """A mark of the text's numbering that is wrong or starts again, and the id used for it."""

    printed: Text
    occurrence: Annotated[int, Field(strict=True, ge=1)] | None = None
    after: Text | None = None
    id: Text
    note: Label


class DefectDocument(Model):
    """A fault of the text, with how it is read."""

    article: Text
    sentence: Sentence
    printed: Text
    reading: Text
    note: Label


class ProgrammaticDocument(Model):
    """Sentences that are no rule, and why."""

    article: Text
    sentences: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    reason: Reason
    note: Label | None = None


class WaiverDocument(Model):
    """A numeral that no rule uses, and why."""

    article: Text
    sentence: Sentence
    numeral: Text
    reason: Reason
    note: Label | None = None


class RegisterDocument(Model):
    """The second document of `policy.yaml`."""

    source: Text | None = None
    articles: tuple[CorrectionDocument, ...] = ()
    defects: tuple[DefectDocument, ...] = ()
    programmatic: tuple[ProgrammaticDocument, ...] = ()
    waivers: tuple[WaiverDocument, ...] = ()


def check_registers(folder: Path) -> list[Diagnostic]:
    """What is wrong with the registers of a rulebook's policies; files that are no YAML are left to the loader."""
    problems: list[Diagnostic] = []
    for path in sorted(folder.glob("*/policy.yaml")):
        try:
            documents = read_file(path)
        except RuleError as error:
            if _has_readable_policy(path):
                problems += error.diagnostics
            continue
        if len(documents) > 2:
            span = documents[2].span_at(())
            problems.append(Diagnostic("register", "a policy file holds two documents, and this is a third", span))
        for document in documents[1:2]:
            if document.data is not None:
                validate(RegisterDocument, document, problems)
    return problems


def _has_readable_policy(path: Path) -> bool:
    """Whether the loader, which reads the first document only, finds nothing wrong with the file."""
    try:
        read_file(path, first_only=True)
    except RuleError:
        return False
    return True
