"""Writers of the tasks plans set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.actions import Writers, stripped
from wanqi.core.errors import RowInvalid
from wanqi.core.packs import current_pack

from ..models import PlanTask


def _task(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    indicator = clean.get("indicator")
    if indicator and indicator not in current_pack(region).indicators:
        raise RowInvalid({"indicator": [f"没有“{indicator}”这个指标，请从指标目录中选择。"]})
    if clean.get("state") == PlanTask.State.DONE and not clean.get("done_on"):
        raise RowInvalid({"done_on": ["已完成的任务要写完成日期。"]})
    return clean


TASKS = Writers(PlanTask, _task)
