"""项目: research, digital infrastructure, 三化 and pilots, with their milestones; 千兆光纤覆盖 by district."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html

from wanqi.core.access import Actor
from wanqi.projects.actions import FIBER as FIBER_WRITERS
from wanqi.projects.actions import PROJECTS as PROJECT_WRITERS
from wanqi.projects.models import FiberCoverage, Milestone, Project
from wanqi.web import display

from . import parts
from .forms import FilesField, LinesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown, Sort

# An empty cell of these means that the day has not come, so they may stand empty without a note.
DATES = ("declared_on", "approved_on", "started_on", "finished_on")


class ProjectForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    tags = LinesField(label="标签", required=False, help_text="一行一个，如“绿色化工产业集群”“核心技术攻坚”")
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如立项文件、名单、验收证书")

    class Meta:
        model = Project
        fields = (
            "title",
            "kind",
            "scheme",
            "level",
            "organisation",
            "holder_name",
            "stage",
            *DATES,
            "document_number",
            "investment",
            "funding",
            "tags",
            "note",
            "area",
            "source",
            "office",
            "unit",
        )
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder_name"].required = False
        self.fields["holder_name"].help_text = "文件上的写法；选了单位可以不填"
        self.fields["investment"].help_text = "按元填写"
        self.fields["funding"].help_text = "按元填写"


def _missing(row: Project) -> list[str]:
    lacks = [
        (row.stage in {"已立项", "已列入"} and not row.approved_on, "立项或列入日期：没有日期，各期数不到它"),
        (row.stage == "已申报" and not row.declared_on, "申报日期：没有日期，各期数不到它"),
        (row.stage == "已完成" and not row.finished_on, "完成日期：没有日期，各期数不到它"),
        (not row.organisation_id, "企业库中的单位"),
        (not row.level, "级别"),
        (not row.evidence_id, "佐证材料"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Project) -> list[tuple[str, Shown]]:
    return [
        ("项目名称", row.title),
        ("类别", row.get_kind_display()),
        ("专项或名单", parts.text(row.scheme, "未登记")),
        ("级别", parts.text(row.get_level_display(), "未登记级别")),
        *parts.organisation_facts(row, "承担单位", "holder_name"),
        ("阶段", row.get_stage_display()),
        ("申报日期", display.day(row.declared_on, reason="未登记")),
        ("立项或列入日期", display.day(row.approved_on, reason="尚未立项或未登记")),
        ("开工日期", display.day(row.started_on, reason="尚未开工或未登记")),
        ("完成日期", display.day(row.finished_on, reason="尚未完成或未登记")),
        ("文号", parts.text(row.document_number, "未登记文号")),
        ("总投资", parts.money(row.investment)),
        ("上级资金", parts.money(row.funding)),
        ("标签", parts.text("、".join(row.tags), "没有标签")),
        ("进展", parts.text(row.note, "没有登记")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("projects", row, row.evidence)),
    ]


def milestone_state(one: Milestone) -> tuple[str, str]:
    """Return the chip of a milestone: its word and the chip's kind."""
    if one.done_on:
        late = one.due_on is not None and one.done_on > one.due_on
        return ("逾期完成", "warning") if late else ("已完成", "normal")
    if one.due_on and one.due_on < timezone.localdate():
        return ("已逾期", "behind")
    return ("未到期", "plain")


def _milestones(row: Project, actor: Actor) -> Mapping[str, Any]:
    place = {"office": row.office_id, "area": row.area_id, "unit": row.unit_id}
    found = row.milestones.order_by("due_on", "id")
    return {
        "milestones": [
            {"one": one, "chip": display.chip(*milestone_state(one)) if one.title else ""} for one in found
        ],
        "project": row,
        "may": row.withdrawn_at is None
        and actor.may_place("project", "correct", region=row.region_id, **place),
    }


