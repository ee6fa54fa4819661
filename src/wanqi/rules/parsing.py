"""From SQLGlot's tree to the typed logical tree: every node is on a list, every type is checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import NoReturn

from sqlglot import exp

from wanqi.rules import bounds, reading, tree
from wanqi.rules.errors import ExpressionRefused
from wanqi.rules.functions import FUNCTIONS, Function
from wanqi.rules.tree import Expression
from wanqi.rules.types import BOOL, COUNT, DATE, MONEY, RATIO, TEXT, Scope, Type

__all__ = ["Expression", "parse"]

MAX_BRANCHES = 16
MAX_CHOICES = 200
MAX_ARGUMENTS = 60

_COMPARISONS: dict[type[exp.Expr], tree.Comparison] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_OPERATIONS: dict[type[exp.Expr], tree.Operation] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_REFUSED: dict[type[exp.Expr], tuple[str, str, str]] = {
    exp.Div: ("division", "不能用 / 相除：除法会四舍五入，正好达标的会被误判。", "写成 ratio(a, b) >= c。"),
    exp.Like: ("like", "不支持 LIKE。", "按开头匹配写成 starts_with(字段, '26')。"),
    exp.Bracket: ("years", "筛选条件中不能写年份下标。", "这里只能用本行的字段。"),
    exp.Null: ("null", "不能和 NULL 比较。", "要判断有没有数据，写 字段 IS NULL 或 字段 IS NOT NULL。"),
    exp.Subquery: ("query", "不能写查询语句。", "只写一个条件，例如 technology = '5G'。"),
    exp.Select: ("query", "不能写查询语句。", "只写一个条件，例如 technology = '5G'。"),
    exp.Block: ("forbidden", "不能写 ;。", "一处只写一个表达式，请删去分号。"),
}
_SEE = "允许的写法见 docs/reference/expressions.md。"
_FILLING = "给未知数据补一个值：未知既不是零，也不是否。"
_NO_FILLING = "删去它，让结果保持“待补充数据”；要判断有没有数据，写 字段 IS NOT NULL。"
_ORDERED = frozenset({"date", "count", "money", "ratio"})


def parse(text: str, scope: Scope, *, expect: Type | None = BOOL) -> Expression:
    """Return the checked expression.

    expect: the type the whole must have (its base; an enum also its values); None accepts any.
    Raises ExpressionRefused with the place of the first mistake.
    """
    reader = _Reader(text, scope)
    syntax = reading.read(text)
    root = reader.node(syntax)
    if expect is not None:
        root = reader.fit(root, expect, at=syntax)
        if root.type.base != expect.base:
            reader.fail(
                syntax, "type", f"整个表达式应是{expect.title}，现在是{root.type.title}。", "请改写。"
            )
    if bounds.weight(root) > bounds.MAX_WEIGHT:
        reader.fail(syntax, "too-long", "表达式层层嵌套，展开后太大。", "请拆成几个派生数据。")
    try:
        if root.type.numeric:
            bounds.extent(root)
    except bounds.TooLarge:
        reader.too_large(syntax)
    return Expression(text=text, root=root, type=root.type, inputs=tree.fields(root))


class _Reader:
    """Translates one expression; keeps the text for the places of mistakes."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope

    def fail(self, at: exp.Expr, code: str, message: str, hint: str) -> NoReturn:
        raise self.error(at, code, message, hint)

    def error(self, at: exp.Expr, code: str, message: str, hint: str) -> ExpressionRefused:
        return reading.refused(self.text, reading.start(at), code, message, hint)

    def too_large(self, at: exp.Expr) -> NoReturn:
        hint = "连乘的项太多，精确计算会超出 128 位；请减少相乘的项。"
        self.fail(at, "overflow", "计算结果可能过大。", hint)

    # --- one node -----------------------------------------------------------------------------

    def node(self, at: exp.Expr) -> tree.Node:
        """Return the typed node. Raises ExpressionRefused for anything not on the list."""
        if type(at) in _REFUSED:
            self.fail(at, *_REFUSED[type(at)])
        if type(at) in _COMPARISONS:
            return self.compare(_COMPARISONS[type(at)], at, at.args["this"], at.args["expression"])
        if type(at) in _OPERATIONS:
            return self.arithmetic(_OPERATIONS[type(at)], at)
        match at:
            case exp.Paren():
                return self.node(at.this)
            case exp.And() | exp.Or():
                return self.connected(at)
            case exp.Not():
                return tree.Not(self.condition(at.this))
            case exp.Column():
                return self.field(at)
            case exp.Literal():
                return self.literal(at)
            case exp.Boolean():
                return tree.Literal(bool(at.this), BOOL)
            case exp.Neg():
                return self.negative(at)
            case exp.Cast():
                return self.date_literal(at)
            case exp.In():
                return self.one_of(at)
            case exp.Between():
                return self.between(at)
            case exp.Is():
                return self.known(at)
            case exp.Case():
                return self.case(at)
            case exp.Func():
                return self.call(at)
            case _:
                raise self.error(at, "forbidden", "这里的写法不在允许之列。", _SEE)

    def condition(self, at: exp.Expr) -> tree.Node:
        node = self.node(at)
        if node.type.base != "bool":
            self.fail(at, "type", f"这里要一个条件，现在是{node.type.title}。", "写成比较，例如 字段 = 值。")
        return node

    def connected(self, at: exp.And | exp.Or) -> tree.Node:
        """Flatten a chain of the same connective, so a long chain does not nest."""
        kind, pending, parts = type(at), [at], list[tree.Node]()
        stack: list[exp.Expr] = list(pending)
        while stack:
            one = stack.pop()
            if type(one) is kind:
                stack.extend((one.args["expression"], one.args["this"]))
            else:
                parts.append(self.condition(one))
        return tree.All(tuple(parts)) if kind is exp.And else tree.Any(tuple(parts))

    # --- leaves -------------------------------------------------------------------------------

    def field(self, at: exp.Column) -> tree.Node:
        name = at.name
        if at.args.get("table") or not isinstance(at.this, exp.Identifier):
            self.fail(at, "forbidden", f"不能写 {at.sql()[:40]}。", "直接写字段名，不带前缀。")
        if name in self.scope.fields:
            return tree.Field(name, self.scope.fields[name])
        if at.this.args.get("quoted"):
            self.fail(at, "quote", f'"{name}" 用了双引号。', "文字常量用单引号，例如 '5G'。")
        near = get_close_matches(name, list(self.scope.fields), n=1)
        listed = "、".join(list(self.scope.fields)[:12])
        hint = (
            f"是不是 {near[0]}？" if near else f"可用的字段：{listed}。" if listed else "这里没有可用的字段。"
        )
        raise self.error(at, "unknown-field", f"没有字段 {name[:60]}。", hint)

    def literal(self, at: exp.Literal) -> tree.Node:
        if at.is_string:
            return tree.Literal(str(at.this), TEXT)
        value = Decimal(str(at.this))
        return tree.Literal(value, COUNT if value == value.to_integral_value() else RATIO)

    def negative(self, at: exp.Neg) -> tree.Node:
        node = self.node(at.this)
        if not node.type.numeric:
            self.fail(at, "type", f"{node.type.title}前不能写负号。", "负号只能写在数值前。")
        if isinstance(node, tree.Literal) and isinstance(node.value, Decimal):
            return replace(node, value=-node.value)
        return self.checked(at, tree.Arithmetic("*", tree.Literal(Decimal(-1), COUNT), node, node.type))

    def date_literal(self, at: exp.Cast) -> tree.Node:
        inner = at.this
        if at.to.this is not exp.DataType.Type.DATE or not (
            isinstance(inner, exp.Literal) and inner.is_string
        ):
            self.fail(at, "cast", "不能转换类型。", "只有日期常量可以写成 DATE '2023-06-30'。")
        try:
            if len(inner.this) != 10:
                raise ValueError(inner.this)
            return tree.Literal(date.fromisoformat(inner.this), DATE)
        except ValueError:
            self.fail(at, "date", f"'{inner.this[:20]}' 不是有效的日期。", "写成 DATE '2023-06-30'。")

    # --- comparing ----------------------------------------------------------------------------

    def compare(self, operator: tree.Comparison, at: exp.Expr, one: exp.Expr, two: exp.Expr) -> tree.Node:
        left, right = self.pair(self.node(one), self.node(two), one, two)
        kind = left.type
        if operator in ("=", "<>") or kind.base in _ORDERED:
            node = tree.Compare(operator, left, right)
            if kind.numeric:
                try:
                    bounds.aligned(bounds.extent(left), bounds.extent(right))
                except bounds.TooLarge:
                    self.too_large(at)
            return node
        raise self.error(at, "order", f"{kind.title}不能比较大小。", "用 =、<> 或 IN。")

    def pair(
        self, left: tree.Node, right: tree.Node, one: exp.Expr, two: exp.Expr
    ) -> tuple[tree.Node, tree.Node]:
        """Return both sides with one type: constants take the type of the other side."""
        if _constant(left) and not _constant(right):
            left = self.fit(left, right.type, at=one)
        elif not _constant(left):
            right = self.fit(right, left.type, at=two)
        if not _comparable(left.type, right.type):
            message = f"{left.type.title}不能和{right.type.title}比较。"
            self.fail(two, "type", message, _type_hint(left.type, right.type))
        return left, right

    def fit(self, node: tree.Node, kind: Type, *, at: exp.Expr) -> tree.Node:
        """Return the node with its constants read as the wanted type, where that is possible."""
        match node:
            case tree.Literal(value=str() as value) if kind.coded:
                self.check_code(value, kind, at)
                return tree.Literal(value, kind)
            case tree.Literal(value=Decimal() as value) if kind.numeric:
                return tree.Literal(value, self.number_type(value, kind, at))
            case tree.Case(branches=branches, otherwise=otherwise):
                fitted = tuple((when, self.fit(value, kind, at=at)) for when, value in branches)
                last = self.fit(otherwise, kind, at=at)
                return tree.Case(fitted, last, last.type)
            case _:
                return node

    def number_type(self, value: Decimal, kind: Type, at: exp.Expr) -> Type:
        if kind.base == "money" and value != value.quantize(Decimal("0.01")):
            self.fail(at, "money", f"金额 {value} 精确到分，最多两位小数。", "金额以元为单位。")
        if kind.base == "count" and value != value.to_integral_value():
            return RATIO
        return kind

    def check_code(self, value: str, kind: Type, at: exp.Expr) -> None:
        if kind.values is None or value in kind.values:
            return
        near = get_close_matches(value, kind.values, n=1, cutoff=0.3)
        hint = f"是不是 '{near[0]}'？" if near else f"可选：{'、'.join(kind.values[:20])}。"
        self.fail(at, "unknown-value", f"'{value[:60]}' 不在可选值中。", hint)

    def one_of(self, at: exp.In) -> tree.Node:
        if at.args.get("query") or at.args.get("unnest") or at.args.get("field"):
            self.fail(at, "query", "IN 后面只能列出常量。", "例如 operator IN ('移动', '电信')。")
        operand = self.node(at.this)
        if len(at.expressions) > MAX_CHOICES:
            self.fail(at, "too-long", f"IN 最多列 {MAX_CHOICES} 个值。", "请改用开头匹配 starts_with。")
        values: list[tree.Literal] = []
        for one in at.expressions:
            _, value = self.pair(operand, self.node(one), at.this, one)
            if not isinstance(value, tree.Literal):
                self.fail(one, "literal", "IN 后面只能列出常量。", "例如 operator IN ('移动', '电信')。")
            values.append(value)
        if _has_ratio(operand):
            self.fail(at, "quotient", "ratio(…) 不能用 IN。", "写成比较。")
        return tree.OneOf(operand, tuple(values))

    def between(self, at: exp.Between) -> tree.Node:
        if at.args.get("symmetric"):
            self.fail(at, "forbidden", "不支持 BETWEEN SYMMETRIC。", "写成 BETWEEN 小值 AND 大值。")
        low = self.compare(">=", at, at.this, at.args["low"])
        return tree.All((low, self.compare("<=", at, at.this, at.args["high"])))

    def known(self, at: exp.Is) -> tree.Node:
        if not isinstance(at.expression, exp.Null):
            self.fail(at, "is", "IS 后面只能写 NULL 或 NOT NULL。", "是否类字段直接写 字段 或 NOT 字段。")
        if not self.scope.known_tests:
            message = "这里不能判断数据有没有：补上一项数据不应使“符合”变成“不符合”。"
            self.fail(at, "known-test", message, "删去 IS NULL，未知时结果自动为“待补充数据”。")
        node: tree.Node = tree.Known(self.node(at.this))
        return node if at.args.get("negate") else tree.Not(node)

    # --- computing ----------------------------------------------------------------------------

    def arithmetic(self, operator: tree.Operation, at: exp.Expr) -> tree.Node:
        one, two = at.args["this"], at.args["expression"]
        left, right = self.node(one), self.node(two)
        for side, place in ((left, one), (right, two)):
            if not side.type.numeric:
                hint = (
                    "日期先用 year_of 或 month_of 取年、月。"
                    if side.type.base == "date"
                    else "只有数值可以加减乘。"
                )
                self.fail(place, "type", f"{side.type.title}不能做加减乘。", hint)
        if operator == "*":
            if left.type.base == right.type.base == "money":
                self.fail(at, "unit", "金额不能乘金额。", "请检查单位。")
            kind = (
                MONEY
                if MONEY in (left.type, right.type)
                else RATIO
                if RATIO in (left.type, right.type)
                else COUNT
            )
        else:
            left, right = self.pair(left, right, one, two)
            kind = RATIO if {left.type.base, right.type.base} == {"count", "ratio"} else left.type
        return self.checked(at, tree.Arithmetic(operator, left, right, kind))

    def checked(self, at: exp.Expr, node: tree.Arithmetic) -> tree.Node:
        """Return the node, folded if both sides are constants; refuse what may overflow."""
        left, right = node.left, node.right
        if isinstance(left, tree.Literal) and isinstance(right, tree.Literal):
            a, b = left.value, right.value
            if isinstance(a, Decimal) and isinstance(b, Decimal):
                value = a * b if node.operator == "*" else a + b if node.operator == "+" else a - b
                if abs(value) >= 10**20:
                    self.too_large(at)
                return tree.Literal(value, node.type)
        try:
            bounds.extent(node)
        except bounds.TooLarge:
            self.too_large(at)
        return node

    def case(self, at: exp.Case) -> tree.Node:
        if at.this is not None:
            self.fail(at, "case", "CASE 后面直接写 WHEN。", "写成 CASE WHEN 条件 THEN 值 ELSE 值 END。")
        if at.args.get("default") is None:
            self.fail(at, "case", "CASE 少了 ELSE。", "写明其余情况的值：… ELSE 值 END。")
        if len(at.args["ifs"]) > MAX_BRANCHES:
            self.fail(at, "too-long", f"CASE 最多 {MAX_BRANCHES} 个分支。", "请拆成几个派生数据。")
        places = [one.args["true"] for one in at.args["ifs"]] + [at.args["default"]]
        values = self.alike([self.node(one) for one in places], places)
        conditions = [self.condition(one.this) for one in at.args["ifs"]]
        return tree.Case(tuple(zip(conditions, values[:-1], strict=True)), values[-1], values[-1].type)

    def alike(self, values: list[tree.Node], places: list[exp.Expr]) -> list[tree.Node]:
        """Return the values read as one type: that of the first that is no constant, else the widest."""
        for value, place in zip(values, places, strict=True):
            if _has_ratio(value):
                self.fail(
                    place, "quotient", "ratio(…) 只能用在比较里。", "把比较写进条件：ratio(a, b) >= 0.05。"
                )
        wanted = next((one.type for one in values if not _constant(one)), values[0].type)
        if wanted == COUNT and any(one.type == RATIO for one in values):
            wanted = RATIO
        fitted = [self.fit(one, wanted, at=place) for one, place in zip(values, places, strict=True)]
        for value, place in zip(fitted, places, strict=True):
            if not _comparable(value.type, wanted) or value.type.base != wanted.base:
                message = f"各个值的类型要一致：这里是{value.type.title}，前面是{wanted.title}。"
                self.fail(place, "type", message, "请改写。")
        return fitted

    def call(self, at: exp.Func) -> tree.Node:
        if not isinstance(at, exp.Anonymous):
            self.fail(at, "forbidden", "这里的写法不在允许之列。", _SEE)
        name, arguments = at.name.lower(), list(at.expressions)
        if name in ("coalesce", "ifnull", "nvl", "nullif"):
            self.fail(at, "coalesce", f"不能用 {name} {_FILLING}", _NO_FILLING)
        if name == "ratio":
            return self.ratio(at, arguments)
        function = FUNCTIONS.get(name)
        if function is None:
            known = [*FUNCTIONS, "ratio"]
            near = get_close_matches(name, known, n=1)
            hint = f"是不是 {near[0]}？" if near else f"可用的函数：{'、'.join(known)}。"
            self.fail(at, "unknown-function", f"没有函数 {name[:40]}。", hint)
        return self.apply(at, function, arguments)

    def apply(self, at: exp.Func, function: Function, arguments: list[exp.Expr]) -> tree.Node:
        least = len(function.parameters)
        most = MAX_ARGUMENTS if function.many else least
        if not least <= len(arguments) <= most:
            message = f"{function.name} 要 {least} 个参数，现在有 {len(arguments)} 个。"
            self.fail(at, "arguments", message, f"例如 {function.example}。")
        nodes = [self.node(one) for one in arguments]
        for index, (node, place) in enumerate(zip(nodes, arguments, strict=True)):
            allowed = function.parameters[min(index, least - 1)]
            if node.type.base not in allowed:
                message = f"{function.name} 的第 {index + 1} 个参数不能是{node.type.title}。"
                self.fail(place, "type", message, f"例如 {function.example}。")
        for index, (node, place) in enumerate(zip(nodes, arguments, strict=True)):
            late = function.literal_from is not None and index >= function.literal_from
            if late and not isinstance(node, tree.Literal):
                message = f"{function.name} 的第 {index + 1} 个参数要写常量。"
                self.fail(place, "literal", message, f"例如 {function.example}。")
        if function.result is not None:
            return tree.Call(function.name, tuple(nodes), function.result)
        nodes = self.alike(nodes, arguments)
        return tree.Call(function.name, tuple(nodes), nodes[0].type)

    def ratio(self, at: exp.Func, arguments: list[exp.Expr]) -> tree.Node:
        if len(arguments) != 2:
            message = f"ratio 要 2 个参数，现在有 {len(arguments)} 个。"
            self.fail(at, "arguments", message, "例如 ratio(rd_expense, revenue) >= 0.05。")
        over, under = (self.node(one) for one in arguments)
        for node, place in ((over, arguments[0]), (under, arguments[1])):
            if not node.type.numeric or _has_ratio(node):
                self.fail(
                    place,
                    "type",
                    "ratio 的两项要是数值，且不能再套 ratio。",
                    "例如 ratio(rd_expense, revenue)。",
                )
        if over.type.base != "money" and under.type.base == "money":
            self.fail(at, "unit", "不能用非金额除以金额。", "请检查两项的次序。")
        kind = MONEY if over.type.base == "money" and under.type.base != "money" else RATIO
        return tree.Ratio(over, under, kind)


def _constant(node: tree.Node) -> bool:
    match node:
        case tree.Literal():
            return True
        case tree.Case(branches=branches, otherwise=otherwise):
            return all(_constant(value) for _, value in branches) and _constant(otherwise)
        case _:
            return False


def _has_ratio(node: tree.Node) -> bool:
    if isinstance(node, tree.Arithmetic):
        return _has_ratio(node.left) or _has_ratio(node.right)
    return isinstance(node, tree.Ratio)


def _comparable(left: Type, right: Type) -> bool:
    if left.base == right.base:
        return left.values is None or right.values is None or left.values == right.values
    return {left.base, right.base} == {"count", "ratio"}


def _type_hint(left: Type, right: Type) -> str:
    if "date" in (left.base, right.base):
        return "日期写成 DATE '2023-06-30'。"
    if "bool" in (left.base, right.base):
        return "是否类字段直接写 字段 或 NOT 字段。"
    if left.coded or right.coded:
        return "文字常量加单引号，例如 '26'。"
    return "请检查两边的单位。"
