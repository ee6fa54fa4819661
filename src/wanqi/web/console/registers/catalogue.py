"""The registers of the console. A new one: an object like these in a module of its own, and its name here."""

from __future__ import annotations

from .documents import DOCUMENTS
from .finance import LISTINGS, LOANS
from .observations import OBSERVATIONS
from .organisations import ORGANISATIONS
from .people import ENGAGEMENTS, EXPERTS, PEOPLE
from .property import PATENTS, TRADEMARKS
from .sites import SITES
from .spec import Register

# A line of its own for each, so that several can be added at once.
REGISTERS: tuple[Register, ...] = (
    ORGANISATIONS,
    SITES,
    DOCUMENTS,
    OBSERVATIONS,
    PATENTS,
    TRADEMARKS,
    LOANS,
    LISTINGS,
    PEOPLE,
    ENGAGEMENTS,
    EXPERTS,
)


def register(name: str) -> Register | None:
    """Return the register of that name, or None."""
    return next((one for one in REGISTERS if one.name == name), None)
