"""主要指标调度表: the bureau's monthly table, one row per counted indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from io import BytesIO
from typing import Any

from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.documents import Field, Value, xlsx
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.periods import month, to_date
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import IndicatorSpec

from .outputs import value_of

TITLE = "主要指标调度表"


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator. Figures are None where the pack defines none; a figure without a value says why."""

    spec: IndicatorSpec
    month: Figure | None
    cumulative: Figure
    growth: Figure | None
    target: Figure | None
    completion: Figure | None
    pace: Figure | None
    rank: Figure | None
    office: str

    @property
    def note(self) -> str:
        """What a reader of the row must know: the assumption, then why a cell is empty, each once."""
        figures = (self.cumulative, self.growth, self.target, self.completion, self.rank)
        reasons = [one.reason for one in figures if one is not None and one.reason]
        mark = "含演示数据" if self.cumulative.is_demonstration else ""
        said = (mark, self.spec.assumption or "", *reasons)
        return "；".join(dict.fromkeys(part.rstrip("。") for part in said if part))


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """The table of a region up to a month."""

    region: str
    region_title: str
    period: Period
    lines: tuple[Line, ...]

    @property
    def is_demonstration(self) -> bool:
        return any(line.cumulative.is_demonstration for line in self.lines)


def monthly_table(region: str, period: str) -> MonthlyTable:
    """Return the table of a period: its last month, and January up to it.

    Raises PeriodRefused, PackMissing.
    """
    pack = current_pack(region)
    evaluation = evaluation_of(region)
    span = to_date(read_period(period))
    offices = dict(Office.objects.filter(region_id=region).values_list("code", "name"))
    counted = [spec for spec in pack.indicators.values() if spec.nature in ("flow", "stock")]
    lines = tuple(_line(evaluation, spec, span, offices) for spec in counted)
    return MonthlyTable(region, pack.title, span, lines)


def _line(evaluation: Evaluation, spec: IndicatorSpec, span: Period, offices: Mapping[str, str]) -> Line:
    def derived(operator: str) -> IndicatorSpec | None:
        known = evaluation.definitions.values()
        return next((one for one in known if one.operator == operator and one.of == spec.id), None)

    def figure(one: IndicatorSpec | None) -> Figure | None:
        return evaluation.figure(one.id, span) if one else None

    completion = derived("completion")
    pace = next((one for one in evaluation.definitions.values() if one.operator == "pace"), None)
    last = month(span.year, span.end.month)
    return Line(
        spec=spec,
        month=evaluation.figure(spec.id, last) if spec.nature == "flow" else None,
        cumulative=evaluation.figure(spec.id, span),
        growth=figure(derived("growth_same_period")),
        target=evaluation.figure(str(completion.target), span) if completion else None,
        completion=figure(completion),
        pace=figure(pace) if completion else None,
        rank=figure(derived("rank")),
        office=offices.get(spec.office or "", ""),
    )


def table_json(table: MonthlyTable) -> dict[str, Any]:
    """Return the table as plain data; counts as integers, shares (1 = 100 %) as decimal text, null for unknown."""

    def value(figure: Figure | None) -> int | str | None:
        return None if figure is None else value_of(figure.value, figure.unit)

    return {
        "region": table.region,
        "period": table.period.id,
        "as_of": table.period.end.isoformat(),
        "marks": ["演示数据"] if table.is_demonstration else [],
        "rows": [
            {
                "indicator": line.spec.id,
                "title": line.spec.title,
                "unit": line.spec.unit,
                "target": value(line.target),
                "month": value(line.month),
                "cumulative": value(line.cumulative),
                "growth": value(line.growth),
                "completion": value(line.completion),
                "pace": value(line.pace),
                "rank": value(line.rank),
                "office": line.office,
                "note": line.note,
            }
            for line in table.lines
        ],
    }


def table_xlsx(table: MonthlyTable, *, made: datetime) -> bytes:
    """Return the table as a workbook with the bureau's columns; an unknown cell is empty, its reason is in 备注."""
    fields = (
        Field("指标", width=24), Field("单位", width=6), Field("全年目标", "count"), Field("本月", "count"),
        Field(f"{table.period.months}累计", "count", width=12), Field("同比", "ratio"), Field("完成率", "ratio"),
        Field("序时进度", "ratio"), Field("六县市名次", "count", width=12), Field("责任股室", width=18),
        Field("备注", width=48),
    )  # fmt: skip

    def cell(figure: Figure | None) -> Value:
        if figure is None or figure.value is None:
            return figure.display if figure is not None and figure.known else None
        return _plain(figure.value)

    rows: list[list[Value]] = [
        [
            line.spec.title, line.spec.unit, cell(line.target), cell(line.month), cell(line.cumulative),
            cell(line.growth), cell(line.completion), cell(line.pace), cell(line.rank), line.office, line.note,
        ]
        for line in table.lines
    ]  # fmt: skip
    out = BytesIO()
    title = f"{table.region_title}{table.period.full_months}{TITLE}"
    marks = ("演示数据",) if table.is_demonstration else ()
    xlsx(out, fields, rows, made=made, title=title, sheet=TITLE, marks=marks)
    return out.getvalue()


def _plain(value: Fraction) -> Value:
    return int(value) if value.denominator == 1 else value
