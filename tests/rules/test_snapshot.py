"""The row of one organisation: what JSON may say, what it becomes, and what is refused with its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.asking import columns
from tests.rules.organisations import MOMENT, ON, SCOPE
from wanqi.rules import COUNT, MONEY, NUMBER, RATIO, RecordScope, Scope, Type, ValueRefused, lower, parse
from wanqi.rules.aggregates import bounds
from wanqi.rules.plan import Input
from wanqi.rules.snapshot import Snapshot, snapshot
from wanqi.rules.sources import FactAt


def inputs(*texts: str, scope: Scope = SCOPE) -> list[Input]:
    return columns(*(lower(parse(text, scope), MOMENT) for text in texts))


def test_every_type_is_stored_as_whole_numbers_dates_truths_and_texts() -> None:
    texts = (
        "revenue > 1",
        "revenue[-1] > 1",
        "staff > 1",
        "averaged > 1",
        "mainland",
        "established_date < on",
        "starts_with(code, '26')",
        "has(flags, '补短板')",
        "size_of(flags) > 1",
        "sum_where(financing, amount) > 1",
    )
    row = snapshot(
        inputs(*texts),
        {
            "facts": {
                "revenue": {"2025": "20000000.05"},
                "staff": {"2025": 320},
                "averaged": {"2025": "12.3456"},
                "mainland": True,
                "established_date": "2019-03-01",
                "code": "2614",
                "flags": ["补短板"],
                "something_else": "kept elsewhere",
            },
            "records": {"financing": [{"amount": "1.01"}, {"complete_until": "2026-04-30"}]},
        },
        on=ON,
    )
    total = next(name for name in row if name.startswith("financing.sum."))[:-4]
    assert row == {
        "revenue@2025": 2_000_000_005,
        "revenue@2024": None,
        "staff@2025": 320,
        "averaged@2025": 123_456,
        "mainland": True,
        "established_date": date(2019, 3, 1),
        "code": "2614",
        "flags∋补短板": True,
        "flags#size": 1,
        f"{total}#low": 101,
        f"{total}#high": None,
    }


def test_nothing_known_is_a_row_of_nothing() -> None:
    row = snapshot(inputs("revenue > 1", "has(flags, '补短板')", "any_where(ip)"), {}, on=ON)
    assert [value for name, value in row.items() if not name.endswith("#low")] == [None] * 3
    assert [value for name, value in row.items() if name.endswith("#low")] == [0]


def test_a_bare_value_of_an_annual_fact_is_that_of_the_base_year() -> None:
    wanted = inputs("revenue > 1", "revenue[-1] > 1")
    one = {"facts": {"revenue": "5"}}
    assert snapshot(wanted, one, on=ON) == {"revenue@2025": 500, "revenue@2024": None}
    assert snapshot(wanted, one, on=ON, base_year=2024) == {"revenue@2025": None, "revenue@2024": 500}


def test_a_list_is_complete_up_to_its_day() -> None:
    wanted = inputs("count_where(ip) > 1")
    low, high = (one.name for one in wanted)
    for until, end in (("2026-05-01", 1), ("2026-12-31", 1), ("2026-04-30", None), (None, None)):
        listed = [{"kind": "发明专利"}, {"complete_until": until}]
        assert snapshot(wanted, {"records": {"ip": listed}}, on=ON) == {low: 1, high: end}


def test_an_absent_field_stands_for_what_its_kind_declares() -> None:
    wanted = inputs("holds('cn.high-tech')")
    title = {"programme": "cn.high-tech", "grant_date": "2023-11-01", "valid_to": "2026-10-31"}
    for row in (title, {**title, "revoked_date": None}):
        assert set(snapshot(wanted, {"records": {"titles": [row]}}, on=ON).values()) == {1}


BAD: list[tuple[dict[str, Any], dict[str, Any], str, str, str]] = [
    (
        {"revenue": {"2025": 1.5}},
        {},
        "facts.revenue.2025",
        "“1.5” 是浮点数，不精确。",
        '写成字符串，例如 "0.05"。',
    ),
    (
        {"revenue": {"2025": "1e3"}},
        {},
        "facts.revenue.2025",
        "“1e3” 不是金额（元）。",
        "这一项应填金额（元）。",
    ),
    (
        {"revenue": {"2025": "１２"}},
        {},
        "facts.revenue.2025",
        "“１２” 不是金额（元）。",
        "这一项应填金额（元）。",
    ),
    (
        {"revenue": {"2025": "10000000000000"}},
        {},
        "facts.revenue.2025",
        "“10000000000000” 超出金额（元）的范围。",
        "最大 9999999999999.99，请核对单位。",
    ),
    (
        {"revenue": {"2025H1": "1"}},
        {},
        "facts.revenue",
        "“2025H1” 不是年份。",
        '年份写成四位数字，例如 {"2025": …}。',
    ),
    ({"mainland": {"2025": True}}, {}, "facts.mainland", "不应按年填写。", "这一项不按年填写，直接写值。"),
    ({"mainland": "是"}, {}, "facts.mainland", "“是” 不是是/否。", "这一项应填是/否。"),
    (
        {"established_date": "2023-02-30"},
        {},
        "facts.established_date",
        "“2023-02-30” 不是日期。",
        "写成 2023-06-30。",
    ),
    (
        {"flags": "补短板"},
        {},
        "facts.flags",
        "“补短板” 不是多选。",
        '写成列表，例如 ["补短板"]，一项也没有写 []。',
    ),
    ({"flags": ["补短版"]}, {}, "facts.flags", "“补短版” 不在可选值中。", "是不是 补短板？"),
    ({}, {"ip": {"kind": "x"}}, "records.ip", "这里要一个列表。", "没有记录写 []，不清楚就不写。"),
    ({}, {"ip": [3]}, "records.ip[0]", "“3” 不是对象。", "写成 {…}。"),
    ({}, {"ip": [{}, {"knd": "x"}]}, "records.ip[1].knd", "没有这个字段。", "是不是 kind？"),
    ({}, {"ip": [{"kind": "发明"}]}, "records.ip[0].kind", "“发明” 不在可选值中。", "是不是 发明专利？"),
    ({}, {"ip": [{"rank": "一"}]}, "records.ip[0].rank", "“一” 不是整数。", "这一项应填整数。"),
    (
        {},
        {"ip": [{"complete_until": "2026-01-01"}, {}]},
        "records.ip[0]",
        "complete_until 要单独放在最后。",
        '写成列表的最后一行 {"complete_until": "2026-06-30"}。',
    ),
    (
        {},
        {"ip": [{"complete_until": "以前"}]},
        "records.ip[0].complete_until",
        "“以前” 不是日期。",
        "写成 2023-06-30。",
    ),
    (
        {},
        {"financing": [{"amount": "-1"}]},
        "records.financing[0].amount",
        "“-1” 是负数。",
        "这一项不能为负，请核对。",
    ),
    (
        {},
        {"financing": [{"amount": "9000000000000"}] * 2},
        "records.financing",
        "合计超出金额（元）的范围。",
        "请核对这些记录的金额或数量的单位。",
    ),
    (
        {},
        {"ip": [{}] * 100_001},
        "records.ip",
        "有 100001 条记录，最多 100000 条。",
        "请核对是不是导入了别的单位的记录。",
    ),
]


@pytest.mark.parametrize(
    ("facts", "records", "place", "message", "hint"), BAD, ids=[one[2] + one[3][:6] for one in BAD]
)
def test_a_bad_value_is_refused_with_its_place(
    facts: dict[str, Any], records: dict[str, Any], place: str, message: str, hint: str
) -> None:
    texts = ("revenue > 1", "mainland", "established_date < on", "has(flags, '补短板')", "any_where(ip)")
    ask = Snapshot(inputs(*texts, "sum_where(financing, amount) > 1"), on=ON)
    with pytest.raises(ValueRefused) as refusal:
        ask({"facts": facts, "records": records})
    assert (refusal.value.field, refusal.value.message, refusal.value.hint) == (place, message, hint)


def test_facts_that_are_no_object_are_refused() -> None:
    with pytest.raises(ValueRefused) as refusal:
        snapshot(inputs("mainland"), {"facts": [1]}, on=ON)
    assert str(refusal.value) == "facts：“[1]” 不是对象。\n  写成 {…}。"


def test_a_declared_limit_is_kept() -> None:
    """The proof that 128 bits suffice rests on it."""
    kind = Type("money", maximum=Decimal("99.995"))
    wanted = [Input("x", kind, FactAt("x"))]
    assert snapshot(wanted, {"facts": {"x": "99.99"}}, on=ON) == {"x": 9999}
    with pytest.raises(ValueRefused) as refusal:
        snapshot(wanted, {"facts": {"x": "100.00"}}, on=ON)
    assert refusal.value.message == "“100.00” 超出金额（元）的范围。"
    assert refusal.value.hint == "最大 99.99，请核对单位。"
    share = [Input("x", Type("ratio", maximum=Decimal("1.5")), FactAt("x"))]
    assert snapshot(share, {"facts": {"x": "-1.5"}}, on=ON) == {"x": -150_000_000}
    with pytest.raises(ValueRefused):
        snapshot(share, {"facts": {"x": "1.50000001"}}, on=ON)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (COUNT, "-3", -3),
        (MONEY, "0.01", 1),
        (RATIO, "0.00000001", 1),
        (NUMBER, "0.0001", 1),
        (NUMBER, 7, 70_000),
    ],
)
def test_scales(kind: Type, value: Any, stored: int) -> None:
    assert snapshot([Input("x", kind, FactAt("x"))], {"facts": {"x": value}}, on=ON) == {"x": stored}


def test_aggregates_by_what_is_sure_and_what_is_possible() -> None:
    rows = [(True, 5), (None, 3), (False, 100), (None, -2)]
    assert bounds("count", rows, n=None, complete=True, positive=True) == (1, 3)
    assert bounds("count", rows, n=None, complete=False, positive=True) == (1, None)
    assert bounds("sum", rows, n=None, complete=True, positive=False) == (3, 8)
    assert bounds("sum", rows, n=None, complete=False, positive=False) == (None, None)
    assert bounds("sum", [(True, 5), (None, None)], n=None, complete=True, positive=True) == (5, None)
    assert bounds("top", [(True, 5), (True, 4), (None, 9)], n=1, complete=True, positive=True) == (5, 9)
    assert bounds("top", [(True, 5), (True, 4), (None, 9)], n=2, complete=False, positive=True) == (9, None)


def test_a_set_in_a_record_is_checked_too() -> None:
    kind = RecordScope({"places": Type("set", ("美国", "日本"))})
    wanted = inputs("any_where(ip)", scope=Scope({}, dated=True, records={"ip": kind}))
    assert set(snapshot(wanted, {"records": {"ip": [{"places": ["美国"]}]}}, on=ON).values()) == {1}
    with pytest.raises(ValueRefused) as refusal:
        snapshot(wanted, {"records": {"ip": [{"places": ["英国"]}]}}, on=ON)
    assert refusal.value.field == "records.ip[0].places"
