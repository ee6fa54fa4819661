"""主要指标调度表: the bureau's columns over the rows that the region's pack lists."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from tests import cast
from wanqi.core.packs import current_pack
from wanqi.indicators.actions import RANKINGS, create_observation
from wanqi.indicators.errors import PeriodRefused
from wanqi.reports.table import MonthlyTable, monthly_table, table_json, table_xlsx

pytestmark = pytest.mark.usefixtures("demo")
MADE = datetime(2023, 7, 3, tzinfo=UTC)


def rows(table: MonthlyTable) -> dict:
    return {row["indicator"]: row for row in table_json(table)["rows"]}


def observe(indicator: str, period: str, value: str, **more) -> None:
    values = {"indicator": indicator, "period": period, "value": Decimal(value), "source": "统计月报", **more}
    create_observation(values, actor=cast.machine(), region=cast.REGION)


def test_the_half_year():
    table = monthly_table(cast.REGION, "2023H1")
    data = table_json(table)
    assert (data["period"], data["as_of"], data["marks"]) == ("2023-01..06", "2023-06-30", ["演示数据"])
    assert [row["indicator"] for row in data["rows"]] == list(
        current_pack(cast.REGION).tables["monthly"].indicators
    )
    found = rows(table)
    new, total, tech = found["infra.5g.new"], found["infra.5g.total"], found["sme.tech"]
    assert (new["month"], new["cumulative"], new["growth"], new["target"]) == (28, 120, "-0.01639344", None)
    assert (total["month"], total["cumulative"], total["target"]) == (None, 571, 800)
    assert (total["completion"], total["pace"], total["rank"]) == ("0.71375", "0.5", None)
    assert (tech["cumulative"], tech["growth"], tech["note"].count("没有登记2023年目标")) == (162, "2.6", 1)
    assert (found["digital.three"]["rank"], found["ip.pledges.amount"]["cumulative"]) == (2, "20000000")
    assert new["note"].startswith("含演示数据；按开通日期统计")
    assert all(row["office"] for row in data["rows"])


def test_what_nobody_reported_says_so_and_nothing_else():
    output = rows(monthly_table(cast.REGION, "2023H1"))["industry.output"]
    assert (output["cumulative"], output["note"]) == (None, "2023年1—6月没有填报值")


def test_a_series_that_begins_with_january_and_february():
    observe("industry.output", "2023-01..02", "30")
    observe("industry.output", "2022-01..02", "25")
    observe("industry.output.target", "2023", "200", nature="target")
    observe("industry.output", "2023-01..02", "40", peer="430621")
    ranking = {
        "indicator": "industry.output",
        "period": "2023-01..02",
        "rank": 3,
        "peer_set": "六县市",
        "source": "通报",
    }
    RANKINGS.create(ranking, actor=cast.machine(), region=cast.REGION)
    february = rows(monthly_table(cast.REGION, "2023-02"))["industry.output"]
    assert (february["month"], february["cumulative"], february["growth"]) == (None, "3000000000", "0.2")
    assert (february["target"], february["completion"], february["rank"]) == ("20000000000", "0.15", 3)
    assert "1—2月合并统计，不单独列出" in february["note"]
    january = rows(monthly_table(cast.REGION, "2023-01"))["industry.output"]
    assert (january["cumulative"], january["note"]) == (None, "1—2月合并统计，不单独列出")


def test_a_month_is_taken_up_to_itself():
    data = table_json(monthly_table(cast.REGION, "2023-03"))
    assert data["period"] == "2023-01..03"
    new = next(row for row in data["rows"] if row["indicator"] == "infra.5g.new")
    assert (new["month"], new["cumulative"]) == (24, 45)


def test_the_workbook():
    observe("industry.added_value.growth", "2023-01..06", "0.082")
    observe("industry.added_value.growth", "2022-01..06", "0.071")
    first, second = (table_xlsx(monthly_table(cast.REGION, "2023H1"), made=MADE) for _ in range(2))
    assert first == second
    lines = CalamineWorkbook.from_filelike(BytesIO(first)).get_sheet_by_index(0).to_python()
    head = next(line for line in lines if line[0] == "指标")
    assert head == [
        "指标", "单位", "全年目标", "本月", "1—6月累计", "同比", "完成率", "序时进度", "六县市名次", "责任股室", "备注",
    ]  # fmt: skip
    by_title = {line[0]: line for line in lines}
    assert lines[0][0] == "临湘市2023年1—6月主要指标调度表"
    assert by_title["5G基站累计数"][1:9] == ["个", 800, "", 571, 0.86, 0.7138, 0.5, ""]
    assert by_title["规模工业增加值增速"][4:6] == ["8.2%", "1.1个百分点"]


def test_what_is_no_period_is_refused():
    with pytest.raises(PeriodRefused):
        monthly_table(cast.REGION, "2023年")
