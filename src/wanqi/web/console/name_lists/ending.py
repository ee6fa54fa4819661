"""The end of a 名单: its document told, its rows registered, taken back or given up; the file and the rows as files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from wanqi.core.actions import record
from wanqi.core.errors import RowInvalid, WanqiError
from wanqi.core.models import Attachment
from wanqi.registry.actions.name_list_runs import finish_list, undo_list
from wanqi.registry.actions.name_lists import describe, drop_list
from wanqi.registry.models import NameList
from wanqi.registry.name_lists.listing import rows_workbook
from wanqi.registry.name_lists.loading import get_name_list
from wanqi.web import display
from wanqi.web.console.imports import XLSX, sent

from .forms import DocumentForm
from .views import actor_in, confirming_page

DONE = {
    NameList.Target.RECOGNITION: "条认定记录",
    NameList.Target.NOMINATION: "条申报推荐",
}


@require_POST
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the document is; with `finish`, register the rows as well."""
    actor = actor_in(request)
    name_list = get_name_list(actor, pk, to="create")
    form = DocumentForm(request.POST, instance=get_name_list(actor, pk))
    if not form.is_valid():
        return confirming_page(request, name_list, form=form, status=422)
    try:
        name_list = describe(name_list, form.cleaned_data, actor=actor)
        if "finish" not in request.POST:
            messages.success(request, "文件信息已保存。")
            return redirect("name_lists.list", pk=pk)
        name_list = finish_list(name_list, actor=actor, today=timezone.localdate())
    except RowInvalid as error:
        for name, texts in error.fields.items():
            for text in texts:
                form.add_error(name if name in form.fields else None, text)
        return confirming_page(request, get_name_list(actor, pk), form=form, status=422)
    except WanqiError as error:
        if error.status != 409:
            raise
        messages.error(request, f"{error.cause}{error.hint}")
        return redirect("name_lists.list", pk=pk)
    made = name_list.counts["created"] + name_list.counts["renewed"]
    messages.success(request, f"已登记{made}{DONE[NameList.Target(name_list.target)]}。")
    return redirect("name_lists.list", pk=pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a whole list back."""
    actor = actor_in(request)
    undo_list(get_name_list(actor, pk), actor=actor)
    return redirect("name_lists.list", pk=pk)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a list up."""
    actor = actor_in(request)
    drop_list(get_name_list(actor, pk), actor=actor)
    messages.success(request, "已放弃这份名单，登记库没有任何改动。")
    return redirect("name_lists")


@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the file as it was handed in."""
    actor = actor_in(request, "export")
    name_list = get_name_list(actor, pk, to="export")
    content = Attachment.objects.values_list("content", flat=True).get(pk=name_list.file_id)
    record(name_list, "下载原始文件", actor=actor)
    return sent(bytes(content), name_list.file.name, content_type="application/octet-stream")


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Return every row with what became of it, and the lines that were no rows, as a workbook."""
    actor = actor_in(request, "export")
    name_list = get_name_list(actor, pk, to="export")
    content = rows_workbook(name_list, told=display.taken(actor.name, timezone.now()))
    record(name_list, "导出名单处理结果", actor=actor)
    return sent(content, f"名单第{pk}份处理结果.xlsx", content_type=XLSX)
