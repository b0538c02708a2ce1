"""Profiles: what people give about one enterprise or region, checked against the vocabulary.

In: a YAML or JSON file, or a mapping, and a rulebook. Out: a frozen `Profile` whose absent facts are unknown, or every
diagnostic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evaluator.diagnostics import Diagnostic, RuleError, did_you_mean
from evaluator.rulebook.convert import ValueProblem, read_value, shown
from evaluator.rulebook.history import AWARD, PAYMENT
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile_shape import MemberShape, ProfileShape, read_shape
from evaluator.rulebook.values import Item, ItemList, Scalar, Value
from evaluator.rulebook.vocabulary import BoolType, Fact, ListType, Metric
from evaluator.rulebook.yamlfile import SPAN, Loaded, Text, read_file
from evaluator.source import Source


@dataclass(frozen=True)
class Profile:
    """A checked profile; `place` is the path of its jurisdiction, empty when not given.

    Facts and metrics are by id, metrics then by year. `given` is the data as it was read, without
    what was assumed.
    """

    kind: str
    name: str
    place: str
    code: str | None
    facts: Mapping[str, Value]
    metrics: Mapping[str, Mapping[int, Scalar]]
    members: tuple[Profile, ...] = ()
    members_complete: bool = True
    path: str = ""
    given: Mapping[str, object] = field(default_factory=dict, repr=False)


def load_profiles(paths: Iterable[Path], rulebook: Rulebook) -> tuple[Profile, ...]:
    """The profiles of these files, and of all YAML and JSON files in these folders, in order.

    Raises RuleError with everything that is wrong in any of them.
    """
    problems: list[Diagnostic] = []
    found: list[Profile] = []
    for path in paths:
        inside = sorted(file for file in path.rglob("*") if file.suffix in (".yaml", ".yml", ".json"))
        for file in inside if path.is_dir() else [path]:
            try:
                found.append(load_profile(file, rulebook))
            except RuleError as error:
                problems += error.diagnostics
    if problems:
        raise RuleError(problems)
    return tuple(found)


def load_profile(path: Path, rulebook: Rulebook, assumptions: Mapping[str, object] | None = None) -> Profile:
    """The profile of a file."""
    documents = read_file(path)
    if len(documents) != 1:
        message = f"a profile is one YAML document, and this file holds {len(documents)}"
        help = "give each profile a file of its own" if documents else "write its `kind:`, `jurisdiction:` and `facts:`"
        raise RuleError([Diagnostic("profile", message, where=str(path), help=help)])
    return bind(documents[0], rulebook, assumptions)


def make_profile(
    data: Mapping[str, object], rulebook: Rulebook, assumptions: Mapping[str, object] | None = None
) -> Profile:
    """The profile that a mapping of the same shape holds."""
    return bind(Loaded(Source("<profile>", ""), dict(data), None), rulebook, assumptions)


def bind(loaded: Loaded, rulebook: Rulebook, assumptions: Mapping[str, object] | None = None) -> Profile:
    """Check a profile's data against the vocabulary. Raises RuleError with everything that is wrong."""
    from evaluator.rulebook.assume import assume

    problems: list[Diagnostic] = []
    supposed = loaded
    if assumptions:
        supposed = assume(loaded, assumptions, rulebook)
    doc = read_shape(supposed, problems)
    given = loaded.data if isinstance(loaded.data, dict) else {}
    profile = None if doc is None else _Binder(supposed, rulebook, problems).profile(doc, given)
    if problems or profile is None:
        raise RuleError(problems)
    return profile


