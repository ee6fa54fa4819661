"""Cells: dates as clerks type them, codes that a spreadsheet has spoilt, formulas, marks for nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.registry.tables import book as raw_book
from tests.registry.tables import head_row, sheet_xml, text_cell

from .making import HEADS, ROW, Page, Specimen, book, sheet

JUNE = date(2023, 6, 1)
GOOD_DATES = (
    "2023.6.1",
    "2023年6月1日",
    "2023-06-01",
    "2023/6/1",
    "20230601",
    20230601,
    45078,
    "45078",
    "２０２３．６．１",
    "二〇二三年六月一日",
    "2023-06-01 00:00:00",
    " 2023年 6月 1日 ",
)
BAD_DATES = (
    ("6月1日", "“6月1日”缺少年份"),
    ("2023年6月", "“2023年6月”缺少日"),
    ("2023.6", "“2023.6”缺少日"),
    (2023.6, "“2023.6”缺少日"),
    ("2023-06-31", "“2023-06-31”在日历上不存在"),
    ("2023", "“2023”只有年份，缺少月和日"),
    ("23.6.1", "“23.6.1”年份只有两位"),
    ("1/6/2023", "“1/6/2023”年、月、日的顺序不明"),
    ("2023年6月上旬", "“2023年6月上旬”不是日期"),
    ("预计年底", "“预计年底”不是日期"),
    ("2203-06-01", "年份2203超出合理范围"),
)


def station(at: int, opened: Any) -> tuple[Any, ...]:
    return (f"S{at:03d}", f"{at}号站", "演示片区01", "移动", "", opened)


def calendar(*, from_1904: bool) -> bytes:
    def shape(made: Any, page: Any) -> None:
        page.write_datetime(1, 5, JUNE, made.add_format({"num_format": "yyyy年m月d日"}))

    return book(Page("清单", [HEADS, station(1, "")], shape=shape), date_1904=from_1904)


def formulas(made: Any, page: Any) -> None:
    page.write_formula(1, 1, '="1号"&"站"', None, "1号站")
    page.write_formula(1, 5, "=DATE(2023,6,1)", None, 45078)
    page.write_formula(2, 5, "=别处!A1", None, "#REF!")
    page.write_formula(3, 5, "=1/0", None, "#DIV/0!")


def formula_cell(kept: str) -> bytes:
    """Return a station whose opening is a formula; kept: the attributes and content of its cell beside it."""
    row = "".join(text_cell(f"{letter}2", value) for letter, value in zip("ABCD", ROW[:4], strict=True))
    return raw_book(sheet_xml(f'{head_row()}<row r="2">{row}{kept}</row>'))


SPECIMENS = (
    Specimen(
        "同一天的十二种写法",
        lambda: sheet(HEADS, *(station(at, written) for at, written in enumerate(GOOD_DATES, 1))),
        counts=(12, 0, 0),
        fields=("opened_on",),
        values=(JUNE,) * 12,
    ),
    Specimen(
        "说不清是哪一天的日期",
        lambda: sheet(HEADS, *(station(at, written) for at, (written, _) in enumerate(BAD_DATES, 1))),
        counts=(0, 11, 0),
        values=(),
        rejected={at: [("开通日期", str(typed), said)] for at, (typed, said) in enumerate(BAD_DATES, 2)},
    ),
    Specimen("真正的日期单元格", lambda: calendar(from_1904=False), fields=("opened_on",), values=(JUNE,)),
    Specimen("苹果电脑的1904日期", lambda: calendar(from_1904=True), fields=("opened_on",), values=(JUNE,)),
    Specimen(
        "开通早于建成",
        lambda: sheet(HEADS, (*ROW[:4], "2023.7.1", "2023.6.1")),
        counts=(0, 1, 0),
        values=(),
        rejected={2: [("开通日期", "2023-06-01", "开通日期2023-06-01早于建成日期2023-07-01")]},
    ),
    Specimen(
        "空格子里的各种记号",
        lambda: sheet(HEADS, ("S001", "一号站", "无", "/", "——", "暂无")),
        fields=("area", "operator", "built_on", "opened_on"),
        values=((None, "", None, None),),
    ),
    Specimen(
        "编码是数字、带撇号、全角、有空格和换行",
        lambda: sheet(
            HEADS,
            (430682001, *ROW[1:]),
            ("'430682002", *ROW[1:]),
            ("４３０６８２００３", *ROW[1:]),
            (" 430682 004\n", *ROW[1:]),
        ),
        counts=(4, 0, 0),
        values=("430682001", "430682002", "430682003", "430682004"),
    ),
    Specimen(
        "编码成了科学计数法",
        lambda: sheet(HEADS, ("9.14306E+17", *ROW[1:]), (914306820000000000, *ROW[1:]), ("4.3e8", *ROW[1:])),
        counts=(0, 3, 0),
        values=(),
        rejected={
            2: [("站址编码", "9.14306E+17", "“9.14306E+17”是科学计数法，末位已丢失")],
            3: [("站址编码", "9.1430682e+17", "数字超过15位，表格软件已丢失末位")],
            4: [("站址编码", "4.3e8", "“4.3e8”是科学计数法，末位已丢失")],
        },
    ),
    Specimen(
        "文本编码保住了前导零",
        lambda: sheet(HEADS, ("000123", *ROW[1:]), (123, *ROW[1:])),
        counts=(2, 0, 0),
        values=("000123", "123"),
    ),
    Specimen(
        "公式有结果、是错误值",
        lambda: sheet(
            HEADS, ("S001", "", *ROW[2:5]), ("S002", *ROW[1:5]), ("S003", *ROW[1:5]), shape=formulas
        ),
        counts=(1, 2, 0),
        fields=("site_code", "name", "opened_on"),
        values=(("S001", "1号站", JUNE),),
        rejected={
            3: [("开通日期", "#REF!", "单元格是错误值#REF!")],
            4: [("开通日期", "#DIV/0!", "单元格是错误值#DIV/0!")],
        },
    ),
    Specimen(
        "公式没有保存结果",
        lambda: formula_cell('<c r="F2"><f>TODAY()</f></c>'),
        counts=(0, 1, 0),
        values=(),
        rejected={2: [("开通日期", "（公式）", "公式没有计算结果")]},
    ),
    Specimen(
        "公式的结果是空文本",
        lambda: formula_cell('<c r="F2" t="str"><f>IF(E2="","",E2)</f><v></v></c>'),
        fields=("opened_on",),
        values=(None,),
    ),
    Specimen(
        "名称里有换行、双空格和全角括号",
        lambda: sheet(HEADS, ("S001", "一号站\n（东）　 ２号机房 ", *ROW[2:])),
        fields=("name",),
        values=("一号站 （东） 2号机房",),
    ),
    Specimen(
        "运营商用全称、繁体和没有的叫法",
        lambda: sheet(
            HEADS,
            ("S001", "一号站", "", "中国移动"),
            ("S002", "二号站", "", "移動"),
            ("S003", "三号站", "", "铁通"),
        ),
        counts=(1, 2, 0),
        fields=("site_code", "operator"),
        values=(("S001", "移动"),),
        rejected={
            3: [("运营商", "移動", "“移動”不在运营商的取值中")],
            4: [("运营商", "铁通", "“铁通”不在运营商的取值中")],
        },
    ),
    Specimen(
        "一行有几处错，每处都说",
        lambda: sheet(HEADS, ("", "一号站", "没有的片区", "移动", "昨天", "6月1日")),
        counts=(0, 1, 0),
        values=(),
        rejected={
            2: [
                ("站址编码", "", "没有填写"),
                ("片区", "没有的片区", "“没有的片区”不在本地区的片区中"),
                ("建成日期", "昨天", "“昨天”不是日期"),
                ("开通日期", "6月1日", "“6月1日”缺少年份"),
            ]
        },
    ),
)
