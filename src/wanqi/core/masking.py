"""Phones and identity numbers as everybody sees them: the middle is never shown, exported or kept in the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def phone(value: str) -> str:
    """Return 138****5678; what is too short for that keeps its last two characters."""
    if len(value) < 7:
        return "*" * max(0, len(value) - 2) + value[-2:]
    return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"


def id_number(value: str) -> str:
    """Return 4306**********1234."""
    if len(value) < 10:
        return "*" * len(value)
    return f"{value[:4]}{'*' * (len(value) - 8)}{value[-4:]}"


# field name → how it is shown, wherever a model has a field of that name
MASKED: Mapping[str, Callable[[str], str]] = {"id_number": id_number, "phone": phone}


def masked(name: str, value: Any) -> Any:
    """Return the value of a field of that name as it may be shown."""
    mask = MASKED.get(name)
    return mask(value) if mask is not None and isinstance(value, str) and value else value
