"""Documents made from plain mappings, as programs make them, and the two forms of a profile."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evaluator.rulebook.profile_documents import MemberDocument, MemberList, ProfileDocument
from evaluator.rulebook.profile_shape import LIST_KEYS, MEMBER_KEYS, PROFILE_KEYS
from evaluator.rulebook.yamlfile import SPAN, Text


def test_a_document_made_from_plain_texts_has_no_place() -> None:
    member = MemberDocument.model_validate({"name": "丙县"})
    assert isinstance(member.name, Text)
    assert member.name == "丙县"
    assert member.place is None
    with pytest.raises(ValidationError, match="should be a text"):
        MemberDocument.model_validate({"name": 3})


def test_documents_do_not_change_and_have_no_unknown_keys() -> None:
    member = MemberDocument.model_validate({"name": "丙县"})
    with pytest.raises(ValidationError, match="frozen"):
        setattr(member, "name", "丁县")  # noqa: B010 - the type checker refuses the assignment that is tested
    with pytest.raises(ValidationError, match="Extra inputs"):
        MemberDocument.model_validate({"name": "丙县", "fact": {}})


@pytest.mark.parametrize(
    ("document", "keys"), [(ProfileDocument, PROFILE_KEYS), (MemberDocument, MEMBER_KEYS), (MemberList, LIST_KEYS)]
)
def test_the_two_forms_of_a_profile_have_the_same_keys(
    document: type[ProfileDocument | MemberDocument | MemberList], keys: tuple[str, ...]
) -> None:
    fields = {field.alias or name for name, field in document.model_fields.items()}
    assert fields - {SPAN} == set(keys)


def test_headings_of_a_profile_with_nothing_under_them_are_read_by_both_forms() -> None:
    document = ProfileDocument.model_validate({"kind": "enterprise", "facts": None, "metrics": None})
    assert document.facts == {}
    assert document.metrics == {}
