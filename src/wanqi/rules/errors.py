"""Errors of the expression language.

RulesError
├── ExpressionRefused   the text is not an expression this language accepts
└── ValueRefused        a row carries a value that its declared type does not allow
"""

from __future__ import annotations


class RulesError(Exception):
    """Root of everything this package raises on purpose."""


class ExpressionRefused(RulesError):
    """Says what is wrong with an expression, where in it, and what to write instead.

    line and column count from 1 inside the expression; column counts characters.
    """

    def __init__(self, code: str, message: str, *, hint: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{line}:{column} [{code}] {message}\n  {hint}")
        self.code = code
        self.message = message
        self.hint = hint
        self.line = line
        self.column = column


class ValueRefused(RulesError):
    """Names the field, the value and the type that was declared for it."""

    def __init__(self, field: str, message: str, *, hint: str) -> None:
        super().__init__(f"{field}：{message}\n  {hint}")
        self.field = field
        self.message = message
        self.hint = hint
