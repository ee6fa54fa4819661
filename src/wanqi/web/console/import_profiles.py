"""导入方案: made from one example file; the system proposes, a person corrects, tries it on the file and keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, RowMissing, RowStale, WanqiError
from wanqi.core.models import Attachment, Office
from wanqi.registry import proposing
from wanqi.registry.actions.profiles import keep_profile, start_profile, withdraw_profile
from wanqi.registry.errors import RegistryError
from wanqi.registry.headers import title_key
from wanqi.registry.importing import kinds_of, sink_of
from wanqi.registry.models import OwnProfile
from wanqi.registry.profiles import as_yaml, checked_profile, imports_of, profile_from
from wanqi.registry.proposing import DATE_FORMS, Proposal, Trial
from wanqi.registry.sheets import in_words, open_table
from wanqi.registry.values import Table
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .import_forms import SELECT, UNITS
from .imports import sent
from .registers.forms import ReasonForm
from .uploads import sized

FORMS = {
    "%Y-%m-%d": "2023-06-30",
    "%Y/%m/%d": "2023/6/30",
    "%Y.%m.%d": "2023.6.30",
    "%Y年%m月%d日": "2023年6月30日",
    "%Y%m%d": "20230630",
    "%Y年%m月": "2023年6月（按当月1日）",
    "%Y-%m": "2023-06（按当月1日）",
    "%Y.%m": "2023.06（按当月1日）",
}


def crumbs(last: str = "") -> list[tuple[str, str | None]]:
    """Return where a page of the profiles stands."""
    own = ("导入方案", reverse("imports.profiles") if last else None)
    return [("报数", None), ("数据导入", reverse("imports")), own, *([(last, None)] if last else [])]


def open_kinds(actor: Actor, region: str) -> dict[str, str]:
    """Return the kinds of records the actor may import: kind → title."""
    return {
        kind: spec.title
        for kind, spec in kinds_of(region).items()
        if actor.can(sink_of(kind).model.resource, "import")
    }


class ExampleForm(forms.Form):
    """One example file, and which register it is for where the clerk knows."""

    file = forms.FileField(
        label="样表",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx,.xlsm,.csv,.txt"}),
        error_messages={"required": "请选择一份样表。"},
    )
    kind = forms.ChoiceField(label="导入到", required=False, widget=forms.Select(attrs=SELECT))
    office = forms.ChoiceField(label="责任股室", widget=forms.Select(attrs=SELECT))

    def __init__(self, *args: Any, actor: Actor, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [("", "由系统按列名判断"), *open_kinds(actor, region).items()]
        office: Any = self.fields["office"]
        offices = Office.objects.filter(region=region, active=True).order_by("position", "id")
        office.choices = [
            (str(one.pk), one.name)
            for one in offices
            if actor.may_place("form", "create", region=region, office=one.pk, area=None, unit=None)
        ]
        self.fields["file"].help_text = f"对方发来的任意一份，不超过{in_words(settings.UPLOAD_LIMIT)}。"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                f"文件有{in_words(file.size)}，请删到{in_words(settings.UPLOAD_LIMIT)}以内。"
            )
        return file


@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """Return every profile of the region with what it is for and where it comes from."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "batch", "view")
    region = place_of(request).region
    kinds = kinds_of(region)
    own = OwnProfile.objects.visible_to(actor).filter(region=region).current().order_by("id")
    made = {row.code: row for row in own}
    listed = [
        {
            "code": profile.id,
            "title": profile.title,
            "kind": kinds[profile.kind].title,
            "version": profile.version,
            "row": made.get(profile.id),
        }
        for profile in imports_of(region).values()
        if profile.kind in kinds
    ]
    context = {
        "title": "导入方案",
        "crumbs": crumbs(),
        "profiles": listed,
        "drafts": [row for row in own if row.state == OwnProfile.State.DRAFT],
        "may_create": actor.can("form", "create"),
    }
    return render_page(request, "console/import_profiles.html", context)


