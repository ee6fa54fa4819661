"""The score of a rule version: its items as intervals of points, its mark, minima and vetoes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wanqi.rules import tree
from wanqi.rules.plan import Part, Reading, Reason
from wanqi.rules.programmes import model, scoring
from wanqi.rules.programmes.describing import number_reading
from wanqi.rules.programmes.reader import Reader
from wanqi.rules.programmes.scoring import Marks
from wanqi.rules.types import RATIO, Type

_SIGNS: dict[model.Bound, tree.Comparison] = {
    "at_least": ">=",
    "more_than": ">",
    "at_most": "<=",
    "less_than": "<",
}
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Scored:
    """An item: its points, the part that explains it, and every minimum or veto in it as a Boolean node."""

    marks: Marks
    part: Part
    tests: tuple[tree.Node, ...]


def scored(item: model.Item, reader: Reader) -> Scored:
    """Return the item's points and what they must pass. Raises ProgrammeRefused."""
    marks, inside, options, reading = _points(item, reader)
    marks = scoring.capped(marks, item.maximum)
    fixed: Reason | None = None
    if item.basis.unverified or item.scoring is None:
        most = item.maximum if item.maximum is not None else marks.most
        marks, fixed = scoring.constant(_ZERO, most), "unverified"
    elif isinstance(item.scoring, model.Expert):
        fixed = "judgement"
    mark = _mark(item)
    test = scoring.passes(marks.low, marks.high, *mark) if mark else None
    basis = item.basis
    part = Part(
        basis.id,
        "item",
        title=basis.title,
        article=basis.article,
        tag=basis.tag,
        test=test,
        points=(marks.low, marks.high),
        maximum=item.maximum if item.maximum is not None else marks.most,
        mark=mark,
        fixed=fixed,
        reading=reading,
        options=options,
        first=not isinstance(item.scoring, model.EachOf),
        children=tuple(one.part for one in inside),
    )
    below = tuple(one for child in inside for one in child.tests)
    return Scored(marks, part, below if test is None else (test, *below))


def step_of(items: Sequence[model.Item]) -> Decimal:
    """Return the least difference two totals can have: the finest decimal place of any points, whole where all are."""
    places = max((_places(one) for item in items for one in _given(item)), default=0)
    return Decimal(1).scaleb(-places)


def _given(item: model.Item) -> Iterator[Decimal]:
    """Yield every number of points an item can give; a formula may give the finest a number can be."""
    match item.scoring:
        case model.Expert(points=points):
            yield from (points.low, points.high)
        case (
            model.Bands(bands=options, otherwise=otherwise)
            | model.Choose(options=options, otherwise=otherwise)
        ):
            yield from (otherwise.low, otherwise.high)
            yield from (end for one in options for end in (one.points.low, one.points.high))
        case model.EachOf(options=choices):
            yield from (end for one in choices for end in (one.points.low, one.points.high))
        case model.BestOf(items=items) | model.Sum(items=items):
            yield from (one for inside in items for one in _given(inside))
        case model.Formula():
            yield Decimal("0.0001")
        case None:
            yield item.maximum if item.maximum is not None else _ZERO


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _mark(item: model.Item) -> tuple[tree.Comparison, Decimal] | None:
    if item.minimum is not None:
        return (">=", item.minimum)
    return (">", _ZERO) if item.veto else None


Points = tuple[Marks, Sequence[Scored], tuple[tree.Node, ...], Reading | None]


def _points(item: model.Item, reader: Reader) -> Points:
    """Return (points, items inside, conditions in order, what is measured)."""
    at = item.basis.id
    match item.scoring:
        case None:
            return scoring.constant(_ZERO, item.maximum), (), (), None
        case model.Expert(points=points):
            return _fixed(points), (), (), None
        case model.Bands() as bands:
            return _banded(bands, reader, at)
        case model.Choose(options=options, otherwise=otherwise):
            tests = _tests(options, reader, at)
            outcomes = [_fixed(one.points) for one in options]
            pairs = list(zip(tests, outcomes, strict=True))
            return scoring.first_of(pairs, _fixed(otherwise)), (), tests, None
        case model.EachOf(options=options):
            tests = _tests(options, reader, at)
            none = scoring.constant(_ZERO, _ZERO)
            each = [
                scoring.first_of([(test, _fixed(one.points))], none)
                for test, one in zip(tests, options, strict=True)
            ]
            return scoring.total(each), (), tests, None
        case model.BestOf(items=items):
            inside = [scored(one, reader) for one in items]
            return scoring.best([one.marks for one in inside]), inside, (), None
        case model.Sum(items=items):
            inside = [scored(one, reader) for one in items]
            return scoring.total(one.marks for one in inside), inside, (), None
        case model.Formula(text=text):
            ends = reader.span(reader.number(text, at=at))
            return scoring.computed(ends.low, ends.high, item.maximum), (), (ends.low, ends.high), None


def _banded(bands: model.Bands, reader: Reader, at: str) -> Points:
    of = reader.number(bands.of, at=at)
    tests = tuple(
        reader.lowered(tree.Compare(_SIGNS[one.bound], of, _bound(one.value, of.type))) for one in bands.bands
    )
    pairs = [(test, _fixed(one.points)) for test, one in zip(tests, bands.bands, strict=True)]
    return scoring.first_of(pairs, _fixed(bands.otherwise)), (), tests, number_reading(of, reader)


def _bound(value: Decimal, kind: Type) -> tree.Literal:
    """Return a bound of the measured type; a fraction beside a count is a ratio."""
    whole = value == value.to_integral_value()
    return tree.Literal(value, RATIO if kind.base == "count" and not whole else kind)


def _tests(options: Sequence[model.Option], reader: Reader, at: str) -> tuple[tree.Node, ...]:
    return tuple(reader.lowered(reader.condition(one.when, at=at)) for one in options)


def _fixed(points: model.Points) -> Marks:
    return scoring.constant(points.low, points.high)
