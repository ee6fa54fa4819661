"""Whether the standings of a region are what comes out when they are worked out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from wanqi.registry.models import Organisation

from ..models import Standing, Verdict
from .redoing import recompute_all

TOGETHER = 100  # organisations
Progress = Callable[[int, int], None]


@dataclass
class Checked:
    """checked: standings worked out again; due: those whose data changed and wait; wrong: a sentence for each other."""

    checked: int = 0
    due: int = 0
    wrong: list[str] = field(default_factory=list)


def verify(region: str, *, sample: int | None, progress: Progress | None = None) -> Checked:
    """Work standings of a region out again, all or about as many as `sample`, evenly over the organisations."""
    ids = list(
        Organisation.objects.current().filter(region_id=region).order_by("pk").values_list("pk", flat=True)
    )
    total = Standing.objects.filter(track__region_id=region).count()
    if sample is not None and total > sample:
        ids = ids[:: max(1, round(total / sample))]
    found = Checked()
    for start in range(0, len(ids), TOGETHER):
        part = ids[start : start + TOGETHER]
        rows = list(
            Standing.objects.filter(organisation__in=part).select_related("track", "rule", "organisation")
        )
        for row, again in zip(rows, recompute_all(rows), strict=True):
            found.checked += 1
            if not again.sound:
                found.wrong.append(_said(row, again.verdict))
            elif not again.same:
                found.due += 1
        if progress is not None:
            progress(min(start + TOGETHER, len(ids)), len(ids))
    return found


def _said(row: Standing, verdict: int | None) -> str:
    again = "不能比对" if verdict is None else Verdict(verdict).label
    return f"{row.organisation.name}：{row.track}，存的是{row.get_verdict_display()}，重算是{again}"
