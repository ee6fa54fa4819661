"""What a claim group of the corpus states, weighed from its facts alone.

Independent of `wanqi.figures`: it decides which groups are sound and which mutants can be seen at all, so it
shares no line with what it measures. Percentages are in percent, everything else in the base unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

SCALES = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 1000}
COUNTERS = frozenset(
    "家个件人户所项起宗次名例对台套辆座处本张间栋条批只头只册种天篇场期份口位支队村单宗笔根架枚"
)
WRITTEN = re.compile(r"([-−]?)([\d, ]*\d(?:\.\d+)?)\s*(万亿|千万|百万|亿|万|千)?(.*)")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A closed interval."""

    low: Fraction
    high: Fraction

    def meets(self, other: Span) -> bool:
        return self.low <= other.high and other.low <= self.high


def read(written: str, *, exact: bool | None = None, slack: Fraction = Fraction(1, 2)) -> Span:
    """The interval of a printed figure: half of its last digit either way, counts as they stand.

    `slack` is in units of the last digit: 1 for figures that may have been cut off instead of rounded.
    """
    found = WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"no figure: {written}")
    sign, digits, scale, unit = found.groups()
    plain = digits.replace(",", "").replace(" ", "")
    times = SCALES[scale] if scale else 1
    value = Fraction(plain) * times * (-1 if sign else 1)
    if exact is None:
        exact = scale is None and "." not in plain and (unit[:1] in COUNTERS or unit == "")
    if exact:
        return Span(value, value)
    last = Fraction(times, 10 ** len(plain.partition(".")[2]))
    return Span(value - slack * last, value + slack * last)


Facts = Mapping[str, Span]


def corners(over: Callable[..., Fraction], *spans: Span) -> Span:
    """The hull over the corners of the box; `over` is monotone in each argument there."""
    values = [over(*point) for point in product(*((span.low, span.high) for span in spans))]
    return Span(min(values), max(values))


def parts(facts: Facts, ending: str = "") -> list[Span]:
    """part1, part2, … in order; with an ending part1_pct, part2_pct, …"""
    return [facts[f"part{n}{ending}"] for n in range(1, len(facts) + 1) if f"part{n}{ending}" in facts]


def total(spans: Sequence[Span]) -> Span:
    return Span(sum((s.low for s in spans), Fraction(0)), sum((s.high for s in spans), Fraction(0)))


def _weighted(facts: Facts) -> Span:
    """The growth of a whole from its parts' values and growths: monotone in each, so each end is one corner."""
    values, rates = parts(facts), parts(facts, "_pct")
    reached = []
    for rate_end in ("low", "high"):
        for ends in _value_ends(len(values)):
            now = sum((getattr(v, e) for v, e in zip(values, ends, strict=True)), Fraction(0))
            before = sum(
                (
                    getattr(v, e) / (1 + getattr(r, rate_end) / 100)
                    for v, e, r in zip(values, ends, rates, strict=True)
                ),
                Fraction(0),
            )
            reached.append((now / before - 1) * 100)
    return Span(min(reached), max(reached))


def _progress(facts: Facts) -> Span:
    values, rates = parts(facts), parts(facts, "_pct")
    reached = []
    for rate_end in ("low", "high"):
        for ends in _value_ends(len(values)):
            now = sum((getattr(v, e) for v, e in zip(values, ends, strict=True)), Fraction(0))
            plan = sum(
                (
                    getattr(v, e) * 100 / getattr(r, rate_end)
                    for v, e, r in zip(values, ends, rates, strict=True)
                ),
                Fraction(0),
            )
            reached.append(now / plan * 100)
    return Span(min(reached), max(reached))


def _value_ends(count: int) -> Iterator[tuple[str, ...]]:
    return product(("low", "high"), repeat=count)


