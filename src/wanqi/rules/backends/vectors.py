"""Core operations as Polars expressions over the columns of one frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from wanqi.rules.backends.target import Bit, Branch, Kind, Packing
from wanqi.rules.tree import Comparison, Operation

DTYPES: Mapping[Kind, type[pl.DataType]] = {
    "number": pl.Int64,
    "truth": pl.Boolean,
    "date": pl.Date,
    "text": pl.String,
}
_BYTE = 8
_FEW_TEXTS = 6  # up to so many comparisons cost less than looking a text up


class Vectors(Packing[pl.Expr]):
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
        return pl.any_horizontal([text.str.starts_with(one) for one in prefixes])

    def year(self, day: pl.Expr) -> pl.Expr:
        return day.dt.year().cast(pl.Int64)

    def month(self, day: pl.Expr) -> pl.Expr:
        return day.dt.month().cast(pl.Int64)

    def pick(self, conditions: Sequence[pl.Expr], values: Sequence[int], otherwise: int) -> pl.Expr:
        kind = _smallest((*values, otherwise))
        found = pl.lit(otherwise, dtype=kind)
        for condition, value in reversed(list(zip(conditions, values, strict=True))):
            found = pl.when(condition).then(pl.lit(value, dtype=kind)).otherwise(found)
        return found.cast(pl.Int64)

    def leading(self, text: pl.Expr, length: int) -> pl.Expr:
        # Taking texts apart and looking them up costs several times as much. Text is UTF-8, in which one text begins
        # with another exactly where its bytes do.
        kind, raw = _holding(length), text.cast(pl.Binary)
        number = raw.bin.get(0, null_on_oob=True).cast(kind)
        for place in range(1, length):
            number = number * pl.lit(256, dtype=kind) + raw.bin.get(place, null_on_oob=True).cast(kind)
        return number

    def leads(self, number: pl.Expr, prefixes: Sequence[str]) -> pl.Expr:
        raw = [one.encode() for one in prefixes]
        numbers = pl.Series([int.from_bytes(one, "big") for one in raw], dtype=_holding(len(raw[0])))
        return number.is_in(pl.lit(numbers).implode()).fill_null(False)

    def code(self, verdict: pl.Expr, *, sure: bool = False) -> pl.Expr:
        zero, one, two = (pl.lit(code, dtype=pl.Int8) for code in (0, 1, 2))
        rest = zero if sure else pl.when(verdict.is_null()).then(one).otherwise(zero)
        return pl.when(verdict).then(two).otherwise(rest)

    def word(self, bits: Sequence[Bit[pl.Expr]], *, unknown: bool) -> pl.Expr:
        octets: dict[int, list[pl.Expr]] = {}
        for place, condition, sure in bits:
            value, nothing = pl.lit(2 ** (place % _BYTE), dtype=pl.UInt8), pl.lit(0, dtype=pl.UInt8)
            if sure and not unknown:
                bit = pl.when(condition).then(nothing).otherwise(value)
            else:
                # A condition of `when` that is null counts as no.
                holds = condition.is_null() if unknown else condition.not_()
                bit = pl.when(holds).then(value).otherwise(nothing)
            octets.setdefault(place // _BYTE, []).append(bit)
        found: pl.Expr | None = None
        for octet, parts in octets.items():
            wide = _sum(parts).cast(pl.UInt64)
            wide = wide * pl.lit(2 ** (_BYTE * octet), dtype=pl.UInt64) if octet else wide
            found = wide if found is None else found + wide
        return pl.lit(0, dtype=pl.Int64) if found is None else found.reinterpret(signed=True)

    def share(self, value: pl.Expr, *, kind: Kind) -> pl.Expr:
        return value


def _sum(parts: Sequence[pl.Expr]) -> pl.Expr:
    """Return the sum of up to eight bits as one number of eight bits.

    Choosing between two constants of eight bits costs a sixth of casting a truth, and the sum an eighth of one in words.
    """
    found = parts[0]
    for one in parts[1:]:
        found = found + one
    return found


def _smallest(values: Sequence[int]) -> type[pl.DataType]:
    """Return the smallest signed type that holds some constants."""
    kinds: Mapping[int, type[pl.DataType]] = {8: pl.Int8, 16: pl.Int16, 32: pl.Int32}
    fits = (
        kind
        for bits, kind in kinds.items()
        if all(-(2 ** (bits - 1)) <= one < 2 ** (bits - 1) for one in values)
    )
    return next(fits, pl.Int64)


def _holding(length: int) -> type[pl.DataType]:
    """Return the type of a number made of so many bytes."""
    return pl.UInt16 if length <= 2 else pl.UInt32 if length <= 4 else pl.UInt64
