"""codes/*.yaml: one list of official codes, with the text it was read in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from wanqi.packs.specs.base import Slug, SourceTag, Spec, Text, Title, Version

Code = Annotated[str, StringConstraints(pattern=r"^\S{1,60}$")]


class CodeList(Spec):
    """codes: code → its official name; a code stands for everything that begins with it.

    keywords: words of the main product that point to the list where the code alone does not tell.
    """

    id: Slug
    version: Version
    title: Title
    standard: Title
    source: Text
    tag: SourceTag
    note: Text | None = None
    codes: Mapping[Code, Title] = Field(min_length=1)
    keywords: tuple[Title, ...] = ()

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The codes, in the order written."""
        return tuple(self.codes)
