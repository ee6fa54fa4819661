"""The registers of the console. A new one: an object like these in a module of its own, and its name here."""

from __future__ import annotations

from .documents import DOCUMENTS
from .observations import OBSERVATIONS
from .organisations import ORGANISATIONS
from .sites import SITES
from .spec import Register

REGISTERS: tuple[Register, ...] = (ORGANISATIONS, SITES, DOCUMENTS, OBSERVATIONS)


def register(name: str) -> Register | None:
    """Return the register of that name, or None."""
    return next((one for one in REGISTERS if one.name == name), None)
