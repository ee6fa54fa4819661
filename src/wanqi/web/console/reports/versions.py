"""What was written when and by whom: the versions of a paragraph, who wrote which words, the text at two steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from wanqi.core.access import require
from wanqi.core.errors import RowMissing
from wanqi.packs import parse_text
from wanqi.reports.access import get_draft, get_paragraph, may_write
from wanqi.reports.actions.editions import content_of
from wanqi.reports.compile import compose_report
from wanqi.reports.differences import Piece, Version, pieces_between, written_by
from wanqi.reports.drafted import template_of_draft, text_of
from wanqi.reports.models import Draft, DraftParagraph
from wanqi.reports.typed import FORM_TITLES, PERIOD
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page

from . import shown
from .writing import crumbs_of

TOGETHER = timedelta(minutes=10)  # what one person saves in a row is one version to look at
TEMPLATE = "模板"


@dataclass(frozen=True, slots=True)
class ParagraphVersion:
    """One version of a paragraph: its number, its text, who wrote it and when."""

    number: int
    text: str
    who: str
    at: datetime


def history(request: HttpRequest, pk: int, paragraph: int) -> HttpResponse:
    """Return a paragraph's versions, two of them laid side by side, and who wrote which words."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    row = get_paragraph(actor, paragraph, draft=draft)
    every = _versions(draft, row)
    versions = _gathered(every)
    after = _chosen(versions, request.GET.get("b"), len(versions) - 1)
    before = _chosen(versions, request.GET.get("a"), max(versions.index(after) - 1, 0))
    context = {
        "title": f"版本：{row}",
        "crumbs": crumbs_of(draft, f"第{row.position}段的版本"),
        "draft": draft,
        "row": row,
        "versions": list(reversed(versions)),
        "before": before,
        "after": after,
        "pieces": _with_chips(draft, pieces_between(before.text, after.text)),
        "written": _attributed(draft, every),
        "may_write": may_write(actor, draft, row.office_id, actions_part(draft, row)),
        "removed": row.withdrawn_at is not None,
    }
    return render_page(request, "reports/history.html", context)


def actions_part(draft: Draft, row: DraftParagraph) -> Any:
    """Return how far the paragraph's office is."""
    return draft.parts.filter(office=row.office_id or draft.office_id).first()


def _versions(draft: Draft, row: DraftParagraph) -> list[ParagraphVersion]:
    """Return every version, the template's words first; the event rows of the history are the versions."""
    begun = {one.id: one for section in template_of_draft(draft).sections for one in section.paragraphs}
    told = begun.get(row.code)
    first = text_of(told.clauses, told.ending) if told else ""
    events = row.events.order_by("pgh_id").values_list(  # type: ignore[attr-defined]  # made by pghistory
        "version", "is_written", "text", "author_name", "updated_at"
    )
    found: list[ParagraphVersion] = []
    for number, is_written, text, who, at in events:
        shown_text = text if is_written else first
        if not found or found[-1].text != shown_text:
            found.append(ParagraphVersion(number, shown_text, who if is_written else TEMPLATE, at))
    return found


def _gathered(versions: Sequence[ParagraphVersion]) -> list[ParagraphVersion]:
    """Return the versions with what one person saved in a row made one, its last."""
    found: list[ParagraphVersion] = []
    for one in versions:
        if found and found[-1].who == one.who != TEMPLATE and one.at - found[-1].at <= TOGETHER:
            found[-1] = one
        else:
            found.append(one)
    return found


def _chosen(versions: Sequence[ParagraphVersion], asked: str | None, default: int) -> ParagraphVersion:
    number = parse_id(asked or "")
    return next((one for one in versions if one.number == number), versions[default])


def _with_chips(draft: Draft, pieces: Sequence[Piece]) -> list[dict[str, Any]]:
    """Return the pieces cut at their figures, each figure by its title."""
    indicators = shown.indicators_of(draft)
    return [{"kind": piece.kind, "parts": _named(piece.text, indicators)} for piece in pieces]


def _named(text: str, indicators: Any) -> list[dict[str, Any]]:
    found = []
    for part in parse_text(text):
        if isinstance(part, str):
            found.append({"text": part, "figure": False})
        else:
            spec = indicators.get(part.figure)
            title = "时期" if part.figure == PERIOD else spec.title if spec else part.figure
            form = "" if part.form == "value" else f"·{FORM_TITLES[part.form]}"
            found.append({"text": f"{title}{form}", "figure": True})
    return found


def _attributed(draft: Draft, versions: Sequence[ParagraphVersion]) -> list[dict[str, Any]]:
    indicators = shown.indicators_of(draft)
    pieces = written_by(Version(one.text, one.who) for one in versions)
    authors = list(dict.fromkeys(one.author for one in pieces))
    return [
        {"author": one.author, "tone": authors.index(one.author) % 6, "parts": _named(one.text, indicators)}
        for one in pieces
    ]


def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the whole text at two steps, paragraph by paragraph: words and figures that differ."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    editions = list(draft.editions.order_by("number"))
    compiled = compose_report(draft.region_id, draft.period, draft=draft, reader=actor)
    now = {"number": 0, "title": "现在", "content": content_of(draft, compiled)}
    known = [
        {"number": one.number, "title": f"{one.get_kind_display()}（第{one.number}版）", "content": one.content,
         "at": one.made_at, "who": one.made_by_name, "reason": one.reason}
        for one in editions
    ]  # fmt: skip
    known.append(now)
    if len(known) < 2:
        raise RowMissing(
            "还没有可以比较的版本。", hint="汇总、送审、签发时各留一版；一段的修改看这一段的版本。"
        )
    after = _edition(known, request.GET.get("b"), len(known) - 1)
    before = _edition(known, request.GET.get("a"), max(known.index(after) - 1, 0))
    context = {
        "title": f"版本比较：{draft.title}",
        "crumbs": crumbs_of(draft, "版本比较"),
        "draft": draft,
        "known": known,
        "before": before,
        "after": after,
        "sections": _laid_beside(before["content"], after["content"]),
    }
    return render_page(request, "reports/compare.html", context)


def _edition(known: Sequence[dict[str, Any]], asked: str | None, default: int) -> dict[str, Any]:
    number = parse_id(asked) if asked else None
    return next((one for one in known if one["number"] == number), known[default])


def _laid_beside(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return {title, paragraphs: [{office, pieces, state}]} in the order of the later text, what is gone last."""
    old = {one["id"]: one for section in before["sections"] for one in section["paragraphs"]}
    sections = []
    for section in after["sections"]:
        paragraphs = []
        for one in section["paragraphs"]:
            was = old.pop(one["id"], None)
            pieces = pieces_between(was["printed"] if was else "", one["printed"])
            paragraphs.append(
                {**one, "pieces": pieces, "is_same": bool(was) and was["printed"] == one["printed"]}
            )
        sections.append({"title": section["title"], "paragraphs": paragraphs})
    gone = [{**one, "pieces": pieces_between(one["printed"], ""), "is_same": False} for one in old.values()]
    if gone:
        sections.append({"title": "已删去", "paragraphs": gone})
    return sections
