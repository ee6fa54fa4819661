"""Exports of the platforms of high-tech firms and technology SMEs, as they are printed, mailed and retyped."""

from __future__ import annotations

from decimal import Decimal

from tests.web.rows import credit_code

from .making import Page, Specimen, book, sheet, text

FIRST, SECOND, THIRD = (f"第{at:02d}化工有限公司" for at in (1, 2, 3))
HITECH = ("序号", "企业名称", "统一社会信用代码", "职工总数", "科技人员数", "销售收入", "研究开发费用总额")
HITECHS = {
    "name": 1,
    "credit_code": 2,
    "employees_avg_month": 3,
    "tech_staff_avg_month": 4,
    "sales_revenue": 5,
    "rd_expense": 6,
}
SME = ("企业名称", "统一社会信用代码", "职工总数", "科技人员数", "销售收入", "研发费用总额", "成本费用总额")
SMES = {
    "name": 0,
    "credit_code": 1,
    "employees_avg_quarter": 2,
    "tech_staff": 3,
    "sales_revenue": 4,
    "rd_expense": 5,
    "cost_expense_total": 6,
}


def numbers(*values: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, values))


SPECIMENS = (
    Specimen(
        "高企：题目合并居中、右上角单位万元、合计在末行",
        lambda: sheet(
            ("2022年度高新技术企业申报数据汇总表", "", "", "", "", "", ""),
            ("填报单位：临湘市科工局（盖章）", "", "", "", "", "单位：万元、人", ""),
            HITECH,
            (1, FIRST, credit_code(1), 86, 21, 4321.5, "３１２．８"),
            (2, SECOND, credit_code(2), 45.5, 12, "1,208", 96),
            ("合计", "", "", 131.5, 33, 5529.5, 408.8),
            ("注：销售收入为主营业务收入与其他业务收入之和", "", "", "", "", "", ""),
            merges=("A1:G1", "A2:E2", "F2:G2", "A6:C6", "A7:G7"),
        ),
        profile="high-tech-platform",
        file="2022年度高企.xlsx",
        enterprises=2,
        head=(3, 3),
        sure=HITECHS,
        counts=(2, 0, 2),
        skips={"合计行": 1, "说明行": 1},
        fields=("organisation__name", "fact", "period", "number"),
        values=(
            (FIRST, "employees_avg_month", "2022", Decimal(86)),
            (FIRST, "tech_staff_avg_month", "2022", Decimal(21)),
            (FIRST, "sales_revenue", "2022", Decimal(43215000)),
            (FIRST, "rd_expense", "2022", Decimal(3128000)),
            (SECOND, "employees_avg_month", "2022", Decimal("45.5")),
            (SECOND, "tech_staff_avg_month", "2022", Decimal(12)),
            (SECOND, "sales_revenue", "2022", Decimal(12080000)),
            (SECOND, "rd_expense", "2022", Decimal(960000)),
        ),
    ),
    Specimen(
        "高企：近三年的收入各占一列，总表头合并",
        lambda: sheet(
            ("企业名称", "销售收入（万元）", "", "", "资产总额（万元）"),
            ("", "2020年", "2021年", "2022年", "2022年末"),
            (FIRST, 3000, 3600, 4321.5, 8800),
            merges=("A1:A2", "B1:D1"),
        ),
        profile="high-tech-platform",
        file="高企近三年.xlsx",
        head=(1, 2),
        sure={"name": 0},
        guessed={"sales_revenue": 3, "total_assets": 4},
        fields=("fact", "period", "number"),
        values=(
            ("sales_revenue", "2022", Decimal(43215000)),
            ("total_assets", "2022", Decimal(88000000)),
        ),
    ),
    Specimen(
        "高企：没有写年度",
        lambda: sheet(HITECH, (1, FIRST, credit_code(1), 86, 21, 4321.5, 312.8)),
        profile="high-tech-platform",
        file="高企.xlsx",
        sure=HITECHS,
        counts=(0, 1, 0),
        values=(),
        fields=("fact",),
        rejected={
            2: [
                (column, value, "不知道是哪一年度的数据")
                for column, value in (
                    ("职工总数", "86"),
                    ("科技人员数", "21"),
                    ("销售收入", "4321.5"),
                    ("研究开发费用总额", "312.8"),
                )
            ]
        },
    ),
    Specimen(
        "高企：同一家填了两遍、代码末位抄错、企业库没有、领域写代码",
        lambda: sheet(
            ("单位名称", "信用代码", "年度", "高新技术领域", "总资产（元）", "成立日期", "行业代码"),
            (FIRST, credit_code(1), 2022, "新材料", 88000000, "2010年3月1日", 2614),
            (f" {FIRST} ", credit_code(1).lower(), "2022年度", "新材料", 88000001, "2010/3/1", "2614"),
            (SECOND, credit_code(2)[:-1] + "0", "２０２２年", "电子信息", 1, "", ""),
            ("外地科技有限公司", "", 2022, "电子信息", 1, "", ""),
            (SECOND, credit_code(2), "二〇二二年", "电子信息", 1, "", ""),
            (SECOND, credit_code(2), "去年", "电子信息", 1, "", ""),
            (THIRD, credit_code(3), 2022, "电子信息", 1, "2010.3.2", "2614"),
        ),
        profile="high-tech-platform",
        enterprises=3,
        sure={
            "name": 0,
            "credit_code": 1,
            "period": 2,
            "hitech_field_code": 3,
            "total_assets": 4,
            "established_on": 5,
            "gbt4754_code": 6,
        },
        counts=(2, 5, 0),
        rejected={
            3: [("单位名称", f" {FIRST} ", "第3行与第2行是同一家企业，已采用第2行")],
            4: [
                (
                    "单位名称",
                    SECOND,
                    "统一社会信用代码第18位（校验位）不符，请核对原件",
                )
            ],
            5: [("单位名称", "外地科技有限公司", "企业库中没有“外地科技有限公司”")],
            7: [("年度", "去年", "“去年”不是年度")],
            8: [("成立日期", "2010.3.2", "与企业库登记的“2010-03-01”不同")],
        },
        fields=("fact", "period", "number", "text"),
        values=(
            ("hitech_field_code", "", None, "新材料"),
            ("total_assets", "2022", Decimal(88000000), None),
            ("hitech_field_code", "", None, "电子信息"),
            ("total_assets", "2022", Decimal(1), None),
        ),
    ),
    Specimen(
        "科小：网页导出的CSV，代码前有制表符，数字带千分位引号",
        lambda: text(
            ("企业名称", "统一社会信用代码", "评价年度数据所属年", "科技人员数", "上年度销售收入（万元）"),
            (FIRST, f'"\t{credit_code(1)}"', "2022年度", "21人", '"4,321.50"'),
            (SECOND, f"'{credit_code(2)}", "2022年度", "12 人", '"￥1,208"'),
            encoding="utf-8-sig",
        ),
        profile="tech-sme-platform",
        file="导出结果.csv",
        sheet="表格",
        enterprises=2,
        sure={"name": 0, "credit_code": 1, "period": 2, "tech_staff": 3, "sales_revenue": 4},
        counts=(2, 0, 0),
        fields=("organisation__name", "number"),
        values=tuple(
            (name, number)
            for name, known in ((FIRST, numbers("21", "43215000")), (SECOND, numbers("12", "12080000")))
            for number in known
        ),
    ),
    Specimen(
        "科小：单位行一列一个单位，没有掌握的写横线和“无”",
        lambda: sheet(
            ("全国科技型中小企业评价数据（2022年度）",),
            SME,
            ("", "", "人", "人", "万元", "元", "亿元"),
            (FIRST, credit_code(1), 86, 21, 4321.5, 3128000, 0.41),
            (SECOND, credit_code(2), "—", "无", "￥88", "", "-"),
            ("小计", "2家", 86, 21, 4409.5, 3128000, 0.41),
        ),
        profile="tech-sme-platform",
        file="科小.xlsx",
        enterprises=2,
        head=(2, 2),
        sure=SMES,
        counts=(2, 0, 2),
        skips={"单位行": 1, "合计行": 1},
        fields=("fact", "period", "number"),
        values=(
            ("employees_avg_quarter", "2022", Decimal(86)),
            ("tech_staff", "2022", Decimal(21)),
            ("sales_revenue", "2022", Decimal(43215000)),
            ("rd_expense", "2022", Decimal(3128000)),
            ("cost_expense_total", "2022", Decimal(41000000)),
            ("sales_revenue", "2022", Decimal(880000)),
        ),
    ),
    Specimen(
        "科小：两年的数据两张表，第一张是说明",
        lambda: book(
            Page("填表说明", [("一、本表由企业填报",), ("二、金额单位：万元",)]),
            Page("2022年度", [SME, (FIRST, credit_code(1), "约80", 21, "四千万", 312.8, "5%")]),
        ),
        profile="tech-sme-platform",
        file="科小上报.xlsx",
        sheet="2022年度",
        sure=SMES,
        counts=(0, 1, 0),
        values=(),
        fields=("fact",),
        rejected={
            2: [
                ("职工总数", "约80", "“约80”不是数字"),
                ("销售收入", "四千万", "“四千万”不是数字"),
                ("成本费用总额", "5%", "“5%”的单位“%”不适用于这一项"),
            ]
        },
    ),
)
