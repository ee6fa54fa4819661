"""Where counted rows come from: each app that owns some registers them here, so that who counts imports no owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
from django.db import models

from .errors import SourceMissing
from .models import Area

# (region, fields, recorded) → one row per record that was not withdrawn. Columns: `id` (String), the fields as
# wanqi.rules.frame types them (an area by its code), `is_demonstration` and `evidence` (Boolean).
# recorded: the moment whose knowledge is asked for; None is now.
Rows = Callable[[str, Sequence[str], datetime | None], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class RowSource:
    """The rows of one record kind, and the register they stand in.

    fields: record field → its value as the register's model names it in an audit row's `field`.
    paths: record field → where the model has it, `relation__field` included; a field without is read from `rows` only.
    """

    kind: str
    model: type[models.Model]
    rows: Rows
    fields: Mapping[str, str]
    paths: Mapping[str, str]


_SOURCES: dict[str, RowSource] = {}


def register(source: RowSource) -> None:
    """Make the rows of a record kind countable; call it when the owning app is ready."""
    _SOURCES[source.kind] = source


def source_of(kind: str) -> RowSource:
    """Return who provides a record kind. Raises SourceMissing when nobody does."""
    try:
        return _SOURCES[kind]
    except KeyError:
        raise SourceMissing(f"数据类别“{kind}”没有登记台账。", hint="请核对指标定义的 records。") from None


def registered() -> tuple[str, ...]:
    """Return the record kinds that somebody provides."""
    return tuple(_SOURCES)


def of_model(kind: str, model: type[models.Model], fields: Mapping[str, str] | Sequence[str]) -> RowSource:
    """Return the source of a register whose record fields are columns of one model (or of what it points to).

    fields: record field → model field, or `relation__field` (read as it stands now); equal names as a sequence.
    Money (2 decimals) becomes whole fen, other decimals 10⁻⁸; an empty text is unknown; a relation to an area its code.
    """
    named = dict(fields) if isinstance(fields, Mapping) else {name: name for name in fields}
    columns = {name: _Column(model, path) for name, path in named.items()}

    def rows(region: str, asked: Sequence[str], recorded: datetime | None = None) -> pl.DataFrame:
        return _read(model, columns, region, asked, recorded)

    audited = {name: path.split("__")[0] for name, path in named.items()}
    return RowSource(kind, model, rows, audited, named)


class _Column:
    """How one record field is read from the model: which column, which type, in which whole units."""

    def __init__(self, model: type[models.Model], path: str) -> None:
        at, _, further = path.partition("__")
        self.relation = at if further else ""
        field: Any = model._meta.get_field(at)
        if further:
            self.target: type[models.Model] = field.related_model
            self.further = further
            field = self.target._meta.get_field(further)
        else:
            self.further = ""
        self.is_area = not further and field.related_model is Area
        self.name = model._meta.get_field(at).attname  # type: ignore[union-attr]
        self.type, self.scale = _type_of(field)

    def series(self, values: Sequence[Any], codes: Mapping[int, str]) -> pl.Series:
        """Return the values as the column of a frame."""
        if self.is_area:
            return pl.Series([codes.get(value) for value in values], dtype=pl.String)
        if self.scale:
            whole = [None if value is None else int(Decimal(value) * self.scale) for value in values]
            return pl.Series(whole, dtype=pl.Int64)
        if self.type == pl.String:
            return pl.Series([str(value) if value else None for value in values], dtype=pl.String)
        return pl.Series(list(values), dtype=self.type)


def _type_of(field: Any) -> tuple[Any, int]:
    """Return the frame's type of a model field, and the whole units in one of its units (0: as it is)."""
    if isinstance(field, models.DateField):
        return pl.Date, 0
    if isinstance(field, models.BooleanField):
        return pl.Boolean, 0
    if isinstance(field, models.IntegerField):
        return pl.Int64, 0
    if isinstance(field, models.DecimalField):
        return pl.Int64, 10**field.decimal_places
    if field.get_internal_type() == "ArrayField":
        return pl.List(pl.String), 0
    return pl.String, 0


def _read(
    model: type[models.Model],
    columns: Mapping[str, _Column],
    region: str,
    asked: Sequence[str],
    recorded: datetime | None,
) -> pl.DataFrame:
    known = [name for name in asked if name in columns]
    has_evidence = any(field.name == "evidence" for field in model._meta.concrete_fields)
    evidence = ("evidence_id",) if has_evidence else ()
    found = _current(model, region) if recorded is None else _past(model, region, recorded)
    paths = dict.fromkeys(columns[name].name for name in known)
    listed = list(found.values_list(*_ID, *evidence, *paths))
    place = {path: at for at, path in enumerate((*_ID, *evidence, *paths))}
    codes = dict(Area.objects.filter(region_id=region).values_list("id", "code"))
    data: dict[str, pl.Series] = {
        "id": pl.Series([str(row[0]) for row in listed], dtype=pl.String),
        "is_demonstration": pl.Series([row[1] for row in listed], dtype=pl.Boolean),
        "evidence": pl.Series([bool(evidence) and row[2] is not None for row in listed], dtype=pl.Boolean),
    }
    for name in known:
        column = columns[name]
        values = [row[place[column.name]] for row in listed]
        data[name] = column.series(_followed(column, values), codes)
    for name in asked:
        if name not in data:
            data[name] = pl.Series([None] * len(listed), dtype=pl.String)
    return pl.DataFrame(data)


_ID = ("id", "is_demonstration")


def _followed(column: _Column, values: list[Any]) -> list[Any]:
    """Return the values behind a relation, in the order of its ids."""
    if not column.relation:
        return values
    wanted = {value for value in values if value is not None}
    rows = column.target._default_manager.filter(pk__in=wanted).values_list("pk", column.further)
    found = dict(rows)
    return [found.get(value) for value in values]


def _current(model: type[models.Model], region: str) -> Any:
    return model._default_manager.filter(region_id=region, withdrawn_at__isnull=True).order_by("id")


def _past(model: type[models.Model], region: str, recorded: datetime) -> Any:
    """Return the newest recorded state of each row at a moment, without those withdrawn or removed by then."""
    states = next(
        relation.related_model
        for relation in model._meta.related_objects
        if getattr(relation.related_model, "pgh_tracked_model", None) is model
    )._default_manager  # type: ignore[union-attr]
    newest = (
        states.filter(region_id=region, pgh_created_at__lte=recorded)
        .order_by("id", "-pgh_id")
        .distinct("id")
        .values("pgh_id")
    )
    return (
        states.filter(pgh_id__in=newest, withdrawn_at__isnull=True).exclude(pgh_label="delete").order_by("id")
    )
