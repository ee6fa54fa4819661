"""The enterprises of a screen out of the standings: how many in each group, one page of them, all of them.

A page starts behind a row, not after a number of rows, so that page 10,000 costs what page 1 costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.registry.models import Nomination, Organisation, Recognition
from wanqi.registry.models.recognitions import Holder, Stage
from wanqi.registry.validity import standing as not_revoked

from ..models import Bucket, Grouping, RuleVersion, Standing, Track
from ..models.standings import WORD
from .access import organisations_of, sees_region
from .asked import BUCKETS, SIDES, Screen
from .conditions import conditions_of, has_bit

FACETS = 60_000  # rows of a group up to which it is counted which condition or datum is how often missing
ENDED = (Stage.PASSED, Stage.FAILED)


@dataclass(frozen=True)
class Place:
    """A row a page starts behind: its group, its order by name where asked, its organisation, its number."""

    bucket: Bucket
    name: str
    organisation: int
    number: int


@dataclass(frozen=True)
class Page:
    """Some rows, the number of the first in the list, and where the pages before and behind it are."""

    rows: list[Standing]
    first: int
    previous: Place | None
    next: Place | None


def track_of(region: str, screen: Screen) -> Track | None:
    """Return the track of a screen, None before its standings were ever asked for."""
    found: Track | None = (
        Track.objects.select_related("rule")
        .filter(region_id=region, programme=screen.programme, kind=screen.kind)
        .first()
    )
    return found


def standings(actor: Actor, track: Track, screen: Screen, *, on: date, to: str = "view") -> Any:
    """Return the standings a screen asks for that the actor may see, of every group and in no order.

    on: the day from which titles are looked at.
    """
    rows = Standing.objects.filter(track=track)
    region = track.region_id
    if not sees_region(actor, region, to=to):
        rows = rows.filter(organisation__in=organisations_of(actor, region, to=to).values("pk"))
    asked = organisation_filter(screen, prefix="organisation__")
    if asked:
        rows = rows.filter(asked)
    if screen.text:
        found = organisations_of(actor, region, to=to).matching(screen.text)
        rows = rows.filter(organisation__in=found.values("pk"))
    for name, taken in (("held", holding(track.programme, on)), ("nominated", under_way(track.programme))):
        side = SIDES.get(getattr(screen, name))
        if side is not None:
            rows = rows.filter(taken if side else ~taken)
    return _by_masks(rows, track.rule, screen)


def among(actor: Actor, region: str, screen: Screen, *, on: date, to: str = "view") -> Any:
    """Return the enterprises in force the actor may see that a screen asks for, whatever they stand at."""
    rows = organisations_of(actor, region, to=to).filter(organisation_filter(screen))
    if screen.text:
        rows = rows.matching(screen.text)
    sides = (
        ("held", holding(screen.programme, on, organisation="pk")),
        ("nominated", under_way(screen.programme, organisation="pk")),
    )
    for name, taken in sides:
        side = SIDES.get(getattr(screen, name))
        if side is not None:
            rows = rows.filter(taken if side else ~taken)
    return rows


def refused(actor: Actor, region: str, area: str = "") -> list[tuple[Organisation, str]]:
    """Return the enterprises in reach whose data cannot be compared at all, each with why: they stand in no screen."""
    rows = Grouping.objects.filter(region_id=region, problem__isnull=False)
    if not rows.exists():
        return []
    seen = organisations_of(actor, region)
    if area:
        seen = seen.filter(area_id=int(area))
    told = {firm: problem or "" for firm, problem in rows.values_list("organisation", "problem")}
    return [(one, told[one.pk]) for one in seen.filter(pk__in=list(told)).order_by("name_pinyin", "pk")]


def organisation_filter(screen: Screen, *, prefix: str = "") -> Q:
    """Return what keeps the enterprises of the screen's 片区, 产业集群 and 企业规模."""
    found = Q()
    if screen.area:
        found &= Q(**{f"{prefix}area_id": int(screen.area)})
    if screen.size:
        found &= Q(**{f"{prefix}grouping__size_class": screen.size})
    if screen.cluster:
        found &= Q(**{f"{prefix}grouping__clusters__contains": [screen.cluster]})
    return found


def holding(programme: str, on: date, *, organisation: str = "organisation_id") -> Exists:
    """Return whether the enterprise itself holds the title of a programme on a day."""
    rows = Recognition.objects.current().filter(
        not_revoked(on),
        Q(is_unlimited=True) | Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        Q(granted_on__isnull=True) | Q(granted_on__lte=on),
        organisation_id=OuterRef(organisation),
        holder_kind=Holder.ORGANISATION,
        programme=programme,
    )
    return Exists(rows)


def under_way(programme: str, *, organisation: str = "organisation_id") -> Exists:
    """Return whether a nomination of the enterprise for a programme is under way."""
    rows = Nomination.objects.current().exclude(stage__in=ENDED)
    return Exists(rows.filter(organisation_id=OuterRef(organisation), programme=programme))


def _by_masks(rows: Any, rule: RuleVersion | None, screen: Screen) -> Any:
    if rule is None or not (screen.lack or screen.missing):
        return rows
    if screen.lack:
        offered = conditions_of(current_pack(rule.region_id), rule)
        unmet = next((one.unmet for one in offered if one.id == screen.lack), None)
        rows = rows.none() if unmet is None else rows.filter(unmet)
    if screen.missing:
        known = screen.missing in rule.asks
        rows = rows.filter(has_bit("missing", rule.asks.index(screen.missing))) if known else rows.none()
    return rows


