"""What does not depend on conditions: titles held, windows of application, the order of the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from wanqi.packs.specs.programmes import ProgrammeSpec, WindowSpec

from .future import later
from .model import Held, Programme, State, Window

SOON = 365  # days
OVER = "over"
STANDING = "身份"
SUPPORT = "奖补"
BY_NOTICE = "以当年通知为准"
LEVELS = {"国家级": 0, "省级": 1, "市级": 2, "县级": 3}
_PLACES = {
    State.MET: 0,
    State.MISSING: 1,
    State.SHORT: 1,
    State.JUDGEMENT: 3,
    State.UNVERIFIED: 4,
    State.HELD: 5,
    State.UNMET: 6,
    State.NOT_YET: 7,
    State.LAPSED: 8,
}


def titles_held(organisation: Mapping[str, Any], on: date) -> dict[str, Held]:
    """Return the titles that stand on a day by programme, the one that lasts longest where there are several."""
    found: dict[str, Held] = {}
    for row in (organisation.get("records") or {}).get("titles") or ():
        programme = row.get("programme")
        granted, until, revoked = (_day(row.get(name)) for name in ("grant_date", "valid_to", "revoked_date"))
        begun = granted is None or granted <= on
        over = (until is not None and until < on) or (revoked is not None and revoked <= on)
        if not programme or not begun or over:
            continue
        held = Held(granted, until, _soon(until, on), _held(until))
        before = found.get(str(programme))
        if before is None or (before.until or date.max) < (until or date.max):
            found[str(programme)] = held
    return found


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _soon(until: date | None, on: date) -> bool:
    return until is not None and until <= on + timedelta(days=SOON)


def _held(until: date | None) -> str:
    if until is None or until.year >= 9999:
        return "已获得"
    return f"已获得·有效期至{until.year}年{until.month}月{until.day}日"


def window_of(spec: WindowSpec | None, on: date) -> Window:
    """Return the window that is open on a day, or the next one.

    Days that one year's notice announced are that year's: before it they say nothing, after it only what was usual.
    """
    if spec is None:
        return Window("by_notice", BY_NOTICE, None, None)
    if spec.year is not None and not _announced(spec, on):
        usual = f"往年约为{spec.days}（{spec.year}年），" if spec.year < on.year else ""
        return Window("by_notice", f"{usual}{BY_NOTICE}", None, None)
    if spec.opens is None or spec.closes is None:
        return _half(spec, on)
    years = (-1, 0, 1) if spec.year is None else (spec.year - on.year,)
    spans = [_span(spec.opens, spec.closes, on.year + step) for step in years]
    found = next((span for span in spans if span[1] >= on), None)
    if found is None:
        return _over(spec)
    opens, closes = found
    state = "open" if opens <= on else "closed"
    days = f"{opens.year}年{opens.month}月{opens.day}日至{closes.year}年{closes.month}月{closes.day}日"
    said = f"申报中，{days}" if state == "open" else f"未到申报期，{days}"
    return Window(state, "；".join(one for one in (said, spec.note) if one), opens, closes)


def _announced(spec: WindowSpec, on: date) -> bool:
    """Return whether a day is in the year announced, or in the next one where the days run into it."""
    runs_on = bool(spec.opens and spec.closes and spec.opens > spec.closes)
    return spec.year is not None and spec.year <= on.year <= spec.year + runs_on


def _half(spec: WindowSpec, on: date) -> Window:
    """Return a window of which one end is known."""
    if spec.year is not None and spec.closes is not None and _on(spec.closes, spec.year) < on:
        return _over(spec)
    return Window(
        "by_notice", "；".join(one for one in (spec.days, spec.note) if one) or BY_NOTICE, None, None
    )


def _over(spec: WindowSpec) -> Window:
    said = f"{spec.year}年的申报时间（{spec.days}）已过，下一年度{BY_NOTICE}"
    return Window(OVER, said, None, None)


def _span(opens: str, closes: str, year: int) -> tuple[date, date]:
    first, last = _on(opens, year), _on(closes, year)
    return (first, last) if first <= last else (first, later(last, 1))


def _on(day: str, year: int) -> date:
    return later(date.fromisoformat(f"2024-{day}"), year - 2024)


def rank(one: Programme) -> tuple[Any, ...]:
    """Return what sorts programmes, nearest and most worthwhile first.

    Met, then what lacks data or is short of a few conditions, then left to experts, unverified, held, unmet, not in
    force; a title that ends within a year stands with what is met, a mere standing (身份) with what is held, support
    for a title that is lacking or unknown with what is unmet. Inside: the fewest conditions that are not met yet, what
    is open now, the fewest data missing, the largest sum, the level, the title.
    """
    place = _PLACES[one.state]
    if one.held is not None and one.held.soon:
        place = 0
    elif one.what == STANDING and one.state is State.MET:
        place = _PLACES[State.HELD]
    elif one.what == SUPPORT and one.presupposes and one.state in (State.SHORT, State.MISSING):
        place = _PLACES[State.UNMET]
    own = one.amount is not None and not one.amount.recipient
    most = (
        (one.amount.potential[1] or one.amount.potential[0] or Decimal(0))
        if one.amount and own
        else Decimal(0)
    )
    return (
        place,
        99 if one.short is None else max(one.short, sum(each.verdict != "met" for each in one.conditions)),
        one.window.state == "closed",
        len(one.missing),
        -most,
        LEVELS.get(one.level, 9),
        one.title,
    )


def materials(spec: ProgrammeSpec) -> tuple[str, ...]:
    """Return the papers to hand in, with where they are asked for."""
    return tuple(
        f"{one.title}{f'（{more}）' if (more := '，'.join(text for text in (one.article, one.note) if text)) else ''}"
        for one in spec.evidence
    )
