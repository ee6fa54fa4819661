"""From SQLGlot's tree to the typed authored tree: every node is on a list, every type is checked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import NoReturn, get_args

from sqlglot import exp

from wanqi.rules import bounds, calls, fitting, folding, lowering, reading, tree
from wanqi.rules.errors import ExpressionRefused
from wanqi.rules.functions import MAX_ARGUMENTS
from wanqi.rules.tree import Expression
from wanqi.rules.types import BOOL, COUNT, DATE, RATIO, TEXT, Scope, Type
from wanqi.rules.values import iso_day

__all__ = ["Expression", "parse"]

MAX_BRANCHES = 16
MAX_CHOICES = 200
# How many years before and after the base year an index may name.
MOST_BACK, MOST_AHEAD = 20, 1

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
    exp.Null: ("null", "不能和 NULL 比较。", "要判断有没有数据，写 字段 IS NULL 或 字段 IS NOT NULL。"),
    exp.Subquery: ("query", "不能写查询语句。", "只写一个条件，例如 technology = '5G'。"),
    exp.Select: ("query", "不能写查询语句。", "只写一个条件，例如 technology = '5G'。"),
    exp.Block: ("forbidden", "不能写 ;。", "一处只写一个表达式，请删去分号。"),
}
SEE = "允许的写法见 docs/reference/expressions.md。"
_ORDERED = frozenset({"date", "count", "money", "ratio", "number"})


def parse(text: str, scope: Scope, *, expect: Type | None = BOOL) -> Expression:
    """Return the checked expression.

    expect: the type the whole must have (its base; an enum also its values); None accepts any.
    Raises ExpressionRefused with the place of the first mistake.
    """
    reader = Reader(text, scope)
    syntax = reading.read(text)
    root = reader.node(syntax)
    if expect is not None:
        root = fitting.fit(reader, root, expect, at=syntax)
    core = reader.prove(root, at=syntax)
    if not scope.dated:
        root = core  # nothing to wait for: backends take it as it is
    if expect is not None and root.type.base != expect.base:
        if not fitting.holds(expect, core):
            message = f"整个表达式应是{expect.title}，现在是{root.type.title}。"
            finer = "结果的小数位比这个类型多，请用 round_down 或 round_half_up 取整。"
            plain_numbers = fitting.comparable(root.type, expect) and root.type.numeric
            reader.fail(syntax, "type", message, finer if plain_numbers else "请改写。")
        root = replace(root, type=Type(expect.base, unit=expect.unit))
    return Expression(text=text, root=root, type=root.type, inputs=tree.fields(root))


class Reader:
    """Translates one expression; keeps the text for the places of mistakes.

    rows: inside the condition on a record.
    """

    def __init__(self, text: str, scope: Scope, *, rows: bool = False) -> None:
        self.text = text
        self.scope = scope
        self.rows = rows
        self.proved: dict[int, tuple[tree.Node, tree.Node]] = {}

    def fail(self, at: exp.Expr, code: str, message: str, hint: str) -> NoReturn:
        """Raise the refusal of a node."""
        raise self.error(at, code, message, hint)

    def error(self, at: exp.Expr, code: str, message: str, hint: str) -> ExpressionRefused:
        """Return the refusal of a node with its place."""
        return reading.refused(self.text, reading.start(at), code, message, hint)

    def too_large(self, at: exp.Expr) -> NoReturn:
        """Refuse a number that may pass 128 bits."""
        hint = "连乘的项太多，精确计算会超出 128 位；请减少相乘的项。"
        self.fail(at, "overflow", "计算结果可能过大。", hint)

    def too_long(self, at: exp.Expr) -> NoReturn:
        """Refuse what unfolds into too many parts."""
        self.fail(at, "too-long", "表达式层层嵌套，展开后太大。", "请拆成几个派生数据。")

    def prove(self, node: tree.Node, *, at: exp.Expr) -> tree.Node:
        """Return the tree as any moment lowers it; refuse what unfolds too far or may pass 128 bits."""
        if id(node) in self.proved:
            return self.proved[id(node)][1]
        try:
            core = node if plain(node) else lowering.sample(node, rows=self.rows or not self.scope.dated)
            if bounds.weight(node) > bounds.MAX_WEIGHT or bounds.unfolded(core) > bounds.MAX_NODES:
                self.too_long(at)
            if core is not node:
                bounds.prove(core)
            elif core.type.numeric:
                bounds.extent(core)
        except bounds.TooLarge:
            self.too_large(at)
        except lowering.TooLong:
            self.too_long(at)
        except ExpressionRefused as error:
            self.fail(at, error.code.removeprefix("expression."), error.message, error.hint)
        self.proved[id(node)] = (node, core)
        return core

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
            case exp.Bracket():
                return self.in_year(at)
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
                return calls.call(self, at)
            case _:
                raise self.error(at, "forbidden", "这里的写法不在允许之列。", SEE)

    def condition(self, at: exp.Expr) -> tree.Node:
        """Return a node that is true or false."""
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
        """Return what a name stands for; a set is refused, because only has and size_of can read one."""
        node = self.named(at)
        if node.type.base == "set":
            hint = f"写成 has({at.name}, '值') 或 size_of({at.name})。"
            self.fail(at, "set", f"{at.name} 是多选项，不能直接比较。", hint)
        return node

    def named(self, at: exp.Column) -> tree.Node:
        """Return the field, annual fact, derived fact, parameter or day of a name."""
        name, scope = at.name, self.scope
        if at.args.get("table") or not isinstance(at.this, exp.Identifier):
            self.fail(at, "forbidden", f"不能写 {at.sql()[:40]}。", "直接写字段名，不带前缀。")
        if name in scope.fields:
            kind = scope.fields[name]
            return tree.Annual(name, 0, kind) if name in scope.annual else tree.Field(name, kind)
        if name in scope.derived:
            one = scope.derived[name]
            return tree.Derived(name, 0, one.type, one.root, name in scope.given)
        if name in scope.params:
            return tree.Param(name, scope.params[name].values, scope.params[name].type)
        if scope.dated and name == "on":
            return tree.Day("on")
        if scope.dated and name == "base_year":
            return tree.BaseYear()
        if at.this.args.get("quoted"):
            self.fail(at, "quote", f'"{name}" 用了双引号。', "文字常量用单引号，例如 '5G'。")
        known = [*scope.fields, *scope.derived, *scope.params]
        near = get_close_matches(name, known, n=1) or get_close_matches(name.lower(), known, n=1)
        listed = "、".join(known[:12])
        hint = (
            f"是不是 {near[0]}？" if near else f"可用的字段：{listed}。" if listed else "这里没有可用的字段。"
        )
        raise self.error(at, "unknown-field", f"没有字段 {name[:60]}。", hint)

    def in_year(self, at: exp.Bracket) -> tree.Node:
        """Return an annual fact, or a derived one, moved by a whole number of years."""
        node = self.set_in_year(at)
        if node.type.base == "set":
            self.fail(at, "set", "多选项不能直接比较。", "写成 has(…, '值') 或 size_of(…)。")
        return node

    def set_in_year(self, at: exp.Bracket) -> tree.Node:
        """Return a name with a year index, sets included."""
        if not self.scope.dated or self.rows:
            self.fail(at, "years", "筛选条件中不能写年份下标。", "这里只能用本行的字段。")
        if not isinstance(at.this, exp.Column) or len(at.expressions) != 1:
            self.fail(at, "years", "年份下标只能写在数据项后面。", "例如 revenue[-1]。")
        shift = self.whole(at.expressions[0], -MOST_BACK, MOST_AHEAD, "年份下标")
        match self.named(at.this):
            case tree.Annual() as node:
                return replace(node, shift=shift)
            case tree.Derived() as node if tree.yearly(node):
                return replace(node, shift=shift)
            case _:
                hint = f"直接写 {at.this.name}。"
                raise self.error(at, "years", f"{at.this.name} 没有年份，不能加下标。", hint)

    def counted(
        self, at: exp.Expr, name: str, arguments: list[exp.Expr], least: int, most: int, example: str
    ) -> None:
        """Refuse a call with too few or too many arguments."""
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if most in (least, MAX_ARGUMENTS) else f"{least} 到 {most}"
            message = f"{name} 要 {wanted} 个参数，现在有 {len(arguments)} 个。"
            self.fail(at, "arguments", message, f"例如 {example}。")

    def whole(self, at: exp.Expr, least: int, most: int, what: str) -> int:
        """Return a whole constant in a range."""
        value = at.this if isinstance(at, exp.Neg) else at
        if isinstance(value, exp.Literal) and not value.is_string and str(value.this).isdigit():
            number = -int(value.this) if isinstance(at, exp.Neg) else int(value.this)
            if least <= number <= most:
                return number
        raise self.error(at, "number", f"{what}要写 {least} 到 {most} 的整数。", "写成整数常量，例如 2。")

    def literal(self, at: exp.Literal) -> tree.Node:
        if at.is_string:
            return tree.Literal(str(at.this), TEXT)
        value = Decimal(str(at.this))
        return tree.Literal(value, COUNT if value == value.to_integral_value() else RATIO)

    def negative(self, at: exp.Neg) -> tree.Node:
        node = self.node(at.this)
        if not node.type.numeric:
            self.fail(at, "type", f"{node.type.title}前不能写负号。", "负号只能写在数值前。")
        self.simple(node, at=at.this)
        if isinstance(node, tree.Literal) and isinstance(node.value, Decimal):
            return replace(node, value=-node.value)
        kind = Type(node.type.base, unit=node.type.unit)
        return self.checked(at, tree.Arithmetic("*", tree.Literal(Decimal(-1), COUNT), node, kind))

    def date_literal(self, at: exp.Cast) -> tree.Node:
        inner = at.this
        if at.to.this is not exp.DataType.Type.DATE or not (
            isinstance(inner, exp.Literal) and inner.is_string
        ):
            self.fail(at, "cast", "不能转换类型。", "只有日期常量可以写成 DATE '2023-06-30'。")
        try:
            return tree.Literal(iso_day(inner.this), DATE)
        except ValueError:
            self.fail(at, "date", f"'{inner.this[:20]}' 不是有效的日期。", "写成 DATE '2023-06-30'。")

    # --- comparing ----------------------------------------------------------------------------

    def compare(self, operator: tree.Comparison, at: exp.Expr, one: exp.Expr, two: exp.Expr) -> tree.Node:
        left, right = fitting.pair(self, self.node(one), self.node(two), one, two)
        kind = left.type
        for growing, limit, place in ((left, right, two), (right, left, one)):
            steady = isinstance(limit, tree.Literal | tree.Param)
            if lowering.compounded(growing) is not None and not steady:
                self.fail(place, "quotient", "cagr 只能和常量比较。", "例如 cagr(revenue, 2) >= 0.05。")
        if operator not in ("=", "<>") and kind.base not in _ORDERED:
            self.fail(at, "order", f"{kind.title}不能比较大小。", "用 =、<> 或 IN。")
        node = tree.Compare(operator, left, right)
        if not kind.numeric:
            return node
        if not plain(node):
            self.prove(node, at=at)
            return node
        try:
            bounds.aligned(bounds.extent(left), bounds.extent(right))
        except bounds.TooLarge:
            self.too_large(at)
        return node

    def one_of(self, at: exp.In) -> tree.Node:
        if at.args.get("query") or at.args.get("unnest") or at.args.get("field"):
            self.fail(at, "query", "IN 后面只能列出常量。", "例如 operator IN ('移动', '电信')。")
        operand = self.node(at.this)
        if not at.expressions:
            self.fail(at, "literal", "IN 后面一个值也没有。", "例如 operator IN ('移动', '电信')。")
        if len(at.expressions) > MAX_CHOICES:
            self.fail(at, "too-long", f"IN 最多列 {MAX_CHOICES} 个值。", "请改用开头匹配 starts_with。")
        values: list[tree.Literal] = []
        for one in at.expressions:
            _, value = fitting.pair(self, operand, self.node(one), at.this, one)
            if not isinstance(value, tree.Literal):
                self.fail(one, "literal", "IN 后面只能列出常量。", "例如 operator IN ('移动', '电信')。")
            values.append(value)
        if fitting.has_quotient(operand):
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
        operand = self.node(at.this)
        if any(isinstance(one, tree.Records) for one in tree.walk(operand)):
            self.fail(at, "known-test", "记录的个数和合计不能判断有没有。", "写成比较，例如 … >= 1。")
        self.simple(operand, at=at.this)
        node: tree.Node = tree.Known(operand)
        return node if at.args.get("negate") else tree.Not(node)

    # --- computing ----------------------------------------------------------------------------

    def simple(self, node: tree.Node, *, at: exp.Expr) -> tree.Node:
        """Return the node, refusing a compound growth, which can only be compared."""
        if lowering.compounded(node) is not None:
            self.fail(at, "quotient", "cagr 只能和常量比较。", "例如 cagr(revenue, 2) >= 0.05。")
        return node

    def arithmetic(self, operator: tree.Operation, at: exp.Expr) -> tree.Node:
        one, two = at.args["this"], at.args["expression"]
        left, right = self.node(one), self.node(two)
        for side, place in ((left, one), (right, two)):
            if not side.type.numeric:
                dated = side.type.base == "date"
                hint = "日期先用 year_of 或 month_of 取年、月。" if dated else "只有数值可以加减乘。"
                self.fail(place, "type", f"{side.type.title}不能做加减乘。", hint)
            self.simple(side, at=place)
        if operator == "*":
            if left.type.base == right.type.base == "money":
                self.fail(at, "unit", "金额不能乘金额。", "请检查单位。")
            kind = fitting.multiplied(left.type, right.type)
        else:
            left, right = fitting.pair(self, left, right, one, two)
            kind = fitting.added(left.type, right.type)
        return self.checked(at, tree.Arithmetic(operator, left, right, kind))

    def checked(self, at: exp.Expr, node: tree.Arithmetic) -> tree.Node:
        """Return the node, folded if both sides are constants; refuse what may overflow."""
        if isinstance(node.left, tree.Literal) and isinstance(node.right, tree.Literal):
            folded = folding.arithmetic(node.operator, node.left, node.right, node.type)
            if isinstance(folded, tree.Literal) and isinstance(folded.value, Decimal):
                if abs(folded.value) >= 10**20:
                    self.too_large(at)
                return folded
        if plain(node):
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
        values = fitting.alike(self, [self.node(one) for one in places], places)
        conditions = [self.condition(one.this) for one in at.args["ifs"]]
        branches = tuple(zip(conditions, values[:-1], strict=True))
        return tree.Case(branches, values[-1], fitting.widest(values))


_AUTHORED = frozenset(get_args(tree.Authored))


def plain(node: tree.Node) -> bool:
    """Whether a tree is core as it stands: nothing authored, no choice between quotients."""
    for part in tree.walk(node):
        if type(part) in _AUTHORED:
            return False
        if isinstance(part, tree.Case) and part.type.numeric and fitting.has_quotient(part):
            return False
    return True
