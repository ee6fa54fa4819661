"""What a batch's file holds and how its columns may be matched; who may import for whom. Reads, never writes."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wanqi.core.access import Actor, Scope
from wanqi.core.models import Attachment, Office, Unit

from .deciding import Place
from .errors import TableRefused
from .headers import HEAD, find_head, no_record, proposal, title_key
from .importing import Matching, Target
from .models import ImportBatch, ImportMapping
from .sheets import open_table
from .values import Table, storable

SAMPLES = 5


def table_of(batch: ImportBatch) -> Table:
    """Return the batch's file as a table. Raises TableRefused."""
    name, content = Attachment.objects.values_list("name", "content").get(pk=batch.file_id)
    return open_table(bytes(content), name=name)


def matching_of(batch: ImportBatch) -> Matching:
    """Return what was matched."""
    return Matching.from_json(batch.sheet, batch.mapping)


def proposed(table: Table, target: Target, *, sheet: str | None = None) -> tuple[str, dict[str, Any]]:
    """Return the sheet and the proposed matching as a batch keeps it; raises TableRefused.

    Kept: columns, first, last, titles (see Matching), guessed: the fields whose column only resembles, remembered:
    whether it was matched so before, samples: the first rows below the head, sheets: {name, hidden}.
    """
    shown = [one for one in table.sheets if not one.hidden]
    candidates = [sheet] if sheet else [one.name for one in (shown or table.sheets)][:5]
    found: list[tuple[int, str, dict[str, Any]]] = []
    unread: dict[str, TableRefused] = {}
    for name in candidates:
        try:
            kept = propose_sheet(table, target, name)
        except TableRefused as error:
            if error.code != "import.too-wide":
                raise
            unread[name] = (
                error  # a sheet beside the list, of pictures or formats, must not keep the list out
            )
            continue
        if kept is not None:
            found.append((len(kept["columns"]), name, kept))
    if not found:
        if unread:
            raise next(iter(unread.values()))
        raise TableRefused("empty", "表里没有内容", hint="请核对后重新选择文件或工作表。")
    _, chosen, kept = max(found, key=lambda one: one[0])
    next(table.rows(chosen, most=1), None)  # what a table says of itself is of the sheet read last
    kept["sheets"] = [{"name": one.name, "hidden": one.hidden} for one in table.sheets]
    kept["notes"] = [*table.notes, *left_aside(table, chosen, [name for at, name, _ in found if at])]
    kept["notes"] += [f"工作表“{name}”没有读取：{error.cause}。" for name, error in unread.items()]
    return chosen, kept


def left_aside(table: Table, chosen: str, tables: Sequence[str]) -> Iterator[str]:
    """Yield what a clerk may believe to be imported and is not, or the other way round. tables: sheets with a head."""
    others = [f"“{name}”" for name in tables if name != chosen]
    if others:
        yield f"本次只导入工作表“{chosen}”；{'、'.join(others)}也像是数据表，请分别上传并选择。"
    unseen = [f"“{one.name}”" for one in table.sheets if one.hidden and one.name != chosen]
    if unseen:
        yield f"隐藏的工作表{'、'.join(unseen)}没有读取。"
    if table.hidden:
        yield f"表中有{table.hidden}行被隐藏或筛选掉，也会一并读取；不需要的请先删除。"


def propose_sheet(table: Table, target: Target, sheet: str) -> dict[str, Any] | None:
    """Return the proposal for one sheet, or None when it is empty."""
    rows = list(table.rows(sheet, most=HEAD + 20))
    columns = target.profile.columns
    head = find_head(rows, table.merged(sheet), columns)
    if not head.last:
        return None
    sure, guessed = proposal(head, columns)
    remembered = ImportMapping.objects.filter(
        region=target.region, profile=target.profile.id, headers_digest=head.digest
    ).first()
    if remembered is not None:
        sure, guessed = (
            {name: int(at) for name, at in remembered.mapping.items() if int(at) < len(head.titles)},
            {},
        )
    matching = Matching(sheet, head, {**sure, **guessed})
    titles = {at: title_key(head.titles[at]) for at in matching.columns.values()}
    marks = target.profile.skip_rows
    below = (
        row for row in rows if row.line > head.last and not no_record(row, tuple(titles), titles, marks=marks)
    )
    samples = [[storable(cell, longest=60) for cell in row.cells] for row in itertools.islice(below, SAMPLES)]
    return {
        **matching.as_json(),
        "guessed": sorted(guessed),
        "remembered": remembered is not None,
        "samples": samples,
    }


