"""From a lagging card to 交办 in two clicks: the words are filled in, who and when are chosen."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from wanqi.core.access import Actor, require
from wanqi.core.errors import AccessRefused, RowInvalid, RowMissing
from wanqi.core.models import Office, Unit
from wanqi.indicators.actions.shortfalls import raise_shortfall
from wanqi.indicators.evaluate import Figure, Period
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.models import Shortfall, TargetPart
from wanqi.packs import IndicatorSpec
from wanqi.web.console.registers.milestones import day_of
from wanqi.web.console.registers.query import parse_id
from wanqi.web.console.registers.shortfall_steps import office_of, unit_of
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .cards import Card, Ground, cards_of, span_of
from .page import asked_period

DAYS = 30  # what a form proposes; who fills it in decides


def show(request: HttpRequest, id: str) -> HttpResponse:
    """Show the form with what is known, or register the shortfall and hand it on."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "shortfall", "create")
    place = place_of(request)
    span = span_of(asked_period(request, place))
    evaluation = kept_evaluation(place.region)
    spec = evaluation.definitions.get(id)
    if spec is None or spec.nature == "target":
        raise RowMissing("没有这个指标。", hint="请返回看板，从“交办”进入。")
    card = next((one for one in cards_of(Ground(evaluation, span)) if one.id == id), None)
    part = _part(request, place.region)
    given = _proposed(spec, evaluation.figure(id, span), card, span, part, place.today, actor)
    problems: list[str] = []
    if request.method == "POST":
        given |= {name: request.POST.get(name, "") for name in given if name in request.POST}
        try:
            row = _raise(request, actor, place.region, id, span, given, card, part, place.today)
        except RowInvalid as refused:
            problems = [told for several in refused.fields.values() for told in several]
        except AccessRefused as refused:
            problems = [str(refused)]
        else:
            messages.success(request, f"已交办：{row.title}。")
            return HttpResponseRedirect(reverse("shortfalls.row", args=[row.pk]))
    context = {
        "title": f"交办短板：{spec.title}",
        "crumbs": [("工作台", "/"), ("调度看板", reverse("board")), ("交办短板", "")],
        "address": f"{request.path}?{request.GET.urlencode()}",
        "period": span,
        "part": part,
        "given": given,
        "problems": problems,
        **_choices(actor, place.region),
    }
    status = 422 if problems else 200
    return render_page(
        request, "console/raise.html", context, fragment="console/raise_drawer.html", status=status
    )


def _choices(actor: Actor, region: str) -> dict[str, Any]:
    return {
        "own": _own_offices(actor, region),
        "offices": Office.objects.filter(region=region, active=True).order_by("position"),
        "units": Unit.objects.filter(region=region, active=True).order_by("position"),
    }


def _part(request: HttpRequest, region: str) -> TargetPart | None:
    pk = parse_id(request.GET.get("part", ""))
    rows = TargetPart.objects.held().select_related("breakdown").current().filter(region_id=region)
    return rows.filter(pk=pk).first() if pk else None


def _own_offices(actor: Actor, region: str) -> list[Office]:
    rows = Office.objects.filter(region=region, active=True).order_by("position")
    return list(rows if actor.is_command else rows.filter(pk__in=actor.offices()))


def _proposed(
    spec: IndicatorSpec,
    figure: Figure,
    card: Card | None,
    span: Period,
    part: TargetPart | None,
    today: date,
    actor: Actor,
) -> dict[str, str]:
    """Return what the form shows first: the gap in words, the office in charge, a day."""
    office = (
        Office.objects.filter(region=place_region(actor), code=spec.office).first() if spec.office else None
    )
    before = Shortfall.objects.current().filter(indicator=spec.id).exclude(person="").order_by("-pk").first()
    to_office = part.to_office if part else None
    to_unit = part.to_unit if part else None
    return {
        "title": f"{spec.title}{'进度' + card.progress.word if card and card.progress else '需要加快'}",
        "finding": _finding(figure, card, span),
        "action": "",
        "person": (part.person if part else "") or (before.person if before else ""),
        "office": str(to_office.pk) if to_office else str(office.pk) if office and not to_unit else "",
        "unit": str(to_unit.pk) if to_unit else "",
        "on": min(date(span.year, 12, 31), today + timedelta(days=DAYS)).isoformat()
        if span.year >= today.year
        else (today + timedelta(days=DAYS)).isoformat(),
    }


def place_region(actor: Actor) -> str:
    """Return the region of the actor's first role."""
    return actor.grants[0].region if actor.grants else ""


def _finding(figure: Figure, card: Card | None, span: Period) -> str:
    """Return 差多少 in words: what stands, what is asked, what is missing."""
    said = f"{span.words}{figure.title}{figure.display}"
    if card is None or card.target is None or not card.target.figure.known:
        return f"{said}。"
    parts = [f"{said}，全年目标{card.target.figure.display}", card.outlook.rstrip("。")]
    if card.share and card.pace:
        parts.append(f"今年新增任务完成{card.share}，序时进度{card.pace.figure.display}")
    return "；".join(part for part in parts if part) + "。"


def _raise(
    request: HttpRequest,
    actor: Actor,
    region: str,
    id: str,
    span: Period,
    given: dict[str, str],
    card: Card | None,
    part: TargetPart | None,
    today: date,
) -> Shortfall:
    own = _own_offices(actor, region)
    chosen = next((one for one in own if str(one.pk) == request.POST.get("own", "")), None)
    values: dict[str, Any] = {
        "indicator": id,
        "period": span.id,
        "part": part,
        "title": given["title"],
        "finding": given["finding"],
        "action": given["action"],
        "person": given["person"],
        "raised_on": today,
        "office": chosen or (own[0] if own else None),
        **_numbers(card),
    }
    return raise_shortfall(
        values,
        office=office_of(request, region),
        unit=unit_of(request, region),
        due_on=day_of(given["on"]),
        actor=actor,
        region=region,
    )


def _numbers(card: Card | None) -> dict[str, Decimal | None]:
    """Return what was known when the shortfall was registered, to six places."""
    if card is None or card.target is None:
        return {}
    target, actual = card.target.figure.value, card.stock.figure.value
    gap = target - actual if target is not None and actual is not None else None
    return {"target": _decimal(target), "actual": _decimal(actual), "gap": _decimal(gap)}


def _decimal(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))
