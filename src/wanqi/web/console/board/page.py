"""The board's page: for a leader on a phone and a clerk at a desk."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowMissing
from wanqi.core.models import Area, Office
from wanqi.core.packs import current_pack
from wanqi.core.row_sources import registered, source_of
from wanqi.indicators.errors import PeriodRefused
from wanqi.indicators.evaluate import Period, read_period
from wanqi.indicators.kept import kept_evaluation
from wanqi.packs import Pack
from wanqi.web.console.monthly_table import sent
from wanqi.web.console.registers.catalogue import REGISTERS
from wanqi.web.pages import render_page
from wanqi.web.place import Place, place_of

from . import due, ladder, peers, periods, tiles
from .cards import Card, Ground, Line, cards_of, lines_of, main_indicators

GROUPINGS = {"office": "按股室", "topic": "按专题"}


def show(request: HttpRequest) -> HttpResponse:
    """Return the board of the visitor's region for a period and area: those of the top bar, or those asked for."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "indicator", "view")
    place = place_of(request)
    period = asked_period(request, place)
    area = Area.objects.filter(pk=place.area, region_id=place.region).first() if place.area else None
    pack = current_pack(place.region)
    ground = Ground(
        kept_evaluation(place.region, area=area.code if area else None),
        period,
        area,
        office_names(place.region),
        topic_names(),
    )
    cards = [
        card for card in cards_of(ground) if card.stock.figure.known and (card.progress or card.forecast)
    ]
    drawn = [card.id for card in cards]
    ids = [id for id in main_indicators(pack) if id not in drawn]
    lines = lines_of(ground, ids)
    grouping = request.GET.get("group", "")
    grouping = grouping if grouping in GROUPINGS else "office"
    known = [line for line in lines if line.value.figure.known]
    figures_shown = [card.stock.figure for card in cards] + [line.value.figure for line in known]
    context = {
        "title": "调度看板",
        "period": period,
        "area": area,
        "cards": cards,
        "known": bool(figures_shown),
        "counts": _counts(cards),
        "groups": _grouped(known, grouping),
        "unknown": [line for line in lines if not line.value.figure.known],
        "switch": periods.switch(period, place.today, grouping),
        "groupings": _groupings(grouping, period, place),
        "ranks": peers.ranks(ground.evaluation, period, pack),
        "map": None if area else tiles.of(request, ground.evaluation, period, pack, ids=drawn + ids),
        "is_demonstration": any(figure.is_demonstration for figure in figures_shown),
        **_of_actor(actor, place, pack, period, whole=area is None),
    }
    return render_page(request, "console/board.html", context)


def _of_actor(actor: Actor, place: Place, pack: Pack, period: Period, *, whole: bool) -> dict[str, Any]:
    """Return what the visitor's role decides; whole: the region, not one area, is looked at."""
    return {
        "shortfalls": due.shortfalls(actor, place),
        "raised": due.open_by_indicator(actor, place.region),
        "waiting": due.of(actor, place),
        "ladder": ladder.of(actor, place.region, pack, period.end) if whole else None,
        "may_export": actor.can("indicator", "export"),
        "may_import": actor.can("batch", "create"),
        "may_raise": actor.can("shortfall", "create") and whole,
        "may_draw": actor.can("outline", "create"),
    }


def asked_period(request: HttpRequest, place: Place) -> Period:
    """Return the period the address asks for, else the one of the top bar. Raises RowMissing for none."""
    try:
        return read_period(request.GET.get("period") or place.period)
    except PeriodRefused as error:
        raise RowMissing(error.cause, hint=error.hint) from None


def office_names(region: str) -> dict[str, str]:
    """Return the region's offices: code → name."""
    return dict(Office.objects.filter(region_id=region).values_list("code", "name"))


def topic_names() -> dict[str, str]:
    """Return the topic of each record kind: the menu's group that its register stands in."""
    groups: dict[type, str] = {register.model: register.group for register in REGISTERS}
    return {kind: groups.get(source_of(kind).model, "其他") for kind in registered()}


def desk_cards(actor: Actor, place: Place) -> list[Card]:
    """Return the cards for somebody's own desk: the targets as the board has them."""
    ground = Ground(
        kept_evaluation(place.region), read_period(place.period), offices=office_names(place.region)
    )
    return cards_of(ground)


def _counts(cards: list[Card]) -> list[dict[str, Any]]:
    """Return how many targets stand how, worst first."""
    words: list[str] = [card.progress.word for card in cards if card.progress]
    tones = {"滞后": "behind", "预警": "warning", "正常": "normal"}
    return [{"word": word, "tone": tone, "count": words.count(word)} for word, tone in tones.items()]


def _grouped(lines: list[Line], grouping: str) -> list[dict[str, Any]]:
    def key(line: Line) -> str:
        return line.office if grouping == "office" else line.group

    order = {name: number for number, name in enumerate(dict.fromkeys(key(line) for line in lines))}
    ordered = sorted(lines, key=lambda line: order[key(line)])
    return [{"title": title, "lines": list(group)} for title, group in groupby(ordered, key=key)]


def _groupings(chosen: str, period: Period, place: Place) -> list[dict[str, Any]]:
    return [
        {"title": title, "href": periods.address(period, place.period, group), "current": group == chosen}
        for group, title in GROUPINGS.items()
    ]


def table(request: HttpRequest) -> HttpResponse:
    """Return the monthly table of the visitor's region and period as XLSX; the log keeps that it was taken."""
    place = place_of(request)
    return sent(request.actor, place.region, asked_period(request, place))  # type: ignore[attr-defined]
