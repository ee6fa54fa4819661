"""The screen: programme, counts by verdict as a bar that filters, the enterprises with what they lack, keyset pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from wanqi.core.models import Job
from wanqi.policies import standings
from wanqi.policies.actions.screens import start_run
from wanqi.policies.models import Bucket
from wanqi.policies.screening import live, rows
from wanqi.policies.screening.access import areas_of, organisations_of
from wanqi.policies.screening.asked import BUCKETS, SIZES, SLUGS, SORTS, TITLES, Screen, clusters
from wanqi.policies.screening.conditions import conditions_of
from wanqi.policies.screening.reasons import datum_title, reasons
from wanqi.policies.screening.rows import FACETS
from wanqi.registry.models import Nomination, Organisation, Recognition
from wanqi.registry.models.recognitions import Holder, Level
from wanqi.registry.validity import standing as not_revoked
from wanqi.web import display
from wanqi.web.console.registers.query import parse_id
from wanqi.web.pages import render_page

from .asking import MOST, Asking, Stored, asking_of, kinds, programmes, spot_of, token

PAGE = 30
GROUP = "认定与申报"
# Colour stands for nothing here but blue for what can go on now; every group has its word.
CHIPS = {
    Bucket.MET: "active",
    Bucket.ONE: "plain",
    Bucket.TWO: "plain",
    Bucket.MORE: "plain",
    Bucket.MISSING: "missing",
    Bucket.UNVERIFIED: "waiting",
    Bucket.JUDGEMENT: "waiting",
    Bucket.UNMET: "plain",
}
ADVICE = {
    Bucket.MET: "可以入培育库，准备申报。",
    Bucket.ONE: "改变1项条件后不再是不符合。",
    Bucket.TWO: "改变2项条件后不再是不符合。",
    Bucket.MORE: "改变3项及以上条件后不再是不符合。",
    Bucket.MISSING: "缺少数据，结论不能确定；未知不当作不符合。",
    Bucket.UNVERIFIED: "条文原文尚未核实，结论不能确定。",
    Bucket.JUDGEMENT: "能比对的条件都符合，其余由专家或主管部门判断。",
    Bucket.UNMET: "有不能改变的条件，或改变任何几项都不够。",
}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Return the screen, or only its results when htmx narrows it or turns the page."""
    asking = asking_of(request)
    source = asking.source()
    context = {
        "title": "条件筛选",
        "crumbs": [("工作台", "/"), (GROUP, ""), ("条件筛选", "")],
        "asking": asking,
        "screen": asking.screen,
        "programme": _programme(asking),
        "filters": list(_filters(asking)),
        "choices": _choices(asking),
        "kinds": kinds(asking),
        "sorts": list(SORTS.items()),
        "hidden": list(asking.screen.query().items()),
        "refused": rows.refused(asking.actor, asking.place.region, asking.screen.area),
        **_state(asking),
        **_results(request, asking, source),
    }
    return render_page(request, "screening/page.html", context, fragment="screening/_results.html")


def _programme(asking: Asking) -> dict[str, Any]:
    file = asking.pack.programme_files[asking.screen.programme]
    version = live.version_on(asking.place.region, file.id, asking.screen.kind, asking.on)
    found = [one for one in file.versions if one.version == version and asking.screen.kind in one.applies_to]
    return {
        "title": file.programme.title,
        "level": Level(file.programme.level).label,
        "authority": file.programme.authority,
        "document": f"{found[0].document}《{found[0].title}》" if found else "",
        "act": file.programme.act,
    }


