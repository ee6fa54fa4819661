"""The page of one return: filled in by its unit (or for it), read by everybody else who may see it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from wanqi.collection.access import get_return
from wanqi.collection.models import Return
from wanqi.collection.sheet import Sheet, sheet_of
from wanqi.core.access import Actor, require
from wanqi.core.errors import RowStale
from wanqi.core.history import timeline
from wanqi.web import display
from wanqi.web.console.uploads import sized
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import posted as sending
from . import shown
from .posted import Kept, Posted


def fills(request: HttpRequest, row: Return) -> bool:
    """Return whether the page is to be filled in: by the unit itself, or for it when that was asked for (代填)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not (row.is_open and shown.may(actor, row, "correct")):
        return False
    asked = request.GET.get("fill") or request.POST.get("fill")
    return row.unit_id in actor.units() or bool(asked)


@sized
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page of a return; keep what is sent (暂存), and go on to handing it in when that was asked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "view")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    row = get_return(actor, pk)
    if request.method != "POST":
        return filling_page(request, row) if fills(request, row) else reading_page(request, row)
    row = get_return(actor, pk, to="correct")
    sheet = sheet_of(row)
    posted = sending.read(request, sheet)
    try:
        kept = sending.keep(request, row, sheet, posted, seen=sending.seen_in(request))
    except RowStale:
        return _stale(request, pk, posted)
    if kept.whole and request.POST.get("step") == "check":
        return redirect("returns.hand-in", pk=pk)
    if kept.whole:
        messages.success(request, f"已暂存（{timezone.localtime():%H:%M}），还没有提交。")
        return redirect(back_to_filling(request, kept.row))
    return filling_page(request, get_return(actor, pk), posted=posted, wrong=kept.wrong, status=422)


def back_to_filling(request: HttpRequest, row: Return) -> str:
    """Return the address of the page on which the actor goes on filling in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    address = reverse("returns.return", args=[row.pk])
    return address if row.unit_id in actor.units() else f"{address}?fill=1"


def _stale(request: HttpRequest, pk: int, posted: Posted) -> HttpResponse:
    """Return the page with what was typed, though somebody else changed the return meanwhile."""
    row = get_return(request.actor, pk)  # type: ignore[attr-defined]
    last = next(iter(timeline(row, limit=1)), None)
    who, when = (last.who, display.moment(last.at)) if last else ("他人", display.moment(row.updated_at))
    told = f"这份报数已被{who}于{when}变动，现在是“{row.get_state_display()}”。您填写的内容没有保存，仍保留在下面。"
    if not fills(request, row) and not row.is_open:
        return reading_page(request, row, stale=told, posted=posted, status=409)
    return filling_page(request, row, posted=posted, stale=told, status=409)


def filling_page(
    request: HttpRequest,
    row: Return,
    *,
    posted: Posted | None = None,
    wrong: dict[str, list[str]] | None = None,
    stale: str = "",
    read: Any = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page on which a return is filled in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sheet = sheet_of(row)
    all_typed = {name: wrong.get(name, []) if wrong else [] for name in posted.lines} if posted else {}
    lines = shown.lines_of(sheet, posted=posted, wrong=all_typed if stale else wrong)
    keep_rows = {"rows": []} if stale else wrong
    context = {
        "title": row.round.title,
        "crumbs": shown.crumbs((row.round.title, None)),
        **shown.frame(row, actor, place_of(request).today),
        "sheet": sheet,
        "lines": lines,
        "rows": shown.rows_of(sheet, posted=posted, wrong=keep_rows),
        "general": shown.general(sheet) if row.state != Return.State.OPEN else [],
        "words": {
            "reported_by": sheet.reported_by,
            "as_of": sheet.as_of.isoformat() if sheet.as_of else "",
            "note": row.note,
            **(posted.words if posted else {}),
            **({"as_of": posted.as_of_text} if posted and posted.as_of_text else {}),
        },
        "nothing": posted.nothing if posted and posted.nothing is not None else row.nothing,
        "wrong": wrong or {},
        "errors": _errors(sheet, wrong or {}),
        "stale": stale,
        "read": read,
        "for_unit": row.unit_id not in actor.units(),
    }
    return render_page(request, "returns/fill.html", context, status=status)


def _errors(sheet: Sheet, wrong: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return (anchor, words) for the list on top."""
    lines = sheet.by_line
    found = []
    for name, said in wrong.items():
        anchor = f"value-{name}" if name in lines else "rows" if name.startswith("row") else name or "note"
        found += [(anchor, words) for words in said]
    return found


def reading_page(
    request: HttpRequest, row: Return, *, stale: str = "", posted: Posted | None = None, status: int = 200
) -> HttpResponse:
    """Return the page on which a return is read and reviewed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sheet = sheet_of(row)
    context = {
        "title": f"{row.unit}",
        "crumbs": _crumbs(actor, row),
        **shown.frame(row, actor, place_of(request).today),
        "sheet": sheet,
        "lines": shown.review_lines(sheet),
        "rows": shown.rows_of(sheet, spare=0),
        "general": shown.general(sheet),
        "stale": stale,
        "typed": _typed(sheet, posted),
        "may_fill": row.is_open and shown.may(actor, row, "correct"),
        "may_review": shown.may(actor, row, "review"),
        "may_export": shown.may(actor, row, "export"),
        "may_excuse": shown.may(actor, row, "withdraw") and row.state != "locked" and row.revision == 1,
        "sees_round": actor.can("form", "view"),
    }
    return render_page(request, "returns/read.html", context, status=status)


def _typed(sheet: Sheet, posted: Posted | None) -> list[tuple[str, str, str]]:
    """Return (title, value, reason) of what was typed but not kept."""
    if posted is None:
        return []
    lines = sheet.by_line
    return [
        (lines[name].title, value, reason)
        for name, (value, reason, _, _) in posted.lines.items()
        if name in lines and (value or reason)
    ]


def _crumbs(actor: Actor, row: Return) -> list[tuple[str, str | None]]:
    if not actor.can("form", "view"):
        return shown.crumbs((row.round.title, None))
    return shown.crumbs(
        (row.round.title, reverse("returns.round", args=[row.round_id])), (str(row.unit), None)
    )


@sized
@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed when a field is left; answer with the parts of the page that say so.

    Always 200: what could not be kept stays in its field and is told beside it.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_return(actor, pk, to="correct")
    sheet = sheet_of(row)
    posted = sending.read(request, sheet)
    try:
        kept = sending.keep(request, row, sheet, posted, seen=sending.seen_in(request))
    except RowStale:
        told = "这份报数已在别处变动。您填的内容还在本页，请点“暂存”查看差异。"
        return render(request, "returns/_autosaved.html", {"stale": told, "row": row})
    row = get_return(actor, pk)
    sheet = sheet_of(row)
    return render(request, "returns/_autosaved.html", _autosaved(row, sheet, posted, kept))


def _autosaved(row: Return, sheet: Sheet, posted: Posted, kept: Kept) -> dict[str, Any]:
    return {
        "row": row,
        "sheet": sheet,
        "lines": shown.lines_of(sheet, posted=posted, wrong=kept.wrong),
        "general": shown.general(sheet),
        "files": kept.files,
        "state": shown.chip_of(row),
        "standing": shown.standing(row),
        "at": timezone.localtime(),
        "unkept": len(kept.wrong),
        "row_problems": [one for one in sheet.findings if one.line.startswith("row-")],
    }
