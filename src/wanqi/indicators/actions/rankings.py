"""Writers of official ranks and commendations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.actions import Writers, stripped
from wanqi.core.errors import RowInvalid
from wanqi.core.packs import current_pack

from ..errors import PeriodRefused
from ..evaluate import read_period
from ..models import Commendation, Ranking


def _ranking(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    clean = stripped(region, values)
    if "indicator" in clean and clean["indicator"] not in current_pack(region).indicators:
        raise RowInvalid({"indicator": [f"没有“{clean['indicator']}”这个指标，请从指标目录中选择。"]})
    if "period" in clean:
        try:
            read_period(clean["period"])
        except PeriodRefused as refused:
            raise RowInvalid({"period": [str(refused)]}) from None
    rank, peers = clean.get("rank"), clean.get("peers")
    if rank is not None and (rank < 1 or (peers is not None and rank > peers)):
        raise RowInvalid({"rank": [f"名次应在1和参加比较的地区数{peers or ''}之间。"]})
    return clean


RANKINGS = Writers(Ranking, _ranking)
COMMENDATIONS = Writers(Commendation)
