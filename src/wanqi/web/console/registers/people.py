"""人才 and 专家库: people with masked phones and ids, where they work, and what they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from wanqi.core.access import Actor
from wanqi.core.masking import masked
from wanqi.registry.actions.people import ENGAGEMENTS as ENGAGEMENT_WRITERS
from wanqi.registry.actions.people import EXPERTS as EXPERT_WRITERS
from wanqi.registry.actions.people import PEOPLE as PERSON_WRITERS
from wanqi.registry.models import Engagement, Expert, Person
from wanqi.web import display

from . import parts
from .forms import FilesField, LinesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown, Sort

KEEP = "已登记；不改的不用动"


class PersonForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如聘书、合同、证书")

    class Meta:
        model = Person
        fields = (
            "name",
            "id_number",
            "phone",
            "post",
            "education",
            "speciality",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("id_number", "phone"):
            kept = getattr(self.instance, name)
            self.initial[name] = masked(name, kept)
            self.fields[name].help_text = KEEP if kept else "只用于区分同名的人，页面和导出都遮住中间几位"

    def _unmasked(self, name: str) -> str:
        """Return the kept value where the field still shows its masked form."""
        given, kept = self.cleaned_data[name] or "", getattr(self.instance, name)
        return kept if kept and given == masked(name, kept) else given

    def clean_id_number(self) -> str:
        return self._unmasked("id_number")

    def clean_phone(self) -> str:
        return self._unmasked("phone")


def _person_missing(row: Person) -> list[str]:
    lacks = [
        (not row.id_number, "身份证号：没有它，同名的人分不开"),
        (not row.phone, "联系电话"),
        (not row.speciality, "专业领域"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _person_facts(row: Person) -> list[tuple[str, Shown]]:
    return [
        ("姓名", row.name),
        ("身份证号", parts.text(masked("id_number", row.id_number), "未登记")),
        ("联系电话", parts.text(masked("phone", row.phone), "未登记")),
        ("职务职称", parts.text(row.post, "未登记")),
        ("学历学位", parts.text(row.education, "未登记")),
        ("专业领域", parts.text(row.speciality, "未登记")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("people", row, row.evidence)),
    ]


def _held(row: Person, actor: Actor) -> Mapping[str, Any]:
    """Return the person's engagements and titles as lines of the detail page."""
    engagements = [
        (
            str(one.employer_name or one.organisation or "未登记单位"),
            _term(one),
            _address("engagements", one.pk),
        )
        for one in row.engagements.current().select_related("organisation").order_by("-since", "-id")
    ]
    titles = [
        (one.document_title or one.programme, display.day(one.granted_on), _address("recognitions", one.pk))
        for one in row.recognitions.current().order_by("-granted_on", "-id")
    ]
    return {"lists": [("任职和引进", engagements), ("称号", titles)]}


def _address(register: str, pk: int) -> str:
    return reverse(f"{register}.row", args=[pk])


def _term(row: Engagement) -> str:
    since = display.iso_day(row.since, reason="起始日期未登记")
    until = display.iso_day(row.until, reason="没有期限")
    return f"{row.get_mode_display()}　{since} 至 {until}"


