"""The checked text as a Word file with the findings beside it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from wanqi.documents.comments import Comment, commented
from wanqi.figures import LEVEL_TITLES, AuditFinding
from wanqi.reports.checking import Checked
from wanqi.reports.outputs import MEDIA_TYPES

from .marks import sums_of


def with_comments(checked: Checked, *, title: str, original: bytes | None = None) -> HttpResponse:
    """Return a Word file to keep: the original where a Word file was handed in, else the text on new pages."""
    comments = [Comment(one.span, said(one), title=LEVEL_TITLES[one.level]) for one in checked.findings]
    content = commented(checked.text, comments=comments, made=timezone.now(), data=original)
    response = HttpResponse(content, content_type=MEDIA_TYPES["docx"])
    response["Content-Disposition"] = (
        content_disposition_header(True, f"{title}（核对批注）.docx") or "attachment"
    )
    return response


def said(one: AuditFinding) -> str:
    """Return a finding as a comment says it below its level: the question, the sum, the repairs."""
    parts, sums = [one.message], sums_of(one)
    parts += [f"算式：{'；'.join(sums)}"] if sums else []
    parts += [f"改任意一处即可相符：{'、'.join(one.repair)}"] if one.repair else []
    return "\n".join(parts)
