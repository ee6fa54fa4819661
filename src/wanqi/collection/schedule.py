"""When a form is asked for: its periods in order, and the day by which one is due. Reads no clock."""

from __future__ import annotations

from datetime import date, timedelta

from wanqi.indicators.evaluate.periods import Period, day, month_end, read_period, same_period_last_year
from wanqi.packs import FormSpec
from wanqi.packs.specs.region import Calendar

from .errors import FormRefused

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def latest(spec: FormSpec, on: date) -> Period:
    """Return the form's last period that is over at the end of `on`; of a form asked once, that day."""
    if spec.cadence == "once":
        return day(on)
    tomorrow = on + timedelta(days=1)
    months = tomorrow.year * 12 + tomorrow.month - 1  # whole months that are over, counted from year 0
    return _ending(spec, months - months % _MONTHS[spec.cadence])


def _ending(spec: FormSpec, months: int) -> Period:
    """Return the period that ends with the given number of whole months since year 0."""
    year, last = divmod(months - 1, 12)
    last += 1
    match spec.cadence:
        case "year":
            return read_period(f"{year:04d}")
        case "half":
            return read_period(f"{year:04d}H{last // 6}")
        case "quarter":
            return read_period(f"{year:04d}Q{last // 3}")
    if last < spec.start_month:
        return _ending(spec, months - 1)
    if last == 1 or spec.months == "single":
        return read_period(f"{year:04d}-{last:02d}")
    return read_period(f"{year:04d}-01..{last:02d}")


def previous(spec: FormSpec, period: Period) -> Period | None:
    """Return the form's period before this one; None for a form asked once."""
    if spec.cadence == "once":
        return None
    return _ending(spec, period.end.year * 12 + period.end.month - _MONTHS[spec.cadence])


def following(spec: FormSpec, period: Period) -> Period | None:
    """Return the form's period after this one; None for a form asked once."""
    if spec.cadence == "once":
        return None
    ends = period.end.year * 12 + period.end.month
    later = _ending(spec, ends + _MONTHS[spec.cadence])
    # Where a year begins with 1—2月, there is no period that ends with January.
    return later if later.id != period.id else _ending(spec, ends + _MONTHS[spec.cadence] + 1)


def a_year_before(spec: FormSpec, period: Period) -> Period | None:
    """Return the same period of the year before; None for a form asked once."""
    return None if spec.cadence == "once" else same_period_last_year(period)


def choices(spec: FormSpec, on: date, *, most: int = 13) -> list[Period]:
    """Return the periods that may be asked for on a day, latest first: the one running, and those that are over."""
    found = [latest(spec, on)]
    if spec.cadence == "once":
        return found
    while len(found) < most and (earlier := previous(spec, found[-1])) is not None:
        found.append(earlier)
    ends = found[0].end.year * 12 + found[0].end.month + _MONTHS[spec.cadence]
    running = _ending(spec, ends)
    return [running, *found] if running.id != found[0].id else found


def checked_period(spec: FormSpec, text: str) -> Period:
    """Return the period of an id as this form has it. Raises PeriodRefused, FormRefused for another cadence."""
    period = read_period(text)
    if spec.cadence == "once":
        return period
    usual = _ending(spec, period.end.year * 12 + period.end.month)
    if usual.id != period.id:
        raise FormRefused(
            f"“{spec.title}”没有“{period.words}”这一期。",
            hint=f"这张报表的时期如“{usual.words}”，请重新选择。",
        )
    return period


def due_on(spec: FormSpec, period: Period, *, calendar: Calendar) -> date:
    """Return the day by which the figures of a period are due."""
    months = period.end.year * 12 + period.end.month - 1 + spec.deadline.months
    last = month_end(months // 12, months % 12 + 1)
    return _working(spec, last.replace(day=min(spec.deadline.day, last.day)), calendar=calendar)


def due_after(spec: FormSpec, due: date, period: Period, later: Period, *, calendar: Calendar) -> date:
    """Return the day by which a later period's figures are due, where those of `period` were asked for by `due`.

    A day by the form's rule is followed by the one of the rule; any other moves by as many months as the period did,
    the end of a month to the end of a month.
    """
    if due == due_on(spec, period, calendar=calendar):
        return due_on(spec, later, calendar=calendar)
    moved = (later.end.year - period.end.year) * 12 + later.end.month - period.end.month
    months = due.year * 12 + due.month - 1 + moved
    last = month_end(months // 12, months % 12 + 1)
    at_the_end = due == month_end(due.year, due.month)
    return _working(spec, last if at_the_end else last.replace(day=min(due.day, last.day)), calendar=calendar)


def _working(spec: FormSpec, due: date, *, calendar: Calendar) -> date:
    """Return the day itself, or the one its rest days move it to by the form's rule."""
    step = {"keep": 0, "before": -1, "after": 1}[spec.deadline.rest_days]
    while step and is_rest_day(due, calendar):
        due += timedelta(days=step)
    return due


def is_rest_day(on: date, calendar: Calendar) -> bool:
    """Return whether nobody works: a rest day of the calendar, or a weekend it does not make a working day."""
    return on in calendar.rest_days or (on.weekday() >= 5 and on not in calendar.work_days)
