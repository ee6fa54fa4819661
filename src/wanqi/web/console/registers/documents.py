"""文件库: policies, notices and reports with their clauses; what targets, rules and reported values cite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.html import format_html

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.policies import actions
from wanqi.policies.models import Clause, Document
from wanqi.policies.passages import citations
from wanqi.web import display

from . import parts
from .document_life import life
from .forms import FilesField, RowForm
from .spec import Column, Dates, Register, Section, Shown, Sort


class ClausesField(forms.CharField):
    """The text of a document, one clause a paragraph."""

    widget = forms.Textarea(attrs={"rows": 12})

    def initial_text(self, row: Document) -> str:
        return "\n".join(row.clauses.order_by("position").values_list("text", flat=True)) if row.pk else ""


class DocumentForm(RowForm):
    attachments = {"copy": "file"}
    text_fields = ("text",)
    url = forms.URLField(
        label="公开网址",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="政府网站公开的网址",
    )
    copy = FilesField(label="附件", required=False, help_text="文件原件或扫描件；上传后替换原有附件")
    text = ClausesField(
        label="条款原文",
        required=False,
        max_length=400_000,
        help_text="一段一条，按“第×条”“一、（一）1.”分层；保存后可在“整理条款”里改层次",
    )

    class Meta:
        model = Document
        fields = (
            "title",
            "number",
            "kind",
            "stage",
            "issuer",
            "issued_on",
            "effective_on",
            "expires_on",
            "repealed_on",
            "amends",
            "code",
            "url",
            "note",
            "office",
            "unit",
        )
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].help_text = "如“临科工发〔2023〕12号”"
        self.fields["code"].help_text = "其他记录引用本文件时用的短名，定下后不宜改"
        self.fields["stage"].required = False
        self.fields["amends"].help_text = "本文件修改的是哪一份"
        amends: Any = self.fields["amends"]
        others = amends.queryset.filter(region=self.region, withdrawn_at__isnull=True)
        amends.queryset = others.exclude(pk=self.instance.pk) if self.instance.pk else others
        amends.empty_label = "没有"
        text: Any = self.fields["text"]
        self.initial["text"] = text.initial_text(self.instance)

    def clean_stage(self) -> str:
        return str(self.cleaned_data["stage"] or self.instance.stage)


def _matching(rows: Any, text: str) -> Any:
    clause = Clause.objects.filter(document=OuterRef("pk"), text__icontains=text)
    named = Q(title__icontains=text) | Q(number__icontains=text) | Q(issuer__icontains=text)
    return rows.filter(named | Exists(clause))


def _clauses(row: Document, actor: Actor) -> Mapping[str, Any]:
    rows = row.clauses.order_by("position").values_list("position", "label", "text", "depth")
    may = row.withdrawn_at is None and actor.may_place(
        "document", "correct", region=row.region_id, office=row.office_id, area=None, unit=row.unit_id
    )
    return {
        "clauses": [
            (at, "" if text.startswith(label) else label, text, depth) for at, label, text, depth in rows
        ],
        "pk": row.pk,
        "may": may,
    }


def _citations(row: Document, actor: Actor) -> Mapping[str, Any]:
    return {
        "cited": [(title, articles) for _, title, articles in citations(current_pack(row.region_id), row)]
    }


def _missing(row: Document) -> list[str]:
    lacks = [
        (not row.number, "文号"),
        (not row.issued_on, "印发日期"),
        (not row.file_id and not row.url, "附件或公开网址：没有原件，引用时无法核对"),
        (not row.clauses.exists(), "条款原文：没有条款，不能按条引用"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Document) -> list[tuple[str, Shown]]:
    link = format_html('<a href="{}" rel="noreferrer">{}</a>', row.url, row.url) if row.url else ""
    return [
        ("标题", row.title),
        ("文号", parts.text(row.number, "未登记文号")),
        ("类别", row.get_kind_display()),
        ("发文单位", parts.text(row.issuer, "未登记")),
        ("阶段", row.get_stage_display()),
        ("印发日期", display.day(row.issued_on, reason="未登记")),
        ("施行日期", display.day(row.effective_on, reason="未登记")),
        ("有效期至", display.day(row.expires_on, reason="没有写明")),
        ("废止日期", display.day(row.repealed_on, reason="没有废止")),
        ("修改的文件", parts.text(str(row.amends) if row.amends else "", "没有")),
        ("文件标识", row.code),
        ("公开网址", parts.text(link, "未登记")),
        ("附件", parts.file_fact("documents", row, row.file)),
        ("说明", parts.text(row.note, "没有说明")),
    ]


DOCUMENTS = Register(
    name="documents",
    title="文件库",
    noun="文件",
    counter="份",
    intro="政策、通知和工作报告的原文；目标、条件和填报值都引用到这里的条款。",
    group="政策与资金",
    icon="file-text",
    model=Document,
    columns=(
        Column(key="title", title="标题", show=lambda row: row.title, plain=lambda row: row.title),
        Column(
            key="number",
            title="文号",
            show=lambda row: parts.text(row.number, "未登记文号"),
            plain=lambda row: row.number,
        ),
        Column(
            key="kind",
            title="类别",
            show=lambda row: row.get_kind_display(),
            plain=lambda row: row.get_kind_display(),
            on_phone=True,
        ),
        Column(
            key="issuer",
            title="发文单位",
            show=lambda row: parts.text(row.issuer, "未登记"),
            plain=lambda row: row.issuer,
            on_phone=True,
        ),
        parts.day_column("issued", "印发日期", "issued_on", on_phone=True),
        parts.updated_column(),
    ),
    sorts=(
        Sort(key="-issued", title="印发日期 新→旧", field="issued_on", descending=True, nullable=True),
        Sort(key="issued", title="印发日期 旧→新", field="issued_on", nullable=True),
        Sort(key="-updated", title="最近更新在前", field="updated_at", descending=True),
    ),
    filters=(
        parts.choice_filter("kind", "类别", lambda place: list(Document.Kind.choices)),
        Dates(name="issued", title="印发日期", field="issued_on"),
    ),
    search=_matching,
    search_hint="标题、文号、发文单位或原文",
    form=DocumentForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="clauses", title="条款", template="registers/_clauses.html", context=_clauses),
        Section(key="cited", title="事项引用", template="registers/_citations.html", context=_citations),
        Section(key="life", title="来历", template="registers/_life.html", context=life),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_document,
    correct=actions.correct_document,
    withdraw=actions.withdraw_document,
    restore=actions.restore_document,
    related=("office",),
    deferred=("note", "url", "withdrawn_reason"),
    missing=_missing,
    file="file",
)
