"""企业记录: rows of kinds that have no register of their own; the form comes from the vocabulary's kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from wanqi.core.packs import current_pack
from wanqi.packs import RecordKind
from wanqi.registry.actions import COVERAGES, RECORDS, correct_record
from wanqi.registry.facts.homes import kinds_covered, kinds_kept
from wanqi.registry.facts.records import in_words
from wanqi.registry.facts.values import as_json
from wanqi.registry.models import RecordCoverage, RecordRow
from wanqi.web import display
from wanqi.web.packs import pack_of
from wanqi.web.place import Place

from . import parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Dates, Register, Section, Shown, Sort
from .valuefields import typed, value_field

FIELD = "field_"  # of the vocabulary, among the form's own


class RecordForm(RowForm):
    """The fields of the chosen kind; before one is chosen, only the choice."""

    attachments = {"evidence_file": "evidence"}
    kind = forms.ChoiceField(label="记录类别")
    shape = forms.CharField(widget=forms.HiddenInput, required=False)
    evidence_file = FilesField(label="佐证材料", required=False)

    class Meta:
        model = RecordRow
        fields = ("organisation", "kind", "area", "source", "office", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds_kept(current_pack(self.region))
        field: Any = self.fields["kind"]
        field.choices = [("", "请选择"), *((name, kind.title) for name, kind in self.kinds.items())]
        if self.instance.pk:
            field.disabled = True
            self.initial["kind"] = self.instance.kind
        self.chosen = self._chosen()
        if self.chosen is None:
            field.help_text = "选好后点“登记”，再填这一类的各项"
            for name in ("area", "source", "evidence_file"):
                del self.fields[name]
        else:
            self._add_fields(self.chosen)
            self.initial["shape"] = field.initial = self._asked()

    def _asked(self) -> str:
        return str(self.instance.kind or (self.data or self.initial).get("kind") or "")

    def _chosen(self) -> RecordKind | None:
        return self.kinds.get(self._asked())

    def _add_fields(self, kind: RecordKind) -> None:
        """Put the kind's fields behind the choice, with what the row has."""
        own = {}
        for name, spec in kind.fields.items():
            if spec.type == "area":
                continue
            own[f"{FIELD}{name}"] = value_field(spec, required=spec.required)
            if name in self.instance.values:
                self.initial[f"{FIELD}{name}"] = typed(spec, self.instance.values[name])
        before = {name: self.fields.pop(name) for name in ("organisation", "kind")}
        if kind.note:
            before["kind"].help_text = kind.note
        self.fields = {**before, **own, **self.fields}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.data.get("shape", "") != self._asked() and not self.instance.pk:
            self.add_error("kind", ValidationError("请继续填写这一类记录的各项。"))
            data: Any = self.data
            self.data = data.copy()
            self.data["shape"] = self._asked()  # type: ignore[index]
        return given

    def values(self) -> dict[str, Any]:
        """Return the columns of the row; the kind's fields as they are kept."""
        given = super().values()
        given.pop("shape", None)
        kind = self.kinds[self._asked()]
        kept = {
            name: as_json(spec, value)
            for name, spec in kind.fields.items()
            if (value := given.pop(f"{FIELD}{name}", None)) not in (None, "", [])
        }
        return {**given, "kind": self._asked(), "values": kept}

    def refuse(self, fields: Any) -> None:
        """Show what was refused of a vocabulary's field at its own place."""
        super().refuse(
            {
                f"{FIELD}{name}" if f"{FIELD}{name}" in self.fields else name: told
                for name, told in fields.items()
            }
        )


class CoverageForm(RowForm):
    attachments = {"evidence_file": "evidence"}
    kind = forms.ChoiceField(label="记录类别")
    evidence_file = FilesField(label="佐证材料", required=False, help_text="如部门复函、查询截图")

    class Meta:
        model = RecordCoverage
        fields = ("organisation", "kind", "complete_until", "source", "office", "unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_covered(current_pack(self.region))
        field: Any = self.fields["kind"]
        field.choices = [("", "请选择"), *((name, kind.title) for name, kind in kinds.items())]
        self.fields[
            "complete_until"
        ].help_text = "到这一天为止，该企业这一类记录已全部登记；一条也没有的也这样写明"
        self.fields["source"].help_text = "谁确认的，如“市应急局5月8日复函”"


def kind_title(region: str, kind: str) -> str:
    """Return what a kind of records is called."""
    pack = pack_of(region)
    return pack.records[kind].title if pack and kind in pack.records else kind


def _kinds(place: Place) -> list[tuple[str, str]]:
    pack = pack_of(place.region)
    return [(name, kind.title) for name, kind in kinds_covered(pack).items()] if pack else []


def _content(row: RecordRow) -> list[tuple[str, Shown]]:
    pack = pack_of(row.region_id)
    kind = pack.records.get(row.kind) if pack else None
    given: Mapping[str, Any] = row.values
    named = [
        (
            spec.title,
            parts.text(in_words(kind, name, given[name])) if name in given else display.unknown("未登记"),
        )
        for name, spec in (kind.fields if kind else {}).items()
        if kind is not None
    ]
    return [
        ("单位", parts.organisation_link(row)),
        ("记录类别", kind_title(row.region_id, row.kind)),
        *named,
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("records", row, row.evidence)),
    ]


