"""The page: every programme, nearest and most worthwhile first; a drawer for one condition with its clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.policies.checkup import Chance, Checkup, Condition, Programme, Question, State, Used
from wanqi.policies.cited import is_number
from wanqi.policies.passages import entered
from wanqi.registry.access import get_checked
from wanqi.registry.models import FactCorrection, Organisation
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from .ladder import drawn
from .reading import checked

CHIPS: Mapping[State, str] = {
    State.MET: "done",
    State.SHORT: "plain",
    State.MISSING: "missing",
    State.UNVERIFIED: "finding",
    State.JUDGEMENT: "waiting",
    State.UNMET: "plain",
    State.HELD: "active",
    State.NOT_YET: "withdrawn",
    State.LAPSED: "withdrawn",
}
WORDS: Mapping[str, str] = {
    "met": "符合条件",
    "short": "差几项",
    "missing": "待补充数据",
    "judgement": "需专家评审",
    "unverified": "政策条件待核实",
    "held": "已获得",
    "unmet": "不符合",
    "not_yet_in_force": "尚未施行",
    "lapsed": "已失效",
}
_CONDITION = {"met": "done", "unmet": "plain", "unknown": "missing"}
FIRST = 6  # questions shown before the rest is folded
KINDS = {"new": "首次申报", "review": "复核（重新认定）", "renewal": "重新认定"}


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the check-up of one enterprise."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "checkup", "view")
    organisation = get_checked(actor, pk)
    found = checked(organisation, place_of(request).today)
    return render_page(request, "checkup/page.html", content(organisation, found, actor))


def content(organisation: Organisation, found: Checkup, actor: Actor) -> dict[str, Any]:
    """Return everything the page shows."""
    pack = current_pack(organisation.region_id)
    applied = [one for one in found.programmes if one.version is not None or one.held]
    return {
        "title": "政策体检",
        "organisation": organisation,
        "crumbs": crumbs(organisation, actor, "政策体检"),
        "chips": [display.chip("演示数据", "demo")] if organisation.is_demonstration else [],
        "found": found,
        "counts": [(WORDS[key], found.counts[key]) for key in WORDS if found.counts.get(key)],
        "programmes": [programme(one, organisation) for one in applied],
        "others": [one for one in found.programmes if one.version is None and not one.held],
        "questions": [question(one, organisation, actor, pack) for one in found.questions[:FIRST]],
        "more_questions": [question(one, organisation, actor, pack) for one in found.questions[FIRST:]],
        "ladder": drawn(found.ladder),
        "combination": found.combination,
        "corrections": _corrections(organisation, actor),
        "may_propose": actor.can("correction", "create"),
        "may_export": actor.can("checkup", "export"),
        "own": actor.organisation is not None,
    }


def crumbs(organisation: Organisation, actor: Actor, title: str) -> list[tuple[str, str]]:
    """Return where the visitor is: below the register for the bureau, below its own pages for an enterprise."""
    if actor.organisation is not None:
        return [("我的企业", reverse("my.checkup")), (title, "")]
    above = reverse("enterprise", args=[organisation.pk]) if actor.can("organisation", "view") else ""
    listed = reverse("organisations") if actor.can("organisation", "view") else ""
    return [("工作台", "/"), ("企业库", listed), (organisation.name, above), (title, "")]


def programme(one: Programme, organisation: Organisation) -> dict[str, Any]:
    """Return one programme for the page, with its conditions as lines."""
    return {
        "one": one,
        "anchor": one.id.replace(".", "-"),
        "chip": display.chip(one.word, CHIPS[one.state]),
        "kind": KINDS[one.kind],
        # A title that is held and has no review: conditions of a first application are no advice.
        "reference": one.held is not None and one.kind == "new",
        "tally": _tally(one.conditions),
        "conditions": _lines(one.conditions, one, organisation, hopeless=_hopeless(one.conditions)),
    }


def _hopeless(listed: Sequence[Condition]) -> bool:
    """Return whether what the enterprise is decides already: then nothing else of it is advice."""
    return any(one.verdict == "unmet" and one.chance is Chance.FIXED for one in listed)


def _lines(
    listed: Sequence[Condition], of: Programme, organisation: Organisation, *, hopeless: bool
) -> list[dict[str, Any]]:
    return [line(one, of, organisation, hopeless=hopeless) for one in listed]


def _tally(listed: Sequence[Condition]) -> list[tuple[str, int]]:
    words = (("met", "符合"), ("unmet", "未满足"), ("unknown", "待定"))
    counted = [(word, sum(one.verdict == verdict for one in listed)) for verdict, word in words]
    return [(word, count) for word, count in counted if count]


def line(
    one: Condition, of: Programme, organisation: Organisation, *, hopeless: bool = False
) -> dict[str, Any]:
    """Return a condition as a line: chip, sentence, value against threshold, the way to its clause.

    hopeless: nothing done about it would help.
    """
    below = hopeless or (one.op == "all" and _hopeless(one.children))
    return {
        "one": one,
        "chip": display.chip(one.word, _CONDITION[one.verdict]),
        "bar": _bar(one),
        "href": reverse("checkup.condition", args=[organisation.pk, of.id, one.id]),
        "advice": "" if hopeless and one.chance is not Chance.FIXED else one.advice,
        "children": _lines(one.children, of, organisation, hopeless=below),
        # Ways of a condition that is met already are no advice: they stand folded.
        "settled": one.verdict == "met",
    }


def _bar(one: Condition) -> str:
    if one.share is None or not one.threshold.startswith(("≥", "＞", "≤", "＜")) or one.share == 0:
        return ""
    scale = max(Decimal(1), one.share)
    label = f"现有{one.value}，要求{one.threshold}"
    return display.bar(one.share / scale, label=label, mark=Decimal(1) / scale)


def question(one: Question, organisation: Organisation, actor: Actor, pack: Pack) -> dict[str, Any]:
    """Return a datum to ask for, with where it can be given."""
    return {"one": one, "href": supply(one, organisation, actor, pack)}


def supply(one: Question, organisation: Organisation, actor: Actor, pack: Pack) -> str:
    """Return where a datum is given: an enterprise asks a clerk, a clerk registers it; "" for who only reads."""
    if actor.can("correction", "create"):
        asked = {"section": one.section, "subject": one.id, "period": one.period}
        address = reverse("correction.propose", args=[organisation.pk])
        return f"{address}?{urlencode({name: value for name, value in asked.items() if value})}"
    back = reverse("checkup", args=[organisation.pk])
    if one.section == "records":
        listed = {"kind": one.id, "organisation": organisation.pk, "next": back}
        return f"{reverse('coverages.create')}?{urlencode(listed)}" if actor.can("coverage", "create") else ""
    if pack.facts[one.id].home.startswith("organisation."):
        return (
            reverse("organisations.row", args=[organisation.pk]) if actor.can("organisation", "view") else ""
        )
    if not actor.can("fact", "create"):
        return ""
    asked = {"fact": one.id, **({"period": one.period} if one.period else {}), "next": back}
    return f"{reverse('enterprise.record', args=[organisation.pk])}?{urlencode(asked)}"


def _corrections(organisation: Organisation, actor: Actor) -> list[FactCorrection]:
    rows = FactCorrection.objects.visible_to(actor).filter(organisation=organisation)
    return list(rows.order_by("-pk")[:5])


@require_GET
def condition(request: HttpRequest, pk: int, programme: str, condition: str) -> HttpResponse:
    """Return one condition with its clause, the values used and where they come from."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "checkup", "view")
    organisation = get_checked(actor, pk)
    on = place_of(request).today
    found, one = _found(organisation, programme, condition, on)
    context = {
        "title": one.title,
        "organisation": organisation,
        "crumbs": [*crumbs(organisation, actor, "政策体检")[:-1], (found.title, "")],
        "chips": [display.chip(one.word, _CONDITION[one.verdict])],
        "subtitle": f"{organisation.name}　{found.title}",
        "programme": found,
        "one": one,
        "advice": "" if found.held is not None and found.kind == "new" else one.advice,
        "bar": _bar(one),
        "address": request.path,
        "enter": _enter(found, one, organisation.region_id, actor),
        "used": [(each, _propose(each, organisation, actor)) for each in _all_used(one)],
    }
    return render_page(request, "checkup/condition.html", context, fragment="checkup/_condition_drawer.html")


