"""`evaluator decide`: what the rules say about one profile, with the article behind every line."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Decide one profile."""
