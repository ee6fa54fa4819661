"""一企一策·政策篇 as Word or PDF; whoever of the bureau takes it relies on its verdicts, and they are kept."""

from __future__ import annotations

from urllib.parse import quote

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.policies.actions import determine
from wanqi.policies.checkup import Checkup
from wanqi.policies.checkup.text import TITLE, report, told
from wanqi.registry.access import get_checked
from wanqi.registry.models import Organisation
from wanqi.web.place import place_of

from .reading import checked

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@require_GET
def send(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Return the report; the log says who took it, and the verdicts it tells a clerk in full are kept."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "checkup", "export")
    if form not in MEDIA:
        raise RowMissing("报告只有 Word（docx）和 PDF 两种。", hint="请从政策体检页面下载。")
    organisation = get_checked(actor, pk, to="export")
    found = checked(organisation, place_of(request).today)
    bureau = current_pack(organisation.region_id).spec.bureau
    made = report(
        found,
        name=organisation.name,
        office=bureau.name if bureau else "",
        demonstration=organisation.is_demonstration,
    )
    if form == "docx":
        from wanqi.documents.word import word

        content = word(made, made=timezone.now())
    else:
        from wanqi.documents.pdf import pdf

        content = pdf(made, made=timezone.now())
    _kept(organisation, found, form, actor)
    response = HttpResponse(content, content_type=MEDIA[form])
    mark = "（演示数据）" if organisation.is_demonstration else ""
    name = f"{organisation.name}{TITLE}{mark}.{form}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@transaction.atomic
def _kept(organisation: Organisation, found: Checkup, form: str, actor: Actor) -> None:
    noted = {"内容": TITLE, "格式": form, "比对日期": found.on.isoformat()}
    changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in noted.items()]
    record(organisation, "导出", actor=actor, changes=changes)
    if not actor.can("determination", "create"):
        return
    for one in told(found):
        determine(organisation, one.id, kind=one.kind, on=found.on, actor=actor, purpose=TITLE)
