"""Chinese numerals, as far as reports write quantities with them."""

from __future__ import annotations

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10**4, "亿": 10**8}

NUMERAL = "[〇零一二两三四五六七八九十百千]+"


def numeral(text: str) -> int | None:
    """The whole number written as `text` (三十五, 一百二十, 两千, 二〇二三), or None when it is none."""
    if not text or any(c not in _DIGITS and c not in _PLACES and c not in _SCALES for c in text):
        return None
    if all(c in _DIGITS for c in text):
        # A single digit is a number; a row of digits is a year or a code written out.
        return int("".join(str(_DIGITS[c]) for c in text))
    total = group = digit = 0
    last_place = 10**4
    seen_digit = False
    for c in text:
        if c in _DIGITS:
            if seen_digit and digit:
                return None
            digit, seen_digit = _DIGITS[c], True
        elif c in _PLACES:
            place = _PLACES[c]
            if place >= last_place:
                return None
            group += (digit if seen_digit else 1) * place
            digit, seen_digit, last_place = 0, False, place
        else:
            total = (total + group + digit) * _SCALES[c]
            group = digit = 0
            seen_digit, last_place = False, 10**4
    return total + group + digit
