"""One row: its page, and the same content in a drawer; what can be done with it, what it lacks, its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from wanqi.core.access import Actor, get_row, require
from wanqi.core.actions import record
from wanqi.core.errors import RowMissing
from wanqi.core.history import Entry, timeline
from wanqi.web import display
from wanqi.web.pages import render_page, safe_next
from wanqi.web.place import place_of

from . import addresses
from .catalogue import register as register_of
from .listing import crumbs_of
from .spec import Register


def show(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Return the row's page, or its drawer when htmx asks."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, register.resource, "view")
    rows = register.model.objects.select_related(*register.related, "unit", "created_by")
    row = get_row(register.on(rows, place_of(request).today), actor, pk, to="view")
    context = {
        "title": register.label(row),
        "subtitle": register.subtitle(row),
        "crumbs": crumbs_of(register, (register.label(row), "")),
        "register": register,
        "row": row,
        "chips": state_chips(register, row),
        "sections": [_section(section, row, actor) for section in register.sections],
        "steps": list(steps_for(register, row, actor, next_address=safe_next(request, ""))),
        "missing": register.missing(row),
        "history": _told(readable(timeline(row), actor)),
        "address": addresses.row_of(register, row.pk),
    }
    return render_page(request, "registers/detail.html", context, fragment="registers/_drawer.html")


def readable(entries: Sequence[Entry], actor: Actor) -> list[Entry]:
    """Return what the actor may read of a history: values of facts only with the right to see facts."""
    if actor.can("fact", "view"):
        return list(entries)
    return [entry for entry in entries if not any("source_class" in change for change in entry.changes)]


def _told(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the history for the page; an entry without old values (the first) folds its content away."""
    return [
        {
            "at": entry.at,
            "who": entry.who,
            "verb": entry.verb,
            "reason": entry.reason,
            "changes": entry.changes,
            "is_first": len(entry.changes) > 2 and all(change["old"] == "—" for change in entry.changes),
        }
        for entry in entries
    ]


def state_chips(register: Register, row: Any) -> list[str]:
    """Return the chips of the title line: in force or withdrawn, demonstration, and the register's own."""
    state = display.chip("已撤销", "withdrawn") if row.withdrawn_at else display.chip("在册", "active")
    marks = [display.chip("演示数据", "demo")] if row.is_demonstration else []
    return [state, *register.chips(row), *marks]


def steps_for(register: Register, row: Any, actor: Actor, *, next_address: str = "") -> Any:
    """Yield {title, icon, href, primary} for what the actor may do with the row now."""

    def may(verb: str) -> bool:
        return actor.may_place(
            register.resource,
            verb,
            region=row.region_id,
            office=row.office_id,
            area=getattr(row, "area_id", None),
            unit=row.unit_id,
        )

    def step(title: str, icon: str, name: str, *, primary: bool = False) -> dict[str, Any]:
        href = addresses.with_next(addresses.step_of(register, name, row.pk), next_address)
        return {"title": title, "icon": icon, "href": href, "primary": primary}

    if row.withdrawn_at is None:
        own = [each for each in register.steps if may(each.verb) and each.when(row)]
        for index, each in enumerate(own):
            href = addresses.with_next(reverse(each.url, args=[row.pk]), next_address)
            yield {"title": each.title, "icon": each.icon, "href": href, "primary": index == 0}
        if may("correct"):
            yield step("更正", "edit", "correct", primary=not own)
        if may("withdraw"):
            yield step("撤销", "ban", "withdraw")
    elif may("withdraw"):
        yield step("恢复", "arrow-back-up", "restore", primary=True)


def _section(section: Any, row: Any, actor: Actor) -> dict[str, Any]:
    context = dict(section.context(row, actor)) if section.context else {}
    return {
        "key": section.key,
        "title": section.title,
        "facts": section.facts(row) if section.facts else None,
        "template": section.template,
        **context,
    }


def attachment(request: HttpRequest, register: str, pk: int) -> HttpResponse:
    """Return the kept file of a row the actor may see, always as a download."""
    actor = request.actor  # type: ignore[attr-defined]
    found = register_of(register)
    if found is None or not found.file:
        raise RowMissing("没有这个附件。")
    require(actor, found.resource, "view")
    row: Any = get_row(found.model.objects.select_related(found.file), actor, pk, to="view")
    file = getattr(row, found.file)
    if file is None:
        raise RowMissing("这条记录没有附件。")
    with transaction.atomic():
        record(row, "下载附件", actor=actor)
    response = HttpResponse(bytes(file.content), content_type="application/octet-stream")
    response["Content-Disposition"] = str(content_disposition_header(True, file.name))
    return response