@sized
def create(request: HttpRequest) -> HttpResponse:
    """Take an example file, propose what it is, and go on to correcting that."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "create")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    region = place_of(request).region
    form = ExampleForm(request.POST or None, request.FILES or None, actor=actor, region=region)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        kinds = [form.cleaned_data["kind"]] if form.cleaned_data["kind"] else list(open_kinds(actor, region))
        try:
            found = proposing.propose(open_table(content, name=file.name), region, kinds=kinds)
            row = start_profile(
                file.name,
                content,
                kind=found.kind,
                sheet=found.sheet,
                region=region,
                office=int(form.cleaned_data["office"]),
                actor=actor,
            )
        except RowInvalid as refused:
            form.add_error(None, _said(refused))
        except RegistryError as refused:
            form.add_error("file", f"{refused.cause}。{refused.hint}")
        else:
            return redirect("imports.profile", code=row.code)
    context = {"title": "用样表做导入方案", "crumbs": crumbs("新方案"), "form": form}
    return render_page(
        request, "console/import_profile_new.html", context, status=422 if form.errors else 200
    )


def own_row(request: HttpRequest, code: str, verb: str) -> OwnProfile:
    """Return a profile made here that the actor may act on. Raises RowMissing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = OwnProfile.objects.visible_to(actor, to=verb).filter(region=place_of(request).region, code=code)
    found: OwnProfile | None = rows.current().select_related("example").defer("example__content").first()
    if found is None:
        raise RowMissing(
            "没有找到这个导入方案，或它是地区配置中的方案，不在网页上修改。", hint="请返回导入方案核对。"
        )
    return found


def table_of(row: OwnProfile) -> Table:
    """Return the example as a table. Raises TableRefused."""
    name, content = Attachment.objects.values_list("name", "content").get(pk=row.example_id)
    return open_table(bytes(content), name=name)


@dataclass
class Draft:
    """A profile as it stands on the page: the reading, the name, the words and what stands for the whole table."""

    found: Proposal
    title: str
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def definition(self, region: str) -> dict[str, object]:
        """Return what a file of imports/ would say."""
        return proposing.definition(
            self.found,
            id="own",
            title=self.title,
            version="2000-1",
            region=region,
            values=self.values,
            constants=self.constants,
            note=self.note,
        )


def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the example is read as; look again, try it, or keep it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "correct")
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    row = own_row(request, code, "correct")
    table = table_of(row)
    if request.method != "POST":
        return _page(request, row, kept_draft(row, table), table)
    draft = posted_draft(request.POST, row, table)
    step = request.POST.get("step", "look")
    try:
        if step in ("try", "save"):
            proposing.check_needed(draft.found, draft.constants, row.region_id)
        if step == "try":
            profile = checked_profile(row.region_id, draft.definition(row.region_id))
            return _page(
                request, row, draft, table, trial=proposing.tried(profile, draft.found, table, row.region_id)
            )
        if step == "save":
            seen = request.POST.get("seen", "")
            kept = keep_profile(
                row,
                draft.definition(row.region_id),
                actor=actor,
                reason=request.POST.get("reason", ""),
                seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
            )
            messages.success(request, f"导入方案“{kept.title}”已在用，导入表格时可以选它。")
            return redirect("imports.profiles")
    except (WanqiError, RowInvalid, RowStale) as refused:
        return _page(request, row, draft, table, error=_said(refused))
    return _page(request, row, draft, table)


def _said(refused: WanqiError) -> str:
    if isinstance(refused, RowInvalid):
        return "；".join(one for said in refused.fields.values() for one in said)
    return f"{refused.cause}{refused.hint}"


def kept_draft(row: OwnProfile, table: Table) -> Draft:
    """Return a profile as it is kept; of a draft, what the system proposes."""
    found = proposing.propose(table, row.region_id, kinds=[row.kind], sheet=row.sheet)
    draft = Draft(found, row.title)
    if row.definition:
        profile = profile_from(row.definition)
        heads = {title_key(one): column.field for column in profile.columns for one in column.headers}
        titles = found.head.titles
        found.columns = {heads[key]: at for at, one in enumerate(titles) if (key := title_key(one)) in heads}
        found.guessed = []
        _fill(found, table, row.region_id)
        found.units |= profile.units
        found.date_formats = profile.date_formats
        draft.values = {name: dict(given) for name, given in profile.values.items()}
        draft.constants, draft.note = dict(profile.constants), profile.note or ""
    return draft


def _fill(found: Proposal, table: Table, region: str) -> None:
    proposing.fill(found, list(table.rows(found.sheet, most=proposing.LOOKED)), region)


