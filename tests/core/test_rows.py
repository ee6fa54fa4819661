"""Register rows: one transaction for the row and its audit row, reasons, stale edits, withdrawal, history."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tests import cast
from wanqi.core.errors import ReasonMissing, RowInvalid, RowStale, StepRefused
from wanqi.core.history import states, timeline
from wanqi.core.models import AuditEvent, Role
from wanqi.projects.actions import correct_site, create_site, restore_site, withdraw_site
from wanqi.projects.models import Site

pytestmark = pytest.mark.django_db


def untouched(row: Site, before: dict[str, object], events: int) -> bool:
    return Site.objects.values().get(pk=row.pk) == before and AuditEvent.objects.count() == events


def test_a_correction_keeps_old_new_who_and_why() -> None:
    row = cast.site("S-1")
    clerk = cast.actor(Role.CLERK)
    correct_site(
        row, {"opened_on": date(2023, 7, 2), "name": "S-1站"}, actor=clerk, reason="铁塔更正函", seen=1
    )
    row.refresh_from_db()
    assert (row.opened_on, row.version) == (date(2023, 7, 2), 2)
    event = AuditEvent.objects.latest("id")
    assert (event.verb, event.actor_name, event.reason) == ("更正", "经办人", "铁塔更正函")
    assert event.changes == [
        {"field": "opened_on", "label": "开通日期", "old": "2023-06-15", "new": "2023-07-02"}
    ]


def test_a_correction_without_a_reason_changes_nothing() -> None:
    row = cast.site("S-1")
    before, events = Site.objects.values().get(pk=row.pk), AuditEvent.objects.count()
    for reason in ("", "  ", "\n"):
        with pytest.raises(ReasonMissing):
            correct_site(row, {"name": "改名"}, actor=cast.machine(), reason=reason)
    assert untouched(row, before, events)


def test_a_correction_that_changes_nothing_leaves_no_trace() -> None:
    row = cast.site("S-1")
    before, events = Site.objects.values().get(pk=row.pk), AuditEvent.objects.count()
    correct_site(row, {"name": row.name}, actor=cast.machine(), reason="核对")
    assert untouched(row, before, events)


def test_a_stale_correction_is_told_and_loses_nothing() -> None:
    row = cast.site("S-1")
    correct_site(row, {"name": "甲站"}, actor=cast.machine(), reason="第一次", seen=1)
    before, events = Site.objects.values().get(pk=row.pk), AuditEvent.objects.count()
    with pytest.raises(RowStale, match="被他人修改"):
        correct_site(row, {"name": "乙站"}, actor=cast.machine(), reason="第二次", seen=1)
    assert untouched(row, before, events)


def test_opening_before_building_is_refused_with_the_sentence_of_the_constraint() -> None:
    row = cast.site("S-1")
    before, events = Site.objects.values().get(pk=row.pk), AuditEvent.objects.count()
    with pytest.raises(RowInvalid) as refused:
        correct_site(row, {"opened_on": date(2023, 4, 30)}, actor=cast.machine(), reason="试")
    assert refused.value.fields == {"": ("开通日期早于建成日期，请核对。",)}
    assert untouched(row, before, events)


def test_a_code_is_registered_once() -> None:
    cast.site("S-1")
    events = AuditEvent.objects.count()
    with pytest.raises(RowInvalid, match="该站址编码已登记"):
        cast.site("S-1")
    assert (Site.objects.count(), AuditEvent.objects.count()) == (1, events)


def test_a_term_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(RowInvalid) as refused:
        create_site(
            {"site_code": "S-1", "name": "站", "operator": "联想"}, actor=cast.machine(), region=cast.REGION
        )
    assert "联想" in refused.value.fields["operator"][0]
    assert Site.objects.count() == 0


def test_a_withdrawn_row_leaves_the_current_ones_and_comes_back() -> None:
    row = cast.site("S-1")
    withdraw_site(row, actor=cast.machine(), reason="重复登记")
    assert not Site.objects.current().exists()
    with pytest.raises(StepRefused, match="已撤销"):
        correct_site(row, {"name": "改名"}, actor=cast.machine(), reason="试")
    with pytest.raises(StepRefused, match="已经撤销"):
        withdraw_site(row, actor=cast.machine(), reason="再撤")
    restore_site(row, actor=cast.machine(), reason="撤错了")
    assert Site.objects.current().get().withdrawn_reason == ""
    with pytest.raises(StepRefused, match="没有撤销"):
        restore_site(row, actor=cast.machine(), reason="再恢复")


def test_a_row_cannot_come_back_when_its_code_was_given_away() -> None:
    row = cast.site("S-1")
    withdraw_site(row, actor=cast.machine(), reason="重复登记")
    cast.site("S-1")
    with pytest.raises(RowInvalid, match="该站址编码已登记"):
        restore_site(row, actor=cast.machine(), reason="撤错了")
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_the_timeline_tells_the_life_of_a_row_newest_first() -> None:
    row = cast.site("S-1")
    correct_site(row, {"name": "甲站"}, actor=cast.actor(Role.CLERK), reason="改名")
    # Within one test both acts share a transaction, hence an instant; their order is that of the trail.
    assert [(entry.verb, entry.who, entry.reason) for entry in timeline(row)] == [
        ("更正", "经办人", "改名"),
        ("登记", "测试", ""),
    ]


def test_raw_sql_and_bulk_writes_are_in_the_history() -> None:
    row = cast.site("S-1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_site SET name = '暗改' WHERE id = %s", [row.pk])
    Site.objects.filter(pk=row.pk).update(name="批量改")
    assert [state.name for state in states(row)] == ["批量改", "暗改", "S-1站"]


@pytest.mark.parametrize(
    ("reason", "words"), [("\x00", "请填写原因"), ("长" * 501, "原因有501字，请写在500字以内")]
)
def test_a_reason_is_words_and_not_too_many(reason: str, words: str) -> None:
    row = cast.site()
    before, events = Site.objects.values().get(), AuditEvent.objects.count()
    for act in (withdraw_site, lambda row, **said: correct_site(row, {"name": "别名"}, **said)):
        with pytest.raises(RowInvalid, match=words):
            act(row, actor=cast.machine(), reason=reason)
    assert untouched(row, before, events)


def test_a_reason_is_kept_without_what_the_database_cannot_keep() -> None:
    correct_site(cast.site(), {"name": "别名"}, actor=cast.machine(), reason=" 来\x00函 ")
    assert AuditEvent.objects.latest("id").reason == "来函"
