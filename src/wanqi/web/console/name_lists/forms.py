"""Forms of 名单导入: what is handed in, and what its document is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from wanqi.core.access import Actor
from wanqi.registry.batches import standpoint
from wanqi.registry.models import NameList
from wanqi.registry.models.recognitions import Act, Kind, Stage
from wanqi.registry.name_lists.loading import programmes_of
from wanqi.registry.sheets import in_words

SELECT = {"class": "form-select"}
TEXT = {"class": "form-control"}
ACCEPTED = ".docx,.xlsx,.xlsm,.pdf,.txt,.csv,.html,.htm"


class ReceiveForm(forms.Form):
    """Pasted text or one file, and the office that answers for it."""

    pasted = forms.CharField(
        label="粘贴名单",
        required=False,
        strip=False,
        help_text="从网页、微信、Word、WPS或PDF中复制后粘贴；表头、标题、别的市州的行不用删。",
        widget=forms.Textarea(attrs={**TEXT, "rows": 10}),
    )
    file = forms.FileField(
        label="或者选择文件",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={**TEXT, "accept": ACCEPTED}),
    )
    office = forms.ChoiceField(label="责任股室", required=False, widget=forms.Select(attrs=SELECT))
    again = forms.BooleanField(
        label="仍作为新名单", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )

    def __init__(self, *args: Any, actor: Actor, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where = standpoint(actor, resource="recognition", region=region)
        office: Any = self.fields["office"]
        office.required = where.needs_office
        office.choices = [(str(place.pk), place.name) for place in where.offices]
        if not where.needs_office or len(where.offices) > 1:
            office.choices = [("", "请选择" if where.needs_office else "不指定"), *office.choices]
        limit = in_words(settings.UPLOAD_LIMIT)
        self.fields[
            "file"
        ].help_text = f"支持 .docx、.xlsx、有文字的 .pdf、.txt、.html，不超过{limit}；扫描件读不了。"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file, pasted = given.get("file"), given.get("pasted") or ""
        if file is not None and pasted.strip():
            self.add_error("file", "粘贴的文字和文件只能选一个，请删去其中一个。")
        elif file is None and not pasted.strip():
            self.add_error("pasted", "请粘贴名单，或选择一个文件。")
        elif file is not None and file.size > settings.UPLOAD_LIMIT:
            self.add_error(
                "file", f"文件有{in_words(file.size)}，超过{in_words(settings.UPLOAD_LIMIT)}的上限。"
            )
        return given

    @property
    def received(self) -> str | tuple[str, bytes]:
        """What was handed in: text, or a file's name and bytes."""
        file = self.cleaned_data.get("file")
        return (file.name, file.read()) if file is not None else self.cleaned_data["pasted"]

    @property
    def office_id(self) -> int | None:
        """The id of the chosen office."""
        return int(self.cleaned_data["office"]) if self.cleaned_data.get("office") else None


def _chosen(choices: Any, blank: str) -> list[tuple[str, str]]:
    return [("", blank), *choices]


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the list's document is, and what its rows become; blank fields follow the programme."""

    programme = forms.ChoiceField(label="事项", required=False, widget=forms.Select(attrs=SELECT))
    target = forms.ChoiceField(
        label="登记为", choices=NameList.Target.choices, widget=forms.Select(attrs=SELECT)
    )
    act = forms.ChoiceField(
        label="方式",
        choices=_chosen(Act.choices, "按事项的规定"),
        required=False,
        help_text="事项规定了方式的，以事项为准。",
        widget=forms.Select(attrs=SELECT),
    )
    kind = forms.ChoiceField(
        label="首次或复核",
        choices=_chosen(Kind.choices, "按台账判断"),
        required=False,
        help_text="按台账判断：以前有过本事项的记为复核，没有的记为首次。",
        widget=forms.Select(attrs=SELECT),
    )
    stage = forms.ChoiceField(
        label="阶段",
        choices=_chosen(Stage.choices, "不适用"),
        required=False,
        help_text="登记为申报推荐时填写。",
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = NameList
        fields = (
            "target",
            "programme",
            "document_number",
            "document_title",
            "authority",
            "issued_on",
            "batch",
            "valid_until",
            "kind",
            "stage",
            "act",
            "url",
        )
        widgets = {
            **{
                name: forms.TextInput(attrs=TEXT)
                for name in ("document_number", "document_title", "authority", "batch", "url")
            },
            **{
                name: forms.DateInput(attrs={**TEXT, "type": "date"}, format="%Y-%m-%d")
                for name in ("issued_on", "valid_until")
            },
        }
        help_texts = {
            "issued_on": "认定日期按发文日期登记。",
            "valid_until": "不填的，按事项的有效期推算；事项没有规定的留空。",
            "batch": "如“2023年第一批”。",
            "url": "公布名单的网页。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = programmes_of(self.instance.region_id)
        programme: Any = self.fields["programme"]
        programme.choices = _chosen(
            [
                (id, f"{one.title}（{'，'.join(part for part in (one.level, one.act) if part)}）")
                for id, one in self.programmes.items()
            ],
            "请选择",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        found = self.programmes.get(given.get("programme", ""))
        # What the 事项 fixes is not for the form to say.
        given["act"] = (found.act if found else "") or given.get("act") or Act.RECOGNISED.value
        return given

    def _post_clean(self) -> None:
        """Leave the row alone: its own action checks and writes it."""
