"""Core operations as Polars expressions over the columns of one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from wanqi.rules.backends.target import Branch, Kind, Target
from wanqi.rules.tree import Comparison, Operation

DTYPES: Mapping[Kind, type[pl.DataType]] = {
    "number": pl.Int64,
    "truth": pl.Boolean,
    "date": pl.Date,
    "text": pl.String,
}
_FEW_PREFIXES = 2
_WORD = 8
_FEW_TEXTS = 6  # up to so many comparisons cost less than looking a text up


class Vectors(Target[pl.Expr]):
    """Polars 2.1 wraps past 128 bits, so the bounds are proved before; `//` rounds down, and by zero is null.

    Polars 2.1 answers `constant == column` with one row where the column is a conditional times a constant and
    holds nothing but nulls: constants stand on the right of every comparison.
    """

    def column(self, name: str, kind: Kind) -> pl.Expr:
        return pl.col(name)

    def integer(self, value: int, *, wide: bool) -> pl.Expr:
        return pl.lit(value, dtype=pl.Int128 if wide else pl.Int64)

    def constant(self, value: str | date | bool) -> pl.Expr:
        kind: Kind = "truth" if isinstance(value, bool) else "text" if isinstance(value, str) else "date"
        return pl.lit(value, dtype=DTYPES[kind])

    def unknown(self, kind: Kind, *, wide: bool = False) -> pl.Expr:
        return pl.lit(None, dtype=pl.Int128 if wide else DTYPES[kind])

    def widen(self, value: pl.Expr) -> pl.Expr:
        return value.cast(pl.Int128)

    def arithmetic(self, operator: Operation, left: pl.Expr, right: pl.Expr) -> pl.Expr:
        return left * right if operator == "*" else left + right if operator == "+" else left - right

    def floor_divide(self, value: pl.Expr, divisor: pl.Expr, *, natural: bool = False) -> pl.Expr:
        return value // divisor

    def compare(self, operator: Comparison, left: pl.Expr, right: pl.Expr, *, kind: Kind) -> pl.Expr:
        match operator:
            case "=":
                return left == right
            case "<>":
                return left != right
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case ">=":
                return left >= right

    def one_of(self, operand: pl.Expr, constants: Sequence[str | date | int], *, kind: Kind) -> pl.Expr:
        if kind == "text" and 0 < len(constants) <= _FEW_TEXTS:
            return pl.any_horizontal([operand == pl.lit(one, dtype=DTYPES[kind]) for one in constants])
        return operand.is_in(pl.lit(pl.Series(list(constants), dtype=DTYPES[kind])).implode())

    def conjunction(self, parts: Sequence[pl.Expr]) -> pl.Expr:
        return pl.all_horizontal(parts)

    def disjunction(self, parts: Sequence[pl.Expr]) -> pl.Expr:
        return pl.any_horizontal(parts)

    def negation(self, part: pl.Expr) -> pl.Expr:
        return part.not_()

    def at_least(self, count: int, parts: Sequence[pl.Expr]) -> pl.Expr:
        sure = pl.sum_horizontal([part.fill_null(False).cast(pl.Int64) for part in parts])
        may = pl.sum_horizontal([part.fill_null(True).cast(pl.Int64) for part in parts])
        enough, too_few = sure >= self.integer(count, wide=False), may < self.integer(count, wide=False)
        return pl.when(enough).then(pl.lit(True)).when(too_few).then(pl.lit(False))

    def known(self, value: pl.Expr, *, kind: Kind) -> pl.Expr:
        return value.is_not_null()

    def possible(self, condition: pl.Expr) -> pl.Expr:
        return condition.fill_null(True)

    def certain(self, condition: pl.Expr) -> pl.Expr:
        return condition.fill_null(False)

    def choose(self, branches: Sequence[Branch[pl.Expr]], otherwise: pl.Expr, *, kind: Kind) -> pl.Expr:
        found = otherwise
        for condition, value in reversed(branches):
            found = pl.when(condition).then(value).otherwise(found)
        return found

    def extreme(self, parts: Sequence[pl.Expr], *, greatest: bool, kind: Kind) -> pl.Expr:
        return pl.max_horizontal(parts) if greatest else pl.min_horizontal(parts)

    def starts_with(self, text: pl.Expr, prefixes: Sequence[str]) -> pl.Expr:
        lengths = {one: len(one.encode()) for one in prefixes}
        long = [one for one in prefixes if not 0 < lengths[one] <= _WORD]
        if len(prefixes) <= _FEW_PREFIXES or long:
            return pl.any_horizontal([text.str.starts_with(one) for one in prefixes])
        groups = [
            [one for one in prefixes if lengths[one] == length] for length in sorted({*lengths.values()})
        ]
        found = pl.any_horizontal([_begins(text, same) for same in groups])
        return pl.when(text.is_not_null()).then(found)

    def year(self, day: pl.Expr) -> pl.Expr:
        return day.dt.year().cast(pl.Int64)

    def month(self, day: pl.Expr) -> pl.Expr:
        return day.dt.month().cast(pl.Int64)

    def share(self, value: pl.Expr, *, kind: Kind) -> pl.Expr:
        return value


def _begins(text: pl.Expr, prefixes: Sequence[str]) -> pl.Expr:
    """Return whether a text begins with one of the prefixes, all of one length in bytes; never null.

    Its first bytes become one number: taking texts apart and looking them up costs several times as much. Text is
    UTF-8, in which one text begins with another exactly where its bytes do.
    """
    first, *rest = (one.encode() for one in prefixes)
    kind = pl.UInt32 if len(first) <= _WORD // 2 else pl.UInt64
    raw = text.cast(pl.Binary)
    number = raw.bin.get(0, null_on_oob=True).cast(kind)
    for place in range(1, len(first)):
        number = number * pl.lit(256, dtype=kind) + raw.bin.get(place, null_on_oob=True).cast(kind)
    numbers = [int.from_bytes(one, "big") for one in (first, *rest)]
    return number.is_in(pl.lit(pl.Series(numbers, dtype=kind)).implode()).fill_null(False)
