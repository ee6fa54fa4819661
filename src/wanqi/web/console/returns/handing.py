"""Handing in: the list of what will be handed in, and the workbook that came back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from wanqi.collection.access import get_return
from wanqi.collection.actions import submit_return, take_workbook
from wanqi.collection.errors import WorkbookRefused
from wanqi.collection.sheet import sheet_of
from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, RowStale
from wanqi.registry.errors import TableRefused
from wanqi.web.console.uploads import sized
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import shown
from .filling import back_to_filling, filling_page
from .posted import seen_in


def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what will be handed in with what still stands in the way, or hand it in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "return", "submit")
    row = get_return(actor, pk, to="submit")
    stale = ""
    if request.method == "POST":
        try:
            submit_return(row, actor=actor, seen=seen_in(request))
        except RowInvalid:
            row = get_return(actor, pk, to="submit")
        except RowStale as refused:
            stale = f"{refused.cause}请核对下面的最新内容，再提交。"
            row = get_return(actor, pk, to="submit")
        else:
            messages.success(request, "已提交，等待责任股室审核。审核之前可以撤回修改。")
            return redirect("returns.return", pk=pk)
    if not row.is_open:
        return redirect("returns.return", pk=pk)
    sheet = sheet_of(row)
    context = {
        "title": "核对并提交",
        "crumbs": shown.crumbs((row.round.title, back_to_filling(request, row)), ("核对并提交", None)),
        **shown.frame(row, actor, place_of(request).today),
        "sheet": sheet,
        "lines": shown.review_lines(sheet),
        "rows": shown.rows_of(sheet, spare=0),
        "stopping": [one for one in sheet.findings if one.stops],
        "notes": [one for one in sheet.findings if not one.stops],
        "general": shown.general(sheet),
        "back": back_to_filling(request, row),
        "stale": stale,
    }
    status = 409 if stale else 422 if request.method == "POST" else 200
    return render_page(request, "returns/hand_in.html", context, status=status)


@sized
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the filled workbook; cells that are no figure are listed, everything else is kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = get_return(actor, pk, to="correct")
    file = request.FILES.get("workbook")
    if file is None:
        return filling_page(request, row, wrong={"workbook": ["请选择填好的表格文件（.xlsx）。"]}, status=422)
    try:
        row, read = take_workbook(row, file.name or "报数.xlsx", file.read(), actor=actor)
    except (WorkbookRefused, TableRefused) as refused:
        return filling_page(request, row, wrong={"workbook": [f"{refused.cause}{refused.hint}"]}, status=422)
    except RowInvalid as refused:
        said = [words for each in refused.fields.values() for words in each]
        return filling_page(request, row, wrong={"workbook": said}, status=422)
    row = get_return(actor, pk)
    if read.problems or read.notes:
        return filling_page(request, row, read=read, status=422 if read.problems else 200)
    filled = f"{len(read.rows)}行明细" if read.rows else f"{len(read.lines)}个数"
    messages.success(request, f"已从表格读入{filled}并暂存，请核对后提交。")
    return redirect(f"{back_to_filling(request, row)}#figures")
