"""The period switch: month, quarter, half, year and January up to a month, each an address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from wanqi.indicators.evaluate import Period
from wanqi.indicators.evaluate.periods import month, read_period, to_date


def switch(period: Period, today: date, group: str) -> dict[str, Any]:
    """Return the spans that end where the period ends, and the one before and after.

    Shape: {spans: [{title, words, href, current}], before, after}; before and after are addresses or "".
    """
    year, last = period.year, period.end.month
    spans = {
        "本月": month(year, last),
        "本季": read_period(f"{year}Q{(last + 2) // 3}"),
        "半年": read_period(f"{year}H{1 if last <= 6 else 2}"),
        f"1—{last}月": to_date(period),
        "全年": read_period(f"{year}"),
    }
    named = f"1—{last}月"
    whole = [(one.start, one.end) for title, one in spans.items() if title != named]
    before, after = _neighbour(period, -1), _neighbour(period, 1)
    return {
        "spans": [
            {
                "title": title,
                "words": one.words,
                "href": address(one, "", group),
                "current": one.id == period.id or (one.start, one.end) == (period.start, period.end),
            }
            for title, one in spans.items()
            if title != named or (one.start, one.end) not in whole
        ],
        "before": address(before, "", group) if before else "",
        "after": address(after, "", group) if after and after.start <= today else "",
    }


def address(period: Period, usual: str, group: str) -> str:
    """Return the board's address for a period and grouping; what is usual stays out of it."""
    asked = {"period": period.id} if period.id != usual else {}
    asked |= {"group": group} if group != "office" else {}
    return reverse("board") + (f"?{urlencode(asked)}" if asked else "")


def _neighbour(period: Period, step: int) -> Period | None:
    """Return the span of the same kind before or after; None where the kind has none."""
    year, kind = period.year, period.kind
    if kind == "year":
        return read_period(f"{year + step:04d}") if 1900 < year + step < 2200 else None
    sizes = {"half": 6, "quarter": 3, "month": 1, "cumulative": 1}
    if kind not in sizes:
        return None
    number = year * 12 + period.end.month - 1 + step * sizes[kind]
    there, last = divmod(number, 12)
    if not 1900 < there < 2200:
        return None
    if kind == "half":
        return read_period(f"{there:04d}H{1 if last < 6 else 2}")
    if kind == "quarter":
        return read_period(f"{there:04d}Q{last // 3 + 1}")
    if kind == "cumulative":
        return to_date(month(there, last + 1))
    return month(there, last + 1)
