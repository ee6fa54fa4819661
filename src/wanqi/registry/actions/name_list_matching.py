"""Writers that match the rows of a 名单 with the register: at once for short ones, by the worker for long ones."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from wanqi.core.access import Actor
from wanqi.core.actions import jobs
from wanqi.core.errors import StepRefused, WanqiError
from wanqi.core.models import Job

from ..models import NameList, NameListRow
from ..name_lists.loading import register_of, standpoints_of
from ..name_lists.matching import Kind, Register, Verdict
from ..name_lists.titles import Standing, Standpoints
from .name_list_locks import locked_list, require_list

State, Decision = NameList.State, NameListRow.Decision
INLINE_ROWS = 200  # a longer list is matched by the worker, not while somebody waits for the page
CHUNK = 50  # rows of one transaction, after which the progress moves on
MATCHING = "name-list-match"
TASK = "wanqi.registry.tasks.match_list"
FOUND = ("standing", "match", "doubt", "candidates", "organisation", "decision")
ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)


def match_now(rows: Sequence[NameListRow], *, region: str) -> None:
    """Match undecided rows, in memory: what is certain is taken, what is of another place put aside."""
    _match(rows, register=register_of(region), places=standpoints_of(region))


def _match(rows: Sequence[NameListRow], *, register: Register, places: Standpoints) -> None:
    for row in rows:
        standing = places.of(row.place)
        verdict = _verdict(row, register)
        row.standing, row.match, row.doubt = standing.value, verdict.kind.value, verdict.reason[:100]
        row.candidates = [
            {
                "pk": one.pk,
                "score": one.score,
                "reason": one.reason,
                "former": one.former,
                "withdrawn": one.withdrawn,
            }
            for one in verdict.candidates
        ]
        row.organisation_id, row.decision = None, Decision.PENDING
        if verdict.certain is None:
            if standing is Standing.ELSEWHERE:
                row.decision = Decision.ELSEWHERE
        elif standing is Standing.ELSEWHERE:
            row.doubt = f"企业库有这个名称，但名单所列地区是{row.place}"[:100]
        else:
            row.organisation_id, row.decision = verdict.certain, Decision.MATCHED


def _verdict(row: NameListRow, register: Register) -> Verdict:
    """Return what a row may mean: by its name, else by the other name printed in its brackets."""
    found = register.match(row.printed_name, code=row.code or None)
    if found.kind is Kind.CERTAIN or not row.former:
        return found
    other = register.match(row.former)
    if other.kind is not Kind.CERTAIN:
        return found if found.candidates else other
    # Two names are printed: a person sees to it that both are the one organisation's.
    first, rest = other.candidates[0], (one for one in found.candidates if one.pk != other.certain)
    return Verdict(Kind.SIMILAR, (first, *rest)[:9], f"与名单所印的另一名称“{row.former}”一致")


def is_long(rows: int, *, actor: Actor) -> bool:
    """Return whether so many rows are for the worker. Nobody waits for a page at the command line."""
    return rows > INLINE_ROWS and actor.user is not None


def start_matching(held: NameList, rows: int, *, actor: Actor) -> None:
    """Hand the rows without a `match` to the worker, with a Job of their own; call it with the list locked."""
    held.state = State.MATCHING
    held.job = jobs.start(MATCHING, task=TASK, region=held.region_id, actor=actor, name_list_id=held.pk)
    held.save(update_fields=["state", "job"])
    jobs.progressed(held.job.pk, 0, rows)


def match_again(name_list: NameList, *, actor: Actor) -> int:
    """Match the rows still undecided once more, after the register was added to; returns how many are decided now.

    Many rows are handed to the worker, and 0 is returned; so are those of a list whose matching stopped half-way.
    Raises StepRefused while the worker is at it, AccessRefused.
    """
    require_list(name_list, actor=actor)
    with transaction.atomic():
        held = locked_list(name_list, State.OPEN, State.MATCHING)
        if held.state == State.MATCHING:
            if held.job is not None and held.job.state in ACTIVE:
                raise StepRefused("这份名单正在匹配。", hint="请稍后刷新查看进度。")
            start_matching(held, held.rows.filter(match="").count(), actor=actor)
            return 0
        undecided = held.rows.filter(decision=Decision.PENDING, outcome="")
        if is_long(undecided.count(), actor=actor):
            start_matching(held, undecided.update(match=""), actor=actor)
            return 0
        rows = list(undecided.order_by("position"))
        match_now(rows, region=held.region_id)
        NameListRow.objects.bulk_update(rows, FOUND, batch_size=500)
        return sum(row.decision != Decision.PENDING for row in rows)


def run_matching(name_list_id: int, *, actor: Actor, progress: jobs.Progress) -> None:
    """Match a list's rows without a `match`, chunk by chunk, and open it for confirming.

    What was matched before the process was killed stands, and the next run goes on with the rest; one that finds
    nothing left changes nothing. Raises StepRefused for a list given up meanwhile, AccessRefused.
    """
    name_list = NameList.objects.get(pk=name_list_id)
    require_list(name_list, actor=actor)
    register, places = register_of(name_list.region_id), standpoints_of(name_list.region_id)
    total = name_list.job.total if name_list.job else 0
    left = 1
    while left:
        left = _match_chunk(name_list, register, places)
        progress(max(0, total - left), total)


@transaction.atomic
def _match_chunk(name_list: NameList, register: Register, places: Standpoints) -> int:
    """Match the next rows; returns how many are left. With the last of them the list is open."""
    held = locked_list(name_list, State.MATCHING, State.OPEN)
    rows = list(held.rows.filter(match="").order_by("position")[:CHUNK])
    _match(rows, register=register, places=places)
    NameListRow.objects.bulk_update(rows, FOUND)
    left = held.rows.filter(match="").count()
    if not left and held.state == State.MATCHING:
        held.state = State.OPEN
        held.save(update_fields=["state"])
    return left


def stopped(error: Exception) -> str:
    """Return in words why matching ended before its end."""
    if isinstance(error, WanqiError):
        return str(error)
    return "匹配中途停止：系统出了问题。已匹配的行都保留，可以接着匹配；再次停止的，请联系系统管理员。"
