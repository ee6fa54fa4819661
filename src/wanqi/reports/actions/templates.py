"""Writers of the bureau's own templates: copied from one that exists or begun empty, changed, taken out of use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from wanqi.core.access import Actor, require
from wanqi.core.actions import correct_row, create_row, withdraw_row
from wanqi.core.errors import RowInvalid
from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.packs import IndicatorSpec, ReportSpec

from ..drafted import kept, spec_from
from ..models import ReportTemplate
from ..typed import read_typed
from .checks import own_office

FIRST_VERSION = "2026-1"
_MOST_OF_YEAR = 999


@transaction.atomic
def create_template(
    title: str, *, actor: Actor, region: str, copied: ReportSpec | None = None, office: Office | None = None
) -> ReportTemplate:
    """Begin a template of the bureau's own, as a copy or with one empty section.

    Raises RowInvalid without a title, AccessRefused.
    """
    require(actor, "report", "create")
    title = " ".join(title.replace("\x00", "").split())
    code = f"own-{ReportTemplate.objects.filter(region_id=region).count() + 1}"
    begun: dict[str, Any] = kept(copied) if copied is not None else _empty(region)
    row = ReportTemplate(
        region_id=region,
        office=office or own_office(actor),
        code=code,
        title=title[:200],
        definition={**begun, "id": code, "title": title[:200], "version": FIRST_VERSION},
        is_demonstration=actor.user is not None and actor.user.is_demonstration,
    )
    return create_row(row, actor=actor, verb="新建模板")


def _empty(region: str) -> dict[str, Any]:
    pack = current_pack(region)
    return {
        "periods": ["half-year"],
        "signed": pack.spec.bureau.name if pack.spec.bureau is not None else pack.title,
        "sections": [
            {"id": "section-1", "title": "基本情况", "paragraphs": [{"id": "part-1", "clauses": []}]}
        ],
    }


@transaction.atomic
def save_template(
    row: ReportTemplate, definition: Mapping[str, Any], *, actor: Actor, seen: int | None = None
) -> ReportTemplate:
    """Keep a template as it was edited, under its next version; reports already begun stay as they are.

    definition: a `packs.ReportSpec` as data; empty clauses are left out. Raises RowInvalid with what is wrong by
    field ("clause-<id>", "title", ""), RowStale, AccessRefused.
    """
    spec = read_template(definition, current_pack(row.region_id).indicators, offices=_offices(row.region_id))
    if kept(spec) == kept(spec_from({**row.definition, "title": spec.title})) and spec.title == row.title:
        return row
    changed = kept(spec) | {
        "id": row.code,
        "version": _next(str(row.definition.get("version", FIRST_VERSION))),
    }
    values = {"title": spec.title, "definition": changed}
    return correct_row(row, values, actor=actor, reason="修改模板", seen=seen, verb="修改模板")


def _offices(region: str) -> frozenset[str]:
    return frozenset(Office.objects.filter(region_id=region).values_list("code", flat=True))


def _next(version: str) -> str:
    year, _, number = version.partition("-")
    if int(number) >= _MOST_OF_YEAR:
        return f"{int(year) + 1}-1"
    return f"{year}-{int(number) + 1}"


def withdraw_template(row: ReportTemplate, *, actor: Actor, reason: str) -> ReportTemplate:
    """Take a template out of use. Raises ReasonMissing, StepRefused, AccessRefused."""
    return withdraw_row(row, actor=actor, reason=reason, verb="停用模板")


def read_template(
    definition: Mapping[str, Any], indicators: Mapping[str, IndicatorSpec], *, offices: frozenset[str]
) -> ReportSpec:
    """Return a template as it was edited, its tags by id. Raises RowInvalid with every mistake by its field."""
    wrong: dict[str, list[str]] = {}
    sections = [_section(one, indicators, offices, wrong) for one in definition["sections"]]
    if not str(definition.get("title", "")).strip():
        wrong["title"] = ["请写模板名称。"]
    if not definition.get("periods"):
        wrong["periods"] = ["请选择按什么时期编写。"]
    if not any(clause for one in sections for part in one["paragraphs"] for clause in part["clauses"]):
        wrong.setdefault("", []).append("模板里还没有文字，请至少写一句。")
    if wrong:
        raise RowInvalid(wrong)
    try:
        return spec_from({**definition, "sections": sections})
    except ValidationError as error:
        said = [f"{'.'.join(map(str, one['loc']))}：{one['msg']}" for one in error.errors()[:5]]
        raise RowInvalid({"": [f"模板内容不完整（{'；'.join(said)}）。"]}) from None


def _section(
    section: Mapping[str, Any],
    indicators: Mapping[str, IndicatorSpec],
    offices: frozenset[str],
    wrong: dict[str, list[str]],
) -> dict[str, Any]:
    if len(str(section.get("title", ""))) > 200:
        wrong[f"section-{section['id']}"] = ["章节标题太长，请写在200字以内。"]
    paragraphs = []
    for paragraph in section["paragraphs"]:
        for place in (section, paragraph):
            if place.get("office") and place["office"] not in offices:
                wrong[f"office-{place['id']}"] = ["没有这个股室，请重新选择。"]
        clauses = list(_clauses(paragraph["clauses"], indicators, wrong))
        paragraphs.append({**paragraph, "office": paragraph.get("office") or None, "clauses": clauses})
    return {**section, "office": section.get("office") or None, "paragraphs": paragraphs}


def _clauses(
    clauses: list[Mapping[str, Any]],
    indicators: Mapping[str, IndicatorSpec],
    wrong: dict[str, list[str]],
) -> Iterator[dict[str, Any]]:
    for clause in clauses:
        typed = read_typed(str(clause.get("text", "")), indicators)
        if typed.refusals:
            wrong[f"clause-{clause['id']}"] = [one.message for one in typed.refusals]
        if typed.text:
            # A document's words that were taken out take their source with them.
            quotes = [one for one in clause.get("lit", ()) if one["text"] in typed.text]
            yield {**clause, "text": typed.text, "lit": quotes}
