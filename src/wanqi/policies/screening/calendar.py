"""申报与复核日历: windows of programmes, what expires, what is due for 复核, over the next twelve months.

Windows come from registered 申报安排 first; where a year has none, from the usual days of the packs, marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Count

from wanqi.core.access import Actor
from wanqi.core.packs import current_pack
from wanqi.packs.specs.programmes import ProgrammeFile, WindowSpec
from wanqi.registry.models import Recognition
from wanqi.registry.programmes import Granted, granted_in
from wanqi.registry.validity import ending_within

from ..models import ApplicationWindow

Kind = Literal["opens", "county", "closes", "expires", "review"]
Purpose = ApplicationWindow.For
KINDS: Mapping[Kind, str] = {
    "opens": "开始申报",
    "county": "县级推荐截止",
    "closes": "申报截止",
    "expires": "有效期届满",
    "review": "复核、到期重新申报",  # 科小 is listed anew every year, never 认定
}
YEAR = 365
# How long before a day work on it should begin: collecting the papers, and a review before the title runs out.
LEAD: Mapping[Kind, int] = {"opens": 14, "county": 30, "closes": 30, "expires": 90, "review": 60}
BEFORE_END = 180  # a review without a known window is due half a year before the title ends
BY_NOTICE = "以当年通知为准"
USUAL = f"按往年时间，{BY_NOTICE}"
ASK = "能否补报请问上级"


@dataclass(frozen=True)
class Entry:
    """One thing on one day. until: the last day of a window that opens. many: titles it concerns, None for windows.

    sure: False where the day is the packs' usual one. source: the notice or pack it comes from. window: the id of
    a registered 申报安排. ends: first and last day on which the titles of a review end. late: the day to apply by has
    gone, so that it stands on today.
    """

    day: date
    kind: Kind
    programme: str
    title: str
    until: date | None = None
    many: int | None = None
    sure: bool = True
    source: str = ""
    window: int | None = None
    ends: tuple[date, date] | None = None
    late: bool = False

    @property
    def begin(self) -> date:
        """The day on which work on it should begin."""
        return self.day - timedelta(days=LEAD[self.kind])

    @property
    def words(self) -> str:
        """What happens to what, in words."""
        many = f"：{self.many}个" if self.many is not None else ""
        return f"{self.title}{KINDS[self.kind]}{many}"

    @property
    def key(self) -> str:
        """What makes it the same entry in a later export."""
        if self.kind == "review":
            # Two notices may ask for different titles on one day; what is late moves with today.
            return f"review|{self.programme}|{'' if self.late else self.day.isoformat()}|{self.source}"
        return f"{self.kind}|{self.programme}|{self.window or self.day.isoformat()}"


def entries(
    actor: Actor,
    region: str,
    on: date,
    *,
    programme: str = "",
    office: int | None = None,
    area: int | None = None,
) -> list[Entry]:
    """Return what comes due from a day on for twelve months, by day; of the rows the actor may see.

    office, area: only titles and notices of that office, titles of that area.
    """
    last = on + timedelta(days=YEAR)
    granted = granted_in(region)
    windows = list(_windows(actor, region, on, last, programme=programme, office=office))
    found = list(_registered(windows, granted, on, last))
    if office is None:
        found += _usual(region, windows, on, last, programme=programme, purpose=Purpose.NEW)
    if actor.can("recognition", "view"):
        ending = _ending(actor, region, on, programme=programme, office=office, area=area)
        found += _expiries(ending, granted)
        found += _reviews(ending, region, granted, windows, on)
    return sorted(found, key=lambda one: (one.day, list(KINDS).index(one.kind), one.title))


def next_closing(actor: Actor, region: str, programme: str, *, kind: str, on: date) -> Entry | None:
    """Return the next day by which a programme has to be applied for: the county's, else the last; None if unknown."""
    granted = granted_in(region)
    last = on + timedelta(days=YEAR)
    windows = list(_windows(actor, region, on, last, programme=programme, office=None))
    own = [one for one in windows if one.purpose == kind and one.closes_on >= on]
    found = [one for one in _registered(own, granted, on, last) if one.kind in ("county", "closes")]
    if not found:
        usual = _usual(region, windows, on, last, programme=programme, purpose=kind)
        found = [one for one in usual if one.kind == "closes"]
    return min(found, key=lambda one: one.day, default=None)


