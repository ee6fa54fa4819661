"""外部数据: values that departments, operators and documents reported, with source, evidence and grade."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from wanqi.indicators import actions
from wanqi.indicators.models import Observation
from wanqi.packs import IndicatorSpec
from wanqi.policies.models import Document
from wanqi.web import display
from wanqi.web.packs import pack_of
from wanqi.web.place import Place

from . import parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Register, Section, Shown, Sort

FIRST_YEAR_BACK = 5


def spec_of(row: Observation) -> IndicatorSpec | None:
    """Return the definition of the row's indicator, or None where the pack no longer has it."""
    pack = pack_of(row.region_id)
    return pack.indicators.get(row.indicator) if pack else None


def title_of(row: Observation) -> str:
    spec = spec_of(row)
    return spec.title if spec else row.indicator


def unit_of(row: Observation) -> str:
    spec = spec_of(row)
    return spec.unit if spec else ""


def value_of(row: Observation) -> Shown:
    """Return the value with its bound and unit; a share or growth (1 = 100 %) as a percentage."""
    bound = "" if row.bound == Observation.Bound.EXACT else Observation.Bound(row.bound).label
    unit = unit_of(row)
    shown = display.percent(row.value) if unit == "%" else display.number(row.value)
    behind = format_html(' <small class="secondary">{}</small>', unit) if unit and unit != "%" else ""
    return format_html("{}{}{}", f"{bound} " if bound else "", shown, behind)


def indicator_options(place: Place) -> list[tuple[str, str]]:
    """Return the indicators that can be reported: (id, title with unit)."""
    pack = pack_of(place.region)
    specs = pack.indicators.values() if pack else ()
    return [
        (spec.id, f"{spec.title}（{spec.unit}）") for spec in specs if spec.operator not in {"check", "pace"}
    ]


# Clerks look for the months; the period has one name only.
ALSO = {"": "全年（1—12月）", "H1": "（1—6月）", "H2": "（7—12月）", "Q1": "（1—3月）"}


def period_choices(on: date, kept: str) -> list[Any]:
    """Return the periods to choose from, by year, latest first; one already stored stays choosable."""
    groups: list[Any] = [("", "请选择")]
    known = set()
    for year in range(on.year, on.year - FIRST_YEAR_BACK, -1):
        ids = [f"{year}", f"{year}H1", f"{year}H2", *(f"{year}Q{quarter}" for quarter in range(1, 5))]
        ids += [f"{year}-01..{month:02d}" for month in range(2, 12) if month != 6]
        ids += [f"{year}-{month:02d}" for month in range(1, 13)]
        known.update(ids)
        groups.append((f"{year}年", [(one, display.period(one) + ALSO.get(one[4:], "")) for one in ids]))
    if kept and kept not in known:
        groups.insert(1, (kept, display.period(kept)))
    return groups


def peer_choices(region: str, kept: str) -> list[tuple[str, str]]:
    """Return the areas we are compared with: (code, name); one already stored stays choosable."""
    pack = pack_of(region)
    own = region.rpartition("-")[2]
    known = {
        code: name for one in (pack.peers.values() if pack else ()) for code, name in one.members.items()
    }
    known.pop(own, None)
    if kept:
        known.setdefault(kept, kept)
    return [("", "本地区"), *known.items()]


def peer_of(row: Observation) -> str:
    """Return the name of the area whose value it is."""
    return dict(peer_choices(row.region_id, row.peer))[row.peer]


