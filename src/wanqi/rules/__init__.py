"""The expression language: one checked text, one typed tree, backends that give one answer.

A filter or derived datum is read with `parse`, answered row by row with `evaluate`, or turned into a Polars
expression with `to_polars`. A condition on an organisation is read the same way, then lowered for a `Moment`
and asked of the row that `wanqi.rules.snapshot` makes. Null stands for unknown everywhere: it is never false and
never zero.
"""

from __future__ import annotations

from wanqi.rules.errors import ExpressionRefused, RulesError, ValueRefused
from wanqi.rules.evaluation import evaluate, frame, to_polars
from wanqi.rules.lowering import Moment, lower
from wanqi.rules.parsing import Expression, parse
from wanqi.rules.spans import Span, span
from wanqi.rules.types import (
    BOOL,
    COUNT,
    DATE,
    MONEY,
    NUMBER,
    RATIO,
    TEXT,
    Parameter,
    RecordScope,
    Scope,
    Type,
)

__all__ = [
    "BOOL",
    "COUNT",
    "DATE",
    "MONEY",
    "NUMBER",
    "RATIO",
    "TEXT",
    "Expression",
    "ExpressionRefused",
    "Moment",
    "Parameter",
    "RecordScope",
    "RulesError",
    "Scope",
    "Span",
    "Type",
    "ValueRefused",
    "evaluate",
    "frame",
    "lower",
    "parse",
    "span",
    "to_polars",
]
