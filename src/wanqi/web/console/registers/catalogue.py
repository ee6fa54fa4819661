"""The registers of the console. A new one: an object like these in a module of its own, and its name here."""

from __future__ import annotations

from .activities import ACTIVITIES, PROBLEMS
from .carriers import CARRIERS
from .documents import DOCUMENTS
from .finance import LISTINGS, LOANS
from .nominations import NOMINATIONS
from .observations import OBSERVATIONS
from .organisations import ORGANISATIONS
from .people import ENGAGEMENTS, EXPERTS, PEOPLE
from .projects import FIBER, PROJECTS
from .property import PATENTS, TRADEMARKS
from .rankings import COMMENDATIONS, RANKINGS
from .recognitions import RECOGNITIONS
from .records import COVERAGE_ROWS, RECORD_ROWS
from .shortfalls import SHORTFALLS
from .sites import SITES
from .spec import Register
from .tasks import TASKS
from .windows import WINDOWS

# A line of its own for each, so that several can be added at once.
REGISTERS: tuple[Register, ...] = (
    ORGANISATIONS,
    RECORD_ROWS,
    COVERAGE_ROWS,
    RECOGNITIONS,
    NOMINATIONS,
    SITES,
    CARRIERS,
    DOCUMENTS,
    OBSERVATIONS,
    PATENTS,
    TRADEMARKS,
    LOANS,
    LISTINGS,
    PEOPLE,
    ENGAGEMENTS,
    EXPERTS,
    PROJECTS,
    FIBER,
    RANKINGS,
    COMMENDATIONS,
    ACTIVITIES,
    PROBLEMS,
    TASKS,
    WINDOWS,
    SHORTFALLS,
)


def register(name: str) -> Register | None:
    """Return the register of that name, or None."""
    return next((one for one in REGISTERS if one.name == name), None)
