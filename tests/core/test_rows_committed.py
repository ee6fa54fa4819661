"""What only several transactions can show: past states, changes past the system, and acts that fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from tests import cast
from wanqi.core.actions import create_user, revoke_role
from wanqi.core.errors import RowInvalid, WanqiError
from wanqi.core.history import SILENT, state_at, states, timeline
from wanqi.core.models import AuditEvent, Role, RoleGrant, User
from wanqi.projects.actions import correct_site
from wanqi.projects.models import Site

pytestmark = pytest.mark.usefixtures("committed_db")


def test_a_change_past_the_system_shows_in_the_timeline() -> None:
    row = cast.site("S-1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_site SET name = '暗改' WHERE id = %s", [row.pk])
    assert [entry.verb for entry in timeline(row)] == [SILENT, "登记"]


def test_a_past_state_can_be_read() -> None:
    row = cast.site("S-1")
    then = timeline(row)[0].at
    correct_site(row, {"opened_on": date(2023, 7, 2)}, actor=cast.machine(), reason="更正")
    assert state_at(row, then).opened_on == date(2023, 6, 15)
    assert states(row)[0].opened_on == date(2023, 7, 2)


def test_a_failed_act_leaves_neither_row_nor_trail() -> None:
    events = AuditEvent.objects.count()
    with pytest.raises(RowInvalid):
        cast.site("S-1", name="")
    assert (Site.objects.count(), AuditEvent.objects.count()) == (0, events)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts in threads that start together; return each one's outcome: "" or the refusal."""
    start, outcomes = Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except WanqiError as refused:
            outcomes[place] = refused.cause
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_stations_with_one_code_at_once_one_is_refused_in_a_sentence() -> None:
    for number in range(5):
        code = f"S-{number}"
        assert at_once(lambda: cast.site(code), lambda: cast.site(code)) == ["", "该站址编码已登记。"]  # noqa: B023
    assert Site.objects.count() == 5


def test_of_two_corrections_to_one_code_at_once_one_is_refused_in_a_sentence() -> None:
    rows = [cast.site("S-1"), cast.site("S-2")]

    def act(row: Site) -> Callable[[], object]:
        return lambda: correct_site(row, {"site_code": "S-3"}, actor=cast.machine(), reason="更正")

    assert at_once(act(rows[0]), act(rows[1])) == ["", "该站址编码已登记。"]
    assert Site.objects.filter(site_code="S-3").count() == 1


def test_of_two_accounts_with_one_name_at_once_one_is_refused_in_a_sentence() -> None:
    def act() -> object:
        return create_user("double", display_name="双", password=cast.PASSWORD, actor=cast.machine())

    done, refused = at_once(act, act)
    assert (done, bool(refused)) == ("", True)
    assert User.objects.filter(username="double").count() == 1


def test_a_role_taken_back_twice_is_taken_back_once() -> None:
    person = cast.user(Role.SYSTEM_ADMIN)
    held = [RoleGrant.objects.get(user=person) for _ in range(2)]

    def act(grant: RoleGrant) -> Callable[[], object]:
        return lambda: revoke_role(grant, actor=cast.machine(), reason="调离")

    assert at_once(act(held[0]), act(held[1])) == ["", "这项授权已经收回。"]
    assert AuditEvent.objects.filter(verb="收回角色").count() == 1
