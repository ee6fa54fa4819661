"""The door to the backends: one row by plain Python, a table by Polars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from wanqi.rules.backends import closure, reference
from wanqi.rules.parsing import Expression
from wanqi.rules.types import Scope
from wanqi.rules.values import Value

if TYPE_CHECKING:
    import polars

__all__ = ["Value", "compile_nodes", "evaluate", "frame", "to_polars"]

compile_nodes = closure.compile_nodes
"""The fast way to ask core nodes of the rows of a snapshot, one after the other: see the closure backend."""


def evaluate(expression: Expression, row: Mapping[str, object]) -> Value | Fraction | None:
    """Return the value for one row, None where it is unknown; numbers come back as exact Fractions.

    row: field → value as in `wanqi.rules.values.checked`; absent and None are unknown.
    Raises ValueRefused for a value its type does not allow.
    """
    return reference.evaluate(expression.root, row)


def to_polars(expression: Expression) -> polars.Expr:
    """Return the Polars expression; a Boolean one is null where the answer is unknown.

    Columns: as `frame` makes them (count Int64, money Int64 in fen, ratio Int64 in 10⁻⁸, date Date, bool Boolean,
    others String). Numeric results are Int128 in the same scales. Raises RulesError where the result is a
    quotient: it has no exact column, so compare it instead.
    """
    from wanqi.rules.backends import polars as backend

    return backend.compile_expression(expression)


def frame(rows: Iterable[Mapping[str, object]], scope: Scope) -> polars.DataFrame:
    """Return one column per field of the scope, one row per mapping, null = unknown.

    Raises ValueRefused for a value its type does not allow.
    """
    from wanqi.rules.backends import polars as backend

    return backend.frame(rows, scope)
