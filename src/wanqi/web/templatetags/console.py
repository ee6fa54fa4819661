"""Tags and filters of the console's templates; each is a thin name for a function of `wanqi.web.display`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wanqi.web import display

register = template.Library()

register.filter("period", display.period)
register.filter("cn_date", display.day)
register.filter("iso_date", display.iso_day)
register.filter("moment", display.moment)
register.filter("instant", display.instant)
register.filter("growth", display.growth)
register.filter("grade", display.grade)
register.simple_tag(display.bar, name="bar")
register.simple_tag(display.icon, name="icon")
register.simple_tag(display.unknown, name="unknown")


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """`{{ value|number }}` or `{{ value|number:2 }}`: grouped by thousands, − for negative, — for unknown."""
    return display.number(value, places=places)


@register.filter
def percent(value: Any, places: int = 2) -> str:
    """`{{ ratio|percent }}`: a ratio (1 = 100 %) as a percentage."""
    return display.percent(value, places=places)


@register.simple_tag
def chip(word: str, kind: str = "plain") -> SafeString:
    """`{% chip "滞后" "behind" %}`: icon and word."""
    return display.chip(word, kind)


@register.simple_tag
def figure(shown: Any, url: str = "", places: int | None = None) -> SafeString:
    """`{% figure value url %}`: a number that opens its drawer; plain where there is no address."""
    text = shown if isinstance(shown, str) else display.number(shown, places=places)
    if not url:
        return format_html('<span class="figure">{}</span>', text)
    return format_html('<a class="figure" href="{}" data-drawer>{}</a>', url, text)


@register.inclusion_tag("shell/_field.html")
def field(bound: Any) -> dict[str, Any]:
    """`{% field form.name %}`: label, help, error, control, in that order, wired for a screen reader."""
    return {"field": bound}
