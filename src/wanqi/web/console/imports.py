"""数据导入: 选择 → 匹配列 → 预览 → 完成, each batch at one address that shows the step it has come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from wanqi.core.access import Actor, require
from wanqi.core.actions import record
from wanqi.core.errors import AccessRefused, WanqiError
from wanqi.core.masking import MASKED
from wanqi.core.models import Attachment
from wanqi.registry.access import get_batch
from wanqi.registry.actions import check, choose_sheet, match_columns, receive_table, start_import, start_undo
from wanqi.registry.batches import counted
from wanqi.registry.errors import MappingRefused, RegistryError
from wanqi.registry.importing import Target, target_of
from wanqi.registry.models import ImportBatch
from wanqi.registry.workpapers import rejected_workbook, template_workbook
from wanqi.web import display
from wanqi.web.menu import address
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .import_forms import UNITS, ReceiveForm, chosen_columns, chosen_units, open_targets
from .job_progress import progress_of_job
from .uploads import sized

State = ImportBatch.State
STEPS = ("选择", "匹配列", "预览", "完成")
PAGE = 30
SHOWN = 50  # rejected rows on a page; the file has all
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def crumbs(last: str = "") -> list[tuple[str, str | None]]:
    """Return where the page stands; `last` is the page below the list."""
    return [
        ("报数", None),
        ("数据导入", reverse("imports") if last else None),
        *([(last, None)] if last else []),
    ]


@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Return the batches the actor may see, newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "batch", "view")
    region = place_of(request).region
    rows = (
        ImportBatch.objects.visible_to(actor)
        .filter(region=region)
        .select_related("created_by", "unit", "office", "file")
        .defer("file__content")
        .order_by("-pk")
    )
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    context = {
        "title": "数据导入",
        "crumbs": crumbs(),
        "batches": [(batch, counted(batch.counts)) for batch in shown],
        "older": shown[-1].pk if len(found) > PAGE else None,
        "newest": not before,
        "may_import": actor.can("batch", "create"),
        "templates": [target.profile for target in open_targets(actor, region).values()],
    }
    return render_page(request, "console/import_list.html", context)


@sized
def receive(request: HttpRequest) -> HttpResponse:
    """Show the form for a file or pasted table, or take it and go on to matching its columns."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "batch", "create")
    region = place_of(request).region
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = ReceiveForm(request.POST or None, request.FILES or None, actor=actor, region=region)
    if request.method == "POST" and form.is_valid():
        name, content = form.received
        try:
            batch = receive_table(
                name,
                content,
                profile=form.cleaned_data["profile"],
                region=region,
                actor=actor,
                office=form.chosen("office"),
                unit=form.chosen("unit"),
            )
        except RegistryError as refused:
            form.add_error(
                "file" if form.cleaned_data.get("file") else "pasted", refused.cause + "。" + refused.hint
            )
        else:
            return redirect("imports.batch", pk=batch.pk)
    context = {
        "title": "导入表格",
        "crumbs": crumbs("导入表格"),
        "form": form,
        "steps": steps(1),
        "templates": [target.profile for target in form.targets.values()],
    }
    return render_page(request, "console/import_new.html", context, status=422 if form.errors else 200)


