"""Tables for the other registers: patents, trademarks, projects, facts of enterprises, recognitions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.web.rows import credit_code

from .making import Line, Specimen, sheet, text

PATENT = ("专利号", "专利名称", "专利类型", "专利权人", "申请日", "授权公告日")
PATENTS = {"number": 0, "title": 1, "kind": 2, "owner_name": 3, "applied_on": 4, "granted_on": 5}
INVENTION = ("ZL 2022 1 0123456.1", "一种浮标", "发明专利", "甲公司", "2022.1.5", "2023.6.1")
MARK = ("注册号", "商标名称", "类别", "注册人", "注册公告日")
MARKS = {"number": 0, "name": 1, "classes": 2, "owner_name": 3, "registered_on": 4}
PROJECT = ("项目名称", "项目类别", "承担单位", "级别", "状态", "立项时间", "总投资（万元）")
PROJECTS = {
    "title": 0,
    "kind": 1,
    "holder_name": 2,
    "level": 3,
    "stage": 4,
    "approved_on": 5,
    "investment": 6,
}
RECOGNISED = ("企业名称", "统一社会信用代码", "称号", "认定日期", "文号")
RECOGNITIONS = {"holder_name": 0, "credit_code": 1, "programme": 2, "granted_on": 3, "document_number": 4}
ENTERPRISE = "第01化工有限公司"


def facts(
    name: str, titles: tuple[str, str], cells: Line, *values: Any, above: str = "", **given: Any
) -> Specimen:
    """Return a specimen of one enterprise with revenue and market share, as the register keeps them."""
    lines = [("企业名称", "统一社会信用代码", *titles), (ENTERPRISE, credit_code(1), *cells)]
    lines = [(above,), *lines] if above else lines
    return Specimen(
        name,
        lambda: sheet(*lines),
        profile="srdi-platform",
        file="2022年度导出.xlsx",
        sure={"name": 0, "credit_code": 1, "revenue": 2, "market_share_domestic": 3},
        **{
            "head": (2, 2) if above else (1, 1),
            "fields": ("fact", "period", "number"),
            "values": tuple(values),
            **given,
        },
    )


def kept(revenue: str, share: str) -> tuple[Any, ...]:
    return (("revenue", "2022", Decimal(revenue)), ("market_share_domestic", "2022", Decimal(share)))


SPECIMENS = (
    Specimen(
        "同一件专利的四种写法",
        lambda: sheet(
            PATENT,
            INVENTION,
            ("2022101234561", *INVENTION[1:]),
            ("zl202210123456.1", *INVENTION[1:]),
            (202210123456.1, *INVENTION[1:]),
        ),
        profile="market-patents",
        sure=PATENTS,
        counts=(1, 3, 0),
        fields=("number", "applied_on", "granted_on"),
        values=(("2022101234561", date(2022, 1, 5), date(2023, 6, 1)),),
        rejected={
            line: [("专利号", "2022101234561", f"第{line}行与第2行的专利号或申请号相同，已采用第2行")]
            for line in (3, 4, 5)
        },
    ),
    Specimen(
        "专利号校验位错、种类不符、日期颠倒",
        lambda: sheet(
            PATENT,
            ("ZL202210123456.7", *INVENTION[1:]),
            ("ZL202220123456.7", *INVENTION[1:]),
            (*INVENTION[:4], "2023-06-01", "2022-01-05"),
        ),
        profile="market-patents",
        sure=PATENTS,
        counts=(0, 3, 0),
        values=(),
        fields=("number",),
        rejected={
            2: [("专利号", "2022101234567", "申请号“2022101234567”的校验位应为1")],
            3: [("专利号", "2022201234567", "申请号第5位为2，是实用新型，与种类“发明专利”不符")],
            4: [("授权公告日", "2022-01-05", "授权公告日早于申请日")],
        },
    ),
    Specimen(
        "清单里混进国防专利",
        lambda: sheet(PATENT, INVENTION, ("ZL202220123456.7", "国防专利一件", "实用新型", "甲公司")),
        profile="market-patents",
        sure=PATENTS,
        counts=(1, 1, 0),
        fields=("number",),
        values=("2022101234561",),
        rejected={3: [("专利名称", "国防专利一件", "疑为国防专利")]},
    ),
    Specimen(
        "商标清单GBK、名称带空格和英文",
        lambda: text(
            MARK, ("12345678", " 临 湘 FLOAT ", "28类", "甲公司（临湘）", "2021年3月7日"), encoding="gbk"
        ),
        profile="market-trademarks",
        file="商标.csv",
        sheet="表格",
        sure=MARKS,
        notes=("按GB18030编码读取。",),
        fields=("number", "name", "owner_name", "registered_on"),
        values=(("12345678", "临 湘 FLOAT", "甲公司（临湘）", date(2021, 3, 7)),),
    ),
    Specimen(
        "项目清单用简称并写万元",
        lambda: sheet(
            PROJECT,
            ("年产 5 万吨 项目", "研发", "甲公司", "省", "在建", "2023.6.1", "1.2亿元"),
            ("臨湘市數字工廠（一期）", "数字新基建项目", "乙公司", "岳阳市级", "立项", "2023-06-01", 300),
            ("三期", "三化", "丙公司", "乡级", "在建", "2023年", "(5)"),
        ),
        profile="projects",
        sure=PROJECTS,
        counts=(2, 1, 0),
        fields=("title", "kind", "level", "stage", "investment"),
        values=(
            ("年产5万吨项目", "研发项目", "省级", "实施中", Decimal("120000000.00")),
            ("臨湘市數字工廠（一期）", "数字新基建", "市级", "已立项", Decimal("3000000.00")),
        ),
        rejected={
            4: [
                ("级别", "乡级", "“乡级”不在级别的取值中"),
                ("立项时间", "2023年", "“2023年”只有年份，缺少月和日"),
            ]
        },
    ),
    facts(
        "平台导出：没有单位按万元",
        ("营业收入", "国内市场占有率（%）"),
        (1234.5, 12.5),
        *kept("12345000", "0.125"),
    ),
    facts(
        "平台导出：表头写元",
        ("营业收入（元）", "国内市场占有率"),
        (12345000, "12.5%"),
        *kept("12345000", "0.125"),
    ),
    facts(
        "平台导出：上方写单位元",
        ("营业收入", "国内市场占有率"),
        (12345000, 0.125),
        *kept("12345000", "0.125"),
        above="单位：元",
    ),
    facts(
        "平台导出：格子里写亿元和全角百分号",
        ("营业收入（万元）", "国内市场占有率"),
        ("１．２亿元", "１２．５％"),
        *kept("120000000", "0.125"),
    ),
    facts(
        "平台导出：百分数没有百分号",
        ("营业收入（万元）", "国内市场占有率"),
        (100, 12.5),
        counts=(0, 1, 0),
        rejected={2: [("国内市场占有率", "12.5", "1250%超过了100%")]},
    ),
    facts(
        "平台导出：外币",
        ("营业收入（万美元）", "国内市场占有率（%）"),
        (100, 12.5),
        counts=(0, 1, 0),
        rejected={2: [("营业收入（万美元）", "100", "表头写明是外币")]},
    ),
    Specimen(
        "平台导出：单位行给每一列各自的单位，亏损写在括号里",
        lambda: sheet(
            ("企业名称", "营业收入", "净利润", "国内市场占有率", "从业人员数"),
            ("", "元", "千元", "%", "人"),
            (ENTERPRISE, "12,345,000", "(1,200)", 12.5, "320"),
            ("其他企业", 1, 2, 3, 4),
            ("合计", 12345001, -1198, "", 324),
        ),
        profile="srdi-platform",
        file="2022年度导出.xlsx",
        sure={"name": 0, "revenue": 1, "net_profit": 2, "market_share_domestic": 3, "employees_total": 4},
        counts=(1, 1, 2),
        skips={"单位行": 1, "合计行": 1},
        rejected={4: [("企业名称", "其他企业", "企业库中没有“其他企业”")]},
        fields=("fact", "number"),
        values=(
            ("revenue", Decimal("12345000")),
            ("net_profit", Decimal("-1200000")),
            ("market_share_domestic", Decimal("0.125")),
            ("employees_total", Decimal("320")),
        ),
    ),
    Specimen(
        "认定名单：按代码对应企业",
        lambda: sheet(
            RECOGNISED, (ENTERPRISE, credit_code(1), "专精特新中小企业", "2023.3.1", "湘工信〔2023〕12号")
        ),
        profile="recognised-list",
        sure=RECOGNITIONS,
        fields=("holder_name", "organisation__name", "granted_on", "document_number"),
        values=((ENTERPRISE, ENTERPRISE, date(2023, 3, 1), "湘工信〔2023〕12号"),),
    ),
)
