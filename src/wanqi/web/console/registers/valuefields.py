"""Form fields of what the vocabulary describes: one control per type, read in the unit people write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from wanqi.packs import FactSpec, FieldSpec
from wanqi.registry.facts.values import check_value, in_unit, read_value, usual_unit
from wanqi.rules.errors import ValueRefused

from .forms import DayInput

Spec = FactSpec | FieldSpec


class TypedField(forms.CharField):
    """A value of the vocabulary, typed as text; its unit stands in the field."""

    def __init__(self, spec: Spec, **given: Any) -> None:
        self.spec = spec
        given.setdefault("widget", _widget(spec))
        super().__init__(label=spec.title, max_length=400, help_text=_help(spec), **given)
        if spec.type not in ("enum", "bool", "set", "date", "text"):
            self.widget.unit = usual_unit(spec)

    def to_python(self, value: Any) -> Any:
        """Return the value, None where nothing is given. Raises ValidationError with what to write."""
        if value in (None, "", []):
            return None
        try:
            return read_value(self.spec, value)
        except ValueRefused as refused:
            raise ValidationError(f"{refused.message}{refused.hint}") from None

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"])

    def run_validators(self, value: Any) -> None:
        """Nothing: what is read was checked against the vocabulary."""


def value_field(spec: Spec, *, required: bool = False) -> TypedField:
    """Return the form field of an item."""
    field = TypedField(spec, required=required)
    css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
    field.widget.attrs["class"] = css
    field.error_messages["required"] = f"请填写{spec.title}。"
    return field


def _widget(spec: Spec) -> forms.Widget:
    match spec.type:
        case "enum":
            return forms.Select(choices=[("", "未登记"), *((one, one) for one in spec.values or ())])
        case "bool":
            return forms.Select(choices=[("", "未登记"), ("是", "是"), ("否", "否")])
        case "set":
            return forms.SelectMultiple(
                choices=[(one, one) for one in spec.values or ()],
                attrs={"size": min(6, len(spec.values or ()))},
            )
        case "date":
            return DayInput()
        case "text":
            return forms.TextInput()
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


def _help(spec: Spec) -> str:
    unit = usual_unit(spec)
    said = getattr(spec, "note", None) or ""
    if spec.type == "money":
        return f"{said + '。' if said else ''}不写单位按{unit}，也可写成“1,234.5万”“300元”"
    return said


def typed(spec: Spec, kept: Any) -> Any:
    """Return a kept value as it would be typed again, for a form that starts with it."""
    try:
        value = check_value(spec, kept)
    except ValueRefused:
        return kept  # kept under an earlier vocabulary
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(in_unit(spec, value).normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value
