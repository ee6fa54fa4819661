"""创新平台(载体): centres, laboratories, incubators and bases; 组建, 备案 and 认定 are counted apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from wanqi.registry import actions
from wanqi.registry.models import Carrier
from wanqi.registry.models.recognitions import Level
from wanqi.registry.programmes import title_of
from wanqi.web import display

from . import held, parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown, Step


class CarrierForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    kind = forms.ChoiceField(label="类别")
    programme = forms.ChoiceField(label="事项", required=False)
    tags = forms.MultipleChoiceField(
        label="产业集群", required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )
    evidence_file = FilesField(
        label="佐证材料", required=False, help_text="批文、备案通知；上传后替换原有附件"
    )

    class Meta:
        model = Carrier
        fields = (
            "name",
            "kind",
            "level",
            "act",
            "since",
            "organisation",
            "host_name",
            "programme",
            "authority",
            "document_number",
            "valid_until",
            "ended_on",
            "tags",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        words = dict.fromkeys([*parts.terms(self.region, "carriers", "kind"), self.instance.kind])
        fields["kind"].choices = [("", "请选择类别"), *((word, word) for word in words if word)]
        fields["programme"].choices = held.grouped_options(
            self.region, lambda one: one.is_title, also=self.instance.programme
        )
        fields["programme"].choices[0] = ("", "未对应事项")
        fields["tags"].choices = [(word, word) for word in parts.terms(self.region, "carriers", "tags")]
        fields["level"].choices = [("", "未登记"), *Level.choices]
        fields["act"].help_text = "组建是开始建设，备案、认定以主管部门文件为准，三者分别计数"
        fields["since"].help_text = "组建、备案或认定的日期，与上一项一致"
        fields["host_name"].help_text = "不填时取所选单位的名称"
        if not self.instance.ended_on:
            del fields["ended_on"]

    def clean_tags(self) -> list[str]:
        return list(self.cleaned_data["tags"])


def _missing(row: Carrier) -> list[str]:
    lacks = [
        (not row.since, "日期：没有它，当期数只能给出区间"),
        (not row.level, "级别"),
        (not row.organisation_id, "企业库中的依托单位"),
        (row.act != Carrier.Act.FOUNDED and not row.document_number, "文号"),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Carrier) -> list[tuple[str, Shown]]:
    return [
        ("名称", row.name),
        ("类别", row.kind),
        ("级别", parts.text(row.get_level_display(), "未登记级别")),
        ("方式", row.get_act_display()),
        ("日期", display.day(row.since, reason="未登记")),
        *parts.organisation_facts(row, "依托单位", "host_name"),
        ("事项", parts.text(title_of(row.region_id, row.programme) if row.programme else "", "未对应事项")),
        ("发文机关", parts.text(row.authority, "未登记")),
        ("文号", parts.text(row.document_number, "未登记文号")),
        ("有效期至", display.day(row.valid_until, reason="未登记")),
        ("撤销或停办", display.day(row.ended_on, reason="没有登记停办")),
        ("产业集群", parts.text("、".join(row.tags), "没有标注")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("carriers", row, row.evidence)),
    ]


def _chips(row: Carrier) -> list[Shown]:
    ended = [display.chip("已停办", "withdrawn")] if row.ended_on else []
    return [display.chip(row.get_act_display()), *ended, display.grade(row.grade)]


def _ended_filter() -> Choice:
    return Choice(
        name="ended",
        title="在办",
        options=lambda place: [("no", "在办"), ("yes", "已停办")],
        condition=lambda value: Q(ended_on__isnull=value == "no"),
    )


def _tag_filter() -> Choice:
    return Choice(
        name="tag",
        title="产业集群",
        options=lambda place: [(word, word) for word in parts.terms(place.region, "carriers", "tags")],
        condition=lambda value: Q(tags__contains=[value]),
    )


CARRIERS = Register(
    name="carriers",
    title="创新平台(载体)",
    noun="平台",
    counter="家",
    intro="科普基地、众创空间、工程技术研究中心、重点实验室等平台，按类别、级别、依托单位和组建、备案、认定分别登记。",
    group="创新平台",
    icon="flask",
    model=Carrier,
    columns=(
        Column(key="name", title="名称", show=lambda row: row.name, plain=lambda row: row.name),
        parts.text_column("kind", "类别", "kind", on_phone=True),
        parts.term_column("level", "级别", "level", on_phone=True),
        parts.term_column("act", "方式", "act", on_phone=True),
        parts.day_column("since", "日期", "since"),
        Column(
            key="host",
            title="依托单位",
            show=lambda row: parts.organisation_link(row, "host_name"),
            plain=lambda row: row.host_name or None,
        ),
        held.code_column(),
        Column(
            key="tags",
            title="产业集群",
            show=lambda row: parts.text("、".join(row.tags), "没有标注"),
            plain=lambda row: "、".join(row.tags) or None,
        ),
        held.only_export(held.programme_column()),
        held.only_export(parts.text_column("authority", "发文机关", "authority")),
        held.only_export(parts.text_column("number", "文号", "document_number")),
        held.only_export(parts.day_column("until", "有效期至", "valid_until")),
        held.only_export(parts.day_column("ended", "撤销或停办日期", "ended_on")),
        held.only_export(parts.area_column()),
        held.only_export(parts.evidence_column()),
        parts.updated_column(),
    ),
    sorts=(*parts.day_sorts("since", "日期", "since"), parts.newest_sort()),
    filters=(
        parts.area_filter(),
        parts.choice_filter(
            "kind",
            "类别",
            lambda place: [(word, word) for word in parts.terms(place.region, "carriers", "kind")],
        ),
        held.level_filter(),
        parts.choice_filter("act", "方式", lambda place: list(Carrier.Act.choices)),
        _tag_filter(),
        _ended_filter(),
        held.file_filter(),
        Dates(name="since", title="日期", field="since"),
    ),
    search=held.matching(("name", "host_name", "document_number")),
    search_hint="平台名称、依托单位或文号",
    form=CarrierForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_carrier,
    correct=actions.CARRIERS.correct,
    withdraw=actions.CARRIERS.withdraw,
    restore=actions.CARRIERS.restore,
    related=("area", "office", "organisation"),
    missing=_missing,
    subtitle=lambda row: "　".join(part for part in (row.kind, row.get_level_display()) if part),
    chips=_chips,
    file="evidence",
    steps=(Step(title="登记停办", icon="ban", url="carriers.end", when=lambda row: row.ended_on is None),),
)