@dataclass(frozen=True)
class Standpoint:
    """For whom an actor may import: the offices and units to choose from, and whether one has to be chosen."""

    offices: tuple[Office, ...]
    units: tuple[Unit, ...]
    needs_office: bool
    needs_unit: bool

    @property
    def closed(self) -> bool:
        """Whether there is nothing to import for."""
        return (self.needs_office and not self.offices) or (self.needs_unit and not self.units)


def standpoint(actor: Actor, *, resource: str, region: str) -> Standpoint:
    """Return for whom the actor may import rows of `resource`; offices and units of the region otherwise."""
    offices = Office.objects.filter(region=region, active=True).order_by("position", "id")
    units = Unit.objects.filter(region=region, active=True).order_by("position", "id")
    if actor.is_command:
        return Standpoint(tuple(offices), tuple(units), needs_office=False, needs_unit=False)
    scopes = [(scope, grant) for scope, grant in actor.scopes(resource, "import") if grant.region == region]
    own_offices = {grant.office for scope, grant in scopes if scope is Scope.OFFICE}
    own_units = {grant.unit for scope, grant in scopes if scope is Scope.UNIT}
    if any(scope is Scope.REGION for scope, _ in scopes):
        return Standpoint(tuple(offices), tuple(units), needs_office=False, needs_unit=False)
    if own_offices:
        return Standpoint(
            tuple(offices.filter(pk__in=own_offices)), tuple(units), needs_office=True, needs_unit=False
        )
    return Standpoint(
        tuple(offices), tuple(units.filter(pk__in=own_units)), needs_office=False, needs_unit=True
    )


def usual_office(region: str, profile: str) -> int | None:
    """Return the office of the latest batch of a profile: what a reporter's rows went to last time."""
    return (
        ImportBatch.objects.filter(
            region=region, profile=profile, office__isnull=False, state=ImportBatch.State.DONE
        )
        .order_by("-pk")
        .values_list("office_id", flat=True)
        .first()
    )


def last_profile(region: str, among: Container[str]) -> str:
    """Return the profile of the latest batch that is one of `among`, "" without one."""
    latest = ImportBatch.objects.filter(region=region).order_by("-pk").values_list("profile", flat=True)[:20]
    return next((profile for profile in latest if profile in among), "")


def place_of(batch: ImportBatch) -> Place:
    """Return where the batch's new rows will stand."""
    person = batch.created_by
    return Place(
        office=batch.office_id,
        unit=batch.unit_id,
        office_name=batch.office.name if batch.office else "",
        unit_name=batch.unit.name if batch.unit else "",
        source=f"{batch.file.name[-150:]}（导入第{batch.pk}批）",
        is_demonstration=bool(person and person.is_demonstration) or bool(batch.mapping.get("demonstration")),
    )


def rest_seconds(done: int, total: int, elapsed: float) -> int | None:
    """Return the seconds that the rest of a job will take at its pace so far; None while that cannot be told."""
    if done <= 0 or total <= done or elapsed < 1:
        return None
    return max(1, round(elapsed * (total - done) / done))


def counted(counts: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of a batch by name, 0 where it has none."""
    names = (
        "read",
        "created",
        "corrected",
        "unchanged",
        "rejected",
        "skipped",
        "withdrawn",
        "restored",
        "kept",
    )
    return {name: int(counts.get(name, 0)) for name in names}
