"""Polars: single expressions over a table of rows, and whole plans over a lazy frame; null = unknown."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from wanqi.rules import values
from wanqi.rules.backends import translation
from wanqi.rules.backends.answers import SCORE_PLACES, Answer, answers
from wanqi.rules.backends.graph import Graph, PackingGraph, Term, Writing, named
from wanqi.rules.backends.target import kind_of
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
    """A plan as Polars expressions in layers; `translation` knows every named column.

    given: the named columns that the rows have already, from an earlier run. full: inputs of which every row has a
    value; what they alone decide is computed without asking what is known.
    """

    def __init__(self, plan: Plan, *, given: Container[str] = (), full: Container[str] = ()) -> None:
        self._plan = plan
        self._graph = PackingGraph(full)
        self.translation = Translation(self._graph)
        self._names = named(plan, self.translation, given)
        self._written: dict[bool, tuple[list[list[pl.Expr]], list[pl.Expr]]] = {}

    def layers(self) -> list[list[pl.Expr]]:
        """Return what adds every named column to the plan's inputs, layer by layer."""
        return _layers(self._graph, self._names)

    def run(self, source: pl.LazyFrame) -> pl.LazyFrame:
        """Return the source, which has the plan's inputs as columns, with every named column added."""
        for layer in self.layers():
            source = source.with_columns(layer)
        return source

    def answered(self, source: pl.LazyFrame, *, kept: Sequence[str] = (), masks: bool = True) -> pl.LazyFrame:
        """Return the plan's answers for the source's rows in their stored types, after some of its own columns."""
        layers, stored = self._answers(masks=masks)
        for layer in layers:
            source = source.with_columns(layer)
        return source.select(*kept, *stored)

    def _answers(self, *, masks: bool) -> tuple[list[list[pl.Expr]], list[pl.Expr]]:
        """Return the layers of the answers and the answers themselves, written once for every part of a population."""
        if masks not in self._written:
            found = answers(self._plan, self.translation, masks=masks)
            layers = _layers(self._graph, {one.name: one.value for one in found})
            self._written[masks] = layers, [_stored_answer(one) for one in found]
        return self._written[masks]


def _layers(graph: Graph, roots: Mapping[str, Term]) -> list[list[pl.Expr]]:
    layers: list[list[pl.Expr]] = []

    def keep(name: str, value: pl.Expr, depth: int) -> pl.Expr:
        layers.extend([] for _ in range(depth + 1 - len(layers)))
        layers[depth].append(value.alias(name))
        return pl.col(name)

    Writing(graph, roots, Vectors(), keep)
    return layers


def _stored_answer(answer: Answer[Term]) -> pl.Expr:
    found = pl.col(answer.name)
    match answer.kind:
        case "verdict":
            return found
        case "score":
            # The whole number is the decimal's own digits: nothing is calculated.
            return found.cast(pl.Int128).reinterpret(dtype=pl.Decimal(18, SCORE_PLACES))
        case _:
            return found.cast(pl.Int64)
