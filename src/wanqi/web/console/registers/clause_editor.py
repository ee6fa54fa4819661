"""条款: a document's text pasted or from a file, read into a tree, corrected by a person, and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import get_row
from wanqi.core.errors import ReasonMissing, RowInvalid, RowStale, StepRefused
from wanqi.documents.drafts import read_draft
from wanqi.documents.errors import DraftRefused
from wanqi.policies.actions import correct_document
from wanqi.policies.clauses import DEEPEST, Piece, misplaced, split_clauses
from wanqi.policies.models import Document
from wanqi.web.console.uploads import sized
from wanqi.web.pages import render_page

MOST = 600  # clauses of one page: three fields each
FIRST = "录入条款原文"
LEVELS = ("一级", "二级", "三级", "四级", "五级", "六级", "七级", "八级", "九级")


@dataclass
class Sheet:
    """What stands on the page: the clauses, what the file did not give, what was refused."""

    pieces: list[Piece]
    notices: tuple[str, ...] = ()
    error: str = ""
    read: bool = False


@sized
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the clauses as they stand, read a text into clauses without keeping them, or keep them."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    actor = request.actor  # type: ignore[attr-defined]
    row = get_row(Document.objects.select_related("office"), actor, pk, to="correct")
    if request.method != "POST":
        return _page(request, row, Sheet(_kept(row)))
    if request.POST.get("step") == "read":
        return _page(request, row, _read(request))
    sheet = Sheet(_posted(request), read=True)
    seen = request.POST.get("seen", "")
    try:
        correct_document(
            row,
            {},
            actor=actor,
            reason=request.POST.get("reason", "") if row.clauses.exists() else FIRST,
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
            pieces=sheet.pieces,
        )
    except RowInvalid as refused:
        sheet.error = "；".join(one for said in refused.fields.values() for one in said)
    except (ReasonMissing, RowStale, StepRefused) as refused:
        sheet.error = f"{refused.cause}{refused.hint}"
    if sheet.error:
        return _page(request, row, sheet)
    messages.success(request, f"已保存{len(sheet.pieces)}条条款。")
    return HttpResponseRedirect(reverse("documents.row", args=[pk]) + "#clauses")


def _kept(row: Document) -> list[Piece]:
    rows = row.clauses.order_by("position").values_list("label", "text", "depth")
    return [Piece(label, text, depth) for label, text, depth in rows]


def _read(request: HttpRequest) -> Sheet:
    """Return the clauses of the pasted text or of the file; nothing is kept."""
    file, text = request.FILES.get("file"), request.POST.get("text", "")
    notices: tuple[str, ...] = ()
    if file is not None and text.strip():
        return Sheet([], error="文件和粘贴的原文只能选一个，请删去其中一个。")
    if file is not None:
        try:
            draft = read_draft(str(file.name), file.read())
        except DraftRefused as refused:
            return Sheet([], error=f"{refused.cause}。{refused.hint}")
        text, notices = draft.text, draft.notices
    pieces = list(split_clauses(text))
    if not pieces:
        return Sheet([], error="没有读到文字。请粘贴原文，或选择一份Word、PDF或文本文件。")
    if len(pieces) > MOST:
        return Sheet([], error=f"原文有{len(pieces)}段，一次最多{MOST}段。请分成正文和附件，分别登记。")
    return Sheet(pieces, notices, read=True)


def _posted(request: HttpRequest) -> list[Piece]:
    given = zip(
        request.POST.getlist("label"),
        request.POST.getlist("clause"),
        request.POST.getlist("depth"),
        strict=False,
    )
    found = [
        Piece(label.strip()[:40], text.strip(), int(depth) if depth.isdecimal() and len(depth) < 2 else 0)
        for label, text, depth in given
        if text.strip()
    ]
    return [replace(one, label=one.label or f"第{at}段") for at, one in enumerate(found, start=1)]


def _page(request: HttpRequest, row: Document, sheet: Sheet) -> HttpResponse:
    hanging = set(misplaced([piece.depth for piece in sheet.pieces]))
    doubts = sum(1 for piece in sheet.pieces if piece.doubt)
    context = {
        "title": f"条款：{row.title}",
        "crumbs": [
            ("政策与资金", None),
            ("文件库", reverse("documents")),
            (row.title, reverse("documents.row", args=[row.pk])),
            ("条款", None),
        ],
        "row": row,
        "sheet": sheet,
        "lines": [(at, piece, at - 1 in hanging) for at, piece in enumerate(sheet.pieces, start=1)],
        "levels": list(enumerate(LEVELS[: DEEPEST + 1])),
        "doubts": doubts,
        "has_clauses": row.clauses.exists(),
        "reason": request.POST.get("reason", ""),
        "text": request.POST.get("text", "") if sheet.error and not sheet.pieces else "",
    }
    return render_page(request, "registers/clauses.html", context, status=422 if sheet.error else 200)
