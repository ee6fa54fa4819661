"""What a condition compares, for people: value, threshold, gap and unit, prepared once for all organisations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


class Compared:
    """The reading of one part, over the values of a probe."""

    def __init__(self, reading: Reading, probe: Probe) -> None:
        self._reading = reading
        self._value = value_of(reading, probe)
        self._want: Exact | None = None
        self._wanted: Callable[[Values], Exact | None] | None = None
        self._plain: Shown | None = None
        operator = reading.operator
        if reading.threshold is None or operator is None:
            return
        # The nearest ends: what is needed at the least.
        self._upward = operator in (">=", ">")
        self._operator = operator
        limit = reading.threshold[0 if self._upward else 1]
        if not limit.type.numeric:
            self._plain = _plain(limit, probe)
            return
        self._base = base_of(reading)
        self._ends = _ends(reading, self._base, probe)
        # Rounded the other way than the value, so that the two as written compare as they are.
        outward = "<=" if operator in (">=", "<") else ">="
        self._write = _writer(outward, self._base)
        if isinstance(limit, tree.Literal):
            exact = Fraction(limit.value) * 10 ** PLACES[self._base]  # type: ignore[arg-type]  # numeric by its type
            self._want = exact.numerator, exact.denominator
        else:
            self._wanted = probe.reader(limit, PLACES[self._base])

    def prepare(self, node: Explanation) -> None:
        """Put into a node what is the same for every organisation."""
        node["unit"] = self._reading.unit
        if self._reading.choices:
            node["threshold"] = list(self._reading.choices)
        if self._want is not None:
            node["threshold"] = self._write(self._want)

    def read(self, node: Explanation, values: Values, *, failed: bool) -> None:
        """Put value, threshold and, where the comparison failed, the gap into a copy of a prepared node."""
        node["value"] = self._value(values)
        if self._reading.choices:
            node["threshold"] = list(self._reading.choices)
        want = self._want
        if want is None:
            if self._plain is not None:
                node["threshold"] = self._plain(values)
            if self._wanted is None:
                return
            want = self._wanted(values)
            if want is None:
                return
            node["threshold"] = self._write(want)
        have = self._ends(values)[1 if self._upward else 0] if failed else None
        if have is not None:
            lacking = measuring.gap(self._operator, have, want)
            node["gap"] = None if lacking is None else measuring.written(lacking, self._base)


def compared(reading: Reading, probe: Probe) -> Compared:
    """Return the reading over a probe's values."""
    return Compared(reading, probe)


def value_of(reading: Reading, probe: Probe) -> Shown:
    """Return what writes the value: one where both ends are the same, else both; None where it is open."""
    if not reading.value[0].type.numeric:
        return _plain(reading.value[0], probe)
    base = base_of(reading)
    write = _writer(reading.operator, base)
    if reading.under is None and reading.value[0] == reading.value[1]:
        one_of = probe.reader(reading.value[0], PLACES[base])

        def known(values: Values) -> object:
            found = one_of(values)
            return None if found is None else write(found)

        return known
    ends = _ends(reading, base, probe)

    def value(values: Values) -> object:
        low, high = (None if end is None else write(end) for end in ends(values))
        return low if low == high else [low, high]

    return value


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
    return lambda exact: measuring.written(measuring.rounded(exact, operator), base)


def _cents(steps: int) -> str:
    whole, rest = divmod(abs(steps), 100)
    return f"{'-' if steps < 0 else ''}{whole}.{rest:02d}"
