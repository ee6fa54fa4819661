"""Putting the enterprises chosen on a screen into the register of nominations: one act for many, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from wanqi.core.access import Actor, require
from wanqi.core.errors import RowInvalid, StepRefused
from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.registry.actions import create_nominations, move_nominations
from wanqi.registry.models import Nomination, Organisation
from wanqi.registry.models.recognitions import Holder, Stage
from wanqi.registry.programmes import title_of

from .determinations import determine_many

MOST = 500
ENTRIES = (Stage.SOUNDED, Stage.POOLED, Stage.DECLARED, Stage.RECOMMENDED)
ENDED = (Stage.PASSED, Stage.FAILED)
SOURCE = "条件筛选"


@dataclass(frozen=True)
class Entered:
    """What became of the chosen: nominations made, and those that stand in the register already, each with its row."""

    made: tuple[Nomination, ...]
    already: tuple[Nomination, ...]


@transaction.atomic
def enter_chosen(
    organisations: Sequence[Organisation],
    programme: str,
    *,
    kind: str,
    batch: str,
    stage: str,
    on: date,
    actor: Actor,
    office: Office | None,
    as_of: date | None = None,
    is_demonstration: bool = False,
) -> Entered:
    """Register a nomination of each chosen enterprise at a stage, and write down the verdict it rests on.

    Skips those with a nomination under way for the programme, or any in the same batch. as_of: the day the verdict is
    asked of; None is today. Raises RowInvalid, StepRefused, AccessRefused; then nothing is written.
    """
    require(actor, "nomination", "create")
    batch = " ".join(batch.replace("\x00", "").split())
    if not batch:
        raise RowInvalid({"batch": ["请填写批次，如“2023年第一批”。"]})
    if stage not in ENTRIES:
        raise RowInvalid({"stage": ["请从列表中选择阶段。"]})
    if not organisations:
        raise StepRefused("还没有选择企业。", hint="请先在筛选结果中勾选。")
    if len(organisations) > MOST:
        raise StepRefused(f"一次最多处理{MOST}家，现在选了{len(organisations)}家。", hint="请分几次处理。")
    ids = sorted({one.pk for one in organisations})
    # Locked in one order, so that two clerks who choose the same enterprises at once do not enter them twice.
    rows = Organisation.objects.select_for_update(of=("self",)).select_related("area")
    locked = list(rows.filter(pk__in=ids).order_by("pk"))
    known = _known(ids, programme, batch)
    fresh = [one for one in locked if one.pk not in known]
    entry = {
        "programme": programme,
        "purpose": kind,
        "batch": batch,
        "stage": stage,
        "stage_on": on,
        "office": office,
    }
    made = _registered(fresh, entry, actor=actor, is_demonstration=is_demonstration)
    for region in dict.fromkeys(one.region_id for one in fresh):
        own = [one for one in fresh if one.region_id == region]
        purpose = f"{title_of(region, programme)} {batch} {stage}"
        determine_many(own, programme, kind=kind, on=as_of, actor=actor, purpose=purpose, relied=made)
    order = {one.pk: at for at, one in enumerate(organisations)}
    already = sorted(known.values(), key=lambda row: order.get(row.organisation_id or 0, 0))
    return Entered(tuple(made[one.pk] for one in fresh), tuple(already))


@transaction.atomic
def move_chosen(rows: Sequence[Nomination], *, to: str, actor: Actor, **further: Any) -> list[Nomination]:
    """Take nominations to a stage as `move_nominations`; with 县级推荐 write down the verdict each rests on then.

    Raises RowInvalid for an enterprise whose data cannot be compared; then nothing is moved.
    """
    moved = move_nominations(rows, to=to, actor=actor, **further)
    if to == Stage.RECOMMENDED:
        groups: dict[tuple[str, str, str, str], dict[int, Nomination]] = {}
        for row in moved:
            if row.organisation_id is not None and row.holder_kind == Holder.ORGANISATION:
                key = (row.region_id, row.programme, row.purpose, row.batch)
                groups.setdefault(key, {})[row.organisation_id] = row
        for (region, programme, kind, batch), some in groups.items():
            if programme in current_pack(region).programme_files:
                own = [row.organisation for row in some.values() if row.organisation is not None]
                said = f"{title_of(region, programme)} {batch} {to}"
                determine_many(own, programme, kind=kind, actor=actor, purpose=said, relied=some)
    return moved


def _registered(
    organisations: Sequence[Organisation], entry: Mapping[str, Any], *, actor: Actor, is_demonstration: bool
) -> dict[int, Nomination]:
    """Return organisation → its new nomination, each with its audit row."""
    found: dict[int, Nomination] = {}
    groups: dict[tuple[str, bool], list[Organisation]] = {}
    for one in organisations:
        groups.setdefault((one.region_id, is_demonstration or one.is_demonstration), []).append(one)
    for (region, demonstration), some in groups.items():
        rows = [
            {
                **entry,
                "organisation": one,
                "holder_name": one.name,
                "contact": one.contact,
                "phone": one.phone,
                "area": one.area,
                "source": SOURCE,
            }
            for one in some
        ]
        made = create_nominations(rows, actor=actor, region=region, is_demonstration=demonstration)
        found |= {one.pk: row for one, row in zip(some, made, strict=True)}
    return found


def _known(ids: Sequence[int], programme: str, batch: str) -> dict[int, Nomination]:
    """Return organisation → its nomination that is under way, or stands in the same batch."""
    rows = Nomination.objects.current().filter(organisation__in=ids, programme=programme).order_by("pk")
    return {
        row.organisation_id: row
        for row in rows
        if row.organisation_id is not None and (row.stage not in ENDED or row.batch == batch)
    }
