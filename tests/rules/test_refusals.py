"""What the language refuses: each mistake with its place, its cause and what to write instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.expressions import SCOPE
from wanqi.rules import BOOL, COUNT, MONEY, RATIO, ExpressionRefused, Scope, Type, parse

REFUSALS = [
    (
        "",
        "1:1 [expression.empty] 表达式是空的。",
        "写出条件，例如 technology = '5G'；不需要条件就删去这一项。",
    ),
    ("op = '移东'", "1:6 [expression.unknown-value] '移东' 不在可选值中。", "是不是 '移动'？"),
    (
        "op IN ('移动', '铁塔')",
        "1:14 [expression.unknown-value] '铁塔' 不在可选值中。",
        "可选：移动、电信、联通。",
    ),
    ("op IN ()", "1:1 [expression.literal] IN 后面一个值也没有。", "例如 operator IN ('移动', '电信')。"),
    (
        "n ≥ 3",
        "1:3 [expression.character] ≥ 是全角或中文符号。",
        "改成半角的 >=：符号和数字要在英文输入法下输入。",
    ),
    (
        "code = '（“' AND\n （n > 3）",
        "2:2 [expression.character] （ 是全角或中文符号。",
        "改成半角的 (：符号和数字要在英文输入法下输入。",
    ),
    ("N = 3", "1:1 [expression.unknown-field] 没有字段 N。", "是不是 n？"),
    (
        "d > DATE '2023-W01-1'",
        "1:10 [expression.date] '2023-W01-1' 不是有效的日期。",
        "写成 DATE '2023-06-30'。",
    ),
    ("b AND\n  cod = '26'", "2:3 [expression.unknown-field] 没有字段 cod。", "是不是 code？"),
    ('code = "26"', '1:8 [expression.quote] "26" 用了双引号。', "文字常量用单引号，例如 '5G'。"),
    (
        "m / m2 >= 0.05",
        "1:1 [expression.division] 不能用 / 相除：除法会四舍五入，正好达标的会被误判。",
        "写成 ratio(a, b) >= c。",
    ),
    (
        "coalesce(n, 0) = 0",
        "1:1 [expression.coalesce] 不能用 coalesce 给未知数据补一个值：未知既不是零，也不是否。",
        "删去它，让结果保持“待补充数据”；要判断有没有数据，写 字段 IS NOT NULL。",
    ),
    (
        "n > 1e400",
        "1:5 [expression.number] 数值 1e400 超出范围或写法不允许。",
        "写成普通小数：整数最多 15 位，小数最多 8 位。",
    ),
    (
        "n > NaN",
        "1:5 [expression.unknown-field] 没有字段 NaN。",
        "可用的字段：n、n2、m、m2、r、d、d2、b、b2、code、op、op2。",
    ),
    (
        "d > DATE '2023-02-30'",
        "1:10 [expression.date] '2023-02-30' 不是有效的日期。",
        "写成 DATE '2023-06-30'。",
    ),
    ("d > CAST('a' AS DATE)", "1:10 [expression.date] 'a' 不是有效的日期。", "写成 DATE '2023-06-30'。"),
    ("d > '2023-01-01'", "1:5 [expression.type] 日期不能和文本比较。", "日期写成 DATE '2023-06-30'。"),
    (
        "CAST(n AS TEXT) = '3'",
        "1:6 [expression.cast] 不能转换类型。",
        "只有日期常量可以写成 DATE '2023-06-30'。",
    ),
    (
        "n::text = '3'",
        "1:2 [expression.forbidden] 不能写 ::。",
        "不能用 :: 转换类型；日期写成 DATE '2023-06-30'。",
    ),
    (
        "n = NULL",
        "1:1 [expression.null] 不能和 NULL 比较。",
        "要判断有没有数据，写 字段 IS NULL 或 字段 IS NOT NULL。",
    ),
    ("b -- 说明", "1:1 [expression.comment] 表达式中不能写注释。", "说明请写在 assumption 或 title 里。"),
    (
        "b /* 说明 */ AND b2",
        "1:1 [expression.comment] 表达式中不能写注释。",
        "说明请写在 assumption 或 title 里。",
    ),
    ("-- b", "1:1 [expression.comment] 表达式中不能写注释。", "说明请写在 assumption 或 title 里。"),
    ("b; b2", "1:2 [expression.forbidden] 不能写 ;。", "一处只写一个表达式，请删去分号。"),
    ("n = $1", "1:5 [expression.forbidden] 不能写 $。", "不能使用参数占位符，请直接写出数值。"),
    (
        "n IN (SELECT 1)",
        "1:1 [expression.query] IN 后面只能列出常量。",
        "例如 operator IN ('移动', '电信')。",
    ),
    ("SELECT 1", "1:8 [expression.query] 不能写查询语句。", "只写一个条件，例如 technology = '5G'。"),
    ("code LIKE '26%'", "1:1 [expression.like] 不支持 LIKE。", "按开头匹配写成 starts_with(字段, '26')。"),
    ("n[-1] > 2", "1:1 [expression.years] 筛选条件中不能写年份下标。", "这里只能用本行的字段。"),
    ("t.n > 2", "1:1 [expression.forbidden] 不能写 t.n。", "直接写字段名，不带前缀。"),
    ("m * m2 > 1", "1:1 [expression.unit] 金额不能乘金额。", "请检查单位。"),
    ("m > n", "1:5 [expression.type] 金额（元）不能和整数比较。", "请检查两边的单位。"),
    ("m > 0.005", "1:5 [expression.money] 金额 0.005 精确到分，最多两位小数。", "金额以元为单位。"),
    ("ratio(n, m) > 1", "1:1 [expression.unit] 不能用非金额除以金额。", "请检查两项的次序。"),
    (
        "ratio(ratio(m, m2), r) > 1",
        "1:7 [expression.type] ratio 的两项要是数值，且不能再套 ratio。",
        "例如 ratio(rd_expense, revenue)。",
    ),
    (
        "greatest(ratio(m, m2), r) > 1",
        "1:10 [expression.quotient] ratio(…) 只能用在比较里。",
        "把比较写进条件：ratio(a, b) >= 0.05。",
    ),
    ("d - d2 > 3", "1:1 [expression.type] 日期不能做加减乘。", "日期先用 year_of 或 month_of 取年、月。"),
    ("code > 'a'", "1:1 [expression.order] 文本不能比较大小。", "用 =、<> 或 IN。"),
    (
        "CURRENT_DATE > d",
        "1:1 [expression.unknown-field] 没有字段 CURRENT_DATE。",
        "可用的字段：n、n2、m、m2、r、d、d2、b、b2、code、op、op2。",
    ),
    (
        "random() > 1",
        "1:1 [expression.unknown-function] 没有函数 random。",
        "可用的函数：starts_with、year_of、month_of、greatest、least、ratio、round_down、round_half_up、at_least。",
    ),
    (
        "start_with(code, '2')",
        "1:1 [expression.unknown-function] 没有函数 start_with。",
        "是不是 starts_with？",
    ),
    (
        "year_of(d, d2) = 1",
        "1:1 [expression.arguments] year_of 要 1 个参数，现在有 2 个。",
        "例如 year_of(opened_on) = 2023。",
    ),
    (
        "starts_with(code, code)",
        "1:19 [expression.literal] starts_with 的第 2 个参数要写常量。",
        "例如 starts_with(gbt4754_code, '26')。",
    ),
    (
        "year_of(code) = 1",
        "1:9 [expression.type] year_of 的第 1 个参数不能是文本。",
        "例如 year_of(opened_on) = 2023。",
    ),
    ("n", "1:1 [expression.type] 整个表达式应是是/否，现在是整数。", "请改写。"),
    ("n AND b", "1:1 [expression.type] 这里要一个条件，现在是整数。", "写成比较，例如 字段 = 值。"),
    (
        "b IS TRUE",
        "1:1 [expression.is] IS 后面只能写 NULL 或 NOT NULL。",
        "是否类字段直接写 字段 或 NOT 字段。",
    ),
    (
        "CASE WHEN b THEN b2 END",
        "1:11 [expression.case] CASE 少了 ELSE。",
        "写明其余情况的值：… ELSE 值 END。",
    ),
    (
        "CASE n WHEN 1 THEN b ELSE b2 END",
        "1:6 [expression.case] CASE 后面直接写 WHEN。",
        "写成 CASE WHEN 条件 THEN 值 ELSE 值 END。",
    ),
    (
        "CASE WHEN b THEN n ELSE d END = 1",
        "1:25 [expression.type] 各个值的类型要一致：这里是日期，前面是整数。",
        "请改写。",
    ),
    (
        "m * n * n * n > m2",
        "1:1 [expression.overflow] 计算结果可能过大。",
        "连乘的项太多，精确计算会超出 128 位；请减少相乘的项。",
    ),
    ("NOT NOT NOT NOT b", "1:13 [expression.too-deep] 嵌套超过 16 层。", "请拆成几个派生数据。"),
    ("(" * 17 + "b" + ")" * 17, "1:17 [expression.too-deep] 嵌套超过 16 层。", "请拆成几个派生数据。"),
    (
        "n % 2 = 1",
        "1:1 [expression.forbidden] 这里的写法不在允许之列。",
        "允许的写法见 docs/reference/expressions.md。",
    ),
    (
        "EXISTS(SELECT 1)",
        "1:15 [expression.forbidden] 这里的写法不在允许之列。",
        "允许的写法见 docs/reference/expressions.md。",
    ),
    (
        "b OR (b2",
        "1:7 [expression.syntax] 表达式写法有误。",
        "问题在 “b2” 附近；检查括号和引号是否成对、是否少写了 AND 或 OR。",
    ),
    ("op = '移动", "1:1 [expression.syntax] 表达式写法有误。", "检查引号是否成对：文字用单引号。"),
    ("b\u200b AND b2", "1:2 [expression.character] 表达式中有看不见的控制字符。", "请删去后重新输入这一处。"),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSALS, ids=[text[:30] for text, _, _ in REFUSALS])
def test_a_mistake_is_named_with_its_place_and_the_next_step(text: str, message: str, hint: str) -> None:
    with pytest.raises(ExpressionRefused) as refusal:
        parse(text, SCOPE)
    assert str(refusal.value) == f"{message}\n  {hint}"


def test_length_is_limited() -> None:
    with pytest.raises(ExpressionRefused) as long:
        parse(" " * 3999 + "bb", SCOPE)
    assert long.value.message == "表达式有 4001 个字符，最多 4000 个。"
    with pytest.raises(ExpressionRefused) as many:
        parse(" OR ".join(["b"] * 301), SCOPE)
    assert many.value.message == "表达式有 601 个词，最多 600 个。"
    with pytest.raises(ExpressionRefused) as wide:
        parse(f"code = '{'长' * 201}'", SCOPE)
    assert wide.value.message == "文字常量有 201 个字，最多 200 个。"
    assert parse(" OR ".join(["b"] * 300), SCOPE).inputs == ("b",)


def test_nesting_that_unfolds_into_thousands_of_terms_is_refused() -> None:
    text = "n"
    for _ in range(15):
        text = f"greatest({text}, n2, n, n2)"
    with pytest.raises(ExpressionRefused) as refusal:
        parse(f"{text} > 1", SCOPE)
    assert refusal.value.message == "表达式层层嵌套，展开后太大。"


def test_known_tests_are_refused_where_the_scope_says_so() -> None:
    strict = Scope(SCOPE.fields, known_tests=False)
    with pytest.raises(ExpressionRefused) as refusal:
        parse("n IS NOT NULL", strict)
    assert refusal.value.code == "expression.known-test"


def test_the_expected_type_decides() -> None:
    assert parse("m - m2", SCOPE, expect=MONEY).type == MONEY
    assert parse("ratio(m, m2)", SCOPE, expect=RATIO).type == RATIO
    assert parse("CASE WHEN b THEN 1 ELSE 2 END", SCOPE, expect=COUNT).type == COUNT
    size = Type("enum", ("大型", "小型"))
    assert parse("CASE WHEN n > 9 THEN '大型' ELSE '小型' END", SCOPE, expect=size).type == size
    with pytest.raises(ExpressionRefused) as refusal:
        parse("CASE WHEN n > 9 THEN '大形' ELSE '小型' END", SCOPE, expect=size)
    assert refusal.value.hint == "是不是 '大型'？"


def test_inputs_are_the_fields_in_reading_order_once_each() -> None:
    assert parse("d > d2 AND (n = 1 OR d = d2)", SCOPE).inputs == ("d", "d2", "n")


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60) | st.text(alphabet="nmbd'()= ANDORT123.<>,-[]*/\n", max_size=60))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    try:
        outcome: object = parse(text, SCOPE).type
    except ExpressionRefused as error:
        outcome = error
    if isinstance(outcome, ExpressionRefused):
        assert (outcome.line >= 1, outcome.column >= 1, bool(outcome.hint)) == (True, True, True)
    else:
        assert outcome == BOOL
