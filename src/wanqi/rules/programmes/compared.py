"""What a condition compares, for people: value, threshold, gap and unit, prepared once for all organisations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wanqi.rules import tree
from wanqi.rules.bounds import PLACES
from wanqi.rules.plan import Reading
from wanqi.rules.programmes import measuring
from wanqi.rules.programmes.outcome import Explanation
from wanqi.rules.programmes.probing import Exact, Probe

Values = Sequence[object]
Ends = Callable[[Values], tuple[Exact | None, Exact | None]]
Shown = Callable[[Values], object]
Read = Callable[[Explanation, Values, bool], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """The reading of one part, prepared.

    fixed: what a node holds whatever the organisation is. read: puts value, threshold and, where the comparison failed,
    the gap into a node that holds `fixed`.
    """

    fixed: Mapping[str, object]
    read: Callable[[Explanation, Values, bool], None]


def compared(reading: Reading, probe: Probe) -> Compared:
    """Return the reading over a probe's values."""
    fixed: dict[str, object] = {"unit": reading.unit}
    value, operator = value_of(reading, probe), reading.operator
    if reading.choices:
        return Compared(fixed, _chosen(value, reading.choices))
    if reading.threshold is None or operator is None:
        return Compared(fixed, lambda node, values, _: node.__setitem__("value", value(values)))
    # The nearest ends: what is needed at the least.
    upward = operator in (">=", ">")
    limit = reading.threshold[0 if upward else 1]
    if not limit.type.numeric:
        return Compared(fixed, _plainly(value, _plain(limit, probe)))
    base = base_of(reading)
    # Rounded the other way than the value, so that the two as written compare as they are.
    outward = _writer("<=" if operator in (">=", "<") else ">=", base)
    if not isinstance(limit, tree.Literal):
        return Compared(fixed, _against(reading, outward, probe.reader(limit, PLACES[base]), probe))
    exact = Fraction(limit.value) * 10 ** PLACES[base]  # type: ignore[arg-type]  # numeric by its type
    want = exact.numerator, exact.denominator
    fixed["threshold"] = outward(want)
    if _single(reading):
        return Compared(fixed, _constant(reading, probe.reader(reading.value[0], PLACES[base]), want))
    return Compared(fixed, _against(reading, outward, lambda _: want, probe))


def _chosen(value: Shown, choices: Sequence[str]) -> Read:
    def read(node: Explanation, values: Values, failed: bool) -> None:
        node["value"] = value(values)
        node["threshold"] = list(choices)

    return read


def _plainly(value: Shown, threshold: Shown) -> Read:
    def read(node: Explanation, values: Values, failed: bool) -> None:
        node["value"] = value(values)
        node["threshold"] = threshold(values)

    return read


def _constant(reading: Reading, value: Callable[[Values], Exact | None], want: Exact) -> Read:
    """Return the reading of one number against a constant."""
    base, operator = base_of(reading), reading.operator or ""
    write = _writer(operator, base)

    def read(node: Explanation, values: Values, failed: bool) -> None:
        have = value(values)
        if have is None:
            return
        node["value"] = write(have)
        if failed:
            lacking = measuring.gap(operator, have, want)
            node["gap"] = None if lacking is None else measuring.written(lacking, base)

    return read


def _against(
    reading: Reading,
    outward: Callable[[Exact], measuring.Shown],
    wanted: Callable[[Values], Exact | None],
    probe: Probe,
) -> Read:
    base, operator = base_of(reading), reading.operator or ""
    ends, end = _ends(reading, base, probe), 1 if operator in (">=", ">") else 0
    write = _writer(operator, base)

    def read(node: Explanation, values: Values, failed: bool) -> None:
        found = ends(values)
        node["value"] = _shown(found, write)
        want = wanted(values)
        if want is None:
            return
        node["threshold"] = outward(want)
        have = found[end] if failed else None
        if have is not None:
            lacking = measuring.gap(operator, have, want)
            node["gap"] = None if lacking is None else measuring.written(lacking, base)

    return read


def _single(reading: Reading) -> bool:
    return reading.under is None and reading.value[0] == reading.value[1]


def value_of(reading: Reading, probe: Probe) -> Shown:
    """Return what writes the value: one where both ends are the same, else both; None where it is open."""
    if not reading.value[0].type.numeric:
        return _plain(reading.value[0], probe)
    base = base_of(reading)
    write = _writer(reading.operator, base)
    if _single(reading):
        one_of = probe.reader(reading.value[0], PLACES[base])

        def known(values: Values) -> object:
            found = one_of(values)
            return None if found is None else write(found)

        return known
    ends = _ends(reading, base, probe)

    return lambda values: _shown(ends(values), write)


def _shown(ends: tuple[Exact | None, Exact | None], write: Callable[[Exact], measuring.Shown]) -> object:
    """Return one value where both ends are written alike, else both; None where they are open."""
    low, high = ends
    if low == high:
        return None if low is None else write(low)
    least, most = None if low is None else write(low), None if high is None else write(high)
    return least if least == most else [least, most]


def base_of(reading: Reading) -> str:
    """Return the type in whose steps value, threshold and gap are written: a count beside a fraction is a ratio."""
    if reading.under is not None:
        both_money = reading.value[0].type.base == reading.under[0].type.base
        return "money" if reading.value[0].type.base == "money" and not both_money else "ratio"
    bases = {reading.value[0].type.base, *(one.type.base for one in reading.threshold or ())}
    return "ratio" if {"count", "ratio"} <= bases else reading.value[0].type.base


def _ends(reading: Reading, base: str, probe: Probe) -> Ends:
    """Return what gives both ends of the value in steps of its type."""
    low_of, high_of = (probe.reader(end, PLACES[base]) for end in reading.value)
    if reading.under is None and reading.value[0] == reading.value[1]:

        def one(values: Values) -> tuple[Exact | None, Exact | None]:
            found = low_of(values)
            return found, found

        return one
    if reading.under is None:
        return lambda values: (low_of(values), high_of(values))
    least_of, most_of = (probe.reader(end, 0) for end in reading.under)

    def quotient(values: Values) -> tuple[Exact | None, Exact | None]:
        over, under = low_of(values), least_of(values)
        if (
            over is None
            or under is None
            or over != high_of(values)
            or under != most_of(values)
            or under[0] <= 0
        ):
            return None, None
        found = over[0] * under[1], over[1] * under[0]
        return found, found

    return quotient


def _plain(node: tree.Node, probe: Probe) -> Shown:
    place = probe.places[id(node)]
    return lambda values: measuring.plain(values[place])


def _writer(operator: str | None, base: str) -> Callable[[Exact], measuring.Shown]:
    """Return what writes a value, rounded on its side of a threshold, as JSON carries it."""
    if base == "money":
        return lambda exact: _cents(exact[0] if exact[1] == 1 else measuring.rounded(exact, operator))
    if base == "count":
        return lambda exact: exact[0] if exact[1] == 1 else measuring.rounded(exact, operator)
    return lambda exact: measuring.written(measuring.rounded(exact, operator), base)


def _cents(steps: int) -> str:
    whole, rest = divmod(abs(steps), 100)
    return f"{'-' if steps < 0 else ''}{whole}.{rest:02d}"
