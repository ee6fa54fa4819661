"""Check characters of the 统一社会信用代码, for codes of demonstration organisations (GB 32100-2015, GB 11714-1997)."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def complete(prefix: str, body: str) -> str:
    """Return the 18-character code for its first 8 characters and the 8 of the organisation code's body."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _BODY_WEIGHTS, strict=True))
    first = "0123456789X0"[11 - total % 11]
    stem = f"{prefix}{body}{first}"
    weighted = sum(_ALPHABET.index(char) * pow(3, index, 31) for index, char in enumerate(stem))
    return stem + _ALPHABET[-weighted % 31]