def _choices(asking: Asking) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the programmes under their levels, for a select."""
    found: dict[str, list[tuple[str, str]]] = {label: [] for _, label in Level.choices}
    for id, title in programmes(asking.pack).items():
        found[str(Level(asking.pack.programme_files[id].programme.level).label)].append((id, title))
    return [(label, listed) for label, listed in found.items() if listed]


def _areas(asking: Asking) -> list[tuple[str, str]]:
    limit = areas_of(asking.actor, asking.place.region)
    return [(str(pk), name) for pk, name in asking.place.areas if limit is None or pk in limit]


def _filters(asking: Asking) -> Iterator[dict[str, Any]]:
    screen = asking.screen
    yield _select("area", "片区", "全部片区", _areas(asking), screen.area, keep_empty=True)
    yield _select("cluster", "产业集群", "全部", list(clusters(asking.pack).items()), screen.cluster)
    yield _select("size", "企业规模", "全部", [(one, one) for one in SIZES], screen.size)
    yield _select("held", "称号", "全部", [("without", "尚未获得"), ("with", "已获得")], screen.held)
    sides = [("without", "不在申报中"), ("with", "已在申报中")]
    yield _select("nominated", "申报推荐台账", "全部", sides, screen.nominated)


def _select(
    name: str, title: str, blank: str, options: Any, value: str, *, keep_empty: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "blank": blank,
        "options": options,
        "value": value,
        "keep_empty": keep_empty,
    }


def _state(asking: Asking) -> dict[str, Any]:
    """Return how current the rows are: of kept standings or of a run for another day."""
    if asking.is_live:
        run = asking.run
        job = run.job if run is not None else None
        failed = job is not None and job.state == Job.State.FAILED
        return {
            "run": run,
            "is_running": run is not None and run.ended_at is None and not failed,
            "failed": job.message if failed and job is not None else "",
            "progress": job,
        }
    return {"currency": standings.currency(asking.place.region)}


def _results(request: HttpRequest, asking: Asking, source: Stored | live.Run | None) -> dict[str, Any]:
    screen = asking.screen
    if source is None:
        return {"rows": [], "ready": False, "total": 0, "bar": [], "tags": list(_tags(asking))}
    counted = source.counts()
    total = sum(counted.values())
    inside = counted[BUCKETS[screen.bucket]] if screen.bucket else total
    page = source.page(
        after=spot_of(request.GET.get("after", "")) if request.GET.get("after") else None,
        before=spot_of(request.GET.get("before", "")) if request.GET.get("before") else None,
        size=PAGE,
    )
    query = screen.query()
    return {
        "ready": True,
        "total": total,
        "inside": inside,
        "most": MOST,
        "bar": list(_bar(asking, counted)),
        "advice": ADVICE[BUCKETS[screen.bucket]] if screen.bucket else "",
        "facets": _facets(asking, source, inside),
        "tags": list(_tags(asking)),
        "rows": _rows(asking, [(row.organisation, Bucket(row.bucket)) for row in page.rows]),
        "ask": _ask(asking.screen, [row.organisation.pk for row in page.rows]),
        "first": page.first,
        "last": page.first + len(page.rows) - 1,
        "previous": page.previous and _address(query, before=token(page.previous)),
        "next": page.next and _address(query, after=token(page.next)),
        "query": urlencode(query),
        "may_enter": asking.actor.can("nomination", "create"),
        "may_export": asking.actor.can("standing", "export"),
        "may_keep": asking.actor.can("screen", "create"),
    }


def _address(query: dict[str, str], **further: str) -> str:
    return f"{reverse('screening')}?{urlencode({**query, **further})}"


def _bar(asking: Asking, counted: dict[Bucket, int]) -> Iterator[dict[str, Any]]:
    """Yield the groups with their numbers and the address that shows only them; chosen again, all are shown."""
    total, start = sum(counted.values()) or 1, 0
    for bucket, many in counted.items():
        slug = SLUGS[bucket]
        is_chosen = asking.screen.bucket == slug
        target = asking.screen.but(bucket="" if is_chosen else slug, lack="", missing="")
        yield {
            "slug": slug,
            "words": bucket.label,
            "many": many,
            "start": f"{start * 100 / total:.3f}",
            "share": f"{many * 100 / total:.3f}",
            "is_chosen": is_chosen,
            "href": _address(target.query()),
        }
        start += many


def _facets(asking: Asking, source: Stored | live.Run, inside: int) -> dict[str, Any]:
    """Return which conditions and data the rows of the chosen group lack, with how many; without numbers if many."""
    screen = asking.screen
    lacks: list[tuple[str, str, int | None]] = []
    missing: list[tuple[str, int | None]] = []
    if isinstance(source, live.Run):
        titles = _titles(asking)
        lacks = [*source.lacks(titles)]
        missing = [*source.missing()]
    else:
        rule = source.track.rule
        assert rule is not None
        wide = source.rows if not screen.bucket else source.rows.filter(bucket=BUCKETS[screen.bucket])
        if inside <= FACETS:
            lacks = [*rows.lacks(wide, rule)]
            missing = [*rows.missing(wide, rule)]
        else:
            lacks = [(one.id, one.title, None) for one in conditions_of(asking.pack, rule)]
            missing = [(name, None) for name in rule.asks]
    return {
        "lacks": [_facet(asking, "lack", id, title, many) for id, title, many in lacks],
        "missing": [
            _facet(asking, "missing", name, datum_title(asking.pack, name), many) for name, many in missing
        ],
    }


def _titles(asking: Asking) -> dict[str, str]:
    file = asking.pack.programme_files[asking.screen.programme]
    return {
        one.id: one.title or one.id
        for version in file.versions
        for one in (version.conditions.all or (version.conditions,))
        if one.id
    }


def _facet(asking: Asking, name: str, id: str, title: str, many: int | None) -> dict[str, Any]:
    is_chosen = getattr(asking.screen, name) == id
    target = asking.screen.but(**{name: "" if is_chosen else id})
    return {"title": title, "many": many, "is_chosen": is_chosen, "href": _address(target.query())}


def _tags(asking: Asking) -> Iterator[tuple[str, str]]:
    """Yield (words, address without it) of what narrows the screen beside the bar."""
    screen = asking.screen
    named = {
        "area": dict(_areas(asking)),
        "cluster": clusters(asking.pack),
        "size": {one: one for one in SIZES},
        "held": {"with": "已获得", "without": "尚未获得"},
        "nominated": {"with": "已在申报中", "without": "不在申报中"},
        "bucket": {slug: bucket.label for bucket, slug in SLUGS.items()},
        "lack": _titles(asking) if screen.lack else {},
        "missing": {screen.missing: datum_title(asking.pack, screen.missing)} if screen.missing else {},
    }
    if screen.text:
        yield f"搜索：{screen.text}", _address(screen.but(text="").query())
    for name, words in named.items():
        value = getattr(screen, name)
        if value:
            yield f"{TITLES[name]}：{words.get(value, value)}", _address(screen.but(**{name: ""}).query())


def _rows(asking: Asking, listed: Sequence[tuple[Organisation, Bucket]]) -> list[dict[str, Any]]:
    ids = [one.pk for one, _ in listed]
    held = _held(asking, ids)
    under_way = _under_way(asking, ids)
    return [
        {
            "organisation": one,
            "chip": display.chip(bucket.label, CHIPS[bucket]),
            "is_met": bucket is Bucket.MET,
            "held": held.get(one.pk, ""),
            "under_way": under_way.get(one.pk),
            "why": why_address(asking.screen, one.pk),
        }
        for one, bucket in listed
    ]


def _ask(screen: Screen, ids: Sequence[int]) -> str:
    """Return the query string that asks for what some enterprises lack."""
    asked = [(name, value) for name, value in screen.query().items() if name in ("programme", "kind", "on")]
    return urlencode([*asked, *(("id", str(pk)) for pk in ids)])


def why_address(screen: Screen, organisation: int) -> str:
    """Return the address of the reasons of an enterprise for a screen's programme, kind and day."""
    asked = {name: value for name, value in screen.query().items() if name in ("programme", "kind", "on")}
    return f"{reverse('screening.why', args=[organisation])}?{urlencode(asked)}"


