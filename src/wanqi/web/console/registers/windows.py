"""申报安排: when applications of a batch are taken, as its notice says; what the calendar shows first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from wanqi.policies.actions.screens import WINDOWS as WRITERS
from wanqi.policies.models import ApplicationWindow, Kind
from wanqi.registry.programmes import title_of
from wanqi.web import display

from . import held, parts
from .forms import RowForm
from .spec import Column, Dates, Link, Register, Section, Shown, Sort


class WindowForm(RowForm):
    programme = forms.ChoiceField(label="事项")
    url = forms.URLField(label="公开网址", required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = ApplicationWindow
        fields = (
            "programme",
            "purpose",
            "batch",
            "notice",
            "number",
            "document",
            "url",
            "opens_on",
            "county_due_on",
            "closes_on",
            "note",
            "office",
            "unit",
        )
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["programme"].choices = held.grouped_options(
            self.region, lambda one: True, also=self.instance.programme
        )
        documents = fields["document"].queryset.filter(region=self.region, withdrawn_at__isnull=True)
        fields["document"].queryset = documents
        fields["document"].empty_label = "没有"
        fields["notice"].help_text = "通知的标题，如“关于组织开展2023年专精特新中小企业申报工作的通知”"
        fields["batch"].help_text = "如“2023年第一批”；列入申报推荐台账时填入"
        fields["county_due_on"].help_text = "县级推荐函要报出的最后一天；日历按它提醒"
        fields["note"].help_text = "名额、材料、报送方式等要求"


def _facts(row: ApplicationWindow) -> list[tuple[str, Shown]]:
    link = format_html('<a href="{}" rel="noreferrer">{}</a>', row.url, row.url) if row.url else ""
    kept: Shown = display.unknown("没有引用文件库中的文件")
    if row.document is not None:
        kept = format_html(
            '<a href="{}">{}</a>', reverse("documents.row", args=[row.document_id]), row.document.title
        )
    return [
        ("事项", title_of(row.region_id, row.programme)),
        ("申报类别", row.get_purpose_display()),
        ("批次", parts.text(row.batch, "未登记")),
        ("申报通知", row.notice),
        ("文号", parts.text(row.number, "未登记")),
        ("文件库中的文件", kept),
        ("公开网址", parts.text(link, "未登记")),
        ("开始申报", display.day(row.opens_on)),
        ("县级推荐截止", display.day(row.county_due_on, reason="通知没有写明")),
        ("申报截止", display.day(row.closes_on)),
        ("要求", parts.text(row.note, "没有登记")),
    ]


WINDOWS = Register(
    name="windows",
    title="申报安排",
    noun="申报安排",
    counter="条",
    intro="上级申报通知里的开始、县级推荐截止和申报截止日期；登记后进入申报与复核日历，联系清单按它写截止日期。",
    group="认定与申报",
    icon="calendar",
    model=ApplicationWindow,
    columns=(
        Column(
            key="notice", title="申报通知", show=lambda row: row.notice[:60], plain=lambda row: row.notice
        ),
        held.programme_column(on_phone=True),
        parts.term_column("purpose", "申报类别", "purpose"),
        parts.text_column("batch", "批次", "batch"),
        parts.day_column("opens", "开始申报", "opens_on"),
        parts.day_column("county", "县级推荐截止", "county_due_on", reason="通知没有写明"),
        parts.day_column("closes", "申报截止", "closes_on", on_phone=True),
        held.only_export(parts.text_column("number", "文号", "number")),
        parts.updated_column(),
    ),
    sorts=(
        Sort(key="-closes", title="申报截止 新→旧", field="closes_on", descending=True),
        Sort(key="closes", title="申报截止 旧→新", field="closes_on"),
        parts.newest_sort(),
    ),
    filters=(
        held.programme_filter(),
        parts.choice_filter("purpose", "申报类别", lambda place: list(Kind.choices)),
        Dates(name="closes", title="申报截止", field="closes_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(notice__icontains=text) | Q(number__icontains=text) | Q(batch__icontains=text)
    ),
    search_hint="通知标题、文号或批次",
    form=WindowForm,
    sections=(
        Section(key="base", title="申报安排", facts=_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=WRITERS.create,
    correct=WRITERS.correct,
    withdraw=WRITERS.withdraw,
    restore=WRITERS.restore,
    related=("office", "document"),
    subtitle=lambda row: title_of(row.region_id, row.programme),
    label=lambda row: row.notice,
    pages=(Link(title="申报与复核日历", icon="calendar", url="calendar"),),
)
