"""How the parts of a target stand: what each holder has done, and how the parts add to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse

from wanqi.core.models import Area, Office, Unit
from wanqi.figures import Interval, display
from wanqi.indicators.actions.targets import Holder
from wanqi.indicators.evaluate import Figure, Period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.figures import printed
from wanqi.indicators.evaluate.periods import last_year_end
from wanqi.indicators.evaluate.progress import Progress, progress
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.models import Observation, TargetBreakdown, TargetPart
from wanqi.packs import IndicatorSpec
from wanqi.web.console import figures
from wanqi.web.console.board.cards import TONES

NO_COUNT_BY_OFFICE = "台账不按股室分开计数，请看反馈"
NOT_MEASURED = "没有哪个指标用这个目标计算完成率"


@dataclass(frozen=True)
class Whole:
    """What a target asks of the region: `asked` is what the parts are compared with, by the breakdown's basis."""

    target: Figure
    measured: IndicatorSpec | None
    base: Figure | None
    asked: Fraction | None
    unit: str


@dataclass(frozen=True)
class PartStands:
    """One part: how much, done how much, and the word for it; `reason` where nothing is known."""

    part: TargetPart
    value: str
    actual: str
    href: str
    reason: str
    progress: Progress | None
    share: str
    tone: str


def measured_by(definitions: Mapping[str, IndicatorSpec], target: str) -> IndicatorSpec | None:
    """Return the indicator that a target is the target of."""
    ofs = (one.of for one in definitions.values() if one.operator == "completion" and one.target == target)
    found = next((of for of in ofs if of in definitions), None)
    return definitions[found] if found else None


def whole_of(evaluation: Evaluation, target: str, span: Period, basis: str) -> Whole:
    """Return what the whole of a target is: the year's number, or what it adds to the last year-end."""
    figure = evaluation.figure(target, span)
    spec = measured_by(evaluation.definitions, target)
    base = (
        evaluation.figure(spec.id, last_year_end(span))
        if spec is not None and spec.nature == "stock"
        else None
    )
    asked = figure.value
    if basis == TargetBreakdown.Basis.GAIN and asked is not None:
        asked = asked - base.value if base is not None and base.value is not None else None
    return Whole(figure, spec, base, asked, figure.unit)


def adding_words(
    asked: Fraction | None, parts: Iterable[Decimal], adding: str, unit: str
) -> tuple[str, bool]:
    """Return how the parts add to the whole as a sentence, and whether that is what the breakdown says it should be."""
    total = sum((Fraction(value) for value in parts), Fraction(0))
    said = f"分项合计{printed(total, None, unit)}"
    if asked is None:
        return f"{said}；没有总目标，无法比较。", False
    whole = printed(asked, None, unit)
    if adding == TargetBreakdown.Adding.OVERLAP:
        return f"{said}，总目标{whole}；分项互有重叠，合计不等于总目标。", True
    gap = total - asked
    if gap == 0:
        return f"{said}，与总目标{whole}相等。", True
    word = "多" if gap > 0 else "少"
    told = f"{said}，比总目标{whole}{word}{printed(abs(gap), None, unit)}"
    if adding == TargetBreakdown.Adding.ABOVE and gap > 0:
        return f"{told}（加压{display(gap / asked, unit='%')}）。" if asked else f"{told}。", True
    return f"{told}，请核对。", False


def stands(
    parts: Iterable[TargetPart],
    whole: Whole,
    *,
    basis: str,
    region: str,
    span: Period,
    evaluation: Evaluation,
) -> list[PartStands]:
    """Return how each part stands over a span."""
    pace = _pace(evaluation, span)
    return [_part(part, whole, basis, region, span, pace, evaluation) for part in parts]


def _pace(evaluation: Evaluation, span: Period) -> Figure | None:
    found = next((one for one in evaluation.definitions.values() if one.operator == "pace"), None)
    return evaluation.figure(found.id, span) if found else None


def _part(
    part: TargetPart,
    whole: Whole,
    basis: str,
    region: str,
    span: Period,
    pace: Figure | None,
    evaluation: Evaluation,
) -> PartStands:
    value = Fraction(part.value)
    shown = printed(value, None, whole.unit)
    if whole.measured is None:
        return PartStands(part, shown, "—", "", NOT_MEASURED, None, "", "")
    own = _evaluation(part.holder, region, evaluation)
    if own is None:
        return PartStands(part, shown, "—", "", NO_COUNT_BY_OFFICE, None, "", "")
    actual = own.figure(whole.measured.id, span)
    base = own.figure(whole.measured.id, last_year_end(span)) if whole.base is not None else None
    done, target = actual, value
    if basis == TargetBreakdown.Basis.GAIN:
        if base is None or base.value is None:
            return PartStands(part, shown, "—", "", f"缺少{span.year - 1}年末的数", None, "", "")
        target = value + base.value
        if actual.value is not None:
            gain = actual.value - base.value
            done = replace(actual, value=gain, interval=Interval.point(gain))
    asked = replace(whole.target, value=target, interval=Interval.point(target))
    found = progress(actual=actual, target=asked, pace=pace, year_end=base, forecast=None) if pace else None
    return PartStands(
        part=part,
        value=shown,
        actual=done.display,
        href=_href(part.holder, actual, span),
        reason="" if done.known else actual.reason,
        progress=found,
        share=display(found.share, unit="%") if found and found.share is not None else "",
        tone=TONES[found.word] if found else "",
    )


def _evaluation(holder: Holder, region: str, evaluation: Evaluation) -> Evaluation | None:
    """Return the evaluation over what one holder has: an area's rows, or what a unit reported; None for an office."""
    if isinstance(holder, Area):
        return kept_evaluation(region, area=holder.code)
    if isinstance(holder, Unit):
        rows = Observation.objects.current().filter(region_id=region, unit=holder, peer="")
        ids = {str(pk) for pk in rows.values_list("pk", flat=True)}
        reported = [one for one in evaluation.reported if one.id in ids]
        return Evaluation(evaluation.definitions, tables={}, reported=reported, today=evaluation.today)
    return None


def _href(holder: Holder, actual: Figure, span: Period) -> str:
    if isinstance(holder, Area):
        return figures.address(actual.id, span, holder)
    return reverse("observations.row", args=[actual.reported[0].id]) if actual.reported else ""


def holders_of(region: str, dimension: str) -> list[Any]:
    """Return who a target can be broken down to, in the order of the region's pack."""
    if dimension == TargetBreakdown.Dimension.OFFICE:
        rows: Any = Office.objects.all()
    elif dimension == TargetBreakdown.Dimension.AREA:
        rows = Area.objects.all()
    else:
        rows = Unit.objects.filter(kind=dimension)
    return list(rows.filter(region_id=region, active=True).order_by("position", "pk"))
