"""Values as a page shows them: numbers, dates, periods, unknowns, chips, icons, bars. No clock, no database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

HERE = ZoneInfo("Asia/Shanghai")
MINUS = "−"  # the sign, not a hyphen
NO_VALUE = "尚无数据"

# kind -> (icon, colour class). Colour is only for 滞后/预警/正常; everything else is ink or blue.
CHIPS: Mapping[str, tuple[str, str]] = {
    "behind": ("alert-circle", "is-red"),
    "warning": ("alert-triangle", "is-amber"),
    "normal": ("circle-check", "is-green"),
    "demo": ("flag", "is-outline"),
    "withdrawn": ("ban", "is-muted"),
    "active": ("circle-check", "is-blue"),
    "rows": ("list-details", "is-blue"),
    "evidence": ("paperclip", "is-blue"),
    "reported": ("minus", "is-outline"),
    "internal": ("lock", "is-outline"),
    "missing": ("help-circle", "is-outline"),
    "draft": ("pencil", "is-outline"),
    "done": ("check", "is-blue"),
    "waiting": ("clock", "is-outline"),
    "finding": ("alert-circle", "is-outline"),
    "plain": ("", "is-outline"),
}
GRADES = {"有台账": "rows", "有佐证": "evidence", "仅报数": "reported"}
_PERIODS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"(\d{4})"), lambda y: f"{y}年"),
    (re.compile(r"(\d{4})H([12])"), lambda y, h: f"{y}年{'上' if h == '1' else '下'}半年"),
    (re.compile(r"(\d{4})Q([1-4])"), lambda y, q: f"{y}年第{'一二三四'[int(q) - 1]}季度"),
    (re.compile(r"(\d{4})-(\d\d)"), lambda y, m: f"{y}年{int(m)}月"),
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), lambda y, m, d: f"截至{y}年{int(m)}月{int(d)}日"),
    (re.compile(r"(\d{4})-(\d\d)\.\.(\d\d)"), lambda y, a, b: f"{y}年{int(a)}—{int(b)}月"),
)


def number(value: Any, *, places: int | None = None, reason: str = NO_VALUE) -> str:
    """Return a number grouped by thousands with a true minus; unknown is a dash that tells its reason.

    places: decimals to round to, half away from zero; None keeps those the value has.
    """
    if value is None or value == "":
        return unknown(reason)
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return unknown(reason)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = format(exact, ",f")
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return MINUS + text[1:] if text.startswith("-") and exact else text.lstrip("-")


def percent(value: Any, *, places: int = 2, reason: str = NO_VALUE) -> str:
    """Return a ratio (1 = 100 %) as a percentage."""
    if value is None or value == "":
        return unknown(reason)
    return number(Decimal(str(value)) * 100, places=places) + "%"


def unknown(reason: str = NO_VALUE) -> SafeString:
    """Return the dash that stands for an unknown value, with its reason on hover and on focus."""
    return format_html(
        '<span class="unknown" tabindex="0" role="note" data-tip="{}" aria-label="{}">—</span>',
        reason,
        reason,
    )


def growth(value: Any, *, places: int = 2, reason: str = "上年同期无基数，不作比较") -> str:
    """Return a growth rate (1 = 100 %) with ▲ or ▼, in ink: growth is never coloured."""
    if value is None or value == "":
        return unknown(reason)
    exact = Decimal(str(value))
    mark, word = ("▲", "增长") if exact > 0 else ("▼", "下降") if exact < 0 else ("", "持平")
    if not mark:
        return word
    shown = number(abs(exact) * 100, places=places)
    return format_html(
        '<span class="growth"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span> {}%</span>',
        mark,
        word,
        shown,
    )


def day(value: date | datetime | None, *, reason: str = NO_VALUE) -> str:
    """Return 2023年6月30日, for text."""
    found = _date(value)
    return f"{found.year}年{found.month}月{found.day}日" if found else unknown(reason)


def iso_day(value: date | datetime | None, *, reason: str = NO_VALUE) -> str:
    """Return 2023-06-30, for tables."""
    found = _date(value)
    return found.isoformat() if found else unknown(reason)


def moment(value: datetime | None, *, reason: str = NO_VALUE) -> str:
    """Return 2023-06-30 09:05 in local time."""
    return f"{value.astimezone(HERE):%Y-%m-%d %H:%M}" if value else unknown(reason)


def instant(value: datetime) -> str:
    """Return 2023-06-30 09:05:21 in local time: the trail needs the second."""
    return f"{value.astimezone(HERE):%Y-%m-%d %H:%M:%S}"


def taken(who: str, at: datetime) -> str:
    """Return what is printed on every page of a working paper: who took it away, and when."""
    return f"{who}　{moment(at)}　导出"


def _date(value: date | datetime | None) -> date | None:
    return value.astimezone(HERE).date() if isinstance(value, datetime) else value


def period(value: str | None, *, reason: str = NO_VALUE) -> str:
    """Return a period id in words: 2023H1 → 2023年上半年, 2023-01..06 → 2023年1—6月; others unchanged."""
    if not value:
        return unknown(reason)
    for pattern, words in _PERIODS:
        found = pattern.fullmatch(value)
        if found:
            return str(words(*found.groups()))
    return value


@cache
def icon(name: str, *, extra: str = "") -> SafeString:
    """Return an icon of the sprite; decorative, so the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("vendor/icons.svg"),
        name,
    )


@cache
def chip(word: str, kind: str = "plain") -> SafeString:
    """Return a chip: icon and word, so that colour never carries the meaning alone."""
    symbol, colour = CHIPS[kind]
    return format_html('<span class="chip {}">{}{}</span>', colour, icon(symbol) if symbol else "", word)


def grade(word: str) -> SafeString:
    """Return the chip of an evidence grade: 有台账 / 有佐证 / 仅报数."""
    return chip(word, GRADES.get(word, "reported"))


def bar(share: Any, *, label: str, mark: Any = None, tone: str = "") -> SafeString:
    """Return a thin SVG bar without a style attribute.

    share, mark: 0..1; a share above 1 fills the bar. mark: a threshold or 序时进度 as a small line.
    tone: "", "behind", "warning" or "normal"; label: what a screen reader says.
    """
    part = max(Decimal(0), min(Decimal(1), Decimal(str(share or 0)))) * 100
    line: SafeString = mark_safe("")
    if mark is not None:
        at = max(Decimal(0), min(Decimal(1), Decimal(str(mark)))) * 100
        line = format_html('<rect class="bar-mark" x="{}%" y="0" width="2" height="8"></rect>', f"{at:.2f}")
    return format_html(
        '<svg class="bar {}" width="100%" height="8" role="img" aria-label="{}">'
        '<rect class="bar-ground" width="100%" height="8" rx="4"></rect>'
        '<rect class="bar-value" width="{}%" height="8" rx="4"></rect>{}</svg>',
        tone and f"is-{tone}",
        label,
        f"{part:.2f}",
        line,
    )
