"""What importing a row would do to the register: create, correct, leave or refuse it. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from wanqi.core.access import Actor
from wanqi.core.models import Owned

from .cells import Reason
from .importing import Candidate, Reading, Skipped, Target
from .values import storable

CHUNK = 2_000  # rows of one transaction


@dataclass(frozen=True)
class Place:
    """Where new rows will stand, and what they will be marked with."""

    office: int | None
    unit: int | None
    office_name: str = ""
    unit_name: str = ""
    source: str = ""
    is_demonstration: bool = False


@dataclass
class Decisions:
    """What becomes of the rows of one chunk, in their order."""

    created: list[tuple[int, Owned]] = field(default_factory=list)
    corrected: list[tuple[int, Owned, dict[str, Any]]] = field(
        default_factory=list
    )  # line, row, values before
    unchanged: list[int] = field(default_factory=list)
    rejected: list[Candidate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        parts = {
            "created": len(self.created),
            "corrected": len(self.corrected),
            "unchanged": len(self.unchanged),
            "rejected": len(self.rejected),
            "skipped": len(self.skipped),
        }
        return {"read": sum(parts.values()), **parts}


class Judge:
    """Decides chunk after chunk of one file; remembers on which line a key was taken."""

    def __init__(self, target: Target, reading: Reading, *, place: Place, actor: Actor) -> None:
        self._target = target
        self._reading = reading
        self._place = place
        self._actor = actor
        self._taken: dict[str, int] = {}
        self._verdicts: dict[tuple[str, int | None, int | None, int | None], bool] = {}
        self._attributes = {name: target.sink.attribute(name) for name in target.kind.fields}

    def pass_over(self, rows: Iterable[Candidate | Skipped]) -> None:
        """Take note of rows that an earlier run has dealt with."""
        key = self._target.sink.key
        for row in rows:
            if isinstance(row, Candidate) and not row.problems:
                self._taken.setdefault(row.values[key], row.line)

    def forget(self, rows: Iterable[Candidate | Skipped]) -> None:
        """Give up the keys taken by rows whose transaction failed."""
        lines = {row.line for row in rows}
        self._taken = {key: line for key, line in self._taken.items() if line not in lines}

    def decide(self, rows: Sequence[Candidate | Skipped], *, lock: bool) -> Decisions:
        """Return what becomes of the rows. lock: hold the register rows concerned until the transaction ends."""
        decisions = Decisions()
        fresh = [row for row in rows if isinstance(row, Candidate) and not row.problems]
        existing = self._existing([row.values[self._target.sink.key] for row in fresh], lock=lock)
        for row in rows:
            if isinstance(row, Skipped):
                decisions.skipped.append(row)
            else:
                self._decide_one(row, existing, decisions)
        return decisions

    def _existing(self, keys: Sequence[str], *, lock: bool) -> dict[str, Owned]:
        key = self._target.sink.key
        rows = self._target.sink.model._default_manager.filter(
            region=self._target.region, withdrawn_at__isnull=True, **{f"{key}__in": keys}
        ).order_by("pk")
        if lock:
            rows = rows.select_for_update(of=("self",))
        return {getattr(row, key): row for row in rows}

    def _decide_one(self, found: Candidate, existing: dict[str, Owned], decisions: Decisions) -> None:
        key = self._target.sink.key
        if not found.problems:
            first = self._taken.get(found.values[key])
            if first is not None:
                self._refuse(
                    found,
                    key,
                    Reason(
                        f"第{found.line}行与第{first}行的{self._target.titles[key]}相同，已采用第{first}行",
                        f"如应以第{found.line}行为准，请删去第{first}行后重新导入。",
                    ),
                )
        if found.problems:
            decisions.rejected.append(found)
            return
        row = existing.get(found.values[key])
        if row is None:
            self._create(found, decisions)
        else:
            self._correct(found, row, decisions)
        if not found.problems:
            self._taken[found.values[key]] = found.line

    def _create(self, found: Candidate, decisions: Decisions) -> None:
        place = self._place
        row = self._target.sink.model(
            region_id=self._target.region,
            office_id=place.office,
            unit_id=place.unit,
            is_demonstration=place.is_demonstration,
            created_by=self._actor.user,
            **{self._attributes[name]: value for name, value in found.values.items()},
        )
        if hasattr(row, "source"):
            row.source = place.source
        if not self._may("create", row):
            self._refuse(found, self._target.sink.key, OUT_OF_PLACE)
        self._check(found, {name: getattr(row, at) for name, at in self._attributes.items()})
        if found.problems:
            decisions.rejected.append(found)
        else:
            decisions.created.append((found.line, row))

    def _correct(self, found: Candidate, row: Owned, decisions: Decisions) -> None:
        before = {}
        for name, value in found.values.items():
            old = getattr(row, self._attributes[name])
            if old != value:
                before[name] = old
        if not self._may("correct", row):
            self._refuse(found, self._target.sink.key, OTHERS)
        elif before:
            standing = {name: getattr(row, at) for name, at in self._attributes.items()}
            self._check(found, {**standing, **found.values})
        if found.problems:
            decisions.rejected.append(found)
        elif before:
            for name in before:
                setattr(row, self._attributes[name], found.values[name])
            row.version += 1
            decisions.corrected.append((found.line, row, before))
        else:
            decisions.unchanged.append(found.line)

    def _may(self, verb: str, row: Owned) -> bool:
        place = (verb, row.office_id, getattr(row, "area_id", None), row.unit_id)
        if place not in self._verdicts:
            self._verdicts[place] = all(
                self._actor.may_place(
                    row.resource, one, region=row.region_id, office=place[1], area=place[2], unit=place[3]
                )
                for one in (verb, "import")
            )
        return self._verdicts[place]

    def _check(self, found: Candidate, values: dict[str, Any]) -> None:
        for name, reason in self._target.sink.check(values):
            self._refuse(found, name, reason)

    def _refuse(self, found: Candidate, name: str, reason: Reason) -> None:
        value = found.values.get(name, "")
        found.problems.append(self._reading.problem(name, self._target.shown(name, value), reason))


OUT_OF_PLACE = Reason("不在您的股室或单位范围内，不能登记", "请核对责任股室、报送单位。")
OTHERS = Reason("已由其他股室或单位登记，不归您修改", "请联系该记录的责任股室或报送单位。")


def chunks(rows: Iterable[Candidate | Skipped], *, size: int = CHUNK) -> Iterator[list[Candidate | Skipped]]:
    """Yield the rows in lists of `size`."""
    held: list[Candidate | Skipped] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def as_json(value: Any) -> Any:
    """Return a field's value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(field: models.Field[Any, Any], kept: Any) -> Any:
    """Return a field's value from what `as_json` kept."""
    return None if kept is None else field.to_python(kept) if not field.is_relation else kept


def stored_cells(found: Candidate) -> list[str]:
    """Return a row's cells as they are kept with its problems."""
    return [storable(value) for value in found.cells]
