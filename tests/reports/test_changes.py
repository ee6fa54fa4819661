"""What is told of a change is true: only acts that decide whether a row counts are named, with their own person."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from wanqi.core.access import Actor, actor_of
from wanqi.core.models import User
from wanqi.projects.actions import correct_site, restore_site, withdraw_site
from wanqi.projects.models import Site
from wanqi.reports.compile import compile_report
from wanqi.reports.models import Draft

pytestmark = pytest.mark.usefixtures("demo_db")
JULY = date(2023, 7, 3)


def clerk() -> Actor:
    found = User.objects.filter(grants__role="clerk").first()
    assert found is not None
    return actor_of(found)


def station() -> Site:
    found = Site.objects.filter(opened_on__range=("2023-06-01", "2023-06-10")).order_by("id").first()
    assert found is not None
    return found


def told() -> str:
    """Return the sentence about the flow."""
    compiled = compile_report(cast.REGION, "2023H1", draft=Draft.objects.get())
    return next(change.sentence for change in compiled.changes if change.figure == "infra.5g.new")


def test_who_renames_a_row_later_did_not_move_its_date():
    row = station()
    correct_site(row, {"opened_on": JULY}, actor=clerk(), reason="铁塔来函")
    correct_site(row, {"name": "改过名的站"}, actor=cast.machine(), reason="改名")
    assert told() == (
        f"120→119：改过名的站开通日期由{row.opened_on}改为2023-07-03，更正人演示经办人，铁塔来函"
    )


def test_a_withdrawal_past_the_system_is_nobodys():
    row = station()
    correct_site(row, {"opened_on": JULY}, actor=clerk(), reason="铁塔来函")
    Site.objects.filter(pk=row.pk).update(withdrawn_at="2023-07-05T00:00:00Z")
    assert told() == f"120→119：{row.name}有未经系统操作的改动，没有操作人和原因"


def test_a_date_moved_past_the_system_is_not_the_renamers():
    row = correct_site(station(), {"name": "改过名的站"}, actor=clerk(), reason="改名")
    Site.objects.filter(pk=row.pk).update(opened_on=JULY)
    assert told() == "120→119：改过名的站有未经系统操作的改动，没有操作人和原因"


def test_a_date_moved_on_past_the_system_is_said():
    row = station()
    correct_site(row, {"opened_on": JULY}, actor=clerk(), reason="铁塔来函")
    Site.objects.filter(pk=row.pk).update(opened_on=date(2023, 8, 1))
    assert told().endswith("改为2023-07-03，更正人演示经办人，铁塔来函，其后又有未经系统操作的改动")


def test_a_restored_and_corrected_row_is_told_by_its_correction():
    row = station()
    withdraw_site(row, actor=clerk(), reason="误")
    restore_site(row, actor=cast.machine(), reason="恢复")
    correct_site(row, {"opened_on": JULY}, actor=clerk(), reason="铁塔来函")
    assert told().endswith("改为2023-07-03，更正人演示经办人，铁塔来函")
