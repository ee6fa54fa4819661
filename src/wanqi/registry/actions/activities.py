"""Writers of what the bureau did with enterprises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.actions import Writers, stripped
from wanqi.core.errors import RowInvalid

from ..models import Activity


def _activity(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    on, until = clean.get("on"), clean.get("until")
    if on is not None and until is not None and until < on:
        raise RowInvalid({"until": ["结束日期早于开始日期，请核对。"]})
    return clean


ACTIVITIES = Writers(Activity, _activity)
