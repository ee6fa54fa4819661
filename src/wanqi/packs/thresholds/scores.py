"""Score tables: what the lines add up to, and inputs for which a total lies on its mark and next to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod

from wanqi.packs.specs.base import UNVERIFIED
from wanqi.packs.specs.conditions import ItemSpec, interval
from wanqi.packs.thresholds.exercising import Case, Side
from wanqi.packs.thresholds.meaning import SIGNS, Firm, Meaning, Undefined
from wanqi.packs.thresholds.solving import Solver, Unsolvable, ordinary
from wanqi.rules import COUNT, tree
from wanqi.rules.lowering import Moment

Ends = tuple[Fraction, Fraction]
Read = Callable[[str], tree.Node]
_SIGN = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
Mark = tuple[str, Fraction]
# Choices looked at, brought about at most and at least, and sets of ordinary values.
_TRIES, _REALISED, _LEAST, _ATTEMPTS = 400, 240, 5, 3


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


Pool = dict[Ends, Firm]


def mark_cases(
    lines: Sequence[Line], total: Callable[[Meaning], Ends], mark: Mark, moment: Moment
) -> tuple[Case, ...] | None:
    """Return inputs whose total stands on a mark, below and above it as near as was found, and with nothing known.

    total: what the lines come to for an organisation. Where no choice of options adds up to the mark, those next to it
    stand for it. Expected is whether the mark is reached: yes where the least
    total reaches it, no where the most does not, else unknown. None where no such inputs were found.
    """
    leaves = [one for top in lines for one in top.walk() if not one.inside]
    options = [_options(one) for one in leaves]
    pool: Pool = {}
    for number, choice in enumerate(_promising(lines, leaves, options, mark[1])):
        if number >= _REALISED:
            break
        _realise(choice, number % _ATTEMPTS, options, total, moment, pool)
        found = _picked(pool, mark) if number >= _LEAST else None
        if found is not None:
            return (*found, Case("missing", Firm(ordinary(0)), None))
    found = None if _exact(lines, leaves, options, mark[1]) else _picked(pool, mark, exact=False)
    return None if found is None else (*found, Case("missing", Firm(ordinary(0)), None))


def _exact(
    lines: Sequence[Line], leaves: Sequence[Line], options: Sequence[Sequence[_Option]], mark: Fraction
) -> bool:
    """Whether some options add up to the mark; true where they are too many to try."""
    if prod(len(given) for given in options) > _TRIES:
        return True
    for choice in product(*options):
        nominal = {id(leaf): one.nominal for leaf, one in zip(leaves, choice, strict=True)}
        if mark in added([_nominal(top, nominal) for top in lines]):
            return True
    return False


def _promising(
    lines: Sequence[Line], leaves: Sequence[Line], options: Sequence[Sequence[_Option]], mark: Fraction
) -> Iterator[tuple[int, ...]]:
    """Yield choices of options, those first that should add up to the mark or come near it."""
    ranked: dict[tuple[int, ...], Fraction] = {}
    state = 1
    for number in range(_TRIES):
        choice = []
        for given in options:
            state = (state * 1_103_515_245 + 12_345) % 2**31
            choice.append(number % len(given) if number < 12 else (state >> 8) % len(given))
        points = zip(leaves, options, choice, strict=True)
        nominal = {id(leaf): given[one].nominal for leaf, given, one in points}
        ends = added([_nominal(top, nominal) for top in lines])
        ranked[tuple(choice)] = min(abs(end - mark) for end in ends)
    first = sorted(ranked, key=lambda one: (ranked[one], one))
    far = sorted(ranked, key=lambda one: (-ranked[one], one))
    for near, other in zip(first, far, strict=True):
        yield near
        yield other


def _nominal(line: Line, given: Mapping[int, Ends]) -> Ends:
    if not line.inside:
        return given[id(line)]
    inside = [_nominal(one, given) for one in line.inside]
    return _capped(line, best(inside) if line.spec.best_of is not None else added(inside))


def _realise(
    choice: tuple[int, ...],
    attempt: int,
    options: Sequence[Sequence[_Option]],
    total: Callable[[Meaning], Ends],
    moment: Moment,
    pool: Pool,
) -> None:
    """Bring a choice about as far as facts shared by several lines let it; keep what it really comes to."""
    firm = Firm(ordinary(attempt))
    solver, place = Solver(firm, attempt), Meaning(firm, moment.on, moment.base_year)
    for given, one in zip(options, choice, strict=True):
        try:
            given[one].bring(solver, place)
        except (Unsolvable, Undefined):
            continue
    try:
        pool.setdefault(total(place), firm)
    except Undefined:
        return


def _picked(pool: Pool, mark: Mark, *, exact: bool = True) -> tuple[Case, ...] | None:
    """Return cases on, next below and next above the mark, by the least totals or by the most.

    exact: whether there must be one on the mark.
    """
    for side in (0, 1):
        on = [ends for ends in pool if ends[side] == mark[1]]
        below = max((ends for ends in pool if ends[side] < mark[1]), key=lambda one: one[side], default=None)
        above = min((ends for ends in pool if ends[side] > mark[1]), key=lambda one: one[side], default=None)
        chosen: list[tuple[Side, Ends | None]] = [
            ("at", on[0] if on else None),
            ("under", below),
            ("over", above),
        ]
        cases = tuple(
            Case(name, pool[ends], reached(ends, mark)) for name, ends in chosen if ends is not None
        )
        if (on or not exact) and len({one.expected for one in cases}) > 1:
            return cases
    return None


def reached(ends: Ends, mark: Mark) -> bool | None:
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
