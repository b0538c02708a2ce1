"""JSON Schemas of the files that people write, generated from the models that read them.

In: the name of a kind of file. Out: a JSON Schema (draft 2020-12) as plain data, for editors: descriptions of every
mapping and of the keys that most files have, closed lists as enums, one value accepted where a list may be written so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from evaluator.rulebook.forms import Document, as_list, schema_of
from evaluator.rulebook.models import as_list_or_none
from evaluator.rulebook.profile_documents import ProfileDocument
from evaluator.rulebook.register_documents import RegisterDocument
from evaluator.rulebook.rule_files import RuleFile
from evaluator.rulebook.vocabulary_documents import PolicyDocument, VocabularyFile
from evaluator.rulebook.yamlfile import SPAN

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
MODELS: Final[Mapping[str, type[BaseModel] | type[Document]]] = {
    "rules": RuleFile,
    "vocabulary": VocabularyFile,
    "policy": PolicyDocument,
    "register": RegisterDocument,
    "profile": ProfileDocument,
}
"""What lies in the rulebook; scenarios have their models in `audit`."""

KEYS: Final[Mapping[str, str]] = {
    "id": "small letters, digits and hyphens; unique in the policy or vocabulary",
    "title": "what it is called, in Chinese and English",
    "label": "what people call it; rules name it by the Chinese label",
    "cite": "the sentence (or sentences) of the text that it rests on",
    "article": "the printed levels joined by dots, such as 二.(一).1",
    "sentence": "the sentence within its article, from 1",
    "figures": "the figures as printed in that sentence",
    "for": "the kinds of profile that it is for",
    "modality": "how binding it is; only must and plan can be breached",
    "responsible": "the bodies in charge, as printed",
    "in_force": "first and last day on which what happens counts",
    "readings": "how open points of the text were read, with the alternatives",
    "applies_when": "a condition of the profile; where it is false the rule does not apply",
    "each": "the list fact whose entries count one by one, or the kind of member",
    "judged_by": "the date that counts: a date field of the entry, a date fact, or as_of",
    "when": "the test, of the entry where there is `each`",
    "amount": "an expression such as 30万元, `unstated`, or one of the forms of amounts",
    "evidence": "what proves it",
    "changeable": "that an applicant can change it, in which direction, and in how many months at the earliest",
    "window": "when to apply, both days included",
    "metric": "the metric by its Chinese label or id",
    "schedule": "the figures with their times",
    "by": "the year at whose end it is due, a date, or `none`",
    "every": "first and last year; each year is a finding of its own",
    "hold": "first and last year throughout which the figure is kept",
    "test": "unary tests on the figure, such as '>= 94%'",
    "vague": "a figure that the text leaves open",
    "requires": "a condition, or the question that attests the duty",
    "due": "the date by which it is due; without one it is due from publication",
    "over": "who must reach it: self, each member of a kind, or a share of them",
    "kind": "what the profile is, such as enterprise or city",
    "jurisdiction": "the path of the place, such as 河北省/承德市",
    "code": "the unified social credit code",
    "facts": "facts by Chinese label or id; what is left out is unknown",
    "metrics": "figures by Chinese label or id, then by year",
    "members": "what is given about the members of a region",
    "purpose": "one line: what this case shows",
    "as_of": "the date of the question",
    "policies": "only these policies are asked",
    "profile": "a profile, or the name of a file that holds one",
    "base": "the year of comparison, or the scenario whose profile is taken",
    "change": "what differs from the profile of `base`",
    "expect": "what must come out; only what is written is compared",
}


class _Generator(GenerateJsonSchema):
    """As pydantic does, with what the validators before a field accept."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        made = super().function_before_schema(schema)
        function: object = schema["function"]["function"]
        return _with_single(made) if function in (as_list, as_list_or_none) else made


def _with_single(schema: JsonSchemaValue) -> JsonSchemaValue:
    """A list as it is, or its one entry by itself."""
    options = schema.get("anyOf", [schema])
    lists = [option for option in options if option.get("type") == "array" and "items" in option]
    single = [dict(option["items"]) for option in lists]
    return {"anyOf": [*single, *options]}


def json_schema(model: type[BaseModel] | type[Document], kind: str) -> dict[str, object]:
    """The schema of one kind of file."""
    if issubclass(model, Document):
        made = _Generator(by_alias=True).generate(schema_of(model), mode="validation")
    else:
        made = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Generator)
    _describe(made)
    return {"$schema": DIALECT, "title": f"evaluator {kind}", **{k: v for k, v in made.items() if k != "title"}}


def _describe(schema: object) -> None:
    """Describe well-known keys, and drop the titles that only repeat them."""
    if isinstance(schema, list):
        for entry in schema:
            _describe(entry)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if isinstance(properties, dict):
        properties.pop(SPAN, None)
    for key, value in properties.items() if isinstance(properties, dict) else ():
        if isinstance(value, dict):
            value.pop("title", None)
            if key in KEYS:
                value.setdefault("description", KEYS[key])
    for value in schema.values():
        _describe(value)
