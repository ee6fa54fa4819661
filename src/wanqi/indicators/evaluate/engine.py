"""Evaluation: each indicator by its nature, once per period, with its inputs before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from wanqi.packs import IndicatorSpec, PeerSet

from ..errors import DefinitionRefused, IndicatorMissing
from . import operators, reporting, wording
from .figures import Announced, Figure, Input, Reported, point
from .periods import Period, day, last_year_end, month, months_to
from .rows import Measured, Prepared, Selection, Table, measured, prepare
from .standing_on import Source, affected


def evaluate(
    definitions: Mapping[str, IndicatorSpec],
    ids: Iterable[str],
    period: Period,
    *,
    tables: Mapping[str, Table],
    reported: Sequence[Reported] = (),
    as_of: date | None = None,
    area: str | None = None,
    announced: Sequence[Announced] = (),
    peers: Mapping[str, PeerSet] | None = None,
    home: str = "",
) -> dict[str, Figure]:
    """Return the figures of `ids` for a period, each with its grade, rows, inputs and sums.

    as_of: the last day that counts; None or a day after the period is the period's own end.
    Raises IndicatorMissing for an unknown id, DefinitionRefused for a definition that needs itself.
    """
    evaluation = Evaluation(
        definitions,
        tables=tables,
        reported=reported,
        area=area,
        announced=announced,
        peers=peers or {},
        home=home,
    )
    return {id: evaluation.figure(id, period, as_of) for id in ids}


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """One month: the year so far (a stock: at its end), and the month alone where it has a value of its own."""

    period: Period
    cumulative: Figure
    month: Figure | None


@dataclass
class Evaluation:
    """Definitions over one state of the rows; figures are computed once per period."""

    definitions: Mapping[str, IndicatorSpec]
    tables: Mapping[str, Table]
    reported: Sequence[Reported] = ()
    area: str | None = None
    today: date | None = None  # days after it have not been counted by anybody; None counts every day
    announced: Sequence[Announced] = ()
    peers: Mapping[str, PeerSet] = field(default_factory=dict)
    home: str = ""  # our own code among the members of a set of peers
    _done: dict[tuple[str, str, date], Figure] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)
    _prepared: dict[tuple[str | None, ...], Prepared] = field(default_factory=dict)

    _shelves: list[reporting.Shelf] = field(default_factory=list)

    @property
    def shelf(self) -> reporting.Shelf:
        """The reported values, by what they are about; made once, for copies of this evaluation too."""
        if not self._shelves:
            self._shelves.append(reporting.Shelf(self.reported))
        return self._shelves[0]

    def changed(
        self,
        changed: Set[Source],
        *,
        tables: Mapping[str, Table],
        reported: Sequence[Reported],
        announced: Sequence[Announced],
        shelf: reporting.Shelf,
    ) -> Evaluation:
        """Return an evaluation over a later state; what does not stand on the changed sources is not counted again."""
        gone = affected(self.definitions, changed)
        prepared = dict(self._prepared)  # in one step: others may be counting meanwhile
        done = dict(self._done)
        return replace(
            self,
            tables=tables,
            reported=reported,
            announced=announced,
            _done={key: figure for key, figure in done.items() if key[0] not in gone},
            _prepared={key: rows for key, rows in prepared.items() if ("rows", key[0]) not in changed},
            _open=[],
            _shelves=[shelf],
        )

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
            decimals=spec.decimals,
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
            return reporting.target(self, spec, period, as_of)
        table = self.tables.get(spec.records or "")
        if table is None or table.empty:
            return reporting.figure(self, spec, period, as_of)
        return self._from_rows(spec, table, period, as_of)

    # --- rows -----------------------------------------------------------------------------------

    def measured(self, spec: IndicatorSpec, table: Table, start: date | None, end: date) -> Measured:
        """Return the measure of a counting indicator over the rows dated from `start` to `end`."""
        function, name = spec.measured
        selection = Selection(spec.where, str(spec.date), start, end, spec.area, self.area, spec.until)
        key = (table.kind, spec.where, spec.date, spec.area and self.area, spec.until, name)
        if key not in self._prepared:
            self._prepared[key] = prepare(table, selection, name)
        prepared = self._prepared[key]
        return measured(table, prepared, selection, function=function, field=name, unit=spec.unit)

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
            reason=_nothing_measured(found, as_of) if found.interval is None else "",
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
        more = f"＋本年{_said(gain, spec)}"
        if spec.until is not None:
            first = date(figure.period.year, 1, 1)
            came = self.measured(_without_end(spec), table, first, figure.as_of).interval
            if came is None or (new := point(came)) is None:
                return figure
            more = f"＋本年新增{_said(new, spec)}−本年退出{_said(new - gain, spec)}"
        line = f"上年末{_said(base, spec)}{more}＝{_said(figure.value, spec)}"
        return replace(figure, arithmetic=(line,))

    def _with_months(self, figure: Figure) -> Figure:
        months = self.monthly(figure.id, figure.period.start, figure.as_of)
        known = [(one.period, one.value) for one in months if one.value is not None]
        if len(months) < 2 or len(known) != len(months):
            return figure
        inputs = tuple(self.input(one.period.months, one) for one in months)
        line = wording.months_line(known, figure.unit, figure.decimals)
        series = {period.id: value for period, value in known}
        return replace(figure, arithmetic=(line,), inputs=inputs, series=series)

    def monthly(self, id: str, start: date, end: date) -> list[Figure]:
        """Return a flow month by month, from the month of `start` to that of `end` in the same year."""
        return [self.figure(id, month(end.year, number), end) for number in range(start.month, end.month + 1)]

    # --- reported values ------------------------------------------------------------------------

    def found(self, id: str, period: Period, *, nature: str, instant: bool) -> list[Reported]:
        """Return our own values reported for a period, the best evidenced and newest first; none for an area.

        instant: compare the ends only, as stocks do.
        """
        if self.area is not None:
            return []
        return self.shelf.found(id, period, nature=nature, instant=instant)

    # --- series ---------------------------------------------------------------------------------

    def series(self, id: str, year: int, until: date | None = None) -> tuple[MonthPoint, ...]:
        """Return the months of a year up to that of a day: the year so far, and the month alone.

        A stock has no month alone; what came in a month is its flow's. Raises IndicatorMissing.
        """
        spec = self.spec(id)
        last = 12 if until is None or until.year > year else 0 if until.year < year else until.month
        return tuple(self._month_point(spec, year, number) for number in range(1, last + 1))

    def _month_point(self, spec: IndicatorSpec, year: int, number: int) -> MonthPoint:
        one = month(year, number)
        if spec.nature == "stock":
            return MonthPoint(one, self.figure(spec.id, day(one.end)), None)
        alone = None if self.spans_only(spec) else self.figure(spec.id, one)
        return MonthPoint(one, self.figure(spec.id, months_to(year, number)), alone)

    def spans_only(self, spec: IndicatorSpec) -> bool:
        """Whether an indicator has no value for a month alone: stocks, targets, and what follows from them."""
        if spec.nature == "derived":
            return spec.of is None or self.spans_only(self.spec(spec.of))
        return spec.nature in ("stock", "target")


def _said(value: Fraction, spec: IndicatorSpec) -> str:
    return wording.plain(value, spec.unit, spec.decimals)


def _without_end(spec: IndicatorSpec) -> IndicatorSpec:
    """Return a stock's definition as it counts what came, whether or not it stands still."""
    return spec.model_copy(update={"until": None})


def _nothing_measured(found: Measured, as_of: date) -> str:
    if not found.records and not found.uncertain:
        return f"截至{wording.full_date(as_of)}没有记录"
    return "有记录缺少计算所需的数值，无法合计"


def _unknown_rows(found: Measured) -> str:
    if not found.uncertain:
        return ""
    undated = f"，其中{found.undated}条没有日期" if found.undated else ""
    return f"另有{len(found.uncertain)}条记录的日期或条件不明{undated}，可能应计入，所以是一个范围。"