def _whole_base(facts: Facts) -> bool:
    """Whether some whole number is a possible base of a count with this growth."""
    now, rate = facts["new"], facts["pct"]
    if rate.low <= -100:
        return True
    low = now.low / (1 + rate.high / 100)
    high = now.high / (1 + rate.low / 100)
    return -(-low.numerator // low.denominator) <= high.numerator // high.denominator


def _whole_part(facts: Facts) -> bool:
    """Whether some whole number of `whole` is a possible part with this share."""
    low = facts["whole"].low * facts["pct"].low / 100
    high = facts["whole"].high * facts["pct"].high / 100
    return -(-low.numerator // low.denominator) <= high.numerator // high.denominator


def _annual(facts: Facts) -> Span:
    years = int(facts["n"].low)
    rates = [facts["pct"].low, facts["pct"].high]
    grown = [(1 + rate / 100) ** years for rate in rates]
    return corners(lambda first, factor: first * factor, facts["first"], Span(min(grown), max(grown)))


def _annual_total(facts: Facts) -> Span:
    years = int(facts["n"].low)
    return corners(lambda rate: ((1 + rate / 100) ** years - 1) * 100, facts["annual"])


def _increment_rate(facts: Facts) -> Span:
    new, delta = facts["new"], facts["delta"]
    if new.low - delta.high <= 0:
        return Span(Fraction(-(10**12)), Fraction(10**12))
    return corners(lambda n, d: d / (n - d) * 100, new, delta)


def _pull(part: Fraction, part_pct: Fraction, whole: Fraction, whole_pct: Fraction) -> Fraction:
    """Percentage points of the whole's growth that a part brings."""
    return (part - part / (1 + part_pct / 100)) / (whole / (1 + whole_pct / 100)) * 100


def _size(span: Span) -> Span:
    if span.low >= 0:
        return span
    if span.high <= 0:
        return Span(-span.high, -span.low)
    return Span(Fraction(0), max(-span.low, span.high))


REACHED: Mapping[str, tuple[str, Callable[[Facts], Span]]] = {
    "share": ("pct", lambda f: corners(lambda a, b: a / b * 100, f["part"], f["whole"])),
    "sum": ("whole", lambda f: total(parts(f))),
    "growth": ("pct", lambda f: corners(lambda a, b: (a / b - 1) * 100, f["new"], f["old"])),
    "growthd": ("pct", _increment_rate),
    "delta": ("delta", lambda f: corners(lambda a, b: a - b, f["new"], f["old"])),
    "same": ("first", lambda f: f["second"]),
    "wg": ("whole_pct", _weighted),
    "wt": ("whole_pct", _progress),
    "rate2": ("pct", lambda f: corners(lambda a, b: a / (a + b) * 100, f["a"], f["b"])),
    "pp": ("pp", lambda f: corners(lambda a, b: a - b, f["pct1"], f["pct2"])),
    "pacepp": ("pp", lambda f: corners(lambda a: a - f["months"].low / MONTHS * 100, f["pct"])),
    "ratio": ("ratio", lambda f: corners(lambda a, b: a / b, f["numerator"], f["denominator"])),
    "ratio100": ("ratio", lambda f: corners(lambda a, b: a / b * 100, f["numerator"], f["denominator"])),
    "conv": ("b", lambda f: corners(lambda a: a * f["factor"].low, f["a"])),
    "productk": ("product", lambda f: corners(lambda a, b: a * b * f["factor"].low, f["a"], f["b"])),
    "cagr": ("last", _annual),
    "cagrtot": ("total", _annual_total),
    "gsum": (
        "growth_total",
        lambda f: corners(
            lambda a, b: ((1 + a / 100) * (1 + b / 100) - 1) * 100, f["growth_a"], f["growth_b"]
        ),
    ),
    "product3": ("product", lambda f: corners(lambda a, b: a * b, f["a"], f["b"])),
    "pull": ("pp", lambda f: corners(_pull, f["part"], f["part_pct"], f["whole"], f["whole_pct"])),
    "stockflow": ("stock", lambda f: total([f["base"], f["flow"], _minus(f.get("retired"))])),
    "stockflow4": ("left", lambda f: total([f["base"], f["flow"], _minus(f["done"])])),
    "ratiomil": ("rate", lambda f: corners(lambda a, b: a / b * 1000, f["part"], f["whole"])),
    "complement": ("pct", lambda f: corners(lambda a, b: (1 - a / b) * 100, f["part"], f["whole"])),
    "count": ("stated", lambda f: f["listed"]),
}
HOLDS: Mapping[str, Callable[[Facts], bool]] = {
    "gint": _whole_base,
    "sint": _whole_part,
    "doubling": lambda f: f["new"].high >= 2 * f["old"].low,
    "subset": lambda f: f["part"].low <= f["whole"].high,
    "range": lambda f: f["low"].low <= f["high"].high,
    "sum100": lambda f: total(list(f.values())).meets(Span(Fraction(100), Fraction(100))),
}


def _minus(span: Span | None) -> Span:
    return Span(Fraction(0), Fraction(0)) if span is None else Span(-span.high, -span.low)


def holds(relation: str, facts: Facts) -> bool:
    """Whether the facts of a group can all be true together."""
    if relation in HOLDS:
        return HOLDS[relation](facts)
    role, reach = REACHED[relation]
    try:
        reached = reach(facts)
    except ZeroDivisionError:
        return True
    if relation == "pp":
        return _size(reached).meets(_size(facts[role]))
    return reached.meets(facts[role])
