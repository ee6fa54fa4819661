"""Score tables: what the lines add up to, and inputs for which a total lies on its mark and next to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from wanqi.packs.specs.base import UNVERIFIED
from wanqi.packs.specs.conditions import ItemSpec, interval
from wanqi.packs.thresholds.exercising import Case
from wanqi.packs.thresholds.meaning import SIGNS, Firm, Meaning, Undefined
from wanqi.packs.thresholds.solving import Solver, Unsolvable, ordinary
from wanqi.rules import COUNT, tree
from wanqi.rules.lowering import Moment

Ends = tuple[Fraction, Fraction]
Read = Callable[[str], tree.Node]
_SIGN = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
_TRIES = 400
_PER_TOTAL = 6
_ATTEMPTS = 3


@dataclass(frozen=True)
class Line:
    """A line of a score with its expressions read.

    choice: which band or option holds, as a number; tests: the options that add up; formula: points computed.
    """

    spec: ItemSpec
    unverified: bool
    choice: tree.Case | None = None
    tests: tuple[tree.Node, ...] = ()
    formula: tree.Node | None = None
    inside: tuple[Line, ...] = ()

    def walk(self) -> Iterator[Line]:
        """Yield this line and those below it."""
        yield self
        for line in self.inside:
            yield from line.walk()


def line(spec: ItemSpec, tag: str, read: Read) -> Line:
    """Return a line with everything below it; tag: its own or the nearest above; read: parses an expression."""
    own = spec.tag or tag
    inside = tuple(line(one, own, read) for _, lines in spec.inside for one in lines)
    choice = None
    if spec.bands is not None and spec.of is not None:
        of = read(spec.of)
        bounds = [band.bound for band in spec.bands]
        choice = _choice(
            [tree.Compare(_SIGN[key], of, tree.Literal(value, of.type)) for key, value in bounds]  # type: ignore[arg-type]
        )
    elif spec.choose is not None:
        choice = _choice([read(option.when) for option in spec.choose])
    return Line(
        spec,
        own in UNVERIFIED or (spec.form is None),
        choice,
        tuple(read(option.when) for option in spec.each_of or ()),
        read(spec.points) if spec.points is not None else None,
        inside,
    )


def _choice(conditions: Sequence[tree.Node]) -> tree.Case:
    branches = tuple((when, tree.Literal(_index(place), COUNT)) for place, when in enumerate(conditions))
    return tree.Case(branches, tree.Literal(_index(len(branches)), COUNT), COUNT)


def _index(place: int) -> Decimal:
    return Decimal(place)


def points(line: Line, place: Meaning) -> Ends:
    """Return the least and most points of a line where every fact is known. Raises Undefined."""
    return _capped(line, _points(line, place))


def _points(line: Line, place: Meaning) -> Ends:
    spec = line.spec
    if line.unverified:
        return Fraction(0), Fraction(spec.max if spec.max is not None else 0)
    if line.choice is not None:
        return ends_of(line, int(place.number(line.choice)))
    if spec.each_of is not None:
        held = [one for one, test in zip(spec.each_of, line.tests, strict=True) if place.truth(test)]
        return added([_ends(one.points) for one in held])
    if spec.expert is not None:
        return _ends(spec.expert)
    if line.formula is not None:
        value = max(place.number(line.formula), Fraction(0))
        return value, value
    inside = [points(one, place) for one in line.inside]
    return best(inside) if spec.best_of is not None else added(inside)


def ends_of(line: Line, index: int) -> Ends:
    """Return the points of the band or option of this number; the number after the last is `otherwise`."""
    options = line.spec.bands if line.spec.bands is not None else line.spec.choose or ()
    return _ends(options[index].points if index < len(options) else line.spec.otherwise or 0)


def _ends(given: int | str | tuple[str, str]) -> Ends:
    low, high = interval(given)
    return Fraction(low), Fraction(high)


def added(parts: Sequence[Ends]) -> Ends:
    """Return the sum of intervals."""
    return sum((low for low, _ in parts), Fraction(0)), sum((high for _, high in parts), Fraction(0))


def best(parts: Sequence[Ends]) -> Ends:
    """Return the interval of the greatest."""
    return max(low for low, _ in parts), max(high for _, high in parts)


def _capped(line: Line, ends: Ends) -> Ends:
    if line.spec.max is None:
        return ends
    top = Fraction(line.spec.max)
    return min(ends[0], top), min(ends[1], top)


# --- marks -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Option:
    """One thing a line can come to, and how it is brought about."""

    nominal: Ends
    bring: Callable[[Solver, Meaning], None]


def mark_cases(
    lines: Sequence[Line], total: Callable[[Meaning], Ends], mark: tuple[str, Fraction], moment: Moment
) -> tuple[Case, ...] | None:
    """Return inputs whose total stands on a mark, next below and next above it, and with nothing known.

    total: what the lines come to for an organisation. Expected is whether the mark is reached: yes where the least
    total reaches it, no where the most does not, else unknown. None where no such inputs were found.
    """
    leaves = [one for top in lines for one in top.walk() if not one.inside]
    options = [_options(one) for one in leaves]
    combined = _combinations(lines, leaves, options, mark)
    for side in (0, 1):
        found = [
            _realised(wanted, options, total, mark, moment) for wanted in _around(combined[side], mark[1])
        ]
        cases = [one for one in found if one is not None]
        if any(one.side == "at" for one in cases) and len({one.expected for one in cases}) > 1:
            empty = Firm(ordinary(0))
            return (*cases, Case("missing", empty, None))
    return None


Combined = dict[Fraction, list[tuple[int, ...]]]


def _combinations(
    lines: Sequence[Line],
    leaves: Sequence[Line],
    options: Sequence[Sequence[_Option]],
    mark: tuple[str, Fraction],
) -> tuple[Combined, Combined]:
    """Return, for the least and the most total, which choices of options add up to it."""
    found: tuple[Combined, Combined] = ({}, {})
    state = 1
    for number in range(_TRIES):
        choice = []
        for given in options:
            state = (state * 1_103_515_245 + 12_345) % 2**31
            choice.append(number % len(given) if number < 12 else (state >> 8) % len(given))
        nominal = {
            id(leaf): given[one].nominal for leaf, given, one in zip(leaves, options, choice, strict=True)
        }
        ends = added([_nominal(top, nominal) for top in lines])
        for side in (0, 1):
            kept = found[side].setdefault(ends[side], [])
            if len(kept) < _PER_TOTAL:
                kept.append(tuple(choice))
    return found


def _nominal(line: Line, given: Mapping[int, Ends]) -> Ends:
    if not line.inside:
        return given[id(line)]
    inside = [_nominal(one, given) for one in line.inside]
    return _capped(line, best(inside) if line.spec.best_of is not None else added(inside))


def _around(totals: Combined, mark: Fraction) -> Iterator[tuple[str, Fraction, list[tuple[int, ...]]]]:
    """Yield (side, total, choices) on the mark, and of the nearest totals below and above."""
    if mark in totals:
        yield "at", mark, totals[mark]
    below = [one for one in totals if one < mark]
    above = [one for one in totals if one > mark]
    if below:
        yield "under", max(below), totals[max(below)]
    if above:
        yield "over", min(above), totals[min(above)]


def _realised(
    wanted: tuple[str, Fraction, list[tuple[int, ...]]],
    options: Sequence[Sequence[_Option]],
    total: Callable[[Meaning], Ends],
    mark: tuple[str, Fraction],
    moment: Moment,
) -> Case | None:
    """Return an organisation that has one of the choices; None where facts shared by lines forbid all of them."""
    side, amount, choices = wanted
    for choice in choices:
        for attempt in range(_ATTEMPTS):
            firm = Firm(ordinary(attempt))
            solver, place = Solver(firm, attempt), Meaning(firm, moment.on, moment.base_year)
            try:
                for _ in range(2):
                    for given, one in zip(options, choice, strict=True):
                        given[one].bring(solver, place)
                ends = total(place)
            except (Unsolvable, Undefined):
                continue
            if amount in ends:
                return Case(side, firm, reached(ends, mark))  # type: ignore[arg-type]  # one of the sides
    return None


def reached(ends: Ends, mark: tuple[str, Fraction]) -> bool | None:
    """Return whether points between two ends reach a mark; None where it depends."""
    sign = SIGNS[mark[0]]
    if sign(ends[0], mark[1]):
        return True
    return None if sign(ends[1], mark[1]) else False


def _options(line: Line) -> list[_Option]:
    if line.unverified or line.spec.expert is not None:
        most = Fraction(line.spec.max or 0)
        fixed = (Fraction(0), most) if line.unverified else _ends(line.spec.expert or 0)
        return [_Option(_capped(line, fixed), lambda solver, place: None)]
    if line.choice is not None:
        choice = line.choice
        return [
            _Option(_capped(line, ends_of(line, index)), _taking(choice, index))
            for index in range(len(choice.branches) + 1)
        ]
    if line.formula is not None:
        top = int(Fraction(line.spec.max or 10))
        return [
            _Option((Fraction(one), Fraction(one)), _reaching(line.formula, Fraction(one)))
            for one in range(top + 1)
        ]
    counts = range(len(line.tests) + 1)
    given = [_ends(one.points) for one in line.spec.each_of or ()]
    return [_Option(_capped(line, added(given[:one])), _holding(line.tests, one)) for one in counts]


def _taking(choice: tree.Case, index: int) -> Callable[[Solver, Meaning], None]:
    return lambda solver, place: solver.branch(choice, index, place)


def _reaching(node: tree.Node, value: Fraction) -> Callable[[Solver, Meaning], None]:
    def bring(solver: Solver, place: Meaning) -> None:
        try:
            if place.number(node) == value:
                return
        except Undefined:
            pass
        solver.reach(node, value, place)

    return bring


def _holding(tests: Sequence[tree.Node], count: int) -> Callable[[Solver, Meaning], None]:
    def bring(solver: Solver, place: Meaning) -> None:
        for index, test in enumerate(tests):
            solver.satisfy(test, index < count, place)

    return bring
