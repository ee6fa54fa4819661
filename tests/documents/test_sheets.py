"""Tables as XLSX and CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from wanqi.documents import Field, TableRefused, csv_chunks, xlsx
from wanqi.documents import sheets as written_sheets

FIELDS = (
    Field("统一社会信用代码"), Field("名称"), Field("数量", "count"), Field("金额", "money"), Field("占比", "ratio"),
    Field("日期", "date"),
)  # fmt: skip
ROW = ("91430682MA4L2XABCD", "甲公司", 120, Decimal("20000000.50"), Fraction(3, 8), date(2023, 6, 30))


def _book(rows: list[tuple[object, ...]], **options: object) -> bytes:
    out = io.BytesIO()
    made = datetime(2023, 7, 5, tzinfo=UTC)
    xlsx(out, FIELDS[: len(rows[0])] if rows else FIELDS, iter(rows), made=made, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _read(data: bytes, sheet: int = 0) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(sheet).to_python()  # type: ignore[return-value]


def test_values_come_back_as_what_they_are() -> None:
    head, row = _read(_book([ROW]))
    assert head == [field.title for field in FIELDS]
    assert row == ["91430682MA4L2XABCD", "甲公司", 120, 20000000.5, 0.375, date(2023, 6, 30)]


def test_title_and_marks_stand_above_the_header() -> None:
    rows = _read(_book([ROW], title="企业名单", marks=("演示数据",)))
    assert [row[0] for row in rows] == ["企业名单", "演示数据", "统一社会信用代码", "91430682MA4L2XABCD"]


def test_nothing_is_a_formula_a_link_or_a_shortened_number() -> None:
    cells = ("=1+1", "http://example.invalid/", "123456789012345678")
    data = _book([cells, (10**17, Decimal("99999999999999999.01"), None)])
    assert _read(data)[1:] == [list(cells), ["100000000000000000", "99999999999999999.01", ""]]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_long_and_damaged_text_is_kept_visibly() -> None:
    ((cell,),) = _read(_book([("长" * 40_000,)]))[1:]
    assert isinstance(cell, str)
    assert cell.endswith("……（内容过长，已截断）")
    assert _read(_book([("甲\x01乙",)]))[1] == ["甲？乙"]


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written_sheets, "_MOST_ROWS", 3)
    data = _book([(str(n),) for n in range(5)])
    assert _read(data, 0) == [["统一社会信用代码"], ["0"], ["1"]]
    assert _read(data, 1) == [["统一社会信用代码"], ["2"], ["3"]]
    assert _read(data, 2) == [["统一社会信用代码"], ["4"]]


def test_the_same_rows_give_the_same_bytes_and_a_count(tmp_path: Path) -> None:
    assert _book([ROW]) == _book([ROW])
    made = datetime(2023, 7, 5, tzinfo=UTC)
    assert xlsx(tmp_path / "a.xlsx", FIELDS, iter([ROW, ROW]), made=made) == 2
    assert (tmp_path / "a.xlsx").read_bytes() == _book([ROW, ROW])


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(TableRefused, match="第 2 行有 1 格，表头有 2 列"):
        xlsx(io.BytesIO(), FIELDS[:2], iter([("a", "b"), ("c",)]), made=datetime(2023, 7, 5, tzinfo=UTC))
    with pytest.raises(TableRefused, match="第 1 行有 3 格，表头有 2 列"):
        list(csv_chunks(FIELDS[:2], iter([("a", "b", "c")])))


def test_old_dates_odd_names_and_marks_are_taken() -> None:
    out = io.BytesIO()
    made = datetime(2023, 7, 5, tzinfo=UTC)
    rows = iter([(date(1899, 12, 31),)])
    xlsx(out, [Field("日期", "date")], rows, made=made, sheet="[甲]/乙" * 20, marks=("甲&乙",))
    assert _read(out.getvalue()) == [["甲&乙"], ["日期"], ["1899-12-31"]]
    assert CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).sheet_names == [
        "甲  乙" + " 甲  乙" * 4 + " 甲"
    ]


def test_csv_opens_in_a_spreadsheet_without_running_anything() -> None:
    rows = [
        ("=1+1", "@x", -3, Decimal("1E+3"), None, date(2023, 6, 30)),
        (" +1", 'a,"b"\n', True, 1, "＝1", ""),
    ]
    data = b"".join(csv_chunks(FIELDS, iter(rows), marks=("演示数据",)))
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [
        ["统一社会信用代码", "名称", "数量", "金额", "占比", "日期", "数据性质"],
        ["'=1+1", "'@x", "-3", "1000", "", "2023-06-30", "演示数据"],
        ["' +1", 'a,"b"\n', "是", "1", "'＝1", "", "演示数据"],
    ]


def test_csv_streams() -> None:
    def endless() -> object:
        while True:
            yield ("a",)

    chunks = csv_chunks(FIELDS[:1], endless())  # type: ignore[arg-type]
    assert [next(chunks) for _ in range(3)] == [b"\xef\xbb\xbf", "统一社会信用代码\r\n".encode(), b"a\r\n"]
