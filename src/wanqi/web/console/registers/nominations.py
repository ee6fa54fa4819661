"""申报推荐台账: who is on the way to which title, how far, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from wanqi.core.access import Actor
from wanqi.core.masking import phone
from wanqi.registry import actions
from wanqi.registry.models import Nomination
from wanqi.registry.models.recognitions import Stage
from wanqi.registry.programmes import title_of
from wanqi.web import display
from wanqi.web.console.nominations.relied import determined
from wanqi.web.place import Place

from . import held, parts
from .held import HeldForm
from .spec import Choice, Column, Dates, Link, Register, Section, Shown, Step

MOST_BATCHES = 100


class NominationForm(HeldForm):
    class Meta:
        model = Nomination
        fields = (
            "programme",
            "batch",
            "purpose",
            "organisation",
            "holder_name",
            "holder_kind",
            "person",
            "stage",
            "stage_on",
            "level",
            "reason",
            "letter",
            "contact",
            "phone",
            "note",
            "area",
            "source",
            "office",
            "unit",
        )
        widgets = {
            "note": forms.Textarea(attrs={"rows": 2}),
            "reason": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["batch"].help_text = "如“2023年第一批”；同一批的写法要一致"
        if self.instance.pk:
            del fields["stage"], fields["stage_on"]  # these move by steps of their own
        else:
            fields["stage"].help_text = "现在所处的阶段；以后用“推进”改变"
            fields["stage_on"].help_text = "到达该阶段的日期"
            fields["stage_on"].required = True
        fields["letter"].help_text = "县级推荐函的文号"

    def warnings(self) -> list[str]:
        """Return whether the same holder is on the way to the same title already, in another batch."""
        given = self.values()
        name = given.get("holder_name") or str(given.get("organisation") or given.get("person") or "")
        rows = Nomination.objects.current().filter(region_id=self.region, programme=given.get("programme"))
        rows = rows.exclude(stage__in=(Stage.PASSED, Stage.FAILED)).exclude(pk=self.instance.pk)
        same = Q(holder_name=name)
        if given.get("organisation") is not None:
            same |= Q(organisation=given["organisation"])
        return [
            f"“{one.holder_name}”已在“{one.batch}”申报同一事项，现在是“{one.stage}”。"
            for one in rows.filter(same).order_by("-pk")[:3]
        ]


def _reached(row: Nomination) -> Shown:
    return display.iso_day(row.stage_on, reason="未登记日期")


def _missing(row: Nomination) -> list[str]:
    named = row.organisation_id or row.person_id or row.holder_kind not in ("organisation", "person")
    recommended = row.stage in (Stage.RECOMMENDED, Stage.CITY, Stage.PROVINCE, Stage.PUBLIC, Stage.PASSED)
    lacks = [
        (not named, "企业库中的单位：没有对应，汇总表缺信用代码"),
        (not row.stage_on, "到达日期：没有它，“推荐”数只能给出区间"),
        (recommended and not row.letter, "推荐文号"),
        (not row.contact, "联系人"),
        (row.stage == Stage.FAILED and not row.reason, "未通过的原因"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Nomination) -> list[tuple[str, Shown]]:
    return [
        ("事项", title_of(row.region_id, row.programme)),
        ("批次", row.batch),
        ("申报类别", row.get_purpose_display()),
        *held.holder_facts(row),
        ("级别", parts.text(row.get_level_display(), "未登记级别")),
        ("推荐文号", parts.text(row.letter, "未登记")),
        ("原因", parts.text(row.reason, "没有登记")),
        ("联系人", parts.text(row.contact, "未登记")),
        ("联系电话", parts.text(phone(row.phone) if row.phone else "", "未登记")),
        ("备注", parts.text(row.note, "没有备注")),
        ("片区", row.area.name if row.area else display.unknown("未登记片区")),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("nominations", row, row.evidence)),
    ]


def progress(row: Nomination, actor: Actor) -> Mapping[str, Any]:
    """Return the stages of the way, each with the days it was reached, and the steps as they were registered."""
    steps = list(row.steps.select_related("recorded_by", "file").defer("file__content").order_by("on", "pk"))
    days: dict[str, Any] = {}
    for step in steps:
        days[step.stage] = step.on  # the last time it was reached
    outcome = Stage.FAILED if row.stage == Stage.FAILED else Stage.PASSED
    way = [*list(Stage)[:-2], outcome]
    furthest = max((way.index(Stage(stage)) for stage in days if stage in way), default=-1)
    at = way.index(Stage(row.stage))
    line = [
        {
            "stage": str(stage),
            "on": days.get(stage) if index <= at else None,
            "state": "is-now" if index == at else "is-past" if index < at else "is-ahead",
            "skipped": index < at and stage not in days,
            "returned": at < index <= furthest and stage in days,
        }
        for index, stage in enumerate(way)
    ]
    recognition = row.recognition if row.recognition_id and actor.can("recognition", "view") else None
    return {"line": line, "taken": steps, "recognition": recognition}


def batch_options(place: Place) -> list[tuple[str, str]]:
    """Return the batches of a region, those nominated for last first."""
    rows = Nomination.objects.filter(region_id=place.region, withdrawn_at__isnull=True)
    latest: dict[str, None] = dict.fromkeys(
        rows.order_by("-updated_at").values_list("batch", flat=True)[: 50 * MOST_BATCHES]
    )
    return [(batch, batch) for batch in list(latest)[:MOST_BATCHES]]


def _outcome_filter() -> Choice:
    conditions = {
        "open": ~Q(stage__in=(Stage.PASSED, Stage.FAILED)),
        "passed": Q(stage=Stage.PASSED),
        "failed": Q(stage=Stage.FAILED),
    }
    return Choice(
        name="outcome",
        title="结果",
        options=lambda place: [("open", "尚未有结果"), ("passed", "已通过"), ("failed", "未通过")],
        condition=lambda value: conditions[value],
    )


NOMINATIONS = Register(
    name="nominations",
    title="申报推荐台账",
    noun="申报",
    counter="家",
    intro="从摸底到结果的每一步都有日期；“推荐”“正在创建”按阶段计，不是称号。",
    group="认定与申报",
    icon="progress",
    model=Nomination,
    columns=(
        Column(key="name", title="名称", show=lambda row: row.holder_name, plain=lambda row: row.holder_name),
        held.code_column(),
        held.programme_column(on_phone=True),
        parts.text_column("batch", "批次", "batch"),
        held.only_export(parts.term_column("purpose", "申报类别", "purpose")),
        held.only_export(parts.term_column("level", "级别", "level")),
        Column(
            key="stage",
            title="阶段",
            show=lambda row: held.stage_chip(row.stage),
            plain=lambda row: row.stage,
            on_phone=True,
        ),
        parts.day_column("stage_on", "到达日期", "stage_on", on_phone=True, reason="未登记日期"),
        parts.text_column("reason", "原因", "reason"),
        held.only_export(parts.text_column("letter", "推荐文号", "letter")),
        held.only_export(parts.text_column("contact", "联系人", "contact")),
        Column(
            key="phone",
            title="联系电话",
            show=lambda row: "",
            plain=lambda row: phone(row.phone) if row.phone else None,
            in_list=False,
        ),
        held.only_export(parts.area_column()),
        parts.updated_column(),
    ),
    sorts=(
        parts.newest_sort(),
        *parts.day_sorts("stage_on", "到达日期", "stage_on"),
    ),
    filters=(
        parts.area_filter(),
        held.programme_filter(),
        parts.choice_filter("batch", "批次", batch_options),
        parts.choice_filter("stage", "阶段", lambda place: list(Stage.choices)),
        _outcome_filter(),
        parts.choice_filter("purpose", "申报类别", lambda place: list(Nomination.For.choices)),
        held.level_filter(),
        Dates(name="stage_on", title="到达日期", field="stage_on"),
    ),
    search=held.matching(("holder_name", "batch", "letter")),
    search_hint="名称、曾用名、信用代码、批次或推荐文号",
    form=NominationForm,
    sections=(
        Section(key="progress", title="进展", template="nominations/_progress.html", context=progress),
        Section(key="base", title="基本情况", facts=_facts),
        Section(
            key="relied",
            title="条件比对结果（留痕）",
            template="nominations/_relied.html",
            context=determined,
        ),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_nomination,
    correct=actions.NOMINATIONS.correct,
    withdraw=actions.NOMINATIONS.withdraw,
    restore=actions.NOMINATIONS.restore,
    related=("area", "office", "organisation", "person"),
    deferred=("note", "withdrawn_reason"),
    missing=_missing,
    subtitle=lambda row: f"{title_of(row.region_id, row.programme)}　{row.batch}",
    chips=lambda row: [held.stage_chip(row.stage), display.grade(row.grade)],
    label=lambda row: row.holder_name,
    file="evidence",
    steps=(
        Step(
            title="推进",
            icon="player-play",
            url="nominations.move.row",
            when=lambda row: bool(actions.next_stages(row.stage)),
        ),
        Step(
            title="退回",
            icon="arrow-back-up",
            url="nominations.return",
            when=lambda row: bool(actions.earlier_stages(row.stage)),
        ),
        Step(title="更正阶段", icon="pencil", url="nominations.stage"),
    ),
    pages=(
        Link(title="阶段看板", icon="columns", url="nominations.board"),
        Link(title="各批次进展", icon="list-numbers", url="nominations.batches"),
    ),
    bulk=(
        Link(title="推进所选", icon="player-play", url="nominations.move", verb="correct"),
        Link(title="汇总表", icon="file-spreadsheet", url="nominations.summary", verb="export"),
        Link(title="推荐函", icon="file-type-docx", url="nominations.letter", verb="export"),
        Link(title="撤销所选", icon="trash", url="nominations.undo", verb="withdraw"),
    ),
)
