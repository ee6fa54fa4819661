"""5G基站: each station on its own row; what a 5G figure opens onto."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from wanqi.projects import actions
from wanqi.projects.models import Site
from wanqi.web import display

from . import parts
from .forms import FilesField, RowForm
from .spec import Column, Dates, Register, Section, Shown, Sort


class SiteForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    technology = forms.ChoiceField(label="制式")
    operator = forms.ChoiceField(label="运营商", required=False)
    evidence_file = FilesField(
        label="佐证材料", required=False, help_text="如验收单、铁塔公司清单；上传后替换原有附件"
    )

    class Meta:
        model = Site
        fields = (
            "site_code",
            "name",
            "technology",
            "operator",
            "area",
            "built_on",
            "opened_on",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, blank in (("technology", []), ("operator", [("", "未登记")])):
            field: Any = self.fields[name]
            words = dict.fromkeys([*parts.terms(self.region, "sites", name), getattr(self.instance, name)])
            field.choices = [*blank, *((word, word) for word in words if word)]
        self.fields["opened_on"].help_text = "5G基站建设数按开通日期统计"
        self.fields["source"].help_text = "如“铁塔公司月报”"


def _missing(row: Site) -> list[str]:
    lacks = [
        (not row.opened_on, "开通日期：没有它，建设数只能给出区间"),
        (not row.area_id, "片区"),
        (not row.operator, "运营商"),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Site) -> list[tuple[str, Shown]]:
    return [
        ("站址编码", row.site_code),
        ("站址名称", row.name),
        ("制式", row.technology),
        ("运营商", parts.text(row.operator, "未登记运营商")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("建成日期", display.day(row.built_on, reason="未登记建成日期")),
        ("开通日期", display.day(row.opened_on, reason="未登记开通日期，建设数只能给出区间")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("sites", row, row.evidence)),
    ]


SITES = Register(
    name="sites",
    title="5G基站",
    noun="基站",
    counter="个",
    intro="一站一行的基站台账；“5G基站建设数”“累计数”打开后就是这里的行。",
    group="信息基础设施",
    icon="antenna",
    model=Site,
    columns=(
        Column(key="name", title="站址名称", show=lambda row: row.name, plain=lambda row: row.name),
        Column(
            key="code",
            title="站址编码",
            show=lambda row: row.site_code,
            plain=lambda row: row.site_code,
            sort="site_code",
        ),
        Column(
            key="operator",
            title="运营商",
            show=lambda row: parts.text(row.operator, "未登记运营商"),
            plain=lambda row: row.operator,
            on_phone=True,
        ),
        parts.area_column(),
        Column(
            key="technology", title="制式", show=lambda row: row.technology, plain=lambda row: row.technology
        ),
        parts.day_column("built", "建成日期", "built_on", reason="未登记建成日期"),
        parts.day_column(
            "opened", "开通日期", "opened_on", on_phone=True, reason="未登记开通日期，建设数只能给出区间"
        ),
        parts.updated_column(),
    ),
    sorts=(
        Sort(key="-opened", title="开通日期 新→旧", field="opened_on", descending=True, nullable=True),
        Sort(key="opened", title="开通日期 旧→新", field="opened_on", nullable=True),
        Sort(key="code", title="站址编码", field="site_code"),
        Sort(key="-updated", title="最近更新在前", field="updated_at", descending=True),
    ),
    filters=(
        parts.area_filter(),
        parts.choice_filter(
            "operator",
            "运营商",
            lambda place: [(word, word) for word in parts.terms(place.region, "sites", "operator")],
        ),
        parts.choice_filter(
            "technology",
            "制式",
            lambda place: [(word, word) for word in parts.terms(place.region, "sites", "technology")],
        ),
        parts.evidence_filter("evidence"),
        Dates(name="opened", title="开通日期", field="opened_on"),
    ),
    search=lambda rows, text: rows.filter(Q(name__icontains=text) | Q(site_code__icontains=text)),
    search_hint="站址名称或编码",
    form=SiteForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_site,
    correct=actions.correct_site,
    withdraw=actions.withdraw_site,
    restore=actions.restore_site,
    related=("area", "office"),
    missing=_missing,
    subtitle=lambda row: row.site_code,
    chips=lambda row: [display.grade("有佐证")] if row.evidence_id else [],
    withdrawal="撤销后，该站不再计入5G基站建设数和累计数，材料中的有关数字会随之变化；内容和历史仍保留，可以恢复。",
    file="evidence",
)
