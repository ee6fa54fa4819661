"""What can be held or applied for in a region: programmes with a rule and titles without one, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from wanqi import packs
from wanqi.core.packs import current_pack
from wanqi.packs.specs.programmes import ProgrammeSpec
from wanqi.packs.specs.vocabulary import TitleSpec

from .models.recognitions import Act


@dataclass(frozen=True)
class Granted:
    """One 事项. act: "" where the packs do not say; years: how long it lasts, None where nothing says.

    calendar: to the end of the year; window: when applications are taken, in words; recommended_by: who recommends.
    """

    id: str
    title: str
    kind: str
    act: str
    holder: str
    level: str
    authority: str
    years: int | None = None
    calendar: bool = False
    window: str = ""
    recommended_by: tuple[str, ...] = ()
    system: str = ""

    @property
    def is_title(self) -> bool:
        """Whether passing puts one on record: support that is only paid does not, nor does a mere standing.

        Support whose authority lists the supported (act 列入) does: later rounds ask who was on the list before.
        """
        if self.kind == "subsidy":
            return self.act == Act.LISTED
        return self.kind != "status" and self.act in ("", *Act.values)

    def last_day(self, granted: date) -> date | None:
        """Return the day a grant of that day lasts to; None where the packs give no length."""
        if self.years is None:
            return None
        if self.calendar:
            return date(granted.year + self.years - 1, 12, 31)
        ends = granted.year + self.years
        try:
            return granted.replace(year=ends) - timedelta(days=1)
        except ValueError:  # 29 February
            return date(ends, 2, 28)


def granted_in(region: str) -> Mapping[str, Granted]:
    """Return every 事项 of a region by id, programmes first, in the order of the packs. Raises PackMissing."""
    return _granted(current_pack(region))


def title_of(region: str, programme: str) -> str:
    """Return what a 事项 is called; the id itself where no pack names it any more."""
    found = granted_in(region).get(programme)
    return found.title if found else programme


def _granted(pack: packs.Pack) -> Mapping[str, Granted]:
    return _listed(_Pack(pack))


@dataclass(frozen=True)
class _Pack:
    """A pack as a key: resolved packs are kept by core, so the same one comes back as the same object."""

    pack: packs.Pack

    def __hash__(self) -> int:
        return id(self.pack)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pack) and other.pack is self.pack


@lru_cache(maxsize=8)
def _listed(key: _Pack) -> Mapping[str, Granted]:
    pack = key.pack
    found = {id: _of_programme(one.programme) for id, one in pack.programme_files.items()}
    for id, title in pack.titles.items():
        found.setdefault(id, _of_title(id, title))
    return found


def _of_programme(spec: ProgrammeSpec) -> Granted:
    window = spec.window
    return Granted(
        id=spec.id,
        title=spec.title,
        kind=spec.kind,
        act=spec.act,
        holder=spec.holder,
        level=spec.level,
        authority=spec.authority,
        years=spec.validity.years if spec.validity else None,
        calendar=bool(spec.validity and spec.validity.calendar),
        window=window.words if window else "",
        recommended_by=spec.recommended_by,
        system=spec.system.title if spec.system else "",
    )


def _of_title(id: str, spec: TitleSpec) -> Granted:
    return Granted(
        id=id,
        title=spec.title,
        kind=spec.kind,
        act=spec.act or "",
        holder=spec.holder,
        level=spec.level,
        authority=spec.authority or "",
        years=spec.validity.years if spec.validity else None,
        calendar=bool(spec.validity and spec.validity.calendar),
    )
