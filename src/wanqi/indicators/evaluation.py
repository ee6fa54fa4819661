"""Figures of a region: definitions from its pack, rows from their registers, reported values from observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db.models import F
from django.utils import timezone

from wanqi.core import row_sources
from wanqi.core.packs import current_pack
from wanqi.packs import Pack

from .evaluate import Announced, Figure, Period, Reported, Table, read_period
from .evaluate.engine import Evaluation
from .evaluate.rows import with_absent
from .models import Observation, Ranking


def evaluate_indicators(
    region: str,
    ids: Iterable[str],
    period: Period | str,
    *,
    as_of: date | None = None,
    area: str | None = None,
    recorded: datetime | None = None,
) -> dict[str, Figure]:
    """Return the figures of some indicators for a period, from what the registers hold.

    as_of: the last day that counts; area: an area's code, None for the whole region; recorded: the moment whose
    knowledge is asked for, None for now. Raises IndicatorMissing, PeriodRefused, PackMissing.
    """
    evaluation = evaluation_of(region, area=area, recorded=recorded)
    span = read_period(period) if isinstance(period, str) else period
    return {id: evaluation.figure(id, span, as_of) for id in ids}


def evaluation_of(region: str, *, area: str | None = None, recorded: datetime | None = None) -> Evaluation:
    """Return an evaluation over one state of a region's registers; rows are read when first needed, once."""
    pack = current_pack(region)
    return evaluation_over(
        pack,
        tables=Tables(pack, recorded),
        reported=reported_values(region),
        announced=announced_ranks(region),
        area=area,
        today=timezone.localdate(recorded) if recorded else timezone.localdate(),
    )


def evaluation_over(
    pack: Pack,
    *,
    tables: Mapping[str, Table],
    reported: Sequence[Reported],
    announced: Sequence[Announced],
    area: str | None,
    today: date,
) -> Evaluation:
    """Return an evaluation of a pack's indicators over rows and values that were read before."""
    return Evaluation(
        pack.indicators,
        tables=tables,
        reported=reported,
        announced=announced,
        peers=pack.peers,
        home=pack.region.rpartition("-")[2],
        area=area,
        today=today,
    )


class Tables(Mapping[str, Table]):
    """Tables by record kind, each read when first asked for; `known`: those that were read before."""

    def __init__(
        self, pack: Pack, recorded: datetime | None = None, known: Mapping[str, Table] | None = None
    ) -> None:
        self._pack = pack
        self._recorded = recorded
        self._read: dict[str, Table] = dict(known or {})

    def __getitem__(self, kind: str) -> Table:
        if kind not in self._pack.records or kind not in row_sources.registered():
            raise KeyError(kind)
        if kind not in self._read:
            self._read[kind] = self._table(kind)
        return self._read[kind]

    @property
    def read(self) -> dict[str, Table]:
        """The tables that were read."""
        return dict(self._read)

    def __iter__(self) -> Iterator[str]:
        return (kind for kind in self._pack.records if kind in row_sources.registered())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _table(self, kind: str) -> Table:
        spec, scope = self._pack.records[kind], self._pack.scope(kind)
        frame = row_sources.source_of(kind).rows(self._pack.region, tuple(scope.fields), self._recorded)
        frame = with_absent(frame, spec.fields)
        labels = {name: field.title for name, field in spec.fields.items()}
        return Table(kind, spec.title, frame, scope, labels)


def reported_values(region: str, ids: Iterable[str] | None = None) -> tuple[Reported, ...]:
    """Return the region's observations that were not withdrawn, as plain data, in the order they were made.

    Values of peers are among them and name their area in `peer`. ids: of these indicators only.
    """
    rows = Observation.objects.filter(region_id=region).current()
    if ids is not None:
        rows = rows.filter(indicator__in=list(ids))
    return tuple(
        _reported(*row) for row in rows.order_by("id").values_list("id", "nature", "evidence_id", *_SAME)
    )


# What an observation and its plain data both have, under one name.
_SAME = (
    *("indicator", "period", "value", "source", "bound", "as_written", "as_of", "peer", "functional"),
    *("is_demonstration", "source_document", "source_clause"),
)


def _reported(id: int, nature: str, evidence: int | None, *values: Any) -> Reported:
    named = dict(zip(_SAME, values, strict=True))
    return Reported(
        id=str(id),
        nature="target" if nature == Observation.Nature.TARGET else "reported",
        value=Fraction(named.pop("value")),
        document=named.pop("source_document"),
        clause=named.pop("source_clause"),
        grade="有佐证" if evidence else "仅报数",
        **named,
    )


def announced_ranks(region: str) -> tuple[Announced, ...]:
    """Return the region's official ranks that were not withdrawn, as plain data, the newest announcement first."""
    rows = Ranking.objects.filter(region_id=region).current()
    return tuple(_announced(row) for row in rows.order_by(F("announced_on").desc(nulls_last=True), "-id"))


def _announced(row: Ranking) -> Announced:
    return Announced(
        id=str(row.pk),
        indicator=row.indicator,
        period=row.period,
        rank=row.rank,
        tied=row.tied,
        peer_set=row.peer_set,
        peers=row.peers,
        functional=row.functional,  # type: ignore[arg-type]  # one of the model's choices
        basis=row.basis,
        source=row.source,
        issuer=row.issuer,
        document_number=row.document_number,
        document=row.source_document,
        as_written=row.as_written,
        grade="有佐证" if row.evidence_id else "仅报数",
        is_demonstration=row.is_demonstration,
    )
