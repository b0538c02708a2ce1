"""`evaluator schema`: the JSON Schema of a kind of file, for editors; of a decision, for programs that read one."""

from __future__ import annotations

import click

KINDS = ("rules", "vocabulary", "policy", "register", "profile", "scenarios", "decision")


@click.command()
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
def command(kind: str) -> None:
    """打印某类文件的 JSON Schema · Print the JSON Schema (2020-12) of a kind of file.

    KIND is rules, vocabulary, policy, register, profile, scenarios, or decision: what `evaluator decide --format json`
    prints.

    A YAML language server takes it from a first line such as `# yaml-language-server: $schema=profile.schema.json`.
    """
    from evaluator.cli.options import print_json

    if kind == "decision":
        from evaluator.report.schema import decision_schema

        print_json(decision_schema())
        return
    from evaluator.audit.scenario_documents import ScenarioFile
    from evaluator.rulebook.schema import MODELS, json_schema

    print_json(json_schema(MODELS.get(kind, ScenarioFile), kind))
