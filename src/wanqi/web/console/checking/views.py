"""The page 报送前核对: paste or choose, look at what was found, explain, save, take away with comments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import WanqiError
from wanqi.core.models import Region
from wanqi.documents.errors import CommentsRefused
from wanqi.reports.access import get_explanation
from wanqi.reports.actions import explain, save_check, take_back
from wanqi.reports.checking import MOST_CHARACTERS, Checked, check_text
from wanqi.web import display
from wanqi.web.console.registers.query import parse_id
from wanqi.web.console.uploads import sized
from wanqi.web.packs import pack_of
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import marks
from .exports import with_comments
from .received import CheckForm, Received, form_of, form_with

TITLE = "报送前核对"
RETRY = (409, 422)  # refusals that come back with the page


@sized
def page(request: HttpRequest) -> HttpResponse:
    """Show the empty page, the example, or what a check finds in what was handed in."""
    actor = _reader(request)
    if request.method == "POST":
        form = form_of(request)
        return _answer(request, actor, form, _check(request, form) if form.is_valid() else None)
    if "example" not in request.GET or not (text := example_of(place_of(request).region)):
        return _answer(request, actor, form_of(request), None)
    form = form_with(request, text=text)
    form.received = Received(text)
    return _answer(request, actor, form, check_text(text, region=place_of(request).region))


def _reader(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    return actor


def _check(request: HttpRequest, form: CheckForm) -> Checked:
    chosen = form.cleaned_data
    return check_text(
        form.received.text,
        region=place_of(request).region,
        period=chosen.get("period") or "",
        earlier=chosen.get("earlier"),
    )


def example_of(region: str) -> str:
    """Return a sentence of a report of the region that is worth a check; empty where its pack has none."""
    pack = pack_of(region)
    checks = (id for spec in pack.reports.values() for id in spec.checks) if pack else ()
    return next((pack.indicators[id].sentence or "" for id in checks if pack), "")


def _answer(
    request: HttpRequest, actor: Actor, form: CheckForm, checked: Checked | None, **further: Any
) -> HttpResponse:
    """Return the page, or for htmx only the part below the form."""
    region = place_of(request).region
    refused = further.get("refused")
    received = form.received if checked else None
    if received and received.name:
        # A file cannot be chosen for somebody: its words go on, where the browser has no scripts to keep it.
        chosen = {name: form.cleaned_data.get(name) for name in ("period", "earlier")}
        form = form_with(request, text=received.text, **chosen)
    context = {
        "title": TITLE,
        "crumbs": [("工作台", "/"), ("材料与核对", ""), (TITLE, "")],
        "form": form,
        "most": MOST_CHARACTERS,
        "has_example": bool(example_of(region)),
        "may_list": actor.can("check", "view"),
        **(result_of(checked) if checked else {}),
        "live": True,
        "may_explain": actor.can("explanation", "create"),
        "may_take_back": actor.can("explanation", "withdraw"),
        "may_save": actor.can("check", "create"),
        "may_export": actor.can("report", "export"),
        "suggested": received.title if received else "",
        "notices": received.notices if received else (),
        **further,
    }
    status = refused.status if refused else 422 if form.is_bound and form.errors else 200
    return render_page(
        request, "checking/page.html", context, fragment="checking/_result.html", status=status
    )


def result_of(checked: Checked) -> dict[str, Any]:
    """Return what the templates show of a check."""
    unweighed, more = marks.unweighed_of(checked)
    return {
        "checked": checked,
        "lines": marks.lines_of(checked),
        "groups": marks.groups_of(checked),
        "counts": marks.counts_of(checked),
        "explained": [
            {
                "one": one,
                "figures": [
                    (text, f"explained-{number}-{at}") for at, text in enumerate(one.finding.figures)
                ],
            }
            for number, one in enumerate(checked.explained, start=1)
        ],
        "explained_words": f"已说明 {display.number(len(checked.explained))}",
        "unweighed": unweighed,
        "unweighed_more": more,
        "unbound": marks.unbound_of(checked),
    }


@sized
@require_POST
def explain_one(request: HttpRequest) -> HttpResponse:
    """Keep why a sum stands, and show the text without it."""
    actor = _reader(request)
    require(actor, "explanation", "create")
    form = form_of(request)
    if not form.is_valid():
        return _answer(request, actor, form, None)
    checked = _check(request, form)
    key = request.POST.get("key", "")
    reason = request.POST.get(f"reason-{key[-12:]}", "")
    try:
        row = explain(checked, key, actor=actor, region=place_of(request).region, reason=reason)
    except WanqiError as error:
        return _refused(request, actor, form, error, key=key, reason=reason)
    return _answer(
        request, actor, form, _check(request, form), done=f"已记下：{row}，{row.reason}。以后的稿子不再提示。"
    )


@sized
@require_POST
def take_back_one(request: HttpRequest) -> HttpResponse:
    """Ask about an explained sum again."""
    actor = _reader(request)
    require(actor, "explanation", "withdraw")
    form = form_of(request)
    if not form.is_valid():
        return _answer(request, actor, form, None)
    pk = parse_id(request.POST.get("row", ""))
    reason = request.POST.get(f"reason-{pk}", "")
    try:
        row = take_back(get_explanation(actor, pk, to="withdraw"), actor=actor, reason=reason)
    except WanqiError as error:
        return _refused(request, actor, form, error, row=pk, reason=reason)
    return _answer(request, actor, form, _check(request, form), done=f"已撤回对“{row}”的说明。")


def _refused(
    request: HttpRequest, actor: Actor, form: CheckForm, error: WanqiError, **typed: Any
) -> HttpResponse:
    if error.status not in RETRY:
        raise error
    return _answer(request, actor, form, _check(request, form), refused=error, typed=typed)


@sized
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the text with what was found, and go to the kept check."""
    actor = _reader(request)
    require(actor, "check", "create")
    form = form_of(request)
    if not form.is_valid():
        return _answer(request, actor, form, None)
    checked, title = _check(request, form), request.POST.get("title", "")
    region = place_of(request).region
    try:
        row = save_check(checked, actor=actor, region=region, title=title, source=form.received.name)
    except WanqiError as error:
        if error.status not in RETRY:
            raise
        return _answer(request, actor, form, checked, refused=error, typed={"key": "title"}, suggested=title)
    messages.success(request, "已存入核对记录。")
    return HttpResponseRedirect(reverse("checking.record", args=[row.pk]))


@sized
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Return what was handed in as a Word file with the findings as comments; the log keeps that it was taken."""
    actor = _reader(request)
    require(actor, "report", "export")
    form = form_of(request)
    if not form.is_valid():
        return _answer(request, actor, form, None)
    checked = _check(request, form)
    received: Received = form.received
    try:
        response = with_comments(checked, title=received.title, original=received.original)
    except CommentsRefused as error:
        form.add_error("file", str(error))
        return _answer(request, actor, form, None)
    with transaction.atomic():
        change = {"field": "findings", "label": "疑点", "old": "—", "new": f"{len(checked.findings)}处"}
        region = Region.objects.get(pk=place_of(request).region)
        record(region, "导出核对批注", actor=actor, changes=[change], region=region.pk)
    return response
