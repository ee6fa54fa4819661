"""不符合原因 of one enterprise: every condition with value, threshold, gap, article and source; drawer and page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from wanqi.core.errors import RowMissing
from wanqi.policies.checkup import DISCLAIMER, why_not
from wanqi.policies.passages import passages
from wanqi.policies.screening.access import organisations_of
from wanqi.policies.screening.reasons import bucket_of, datum_title, refusal
from wanqi.registry.facts.evaluating import organisation_json
from wanqi.registry.facts.reading import profile
from wanqi.registry.models import Organisation
from wanqi.rules.errors import ValueRefused
from wanqi.rules.programmes import OrganisationRefused, check_organisation
from wanqi.web import display
from wanqi.web.pages import render_page

from .asking import Asking, asking_of
from .page import CHIPS, GROUP, why_address

CHIP_OF = {"met": "done", "unmet": "finding", "unknown": "missing"}


@require_GET
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Return why an enterprise does or does not meet the programme, as a page or in the drawer."""
    asking = asking_of(request)
    rows = organisations_of(asking.actor, asking.place.region).select_related("area")
    organisation = rows.filter(pk=pk).first()
    if organisation is None:
        raise RowMissing("没有找到这家企业，或您无权查看。", hint="请返回筛选结果核对。")
    context = {
        "title": organisation.name,
        "crumbs": [("工作台", "/"), (GROUP, ""), ("条件筛选", reverse("screening")), ("不符合原因", "")],
        "organisation": organisation,
        "asking": asking,
        "address": why_address(asking.screen, organisation.pk),
        "disclaimer": DISCLAIMER,
        **_explained(asking, organisation),
    }
    return render_page(request, "screening/why.html", context, fragment="screening/_why_drawer.html")


def _explained(asking: Asking, organisation: Organisation) -> dict[str, Any]:
    screen = asking.screen
    found = profile(organisation, on=asking.on, purpose="matching")

    def source(fact: str, period: str) -> str | None:
        cell = found.cells.get(fact, {}).get(str(period))
        return f"{cell.preferred.source_class}·{cell.preferred.source}" if cell else None

    given = organisation_json(organisation, asking.on)
    try:
        check_organisation(given, asking.pack.rule_scope)
        told = why_not(
            asking.pack,
            asking.on,
            given,
            screen.programme,
            kind=screen.kind,
            sources=source,
            passages=passages(asking.place.region, asking.pack),
        )
    except (OrganisationRefused, ValueRefused) as refused:
        return {"refused": refusal(refused), "chips": [], "subtitle": ""}
    bucket = bucket_of(told)
    chips = [display.chip(bucket.label, CHIPS[bucket])] if bucket is not None else []
    if told.held is not None:
        chips.append(display.chip(told.held.words, "done"))
    return {
        "programme": told,
        "chips": chips,
        "subtitle": f"{told.title}　比对日期{asking.on.isoformat()}",
        "missing": [
            {"title": datum_title(asking.pack, id), "href": _fill(organisation, section, id)}
            for section, id in told.missing
        ],
        "conditions": [Line(one) for one in told.conditions],
    }


class Line:
    """A condition as the template walks it: chip and bar made, children alike."""

    def __init__(self, condition: Any) -> None:
        self.condition = condition
        self.chip = display.chip(condition.word, CHIP_OF[condition.verdict])
        share = condition.share
        self.bar = (
            display.bar(min(share, 2) / 2, mark="0.5", label=f"{condition.value}，要求{condition.threshold}")
            if share is not None
            and condition.verdict != "unknown"
            and condition.threshold.startswith(("≥", "＞"))
            else ""
        )
        self.children = [Line(one) for one in condition.children]


def _fill(organisation: Organisation, section: str, id: str) -> str:
    """Return where a missing datum can be filled in."""
    if section == "records":
        return f"{reverse('enterprise', args=[organisation.pk])}#missing"
    return f"{reverse('enterprise.record', args=[organisation.pk])}?fact={id}"
