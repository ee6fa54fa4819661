"""Calls over more than one value: records of a kind, titles held, sets and code lists."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlglot import exp

from wanqi.rules import bounds, fitting, lowering, tree
from wanqi.rules.functions import MAX_ARGUMENTS
from wanqi.rules.types import BOOL, COUNT, TEXT, RecordScope, Scope, Type

if TYPE_CHECKING:
    from wanqi.rules.parsing import Reader

MAX_TOP = 100
TITLES = "titles"
# What `holds` asks of a title: whose it is and that it is in force on the day.
_HELD = {"programme": "coded", "grant_date": "date", "valid_to": "date", "revoked_date": "date"}


def count_where(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """count_where(kind[, condition]): how many records match."""
    reader.counted(at, name, arguments, 1, 2, "count_where(ip, kind = '发明专利') >= 1")
    kind, scope = _kind(reader, arguments[0])
    where = _condition(reader, scope, arguments[1]) if len(arguments) == 2 else None
    return tree.Records(kind, "count", None, where, None, COUNT, scope)


def any_where(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """any_where(kind[, condition]): whether a record matches."""
    reader.counted(at, name, arguments, 1, 2, "any_where(incidents, date >= years_before(on, 3))")
    return _some(count_where(reader, at, "count_where", arguments))


def sum_where(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """sum_where(kind, value[, condition]): the sum over the records that match."""
    reader.counted(at, name, arguments, 2, 3, "sum_where(financing, amount, qualified)")
    kind, scope = _kind(reader, arguments[0])
    value = _value(reader, scope, arguments[1])
    where = _condition(reader, scope, arguments[2]) if len(arguments) == 3 else None
    return tree.Records(kind, "sum", value, where, None, Type(value.type.base, unit=value.type.unit), scope)


def top_where(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """top_where(kind, value, n[, condition]): the sum of the n largest values, none of which is negative."""
    reader.counted(at, name, arguments, 3, 4, "top_where(purchases, amount, 3)")
    kind, scope = _kind(reader, arguments[0])
    value = _value(reader, scope, arguments[1])
    most = reader.whole(arguments[2], 1, MAX_TOP, f"{name} 的第 3 个参数")
    if not bounds.positive(value):
        hint = "给这个字段声明 positive: true。"
        reader.fail(arguments[1], "negative", f"{name} 的值要保证不为负。", hint)
    where = _condition(reader, scope, arguments[3]) if len(arguments) == 4 else None
    return tree.Records(kind, "top", value, where, most, Type(value.type.base, unit=value.type.unit), scope)


def holds(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """holds('id', …): whether one of the titles is in force on the day asked about."""
    example = "holds('cn.high-tech')"
    reader.counted(at, name, arguments, 1, MAX_ARGUMENTS, example)
    scope = reader.scope.records.get(TITLES)
    if scope is None or any(not _fits(scope.fields.get(one), base) for one, base in _HELD.items()):
        hint = f"数据字典的 records.{TITLES} 要有 {'、'.join(_HELD)}。"
        reader.fail(at, "records", "没有称号清单，不能用 holds。", hint)
    ids = [_programme(reader, one) for one in arguments]
    field = {one: tree.Field(one, scope.fields[one]) for one in _HELD}
    named = tree.OneOf(field["programme"], tuple(tree.Literal(one, scope.fields["programme"]) for one in ids))
    today = tree.Day("on")
    where = tree.All(
        (
            named,
            tree.Compare("<=", field["grant_date"], today),
            tree.Compare(">=", field["valid_to"], today),
            tree.Compare(">", field["revoked_date"], today),
        )
    )
    return _some(tree.Records(TITLES, "count", None, where, None, COUNT, scope))


def has(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """has(set, 'value', …): whether the set holds any of the values."""
    reader.counted(at, name, arguments, 2, MAX_ARGUMENTS, "has(main_product_field_flags, '补短板')")
    operand = _set(reader, arguments[0], name)
    values = [_text(reader, one, name) for one in arguments[1:]]
    for value, place in zip(values, arguments[1:], strict=True):
        fitting.check_code(reader, value, operand.type, place)
    return tree.Member(operand, tuple(dict.fromkeys(values)))


def size_of(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """size_of(set): how many values the set holds."""
    reader.counted(at, name, arguments, 1, 1, "size_of(core_process_on_system) >= 1")
    return tree.Size(_set(reader, arguments[0], name))


def in_list(reader: Reader, at: exp.Func, name: str, arguments: list[exp.Expr]) -> tree.Node:
    """in_list(code, 'list'): whether the code begins with one of the prefixes of a code list."""
    example = "in_list(gbt4754_code, 'strategic-emerging')"
    reader.counted(at, name, arguments, 2, 2, example)
    code = reader.node(arguments[0])
    if code.type.base != "text":
        message = f"in_list 的第 1 个参数要是文本，现在是{code.type.title}。"
        reader.fail(arguments[0], "type", message, f"例如 {example}。")
    wanted = _text(reader, arguments[1], name)
    prefixes = reader.scope.lists.get(wanted)
    if prefixes is None:
        near = get_close_matches(wanted, list(reader.scope.lists), n=1)
        listed = "、".join(list(reader.scope.lists)[:12])
        hint = (
            f"是不是 '{near[0]}'？" if near else f"可用的代码表：{listed}。" if listed else "还没有代码表。"
        )
        reader.fail(arguments[1], "unknown-list", f"没有代码表 '{wanted[:60]}'。", hint)
    if not prefixes:
        reader.fail(arguments[1], "unknown-list", f"代码表 '{wanted[:60]}' 是空的。", "先写上代码。")
    shortest: list[str] = []
    for prefix in sorted(prefixes):
        if not (shortest and prefix.startswith(shortest[-1])):
            shortest.append(prefix)
    literals = tuple(tree.Literal(prefix, TEXT) for prefix in shortest)
    return tree.Call("starts_with", (code, *literals), BOOL)


# --- parts --------------------------------------------------------------------------------------------------------


def _some(found: tree.Node) -> tree.Node:
    return tree.Compare(">=", found, tree.Literal(Decimal(1), COUNT))


def _kind(reader: Reader, at: exp.Expr) -> tuple[str, RecordScope]:
    kinds = reader.scope.records
    name = at.name if isinstance(at, exp.Column) and not at.args.get("table") else ""
    if name in kinds:
        return name, kinds[name]
    near = get_close_matches(name, list(kinds), n=1)
    listed = "、".join(list(kinds)[:20])
    hint = f"是不是 {near[0]}？" if near else f"可用的记录：{listed}。" if listed else "还没有记录种类。"
    raise reader.error(at, "unknown-records", f"没有记录种类 {name[:60] or at.sql()[:60]}。", hint)


def _rows(reader: Reader, scope: RecordScope) -> Reader:
    """Return a reader for the fields of one record."""
    own = reader.scope
    inside = Scope(scope.fields, known_tests=own.known_tests, dated=True, lists=own.lists, params=own.params)
    return type(reader)(reader.text, inside, rows=True)


def _condition(reader: Reader, scope: RecordScope, at: exp.Expr) -> tree.Node:
    row = _rows(reader, scope)
    where = row.condition(at)
    row.prove(where, at=at)
    return where


def _value(reader: Reader, scope: RecordScope, at: exp.Expr) -> tree.Node:
    """Return the number to add up; it must fit the decimals of its column."""
    row = _rows(reader, scope)
    value = row.node(at)
    if not value.type.numeric or fitting.has_quotient(value):
        row.fail(at, "type", "这里要一个数值，且不能用 ratio。", "例如 amount。")
    row.prove(value, at=at)
    finest = bounds.extent(lowering.sample(value, rows=True)).scale
    if finest > bounds.PLACES[value.type.base]:
        hint = "把系数写到合计外面，例如 0.5 * sum_where(…)。"
        row.fail(at, "places", f"每条记录的值最多 {bounds.PLACES[value.type.base]} 位小数。", hint)
    return value


def _fits(kind: Type | None, base: str) -> bool:
    return kind is not None and (kind.base in ("text", "enum") if base == "coded" else kind.base == base)


def _programme(reader: Reader, at: exp.Expr) -> str:
    wanted = _text(reader, at, "holds")
    known = reader.scope.programmes
    if known is None or wanted in known:
        return wanted
    near = get_close_matches(wanted, sorted(known), n=1)
    hint = f"是不是 '{near[0]}'？" if near else "先在 programmes/ 中写出这个事项。"
    raise reader.error(at, "unknown-programme", f"没有事项 '{wanted[:60]}'。", hint)


def _set(reader: Reader, at: exp.Expr, name: str) -> tree.Node:
    match at:
        case exp.Column():
            node = reader.named(at)
        case exp.Bracket():
            node = reader.set_in_year(at)
        case _:
            node = reader.node(at)
    if node.type.base != "set":
        hint = "只有数据字典中 type: set 的数据项可以这样用。"
        reader.fail(at, "type", f"{name} 的第 1 个参数要是多选项，现在是{node.type.title}。", hint)
    return node


def _text(reader: Reader, at: exp.Expr, name: str) -> str:
    if isinstance(at, exp.Literal) and at.is_string:
        return str(at.this)
    raise reader.error(at, "literal", f"{name} 的这个参数要写带引号的常量。", "例如 'cn.high-tech'。")
