"""The closed list of functions an author may call.

A function is added here with its signature and, under the same name, in every backend; a test fails when one
backend lacks it. `ratio`, the roundings and `at_least` are nodes of their own, and the functions of years, days, records
and sets (`wanqi.rules.calls`) are lowered before a backend sees them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wanqi.rules.types import BOOL, COUNT, Type


@dataclass(frozen=True, slots=True)
class Function:
    """parameters: the bases each argument may have; result None: the common type of the arguments.

    literal_from: from this argument on, only constants. many: the last parameter may repeat.
    """

    name: str
    parameters: tuple[frozenset[str], ...]
    result: Type | None
    example: str
    literal_from: int | None = None
    many: bool = False


MAX_ARGUMENTS = 60

_NUMBER_OR_DATE = frozenset({"count", "money", "ratio", "number", "date"})

FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        Function(
            "starts_with",
            (frozenset({"text"}), frozenset({"text"})),
            BOOL,
            "starts_with(gbt4754_code, '26')",
            literal_from=1,
            many=True,
        ),
        Function("year_of", (frozenset({"date"}),), COUNT, "year_of(opened_on) = 2023"),
        Function("month_of", (frozenset({"date"}),), COUNT, "month_of(opened_on) <= 6"),
        Function(
            "greatest",
            (_NUMBER_OR_DATE, _NUMBER_OR_DATE),
            None,
            "greatest(built_on, opened_on)",
            many=True,
        ),
        Function("least", (_NUMBER_OR_DATE, _NUMBER_OR_DATE), None, "least(built_on, opened_on)", many=True),
    )
}

# What lowering writes besides: extremes that skip unknown arguments, for the bounds of intervals.
CORE_CALLS: frozenset[str] = frozenset({*FUNCTIONS, "greatest_known", "least_known"})
