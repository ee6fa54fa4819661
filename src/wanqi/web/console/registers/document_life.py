"""文件的来历: the days a document reached 起草, 征求意见, 合法性审核, 公平竞争审查, 印发 and 废止, with their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, get_row
from wanqi.core.actions import attach, record
from wanqi.core.errors import RowInvalid, RowMissing, StepRefused
from wanqi.policies.actions import reach_stage
from wanqi.policies.models import Document
from wanqi.web.console.uploads import sized

from .milestones import day_of


def life(row: Document, actor: Actor) -> Mapping[str, Any]:
    """Return what the section of a document's page shows: the steps, what it amends and what amends it."""
    may = row.withdrawn_at is None and actor.may_place(
        "document", "correct", region=row.region_id, office=row.office_id, area=None, unit=row.unit_id
    )
    steps = row.steps.select_related("recorded_by", "file").defer("file__content").order_by("on", "id")
    return {
        "document": row,
        "life": [(one, _marks(one.stage)) for one in steps],
        "amended_by": list(row.amended_by.current().order_by("issued_on", "id")),
        "stages": Document.Stage.choices,
        "may": may,
        "today": timezone.localdate().isoformat(),
    }


def _marks(stage: str) -> str:
    return str(Document.Stage(stage).label)


@sized
def reach(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a document reached a stage and go back to its page; what is refused is told there."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_row(Document.objects.all(), actor, pk, to="correct")
    back = HttpResponseRedirect(reverse("documents.row", args=[pk]) + "#life")
    if request.method != "POST":
        return back
    file = request.FILES.get("file")
    try:
        kept = None
        if file is not None:
            kept = attach(
                str(file.name),
                file.read(),
                content_type="application/octet-stream",
                region=row.region_id,
                actor=actor,
            )
        step = reach_stage(
            row,
            request.POST.get("stage", ""),
            on=day_of(request.POST.get("on", "")),
            today=timezone.localdate(),
            actor=actor,
            note=request.POST.get("note", ""),
            file=kept,
        )
    except (RowInvalid, StepRefused) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已登记：{step.on.isoformat()} {_marks(step.stage)}。")
    return back


@require_GET
def step_file(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Return the file kept with a step, always as a download."""
    actor = request.actor  # type: ignore[attr-defined]
    row = get_row(Document.objects.all(), actor, pk, to="view")
    found = row.steps.filter(pk=step, file__isnull=False).select_related("file").first()
    if found is None or found.file is None:
        raise RowMissing("这个阶段没有附件。", hint="请返回文件核对。")
    with transaction.atomic():
        record(row, "下载附件", actor=actor)
    answer = HttpResponse(bytes(found.file.content), content_type="application/octet-stream")
    answer["Content-Disposition"] = str(content_disposition_header(True, found.file.name))
    return answer
