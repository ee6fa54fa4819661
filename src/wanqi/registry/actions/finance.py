"""Writers of loans on pledged property and of plans to go public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wanqi.core.actions import Writers, stripped

from ..models import ListingPlan, PledgeLoan


def _named(name: str) -> Any:
    def clean(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
        found = stripped(region, values)
        organisation = values.get("organisation")
        if organisation is not None and not found.get(name):
            found[name] = organisation.name
        return found

    return clean


LOANS = Writers(PledgeLoan, _named("borrower_name"))
LISTINGS = Writers(ListingPlan, _named("company_name"))
