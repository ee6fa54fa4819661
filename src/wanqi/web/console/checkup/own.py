"""An enterprise's own pages: its check-up under its menu, and what the bureau holds about it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from wanqi.core.access import require
from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec
from wanqi.registry.access import get_checked
from wanqi.registry.facts.reading import Cell
from wanqi.registry.facts.values import in_words
from wanqi.registry.industries import industry_name, names
from wanqi.registry.models import FactCorrection, Organisation, Recognition
from wanqi.registry.programmes import title_of
from wanqi.registry.validity import status_of
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from . import page
from .reading import cells_of


@require_GET
def checkup(request: HttpRequest) -> HttpResponse:
    """Return the check-up of the enterprise the visitor speaks for; its start page too."""
    require(request.actor, "checkup", "view")  # type: ignore[attr-defined]
    return page.show(request, _own(request))


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """Return what is held about the visitor's own enterprise, each value with its source and the way to correct it."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "checkup", "view")
    organisation = get_checked(actor, _own(request))
    today = place_of(request).today
    rows = Recognition.objects.current().filter(organisation=organisation).order_by("-granted_on", "-pk")
    context = {
        "title": "企业数据",
        "organisation": organisation,
        "crumbs": [("我的企业", reverse("my.checkup")), ("企业数据", "")],
        "chips": [display.chip("演示数据", "demo")] if organisation.is_demonstration else [],
        "head": _head(organisation),
        "lines": _lines(organisation, today),
        "titles": [(title_of(row.region_id, row.programme), row, str(status_of(row, today))) for row in rows],
        "corrections": list(FactCorrection.objects.filter(organisation=organisation).order_by("-pk")[:50]),
    }
    return render_page(request, "checkup/data.html", context)


def _own(request: HttpRequest) -> int:
    own: int | None = request.actor.organisation  # type: ignore[attr-defined]
    if own is None:
        raise RowMissing("您的账号不是企业用户。", hint="请从企业库打开企业的政策体检。")
    return own


def _head(organisation: Organisation) -> list[tuple[str, Any]]:
    return [
        ("统一社会信用代码", organisation.credit_code or display.unknown("尚不掌握")),
        ("片区", organisation.area.name if organisation.area else display.unknown("未登记片区")),
        ("行业代码", _industry(organisation) or display.unknown("未登记行业代码")),
        ("成立日期", display.day(organisation.established_on, reason="未登记")),
        ("责任股室", organisation.office.name if organisation.office else display.unknown("未指定责任股室")),
    ]


def _industry(organisation: Organisation) -> str:
    code = organisation.gbt4754_code or ""
    return f"{code} {industry_name(code, names(current_pack(organisation.region_id)))}".strip()


def _lines(organisation: Organisation, today: Any) -> list[dict[str, Any]]:
    """Return one line per datum and year, newest year first inside a datum."""
    pack = current_pack(organisation.region_id)
    return [
        _line(organisation, pack.facts[fact], cell)
        for fact, periods in cells_of(organisation, pack, today).items()
        if fact in pack.facts
        for cell in reversed(periods.values())
    ]


def _line(organisation: Organisation, spec: FactSpec, cell: Cell) -> dict[str, Any]:
    asked = {"section": "facts", "subject": cell.fact, "period": cell.period}
    address = reverse("correction.propose", args=[organisation.pk])
    return {
        "title": spec.title,
        "period": f"{cell.period}年" if cell.period else f"截至{cell.preferred.as_of}",
        "value": in_words(spec, cell.value),
        "source": f"{cell.preferred.source}（{cell.preferred.source_class}）",
        "disagrees": cell.disagrees,
        "href": f"{address}?{urlencode({name: value for name, value in asked.items() if value})}",
    }
