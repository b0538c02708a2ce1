"""`evaluator decide`: what the rules say about one profile, with the article behind every line.

In: a profile (a file, or standard input), the date asked about, what to suppose and what to change. Out: a report for
people or JSON on standard output. The default of `--as-of` is the only place of the program that reads the clock.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from evaluator.cli.options import day_option

if TYPE_CHECKING:
    from evaluator.engines.decision import Decision
    from evaluator.rulebook.model import Rulebook
    from evaluator.rulebook.overrides import Override
    from evaluator.rulebook.profile import Profile
    from evaluator.rulebook.yamlfile import Loaded

_UNKNOWN_NAMES = frozenset({"unknown-fact", "unknown-metric", "assume"})


@click.command()
@click.argument("profile")
@day_option
@click.option("--policy", "policies", multiple=True, metavar="ID", help="只问此文件 · Ask this policy (repeatable).")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="只问此规则 · Ask this rule (repeatable).")
@click.option("--assume", "assumed", multiple=True, metavar="事实=值", help="假设某事实 · Suppose a fact (repeatable).")
@click.option(
    "--choose",
    "chosen",
    multiple=True,
    metavar="合并规则=奖补",
    help="择一项目的选择 · Choose one of several awards (repeatable).",
)
@click.option(
    "--set",
    "changed",
    multiple=True,
    metavar="RULE.PARAM=VALUE",
    help="试改规则数值 · Try another figure (repeatable).",
)
@click.option("--readings", is_flag=True, help="条文两可处换一种读法会怎样 · Also answer under other readings.")
@click.option("--explain", is_flag=True, help="列出判断过程 · Show how each finding was decided.")
@click.option("--all", "everything", is_flag=True, help="全部列出 · List what is otherwise counted.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 · Language of the report.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="输出格式 · Output.")
@click.option(
    "--rules",
    "folder",
    type=click.Path(path_type=Path),
    envvar="EVALUATOR_RULES",
    metavar="DIR",
    help="规则库目录 · Another rulebook (or EVALUATOR_RULES).",
)
def command(
    profile: str,
    as_of: date | None,
    policies: tuple[str, ...],
    rules: tuple[str, ...],
    assumed: tuple[str, ...],
    chosen: tuple[str, ...],
    changed: tuple[str, ...],
    readings: bool,
    explain: bool,
    everything: bool,
    lang: Literal["zh", "en"],
    format_: Literal["text", "json"],
    folder: Path | None,
) -> None:
    """回答一个主体能享受哪些奖补、达到哪些目标、履行哪些职责，并给出依据条款。

    Say which awards, targets and duties concern PROFILE (YAML or JSON; `-` reads standard input), with their articles.
    """
    decision = answer(
        profile, as_of or date.today(), policies, rules, assumed, changed, folder, read_choice_texts(chosen)
    )
    if readings:
        from dataclasses import replace

        from evaluator.audit.readings import alternatives

        decision = replace(decision, readings=alternatives(decision))
    if format_ == "json":
        import json

        from evaluator.report.json import decision_json

        click.echo(json.dumps(decision_json(decision), ensure_ascii=False, indent=2))
        return
    from shutil import get_terminal_size

    from evaluator.report.text import decision_text

    cells = get_terminal_size().columns
    text = decision_text(decision, lang=lang, cells=cells, everything=everything, explained=explain)
    click.echo(text, nl=False)


def answer(
    profile: str,
    as_of: date,
    policies: Sequence[str] = (),
    rules: Sequence[str] = (),
    assumed: Sequence[str] = (),
    changed: Sequence[str] = (),
    folder: Path | None = None,
    choices: Mapping[str, str] | None = None,
) -> Decision:
    """Read the profile and the rules that can concern it, and decide. Raises RuleError with what is wrong."""
    from evaluator.engines.decide import decide
    from evaluator.rulebook.assume import parse_assumption
    from evaluator.rulebook.choices import read_choices
    from evaluator.rulebook.shipped import rules_folder

    loaded = _read_profile(profile)
    assumptions = dict(parse_assumption(text) for text in assumed)
    question = _Question(folder or rules_folder(), loaded, assumptions, policies, rules, changed)
    rulebook, bound, changes = question.bound()
    wanted = question.named_rules(rulebook)
    if wanted is None:
        rulebook, bound, changes = question.bound(whole=True)
        wanted = question.named_rules(rulebook)
    return decide(
        rulebook,
        bound,
        as_of=as_of,
        policies=policies,
        rules=wanted or (),
        assumptions=assumptions,
        choices=read_choices(rulebook, choices) if choices else {},
        changes=changes,
    )


def read_choice_texts(given: Sequence[str]) -> dict[str, str]:
    """`stacking=award` texts as a mapping. Raises RuleError for one without `=`."""
    from evaluator.diagnostics import Diagnostic, RuleError

    parts = [text.partition("=") for text in given]
    wrong = [stacking for stacking, sign, award in parts if not (sign and stacking.strip() and award.strip())]
    if wrong:
        help = "such as `--choose quality-awards=china-quality-award`"
        message = "a choice is written STACKING=AWARD, and this is `{}`"
        raise RuleError([Diagnostic("choice", message.format(text), where="--choose", help=help) for text in wrong])
    return {stacking.strip(): award.strip() for stacking, _, award in parts}


def _read_profile(name: str) -> Loaded:
    """The one YAML document of the profile."""
    from evaluator.diagnostics import Diagnostic, RuleError
    from evaluator.rulebook.yamlfile import MAX_BYTES, decode, parse, read_source

    source = decode(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>") if name == "-" else read_source(Path(name))
    documents = parse(source)
    if len(documents) != 1:
        message = f"a profile is one YAML document, and this holds {len(documents) or 'none'}"
        help = "start it with `kind:`, `name:` and `jurisdiction:`"
        raise RuleError([Diagnostic("profile", message, where=source.name, help=help)])
    return documents[0]


class _Question:
    """What was asked; reads as much of the rulebook as the answer needs."""

    def __init__(
        self,
        folder: Path,
        loaded: Loaded,
        assumptions: Mapping[str, object],
        policies: Sequence[str],
        rules: Sequence[str],
        changed: Sequence[str],
    ) -> None:
        self.folder, self.loaded, self.assumptions = folder, loaded, assumptions
        self.policies, self.rules, self.changed = policies, rules, changed

    def bound(self, *, whole: bool = False) -> tuple[Rulebook, Profile, Sequence[Override]]:
        """Rulebook, profile and changes; names that the policies read do not know are looked up in all of them."""
        from evaluator.diagnostics import RuleError
        from evaluator.rulebook.overrides import parse_override
        from evaluator.rulebook.profile import bind

        changes = [parse_override(text) for text in self.changed]
        place = None if whole or any("/" not in change.rule for change in changes) else self._place()
        also = [*self.policies, *self._policies_of([*self.rules, *(change.rule for change in changes)])]
        rulebook = self._rulebook(place, also, changes)
        try:
            profile = bind(self.loaded, rulebook, self.assumptions)
        except RuleError as error:
            codes = {diagnostic.code for diagnostic in error.diagnostics}
            if rulebook.unread and codes & _UNKNOWN_NAMES:
                return self.bound(whole=True)
            raise
        return rulebook, profile, changes

    def _rulebook(self, place: str | None, also: Sequence[str], changes: Sequence[Override]) -> Rulebook:
        """The rulebook as it stands may come from the cache; a changed one is read from its files."""

        def load() -> Rulebook:
            from evaluator.rulebook.load import load_rulebook

            return load_rulebook(self.folder, place=place, also=also, overrides=changes)

        if changes:
            return load()
        from evaluator.rulebook.cache import load_cached

        return load_cached(self.folder, place=place, also=also, load=load)

    def _place(self) -> str | None:
        """Where the profile says it is, before anything is checked; None when that cannot be read."""
        data = self.loaded.data
        given = data.get("jurisdiction") if isinstance(data, dict) else None
        place = self.assumptions.get("jurisdiction", given)
        return str(place).strip("/") if isinstance(place, str) else None

    def _policies_of(self, rules: Sequence[str]) -> list[str]:
        """The policies that `policy/rule` names speak of, as far as there are such."""
        named = dict.fromkeys(rule.partition("/")[0] for rule in rules if "/" in rule)
        return [policy for policy in named if (self.folder / policy / "policy.yaml").is_file()]

    def named_rules(self, rulebook: Rulebook) -> tuple[str, ...] | None:
        """The global ids of the rules asked for; None when the policies passed over may hold one of them."""
        from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean

        found: list[str] = []
        problems: list[Diagnostic] = []
        for wanted in self.rules:
            matches = [id for id in rulebook.rules if wanted in (id, id.partition("/")[2])]
            if not matches:
                words = [*rulebook.rules, *(id.partition("/")[2] for id in rulebook.rules)]
                help = did_you_mean(wanted, words)
                problems.append(Diagnostic("unknown-rule", f"there is no rule `{wanted}`", where="--rule", help=help))
            found += matches
        if problems and rulebook.unread:
            return None
        if problems:
            raise RuleError(problems)
        return tuple(found)
