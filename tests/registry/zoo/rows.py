"""Rows that are no records, that nobody sees, that are there twice or come again with a change."""

from __future__ import annotations

from typing import Any

from .making import HEADS, ROW, ROW2, Specimen, sheet

BLANK = ("", "", "", "", "", "")


def coloured(made: Any, page: Any) -> None:
    red = made.add_format({"bg_color": "#FF0000", "bold": True, "font_strikeout": True})
    page.write_row(1, 0, ROW, red)
    page.conditional_format("A1:F9", {"type": "duplicate", "format": red})


def styled_far(made: Any, page: Any) -> None:
    framed = made.add_format({"border": 1})
    page.set_column(0, 16_000, 12, framed)
    page.write_blank(0, 16_383, None, framed)
    page.write_blank(1, 700, None, framed)


def styled_deep(made: Any, page: Any) -> None:
    framed = made.add_format({"border": 1})
    for line in range(2, 20_002):
        page.write_blank(line, 0, None, framed)


def filtered(made: Any, page: Any) -> None:
    page.autofilter("A1:F3")
    page.set_row(2, None, None, {"hidden": True})


def folded_columns(made: Any, page: Any) -> None:
    page.set_column("C:D", None, None, {"hidden": True})


SPECIMENS = (
    Specimen(
        "合计、小计和乡镇小计",
        lambda: sheet(
            HEADS,
            ROW,
            ("小计", "", "", 1),
            ROW2,
            ("羊楼司镇小计", "", "", 1),
            ("合 计：", "", "", 2),
            ("总计2个",),
        ),
        counts=(2, 0, 4),
        skips={"合计行": 4},
        values=("S001", "S002"),
    ),
    Specimen(
        "名称里有合计二字的站不是合计行",
        lambda: sheet(HEADS, ("S001", "合计路站", *ROW[2:]), ("S002", "小计", *ROW2[2:])),
        counts=(2, 0, 0),
        values=("S001", "S002"),
    ),
    Specimen(
        "行与行之间有空行",
        lambda: sheet(HEADS, BLANK, ROW, BLANK, BLANK, ROW2),
        counts=(2, 0, 0),
        values=("S001", "S002"),
    ),
    Specimen(
        "表尾有注和填表人",
        lambda: sheet(
            HEADS,
            ROW,
            ("注：以网管为准",),
            ("填表人：张三", "", "", "审核：李四"),
            ("联系电话：0730-3700000",),
        ),
        counts=(1, 0, 3),
        skips={"说明行": 3},
    ),
    Specimen(
        "表头下有单位行和编号行",
        lambda: sheet(HEADS, ("个", "", "", "", "年月日", "年月日"), (1, 2, 3, 4, 5, 6), ROW),
        counts=(1, 0, 2),
        skips={"单位行": 1, "编号行": 1},
    ),
    Specimen(
        "预先编好序号的空行",
        lambda: sheet(("序号", *HEADS), (1, *ROW), (2, *BLANK), (3, *BLANK)),
        sure={"site_code": 1, "name": 2, "area": 3, "operator": 4, "built_on": 5, "opened_on": 6},
        counts=(1, 0, 2),
        skips={"空行": 2},
    ),
    Specimen(
        "片区向下合并",
        lambda: sheet(
            HEADS, ROW, ("S002", "二号站", "", "电信"), ("S003", "三号站", "演示片区02"), merges=["C2:C3"]
        ),
        counts=(3, 0, 0),
        fields=("site_code", "area__name"),
        values=(("S001", "演示片区01"), ("S002", "演示片区01"), ("S003", "演示片区02")),
    ),
    Specimen(
        "编码向下合并不当作同一个站",
        lambda: sheet(HEADS, ROW, ("", "二号站", "演示片区01", "电信"), merges=["A2:A3"]),
        counts=(1, 1, 0),
        rejected={3: [("站址编码", "", "没有填写")]},
    ),
    Specimen(
        "同一文件里编码重复",
        lambda: sheet(HEADS, ROW, ("S 001", "又一站", *ROW[2:]), ("Ｓ００１", "再一站", *ROW[2:])),
        counts=(1, 2, 0),
        rejected={
            3: [("站址编码", "S001", "第3行与第2行的站址编码相同，已采用第2行")],
            4: [("站址编码", "S001", "第4行与第2行的站址编码相同，已采用第2行")],
        },
    ),
    Specimen(
        "更正后再次报来",
        lambda: sheet(HEADS, ROW, ROW2),
        counts=(2, 0, 0),
        values=("S001", "S002"),
        later=lambda: sheet(HEADS, (*ROW[:3], "联通", *ROW[4:]), ROW2),
        corrected=1,
    ),
    Specimen(
        "再次报来时删空了几格",
        lambda: sheet(HEADS, ROW),
        later=lambda: sheet(HEADS, (*ROW[:3], "", "/", "—")),
        corrected=0,
    ),
    Specimen("整行涂色、划掉、条件格式", lambda: sheet(HEADS, ROW, shape=coloured)),
    Specimen("边框一直画到最后一列", lambda: sheet(HEADS, ROW, shape=styled_far)),
    Specimen("两万行只有边框", lambda: sheet(HEADS, ROW, shape=styled_deep)),
    Specimen(
        "筛选后有一行看不见",
        lambda: sheet(HEADS, ROW, ROW2, shape=filtered),
        counts=(2, 0, 0),
        values=("S001", "S002"),
        notes=("表中有1行被隐藏或筛选掉，也会一并读取；不需要的请先删除。",),
    ),
    Specimen(
        "片区和运营商两列被隐藏",
        lambda: sheet(HEADS, ROW, shape=folded_columns),
        fields=("area__name", "operator"),
        values=(("演示片区01", "移动"),),
    ),
    Specimen(
        "缺编码和缺名称的行",
        lambda: sheet(HEADS, ("", "一号站", *ROW[2:]), ("S002", "", *ROW[2:]), ("暂无", "三号站", *ROW[2:])),
        counts=(0, 3, 0),
        values=(),
        rejected={
            2: [("站址编码", "", "没有填写")],
            3: [("站址名称", "", "没有填写")],
            4: [("站址编码", "暂无", "没有填写")],
        },
    ),
)
