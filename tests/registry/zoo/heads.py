"""Heads: titles above, two and three merged lines, columns that are blank, many, strange or missing."""

from __future__ import annotations

from .making import HEADS, ROW, ROW2, STATION, Page, Specimen, book, sheet, text

WIDE = [f"备用{at}" for at in range(1, 295)]

SPECIMENS = (
    Specimen("规整的一张表", lambda: sheet(HEADS, ROW)),
    Specimen(
        "标题行合并、填报单位在表头上方",
        lambda: sheet(
            ("临湘市5G站址清单（2023年6月）",), ("填报单位：铁塔公司",), HEADS, ROW, merges=["A1:F1"]
        ),
        head=(3, 3),
    ),
    Specimen(
        "两行合并表头",
        lambda: sheet(
            ("序号", "站址编码", "站址名称", "片区", "运营商", "日期", ""),
            ("", "", "", "", "", "建成", "开通"),
            (1, *ROW),
            merges=["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "F1:G1"],
        ),
        head=(1, 2),
        sure={name: at + 1 for name, at in STATION.items()},
    ),
    Specimen(
        "三行合并表头",
        lambda: sheet(
            ("站址", "", "归属", "", "时间", ""),
            ("基本信息", "", "片区", "运营商", "日期", ""),
            ("编码", "名称", "", "", "建成", "开通"),
            ROW,
            merges=["A1:B1", "C1:D1", "E1:F1", "A2:B2", "C2:C3", "D2:D3", "E2:F2"],
        ),
        head=(1, 3),
    ),
    Specimen(
        "三行表头上面还有合并的标题",
        lambda: sheet(
            ("站址清单", "", "", "", "", ""),
            ("站址编码", "站址名称", "片区", "运营商", "时间节点", ""),
            ("", "", "", "", "日期", ""),
            ("", "", "", "", "建成", "开通"),
            ROW,
            merges=["A1:F1", "A2:A4", "B2:B4", "C2:C4", "D2:D4", "E2:F2", "E3:F3"],
        ),
        head=(2, 4),
    ),
    Specimen(
        "CSV两行表头没有合并",
        lambda: text(
            ("站址编码", "站址名称", "片区", "运营商", "日期", ""), ("", "", "", "", "建成", "开通"), ROW
        ),
        file="清单.csv",
        sheet="表格",
        head=(1, 2),
    ),
    Specimen(
        "列与列之间有空白列",
        lambda: sheet(
            ("站址编码", "", "站址名称", "", "", "片区", "运营商", "", "建成日期", "开通日期"),
            (ROW[0], "", ROW[1], "", "", ROW[2], ROW[3], "", ROW[4], ROW[5]),
        ),
        sure={"site_code": 0, "name": 2, "area": 5, "operator": 6, "built_on": 8, "opened_on": 9},
    ),
    Specimen(
        "表格不从A1开始",
        lambda: sheet((), (), (), ("", "", *HEADS), ("", "", *ROW)),
        head=(4, 4),
        sure={name: at + 2 for name, at in STATION.items()},
    ),
    Specimen(
        "不从A1开始的表里有合并和错误的行",
        lambda: sheet(
            (),
            (),
            ("", *HEADS),
            ("", *ROW[:5], "6月1日"),
            ("", "S002", "二号站", "", "电信"),
            merges=["D4:D5"],
        ),
        head=(3, 3),
        sure={name: at + 1 for name, at in STATION.items()},
        counts=(1, 1, 0),
        rejected={4: [("开通日期", "6月1日", "“6月1日”缺少年份")]},
        fields=("site_code", "area__name"),
        values=(("S002", "演示片区01"),),
    ),
    Specimen(
        "表头有星号、换行和填写说明",
        lambda: sheet(
            (
                "*站址\n编码（必填）",
                "站 址 名 称：",
                "所属片区[下拉选择]",
                "电信企业",
                "建成日期(年月日)",
                "入网日期",
            ),
            ROW,
        ),
    ),
    Specimen(
        "列的次序不同并有多余的列",
        lambda: sheet(
            ("开通时间", "经度", "站名", "纬度", "站点编码", "备注"),
            ("2023-06-15", 113.4, "一号站", 29.4, "S001", "楼顶"),
        ),
        sure={"opened_on": 0, "name": 2, "site_code": 4},
    ),
    Specimen(
        "列名只是相近",
        lambda: sheet(("站址编码", "站址名称", "实际开通日期"), ("S001", "一号站", "2023-06-15")),
        sure={"site_code": 0, "name": 1},
        guessed={"opened_on": 2},
    ),
    Specimen(
        "同一个列名出现两次",
        lambda: sheet(("站址编码", "站址名称", "站址编码"), ("S001", "一号站", "旧码1")),
        sure={"site_code": 0, "name": 1},
    ),
    Specimen(
        "每一印刷页重复表头",
        lambda: sheet(HEADS, ROW, HEADS, ROW2),
        counts=(2, 0, 1),
        skips={"重复表头": 1},
        values=("S001", "S002"),
    ),
    Specimen("只有表头", lambda: sheet(HEADS), counts=(0, 0, 0), values=()),
    Specimen("正好三百列", lambda: sheet((*HEADS, *WIDE), ROW)),
    Specimen(
        "三百零一列",
        lambda: sheet((*HEADS, *WIDE, "再多一列"), ROW),
        refused=("too-wide", "表格范围过大：有内容的单元格一直到第1行、第301列，最多可读200000行、300列"),
    ),
    Specimen(
        "说明页在前清单在后",
        lambda: book(
            Page("填写说明", [("一、请逐行填写。",), ("二、日期写成2023-06-15。",)]),
            Page("清单", [HEADS, ROW]),
        ),
        notes=(),
    ),
    Specimen(
        "新建时自带的后两张工作表是空的",
        lambda: book(Page("清单", [HEADS, ROW]), Page("Sheet2", []), Page("Sheet3", [])),
    ),
    Specimen(
        "旁边一张工作表太宽",
        lambda: book(Page("清单", [HEADS, ROW]), Page("地图", [range(1, 400)])),
        notes=(
            "工作表“地图”没有读取：表格范围过大：有内容的单元格一直到第1行、第301列，最多可读200000行、300列。",
        ),
    ),
    Specimen(
        "一个乡镇一张工作表",
        lambda: book(Page("清单", [HEADS, ROW]), Page("羊楼司", [HEADS, ROW2]), Page("聂市", [HEADS, ROW2])),
        notes=("本次只导入工作表“清单”；“羊楼司”、“聂市”也像是数据表，请分别上传并选择。",),
    ),
    Specimen(
        "隐藏的工作表里是上一年的清单",
        lambda: book(Page("2022年", [HEADS, ROW2], hidden=True), Page("清单", [HEADS, ROW])),
        notes=("隐藏的工作表“2022年”没有读取。",),
    ),
)
