"""Making the parts of an expression one type: constants take the type of what they stand beside."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlglot import exp

from wanqi.rules import bounds, tree
from wanqi.rules.folding import quotient
from wanqi.rules.types import COUNT, MONEY, NUMBER, RATIO, Type

if TYPE_CHECKING:
    from wanqi.rules.parsing import Reader

# The exact numbers that carry no currency, from the narrowest to the widest.
_PLAIN = ("count", "number", "ratio")
_QUOTIENTS = frozenset({"mean", "growth", "avg_growth", "cagr", "hnte_growth"})


def pair(
    reader: Reader, left: tree.Node, right: tree.Node, one: exp.Expr, two: exp.Expr
) -> tuple[tree.Node, tree.Node]:
    """Return both sides with one type: constants take the type of the other side."""
    if constant(left) and not constant(right):
        left = fit(reader, left, right.type, at=one)
    elif not constant(left):
        right = fit(reader, right, left.type, at=two)
    if right.type.base == "money":
        left = fit(reader, left, right.type, at=one)
    if not comparable(left.type, right.type):
        message = f"{left.type.title}不能和{right.type.title}比较。"
        reader.fail(two, "type", message, type_hint(left.type, right.type))
    same_unit(reader, left.type, right.type, at=two)
    return left, right


def same_unit(reader: Reader, left: Type, right: Type, *, at: exp.Expr) -> None:
    """Refuse two numbers counted in different units; a number without a unit fits any."""
    one, two = _unit(left), _unit(right)
    if one and two and one != two:
        reader.fail(at, "unit", f"单位不一致：一边是{one}，一边是{two}。", "请检查两边的单位。")


def fit(reader: Reader, node: tree.Node, kind: Type, *, at: exp.Expr) -> tree.Node:
    """Return the node with its constants read as the wanted type, where that is possible.

    Where money is wanted, a constant times a count is that constant in 元 times the count.
    """
    match node:
        case tree.Literal(value=str() as value) if kind.coded:
            check_code(reader, value, kind, at)
            return tree.Literal(value, kind)
        case tree.Literal(value=Decimal() as value) if kind.numeric:
            return tree.Literal(value, _number_type(reader, value, kind, at))
        case tree.Case(branches=branches, otherwise=otherwise):
            fitted = tuple((when, fit(reader, value, kind, at=at)) for when, value in branches)
            last = fit(reader, otherwise, kind, at=at)
            return tree.Case(fitted, last, last.type)
        case tree.Arithmetic() if kind.base == "money" and node.type.base != "money":
            return _in_money(reader, node, kind, at)
        case tree.Call(function="greatest" | "least", arguments=arguments) if kind.base == "money":
            inside = tuple(fit(reader, one, kind, at=at) for one in arguments)
            return tree.Call(node.function, inside, inside[0].type)
        case tree.Floor(operand=operand, step=step) if kind.base == "money":
            inner = fit(reader, operand, kind, at=at)
            return tree.Floor(inner, step, inner.type if inner.type.base == "money" else node.type)
        case _:
            return node


def _in_money(reader: Reader, node: tree.Arithmetic, kind: Type, at: exp.Expr) -> tree.Node:
    if node.operator != "*":
        left, right = (fit(reader, one, kind, at=at) for one in (node.left, node.right))
        done = left.type.base == right.type.base == "money"
        return replace(node, left=left, right=right, type=_bare(kind)) if done else node
    left, right = node.left, node.right
    if isinstance(left, tree.Literal) and not isinstance(right, tree.Literal):
        return replace(node, left=fit(reader, left, kind, at=at), type=_bare(kind))
    if isinstance(right, tree.Literal) and not isinstance(left, tree.Literal):
        return replace(node, right=fit(reader, right, kind, at=at), type=_bare(kind))
    return node


def _number_type(reader: Reader, value: Decimal, kind: Type, at: exp.Expr) -> Type:
    if kind.base == "money" and value != value.quantize(Decimal("0.01")):
        reader.fail(at, "money", f"金额 {value} 精确到分，最多两位小数。", "金额以元为单位。")
    if kind.base == "count" and value != value.to_integral_value():
        return Type("ratio", unit=kind.unit)
    return _bare(kind)


def _bare(kind: Type) -> Type:
    """Return the type without the limits that a field declared."""
    return Type(kind.base, kind.values, kind.unit)


def check_code(reader: Reader, value: str, kind: Type, at: exp.Expr) -> None:
    """Refuse a constant that is not one of the permitted values, naming the nearest."""
    if kind.values is None or value in kind.values:
        return
    near = get_close_matches(value, kind.values, n=1, cutoff=0.3)
    hint = f"是不是 '{near[0]}'？" if near else f"可选：{'、'.join(kind.values[:20])}。"
    reader.fail(at, "unknown-value", f"'{value[:60]}' 不在可选值中。", hint)


def alike(reader: Reader, values: list[tree.Node], places: list[exp.Expr]) -> list[tree.Node]:
    """Return the values read as one type: that of the first that is no constant, else the widest."""
    for value, place in zip(values, places, strict=True):
        if has_quotient(value):
            hint = "把比较写进条件：ratio(a, b) >= 0.05。"
            reader.fail(place, "quotient", "ratio(…) 只能用在比较里。", hint)
    wanted = next((one.type for one in values if not constant(one)), values[0].type)
    if wanted.base in _PLAIN:
        widest = max((one.type.base for one in values if one.type.base in _PLAIN), key=_PLAIN.index)
        wanted = wanted if widest == wanted.base else Type(widest, unit=wanted.unit)
    fitted = [fit(reader, one, wanted, at=place) for one, place in zip(values, places, strict=True)]
    for value, place in zip(fitted, places, strict=True):
        plain = value.type.base in _PLAIN and wanted.base in _PLAIN
        if not (comparable(value.type, wanted) and (plain or value.type.base == wanted.base)):
            message = f"各个值的类型要一致：这里是{value.type.title}，前面是{wanted.title}。"
            reader.fail(place, "type", message, "请改写。")
        same_unit(reader, wanted, value.type, at=place)
    return fitted


def widest(values: list[tree.Node]) -> Type:
    """Return the type that holds every one of some alike values."""
    bases = [one.type.base for one in values]
    if all(base in _PLAIN for base in bases):
        base = max(bases, key=_PLAIN.index)
        return Type(base, unit=next((one.type.unit for one in values if one.type.unit), None))
    return _bare(values[0].type)


def added(left: Type, right: Type) -> Type:
    """Return the type of a sum of two comparable numbers."""
    if left.base in _PLAIN and right.base in _PLAIN:
        return Type(max(left.base, right.base, key=_PLAIN.index), unit=left.unit or right.unit)
    return _bare(left)


def multiplied(left: Type, right: Type) -> Type:
    """Return the type of a product: money if one is, else the widest; its unit joins both."""
    bases = (left.base, right.base)
    if "money" in bases:
        return MONEY
    units = [unit for unit in (left.unit, right.unit) if unit]
    found = RATIO if "ratio" in bases else NUMBER if "number" in bases else COUNT
    return replace(found, unit="·".join(units) or None)


def divided(over: Type, under: Type) -> Type:
    """Return the type of a quotient: a share, or so much money per unit."""
    if over.base == "money" and under.base != "money":
        return Type("money", unit=f"元/{under.unit}") if under.unit else MONEY
    if over.unit and under.unit and over.unit != under.unit:
        return replace(RATIO, unit=f"{over.unit}/{under.unit}")
    return RATIO


def holds(wanted: Type, core: tree.Node) -> bool:
    """Whether a lowered number without a currency fits the decimals of another such type."""
    if wanted.base not in _PLAIN or core.type.base not in _PLAIN:
        return False
    if quotient(core):
        return wanted.base != "count"  # a quotient fits no column, but it can be compared
    return bounds.extent(core).scale <= bounds.PLACES[wanted.base]


def constant(node: tree.Node) -> bool:
    """Whether a node is a constant, or a choice between constants."""
    match node:
        case tree.Literal():
            return True
        case tree.Case(branches=branches, otherwise=otherwise):
            return all(constant(value) for _, value in branches) and constant(otherwise)
        case _:
            return False


def has_quotient(node: tree.Node) -> bool:
    """Whether a number is or contains a quotient that is not rounded."""
    match node:
        case tree.Arithmetic(left=left, right=right):
            return has_quotient(left) or has_quotient(right)
        case tree.Case(branches=branches, otherwise=otherwise):
            return any(has_quotient(value) for _, value in branches) or has_quotient(otherwise)
        case tree.Derived(definition=definition):
            return has_quotient(definition)
        case tree.Window(function=function):
            return function in _QUOTIENTS
        case _:
            return isinstance(node, tree.Ratio)


def comparable(left: Type, right: Type) -> bool:
    """Whether values of two types may be compared, units aside."""
    if left.base == right.base:
        return left.values is None or right.values is None or left.values == right.values
    return left.base in _PLAIN and right.base in _PLAIN


def _unit(kind: Type) -> str | None:
    return kind.unit or ("元" if kind.base == "money" else None)


def type_hint(left: Type, right: Type) -> str:
    """Return what to write instead of comparing two different types."""
    if "date" in (left.base, right.base):
        return "日期写成 DATE '2023-06-30'。"
    if "bool" in (left.base, right.base):
        return "是否类字段直接写 字段 或 NOT 字段。"
    if left.coded or right.coded:
        return "文字常量加单引号，例如 '26'。"
    return "请检查两边的单位。"
