"""What the system knows before a unit fills in a form: last period's figures, last year's, and what registers count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from wanqi.indicators.evaluate import Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import FormSpec, LineSpec

from .figures import as_decimal
from .forms import spec_of
from .models import Entry, Return
from .schedule import a_year_before, previous

ROWS = "有台账"


@dataclass(frozen=True)
class Known:
    """What the registers count for a line: the unit confirms it, or says what is different."""

    value: Decimal
    grade: str
    display: str
    is_demonstration: bool = False


@dataclass(frozen=True)
class Knowledge:
    """By line, values in the kept unit. last, same: a line is absent where nothing is known."""

    last_period: Period | None = None
    same_period: Period | None = None
    last: Mapping[str, Decimal] = field(default_factory=dict)
    same: Mapping[str, Decimal] = field(default_factory=dict)
    known: Mapping[str, Known] = field(default_factory=dict)


def knowledge_of(row: Return, *, spec: FormSpec | None = None) -> Knowledge:
    """Return what is known for a unit's return before it types anything; nothing for a form of rows."""
    spec = spec or spec_of(row.round)
    assert row.unit is not None
    lines = spec.lines_for(row.unit.code)
    if not lines:
        return Knowledge()
    evaluation = evaluation_of(row.region_id)
    period = read_period(row.round.period)
    last, same = previous(spec, period), a_year_before(spec, period)
    return Knowledge(
        last_period=last,
        same_period=same,
        last=_earlier(row, spec, lines, last, evaluation),
        same=_earlier(row, spec, lines, same, evaluation),
        known={
            line.id: found
            for line in lines
            if (found := _counted(spec, line, period, evaluation)) is not None
        },
    )


def usual_reporter(row: Return) -> str:
    """Return who reported for the unit on this form last, "" where nobody did."""
    named = Return.objects.filter(
        region=row.region_id, round__form=row.round.form, unit=row.unit_id, reported_by__gt=""
    ).exclude(pk=row.pk)
    found: str | None = named.order_by("-due_on", "-pk").values_list("reported_by", flat=True).first()
    return found or ""


def _earlier(
    row: Return, spec: FormSpec, lines: tuple[LineSpec, ...], period: Period | None, evaluation: Evaluation
) -> dict[str, Decimal]:
    """Return what the unit handed in for a period; where it did not, the region's figure if the unit alone fills it."""
    if period is None:
        return {}
    entries = Entry.objects.filter(
        belongs_to__region=row.region_id,
        belongs_to__round__form=row.round.form,
        belongs_to__round__period=period.id,
        belongs_to__unit=row.unit_id,
        belongs_to__withdrawn_at__isnull=True,
        belongs_to__state__in=Return.HANDED_IN,
        value__isnull=False,
    )
    found = {line: value for line, value in entries.values_list("line", "value") if value is not None}
    for line in lines:
        if (
            line.id not in found
            and len(spec.units_of(line)) == 1
            and line.indicator in evaluation.definitions
        ):
            value = as_decimal(evaluation.figure(line.indicator, period).value)
            if value is not None:
                found[line.id] = value
    return found


def _counted(spec: FormSpec, line: LineSpec, period: Period, evaluation: Evaluation) -> Known | None:
    """Return the registers' figure where the line asks for the whole of it and every row is certain."""
    if len(spec.units_of(line)) > 1 or line.indicator not in evaluation.definitions:
        return None
    figure = evaluation.figure(line.indicator, period)
    value = as_decimal(figure.value)
    if figure.grade != ROWS or not figure.exact or value is None:
        return None
    return Known(value, figure.grade, figure.display, figure.is_demonstration)


def runs_on(spec: FormSpec, line: LineSpec, *, nature: str, period: Period, last: Period | None) -> bool:
    """Return whether a line's figure goes on from the last period's: a stock, or a sum from the same January."""
    if nature == "stock":
        return True
    summed = spec.cadence == "month" and spec.months == "cumulative"
    return summed and last is not None and last.year == period.year
