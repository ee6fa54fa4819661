"""Calls: which function a name is, and what its arguments must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from wanqi.rules import fitting, gathering, tree
from wanqi.rules.functions import FUNCTIONS, MAX_ARGUMENTS, Function
from wanqi.rules.types import RATIO, Type
from wanqi.rules.windows import CONDITIONS, MAX_YEARS, SINCE_FOUNDING, SUMS

if TYPE_CHECKING:
    from wanqi.rules.parsing import Reader

MAX_DISTANCE = {"years": 200, "months": 2_400, "days": 73_000}
_FILLING = "给未知数据补一个值：未知既不是零，也不是否。"
_NO_FILLING = "删去它，让结果保持“待补充数据”；要判断有没有数据，写 字段 IS NOT NULL。"

Call = Callable[["Reader", exp.Func, str, list[exp.Expr]], tree.Node]


def call(reader: Reader, at: exp.Func) -> tree.Node:
    """Return the node of a call. Raises ExpressionRefused for an unknown function or a wrong argument."""
    if not isinstance(at, exp.Anonymous):
        reader.fail(
            at, "forbidden", "这里的写法不在允许之列。", "允许的写法见 docs/reference/expressions.md。"
        )
    name, arguments = at.name.lower(), list(at.expressions)
    if name in ("coalesce", "ifnull", "nvl", "nullif"):
        reader.fail(at, "coalesce", f"不能用 {name} {_FILLING}", _NO_FILLING)
    if name in FUNCTIONS:
        return apply(reader, at, FUNCTIONS[name], arguments)
    if name in _ALWAYS:
        return _ALWAYS[name](reader, at, name, arguments)
    if reader.scope.dated and name in _DATED:
        return _DATED[name](reader, at, name, arguments)
    if reader.scope.dated and name in _OF_FACTS and not reader.rows:
        return _OF_FACTS[name](reader, at, name, arguments)
    known = [*FUNCTIONS, *_ALWAYS]
    if reader.scope.dated:
        known += [*_DATED, *(() if reader.rows else _OF_FACTS)]
    near = get_close_matches(name, known, n=1)
    hint = f"是不是 {near[0]}？" if near else f"可用的函数：{'、'.join(known)}。"
    raise reader.error(at, "unknown-function", f"没有函数 {name[:40]}。", hint)


def apply(reader: Reader, at: exp.Func, function: Function, arguments: list[exp.Expr]) -> tree.Node:
    """Return a call of the registry."""
    least = len(function.parameters)
    most = MAX_ARGUMENTS if function.many else least
    reader.counted(at, function.name, arguments, least, most, function.example)
    nodes = [reader.node(one) for one in arguments]
    for index, (node, place) in enumerate(zip(nodes, arguments, strict=True)):
        allowed = function.parameters[min(index, least - 1)]
        if node.type.base not in allowed:
            message = f"{function.name} 的第 {index + 1} 个参数不能是{node.type.title}。"
            reader.fail(place, "type", message, f"例如 {function.example}。")
    for index, (node, place) in enumerate(zip(nodes, arguments, strict=True)):
        late = function.literal_from is not None and index >= function.literal_from
        if late and not isinstance(node, tree.Literal):
            message = f"{function.name} 的第 {index + 1} 个参数要写常量。"
            reader.fail(place, "literal", message, f"例如 {function.example}。")
    if function.result is not None:
        return tree.Call(function.name, tuple(nodes), function.result)
    nodes = fitting.alike(reader, nodes, arguments)
    return tree.Call(function.name, tuple(nodes), fitting.widest(nodes))


def number(reader: Reader, at: exp.Expr, what: str, example: str, *, exact: bool) -> tree.Node:
    """Return a numeric argument; exact: one that is no quotient."""
    node = reader.node(at)
    if not node.type.numeric or (exact and fitting.has_quotient(node)):
        reader.fail(at, "type", what, f"例如 {example}。")
    return reader.simple(node, at=at)


# --- anywhere -----------------------------------------------------------------------------------------------------


def _ratio(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    example = "ratio(rd_expense, revenue) >= 0.05"
    if len(arguments) not in (2, 3):
        message = f"ratio 要 2 个参数，现在有 {len(arguments)} 个。"
        reader.fail(at, "arguments", message, f"例如 {example}。")
    what = "ratio 的两项要是数值，且不能再套 ratio。"
    sides = [number(reader, one, what, "ratio(rd_expense, revenue)", exact=True) for one in arguments[:2]]
    over, under = sides
    if over.type.base != "money" and under.type.base == "money":
        reader.fail(at, "unit", "不能用非金额除以金额。", "请检查两项的次序。")
    kind = fitting.divided(over.type, under.type)
    quotient = tree.Ratio(over, under, kind)
    if len(arguments) == 2:
        return quotient
    without = fitting.fit(reader, reader.node(arguments[2]), kind, at=arguments[2])
    if not isinstance(without, tree.Literal) or not without.type.numeric:
        hint = "写分母为零或负数时的值，例如 ratio(a, b, 0)。"
        reader.fail(arguments[2], "literal", "ratio 的第 3 个参数要写数值常量。", hint)
    zero = tree.Literal(Decimal(0), Type(under.type.base, unit=under.type.unit))
    return tree.Case(((tree.Compare("<=", under, zero), without),), quotient, kind)


def _round(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """round_down(x[, step]) and round_half_up(x[, step]): the multiple of the step below, or the nearest."""
    example = f"{name}(revenue, 10000)"
    reader.counted(at, name, arguments, 1, 2, example)
    operand = number(reader, arguments[0], f"{name} 的第 1 个参数要是数值。", example, exact=False)
    step = Decimal(1)
    if len(arguments) == 2:
        node = reader.node(arguments[1])
        if not (isinstance(node, tree.Literal) and isinstance(node.value, Decimal) and node.value > 0):
            reader.fail(
                arguments[1], "literal", f"{name} 的第 2 个参数要写大于 0 的常量。", f"例如 {example}。"
            )
        step = node.value
    kind = Type(operand.type.base, unit=operand.type.unit)
    if name == "round_half_up":
        half = tree.Literal(step / 2, kind)
        operand = tree.Arithmetic("+", operand, half, kind)
    whole = step == step.to_integral_value() and kind.base in ("ratio", "number")
    rounded = tree.Floor(operand, step, Type("count", unit=kind.unit) if whole else kind)
    reader.prove(rounded, at=at)
    return rounded


def _at_least(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    reader.counted(at, name, arguments, 2, MAX_ARGUMENTS, "at_least(2, a, b, c)")
    least = reader.whole(arguments[0], 1, len(arguments) - 1, "at_least 的第 1 个参数")
    return tree.AtLeast(least, tuple(reader.condition(one) for one in arguments[1:]))


# --- days ---------------------------------------------------------------------------------------------------------


def _before(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    example = f"{name}(on, 3)"
    reader.counted(at, name, arguments, 2, 2, example)
    day = reader.node(arguments[0])
    if isinstance(day, tree.Literal) and day.type.base == "date":
        day = tree.Day("day", day=day.value)  # type: ignore[arg-type]  # a date by its type
    if not isinstance(day, tree.Day):
        message = f"{name} 的第 1 个参数要是 on、year_end(…)、year_start(…) 或日期常量。"
        hint = "数据项放在比较的另一边，例如 established_date <= years_before(on, 3)。"
        reader.fail(arguments[0], "type", message, hint)
    unit = cast("tree.DayUnit", name.removesuffix("_before"))
    most = MAX_DISTANCE[unit]
    distance = reader.whole(arguments[1], -most, most, f"{name} 的第 2 个参数")
    moved = tree.Day(day.anchor, day.shift, (*day.back, (unit, distance)), day.day)
    reader.prove(moved, at=at)
    return moved


def _year_edge(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    reader.counted(at, name, arguments, 1, 1, f"{name}(-1)")
    shift = reader.whole(arguments[0], -20, 1, f"{name} 的参数")
    return tree.Day("year_end" if name == "year_end" else "year_start", shift)


# --- windows ------------------------------------------------------------------------------------------------------

_WINDOW_EXAMPLES: Mapping[str, str] = {
    "total": "total(rd_expense, 3)",
    "mean": "mean(rd_expense, 2)",
    "each": "each(rd_expense >= 1000000, 2)",
    "some": "some(srdi_eval_score >= 50, 2)",
    "first_time": "first_time(revenue >= 20000000, 3)",
    "growth": "growth(revenue) >= 0.1",
    "avg_growth": "avg_growth(main_revenue, 2) >= 0.05",
    "cagr": "cagr(revenue, 2) >= 0.05",
    "hnte_growth": "hnte_growth(net_assets) >= 0.35",
}


def _window(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    example = _WINDOW_EXAMPLES[name]
    fixed = {"growth": 1, "hnte_growth": 3}.get(name)
    least = 1 if fixed else 2
    reader.counted(at, name, arguments, least, 3 if name in SUMS else least, example)
    years = fixed or reader.whole(arguments[1], 1, MAX_YEARS, f"{name} 的年数")
    if name in CONDITIONS:
        operand = reader.condition(arguments[0])
        kind = operand.type
    else:
        what = f"{name} 的第 1 个参数要是数值，且不能套 ratio。"
        operand = number(reader, arguments[0], what, example, exact=True)
        kind = Type(operand.type.base, unit=operand.type.unit) if name in SUMS else RATIO
        if name == "mean" and kind.base == "count":
            kind = replace(kind, base="number")
    if not tree.yearly(operand):
        reader.fail(arguments[0], "years", f"{name} 里要有按年填报的数据项。", f"例如 {example}。")
    since = len(arguments) == 3 and _since_founding(reader, arguments[2], name)
    founding = _founding(reader, at) if since or name in ("first_time", "hnte_growth") else None
    return tree.Window(name, operand, years, founding, kind)


def _since_founding(reader: Reader, at: exp.Expr, name: str) -> bool:
    if isinstance(at, exp.Literal) and at.is_string and at.this == SINCE_FOUNDING:
        return True
    hint = f"例如 {name}(rd_expense, 3, '{SINCE_FOUNDING}')：成立前的年份不计。"
    raise reader.error(at, "literal", f"{name} 的第 3 个参数只能是 '{SINCE_FOUNDING}'。", hint)


def _founding(reader: Reader, at: exp.Expr) -> tree.Node:
    name = reader.scope.founding
    kind = reader.scope.fields.get(name)
    if kind is None or kind.base != "date" or name in reader.scope.annual:
        hint = f"数据字典中要有日期型的 {name}。"
        reader.fail(at, "unknown-field", f"要知道成立日期，但没有数据项 {name}。", hint)
    return tree.Field(name, kind)


_ALWAYS: Mapping[str, Call] = {
    "ratio": _ratio,
    "round_down": _round,
    "round_half_up": _round,
    "at_least": _at_least,
}
_DATED: Mapping[str, Call] = {
    "in_list": gathering.in_list,
    **dict.fromkeys(("years_before", "months_before", "days_before"), _before),
    **dict.fromkeys(("year_start", "year_end"), _year_edge),
}
_OF_FACTS: Mapping[str, Call] = {
    **dict.fromkeys(_WINDOW_EXAMPLES, _window),
    "count_where": gathering.count_where,
    "any_where": gathering.any_where,
    "sum_where": gathering.sum_where,
    "top_where": gathering.top_where,
    "holds": gathering.holds,
    "has": gathering.has,
    "size_of": gathering.size_of,
}
