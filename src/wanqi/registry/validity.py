"""Whether a recognition stands on a day, and the grants of the same thing before and after it."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q

from .models import Recognition
from .models.recognitions import Holder

SOON = 90  # days


class Status(StrEnum):
    """How a recognition stands on a day."""

    VALID = "有效"
    SOON = "将于90天内到期"
    EXPIRED = "已过期"
    REVOKED = "已撤销"
    UNKNOWN = "有效期待补充"
    NOT_YET = "尚未取得"


def status_of(row: Recognition, on: date) -> Status:
    """Return how a recognition stands on a day; both ends of its term are inside."""
    if row.revoked_on is not None and row.revoked_on <= on:
        return Status.REVOKED
    if row.granted_on is not None and row.granted_on > on:
        return Status.NOT_YET
    if row.is_unlimited:
        return Status.VALID
    if row.valid_until is None:
        return Status.UNKNOWN
    if row.valid_until < on:
        return Status.EXPIRED
    return Status.SOON if row.valid_until <= on + timedelta(days=SOON) else Status.VALID


def standing(on: date) -> Q:
    """Return what keeps the recognitions that are not revoked on a day."""
    return Q(revoked_on__isnull=True) | Q(revoked_on__gt=on)


def ending_within(on: date, days: int) -> Q:
    """Return what keeps the recognitions that stand on a day and end within so many days of it."""
    return standing(on) & Q(
        is_unlimited=False, valid_until__gte=on, valid_until__lte=on + timedelta(days=days)
    )


def having(status: Status, on: date) -> Q:
    """Return what keeps the recognitions of one status on a day: the same answer as `status_of`."""
    granted = Q(granted_on__isnull=True) | Q(granted_on__lte=on)
    held = standing(on) & granted
    soon = on + timedelta(days=SOON)
    match status:
        case Status.REVOKED:
            return Q(revoked_on__lte=on)
        case Status.NOT_YET:
            return standing(on) & Q(granted_on__gt=on)
        case Status.UNKNOWN:
            return held & Q(is_unlimited=False, valid_until__isnull=True)
        case Status.EXPIRED:
            return held & Q(is_unlimited=False, valid_until__lt=on)
        case Status.SOON:
            return held & Q(is_unlimited=False, valid_until__gte=on, valid_until__lte=soon)
        case Status.VALID:
            return held & (Q(is_unlimited=True) | Q(valid_until__gt=soon))


def same_holder(row: Recognition) -> Q:
    """Return what keeps the recognitions of the same holder: an organisation as such, or one product of it."""
    if row.holder_kind == Holder.PERSON and row.person_id is not None:
        return Q(person_id=row.person_id)
    if row.holder_kind in (Holder.ORGANISATION, Holder.PARK) and row.organisation_id is not None:
        return Q(organisation_id=row.organisation_id, holder_kind=row.holder_kind)
    return Q(holder_kind=row.holder_kind, organisation_id=row.organisation_id, holder_name=row.holder_name)


def chain_of(row: Recognition) -> Any:
    """Return the standing records of the same 事项 and holder, the given one among them, oldest first."""
    return (
        Recognition.objects.current()
        .filter(same_holder(row), region_id=row.region_id, programme=row.programme)
        .order_by("granted_on", "pk")
    )