def steps(current: int) -> list[dict[str, Any]]:
    """Return the stepper: title, number, whether done, whether current."""
    return [
        {"title": title, "number": at, "done": at < current, "current": at == current}
        for at, title in enumerate(STEPS, start=1)
    ]


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page of the step a batch has come to."""
    actor = request.actor  # type: ignore[attr-defined]
    batch = get_batch(actor, pk)
    if batch.state == State.RECEIVED:
        return matching_page(request, batch)
    if batch.state == State.MAPPED:
        return preview_page(request, batch)
    return result_page(request, batch)


def own(request: HttpRequest, batch: ImportBatch, verb: str = "create") -> bool:
    """Return whether the visitor may go on with the batch, or undo it."""
    actor = request.actor  # type: ignore[attr-defined]
    return bool(
        actor.may_place(
            "batch", verb, region=batch.region_id, office=batch.office_id, area=None, unit=batch.unit_id
        )
    )


def matching_page(
    request: HttpRequest,
    batch: ImportBatch,
    *,
    chosen: dict[str, int] | None = None,
    error: WanqiError | None = None,
) -> HttpResponse:
    """Return the page on which each item gets its column."""
    target = target_of(batch.region_id, batch.profile)
    kept = batch.mapping
    columns = chosen if chosen is not None else kept["columns"]
    context = {
        "title": "匹配列",
        "crumbs": crumbs(f"第{batch.pk}批"),
        "steps": steps(2),
        "batch": batch,
        "fields": matching_fields(target, kept, columns),
        "units": UNITS,
        "titles": kept["titles"],
        "samples": kept.get("samples", ()),
        "sheets": kept.get("sheets", ()),
        "notes": kept.get("notes", ()),
        "remembered": kept.get("remembered"),
        "error": error,
        "mine": own(request, batch),
    }
    return render_page(request, "console/import_match.html", context, status=422 if error else 200)


def matching_fields(target: Target, kept: dict[str, Any], columns: dict[str, int]) -> list[dict[str, Any]]:
    """Return one line per item: title, whether required, its column, what stands in it, how sure the match is."""
    lines = []
    for name, title in target.titles.items():
        at = columns.get(name)
        samples = [row[at] for row in kept.get("samples", ()) if at is not None and at < len(row) and row[at]]
        if at is None:
            state = ("请匹配", "missing") if name in target.required else ("不导入", "plain")
        elif name in kept.get("guessed", ()):
            state = ("请核对", "missing")
        else:
            state = ("已匹配", "done")
        lines.append(
            {
                "name": name,
                "title": title,
                "required": name in target.required,
                "column": at,
                "samples": "、".join(samples[:3]),
                "money": target.kind.fields[name].type == "money",
                "unit": kept.get("units", {}).get(name) or target.profile.units.get(name, ""),
                "state": state,
            }
        )
    return lines


def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the columns again, or confirm them and check the rows."""
    actor = request.actor  # type: ignore[attr-defined]
    batch = get_batch(actor, pk)
    if request.method != "POST":
        return (
            matching_page(request, batch)
            if batch.state in (State.RECEIVED, State.MAPPED)
            else redirect("imports.batch", pk=pk)
        )
    target = target_of(batch.region_id, batch.profile)
    posted = request.POST.dict()
    chosen, units = chosen_columns(posted, target), chosen_units(posted, target)
    try:
        check(match_columns(batch, chosen, actor=actor, units=units), actor=actor)
    except MappingRefused as refused:
        return matching_page(request, batch, chosen=chosen, error=refused)
    return redirect("imports.batch", pk=pk)


@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at another sheet of the file."""
    actor = request.actor  # type: ignore[attr-defined]
    batch = get_batch(actor, pk)
    try:
        choose_sheet(batch, request.POST.get("sheet", ""), actor=actor)
    except RegistryError as refused:
        messages.error(request, f"{refused.cause}。{refused.hint}")
    return redirect("imports.batch", pk=pk)


def problems(batch: ImportBatch) -> dict[str, Any]:
    """Return the first rejected rows of a batch, and how many there are."""
    return {"rejected": list(batch.rejected.order_by("line")[:SHOWN]), "most_rejected": SHOWN}


def preview_page(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Return what importing would do, or how far the check is."""
    counts = counted(batch.counts)
    context = {
        "title": "预览",
        "crumbs": crumbs(f"第{batch.pk}批"),
        "steps": steps(3),
        "batch": batch,
        "counts": counts,
        "skips": batch.counts.get("skips", {}),
        "taken": counts["created"] + counts["corrected"],
        "new": batch.counts.get("new", ()),
        "changes": batch.counts.get("changes", ()),
        "asked": batch.counts.get("asked", ()),
        "notes": batch.mapping.get("notes", ()),
        "checked": batch.counts.get("checked"),
        "mine": own(request, batch),
        **progress_of(batch),
        **problems(batch),
    }
    return render_page(request, "console/import_preview.html", context)