def _coverage_content(row: RecordCoverage) -> list[tuple[str, Shown]]:
    return [
        ("单位", parts.organisation_link(row)),
        ("记录类别", kind_title(row.region_id, row.kind)),
        ("完整截至", display.day(row.complete_until)),
        ("数据来源", parts.text(row.source, "未登记来源")),
        ("佐证材料", parts.file_fact("coverages", row, row.evidence)),
    ]


def _organisation_column() -> Column:
    return Column(
        key="organisation",
        title="单位",
        show=lambda row: row.organisation.name,
        plain=lambda row: row.organisation.name,
        on_phone=True,
    )


def _kind_column() -> Column:
    return Column(
        key="kind",
        title="记录类别",
        show=lambda row: kind_title(row.region_id, row.kind),
        plain=lambda row: kind_title(row.region_id, row.kind),
        on_phone=True,
    )


_NEWEST = Sort(key="-updated", title="最近更新在前", field="updated_at", descending=True)
_SOURCE = Column(
    key="source",
    title="数据来源",
    show=lambda row: parts.text(row.source, "未登记来源"),
    plain=lambda row: row.source,
)

RECORD_ROWS = Register(
    name="records",
    title="企业记录",
    noun="企业记录",
    counter="条",
    intro="标准、资质、融资、事故等没有单独台账的企业记录；专利、商标、认定等在各自台账登记。",
    group="企业库",
    icon="list-details",
    model=RecordRow,
    columns=(
        Column(
            key="label",
            title="名称",
            show=lambda row: parts.text(row.label, "未登记名称"),
            plain=lambda row: row.label,
        ),
        _kind_column(),
        _organisation_column(),
        _SOURCE,
        parts.office_column(),
        parts.updated_column(),
    ),
    sorts=(_NEWEST,),
    filters=(
        Choice(name="kind", title="记录类别", options=_kinds, condition=lambda value: Q(kind=value)),
        parts.evidence_filter("evidence"),
    ),
    search=lambda rows, text: rows.filter(Q(label__icontains=text) | Q(organisation__name__icontains=text)),
    search_hint="记录名称或单位名称",
    form=RecordForm,
    sections=(
        Section(key="base", title="内容", facts=_content),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=RECORDS.create,
    correct=correct_record,
    withdraw=RECORDS.withdraw,
    restore=RECORDS.restore,
    related=("organisation", "office"),
    missing=lambda row: [] if row.evidence_id else ["佐证材料"],
    subtitle=lambda row: row.organisation.name,
    chips=lambda row: [display.grade("有佐证")] if row.evidence_id else [],
    withdrawal="撤销后，比对政策条件时不再计入这条记录；内容和历史仍保留，可以恢复。",
    file="evidence",
)

COVERAGE_ROWS = Register(
    name="coverages",
    title="记录完整性",
    noun="完整截至日期",
    counter="条",
    intro="某企业某一类记录登记全了、到哪一天为止。没有写明的，查不到记录只能算“不清楚”，不能算“没有”。",
    group="企业库",
    icon="checks",
    model=RecordCoverage,
    columns=(
        Column(
            key="label",
            title="单位",
            show=lambda row: row.organisation.name,
            plain=lambda row: row.organisation.name,
        ),
        _kind_column(),
        Column(
            key="until",
            title="完整截至",
            show=lambda row: display.iso_day(row.complete_until),
            plain=lambda row: row.complete_until,
            css="day",
            on_phone=True,
        ),
        _SOURCE,
        parts.office_column(),
        parts.updated_column(),
    ),
    sorts=(_NEWEST,),
    filters=(
        Choice(name="kind", title="记录类别", options=_kinds, condition=lambda value: Q(kind=value)),
        Dates(name="until", title="完整截至", field="complete_until"),
    ),
    search=lambda rows, text: rows.filter(organisation__name__icontains=text),
    search_hint="单位名称",
    form=CoverageForm,
    sections=(
        Section(key="base", title="内容", facts=_coverage_content),
        Section(key="place", title="归口与登记", facts=parts.place_facts),
    ),
    create=COVERAGES.create,
    correct=COVERAGES.correct,
    withdraw=COVERAGES.withdraw,
    restore=COVERAGES.restore,
    related=("organisation", "office"),
    subtitle=lambda row: kind_title(row.region_id, row.kind),
    label=lambda row: f"{row.organisation.name}　{kind_title(row.region_id, row.kind)}",
    withdrawal="撤销后，这一类记录查不到时只能算“不清楚”；内容和历史仍保留，可以恢复。",
    file="evidence",
)
