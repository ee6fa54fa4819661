"""专利 and 商标: intellectual property by its owner; applied is not granted."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from wanqi.registry.actions.property import PATENTS as PATENT_WRITERS
from wanqi.registry.actions.property import TRADEMARKS as TRADEMARK_WRITERS
from wanqi.registry.actions.property import number_question
from wanqi.registry.models import Patent, Trademark
from wanqi.web import display

from . import parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown, Sort


class PatentForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如专利证书、缴费凭证")

    class Meta:
        model = Patent
        fields = (
            "title",
            "number",
            "kind",
            "organisation",
            "owner_name",
            "owner_rank",
            "applied_on",
            "granted_on",
            "expires_on",
            "ended_on",
            "acquisition",
            "transferred_on",
            "high_value",
            "relates_to_main_product",
            "has_benefit",
            "used_in_prior_hnte",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["number"].help_text = "13位申请号，可带ZL和小数点；本系统不得登记国防专利"
        self.fields["owner_name"].required = False
        self.fields["owner_name"].help_text = "证书上的写法；选了单位可以不填"
        self.fields["granted_on"].help_text = "没有授权的留空：申请不等于授权"


def state_of(row: Patent) -> str:
    """Return where a patent stands, in one word."""
    if row.ended_on:
        return "已失效"
    return "已授权" if row.granted_on else "申请中"


STATES = {
    "granted": Q(granted_on__isnull=False, ended_on__isnull=True),
    "applied": Q(granted_on__isnull=True, ended_on__isnull=True),
    "ended": Q(ended_on__isnull=False),
}


def _missing(row: Patent) -> list[str]:
    lacks = [
        (not row.organisation_id, "企业库中的单位：没有对应，企业页上看不到这件专利"),
        (not row.applied_on and not row.granted_on, "申请日或授权公告日：没有日期，各期件数数不到它"),
        (bool(number_question(row.number)), number_question(row.number) or ""),
        (not row.acquisition, "取得方式：申报高企等要用"),
        (
            row.granted_on and row.relates_to_main_product is None,
            "是否与主导产品相关：不清楚的，比对时不能计入",
        ),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _yes_or_no(said: bool | None) -> Shown:
    return display.unknown("未登记") if said is None else "是" if said else "否"


def _uses(row: Patent) -> list[Any]:
    """Return the fields on what the patent counts for in comparisons."""
    names = ("high_value", "relates_to_main_product", "has_benefit", "used_in_prior_hnte")
    return [row._meta.get_field(name) for name in names]


def _facts(row: Patent) -> list[tuple[str, Shown]]:
    return [
        ("名称", row.title),
        ("专利号或申请号", row.number),
        ("种类", row.get_kind_display()),
        ("状态", state_of(row)),
        *parts.organisation_facts(row, "权利人", "owner_name"),
        ("申请日", display.day(row.applied_on, reason="未登记")),
        ("授权公告日", display.day(row.granted_on, reason="尚未授权或未登记")),
        ("到期日", display.day(row.expires_on, reason="未登记")),
        ("失效日", display.day(row.ended_on, reason="没有失效")),
        ("取得方式", parts.text(row.get_acquisition_display(), "未登记")),
        *((field.verbose_name, _yes_or_no(getattr(row, field.name))) for field in _uses(row)),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("patents", row, row.evidence)),
    ]


PATENTS = Register(
    name="patents",
    title="专利",
    noun="专利",
    counter="件",
    intro="企业的专利，从申请到授权；“授权专利”按授权公告日计，“申请专利”按申请日计，两个数分开。",
    group="企业库",
    icon="award",
    model=Patent,
    columns=(
        Column(key="title", title="名称", show=lambda row: row.title, plain=lambda row: row.title),
        parts.text_column("number", "专利号或申请号", "number"),
        parts.term_column("kind", "种类", "kind", on_phone=True),
        Column(
            key="owner",
            title="权利人",
            show=lambda row: parts.text(row.owner_name),
            plain=lambda row: row.owner_name,
            on_phone=True,
        ),
        Column(key="state", title="状态", show=state_of, plain=state_of),
        parts.day_column("applied", "申请日", "applied_on"),
        parts.day_column("granted", "授权公告日", "granted_on", on_phone=True, reason="尚未授权或未登记"),
        parts.evidence_column(),
    ),
    sorts=(
        *parts.day_sorts("granted", "授权公告日", "granted_on"),
        *parts.day_sorts("applied", "申请日", "applied_on"),
        parts.newest_sort(),
    ),
    filters=(
        parts.choice_filter("kind", "种类", lambda place: list(Patent.Kind.choices)),
        Choice(
            name="state",
            title="状态",
            options=lambda place: [("granted", "已授权"), ("applied", "申请中"), ("ended", "已失效")],
            condition=lambda value: STATES[value],
        ),
        parts.area_filter(),
        parts.organisation_filter(),
        parts.evidence_filter("evidence"),
        Dates(name="granted", title="授权公告日", field="granted_on"),
        Dates(name="applied", title="申请日", field="applied_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(title__icontains=text) | Q(number__icontains=text) | Q(owner_name__icontains=text)
    ),
    search_hint="名称、专利号或权利人",
    form=PatentForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=PATENT_WRITERS.create,
    correct=PATENT_WRITERS.correct,
    withdraw=PATENT_WRITERS.withdraw,
    restore=PATENT_WRITERS.restore,
    related=("area", "office", "organisation"),
    missing=_missing,
    subtitle=lambda row: row.number,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)


class TrademarkForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如商标注册证")

    class Meta:
        model = Trademark
        fields = (
            "name",
            "number",
            "classes",
            "organisation",
            "owner_name",
            "applied_on",
            "registered_on",
            "expires_on",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["owner_name"].required = False
        self.fields["owner_name"].help_text = "注册证上的写法；选了单位可以不填"
        self.fields["classes"].help_text = "如“第28类”；一件多类的分行登记"


def _trademark_missing(row: Trademark) -> list[str]:
    lacks = [
        (not row.registered_on, "注册公告日：没有日期，各期新增件数数不到它"),
        (not row.organisation_id, "企业库中的单位"),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _trademark_facts(row: Trademark) -> list[tuple[str, Shown]]:
    return [
        ("商标名称", row.name),
        ("注册号", row.number),
        ("国际分类", parts.text(row.classes, "未登记")),
        *parts.organisation_facts(row, "注册人", "owner_name"),
        ("申请日", display.day(row.applied_on, reason="未登记")),
        ("注册公告日", display.day(row.registered_on, reason="尚未注册或未登记")),
        ("专用权期限至", display.day(row.expires_on, reason="未登记")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("trademarks", row, row.evidence)),
    ]


TRADEMARKS = Register(
    name="trademarks",
    title="商标",
    noun="商标",
    counter="件",
    intro="辖区注册商标；“新增注册商标”按注册公告日计。",
    group="企业库",
    icon="registered",
    model=Trademark,
    columns=(
        Column(key="name", title="商标名称", show=lambda row: row.name, plain=lambda row: row.name),
        parts.text_column("number", "注册号", "number"),
        parts.text_column("classes", "国际分类", "classes"),
        parts.text_column("owner", "注册人", "owner_name", on_phone=True),
        parts.day_column(
            "registered", "注册公告日", "registered_on", on_phone=True, reason="尚未注册或未登记"
        ),
        parts.day_column("expires", "专用权期限至", "expires_on"),
        parts.evidence_column(),
    ),
    sorts=(
        *parts.day_sorts("registered", "注册公告日", "registered_on"),
        parts.newest_sort(),
        Sort(key="number", title="注册号", field="number"),
    ),
    filters=(
        parts.area_filter(),
        parts.organisation_filter(),
        parts.evidence_filter("evidence"),
        Dates(name="registered", title="注册公告日", field="registered_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(name__icontains=text) | Q(number__icontains=text) | Q(owner_name__icontains=text)
    ),
    search_hint="商标名称、注册号或注册人",
    form=TrademarkForm,
    sections=(
        Section(key="base", title="基本情况", facts=_trademark_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=TRADEMARK_WRITERS.create,
    correct=TRADEMARK_WRITERS.correct,
    withdraw=TRADEMARK_WRITERS.withdraw,
    restore=TRADEMARK_WRITERS.restore,
    related=("area", "office", "organisation"),
    missing=_trademark_missing,
    subtitle=lambda row: row.number,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)
