"""One value: what every source says, which one counts and why, everything ever recorded; its file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.registry.access import get_fact, get_organisation
from wanqi.registry.facts.homes import facts_kept
from wanqi.registry.facts.reading import Cell, history, profile
from wanqi.registry.facts.values import in_words
from wanqi.registry.models import Fact, Organisation
from wanqi.web.pages import render_page
from wanqi.web.place import place_of


@require_GET
def show(request: HttpRequest, pk: int, fact: str) -> HttpResponse:
    """Return the value of one item and year with its sources and history, as a page or in the drawer."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "fact", "view")
    organisation = get_organisation(actor, pk)
    pack = current_pack(organisation.region_id)
    spec = facts_kept(pack).get(fact)
    period = request.GET.get("period", "")[:20]
    if spec is None:
        raise RowMissing("数据字典中没有这一项。", hint="请返回企业页面核对。")
    today = place_of(request).today
    known = profile(organisation, on=today, purpose="bureau", pack=pack)
    found = known.cells.get(fact, {}).get(period)
    when = f"{period}年" if period else ""
    address = reverse("enterprise.value", args=[pk, fact]) + (
        f"?{urlencode({'period': period})}" if period else ""
    )
    record = reverse("enterprise.record", args=[pk])
    context = {
        "title": f"{spec.title}{when}",
        "subtitle": organisation.name,
        "crumbs": [
            ("工作台", "/"),
            ("企业库", reverse("organisations")),
            (organisation.name, reverse("enterprise", args=[pk])),
            (f"{spec.title}{when}", ""),
        ],
        "address": address,
        "spec": spec,
        "cell": found,
        "value": in_words(spec, found.value) if found else "",
        "why": why(found, spec.prefer) if found else "",
        "rows": [_source(row, spec, actor, preferred=at == 0) for at, row in enumerate(found.rows)]
        if found
        else [],
        "history": [_told(row, spec) for row in history(organisation, fact, period, purpose="bureau")],
        "record": f"{record}?{urlencode({'fact': fact, 'period': period})}"
        if actor.can("fact", "create")
        else "",
    }
    return render_page(request, "enterprise/value.html", context, fragment="enterprise/_value_drawer.html")


def why(cell: Cell, prefer: Any) -> str:
    """Return in one sentence why this source's value counts."""
    if len(cell.rows) == 1:
        return "只有一个来源。"
    order = "、".join(prefer)
    same = "各来源一致。" if not cell.disagrees else "各来源不一致，请核实。"
    return f"{same}{f'按{order}的顺序采用' if order else '没有规定先后，采用最新登记的'}。"


def _source(row: Fact, spec: Any, actor: Actor, *, preferred: bool) -> dict[str, Any]:
    def may(verb: str) -> bool:
        return actor.may_place(
            "fact", verb, region=row.region_id, office=row.office_id, area=None, unit=row.unit_id
        )

    is_standing = row.superseded_at is None
    return {
        "row": row,
        "value": in_words(spec, row.value),
        "preferred": preferred,
        "grade": "有佐证" if row.evidence_id else "仅报数",
        "correct": reverse("enterprise.correct", args=[row.pk]) if is_standing and may("correct") else "",
        "withdraw": reverse("enterprise.withdraw", args=[row.pk]) if is_standing and may("withdraw") else "",
    }


def _told(row: Fact, spec: Any) -> dict[str, Any]:
    verb = "撤销" if row.withdrawn else in_words(spec, row.value)
    day = f"截至{row.as_of.isoformat()}　" if row.as_of else ""
    return {
        "verb": verb,
        "who": f"{row.recorded_by or ('演示数据' if row.is_demonstration else '命令行')}",
        "at": row.recorded_at,
        "source": f"{day}{row.source_class}：{row.source}",
        "reason": row.reason,
    }


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the file that shows a value, always as a download."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "fact", "view")
    row = get_fact(actor, pk)
    kept = row.evidence
    if kept is None:
        raise RowMissing("这个数值没有佐证材料。")
    with transaction.atomic():
        record(row.organisation, "下载附件", actor=actor)
    response = HttpResponse(bytes(kept.content), content_type="application/octet-stream")
    response["Content-Disposition"] = str(content_disposition_header(True, kept.name))
    return response


def enterprise_address(organisation: Organisation, anchor: str = "") -> str:
    """Return the address of the enterprise's page, or of a part of it."""
    return reverse("enterprise", args=[organisation.pk]) + (f"#{anchor}" if anchor else "")