def counts(rows: Any) -> dict[Bucket, int]:
    """Return how many of the rows are in each group, none left out."""
    found = dict(rows.order_by().values_list("bucket").annotate(many=Count("*")))
    return {bucket: found.get(bucket, 0) for bucket in Bucket}


def lacks(rows: Any, rule: RuleVersion) -> list[tuple[str, str, int]]:
    """Return (id, title, how many of the rows do not meet it) of the rule's outermost conditions, most first."""
    offered = conditions_of(current_pack(rule.region_id), rule)
    if not offered:
        return []
    # Rows that are compared again after a change of the rule have the bits of an earlier version. Asked in the counts:
    # the database takes track and rule for independent of each other and would expect hardly a row.
    asked = {
        f"c{at}": Count("organisation", filter=Q(rule=rule) & one.unmet) for at, one in enumerate(offered)
    }
    found = rows.order_by().aggregate(**asked)
    counted = [(one.id, one.title, found[f"c{at}"]) for at, one in enumerate(offered)]
    return sorted((one for one in counted if one[2]), key=lambda one: -one[2])


def missing(rows: Any, rule: RuleVersion) -> list[tuple[str, int]]:
    """Return (`facts/<id>` or `records/<id>`, how many of the rows lack it), the most frequent first."""
    found = Counter[str]()
    # The first words stand in an index; the others are read of the rows, which most rules do not need.
    words = ("missing", "further") if len(rule.asks) > WORD else ("missing",)
    grouped = rows.order_by().values_list("rule", *words).annotate(many=Count("*"))
    for own, *masks, many in grouped:
        if own != rule.pk:
            continue
        bits = Standing(**dict(zip(words, masks, strict=True))).bits("missing")
        for at, name in enumerate(rule.asks):
            if bits >> at & 1:
                found[name] += many
    return found.most_common()


def page(
    rows: Any, screen: Screen, *, after: Place | None, before: Place | None, size: int, region: str = ""
) -> Page:
    """Return the page behind or before a place, the first where none is given.

    region: that of the rows, which lets a list by name be read in the order of the register's index.
    """
    back = before is not None
    place = before or after
    within = rows.filter(organisation__region_id=region) if region and screen.sort == "name" else rows
    ids = _taken(within, screen, place, size + 1, back=back)
    known = {
        row.organisation_id: row
        for row in rows.filter(organisation__in=ids).select_related("organisation__area")
    }
    taken = [known[pk] for pk in ids if pk in known]
    more = len(taken) > size
    taken = taken[:size]
    if back:
        taken.reverse()
    first = (
        max(1, before.number - len(taken))
        if before is not None
        else after.number + 1
        if after is not None
        else 1
    )
    previous = _place(taken[0], first) if taken and (more if back else place) else None
    following = _place(taken[-1], first + len(taken) - 1) if taken and (back or more) else None
    return Page(taken, first, previous, following)


def _place(row: Standing, number: int) -> Place:
    return Place(Bucket(row.bucket), row.organisation.name_pinyin, row.organisation_id, number)


def ordered(rows: Any, screen: Screen) -> Iterator[Standing]:
    """Yield all rows in the list's order."""
    for part, order in _parts(screen, back=False):
        yield from rows.filter(part).order_by(*order)


def _parts(screen: Screen, *, back: bool) -> list[tuple[Q, tuple[str, ...]]]:
    """Return the stretches of the list: each group by the number of the enterprise, or all by name."""
    sign = "-" if back else ""
    chosen = [BUCKETS[screen.bucket]] if screen.bucket else list(Bucket)
    if screen.sort == "name":
        only = Q(bucket=chosen[0]) if screen.bucket else Q()
        return [(only, (f"{sign}organisation__name_pinyin", f"{sign}organisation_id"))]
    order: tuple[str, ...] = (f"{sign}organisation_id",)
    parts = [(Q(bucket=bucket), order) for bucket in chosen]
    return parts[::-1] if back else parts


def _taken(rows: Any, screen: Screen, place: Place | None, size: int, *, back: bool) -> list[int]:
    """Return the organisations of the rows behind a place, found in indexes alone as far as the filters allow."""
    beyond = "lt" if back else "gt"
    parts = _parts(screen, back=back)
    if place is not None and len(parts) > 1:  # the groups before that of the place are behind it
        own = list(Bucket).index(place.bucket)
        parts = parts[len(parts) - 1 - own :] if back else parts[own:]
    found: list[int] = []
    for at, (part, order) in enumerate(parts):
        stretch = rows.filter(part).order_by(*order)
        if place is not None and at == 0:
            stretch = stretch.filter(_beyond(screen, place, beyond))
        found += stretch.values_list("organisation_id", flat=True)[: size - len(found)]
        if len(found) >= size:
            break
    return found


def _beyond(screen: Screen, place: Place, beyond: str) -> Q:
    by_id = Q(**{f"organisation_id__{beyond}": place.organisation})
    if screen.sort != "name":
        return by_id
    field = "organisation__name_pinyin"
    return Q(**{f"{field}__{beyond}": place.name}) | Q(**{field: place.name}) & by_id
