"""Bases that were revised after a report was signed: a growth that rests on one says so below its sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from wanqi.indicators.evaluate import Figure, Input, read_period

from ..models import Archive
from .contents import FIGURES
from .keeping import part_of

Bases = tuple[tuple[str, str], ...]  # figure id, what is said of its base


def revised_bases(region: str, figures: Mapping[str, Figure], printed: Iterable[str]) -> Bases:
    """Return, for each printed comparison whose base was signed with another value, what its reader must know.

    One query where nothing was signed for the periods compared with.
    """
    compared = [figures[id] for id in dict.fromkeys(printed) if id in figures and figures[id].comparison]
    wanted = [(figure, one) for figure in compared for one in figure.inputs if one.period != figure.period]
    if not wanted:
        return ()
    signed = list(_signed(region, {one.period.end for _, one in wanted}))
    found = ((figure.id, _said(figure, one, signed)) for figure, one in wanted)
    return tuple((id, said) for id, said in found if said)


def _signed(region: str, ends: Iterable[object]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield (title, figures) of the newest archive of each report that ends on one of the days."""
    rows = Archive.objects.filter(region_id=region, period_end__in=list(ends))
    for archive in rows.order_by("report", "period", "-id").distinct("report", "period"):
        yield archive.title, json.loads(part_of(archive, FIGURES))


def _said(figure: Figure, base: Input, signed: Iterable[tuple[str, list[dict[str, str]]]]) -> str:
    for title, figures in signed:
        for one in figures:
            if one["id"] == base.id and _same(one["period"], base) and one["display"] != base.display:
                return (
                    f"{figure.title}所比的{one['title']}（{base.period.words}）定稿为{one['display']}，"
                    f"后修订为{base.display}，按修订后的数计算（见《{title}》数据修订说明）。"
                )
    return ""


def _same(period: str, base: Input) -> bool:
    """Return whether a signed figure is of the base's span; of a stock, of the same day."""
    one = read_period(period)
    if base.period.kind == "day":
        return one.end == base.period.end
    return (one.start, one.end) == (base.period.start, base.period.end)
