"""The list of 名单, the form that takes one, and the page of one at the step it has come to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.errors import WanqiError
from wanqi.registry.actions.name_lists import receive_list
from wanqi.registry.errors import ListKnown, TableRefused
from wanqi.registry.models import NameList
from wanqi.registry.name_lists.loading import get_name_list, programmes_of
from wanqi.web.console.job_progress import progress_of_job
from wanqi.web.console.uploads import sized
from wanqi.web.menu import address
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .forms import DocumentForm, ReceiveForm
from .shown import numbers_of, shown

State = NameList.State
PAGE = 30
STEPS = ("粘贴或选择", "逐行确认", "登记")
SHOWN = 500  # rows of the result; the workbook has all


def actor_in(request: HttpRequest, verb: str = "view") -> Actor:
    """Return who asks. Raises AccessRefused unless they may do `verb` on some recognition."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "recognition", verb)
    return actor


def crumbs(last: str = "") -> list[tuple[str, str | None]]:
    """Return where the page stands; `last` is the page below the list."""
    below = [(last, None)] if last else []
    return [("认定与申报", None), ("名单导入", reverse("name_lists") if last else None), *below]


def steps(current: int) -> list[dict[str, Any]]:
    """Return the stepper: title, number, whether done, whether current."""
    return [
        {"title": title, "number": at, "done": at < current, "current": at == current}
        for at, title in enumerate(STEPS, start=1)
    ]


@require_GET
def show_lists(request: HttpRequest) -> HttpResponse:
    """Return the lists the actor may see, newest first."""
    actor = actor_in(request)
    region = place_of(request).region
    rows = (
        NameList.objects.visible_to(actor)
        .filter(region=region)
        .select_related("created_by", "office", "file")
        .defer("file__content", "others")
        .order_by("-pk")
    )
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    counts = numbers_of(found[:PAGE])
    titles = {id: one.title for id, one in programmes_of(region).items()}
    context = {
        "title": "名单导入",
        "crumbs": crumbs(),
        "lists": [(one, titles.get(one.programme, ""), counts[one.pk]) for one in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "newest": not before,
        "may_import": actor.can("recognition", "import"),
    }
    return render_page(request, "name_lists/list.html", context)


@sized
def receive(request: HttpRequest) -> HttpResponse:
    """Show the form, or take a list and go on to confirming its rows."""
    actor = actor_in(request, "import")
    region = place_of(request).region
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = ReceiveForm(request.POST or None, request.FILES or None, actor=actor, region=region)
    known = None
    if request.method == "POST" and form.is_valid():
        try:
            made = receive_list(
                form.received,
                region=region,
                office=form.office_id,
                actor=actor,
                again=form.cleaned_data["again"],
            )
        except TableRefused as refused:
            form.add_error(
                "file" if form.cleaned_data.get("file") else "pasted", f"{refused.cause}。{refused.hint}"
            )
        except ListKnown as refused:
            known = refused
            form.add_error(None, f"{refused.cause}{refused.hint}")
        else:
            return redirect("name_lists.list", pk=made.pk)
    context = {
        "title": "导入一份名单",
        "crumbs": crumbs("导入一份名单"),
        "steps": steps(1),
        "form": form,
        "known": known,
    }
    return render_page(request, "name_lists/new.html", context, status=422 if form.errors else 200)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the page of the step a list has come to."""
    name_list = get_name_list(actor_in(request), pk)
    if name_list.state == State.MATCHING:
        return matching_page(request, name_list)
    if name_list.state in (State.OPEN, State.RUNNING):
        return confirming_page(request, name_list)
    return result_page(request, name_list)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the progress alone; once the rows are matched, or no longer will be, ask the page to reload."""
    name_list = get_name_list(actor_in(request), pk)
    live = progress_of_job(name_list.job)
    if name_list.state == State.MATCHING and live["active"]:
        return render_page(request, "name_lists/_matching.html", {"list": name_list, **live})
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("name_lists.list", pk=pk)
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer


def mine(request: HttpRequest, name_list: NameList) -> bool:
    """Return whether the visitor may go on with the list."""
    actor = request.actor  # type: ignore[attr-defined]
    return bool(
        actor.may_place(
            "recognition",
            "import",
            region=name_list.region_id,
            office=name_list.office_id,
            area=None,
            unit=None,
        )
    )


def matching_page(request: HttpRequest, name_list: NameList) -> HttpResponse:
    """Return how far the worker is with a long list, or why it stopped and how it goes on."""
    context = {
        "title": "匹配名单",
        "crumbs": crumbs(f"第{name_list.pk}份"),
        "steps": steps(2),
        "list": name_list,
        "rows": name_list.rows.count(),
        "mine": mine(request, name_list),
        **progress_of_job(name_list.job),
    }
    return render_page(request, "name_lists/matching.html", context)


def confirming_page(
    request: HttpRequest,
    name_list: NameList,
    *,
    form: DocumentForm | None = None,
    error: WanqiError | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page on which rows are confirmed, or for htmx only the part that changes."""
    context = {
        "title": "确认名单",
        "crumbs": crumbs(f"第{name_list.pk}份"),
        "steps": steps(2),
        "form": form or DocumentForm(instance=name_list),
        "mine": mine(request, name_list),
        "error": error,
        **shown(name_list),
    }
    return render_page(
        request, "name_lists/confirm.html", context, fragment="name_lists/_confirming.html", status=status
    )


def result_page(request: HttpRequest, name_list: NameList) -> HttpResponse:
    """Return what was registered of a list, and what was not."""
    rows = name_list.rows.select_related("organisation", "recognition", "nomination").order_by("position")
    programme = programmes_of(name_list.region_id).get(name_list.programme)
    registered = rows.exclude(outcome="")
    target = "nominations" if name_list.target == NameList.Target.NOMINATION else "recognitions"
    context = {
        "title": f"名单第{name_list.pk}份",
        "crumbs": crumbs(f"第{name_list.pk}份"),
        "steps": steps(4),
        "list": name_list,
        "programme": programme.title if programme else "",
        "rows": registered[:SHOWN],
        "rows_count": registered.count(),
        "rest": rows.filter(outcome="")[:SHOWN],
        "rest_count": rows.filter(outcome="").count(),
        "most": SHOWN,
        "mine": mine(request, name_list),
        "register": address(target),
        "organisations": address("organisations"),
    }
    return render_page(request, "name_lists/result.html", context)
