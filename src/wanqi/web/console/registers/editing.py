"""Writing in a register: create, correct in two steps (what changes, then why), withdraw and restore with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from wanqi.core.access import Actor, get_row, require
from wanqi.core.actions import attach, changes_between
from wanqi.core.errors import AccessRefused, RowInvalid, RowStale
from wanqi.core.history import timeline
from wanqi.core.models import Attachment
from wanqi.web.display import moment
from wanqi.web.pages import render_page, safe_next
from wanqi.web.place import place_of

from . import addresses
from .forms import ReasonForm, RowForm
from .listing import crumbs_of
from .query import parse_id
from .spec import Register

KEPT = "wanqi.kept-file"


@dataclass
class Draft:
    """A filled form on its way: files already kept, what it would change, why, and what stands in the way."""

    form: Any
    files: dict[str, Attachment] = field(default_factory=dict)
    changes: list[dict[str, str]] = field(default_factory=list)
    reason: ReasonForm = field(default_factory=ReasonForm)
    stale: str = ""
    theirs: Any = None
    warnings: list[str] = field(default_factory=list)

    @property
    def confirmation(self) -> str:
        """What a second sending carries to say that just these warnings were seen."""
        return sha256("\n".join(self.warnings).encode()).hexdigest()[:16] if self.warnings else ""

    def values(self) -> dict[str, Any]:
        found = self.form.values()
        return {**found, **{self.form.attachments[name]: file for name, file in self.files.items()}}

    def kept(self) -> list[tuple[str, str, str]]:
        """Return (hidden name, signed id, file name) for the files that were already sent."""
        return [
            (f"kept_{name}", signing.dumps(file.pk, salt=KEPT), file.name)
            for name, file in self.files.items()
        ]


def create(request: HttpRequest, register: Register) -> HttpResponse:
    """Show the empty form, or register the row and go to its page; warnings are shown once before."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, register.resource, "create")
    region = place_of(request).region
    row = register.model(region_id=region)
    draft = Draft(_form(request, register, row, actor, region))
    if request.method == "POST" and draft.form.is_valid():
        try:
            draft.files = _keep(request, draft.form, actor, region)
            draft.warnings = draft.form.warnings()
            if draft.warnings and draft.confirmation != request.POST.get("confirmed"):
                return _page(request, register, row, draft, step="create")
            made = register.create(draft.values(), actor=actor, region=region, **draft.form.texts())
        except RowInvalid as refused:
            draft.form.refuse(refused.fields)
        except AccessRefused as refused:
            draft.form.refuse({"": [str(refused)]})
        else:
            messages.success(request, f"已登记：{register.label(made)}")
            return HttpResponseRedirect(safe_next(request, addresses.row_of(register, made.pk)))
    return _page(request, register, row, draft, step="create")