def posted_draft(posted: QueryDict, row: OwnProfile, table: Table) -> Draft:
    """Return the page as it was sent; another register, sheet or head is read anew."""
    region, kinds = row.region_id, kinds_of(row.region_id)
    kind = posted.get("kind", "") if posted.get("kind") in kinds else row.kind
    sheets = [one.name for one in table.sheets]
    sheet = posted.get("sheet", "") if posted.get("sheet") in sheets else row.sheet
    first, last = (_line(posted.get(name, "")) for name in ("first", "last"))
    lines = (first, max(first, last)) if first else None
    found = proposing.propose(table, region, kinds=[kind], sheet=sheet, lines=lines)
    draft = Draft(
        found, posted.get("title", "").strip()[:200] or row.title, note=posted.get("note", "").strip()
    )
    same = [posted.get(f"was-{name}", "") for name in ("kind", "sheet", "first", "last")]
    if same != [kind, sheet, posted.get("first", ""), posted.get("last", "")]:
        return draft
    fields = kinds[kind].fields
    found.columns = {
        name: int(value)
        for name in fields
        if (value := posted.get(f"column-{name}", "")).isdecimal()
        and len(value) < 4
        and int(value) < len(found.head.titles)
    }
    found.guessed = []
    _fill(found, table, region)
    for name in found.units:
        unit = posted.get(f"unit-{name}", "")
        found.units[name] = unit if unit in UNITS else ""
    found.date_formats = tuple(one for one in DATE_FORMS if one in posted.getlist("form"))
    for name in fields:
        pairs = zip(posted.getlist(f"written-{name}"), posted.getlist(f"meant-{name}"), strict=False)
        draft.values[name] = {written: meant for written, meant in pairs if meant}
        if constant := posted.get(f"constant-{name}", "").strip():
            draft.constants[name] = constant
    draft.constants = {name: one for name, one in draft.constants.items() if name not in found.columns}
    return draft


def _line(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _page(
    request: HttpRequest,
    row: OwnProfile,
    draft: Draft,
    table: Table,
    *,
    trial: Trial | None = None,
    error: str = "",
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, kinds = draft.found, kinds_of(row.region_id)
    context = {
        "title": draft.title,
        "crumbs": crumbs(row.title),
        "row": row,
        "draft": draft,
        "found": found,
        "kinds": open_kinds(actor, row.region_id),
        "sheets": [one.name for one in table.sheets],
        "columns": list(enumerate(found.head.titles)),
        "fields": list(_fields(draft, kinds[found.kind].fields, sink_of(found.kind).key)),
        "key": kinds[found.kind].fields[sink_of(found.kind).key].title,
        "units": UNITS,
        "forms": [(form, FORMS[form], form in found.date_formats) for form in DATE_FORMS],
        "trial": trial,
        "error": error,
        "ready": row.state == OwnProfile.State.READY,
        "reason": request.POST.get("reason", ""),
    }
    return render_page(request, "console/import_profile.html", context, status=422 if error else 200)


def _fields(draft: Draft, fields: Any, key: str) -> Any:
    """Yield one line per field: its column, samples, unit to be chosen, words to be explained."""
    found = draft.found
    for name, spec in fields.items():
        at = found.columns.get(name)
        samples = [one[at] for one in found.samples if at is not None and at < len(one) and one[at]]
        known = draft.values.get(name, {})
        words = list(dict.fromkeys([*known, *found.words.get(name, ())]))
        required = spec.required or name == key
        yield {
            "name": name,
            "title": spec.title,
            "required": required,
            "column": at,
            "guessed": name in found.guessed,
            "samples": "、".join(samples[:3]),
            "asks_unit": name in found.units,
            "unit": found.units.get(name, ""),
            "terms": list(spec.values or ()),
            "words": [(word, known.get(word, "")) for word in words] if at is not None else [],
            "constant": draft.constants.get(name, ""),
            "offers_constant": at is None and name != key and (required or name in draft.constants),
        }


def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Ask why, then take a profile out of use."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "withdraw")
    row = own_row(request, code, "withdraw")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_profile(row, actor=actor, reason=form.cleaned_data["reason"])
        except RowInvalid as refused:
            form.add_error("reason", _said(refused))
        else:
            messages.success(request, f"导入方案“{row.title}”已停用，已导入的记录不变。")
            return redirect("imports.profiles")
    context = {
        "title": f"停用导入方案：{row.title}",
        "crumbs": crumbs(row.title),
        "form": form,
        "row": row,
    }
    return render_page(request, "console/import_profile_withdraw.html", context)


@require_GET
def download(request: HttpRequest, code: str) -> HttpResponse:
    """Return a profile as the file that a region's imports/ folder would have."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "batch", "view")
    profile = imports_of(place_of(request).region).get(code)
    if profile is None:
        raise RowMissing("没有找到这个导入方案。", hint="请返回导入方案核对。")
    return sent(as_yaml(profile), f"{code}.yaml", content_type="application/yaml")


urlpatterns = [
    path("imports/profiles/", show_all, name="imports.profiles"),
    path("imports/profiles/new/", create, name="imports.profiles.new"),
    path("imports/profiles/<slug:code>/", edit, name="imports.profile"),
    path("imports/profiles/<slug:code>/withdraw/", withdraw, name="imports.profile.withdraw"),
    path("imports/profiles/<slug:code>/file/", download, name="imports.profile.file"),
]
