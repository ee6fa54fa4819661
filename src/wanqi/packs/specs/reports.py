"""reports/<id>/report.yaml: sections, paragraphs, clauses with figure tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from wanqi.packs.specs.base import IndicatorId, Number, Period, Slug, Spec, Text, Title, Version

Form = Literal[
    "value", "number", "change", "interval", "low", "high", "rank", "peers", "span", "title", "unit"
]
FORMS: tuple[str, ...] = get_args(Form)
PERIOD_TAG = "period"

_TAG = re.compile(r"\{([^{}]*)\}")
_INSIDE = re.compile(r"([a-z0-9_]+(?:\.[a-z0-9_]+)*)(?::([a-z]+))?")


@dataclass(frozen=True, slots=True)
class Tag:
    """A figure to be printed; `figure` is an indicator id, or `period` for the report's own period in words."""

    figure: str
    form: Form = "value"


class TagRefused(ValueError):
    """A tag that cannot be read; offset counts characters in the clause's text."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.offset = offset


def parse_text(text: str) -> tuple[str | Tag, ...]:
    """Return the plain pieces and tags of a clause in order. Raises TagRefused at the first bad tag."""
    parts: list[str | Tag] = []
    end = 0
    for found in _TAG.finditer(text):
        _no_braces(text, end, found.start())
        inside = _INSIDE.fullmatch(found[1])
        if inside is None:
            raise TagRefused(
                found.start(), f"{found[0][:60]} 不是数字标签。写成 {{指标编号}} 或 {{指标编号:形式}}。"
            )
        form = inside[2] or "value"
        if form not in FORMS:
            raise TagRefused(found.start(), f"没有形式 {form}。可用：{'、'.join(FORMS)}。")
        parts += [text[end : found.start()], Tag(inside[1], form)]  # type: ignore[arg-type]  # checked above
        end = found.end()
    _no_braces(text, end, len(text))
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def _no_braces(text: str, start: int, end: int) -> None:
    for offset in range(start, end):
        if text[offset] in "{}":
            raise TagRefused(offset, "花括号没有成对。")


class Condition(Spec):
    """Holds if one end of a figure's interval stands so to a number or to another figure.

    A figure that is missing, or an end that is unknown, does not hold.
    """

    figure: IndicatorId
    end: Literal["value", "low", "high"] = "value"
    is_: Literal["above", "at_least", "below", "at_most"]
    number: Number | None = None
    than: IndicatorId | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_key(cls, data: object) -> object:
        if isinstance(data, dict) and "is" in data:
            data = {("is_" if key == "is" else key): value for key, value in data.items()}
        return data

    @model_validator(mode="after")
    def _one_yardstick(self) -> Self:
        if (self.number is None) == (self.than is None):
            raise ValueError("number 和 than 要写且只写一个。")
        return self


class Quote(Spec):
    """Words with digits that are a document's own: text as it stands there, in the clause of the document."""

    text: Title
    document: Slug
    clause: Slug


class ClauseSpec(Spec):
    """text: with tags; needs: figures without which the clause is dropped, with a reason.

    lit: words of the text that carry a document's own digits, with their source. only, not: the periods whose facts it
    tells, and those for which another clause stands in its place.
    join: what stands between this clause and the one printed before it in the paragraph, if there is one.
    """

    id: Slug
    join: Literal["，", "；", "。", "、", ""] = "；"
    text: Text
    lit: tuple[Quote, ...] = ()
    only: tuple[Period, ...] = ()
    not_: tuple[Period, ...] = Field(default=(), alias="not")
    needs: tuple[IndicatorId, ...] = ()
    when: Condition | None = None
    unless: Condition | None = None

    @cached_property
    def parts(self) -> tuple[str | Tag, ...]:
        return parse_text(self.text)

    @property
    def figures(self) -> tuple[str, ...]:
        """Every indicator the clause prints, needs or asks, each once."""
        printed = [part.figure for part in self.parts if isinstance(part, Tag) and part.figure != PERIOD_TAG]
        asked = [id for one in (self.when, self.unless) if one for id in (one.figure, one.than) if id]
        return tuple(dict.fromkeys([*printed, *self.needs, *asked]))


class ParagraphSpec(Spec):
    """Clauses in order, joined; ending closes the paragraph if any clause is printed.

    office: the code of the 股室 that drafts it, that of its section where none is named.
    """

    id: Slug
    office: Slug | None = None
    clauses: tuple[ClauseSpec, ...]
    ending: Literal["。", "；", "：", ""] = "。"


class SectionSpec(Spec):
    """A heading and its paragraphs; the first may have none, as an introduction."""

    id: Slug
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    office: Slug | None = None
    paragraphs: tuple[ParagraphSpec, ...]


class ReportSpec(Spec):
    """checks: indicators computed with every compile and shown to the bureau only."""

    id: Slug
    version: Version
    title: Title
    periods: tuple[Literal["month", "quarter", "half-year", "year"], ...]
    signed: Title
    document: Slug | None = None
    checks: tuple[IndicatorId, ...] = ()
    sections: tuple[SectionSpec, ...]

    @property
    def clauses(self) -> tuple[ClauseSpec, ...]:
        return tuple(
            clause for section in self.sections for part in section.paragraphs for clause in part.clauses
        )
