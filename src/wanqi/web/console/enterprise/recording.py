"""Recording, correcting and withdrawing a value from the enterprise's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import Actor, require
from wanqi.core.actions import attach
from wanqi.core.errors import AccessRefused, ReasonMissing, RowInvalid, RowMissing
from wanqi.core.models import Attachment, Office
from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec, Pack
from wanqi.registry.access import get_fact, get_organisation
from wanqi.registry.actions import correct_fact, record_fact, withdraw_fact
from wanqi.registry.facts.homes import facts_kept
from wanqi.registry.facts.values import as_json, in_words
from wanqi.registry.models import Fact, Organisation
from wanqi.registry.models.facts import SourceClass
from wanqi.web.pages import render_page, safe_next

from ..registers.forms import DayInput, FilesField, ReasonForm, dress
from ..registers.valuefields import typed, value_field
from .table import GROUPS, OTHER, group_of
from .values import enterprise_address


class ValueForm(forms.Form):
    """One value with its source; before an item is chosen, only the choice."""

    evidence_file = FilesField(label="佐证材料", required=False, help_text="如审计报告、纳税申报表")

    def __init__(
        self, *args: Any, organisation: Organisation, actor: Actor, spec: FactSpec, **given: Any
    ) -> None:
        super().__init__(*args, **given)
        self.spec = spec
        own: dict[str, forms.Field] = {"value": value_field(spec, required=True)}
        if spec.period == "annual":
            own["period"] = forms.CharField(label="年度", max_length=8, help_text="如2022")
        else:
            own["as_of"] = forms.DateField(label="截至日期", widget=DayInput(), help_text="这是哪一天的情况")
        own["source_class"] = forms.ChoiceField(
            label="来源类别",
            choices=[("", "请选择"), *SourceClass.choices],
            help_text="统计部门的单家数据只在本系统内部查看，不用于比对、导出和公开",
        )
        own["source"] = forms.CharField(label="数据来源", max_length=200, help_text="如“2022年度审计报告”")
        own["office"] = self._office(organisation, actor)
        own["evidence_file"] = self.fields["evidence_file"]
        own["reason"] = forms.CharField(
            label="更正原因", required=False, max_length=500, help_text="同一来源已有不同数值时填写"
        )
        self.fields = own
        for field in self.fields.values():
            dress(field)

    @staticmethod
    def _office(organisation: Organisation, actor: Actor) -> forms.ModelChoiceField:  # type: ignore[type-arg]
        own = actor.offices()
        rows = Office.objects.filter(region_id=organisation.region_id, active=True).order_by("position", "id")
        field = forms.ModelChoiceField(
            rows.filter(pk__in=own) if own else rows, label="责任股室", required=bool(own)
        )
        field.empty_label = None if len(own) == 1 else "未指定"
        field.initial = own[0] if own else None
        return field

    def refuse(self, fields: Any) -> None:
        """Show the messages of a RowInvalid at their fields."""
        for name, told in fields.items():
            self.add_error(name if name in self.fields else None, ValidationError(list(told)))


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask which item, then for its value; record it and go back to the page."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "fact", "create")
    organisation = get_organisation(actor, pk)
    pack = current_pack(organisation.region_id)
    known = facts_kept(pack)
    spec = known.get(request.GET.get("fact", ""))
    if spec is None:
        return render_page(request, "enterprise/choose.html", _choosing(organisation, pack))
    fact = request.GET["fact"]
    initial = {"period": request.GET.get("period", "")[:8]}
    form = ValueForm(
        request.POST or None,
        request.FILES or None,
        organisation=organisation,
        actor=actor,
        spec=spec,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = _recorded(form, organisation, fact, actor)
        except ReasonMissing:
            form.add_error("reason", "这一来源这一时期已有不同的数值，属于更正，请写明原因。")
        except RowInvalid as refused:
            form.refuse(refused.fields)
        except AccessRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已登记：{spec.title} {in_words(spec, row.value)}")
            return HttpResponseRedirect(safe_next(request, enterprise_address(organisation, "facts")))
    context = {**_framed(request, organisation, f"登记{spec.title}"), "form": form, "verb": "登记"}
    return render_page(request, "enterprise/record.html", context, status=422 if form.errors else 200)


def _choosing(organisation: Organisation, pack: Pack) -> dict[str, Any]:
    gathered: dict[str, list[tuple[str, str]]] = {title: [] for title in (*GROUPS.values(), OTHER)}
    for name, spec in facts_kept(pack).items():
        gathered[group_of(pack, name)].append((name, spec.title))
    return {
        "title": "登记企业数据",
        "crumbs": _crumbs(organisation, "登记企业数据"),
        "organisation": organisation,
        "groups": [(title, items) for title, items in gathered.items() if items],
        "back": enterprise_address(organisation),
    }


def _recorded(form: ValueForm, organisation: Organisation, fact: str, actor: Actor) -> Fact:
    given = form.cleaned_data
    kept = _file(form, organisation.region_id, actor)
    return record_fact(
        organisation,
        fact,
        as_json(form.spec, given["value"]),
        period=given.get("period", ""),
        as_of=given.get("as_of"),
        source_class=given["source_class"],
        source=given["source"],
        office=given["office"].pk if given["office"] else None,
        evidence=kept.pk if kept else None,
        reason=given["reason"],
        actor=actor,
    )


def _file(form: forms.Form, region: str, actor: Actor) -> Attachment | None:
    sent = form.cleaned_data.get("evidence_file")
    if not sent:
        return None
    kind = sent.content_type or "application/octet-stream"
    return attach(sent.name, sent.read(), content_type=kind, region=region, actor=actor)


def _spec_of(row: Fact) -> FactSpec:
    """Return what the vocabulary says of a value. Raises RowMissing where it does not know it any more."""
    spec = facts_kept(current_pack(row.region_id)).get(row.fact)
    if spec is None:
        raise RowMissing("数据字典中已没有这一项，不能修改。", hint="请联系系统管理员核对地区配置。")
    return spec


class CorrectForm(forms.Form):
    """Another value of the same source, and why."""

    def __init__(self, *args: Any, row: Fact, spec: FactSpec, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["value"] = value_field(spec, required=True)
        self.initial["value"] = typed(spec, row.value)
        if not row.period:
            self.fields["as_of"] = forms.DateField(label="截至日期", widget=DayInput(), initial=row.as_of)
        self.fields["evidence_file"] = FilesField(
            label="佐证材料", required=False, help_text="不上传的，沿用原来的材料"
        )
        self.fields["reason"] = ReasonForm().fields["reason"]
        for field in self.fields.values():
            dress(field)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the right value and why; the former one stays in the history."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "fact", "correct")
    row = get_fact(actor, pk, to="correct")
    spec = _spec_of(row)
    form = CorrectForm(request.POST or None, request.FILES or None, row=row, spec=spec)
    if request.method == "POST" and form.is_valid():
        kept = _file(form, row.region_id, actor)
        given = form.cleaned_data
        try:
            new = correct_fact(
                row,
                as_json(spec, given["value"]),
                as_of=given.get("as_of"),
                evidence=kept.pk if kept else None,
                reason=given["reason"],
                actor=actor,
            )
        except RowInvalid as refused:
            for name, told in refused.fields.items():
                form.add_error(name if name in form.fields else None, ValidationError(list(told)))
        else:
            both = f"{in_words(spec, row.value)} → {in_words(spec, new.value)}"
            messages.success(request, f"已更正：{spec.title} {both}")
            return HttpResponseRedirect(safe_next(request, enterprise_address(row.organisation, "facts")))
    context = {
        **_framed(request, row.organisation, f"更正{spec.title}{row.period and f'（{row.period}年）'}"),
        "form": form,
        "verb": "更正",
        "now": f"{row.source_class}：{row.source}，现为{in_words(spec, row.value)}",
    }
    return render_page(request, "enterprise/record.html", context, status=422 if form.errors else 200)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take the value out of everything that reads it; the history keeps it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "fact", "withdraw")
    row = get_fact(actor, pk, to="withdraw")
    spec = _spec_of(row)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_fact(row, actor=actor, reason=form.cleaned_data.get("reason", ""))
        except RowInvalid as refused:
            for told in refused.fields.values():
                form.add_error("reason", list(told))
        else:
            messages.success(request, f"已撤销：{spec.title} {in_words(spec, row.value)}")
            return HttpResponseRedirect(safe_next(request, enterprise_address(row.organisation, "facts")))
    context = {
        **_framed(request, row.organisation, f"撤销{spec.title}{row.period and f'（{row.period}年）'}"),
        "form": form,
        "verb": "撤销",
        "now": f"{row.source_class}：{row.source}，现为{in_words(spec, row.value)}。撤销后不再采用，历史仍保留。",
    }
    return render_page(request, "enterprise/record.html", context, status=422 if form.errors else 200)


def _framed(request: HttpRequest, organisation: Organisation, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "organisation": organisation,
        "crumbs": _crumbs(organisation, title),
        "next": safe_next(request, ""),
        "back": enterprise_address(organisation),
    }


def _crumbs(organisation: Organisation, title: str) -> list[tuple[str, str]]:
    return [
        ("工作台", "/"),
        ("企业库", reverse("organisations")),
        (organisation.name, enterprise_address(organisation)),
        (title, ""),
    ]
