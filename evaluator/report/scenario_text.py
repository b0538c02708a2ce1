"""Generated cases as a scenario file that a person can read and confirm.

In: the cases of rules, in order. Out: YAML of `scenarios`: the first case of a finding with its whole profile, the
others as what differs from it; each with one line of purpose and what `decide` answered.
"""

from __future__ import annotations

from collections.abc import Iterable

from evaluator.advise.boundaries import Case
from evaluator.engines.decision import Finding, Outcome
from evaluator.report.profile_data import Data, Plain, differs, profile_data, yaml_text
from evaluator.report.slots import path_of, value_text
from evaluator.report.values import yuan
from evaluator.report.wording import Wording
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.vocabulary import Exact

HEAD = """\
# 由 evaluator scenarios generate 生成，期望值是程序现在的答案，须由人逐条核对条文后确认。
# Made by `evaluator scenarios generate`: what is expected is what the program answers now; a person has to confirm it.
"""


def scenario_file(rulebook: Rulebook, cases: Iterable[Case]) -> str:
    """The text of one file. A case stands after the one that it deviates from."""
    writer = _Writer(rulebook)
    entries = [writer.entry(case) for case in cases]
    lines = [f"  {line}" for line in yaml_text(entries).splitlines()]
    return HEAD + "scenarios:\n" + "\n".join(lines) + "\n"


class _Writer:
    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.words = {"zh": Wording("zh", rulebook.vocabulary), "en": Wording("en", rulebook.vocabulary)}
        self.bases: dict[str, tuple[str, Data]] = {}
        self.counts: dict[str, int] = {}

    def entry(self, case: Case) -> Data:
        """One scenario."""
        finding = case.finding
        local = finding.id.partition("/")[2]
        stem = local.replace("#", "-").lower()
        number = self.counts[stem] = self.counts.get(stem, 0) + 1
        id = f"{stem}-{number}"
        data = profile_data(case.profile, self.rulebook)
        entry: Data = {"id": id, "purpose": {lang: self._purpose(case, words) for lang, words in self.words.items()}}
        entry |= {"as_of": case.as_of.isoformat(), "rules": [finding.rule.id.partition("/")[2]]}
        base = self.bases.get(finding.id)
        if base is None or base[1]["kind"] != data["kind"]:
            self.bases[finding.id] = (id, data)
            entry["profile"] = data
        else:
            entry["base"] = base[0]
            changed = differs(base[1], data)
            if changed:
                entry["change"] = changed
        entry["expect"] = {"findings": {local: _expected(finding)}}
        return entry

    def _purpose(self, case: Case, words: Wording) -> str:
        title = words.name(case.finding.rule.title)
        changed = words.say("、", ", ").join(
            f"{path_of(slot).replace('[+]', '')} {value_text(slot, value, words.printer)}"
            for slot, value in case.deviation.items()
            if not path_of(slot).endswith("[]")
        )
        test = "" if case.shows is None else words.word(case.shows)
        match case.sort:
            case "granted":
                return words.say("待确认：{0}，各项条件都恰好满足", "To confirm: {0}, every condition just met", title)
            case "fails":
                return words.say(
                    "待确认：只差一步不满足：{0}（{1}）", "To confirm: just misses this: {0} ({1})", test, changed
                )
            case "at":
                return words.say(
                    "待确认：恰在界上：{0}（{1}）", "To confirm: exactly at the figure: {0} ({1})", test, changed
                )
            case "alone":
                return words.say(
                    "待确认：只满足这一项：{0}（{1}）", "To confirm: by this alone: {0} ({1})", test, changed
                )
            case "row":
                return words.say("待确认：金额表中的一行：{0}", "To confirm: this row of the amount: {0}", test)
            case "figure":
                return words.say("待确认：金额的分界处：{0}", "To confirm: at a bound of the amount: {0}", changed)
            case "missing":
                path = next((path_of(slot).replace("[+]", "") for slot in case.deviation), "")
                return words.say("待确认：没有给出{0}", "To confirm: {0} is not given", path)
            case "early":
                return words.say("待确认：期限前一天", "To confirm: the day before it is due")
            case _:
                return words.say("待确认：文件发布前一天", "To confirm: the day before publication")


def _expected(finding: Finding) -> Data:
    expected: Data = {"outcome": finding.outcome.value}
    amount = finding.amount
    if amount is not None and amount.stated and finding.outcome in (Outcome.SATISFIED, Outcome.UNKNOWN):
        expected["guaranteed"] = _number(amount.guaranteed)
        expected["potential"] = None if amount.potential is None else _number(amount.potential)
    if finding.outcome is Outcome.NOT_SATISFIED and finding.rule.kind in ("target", "obligation"):
        expected["breach"] = finding.breach
    return expected


def _number(value: Exact) -> object:
    text = yuan(value)
    return int(text) if text.lstrip("-").isdigit() else Plain(text)
