"""The report that was sent against the records: one row per figure it states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wanqi.core.packs import current_pack
from wanqi.figures import Interval, printed
from wanqi.indicators.evaluate import Figure, read_period
from wanqi.indicators.evaluate.figures import scale_of
from wanqi.indicators.evaluation import evaluation_of
from wanqi.packs import OriginalClaim, OriginalReport, Pack

from .drafted import report_spec
from .errors import OriginalMissing

Status = Literal["agrees", "differs", "no_records", "not_a_figure"]

NO_FIGURE = "不是本单位的统计数（年份、名称、条目数或政策标准），不与记录比对"
ITSELF = "只有原报告自己的数，没有其他记录可比对。"
NO_INDICATOR = "未关联数据：还没有登记相应的台账"


@dataclass(frozen=True, slots=True)
class Compared:
    """One stated figure. figure: the indicator that answers it; display: what the records give."""

    claim: str
    written: str
    status: Status
    figure: str | None
    display: str | None
    reason: str


# What a figure of each grade rests on, in a sentence.
BASIS = {"有台账": "台账", "有佐证": "佐证材料", "仅报数": "填报值"}


def original_of(pack: Pack, report: str | None, period: str) -> OriginalReport:
    """Return what was sent for a report and period. Raises ReportMissing, PeriodRefused, OriginalMissing."""
    spec = report_spec(pack, report)
    span = read_period(period)
    original = pack.originals.get(spec.id)
    if original is None or read_period(original.period).end != span.end:
        known = f"已收录的是{read_period(original.period).words}的报告。" if original else "请先登记原报告。"
        raise OriginalMissing(f"没有收录《{spec.title}》{span.words}的原报告。", hint=known)
    return original


def compare_report(region: str, period: str, *, report: str | None = None) -> tuple[Compared, ...]:
    """Return one row per figure of the report that was sent, in its order."""
    pack = current_pack(region)
    original = original_of(pack, report, period)
    evaluation = evaluation_of(region)
    span = read_period(original.period)
    rows = []
    for claim in original.claims:
        figure = evaluation.figure(claim.figure, span) if claim.figure else None
        rows.append(_compared(claim, figure, original.document))
    return tuple(rows)


def _compared(claim: OriginalClaim, figure: Figure | None, document: str) -> Compared:
    def row(status: Status, reason: str) -> Compared:
        shown = figure.display if figure is not None and figure.known else None
        return Compared(claim.id, claim.written, status, claim.figure, shown, reason)

    if claim.kind == "heading":
        return row("not_a_figure", claim.reason or NO_FIGURE)
    if figure is None:
        return row("no_records", claim.reason or NO_INDICATOR)
    if figure.interval is None:
        return row("no_records", _told(figure.reason, claim))
    said = [one.document for one in figure.reported] + [one.document for one in figure.announced]
    if said and set(said) == {document}:
        return row("no_records", _told(ITSELF, claim))
    if _agrees(claim, figure):
        return row("agrees", _told(f"与{BASIS.get(figure.grade or '', '记录')}一致。", claim))
    return row("differs", _told(_difference(claim, figure), claim))


def _told(reason: str, claim: OriginalClaim) -> str:
    """Return a reason with what is known of the claim's own wording."""
    return f"{reason.rstrip('。')}。{claim.reason}" if claim.reason else reason.rstrip("。") + "。"


def stated(claim: OriginalClaim) -> Interval:
    """Return the numbers a claim may stand for: what was printed, as precisely as it was printed."""
    word = {">": "突破", "<": "不超过", "~": "约"}.get(claim.bound, "")
    return printed(f"{word}{claim.value}{claim.unit or ''}").interval


def _agrees(claim: OriginalClaim, figure: Figure) -> bool:
    """Return whether every number the records allow is one the claim may stand for."""
    said, found = stated(claim), figure.interval
    assert found is not None
    if found.low is None or found.high is None:
        return False
    scale = scale_of(figure.unit)
    return found.low * scale in said and found.high * scale in said


def _difference(claim: OriginalClaim, figure: Figure) -> str:
    said = f"原报告为{claim.written}"
    if figure.is_forecast and figure.value is not None:
        reached = "，区间下限未达到" if claim.bound == ">" else ""
        return f"{said}；按当前进度年末{figure.hedged}（区间{figure.range}）{reached}。"
    basis = f"，算式：{figure.arithmetic[0]}" if figure.arithmetic else ""
    return f"{said}；按记录为{figure.display}{basis}。"