PROJECTS = Register(
    name="projects",
    title="项目",
    noun="项目",
    counter="个",
    intro="研发、数字新基建、“三化”、试点和重点项目的台账；申报、立项、完成各按各的日期计。",
    group="项目",
    icon="briefcase",
    model=Project,
    columns=(
        Column(key="title", title="项目名称", show=lambda row: row.title, plain=lambda row: row.title),
        parts.term_column("kind", "类别", "kind", on_phone=True),
        parts.text_column("scheme", "专项或名单", "scheme"),
        parts.term_column("level", "级别", "level"),
        parts.text_column("holder", "承担单位", "holder_name", on_phone=True),
        parts.term_column("stage", "阶段", "stage", on_phone=True),
        parts.day_column("declared", "申报日期", "declared_on"),
        parts.day_column("approved", "立项或列入日期", "approved_on", reason="尚未立项或未登记"),
        parts.evidence_column(),
    ),
    sorts=(
        parts.newest_sort(),
        *parts.day_sorts("declared", "申报日期", "declared_on"),
        *parts.day_sorts("approved", "立项或列入日期", "approved_on"),
    ),
    filters=(
        parts.choice_filter("kind", "类别", lambda place: list(Project.Kind.choices)),
        parts.choice_filter("level", "级别", lambda place: list(Project.Level.choices)),
        parts.choice_filter("stage", "阶段", lambda place: list(Project.Stage.choices)),
        parts.area_filter(),
        Choice(
            name="late",
            title="节点",
            options=lambda place: [("late", "有逾期节点")],
            condition=lambda value: Q(
                pk__in=Milestone.objects.filter(done_on__isnull=True, due_on__lt=timezone.localdate()).values(
                    "project"
                )
            ),
        ),
        parts.evidence_filter("evidence"),
        Dates(name="declared", title="申报日期", field="declared_on"),
        Dates(name="approved", title="立项或列入日期", field="approved_on"),
    ),
    search=lambda rows, text: rows.filter(
        Q(title__icontains=text) | Q(holder_name__icontains=text) | Q(scheme__icontains=text)
    ),
    search_hint="项目名称、承担单位或专项",
    form=ProjectForm,
    sections=(
        Section(key="base", title="基本情况", facts=_facts),
        Section(key="milestones", title="节点", template="registers/_milestones.html", context=_milestones),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=PROJECT_WRITERS.create,
    correct=PROJECT_WRITERS.correct,
    withdraw=PROJECT_WRITERS.withdraw,
    restore=PROJECT_WRITERS.restore,
    related=("area", "office", "organisation"),
    missing=_missing,
    subtitle=lambda row: row.scheme,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)


class FiberForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    operator = forms.ChoiceField(label="运营商", required=False)
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如运营商报表（盖章）")

    class Meta:
        model = FiberCoverage
        fields = (
            "district",
            "as_of",
            "operator",
            "covered",
            "households",
            "users",
            "area",
            "source",
            "office",
            "unit",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["operator"]
        words = dict.fromkeys(
            [*parts.terms(self.region, "fiber_coverage", "operator"), self.instance.operator]
        )
        field.choices = [("", "各家合计"), *((word, word) for word in words if word)]
        self.fields["district"].help_text = "如“城区”“长安街道”；同一区域每次用同一写法"
        self.fields["households"].help_text = "覆盖率的分母；不知道就留空，不出覆盖率"


def rate(row: FiberCoverage) -> Shown:
    """Return covered households as a share of all, or why there is none."""
    if not row.households:
        return display.unknown("没有总户数，不出覆盖率")
    return display.percent(_plain_rate(row))


def _plain_rate(row: FiberCoverage) -> Any:
    return Decimal(row.covered) / row.households if row.households else None


def _fiber_facts(row: FiberCoverage) -> list[tuple[str, Shown]]:
    return [
        ("区域", row.district),
        ("截至日期", display.day(row.as_of)),
        ("运营商", parts.text(row.operator, "各家合计")),
        ("千兆覆盖户数", format_html("{}户", display.number(row.covered))),
        ("总户数", display.number(row.households, reason="未登记：没有分母，不出覆盖率")),
        ("覆盖率", rate(row)),
        ("千兆用户数", display.number(row.users, reason="未登记")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("证据等级", display.grade(row.grade)),
        ("佐证材料", parts.file_fact("fiber", row, row.evidence)),
    ]


FIBER = Register(
    name="fiber",
    title="千兆光纤覆盖",
    noun="覆盖记录",
    counter="条",
    intro="各区域的千兆覆盖户数和总户数，由运营商报来；没有总户数的不出覆盖率。",
    group="信息基础设施",
    icon="wifi",
    model=FiberCoverage,
    columns=(
        parts.text_column("district", "区域", "district"),
        parts.day_column("as_of", "截至日期", "as_of", on_phone=True),
        Column(
            key="operator",
            title="运营商",
            show=lambda row: row.operator or "各家合计",
            plain=lambda row: row.operator or "各家合计",
        ),
        Column(
            key="covered",
            title="覆盖户数",
            show=lambda row: display.number(row.covered),
            plain=lambda row: row.covered,
            css="num",
            on_phone=True,
        ),
        Column(
            key="households",
            title="总户数",
            show=lambda row: display.number(row.households, reason="未登记"),
            plain=lambda row: row.households,
            css="num",
        ),
        Column(key="rate", title="覆盖率", show=rate, plain=_plain_rate, css="num"),
        parts.evidence_column(),
    ),
    sorts=(
        Sort(key="-as_of", title="截至日期 新→旧", field="as_of", descending=True),
        Sort(key="as_of", title="截至日期 旧→新", field="as_of"),
        parts.newest_sort(),
    ),
    filters=(
        parts.choice_filter(
            "operator",
            "运营商",
            lambda place: [(word, word) for word in parts.terms(place.region, "fiber_coverage", "operator")],
        ),
        parts.area_filter(),
        parts.evidence_filter("evidence"),
        Dates(name="as_of", title="截至日期", field="as_of"),
    ),
    search=lambda rows, text: rows.filter(Q(district__icontains=text) | Q(source__icontains=text)),
    search_hint="区域或来源",
    form=FiberForm,
    sections=(
        Section(key="base", title="覆盖情况", facts=_fiber_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=FIBER_WRITERS.create,
    correct=FIBER_WRITERS.correct,
    withdraw=FIBER_WRITERS.withdraw,
    restore=FIBER_WRITERS.restore,
    subtitle=lambda row: row.as_of.isoformat(),
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)
