"""Titles in lines of sense, columns by their contents."""

from __future__ import annotations

import pytest

from wanqi.documents import Column, Figure, Table, TableRefused
from wanqi.documents.measure import column_shares, ems, title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("5G基站建设情况", ("5G基站建设情况",)),
        ("2023年上半年科技和工业信息化工作情况汇报", ("2023年上半年", "科技和工业信息化工作情况汇报")),
        ("甲\n乙", ("甲", "乙")),
        ("无处可断" * 6, ("无处可断" * 6,)),
    ],
)
def test_title_lines(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title) == lines


def test_widths() -> None:
    assert ems("5G基站，") == 4.0
    table = Table((Column("指标"), Column("数")), (("家庭千兆光纤覆盖率", Figure("a", "98")),))
    assert column_shares(table) == pytest.approx((10 / 13.5, 3.5 / 13.5))


def test_a_row_that_does_not_fit_its_table_is_refused() -> None:
    with pytest.raises(TableRefused, match="第 1 行有 1 格，表头有 2 列"):
        Table((Column("甲"), Column("乙")), (("一",),))
