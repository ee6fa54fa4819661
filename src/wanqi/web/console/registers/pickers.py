"""Choosing a row of a large register in a form: a search field with its keyboard instead of a list of a million.

A form field that refers to one of `PICKABLE` becomes a `PickedField` by itself (see `RowForm`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import ModelChoiceField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from wanqi.registry import codes
from wanqi.registry.models import Organisation, Person

TEXT = "_text"  # what was typed stands beside the id under this ending
LONGEST = 60  # characters of a search


@dataclass(frozen=True, kw_only=True)
class Pickable:
    """A register whose rows are chosen by searching.

    matching(rows, text): the rows a search finds; named(rows, text): those whose whole name or number the text is.
    order: the indexed column the hits are ordered by; shortest: characters before a search starts.
    """

    kind: str
    model: Any
    noun: str
    counter: str
    placeholder: str
    matching: Callable[[Any, str], Any]
    named: Callable[[Any, str], Any]
    order: str
    subtitle: Callable[[Any], str]
    related: tuple[str, ...] = ()
    shortest: int = 2

    def rows(self, region: str) -> Any:
        """Return the rows of a region that stand."""
        return self.model.objects.filter(region_id=region, withdrawn_at__isnull=True)


def _organisations_named(rows: Any, text: str) -> Any:
    code = codes.normalise(text)
    if codes.problem(code) is None:
        return rows.filter(credit_code=code)
    return rows.matching(text).filter(Q(name=text) | Q(former_names__contains=[text]))


def _organisation_subtitle(row: Organisation) -> str:
    former = f"曾用名 {'、'.join(row.former_names)}" if row.former_names else ""
    parts = (row.credit_code or "尚无统一社会信用代码", row.area.name if row.area else "", former)
    return "　".join(part for part in parts if part)


ORGANISATIONS = Pickable(
    kind="organisations",
    model=Organisation,
    noun="单位",
    counter="家",
    placeholder="输入名称、曾用名或信用代码，从列表中选择",
    matching=lambda rows, text: rows.matching(text),
    named=_organisations_named,
    order="name_pinyin",
    subtitle=_organisation_subtitle,
    related=("area",),
)
PEOPLE = Pickable(
    kind="people",
    model=Person,
    noun="人员",
    counter="人",
    placeholder="输入姓名，从列表中选择",
    matching=lambda rows, text: rows.filter(Q(name__icontains=text)),
    named=lambda rows, text: rows.filter(name=text),
    order="name_pinyin",
    subtitle=lambda row: "　".join(part for part in (row.post, row.speciality) if part),
    shortest=1,
)
PICKABLE: Mapping[str, Pickable] = {one.kind: one for one in (ORGANISATIONS, PEOPLE)}


@dataclass(frozen=True)
class Picked:
    """What a form sends of a choice: the id, and what stood in the search field (None where there was none)."""

    pk: str
    text: str | None

    def __str__(self) -> str:
        return self.pk


class PickerInput(forms.Widget):
    """The search field, its hidden id and its list of hits; without a script the typed name or code is looked up."""

    def __init__(self, pickable: Pickable, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.pickable = pickable
        self.region = ""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the control; `value` is an id, a row, or what a form sent."""
        typed = value.text if isinstance(value, Picked) else None
        pk = str(getattr(value, "pk", value) or "")
        row = self.row(pk)
        context = {
            "name": name,
            "text_name": f"{name}{TEXT}",
            "pk": row.pk if row else "",
            "text": typed if typed is not None else (str(row) if row else ""),
            "subtitle": self.pickable.subtitle(row) if row else "",
            "address": reverse("pick", args=[self.pickable.kind]),
            "pickable": self.pickable,
            "longest": LONGEST,
            "attrs": self.build_attrs(self.attrs, attrs),
        }
        return mark_safe(render_to_string("registers/_picker.html", context))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Picked:
        """Return what was sent; the typed text is None on the later steps, which carry the id alone."""
        typed = data.get(f"{name}{TEXT}")
        return Picked(
            data.get(name, "") or "", typed.replace("\x00", "").strip() if typed is not None else None
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}{TEXT}" not in data

    def row(self, pk: str) -> Any:
        """Return the row of an id within the region, or None."""
        if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
            return None
        rows = self.pickable.model.objects.filter(region_id=self.region)
        return rows.select_related(*self.pickable.related).filter(pk=pk).first()


class PickedField(forms.Field):
    """A row of a `Pickable` register of the form's region; the value is the row, or None."""

    widget: PickerInput

    def __init__(self, pickable: Pickable, **kwargs: Any) -> None:
        self.pickable = pickable
        super().__init__(widget=PickerInput(pickable), **kwargs)

    def limit_to(self, region: str) -> None:
        """Look for rows of this region only."""
        self.widget.region = region

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, Picked) else getattr(value, "pk", value)

    def clean(self, value: Any) -> Any:
        """Return the row. Raises ValidationError for a name that none or several have."""
        sent = value if isinstance(value, Picked) else Picked(str(value or ""), None)
        chosen = self.widget.row(sent.pk)
        if sent.text == "" or (sent.text is None and chosen is None):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if chosen is not None and sent.text in (None, str(chosen)):
            return chosen
        return self._named(sent.text or "")

    def _named(self, text: str) -> Any:
        pickable = self.pickable
        rows = pickable.rows(self.widget.region).select_related(*pickable.related)
        found = list(pickable.named(rows, text[:LONGEST])[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                f"有多{pickable.counter}{pickable.noun}叫“{text}”，请输入后从列表中选择其中一{pickable.counter}。"
            )
        raise ValidationError(
            f"没有找到“{text}”，请输入部分文字后从列表中选择；还没有登记的，先登记{pickable.noun}。"
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(getattr(initial, "pk", initial) or "") != str(data or "")


def picked_field(field: forms.Field) -> PickedField | None:
    """Return the search field that replaces a list of all rows, or None where the list is short."""
    if not isinstance(field, ModelChoiceField):
        return None
    rows: Any = field.queryset
    pickable = next((one for one in PICKABLE.values() if rows.model is one.model), None)
    if pickable is None:
        return None
    return PickedField(
        pickable, label=field.label, required=field.required, help_text=field.help_text, initial=field.initial
    )
