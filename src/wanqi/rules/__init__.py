"""The expression language: one checked text, one typed tree, backends that give one answer.

A filter or derived datum is read with `parse`, answered row by row with `evaluate`, or turned into a Polars
expression with `to_polars`. Null stands for unknown everywhere: it is never false and never zero.
"""

from __future__ import annotations

from wanqi.rules.errors import ExpressionRefused, RulesError, ValueRefused
from wanqi.rules.evaluation import evaluate, frame, to_polars
from wanqi.rules.parsing import Expression, parse
from wanqi.rules.types import BOOL, COUNT, DATE, MONEY, RATIO, TEXT, Scope, Type

__all__ = [
    "BOOL",
    "COUNT",
    "DATE",
    "MONEY",
    "RATIO",
    "TEXT",
    "Expression",
    "ExpressionRefused",
    "RulesError",
    "Scope",
    "Type",
    "ValueRefused",
    "evaluate",
    "frame",
    "parse",
    "to_polars",
]