def _held(asking: Asking, ids: Sequence[int]) -> dict[int, str]:
    if not asking.actor.can("recognition", "view"):
        return {}
    on = asking.place.today
    found: Any = (
        Recognition.objects.current()
        .filter(not_revoked(on), organisation__in=ids, programme=asking.screen.programme)
        .filter(holder_kind=Holder.ORGANISATION)
        .order_by("valid_until", "pk")
    )
    told = {}
    for one in found:
        if one.is_unlimited or one.valid_until is None or one.valid_until >= on:
            ends = f"，有效期至{one.valid_until.isoformat()}" if one.valid_until else ""
            told[one.organisation_id] = f"已获得{ends}"
    return told


def _under_way(asking: Asking, ids: Sequence[int]) -> dict[int, Nomination]:
    if not asking.actor.can("nomination", "view"):
        return {}
    found = Nomination.objects.visible_to(asking.actor).current().filter(organisation__in=ids)
    found = found.filter(programme=asking.screen.programme).exclude(stage__in=rows.ENDED).order_by("pk")
    return {one.organisation_id: one for one in found if one.organisation_id is not None}


@require_GET
def told(request: HttpRequest) -> HttpResponse:
    """Return what the enterprises of a page lack, each for its own place in the list."""
    asking = asking_of(request)
    picked = [pk for text in request.GET.getlist("id")[:PAGE] if (pk := parse_id(text)) is not None]
    seen = organisations_of(asking.actor, asking.place.region).filter(pk__in=picked)
    found = [
        {"pk": one.pk, "reasons": said, "why": why_address(asking.screen, one.pk)}
        for one, said in reasons(
            list(seen.order_by("pk")), asking.screen.programme, kind=asking.screen.kind, on=asking.on
        )
    ]
    return render_page(request, "screening/_reasons.html", {"rows": found})


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Work the programme out for another day, then show it."""
    asking = asking_of(request, request.POST)
    back = _address(asking.screen.query())
    if not asking.is_live:
        return HttpResponseRedirect(back)
    made = start_run(asking.place.region, asking.screen, asking.on, actor=asking.actor)
    if made.ended_at is not None:
        messages.success(request, f"已按{asking.on.isoformat()}比对{len(made.rows)}家企业")
    return HttpResponseRedirect(back)
