"""Polars expressions: integers only, cross-multiplied in 128 bits, null = unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from wanqi.rules import tree, values
from wanqi.rules.bounds import PLACES, Extent, aligned, extent, scaled
from wanqi.rules.errors import RulesError
from wanqi.rules.parsing import Expression
from wanqi.rules.types import Scope, Type

_DTYPES: Mapping[str, type[pl.DataType]] = {
    "count": pl.Int64,
    "money": pl.Int64,
    "ratio": pl.Int64,
    "number": pl.Int64,
    "date": pl.Date,
    "bool": pl.Boolean,
    "text": pl.String,
    "enum": pl.String,
    "area": pl.String,
}


@dataclass(frozen=True, slots=True)
class Number:
    """numerator / (denominator × 10^scale); a denominator of None is 1, any other is positive or null."""

    numerator: pl.Expr
    denominator: pl.Expr | None
    bounds: Extent


def compile_expression(expression: Expression) -> pl.Expr:
    """Return the expression over the columns of `frame`. Raises RulesError for a quotient."""
    if not expression.type.numeric:
        return _plain(expression.root)
    number = _number(expression.root)
    places = PLACES[expression.type.base]
    if number.denominator is not None or number.bounds.scale > places:
        raise RulesError("商没有精确的列：请写成比较，例如 ratio(a, b) >= 0.05，或逐行计算。")
    return number.numerator * _integer(10 ** (places - number.bounds.scale))


def frame(rows: Iterable[Mapping[str, object]], scope: Scope) -> pl.DataFrame:
    """Return the checked rows as columns; money in fen, ratios in 10⁻⁸."""
    checked = [values.row(one, scope.fields) for one in rows]
    return pl.DataFrame(
        {name: [_stored(one[name], kind) for one in checked] for name, kind in scope.fields.items()},
        schema={name: _DTYPES[kind.base] for name, kind in scope.fields.items()},
    )


def _stored(value: values.Value | None, kind: Type) -> object:
    if value is None or not kind.numeric:
        return value
    return int(Decimal(value).scaleb(PLACES[kind.base]))  # type: ignore[arg-type]  # numeric by its type


def _integer(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int128)


def _plain(node: tree.Node) -> pl.Expr:
    """Return a node that is no number."""
    match node:
        case tree.Field(name=name):
            return pl.col(name)
        case tree.Literal(value=constant):
            return pl.lit(constant, dtype=_DTYPES[node.type.base])
        case tree.Compare():
            return _compare(node)
        case tree.OneOf():
            return _one_of(node)
        case tree.All(parts=parts):
            return pl.all_horizontal([_plain(part) for part in parts])
        case tree.Any(parts=parts):
            return pl.any_horizontal([_plain(part) for part in parts])
        case tree.Not(operand=operand):
            return _plain(operand).not_()
        case tree.Known(operand=operand):
            return _known(operand)
        case tree.Case():
            return _case(node)
        case tree.Call():
            return _call(node)
        case _:
            raise AssertionError(f"not a plain node: {node}")


def _number(node: tree.Node) -> Number:
    match node:
        case tree.Field(name=name):
            return Number(pl.col(name).cast(pl.Int128), None, extent(node))
        case tree.Literal(value=Decimal() as constant):
            return Number(_integer(scaled(constant)[0]), None, extent(node))
        case tree.Arithmetic():
            return _arithmetic(node)
        case tree.Ratio(numerator=over, denominator=under):
            top, bottom = _number(over), _number(under)
            positive = pl.when(bottom.numerator > _integer(0)).then(bottom.numerator)
            return Number(top.numerator, positive, extent(node))
        case tree.Case() | tree.Call(function="greatest" | "least"):
            plain = _case(node) if isinstance(node, tree.Case) else _call(node)
            return Number(plain, None, extent(node))
        case tree.Call():
            return Number(_call(node).cast(pl.Int128), None, extent(node))
        case _:
            raise AssertionError(f"not a number: {node}")


def _arithmetic(node: tree.Arithmetic) -> Number:
    left, right = _number(node.left), _number(node.right)
    under = _times(left.denominator, right.denominator)
    if node.operator == "*":
        return Number(left.numerator * right.numerator, under, extent(node))
    one, two = _crossed(left, right)
    return Number(one + two if node.operator == "+" else one - two, under, extent(node))


def _times(one: pl.Expr | None, two: pl.Expr | None) -> pl.Expr | None:
    return two if one is None else one if two is None else one * two


def _crossed(left: Number, right: Number) -> tuple[pl.Expr, pl.Expr]:
    """Return both numerators over one common positive denominator and scale."""
    first, second = aligned(left.bounds, right.bounds)
    one, two = left.numerator * _integer(first), right.numerator * _integer(second)
    return (
        one if right.denominator is None else one * right.denominator,
        two if left.denominator is None else two * left.denominator,
    )


def _sides(left: tree.Node, right: tree.Node) -> tuple[pl.Expr, pl.Expr]:
    if left.type.numeric:
        return _crossed(_number(left), _number(right))
    return _plain(left), _plain(right)


_MIRRORED: Mapping[tree.Comparison, tree.Comparison] = {
    "=": "=",
    "<>": "<>",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


def _compare(node: tree.Compare) -> pl.Expr:
    """Compare, with a constant side on the right.

    Polars 2.1 answers `constant == column` with one row where the column is a conditional times a constant and
    holds nothing but nulls; with the constant on the right it answers every row.
    """
    if not tree.fields(node.left) and tree.fields(node.right):
        node = tree.Compare(_MIRRORED[node.operator], node.right, node.left)
    one, two = _sides(node.left, node.right)
    compared = {
        "=": one == two,
        "<>": one != two,
        "<": one < two,
        "<=": one <= two,
        ">": one > two,
        ">=": one >= two,
    }
    return compared[node.operator]


def _one_of(node: tree.OneOf) -> pl.Expr:
    return pl.any_horizontal([_compare(tree.Compare("=", node.operand, value)) for value in node.values])


def _known(operand: tree.Node) -> pl.Expr:
    if not operand.type.numeric:
        return _plain(operand).is_not_null()
    number = _number(operand)
    known = number.numerator.is_not_null()
    return known if number.denominator is None else known & number.denominator.is_not_null()


def _outcome(node: tree.Node, *, scale: int) -> pl.Expr:
    """Return a value to choose from; numbers at the given scale, so that equal values are equal integers."""
    if not node.type.numeric:
        return _plain(node)
    number = _number(node)
    return number.numerator * _integer(10 ** (scale - number.bounds.scale))


def _case(node: tree.Case) -> pl.Expr:
    """Choose the first outcome that may be reached, and keep it only if every other reachable one equals it."""
    scale = extent(node).scale if node.type.numeric else 0
    outcomes = [_outcome(value, scale=scale) for _, value in node.branches]
    outcomes.append(_outcome(node.otherwise, scale=scale))
    holds = [_plain(condition) for condition, _ in node.branches]
    alive, reachable = pl.lit(True), list[pl.Expr]()
    for condition in holds:
        reachable.append(alive & condition.fill_null(True))
        alive = alive & condition.fill_null(False).not_()
    reachable.append(alive)
    first = pl.coalesce([pl.when(may).then(value) for may, value in zip(reachable, outcomes, strict=True)])
    agreed = [
        may.not_() | (first == value).fill_null(False) for may, value in zip(reachable, outcomes, strict=True)
    ]
    return pl.when(pl.all_horizontal(agreed)).then(first)


def _call(node: tree.Call) -> pl.Expr:
    return CALLS[node.function](node)


def _starts_with(node: tree.Call) -> pl.Expr:
    text = _plain(node.arguments[0])
    prefixes = [str(one.value) for one in node.arguments[1:] if isinstance(one, tree.Literal)]
    return pl.any_horizontal([text.str.starts_with(prefix) for prefix in prefixes])


def _year_of(node: tree.Call) -> pl.Expr:
    return _plain(node.arguments[0]).dt.year()


def _month_of(node: tree.Call) -> pl.Expr:
    return _plain(node.arguments[0]).dt.month()


def _extreme(node: tree.Call) -> pl.Expr:
    scale = extent(node).scale if node.type.numeric else 0
    parts = [_outcome(argument, scale=scale) for argument in node.arguments]
    chosen = pl.max_horizontal(parts) if node.function == "greatest" else pl.min_horizontal(parts)
    return pl.when(pl.all_horizontal([part.is_not_null() for part in parts])).then(chosen)


CALLS = {
    "starts_with": _starts_with,
    "year_of": _year_of,
    "month_of": _month_of,
    "greatest": _extreme,
    "least": _extreme,
}