def result_page(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """Return how the import goes or went, and what can still be done."""
    counts = counted(batch.counts)
    live = progress_of(batch)
    done = batch.state in (State.DONE, State.UNDONE)
    context = {
        "title": f"导入第{batch.pk}批",
        "crumbs": crumbs(f"第{batch.pk}批"),
        "steps": steps(5 if done else 4),
        "batch": batch,
        "counts": counts,
        "skips": batch.counts.get("skips", {}),
        "may_undo": batch.state in (State.DONE, State.FAILED)
        and not live["active"]
        and own(request, batch, "undo"),
        "may_go_on": batch.state in (State.FAILED, State.RUNNING)
        and not live["active"]
        and own(request, batch),
        "undoable": counts["created"] + counts["corrected"],
        "kept_rows": kept_rows(batch) if batch.state == State.UNDONE else (),
        "register": address(batch.kind),
        **live,
        **problems(batch),
    }
    return render_page(request, "console/import_result.html", context)


def kept_rows(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return the first rows an undo left as they are, because they were changed since."""
    changes = list(batch.applied.filter(verb__in=("created", "corrected")).order_by("line")[:SHOWN])
    model = target_of(batch.region_id, batch.profile).sink.model
    rows = model._default_manager.in_bulk([one.target_id for one in changes])
    return [
        {"line": one.line, "label": str(rows[one.target_id]), "pk": one.target_id}
        for one in changes
        if one.target_id in rows
    ]


def progress_of(batch: ImportBatch) -> dict[str, Any]:
    """Return how far the batch's Job is, and what it does."""
    words = {"import-check": "核对", "import-undo": "撤销"}
    doing = words.get(batch.job.kind, "导入") if batch.job else ""
    return {**progress_of_job(batch.job), "doing": doing}


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the progress alone; once the job has ended, ask the page to reload."""
    batch = get_batch(request.actor, pk)  # type: ignore[attr-defined]
    live = progress_of(batch)
    if not live["active"]:
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("imports.batch", pk=pk)
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render_page(request, "console/_import_progress.html", {"batch": batch, **live})


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the import, or let one that stopped go on."""
    actor = request.actor  # type: ignore[attr-defined]
    start_import(get_batch(actor, pk), actor=actor)
    return redirect("imports.batch", pk=pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a whole batch."""
    actor = request.actor  # type: ignore[attr-defined]
    start_undo(get_batch(actor, pk), actor=actor)
    return redirect("imports.batch", pk=pk)


@require_GET
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the rejected rows as a workbook."""
    actor = request.actor  # type: ignore[attr-defined]
    batch = get_batch(actor, pk, to="export")
    person = batch.created_by
    content = rejected_workbook(
        batch.rejected.order_by("line").iterator(chunk_size=2_000),
        titles=batch.mapping.get("titles", []),
        demonstration=bool(person and person.is_demonstration),
        told=display.taken(actor.name, timezone.now()),
        hidden=_hidden(batch, actor),
    )
    record(batch, "导出未导入的行", actor=actor)
    return sent(content, f"第{batch.pk}批未导入的行.xlsx", content_type=XLSX)


def _hidden(batch: ImportBatch, actor: Actor) -> dict[int, Callable[[str], str]]:
    """Return the columns whose cells only the batch's own office or unit reads in clear, with how others see them."""
    if actor.may_place(
        "batch", "create", region=batch.region_id, office=batch.office_id, area=None, unit=batch.unit_id
    ):
        return {}
    columns = batch.mapping.get("columns", {})
    return {at: MASKED[name] for name, at in columns.items() if name in MASKED and at is not None}


@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the file as it was handed in."""
    actor = request.actor  # type: ignore[attr-defined]
    batch = get_batch(actor, pk, to="export")
    if _hidden(batch, actor):
        raise AccessRefused(
            "原始文件里有联系电话或身份证号，只有导入它的股室或单位可以下载。",
            hint="需要核对的，请联系导入的股室；“未导入的行”可以下载，号码的中间几位已隐去。",
        )
    content = Attachment.objects.values_list("content", flat=True).get(pk=batch.file_id)
    record(batch, "下载原始文件", actor=actor)
    return sent(bytes(content), batch.file.name, content_type="application/octet-stream")


@require_GET
def template(request: HttpRequest, profile: str) -> HttpResponse:
    """Return the empty form of a profile."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "batch", "create")
    target = target_of(place_of(request).region, profile)
    return sent(template_workbook(target), f"{target.profile.title}模板.xlsx", content_type=XLSX)


def sent(content: bytes, name: str, *, content_type: str) -> HttpResponse:
    """Return a file to be saved, never opened in the page."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


urlpatterns = [
    path("imports/", batches, name="imports"),
    path("imports/new/", receive, name="imports.new"),
    path("imports/template/<slug:profile>/", template, name="imports.template"),
    path("imports/<int:pk>/", show, name="imports.batch"),
    path("imports/<int:pk>/match/", match, name="imports.match"),
    path("imports/<int:pk>/sheet/", sheet, name="imports.sheet"),
    path("imports/<int:pk>/confirm/", confirm, name="imports.confirm"),
    path("imports/<int:pk>/progress/", progress, name="imports.progress"),
    path("imports/<int:pk>/rejected/", rejected, name="imports.rejected"),
    path("imports/<int:pk>/file/", original, name="imports.file"),
    path("imports/<int:pk>/undo/", undo, name="imports.undo"),
]
