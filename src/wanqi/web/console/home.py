"""工作台: what waits for the visitor, what changed lately, and the way to daily work; by role."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from wanqi.collection.models import Return
from wanqi.collection.overview import reviews_of, tasks_of
from wanqi.core.access import Actor, Scope
from wanqi.core.models import AuditEvent
from wanqi.indicators.models import Shortfall
from wanqi.registry.models import FactCorrection, ImportBatch
from wanqi.web import display
from wanqi.web.menu import address, menu_for
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from .board import page as board
from .checkup import own
from .registers import addresses, query
from .registers.catalogue import REGISTERS
from .registers.spec import Register
from .reports.duties import duties_of
from .screening.kept import reminders

# What a day's work starts from; shown alone where the menu is long.
DAILY = (
    "returns",
    "name_lists",
    "screening",
    "calendar",
    "nominations",
    "recognitions",
    "organisations",
    "projects",
    "sites",
    "observations",
    "imports",
    "board",
    "reports",
    "checking",
)
RECENT = 12  # lines; acts of one transaction on several rows are one line
READ_BACK = 2000


def desk(request: HttpRequest) -> HttpResponse:
    """Return the visitor's own desk. Everybody signed in has one; what is on it follows the role."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.organisation is not None:
        return own.checkup(request)
    links = [link for group in menu_for(actor, path="/") for link in group["links"]]  # type: ignore[attr-defined]
    place = place_of(request)
    # Who only reads comes for the figures: they stand first, ten seconds are enough.
    reads_only = actor.can("indicator", "view") and not actor.can("report", "correct")
    context = {
        "title": "工作台",
        "cards": board.desk_cards(actor, place) if reads_only else [],
        "period": place.period,
        "tasks": [
            *_returns(actor),
            *_corrections(actor),
            *_changed(actor, place),
            *_shortfalls(actor, place),
            *_tasks(actor, place.region),
        ],
        "has_business": actor.can("return", "view")
        or any(actor.can(register.resource, "view") for register in REGISTERS),
        "recent": _recent(actor),
        "links": _daily(links),
        "creations": [
            {"title": f"登记{register.noun}", "href": addresses.step_of(register, "create")}
            for register in REGISTERS
            if register.name in DAILY and actor.can(register.resource, "create")
        ],
    }
    return render_page(request, "console/home.html", context)


