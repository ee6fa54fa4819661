"""The checked text as a Word file with the findings beside it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from wanqi.documents.comments import Comment, commented
from wanqi.documents.drafts import Draft
from wanqi.figures import LEVEL_TITLES, AuditFinding
from wanqi.reports.checking import Checked
from wanqi.reports.outputs import MEDIA_TYPES

AUTHOR = "报送前核对"
INITIALS = "核"


def with_comments(
    checked: Checked, *, title: str, draft: Draft | None = None, data: bytes | None = None
) -> HttpResponse:
    """Return a Word file to keep: the original where a Word file was handed in, else the text on new pages."""
    comments = [Comment(one.span, said(one), AUTHOR, INITIALS) for one in checked.findings]
    content = commented(draft, data, checked.text, comments, made=timezone.now())
    response = HttpResponse(content, content_type=MEDIA_TYPES["docx"])
    response["Content-Disposition"] = (
        content_disposition_header(True, f"{title}（核对批注）.docx") or "attachment"
    )
    return response


def said(one: AuditFinding) -> str:
    """Return a finding as a comment says it: its level, the question, the sum, the repairs."""
    parts = [f"{LEVEL_TITLES[one.level]}：{one.message}"]
    parts += [f"算式：{'；'.join(one.arithmetic)}"] if one.arithmetic else []
    parts += [f"改任意一处即可相符：{'、'.join(one.repair)}"] if one.repair else []
    return "\n".join(parts)
