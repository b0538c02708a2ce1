"""`evaluator schema`: the JSON Schema of a kind of file, for editors."""

from __future__ import annotations

import click

KINDS = ("rules", "vocabulary", "policy", "register", "profile", "scenarios")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
def command(kind: str) -> None:
    """打印某类文件的 JSON Schema · Print the JSON Schema (2020-12) of a kind of file.

    A YAML language server takes it from a first line such as `# yaml-language-server: $schema=profile.schema.json`.
    """
    from evaluator.audit.scenario_documents import ScenarioFile
    from evaluator.cli.options import print_json
    from evaluator.rulebook.schema import MODELS, json_schema

    print_json(json_schema(MODELS.get(kind, ScenarioFile), kind))
