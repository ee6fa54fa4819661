"""The page of one enterprise: its facts over time, what registers hold, what is missing, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from wanqi.core.access import Actor, require
from wanqi.core.history import timeline
from wanqi.core.masking import masked
from wanqi.core.models import AuditEvent
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.access import get_organisation
from wanqi.registry.facts.deriving import derived_of
from wanqi.registry.facts.missing import Lack, lacks
from wanqi.registry.facts.reading import Profile, profile
from wanqi.registry.industries import industry_name, names
from wanqi.registry.models import Organisation
from wanqi.registry.models.facts import SourceClass
from wanqi.web import display
from wanqi.web.pages import render_page
from wanqi.web.place import place_of

from ..registers.detail import readable
from . import table
from .parts import MOST, Part, Seen, open_parts, row_address

CHANGES = 60
STATES = {"持有": "active", "已过期": "withdrawn", "已撤销": "withdrawn", "有效期待补充": "missing"}


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the enterprise's page."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, "organisation", "view")
    organisation = get_organisation(actor, pk)
    today = place_of(request).today
    context = content(organisation, actor, today)
    return render_page(request, "enterprise/page.html", context)


def content(organisation: Organisation, actor: Actor, today: date) -> dict[str, Any]:
    """Return everything the page shows; the number of queries does not grow with the rows."""
    pack = current_pack(organisation.region_id)
    sees_facts = actor.can("fact", "view")
    found = profile(organisation, on=today, purpose="bureau", pack=pack) if sees_facts else None
    years = table.years_of(found, today.year) if found else []
    seen = Seen(pack, today)
    rows = {part.key: list(part.rows(organisation, actor)) for part in open_parts(actor)}
    shown = [_part(part, rows[part.key], seen) for part in open_parts(actor)]
    return {
        "title": organisation.name,
        "organisation": organisation,
        "crumbs": [("工作台", "/"), ("企业库", reverse("organisations")), (organisation.name, "")],
        "head": _head(organisation, found, pack, today),
        "chips": _chips(organisation),
        "sees_facts": sees_facts,
        "years": years,
        "groups": table.groups(found, pack, years, pk=organisation.pk) if found else [],
        "disagreements": len(found.disagreements) if found else 0,
        "has_facts": bool(found and found.cells),
        "may_record": actor.can("fact", "create"),
        "parts": shown,
        "empty_parts": [part for part in shown if not part["count"]],
        "property": _property(rows.get("patents", ()), rows.get("trademarks", ())),
        "missing": _missing(organisation, found, rows, pack, today) if found else [],
        "files": _files(actor, rows),
        "history": _history(organisation, rows, actor),
        "may_export": actor.can("organisation", "export") and actor.can("fact", "export"),
        "steps": _steps(organisation, actor),
    }


def _chips(organisation: Organisation) -> list[str]:
    state = (
        display.chip("已撤销", "withdrawn") if organisation.withdrawn_at else display.chip("在册", "active")
    )
    return [state, *([display.chip("演示数据", "demo")] if organisation.is_demonstration else [])]


def _contact(organisation: Organisation) -> Any:
    who = f"{organisation.contact} {masked('phone', organisation.phone)}".strip()
    return who or display.unknown("未登记联系人")


def _head(
    organisation: Organisation, found: Profile | None, pack: Pack, today: date
) -> list[tuple[str, Any]]:
    """Return who the enterprise is, (label, value)."""
    code = organisation.gbt4754_code
    industry = industry_name(code, names(pack))
    derived = derived_of(organisation, found, pack, today) if found else {}
    tags = [pack.derived[name].title for name, value in derived.items() if value is True]
    by_hand = found.value("cluster_tags") if found else None
    tags += [f"{one}（人工认定）" for one in by_hand] if isinstance(by_hand, list) else []
    return [
        ("统一社会信用代码", organisation.credit_code or display.unknown("尚不掌握")),
        ("曾用名", "、".join(organisation.former_names) or display.unknown("没有登记曾用名")),
        ("片区", organisation.area.name if organisation.area else display.unknown("未登记片区")),
        ("行业", f"{code}　{industry}".strip() if code else display.unknown("未登记行业代码")),
        ("成立日期", display.day(organisation.established_on, reason="未登记")),
        ("联系人", _contact(organisation)),
        ("企业划型", derived.get("size_class") or display.unknown("行业、人数、收入或资产不全，不能判定")),
        ("产业集群", "、".join(tags) or display.unknown("没有对应的产业集群")),
        ("责任股室", organisation.office.name if organisation.office else display.unknown("未指定责任股室")),
    ]


def _steps(organisation: Organisation, actor: Actor) -> list[tuple[str, str, str]]:
    """Return (title, icon, address) of what can be done from here."""
    steps = [("基本情况", "building-factory-2", reverse("organisations.row", args=[organisation.pk]))]
    if actor.can("fact", "create"):
        steps.insert(0, ("登记企业数据", "pencil", reverse("enterprise.record", args=[organisation.pk])))
    if actor.can("checkup", "view"):
        steps.insert(0, ("政策体检", "checklist", reverse("checkup", args=[organisation.pk])))
    for resource, register, title, icon in (
        ("record", "records", "登记企业记录", "list-details"),
        ("activity", "activities", "登记走访", "school"),
        ("problem", "problems", "登记诉求", "messages"),
    ):
        if actor.can(resource, "create"):
            try:
                address = reverse(f"{register}.create")
            except NoReverseMatch:
                continue
            back = reverse("enterprise", args=[organisation.pk])
            steps.append(
                (title, icon, f"{address}?{urlencode({'organisation': organisation.pk, 'next': back})}")
            )
    return steps


def _part(part: Part, rows: Sequence[Any], seen: Seen) -> dict[str, Any]:
    """Return a part for the page: its first rows, each value as it is shown."""
    return {
        "key": part.key,
        "title": part.title,
        "empty": part.empty,
        "columns": [title for title, _ in part.columns],
        "count": len(rows),
        "rest": max(0, len(rows) - MOST),
        "rows": [
            {
                "href": row_address(part.register, row.pk),
                "demo": row.is_demonstration,
                "cells": [
                    {
                        "title": title,
                        "value": _cell(title, value(row, seen)),
                        "number": isinstance(value(row, seen), Decimal),
                    }
                    for title, value in part.columns
                ],
            }
            for row in rows[:MOST]
        ],
    }


def _cell(title: str, value: Any) -> Any:
    if value is None or value == "":
        return display.unknown("未登记")
    if title in ("状态", "阶段"):
        kind = "warning" if str(value).startswith("将于") else STATES.get(str(value), "plain")
        return display.chip(str(value), kind)
    if isinstance(value, Decimal):
        return display.number(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _property(patents: Iterable[Any], trademarks: Iterable[Any]) -> list[dict[str, Any]]:
    """Return per year how many patents were applied for and granted and trademarks registered, newest first."""
    applied, granted, inventions, marks = (Counter[int]() for _ in range(4))
    for one in patents:
        if one.applied_on:
            applied[one.applied_on.year] += 1
        if one.granted_on:
            granted[one.granted_on.year] += 1
            inventions[one.granted_on.year] += one.kind == "发明专利"
    for one in trademarks:
        if one.registered_on:
            marks[one.registered_on.year] += 1
    years = sorted({*applied, *granted, *marks}, reverse=True)[: table.YEARS]
    return [
        {
            "year": year,
            "applied": applied[year],
            "granted": granted[year],
            "inventions": inventions[year],
            "marks": marks[year],
        }
        for year in years
    ]


def _missing(
    organisation: Organisation, found: Profile, rows: dict[str, list[Any]], pack: Pack, today: date
) -> list[dict[str, Any]]:
    """Return what programmes ask for and nobody has said, with where it can be filled in."""
    known = {
        (fact, period)
        for fact, periods in found.cells.items()
        for period, cell in periods.items()
        if any(row.source_class != SourceClass.STATISTICS for row in cell.rows)
    }
    columns = {name: spec.home.partition(".")[2] for name, spec in pack.facts.items() if "." in spec.home}
    known |= {(name, "") for name, column in columns.items() if getattr(organisation, column, None)}
    listed = {row.kind for key in ("records", "coverages") for row in rows.get(key, ())}
    listed |= {kind for kind, key in _KINDS.items() if rows.get(key)}
    found_lacks = lacks(pack, on=today, known=known, listed=listed)
    return [
        {"lack": one, "href": _fill(one, organisation), "none": _none(one, organisation)}
        for one in found_lacks
    ]


_KINDS = {"titles": "titles", "ip": "patents", "loan": "loans"}


def _none(lack: Lack, organisation: Organisation) -> str:
    """Return where one says that a list of records is complete, none included."""
    if lack.section != "records":
        return ""
    return f"{reverse('coverages.create')}?{urlencode({'kind': lack.id, 'organisation': organisation.pk})}"


def _fill(lack: Lack, organisation: Organisation) -> str:
    """Return where a missing value can be filled in."""
    if lack.section == "facts" and not lack.home:
        asked = {"fact": lack.id, **({"period": lack.period} if lack.period else {})}
        return f"{reverse('enterprise.record', args=[organisation.pk])}?{urlencode(asked)}"
    if lack.section == "facts":
        return reverse("organisations.row", args=[organisation.pk])
    if lack.id == "ip":
        return f"{reverse('patents.create')}?{urlencode({'organisation': organisation.pk})}"
    if lack.home == "企业记录":
        return f"{reverse('records.create')}?{urlencode({'kind': lack.id, 'organisation': organisation.pk})}"
    return ""


def _files(actor: Actor, rows: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return the evidence behind the parts' rows, newest first: file, where it stands, its address."""
    found = [
        {
            "name": row.evidence.name,
            "of": f"{part.title}：{row}",
            "at": row.evidence.uploaded_at,
            "href": row_address(part.register, row.pk),
        }
        for part in open_parts(actor)
        for row in rows[part.key]
        if row.evidence_id
    ]
    return sorted(found, key=lambda one: one["at"], reverse=True)[:MOST]


def _history(organisation: Organisation, rows: dict[str, list[Any]], actor: Actor) -> list[dict[str, Any]]:
    """Return what changed in the enterprise and in all its rows, newest first."""
    told = [
        (entry.at, entry.number, entry.verb, entry.who, entry.reason, entry.changes)
        for entry in readable(timeline(organisation, limit=CHANGES), actor)
    ]
    targets = [
        Q(target_kind=listed[0]._meta.label_lower, target_id__in=[str(row.pk) for row in listed[:500]])
        for listed in rows.values()
        if listed
    ]
    if targets:
        events = AuditEvent.objects.filter(reduce(or_, targets)).order_by("-pk")[:CHANGES]
        told += [
            (one.at, one.pk, f"{one.verb}：{one.target_label}", one.actor_name, one.reason, one.changes)
            for one in events
        ]
    told.sort(key=lambda one: (one[0], one[1]), reverse=True)
    return [
        {
            "at": at,
            "verb": verb,
            "who": who,
            "reason": reason,
            "changes": changes,
            "is_first": len(changes) > 2 and all(change["old"] == "—" for change in changes),
        }
        for at, _, verb, who, reason, changes in told[:CHANGES]
    ]
