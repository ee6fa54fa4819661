"""A draft as a template of its own: the clauses of the one it was begun from, and what people wrote in their place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wanqi.core.packs import current_pack
from wanqi.packs import IndicatorSpec, Pack, ReportSpec, Tag
from wanqi.packs.specs.reports import PERIOD_TAG, ClauseSpec, ParagraphSpec, Quote, SectionSpec, parse_text

from .errors import ReportMissing
from .models import Draft, DraftParagraph, ReportTemplate
from .typed import sentences, written


@dataclass(frozen=True, slots=True)
class Choice:
    """A template that a report can be begun from; `own` is the bureau's, None for one of the pack."""

    spec: ReportSpec
    own: ReportTemplate | None = None


def spec_from(definition: Mapping[str, object]) -> ReportSpec:
    """Return a template kept as JSON. Raises pydantic's ValidationError for what is no template."""
    return ReportSpec.model_validate_json(json.dumps(definition))


def kept(spec: ReportSpec) -> dict[str, object]:
    """Return a template as the JSON that `spec_from` reads."""
    found: dict[str, object] = spec.model_dump(mode="json", exclude_none=True)
    return found


def choices(pack: Pack) -> dict[str, Choice]:
    """Return every template of the region by its id: those of the pack, and the bureau's own, which come first."""
    rows = ReportTemplate.objects.filter(region_id=pack.region).current().order_by("id")
    own = {row.code: Choice(spec_from(row.definition), row) for row in rows}
    return own | {id: Choice(spec) for id, spec in pack.reports.items() if id not in own}


def report_spec(pack: Pack, report: str | None) -> ReportSpec:
    """Return a report of the pack, or its first where none is named. Raises ReportMissing."""
    if report is None and pack.reports:
        return next(iter(pack.reports.values()))
    if report is None or report not in pack.reports:
        known = "、".join(pack.reports) or "（没有）"
        raise ReportMissing(f"{pack.title}没有“{report or ''}”这份材料。", hint=f"现有材料：{known}。")
    return pack.reports[report]


def template_of(region: str, report: str) -> ReportSpec:
    """Return the template that a new draft of a report begins from. Raises ReportMissing, PackMissing."""
    pack = current_pack(region)
    known = choices(pack)
    if report not in known:
        titles = "、".join(one.spec.title for one in known.values()) or "（没有）"
        raise ReportMissing(f"{pack.title}没有“{report}”这份材料的模板。", hint=f"现有模板：{titles}。")
    return known[report].spec


def template_of_draft(draft: Draft) -> ReportSpec:
    """Return the template as it was when the draft was begun."""
    return spec_from(draft.definition) if draft.definition else template_of(draft.region_id, draft.report)


def spec_of(draft: Draft) -> ReportSpec:
    """Return the draft's text as a template: what was written where somebody wrote, the template's clauses elsewhere.

    A tag whose indicator the region no longer has is left as words that say so.
    """
    template = template_of_draft(draft)
    paragraphs = list(draft.paragraphs.filter(withdrawn_at__isnull=True).select_related("office"))
    if not paragraphs:
        return template
    indicators = current_pack(draft.region_id).indicators
    begun = {one.id: one for section in template.sections for one in section.paragraphs}
    sections = tuple(
        SectionSpec(
            id=section["id"],
            title=section["title"],
            paragraphs=tuple(
                paragraph_spec(row, begun.get(row.code), indicators)
                for row in paragraphs
                if row.section == section["id"]
            ),
        )
        for section in draft.standing_sections
    )
    checks = tuple(id for id in template.checks if id in indicators)
    return template.model_copy(update={"sections": sections, "checks": checks})


def only(spec: ReportSpec, paragraph: str) -> ReportSpec:
    """Return a template with nothing but one of its paragraphs: its figures alone are computed."""
    sections = tuple(
        section.model_copy(
            update={"paragraphs": tuple(one for one in section.paragraphs if one.id == paragraph)}
        )
        for section in spec.sections
        if any(one.id == paragraph for one in section.paragraphs)
    )
    return spec.model_copy(update={"sections": sections, "checks": ()})


def paragraph_spec(
    row: DraftParagraph, begun: ParagraphSpec | None, indicators: Mapping[str, IndicatorSpec]
) -> ParagraphSpec:
    """Return one paragraph of a draft as a template's; `begun` is the one it was made from, None for an added one."""
    office = row.office.code if row.office is not None else None
    if begun is not None and not row.is_written:
        known = tuple(one for one in begun.clauses if all(id in indicators for id in one.figures))
        return begun.model_copy(update={"clauses": known, "office": office})
    quotes = quotes_of(begun)
    clauses = tuple(
        ClauseSpec(
            id=f"{row.code[:50]}-{number}",
            join="",
            text=known_text(part, indicators),
            lit=tuple(one for one in quotes if one.text in part),
        )
        for number, part in enumerate(sentences(row.text), start=1)
    )
    return ParagraphSpec(id=row.code, office=office, clauses=clauses, ending="")


def quotes_of(paragraph: ParagraphSpec | None) -> tuple[Quote, ...]:
    """Return the words that a template's paragraph takes from documents: their digits are the documents' own."""
    if paragraph is None:
        return ()
    return tuple(dict.fromkeys(one for clause in paragraph.clauses for one in clause.lit))


def known_text(text: str, indicators: Mapping[str, IndicatorSpec]) -> str:
    """Return a text whose tags all name indicators of the region: another's becomes words."""
    parts = parse_text(text)
    if all(is_known(part, indicators) for part in parts if isinstance(part, Tag)):
        return text
    return "".join(
        part
        if isinstance(part, str)
        else written(part)
        if is_known(part, indicators)
        else f"（指标“{part.figure}”已停用）"
        for part in parts
    )


def is_known(tag: Tag, indicators: Mapping[str, IndicatorSpec]) -> bool:
    """Return whether a tag can be printed."""
    return tag.figure == PERIOD_TAG or tag.figure in indicators


def text_of(clauses: Iterable[ClauseSpec], ending: str) -> str:
    """Return clauses as one text to be edited, joined as they are printed."""
    text = ""
    for clause in clauses:
        text += (clause.join if text else "") + clause.text
    return text + ending if text else ""
