"""Forms of the import pages: what to import for whom, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from wanqi.core.access import Actor
from wanqi.registry.batches import Standpoint, last_profile, standpoint, usual_office
from wanqi.registry.importing import Target, profiles_of, target_of
from wanqi.registry.sheets import in_words

PASTED = "粘贴的表格.txt"
SELECT = {"class": "form-select"}


class ReceiveForm(forms.Form):
    """A file or pasted text with its profile, office and unit."""

    profile = forms.ChoiceField(label="导入什么", widget=forms.Select(attrs=SELECT))
    office = forms.ChoiceField(label="责任股室", required=False, widget=forms.Select(attrs=SELECT))
    unit = forms.ChoiceField(
        label="报送单位", required=False, help_text="表格由谁提供。", widget=forms.Select(attrs=SELECT)
    )
    file = forms.FileField(
        label="表格文件",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx,.xlsm,.csv,.txt"}),
    )
    pasted = forms.CharField(
        label="或者粘贴表格",
        required=False,
        strip=False,
        help_text="在Excel或WPS表格中选中包括表头的区域，复制后粘贴到这里。",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 5}),
    )

    def __init__(self, *args: Any, actor: Actor, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = open_targets(actor, region)
        field: Any = self.fields["profile"]
        field.choices = [(name, target.profile.title) for name, target in self.targets.items()]
        field.error_messages["required"] = "请选择导入什么。"
        if len(field.choices) > 1:
            field.choices = [("", "请选择"), *field.choices]
            field.initial = last_profile(region, self.targets)
        self.fields[
            "file"
        ].help_text = f"支持 .xlsx 和 .csv，不超过{in_words(settings.UPLOAD_LIMIT)}；不运行宏和公式。"
        self.where = self._where(actor, region)
        for name, places, needed in (
            ("office", self.where.offices, self.where.needs_office),
            ("unit", self.where.units, self.where.needs_unit),
        ):
            offered: Any = self.fields[name]
            offered.required = needed
            offered.choices = [(str(place.pk), place.name) for place in places]
            if not needed or len(places) > 1:
                offered.choices = [("", "请选择" if needed else "不指定"), *offered.choices]
        first = field.initial or next(iter(self.targets), "")
        if not self.where.needs_office and (usual := usual_office(region, first)):
            self.fields["office"].initial = str(usual)

    def _where(self, actor: Actor, region: str) -> Standpoint:
        resources = {target.sink.model.resource for target in self.targets.values()} or {"site"}
        return standpoint(actor, resource=sorted(resources)[0], region=region)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file, pasted = given.get("file"), (given.get("pasted") or "").strip("\r\n")
        if file is not None and pasted:
            self.add_error("pasted", "文件和粘贴的表格只能选一个，请删去其中一个。")
        elif file is None and not pasted.strip():
            self.add_error("file", "请选择文件，或在下面粘贴表格。")
        elif file is not None and file.size > settings.UPLOAD_LIMIT:
            self.add_error(
                "file", f"文件有{in_words(file.size)}，超过{in_words(settings.UPLOAD_LIMIT)}的上限。"
            )
        return given

    @property
    def received(self) -> tuple[str, bytes]:
        """The name and bytes of what was handed in."""
        file = self.cleaned_data.get("file")
        if file is not None:
            return file.name, file.read()
        return PASTED, self.cleaned_data["pasted"].encode("utf-8", "replace")

    def chosen(self, name: str) -> int | None:
        """Return the id of the chosen office or unit."""
        return int(self.cleaned_data[name]) if self.cleaned_data.get(name) else None


def open_targets(actor: Actor, region: str) -> dict[str, Target]:
    """Return the profiles whose records the actor may import, by id."""
    targets = {profile.id: target_of(region, profile.id) for profile in profiles_of(region)}
    return {
        name: target for name, target in targets.items() if actor.can(target.sink.model.resource, "import")
    }


UNITS = ("元", "千元", "万元", "亿元")


def chosen_units(posted: Mapping[str, str], target: Target) -> dict[str, str]:
    """Return field → unit as chosen on the page for amounts; whatever is no unit is left out."""
    given = {name: posted.get(f"unit-{name}", "") for name in target.titles}
    return {name: unit for name, unit in given.items() if unit in UNITS}


def chosen_columns(posted: Mapping[str, str], target: Target) -> dict[str, int]:
    """Return field → column as chosen on the page; whatever is no column number is left out."""
    return {
        name: int(value)
        for name in target.titles
        if (value := posted.get(f"column-{name}", "")).isdecimal() and len(value) < 4
    }
