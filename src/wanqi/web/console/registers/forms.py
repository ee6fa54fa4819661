"""The form of a register row: one column, labels above, what the role fixes already filled in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wanqi.core.access import Actor
from wanqi.core.models import Area, Office, Unit

from .pickers import PickedField, picked_field

UPLOADS = ".pdf,.png,.jpg,.jpeg,.xlsx,.csv,.docx,.zip"


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = value if isinstance(value, list) else (super().to_python(value) or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Fields of one register row as the actor may fill them; it reads and checks, the actions write.

    `attachments` maps a file field of the form to the model field that holds the kept file.
    `text_fields` are fields of the form that the actions take beside the model's fields.
    A field that refers to an organisation or a person becomes a search field.
    """

    attachments: dict[str, str] = {}
    text_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: Actor, region: str, **kwargs: Any) -> None:
        self.actor, self.region = actor, region
        super().__init__(*args, **kwargs)
        self._limit_places()
        for name, field in list(self.fields.items()):
            shown = picked_field(field) or field
            self.fields[name] = shown
            dress(shown)
            if isinstance(shown, PickedField):
                shown.limit_to(region)

    def _limit_places(self) -> None:
        """Offer only this region's places, and only the own ones where the role writes in its own."""
        for name, model in (("area", Area), ("office", Office), ("unit", Unit)):
            if name not in self.fields:
                continue
            rows = model.objects.filter(region=self.region, active=True).order_by("position", "id")
            field: Any = self.fields[name]
            own = self._own(name)
            if own is not None:
                rows = rows.filter(pk__in=own)
                field.required = True
                field.empty_label = None if len(own) == 1 else "请选择"
                if not self.instance.pk:
                    field.initial = own[0]
                    field.help_text = "按您的角色填入"
            else:
                field.empty_label = "未指定"
            field.queryset = rows

    def _own(self, name: str) -> list[int] | None:
        """Return the actor's own places where every grant to write is bound to such a place, else None."""
        verb = "correct" if self.instance.pk else "create"
        scopes = self.actor.scopes(self._meta.model.resource, verb)
        places = [getattr(grant, name, None) for scope, grant in scopes if scope.value == name]
        return [place for place in places if place] if places and len(places) == len(scopes) else None

    def _post_clean(self) -> None:
        """Leave the row alone: the action builds and checks it, and what it refuses comes back by `refuse`."""

    def warnings(self) -> list[str]:
        """Return what somebody should look at before a valid form is saved, one sentence each."""
        return []

    def hidden_copy(self) -> list[SafeString]:
        """Return the filled fields as hidden inputs, for the step that asks why; files travel by their own id."""
        copies = []
        for bound in self:
            if bound.name in self.attachments:
                continue
            value = bound.field.prepare_value(bound.value())
            copies += [
                format_html(
                    '<textarea hidden name="{}">{}</textarea>', bound.html_name, "" if one is None else one
                )
                for one in (value if isinstance(value, list | tuple) else [value])
            ]
        return copies

    def values(self) -> dict[str, Any]:
        """Return the model fields as given, for the action; text fields and files apart."""
        beside = {*self.attachments, *self.text_fields}
        return {name: value for name, value in self.cleaned_data.items() if name not in beside}

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.text_fields if name in self.cleaned_data}

    def refuse(self, fields: Any) -> None:
        """Show the messages of a RowInvalid at their fields, or on top where the form has no such field."""
        back = {target: source for source, target in self.attachments.items()}
        for name, messages in fields.items():
            place = back.get(name, name)
            self.add_error(place if place in self.fields else None, ValidationError(list(messages)))


class FilesField(forms.FileField):
    """One file of evidence."""

    widget = forms.FileInput(attrs={"accept": UPLOADS})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file; one above the limit is refused by its size, before anybody reads it."""
        if data and data.size > settings.UPLOAD_LIMIT:
            limit = settings.UPLOAD_LIMIT // (1024 * 1024)
            raise ValidationError(f"文件超过{limit} MB，请拆分后再上传。")
        return super().clean(data, initial)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def dress(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.DateInput) and not isinstance(widget, DayInput):
        field.widget = widget = DayInput(attrs=widget.attrs)
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
    field.error_messages["required"] = f"请填写{field.label}。"
    if isinstance(field, forms.DateField):
        field.error_messages["invalid"] = "日期请写成2023-06-30的样子。"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        field.error_messages["invalid_choice"] = "请从列表中选择。"
    if isinstance(field, forms.FileField):
        field.error_messages["empty"] = "文件是空的，请检查后重新选择。"
    for validator in field.validators:
        if isinstance(validator, MaxLengthValidator):
            validator.message = "有%(show_value)d个字，请写在%(limit_value)d字以内。"


class ReasonForm(forms.Form):
    """Why a row is corrected, withdrawn or restored."""

    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        help_text="写明依据，如“铁塔公司7月3日来函更正”。原因随历史长期保留。",
    )
