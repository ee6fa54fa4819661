"""What stands under some figures, as far as one person may take it away: rows, files, or only what was reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

import polars as pl
from django.db.models import Model

from wanqi.core.access import Actor
from wanqi.core.masking import masked
from wanqi.core.models import Area, Attachment
from wanqi.core.row_sources import RowSource, registered, source_of
from wanqi.documents import Field, Value
from wanqi.indicators.evaluate import Figure
from wanqi.indicators.evaluate.engine import Evaluation
from wanqi.indicators.models import Observation, Ranking
from wanqi.packs import Pack, RecordKind

_UNITS = {"money": 100, "ratio": 10**8}
_KINDS = frozenset({"date", "count", "money", "ratio"})


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows under a figure that may be taken: ids in order, and how many may not be."""

    kind: str
    ids: tuple[str, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Basis:
    """One figure with what stands under it. files: ids of attachments; said: who reported what, in words."""

    figure: Figure
    rows: Listed | None
    files: tuple[int, ...]
    said: tuple[str, ...]

    @property
    def grade(self) -> str:
        """The figure's own grade; what is computed from others has the weakest of theirs."""
        return self.figure.grade or "—"


@dataclass(slots=True)
class Gathered:
    """Everything that goes into a package. pack and recorded decide how rows are written and of which moment."""

    pack: Pack
    bases: tuple[Basis, ...]
    recorded: datetime | None = None
    files: Mapping[int, tuple[str, int, str]] = field(default_factory=dict)  # id → name, size, digest
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)  # kind → its rows, each register read once

    def frame(self, kind: str) -> pl.DataFrame:
        """Return the rows of a kind at the moment that is meant, with every field its register has."""
        if kind not in self.frames:
            source = source_of(kind)
            names = columns_of(self.pack.records[kind], source)
            self.frames[kind] = source.rows(self.pack.region, names, self.recorded)
        return self.frames[kind]

    @property
    def size(self) -> int:
        """Bytes of the files, without the rows."""
        return sum(size for _, size, _ in self.files.values())

    @property
    def rows(self) -> int:
        return sum(len(one.rows.ids) for one in self.bases if one.rows is not None)

    @property
    def is_demonstration(self) -> bool:
        return any(one.figure.is_demonstration for one in self.bases)


def gather(
    figures: Iterable[Figure],
    evaluation: Evaluation,
    *,
    pack: Pack,
    actor: Actor,
    recorded: datetime | None = None,
) -> Gathered:
    """Return what stands under figures and under those they are computed from, as far as the actor may export it.

    recorded: the moment whose state of the rows is meant, None for now.
    """
    listed = _with_inputs(figures, evaluation)
    bases = tuple(_basis(figure, actor) for figure in listed)
    wanted = {id for one in bases for id in one.files}
    rows = Attachment.objects.filter(pk__in=wanted).values_list("pk", "name", "size", "digest")
    files = {pk: (name, size, digest) for pk, name, size, digest in rows}
    return Gathered(pack, bases, recorded, files)


def _with_inputs(figures: Iterable[Figure], evaluation: Evaluation) -> list[Figure]:
    """Return the figures, and after them those that they are computed from, each once.

    The months that a figure adds up, and those that a forecast goes by, stand on rows of the list already.
    """
    found: dict[tuple[str, str], Figure] = {(one.id, one.period.id): one for one in figures}
    pending = list(found.values())
    while pending:
        parent = pending.pop(0)
        if parent.record_kind or parent.is_forecast:
            continue
        for given in parent.inputs:
            key = (given.id, given.period.id)
            if key not in found and given.id in evaluation.definitions:
                found[key] = evaluation.figure(given.id, given.period)
                pending.append(found[key])
    return [one for one in found.values() if one.known]


def _basis(figure: Figure, actor: Actor) -> Basis:
    rows, files = _rows(figure, actor)
    further, said = _reported(figure, actor)
    return Basis(figure, rows, tuple(dict.fromkeys((*files, *further))), said)


