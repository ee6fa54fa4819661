"""Whether a reader who computes with the printed figures gets the printed result; if not, what is said below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from wanqi.indicators.evaluate import Figure, Input
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.figures import rounded, scale_of

PARTS = "因四舍五入，分项之和与合计可能略有差异。"
RATES = "{titles}按未四舍五入的数计算，与按所列数字计算的结果可能略有差异。"
# Operators that only give another figure's value another name.
_CARRIED = frozenset({"same_period", "year_end", "previous", "year_to_date"})
_QUOTIENTS = frozenset({"share", "ratio", "completion"})
_GROWTHS = frozenset({"growth_same_period", "growth_year_end", "growth_previous"})

Key = tuple[str, str]


def visible(printed: Iterable[Figure], evaluation: Evaluation) -> frozenset[Key]:
    """Return (indicator, period) of every value that a reader of the printed figures sees."""
    found: set[Key] = set()
    for figure in printed:
        found.add((figure.id, figure.period.id))
        if evaluation.spec(figure.id).operator in _CARRIED:
            found |= {(one.id, one.period.id) for one in figure.inputs}
    return frozenset(found)


def notes(
    printed: Iterable[str], figures: Mapping[str, Figure], seen: frozenset[Key], evaluation: Evaluation
) -> tuple[str, ...]:
    """Return the notes of a paragraph that prints some of a report's figures; seen: what the whole report prints."""
    parts: list[str] = []
    rates: list[str] = []
    for figure in (figures[id] for id in printed):
        operator = evaluation.spec(figure.id).operator
        given = _from_printed(figure, str(operator), figures, seen, evaluation)
        if given is None or given == figure.rounded:
            continue
        (parts if operator in ("sum", "delta") else rates).append(figure.title)
    told = [PARTS] if parts else []
    return (*told, *([RATES.format(titles="、".join(rates))] if rates else []))


def _from_printed(
    figure: Figure,
    operator: str,
    figures: Mapping[str, Figure],
    seen: frozenset[Key],
    evaluation: Evaluation,
) -> Fraction | None:
    """Return what the printed inputs give, rounded as the figure is; None where a reader sees not all of them."""
    if figure.value is None or operator not in {"sum", "delta"} | _QUOTIENTS | _GROWTHS:
        return None
    if any((one.id, one.period.id) not in seen for one in figure.inputs):
        return None
    values = [_ones(_input(one, figures, evaluation)) for one in figure.inputs]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or len(known) < 2:
        return None
    return _result(figure, operator, known)


def _input(one: Input, figures: Mapping[str, Figure], evaluation: Evaluation) -> Figure:
    """Return an input's figure as the report has it, so that a report as of an earlier day stays one."""
    own = figures.get(one.id)
    return own if own is not None and own.period == one.period else evaluation.figure(one.id, one.period)


def _ones(figure: Figure) -> Fraction | None:
    """Return the printed value in ones, whatever 万 or 亿 its unit counts in."""
    return None if figure.rounded is None else figure.rounded * scale_of(figure.unit)


def _result(figure: Figure, operator: str, values: Sequence[Fraction]) -> Fraction | None:
    first, second = values[0], values[1]
    scale = scale_of(figure.unit)
    if operator == "sum":
        return rounded(sum(values, Fraction(0)) / scale, figure.unit, figure.decimals)
    if operator == "delta":
        return rounded((first - second) / scale, figure.unit, figure.decimals)
    if second == 0:
        return None
    quotient = first / second - (1 if operator in _GROWTHS else 0)
    return rounded(quotient / scale, figure.unit, figure.decimals)