class FigureField(forms.DecimalField):
    """A number as clerks write it: 1,234, full-width digits, 38.8%; a percentage becomes its share of 1."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = unicodedata.normalize("NFKC", str(value or "")).replace(",", "").replace("−", "-").strip()
        number = super().to_python(text.removesuffix("%").strip())
        return number / 100 if number is not None and text.endswith("%") else number


class ObservationForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    indicator = forms.ChoiceField(label="指标")
    period = forms.ChoiceField(label="时期")
    value = FigureField(label="数值")
    evidence_file = FilesField(
        label="佐证材料", required=False, help_text="有佐证的填报值标为“有佐证”，否则为“仅报数”"
    )

    class Meta:
        model = Observation
        fields = (
            "indicator",
            "period",
            "nature",
            "value",
            "bound",
            "as_written",
            "peer",
            "functional",
            "source",
            "unit",
            "reported_by",
            "as_of",
            "source_document",
            "source_clause",
            "assumption",
            "office",
        )
        widgets = {"assumption": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = pack_of(self.region)
        specs = pack.indicators.values() if pack else ()
        indicator: Any = self.fields["indicator"]
        indicator.choices = [
            ("", "请选择"),
            *(
                (spec.id, f"{spec.title}（{spec.unit}）")
                for spec in specs
                if spec.operator not in {"check", "pace"}
            ),
        ]
        period: Any = self.fields["period"]
        period.choices = period_choices(timezone.localdate(), self.instance.period)
        period.help_text = "累计数选“1—N月”或上半年"
        peer: Any = forms.ChoiceField(
            label="同组地区", required=False, choices=peer_choices(self.region, self.instance.peer)
        )
        peer.help_text = "本地区的数不用选；登记其他县市区的数，用来排名次，不计入本地区"
        self.fields["peer"] = peer
        self.fields["functional"].required = False
        own = spec_of(self.instance) if self.instance.pk else None
        if own is not None and own.unit == "%":
            self.initial["value"] = f"{(self.instance.value * 100).normalize():f}%"
        self.fields["value"].help_text = "按指标的单位填写；百分比写38.8%"
        self.fields["as_written"].help_text = "原文怎么写的，如“突破800个”"
        self.fields["source"].help_text = "如“铁塔公司月报”“2023年上半年工作总结”"
        self.fields["source_document"].help_text = "在文件库登记过的，填文件标识"

    def clean(self) -> dict[str, Any]:
        """Ask about a bare number for a percentage: 38.8 means 38.8% to whoever types it, and 3880% to a share."""
        found: dict[str, Any] = super().clean() or {}
        pack, value = pack_of(self.region), found.get("value")
        spec = pack.indicators.get(found.get("indicator", "")) if pack else None
        written = self.data.get("value", "")
        if (
            spec is not None
            and spec.unit == "%"
            and value is not None
            and "%" not in written
            and "％" not in written
        ):
            self.add_error("value", f"这个指标是百分比，请写明百分号，如{written.strip()}%。")
        return found


def _matching(rows: Any, text: str) -> Any:
    named = Q(source__icontains=text) | Q(as_written__icontains=text) | Q(reported_by__icontains=text)
    wanted = Q(indicator__icontains=text) | Q(unit__name__icontains=text)
    pack = pack_of(settings.REGION)
    ids = [spec.id for spec in pack.indicators.values() if text.lower() in spec.title.lower()] if pack else []
    return rows.filter(named | wanted | Q(indicator__in=ids))


def _missing(row: Observation) -> list[str]:
    lacks = [
        (not row.evidence_id, "佐证材料：目前为仅报数"),
        (not row.unit_id, "报送单位"),
        (not row.as_of, "截至日期"),
    ]
    return [sentence for is_missing, sentence in lacks if is_missing]


def _facts(row: Observation) -> list[tuple[str, Shown]]:
    return [
        ("指标", title_of(row)),
        ("时期", display.period(row.period)),
        ("性质", row.get_nature_display()),
        ("数值", value_of(row)),
        ("地区", peer_of(row)),
        ("功能区", row.get_functional_display()),
        ("原文写法", parts.text(row.as_written, "没有登记原文写法")),
        ("证据等级", display.grade(row.grade)),
        ("口径说明", parts.text(row.assumption, "没有说明")),
    ]


def _source(row: Observation) -> list[tuple[str, Shown]]:
    return [
        ("数据来源", row.source),
        ("来源文件", _document(row)),
        ("报送单位", row.unit.name if row.unit else display.unknown("未指定报送单位")),
        ("报送人", parts.text(row.reported_by, "未登记")),
        ("截至日期", display.day(row.as_of, reason="未登记截至日期")),
        ("佐证材料", parts.file_fact("observations", row, row.evidence)),
    ]


def _document(row: Observation) -> Shown:
    if not row.source_document:
        return display.unknown("没有引用文件库中的文件")
    found = Document.objects.filter(region=row.region_id, code=row.source_document).current().first()
    clause = f"　{row.source_clause}" if row.source_clause else ""
    if found is None:
        return f"{row.source_document}{clause}"
    return format_html(
        '<a href="{}">{}</a>{}', reverse("documents.row", args=[found.pk]), found.title, clause
    )


OBSERVATIONS = Register(
    name="observations",
    title="外部数据",
    noun="填报值",
    counter="条",
    intro="各部门、通信企业、乡镇园区报来的数，和文件里写明的数；原样保存，不为与台账一致而改。",
    group="报数",
    icon="table",
    model=Observation,
    columns=(
        Column(key="indicator", title="指标", show=title_of, plain=title_of, sort="indicator"),
        Column(
            key="period",
            title="时期",
            show=lambda row: display.period(row.period),
            plain=lambda row: display.period(row.period),
            sort="period",
            on_phone=True,
        ),
        Column(
            key="value", title="数值", show=value_of, plain=lambda row: row.value, css="num", on_phone=True
        ),
        Column(key="unit", title="单位", show=unit_of, plain=unit_of, in_list=False),
        Column(key="peer", title="地区", show=peer_of, plain=peer_of, in_list=False),
        Column(
            key="nature",
            title="性质",
            show=lambda row: row.get_nature_display(),
            plain=lambda row: row.get_nature_display(),
        ),
        Column(
            key="source",
            title="数据来源",
            show=lambda row: row.source,
            plain=lambda row: row.source,
        ),
        Column(
            key="reporter",
            title="报送单位",
            show=lambda row: row.unit.name if row.unit_id else display.unknown("未指定报送单位"),
            plain=lambda row: row.unit.name if row.unit_id else None,
        ),
        parts.day_column("as_of", "截至日期", "as_of", reason="未登记截至日期"),
        Column(
            key="grade",
            title="等级",
            show=lambda row: display.grade(row.grade),
            plain=lambda row: row.grade,
            on_phone=True,
        ),
    ),
    sorts=(
        Sort(key="-updated", title="最近更新在前", field="updated_at", descending=True),
        Sort(key="indicator", title="指标", field="indicator"),
        Sort(key="-period", title="时期 新→旧", field="period", descending=True),
        Sort(key="period", title="时期 旧→新", field="period"),
    ),
    filters=(
        Choice(
            name="indicator",
            title="指标",
            options=indicator_options,
            condition=lambda value: Q(indicator=value),
        ),
        parts.choice_filter("nature", "性质", lambda place: list(Observation.Nature.choices)),
        parts.evidence_filter("evidence"),
    ),
    search=_matching,
    search_hint="指标、来源或报送单位",
    form=ObservationForm,
    sections=(
        Section(key="base", title="填报内容", facts=_facts),
        Section(key="source", title="来源与佐证", facts=_source),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=actions.create_observation,
    correct=actions.correct_observation,
    withdraw=actions.withdraw_observation,
    restore=actions.restore_observation,
    related=("unit", "office"),
    deferred=("assumption", "withdrawn_reason"),
    missing=_missing,
    label=lambda row: f"{title_of(row)}　{display.period(row.period)}",
    chips=lambda row: [display.grade(row.grade)],
    withdrawal="撤销后，该填报值不再用于任何指标和材料；内容和历史仍保留，可以恢复。",
    file="evidence",
)