def unscheduled(region: str, on: date, *, programme: str = "") -> list[tuple[str, str, str]]:
    """Return (id, title, what the packs say) of programmes in force without a day of their own in the packs."""
    found = []
    last = on + timedelta(days=YEAR)
    for id, file in current_pack(region).programme_files.items():
        window = file.programme.window
        if programme not in ("", id) or not any(one.in_force(on) for one in file.versions):
            continue
        if window is None or not (window.opens or window.closes):
            note = window.note if window and window.note else BY_NOTICE
            found.append((id, file.programme.title, note))
        elif window.year is not None and window.year > last.year:
            found.append((id, file.programme.title, BY_NOTICE))
    return found


def _windows(
    actor: Actor, region: str, on: date, last: date, *, programme: str, office: int | None
) -> Iterator[ApplicationWindow]:
    if not actor.can("window", "view"):
        return
    rows = ApplicationWindow.objects.visible_to(actor).current()
    rows = rows.filter(region_id=region, closes_on__gte=on - timedelta(days=YEAR), opens_on__lte=last)
    if programme:
        rows = rows.filter(programme=programme)
    if office is not None:
        rows = rows.filter(office_id=office)
    yield from rows.order_by("opens_on", "pk")


def _registered(
    windows: Iterable[ApplicationWindow], granted: Mapping[str, Granted], on: date, last: date
) -> Iterator[Entry]:
    for one in windows:
        named = granted.get(one.programme)
        title = f"{named.title if named else one.programme}{_purpose(one)}"
        days: tuple[tuple[Kind, date | None], ...] = (
            ("opens", one.opens_on),
            ("county", one.county_due_on),
            ("closes", one.closes_on),
        )
        for kind, day in days:
            if day is not None and on <= day <= last:
                until = one.closes_on if kind == "opens" else None
                yield Entry(day, kind, one.programme, title, until, source=one.notice, window=one.pk)


def _purpose(one: ApplicationWindow) -> str:
    return "" if one.purpose == ApplicationWindow.For.NEW else f"（{one.get_purpose_display()}）"


def _usual(
    region: str, windows: list[ApplicationWindow], on: date, last: date, *, programme: str, purpose: str
) -> Iterator[Entry]:
    """Yield the days of the packs, but for a programme whose window of that year and purpose is registered.

    Days announced for one year are sure in it, usual in later ones, and say nothing of earlier ones. A year is the one
    in which a window begins.
    """
    for id, file in current_pack(region).programme_files.items():
        window = file.programme.window
        if window is None or programme not in ("", id):
            continue
        own = [one for one in windows if one.programme == id and one.purpose == purpose]
        known = {one.opens_on.year if _crosses(window) else one.closes_on.year for one in own}
        for year in range(on.year - _crosses(window), last.year + 1):
            opens, closes = days_of(window, year)
            if year in known or _unannounced(window, year) or not _open(file, closes or opens):
                continue
            sure, note = window.year == year, _source(window, year)
            if opens is not None and on <= opens <= last:
                yield Entry(opens, "opens", id, file.programme.title, closes, sure=sure, source=note)
            if closes is not None and on <= closes <= last:
                yield Entry(closes, "closes", id, file.programme.title, sure=sure, source=note)


def days_of(window: WindowSpec, year: int) -> tuple[date | None, date | None]:
    """Return the first and the last day of a window that begins in a year."""
    return _day(year, window.opens), _day(year + _crosses(window), window.closes)


def _crosses(window: WindowSpec) -> bool:
    """Return whether the window closes in the year after it opens."""
    return bool(window.opens and window.closes and window.closes < window.opens)


def _unannounced(window: WindowSpec, year: int) -> bool:
    """Return whether the days were announced for a later year only."""
    return window.year is not None and year < window.year


