"""The calendar: registered windows before the packs' usual days, expiries and reviews of the rows, as iCalendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from wanqi.core.errors import RowInvalid
from wanqi.packs.specs.programmes import WindowSpec
from wanqi.policies.actions.screens import WINDOWS
from wanqi.policies.models import ApplicationWindow
from wanqi.policies.screening import ics
from wanqi.policies.screening.calendar import days_of, entries, next_closing, unscheduled
from wanqi.registry.actions import create_recognition

ON = date(2023, 6, 30)
GIANT = "cn.little-giant"


def window(**values: object) -> ApplicationWindow:
    given_values = {
        "programme": GIANT,
        "batch": "第六批",
        "notice": "关于组织申报第六批的通知",
        "opens_on": date(2024, 4, 1),
        "county_due_on": date(2024, 4, 20),
        "closes_on": date(2024, 5, 10),
        "office": cast.offices()[0],
        **values,
    }
    return WINDOWS.create(given_values, actor=cast.machine(), region=cast.REGION)


def told(programme: str = GIANT, on: date = ON) -> list[tuple[str, str, bool]]:
    found = entries(cast.machine(), cast.REGION, on, programme=programme)
    return [(one.day.isoformat(), one.kind, one.sure) for one in found]


@pytest.mark.django_db
def test_days_announced_for_one_year_are_that_years() -> None:
    """The notice of 2026 says nothing of 2024, is sure of 2026 and only what was usual for 2027."""
    assert told() == []
    assert (GIANT, "专精特新“小巨人”企业", "以当年通知为准") in unscheduled(cast.REGION, ON)
    assert told(on=date(2026, 1, 5)) == [("2026-04-25", "opens", True), ("2026-05-25", "closes", True)]
    later = entries(cast.machine(), cast.REGION, date(2026, 6, 30), programme=GIANT)
    assert {(one.day.isoformat(), one.sure, one.source) for one in later} == {
        (day, False, "往年约为4月25日至5月25日（2026年），以当年通知为准")
        for day in ("2027-04-25", "2027-05-25")
    }
    closing = next_closing(cast.machine(), cast.REGION, GIANT, kind="new", on=date(2026, 6, 30))
    assert closing is not None
    assert (closing.day, closing.sure) == (date(2027, 5, 25), False)
    assert GIANT not in [id for id, _, _ in unscheduled(cast.REGION, date(2026, 6, 30))]


@pytest.mark.django_db
def test_a_notice_goes_before_the_days_of_the_packs() -> None:
    assert next_closing(cast.machine(), cast.REGION, GIANT, kind="new", on=ON) is None
    row = window()
    assert told() == [
        ("2024-04-01", "opens", True),
        ("2024-04-20", "county", True),
        ("2024-05-10", "closes", True),
    ]
    county = next_closing(cast.machine(), cast.REGION, GIANT, kind="new", on=ON)
    assert county is not None
    assert (county.day, county.window, county.sure) == (date(2024, 4, 20), row.pk, True)
    assert county.begin == date(2024, 3, 21)
    own = entries(cast.machine(), cast.REGION, ON, programme=GIANT, office=cast.offices()[1].pk)
    assert own == []
    assert "cn.high-tech" in [id for id, _, _ in unscheduled(cast.REGION, ON)]


@pytest.mark.django_db
def test_what_ends_and_until_when_a_review_is_due() -> None:
    for number, until in enumerate((date(2024, 3, 31), date(2024, 3, 31), date(2024, 7, 1))):
        values = {
            "programme": "cn.srdi-sme",
            "holder_name": f"第{number}公司",
            "granted_on": date(2021, 4, 1),
            "valid_until": until,
        }
        create_recognition(values, actor=cast.machine(), region=cast.REGION)
    found = entries(cast.machine(), cast.REGION, ON, programme="cn.srdi-sme")
    assert [(one.kind, one.day.isoformat(), one.many, one.sure) for one in found] == [
        ("review", "2023-10-03", 2, False),  # half a year before, for want of a notice
        ("expires", "2024-03-31", 2, True),
    ]
    window(
        programme="cn.srdi-sme",
        purpose="review",
        opens_on=date(2023, 8, 1),
        county_due_on=date(2023, 8, 20),
        closes_on=date(2023, 9, 1),
    )
    found = entries(cast.machine(), cast.REGION, ON, programme="cn.srdi-sme")
    review = next(one for one in found if one.kind == "review")
    assert (review.day, review.many, review.sure) == (date(2023, 8, 20), 2, True)
    assert review.ends == (date(2024, 3, 31), date(2024, 3, 31))
    # Two months later the notice has closed: it stands on today, no longer as something that can still be done in time.
    for day in (date(2023, 11, 1), date(2023, 11, 2)):
        found = entries(cast.machine(), cast.REGION, day, programme="cn.srdi-sme")
        late = next(one for one in found if one.kind == "review")
        assert (late.day, late.sure, late.late, late.many) == (day, False, True, 3)
        assert late.source == "关于组织申报第六批的通知：2023-09-01已截止，能否补报请问上级"
        assert late.key == "review|cn.srdi-sme||" + late.source  # an import of the next day replaces it


@pytest.mark.django_db
def test_the_notice_of_a_review_says_nothing_of_first_applications() -> None:
    on = date(2026, 6, 30)
    window(purpose="review", opens_on=date(2027, 3, 1), county_due_on=None, closes_on=date(2027, 3, 31))
    assert told(on=on) == [
        ("2027-03-01", "opens", True),
        ("2027-03-31", "closes", True),
        ("2027-04-25", "opens", False),
        ("2027-05-25", "closes", False),
    ]
    closing = {
        kind: next_closing(cast.machine(), cast.REGION, GIANT, kind=kind, on=on) for kind in ("new", "review")
    }
    assert {kind: one and one.day for kind, one in closing.items()} == {
        "new": date(2027, 5, 25),
        "review": date(2027, 3, 31),
    }


def test_a_window_over_new_year_closes_after_it_opens() -> None:
    over = WindowSpec.model_validate({"from": "11-01", "to": "02-29"})
    assert days_of(over, 2023) == (date(2023, 11, 1), date(2024, 2, 29))
    assert days_of(over, 2024) == (date(2024, 11, 1), date(2025, 2, 28))
    within = WindowSpec.model_validate({"from": "04-25", "to": "05-25"})
    assert days_of(within, 2024) == (date(2024, 4, 25), date(2024, 5, 25))


@pytest.mark.django_db
def test_days_out_of_order_are_refused() -> None:
    for wrong in (
        {"closes_on": date(2024, 3, 31)},
        {"county_due_on": date(2024, 5, 11)},
        {"programme": "cn.nothing"},
    ):
        with pytest.raises(RowInvalid):
            window(**wrong)
    assert ApplicationWindow.objects.count() == 0


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_an_event_as_other_calendars_read_it() -> None:
    event = ics.Event(
        "a|1", date(2024, 4, 1), "申报，开始;第一批", until=date(2024, 5, 10), text="一\n二", remind=14
    )
    made = datetime(2023, 6, 30, 1, 2, 3, tzinfo=UTC)
    lines = unfolded(ics.calendar([event], title="日历", made=made))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20240401" in lines
    assert "DTEND;VALUE=DATE:20240511" in lines  # the day after the last
    assert "SUMMARY:申报，开始\\;第一批" in lines
    assert "DESCRIPTION:一\\n二" in lines
    assert "DTSTAMP:20230630T010203Z" in lines
    assert "TRIGGER:-P14D" in lines
    again = unfolded(ics.calendar([event], title="日历", made=made.replace(hour=5)))
    assert [line for line in lines if line.startswith("UID")] == [
        line for line in again if line.startswith("UID")
    ]


@given(st.text(max_size=300))
def test_no_text_breaks_a_line_or_a_character(text: str) -> None:
    content = ics.calendar(
        [ics.Event("k", date(2024, 1, 1), text)], title=text, made=datetime(2024, 1, 1, tzinfo=UTC)
    )
    assert all(len(line) <= ics.LINE for line in content.split(b"\r\n"))
    told_lines = [line for line in unfolded(content) if line.startswith("SUMMARY:")]
    assert told_lines == [f"SUMMARY:{ics.escaped(text)}"]
