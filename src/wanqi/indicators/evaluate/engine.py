"""Evaluation: each indicator by its nature, once per period, with its inputs before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from wanqi.figures import Interval
from wanqi.packs import IndicatorSpec

from ..errors import DefinitionRefused, IndicatorMissing
from . import operators, wording
from .figures import Figure, Input, Reported, point
from .periods import Period, last_year_end, month, read_period, year_of
from .rows import Measured, Selection, Table, measure


def evaluate(
    definitions: Mapping[str, IndicatorSpec],
    ids: Iterable[str],
    period: Period,
    *,
    tables: Mapping[str, Table],
    reported: Sequence[Reported] = (),
    as_of: date | None = None,
    area: str | None = None,
) -> dict[str, Figure]:
    """Return the figures of `ids` for a period, each with its grade, rows, inputs and sums.

    as_of: the last day that counts; None or a day after the period is the period's own end.
    Raises IndicatorMissing for an unknown id, DefinitionRefused for a definition that needs itself.
    """
    evaluation = Evaluation(definitions, tables=tables, reported=reported, area=area)
    return {id: evaluation.figure(id, period, as_of) for id in ids}


@dataclass
class Evaluation:
    """Definitions over one state of the rows; figures are computed once per period."""

    definitions: Mapping[str, IndicatorSpec]
    tables: Mapping[str, Table]
    reported: Sequence[Reported] = ()
    area: str | None = None
    today: date | None = None  # days after it have not been counted by anybody; None counts every day
    _done: dict[tuple[str, str, date], Figure] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def spec(self, id: str) -> IndicatorSpec:
        """Return a definition. Raises IndicatorMissing."""
        try:
            return self.definitions[id]
        except KeyError:
            raise IndicatorMissing(f"没有“{id}”这个指标。", hint="请从指标目录中选择。") from None

    def figure(self, id: str, period: Period, as_of: date | None = None) -> Figure:
        """Return one figure; `as_of` is cut to the period's end."""
        spec = self.spec(id)
        until = period.end if as_of is None else min(as_of, period.end)
        if self.today is not None and spec.nature != "target":
            if period.start > self.today:
                return self.blank(spec, period, self.today, f"{period.words}还没有开始")
            until = min(until, self.today)
        key = (id, period.id, until)
        if key in self._done:
            return self._done[key]
        step = f"{id}@{period.id}"
        if step in self._open:
            raise DefinitionRefused(f"指标“{id}”的计算用到了它自己。", hint="请核对 of、target、flow。")
        self._open.append(step)
        try:
            figure = self._evaluated(spec, period, until)
        finally:
            self._open.pop()
        self._done[key] = figure
        return figure

    def blank(self, spec: IndicatorSpec, period: Period, as_of: date, reason: str = "") -> Figure:
        """Return a figure of an indicator that has no value yet, or for a reason never will."""
        return Figure(
            id=spec.id,
            title=spec.title,
            unit=spec.unit,
            period=period,
            as_of=as_of,
            assumption=spec.assumption or "",
            reason=reason,
        )

    def input(self, label: str, figure: Figure) -> Input:
        """Return a figure as an input of another."""
        return Input(label=label, id=figure.id, period=figure.period, display=figure.display)

    def _evaluated(self, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
        if spec.nature == "derived":
            return operators.apply(self, spec, period, as_of)
        if spec.nature == "target":
            return self._target(spec, period, as_of)
        table = self.tables.get(spec.records or "")
        if table is None or table.empty:
            return self._from_reports(spec, period, as_of)
        return self._from_rows(spec, table, period, as_of)

    # --- rows -----------------------------------------------------------------------------------

    def measured(self, spec: IndicatorSpec, table: Table, start: date | None, end: date) -> Measured:
        """Return the measure of a counting indicator over the rows dated from `start` to `end`."""
        function, name = spec.measured
        selection = Selection(spec.where, str(spec.date), start, end, spec.area, self.area)
        return measure(table, selection, function=function, field=name, unit=spec.unit)

    def from_rows(
        self, spec: IndicatorSpec, table: Table, period: Period, start: date | None, as_of: date
    ) -> Figure:
        """Return the figure of the rows dated from `start` to `as_of`."""
        found = self.measured(spec, table, start, as_of)
        figure = self.blank(spec, period, as_of)
        return replace(
            figure,
            value=None if found.interval is None else point(found.interval),
            interval=found.interval,
            grade="有台账",
            record_kind=table.kind,
            records=found.records,
            uncertain=found.uncertain,
            definition=wording.counted(spec, table.title, table.labels, start, as_of),
            note=_unknown_rows(found),
            reason="有记录缺少计算所需的数值，无法合计" if found.interval is None else "",
            is_demonstration=found.is_demonstration,
        )

    def _from_rows(self, spec: IndicatorSpec, table: Table, period: Period, as_of: date) -> Figure:
        start = None if spec.nature == "stock" else min(period.start, as_of)
        figure = self.from_rows(spec, table, period, start, as_of)
        if figure.value is None or spec.measured[0] not in ("count", "sum"):
            return figure
        if spec.nature == "stock":
            return self._with_year_end(spec, table, figure)
        return figure if period.kind in ("month", "day") else self._with_months(figure)

    def _with_year_end(self, spec: IndicatorSpec, table: Table, figure: Figure) -> Figure:
        """Add the sum a reader can follow: what stood at the last year-end, and what came since."""
        if figure.as_of.month == 12 and figure.as_of.day == 31:
            return figure
        before = self.measured(spec, table, None, last_year_end(figure.period).end).interval
        if before is None or (base := point(before)) is None or figure.value is None:
            return figure
        gain = figure.value - base
        line = (
            f"上年末{wording.plain(base, spec.unit)}＋本年{wording.plain(gain, spec.unit)}"
            f"＝{wording.plain(figure.value, spec.unit)}"
        )
        return replace(figure, arithmetic=(line,))

    def _with_months(self, figure: Figure) -> Figure:
        months = self.monthly(figure.id, figure.period.start, figure.as_of)
        known = [(one.period, one.value) for one in months if one.value is not None]
        if len(months) < 2 or len(known) != len(months):
            return figure
        inputs = tuple(self.input(one.period.months, one) for one in months)
        line = wording.months_line(known, figure.unit)
        series = {period.id: value for period, value in known}
        return replace(figure, arithmetic=(line,), inputs=inputs, series=series)

    def monthly(self, id: str, start: date, end: date) -> list[Figure]:
        """Return a flow month by month, from the month of `start` to that of `end` in the same year."""
        return [self.figure(id, month(end.year, number), end) for number in range(start.month, end.month + 1)]

    # --- reported values ------------------------------------------------------------------------

    def found(self, id: str, period: Period, *, nature: str, instant: bool) -> list[Reported]:
        """Return the values reported for a period, the best evidenced and newest first.

        instant: compare the ends only, as stocks do. Names of one span are equal: 2023H1 and 2023-01..06.
        """
        if self.area is not None:
            return []
        matching = [
            one
            for one in self.reported
            if (one.indicator, one.nature) == (id, nature)
            and _same_span(read_period(one.period), period, instant)
        ]
        order = {"有佐证": 0, "仅报数": 1}
        return sorted(
            matching,
            key=lambda one: (order.get(one.grade, 2), -(one.as_of or date.min).toordinal(), one.id),
        )

    def reported_figure(
        self, spec: IndicatorSpec, period: Period, as_of: date, found: Sequence[Reported]
    ) -> Figure:
        """Return the figure of the first of some reported values; it names sources that differ."""
        taken = found[0]
        figure = replace(
            self.blank(spec, period, as_of),
            value=taken.value if taken.bound in "=~" else None,
            interval=_bounded(taken),
            grade=taken.grade,
            reported=tuple(found),
            is_demonstration=taken.is_demonstration,
        )
        return replace(figure, definition=spec.note or "", note=wording.sources_line(figure))

    def _from_reports(self, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
        found = self.found(spec.id, period, nature="reported", instant=spec.nature == "stock")
        if found:
            return self.reported_figure(spec, period, as_of, found)
        table = self.tables.get(spec.records or "")
        title = table.title if table else spec.title
        return self.blank(spec, period, as_of, wording.NOT_LINKED.format(title=title))

    def _target(self, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
        found = self.found(spec.id, year_of(period), nature="target", instant=False)
        if not found:
            return self.blank(spec, period, as_of, wording.NO_TARGET.format(year=period.year))
        figure = self.reported_figure(spec, period, as_of, found)
        return replace(figure, definition=f"{period.year}年全年目标。")


def _same_span(one: Period, other: Period, instant: bool) -> bool:
    if instant:
        return one.end == other.end
    return (one.start, one.end) == (other.start, other.end)


def _bounded(taken: Reported) -> Interval:
    if taken.bound == ">":
        return Interval(taken.value, None, low_open=True)
    if taken.bound == "<":
        return Interval(None, taken.value, high_open=True)
    return Interval.point(taken.value)


def _unknown_rows(found: Measured) -> str:
    if not found.uncertain:
        return ""
    undated = f"，其中{found.undated}条没有日期" if found.undated else ""
    return f"另有{len(found.uncertain)}条记录的日期或条件不明{undated}，可能应计入，所以是一个范围。"
