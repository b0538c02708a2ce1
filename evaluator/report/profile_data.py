"""A profile as people write it: labels, units, dates; ready for YAML or JSON.

In: a bound profile and its rulebook. Out: plain data that `make_profile` reads back to the same values. Numbers that
are not whole are texts of `Plain`, which YAML writes without quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from evaluator.report.values import decimal
from evaluator.rulebook.model import Rulebook
from evaluator.rulebook.profile import Profile
from evaluator.rulebook.values import Interval, ItemList, Value
from evaluator.rulebook.vocabulary import ChoiceType, DateType, Fact, Field, ListType, Metric

Data = dict[str, object]


class Plain(str):
    """A decimal number as its digits."""

    __slots__ = ()


def profile_data(profile: Profile, rulebook: Rulebook) -> Data:
    """The whole profile."""
    data: Data = {"kind": profile.kind}
    if profile.name:
        data["name"] = profile.name
    if profile.place:
        data["jurisdiction"] = profile.place
    body = _body(profile, rulebook)
    data["facts"] = body.pop("facts", {})
    data |= body
    members = [{"name": member.name, **_body(member, rulebook)} for member in profile.members]
    if members:
        data["members"] = members
    return data


def _body(profile: Profile, rulebook: Rulebook) -> Data:
    metrics: dict[str, Metric] = {metric.id: metric for metric in rulebook.yearly.values()}
    metrics.update(rulebook.vocabulary.metrics)
    facts: Data = {}
    for id, value in profile.facts.items():
        fact = rulebook.facts[id]
        facts[fact.id if fact.attested else fact.label.zh] = fact_data(fact, value, rulebook)
    figures: Data = {}
    for id, years in profile.metrics.items():
        metric = metrics[id]
        shown: Data = {year: value_data(metric, value, rulebook) for year, value in sorted(years.items())}  # type: ignore[misc]  # years are numbers
        if "/" in id:
            facts[id] = shown
        else:
            figures[metric.label.zh] = shown
    found: Data = {"facts": facts} if facts else {}
    return found | ({"metrics": figures} if figures else {})


def fact_data(fact: Fact, value: Value, rulebook: Rulebook) -> object:
    """One fact; a list that is known whole as a list, else with `complete: false`."""
    if not isinstance(value, ItemList):
        return value_data(fact, value, rulebook)
    assert isinstance(fact.type, ListType)
    fields = {field.id: field for field in rulebook.vocabulary.records[fact.type.record].fields}
    items = [
        {fields[id].label.zh: value_data(fields[id], part, rulebook) for id, part in item.values.items()}
        for item in value.items
    ]
    return items if value.complete else {"complete": False, "items": items}


def value_data(field: Field, value: Value, rulebook: Rulebook) -> object:
    """One value in the unit of its field."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Interval):
        return _partial_date(value)
    if isinstance(value, str):
        choice = field.type.find(value) if isinstance(field.type, ChoiceType) else None
        return value if choice is None else choice.label.zh
    assert not isinstance(value, ItemList)
    text = decimal(value, field.type, rulebook.vocabulary.units)
    if isinstance(field.type, DateType):
        return text
    return int(text) if text.lstrip("-").isdigit() else Plain(text)


def _partial_date(value: Interval) -> str:
    """A year or a month."""
    first, last = date.fromordinal(int(value.low or 1)), date.fromordinal(int(value.high or 1))
    return first.isoformat()[: 4 if (last + timedelta(days=1)).year != last.year and first.month == 1 else 7]


def yaml_text(data: object, *, width: int = 120) -> str:
    """Plain data as YAML, Chinese as it is, short mappings on one line."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: object) -> bool:
            return True

    def number(dumper: yaml.SafeDumper, value: Plain) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:float", str(value))

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_str(str(value))

    Dumper.add_representer(Plain, number)
    Dumper.add_multi_representer(str, text)
    Dumper.yaml_implicit_resolvers = {  # a date may stand without quotes: it is a text to every reader of ours
        first: [entry for entry in resolvers if not entry[0].endswith(":timestamp")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }
    return yaml.dump(data, Dumper=Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=width)


def differs(before: Mapping[str, object], after: Mapping[str, object]) -> Data:
    """What turns `before` into `after` under `change`: mappings go by key, null removes, the rest replaces."""
    found: Data = {}
    for key in (*before, *(key for key in after if key not in before)):
        old, new = before.get(key), after.get(key)
        if key not in after:
            found[key] = None
        elif isinstance(old, Mapping) and isinstance(new, Mapping) and key != "members":
            below = differs(old, new)
            if below:
                found[key] = below
        elif old != new or type(old) is not type(new):
            found[key] = new
    return found
