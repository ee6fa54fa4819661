"""documents/*.yaml: a text that rules and figures cite, clause by clause, as printed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from wanqi.packs.specs.base import Slug, Spec, Text, Title, Version


class DocumentClause(Spec):
    """One numbered piece of the text, word for word."""

    id: Slug
    label: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    text: Text


class DocumentSpec(Spec):
    """number: its 文号; None where the text carries none. issued_on: None where the text carries no date."""

    id: Slug
    version: Version
    title: Title
    kind: Literal["policy", "notice", "report", "other"]
    number: Title | None = None
    issuer: Title
    issued_on: date | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None
    note: Text | None = None
    clauses: tuple[DocumentClause, ...]