class _Binder:
    """Walks one profile's data; every value is converted where it stands."""

    def __init__(self, loaded: Loaded, rulebook: Rulebook, problems: list[Diagnostic]) -> None:
        self.loaded, self.rulebook, self.problems = loaded, rulebook, problems
        self.vocabulary = rulebook.vocabulary

    def problem(
        self,
        path: tuple[str | int, ...],
        code: str,
        message: str,
        help: str | None = None,
        *,
        key: bool = False,
        raw: object = None,
    ) -> None:
        span = self.loaded.span_at(path, key=key)
        if isinstance(raw, Text) and raw.span is not None and raw.span.source.name != self.loaded.source.name:
            span = raw.span  # an assumption has a place of its own
        where = None if span is not None else f"{self.loaded.source.name}: {'.'.join(map(str, path))}"
        self.problems.append(Diagnostic(code, message, span, help, where=where))

    def profile(self, doc: ProfileShape, given: Mapping[str, object]) -> Profile | None:
        kind = self.vocabulary.kinds.get(doc.kind)
        if kind is None:
            labelled = [known.id for known in self.vocabulary.kinds.values() if known.label.zh == doc.kind]
            help = f"did you mean `{labelled[0]}`?" if labelled else did_you_mean(doc.kind, self.vocabulary.kinds)
            self.problem(("kind",), "unknown-kind", f"`{doc.kind}` is no kind of profile", help)
            return None
        place = self._place(doc, kind.level)
        if doc.code is not None:
            self._code(doc.code)
        return Profile(
            kind=kind.id,
            name=str(doc.name or ""),
            place=place,
            code=None if doc.code is None else str(doc.code),
            facts=self._facts(doc.facts, kind.id, ("facts",), ""),
            metrics=self._metrics(doc.facts, doc.metrics, kind.id, ()),
            members=self._members(doc.members, place),
            members_complete=doc.members_complete,
            given=given,
        )

    # ------------------------------------------------------------------ where

    def _place(self, doc: ProfileShape, level: int | None) -> str:
        path = str(doc.jurisdiction or "").strip("/")
        steps = path.split("/") if path else []
        if level is not None and len(steps) != level:
            what = f"a {doc.kind} is named by {level} levels, such as `{self._example(doc.kind)}`"
            message = f"`{path}` names no {doc.kind}" if path else f"a {doc.kind} needs its `jurisdiction`"
            self.problem(("jurisdiction",), "jurisdiction", message, what)
        walked = ""
        for step in steps:
            children = self.vocabulary.children.get(walked, ())
            names = [child.path.rpartition("/")[2] for child in children]
            if names and step not in names:
                run = path.replace("/", "")
                whole = [
                    known
                    for known in self.vocabulary.places
                    if known.endswith(f"/{path}") or known.replace("/", "") == run
                ]
                help = f"did you mean `{whole[0]}`?" if len(whole) == 1 else did_you_mean(step, names)
                inside = walked or "the vocabulary"
                self.problem(("jurisdiction",), "unknown-place", f"there is no `{step}` in {inside}", help)
                return path
            walked = f"{walked}/{step}" if walked else step
        return path

    def _example(self, kind: str) -> str:
        return next((place.path for place in self.vocabulary.places.values() if place.kind == kind), kind)

    def _code(self, code: Text) -> None:
        from stdnum.cn import uscc
        from stdnum.exceptions import ValidationError

        try:
            uscc.validate(code)
        except ValidationError as error:
            reason = str(error).rstrip(".").lower()
            help = "the unified social credit code has 18 characters, the last a check digit"
            self.problem(("code",), "code", f"`{code}` is no unified social credit code: {reason}", help)

    # ------------------------------------------------------------------ what

    def _facts(
        self, given: Mapping[Text, object], kind: str, at: tuple[str | int, ...], prefix: str
    ) -> dict[str, Value]:
        facts: dict[str, Value] = {}
        for word, raw in given.items():
            fact = self.rulebook.facts.get(word) or self.vocabulary.facts_by_label.get(word)
            if fact is None:
                if not self._elsewhere(word):
                    self._unknown_fact(word, kind, (*at, word))
                continue
            if kind not in fact.of:
                has = ", ".join(fact.of)
                message = f"`{word}` is no fact of `{kind}`"
                self.problem((*at, word), "wrong-kind", message, f"it is a fact of {has}", key=True)
            elif fact.id in facts:
                self.problem((*at, word), "duplicate-fact", f"`{fact.label.zh}` is given twice", key=True)
            elif raw is not None:
                value = self._value(fact, raw, (*at, word), prefix)
                if value is not None:
                    facts[fact.id] = value
        return facts

    def _elsewhere(self, word: str) -> bool:
        """Whether `policy/rule` names a yearly duty, or a duty of a policy that was not read."""
        policy, slash, _ = word.partition("/")
        return bool(slash) and (policy in self.rulebook.unread or word in self.rulebook.yearly)

    def _unknown_fact(self, word: str, kind: str, at: tuple[str | int, ...]) -> None:
        facts = [fact for fact in self.rulebook.facts.values() if kind in fact.of]
        words = [fact.id if fact.attested else fact.label.zh for fact in facts] + [fact.id for fact in facts]
        metric = self.vocabulary.metric(word)
        help = did_you_mean(word, words)
        if metric is not None:
            help = f"`{word}` is a metric; give it under `metrics`, by year"
        self.problem(at, "unknown-fact", f"there is no fact `{word}`", help, key=True)

    def _value(self, fact: Fact, raw: object, at: tuple[str | int, ...], prefix: str) -> Value | None:
        if isinstance(fact.type, ListType):
            return self._list(fact, fact.type, raw, at, prefix)
        return self._scalar(fact, raw, at)

    def _scalar(self, fact: Fact | Metric, raw: object, at: tuple[str | int, ...]) -> Scalar | None:
        try:
            return read_value(fact, raw, self.vocabulary.units)
        except ValueProblem as error:
            self.problem(at, error.code, error.message, error.help, raw=raw)
            return None

    def _list(
        self, fact: Fact, type_: ListType, raw: object, at: tuple[str | int, ...], prefix: str
    ) -> ItemList | None:
        complete = True
        if isinstance(raw, Mapping):
            keys = [key for key in raw if key != SPAN]
            strange = [key for key in keys if key not in ("complete", "items")]
            if strange or not isinstance(raw.get("complete", True), bool):
                opened = "complete" in keys or "items" in keys
                help = "write `{complete: false, items: [ … ]}`" if opened else "write each entry after a `- `"
                self.problem(at, "list", f"`{fact.label.zh}` is a list, and a mapping is not", help)
                return None
            complete, raw, at = bool(raw.get("complete", True)), raw.get("items", []), (*at, "items")
        if not isinstance(raw, Sequence) or isinstance(raw, str):
            help = "write its entries as a YAML list, `[]` for none"
            self.problem(at, "list", f"`{fact.label.zh}` is a list, and {shown(raw)} is not", help)
            return None
        record = self.vocabulary.records[type_.record]
        items: list[Item] = []
        for index, entry in enumerate(raw):
            if not isinstance(entry, Mapping):
                help = "write the fields of each entry, such as `{" + record.fields[0].label.zh + ": …}`"
                self.problem(
                    (*at, index), "list", f"an entry of `{fact.label.zh}` has fields, and {shown(entry)} has not", help
                )
                continue
            values: dict[str, Value] = {}
            for word, value in entry.items():
                if word == SPAN:
                    continue
                found = record.find(str(word))
                if found is None:
                    help_ = did_you_mean(str(word), [known.label.zh for known in record.fields])
                    message = f"`{record.label.zh}` has no field `{word}`"
                    self.problem((*at, index, word), "unknown-field", message, help_, key=True)
                elif found.id in values:
                    message = f"`{found.label.zh}` is given twice"
                    self.problem((*at, index, word), "duplicate-fact", message, key=True)
                elif value is not None:
                    try:
                        values[found.id] = read_value(found, value, self.vocabulary.units)
                    except ValueProblem as error:
                        self.problem((*at, index, word), error.code, error.message, error.help, raw=value)
                        continue
                    if record.id == PAYMENT.id and found.id == AWARD.id:
                        self._award(str(values[found.id]), (*at, index, word))
            items.append(Item(values, f"{prefix}{fact.label.zh}[{index + 1}]"))
        return ItemList(tuple(items), complete)

    def _award(self, id: str, at: tuple[str | int, ...]) -> None:
        """A payment received names its award by its global id; measures that are no rules here go by any name."""
        policy, slash, _ = id.partition("/")
        rule = self.rulebook.rules.get(id)
        if rule is not None and rule.kind == "incentive":
            return
        awards = [known.id for known in self.rulebook.rules.values() if known.kind == "incentive"]
        whole = [known for known in awards if known.rpartition("/")[2] == id]
        if whole or rule is not None or (slash and policy in self.rulebook.policies):
            help = f"did you mean `{whole[0]}`?" if len(whole) == 1 else did_you_mean(id, awards)
            self.problem(at, "unknown-award", f"there is no incentive `{id}`", help)

    def _metrics(
        self, facts: Mapping[Text, object], given: Mapping[Text, object], kind: str, at: tuple[str | int, ...]
    ) -> dict[str, dict[int, Scalar]]:
        """Figures by year; yearly attested duties are given among the facts."""
        metrics: dict[str, dict[int, Scalar]] = {}
        for word, raw in given.items():
            metric = self.vocabulary.metric(word)
            if metric is None:
                known = [entry for entry in self.vocabulary.metrics.values() if kind in entry.of]
                help = did_you_mean(word, [entry.label.zh for entry in known] + [entry.id for entry in known])
                self.problem((*at, "metrics", word), "unknown-metric", f"there is no metric `{word}`", help, key=True)
            elif kind not in metric.of:
                help = "it is a metric of " + ", ".join(metric.of)
                message = f"`{word}` is no metric of `{kind}`"
                self.problem((*at, "metrics", word), "wrong-kind", message, help, key=True)
            elif metric.id in metrics:
                message = f"`{metric.label.zh}` is given twice"
                self.problem((*at, "metrics", word), "duplicate-fact", message, key=True)
            else:
                metrics[metric.id] = self._years(metric, raw, (*at, "metrics", word))
        for word, raw in facts.items():
            yearly = self.rulebook.yearly.get(word)
            if yearly is not None and kind not in yearly.of:
                help = "it is asked of " + ", ".join(yearly.of)
                self.problem((*at, "facts", word), "wrong-kind", f"`{word}` is not asked of `{kind}`", help, key=True)
            elif yearly is not None:
                metrics[yearly.id] = self._years(yearly, raw, (*at, "facts", word))
        return metrics

    def _years(self, metric: Metric, raw: object, at: tuple[str | int, ...]) -> dict[int, Scalar]:
        years: dict[int, Scalar] = {}
        if raw is None:
            return years
        if not isinstance(raw, Mapping):
            example = "true" if isinstance(metric.type, BoolType) else "92.4"
            help = f"write it by year, such as `{{2025: {example}}}`"
            self.problem(at, "metric", f"`{metric.label.zh}` is given by year", help)
            return years
        for year, value in raw.items():
            if year == SPAN or value is None:
                continue
            number = int(year) if isinstance(year, str) and year.isdecimal() and len(year) == 4 else year
            if not isinstance(number, int) or isinstance(number, bool) or not 1949 <= number <= 2200:
                self.problem(
                    (*at, shown(year).strip("`")), "year", f"{shown(year)} is no year", "write it as 2025", key=True
                )
                continue
            if number in years:
                self.problem((*at, str(year)), "duplicate-fact", f"`{year}` is given twice", key=True)
            scalar = self._scalar(metric, value, (*at, str(year)))
            if scalar is not None:
                years[number] = scalar
        return years

    # ------------------------------------------------------------------ members

    def _members(self, docs: Sequence[MemberShape], place: str) -> tuple[Profile, ...]:
        members: list[Profile] = []
        below = [child for child in self.vocabulary.places.values() if child.path.startswith(f"{place}/")]
        for doc in docs:
            here, name = doc.at, str(doc.name)
            registered = [child for child in below if child.path.rpartition("/")[2] == name]
            if doc.kind is not None:
                registered = [child for child in registered if child.kind == doc.kind] or registered
            registered.sort(key=lambda child: -child.path.count("/"))  # a city may have one member of its own name
            kind = str(doc.kind) if doc.kind is not None else None
            if registered and kind not in (None, registered[0].kind):
                message = f"`{name}` is a {registered[0].kind}, and `{kind}` is given"
                self.problem((*here, "kind"), "wrong-kind", message, "leave `kind` out")
            if registered:
                kind = registered[0].kind
            elif kind is None and below and not doc.kind:
                words = [child.path.rpartition("/")[2] for child in below]
                message = f"`{name}` is no registered member of {place}"
                self.problem((*here, "name"), "unknown-member", message, did_you_mean(name, words))
                continue
            if kind is None or kind not in self.vocabulary.kinds:
                help = "write `kind: county`, or another kind"
                self.problem((*here, "name"), "unknown-kind", f"the member `{name}` has no kind", help)
                continue
            if any(member.name == name for member in members):
                self.problem((*here, "name"), "duplicate-member", f"the member `{name}` is given twice")
                continue
            path = registered[0].path if registered else f"{place}/{name}"
            members.append(
                Profile(
                    kind=kind,
                    name=name,
                    place=path,
                    code=None,
                    facts=self._facts(doc.facts, kind, (*here, "facts"), f"members[{name}]."),
                    metrics=self._metrics(doc.facts, doc.metrics, kind, here),
                    path=f"members[{name}]",
                )
            )
        return tuple(members)
