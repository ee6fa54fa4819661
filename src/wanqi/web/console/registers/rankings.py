"""通报排名 and 通报表扬: what was announced from above, with issuer, number and basis."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from wanqi.indicators.actions import COMMENDATIONS as COMMENDATION_WRITERS
from wanqi.indicators.actions import RANKINGS as RANKING_WRITERS
from wanqi.indicators.models import Commendation, Ranking
from wanqi.web import display
from wanqi.web.packs import pack_of

from . import parts
from .forms import FilesField, RowForm
from .observations import indicator_options, period_choices, title_of
from .spec import Choice, Column, Register, Section, Shown, Sort


class RankingForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    indicator = forms.ChoiceField(label="指标")
    period = forms.ChoiceField(label="时期")
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如通报文件、点评材料")

    class Meta:
        model = Ranking
        fields = (
            "indicator",
            "period",
            "rank",
            "tied",
            "peer_set",
            "peers",
            "functional",
            "basis",
            "value",
            "as_written",
            "issuer",
            "document_number",
            "announced_on",
            "source",
            "source_document",
            "source_clause",
            "note",
            "office",
            "unit",
        )
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = pack_of(self.region)
        specs = pack.indicators.values() if pack else ()
        indicator: Any = self.fields["indicator"]
        indicator.choices = [("", "请选择"), *((one.id, one.title) for one in specs)]
        period: Any = self.fields["period"]
        period.choices = period_choices(timezone.localdate(), self.instance.period)
        self.fields["peer_set"].help_text = "如“岳阳六县市”“岳阳市各县市区”"
        self.fields["basis"].help_text = "比的是什么，如“总量”“增量”“增速”"
        self.fields["source"].help_text = "如“岳阳市一季度工作点评”"
        self.fields["functional"].required = False


def _rank(row: Ranking) -> str:
    return f"{'并列' if row.tied else ''}第{row.rank}名"


def _among(row: Ranking) -> str:
    number = f"（{row.peers}个）" if row.peers else ""
    return f"{row.peer_set}{number}"


def _matching(rows: Any, text: str) -> Any:
    pack = pack_of(settings.REGION)
    ids = [one.id for one in pack.indicators.values() if text.lower() in one.title.lower()] if pack else []
    named = Q(source__icontains=text) | Q(issuer__icontains=text) | Q(peer_set__icontains=text)
    return rows.filter(named | Q(indicator__in=ids))


def _ranking_facts(row: Ranking) -> list[tuple[str, Shown]]:
    return [
        ("指标", title_of(row)),  # type: ignore[arg-type]  # reads region and indicator, which a rank has too
        ("时期", display.period(row.period)),
        ("名次", _rank(row)),
        ("比较范围", _among(row)),
        ("功能区", row.get_functional_display()),
        ("口径", parts.text(row.basis, "未说明")),
        ("原文写法", parts.text(row.as_written, "没有登记原文写法")),
        ("发布单位", parts.text(row.issuer, "未登记")),
        ("文号", parts.text(row.document_number, "未登记文号")),
        ("通报日期", display.day(row.announced_on, reason="未登记")),
        ("数据来源", row.source),
        ("说明", parts.text(row.note, "没有说明")),
        ("佐证材料", parts.file_fact("rankings", row, row.evidence)),
    ]


def _missing(row: Ranking) -> list[str]:
    lacks = [
        (not row.issuer, "发布单位"),
        (not row.document_number and not row.evidence_id, "文号或佐证材料：名次要能核对"),
        (not row.basis, "口径：总量、增量还是增速"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


RANKINGS = Register(
    name="rankings",
    title="通报排名",
    noun="名次",
    counter="条",
    intro="上级通报的名次，照原文登记；与系统算出的名次不一致时以通报为准，并把差异显示出来。",
    group="报数",
    icon="medal",
    model=Ranking,
    columns=(
        Column(key="indicator", title="指标", show=title_of, plain=title_of),
        Column(
            key="period",
            title="时期",
            show=lambda row: display.period(row.period),
            plain=lambda row: display.period(row.period),
            on_phone=True,
        ),
        Column(key="rank", title="名次", show=_rank, plain=_rank, on_phone=True),
        Column(key="among", title="比较范围", show=_among, plain=_among, on_phone=True),
        parts.text_column("basis", "口径", "basis"),
        parts.text_column("issuer", "发布单位", "issuer"),
        parts.text_column("source", "数据来源", "source"),
        parts.evidence_column(),
    ),
    sorts=(parts.newest_sort(), Sort(key="-period", title="时期 新→旧", field="period", descending=True)),
    filters=(
        Choice(
            name="indicator",
            title="指标",
            options=indicator_options,
            condition=lambda value: Q(indicator=value),
        ),
        parts.evidence_filter("evidence"),
    ),
    search=_matching,
    search_hint="指标、来源或发布单位",
    form=RankingForm,
    sections=(
        Section(key="base", title="名次", facts=_ranking_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=RANKING_WRITERS.create,
    correct=RANKING_WRITERS.correct,
    withdraw=RANKING_WRITERS.withdraw,
    restore=RANKING_WRITERS.restore,
    related=("unit", "office"),
    missing=_missing,
    label=lambda row: f"{title_of(row)}　{display.period(row.period)}",
    subtitle=_rank,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)


class CommendationForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如通报、批示的复印件")

    class Meta:
        model = Commendation
        fields = (
            "title",
            "level",
            "issuer",
            "document_number",
            "on",
            "as_written",
            "source",
            "source_document",
            "source_clause",
            "note",
            "office",
            "unit",
        )
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].help_text = "如“省级”“岳阳市级”"


def _commendation_facts(row: Commendation) -> list[tuple[str, Shown]]:
    return [
        ("表扬事项", row.title),
        ("级别", parts.text(row.level, "未登记")),
        ("发布单位", parts.text(row.issuer, "未登记")),
        ("文号", parts.text(row.document_number, "未登记文号")),
        ("日期", display.day(row.on, reason="未登记")),
        ("原文写法", parts.text(row.as_written, "没有登记原文写法")),
        ("数据来源", row.source),
        ("说明", parts.text(row.note, "没有说明")),
        ("佐证材料", parts.file_fact("commendations", row, row.evidence)),
    ]


COMMENDATIONS = Register(
    name="commendations",
    title="通报表扬",
    noun="表扬",
    counter="条",
    intro="上级的表扬和肯定，照原文登记，写材料时可以引用。",
    group="报数",
    icon="flag",
    model=Commendation,
    columns=(
        Column(key="title", title="表扬事项", show=lambda row: row.title, plain=lambda row: row.title),
        parts.text_column("level", "级别", "level", on_phone=True),
        parts.text_column("issuer", "发布单位", "issuer", on_phone=True),
        parts.day_column("on", "日期", "on"),
        parts.text_column("source", "数据来源", "source"),
        parts.evidence_column(),
    ),
    sorts=(*parts.day_sorts("on", "日期", "on"), parts.newest_sort()),
    filters=(parts.evidence_filter("evidence"),),
    search=lambda rows, text: rows.filter(
        Q(title__icontains=text) | Q(issuer__icontains=text) | Q(source__icontains=text)
    ),
    search_hint="事项、发布单位或来源",
    form=CommendationForm,
    sections=(
        Section(key="base", title="表扬", facts=_commendation_facts),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=COMMENDATION_WRITERS.create,
    correct=COMMENDATION_WRITERS.correct,
    withdraw=COMMENDATION_WRITERS.withdraw,
    restore=COMMENDATION_WRITERS.restore,
    related=("unit", "office"),
    subtitle=lambda row: row.issuer,
    chips=lambda row: [display.grade(row.grade)],
    file="evidence",
)
