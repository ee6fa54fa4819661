"""What only several transactions can show: past states, changes past the system, and acts that fail."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tests import cast
from wanqi.core.errors import RowInvalid
from wanqi.core.history import SILENT, state_at, states, timeline
from wanqi.core.models import AuditEvent
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
