"""What is short and what is late: 短板, 报数, 工作任务, 企业诉求, 申报推荐."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from wanqi.collection.models import Return
from wanqi.core.access import Actor
from wanqi.indicators.models import Shortfall
from wanqi.policies.models import PlanTask
from wanqi.registry.models import Nomination, Problem
from wanqi.registry.models.recognitions import Stage
from wanqi.web.console.registers import shortfalls as register
from wanqi.web.console.registers.query import bounded_count
from wanqi.web.place import Place

MOST = 6
QUIET_DAYS = 90  # a nomination has no deadline of its own; longer at one stage, somebody should ask


def shortfalls(actor: Actor, place: Place) -> dict[str, Any] | None:
    """Return the open shortfalls, the nearest deadline first; None without the right to see any."""
    if not actor.can("shortfall", "view"):
        return None
    rows = _open(actor, place.region)
    late = rows.filter(state__in=register.WAITING, due_on__lt=place.today)
    dated = register.SHORTFALLS.on(rows.select_related("assigned_office", "unit"), place.today)
    listed = dated.order_by("due_on", "pk")[: MOST + 1]
    return {
        "rows": [
            {
                "title": row.title,
                "href": reverse("shortfalls.row", args=[row.pk]),
                "chip": register.state_chip(row),
                "acting": register.acting(row),
                "due_on": row.due_on,
                "finding": row.finding,
            }
            for row in listed[:MOST]
        ],
        "more": len(listed) > MOST,
        "count": rows.count(),
        "late": late.count(),
        "href": f"{reverse('shortfalls')}?step=open",
    }


def open_by_indicator(actor: Actor, region: str) -> dict[str, str]:
    """Return the address of the newest open shortfall of each indicator."""
    if not actor.can("shortfall", "view"):
        return {}
    rows = _open(actor, region).order_by("pk").values_list("indicator", "pk")
    return {indicator: reverse("shortfalls.row", args=[pk]) for indicator, pk in rows}


def _open(actor: Actor, region: str) -> Any:
    rows = Shortfall.objects.visible_to(actor).current().filter(region_id=region)
    return rows.exclude(state=Shortfall.State.CLOSED)


def of(actor: Actor, place: Place) -> list[dict[str, Any]]:
    """Return what is overdue on the visitor's day, one line per kind: {title, icon, count, href}."""
    return list(_late(actor, place))


def _late(actor: Actor, place: Place) -> Iterator[dict[str, Any]]:
    today, quiet = place.today, place.today - timedelta(days=QUIET_DAYS)
    stuck = f"outcome=open&stage_on_to={quiet.isoformat()}"
    for resource, title, icon, rows, address in (
        ("return", "报数逾期未报", "bell", _returns, f"{reverse('returns')}?state=waiting"),
        ("task", "工作任务过了时限", "list-details", _tasks, f"{reverse('tasks')}?late=late"),
        ("problem", "企业诉求过了办理时限", "messages", _problems, f"{reverse('problems')}?late=late"),
        (
            "nomination",
            f"申报推荐在一个阶段停留超过{QUIET_DAYS}天",
            "send",
            _nominations,
            f"{reverse('nominations')}?{stuck}",
        ),
    ):
        if not actor.can(resource, "view"):
            continue
        count, more = bounded_count(rows(actor, place.region, today))
        if count:
            yield {"title": title, "icon": icon, "count": f"{count}{'+' if more else ''}", "href": address}


def _returns(actor: Actor, region: str, today: date) -> Any:
    rows = Return.objects.visible_to(actor).filter(region_id=region, due_on__lt=today)
    return rows.with_the_unit()


def _tasks(actor: Actor, region: str, today: date) -> Any:
    rows = PlanTask.objects.visible_to(actor).current().filter(region_id=region, due_on__lt=today)
    return rows.filter(state__in=(PlanTask.State.OPEN, PlanTask.State.RUNNING))


def _problems(actor: Actor, region: str, today: date) -> Any:
    waiting = Q(state__in=(Problem.State.RAISED, Problem.State.ASSIGNED), due_on__lt=today)
    return Problem.objects.visible_to(actor).current().filter(waiting, region_id=region)


def _nominations(actor: Actor, region: str, today: date) -> Any:
    rows = Nomination.objects.visible_to(actor).current().filter(region_id=region)
    waiting = rows.exclude(stage__in=(Stage.PASSED, Stage.FAILED))
    return waiting.filter(stage_on__lte=today - timedelta(days=QUIET_DAYS))