def _source(window: WindowSpec, year: int) -> str:
    if window.year == year:
        return f"{year}年申报通知" if not window.note else f"{year}年申报通知。{window.note}"
    if window.year is not None:
        return f"往年约为{window.days}（{window.year}年），{BY_NOTICE}"
    return USUAL if not window.note else f"{USUAL}。{window.note}"


def _day(year: int, text: str | None) -> date | None:
    if text is None:
        return None
    month, day = (int(part) for part in text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:  # 29 February
        return date(year, month, 28)


def _open(file: ProgrammeFile, day: date | None) -> bool:
    return day is not None and any(one.in_force(day) for one in file.versions)


def _ending(
    actor: Actor, region: str, on: date, *, programme: str, office: int | None, area: int | None
) -> list[tuple[str, date, int]]:
    """Return (programme, last day, how many) of the titles that stand on a day and end within a year of it."""
    rows = Recognition.objects.visible_to(actor).current().filter(ending_within(on, YEAR), region_id=region)
    for name, value in (("programme", programme), ("office_id", office), ("area_id", area)):
        if value:
            rows = rows.filter(**{name: value})
    counted: Any = rows.order_by().values_list("programme", "valid_until").annotate(many=Count("pk"))
    return sorted(counted)


def _expiries(ending: Iterable[tuple[str, date, int]], granted: Mapping[str, Granted]) -> Iterator[Entry]:
    for programme, day, many in ending:
        title = granted[programme].title if programme in granted else programme
        yield Entry(day, "expires", programme, title, many=many, source="认定记录", ends=(day, day))


def _reviews(
    ending: Iterable[tuple[str, date, int]],
    region: str,
    granted: Mapping[str, Granted],
    windows: list[ApplicationWindow],
    on: date,
) -> Iterator[Entry]:
    """Yield, by programme and day, until when those whose title ends have to apply for review or renewal."""
    files = current_pack(region).programme_files
    due: dict[tuple[str, date, bool, str, bool], list[tuple[date, int]]] = {}
    for programme, ends, many in ending:
        file = files.get(programme)
        if file is None or not any({"review", "renewal"} & set(one.applies_to) for one in file.versions):
            continue
        day, sure, source = _review_day(file, windows, ends, on)
        due.setdefault((programme, max(day, on), sure, source, day < on), []).append((ends, many))
    for (programme, day, sure, source, late), rows in due.items():
        days = [ends for ends, _ in rows]
        yield Entry(
            day,
            "review",
            programme,
            granted[programme].title if programme in granted else programme,
            many=sum(many for _, many in rows),
            sure=sure,
            source=source,
            ends=(min(days), max(days)),
            late=late,
        )


def _review_day(
    file: ProgrammeFile, windows: list[ApplicationWindow], ends: date, on: date
) -> tuple[date, bool, str]:
    """Return the last day to apply before a title ends, whether a notice says it, and where it comes from."""
    noticed = [
        one
        for one in windows
        if one.programme == file.id
        and one.purpose != Purpose.NEW
        and ends - timedelta(days=YEAR) <= one.closes_on <= ends
    ]
    if noticed:
        latest = max(noticed, key=lambda one: one.closes_on)
        if latest.closes_on < on:
            return latest.closes_on, False, f"{latest.notice}：{latest.closes_on.isoformat()}已截止，{ASK}"
        due = latest.county_due_on
        return due if due and due >= on else latest.closes_on, True, latest.notice
    window = file.programme.window
    if window is not None and window.closes:
        for begun in (ends.year, ends.year - 1, ends.year - 2):
            _, closes = days_of(window, begun)
            if closes is not None and closes <= ends and not _unannounced(window, begun):
                if closes < on:
                    return closes, False, f"{_source(window, begun)}；{closes.isoformat()}已过，{ASK}"
                return closes, window.year == begun, _source(window, begun)
    return ends - timedelta(days=BEFORE_END), False, f"尚无复核通知，按有效期届满前{BEFORE_END}天提示"