def _enter(found: Programme, one: Condition, region: str, actor: Actor) -> str:
    """Return where a clerk enters the text of a clause that is not there: the document's, or a new one."""
    if one.clause.text or not actor.can("document", "create"):
        return ""
    known = entered(region, one.clause.document)
    if known is not None:
        return reverse("documents.clauses", args=[known])
    by = "number" if is_number(one.clause.document) else "title"
    return f"{reverse('documents.create')}?{urlencode({by: one.clause.document})}"


def _all_used(one: Condition) -> list[Used]:
    """Return the data a condition and everything below it reads, each once."""
    listed = (each for part in one.walk() for each in part.used)
    return list({(each.section, each.id, each.period): each for each in listed}.values())


def _propose(one: Used, organisation: Organisation, actor: Actor) -> str:
    if not actor.can("correction", "create"):
        return ""
    asked = {"section": one.section, "subject": one.id, "period": one.period}
    address = reverse("correction.propose", args=[organisation.pk])
    return f"{address}?{urlencode({name: value for name, value in asked.items() if value})}"


def _found(
    organisation: Organisation, programme: str, condition: str, on: date
) -> tuple[Programme, Condition]:
    found = checked(organisation, on).programme(programme)
    for top in found.conditions if found is not None else ():
        for one in top.walk():
            if found is not None and one.id == condition:
                return found, one
    raise RowMissing("没有找到这一条件，可能政策已换了适用版本。", hint="请返回政策体检核对。")
