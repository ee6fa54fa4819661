"""报表: what is asked, of whom, how often, by when; those of the region pack and those made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from wanqi.collection.forms import form_of, forms_of
from wanqi.collection.models import Form, Round
from wanqi.collection.schedule import due_on, latest
from wanqi.core.access import Actor, require
from wanqi.core.errors import RowMissing
from wanqi.core.history import timeline
from wanqi.core.models import Office, Unit
from wanqi.core.packs import current_pack
from wanqi.indicators.evaluate import read_period
from wanqi.packs import FormSpec
from wanqi.registry.importing import profiles_of
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .issuing import own_forms

CADENCES = {"month": "每月", "quarter": "每季度", "half": "每半年", "year": "每年", "once": "一次"}
MONTHS = {0: "当月", 1: "次月", 2: "隔月"}
REST_DAYS = {"keep": "", "before": "，遇休息日提前", "after": "，遇休息日顺延"}
EVIDENCE = {"none": "不要求", "asked": "请附，没有也能报", "required": "必须上传"}


@dataclass(frozen=True)
class Names:
    """Names of a region's offices and units by code, and titles of its indicators."""

    offices: Mapping[str, str]
    units: Mapping[str, str]
    indicators: Mapping[str, Any]


def names_of(region: str) -> Names:
    """Return what codes of forms are called."""
    return Names(
        dict(Office.objects.filter(region=region).values_list("code", "name")),
        dict(Unit.objects.filter(region=region).values_list("code", "name")),
        current_pack(region).indicators,
    )


def crumbs(*further: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Return where a page of the forms stands."""
    return [("报数", None), ("报表", reverse("forms") if further else None), *further]


def rhythm(spec: FormSpec) -> str:
    """Return how often and by when, in words: 每月，次月5日前，遇休息日顺延."""
    months = spec.deadline.months
    after = MONTHS.get(months, f"期末后第{months}个月")
    return f"{CADENCES[spec.cadence]}，{after}{spec.deadline.day}日前{REST_DAYS[spec.deadline.rest_days]}"


@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """Return all forms of the region with what each asks of whom and when."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "view")
    place = place_of(request)
    names, issuable = names_of(place.region), own_forms(actor, place.region)
    pack = current_pack(place.region).forms
    shown = set(
        Form.objects.filter(region=place.region, is_demonstration=True)
        .current()
        .values_list("code", flat=True)
    )
    context = {
        "title": "报表",
        "crumbs": crumbs(),
        "forms": [
            {
                "spec": spec,
                "office": names.offices.get(spec.office, spec.office),
                "units": [names.units.get(code, code) for code in spec.units],
                "content": f"{len(spec.lines)}个指标" if spec.lines else "明细",
                "rhythm": rhythm(spec),
                "next": latest(spec, place.today).words,
                "made_here": code not in pack,
                "is_demonstration": code in shown,
                "may_issue": code in issuable,
            }
            for code, spec in forms_of(place.region).items()
        ],
        "may_create": actor.can("form", "create"),
    }
    return render_page(request, "returns/forms.html", context)


@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Return one form: its lines with units and checks, its rounds, its history."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "form", "view")
    place = place_of(request)
    spec = form_of(place.region, code)
    names = names_of(place.region)
    row = made_here(actor, place.region, code)
    rounds = Round.objects.visible_to(actor).filter(region=place.region, form=code).current()
    period = latest(spec, place.today)
    context = {
        "title": spec.title,
        "crumbs": crumbs((spec.title, None)),
        "spec": spec,
        "row": row,
        "office": names.offices.get(spec.office, spec.office),
        "units": [names.units.get(one, one) for one in spec.units],
        "rhythm": rhythm(spec),
        "evidence": EVIDENCE[spec.evidence],
        "months": "1月起累计" if spec.months == "cumulative" else "当月数",
        "next": period.words,
        "next_due": due_on(spec, period, calendar=current_pack(place.region).calendar),
        "lines": [_line(spec, line, names) for line in spec.lines],
        "sums": [_sum(spec, one, names) for one in spec.sums],
        "profile": next(
            (one.title for one in profiles_of(place.region) if spec.rows and one.id == spec.rows.profile), ""
        ),
        "rounds": [(one, read_period(one.period).words) for one in rounds.order_by("-due_on", "-pk")[:12]],
        "history": timeline(row, limit=60) if row else [],
        "may_issue": code in own_forms(actor, place.region),
        "may_create": actor.can("form", "create"),
        "may_correct": row is not None and _may(actor, row, "correct"),
        "may_withdraw": row is not None and _may(actor, row, "withdraw"),
    }
    return render_page(request, "returns/form.html", context)


def made_here(actor: Actor, region: str, code: str) -> Form | None:
    """Return the row of a form made in the browser, None for one of the pack."""
    rows = Form.objects.visible_to(actor).filter(region=region, code=code).current()
    found: Form | None = rows.select_related("office").first()
    return found


def own_form(request: HttpRequest, code: str) -> Form:
    """Return the row of a form that can be changed here. Raises RowMissing for one of the pack."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = made_here(actor, place_of(request).region, code)
    if found is None:
        raise RowMissing(
            "没有找到这张报表，或它是地区配置中的报表，不在网页上修改。", hint="请返回报表目录核对。"
        )
    return found


def _may(actor: Actor, row: Form, verb: str) -> bool:
    return actor.may_place("form", verb, region=row.region_id, office=row.office_id, area=None, unit=None)


def _line(spec: FormSpec, line: Any, names: Names) -> dict[str, Any]:
    indicator = names.indicators.get(line.indicator)
    units = spec.units_of(line)
    return {
        "spec": line,
        "title": line.title or (indicator.title if indicator else line.indicator),
        "unit": line.unit or (indicator.unit if indicator else ""),
        "units": "全部报送单位"
        if units == spec.units
        else "、".join(names.units.get(one, one) for one in units),
        "checks": list(_checks(line)),
    }


def _checks(line: Any) -> Any:
    """Yield what is checked of a line, in words."""
    if line.falling == "reason":
        yield "比上期减少时请说明原因"
    for jump in line.jump:
        against = "上期" if jump.against == "last" else "上年同期"
        share = format((float(jump.share) * 100), "g")
        least = f"且差{jump.least}以上" if jump.least not in ("0", "") else ""
        yield f"与{against}相差超过{share}%{least}时请说明原因"
    if line.minimum not in (None, "0"):
        yield f"不小于{line.minimum}"
    if line.maximum is not None:
        yield f"不大于{line.maximum}"
    if line.evidence:
        yield "要有佐证材料"
    if not line.required:
        yield "可以不填"


def _sum(spec: FormSpec, one: Any, names: Names) -> str:
    titles = {line.id: _line(spec, line, names)["title"] for line in spec.lines}
    parts = "＋".join(titles[part] for part in one.parts)
    return f"{titles[one.total]} {'＝' if one.relation == 'equal' else '≥'} {parts}"
