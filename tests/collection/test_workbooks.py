"""The workbook: what it holds when it goes out, and what is read when it comes back from a clerk's hands."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tests import cast
from tests.collection.asked import FIGURES, issued, locked, of, reporter, submitted, told
from tests.collection.asked import filled as saved
from tests.collection.sheets import LINES, Rows, filled, packed, parts, rebuilt, typed
from wanqi.collection.actions import (
    excuse_return,
    extend_return,
    send_back,
    submit_return,
    take_workbook,
)
from wanqi.collection.errors import WorkbookRefused
from wanqi.collection.models import Entry, Return
from wanqi.collection.reading import ReadBack, read_back
from wanqi.collection.workbook import workbook
from wanqi.core.errors import AccessRefused, RowStale, StepRefused
from wanqi.core.models import Attachment
from wanqi.registry.errors import TableRefused
from wanqi.registry.sheets import open_table

pytestmark = pytest.mark.django_db
TYPED = {"applied": 60, "granted": 48, "trademarks": 139, "pledges": 2, "amount": 2000}


def values(read: ReadBack) -> dict[str, Any]:
    return {line: one.value for line, one in read.lines.items()}


def said(read: ReadBack) -> list[tuple[str, str, str]]:
    return [(one.cell, one.line, one.message) for one in read.problems]


def page(content: bytes) -> dict[tuple[int, int], Any]:
    rows = open_table(content).rows("填报表")
    return {(row.line, at): cell for row in rows for at, cell in enumerate(row.cells) if cell != ""}


# --- going out ------------------------------------------------------------------------------------


def test_it_holds_names_units_periods_and_earlier_figures() -> None:
    locked(of(issued(period="2022-01..06"), "market"), {**FIGURES, "granted": "40"})
    submitted(of(issued(period="2023-01..05"), "market"), {**FIGURES, "amount": "1500"})
    content = workbook(of(issued(), "market"))
    cells = page(content)
    assert cells[1, 0] == "知识产权情况月报（2023年1—6月）"
    assert "报送单位：市场监督管理局" in cells[2, 0]
    assert "报送期限：2023-07-10" in cells[2, 0]
    assert [cells[4, at] for at in range(9)] == [
        "编号",
        "指标",
        "计量单位",
        "上年同期（2022年1—6月）",
        "上期（2023年1—5月）",
        "台账数",
        "本期数",
        "情况说明",
        "填报要求",
    ]
    assert [cells[6, at] for at in range(6)] == ["granted", "专利授权量", "件", "40", "48", "—"]
    assert [cells[9, at] for at in (0, 2, 4)] == ["amount", "万元", "1500"]
    assert (6, 6) not in cells


def test_only_inputs_are_unlocked_and_numbers_are_validated() -> None:
    held = parts(workbook(of(issued(), "market")))
    xml, styles = held["xl/worksheets/sheet1.xml"].decode(), held["xl/styles.xml"].decode()
    assert "<sheetProtection " in xml
    formats = re.findall(
        r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0]
    )
    unlocked = {number for number, text in enumerate(formats) if 'locked="0"' in text}
    cells = dict(re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', xml))
    inputs = {place for place, style in cells.items() if int(style) in unlocked}
    lines = {f"{column}{row}" for row in LINES.values() for column in "GH"}
    assert inputs == lines | {"C3", "E3", "G3"}
    rules = re.findall(r'<dataValidation type="(\w+)"[^>]*sqref="(\w+)"', xml)
    assert rules == [("date", "E3"), *(("whole", f"G{row}") for row in range(5, 9)), ("decimal", "G9")]
    assert 'state="veryHidden"' in held["xl/workbook.xml"].decode()
    assert not [name for name in held if "vba" in name.lower() or "external" in name.lower()]


def test_a_register_figure_is_already_in_its_cell() -> None:
    cast.site("S-1")
    row = of(issued("infra-5g-monthly"), "tower")
    cells = page(workbook(row))
    assert (cells[5, 5], cells[5, 6]) == ("1", 1.0)
    saved_row, read = take_workbook(row, "5G.xlsx", workbook(row), actor=cast.machine())
    assert {one.line: (one.value, one.answer) for one in saved_row.entries.all()} == {
        "new": (1, "confirmed"),
        "total": (1, "confirmed"),
    }
    assert read.problems == []


# --- coming back ----------------------------------------------------------------------------------


def test_what_was_typed_is_read_and_kept() -> None:
    row = of(issued(), "market")
    content = typed(
        filled(workbook(row), TYPED, {"granted": "含2件转让"}), {"C3": "李四", "E3": 45105, "G3": "初步数"}
    )
    row, read = take_workbook(row, "月报.xlsx", content, actor=reporter(), seen=row.version)
    assert (row.state, row.edition, row.reported_by, row.note) == ("draft", 1, "李四", "初步数")
    assert str(row.as_of) == "2023-06-28"
    kept = {one.line: (one.value, one.as_written, one.reason) for one in row.entries.all()}
    assert kept == {
        "applied": (60, "60", ""),
        "granted": (48, "48", "含2件转让"),
        "trademarks": (139, "139", ""),
        "pledges": (2, "2", ""),
        "amount": (Decimal(20_000_000), "2000", ""),
    }
    assert read.problems == []
    assert row.workbook is not None
    assert Attachment.objects.get(pk=row.workbook_id).name == "月报.xlsx"
    assert submit_return(row, actor=cast.machine()).state == "submitted"


def test_a_filled_return_goes_round_unchanged() -> None:
    row = saved(of(issued(), "market"), {**FIGURES, "amount": "0.2亿元"})
    read = read_back(workbook(row), row)
    assert values(read) == TYPED
    again, _ = take_workbook(row, "a.xlsx", workbook(row), actor=cast.machine())
    assert {one.line: one.value for one in again.entries.all()} == {
        one.line: one.value for one in Entry.objects.filter(belongs_to=row)
    }


def test_words_in_number_cells_are_read_like_on_the_page() -> None:
    row = of(issued(), "market")
    figures = {
        "applied": "１，０６０",
        "granted": "48件",
        "trademarks": "无",
        "pledges": " ",
        "amount": "0.2亿元",
    }
    read = read_back(filled(workbook(row), figures), row)
    row, _ = take_workbook(row, "a.xlsx", filled(workbook(row), figures), actor=cast.machine())
    assert {one.line: one.value for one in row.entries.all()} == {
        "applied": 1060,
        "granted": 48,
        "trademarks": 0,
        "amount": 20_000_000,
    }
    assert read.problems == []


def test_a_cell_that_is_no_figure_leaves_its_line_and_is_named() -> None:
    row = of(issued(), "market")
    content = filled(
        workbook(row), {**TYPED, "granted": "四十八", "trademarks": ("SUM(1,2)", None), "pledges": ("1+1", 2)}
    )
    row, read = take_workbook(row, "a.xlsx", content, actor=cast.machine())
    assert said(read) == [
        ("G6", "granted", "专利授权量：“四十八”不是数字"),
        ("G7", "trademarks", "新增注册商标：公式没有计算结果"),
    ]
    assert {one.line: one.value for one in row.entries.all()} == {
        "applied": 60,
        "pledges": 2,
        "amount": 20_000_000,
    }


def test_inserted_rows_moved_columns_and_a_merged_title_are_survived() -> None:
    row = of(issued(), "market")

    def change(rows: Rows) -> Rows:
        head, lines = rows[:4], rows[4:]
        moved = [[*reversed([*cells, *[""] * (9 - len(cells))])] for cells in [head[3], *lines]]
        moved.insert(3, ["", "", "", "", "", "", "", "（以下为质押情况）"])
        return [["关于报送知识产权情况的函"], [], *rows[:3], *moved]

    content = rebuilt(filled(workbook(row), TYPED), change, page="Sheet1", merge="A1:I1")
    read = read_back(content, row)
    assert (values(read), said(read)) == (TYPED, [])


def test_lines_are_known_by_name_where_the_hidden_number_is_gone() -> None:
    row = of(issued(), "market")
    content = rebuilt(
        filled(workbook(row), TYPED), lambda rows: [*rows[:3], *([one[1:] for one in rows[3:]])]
    )
    read = read_back(content, row)
    assert (values(read), said(read)) == (TYPED, [])


def test_rows_of_nobody_twice_or_gone_are_named() -> None:
    row = of(issued(), "market")

    def change(rows: Rows) -> Rows:
        own = ["", "软件著作权", "件", "", "", "", 7.0]
        return [*rows[:6], own, rows[4], *rows[7:]]

    read = read_back(rebuilt(filled(workbook(row), TYPED), change), row)
    assert said(read) == [
        ("G7", "", "第7行不是本表的指标，没有读入"),
        ("G8", "applied", "“专利申请量”在第5行已经有了，第8行没有读入"),
        ("", "trademarks", "缺少“新增注册商标”这一行，原来填的数没有改动"),
    ]
    assert set(values(read)) == {"applied", "granted", "pledges", "amount"}


def test_names_sorted_away_from_their_numbers_are_not_believed() -> None:
    row = of(issued(), "market")

    def change(rows: Rows) -> Rows:
        rows[4][1], rows[5][1] = rows[5][1], rows[4][1]
        return rows

    read = read_back(rebuilt(filled(workbook(row), TYPED), change), row)
    assert [message for _, _, message in said(read)][:2] == [
        "第5行的指标名称与隐藏的编号对不上，没有读入",
        "第6行的指标名称与隐藏的编号对不上，没有读入",
    ]
    assert set(values(read)) == {"trademarks", "pledges", "amount"}


# --- refused --------------------------------------------------------------------------------------


def refusal(content: bytes, row: Return) -> tuple[str, str]:
    before = told(row)
    with pytest.raises(WorkbookRefused) as refused:
        take_workbook(row, "a.xlsx", content, actor=cast.machine())
    assert told(row) == before
    assert Entry.objects.filter(belongs_to=row).count() == 0 or before[2] > 0
    assert refused.value.hint.endswith("。")
    return refused.value.code, refused.value.cause


def test_another_units_workbook_is_refused() -> None:
    round = issued("gigabit-monthly")
    content = workbook(of(round, "telecom"))
    assert refusal(content, of(round, "mobile")) == (
        "return.other-unit",
        "这份表是发给别的单位的，不是移动公司的。",
    )


def test_another_periods_or_forms_workbook_is_refused() -> None:
    row = of(issued(), "market")
    content = workbook(of(issued(period="2023-01..05"), "market"))
    assert refusal(content, row) == (
        "return.other-round",
        "这份文件是2023年1—5月的表，现在要报的是“知识产权情况月报”2023年1—6月。",
    )
    own = of(issued("infra-5g-stations", "2023-06"), "tower")
    other = workbook(of(issued("infra-5g-monthly"), "tower"))
    assert refusal(other, own)[0] == "return.other-round"


def test_an_older_workbook_is_refused_and_a_longer_deadline_makes_none_older() -> None:
    from datetime import date

    row = of(issued(), "market")
    content = filled(workbook(row), TYPED)
    row = extend_return(row, date(2023, 7, 20), actor=cast.machine(), reason="停电")
    assert values(read_back(content, row)) == TYPED
    row = saved(row)
    assert refusal(content, row) == (
        "return.older",
        "这份表是第0稿时下载的，系统里已经是第1稿，交回会覆盖后来填的数。",
    )
    row = send_back(submit_return(row, actor=cast.machine()), actor=cast.machine(), reason="核对")
    assert values(read_back(workbook(row), row)) == TYPED


def test_a_round_issued_anew_does_not_take_the_old_workbook() -> None:
    from wanqi.collection.actions import cancel_round

    round = issued()
    content = workbook(of(round, "market"))
    cancel_round(round, actor=cast.machine(), reason="期限填错")
    assert refusal(content, of(issued(), "market"))[0] == "return.reissued"


def test_a_workbook_without_its_hidden_sheet_is_refused() -> None:
    row = of(issued(), "market")
    content = rebuilt(workbook(row), lambda rows: rows, drop="wanqi")
    assert refusal(content, row)[0] == "return.not-ours"
    held = parts(workbook(row))
    held["xl/sharedStrings.xml"] = held["xl/sharedStrings.xml"].replace(b">market<", b">mobile<")
    assert refusal(packed(held), row)[0] == "return.damaged"


def test_a_workbook_without_its_head_is_refused() -> None:
    row = of(issued(), "market")
    assert refusal(rebuilt(workbook(row), lambda rows: rows[:3]), row)[0] == "return.no-head"


def test_a_file_that_is_no_workbook_is_refused() -> None:
    row = of(issued(), "market")
    for content in (b"", b"%PDF-1.4", b"\xff\xd8\xff\xe0", b"PK\x03\x04garbage"):
        with pytest.raises(TableRefused):
            take_workbook(row, "a.xlsx", content, actor=cast.machine())
    with pytest.raises(WorkbookRefused):
        take_workbook(row, "a.csv", "指标,本期数\n专利申请量,60\n".encode(), actor=cast.machine())
    assert told(row) == ("open", 1, 0)
    assert Attachment.objects.count() == 0


def test_a_workbook_is_taken_only_while_the_unit_may_write() -> None:
    row = of(issued(), "market")
    content = filled(workbook(row), TYPED)
    with pytest.raises(AccessRefused):
        take_workbook(row, "a.xlsx", content, actor=reporter("mobile"))
    with pytest.raises(RowStale):
        take_workbook(row, "a.xlsx", content, actor=cast.machine(), seen=7)
    row = submitted(row)
    with pytest.raises(StepRefused):
        take_workbook(row, "a.xlsx", workbook(row), actor=cast.machine())
    assert told(row) == ("submitted", 3, 1)
    assert Attachment.objects.count() == 0


def test_an_excused_unit_hands_in_no_workbook() -> None:
    row = of(issued(), "market")
    content = workbook(row)
    excuse_return(row, actor=cast.machine(), reason="机构改革")
    with pytest.raises(StepRefused):
        take_workbook(row, "a.xlsx", content, actor=cast.machine())
