"""Filters for exact figures: fractions to what the console's own tags take."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.safestring import SafeString

from wanqi.indicators.evaluate.cases import decimal_text
from wanqi.web import display

register = template.Library()


@register.filter
def ratio(value: Fraction | None) -> Decimal | None:
    """`{{ fraction|ratio }}`: the same number as a decimal of eight places."""
    text = decimal_text(value)
    return None if text is None else Decimal(text)


@register.filter
def grade_or_nothing(word: str) -> SafeString | str:
    """`{{ figure.grade|grade_or_nothing }}`: the chip of an evidence grade; nothing where none applies."""
    return display.grade(word) if word else ""


@register.filter
def lookup(found: Mapping[str, str], key: str) -> str:
    """`{{ mapping|lookup:key }}`: the value of a key that stands in a variable; empty where there is none."""
    return found.get(key, "")
