"""Requests for correction: listed, read with their evidence, taken into the register or refused with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import RowInvalid, RowMissing
from wanqi.core.models import Attachment
from wanqi.core.packs import current_pack
from wanqi.registry.access import get_correction
from wanqi.registry.actions import accept_correction, refuse_correction
from wanqi.registry.actions.corrections import subject_title, value_of
from wanqi.registry.facts.homes import facts_kept
from wanqi.registry.facts.reading import Cell
from wanqi.registry.facts.values import check_value, in_words
from wanqi.registry.models import FactCorrection
from wanqi.registry.models.facts import FactValue, SourceClass
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from ..registers.forms import dress
from .reading import cells_of

State, Section = FactCorrection.State, FactCorrection.Section
CHIPS = {State.OPEN: "waiting", State.ACCEPTED: "done", State.REFUSED: "plain", State.RETRACTED: "withdrawn"}
PAGE = 30
# Statistics are never an enterprise's own word.
CLASSES = [one for one in SourceClass.choices if one[0] != SourceClass.STATISTICS]


class AcceptForm(forms.Form):
    """Under which source it is kept; for a list of records, where it was registered."""

    def __init__(self, *args: Any, row: FactCorrection, **given: Any) -> None:
        super().__init__(*args, **given)
        if row.section == Section.FACT:
            self.fields["source_class"] = forms.ChoiceField(
                label="来源类别",
                choices=CLASSES,
                initial=SourceClass.SELF,
                help_text="经核对所附材料的，按材料选择；多个来源都保留，以数据字典的优先顺序采用",
            )
            self.fields["source"] = forms.CharField(
                label="数据来源", max_length=200, initial=f"企业更正申请第{row.pk}号"
            )
            self.fields["answer"] = forms.CharField(label="答复", max_length=500, required=False)
        else:
            self.fields["answer"] = forms.CharField(
                label="答复", max_length=500, help_text="先在台账登记，再写明登记在哪里"
            )
        for field in self.fields.values():
            dress(field)


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label="不采纳的理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="企业会看到"
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        dress(self.fields["reason"])


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Return the requests the visitor may see, open ones first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "view")
    state = request.GET.get("state", "")
    rows = FactCorrection.objects.visible_to(actor).select_related("organisation")
    if state in State.values:
        rows = rows.filter(state=state)
    else:
        state = ""
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "更正申请",
        "crumbs": [
            ("工作台", "/") if actor.organisation is None else ("我的企业", reverse("my.checkup")),
            ("更正申请", ""),
        ],
        "page": page,
        "rows": [shown(row) for row in page],
        "states": State.choices,
        "state": state,
        "own": actor.organisation is not None,
        "query": urlencode({"state": state}) if state else "",
    }
    return render_page(request, "checkup/corrections.html", context)


def shown(row: FactCorrection) -> dict[str, Any]:
    """Return a request as a line."""
    return {
        "row": row,
        "title": subject_title(row),
        "value": value_of(row),
        "chip": display.chip(str(row.state), CHIPS[State(row.state)]),
    }


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one request with what can be done about it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "view")
    return _page(request, get_correction(actor, pk), actor)


def _page(
    request: HttpRequest,
    row: FactCorrection,
    actor: Actor,
    *,
    accepting: AcceptForm | None = None,
    refusing: RefuseForm | None = None,
) -> HttpResponse:
    may_answer = actor.can("correction", "answer") and row.state == State.OPEN
    above = ("我的企业", reverse("my.checkup")) if actor.organisation is not None else ("工作台", "/")
    used = _used(row, place_of(request).today) if row.section == Section.FACT else None
    context = {
        **shown(row),
        "used": _in_words(row, used) if used is not None else "",
        "title": f"更正申请第{row.pk}号",
        "subject": subject_title(row),
        "crumbs": [above, ("更正申请", reverse("corrections")), (f"第{row.pk}号", "")],
        "chips": [
            display.chip(str(row.state), CHIPS[State(row.state)]),
            *([display.chip("演示数据", "demo")] if row.is_demonstration else []),
        ],
        "file": _file(row),
        "accepting": accepting or (AcceptForm(row=row) if may_answer else None),
        "refusing": refusing or (RefuseForm() if may_answer else None),
        "may_retract": actor.organisation is not None and row.state == State.OPEN,
        "register": _register(row, actor),
        "checkup": reverse("checkup", args=[row.organisation_id]),
    }
    wrong = (accepting is not None and accepting.errors) or (refusing is not None and refusing.errors)
    return render_page(request, "checkup/correction.html", context, status=422 if wrong else 200)


def _file(row: FactCorrection) -> Attachment | None:
    return Attachment.objects.defer("content").filter(pk=row.file_id).first() if row.file_id else None


def _register(row: FactCorrection, actor: Actor) -> str:
    """Return where a clerk registers what is no fact."""
    if row.section == Section.FACT or not actor.can("record", "create"):
        return ""
    return reverse("enterprise", args=[row.organisation_id])


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it into the register."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "answer")
    row = get_correction(actor, pk, to="answer")
    form = AcceptForm(request.POST, row=row)
    if form.is_valid():
        offices = actor.offices()
        try:
            accept_correction(row, actor=actor, office=offices[0] if offices else None, **form.cleaned_data)
        except RowInvalid as refused:
            for name, told in refused.fields.items():
                form.add_error(name if name in form.fields else None, ValidationError(list(told)))
        else:
            _say_taken(request, row)
            return HttpResponseRedirect(reverse("correction", args=[pk]))
    return _page(request, row, actor, accepting=form)


def _say_taken(request: HttpRequest, row: FactCorrection) -> None:
    """Say that it was taken in, and whether the check now uses it: a source that goes before may still say otherwise."""
    used = _used(row, place_of(request).today)
    if row.section == Section.FACT and used is not None and used.value != _proposed(row):
        said = f"已采纳，数据已登记；但“{used.preferred.source_class}”的数据优先，比对仍用{_in_words(row, used)}。"
        messages.warning(request, f"{said}有更可靠材料的，请按材料的来源类别登记。")
    else:
        messages.success(request, "已采纳，数据已登记，比对结果随之更新。")


def _used(row: FactCorrection, today: date) -> Cell | None:
    """Return what the check uses for the datum of a request, None where nothing is known."""
    pack = current_pack(row.region_id)
    return cells_of(row.organisation, pack, today).get(row.subject, {}).get(row.period)


def _proposed(row: FactCorrection) -> FactValue:
    spec = facts_kept(current_pack(row.region_id)).get(row.subject)
    return check_value(spec, row.value) if spec is not None else None


def _in_words(row: FactCorrection, used: Cell) -> str:
    """Return the value in use with who says so."""
    value = in_words(current_pack(row.region_id).facts[row.subject], used.value)
    return f"{value}（{used.preferred.source_class}，{used.preferred.source}）"


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer no, and why."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "answer")
    row = get_correction(actor, pk, to="answer")
    form = RefuseForm(request.POST)
    if form.is_valid():
        refuse_correction(row, actor=actor, reason=form.cleaned_data["reason"])
        messages.success(request, "已答复企业：不采纳。")
        return HttpResponseRedirect(reverse("correction", args=[pk]))
    return _page(request, row, actor, refusing=form)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the evidence of one request as a download."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "view")
    row = get_correction(actor, pk)
    found = Attachment.objects.filter(pk=row.file_id).first() if row.file_id else None
    if found is None:
        raise RowMissing("这条更正申请没有佐证材料。")
    with transaction.atomic():
        record(row, "下载附件", actor=actor)
    response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
