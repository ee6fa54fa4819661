"""统一社会信用代码: GB 32100-2015, with the organisation code of GB 11714-1997 inside it."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_check(body: str) -> str:
    """Return the check character of an organisation code's first eight characters (GB 11714)."""
    total = sum(
        _ORGANISATION_ALPHABET.index(char) * weight
        for char, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def credit_check(body: str) -> str:
    """Return the 18th character for the first seventeen (GB 32100)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def normalise(code: str) -> str:
    """Return the code as clerks mean it: half-width, upper case, no blanks or hyphens."""
    half = code.translate({0xFF01 + offset: 0x21 + offset for offset in range(94)})
    return "".join(half.split()).replace("-", "").upper()


def problem(code: str) -> str | None:
    """Return what is wrong with an 18-character code, in one sentence, or None when both check digits hold."""
    if len(code) != 18:
        return f"统一社会信用代码应为18位，现为{len(code)}位。"
    for position, char in enumerate(code, start=1):
        if char not in ALPHABET:
            return f"统一社会信用代码第{position}位“{char}”不是允许的字符（不含I、O、S、V、Z）。"
    if not code[2:8].isdigit():
        return "统一社会信用代码第3至8位应为行政区划数字。"
    if organisation_check(code[8:16]) != code[16]:
        return "统一社会信用代码第17位（主体标识码校验位）不符，请核对原件。"
    if credit_check(code[:17]) != code[17]:
        return "统一社会信用代码第18位（校验位）不符，请核对原件。"
    return None
