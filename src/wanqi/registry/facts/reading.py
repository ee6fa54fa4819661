"""Facts as they stand: every source's value by period, the one that is preferred, and where sources disagree.

Whoever reads says what for: identifiable statistical micro-data leave the bureau's own pages for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec, Pack

from ..models import Fact, Organisation
from ..models.facts import FactValue, SourceClass
from .values import same

Purpose = Literal["bureau", "matching", "export", "portal"]
PURPOSES: frozenset[str] = frozenset(("bureau", "matching", "export", "portal"))


def open_sources(purpose: Purpose) -> tuple[str, ...]:
    """Return the classes of sources that may be read for a purpose. Raises ValueError for one nobody declared."""
    if purpose not in PURPOSES:
        raise ValueError(f"undeclared purpose: {purpose}")
    every = tuple(SourceClass.values)
    return every if purpose == "bureau" else tuple(one for one in every if one != SourceClass.STATISTICS)


@dataclass(frozen=True)
class Cell:
    """One fact in one period. rows: one per source that says something, the preferred first; never empty."""

    fact: str
    period: str
    rows: tuple[Fact, ...]

    @property
    def preferred(self) -> Fact:
        """The row that counts."""
        return self.rows[0]

    @property
    def value(self) -> FactValue:
        """The value that counts."""
        return self.preferred.value

    @property
    def disagrees(self) -> bool:
        """Whether another source says something else."""
        return any(not same(row.value, self.value) for row in self.rows[1:])

    @property
    def grade(self) -> str:
        """What stands under the value: a file, or nothing but what was reported."""
        return "有佐证" if self.preferred.evidence_id else "仅报数"


@dataclass(frozen=True)
class Profile:
    """The facts of one organisation on a day. cells: fact → period → cell, periods ascending; "" is a scalar."""

    organisation: int
    on: date
    cells: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)

    def value(self, fact: str, period: str = "") -> FactValue:
        """Return the value that counts, None where nobody says anything."""
        cell = self.cells.get(fact, {}).get(period)
        return None if cell is None else cell.value

    @property
    def disagreements(self) -> list[Cell]:
        """The cells in which sources say different things."""
        return [cell for periods in self.cells.values() for cell in periods.values() if cell.disagrees]

    @property
    def years(self) -> list[str]:
        """Every year for which something is known, ascending."""
        return sorted({period for periods in self.cells.values() for period in periods if period})


def profile(
    organisation: Organisation,
    *,
    on: date,
    purpose: Purpose,
    recorded: datetime | None = None,
    pack: Pack | None = None,
) -> Profile:
    """Return the facts of an organisation on a day, as known at the moment `recorded` (None: now). One query.

    purpose: what it is read for; only "bureau" sees statistical micro-data. pack: the region's, where it is at hand.
    """
    rows = Fact.objects.filter(organisation=organisation, source_class__in=open_sources(purpose))
    rows = rows.select_related("evidence", "recorded_by").defer("evidence__content")
    if recorded is not None:
        rows = rows.filter(recorded_at__lte=recorded)
    found = standing(rows.order_by("recorded_at", "pk"), on=on)
    return Profile(organisation.pk, on, arranged(found, pack or current_pack(organisation.region_id)))


def standing(rows: Iterable[Fact], *, on: date) -> list[Fact]:
    """Return the rows that stand on a day: the newest of each source and period, of a scalar the latest day's.

    rows: of any organisations, oldest record first. A withdrawal takes away what its source said of that day.
    """
    newest: dict[tuple[Any, ...], Fact] = {}
    for row in rows:
        day = None if row.period else row.as_of
        newest[row.organisation_id, row.fact, row.period, row.source_class, row.source, day] = row
    latest: dict[tuple[Any, ...], Fact] = {}
    for (*key, day), row in newest.items():
        if row.withdrawn or (day is not None and day > on):
            continue
        held = latest.get(tuple(key))
        if held is None or _later(row, held):
            latest[tuple(key)] = row
    return list(latest.values())


def _later(row: Fact, held: Fact) -> bool:
    return (row.as_of or date.min) > (held.as_of or date.min)


def arranged(rows: Iterable[Fact], pack: Pack) -> dict[str, dict[str, Cell]]:
    """Return fact → period → cell of one organisation's standing rows, in the vocabulary's order."""
    gathered: dict[str, dict[str, list[Fact]]] = {}
    for row in rows:
        gathered.setdefault(row.fact, {}).setdefault(row.period, []).append(row)
    places = {name: at for at, name in enumerate(pack.facts)}
    return {
        name: {
            period: Cell(name, period, tuple(sorted(found, key=lambda row: rank(row, pack.facts.get(name)))))
            for period, found in sorted(gathered[name].items())
        }
        for name in sorted(gathered, key=lambda name: (places.get(name, len(places)), name))
    }


def rank(row: Fact, spec: FactSpec | None) -> tuple[int, int, float, int]:
    """Return what sorts sources, the best first: the vocabulary's order, then the latest day, then the newest record."""
    prefer = spec.prefer if spec else ()
    place = prefer.index(row.source_class) if row.source_class in prefer else len(prefer)
    day = (row.as_of or date.min).toordinal() if not row.period else 0
    return place, -day, -row.recorded_at.timestamp(), -row.pk


def history(organisation: Organisation, fact: str, period: str, *, purpose: Purpose) -> list[Fact]:
    """Return everything ever recorded of one fact in one period, newest first, withdrawals included."""
    rows = Fact.objects.filter(
        organisation=organisation, fact=fact, period=period, source_class__in=open_sources(purpose)
    )
    rows = rows.select_related("evidence", "recorded_by", "batch", "office", "unit").defer(
        "evidence__content"
    )
    return list(rows.order_by("-recorded_at", "-pk"))
