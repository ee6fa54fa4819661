"""Amounts: the unit in the title, above the table, below the head, in the cell; thousands, brackets, currencies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .making import Line, Specimen, sheet, text

LOAN = {"contract_number": 0, "borrower_name": 1, "amount": 2}
FIVE_MILLION = Decimal("5000000.00")


def heads(amount: str) -> tuple[str, ...]:
    return ("合同号", "借款人", amount)


def loans(amounts: tuple[Any, ...], *, title: str) -> bytes:
    return sheet(heads(title), *((f"H{at}", "甲公司", given) for at, given in enumerate(amounts, 1)))


def loan(name: str, make: Any, *values: str, **given: Any) -> Specimen:
    """Return a specimen whose loans have these amounts in 元."""
    return Specimen(
        name,
        make,
        profile="pledge-loans",
        sure=LOAN,
        **{
            "counts": (len(values), len(given.get("rejected", ())), 0),
            "fields": ("amount",),
            "values": tuple(Decimal(one) for one in values),
            **given,
        },
    )


MILLIONS: Line = ("H1", "甲公司", 500)

SPECIMENS = (
    loan("表头写明万元", lambda: sheet(heads("贷款金额（万元）"), MILLIONS), "5000000"),
    loan("表头用半角括号写单位万元", lambda: sheet(heads("贷款金额(单位:万元)"), MILLIONS), "5000000"),
    loan("表头写明亿元", lambda: sheet(heads("金额［亿元］"), ("H1", "甲公司", 0.05)), "5000000"),
    loan("表头写明元", lambda: sheet(heads("贷款金额（元）"), ("H1", "甲公司", "5,000,000.00")), "5000000"),
    loan(
        "没有写单位的要问，格子里写了的不问",
        lambda: loans((5000000, "500万元"), title="贷款金额"),
        "5000000",
        rejected={2: [("贷款金额", "5000000", "“5000000”没有写单位，不知道是元还是万元")]},
    ),
    loan(
        "表头上方写单位万元",
        lambda: sheet(("质押贷款清单", "", "单位：万元"), heads("贷款金额"), MILLIONS),
        "5000000",
        head=(2, 2),
    ),
    loan(
        "上方写单位万元而这一列写明元",
        lambda: sheet(("单位：万元",), heads("贷款金额（元）"), ("H1", "甲公司", 5000000)),
        "5000000",
        head=(2, 2),
    ),
    loan(
        "上方的填报单位不是计量单位",
        lambda: sheet(("填报单位：元亨银行", "", ""), heads("贷款金额（万元）"), MILLIONS),
        "5000000",
        head=(2, 2),
    ),
    loan(
        "表头下有单位行",
        lambda: sheet(heads("贷款金额"), ("", "", "万元"), MILLIONS, ("合计", "", 500)),
        "5000000",
        counts=(1, 0, 2),
        skips={"单位行": 1, "合计行": 1},
    ),
    loan(
        "CSV里单位万元在表头上方",
        lambda: text(("单位：万元", "", ""), heads("贷款金额"), MILLIONS),
        "5000000",
        file="清单.csv",
        sheet="表格",
        head=(2, 2),
    ),
    loan(
        "格子里的万元、亿、元混着写",
        lambda: loans(
            ("500万元", "0.05亿元", "5000000元", "５００万", "500 万", "0.05亿", "5000千元"), title="贷款金额"
        ),
        *["5000000"] * 7,
    ),
    loan(
        "表头是万元而格子里写元",
        lambda: loans(("5000000元", 500, "500万元"), title="贷款金额（万元）"),
        *["5000000"] * 3,
    ),
    loan(
        "千分位、全角数字、人民币符号、文本数字",
        lambda: loans(
            ("1,234.50", "１，２３４．５", "￥1,234.5", "'1234.50", " 1 234.5 "), title="贷款金额（元）"
        ),
        *["1234.50"] * 5,
    ),
    loan("公式留下的尾数", lambda: loans((1234.5600000000001,), title="贷款金额（万元）"), "12345600"),
    loan(
        "括号里的负数和减号",
        lambda: loans(("(120)", "（１２０）", -120, "−120"), title="贷款金额（万元）"),
        rejected={line: [("贷款金额（万元）", "-1200000.00", "贷款金额要大于0")] for line in (2, 3, 4, 5)},
    ),
    loan(
        "读不成金额的格子",
        lambda: loans(("约500", "500-600", "10%", "伍佰万", "500万美元", 33.33333333), title="贷款金额"),
        rejected={
            2: [("贷款金额", "约500", "“约500”不是数字")],
            3: [("贷款金额", "500-600", "“500-600”不是数字")],
            4: [("贷款金额", "10%", "“10%”不是金额")],
            5: [("贷款金额", "伍佰万", "“伍佰万”不是数字")],
            6: [("贷款金额", "500万美元", "“500万美元”不是数字")],
            7: [("贷款金额", "33.33333333", "“33.33333333”不是到分为止的金额")],
        },
    ),
    loan(
        "表头写明万美元",
        lambda: loans((500,), title="贷款金额（万美元）"),
        rejected={2: [("贷款金额（万美元）", "500", "表头写明是外币")]},
    ),
)
