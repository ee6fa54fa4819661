"""An enterprise asks for a datum to be corrected or added, with its reason and its file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import require
from wanqi.core.actions import attach
from wanqi.core.errors import RowInvalid, RowMissing
from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec, Pack
from wanqi.registry.access import get_checked, get_correction
from wanqi.registry.actions import propose_correction, retract_correction
from wanqi.registry.facts.homes import facts_kept
from wanqi.registry.facts.values import as_json, in_words
from wanqi.registry.models import FactCorrection, Organisation
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from ..registers.forms import DayInput, FilesField, dress
from ..registers.valuefields import value_field
from ..uploads import sized
from .page import crumbs
from .reading import cells_of

Section = FactCorrection.Section


class ProposalForm(forms.Form):
    """What it should be, since when, why, and the file that shows it."""

    def __init__(self, *args: Any, spec: FactSpec | None, period: str, **given: Any) -> None:
        super().__init__(*args, **given)
        if spec is None:
            self.fields["told"] = forms.CharField(
                label="要补充或更正的内容",
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text="写清名称、日期、编号；确实没有的，写“没有”",
            )
        else:
            self.fields["value"] = value_field(spec, required=True)
            if spec.period == "annual":
                self.fields["period"] = forms.CharField(
                    label="年度", max_length=8, initial=period, help_text="如2022"
                )
            else:
                self.fields["as_of"] = forms.DateField(
                    label="截至日期", widget=DayInput(), help_text="这是哪一天的情况"
                )
        self.fields["reason"] = forms.CharField(
            label="理由",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="据实填写，以所附材料为准",
        )
        self.fields["file"] = FilesField(
            label="佐证材料", required=False, help_text="如审计报告、纳税申报表、证书；不得上传涉密材料"
        )
        for field in self.fields.values():
            dress(field)


@sized
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the datum of the address; keep it, and go back to the check-up."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "create")
    organisation = get_checked(actor, pk)
    pack = current_pack(organisation.region_id)
    section, subject = request.GET.get("section", ""), request.GET.get("subject", "")
    period = request.GET.get("period", "")[:8]
    spec = facts_kept(pack).get(subject) if section == Section.FACT else None
    title = _title(pack, section, subject, period)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ProposalForm(*sent, spec=spec, period=period)
    before = _before(organisation, spec, subject, period, place_of(request).today)
    if request.method == "POST" and form.is_valid():
        asked = _year(form.cleaned_data.get("period", period))
        if asked != period:  # another year was typed than the one that was opened
            title = _title(pack, section, subject, asked)
            before = _before(organisation, spec, subject, asked, place_of(request).today)
        try:
            row = _proposed(form, organisation, spec, subject, before, actor)
        except RowInvalid as refused:
            for name, told in refused.fields.items():
                form.add_error(name if name in form.fields else None, ValidationError(list(told)))
        else:
            messages.success(request, f"已提出：{title} {row.told}。经办人办理后，比对结果随之更新。")
            return HttpResponseRedirect(reverse("checkup", args=[organisation.pk]))
    context = {
        "title": f"提出更正：{title}",
        "organisation": organisation,
        "crumbs": crumbs(organisation, actor, "提出更正"),
        "form": form,
        "verb": "提交",
        "now": f"系统现有：{before}" if before else "系统现在没有这一项",
        "back": reverse("checkup", args=[organisation.pk]),
        "next": "",
    }
    return render_page(request, "enterprise/record.html", context, status=422 if form.errors else 200)


def _title(pack: Pack, section: str, subject: str, period: str) -> str:
    known: Any = pack.facts.get(subject) or pack.records.get(subject)
    if known is None or section not in Section.values:
        raise RowMissing("数据字典中没有这一项。", hint="请从政策体检或企业数据页面选择要更正的项。")
    return f"{period}年度{known.title}" if period else str(known.title)


def _year(typed: str) -> str:
    return typed.strip().removesuffix("年度").removesuffix("年")


def _before(organisation: Organisation, spec: FactSpec | None, subject: str, period: str, today: Any) -> str:
    if spec is None:
        return ""
    cells = cells_of(organisation, current_pack(organisation.region_id), today)
    cell = cells.get(subject, {}).get(period)
    return in_words(spec, cell.value) if cell else ""


def _proposed(
    form: ProposalForm,
    organisation: Organisation,
    spec: FactSpec | None,
    subject: str,
    before: str,
    actor: Any,
) -> FactCorrection:
    given, kept = form.cleaned_data, None
    sent = given.get("file")
    if sent:
        kind = sent.content_type or "application/octet-stream"
        kept = attach(sent.name, sent.read(), content_type=kind, region=organisation.region_id, actor=actor)
    return propose_correction(
        organisation,
        section=Section.FACT if spec is not None else Section.RECORDS,
        subject=subject,
        period=given.get("period", ""),
        as_of=given.get("as_of"),
        value=as_json(spec, given["value"]) if spec is not None else None,
        told=given.get("told", ""),
        before=before,
        reason=given["reason"],
        file=kept.pk if kept else None,
        actor=actor,
    )


@require_POST
def retract(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own request while it is open."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "correction", "withdraw")
    row = get_correction(actor, pk, to="withdraw")
    retract_correction(row, actor=actor)
    messages.success(request, "已撤回。")
    return HttpResponseRedirect(reverse("correction", args=[pk]))
