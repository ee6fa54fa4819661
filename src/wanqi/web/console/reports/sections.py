"""Sections of a report in work: what may be done with each, and doing it: name, add, move, take out, bring back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, RowMissing, WanqiError
from wanqi.core.models import Office
from wanqi.reports import actions
from wanqi.reports.access import get_draft
from wanqi.reports.models import Draft
from wanqi.web.console.registers.query import parse_id

EARLIER = 3  # titles a section had before, offered to go back to


def tools_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return, by section, its title without number, the titles it had before, and whether it stands first or last."""
    standing = draft.standing_sections
    earlier = _earlier(draft)
    many: dict[str, int] = {}
    for section in draft.paragraphs.filter(withdrawn_at__isnull=True).values_list("section", flat=True):
        many[section] = many.get(section, 0) + 1
    return {
        one["id"]: {
            "title": one["title"],
            "earlier": [words for words in earlier.get(one["id"], ()) if words != one["title"]][:EARLIER],
            "is_first": number == 0,
            "is_last": number == len(standing) - 1,
            "paragraphs": many.get(one["id"], 0),
            "may_go": len(standing) > 1,
        }
        for number, one in enumerate(standing)
    }


def _earlier(draft: Draft) -> dict[str, list[str]]:
    """Return the titles that each section has had, the latest first, out of the draft's history."""
    found: dict[str, list[str]] = {}
    events = draft.events.order_by("-pgh_id").values_list("sections", flat=True)  # type: ignore[attr-defined]
    for sections in events:
        for one in sections:
            titles = found.setdefault(one["id"], [])
            if one["title"] and one["title"] not in titles:
                titles.append(one["title"])
    return found


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one thing with a section and go back to the page; what was refused is said there."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "report", "view")
    draft = get_draft(actor, pk)
    act = ACTS.get(request.POST.get("act", "name"))
    if act is None:
        raise RowMissing("没有这种操作。", hint="请刷新后重试。")
    section = request.POST.get("section", "")
    try:
        said = act(draft, section, request.POST, actor)
    except WanqiError as error:
        if error.status not in (409, 422):
            raise
        messages.error(request, _words(error))
    else:
        messages.success(request, said)
    anchor = f"#s-{section}" if section in tools_of(get_draft(actor, pk)) else ""
    return HttpResponseRedirect(reverse("reports.write", args=[pk]) + anchor)


def _words(error: WanqiError) -> str:
    if isinstance(error, RowInvalid):
        return "".join(said for each in error.fields.values() for said in each)
    return f"{error.cause}{error.hint}"


def _seen(given: Mapping[str, str]) -> int | None:
    return parse_id(given.get("seen", ""))


def _name(draft: Draft, section: str, given: Mapping[str, str], actor: Actor) -> str:
    actions.name_section(draft, section, given.get("title", ""), actor=actor, seen=_seen(given))
    return "章节标题已改。"


def _add(draft: Draft, section: str, given: Mapping[str, str], actor: Actor) -> str:
    pk = parse_id(given.get("office", ""))
    office = Office.objects.filter(region_id=draft.region_id, pk=pk).first() if pk is not None else None
    actions.add_section(
        draft, given.get("title", ""), actor=actor, office=office, after=section, seen=_seen(given)
    )
    return "已加一章，里面有一段待写。"


def _up(draft: Draft, section: str, given: Mapping[str, str], actor: Actor) -> str:
    actions.move_section(draft, section, up=True, actor=actor, seen=_seen(given))
    return "这一章已上移，章节序号随之改变。"


def _down(draft: Draft, section: str, given: Mapping[str, str], actor: Actor) -> str:
    actions.move_section(draft, section, up=False, actor=actor, seen=_seen(given))
    return "这一章已下移，章节序号随之改变。"


def _remove(draft: Draft, section: str, given: Mapping[str, str], actor: Actor) -> str:
    actions.remove_section(draft, section, actor=actor, reason=given.get("reason", ""), seen=_seen(given))
    return "已删去这一章；在本页最下面可以恢复，各段文字都在。"


def _restore(draft: Draft, section: str, given: Mapping[str, str], actor: Actor) -> str:
    actions.restore_section(draft, section, actor=actor, seen=_seen(given))
    return "已恢复这一章和其中的段落。"


ACTS: Mapping[str, Callable[[Draft, str, Mapping[str, str], Actor], str]] = {
    "name": _name,
    "add": _add,
    "up": _up,
    "down": _down,
    "remove": _remove,
    "restore": _restore,
}
