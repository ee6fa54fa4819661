"""主要指标调度表: the bureau's monthly table, its rows and their order as the region's pack lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from io import BytesIO
from typing import Any

from wanqi.core.models import Office
from wanqi.core.packs import current_pack
from wanqi.documents import Field, Value, xlsx
from wanqi.figures.display import display_change
from wanqi.indicators.evaluate import Figure, Period, read_period
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.evaluate.figures import SHARES
from wanqi.indicators.evaluate.periods import month, to_date
from wanqi.indicators.evaluate.wording import NO_RANK
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import IndicatorSpec, Pack

from .outputs import value_of

TITLE = "主要指标调度表"
MONTHLY = "monthly"  # its id where the region's pack lists none
UNITLESS = frozenset({"growth", "completion", "pace", "rank"})  # columns that print more than an amount
_GROWTHS = ("growth_same_period", "delta")


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
        mark = "含演示数据" if self.is_demonstration else ""
        if not self.cumulative.known:
            return "；".join(part for part in (mark, self.cumulative.reason.rstrip("。")) if part)
        figures = (self.month, self.growth, self.target, self.rank)
        reasons = [one.reason for one in figures if one is not None and one.reason and one.reason != NO_RANK]
        ranked = self.rank.note if self.rank is not None else ""
        said = (mark, self.spec.assumption or "", *reasons, ranked)
        return "；".join(dict.fromkeys(part.rstrip("。") for part in said if part))

    @property
    def is_demonstration(self) -> bool:
        return any(figure is not None and figure.is_demonstration for _, figure in self.cells)

    @property
    def cells(self) -> tuple[tuple[str, Figure | None], ...]:
        """The figures in the order of their columns, each with its column's name."""
        return (
            ("target", self.target),
            ("month", self.month),
            ("cumulative", self.cumulative),
            ("growth", self.growth),
            ("completion", self.completion),
            ("pace", self.pace),
            ("rank", self.rank),
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a region's table lists. rows: ids of indicators, in order; offices: code → name.

    peers: the set its ranks are among; peers_title: how the column's head calls that set.
    """

    region: str
    region_title: str
    rows: tuple[str, ...]
    offices: Mapping[str, str]
    id: str = MONTHLY
    title: str = TITLE
    peers: str | None = None
    peers_title: str = "六县市"


@dataclass(frozen=True, slots=True)
class MonthlyTable:
    """The table of a region up to a month, by its sheet."""

    sheet: Sheet
    period: Period
    lines: tuple[Line, ...]

    @property
    def region(self) -> str:
        return self.sheet.region

    @property
    def region_title(self) -> str:
        return self.sheet.region_title

    @property
    def title(self) -> str:
        return self.sheet.title

    @property
    def full_title(self) -> str:
        """The title with region and months, as it stands over the table."""
        return f"{self.region_title}{self.period.full_months}{self.title}"

    @property
    def peers(self) -> str:
        return self.sheet.peers_title

    @property
    def figures(self) -> dict[str, Figure]:
        """Return the figures of all cells by id and period: one indicator stands with its month and with the year."""
        cells = (figure for line in self.lines for _, figure in line.cells if figure is not None)
        return {f"{one.id}@{one.period.id}": one for one in cells}

    @property
    def is_demonstration(self) -> bool:
        return any(line.is_demonstration for line in self.lines)

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the columns, the period's own months among them."""
        return (
            "指标", "单位", "全年目标", "本月", f"{self.period.months}累计", "同比", "完成率", "序时进度",
            f"{self.peers}名次", "责任股室", "备注",
        )  # fmt: skip


def monthly_table(region: str, period: str, *, evaluation: Evaluation | None = None) -> MonthlyTable:
    """Return the table of a period: its last month, and January up to it.

    evaluation: one made already for this region. Raises PeriodRefused, PackMissing.
    """
    span = to_date(read_period(period))
    return composed_table(sheet_of(current_pack(region)), evaluation or evaluation_of(region), span)


def sheet_of(pack: Pack) -> Sheet:
    """Return what the region's table lists; every counted indicator where the region lists none."""
    offices = dict(Office.objects.filter(region_id=pack.region).values_list("code", "name"))
    table = next(iter(pack.tables.values()), None)
    if table is None:
        counted = (id for id, spec in pack.indicators.items() if spec.nature in ("flow", "stock", "rate"))
        return Sheet(pack.region, pack.title, tuple(counted), offices)
    known = pack.peers.get(table.peers or "")
    peers = min((known.title, *known.aliases), key=len) if known else ""
    return Sheet(
        pack.region, pack.title, table.indicators, offices, table.id, table.title, table.peers, peers
    )


def composed_table(
    sheet: Sheet, evaluation: Evaluation, span: Period, as_of: date | None = None
) -> MonthlyTable:
    """Return a table from nothing but what is given: no database. A frozen one is rebuilt with it.

    as_of: the last day that counts, the period's own end where none is given.
    """
    lines = tuple(_line(sheet, evaluation, evaluation.spec(id), span, as_of) for id in sheet.rows)
    return MonthlyTable(sheet, span, lines)


def _line(
    sheet: Sheet, evaluation: Evaluation, spec: IndicatorSpec, span: Period, as_of: date | None
) -> Line:
    known = [one for one in evaluation.definitions.values() if one.of == spec.id]

    def derived(*operators: str) -> IndicatorSpec | None:
        # An absolute increase is no growth, unless the figure itself is a rate and the increase is in points.
        fitting = (one for one in known if one.operator in operators)
        return next((one for one in fitting if one.operator != "delta" or one.unit in SHARES), None)

    def figure(one: IndicatorSpec | None) -> Figure | None:
        return evaluation.figure(one.id, span, as_of) if one else None

    completion = derived("completion")
    target = figure(_target(evaluation, spec, completion))
    pace = next((one for one in evaluation.definitions.values() if one.operator == "pace"), None)
    ranks = (one for one in known if one.operator == "rank" and not one.basis)
    last = month(span.year, span.end.month)
    return Line(
        spec=spec,
        month=None if evaluation.spans_only(spec) else evaluation.figure(spec.id, last, as_of),
        cumulative=evaluation.figure(spec.id, span, as_of),
        growth=figure(derived(*_GROWTHS)),
        target=target,
        completion=figure(completion),
        pace=figure(pace) if target is not None and target.known else None,
        rank=figure(next((one for one in ranks if sheet.peers in (None, one.peers)), None)),
        office=sheet.offices.get(spec.office or "", ""),
    )


def _target(
    evaluation: Evaluation, spec: IndicatorSpec, completion: IndicatorSpec | None
) -> IndicatorSpec | None:
    """Return the target an indicator is measured by; a rate's is named after it, for it is not divided by it."""
    if completion is not None:
        return evaluation.spec(str(completion.target))
    found = evaluation.definitions.get(f"{spec.id}.target")
    return found if found is not None and found.nature == "target" else None


def table_json(table: MonthlyTable) -> dict[str, Any]:
    """Return the table as plain data; counts as integers, shares (1 = 100 %) as decimal text, null for unknown."""

    def value(figure: Figure | None) -> int | str | None:
        return None if figure is None else value_of(figure.value, figure.unit)

    return {
        "region": table.region,
        "period": table.period.id,
        "as_of": table.period.end.isoformat(),
        "title": table.title,
        "peers": table.peers,
        "marks": ["演示数据"] if table.is_demonstration else [],
        "rows": [
            {
                "indicator": line.spec.id,
                "title": line.spec.title,
                "unit": line.spec.unit,
                **{name: value(figure) for name, figure in line.cells},
                "office": line.office,
                "note": line.note,
            }
            for line in table.lines
        ],
    }


def table_xlsx(table: MonthlyTable, *, made: datetime, footer: str = "") -> bytes:
    """Return the table as a workbook with the bureau's columns; an unknown cell is empty, its reason is in 备注.

    footer: who took it away, on every printed page.
    """
    kinds = (
        "text",
        "text",
        "number",
        "number",
        "number",
        "ratio",
        "ratio",
        "ratio",
        "number",
        "text",
        "text",
    )
    widths = (28, 8, 12, 12, 14, 12, 10, 10, 12, 20, 60)
    fields = tuple(
        Field(title, kind, width)  # type: ignore[arg-type]  # written above as kinds of cells
        for title, kind, width in zip(table.columns, kinds, widths, strict=True)
    )
    rows: list[list[Value]] = [
        [
            line.spec.title,
            line.spec.unit,
            *(_cell(name, one) for name, one in line.cells),
            line.office,
            line.note,
        ]
        for line in table.lines
    ]
    out = BytesIO()
    marks = ("演示数据",) if table.is_demonstration else ()
    xlsx(out, fields, rows, made=made, title=table.full_title, sheet=table.title, marks=marks, footer=footer)
    return out.getvalue()


def _cell(name: str, figure: Figure | None) -> Value:
    """Return a cell: the number as printed, words where it is a range or a rate in a column of amounts."""
    if figure is None or not figure.known:
        return None
    rounded = figure.rounded
    points = figure.unit in SHARES and (name not in ("growth", "completion", "pace") or figure.unit != "%")
    if rounded is None or points:
        return figure.display
    return int(rounded) if rounded.denominator == 1 else Fraction(rounded)


def printed_cell(name: str, figure: Figure) -> str:
    """Return a known figure as its cell prints it: without the unit, which has a column of its own.

    A rate keeps its sign; a growth is told in words (增长, 下降).
    """
    if name == "growth" and figure.value is not None and figure.unit == "%":
        return display_change(figure.value, decimals=2 if figure.decimals is None else figure.decimals)
    if name in UNITLESS or figure.unit == "%":
        return figure.display
    return figure.display.removesuffix(figure.unit)