PEOPLE = Register(
    name="people",
    title="人才库",
    noun="人员",
    counter="人",
    intro="企业引进和服务的人才；称号记在认定记录里，全职或柔性引进记在任职里。电话和证件号遮住中间几位。",
    group="人才",
    icon="users",
    model=Person,
    columns=(
        Column(
            key="name",
            title="姓名",
            show=lambda row: row.name,
            plain=lambda row: row.name,
            sort="name_pinyin",
        ),
        parts.text_column("post", "职务职称", "post", on_phone=True),
        parts.text_column("education", "学历学位", "education"),
        parts.text_column("speciality", "专业领域", "speciality", on_phone=True),
        Column(
            key="phone",
            title="联系电话",
            show=lambda row: parts.text(masked("phone", row.phone), "未登记"),
            plain=lambda row: masked("phone", row.phone) or None,
        ),
        parts.area_column(),
        parts.updated_column(),
    ),
    sorts=(Sort(key="name", title="姓名 A→Z", field="name_pinyin"), parts.newest_sort()),
    filters=(
        parts.area_filter(),
        Choice(
            name="mode",
            title="引进方式",
            options=lambda place: list(Engagement.Mode.choices),
            condition=lambda value: Q(
                pk__in=Engagement.objects.filter(mode=value, withdrawn_at__isnull=True).values("person")
            ),
        ),
    ),
    search=lambda rows, text: rows.filter(
        Q(name__icontains=text) | Q(speciality__icontains=text) | Q(post__icontains=text)
    ),
    search_hint="姓名、职务或专业",
    form=PersonForm,
    sections=(
        Section(key="base", title="基本情况", facts=_person_facts),
        Section(key="held", title="任职与称号", template="registers/_lists.html", context=_held),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=PERSON_WRITERS.create,
    correct=PERSON_WRITERS.correct,
    withdraw=PERSON_WRITERS.withdraw,
    restore=PERSON_WRITERS.restore,
    missing=_person_missing,
    subtitle=lambda row: row.post,
    file="evidence",
)


class EngagementForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如合同、协议")

    class Meta:
        model = Engagement
        fields = (
            "person",
            "mode",
            "organisation",
            "employer_name",
            "duty",
            "since",
            "until",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employer_name"].help_text = "选了单位可以不填"
        self.fields["until"].help_text = "柔性引进写协议期满日"


def running(row: Engagement) -> str:
    """Return whether an engagement runs today, in words."""
    if row.until and row.until < timezone.localdate():
        return "已期满"
    return "在任" if row.since else "起始日期未登记"


def _engagement_facts(row: Engagement) -> list[tuple[str, Shown]]:
    person = format_html('<a href="{}">{}</a>', _address("people", row.person_id), row.person.name)
    return [
        ("人员", person),
        ("引进方式", row.get_mode_display()),
        *parts.organisation_facts(row, "用人单位", "employer_name"),
        ("岗位或任务", parts.text(row.duty, "未登记")),
        ("起始日期", display.day(row.since, reason="未登记")),
        ("期满日期", display.day(row.until, reason="没有期限")),
        ("状态", running(row)),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("engagements", row, row.evidence)),
    ]


ENGAGEMENTS = Register(
    name="engagements",
    title="人才引进",
    noun="引进记录",
    counter="条",
    intro="谁在哪家单位、全职还是柔性、到什么时候；一人可以有多条。",
    group="人才",
    icon="user-plus",
    model=Engagement,
    columns=(
        Column(
            key="person", title="人员", show=lambda row: row.person.name, plain=lambda row: row.person.name
        ),
        parts.term_column("mode", "引进方式", "mode", on_phone=True),
        Column(
            key="employer",
            title="用人单位",
            show=lambda row: parts.organisation_link(row, "employer_name"),
            plain=lambda row: row.employer_name or (row.organisation.name if row.organisation_id else None),
            on_phone=True,
        ),
        parts.text_column("duty", "岗位或任务", "duty"),
        parts.day_column("since", "起始日期", "since"),
        parts.day_column("until", "期满日期", "until", reason="没有期限"),
        Column(key="state", title="状态", show=running, plain=running),
    ),
    sorts=(*parts.day_sorts("since", "起始日期", "since"), parts.newest_sort()),
    filters=(
        parts.choice_filter("mode", "引进方式", lambda place: list(Engagement.Mode.choices)),
        parts.area_filter(),
        Dates(name="since", title="起始日期", field="since"),
        Dates(name="until", title="期满日期", field="until"),
    ),
    search=lambda rows, text: rows.filter(
        Q(person__name__icontains=text)
        | Q(employer_name__icontains=text)
        | Q(organisation__name__icontains=text)
    ),
    search_hint="姓名或用人单位",
    form=EngagementForm,
    sections=(
        Section(key="base", title="基本情况", facts=_engagement_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=ENGAGEMENT_WRITERS.create,
    correct=ENGAGEMENT_WRITERS.correct,
    withdraw=ENGAGEMENT_WRITERS.withdraw,
    restore=ENGAGEMENT_WRITERS.restore,
    related=("area", "office", "organisation", "person"),
    subtitle=lambda row: row.employer_name,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)


class ExpertForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    fields = LinesField(label="擅长领域", required=False, help_text="一行一个")  # type: ignore[assignment]
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如聘书、入库文件")

    class Meta:
        model = Expert
        fields = (
            "person",
            "roster",
            "fields",
            "employer_name",
            "organisation",
            "since",
            "until",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form_fields: Any = self.fields  # the model has a column of that name too
        form_fields["roster"].help_text = "如“科技专家服务团”“项目评审专家库”"


def _expert_facts(row: Expert) -> list[tuple[str, Shown]]:
    person = format_html('<a href="{}">{}</a>', _address("people", row.person_id), row.person.name)
    return [
        ("专家", person),
        ("专家库", row.roster),
        ("擅长领域", parts.text("、".join(row.fields), "未登记")),
        ("工作单位", parts.text(row.employer_name, "未登记")),
        ("回避单位", parts.organisation_link(row) if row.organisation_id else "没有登记需要回避的企业"),
        ("入库日期", display.day(row.since, reason="未登记")),
        ("聘期至", display.day(row.until, reason="没有期限")),
        ("佐证材料", parts.file_fact("experts", row, row.evidence)),
    ]


EXPERTS = Register(
    name="experts",
    title="专家库",
    noun="专家",
    counter="人",
    intro="评审、诊断和服务用的专家；与企业有利害关系的登记回避单位。",
    group="人才",
    icon="certificate",
    model=Expert,
    columns=(
        Column(
            key="person", title="专家", show=lambda row: row.person.name, plain=lambda row: row.person.name
        ),
        parts.text_column("roster", "专家库", "roster", on_phone=True),
        Column(
            key="fields",
            title="擅长领域",
            show=lambda row: parts.text("、".join(row.fields)),
            plain=lambda row: "、".join(row.fields) or None,
            on_phone=True,
        ),
        parts.text_column("employer", "工作单位", "employer_name"),
        parts.day_column("since", "入库日期", "since"),
        parts.day_column("until", "聘期至", "until", reason="没有期限"),
    ),
    sorts=(parts.newest_sort(),),
    filters=(parts.area_filter(), Dates(name="until", title="聘期至", field="until")),
    search=lambda rows, text: rows.filter(
        Q(person__name__icontains=text) | Q(roster__icontains=text) | Q(employer_name__icontains=text)
    ),
    search_hint="姓名、专家库或工作单位",
    form=ExpertForm,
    sections=(
        Section(key="base", title="基本情况", facts=_expert_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=EXPERT_WRITERS.create,
    correct=EXPERT_WRITERS.correct,
    withdraw=EXPERT_WRITERS.withdraw,
    restore=EXPERT_WRITERS.restore,
    related=("area", "office", "organisation", "person"),
    subtitle=lambda row: row.roster,
    file="evidence",
)
