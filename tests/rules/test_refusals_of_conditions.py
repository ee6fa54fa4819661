"""What a condition on an organisation may not say: each mistake with its place and the next step."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.organisations import MOMENT, SCOPE
from wanqi.rules import ExpressionRefused, lower, parse

REFUSALS = [
    ("revenue[2] > 1", "1:9 [expression.number] 年份下标要写 -20 到 1 的整数。", "写成整数常量，例如 2。"),
    (
        "revenue[-1.5] > 1",
        "1:10 [expression.number] 年份下标要写 -20 到 1 的整数。",
        "写成整数常量，例如 2。",
    ),
    ("revenue[rd] > 1", "1:9 [expression.number] 年份下标要写 -20 到 1 的整数。", "写成整数常量，例如 2。"),
    ("(revenue + rd)[-1] > 1", "1:2 [expression.years] 年份下标只能写在数据项后面。", "例如 revenue[-1]。"),
    ("mainland[-1]", "1:1 [expression.years] mainland 没有年份，不能加下标。", "直接写 mainland。"),
    ("staff > score", "1:9 [expression.unit] 单位不一致：一边是人，一边是分。", "请检查两边的单位。"),
    ("staff + score > 1", "1:9 [expression.unit] 单位不一致：一边是人，一边是分。", "请检查两边的单位。"),
    (
        "greatest(staff, score) > 1",
        "1:17 [expression.unit] 单位不一致：一边是人，一边是分。",
        "请检查两边的单位。",
    ),
    (
        "revenue >= ratio(rd, staff)",
        "1:12 [expression.unit] 单位不一致：一边是元，一边是元/人。",
        "请检查两边的单位。",
    ),
    ("revenue > staff", "1:11 [expression.type] 金额（元）不能和整数比较。", "请检查两边的单位。"),
    (
        "revenue IS NULL",
        "1:1 [expression.known-test] 这里不能判断数据有没有：补上一项数据不应使“符合”变成“不符合”。",
        "删去 IS NULL，未知时结果自动为“待补充数据”。",
    ),
    (
        "cagr(revenue, 2) >= rd_ratio",
        "1:21 [expression.quotient] cagr 只能和常量比较。",
        "例如 cagr(revenue, 2) >= 0.05。",
    ),
    (
        "cagr(revenue, 2) + 1 > 0",
        "1:1 [expression.quotient] cagr 只能和常量比较。",
        "例如 cagr(revenue, 2) >= 0.05。",
    ),
    ("cagr(revenue, 2) >= -2", "1:1 [expression.number] 增长率不会低于 -100%。", "请核对比较的数值。"),
    (
        "greatest(growth(revenue), 1) > 0",
        "1:10 [expression.quotient] ratio(…) 只能用在比较里。",
        "把比较写进条件：ratio(a, b) >= 0.05。",
    ),
    (
        "each(mainland, 2)",
        "1:6 [expression.years] each 里要有按年填报的数据项。",
        "例如 each(rd_expense >= 1000000, 2)。",
    ),
    (
        "each(revenue, 2)",
        "1:6 [expression.type] 这里要一个条件，现在是金额（元）。",
        "写成比较，例如 字段 = 值。",
    ),
    (
        "total(revenue, 11) > 1",
        "1:16 [expression.number] total 的年数要写 1 到 10 的整数。",
        "写成整数常量，例如 2。",
    ),
    (
        "total(revenue) > 1",
        "1:1 [expression.arguments] total 要 2 到 3 个参数，现在有 1 个。",
        "例如 total(rd_expense, 3)。",
    ),
    (
        "total(revenue, 2, 'always') > 1",
        "1:19 [expression.literal] total 的第 3 个参数只能是 'since_founding'。",
        "例如 total(rd_expense, 3, 'since_founding')：成立前的年份不计。",
    ),
    (
        "total(rd_ratio, 2) > 1",
        "1:7 [expression.type] total 的第 1 个参数要是数值，且不能套 ratio。",
        "例如 total(rd_expense, 3)。",
    ),
    (
        "avg_growth(revenue, 3) >= 0.1",
        "1:1 [expression.overflow] 计算结果可能过大。",
        "连乘的项太多，精确计算会超出 128 位；请减少相乘的项。",
    ),
    ("count_where(ips) > 1", "1:13 [expression.unknown-records] 没有记录种类 ips。", "是不是 ip？"),
    ("count_where(ip, knd = 'x') > 1", "1:17 [expression.unknown-field] 没有字段 knd。", "是不是 kind？"),
    (
        "count_where(ip, revenue > 1) > 1",
        "1:17 [expression.unknown-field] 没有字段 revenue。",
        "是不是 least_revenue？",
    ),
    (
        "count_where(ip, kind = '发明') > 1",
        "1:24 [expression.unknown-value] '发明' 不在可选值中。",
        "是不是 '发明专利'？",
    ),
    (
        "count_where(ip, rank) > 1",
        "1:17 [expression.type] 这里要一个条件，现在是整数。",
        "写成比较，例如 字段 = 值。",
    ),
    (
        "count_where(ip, rank[-1] > 1) > 1",
        "1:17 [expression.years] 筛选条件中不能写年份下标。",
        "这里只能用本行的字段。",
    ),
    (
        "sum_where(financing, amount * 0.5) > 1",
        "1:22 [expression.places] 每条记录的值最多 2 位小数。",
        "把系数写到合计外面，例如 0.5 * sum_where(…)。",
    ),
    (
        "sum_where(financing, ratio(amount, 3)) > 1",
        "1:22 [expression.type] 这里要一个数值，且不能用 ratio。",
        "例如 amount。",
    ),
    (
        "top_where(adjustments, delta, 3) > 1",
        "1:24 [expression.negative] top_where 的值要保证不为负。",
        "给这个字段声明 positive: true。",
    ),
    (
        "holds('cn.high-teck')",
        "1:7 [expression.unknown-programme] 没有事项 'cn.high-teck'。",
        "是不是 'cn.high-tech'？",
    ),
    ("holds(code)", "1:7 [expression.literal] holds 的这个参数要写带引号的常量。", "例如 'cn.high-tech'。"),
    (
        "flags = '补短板'",
        "1:1 [expression.set] flags 是多选项，不能直接比较。",
        "写成 has(flags, '值') 或 size_of(flags)。",
    ),
    ("has(flags, '补短版')", "1:12 [expression.unknown-value] '补短版' 不在可选值中。", "是不是 '补短板'？"),
    (
        "has(code, '26')",
        "1:5 [expression.type] has 的第 1 个参数要是多选项，现在是文本。",
        "只有数据字典中 type: set 的数据项可以这样用。",
    ),
    (
        "in_list(code, 'emergin')",
        "1:15 [expression.unknown-list] 没有代码表 'emergin'。",
        "是不是 'emerging'？",
    ),
    ("in_list(code, 'none')", "1:15 [expression.unknown-list] 代码表 'none' 是空的。", "先写上代码。"),
    (
        "in_list(mainland, 'emerging')",
        "1:9 [expression.type] in_list 的第 1 个参数要是文本，现在是是/否。",
        "例如 in_list(gbt4754_code, 'strategic-emerging')。",
    ),
    (
        "years_before(established_date, 3) <= on",
        "1:14 [expression.type] years_before 的第 1 个参数要是 on、year_end(…)、year_start(…) 或日期常量。",
        "数据项放在比较的另一边，例如 established_date <= years_before(on, 3)。",
    ),
    (
        "established_date < years_before(on, 201)",
        "1:37 [expression.number] years_before 的第 2 个参数要写 -200 到 200 的整数。",
        "写成整数常量，例如 2。",
    ),
    (
        "established_date < DATE '0001-01-01' AND established_date < years_before(DATE '0100-01-01', 150)",
        "1:61 [expression.date] 日期超出了公元 1 至 9999 年。",
        "请减小年、月、日的距离。",
    ),
    (
        "ratio(rd, revenue, rd) > 1",
        "1:20 [expression.literal] ratio 的第 3 个参数要写数值常量。",
        "写分母为零或负数时的值，例如 ratio(a, b, 0)。",
    ),
    (
        "round_down(revenue, 0) > 1",
        "1:21 [expression.literal] round_down 的第 2 个参数要写大于 0 的常量。",
        "例如 round_down(revenue, 10000)。",
    ),
    (
        "at_least(3, mainland, young)",
        "1:10 [expression.number] at_least 的第 1 个参数要写 1 到 2 的整数。",
        "写成整数常量，例如 2。",
    ),
    ("date_diff(on, established_date) > 1", "1:1 [expression.unknown-function] 没有函数 date_diff。", None),
    (
        "total(revenue, 2) -- 合计\n > 1",
        "1:17 [expression.comment] 表达式中不能写注释。",
        "说明请写在 assumption 或 title 里。",
    ),
    (
        "revenue > 1e400",
        "1:11 [expression.number] 数值 1e400 超出范围或写法不允许。",
        "写成普通小数：整数最多 15 位，小数最多 8 位。",
    ),
    ("revenue > Infinity", "1:11 [expression.unknown-field] 没有字段 Infinity。", None),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSALS, ids=[text[:40] for text, _, _ in REFUSALS])
def test_a_mistake_is_named_with_its_place_and_the_next_step(
    text: str, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionRefused) as refusal:
        parse(text, SCOPE)
    first, _, next_step = str(refusal.value).partition("\n  ")
    assert first == message
    assert next_step == hint if hint else next_step


def test_windows_in_windows_that_unfold_too_far_are_refused() -> None:
    text = "total(revenue, 10) > 1"
    for _ in range(4):
        text = f"each({text}, 10)"
    with pytest.raises(ExpressionRefused) as refusal:
        parse(text, SCOPE)
    assert refusal.value.code == "expression.too-long"


def test_sums_of_choices_between_quotients_do_not_unfold_without_end() -> None:
    for count, code in ((4, "expression.overflow"), (40, "expression.too-long")):
        with pytest.raises(ExpressionRefused) as refusal:
            parse(" + ".join(["ratio(staff, averaged, 0)"] * count) + " > 1", SCOPE)
        assert refusal.value.code == code
    doubled = " + ".join(["round_down(ratio(staff, averaged, 0))"] * 40) + " > 1"
    assert parse(doubled, SCOPE).type.base == "bool"


WORDS = st.sampled_from(
    [
        "revenue",
        "[",
        "]",
        "-1",
        "2",
        "(",
        ")",
        ",",
        "each",
        "total",
        "count_where",
        "ip",
        "kind",
        "=",
        "'发明专利'",
        ">=",
        "on",
        "and",
        "not",
        "ratio",
        "holds",
        "'cn.high-tech'",
        "cagr",
        "years_before",
        "flags",
        "has",
        "rd_ratio",
        "round_down",
        "0.05",
        "case when",
        "then",
        "else",
        "end",
    ]
)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(WORDS, max_size=14))
def test_any_words_are_read_or_refused_and_never_break(words: list[str]) -> None:
    try:
        outcome: object = lower(parse(" ".join(words), SCOPE), MOMENT).type.base
    except ExpressionRefused as error:
        outcome = error
    if isinstance(outcome, ExpressionRefused):
        assert (outcome.line >= 1, outcome.column >= 1, bool(outcome.hint)) == (True, True, True)
    else:
        assert outcome == "bool"
