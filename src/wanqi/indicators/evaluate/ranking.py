"""The operator `rank`: a 通报排名 where there is one, else every rank that the peers' values allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from wanqi.figures import Interval
from wanqi.packs import IndicatorSpec, PeerSet

from . import reporting, wording
from .figures import Announced, Figure, Reported, point
from .periods import Period, read_period

if TYPE_CHECKING:
    from .engine import Evaluation


@dataclass(frozen=True, slots=True)
class Ranks:
    """Every rank that is possible; tied: some peer certainly has the same value. missing: peers without a value."""

    best: int
    worst: int
    tied: bool
    missing: tuple[str, ...] = ()

    @property
    def interval(self) -> Interval:
        return Interval.between(self.best, self.worst)


def ranks(own: Interval, others: Mapping[str, Interval | None], *, smallest_first: bool = False) -> Ranks:
    """Return the ranks of a value among others, largest first; equal values share one and the next are skipped.

    others: by name; None where nothing is known, which may stand above or below. smallest_first: less is better.
    """
    line = Interval.line()
    known = [other or line for other in others.values()]
    pairs = [(own, other) if smallest_first else (other, own) for other in known]
    above = sum(1 for first, second in pairs if _above(first, second))
    perhaps = sum(
        1
        for (first, second), other in zip(pairs, known, strict=True)
        if not _above(second, first) and not _equal(own, other)
    )
    missing = tuple(name for name, other in others.items() if other is None)
    return Ranks(1 + above, 1 + perhaps, any(_equal(own, other) for other in known), missing)


def _above(one: Interval, other: Interval) -> bool:
    """Whether every number of one is larger than every number of the other."""
    return one.low is not None and other.high is not None and one.low > other.high


def _equal(one: Interval, other: Interval) -> bool:
    value = point(one)
    return value is not None and value == point(other)


def rank(evaluation: Evaluation, spec: IndicatorSpec, period: Period, as_of: date) -> Figure:
    """Return our rank among a set of peers; without an announcement or any peer's value there is none."""
    peers = evaluation.peers.get(str(spec.peers))
    blank = evaluation.blank(spec, period, as_of)
    if peers is None:
        return replace(blank, reason=wording.NO_RANK)
    blank = replace(blank, peer_set=peers.title)
    own = evaluation.figure(str(spec.of), period, as_of)
    computed, told = _computed(evaluation, peers, own, period)
    said = _announced(evaluation, spec, peers, period)
    if said:
        return _as_announced(blank, said, period, computed)
    if computed is None:
        return replace(blank, reason=told or wording.NO_RANK)
    return replace(
        blank,
        value=Fraction(computed.best) if computed.best == computed.worst else None,
        interval=computed.interval,
        tied=computed.tied,
        grade="仅报数",
        inputs=(evaluation.input(own.title, own),),
        definition=(
            f"{peers.title}各地的{own.title}{_order(evaluation, own)}，本地的名次；数相同的并列，其后的名次空出。"
        ),
        is_demonstration=own.is_demonstration,
        note=told,
    )


def _order(evaluation: Evaluation, own: Figure) -> str:
    return "从小到大（越小越好）" if evaluation.spec(own.id).better == "less" else "从大到小"


def _computed(
    evaluation: Evaluation, peers: PeerSet, own: Figure, period: Period
) -> tuple[Ranks | None, str]:
    """Return the ranks that the values allow, and what a reader must know; None where nothing is known."""
    codes = [code for code in peers.members if code != evaluation.home]
    if own.interval is None or evaluation.home not in peers.members or evaluation.area is not None:
        return None, ""
    spec = evaluation.spec(own.id)
    found = dict(reporting.peers(evaluation, spec, period, codes))
    other = {code: one for code, one in found.items() if _another_scope(one, peers)}
    others = {
        peers.members[code]: None if code in other or code not in found else reporting.bounded(found[code])
        for code in codes
    }
    left_out = "、".join(f"{peers.members[code]}（{one.functional}功能区）" for code, one in other.items())
    note = f"{left_out}的口径不同，没有用来比较。" if left_out else ""
    if not any(others.values()):
        return None, note + wording.NO_RANK if note else ""
    made = ranks(own.interval, others, smallest_first=spec.better == "less")
    if made.missing:
        note += f"缺少{'、'.join(made.missing)}的数，名次是一个范围。"
    sources = "、".join(dict.fromkeys(one.source for code, one in found.items() if code not in other))
    return made, f"{note}各地的数来自{sources}。"


def _another_scope(one: Reported, peers: PeerSet) -> bool:
    return bool(one.functional and peers.functional and one.functional != peers.functional)


def _announced(
    evaluation: Evaluation, spec: IndicatorSpec, peers: PeerSet, period: Period
) -> Sequence[Announced]:
    """Return the announcements for the span, or the latest of its year before its end; the newest first."""
    if evaluation.area is not None:
        return ()
    fitting = [
        (read_period(one.period), one)
        for one in evaluation.announced
        if one.indicator in (spec.of, spec.id)
        and one.basis == (spec.basis or "")
        and peers.called(one.peer_set)
    ]
    exact = [one for span, one in fitting if (span.start, span.end) == (period.start, period.end)]
    if exact:
        return exact
    earlier = [(span, one) for span, one in fitting if span.year == period.year and span.end <= period.end]
    latest = max((span.end for span, _ in earlier), default=None)
    return [one for span, one in earlier if span.end == latest]


def _as_announced(blank: Figure, said: Sequence[Announced], period: Period, computed: Ranks | None) -> Figure:
    taken, *others = said
    span = read_period(taken.period)
    notes = []
    if (span.start, span.end) != (period.start, period.end):
        notes.append(f"这是{span.words}的名次，{period.words}的还没有通报。")
    if any(one.rank != taken.rank for one in others):
        told = "；".join(f"{one.source}为第{one.rank}名" for one in others if one.rank != taken.rank)
        notes.append(f"通报的名次不一致：{told}，请核实。")
    if computed is not None and not computed.best <= taken.rank <= computed.worst:
        notes.append(
            f"按各地的数推算为第{computed.best}名，与通报不一致，以通报为准，请核实。"
            if computed.best == computed.worst
            else f"按各地的数推算为第{computed.best}—{computed.worst}名，与通报不一致，以通报为准，请核实。"
        )
    return replace(
        blank,
        value=Fraction(taken.rank),
        interval=Interval.point(taken.rank),
        tied=taken.tied,
        grade=taken.grade,
        announced=tuple(said),
        ranked_for=span,
        definition=f"通报排名：{span.words}，{_where(taken)}。",
        note="".join(notes),
        is_demonstration=taken.is_demonstration,
    )


def _where(one: Announced) -> str:
    among = f"{one.peer_set}{f'（{one.peers}个）' if one.peers else ''}"
    scope = f"，{one.functional}功能区" if one.functional else ""
    issued = "，".join(part for part in (one.issuer, one.document_number) if part)
    return f"{among}{scope}，数据来源：{one.source}{f'（{issued}）' if issued else ''}"
