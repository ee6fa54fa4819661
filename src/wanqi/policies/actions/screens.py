"""Writers of 申报安排, of kept screens and when they were looked at, and of runs for another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Least, Now

from wanqi.core.access import Actor, require
from wanqi.core.actions import Writers, create_row, jobs, record, stripped, withdraw_row
from wanqi.core.actions.rows import refusing_duplicates
from wanqi.core.errors import RowInvalid, RowMissing, StepRefused, WanqiError
from wanqi.core.models import Area, Job, Office
from wanqi.registry.programmes import granted_in

from ..models import ApplicationWindow, SavedScreen, ScreenLook, ScreenRun
from ..screening.asked import Screen
from ..screening.live import AT_ONCE, MOST, enterprises, version_on, work_out

RUN = "wanqi.policies.screening.tasks.work_out_run"
KEPT_RUNS = 20  # of one programme and kind; older ones are let go
MOST_SCREENS = 50  # of one person


def _window(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    programme = clean.get("programme")
    if programme is not None and programme not in granted_in(region):
        raise RowInvalid({"programme": [f"没有事项“{programme}”，请从列表中选择。"]})
    return clean


WINDOWS = Writers(ApplicationWindow, _window)


@transaction.atomic
def keep_screen(
    name: str, screen: Screen, *, actor: Actor, region: str, office: Office | None, is_shared: bool
) -> SavedScreen:
    """Keep a screen under a name, looked at now. Raises RowInvalid, StepRefused for too many, AccessRefused."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise RowInvalid({"name": ["请填写名称，如“专精特新差一项的企业”。"]})
    if is_shared and office is None:
        raise RowInvalid({"is_shared": ["您的账号没有所属股室，不能共用。"]})
    if SavedScreen.objects.current().filter(created_by=actor.user).count() >= MOST_SCREENS:
        raise StepRefused(f"每人最多保存{MOST_SCREENS}个筛选。", hint="请先删除不用的。")
    row = SavedScreen(
        region_id=region,
        office=office,
        name=name,
        programme=screen.programme,
        purpose=screen.kind,
        asked=screen.kept(),
        is_shared=is_shared,
    )
    made = create_row(row, actor=actor, verb="保存筛选")
    look(made, actor=actor)
    return made


def look(row: SavedScreen, *, actor: Actor, upto: datetime | None = None) -> None:
    """Note that somebody has seen what changed in a screen; from now on only later changes are told.

    upto: the last change they were shown, where that is earlier than now: what came since they have not seen.
    """
    if actor.user is None:
        return
    until = Now() if upto is None else Least(Now(), Value(upto))
    with refusing_duplicates(row):
        ScreenLook.objects.update_or_create(screen=row, user=actor.user, defaults={"looked_at": until})


@transaction.atomic
def share_screen(row: SavedScreen, *, actor: Actor, is_shared: bool) -> SavedScreen:
    """Share one's own screen with the office, or no longer. Raises RowMissing for somebody else's."""
    own = _own(row, actor)
    if own.is_shared == is_shared:
        return own
    own.is_shared = is_shared
    own.version += 1
    own.updated_at = Now()
    own.save(update_fields=["is_shared", "version", "updated_at"])
    own.refresh_from_db()
    record(own, "共用筛选" if is_shared else "不再共用筛选", actor=actor)
    return own


def drop_screen(row: SavedScreen, *, actor: Actor) -> SavedScreen:
    """Withdraw one's own screen. Raises RowMissing for somebody else's."""
    return withdraw_row(_own(row, actor), actor=actor, reason="不再使用", verb="删除筛选")


def _own(row: SavedScreen, actor: Actor) -> SavedScreen:
    found: SavedScreen | None = (
        SavedScreen.objects.current()
        .filter(created_by=actor.user)
        .select_for_update()
        .filter(pk=row.pk)
        .first()
        if transaction.get_connection().in_atomic_block
        else SavedScreen.objects.current().filter(created_by=actor.user).filter(pk=row.pk).first()
    )
    if actor.user is None or found is None:
        raise RowMissing("没有找到这个筛选，或不是您本人保存的。", hint="股室共用的筛选由保存人维护。")
    return found


def start_run(region: str, screen: Screen, on: date, *, actor: Actor) -> ScreenRun:
    """Work a programme out for another day; small regions at once, others in the background.

    Raises StepRefused where no rule is in force on the day, or for more enterprises than one run takes.
    """
    require(actor, "standing", "view")
    version = version_on(region, screen.programme, screen.kind, on)
    if version is None:
        raise StepRefused(
            f"{on.isoformat()}没有施行中的政策版本，不能比对。", hint="请换一个日期或申报类别。"
        )
    area = Area.objects.filter(region_id=region, pk=int(screen.area)).first() if screen.area else None
    many = enterprises(region, None).count()
    if many <= MOST:
        area = None  # the whole region serves every choice of 片区
    else:
        many = enterprises(region, area.pk if area else None).count()
    if many > MOST:
        told = f"按其他日期比对一次最多{MOST:,}家企业，现在有{many:,}家，没有开始。"
        raise StepRefused(told, hint="请先选一个片区；今天的结果不受限制。")
    run = ScreenRun(
        region_id=region,
        area=area,
        programme=screen.programme,
        kind=screen.kind,
        on=on,
        version=version,
        made_by=actor.user,
    )
    with transaction.atomic():
        run.save(force_insert=True)
        if many > AT_ONCE:
            job = jobs.start("按日期比对", task=RUN, region=region, actor=actor, run_id=run.pk)
            ScreenRun.objects.filter(pk=run.pk).update(job=job)
    if many <= AT_ONCE:
        finish_run(run.pk, moved=lambda done, total: None)
    _let_go(run)
    run.refresh_from_db()
    return run


def finish_run(run_id: int, *, moved: Any) -> ScreenRun:
    """Work a run out and keep its rows; the same run again gives the same rows."""
    run = ScreenRun.objects.get(pk=run_id)
    if run.ended_at is None:
        rows = work_out(run, moved=moved)
        ScreenRun.objects.filter(pk=run_id).update(rows=rows, ended_at=Now())
    return run


def run_job(job_id: int, run_id: int) -> None:
    """What the worker does for a run; a refusal is kept with the job."""
    jobs.running(job_id)
    try:
        finish_run(run_id, moved=lambda done, total: jobs.progressed(job_id, done, total))
    except WanqiError as error:
        jobs.ended(job_id, state=Job.State.FAILED, message=str(error))
    else:
        jobs.ended(job_id, state=Job.State.DONE)


def _let_go(run: ScreenRun) -> None:
    """Delete the oldest runs of the same programme and kind: they can be worked out again."""
    same = ScreenRun.objects.filter(region_id=run.region_id, programme=run.programme, kind=run.kind)
    kept = list(same.order_by("-pk").values_list("pk", flat=True)[:KEPT_RUNS])
    same.exclude(pk__in=kept).delete()
