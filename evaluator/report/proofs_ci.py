"""What was proved of a rulebook in the forms that continuous integration reads: SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from evaluator._version import __version__
from evaluator.advise.properties import PROPERTIES
from evaluator.advise.prove import Report
from evaluator.advise.verdict import Status, Verdict
from evaluator.report.phrases import Lang
from evaluator.report.proofs import profile_lines, told
from evaluator.rulebook import model
from evaluator.rulebook.vocabulary import Vocabulary

_LEVELS: Final[Mapping[Status, str]] = {
    Status.FAILS: "error",
    Status.UNDECIDED: "warning",
    Status.LISTED: "note",
    Status.NOT_COMPARABLE: "note",
}
_SARIF: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def proofs_sarif(report: Report, rules: Path, lang: Lang) -> dict[str, object]:
    """A SARIF log: one result per verdict that does not hold, at the place of its rule; `rules` is the rulebook."""
    return {
        "$schema": _SARIF,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "evaluator",
                        "version": __version__,
                        "rules": [
                            {
                                "id": id,
                                "name": PROPERTIES[id].name.text(lang),
                                "shortDescription": {"text": PROPERTIES[id].meaning.text(lang)},
                            }
                            for id in report.properties
                        ],
                    }
                },
                "results": [
                    {
                        "ruleId": verdict.about,
                        "level": _LEVELS[verdict.status],
                        "message": {"text": _text(verdict, report.rulebook.vocabulary, lang)},
                        "locations": [_location(verdict, rule, rules) for rule in verdict.rules],
                    }
                    for verdict in report.verdicts
                ],
            }
        ],
    }


def _text(verdict: Verdict, vocabulary: Vocabulary, lang: Lang) -> str:
    names = ", ".join(rule.id for rule in verdict.rules)
    lines = [f"{names}{'#' + verdict.entry if verdict.entry else ''}: {told(verdict, vocabulary, lang)}"]
    for case in verdict.cases:
        lines += [f"({case.as_of.isoformat()})", *profile_lines(case.profile)]
    return "\n".join(lines)


def _location(verdict: Verdict, rule: model.AnyRule, rules: Path) -> dict[str, object]:
    span = rule.span
    if isinstance(rule, model.Target):
        span = next((entry.span for entry in rule.entries if entry.key == verdict.entry and entry.span), rule.span)
    if span is None:
        return {"logicalLocations": [{"fullyQualifiedName": rule.id}]}
    path = Path(span.source.name)
    file = path.relative_to(rules) if path.is_relative_to(rules) else path
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": file.as_posix()},
            "region": {"startLine": span.line, "startColumn": span.column},
        },
        "logicalLocations": [{"fullyQualifiedName": rule.id}],
    }


def proofs_junit(report: Report, lang: Lang) -> str:
    """JUnit XML: a suite per policy, a case per property; what cannot be compared is told in its output."""
    vocabulary = report.rulebook.vocabulary
    top = ET.Element("testsuites", name="evaluator prove")
    for policy in report.policies:
        suite = ET.SubElement(top, "testsuite", name=policy.id)
        tests = failures = errors = 0
        for id in report.properties:
            own = [verdict for verdict in report.verdicts if verdict.about == id and verdict.policy == policy.id]
            if not own and not report.held[policy.id, id]:
                continue
            tests += 1
            case = ET.SubElement(suite, "testcase", classname=policy.id, name=f"{id}: {PROPERTIES[id].name.text(lang)}")
            failing = [verdict for verdict in own if verdict.status is Status.FAILS]
            open_ = [verdict for verdict in own if verdict.status is Status.UNDECIDED]
            rest = [verdict for verdict in own if verdict not in failing and verdict not in open_]
            for tag, verdicts in (("failure", failing), ("error", open_)):
                if verdicts:
                    node = ET.SubElement(case, tag, message=told(verdicts[0], vocabulary, lang))
                    node.text = "\n\n".join(_text(verdict, vocabulary, lang) for verdict in verdicts)
            failures, errors = failures + bool(failing), errors + bool(open_)
            if rest:
                ET.SubElement(case, "system-out").text = "\n".join(_text(verdict, vocabulary, lang) for verdict in rest)
        suite.set("tests", str(tests))
        suite.set("failures", str(failures))
        suite.set("errors", str(errors))
    ET.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode")
