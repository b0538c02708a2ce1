"""The command line: one module per command, imported when the command is asked for; `main` is the entry point.

To add a command: a module `evaluator/cli/NAME.py` with a click command called `command`, and a line in `COMMANDS`.
Invalid rules or input reach the user as diagnostics on standard error and exit code 3, whatever the command.
"""

from __future__ import annotations

import io
import sys
from importlib import import_module
from typing import Final

import click

from evaluator._version import __version__
from evaluator.collecting import seldom
from evaluator.diagnostics import RuleError

COMMANDS: Final = {
    "decide": ("decide", "回答一个主体：奖补、目标、职责与依据 · Awards, targets and duties of one profile."),
    "batch": ("batch", "成批回答一张表里的主体并汇总 · Answer a table of profiles, and report on all of them."),
    "simulate": ("simulate", "造一批虚构主体供试用 · Make up a population to try `batch` on."),
    "advise": ("advise", "建议下一步：先补哪项事实、怎样再得一项 · Advise on facts to give and awards to reach."),
    "check": ("check", "检查规则库 · Validate a rulebook."),
    "fmt": ("fmt", "整理规则文件的写法 · Bring rule files into canonical form."),
    "run": ("run", "运行案例并比对 · Run recorded cases and compare."),
    "scenarios": ("scenarios", "生成案例草稿 · Draft cases for every branch and figure."),
    "diff": ("diff", "比较两版规则 · Compare two versions of a rulebook."),
    "prove": ("prove", "证明规则的性质，或举出反例 · Prove properties of rules, or refute them by a profile."),
    "rules": ("rules", "列出和阅读规则 · List rules, or read one or a whole policy."),
    "sql": ("sql", "输出查询语句 · Print the query that answers for a table of profiles."),
    "vocabulary": ("vocabulary", "列出事实和指标 · List the facts and metrics that rules may name."),
    "schema": ("schema", "文件格式的 JSON Schema · JSON Schema of a kind of file."),
    "sources": ("sources", "核对规则与原文 · Check the rulebook against the texts of its documents."),
    "draft": ("draft", "由原文起草规则 · Draft a policy folder from a new document."),
    "pool": ("pool", "共用预算怎样兑现 · What many profiles get out of a budget that they share."),
    "profile": ("profile", "生成待填写的主体资料 · Start a profile with the questions that matter."),
}
"""Name of each command: its module under `evaluator.cli`, and its line in `--help` (so that help imports none)."""


class LazyGroup(click.Group):
    """Commands of the table; a command's module is imported when it runs or shows its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"evaluator.cli.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a misspelt name."""
        from evaluator.diagnostics import did_you_mean

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], COMMANDS) or ""
            ctx.fail(f"no such command `{args[0]}`; {hint}".rstrip("; "))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what is wrong with rules or input is printed as diagnostics."""
        _spell_out_what_a_stream_cannot_write()
        try:
            with seldom():
                return super().invoke(ctx)
        except RuleError as error:
            click.echo(str(error), err=True)
            ctx.exit(3)


def _spell_out_what_a_stream_cannot_write() -> None:
    """A console or file of GBK has no ✓ or ▸: written as `\\u2713`, which JSON reads back, and never as `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """按政策规则作答 · Rules as code for policy obligations and incentives.

    Exit codes: 0 fine; 1 something asked for does not hold; 2 wrong usage; 3 invalid rules or input.
    """
