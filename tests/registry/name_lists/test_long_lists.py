"""名单 too long to be matched while somebody waits: by the worker, killed and gone on with, refused in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests import cast
from tests.web import rows
from wanqi.core.access import Actor
from wanqi.core.errors import StepRefused
from wanqi.core.models import AuditEvent, Job, Role
from wanqi.registry import tasks
from wanqi.registry.actions.name_list_matching import (
    CHUNK,
    FOUND,
    INLINE_ROWS,
    match_again,
    run_matching,
)
from wanqi.registry.actions.name_lists import decide, decide_many, describe, drop_list, receive_list
from wanqi.registry.models import NameList

pytestmark = pytest.mark.django_db
SIZE = INLINE_ROWS + 1
HEAD = "关于公布2023年专精特新中小企业名单的通知\n序号\t企业名称\t市州\n"
BEGINNING = ("第01化工有限公司\t岳阳市", "第02化工有限责任公司\t岳阳市", "第01化工有限公司\t长沙市")
TEXT = HEAD + "\n".join(
    f"{at}\t{line}"
    for at, line in enumerate(
        (*BEGINNING, *(f"外地{at}矿业有限公司\t长沙市" for at in range(4, SIZE + 1))), 1
    )
)


@pytest.fixture
def clerk(db: None) -> Actor:
    rows.organisation(1)
    rows.organisation(2)
    return cast.actor(Role.CLERK)


def given(actor: Actor, text: str = TEXT, **more: Any) -> NameList:
    return receive_list(text, region=cast.REGION, office=cast.offices()[0].pk, actor=actor, **more)


def found(made: NameList) -> list[tuple[Any, ...]]:
    return list(made.rows.order_by("position").values_list(*FOUND))


def work_off(made: NameList) -> Job:
    """Do what the worker would do with the list's job; returns the job as it is then."""
    made.refresh_from_db()
    assert made.job_id is not None
    tasks.match_list(job_id=made.job_id, name_list_id=made.pk)
    made.refresh_from_db()
    return Job.objects.get(pk=made.job_id)


def test_a_short_list_is_matched_at_once(clerk: Actor) -> None:
    short = given(clerk, TEXT.rsplit("\n", 1)[0])
    assert (short.rows.count(), short.state, short.job) == (INLINE_ROWS, "open", None)
    assert not short.rows.filter(match="").exists()


def test_the_worker_finds_what_would_have_been_found_at_once(clerk: Actor) -> None:
    made = given(clerk)
    assert (made.state, made.programme) == ("matching", "cn.srdi-sme")
    assert {(row[1], row[-1]) for row in found(made)} == {("", "pending")}
    assert made.job is not None
    job = Job.objects.get(pk=made.job.pk)
    assert (job.kind, job.state, job.done, job.total) == ("name-list-match", "queued", 0, SIZE)
    job = work_off(made)
    assert (made.state, job.state, job.done, job.total) == ("open", "done", SIZE, SIZE)
    assert [row[-1] for row in found(made)][:4] == ["matched", "pending", "pending", "elsewhere"]
    at_once = given(cast.machine(), again=True)  # nobody waits at the command line
    assert (at_once.state, found(at_once)) == ("open", found(made))


def test_nothing_is_decided_before_the_rows_are_matched(clerk: Actor) -> None:
    made = given(clerk)
    first = made.rows.order_by("position")[0]
    steps: tuple[Callable[[], object], ...] = (
        lambda: decide(made, first.pk, "aside", actor=clerk),
        lambda: decide_many(made, "aside", actor=clerk),
        lambda: describe(made, {"batch": "2023年"}, actor=clerk),
        lambda: match_again(made, actor=clerk),
    )
    for step in steps:
        with pytest.raises(StepRefused):
            step()
    assert {row[-1] for row in found(made)} == {"pending"}
    assert Job.objects.count() == 1


class Killed(BaseException):
    """What ends a process in the middle, as far as the code that runs can tell."""


def test_a_killed_run_is_gone_on_with_where_it_stopped(clerk: Actor) -> None:
    made = given(clerk)
    assert made.job is not None

    def killed(done: int, total: int) -> None:
        assert (done, total) == (CHUNK, SIZE)
        raise Killed

    with pytest.raises(Killed):
        run_matching(made.pk, actor=clerk, progress=killed)
    made.refresh_from_db()
    assert (made.state, made.rows.filter(match="").count()) == ("matching", SIZE - CHUNK)
    made.rows.filter(position=1).update(doubt="留着")  # so that matching it once more would be seen
    job = work_off(made)
    assert (made.state, job.state, job.done) == ("open", "done", SIZE)
    assert made.rows.get(position=1).doubt == "留着"
    before = found(made)
    decide(made, made.rows.get(position=2).pk, "aside", actor=clerk)
    work_off(made)  # once more, as when the worker died before it could say that it was done
    assert made.state == "open"
    assert [row[-1] for row in found(made)] == ["matched", "aside", *(row[-1] for row in before[2:])]


def test_why_it_stopped_is_said_and_another_may_go_on(clerk: Actor) -> None:
    made = given(clerk)
    assert clerk.user is not None
    clerk.user.grants.all().delete()
    job = work_off(made)
    assert (made.state, job.state) == ("matching", "failed")
    assert job.message.startswith("这份名单不归您的股室。")
    assert made.rows.filter(match="").count() == SIZE
    head = cast.actor(Role.HEAD)
    assert match_again(made, actor=head) == 0
    again = work_off(made)
    assert (again.pk != job.pk, again.state, again.done, made.state) == (True, "done", SIZE, "open")


def test_many_undecided_rows_are_matched_again_by_the_worker(clerk: Actor) -> None:
    text = HEAD + "\n".join(f"{at}\t后来{at:03d}矿业有限公司\t" for at in range(1, SIZE + 1))
    made = given(clerk, text)
    work_off(made)
    decide(made, made.rows.get(position=2).pk, "aside", actor=clerk)
    rows.organisation(3, name="后来001矿业有限公司")
    decide(made, made.rows.get(position=2).pk, "pending", actor=clerk)
    assert match_again(made, actor=clerk) == 0
    made.refresh_from_db()
    assert (made.state, made.rows.filter(match="").count()) == ("matching", SIZE)
    work_off(made)
    assert made.rows.get(position=1).decision == "matched"
    assert made.rows.filter(decision="pending").count() == SIZE - 1


def test_a_list_given_up_meanwhile_stays_as_it_is(clerk: Actor) -> None:
    made = given(clerk)
    drop_list(made, actor=clerk)
    job = work_off(made)
    assert (made.state, job.state) == ("dropped", "failed")
    assert job.message.startswith("这份名单已放弃")
    assert made.rows.filter(match="").count() == SIZE
    assert AuditEvent.objects.filter(verb="放弃名单").count() == 1
