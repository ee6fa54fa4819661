"""Rounds and returns that tests act on; the forms are those of the region's pack."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests import cast
from wanqi.collection.actions import (
    Written,
    approve_return,
    issue_round,
    lock_return,
    save_return,
    submit_return,
)
from wanqi.collection.models import Return, Round
from wanqi.core.access import Actor
from wanqi.core.models import Office, Role, Unit

REGION = cast.REGION
JUNE = "2023-01..06"


def office(code: str) -> Office:
    return Office.objects.get(region=REGION, code=code)


def unit(code: str) -> Unit:
    return Unit.objects.get(region=REGION, code=code)


def clerk(code: str = "science") -> Actor:
    return cast.actor(Role.CLERK, office=office(code), username=f"clerk-{code}")


def reporter(code: str = "market") -> Actor:
    return cast.actor(Role.REPORTER, unit=unit(code), username=f"reporter-{code}")


def issued(form: str = "ip-monthly", period: str = JUNE, **given: Any) -> Round:
    return issue_round(form, period, region=REGION, actor=cast.machine(), **given)


def of(round: Round, code: str) -> Return:
    """Return a unit's return of a round."""
    found: Return = Return.objects.select_related("round", "unit").get(round=round, unit__code=code)
    return found


FIGURES = {"applied": "60", "granted": "48", "trademarks": "139", "pledges": "2", "amount": "2000"}


def filled(row: Return, figures: dict[str, str] | None = None, **given: Any) -> Return:
    """Return the row saved with figures."""
    given.setdefault("reported_by", "李四")
    written = {line: Written(text) for line, text in (figures or FIGURES).items()}
    return save_return(row, written, actor=cast.machine(), **given)


def submitted(row: Return, figures: dict[str, str] | None = None, **given: Any) -> Return:
    return submit_return(filled(row, figures, **given), actor=cast.machine())


def locked(row: Return, figures: dict[str, str] | None = None, **given: Any) -> Return:
    return lock_return(
        approve_return(submitted(row, figures, **given), actor=cast.machine()), actor=cast.machine()
    )


def told(row: Return) -> tuple[str, int, int]:
    """Return what a refusal must leave as it was: state, version, edition."""
    now = Return.objects.get(pk=row.pk)
    return now.state, now.version, now.edition


DUE = date(2023, 7, 10)
