"""The command line: one file per command; `main` is the entry point."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from evaluator.diagnostics import RuleError


@click.group()
def main() -> None:
    """Rules as code for policy obligations and incentives."""


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("rules"))
def check(path: Path) -> None:
    """Validate a rulebook."""
    from evaluator.rulebook.load import load_rulebook

    try:
        rulebook = load_rulebook(path)
    except RuleError as error:
        click.echo(str(error), err=True)
        sys.exit(3)
    click.echo(f"{len(rulebook.rules)} rules of {len(rulebook.policies)} policies are valid")
