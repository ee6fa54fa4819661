"""How imported rows become rows of this app's registers; one module for each register."""

from __future__ import annotations

from collections.abc import Callable

from . import facts, held, property

REGISTERED: tuple[Callable[[], None], ...] = (property.register, facts.register, held.register)


def register() -> None:
    """Make the registers of this app importable; called when the app is ready."""
    for each in REGISTERED:
        each()
