"""An enterprise with facts, written by the actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests import cast
from tests.web.rows import credit_code
from wanqi.core.access import Actor
from wanqi.registry.actions import create_organisation, record_fact
from wanqi.registry.models import Fact, Organisation

AUDITED = {"source_class": "审计报告", "source": "2022年度审计报告"}
SELF = {"source_class": "企业自报", "source": "企业填报"}
STATISTICS = {"source_class": "统计", "source": "统计年报"}


def enterprise(number: int = 1, **values: Any) -> Organisation:
    given = {
        "name": f"第{number:02d}化工有限公司",
        "credit_code": credit_code(number),
        "area": cast.area(),
        "gbt4754_code": "2614",
        "established_on": date(2010, 3, 1),
        "office": cast.offices()[0],
        **values,
    }
    return create_organisation(given, actor=cast.machine(), region=cast.REGION)


def fact(
    organisation: Organisation,
    name: str,
    value: Any,
    *,
    period: str = "",
    as_of: date | None = None,
    actor: Actor | None = None,
    **given: Any,
) -> Fact:
    """Record a value of the first office, self-reported unless said otherwise; a scalar as of 2023-06-30."""
    scalar = not period and as_of is None
    return record_fact(
        organisation,
        name,
        value,
        period=period,
        as_of=date(2023, 6, 30) if scalar else as_of,
        actor=actor or cast.machine(),
        office=given.pop("office", cast.offices()[0].pk),
        **{**SELF, **given},
    )