def correct(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Show the filled form; then what would change and the question why; then write it.

    A row that somebody else changed meanwhile is shown with that change; what was filled in stays.
    """
    actor = request.actor  # type: ignore[attr-defined]
    row = _own_row(request, register, pk, "correct")
    draft = Draft(_form(request, register, row, actor, row.region_id))
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if not step or not draft.form.is_valid() or step == "edit":
        if step == "edit":
            draft.files = _keep(request, draft.form, actor, row.region_id) if draft.form.is_valid() else {}
        return _page(request, register, row, draft, step="correct")
    try:
        draft.files = _keep(request, draft.form, actor, row.region_id)
        draft.changes = _changes(register, row, draft)
        if step != "confirm" or not draft.changes:
            return _review(request, register, row, draft)
        return _write(request, register, row, draft, actor)
    except RowInvalid as refused:
        if set(refused.fields) == {"reason"}:
            draft.reason = ReasonForm({"reason": ""})
            draft.reason.is_valid()
            draft.reason.add_error("reason", list(refused.fields["reason"]))
            return _review(request, register, row, draft, status=422)
        draft.form.refuse(refused.fields)
        return _page(request, register, row, draft, step="correct")
    except AccessRefused as refused:
        draft.form.refuse({"": [str(refused)]})
        return _page(request, register, row, draft, step="correct")


def _write(request: HttpRequest, register: Register, row: Any, draft: Draft, actor: Actor) -> HttpResponse:
    seen = request.POST.get("seen", "")
    reason = request.POST.get("reason", "")
    try:
        register.correct(
            row,
            draft.values(),
            actor=actor,
            reason=reason,
            seen=parse_id(seen) or 0,
            **_changed_texts(row, draft),
        )
    except RowStale:
        row.refresh_from_db()
        last = next(iter(timeline(row, limit=1)), None)
        draft.theirs = last
        who, when = (last.who, moment(last.at)) if last else ("他人", moment(row.updated_at))
        draft.stale = f"该记录已被{who}于{when}修改。您填写的内容仍保留，请核对下面的改动后再确认。"
        draft.changes = _changes(register, row, draft)
        draft.reason = ReasonForm(initial={"reason": reason})
        return _review(request, register, row, draft, status=409)
    words = "；".join(f"{change['label']} {change['old']} → {change['new']}" for change in draft.changes[:3])
    messages.success(request, f"已更正：{words}")
    return HttpResponseRedirect(safe_next(request, addresses.row_of(register, row.pk)))


def withdraw(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Ask why, then take the row out of every list and figure."""
    return _turn(
        request, register, pk, step="withdraw", act=register.withdraw, title="撤销", told=register.withdrawal
    )


def restore(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Ask why, then bring the withdrawn row back."""
    told = "恢复后，该记录重新计入清单和有关数字。"
    return _turn(request, register, pk, step="restore", act=register.restore, title="恢复", told=told)


def _turn(
    request: HttpRequest, register: Register, pk: int, *, step: str, act: Any, title: str, told: str
) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    row = _own_row(request, register, pk, "withdraw")
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        form.is_valid()
        try:
            act(row, actor=actor, reason=form.cleaned_data.get("reason", ""))
        except RowInvalid as refused:
            for messages_of_field in refused.fields.values():
                form.add_error("reason", list(messages_of_field))
            status = 422
        else:
            messages.success(request, f"已{title}：{register.label(row)}")
            return HttpResponseRedirect(safe_next(request, addresses.row_of(register, row.pk)))
    context = {
        "title": f"{title}：{register.label(row)}",
        "verb": title,
        "told": told,
        "row": row,
        "form": form,
        "is_withdrawal": step == "withdraw",
        "next": safe_next(request, ""),
        "back": addresses.row_of(register, row.pk),
        "crumbs": crumbs_of(register, (register.label(row), addresses.row_of(register, row.pk)), (title, "")),
    }
    return render_page(request, "registers/reason.html", context, status=status)


def _own_row(request: HttpRequest, register: Register, pk: int, verb: str) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, register.resource, verb)
    return get_row(register.model.objects.select_related(*register.related, "unit"), actor, pk, to=verb)


def _form(request: HttpRequest, register: Register, row: Any, actor: Actor, region: str) -> RowForm:
    if request.method == "POST":
        return register.form(request.POST, request.FILES, instance=row, actor=actor, region=region)
    asked = {} if row.pk else {name: str(value).replace("\x00", "") for name, value in request.GET.items()}
    return register.form(instance=row, actor=actor, region=region, initial=asked)


def _keep(request: HttpRequest, form: RowForm, actor: Actor, region: str) -> dict[str, Attachment]:
    """Return the files of the form, stored; one sent in an earlier step is known by its signed id."""
    files: dict[str, Attachment] = {}
    for name in form.attachments:
        sent = form.cleaned_data.get(name)
        if sent:
            kind = sent.content_type or "application/octet-stream"
            files[name] = attach(sent.name, sent.read(), content_type=kind, region=region, actor=actor)
            continue
        signed = request.POST.get(f"kept_{name}", "")
        try:
            kept = Attachment.objects.defer("content").filter(pk=signing.loads(signed, salt=KEPT)).first()
        except signing.BadSignature:
            continue
        if kept is not None:
            files[name] = kept
    return files


def _changes(register: Register, row: Any, draft: Draft) -> list[dict[str, str]]:
    """Return what the form would change in the row, texts beside the row's own fields included."""
    changes = changes_between(row, draft.values())
    for name, text in _changed_texts(row, draft).items():
        field = draft.form.fields[name]
        old, new = f"{len(field.initial_text(row))}字", f"{len(text)}字"
        changes.append({"field": name, "label": str(field.label), "old": old, "new": new})
    return changes


def _changed_texts(row: Any, draft: Draft) -> dict[str, str]:
    """Return the texts that differ from what the row has; one left alone must not be split into clauses anew."""
    texts = draft.form.texts().items()
    return {
        name: text
        for name, text in texts
        if draft.form.fields[name].initial_text(row).split() != text.split()
    }


def _review(
    request: HttpRequest, register: Register, row: Any, draft: Draft, *, status: int = 200
) -> HttpResponse:
    if not draft.changes:
        draft.form.add_error(None, "没有改动：表单内容与现有记录一致。")
        return _page(request, register, row, draft, step="correct")
    draft.warnings = draft.form.warnings()
    context = {
        **_shared(request, register, row, draft, step="correct"),
        "title": f"核对更正：{register.label(row)}",
    }
    return render_page(request, "registers/review.html", context, status=status)


def _page(request: HttpRequest, register: Register, row: Any, draft: Draft, *, step: str) -> HttpResponse:
    status = 422 if draft.form.is_bound and draft.form.errors else 200
    return render_page(
        request, "registers/form.html", _shared(request, register, row, draft, step=step), status=status
    )


def _shared(request: HttpRequest, register: Register, row: Any, draft: Draft, *, step: str) -> dict[str, Any]:
    is_new = step == "create"
    back = addresses.list_of(register) if is_new else addresses.row_of(register, row.pk)
    further = [("登记", "")] if is_new else [(register.label(row), back), ("更正", "")]
    return {
        "title": f"登记{register.noun}" if is_new else f"更正：{register.label(row)}",
        "register": register,
        "row": row,
        "draft": draft,
        "form": draft.form,
        "is_new": is_new,
        "seen": row.version if draft.stale or not request.POST.get("seen") else request.POST["seen"],
        "next": safe_next(request, ""),
        "back": back,
        "crumbs": crumbs_of(register, *further),
        "enctype": "multipart/form-data"
        if draft.form.is_multipart()
        else "application/x-www-form-urlencoded",
    }
