"""What stations must agree with when they come from a table."""

from __future__ import annotations

from datetime import date

import pytest

from tests import cast
from tests.registry.tables import ROW, table
from tests.registry.test_imports import imported, numbers, rejections
from wanqi.core.models import Role
from wanqi.projects.importing import check_station
from wanqi.projects.models import Site


@pytest.mark.parametrize(
    ("built", "opened", "problems"),
    [
        (date(2023, 5, 1), date(2023, 5, 1), 0),
        (date(2023, 5, 1), date(2023, 4, 30), 1),
        (None, date(2023, 4, 30), 0),
        (date(2023, 5, 1), None, 0),
    ],
)
def test_a_station_opens_no_earlier_than_it_is_built(
    built: date | None, opened: date | None, problems: int
) -> None:
    assert len(check_station({"built_on": built, "opened_on": opened})) == problems


@pytest.mark.django_db
def test_a_correction_is_checked_against_what_the_register_holds() -> None:
    """The table moves only the opening; the day it was built stands in the register."""
    cast.site("S001", built_on=date(2023, 5, 1))
    batch = imported(table((*ROW[:4], "", "2023-04-01")))
    assert numbers(batch)["rejected"] == 1
    assert rejections(batch)[0][1] == [("开通日期", "2023-04-01", "开通日期2023-04-01早于建成日期2023-05-01")]
    assert Site.objects.get().opened_on == date(2023, 6, 15)


@pytest.mark.django_db
def test_a_clerk_corrects_no_station_of_another_office() -> None:
    own, other = cast.offices()
    cast.site("S001", office=other)
    batch = imported(table(ROW), actor=cast.actor(Role.CLERK), office=own.pk)
    assert [said[0][2] for _, said in rejections(batch)] == ["已由其他股室或单位登记，不归您修改"]
    assert Site.objects.get().name == "S001站"


@pytest.mark.django_db
def test_rows_of_a_demonstration_account_are_marked() -> None:
    clerk = cast.actor(Role.CLERK)
    assert clerk.user is not None
    clerk.user.is_demonstration = True
    clerk.user.save()
    imported(table(ROW), actor=clerk, office=cast.offices()[0].pk)
    assert Site.objects.get().is_demonstration
