"""主要指标调度表: the bureau's columns over the registers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import cast
from wanqi.indicators.errors import PeriodRefused
from wanqi.reports.table import monthly_table, table_json, table_xlsx

pytestmark = pytest.mark.usefixtures("demo")


def test_the_half_year():
    data = table_json(monthly_table(cast.REGION, "2023H1"))
    assert (data["period"], data["as_of"], data["marks"]) == ("2023-01..06", "2023-06-30", ["演示数据"])
    new, total = data["rows"][:2]
    assert (new["month"], new["cumulative"], new["growth"], new["target"]) == (28, 120, "-0.01639344", None)
    assert (total["month"], total["cumulative"], total["target"]) == (None, 571, 800)
    assert (total["completion"], total["pace"], total["rank"]) == ("0.71375", "0.5", None)
    assert new["note"].startswith("含演示数据；按开通日期统计")


def test_a_month_is_taken_up_to_itself():
    data = table_json(monthly_table(cast.REGION, "2023-03"))
    assert data["period"] == "2023-01..03"
    assert (data["rows"][0]["month"], data["rows"][0]["cumulative"]) == (24, 45)


def test_the_workbook():
    made = datetime(2023, 7, 3, tzinfo=UTC)
    first, second = (table_xlsx(monthly_table(cast.REGION, "2023H1"), made=made) for _ in range(2))
    assert first.startswith(b"PK")
    assert first == second


def test_what_is_no_period_is_refused():
    with pytest.raises(PeriodRefused):
        monthly_table(cast.REGION, "2023年")