def _rows(figure: Figure, actor: Actor) -> tuple[Listed | None, tuple[int, ...]]:
    ids = (*figure.records, *figure.uncertain)
    if not ids or figure.record_kind not in registered():
        return None, ()
    model = source_of(figure.record_kind).model
    resource = model.resource  # type: ignore[attr-defined]
    if not actor.can(resource, "export"):
        return Listed(figure.record_kind, (), len(ids)), ()
    rows = model._default_manager.filter(pk__in=ids).filter(actor.rows_of(resource, to="export"))
    seen = {str(pk) for pk in rows.values_list("pk", flat=True)}
    allowed = tuple(id for id in ids if id in seen)
    return Listed(figure.record_kind, allowed, len(ids) - len(allowed)), _evidence(model, rows)


def _evidence(model: type[Model], rows: Any) -> tuple[int, ...]:
    if not any(one.name == "evidence" for one in model._meta.concrete_fields):
        return ()
    found = rows.filter(evidence__isnull=False).order_by("evidence_id").values_list("evidence_id", flat=True)
    return tuple(dict.fromkeys(found))


def _reported(figure: Figure, actor: Actor) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the files of the values somebody reported or announced, and who it was."""
    files: list[int] = []
    said: list[str] = []
    for model, values in ((Observation, figure.reported), (Ranking, figure.announced)):
        if not values or not actor.can(model.resource, "export"):
            said += [one.source for one in values]
            continue
        rows = model.objects.filter(pk__in=[one.id for one in values]).visible_to(actor, to="export")
        for row in rows.select_related("unit", "evidence").order_by("id"):
            said.append(_who(row))
            if row.evidence_id:
                files.append(row.evidence_id)
    return tuple(files), tuple(dict.fromkeys(said))


def _who(row: Any) -> str:
    as_of = getattr(row, "as_of", None) or getattr(row, "announced_on", None)
    parts = (
        row.source,
        getattr(row, "issuer", ""),
        getattr(row, "document_number", ""),
        f"报送单位{row.unit}" if row.unit else "",
        f"报送人{row.reported_by}" if getattr(row, "reported_by", "") else "",
        f"截至{as_of.isoformat()}" if as_of else "",
    )
    return "，".join(part for part in parts if part)


# --- rows as they are written -----------------------------------------------------------------------


def columns_of(kind: RecordKind, source: RowSource) -> tuple[str, ...]:
    """Return the fields of a kind that its register has."""
    return tuple(name for name in kind.fields if name in source.fields)


def fields_of(kind: RecordKind, names: Sequence[str]) -> tuple[Field, ...]:
    """Return the columns of a table of rows."""
    found = [Field("编号", width=10)]
    for name in names:
        one = kind.fields[name]
        found.append(Field(one.title, one.type if one.type in _KINDS else "text"))  # type: ignore[arg-type]
    return (*found, Field("数据性质", width=10))


def lines_of(gathered: Gathered, listed: Listed) -> Iterator[list[Value]]:
    """Yield the rows of a figure in its own order, as anybody may see them: phones and identity numbers masked."""
    source, kind = source_of(listed.kind), gathered.pack.records[listed.kind]
    names = columns_of(kind, source)
    order = pl.DataFrame({"id": list(listed.ids)})
    chosen = order.join(gathered.frame(listed.kind), on="id", how="left", maintain_order="left")
    areas = dict(Area.objects.filter(region_id=gathered.pack.region).values_list("code", "name"))
    choices = {name: _choices(source, name) for name in names}
    for row in chosen.iter_rows(named=True):
        values = [_value(name, kind.fields[name].type, row[name], choices[name], areas) for name in names]
        yield [row["id"], *values, "演示数据" if row["is_demonstration"] else ""]


def _choices(source: RowSource, name: str) -> Mapping[Any, str]:
    path = source.paths.get(name)
    if path is None or "__" in path:
        return {}
    return dict(getattr(source.model._meta.get_field(path), "flatchoices", ()) or ())


def _value(name: str, base: str, value: Any, choices: Mapping[Any, str], areas: Mapping[str, str]) -> Value:
    if value is None:
        return None
    if base in _UNITS:
        return Fraction(value, _UNITS[base])
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if base == "area":
        return areas.get(value, str(value))
    if base in _KINDS:
        return value  # type: ignore[no-any-return]
    return str(masked(name, choices.get(value, value)))


def weight(gathered: Gathered) -> int:
    """Return about how many bytes a package will have: files as they are, rows at a hundred bytes."""
    return gathered.size + 100 * gathered.rows
