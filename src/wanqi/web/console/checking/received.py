"""What was handed in to be checked: words or one file, read and let go again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django import forms
from django.http import HttpRequest

from wanqi.core.access import Actor
from wanqi.documents.drafts import read_draft
from wanqi.documents.errors import DocumentsError
from wanqi.registry.sheets import in_words
from wanqi.reports.checking import MOST_CHARACTERS, readable
from wanqi.reports.errors import TextTooLong
from wanqi.reports.models import SavedCheck
from wanqi.web.place import Place, place_of

MOST_OFFERED = 100  # kept checks to choose from, the latest
FILE_LIMIT = 20 * 1024 * 1024
ACCEPTED = ".txt,.docx,.pdf,.html,.htm"


@dataclass(frozen=True, slots=True)
class Received:
    """The text of what was handed in; `notices` say what of it was not read.

    original: the bytes of a Word file, which can carry comments; never kept.
    """

    text: str
    name: str = ""
    notices: tuple[str, ...] = ()
    original: bytes | None = None

    @property
    def title(self) -> str:
        """A title to begin with: the file's name, or the first line."""
        first = next((line.strip() for line in self.text.splitlines() if line.strip()), "")
        return (PurePath(self.name).stem or first)[:60]


class CheckForm(forms.Form):
    """Words or one file; `received` after it was found valid."""

    text = forms.CharField(
        label="粘贴材料",
        required=False,
        strip=False,
        help_text=f"从Word、WPS或网页中复制后粘贴，表格也可以；一次不超过{MOST_CHARACTERS:,}字。",
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 8}),
    )
    file = forms.FileField(
        label="或者选择文件",
        required=False,
        allow_empty_file=True,
        help_text=f"支持 .docx、.pdf、.txt、.html，不超过{in_words(FILE_LIMIT)}；.doc、.wps 请先另存为 .docx。",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ACCEPTED}),
    )
    period = forms.ChoiceField(
        label="与系统数据比对",
        required=False,
        help_text="同名、同单位、同时期的数，与本系统的台账和填报值对照。",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    earlier = forms.ModelChoiceField(
        SavedCheck.objects.none(),
        label="与以前的材料比对",
        required=False,
        empty_label="不比对",
        help_text="从核对记录中选一份，对照上期、上年末、上年同期。",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    received: Received

    def __init__(self, *args: Any, actor: Actor, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods: Any = self.fields["period"]
        periods.choices = [("", "不比对"), *place.periods]
        earlier: Any = self.fields["earlier"]
        if actor.can("check", "view"):
            kept = SavedCheck.objects.visible_to(actor).current().filter(region_id=place.region)
            latest = list(kept.order_by("-id").values_list("pk", flat=True)[:MOST_OFFERED])
            earlier.queryset = SavedCheck.objects.filter(pk__in=latest).defer("result").order_by("-id")
        for field in (periods, earlier):
            field.error_messages["invalid_choice"] = "请从列表中选择。"
        if len(self.fields["earlier"].choices) < 2:  # type: ignore[attr-defined]
            del self.fields["earlier"]

    def clean(self) -> dict[str, Any]:
        """Read what was handed in; a refusal stands at its field."""
        given = super().clean() or {}
        file, text = given.get("file"), given.get("text") or ""
        if file is not None and text.strip():
            self.add_error("file", "文字和文件只能核对一样：请清空文字，或取消选择文件。")
        elif file is not None:
            self._take_file(file)
        elif not text.strip():
            self.add_error("text", "请粘贴材料，或选择一个文件。")
        else:
            self._take(text)
        return given

    def _take_file(self, file: Any) -> None:
        if file.size > FILE_LIMIT:
            said = f"文件有{in_words(file.size)}，超过{in_words(FILE_LIMIT)}的上限。请删去图片，或另存为只有文字的文件。"
            self.add_error("file", said)
            return
        data = file.read()
        try:
            draft = read_draft(file.name, data)
        except DocumentsError as error:
            self.add_error("file", _sentence(error))
            return
        if not draft.text.strip():
            self.add_error("file", "文件里没有读到文字。如是扫描件，请先识别成文字再核对。")
            return
        self._take(
            draft.text,
            field="file",
            name=file.name,
            notices=tuple(draft.notices),
            # A comment finds its place by the text as it was read, to the character.
            original=data if draft.kind == "word" and readable(draft.text) == draft.text else None,
        )

    def _take(self, text: str, *, field: str = "text", **of_file: Any) -> None:
        try:
            self.received = Received(readable(text), **of_file)
        except TextTooLong as error:
            self.add_error(field, f"{error.cause.removesuffix('，没有核对。')}。{error.hint}")


def _sentence(error: DocumentsError) -> str:
    cause, hint = (str(getattr(error, name, "") or "") for name in ("cause", "hint"))
    return f"{(cause or str(error)).rstrip('。')}。{hint}"


def form_of(request: HttpRequest) -> CheckForm:
    """Return the form of a request: as sent, or empty."""
    given: dict[str, Any] = {"actor": request.actor, "place": place_of(request)}  # type: ignore[attr-defined]
    if request.method == "POST":
        return CheckForm(request.POST, request.FILES, **given)
    return CheckForm(**given)


def form_with(request: HttpRequest, **values: Any) -> CheckForm:
    """Return an unsent form that holds these values."""
    return CheckForm(initial=values, actor=request.actor, place=place_of(request))  # type: ignore[attr-defined]
