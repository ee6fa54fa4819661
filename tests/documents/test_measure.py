"""Titles in lines of sense, columns by their contents."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanqi.documents import Column, Figure, Table, TableRefused
from wanqi.documents.measure import TEXT_WIDTH, ems, layout, title_lines


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
    assert ems("71.38%") == 3.0


def test_a_small_table_keeps_large_letters_and_fits_its_contents() -> None:
    table = Table((Column("指标"), Column("数", numeric=True)), (("家庭千兆光纤覆盖率", Figure("a", "98")),))
    made = layout(table)
    assert made.size == 12.0
    assert sum(made.shares) == pytest.approx(1)
    assert made.shares[0] > 2 * made.shares[1]


@given(
    st.lists(st.tuples(st.text("甲乙5%.", max_size=12), st.booleans()), min_size=1, max_size=12),
    st.lists(st.text("甲乙5%.", max_size=12), min_size=12, max_size=12),
)
@settings(deadline=None)
def test_no_number_breaks_where_the_page_is_wide_enough(
    titles: list[tuple[str, bool]], cells: list[str]
) -> None:
    columns = tuple(Column(title, numeric) for title, numeric in titles)
    made = layout(Table(columns, (tuple(cells[: len(columns)]),)))
    assert sum(made.shares) == pytest.approx(1)
    if made.size > 9.0:
        for column, cell, share in zip(columns, cells, made.shares, strict=False):
            assert not column.numeric or ems(cell) * made.size <= TEXT_WIDTH * share


def test_a_row_that_does_not_fit_its_table_is_refused() -> None:
    with pytest.raises(TableRefused, match="第 1 行有 1 格，表头有 2 列"):
        Table((Column("甲"), Column("乙")), (("一",),))
