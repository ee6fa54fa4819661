"""From what authors wrote to core nodes, for one moment: years become columns, dates and parameters constants."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wanqi.rules import bounds, moments, records, tree, windows
from wanqi.rules.comparing import compare
from wanqi.rules.errors import ExpressionRefused
from wanqi.rules.folding import TooLong, arithmetic, computed, floor, power
from wanqi.rules.moments import Moment
from wanqi.rules.sources import FactAt, Member, Size
from wanqi.rules.spans import uncertain
from wanqi.rules.tree import Expression, Node
from wanqi.rules.types import BOOL, COUNT, DATE, RATIO

__all__ = ["Moment", "TooLong", "compounded", "lower", "sample"]

MAX_STEPS = 20_000
_SAMPLE = Moment(date(2500, 6, 30), 2499)


def lower(expression: Expression | Node, moment: Moment, *, shift: int = 0) -> Node:
    """Return the core tree for a moment, its years moved by `shift`; fields carry the source of their column.

    A condition is core throughout. A number may still hold `Bounded` parts, where records are counted or the caller
    put them: `wanqi.rules.spans.span` gives its bounds. Core nodes stay as they are, so lowering twice is harmless.
    Raises ExpressionRefused where a parameter has no value yet, a date leaves the calendar, or 128 bits may overflow.
    """
    root = expression.root if isinstance(expression, Expression) else expression
    try:
        lowered = _Lowering(moment, rows=False).node(root, shift)
        bounds.prove(lowered)
    except bounds.TooLarge:
        hint = "请减少相乘的项，或给数据项声明更小的 max。"
        raise ExpressionRefused("expression.overflow", "计算结果可能过大。", hint=hint) from None
    except TooLong:
        hint = "请拆成几个派生数据。"
        raise ExpressionRefused("expression.too-long", "表达式层层嵌套，展开后太大。", hint=hint) from None
    return lowered


def sample(node: Node, *, rows: bool) -> Node:
    """Return the tree as some moment lowers it: its shape and bounds are those of every moment.

    A compound growth standing alone is given as the quotient it is compared by. Raises TooLong.
    """
    growing = compounded(node)
    lowering = _Lowering(_SAMPLE, rows=rows)
    if growing is not None:
        return lowering.quotient(*growing)
    return lowering.node(node, 0)


class _Lowering:
    """One pass for one moment. rows: inside the condition on a record, whose fields have no source."""

    def __init__(self, moment: Moment, *, rows: bool) -> None:
        self.moment = moment
        self.rows = rows
        self.derived: dict[tuple[str, int], Node] = {}
        self.steps = 0

    def node(self, node: Node, shift: int) -> Node:
        """Return the lowered node, its years moved by `shift`. Raises TooLong."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooLong("表达式层层嵌套，展开后太大：请拆成几个派生数据。")
        match node:
            case tree.Field():
                return self.field(node)
            case tree.Literal() | tree.Unknown():
                return node
            case tree.Compare(operator=operator, left=left, right=right):
                return self.compare(operator, left, right, shift)
            case tree.All(parts=parts):
                return tree.All(self.nodes(parts, shift))
            case tree.Any(parts=parts):
                return tree.Any(self.nodes(parts, shift))
            case tree.AtLeast(count=count, parts=parts):
                return tree.AtLeast(count, self.nodes(parts, shift))
            case tree.Not(operand=operand):
                return tree.Not(self.node(operand, shift))
            case tree.Known(operand=operand):
                return tree.Known(self.node(operand, shift))
            case tree.OneOf():
                return self.one_of(node, shift)
            case tree.Annual() | tree.Derived() | tree.Window() | tree.Day() | tree.BaseYear() | tree.Param():
                return self.dated(node, shift)
            case tree.Records() | tree.Member() | tree.Size():
                return self.gathered(node, shift)
            case _:
                return self.number(node, shift)

    def nodes(self, nodes: tuple[Node, ...], shift: int) -> tuple[Node, ...]:
        return tuple(self.node(one, shift) for one in nodes)

    def field(self, node: tree.Field) -> Node:
        if self.rows or node.source is not None:
            return node
        return tree.Field(node.name, node.type, FactAt(node.name))

    def number(self, node: Node, shift: int) -> Node:
        """Return what computes or chooses."""
        match node:
            case tree.Arithmetic(operator=operator, left=left, right=right, type=kind):
                return arithmetic(operator, self.node(left, shift), self.node(right, shift), kind)
            case tree.Ratio(numerator=over, denominator=under, type=kind):
                return tree.Ratio(self.node(over, shift), self.node(under, shift), kind)
            case tree.Case(branches=branches, otherwise=otherwise, type=kind):
                parts = tuple((self.node(when, shift), self.node(value, shift)) for when, value in branches)
                return tree.Case(parts, self.node(otherwise, shift), kind)
            case tree.Reach(branches=branches, otherwise=otherwise, side=side, type=kind):
                parts = tuple((self.node(when, shift), self.node(value, shift)) for when, value in branches)
                return tree.Reach(parts, self.node(otherwise, shift), side, kind)
            case tree.Floor(operand=operand, step=step, type=kind):
                return floor(self.node(operand, shift), step, kind)
            case tree.Bounded(low=low, high=high, type=kind):
                return tree.Bounded(self.node(low, shift), self.node(high, shift), kind)
            case tree.Call(function=function, arguments=arguments, type=kind):
                return _called(tree.Call(function, self.nodes(arguments, shift), kind))
            case _:
                raise AssertionError(f"no number: {node}")

    def one_of(self, node: tree.OneOf, shift: int) -> Node:
        operand = self.node(node.operand, shift)
        if operand.type.numeric and uncertain(operand):
            return tree.Any(tuple(compare("=", operand, value) for value in node.values))
        return tree.OneOf(operand, node.values)

    # --- years and dates ----------------------------------------------------------------------

    def dated(self, node: Node, shift: int) -> Node:
        match node:
            case tree.Annual(name=name, shift=own, type=kind):
                year = self.moment.base_year + shift + own
                return tree.Field(f"{name}@{year}", kind, FactAt(name, year))
            case tree.Derived():
                return self.definition(node, shift)
            case tree.Window():
                return self.window(node, shift)
            case tree.Day():
                return self.day(node, shift)
            case tree.Param():
                return self.parameter(node)
            case _:
                return tree.Literal(Decimal(self.moment.base_year + shift), COUNT)

    def definition(self, node: tree.Derived, shift: int) -> Node:
        key = (node.name, shift + node.shift)
        if key not in self.derived:
            computed = self.node(node.definition, shift + node.shift)
            self.derived[key] = self.given(node, shift, computed) if node.given else computed
        return self.derived[key]

    def given(self, node: tree.Derived, shift: int, computed: Node) -> Node:
        """Return the value that was given where there is one, else the computed one."""
        year = self.moment.base_year + shift + node.shift if tree.yearly(node.definition) else None
        name = node.name if year is None else f"{node.name}@{year}"
        own = tree.Field(name, node.type, FactAt(node.name, year, given=True))
        return tree.Case(((tree.Known(own), own),), computed, node.type)

    def window(self, node: tree.Window, shift: int) -> Node:
        if node.function == "cagr":
            raise ExpressionRefused(
                "expression.quotient", "cagr 只能和常量比较。", hint="写成 cagr(revenue, 2) >= 0.05。"
            )
        founding = None if node.founding is None else self.node(node.founding, shift)
        year = self.moment.base_year + shift
        return windows.window(
            node, lambda k: self.node(node.operand, shift + k), year=year, founding=founding
        )

    def day(self, node: tree.Day, shift: int) -> Node:
        try:
            return tree.Literal(moments.resolved(node, self.moment, shift=shift), DATE)
        except (ValueError, OverflowError):
            hint = "请减小年、月、日的距离。"
            raise ExpressionRefused("expression.date", "日期超出了公元 1 至 9999 年。", hint=hint) from None

    def parameter(self, node: tree.Param) -> Node:
        started = [value for first, value in node.values if first <= self.moment.on]
        if not started:
            message = f"参数 {node.name} 在 {self.moment.on} 还没有值。"
            raise ExpressionRefused("expression.parameter", message, hint="请补上更早开始的值。")
        return tree.Literal(started[-1], node.type)

    def compare(self, operator: tree.Comparison, left: Node, right: Node, shift: int) -> Node:
        one, two = compounded(left, shift), compounded(right, shift)
        if one is not None:
            return self.growth(operator, one, self.node(right, shift))
        if two is not None:
            return self.growth(MIRRORED[operator], two, self.node(left, shift))
        return compare(operator, self.node(left, shift), self.node(right, shift))

    def growth(self, operator: tree.Comparison, growing: tuple[tree.Window, int], limit: Node) -> Node:
        """Compare (x₀/x₋ₙ)^(1/n) − 1 with c exactly: x₀/x₋ₙ with (1 + c)ⁿ, where 1 + c is not negative."""
        window, shift = growing
        if not (isinstance(limit, tree.Literal) and isinstance(limit.value, Decimal)):
            raise ExpressionRefused(
                "expression.quotient", "cagr 只能和常量比较。", hint="写成 cagr(revenue, 2) >= 0.05。"
            )
        factor = computed("+", limit.value, Decimal(1))
        if factor < 0:
            raise ExpressionRefused("expression.number", "增长率不会低于 -100%。", hint="请核对比较的数值。")
        return compare(
            operator, self.quotient(window, shift), tree.Literal(power(factor, window.years), RATIO)
        )

    def quotient(self, window: tree.Window, shift: int) -> Node:
        """Return the last value of a compound growth over the first."""
        last, first = self.node(window.operand, shift), self.node(window.operand, shift - window.years)
        return tree.Ratio(last, first, RATIO)

    # --- records and sets ---------------------------------------------------------------------

    def gathered(self, node: Node, shift: int) -> Node:
        match node:
            case tree.Records(value=value, where=where):
                row = _Lowering(self.moment, rows=True)
                return records.bounded(
                    node,
                    None if value is None else row.node(value, shift),
                    None if where is None else row.node(where, shift),
                )
            case tree.Member(operand=operand, values=values):
                fact, year, label = self.set_of(operand, shift)
                allowed = operand.type.values
                found = tuple(
                    tree.Field(f"{label}∋{value}", BOOL, Member(fact, (value,), year, allowed))
                    for value in values
                )
                return found[0] if len(found) == 1 else tree.Any(found)
            case tree.Size(operand=operand):
                fact, year, label = self.set_of(operand, shift)
                return tree.Field(f"{label}#size", COUNT, Size(fact, year, operand.type.values))
            case _:
                raise AssertionError(f"nothing gathered: {node}")

    def set_of(self, operand: Node, shift: int) -> tuple[str, int | None, str]:
        """Return the fact, the year and the column name of a set."""
        match operand:
            case tree.Annual(name=name, shift=own):
                year = self.moment.base_year + shift + own
                return name, year, f"{name}@{year}"
            case tree.Field(name=name):
                return name, None, name
            case _:
                raise AssertionError(f"no set: {operand}")


def compounded(node: Node, shift: int = 0) -> tuple[tree.Window, int] | None:
    """Return the compound growth a node stands for and the shift of its years, None for any other node."""
    while isinstance(node, tree.Derived):
        shift += node.shift
        node = node.definition
    return (node, shift) if isinstance(node, tree.Window) and node.function == "cagr" else None


def _called(node: tree.Call) -> Node:
    """Return the call, or the constant that the part of a constant date is."""
    first = node.arguments[0]
    if node.function in ("year_of", "month_of") and isinstance(first, tree.Literal):
        day = first.value
        part = day.year if node.function == "year_of" else day.month  # type: ignore[union-attr]  # a date by its type
        return tree.Literal(Decimal(part), COUNT)
    return node


MIRRORED: dict[tree.Comparison, tree.Comparison] = {
    "=": "=",
    "<>": "<>",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}
