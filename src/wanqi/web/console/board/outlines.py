"""Bringing own boundaries: upload a GeoJSON with its 审图号, or put the one in use out of use."""

from __future__ import annotations

import re

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import get_row, require
from wanqi.core.actions import attach
from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.indicators.actions.outlines import bring_outline, end_outline
from wanqi.indicators.models import Outline
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .geojson import LIMIT, GeoJsonRefused, read_shapes
from .tiles import drawn_set

NUMBER = re.compile(r"\S{1,10}[（(]\d{4}[)）]\d{1,6}号")


def show(request: HttpRequest) -> HttpResponse:
    """Show what is drawn and the form, or keep the file that was sent."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "outline", "create" if request.method == "POST" else "view")
    place = place_of(request)
    problems: list[str] = []
    if request.method == "POST":
        try:
            _kept(request, place.region)
        except GeoJsonRefused as refused:
            problems = [str(refused)]
        except RowInvalid as refused:
            problems = [told for several in refused.fields.values() for told in several]
        else:
            messages.success(request, "底图已启用。")
            return HttpResponseRedirect(reverse("board") + "#map")
    context = {
        "title": "地图底图",
        "crumbs": [("工作台", "/"), ("调度看板", reverse("board")), ("地图底图", "")],
        "row": Outline.objects.visible_to(actor).current().filter(region_id=place.region).first(),
        "may_bring": actor.can("outline", "create"),
        "problems": problems,
        "given": request.POST,
        "limit": LIMIT // 1024 // 1024,
    }
    return render_page(request, "console/outline.html", context, status=422 if problems else 200)


@transaction.atomic
def _kept(request: HttpRequest, region: str) -> Outline:
    """Check the file before it is kept, then put it in use in place of the one before."""
    actor = request.actor  # type: ignore[attr-defined]
    number, source = request.POST.get("review_number", "").strip(), request.POST.get("source", "").strip()
    sent = request.FILES.get("file")
    wrong: dict[str, list[str]] = {}
    if not NUMBER.fullmatch(number):
        wrong["review_number"] = ["请填写审图号，如“湘S（2023）012号”。没有审图号的地图不能使用。"]
    if not source:
        wrong["source"] = ["请填写数据来源，如“岳阳市标准地图服务”。"]
    if sent is None:
        wrong["file"] = ["请选择GeoJSON文件。"]
    elif sent.size is not None and sent.size > LIMIT:
        wrong["file"] = [f"文件超过{LIMIT // 1024 // 1024} MB。请先用制图软件简化边界再上传。"]
    if wrong or sent is None:
        raise RowInvalid(wrong)
    content = sent.read()
    among = drawn_set(current_pack(region))
    field, shapes = read_shapes(content, among.members if among else {})
    office = Office.objects.filter(region=region, pk__in=actor.offices()).order_by("position").first()
    file = attach(sent.name or "", content, content_type="application/geo+json", region=region, actor=actor)
    values = {
        "review_number": number,
        "source": source,
        "code_field": field[:60],
        "divisions": len(shapes),
        "file": file,
        "office": office,
    }
    return bring_outline(values, actor=actor, region=region)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the outline out of use; the board draws squares again."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_row(Outline.objects.all(), actor, pk, to="withdraw")
    try:
        end_outline(row, actor=actor, reason=request.POST.get("reason", ""))
    except (RowInvalid, StepRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "底图已停用，看板改用方格示意图。")
    return HttpResponseRedirect(reverse("board.outline"))
