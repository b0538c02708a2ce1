"""Options that several commands share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
FOLDER: Final = click.Path(path_type=Path)


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The value of an option that is a date."""
    return read_day(value)


def read_day(value: str | None) -> date | None:
    """The date written as 2025-06-30; anything else is wrong usage."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"`{value}` is no date; write it as 2025-06-30") from None


def day_option(function: F) -> F:
    """`--as-of DATE`."""
    text = "所问日期（默认今天） · Date of the question (default: today)."
    return click.option("--as-of", callback=day, metavar="DATE", help=text)(function)


def rules_option(function: F) -> F:
    """`--rules DIR`: another rulebook than the shipped one."""
    return click.option(
        "--rules", type=FOLDER, envvar="EVALUATOR_RULES", metavar="DIR", help="规则库文件夹 · Folder of the rulebook."
    )(function)


def lang_option(function: F) -> F:
    """`--lang zh|en`."""
    choice = click.Choice(["zh", "en"])
    return click.option("--lang", type=choice, default="zh", show_default=True, help="语言 · Language.")(function)


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format`, by default the first of `formats`."""

    def add(function: F) -> F:
        choice = click.Choice(formats)
        return click.option(
            "--format", "form", type=choice, default=formats[0], show_default=True, help="格式 · Format."
        )(function)

    return add


def policy_option(function: F) -> F:
    """`--policy ID`, as often as wanted."""
    return click.option(
        "--policy",
        "policies",
        multiple=True,
        metavar="ID",
        help="只看该文件（可重复） · Only this policy (repeatable).",
    )(function)


def known_policies(rules: Path, policies: tuple[str, ...]) -> None:
    """Refuse a policy that the rulebook has not. Raises RuleError."""
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean

    names = sorted(path.parent.name for path in rules.glob("*/policy.yaml"))
    if not names:  # no rulebook is there, which loading it tells
        return
    problems = [
        Diagnostic(
            "unknown-policy", f"there is no policy `{policy}`", where="--policy", help=did_you_mean(policy, names)
        )
        for policy in policies
        if policy not in names
    ]
    if problems:
        raise RuleError(problems)


def terminal_width() -> int:
    """How many cells a line may fill."""
    return max(shutil.get_terminal_size((80, 24)).columns, 40)


def print_json(data: object) -> None:
    """Plain data as JSON on standard output, Chinese as it is."""
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