def _daily(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pages to start from: all of a short menu, those of every day of a long one."""
    others = [link for link in links if link["href"] != "/"]
    if len(others) <= len(DAILY):
        return others
    daily = {address(name) for name in DAILY}
    return [link for link in others if link["href"] in daily]


def _tasks(actor: Actor, region: str) -> Iterator[dict[str, Any]]:
    """Yield {title, icon, count, href} for what waits for this actor; nothing that is not his to do."""
    imports = address("imports")
    if imports and actor.can("batch", "create"):
        states = (ImportBatch.State.RECEIVED, ImportBatch.State.MAPPED)
        waiting = ImportBatch.objects.visible_to(actor, to="create").filter(state__in=states)
        yield from _task("导入批次等待确认", "table-import", waiting, imports, "批")
    for name, title, condition, asked in (
        ("sites", "基站没有佐证材料", Q(evidence__isnull=True), "evidence=without"),
        ("sites", "基站没有开通日期，数字只能给出区间", Q(opened_on__isnull=True), "sort=opened"),
        ("observations", "填报值没有佐证材料", Q(evidence__isnull=True), "evidence=without"),
        ("organisations", "企业没有统一社会信用代码", Q(credit_code__isnull=True), "code=without"),
    ):
        register = next(one for one in REGISTERS if one.name == name)
        if actor.can(register.resource, "correct"):
            rows = register.model.objects.visible_to(actor, to="correct").current().filter(condition)
            href = f"{addresses.list_of(register)}?area=&{asked}"
            yield from _task(title, register.icon, rows, href, register.counter)
    yield from duties_of(actor)


def _corrections(actor: Actor) -> Iterator[dict[str, Any]]:
    """Yield how many requests of enterprises wait for an answer."""
    if actor.can("correction", "answer"):
        rows = FactCorrection.objects.visible_to(actor, to="answer").filter(state=FactCorrection.State.OPEN)
        href = f"{reverse('corrections')}?{urlencode({'state': FactCorrection.State.OPEN.value})}"
        yield from _task("企业更正申请待办理", "messages", rows, href, "件")


def _changed(actor: Actor, place: Place) -> Iterator[dict[str, Any]]:
    """Yield the kept screens in which enterprises newly meet a programme, no longer do or came near it."""
    for row, told in reminders(actor, place):
        words = "、".join(f"{kind}{many}家" for kind, many in told.counts.items())
        href = reverse("screens.changes", args=[row.pk])
        title = f"变动提醒“{row.name}”：{words}"
        yield {"title": title, "icon": "bell", "count": f"{told.many} 家", "href": href}


def _returns(actor: Actor) -> Iterator[dict[str, Any]]:
    """Yield what 报数 waits for: of a unit what it has to hand in, of an office who has not and what to review."""
    returns = address("returns")
    if not returns:
        return
    if actor.units() and (due := tasks_of(actor).values_list("due_on", flat=True)):
        title = f"待填报，最近截止{display.day(due[0])}"
        yield {"title": title, "icon": "clipboard-check", "count": f"{len(due)} 份", "href": returns}
    if not actor.can("return", "review"):
        return
    open_returns = Return.objects.visible_to(actor, to="review").with_the_unit()
    missing = open_returns.values("unit").distinct().count()
    if missing:
        href = f"{returns}?state=waiting"
        yield {"title": "本月报数", "icon": "bell", "count": f"{missing} 家未报", "href": href}
    reviews = reviews_of(actor)
    for state, title in ((Return.State.SUBMITTED, "报数待审核"), (Return.State.APPROVED, "报数待锁定")):
        yield from _task(title, "clipboard-check", reviews.filter(state=state), returns, "份")


def _shortfalls(actor: Actor, place: Place) -> Iterator[dict[str, Any]]:
    """Yield the shortfalls that wait for an answer of the own office or unit, and those to be struck off."""
    if not actor.can("shortfall", "view"):
        return
    rows = Shortfall.objects.visible_to(actor).current().filter(region_id=place.region)
    listed = reverse("shortfalls")
    acting = Q(assigned_office__in=actor.offices()) | Q(unit__in=actor.units())
    asked = rows.filter(acting, state=Shortfall.State.ASSIGNED)
    late = asked.filter(due_on__lt=place.today).count()
    title = f"短板待反馈，{late}条已逾期" if late else "短板待反馈"
    yield from _task(title, "alert-triangle", asked, f"{listed}?step={Shortfall.State.ASSIGNED}", "条")
    answered = rows.filter(office__in=actor.offices(), state=Shortfall.State.ANSWERED)
    yield from _task(
        "短板待销号", "alert-triangle", answered, f"{listed}?step={Shortfall.State.ANSWERED}", "条"
    )


def _task(title: str, icon: str, rows: Any, href: str, counter: str) -> Iterator[dict[str, Any]]:
    count, more = query.bounded_count(rows)
    if count:
        shown = f"{display.number(count)}{'+' if more else ''}"
        yield {"title": title, "icon": icon, "count": f"{shown} {counter}", "href": href}


def _recent(actor: Actor) -> list[dict[str, Any]]:
    """Return the latest acts on rows the actor may see; where the reach is narrower than the region, his own."""
    whole = [register for register in REGISTERS if _reaches_region(actor, register)]
    own = [
        register for register in REGISTERS if register not in whole and actor.can(register.resource, "view")
    ]
    if not whole and not own:
        return []
    kinds = {register.model._meta.label_lower: register for register in (*whole, *own)}
    condition = Q(target_kind__in=[one.model._meta.label_lower for one in whole])
    if own and actor.user is not None:
        mine = [one.model._meta.label_lower for one in own]
        condition |= Q(target_kind__in=mine, actor=actor.user)
    events = AuditEvent.objects.filter(condition, region__in=actor.regions).order_by("-at", "-id")[:READ_BACK]
    runs = [list(run) for _, run in groupby(events, key=_one_act)][:RECENT]
    labels = _labels(actor, kinds, [run[0] for run in runs])
    return [
        {
            "event": run[0],
            "kind": kinds[run[0].target_kind].noun,
            "label": labels[run[0].target_kind, run[0].target_id],
            "href": reverse(f"{kinds[run[0].target_kind].name}.row", args=[run[0].target_id]),
            "more": f"等{len(run)}{kinds[run[0].target_kind].counter}" if len(run) > 1 else "",
        }
        for run in runs
        if (run[0].target_kind, run[0].target_id) in labels
    ]


def _one_act(event: AuditEvent) -> tuple[object, ...]:
    """Return what the rows of one act share: an import or a load writes many rows at one instant."""
    return event.at, event.actor_name, event.verb, event.target_kind


def _labels(actor: Actor, kinds: dict[str, Register], events: list[AuditEvent]) -> dict[tuple[str, str], str]:
    """Return what the rows of the events are called now, for those the actor may see; one query per register."""
    labels: dict[tuple[str, str], str] = {}
    for kind, register in kinds.items():
        wanted = {event.target_id for event in events if event.target_kind == kind}
        if wanted:
            for row in register.rows().visible_to(actor).filter(pk__in=wanted):
                labels[kind, str(row.pk)] = register.label(row)
    return labels


def _reaches_region(actor: Actor, register: Register) -> bool:
    return any(scope is Scope.REGION for scope, _ in actor.scopes(register.resource, "view"))
