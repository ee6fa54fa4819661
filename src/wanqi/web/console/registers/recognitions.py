"""认定记录: what enterprises, people, products, projects and parks hold, under which act, until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html

from wanqi.core.access import Actor
from wanqi.registry import actions
from wanqi.registry.models import Recognition
from wanqi.registry.models.recognitions import Act, Kind
from wanqi.registry.programmes import title_of
from wanqi.registry.validity import Status, chain_of, ending_within, having, same_holder, status_of
from wanqi.web import display

from . import held, parts
from .held import HeldForm
from .spec import Choice, Column, Dates, Link, Register, Section, Shown, Sort, Step

YEAR = 365
STATUS_CHIPS = {
    Status.VALID: "active",
    Status.SOON: "warning",
    Status.EXPIRED: "withdrawn",
    Status.REVOKED: "withdrawn",
    Status.UNKNOWN: "missing",
    Status.NOT_YET: "waiting",
}
STATUSES = {status.name.lower(): status for status in Status}


class RecognitionForm(HeldForm):
    kept_programmes = staticmethod(lambda one: one.is_title)
    url = forms.URLField(label="公开网址", required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Recognition
        fields = (
            "programme",
            "organisation",
            "holder_name",
            "holder_kind",
            "person",
            "kind",
            "granted_on",
            "valid_until",
            "is_unlimited",
            "document_number",
            "document_title",
            "batch",
            "certificate_number",
            "act",
            "level",
            "authority",
            "url",
            "revoked_on",
            "revoked_reason",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["act"] = forms.ChoiceField(
            label="方式",
            required=False,
            choices=[("", "按事项填入"), *Act.choices],
            help_text="科技型中小企业是评价入库，贯标是获证，不写成认定",
            widget=forms.Select(attrs={"class": "form-select"}),
        )
        if not self.instance.pk:
            self.initial["act"] = ""
        if not self.instance.revoked_on:
            del fields["revoked_on"], fields["revoked_reason"]
        fields["valid_until"].help_text = "不填时按事项的有效期推算；与证书不一致的以证书为准"
        fields["is_unlimited"].help_text = "文件没有规定有效期的勾选"
        fields["document_number"].help_text = "如“湘工信企业〔2023〕12号”"

    def warnings(self) -> list[str]:
        """Return what looks like the same grant twice, or a 首次 that was held before."""
        given = self.values()
        row = Recognition(region_id=self.region, **{**given, "holder_name": self._holder(given)})
        if not row.holder_kind:
            row.holder_kind = "organisation"
        known = Recognition.objects.current().filter(
            same_holder(row), region_id=self.region, programme=row.programme
        )
        told = []
        for one in known.exclude(pk=self.instance.pk).order_by("-granted_on", "-pk")[:3]:
            day = one.granted_on.isoformat() if one.granted_on else "日期未登记"
            near = one.granted_on and row.granted_on and abs((one.granted_on - row.granted_on).days) <= 31
            if near or (row.document_number and one.document_number == row.document_number):
                told.append(
                    f"“{one.holder_name}”{day}已有同一事项的记录（{one.document_number or '无文号'}），可能重复。"
                )
            elif row.kind == Kind.FIRST:
                told.append(f"“{one.holder_name}”{day}已有同一事项的记录；如属复核或重新认定，请改选类别。")
        return told

    @staticmethod
    def _holder(given: Mapping[str, Any]) -> str:
        return given.get("holder_name") or str(given.get("organisation") or given.get("person") or "")


def status_chip(row: Recognition) -> Shown:
    status = status_of(row, row.on_day)  # type: ignore[attr-defined]
    return display.chip(str(status), STATUS_CHIPS[status])


def _until(row: Recognition) -> Shown:
    if row.is_unlimited:
        return "长期有效"
    return display.iso_day(row.valid_until, reason="未登记有效期")


def _missing(row: Recognition) -> list[str]:
    no_end = not row.valid_until and not row.is_unlimited
    named = row.organisation_id or row.person_id or row.holder_kind not in ("organisation", "person")
    lacks = [
        (not row.granted_on, "认定日期：没有它，当期数只能给出区间"),
        (no_end, "有效期至：没有它，不能提示到期"),
        (not row.document_number and not row.certificate_number, "文号或证书编号"),
        (not named, "企业库中的单位：没有对应，企业页面上看不到这条"),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Recognition) -> list[tuple[str, Shown]]:
    link = format_html('<a href="{}" rel="noreferrer">{}</a>', row.url, row.url) if row.url else ""
    facts = [
        ("事项", title_of(row.region_id, row.programme)),
        *held.holder_facts(row),
        ("方式", row.get_act_display()),
        ("级别", parts.text(row.get_level_display(), "未登记级别")),
        ("类别", row.get_kind_display()),
        ("认定日期", display.day(row.granted_on, reason="未登记")),
        (
            "有效期至",
            "长期有效" if row.is_unlimited else display.day(row.valid_until, reason="未登记有效期"),
        ),
        ("发文机关", parts.text(row.authority, "未登记")),
        ("文号", parts.text(row.document_number, "未登记文号")),
        ("文件标题", parts.text(row.document_title, "未登记")),
        ("批次", parts.text(row.batch, "未登记")),
        ("证书编号", parts.text(row.certificate_number, "未登记")),
        ("公开网址", parts.text(link, "未登记")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("recognitions", row, row.evidence)),
    ]
    if row.revoked_on:
        facts[1:1] = [("撤销或取消", f"{display.day(row.revoked_on)}　{row.revoked_reason}")]
    return facts


def _chain(row: Recognition, actor: Actor) -> Mapping[str, Any]:
    rows = list(chain_of(row).filter(actor.rows_of("recognition", to="view")))
    told = [
        {
            "row": one,
            "is_here": one.pk == row.pk,
            "status": status_of(one, row.on_day),  # type: ignore[attr-defined]
            "until": _until(one),
        }
        for one in rows
    ]
    nominations = row.nominations.current().filter(actor.rows_of("nomination", to="view")).order_by("pk")
    return {"chain": told, "nominations": nominations}


def _status_filter() -> Choice:
    def condition(value: str, on: Any) -> Any:
        return ending_within(on, YEAR) if value == "year" else having(STATUSES[value], on)

    options = [(name, str(status)) for name, status in STATUSES.items()]
    options.insert(2, ("year", "未来12个月内到期"))
    return Choice(name="status", title="效力", options=lambda place: options, condition_on=condition)


RECOGNITIONS = Register(
    name="recognitions",
    title="认定记录",
    noun="认定记录",
    counter="条",
    intro="谁在什么时候、由哪个机关、以什么方式取得什么称号，到哪天为止；产品、项目、园区的称号与企业称号分开计。",
    group="认定与申报",
    icon="certificate",
    model=Recognition,
    columns=(
        Column(key="name", title="名称", show=lambda row: row.holder_name, plain=lambda row: row.holder_name),
        held.code_column(),
        held.programme_column(on_phone=True),
        held.only_export(parts.term_column("holder_kind", "持有者类别", "holder_kind")),
        parts.term_column("act", "方式", "act"),
        parts.term_column("level", "级别", "level"),
        held.only_export(parts.term_column("kind", "类别", "kind")),
        parts.day_column("granted", "认定日期", "granted_on", on_phone=True),
        Column(
            key="until",
            title="有效期至",
            show=_until,
            plain=lambda row: "长期有效" if row.is_unlimited else row.valid_until,
            css="day",
            sort="valid_until",
        ),
        Column(
            key="status",
            title="效力",
            show=status_chip,
            plain=lambda row: str(status_of(row, row.on_day)),
            on_phone=True,
        ),
        parts.text_column("number", "文号", "document_number"),
        held.only_export(parts.text_column("batch", "批次", "batch")),
        held.only_export(parts.text_column("certificate", "证书编号", "certificate_number")),
        held.only_export(parts.text_column("authority", "发文机关", "authority")),
        held.only_export(parts.area_column()),
        held.only_export(parts.evidence_column()),
        parts.updated_column(),
    ),
    sorts=(
        *parts.day_sorts("granted", "认定日期", "granted_on"),
        Sort(key="until", title="有效期 先到期在前", field="valid_until", nullable=True),
        parts.newest_sort(),
    ),
    filters=(
        parts.area_filter(),
        held.programme_filter(lambda one: one.is_title),
        held.level_filter(),
        held.holder_filter(),
        _status_filter(),
        parts.organisation_filter(),
        held.file_filter(),
        Dates(name="granted", title="认定日期", field="granted_on"),
        Dates(name="until", title="有效期至", field="valid_until"),
    ),
    search=held.matching(("holder_name", "document_number", "certificate_number")),
    search_hint="名称、曾用名、信用代码、文号或证书编号",
    form=RecognitionForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="chain", title="历次认定与申报", template="registers/_chain.html", context=_chain),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_recognition,
    correct=actions.RECOGNITIONS.correct,
    withdraw=actions.RECOGNITIONS.withdraw,
    restore=actions.RECOGNITIONS.restore,
    related=("area", "office", "organisation", "person"),
    deferred=("url", "revoked_reason", "withdrawn_reason", "document_title"),
    missing=_missing,
    subtitle=lambda row: title_of(row.region_id, row.programme),
    chips=lambda row: [status_chip(row), display.grade(row.grade)],
    label=lambda row: row.holder_name,
    withdrawal="撤销的是这条登记（如重复、登记错误），撤销后不再计入清单和任何数字。称号被主管部门取消的，请用“登记撤销称号”。",
    file="evidence",
    dated=True,
    steps=(
        Step(
            title="登记撤销称号",
            icon="ban",
            url="recognitions.revoke",
            when=lambda row: row.revoked_on is None,
        ),
    ),
    pages=(Link(title="未来12个月到期", icon="clock", url="recognitions.ending"),),
)
