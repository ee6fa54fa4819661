"""企业库: organisations by 统一社会信用代码, with former names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from wanqi.core.masking import masked
from wanqi.core.packs import current_pack
from wanqi.registry import actions
from wanqi.registry.industries import industry_name, industry_problem, names
from wanqi.registry.models import Organisation
from wanqi.web import display

from . import parts
from .forms import LinesField, RowForm
from .spec import Choice, Column, Register, Section, Shown, Sort, Step


class OrganisationForm(RowForm):
    former_names = LinesField(label="曾用名", required=False, help_text="一行一个；改名时原名会自动记入")

    class Meta:
        model = Organisation
        fields = (
            "name",
            "credit_code",
            "former_names",
            "kind",
            "area",
            "gbt4754_code",
            "established_on",
            "address",
            "contact",
            "phone",
            "source",
            "office",
            "unit",
        )
        widgets = {"credit_code": forms.TextInput(attrs={"maxlength": 24, "autocapitalize": "characters"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gbt4754_code"].help_text = "国民经济行业分类代码，如2614"
        self.fields["source"].help_text = "如“营业执照”“省厅公布名单”"
        kept = self.instance.phone
        self.initial["phone"] = masked("phone", kept)
        self.fields["phone"].help_text = "已登记；不改的不用动" if kept else "页面和导出都遮住中间几位"

    def clean_credit_code(self) -> str:
        return self.cleaned_data["credit_code"] or ""

    def clean_gbt4754_code(self) -> str:
        given = self.cleaned_data["gbt4754_code"] or ""
        # A code registered under an earlier edition is no obstacle to correcting something else.
        if given and given != self.instance.gbt4754_code:
            wrong = industry_problem(given, names(current_pack(self.region)))
            if wrong:
                raise ValidationError(wrong)
        return given

    def clean_phone(self) -> str:
        given, kept = self.cleaned_data["phone"] or "", self.instance.phone
        return kept if kept and given == masked("phone", kept) else given


def _missing(row: Organisation) -> list[str]:
    lacks = [
        (not row.credit_code, "统一社会信用代码：没有代码的企业不能自动匹配名单"),
        (not row.area_id, "片区"),
        (not row.gbt4754_code, "行业代码"),
        (not row.established_on, "成立日期"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _industry(row: Organisation) -> str:
    name = industry_name(row.gbt4754_code, names(current_pack(row.region_id)))
    return f"{row.gbt4754_code}　{name}".strip()


def _facts(row: Organisation) -> list[tuple[str, Shown]]:
    return [
        ("单位名称", row.name),
        ("统一社会信用代码", parts.text(row.credit_code or "", "尚不掌握")),
        ("曾用名", parts.text("、".join(row.former_names), "没有登记曾用名")),
        ("类别", row.get_kind_display()),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("行业", parts.text(_industry(row), "未登记")),
        ("成立日期", display.day(row.established_on, reason="未登记")),
        ("地址", parts.text(row.address, "未登记")),
        ("联系人", parts.text(row.contact, "未登记")),
        ("联系电话", parts.text(masked("phone", row.phone), "未登记")),
        ("数据来源", parts.text(row.source, "未登记来源")),
    ]


ORGANISATIONS = Register(
    name="organisations",
    title="企业库",
    noun="企业",
    counter="家",
    intro="辖区企业和机构的台账，以统一社会信用代码为准；名单匹配、申报和报数都从这里取单位。",
    group="企业库",
    icon="building-factory-2",
    model=Organisation,
    columns=(
        Column(
            key="name",
            title="单位名称",
            show=lambda row: row.name,
            plain=lambda row: row.name,
            sort="name_pinyin",
        ),
        Column(
            key="credit_code",
            title="统一社会信用代码",
            show=lambda row: parts.text(row.credit_code or "", "尚不掌握"),
            plain=lambda row: row.credit_code,
            sort="credit_code",
            on_phone=True,
        ),
        parts.area_column(),
        Column(
            key="kind",
            title="类别",
            show=lambda row: row.get_kind_display(),
            plain=lambda row: row.get_kind_display(),
        ),
        Column(
            key="industry",
            title="行业代码",
            show=lambda row: parts.text(row.gbt4754_code, "未登记"),
            plain=lambda row: row.gbt4754_code,
        ),
        parts.day_column("established", "成立日期", "established_on"),
        parts.office_column(),
        parts.updated_column(),
    ),
    sorts=(
        Sort(key="name", title="名称 A→Z", field="name_pinyin"),
        Sort(key="-name", title="名称 Z→A", field="name_pinyin", descending=True),
        Sort(key="-updated", title="最近更新在前", field="updated_at", descending=True),
        Sort(key="code", title="统一社会信用代码", field="credit_code", nullable=True),
    ),
    filters=(
        parts.area_filter(),
        parts.choice_filter("kind", "类别", lambda place: list(Organisation.Kind.choices)),
        Choice(
            name="code",
            title="信用代码",
            options=lambda place: [("with", "已登记"), ("without", "未登记")],
            condition=lambda value: Q(credit_code__isnull=value == "without"),
        ),
    ),
    search=lambda rows, text: rows.matching(text),
    search_hint="名称、曾用名或信用代码",
    form=OrganisationForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_organisation,
    correct=actions.correct_organisation,
    withdraw=actions.withdraw_organisation,
    restore=actions.restore_organisation,
    deferred=("search_text", "former_names", "address", "contact", "phone", "withdrawn_reason", "source"),
    missing=_missing,
    subtitle=lambda row: row.credit_code or "",
    page=("一企一档", "enterprise"),
    steps=(Step(title="一企一档", icon="building-factory-2", url="enterprise", verb="view"),),
)
