"""What the registers of recognitions, nominations and carriers share: 事项 and holder in forms, lists and filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from wanqi.core.errors import PackMissing
from wanqi.registry.models import Organisation
from wanqi.registry.models.recognitions import Holder, Level
from wanqi.registry.programmes import Granted, granted_in, title_of
from wanqi.web import display

from . import parts
from .forms import FilesField, RowForm
from .spec import Choice, Column, Shown

Kept = Callable[[Granted], bool]


def granted_of(region: str) -> Mapping[str, Granted]:
    """Return the 事项 of a region; none before a pack is loaded."""
    try:
        return granted_in(region)
    except PackMissing:
        return {}


def programme_options(region: str, keep: Kept = lambda one: True) -> list[tuple[str, str]]:
    """Return (id, title) of the 事项 in the order of their levels."""
    order = list(Level.values)
    kept = [one for one in granted_of(region).values() if keep(one)]
    kept.sort(key=lambda one: order.index(one.level))
    return [(one.id, one.title) for one in kept]


def grouped_options(region: str, keep: Kept, *, also: str = "") -> list[Any]:
    """Return the 事项 under their levels, for a select; `also` is one that a row has and no pack names any more."""
    found: list[Any] = [("", "请选择事项")]
    options = dict(programme_options(region, keep))
    for level, words in Level.choices:
        inside = [(id, title) for id, title in options.items() if granted_of(region)[id].level == level]
        if inside:
            found.append((words, inside))
    if also and also not in options:
        found.append((also, title_of(region, also)))
    return found


def programme_filter(keep: Kept = lambda one: True) -> Choice:
    return parts.choice_filter("programme", "事项", lambda place: programme_options(place.region, keep))


def programme_column(*, on_phone: bool = False) -> Column:
    def title(row: Any) -> str:
        return title_of(row.region_id, row.programme) if row.programme else ""

    return Column(
        key="programme",
        title="事项",
        show=lambda row: parts.text(title(row), "未登记事项"),
        plain=lambda row: title(row) or None,
        on_phone=on_phone,
    )


def level_filter() -> Choice:
    return parts.choice_filter("level", "级别", lambda place: list(Level.choices))


def holder_filter() -> Choice:
    return parts.choice_filter("holder_kind", "持有者", lambda place: list(Holder.choices))


def code_column() -> Column:
    """The holder's code; only the export has it."""
    return Column(
        key="credit_code",
        title="统一社会信用代码",
        show=lambda row: "",
        plain=lambda row: row.organisation.credit_code if row.organisation_id else None,
        in_list=False,
    )


def only_export(column: Column) -> Column:
    """Return the column for the export alone."""
    return Column(
        key=column.key,
        title=column.title,
        show=column.show,
        plain=column.plain,
        in_list=False,
        sort=column.sort,
    )


def matching(names: Sequence[str]) -> Callable[[Any, str], Any]:
    """Return a search over columns, and over the organisations behind the rows by any of their names or codes."""

    def search(rows: Any, text: str) -> Any:
        found = Q()
        for name in names:
            found |= Q(**{f"{name}__icontains": text})
        if len(text) >= 2:
            behind = Organisation.objects.filter(region__in=rows.values("region")).matching(text)
            found |= Q(organisation__in=behind.values("pk"))
        return rows.filter(found)

    return search


def holder_facts(row: Any) -> list[tuple[str, Shown]]:
    """Return who holds or applies: kind, printed name, and the rows of the registers behind it."""
    facts: list[tuple[str, Shown]] = [
        ("名称", row.holder_name),
        ("持有者类别", row.get_holder_kind_display()),
    ]
    facts += parts.organisation_facts(row, "名称", "holder_name")[1:]
    if row.person_id:
        link = format_html('<a href="{}">{}</a>', reverse("people.row", args=[row.person_id]), row.person)
        facts.append(("人员", link))
    return facts


def file_filter() -> Choice:
    return parts.evidence_filter("evidence")


class HeldForm(RowForm):
    """A form of a recognition or nomination: 事项 from the packs, holder, place, evidence."""

    attachments = {"evidence_file": "evidence"}
    programme = forms.ChoiceField(label="事项")
    evidence_file = FilesField(
        label="佐证材料", required=False, help_text="文件、证书或名单；上传后替换原有附件"
    )
    kept_programmes: Kept = staticmethod(lambda one: True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["programme"].choices = grouped_options(
            self.region, self.kept_programmes, also=self.instance.programme
        )
        for name, blank in (("holder_kind", "按事项填入"), ("level", "按事项填入")):
            choices = Holder.choices if name == "holder_kind" else Level.choices
            fields[name] = forms.ChoiceField(
                label=fields[name].label,
                required=False,
                choices=[("", blank), *choices],
                help_text=fields[name].help_text,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        if not self.instance.pk and self.initial.get("holder_kind") == Holder.ORGANISATION:
            self.initial["holder_kind"] = ""  # the model's default says nothing yet
        fields["holder_name"].required = False
        fields[
            "holder_name"
        ].help_text = "名单上印的名称；不填时取所选单位或人员的名称。产品、项目、园区写其名称"
        fields["organisation"].help_text = "产品、项目写实施或生产单位"
        if "person" in fields:
            fields["person"].help_text = "个人称号才需选择"

    def values(self) -> dict[str, Any]:
        """Return the model fields as given; what was left to the 事项 is left out."""
        found = super().values()
        return {
            name: value
            for name, value in found.items()
            if not (name in ("holder_kind", "level", "act") and value == "" and not self.instance.pk)
        }


def stage_chip(stage: str) -> Shown:
    """Return a nomination's stage as a chip; the outcome is marked, the way is plain."""
    kind = {"已通过": "done", "未通过": "withdrawn"}.get(stage, "waiting")
    return display.chip(stage, kind)
