"""The form of a profile file as pydantic models: what scenarios embed and `evaluator schema profile` publishes.

`profile.bind` reads the same form by hand (`profile_shape`), because a profile is checked against the vocabulary rather
than against fixed keys, and a command that only decides then need not load pydantic.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from evaluator.rulebook.models import Model
from evaluator.rulebook.yamlfile import Text

Given = Annotated[dict[Text, object], BeforeValidator(lambda value: {} if value is None else value)]
"""Values by name. A heading with nothing under it gives nothing."""


class MemberDocument(Model):
    """What is given about one member of a region."""

    name: Text
    kind: Text | None = None
    facts: Given = Field(default_factory=dict)
    metrics: Given = Field(default_factory=dict)


class ProfileDocument(Model):
    """One enterprise, association, public institution or region, as people write it."""

    kind: Text
    name: Text | None = None
    jurisdiction: Text | None = None
    code: Text | None = None
    facts: Given = Field(default_factory=dict)
    metrics: Given = Field(default_factory=dict)
    members: tuple[MemberDocument, ...] | MemberList = ()


class MemberList(Model):
    """Members, of which more may exist than are listed."""

    complete: bool
    items: tuple[MemberDocument, ...] = ()
