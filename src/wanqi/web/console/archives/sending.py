"""How files of this part of the console leave it: as a download, with a line in the log."""

from __future__ import annotations

from django.db import models, transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from wanqi.core.access import Actor
from wanqi.core.actions import record
from wanqi.reports.evidence.naming import safe_name

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
MARK = "（演示数据）"


def download(content: bytes, name: str, form: str, *, marked: bool) -> HttpResponse:
    """Return bytes as a file to keep; its name says whether demonstration data is in it."""
    response = HttpResponse(content, content_type=MEDIA_TYPES[form])
    full = f"{safe_name(name)}{MARK if marked else ''}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, full) or "attachment"
    return response


def note(target: models.Model, words: str, form: str, *, actor: Actor) -> None:
    """Write into the log that something was taken, and in which format."""
    said = {"内容": words, "格式": form.upper()}
    changes = [{"field": name, "label": name, "old": "—", "new": value} for name, value in said.items()]
    with transaction.atomic():
        record(target, "导出", actor=actor, changes=changes)
