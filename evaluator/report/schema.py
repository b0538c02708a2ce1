"""The JSON Schema of what `evaluator decide --format json` prints.

Out: a schema (draft 2020-12) in which nothing is optional and nothing else is allowed, so that a change of the
contract shows here first.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from evaluator.report.json import SCHEMA_VERSION
from evaluator.report.operations import ORDER

Schema: TypeAlias = "str | int | bool | list[Schema] | dict[str, Schema] | None"

_DECIMAL: Final = r"^-?\d+(\.\d+)?$"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
_OUTCOMES: Final = ["satisfied", "not_satisfied", "unknown", "not_applicable", "not_due", "indeterminate"]


def decision_schema() -> dict[str, Schema]:
    """The schema of a decision."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evaluator decision",
        "description": "what `evaluator decide --format json` prints: decimals are strings, money is in yuan",
        **_object(
            schema_version={"const": SCHEMA_VERSION},
            rulebook=_object(version=_text(), sha256=_text("^[0-9a-f]{64}$"), files_sha256=_text("^[0-9a-f]{64}$")),
            as_of=_text(_DAY),
            policies=_list(_ref("policy")),
            profile={"type": "object", "required": ["kind"]},
            assumptions={"type": "object"},
            choices={"type": "object"},
            changes=_list(_object(rule=_text(), path=_text(), before={}, after={})),
            findings=_list(_ref("finding")),
            stackings=_list(_ref("stacking")),
            totals=_object(
                guaranteed=_text(_DECIMAL),
                potential=_or_null(_text(_DECIMAL)),
                unstated={"type": "integer", "minimum": 0},
                unstated_open={"type": "integer", "minimum": 0},
                by_period=_map(_ref("range")),
                later=_ref("range"),
                claw_back=_ref("range"),
            ),
            questions=_map(_object(label=_text(), question=_or_null(_text()), evidence=_or_null(_text()))),
            readings=_or_null(_list(_ref("reading"))),
        ),
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Schema]:
    dated = _object(date=_text(_DAY), basis={"enum": ["stated", "inferred"]})
    return {
        "policy": _object(
            id=_text(),
            title=_text(),
            number=_or_null(_text()),
            issuer=_text(),
            jurisdiction=_text(),
            published=dated,
            in_force=_object(**{"from": dated, "until": _or_null(dated)}),
            last_named=dated,
        ),
        "finding": _object(
            id=_text(),
            rule=_text(),
            entry=_or_null(_text()),
            kind={"enum": ["incentive", "support", "target", "obligation"]},
            title=_text(),
            modality={"enum": ["must", "plan", "strive", "encourage", "explore"]},
            outcome={"enum": list(_OUTCOMES)},
            breach={"type": "boolean"},
            reason=_or_null(_text()),
            reason_code=_or_null(_text()),
            due=_or_null(_text(_DAY)),
            asked=_or_null(_text()),
            unit=_or_null(_text()),
            measured=_or_null(_ref("value")),
            required=_or_null(_ref("value")),
            gap=_or_null(_text(_DECIMAL)),
            so_far=_or_null(
                _object(
                    outcome={"enum": list(_OUTCOMES)},
                    period=_or_null({"type": "integer"}),
                    gap=_or_null(_text(_DECIMAL)),
                    measured=_or_null(_ref("value")),
                )
            ),
            amount=_or_null(
                _object(
                    guaranteed=_or_null(_text(_DECIMAL)),
                    potential=_or_null(_text(_DECIMAL)),
                    stated={"type": "boolean"},
                    lines=_list(_ref("line")),
                )
            ),
            later=_list(_ref("line")),
            operations=_list({"enum": list(ORDER)}),
            claw_back=_or_null(_ref("range")),
            citation=_ref("citation"),
            citations={"minItems": 1, **_list(_ref("citation"))},
            missing=_list(_text()),
            decisions=_list(_text()),
            trace=_ref("step"),
        ),
        "line": _object(
            item=_or_null(_text()),
            period=_or_null({"type": "integer"}),
            payer=_or_null(_text()),
            recipient=_or_null(_text()),
            guaranteed=_text(_DECIMAL),
            potential=_or_null(_text(_DECIMAL)),
            state={"enum": ["accrued", "later", "paid"]},
        ),
        "share": _object(name=_text(), guaranteed=_text(_DECIMAL), potential=_or_null(_text(_DECIMAL))),
        "range": _object(guaranteed=_text(_DECIMAL), potential=_or_null(_text(_DECIMAL))),
        "citation": _object(
            policy=_text(),
            title=_text(),
            number=_or_null(_text()),
            article=_text(),
            sentence={"type": "integer", "minimum": 1},
            figures=_list(_text()),
        ),
        "stacking": _object(
            id=_text(),
            title=_text(),
            scope={"enum": ["item", "entity", "period"]},
            members=_list(_text()),
            guaranteed=_text(_DECIMAL),
            potential=_or_null(_text(_DECIMAL)),
            later=_ref("range"),
            payers=_list(_ref("share")),
            recipients=_list(_ref("share")),
            choice=_or_null(_text()),
            best=_list(_text()),
            missing=_list(_text()),
            decisions=_list(_text()),
            citation=_or_null(_ref("citation")),
        ),
        "reading": _object(
            rule=_text(),
            finding=_text(),
            question=_text(),
            chosen=_text(),
            alternative=_text(),
            outcome=_or_null({"enum": list(_OUTCOMES)}),
            guaranteed=_or_null(_text(_DECIMAL)),
            potential=_or_null(_text(_DECIMAL)),
            stated={"type": "boolean"},
            totals=_object(guaranteed=_text(_DECIMAL), potential=_or_null(_text(_DECIMAL))),
            changes={"type": "boolean"},
        ),
        "value": {
            "anyOf": [
                _text(),
                _object(low=_or_null(_text()), high=_or_null(_text())),
                _object(undefined=_text()),
                _object(items={"type": "integer"}, complete={"type": "boolean"}),
            ]
        },
        "step": {
            "type": "object",
            "properties": {
                "node": _text(),
                "text": _text(),
                "value": _ref("value"),
                "path": _text(),
                "steps": _list(_ref("step")),
            },
            "required": ["node", "text", "value", "steps"],
            "additionalProperties": False,
        },
    }


def _object(**properties: Schema) -> dict[str, Schema]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _map(of: Schema) -> dict[str, Schema]:
    return {"type": "object", "additionalProperties": of}


def _list(of: Schema) -> dict[str, Schema]:
    return {"type": "array", "items": of}


def _text(pattern: str | None = None) -> dict[str, Schema]:
    return {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}


def _or_null(of: Schema) -> dict[str, Schema]:
    return {"anyOf": [of, {"type": "null"}]}


def _ref(name: str) -> dict[str, Schema]:
    return {"$ref": f"#/$defs/{name}"}
