"""A skeleton policy folder from the text of a new document, for a person to finish.

In: the text and an id. Out: file names and their YAML: the register of the text, a stub for each rule that its words
seem to hold (`stub: true`), and the metrics that the targets name. A draft disposes of every sentence and accounts
for every numeral, so what a person changes is checked against the text from the first line on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Final

import yaml

from evaluator.audit.document import Defect, Document, read_document
from evaluator.audit.numerals import Numeral, Role, needs_account, numerals
from evaluator.audit.stubs import Disposed, Stub, plan_years, stubs
from evaluator.audit.wording import Comparator, deadlines

_OPEN: Final = "to be filled in"
_LEVELS: Final = (("省", "province"), ("自治区", "province"), ("州", "city"), ("市", "city"), ("县", "county"))
_ISSUER: Final = re.compile(
    r"(?<![\u4e00-\u9fff])(?:中共)?((?![各全本县市])[\u4e00-\u9fff]{2,6}?(?:省|自治区|自治州|州|市|县))"
    r"(?:人民政府|委)"
)
_NUMBER: Final = re.compile(r"[\u4e00-\u9fff]{1,8}〔[0-9]{4}〕[0-9]+号")
_DAY: Final = r"((?:19|20)[0-9]{2})(?:年|-)([0-9]{1,2})(?:月|-)([0-9]{1,2})日?"
_DATE: Final = re.compile(_DAY)
_FROM: Final = re.compile(rf"自{_DAY}起(?:施行|实施|执行)")
_UNTIL: Final = re.compile(rf"有效期至{_DAY}")
_INDEX_UNIT: Final = "分"  # an index printed without a unit is counted in points
_LARGE: Final = ((100_000_000, "亿"), (10_000, "万"))


def draft(text: str, policy_id: str, places: Collection[str] = ()) -> dict[str, str]:
    """The files of a drafted policy folder, by name; `vocabulary.yaml` holds the metrics of its targets.

    `places` are the paths of known jurisdictions: where just one ends in the issuer's name, it is the policy's.
    """
    document, defects = _read(text)
    made = list(stubs(document))
    kinds = _kinds(text)
    rules: dict[str, list[dict[str, object]]] = {"incentives": [], "supports": [], "targets": [], "obligations": []}
    metrics: dict[str, dict[str, object]] = {}
    period = plan_years(document)
    counts: dict[int, int] = {}
    for stub in made:
        if isinstance(stub, Stub):
            start = stub.sentence.start
            counts[start] = counts.get(start, 0) + 1
            position = document.sentences.index(stub.sentence) + 1
            rule = _rule(stub, f"s{position}-{counts[start]}", kinds, metrics, period, policy_id)
            rules[f"{stub.kind}s"].append(rule)
    files = {"policy.yaml": _policy(text, policy_id, document, made, period, defects, places)}
    for name, listed in rules.items():
        if listed:
            files[f"{name}.yaml"] = _dump({name: listed})
    if metrics:
        files["vocabulary.yaml"] = _dump({"metrics": list(metrics.values())})
    return files


def _read(text: str) -> tuple[Document, tuple[Defect, ...]]:
    """The text with letters that stand for digits (`lOOO家`) read as digits, and those readings."""
    document = read_document(text)
    defects = tuple(
        Defect(
            article=sentence.article,
            sentence=sentence.number,
            printed=numeral.text,
            reading=_quantity(numeral.value, numeral.unit),
        )
        for sentence in document.sentences
        for numeral in numerals(sentence.text)
        if numeral.doubtful and numeral.value is not None
    )
    return (read_document(text, defects=defects), defects) if defects else (document, ())


# ------------------------------------------------------------------ rules


def _rule(
    stub: Stub,
    id: str,
    kinds: Sequence[str],
    metrics: dict[str, dict[str, object]],
    period: tuple[int, int] | None,
    policy_id: str,
) -> dict[str, object]:
    sentence = stub.sentence
    cite: dict[str, object] = {"article": sentence.article, "sentence": sentence.number}
    if stub.figure is not None:
        cite["figures"] = [stub.figure.text]
    elif stub.figures:
        cite["figures"] = [figure.text for figure in stub.figures]
    rule: dict[str, object] = {
        "id": id,
        "stub": True,
        "title": {"zh": stub.title, "en": f"{_OPEN}: {sentence.article} sentence {sentence.number}"},
        "cite": cite,
        "for": ["enterprise"] if stub.kind in ("incentive", "support") else list(kinds),
        "modality": stub.modality.value,
    }
    if stub.responsible:
        rule["responsible"] = list(stub.responsible)
    if stub.since is not None:
        since = {"date": f"{stub.since}-01-01", "basis": "stated"}
        rule["in_force"] = {"from": since, "until": "open"}
    match stub.kind:
        case "incentive":
            rule["amount"] = _amount(stub)
        case "target":
            rule["metric"] = _metric(stub, id, kinds, metrics, policy_id)
            if _grows(stub):
                rule["quantity"] = {"growth": "previous"}
            rule["schedule"] = [_entry(stub, period)]
        case "obligation":
            question = {"zh": f"是否已做到：{stub.title}？", "en": f"{_OPEN}: is it done?"}
            rule["requires"] = {"attest": question}
            if stub.by is not None:
                rule["due"] = f"{stub.by}-12-31"
        case _:
            pass
    return rule


def _amount(stub: Stub) -> object:
    if stub.figure is None or stub.figure.value is None:
        return "unstated"
    figure = _quantity(stub.figure.value, stub.figure.unit)
    if stub.comparator is Comparator.BETWEEN and stub.figure.value_to is not None:
        return {"between": [figure, _quantity(stub.figure.value_to, stub.figure.unit)]}
    return {"up_to": figure} if stub.comparator in (Comparator.AT_MOST, Comparator.LESS) else figure


def _entry(stub: Stub, period: tuple[int, int] | None) -> dict[str, object]:
    when: dict[str, object]
    if stub.every and period is not None:
        when = {"every": {"from": period[0], "to": period[1]}}
    else:
        when = {"by": stub.by or "none"}
    figure = stub.figure
    if stub.against:
        return {**when, "test": "true"}
    if stub.comparator in (Comparator.INCREASE, Comparator.DECREASE):
        sign = ">" if stub.comparator is Comparator.INCREASE else "<"
        base = (stub.by or (period[0] if period else 2000)) - 1
        return {**when, "vague": stub.comparator.value, "base": base, "fails_unless": f"{sign} 基期"}
    if figure is None or figure.value is None or figure.role is Role.INDEFINITE:
        return {**when, "vague": "indefinite", "fails_unless": ">= 1个"}
    unit = figure.unit or _INDEX_UNIT
    printed = _quantity(figure.value, unit)
    if stub.comparator is Comparator.APPROX:
        return {**when, "vague": "approx", "value": printed}
    if stub.comparator is Comparator.BETWEEN and figure.value_to is not None:
        return {**when, "test": f"[{printed}..{_quantity(figure.value_to, unit)}]"}
    operator = ">=" if stub.comparator in (None, Comparator.EQUAL) else stub.comparator
    return {**when, "test": f"{operator} {printed}"}


def _grows(stub: Stub) -> bool:
    text, figure = stub.sentence.text, stub.figure
    return figure is not None and figure.unit == "%" and "增长" in text[max(0, figure.start - 8) : figure.start]


def _metric(stub: Stub, id: str, kinds: Sequence[str], metrics: dict[str, dict[str, object]], policy_id: str) -> str:
    unit = "个" if stub.figure is None else stub.figure.unit or _INDEX_UNIT
    label = f"{stub.measure or stub.title}（{id}）"
    if stub.against:
        measured: dict[str, object] = {"type": "bool"}
    elif stub.figure is not None and stub.figure.role is Role.INDEFINITE:
        measured = {"unit": "个"}
    else:
        measured = {"unit": unit}
    metrics[label] = {
        "id": f"{policy_id}-{id}",
        "label": {"zh": label, "en": f"{_OPEN} {id}"},
        "of": list(kinds),
        **measured,
    }
    return label


def _quantity(value: Fraction, unit: str | None) -> str:
    """A figure as the rule language writes it: `300000 元` is `30万元`."""
    for factor, name in _LARGE:
        if unit == "元" and value >= factor and (value / factor * 100).denominator == 1:
            return f"{_decimal(value / factor)}{name}元"
    return f"{_decimal(value)}{unit or ''}"


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    digits = 0
    while value.denominator != 1 and digits < 12:
        value *= 10
        digits += 1
    whole = str(value.numerator).rjust(digits + 1, "0")
    return f"{whole[:-digits]}.{whole[-digits:]}"


# ------------------------------------------------------------------ policy and register


def _policy(
    text: str,
    policy_id: str,
    document: Document,
    made: Sequence[Stub | Disposed],
    period: tuple[int, int] | None,
    defects: Sequence[Defect],
    places: Collection[str],
) -> str:
    issuer = _issuer(text)
    known = [place for place in places if issuer is not None and f"/{place}".endswith(f"/{issuer}")]
    number = _NUMBER.search(text)
    dated = _day(_DATE.search(text))
    since, until = _day(_FROM.search(text)), _day(_UNTIL.search(text))
    published = dated or f"{period[0] if period else 2000}-01-01"
    last = f"{period[1]}-12-31" if period else published
    title = re.search(r"《([^《》]{4,60})》", text)
    head = {
        "id": policy_id,
        "title": {"zh": title[1] if title else text.strip().split("\n", 1)[0][:60], "en": _OPEN},
        "number": number[0] if number else None,
        "issuer": {"zh": issuer or _OPEN, "en": _OPEN},
        "jurisdiction": known[0] if len(known) == 1 else issuer or _OPEN,
        "published": {"date": published, "basis": "stated" if dated else "inferred"},
        "in_force": {
            "from": {"date": since or published, "basis": "stated" if since else "inferred"},
            "until": {"date": until, "basis": "stated"} if until else "open",
        },
        "last_named": {"date": last, "basis": "inferred"},
        "stub": True,
    }
    register: dict[str, object] = {"source": f"{policy_id}.txt"}
    if articles := _articles(document):
        register["articles"] = articles
    if defects:
        note = {"zh": "字母疑为数字，请核对。", "en": "Letters that seem to stand for digits; check it."}
        register["defects"] = [{"article": item.article, "sentence": item.sentence, "printed": item.printed,
                                "reading": item.reading, "note": note} for item in defects]  # fmt: skip
    register["programmatic"] = [_programmatic(item) for item in made if isinstance(item, Disposed)]
    register["waivers"] = _waivers(document, made, set(period or ()))
    return f"{_dump(head)}---\n{_dump(register)}"


def _day(match: re.Match[str] | None) -> str | None:
    return None if match is None else "-".join((match[1], match[2].zfill(2), match[3].zfill(2)))


def _articles(document: Document) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for before, article in zip(document.articles, document.articles[1:], strict=False):
        if article.doubt is not None:
            note = {"zh": "编号存疑，请核对。", "en": f"The mark is doubtful ({article.doubt}); check it."}
            found.append({"printed": article.mark, "after": before.id, "id": article.id, "note": note})
    return found


def _programmatic(item: Disposed) -> dict[str, object]:
    note = {"zh": "初稿按词语判断，请核对。", "en": "Judged by its words in the draft; check it."}
    return {"article": item.sentence.article, "sentences": [item.sentence.number], "reason": item.reason, "note": note}


def _waivers(document: Document, made: Sequence[Stub | Disposed], period: set[int]) -> list[dict[str, object]]:
    """A waiver for each numeral that no stub uses."""
    used: dict[tuple[str, int], list[Numeral]] = {}
    years: dict[tuple[str, int], set[int | None]] = {}
    for item in made:
        place = (item.sentence.article, item.sentence.number)
        if isinstance(item, Stub):
            years.setdefault(place, set()).update((item.by, item.since))
            used.setdefault(place, []).extend(item.figures)
            if item.every:
                years[place] |= period
            if item.figure is not None:
                used.setdefault(place, []).append(item.figure)
    found: list[dict[str, object]] = []
    for sentence in document.sentences:
        place = (sentence.article, sentence.number)
        listed: set[str] = set()
        for numeral in numerals(sentence.text):
            if not needs_account(numeral) or numeral in used.get(place, ()) or numeral.text in listed:
                continue
            if numeral.role is Role.YEAR and numeral.value in years.get(place, ()):
                continue
            if any(numeral.text in figure.text for figure in used.get(place, ())):
                continue
            listed.add(numeral.text)
            leads = numeral.role is Role.YEAR and bool(deadlines(sentence.text))
            reason = "restates" if leads else "name"
            note = {"zh": "初稿未用此数，请核对。", "en": "The draft does not use it; check it."}
            found.append({"article": sentence.article, "sentence": sentence.number, "numeral": numeral.text,
                          "reason": reason, "note": note})  # fmt: skip
    return found


def _kinds(text: str) -> list[str]:
    issuer = _issuer(text) or ""
    return [next((kind for ending, kind in _LEVELS if issuer.endswith(ending)), "city")]


def _issuer(text: str) -> str | None:
    """The place whose government or party committee the text names most often at the head of a phrase."""
    named = Counter(match[1] for match in _ISSUER.finditer(text))
    return max(named, key=lambda place: named[place]) if named else None


def _dump(data: object) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
