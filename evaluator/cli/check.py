"""`evaluator check`: read a rulebook whole and print every problem with its place."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
def command(path: Path | None) -> None:
    """Validate the rulebook in PATH (default: the shipped one)."""
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    rulebook = load_rulebook(path or rules_folder())
    click.echo(f"{len(rulebook.rules)} rules of {len(rulebook.policies)} policies are valid")
