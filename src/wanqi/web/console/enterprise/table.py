"""Facts over time: a table of items × years in groups, single values beside it, a small line for what is numeric."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wanqi.packs import FactSpec, Pack
from wanqi.registry.facts.homes import facts_kept
from wanqi.registry.facts.reading import Cell, Profile
from wanqi.registry.facts.values import in_unit, in_words, usual_unit
from wanqi.registry.models.facts import FactValue
from wanqi.web import display

YEARS = 10
# The vocabulary's files are its chapters.
GROUPS = {
    "organisations": "主体与规模",
    "research": "研发与人员",
    "market": "市场与产品",
    "digital": "数字化和两化融合",
    "standing": "资质与合规",
    "projects": "项目与保险",
    "spaces": "场地与载体",
}
OTHER = "其他"
USUAL = ("revenue", "employees_total", "rd_expense", "total_assets", "net_profit", "tax_paid")
WIDTH, HEIGHT, EDGE = 96, 24, 3


@dataclass(frozen=True)
class Shown:
    """One value on the page. text: without its unit where that stands in the head of the line."""

    text: str
    href: str
    title: str
    disagrees: bool = False
    statistics: bool = False
    latest: bool = False


@dataclass(frozen=True)
class Line:
    """One item over the years; `cells` as many as years, None where nothing is known."""

    fact: str
    title: str
    unit: str
    cells: list[Shown | None]
    chart: SafeString | str
    record: str


@dataclass(frozen=True)
class Single:
    """One item without years."""

    title: str
    shown: Shown
    day: Any
    source: str


@dataclass(frozen=True)
class Group:
    """A chapter of the vocabulary with what is known of it."""

    title: str
    lines: list[Line]
    singles: list[Single]


def years_of(profile: Profile, today: int) -> list[str]:
    """Return the years of the table: the last ten of which something is known, at least the last three."""
    found = {*profile.years, *(str(year) for year in range(today - 3, today))}
    return sorted(found)[-YEARS:]


def groups(profile: Profile, pack: Pack, years: Sequence[str], *, pk: int) -> list[Group]:
    """Return the chapters in the vocabulary's order, without those of which nothing is known."""
    gathered: dict[str, tuple[list[Line], list[Single]]] = {}
    for name, spec in facts_kept(pack).items():
        periods = profile.cells.get(name, {})
        if not periods and name not in USUAL:
            continue
        lines, singles = gathered.setdefault(group_of(pack, name), ([], []))
        if spec.period == "annual":
            lines.append(_line(name, spec, periods, years, pk))
        elif "" in periods:
            cell = periods[""]
            shown = _shown(spec, cell, pk, with_unit=True)
            singles.append(Single(spec.title, shown, cell.preferred.as_of, cell.preferred.source_class))
    order = {title: at for at, title in enumerate((*GROUPS.values(), OTHER))}
    return [Group(title, *gathered[title]) for title in sorted(gathered, key=lambda one: order[one])]


def group_of(pack: Pack, fact: str) -> str:
    """Return the chapter of an item: the vocabulary file it stands in."""
    return GROUPS.get(PurePath(pack.items.facts[fact].file.path).stem, OTHER)


def _line(name: str, spec: FactSpec, periods: Any, years: Sequence[str], pk: int) -> Line:
    cells = [_shown(spec, periods[year], pk) if year in periods else None for year in years]
    numbers = [_number(spec, periods[year].value) if year in periods else None for year in years]
    record = f"{reverse('enterprise.record', args=[pk])}?{urlencode({'fact': name})}"
    return Line(name, spec.title, usual_unit(spec), cells, spark(numbers, years, spec.title), record)


def _shown(spec: FactSpec, cell: Cell, pk: int, *, with_unit: bool = False) -> Shown:
    told = in_words(spec, cell.value)
    unit = usual_unit(spec)
    text = told if with_unit or not isinstance(cell.value, Decimal) else told.removesuffix(unit)
    address = reverse("enterprise.value", args=[pk, cell.fact])
    if cell.period:
        address = f"{address}?{urlencode({'period': cell.period})}"
    row = cell.preferred
    title = f"{spec.title}{f' {cell.period}年' if cell.period else ''} {told}，来源：{row.source_class}"
    return Shown(text, address, title, cell.disagrees, row.source_class == "统计")


def _number(spec: FactSpec, value: FactValue) -> Decimal | None:
    return in_unit(spec, value) if isinstance(value, Decimal) else None


def spark(numbers: Sequence[Decimal | None], years: Sequence[str], title: str) -> SafeString | str:
    """Return a small line of the known years, broken where one is unknown; nothing below three points."""
    known = [number for number in numbers if number is not None]
    if len(known) < 3:
        return ""
    low, high = min(known), max(known)
    spread = high - low or Decimal(1)
    step = Decimal(WIDTH - 2 * EDGE) / max(1, len(numbers) - 1)
    points = [
        None
        if number is None
        else (EDGE + step * at, HEIGHT - EDGE - (number - low) / spread * (HEIGHT - 2 * EDGE))
        for at, number in enumerate(numbers)
    ]
    first, last = (
        next(year for number, year in pairs if number is not None)
        for pairs in (list(zip(numbers, years, strict=True)), list(zip(numbers, years, strict=True))[::-1])
    )
    told = f"{title}{first}年至{last}年，最低{display.number(low)}，最高{display.number(high)}"
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">'
        '<path d="{}"></path></svg>',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        told,
        _path(points),
    )


def _path(points: Iterable[tuple[Decimal, Decimal] | None]) -> str:
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        x, y = point
        parts.append(f"{pen}{x:.1f} {y:.1f}")
        if pen == "M":
            parts.append(f"L{x:.1f} {y:.1f}")  # a point alone is seen as a dot
        pen = "L"
    return "".join(parts)
