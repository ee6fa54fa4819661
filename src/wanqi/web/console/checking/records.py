"""核对记录: the checks that were kept, newest first; one of them; taking it back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import require
from wanqi.core.actions import record
from wanqi.core.errors import WanqiError
from wanqi.core.history import timeline
from wanqi.reports.access import get_check
from wanqi.reports.actions import withdraw_check
from wanqi.reports.checking import from_json
from wanqi.reports.models import SavedCheck
from wanqi.web import display
from wanqi.web.console.registers.forms import ReasonForm
from wanqi.web.console.registers.query import bounded_count, parse_id
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .exports import with_comments
from .views import RETRY, TITLE, result_of

LIST = "核对记录"
PAGE = 50


def _crumbs(*further: tuple[str, str]) -> list[tuple[str, str]]:
    listed = (LIST, reverse("checking.records") if further else "")
    return [
        ("工作台", "/"),
        ("材料与核对", ""),
        (TITLE, reverse("checking")),
        listed,
        *further,
    ]


def show_list(request: HttpRequest) -> HttpResponse:
    """Return the kept checks the actor may see, newest first, by keyset pages."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "check", "view")
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:60]
    rows = SavedCheck.objects.visible_to(actor).current().filter(region_id=place_of(request).region)
    if text:
        found = Q(title__icontains=text) | Q(source__icontains=text) | Q(text__icontains=text)
        rows = rows.filter(found | Q(created_by__display_name__icontains=text))
    after = parse_id(request.GET.get("after", ""))
    shown = rows if after is None else rows.filter(pk__lt=after)
    page = list(
        shown.select_related("office", "created_by").defer("text", "result").order_by("-id")[: PAGE + 1]
    )
    count, more = bounded_count(rows)
    kept = {"q": text} if text else {}
    context = {
        "title": LIST,
        "crumbs": _crumbs(),
        "rows": page[:PAGE],
        "text": text,
        "count": f"{display.number(count)}{'+' if more else ''}",
        "next": "?" + urlencode({**kept, "after": page[PAGE - 1].pk}) if len(page) > PAGE else "",
        "newest": "?" + urlencode(kept) if after is not None else "",
        "may_save": actor.can("check", "create"),
    }
    return render_page(request, "checking/list.html", context)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one kept check as it was: its text with marks, its findings, who and when."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "check", "view")
    row = get_check(actor, pk)
    may_withdraw = row.withdrawn_at is None and actor.may_place(
        "check", "withdraw", region=row.region_id, office=row.office_id, area=None, unit=None
    )
    context = {
        "title": row.title,
        "crumbs": _crumbs((row.title, "")),
        "row": row,
        **result_of(from_json(row.text, row.result, period=row.period)),
        "history": timeline(row),
        "may_withdraw": may_withdraw,
        "may_export": actor.can("check", "export"),
    }
    return render_page(request, "checking/record.html", context)


def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Return a kept check as a Word file with comments; the log keeps that it was taken."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "check", "export")
    row = get_check(actor, pk, to="export")
    response = with_comments(from_json(row.text, row.result, period=row.period), title=row.title)
    with transaction.atomic():
        record(
            row,
            "导出",
            actor=actor,
            changes=[{"field": "format", "label": "格式", "old": "—", "new": "DOCX"}],
        )
    return response


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take the check out of the list."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "check", "withdraw")
    row = get_check(actor, pk, to="withdraw")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    refused: WanqiError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_check(row, actor=actor, reason=form.cleaned_data["reason"])
        except WanqiError as error:
            if error.status not in RETRY:
                raise
            refused = error
            form.add_error("reason", error.cause)
        else:
            messages.success(request, f"已撤回：{row.title}")
            return HttpResponseRedirect(reverse("checking.records"))
    context: dict[str, Any] = {
        "title": f"撤回：{row.title}",
        "crumbs": _crumbs((row.title, reverse("checking.record", args=[row.pk])), ("撤回", "")),
        "form": form,
        "told": "撤回后，这份核对不再出现在核对记录中；内容和操作日志仍保留。",
        "button": "确认撤回",
        "back": reverse("checking.record", args=[row.pk]),
    }
    status = refused.status if refused else 422 if form.errors else 200
    return render_page(request, "console/act.html", context, status=status)
