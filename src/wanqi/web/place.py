"""Where and when the visitor looks: region, area, period; chosen in the top bar, kept in the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from wanqi.core.models import Area, Region

from . import display
from .packs import pack_of


@dataclass(frozen=True)
class Place:
    """The region with its areas, and the choice: `area` is an id or None for all, `period` a period id.

    today: the day the visitor looks from; for a demonstration account the day the demonstration stands at.
    """

    region: str
    title: str
    areas: tuple[tuple[int, str], ...]
    area: int | None
    period: str
    periods: tuple[tuple[str, str], ...]
    today: date = field(default_factory=timezone.localdate)


def period_options(on: date) -> tuple[tuple[str, str], ...]:
    """Return the periods a county looks at on a day, latest first: cumulative months, then last year's."""
    year = on.year
    options = [_cumulative(year, month) for month in range(on.month, 0, -1)]
    options += [_cumulative(year - 1, month) for month in (12, 9, 6, 3)]
    return tuple((option, display.period(option)) for option in options)


def latest_complete(on: date) -> str:
    """Return the cumulative period up to the last month that is over on that day."""
    over = on if (on + timedelta(days=1)).month != on.month else on.replace(day=1) - timedelta(days=1)
    return _cumulative(over.year, over.month)


def _cumulative(year: int, month: int) -> str:
    whole = {1: f"{year}-01", 6: f"{year}H1", 12: f"{year}"}
    return whole.get(month, f"{year}-01..{month:02d}")


def place_of(request: HttpRequest) -> Place:
    """Return the visitor's place; read once per request."""
    found = getattr(request, "_place", None)
    if found is None:
        found = request._place = _read(request)  # type: ignore[attr-defined]
    return found


def _read(request: HttpRequest) -> Place:
    actor = request.actor  # type: ignore[attr-defined]
    region = actor.grants[0].region if actor.grants else settings.REGION
    title = Region.objects.filter(pk=region).values_list("title", flat=True).first() or "尚未载入地区配置"
    areas = tuple(
        Area.objects.filter(region=region, active=True).order_by("position", "id").values_list("id", "name")
    )
    pack = pack_of(region)
    demo = pack.demo if pack and actor.user is not None and actor.user.is_demonstration else None
    on = demo.as_of if demo else timezone.localdate()
    periods, usual = period_options(on), demo.period if demo else latest_complete(on)
    wanted = request.session.get("period")
    area = request.session.get("area")
    return Place(
        region=region,
        title=title,
        areas=areas,
        area=area if any(area == pk for pk, _ in areas) else None,
        period=str(wanted) if any(wanted == period for period, _ in periods) else usual,
        periods=periods,
        today=on,
    )


def choose(request: HttpRequest, *, area: str, period: str) -> None:
    """Keep what was chosen in the top bar; an unknown choice means all areas, or the latest period."""
    place = place_of(request)
    request.session["area"] = next((pk for pk, _ in place.areas if str(pk) == area), None)
    request.session["period"] = next((option for option, _ in place.periods if option == period), None)
