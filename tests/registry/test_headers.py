"""Heads of tables as clerks make them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wanqi.registry.headers import Head, find_head, no_record, proposal, title_key, title_keys
from wanqi.registry.sheets import open_pasted
from wanqi.registry.values import Row


@dataclass(frozen=True)
class Column:
    field: str
    headers: tuple[str, ...]


COLUMNS = (
    Column("site_code", ("站址编码", "站点编码")),
    Column("name", ("站址名称", "站名")),
    Column("built_on", ("建成日期", "竣工日期")),
    Column("opened_on", ("开通日期", "入网日期")),
)


def head_of(text: str) -> Head:
    return find_head(list(open_pasted(text).rows("表格")), (), COLUMNS)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("站址编码", "站址编码"),
        (" 站址 编码（必填） ", "站址编码"),
        ("*站址编码：", "站址编码"),
        ("开通日期(年月日)", "开通日期"),
        ("ＩＤ", "id"),
        ("站址\n名称", "站址名称"),
    ],
)
def test_titles_are_compared_without_their_trimmings(title: str, key: str) -> None:
    assert title_key(title) == key


def test_a_grouped_title_can_be_read_in_four_ways() -> None:
    assert title_keys("日期/建成") == ("日期/建成", "建成", "日期建成", "建成日期")


def test_the_head_stands_below_title_and_unit() -> None:
    head = head_of("2023年站址清单\n单位：个\n序号\t站点编码\t站名\t入网日期\n1\tS1\t一号站\t2023-01-01\n")
    assert (head.first, head.last) == (3, 3)
    assert proposal(head, COLUMNS) == ({"site_code": 1, "name": 2, "opened_on": 3}, {})


def test_a_text_with_a_head_of_two_lines() -> None:
    head = head_of("站址编码\t站址名称\t日期\t\n\t\t建成\t开通\nS1\t一号站\t2023-01-01\t2023-02-01\n")
    assert (head.first, head.last) == (1, 2)
    assert proposal(head, COLUMNS)[0] == {"site_code": 0, "name": 1, "built_on": 2, "opened_on": 3}


def test_titles_that_only_resemble_have_to_be_confirmed() -> None:
    head = head_of("站址编码\t站址名称\t实际开通日期\nS1\t一号站\t2023-01-01\n")
    assert proposal(head, COLUMNS) == ({"site_code": 0, "name": 1}, {"opened_on": 2})


def test_a_column_is_proposed_once() -> None:
    head = head_of("站址编码\t站点编码\t站名\nS1\tS1\t一号站\n")
    sure, guessed = proposal(head, COLUMNS)
    assert sure == {"site_code": 0, "name": 2}
    assert guessed == {}


def test_the_same_head_is_known_again() -> None:
    assert head_of("站址编码\t站址名称\n").digest == head_of("题目\n站址 编码\t站址名称\nS1\t一\n").digest
    assert head_of("站址编码\t站址名称\n").digest != head_of("站址名称\t站址编码\n").digest


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("S1", "一号站", "2023-01-01"), None),
        (("S1", "", ""), None),
        (("", "一号站", ""), None),
        (("合计站", "合计站", "2023-01-01"), None),
        (("合计", "", "12"), "合计行"),
        (("小计（移动）", "", ""), "合计行"),
        (("合计：12个", "", ""), "合计行"),
        (("注：以网管为准", "", ""), "说明行"),
        (("填报人：张三", "", "审核：李四"), "说明行"),
        (("统计单位", "", ""), None),
        (("站址编码", "站址名称", "开通日期"), "重复表头"),
        (("个", "", "年月日"), "单位行"),
        (("（个）", "（个）", "（年月日）"), "单位行"),
        (("1", "2", "3"), "编号行"),
        (("1", "一号站", "3"), None),
        (("1", "1", "1"), None),
        (("", "", ""), "空行"),
        (("²", "一号站", ""), None),
        (("一、移动（2个）", "", ""), "小标题行"),
        (("", "（二）电信", ""), "小标题行"),
        (("一、二号站", "一号站", ""), None),
        (("合计", "2个", "—"), "合计行"),
        (("第1页 共3页", "", ""), "说明行"),
    ],
)
def test_rows_below_the_head(cells: tuple[str, ...], why: str | None) -> None:
    titles = {0: "站址编码", 1: "站址名称", 2: "开通日期"}
    assert no_record(Row(9, cells), (0, 1, 2), titles, marks=("填表人",)) == why


def test_a_row_with_nothing_but_its_number_is_empty() -> None:
    assert no_record(Row(9, ("121", "", "")), (1, 2), {1: "站址编码", 2: "站址名称"}, marks=()) == "空行"


MERGED_HEAD = (
    Row(1, ("企业名称", "销售收入", "", "资产总额")),
    Row(2, ("", "2021年", "2022年", "2022年末")),
    Row(3, ("甲公司", 1, 2, 3)),
)
SALES = (Column("name", ("企业名称",)), Column("sales", ("销售收入",)), Column("assets", ("资产总额",)))


def test_years_below_one_title_belong_to_the_head_and_the_newest_is_proposed() -> None:
    head = find_head(MERGED_HEAD, [(1, 2, 0, 0), (1, 1, 1, 2)], SALES)
    assert (head.first, head.last) == (1, 2)
    assert head.titles == ("企业名称", "销售收入/2021年", "销售收入/2022年", "资产总额/2022年末")
    assert proposal(head, SALES) == ({"name": 0}, {"sales": 2, "assets": 3})


def test_a_row_of_units_below_merged_titles_is_no_head() -> None:
    rows = (MERGED_HEAD[0], Row(2, ("", "万元", "元", "万元")), MERGED_HEAD[2])
    assert find_head(rows, [(1, 2, 0, 0), (1, 1, 1, 2)], SALES).last == 1
