"""`evaluator prove`: properties of rules for all profiles at once, each proved or refuted by a profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evaluator.cli.options import format_option, lang_option, policy_option, rules_option

if TYPE_CHECKING:
    from collections.abc import Collection

    from evaluator.report.phrases import Lang
    from evaluator.rulebook.model import Rulebook
    from evaluator.rulebook.vocabulary import Exact


@click.command()
@policy_option
@click.option(
    "--rule", "names", multiple=True, metavar="ID", help="只看该规则（可重复） · Only this rule (repeatable)."
)
@click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="ID",
    help="只问该性质（可重复） · Only this property (repeatable).",
)
@click.option("--list", "listing", is_flag=True, help="列出各项性质及其含义 · List the properties and their meaning.")
@click.option(
    "--cliff", metavar="AMOUNT", help="相差一个单位容许的差额，如 10万元 · The largest step that is no cliff."
)
@click.option("--entries", default=3, show_default=True, help="列表最多考察几个条目 · Entries of a list looked at.")
@click.option("--time-limit", default=5000, show_default=True, help="每个问题的毫秒数 · Milliseconds per question.")
@click.option("--processes", default=2, show_default=True, help="同时运行几个进程 · Processes to work with.")
@rules_option
@format_option("text", "json", "sarif", "junit")
@lang_option
def command(
    policies: tuple[str, ...],
    names: tuple[str, ...],
    properties: tuple[str, ...],
    listing: bool,
    cliff: str | None,
    entries: int,
    time_limit: int,
    processes: int,
    rules: Path | None,
    form: str,
    lang: Lang,
) -> None:
    """证明规则的性质 · Prove properties of rules for every possible profile, or refute them by one.

    Exit code 1 when a property fails. Needs the extra `prove`.
    """
    from evaluator.advise import Limits, prove
    from evaluator.advise.properties import PROPERTIES
    from evaluator.cli.options import known_policies, print_json, terminal_width
    from evaluator.report.proofs import proofs_data, proofs_text
    from evaluator.report.proofs_ci import proofs_junit, proofs_sarif
    from evaluator.rulebook.declared import read_declared
    from evaluator.rulebook.load import load_rulebook
    from evaluator.rulebook.shipped import rules_folder

    if listing:
        for one in PROPERTIES.values():
            click.echo(f"{one.id}\n  {one.name.text(lang)}{'：' if lang == 'zh' else ': '}{one.meaning.text(lang)}")
        return
    folder = rules or rules_folder()
    known_policies(folder, policies)
    rulebook = load_rulebook(folder)
    _known("--property", "property", properties, PROPERTIES, "evaluator prove --list")
    _known("--rule", "rule", names, rulebook.rules, "evaluator rules list")
    limits = Limits(entries, time_limit, None if cliff is None else _amount(cliff, rulebook))
    report = prove(
        rulebook,
        policies=policies,
        rules=names,
        properties=properties,
        declared=read_declared(folder, rulebook, policies),
        limits=limits,
        processes=max(processes, 1),
    )
    if form == "json":
        print_json(proofs_data(report))
    elif form == "sarif":
        print_json(proofs_sarif(report, folder, lang))
    elif form == "junit":
        click.echo(proofs_junit(report, lang))
    else:
        click.echo("\n".join(proofs_text(report, lang, terminal_width())))
    if report.refuted:
        click.get_current_context().exit(1)


def _known(option: str, what: str, given: tuple[str, ...], names: Collection[str], listing: str) -> None:
    """Refuse names that are not among `names`, which `listing` prints. Raises RuleError."""
    from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean

    unknown = [name for name in given if name not in names]
    if unknown:
        raise RuleError(
            Diagnostic(
                f"unknown-{what}",
                f"there is no {what} `{name}`",
                where=option,
                help=did_you_mean(name, names) or f"`{listing}` names them",
            )
            for name in unknown
        )


def _amount(text: str, rulebook: Rulebook) -> Exact:
    """An amount of money such as `10万元`, in yuan. Raises RuleError."""
    from evaluator.diagnostics import Diagnostic, RuleError
    from evaluator.rulebook.convert import ValueProblem, read_value
    from evaluator.rulebook.vocabulary import MONEY, Field, Name

    try:
        field = Field(id="cliff", label=Name(zh="--cliff", en="--cliff"), type=MONEY)
        value = read_value(field, text, rulebook.vocabulary.units)
    except ValueProblem as error:
        raise RuleError([Diagnostic(error.code, error.message, where="--cliff", help=error.help)]) from None
    assert not isinstance(value, bool | str)
    return value  # type: ignore[return-value] # a number is no interval
