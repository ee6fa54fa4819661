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
STANDING = "身份"
LEVELS = {"国家级": 0, "省级": 1, "市级": 2, "县级": 3}
_PLACES = {
    State.MET: 0,
    State.MISSING: 1,
    State.SHORT: 2,
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
    """Return the window that is open on a day, or the next one; a year's notice decides where no days are written."""
    if spec is None or spec.opens is None or spec.closes is None:
        note = spec.note if spec and spec.note else ""
        days = "".join(
            part
            for part in (
                f"{_said(spec.opens)}起" if spec and spec.opens else "",
                f"{_said(spec.closes)}止" if spec and spec.closes else "",
            )
        )
        return Window(
            "by_notice", "；".join(one for one in (days, note) if one) or "以当年通知为准", None, None
        )
    spans = [_span(spec.opens, spec.closes, on.year + years) for years in (-1, 0, 1)]
    opens, closes = next(span for span in spans if span[1] >= on)
    state = "open" if opens <= on else "closed"
    days = f"{opens.year}年{opens.month}月{opens.day}日至{closes.year}年{closes.month}月{closes.day}日"
    said = f"申报中，{days}" if state == "open" else f"未到申报期，{days}"
    return Window(state, "；".join(one for one in (said, spec.note) if one), opens, closes)


def _span(opens: str, closes: str, year: int) -> tuple[date, date]:
    first = later(date.fromisoformat(f"2024-{opens}"), year - 2024)
    last = later(date.fromisoformat(f"2024-{closes}"), year - 2024)
    return (first, last) if first <= last else (first, later(last, 1))


def _said(day: str) -> str:
    month, number = day.split("-")
    return f"{int(month)}月{int(number)}日"


def rank(one: Programme) -> tuple[Any, ...]:
    """Return what sorts programmes, nearest and most worthwhile first.

    Met, then open for want of data, then short of a few conditions, then left to experts, unverified, held, unmet, not
    in force; a title that ends within a year stands with what is met, a mere standing (身份) with what is held. Inside:
    the fewest conditions short, what is open now, the fewest data missing, the largest sum, the level, the title.
    """
    place = _PLACES[one.state]
    if one.held is not None and one.held.soon:
        place = 0
    elif one.what == STANDING and one.state is State.MET:
        place = _PLACES[State.HELD]
    most = (
        Decimal(0) if one.amount is None else one.amount.potential[1] or one.amount.potential[0] or Decimal(0)
    )
    return (
        place,
        one.short if one.short is not None else 99,
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
