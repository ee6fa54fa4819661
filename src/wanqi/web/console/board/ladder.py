"""梯度: how many enterprises stand on each rung of recognitions that presuppose each other, and who is on the way up."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from wanqi.core.access import Actor
from wanqi.packs import Pack
from wanqi.registry.models import Nomination, Recognition
from wanqi.registry.models.recognitions import Holder, Stage
from wanqi.registry.validity import Status, having

ON_THE_WAY = (Stage.DECLARED, Stage.RECOMMENDED, Stage.CITY, Stage.PROVINCE, Stage.PUBLIC)


def of(actor: Actor, region: str, pack: Pack, on: date) -> dict[str, Any] | None:
    """Return the ladders, and the other titles of enterprises; None without the right to see them.

    Shape: {ladders: [[[step]]], others: [step], on}, each ladder from its lowest rung.
    step: {title, level, held, unsure, gained, coming, href, coming_href}; held: standing on the day; unsure: those
    among them whose end is not registered; gained: granted this year.
    """
    if not actor.can("recognition", "view"):
        return None
    counts = _counts(actor, region, on)
    coming = _coming(actor, region)
    files = pack.programme_files
    titles = {id: file.programme for id, file in files.items() if file.programme.kind == "recognition"}
    below = {id: _below(one, titles) for id, one in titles.items()}
    depths = {id: _depth(id, below, frozenset()) for id in below}
    starts = {id for id in below if id in counts or id in coming}
    ladders = [one for one in _ladders(below) if one & starts]

    def step(id: str) -> dict[str, Any]:
        return _step(id, titles[id], counts.get(id, {}), coming.get(id, 0))

    def rungs(ladder: set[str]) -> list[list[dict[str, Any]]]:
        heights = sorted({depths[id] for id in ladder})
        return [[step(id) for id in sorted(ladder) if depths[id] == height] for height in heights]

    drawn = [rungs(ladder) for ladder in sorted(ladders, key=lambda one: (-len(one), min(one)))]
    climbed = {id for ladder in ladders for id in ladder}
    others = [step(id) for id in titles if id not in climbed and id in starts]
    return {"ladders": drawn, "others": others, "on": on} if drawn or others else None


def _step(id: str, spec: Any, counted: dict[str, int], coming: int) -> dict[str, Any]:
    return {
        "title": spec.title,
        "level": spec.level or "",
        **{name: counted.get(name, 0) for name in ("held", "unsure", "gained")},
        "coming": coming,
        "href": f"{reverse('recognitions')}?{urlencode({'area': '', 'programme': id})}",
        "coming_href": f"{reverse('nominations')}?{urlencode({'programme': id, 'outcome': 'open'})}",
    }


def _below(one: Any, known: dict[str, Any]) -> tuple[str, ...]:
    """Return the titles that one presupposes, of those the pack knows."""
    return tuple(id for group in one.presupposes or () for id in group if id in known)


def _depth(id: str, below: dict[str, tuple[str, ...]], seen: frozenset[str]) -> int:
    """Return how many rungs stand under a title; one that presupposes itself is cut."""
    under = [one for one in below.get(id, ()) if one not in seen]
    return 1 + max((_depth(one, below, seen | {id}) for one in under), default=-1)


def _ladders(below: dict[str, tuple[str, ...]]) -> list[set[str]]:
    """Return the titles that presuppose each other, directly or through others, as sets of two or more."""
    ladders: list[set[str]] = []
    for id, under in below.items():
        linked = {id, *under}
        if len(linked) == 1:
            continue
        touched = [one for one in ladders if one & linked]
        ladders = [one for one in ladders if not one & linked]
        ladders.append(linked.union(*touched))
    return ladders


def _counts(actor: Actor, region: str, on: date) -> dict[str, dict[str, int]]:
    standing = having(Status.VALID, on) | having(Status.SOON, on)
    unsure = having(Status.UNKNOWN, on)
    rows = (
        Recognition.objects.visible_to(actor)
        .current()
        .filter(region_id=region, holder_kind=Holder.ORGANISATION)
        .values("programme")
        .annotate(
            sure=Count("holder_name", filter=standing, distinct=True),
            held=Count("holder_name", filter=standing | unsure, distinct=True),
            gained=Count(
                "holder_name", filter=Q(granted_on__year=on.year, granted_on__lte=on), distinct=True
            ),
        )
    )
    return {row["programme"]: {**row, "unsure": row["held"] - row["sure"]} for row in rows}


def _coming(actor: Actor, region: str) -> dict[str, int]:
    if not actor.can("nomination", "view"):
        return {}
    rows = Nomination.objects.visible_to(actor).current().filter(region_id=region, stage__in=ON_THE_WAY)
    return dict(rows.values_list("programme").annotate(Count("pk")))
