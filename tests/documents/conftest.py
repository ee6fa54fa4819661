"""One report that uses every block, and a fixed date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wanqi.documents import Column, Figure, Heading, Note, Paragraph, Report, Table, Text

MADE = datetime(2023, 7, 5, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def made() -> datetime:
    return MADE


@pytest.fixture
def report() -> Report:
    return Report(
        "2023年上半年科技和工业信息化工作情况汇报",
        (
            Heading("一、突出基础建设"),
            Heading("（一）5G基站", 2),
            Heading("1.进度", 3),
            Paragraph(
                (
                    Text("1—6月，完成5G基站建设"),
                    Figure("infra.5g.new", "120个", "有台账", marked=True),
                    Text("，累计达"),
                    Figure("infra.5g.total", "571个", "有台账", marked=True),
                    Text("，占地1200㎡，增减−3.5个百分点；王珺、李喆、张堃。"),
                )
            ),
            Note((Text("120→119：某站开通日期更正。"),)),
            Table(
                (Column("指标"), Column("累计", numeric=True)),
                (("5G基站", Figure("infra.5g.total", "571", marked=True)), ("光纤", "98")),
                caption="主要指标调度表",
                unit="个",
            ),
        ),
        unit="临湘市科技和工业信息化局",
        date="2023年7月5日",
        marks=("演示数据",),
    )
