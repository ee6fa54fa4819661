"""Polars: single expressions over a table of rows, and whole plans over a lazy frame; null = unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl

from wanqi.rules import tree, values
from wanqi.rules.backends import translation
from wanqi.rules.backends.answers import SCORE_PLACES, Answer, answers
from wanqi.rules.backends.target import Whole, kind_of
from wanqi.rules.backends.translation import Translation
from wanqi.rules.backends.vectors import DTYPES, Vectors
from wanqi.rules.bounds import PLACES
from wanqi.rules.errors import RulesError
from wanqi.rules.parsing import Expression
from wanqi.rules.plan import Plan
from wanqi.rules.types import Scope, Type

CALLS = translation.CALLS


def compile_expression(expression: Expression) -> pl.Expr:
    """Return the expression over the columns of `frame`; numbers in 128 bits. Raises RulesError for a quotient."""
    reader = Translation(Vectors())
    if not expression.type.numeric:
        return reader.plain(expression.root)
    number, places = reader.number(expression.root), PLACES[expression.type.base]
    if number.denominator is not None or number.scale > places:
        raise RulesError("商没有精确的列：请写成比较，例如 ratio(a, b) >= 0.05，或逐行计算。")
    return reader.at_scale(number, places, rounded="down").text.cast(pl.Int128)


def frame(rows: Iterable[Mapping[str, object]], scope: Scope) -> pl.DataFrame:
    """Return the checked rows as columns; money in fen, ratios in 10⁻⁸."""
    checked = [values.row(one, scope.fields) for one in rows]
    return pl.DataFrame(
        {name: [_stored(one[name], kind) for one in checked] for name, kind in scope.fields.items()},
        schema={name: DTYPES[kind_of(kind.base)] for name, kind in scope.fields.items()},
    )


def _stored(value: values.Value | None, kind: Type) -> object:
    if value is None or not kind.numeric:
        return value
    return int(Decimal(value).scaleb(PLACES[kind.base]))  # type: ignore[arg-type]  # numeric by its type


class Staged:
    """A plan as Polars expressions, stage by stage; `translation` knows every named column afterwards."""

    def __init__(self, plan: Plan) -> None:
        self.translation = Translation(Vectors())
        self.stages = [[one for named in stage for one in self._columns(*named)] for stage in plan.stages]

    def _columns(self, name: str, node: tree.Node) -> list[pl.Expr]:
        if not node.type.numeric:
            found = self.translation.plain(node).alias(name)
            self.translation.plains[name] = pl.col(name)
            return [found]
        number = self.translation.settled(self.translation.number(node))
        under = number.denominator
        self.translation.numbers[name] = replace(
            number,
            numerator=_column(number.numerator, name),
            denominator=under and _column(under, under_name(name)),
        )
        columns = [number.numerator.text.alias(name)]
        return columns if under is None else [*columns, under.text.alias(under_name(name))]

    def run(self, source: pl.LazyFrame) -> pl.LazyFrame:
        """Return the source, which has the plan's inputs as columns, with every named column added."""
        for stage in self.stages:
            source = source.with_columns(stage)
        return source

    def answers(self, plan: Plan, *, masks: bool = True) -> list[pl.Expr]:
        """Return the plan's answers over the columns of `run`, in their stored types."""
        return [_stored_answer(one) for one in answers(plan, self.translation, masks=masks)]


def _stored_answer(answer: Answer[pl.Expr]) -> pl.Expr:
    match answer.kind:
        case "verdict":
            found = answer.value.cast(pl.Int8)
        case "score":
            found = answer.value.cast(pl.Decimal(18, 0)) * pl.lit(Decimal(1).scaleb(-SCORE_PLACES))
            found = found.cast(pl.Decimal(18, SCORE_PLACES))
        case _:
            found = answer.value.cast(pl.Int64)
    return found.alias(answer.name)


def under_name(name: str) -> str:
    """Return the column with the denominators of a named quotient."""
    return f"{name}÷"


def _column(value: Whole[pl.Expr], name: str) -> Whole[pl.Expr]:
    return replace(value, text=pl.col(name), constant=None)
